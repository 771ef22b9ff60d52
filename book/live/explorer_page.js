// @ts-check
// The live descriptor explorer: what Python answers it in a notebook, and beside it the choice of a kind, classes of the reader's own, and their image.

import explorer from "../../clipnb/widgets/explorer/page.js";
import { loading, numberOf, OWN, python } from "./notebook.js";
import { change, learnTexts, makeImage } from "./own.js";
import { attributesOf, element, messageOf, register, stageOf } from "./page_kernel.js";
import { EXPLORER_LINK as link } from "./states.js";

const MOST_CLASSES = 30;
const LONGEST_NAME = 60;

/**
 * Encode the rows whose text the model has not seen yet, the stored ones included: from then on every number on the page was computed in it.
 *
 * @param {Asked<ExplorerTraits>} asked
 */
const answer = (asked) => learnTexts(asked, asked.model.get("document").classes.flatMap((one) => one.rows.map((row) => row.text)));

/**
 * What stands above the widget.
 *
 * @typedef {import("./own.js").Page<ExplorerTraits>} Page
 */

// -- which kind ----------------------------------------------------------------------------------------------------------

/**
 * @param {HTMLElement} place
 * @param {(kind: string) => Promise<void>} choose rejects where the kind cannot be had; the list then shows the one in view
 */
function makeKinds(place, choose) {
  const { kind: first, kinds } = attributesOf(place);
  let shown = first;
  const change = async () => {
    const kind = select.value;
    await choose(kind).then(
      () => (shown = kind),
      () => (select.value = shown)
    );
  };
  const select = element("select", { onchange: change }, ...kinds.map((kind) => element("option", { value: kind, textContent: kind })));
  select.value = first;
  return select;
}

// -- which classes -------------------------------------------------------------------------------------------------------

/**
 * A form that adds a class of the reader's own, and a button that removes the first one.
 *
 * @param {Page} page
 */
function makeClasses(page) {
  const name = element("input", { type: "text", maxLength: LONGEST_NAME, placeholder: "a class of your own", autocomplete: "off" });
  name.setAttribute("aria-label", "Name of a class of your own");
  const add = element("form", { className: "clipnb-live-class" }, name, element("button", { type: "submit", textContent: "Add this class" }));
  add.addEventListener("submit", (event) => {
    event.preventDefault();
    addClass(page, name);
  });
  const remove = element("button", { type: "button", textContent: "Remove the first class", onclick: () => removeClass(page) });
  return [add, remove];
}

/**
 * @param {Page} page
 * @param {HTMLInputElement} name
 */
function addClass({ place, model, say }, name) {
  const [wanted, { classes }] = [name.value.trim().replace(/\s+/g, " "), model().get("document")];
  if (!wanted) return say("Write the name of the class first.");
  if (classes.some((one) => one.name.toLowerCase() === wanted.toLowerCase())) return say(`There is a class “${wanted}” already.`);
  if (classes.length >= MOST_CLASSES) return say(`There are ${MOST_CLASSES} classes; remove one first.`);
  change(model(), (/** @type {ExplorerDocument} */ document) => {
    document.compare = [document.classes.length, null];
    document.classes.push({ name: wanted, rows: [{ text: "", on: true, weight: 1 }] });
  });
  name.value = "";
  say(`“${wanted}” is the first now; it has no score until you say what it looks like. The name itself is not scored.`);
  place.querySelector("textarea")?.focus(); // of its first row, on the left
}

/** The class in the panel on the left. @param {HTMLElement} place */
const leftOf = (place) => /** @type {HTMLSelectElement} */ (place.querySelector(".clipnb-panel select")).selectedIndex;

/** @param {Page} page */
function removeClass({ place, model, say }) {
  const { classes } = model().get("document");
  if (classes.length < 2) return say("One class must stay.");
  const of = leftOf(place);
  change(model(), (/** @type {ExplorerDocument} */ document) => {
    document.classes.splice(of, 1);
    const [, right] = document.compare; // the class on the left is gone: another follows there
    document.compare = [null, right === null || right === of ? null : right > of ? right - 1 : right];
  });
  say(`“${classes[of].name}” is out; Undo brings it back.`);
}

/** @param {LivePlace<ExplorerTraits>} page */
function extras({ place, model, visit, here }) {
  let now = model;
  const note = element("p", { className: "clipnb-live-note" });
  note.setAttribute("role", "status");
  const page = { place, here, model: () => now, say: (/** @type {string} */ text) => void (note.textContent = text) };
  const image = makeImage(page);
  const kinds = makeKinds(place, (kind) =>
    visit(`explorer-${kind}`).then(
      () => {},
      (error) => {
        page.say(messageOf(error));
        throw error;
      }
    )
  );
  place.addEventListener("clipnb-visit", (event) => {
    now = /** @type {CustomEvent<LiveModel<ExplorerTraits>>} */ (event).detail;
    kinds.value = String(place.dataset.page).split("-")[1];
    image.offer(false);
  });
  const tools = element("div", { className: "clipnb-live-tools" }, element("label", {}, "Field guide: ", kinds), ...makeClasses(page));
  stageOf(place).before(image.element, tools, note);
}

/**
 * The classes with the rows that are switched on; the widget in a notebook has no weights to begin with.
 *
 * @param {LiveModel<ExplorerTraits>} model
 * @param {string} name of the page
 */
function code(model, name) {
  const { classes, picture } = model.get("document");
  const entry = model.get("pictures").find((one) => one.index === picture);
  const kept = classes.map((one) => [one.name, one.rows.filter((row) => row.on && row.text.trim()).map((row) => row.text)]).filter(([, rows]) => rows.length);
  const weighted = classes.some((one) => one.rows.some((row) => row.on && row.weight !== 1));
  return [
    ...loading({ kind: name.split("-")[1], perSpecies: 2 }),
    ...(entry ? [] : OWN),
    ...(weighted ? ["# some rows had weights on the page; set them in the widget"] : []),
    `descriptors = ${python(Object.fromEntries(kept))}`,
    "",
    `clipnb.widgets.explore_descriptors(clip, ${entry ? `data, descriptors, start=${numberOf(entry.name)}` : "image, descriptors"})`,
  ];
}

register("explorer", { render: explorer.render, answer, extras, link, code });

// @ts-check
// The live descriptor explorer: what Python answers it in a notebook, and beside it the choice of a kind, classes of the reader's own, and their image.

import explorer from "../../clipnb/widgets/explorer/page.js";
import { attributesOf, clip, element, messageOf, register, stageOf } from "./page_kernel.js";
import { EXPLORER_LINK as link } from "./states.js";

const SIDE = 224; // of the thumbnail, as in clipnb/widgets/common/html.py
const MOST_CLASSES = 30;
const LONGEST_NAME = 60;

/**
 * Encode the rows whose text the model has not seen yet, the stored ones included: from then on every number on the page was computed in it.
 *
 * @param {Asked<ExplorerTraits>} asked
 */
async function answer({ model, clip }) {
  const known = model.get("new_texts");
  const texts = model.get("document").classes.flatMap((one) => one.rows.map((row) => row.text));
  const missing = [...new Set(texts.filter((text) => text.trim() !== ""))].filter((text) => !known.includes(text));
  if (!missing.length) return;
  const rows = await clip.encodeTexts(missing.map((text) => text.trim()));
  const before = floatsOf(model.get("new_vectors"));
  const all = new Float32Array(before.length + rows.length * clip.dim);
  all.set(before);
  rows.forEach((row, i) => all.set(row, before.length + i * clip.dim));
  model.set({ new_texts: [...known, ...missing], new_vectors: new DataView(all.buffer) });
}

/** @param {Bytes} view */
const floatsOf = (view) => (ArrayBuffer.isView(view) ? new Float32Array(view.buffer, view.byteOffset, view.byteLength / 4) : new Float32Array(view));

/**
 * Change the document as somebody in Python would: the widget takes it over as a step that can be undone.
 *
 * @param {Model<ExplorerTraits>} model
 * @param {(document: ExplorerDocument) => void} edit
 */
function change(model, edit) {
  const document = structuredClone(model.get("document"));
  edit(document);
  model.set("document", document);
}

/**
 * What stands above the widget.
 *
 * @typedef {object} Page
 * @property {HTMLElement} place
 * @property {URL} here
 * @property {() => LiveModel<ExplorerTraits>} model of the kind in view
 * @property {(text: string) => void} say
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
  change(model(), (document) => {
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
  change(model(), (document) => {
    document.classes.splice(of, 1);
    const [, right] = document.compare; // the class on the left is gone: another follows there
    document.compare = [null, right === null || right === of ? null : right > of ? right - 1 : right];
  });
  say(`“${classes[of].name}” is out; Undo brings it back.`);
}

// -- which image ---------------------------------------------------------------------------------------------------------

/**
 * The reader's image, without the number that the widget gives it.
 *
 * @typedef {{ entry: Omit<ImageEntry, "index">, embedding: DataView<ArrayBuffer> }} OwnImage
 */

/**
 * The place for an image of the reader's own: {element, offer}. offer(look) puts it into the widget's spare place, if there is one.
 *
 * @param {Page} page
 */
function makeImage(page) {
  /** @type {OwnImage | null} */
  let mine = null;
  const file = element("input", { type: "file", accept: "image/jpeg,image/png,image/gif,image/webp", onchange: () => (take(file.files), (file.value = "")) });
  const thumb = element("button", { type: "button", className: "clipnb-live-mine", hidden: true, onclick: () => offer(true) });
  const label = element("label", {}, element("span", { textContent: "Your own image: choose one" }), file);
  const hint = element("span", { className: "clipnb-live-hint", textContent: "or drop it here, or paste it. It never leaves this page." });
  const zone = element("div", { className: "clipnb-live-drop" }, label, hint, thumb);
  hearDrops(page.place, zone, take);

  /** @param {FileList | null | undefined} files */
  async function take(files) {
    const chosen = files?.[0];
    const taken = chosen && (await read(chosen, page));
    if (!taken) return;
    mine = taken;
    thumb.replaceChildren(element("img", { src: mine.entry.uri, alt: "" }), element("span", { textContent: "your image" }));
    thumb.hidden = false;
    offer(true);
    page.say("Your image is in. The bundled model has met nothing but drawings of a field guide: on a photo its answer says little.");
  }

  /** @param {boolean} look whether the widget shall show it */
  function offer(look) {
    if (!mine) return;
    const index = page.model().get("total") - 1;
    page.model().set({ extra: { ...mine.entry, index }, extra_vector: mine.embedding });
    if (look) change(page.model(), (document) => (document.picture = index));
  }

  return { element: zone, offer };
}

/**
 * Images that are dropped on the page's place, or pasted anywhere.
 *
 * @param {HTMLElement} place
 * @param {HTMLElement} zone
 * @param {(files: FileList | null | undefined) => void} take
 */
function hearDrops(place, zone, take) {
  place.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.dataset.over = "true";
  });
  place.addEventListener("dragleave", () => delete zone.dataset.over);
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    delete zone.dataset.over;
    take(event.dataTransfer?.files);
  });
  document.addEventListener("paste", (event) => {
    if (event.clipboardData?.files.length) take(event.clipboardData.files);
  });
}

/**
 * An image file and its embedding, or null where that is not possible; then the page says why.
 *
 * @param {File} file
 * @param {Page} page
 * @returns {Promise<OwnImage | null>}
 */
async function read(file, { here, say }) {
  if (location.protocol === "file:") {
    say("The model is needed for an image of your own; the line at the top says how to start it.");
    return null;
  }
  say("Reading the image …");
  try {
    /** @type {typeof import("./images.js")} */
    const { decoded } = await import(new URL("images.js", here).href);
    const { image, uri } = await decoded(file, SIDE).catch(({ message }) => {
      throw new Error(`“${file.name}” could not be read as an image; ${message || "JPEG, PNG, GIF and WebP can."}`);
    });
    say("The image waits for the model …");
    const [embedding] = await (await clip()).encodeImages([image]);
    return { entry: { name: file.name || "pasted", truth: "", uri }, embedding: new DataView(embedding.buffer) };
  } catch (error) {
    say(messageOf(error));
    return null;
  }
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

register("explorer", { render: explorer.render, answer, extras, link });

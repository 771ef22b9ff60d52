// @ts-check
// Just names: an image, a list of names, and how probable each of them is; then descriptors in the place of names, and why the first leads. The stored
// list is answered at once; other names, and an image of the reader's own, need the model.

import { announcer } from "../../clipnb/widgets/common/announce.js";
import { bar, childrenOf, connect, decimal, editButtons, figureOf, h, heads, imageReader, imageStrip, keepChildren, patient, percent, redrawOn, root, setBar, setPending, setText, setValue, signed, statusLine, textEmbeddings } from "../../clipnb/widgets/common/common.js";
import { Machine } from "../../clipnb/widgets/common/document.js";
import { reasonsList } from "../../clipnb/widgets/common/reasons.js";
import { classesOf, descriptionOf, NAMES, scored } from "./names.js";
import { why } from "./opinion.js";
import { loading, numberOf, OWN, python } from "./notebook.js";
import { learnTexts, makeImage } from "./own.js";
import { clip, element, live, register, stageOf } from "./page_kernel.js";
import { makeReal } from "./real.js";
import { NAMES_LINK as link } from "./states.js";

const AT_FIRST = 10; // names in the ranking, until the reader asks for all
const WAITS = "New names and descriptors are scored as soon as the model is here; the last line says how far it is.";

const READS = "The model is reading your texts; many names take a while.";

/** @param {Asked<NamesTraits>} asked */
async function answer({ model, clip }) {
  const prompts = classesOf(model.get("document")).classes.flatMap((one) => one.prompts);
  await learnTexts({ model, clip }, prompts);
  model.set("cut", prompts.filter((text) => clip.isCut(text)).length);
}

// -- the ranking ----------------------------------------------------------------------------------------------------------------

function makeRanking() {
  let all = false;
  let draw = () => {};
  const list = h("ol", { class: "clipnb-ranking", aria: { label: "Names, the most probable first" } });
  const more = h("button", { type: "button", hidden: true, onclick: () => ((all = !all), draw()) });
  const columns = heads("name", "", "probability", "cosine", "difference");
  const makeLine = () => h("li", {}, h("bdi"), bar(), ...["probability", "cosine similarity", "difference to the first"].map((what) => h("span", { class: "clipnb-value", title: what })));

  /** @param {Shown} shown */
  function redraw({ classes, scores, probabilities, order }) {
    draw = () => {
      const first = scores[order[0]];
      keepChildren(list, all ? order.length : Math.min(AT_FIRST, order.length), makeLine);
      childrenOf(list).forEach((line, place) => {
        const of = order[place];
        const [name, share, probability, cosine, difference] = childrenOf(line);
        const score = scores[of];
        setText(name, classes[of].name);
        setBar(share, probabilities[of]);
        setText(probability, score === null ? "–" : percent(probabilities[of]));
        setText(cosine, score === null ? "–" : decimal(score, 3));
        setText(difference, score === null || first === null ? "" : place ? signed(score - first) : "first");
        line.dataset.best = String(place === 0 && score !== null);
      });
      columns.hidden = !order.length;
      more.hidden = order.length <= AT_FIRST;
      more.setAttribute("aria-expanded", String(all));
      setText(more, all ? `Show the first ${AT_FIRST}` : `Show all ${order.length} names`);
    };
    draw();
  }

  return { element: h("div", { class: "clipnb-ranked" }, columns, list, more), redraw };
}

/** @typedef {ReturnType<typeof scored> & { classes: import("./names.js").NamedClass[] }} Shown */

/**
 * The result in a line or two: nodes, in which a name of another script keeps its direction.
 *
 * @param {Shown} shown
 * @param {{ doubled: number, problem: string }} list
 * @param {boolean} described
 * @param {number} cut prompts
 */
function told({ classes, scores, probabilities, order }, { doubled, problem }, described, cut) {
  if (problem) return [problem];
  if (!classes.length) return ["Write the names of what could be in the image."];
  const count = scores.filter((score) => score !== null).length;
  const bare = classes.length - count;
  const name = (/** @type {number} */ place) => h("bdi", {}, classes[order[place]].name);
  const notes = [
    described && bare && count ? ` ${bare === 1 ? "One name has" : `${bare} names have`} no descriptor yet, and no score.` : "",
    cut ? ` ${cut === 1 ? "One prompt is" : `${cut} prompts are`} longer than the model reads, and cut at the end.` : "",
    doubled ? ` ${doubled === 1 ? "One repeated name is" : `${doubled} repeated names are`} counted once.` : "",
  ].filter(Boolean);
  if (!count) return ["Write what at least two of them look like: no name has a descriptor yet.", ...notes];
  if (count === 1) return ["One name alone always gets 100 %: ", h("strong", {}, name(0)), ` needs another ${described ? "with descriptors" : "one"} beside it.`, ...notes];
  const lead = /** @type {number} */ (scores[order[0]]) - /** @type {number} */ (scores[order[1]]);
  return ["Best match: ", h("strong", {}, name(0)), `, probability ${percent(probabilities[order[0]])}. Its cosine similarity is ${lead.toFixed(3)} above that of `, name(1), ".", ...notes];
}

// -- the descriptors ------------------------------------------------------------------------------------------------------------

/**
 * @param {Act<NamesActions>} act
 * @param {() => void} leave
 */
function makeDescribed(act, leave) {
  const keep = h("input", { type: "checkbox", onchange: () => act({ do: "name", on: keep.checked }) });
  const list = h("ul", { class: "clipnb-described" });
  const element = h(
    "section", { id: "clipnb-names-described", aria: { label: "Descriptors of the names" } },
    h("p", {}, "What does each look like? One descriptor per line; a class scores the mean of its cosines."),
    h("label", { class: "clipnb-keep" }, keep, " Keep the name in each prompt (“robin, which has a red breast”)"),
    list
  );
  const makeOne = () => {
    const name = h("bdi");
    const field = h("textarea", { rows: 4, dir: "auto", spellcheck: false, placeholder: "one descriptor per line", oninput: () => act({ do: "describe", of: name.textContent, text: field.value }, true), onblur: leave });
    return h("li", {}, h("label", {}, name, field));
  };
  /**
   * @param {NamesDocument} document
   * @param {import("./names.js").NamedClass[]} classes
   */
  const redraw = (document, classes) => {
    element.hidden = !document.described;
    keep.checked = document.named;
    keepChildren(list, document.described ? classes.length : 0, makeOne);
    if (document.described) classes.forEach((one, i) => {
      const [name, field] = childrenOf(childrenOf(list.children[i])[0]);
      setText(name, one.name);
      setValue(/** @type {HTMLTextAreaElement} */ (field), descriptionOf(document, one.name));
    });
  };
  return { element, redraw };
}

// -- the page -------------------------------------------------------------------------------------------------------------------

/** A button that says whether what it opens is open. @param {string} text @param {string} opens @param {(open: boolean) => void} open */
function opener(text, opens, open) {
  const button = h("button", { type: "button", aria: { controls: opens, expanded: "false" }, onclick: () => open(button.getAttribute("aria-expanded") !== "true") }, text);
  return button;
}

/** @param {Place<NamesTraits>} place */
function render({ model, el }) {
  const [settings, reference] = [model.get("settings"), model.get("reference")];
  model.set("absent", model.get("brought") ? READS : WAITS);
  const machine = new Machine(model.get("document"), NAMES(model.get("total")));
  const imageAt = imageReader(model, settings.dim);
  const { embeddings, learn } = textEmbeddings(model, settings.dim);
  const status = statusLine();
  const waitFor = patient(model, status);
  const { act, flush } = connect(model, machine, redraw, status);
  const strip = imageStrip(model, (picture) => act({ do: "choose", picture }));
  const figure = figureOf({}, { width: 200, height: 200 });
  const field = h("textarea", { rows: 3, dir: "auto", spellcheck: false, autocomplete: "off", oninput: () => act({ do: "write", text: field.value }, true), onblur: leave });
  const [result, spoken] = [h("p", { class: "clipnb-told" }), announcer()];
  const ranking = makeRanking();
  const describe = opener("Describe them", "clipnb-names-described", (on) => act({ do: "use", descriptors: on }));
  const ask = opener("Why?", "clipnb-names-why", (on) => act({ do: "ask", why: on }));
  const buttons = editButtons(act);
  const described = makeDescribed(act, leave);
  const reasons = reasonsList("prompt");
  reasons.element.id = "clipnb-names-why";

  /** Leaving a field sends what was typed, and puts back what was refused. */
  function leave() {
    flush();
    setTimeout(redraw);
  }

  function redraw() {
    const { document } = machine;
    const list = classesOf(document);
    const now = imageAt(document.picture);
    const shown = { classes: list.classes, ...scored(list.classes, now?.embedding ?? [], (text) => (now ? embeddings.get(text) : undefined), reference.mean, settings) };
    setValue(field, document.list);
    strip.redraw(document.picture);
    if (now) figure.redraw(now.entry);
    describe.setAttribute("aria-expanded", String(document.described));
    ask.setAttribute("aria-expanded", String(document.why));
    described.redraw(document, list.classes);
    buttons.redraw(machine);
    waitFor(shown.pending > 0 || !now);
    setPending(el, model, shown.pending);
    ranking.element.dataset.old = String(shown.pending > 0);
    if (shown.pending) return spoken.tell(null); // what was scored last stays until all is scored
    result.replaceChildren(...told(shown, list, document.described, model.get("cut") ?? 0));
    spoken.tell([result.textContent]);
    ranking.redraw(shown);
    const [first, second] = shown.order.filter((of) => shown.scores[of] !== null);
    reasons.redraw(document.why && second !== undefined ? why(shown.classes, shown.rows, first, second, reference.images) : null);
  }

  redrawOn(model, ["new_texts", "new_vectors"], () => (learn(), redraw()));
  redrawOn(model, ["extra", "extra_vector", "cut"], redraw);
  root(el, "explorer").classList.add("clipnb-names");
  el.append(
    strip.element,
    h("div", { class: "clipnb-top" }, figure.element, h("label", { class: "clipnb-list" }, "Names, separated by commas or in lines ", field), h("div", { class: "clipnb-result" }, result, ranking.element, spoken.element)),
    h("div", { class: "clipnb-tools" }, describe, ask, buttons.undo, buttons.reset, status),
    reasons.element,
    described.element
  );
  redraw();
}

/** The reader's own image, under the drawings; and the line on the model at the end. @param {LivePlace<NamesTraits>} page */
function extras({ place, model, here, exchange }) {
  let now = model;
  const stored = live.pages.names;
  /** @type {{ name: string, network: Promise<Clip> } | null} */
  let brought = null;
  const note = element("p", { className: "clipnb-live-note" });
  note.setAttribute("role", "status");
  const say = (/** @type {string} */ text) => void (note.textContent = text);
  const told = (/** @type {string} */ text) => (brought ? `Your image is in, and was read by ${brought.name}.` : `${text} A real CLIP can be loaded below.`);
  const image = makeImage({ place, here, model: () => now, say, network: () => brought?.network ?? clip(), told });
  const real = makeReal({
    here,
    async use(opened, signal, seen) {
      /** @type {typeof import("./real_clip.js")} */
      const { pageOf } = await import(new URL("real_clip.js", here).href);
      const page = opened ? await pageOf(stored, opened, signal, seen) : stored;
      const look = now.get("document").picture === now.get("total") - 1;
      brought = opened && { name: opened.name, network: Promise.resolve(opened.clip) };
      exchange(page, opened?.clip ?? null);
      image.again(look);
    },
  });
  const put = () => stageOf(place).querySelector(".clipnb-strip")?.after(image.element, note);
  put();
  place.addEventListener("clipnb-visit", (event) => {
    now = /** @type {CustomEvent<LiveModel<NamesTraits>>} */ (event).detail;
    put();
    image.offer(false);
  });
  place.prepend(real.now);
  if (location.protocol !== "file:") place.append(real.element);
  place.append(/** @type {Element} */ (place.querySelector(".clipnb-live-status")));
}

/** @param {LiveModel<NamesTraits>} model */
function code(model) {
  const document = model.get("document");
  const entry = model.get("pictures").find((one) => one.index === document.picture);
  const prompts = classesOf(document).classes.filter((one) => one.prompts.length).map((one) => [one.name, one.prompts]);
  return [
    ...loading({ isBundled: !model.get("brought") }),
    ...(entry ? [`image = data.images[${numberOf(entry.name)}]`] : OWN),
    `prompts = clipnb.PromptTable(${python(Object.fromEntries(prompts))})`,
    "",
    "prediction = clipnb.ZeroShotClassifier(clip, prompts).predict(image)",
    "print(prediction.labels[0])",
    "prediction.explain(0)",
  ];
}

register("names", { render, answer, extras, link, code, alone: "The names and descriptors that were stored work without the model; others need it." });

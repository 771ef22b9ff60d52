// @ts-check
// Inside CLIP: the twin of state.py, and its page. drawing.js is what is always there, scenes.js what a step shows below it.

import { announcer } from "../common/announce.js";
import { childrenOf, connect, editButtons, h, imageStrip, redrawOn, root, setPending, setText, setValue, statusLine } from "../common/common.js";
import { index, Machine, Refusal, same, words, shown } from "../common/document.js";
import { bytesOf, patience } from "../common/maps.js";
import { cosine, floats, rowsIn, toProbabilities } from "../common/scoring.js";
import { makeDrawing } from "./drawing.js";
import { makeScenes } from "./scenes.js";

const QUERIES = ["class", "patch"];

/** @type {(total: number, settings: InsideSettings) => Rules<InsideDocument, InsideActions, "sentence">} */
const INSIDE = (total, { steps, rows, columns, longest, maxTokens, dim, queries, imageHeads, textHeads }) => ({
  edited: ["sentence"],
  merged: ["write"],
  actions: {
    choose: (document, { picture }) => (document.picture = index(picture, total, "image")),
    write: (document, { text }) => (document.sentence = words(text, longest)),
    go: (document, { step }) => (document.step = index(step, steps.length, "step")),
    look: (document, { patch }) => (document.patch = index(patch, rows * columns, "patch")),
    ask: (document, { query }) => {
      if (!QUERIES.includes(query)) throw new Refusal(`Attention is shown for the ${QUERIES.join(" or the ")}, not for ${shown(query)}.`);
      if (!queries.includes(query)) throw new Refusal("This model has no class token; look at the attention of a patch.");
      document.query = query;
    },
    open: (document, { layer, head }) => (document.head = [index(layer, imageHeads[0], "layer"), index(head, imageHeads[1], "head")]),
    open_text: (document, { layer, head }) => (document.text_head = [index(layer, textHeads[0], "layer"), index(head, textHeads[1], "head")]),
    pick: (document, { token }) => (document.token = index(token, maxTokens, "token")),
    count: (document, { number }) => (document.number = index(number, dim, "number")),
  },
});

/**
 * The position whose attention the image shows, as in state.py.
 *
 * @param {InsideDocument} document
 * @param {InsideSettings} settings
 */
export const askedOf = ({ query, patch }, { classToken }) => (query === "class" ? 0 : patch + Number(classToken));

/** A trait of uint16 as numbers from 0 to 1. @param {Bytes} view */
const sharesOf = (view) => Float32Array.from(new Uint16Array(bytesOf(view).buffer), (x) => x / 65535);

/**
 * The traits as numbers; what the text and the image have given is that of `seen`, which may be older than the document.
 *
 * @param {Model<InsideTraits>} model
 */
function numbersOf(model) {
  const [settings, seen] = [model.get("settings"), model.get("seen")];
  const [image, text] = [floats(model.get("image_embedding")), floats(model.get("text_embedding"))];
  const prompts = rowsIn(model.get("prompt_vectors"), settings.dim);
  const candidates = [seen.key[1], ...settings.prompts.filter((prompt) => prompt !== seen.key[1])];
  const embeddings = candidates.map((one, i) => (i === 0 ? text : prompts[settings.prompts.indexOf(one)]));
  const cosines = embeddings.map((one) => cosine(one, image));
  return {
    settings, seen, image, text, candidates, cosines,
    attention: sharesOf(model.get("attention")), textAttention: sharesOf(model.get("text_attention")),
    products: Array.from(image, (x, i) => x * text[i]), probabilities: toProbabilities(cosines, settings),
    positions: new Int8Array(bytesOf(model.get("positions")).buffer),
  };
}

/**
 * Back, a button for each step, Next; and what the step says.
 *
 * @param {InsideSettings} settings
 * @param {(step: number) => void} go
 */
function makeGuide({ steps }, go) {
  let now = 0;
  const [back, next] = [h("button", { type: "button", onclick: () => go(now - 1) }, "Back"), h("button", { type: "button", class: "clipnb-next", onclick: () => go(now + 1) }, "Next")];
  const numbers = h("span", { class: "clipnb-steps" }, ...steps.map(({ title }, i) => h("button", { type: "button", title, aria: { label: `Step ${i + 1}: ${title}` }, onclick: () => go(i) }, String(i + 1))));
  const [title, text] = [h("p", { class: "clipnb-title" }), h("p", { class: "clipnb-said" })];
  const element = h("div", { class: "clipnb-guide" }, h("div", { class: "clipnb-turns" }, back, numbers, next), title, text);
  const redraw = (/** @type {number} */ step) => {
    now = step;
    [back.disabled, next.disabled] = [step === 0, step === steps.length - 1];
    childrenOf(numbers).forEach((button, i) => (i === step ? button.setAttribute("aria-current", "step") : button.removeAttribute("aria-current")));
    setText(title, `${step + 1}. ${steps[step].title}`);
    setText(text, steps[step].text);
  };
  return { element, title, text, redraw };
}

/** @param {Place<InsideTraits>} place */
function render({ model, el }) {
  const settings = model.get("settings");
  const machine = new Machine(model.get("document"), INSIDE(model.get("total"), settings));
  const status = statusLine();
  const wait = patience(model, status);
  const { act, flush } = connect(model, machine, redraw, status);
  const go = (/** @type {number} */ step) => act({ do: "go", step });
  const [strip, buttons] = [imageStrip(model, (picture) => act({ do: "choose", picture })), editButtons(act)];
  const field = h("input", { type: "text", spellcheck: false, oninput: () => act({ do: "write", text: field.value }, true), onblur: () => (flush(), setTimeout(redraw)) });
  const [drawing, guide, scenes] = [makeDrawing(settings, go), makeGuide(settings, go), makeScenes(settings, act)];
  const spoken = announcer();
  /** @type {ReturnType<typeof numbersOf> | null} */
  let numbers = null; // of `seen`, whose trait is another object after each answer

  function redraw() {
    const document = machine.document;
    const isMissing = !same(model.get("seen").key, [document.picture, document.sentence, askedOf(document, settings)]);
    const isNew = numbers?.seen !== model.get("seen");
    if (!numbers || isNew) numbers = numbersOf(model);
    const view = { ...numbers, document, token: Math.min(document.token, numbers.seen.tokens.length - 1) };
    strip.redraw(document.picture);
    setValue(field, document.sentence);
    buttons.redraw(machine);
    guide.redraw(document.step);
    drawing.redraw(view);
    if (isNew) drawing.repaint(view);
    scenes.forEach((scene, i) => (scene.element.hidden = i !== document.step));
    scenes[document.step].redraw(view);
    const about = scenes[document.step].element.querySelector(".clipnb-about");
    spoken.tell(isMissing ? null : [`${guide.title.textContent}. ${guide.text.textContent}`, about?.textContent ?? ""]);
    wait(isMissing);
    for (const part of [drawing.element, scenes[document.step].element]) part.dataset.old = String(isMissing);
    setPending(el, model, Number(isMissing));
  }

  redrawOn(model, ["seen"], redraw);
  root(el, "inside").append(
    strip.element, h("div", { class: "clipnb-tools" }, h("label", { class: "clipnb-entry" }, "Text ", field), buttons.undo, buttons.reset),
    drawing.element, guide.element, status, ...scenes.map((scene) => scene.element), spoken.element
  );
  redraw();
}

export { Machine, INSIDE };
export default { render };

// @ts-check
// The drawing: image and text on their way through the model, small; a part leads to its step.

import { childrenOf, decimal, h, keepChildren, setBar, bar, setSource, setText } from "../common/common.js";
import { readable } from "../common/pieces.js";
import { ranked } from "../common/scoring.js";
import { paintNumbers, paintSheet } from "./pictures.js";

// The step to which a part leads; which parts a step highlights is in the settings
/** @type {[part: string, step: number, label: string][]} */
const PARTS = [
  ["pixels", 0, "patches"], ["positions", 1, "class token, positions"], ["heads", 2, "attention"], ["image", 3, "image embedding"],
  ["tokens", 4, "tokens"], ["text-heads", 5, "attention"], ["text", 5, "text embedding"], ["product", 6, "dot product"], ["softmax", 7, "probabilities"],
];
const MOST_ROWS = 6; // of the probabilities

/**
 * The maps of all heads, layer by layer.
 *
 * @param {Float32Array} values
 * @param {[layers: number, heads: number]} size
 * @param {number} [skip] numbers at the start of each map that are no place in it
 */
export function mapsOf(values, [layers, heads], skip = 0) {
  const length = values.length / (layers * heads);
  return Array.from({ length: layers * heads }, (_, i) => values.subarray(i * length + skip, (i + 1) * length));
}

/** A token for its reader: "start" and "end" of a text have a name, and no letters. @param {InsideToken} token */
export const nameOf = ({ text, piece }) => text || readable(piece).text;

/** @param {number} count of an embedding's numbers; columns of a block that is higher than wide */
const columnsFor = (count) => Math.max(1, Math.round(Math.sqrt(count * 0.6)));

/**
 * @param {InsideSettings} settings
 * @param {(step: number) => void} go
 */
export function makeDrawing(settings, go) {
  const canvas = () => h("canvas", { class: "clipnb-block" });
  const [seen, apart] = [h("img", { alt: "", class: "clipnb-pixels" }), h("img", { alt: "", class: "clipnb-pixels" })];
  const [cut, exploded] = [h("span", { class: "clipnb-cut" }, seen), h("span", { class: "clipnb-cut", data: { apart: "true" } }, apart)];
  const first = settings.classToken ? h("span", { class: "clipnb-cls" }, "class") : null;
  const [heads, image, textHeads, text] = [canvas(), canvas(), canvas(), canvas()];
  const [chips, rows, sum] = [h("span", { class: "clipnb-words" }), h("span", { class: "clipnb-rows" }), h("span", { class: "clipnb-sum" })];
  const stripes = [canvas(), canvas(), canvas()];
  const product = h("span", { class: "clipnb-stripes" }, stripes[0], h("span", {}, "×"), stripes[1], h("span", {}, "="), stripes[2], sum);
  /** @type {Record<string, HTMLElement>} */
  const inside = { pixels: cut, positions: h("span", { class: "clipnb-row" }, first, exploded), heads, image, tokens: chips, "text-heads": textHeads, text, product, softmax: rows };
  const parts = PARTS.map(([part, step, label]) =>
    h(
      "button", { type: "button", class: "clipnb-part", data: { part }, onclick: () => go(step) },
      h("span", { class: "clipnb-label" }, h("b", {}, String(step + 1)), ` ${settings.classToken ? label : label.replace("class token, ", "")}`), inside[part]
    )
  );
  const element = h("div", { class: "clipnb-drawn", role: "group", aria: { label: "The way of image and text through the model; each part leads to its step" } }, ...parts);
  for (const side of [cut, exploded]) {
    side.style.setProperty("--rows", String(settings.rows));
    side.style.setProperty("--columns", String(settings.columns));
    side.style.aspectRatio = `${settings.width} / ${settings.height}`;
  }

  /** @param {InsideView} view */
  function redraw(view) {
    const { document, seen: now } = view;
    const marked = settings.steps[document.step].parts;
    parts.forEach((part) => {
      part.dataset.on = String(marked.includes(part.dataset.part ?? ""));
      part.setAttribute("aria-pressed", part.dataset.on);
    });
    for (const one of [seen, apart]) setSource(one, now.uri);
    drawWords(chips, now);
    drawRows(rows, view);
    setText(sum, decimal(view.cosines[0], 3));
  }

  /** What is costly, and changes with image, text and query only. @param {InsideView} view */
  function repaint(view) {
    const { seen: now } = view;
    paintSheet(heads, mapsOf(view.attention, settings.imageHeads, Number(settings.classToken)), settings.imageHeads[1], settings.rows, settings.columns);
    paintSheet(textHeads, mapsOf(view.textAttention, settings.textHeads), settings.textHeads[1], now.tokens.length, now.tokens.length);
    for (const [block, values] of /** @type {[HTMLCanvasElement, Embedding][]} */ ([[image, view.image], [text, view.text]])) paintNumbers(block, values, columnsFor(values.length));
    [view.image, view.text, view.products].forEach((values, i) => paintNumbers(stripes[i], values, values.length));
  }

  return { element, redraw, repaint };
}

/**
 * @param {HTMLElement} place
 * @param {InsideSeen} seen
 */
function drawWords(place, { tokens, read }) {
  keepChildren(place, tokens.length, () => h("span"));
  childrenOf(place).forEach((chip, i) => {
    setText(chip, nameOf(tokens[i]));
    chip.dataset.read = String(i === read);
  });
}

/**
 * The best few candidates as bars.
 *
 * @param {HTMLElement} place
 * @param {InsideView} view
 */
function drawRows(place, { probabilities, cosines, candidates, settings }) {
  const shown = ranked(cosines).slice(0, MOST_ROWS).sort((a, b) => a - b);
  keepChildren(place, shown.length, () => h("span", {}, h("span"), bar()));
  shown.forEach((which, row) => {
    const [name, share] = childrenOf(place.children[row]);
    setText(name, settings.names[settings.prompts.indexOf(candidates[which])] ?? "your text");
    setBar(share, probabilities[which]);
  });
}

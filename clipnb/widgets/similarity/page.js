// @ts-check
// The similarity matrix: the twin of state.py, and its page.

import { caption, connect, decimal, h, isFocused, root, setText } from "../common/common.js";
import { index, Machine } from "../common/document.js";
import { bytesOf, moved } from "../common/maps.js";
import { floats } from "../common/scoring.js";

const ROOM = 440; // pixels for the matrix
const LEAST_WRITTEN = 18; // a cell of so many pixels has room for a label

const SIMILARITY = (pictures, sentences, steps) => ({
  edited: [],
  merged: [],
  actions: {
    point: (document, { picture, sentence }) =>
      Object.assign(document, { picture: index(picture, pictures, "image"), sentence: index(sentence, sentences, "text") }),
    step: (document, { to }) => (document.step = index(to, steps, "step")),
  },
});

/** 1 for the largest. */
const rankOf = (value, values) => values.filter((other) => other > value).length + 1;

/** The matrix of one step, and what can be said of one of its cells. */
function cellOf(values, document, columns, rows) {
  const start = document.step * rows * columns;
  const at = (r, c) => values[start + r * columns + c];
  const row = Array.from({ length: columns }, (_, c) => at(document.picture, c));
  const column = Array.from({ length: rows }, (_, r) => at(r, document.sentence));
  const value = row[document.sentence];
  return { value, row, inRow: rankOf(value, row), inColumn: rankOf(value, column), best: row.indexOf(Math.max(...row)) };
}

/** How many images have no better text than their own. */
function found(values, own, step, columns) {
  return own.filter((mine, r) => {
    const row = values.subarray((step * own.length + r) * columns, (step * own.length + r + 1) * columns);
    return row[mine] >= row.reduce((a, b) => Math.max(a, b));
  }).length;
}

/** @param {{ model: import("../common/common.js").Model, el: HTMLElement }} place */
function render({ model, el }) {
  const [pictures, sentences, { labels, own }] = [model.get("pictures"), model.get("sentences"), model.get("settings")];
  const [rows, columns] = [pictures.length, sentences.length];
  const values = floats(model.get("values"));
  const palette = bytesOf(model.get("palette"));
  const machine = new Machine(model.get("document"), SIMILARITY(rows, columns, labels.length));
  const [low, high] = values.reduce(([a, b], x) => [Math.min(a, x), Math.max(b, x)], [Infinity, -Infinity]);
  const size = Math.max(3, Math.min(44, Math.floor(ROOM / Math.max(columns, rows))));
  let painted = null;

  // -- the parts of the page ------------------------------------------------------------------------------------------------

  const status = h("p", { class: "clipnb-status", role: "status", aria: { live: "polite" } });
  const say = (sentence) => setText(status, sentence);
  const canvas = h("canvas", { class: "clipnb-matrix", width: columns, height: rows });
  const [mark, field] = [h("div", { class: "clipnb-mark" }), h("div", { class: "clipnb-field", tabIndex: 0, role: "application" })];
  field.setAttribute("aria-label", `Similarity matrix of ${rows} images (rows) and ${columns} texts (columns); arrow keys move`);
  [canvas.style.width, canvas.style.height] = [`calc(${columns} * var(--clipnb-cell))`, `calc(${rows} * var(--clipnb-cell))`];
  field.append(canvas, mark);
  const written = size >= LEAST_WRITTEN;
  const heads = h("div", { class: "clipnb-heads", aria: { hidden: "true" } });
  const thumbs = h("div", { class: "clipnb-thumbs", aria: { hidden: "true" } });
  if (written) {
    heads.append(...sentences.map((text) => sized(h("span", { title: text }, text), "width", "lineHeight")));
    thumbs.append(...pictures.map((one) => sized(h("img", { src: one.uri, alt: "", title: caption(one) }), "height", "width")));
    heads.style.marginLeft = "calc(var(--clipnb-cell) + 4px)";
  } else {
    heads.append(h("span", { class: "clipnb-plain" }, `${columns} texts →`));
    thumbs.append(h("span", { class: "clipnb-plain" }, `${rows} images ↓`));
  }

  function sized(element, ...sides) {
    for (const side of sides) element.style[side] = "var(--clipnb-cell)";
    return element;
  }

  const slider = h("input", { type: "range", min: 0, max: labels.length - 1, oninput: () => act({ do: "step", to: Number(slider.value) }, true), onblur: () => flush(), aria: { label: "Step of training" } });
  const stepText = h("span", { class: "clipnb-scale" });
  const dial = h("div", { class: "clipnb-dial", hidden: labels.length < 2 }, h("label", {}, "Step ", slider), stepText);
  const image = h("img", { class: "clipnb-picture" });
  const [sentence, value, ranks, best] = [h("q", { class: "clipnb-said" }), h("p", { class: "clipnb-big" }), h("p"), h("p", { class: "clipnb-best" })];
  const name = h("figcaption");
  const count = h("p", { class: "clipnb-count" });
  const reading = h("div", { class: "clipnb-reading", role: "status", aria: { live: "polite" } }, h("figure", { class: "clipnb-small" }, image, name), h("div", {}, sentence, value, ranks, best));
  const scale = h("canvas", { class: "clipnb-scalebar", width: 256, height: 1, aria: { hidden: "true" } });
  const legend = h("p", { class: "clipnb-legend" }, h("span", { class: "clipnb-range" }, decimal(low, 2), scale, decimal(high, 2)), `cosine${labels.length > 1 ? ", the same colours at every step" : ""}`);

  // -- acting ---------------------------------------------------------------------------------------------------------------

  function point(picture, at) {
    const now = machine.document;
    if (picture !== now.picture || at !== now.sentence) act({ do: "point", picture, sentence: at }, true);
  }

  function hover(event) {
    const box = canvas.getBoundingClientRect();
    const place = (share, count) => Math.max(0, Math.min(count - 1, Math.floor(share * count)));
    point(place((event.clientY - box.top) / box.height, rows), place((event.clientX - box.left) / box.width, columns));
  }

  field.addEventListener("pointermove", hover);
  field.addEventListener("pointerdown", hover);
  field.addEventListener("keydown", (event) => {
    const now = machine.document;
    const turn = { PageDown: 1, PageUp: -1 }[event.key];
    const to = moved(event.key, now.picture * columns + now.sentence, rows * columns, columns);
    if (turn === undefined && to === null) return;
    event.preventDefault();
    if (turn !== undefined) return act({ do: "step", to: Math.max(0, Math.min(labels.length - 1, now.step + turn)) }, true);
    const line = Math.floor(to / columns);
    if (["ArrowLeft", "ArrowRight"].includes(event.key) && line !== now.picture) return; // an edge is an edge
    point(line, to % columns);
  });

  // -- from numbers to the page ---------------------------------------------------------------------------------------------

  function paint(canvas, width, height, share) {
    const pixels = new ImageData(width, height);
    for (let i = 0; i < width * height; i++) {
      const place = 3 * Math.round(255 * share(i));
      pixels.data.set([...palette.subarray(place, place + 3), 255], 4 * i);
    }
    canvas.getContext("2d").putImageData(pixels, 0, 0);
  }

  const ending = (n) => (n % 100 > 10 && n % 100 < 14 ? "th" : ["th", "st", "nd", "rd"][n % 10] ?? "th");
  const ordinal = (n) => (n === 1 ? "best" : `${n}${ending(n)} best`);

  function redraw() {
    const document = machine.document;
    const { step, picture } = document;
    const range = high - low || 1;
    if (painted !== step) paint(canvas, columns, rows, (i) => (values[step * rows * columns + i] - low) / range);
    painted = step;
    const cell = cellOf(values, document, columns, rows);
    Object.assign(mark.style, { left: `${(100 * document.sentence) / columns}%`, top: `${(100 * picture) / rows}%`, width: `${100 / columns}%`, height: `${100 / rows}%` });
    if (image.src !== pictures[picture].uri) image.src = pictures[picture].uri;
    image.alt = caption(pictures[picture]);
    setText(name, caption(pictures[picture]));
    setText(sentence, sentences[document.sentence]);
    setText(value, `cosine ${decimal(cell.value, 3)}`);
    const owned = own && own[picture] === document.sentence ? " It is the image’s own." : "";
    setText(ranks, `Of ${columns} texts it is this image’s ${ordinal(cell.inRow)}; of ${rows} images this one is its ${ordinal(cell.inColumn)}.${owned}`);
    setText(best, cell.inRow === 1 ? "" : `This image’s best: “${sentences[cell.best]}” (${decimal(cell.row[cell.best], 3)})`);
    setText(count, own ? `${found(values, own, step, columns)} of ${rows} images have no better text than their own.` : "");
    if (!isFocused(slider)) slider.value = step;
    slider.setAttribute("aria-valuetext", labels[step]);
    setText(stepText, labels[step]);
    el.dataset.pending = "0";
    el.dataset.failures = String(model.get("failures"));
  }

  const { act, flush } = connect(model, machine, redraw, say);
  paint(scale, 256, 1, (i) => i / 255);
  const matrix = h("div", { class: "clipnb-scroll" }, h("div", { class: "clipnb-fit" }, heads, h("div", { class: "clipnb-body" }, thumbs, field), legend));
  const places = columns + (written ? 1 : 0); // and the rest: gap, padding, a line of text where cells are too small for images
  matrix.style.flexBasis = `${places * size + (written ? 12 : 32)}px`;
  matrix.style.setProperty("--clipnb-places", places);
  matrix.style.setProperty("--clipnb-most", `${size}px`);
  root(el, "similarity").append(dial, h("div", { class: "clipnb-top" }, matrix, h("div", { class: "clipnb-side" }, reading, count, status)));
  redraw();
}

export { Machine, SIMILARITY, cellOf, found };
export default { render };

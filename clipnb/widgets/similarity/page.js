// @ts-check
// The similarity matrix: the twin of state.py, and its page.

import { announcer } from "../common/announce.js";
import { caption, connect, decimal, h, isFocused, root, setPending, setSource, setText, statusLine } from "../common/common.js";
import { index, Machine } from "../common/document.js";
import { bytesOf, moved } from "../common/maps.js";
import { floats } from "../common/scoring.js";

const ROOM = 440; // pixels for the matrix
const LEAST_WRITTEN = 18; // a cell of so many pixels has room for a label
const CELL = "var(--clipnb-cell)";

/** @type {(images: number, texts: number, steps: number) => Rules<SimilarityDocument, SimilarityActions, never>} */
const SIMILARITY = (images, texts, steps) => ({
  edited: [],
  merged: [],
  actions: {
    point: (document, { picture, sentence }) => Object.assign(document, { picture: index(picture, images, "image"), sentence: index(sentence, texts, "text") }),
    step: (document, { to }) => (document.step = index(to, steps, "step")),
  },
});

/**
 * 1 for the largest.
 *
 * @param {number} value
 * @param {number[]} values
 */
const rankOf = (value, values) => values.filter((other) => other > value).length + 1;

/**
 * The matrix of one step, and what can be said of one of its cells.
 *
 * @param {ArrayLike<number>} values
 * @param {SimilarityDocument} document
 * @param {number} columns
 * @param {number} rows
 */
function cellOf(values, document, columns, rows) {
  const start = document.step * rows * columns;
  const at = (/** @type {number} */ r, /** @type {number} */ c) => values[start + r * columns + c];
  const row = Array.from({ length: columns }, (_, c) => at(document.picture, c));
  const column = Array.from({ length: rows }, (_, r) => at(r, document.sentence));
  const value = row[document.sentence];
  return { value, row, inRow: rankOf(value, row), inColumn: rankOf(value, column), best: row.indexOf(Math.max(...row)) };
}

/**
 * How many images have no better text than their own.
 *
 * @param {Float32Array} values
 * @param {number[]} own
 * @param {number} step
 * @param {number} columns
 */
function found(values, own, step, columns) {
  return own.filter((mine, r) => {
    const row = values.subarray((step * own.length + r) * columns, (step * own.length + r + 1) * columns);
    return row[mine] >= row.reduce((a, b) => Math.max(a, b));
  }).length;
}

const ending = (/** @type {number} */ n) => (n % 100 > 10 && n % 100 < 14 ? "th" : ["th", "st", "nd", "rd"][n % 10] ?? "th");
const ordinal = (/** @type {number} */ n) => (n === 1 ? "best" : `${n}${ending(n)} best`);

// -- what never changes -------------------------------------------------------------------------------------------------------

/**
 * @typedef {ReturnType<typeof readTraits>} Data
 *
 * @param {Model<SimilarityTraits>} model
 */
function readTraits(model) {
  const [images, texts, { labels, own }] = [model.get("pictures"), model.get("sentences"), model.get("settings")];
  const [rows, columns, values] = [images.length, texts.length, floats(model.get("values"))];
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  const size = Math.max(3, Math.min(44, Math.floor(ROOM / Math.max(columns, rows)))); // of a cell, in pixels
  return { images, texts, labels, own, rows, columns, values, low, high, size, isWritten: size >= LEAST_WRITTEN, palette: bytesOf(model.get("palette")) };
}

// -- the parts of the page ----------------------------------------------------------------------------------------------------

/**
 * The matrix with what stands beside it: {element, field, canvas, mark}.
 *
 * @param {Data} data
 * @param {Element} legend
 */
function makeMatrix(data, legend) {
  const { rows, columns, size, isWritten } = data;
  const canvas = h("canvas", { class: "clipnb-matrix", width: columns, height: rows });
  [canvas.style.width, canvas.style.height] = [`calc(${columns} * ${CELL})`, `calc(${rows} * ${CELL})`];
  const mark = h("div", { class: "clipnb-mark" });
  const label = `Similarity matrix of ${rows} images (rows) and ${columns} texts (columns); arrow keys move`;
  const field = h("div", { class: "clipnb-field", tabIndex: 0, role: "application", aria: { label } }, canvas, mark);
  const [heads, thumbs] = makeMargins(data);
  const element = h("div", { class: "clipnb-scroll" }, h("div", { class: "clipnb-fit" }, heads, h("div", { class: "clipnb-body" }, thumbs, field), legend));
  const places = columns + (isWritten ? 1 : 0); // and the rest: gap, padding, a line of text where cells are too small for images
  element.style.flexBasis = `${places * size + (isWritten ? 12 : 32)}px`;
  element.style.setProperty("--clipnb-places", String(places));
  element.style.setProperty("--clipnb-most", `${size}px`);
  return { element, field, canvas, mark };
}

/**
 * What stands above and beside the cells: texts and images, or where the cells are too small how many there are.
 *
 * @param {Data} data
 */
function makeMargins({ images, texts, rows, columns, isWritten }) {
  const heads = h("div", { class: "clipnb-heads", aria: { hidden: "true" } });
  const thumbs = h("div", { class: "clipnb-thumbs", aria: { hidden: "true" } });
  if (isWritten) {
    heads.append(...texts.map((text) => sized(h("span", { title: text }, text), "width", "lineHeight")));
    thumbs.append(...images.map((one) => sized(h("img", { src: one.uri, alt: "", title: caption(one) }), "height", "width")));
    heads.style.marginLeft = `calc(${CELL} + 4px)`;
  } else {
    heads.append(h("span", { class: "clipnb-plain" }, `${columns} texts →`));
    thumbs.append(h("span", { class: "clipnb-plain" }, `${rows} images ↓`));
  }
  return [heads, thumbs];
}

/**
 * @param {HTMLElement} element
 * @param {...("width" | "height" | "lineHeight")} sides
 */
function sized(element, ...sides) {
  for (const side of sides) element.style[side] = CELL;
  return element;
}

/**
 * What is said of the cell in view.
 *
 * @typedef {ReturnType<typeof makeReading>} Reading
 */
function makeReading() {
  const [image, name] = [h("img", { class: "clipnb-image" }), h("figcaption")];
  const [text, value, ranks, best] = [h("q", { class: "clipnb-said" }), h("p", { class: "clipnb-big" }), h("p"), h("p", { class: "clipnb-best" })];
  const element = h(
    "div", { class: "clipnb-reading" },
    h("figure", { class: "clipnb-small" }, image, name), h("div", {}, text, value, ranks, best)
  );
  return { element, image, name, text, value, ranks, best, count: h("p", { class: "clipnb-count" }) };
}

/**
 * The colours and what they mean.
 *
 * @param {Data} data
 */
function makeLegend({ labels, low, high, palette }) {
  const scale = h("canvas", { class: "clipnb-scalebar", width: 256, height: 1, aria: { hidden: "true" } });
  paint(scale, palette, 256, 1, (i) => i / 255);
  return h("p", { class: "clipnb-legend" }, h("span", { class: "clipnb-range" }, decimal(low, 2), scale, decimal(high, 2)), `cosine${labels.length > 1 ? ", the same colours at every step" : ""}`);
}

/**
 * The slider over the steps of training.
 *
 * @param {string[]} labels
 * @param {Act<SimilarityActions>} act
 * @param {() => void} flush
 */
function makeDial(labels, act, flush) {
  const slider = h("input", {
    type: "range", min: 0, max: labels.length - 1, oninput: () => act({ do: "step", to: Number(slider.value) }, true), onblur: flush, aria: { label: "Step of training" },
  });
  const text = h("span", { class: "clipnb-scale" });
  const element = h("div", { class: "clipnb-dial", hidden: labels.length < 2 }, h("label", {}, "Step ", slider), text);
  const redraw = (/** @type {number} */ step) => {
    if (!isFocused(slider)) slider.value = String(step);
    slider.setAttribute("aria-valuetext", labels[step]);
    setText(text, labels[step]);
  };
  return { element, redraw };
}

// -- what the reader does -----------------------------------------------------------------------------------------------------

/**
 * Point at a cell by mouse or touch.
 *
 * @param {{ field: HTMLElement, canvas: HTMLElement }} matrix
 * @param {Data} data
 * @param {(row: number, column: number) => void} point
 */
function hearPointer({ field, canvas }, { rows, columns }, point) {
  const hover = (/** @type {PointerEvent} */ event) => {
    const box = canvas.getBoundingClientRect();
    const place = (/** @type {number} */ share, /** @type {number} */ count) => Math.max(0, Math.min(count - 1, Math.floor(share * count)));
    point(place((event.clientY - box.top) / box.height, rows), place((event.clientX - box.left) / box.width, columns));
  };
  field.addEventListener("pointermove", hover);
  field.addEventListener("pointerdown", hover);
}

/**
 * Arrow keys go from cell to cell, Page Up and Page Down from step to step.
 *
 * @param {Data} data
 * @param {SimilarityDocument} now
 * @param {KeyboardEvent} event
 * @param {{ point: (row: number, column: number) => void, turn: (step: number) => void }} doing
 */
function hearKey({ rows, columns, labels }, now, event, { point, turn }) {
  const step = { PageDown: 1, PageUp: -1 }[event.key];
  const to = moved(event.key, now.picture * columns + now.sentence, rows * columns, columns);
  if (step !== undefined || to !== null) event.preventDefault();
  if (step !== undefined) return turn(Math.max(0, Math.min(labels.length - 1, now.step + step)));
  if (to === null) return;
  const line = Math.floor(to / columns);
  if (["ArrowLeft", "ArrowRight"].includes(event.key) && line !== now.picture) return; // an edge is an edge
  point(line, to % columns);
}

// -- from numbers to the page -------------------------------------------------------------------------------------------------

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Uint8Array} palette
 * @param {number} width
 * @param {number} height
 * @param {(i: number) => number} share
 */
function paint(canvas, palette, width, height, share) {
  const pixels = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    const place = 3 * Math.round(255 * share(i));
    pixels.data.set([...palette.subarray(place, place + 3), 255], 4 * i);
  }
  canvas.getContext("2d")?.putImageData(pixels, 0, 0);
}

/**
 * @param {Reading} reading
 * @param {Data} data
 * @param {SimilarityDocument} document
 */
function drawReading(reading, { images, texts, own, values, rows, columns }, document) {
  const { step, picture: chosen, sentence: column } = document;
  const cell = cellOf(values, document, columns, rows);
  setSource(reading.image, images[chosen].uri);
  reading.image.alt = caption(images[chosen]);
  setText(reading.name, caption(images[chosen]));
  setText(reading.text, texts[column]);
  setText(reading.value, `cosine ${decimal(cell.value, 3)}`);
  const owned = own && own[chosen] === column ? " It is the image’s own." : "";
  setText(reading.ranks, `Of ${columns} texts it is this image’s ${ordinal(cell.inRow)}; of ${rows} images this one is its ${ordinal(cell.inColumn)}.${owned}`);
  setText(reading.best, cell.inRow === 1 ? "" : `This image’s best: “${texts[cell.best]}” (${decimal(cell.row[cell.best], 3)})`);
  setText(reading.count, own ? `${found(values, own, step, columns)} of ${rows} images have no better text than their own.` : "");
}

/** @param {Place<SimilarityTraits>} place */
function render({ model, el }) {
  const data = readTraits(model);
  const { rows, columns, values, low, high } = data;
  const machine = new Machine(model.get("document"), SIMILARITY(rows, columns, data.labels.length));
  const status = statusLine();
  const { act, flush } = connect(model, machine, redraw, status);
  const matrix = makeMatrix(data, makeLegend(data));
  const dial = makeDial(data.labels, act, flush);
  const [reading, spoken] = [makeReading(), announcer()];
  let painted = -1; // the step whose matrix is on the canvas

  /** @type {(picture: number, sentence: number) => void} */
  const point = (picture, sentence) => {
    const now = machine.document;
    if (picture !== now.picture || sentence !== now.sentence) act({ do: "point", picture, sentence }, true);
  };
  const turn = (/** @type {number} */ to) => act({ do: "step", to }, true);
  hearPointer(matrix, data, point);
  matrix.field.addEventListener("keydown", (event) => hearKey(data, machine.document, event, { point, turn }));

  function redraw() {
    const { step, picture, sentence } = machine.document;
    const range = high - low || 1;
    if (painted !== step) paint(matrix.canvas, data.palette, columns, rows, (i) => (values[step * rows * columns + i] - low) / range);
    painted = step;
    Object.assign(matrix.mark.style, { left: `${(100 * sentence) / columns}%`, top: `${(100 * picture) / rows}%`, width: `${100 / columns}%`, height: `${100 / rows}%` });
    drawReading(reading, data, machine.document);
    dial.redraw(step);
    spoken.tell([[reading.name, reading.text, reading.value, reading.best].map((one) => one.textContent).filter(Boolean).join(", ")]);
    setPending(el, model);
  }

  root(el, "similarity").append(dial.element, h("div", { class: "clipnb-top" }, matrix.element, h("div", { class: "clipnb-side" }, reading.element, reading.count, status)), spoken.element);
  redraw();
}

export { Machine, SIMILARITY, cellOf, found };
export default { render };

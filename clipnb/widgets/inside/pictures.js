// @ts-check
// Numbers as colours and bars. Attention is vermilion; numbers of embeddings are blue above 0 and orange below.

import { h } from "../common/common.js";

const ATTENTION = [213, 94, 0];
const PLUS = [43, 140, 196]; // as in common.css
const MINUS = [217, 119, 43];
const PALE = 18; // alpha of a place that gets nothing, so that every map has an outline
const SVG = "http://www.w3.org/2000/svg";

/**
 * Paint a canvas pixel by pixel; the page stretches it. `colour(x, y)` gives red, green, blue, alpha, or null for nothing.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 * @param {(x: number, y: number) => number[] | null} colour
 */
function paint(canvas, width, height, colour) {
  const pixels = new ImageData(width, height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const found = colour(x, y);
      if (found) pixels.data.set(found, 4 * (y * width + x));
    }
  }
  [canvas.width, canvas.height] = [width, height];
  canvas.getContext("2d")?.putImageData(pixels, 0, 0);
}

/**
 * @param {number} share of what is most
 * @param {number} [ground] alpha of nothing
 */
const warm = (share, ground = PALE) => [...ATTENTION, Math.round(ground + (255 - ground) * 0.92 * share)];

/** The colour of a share of what is most, for a style. @param {number} share */
export const attentionTint = (share) => `rgb(${ATTENTION.join(" ")} / ${(0.85 * share).toFixed(3)})`;

/** The colour of a number from -1 to 1, for a style. @param {number} x */
export const signTint = (x) => `rgb(${(x < 0 ? MINUS : PLUS).join(" ")} / ${(0.85 * Math.min(1, Math.abs(x))).toFixed(3)})`;

/** @param {ArrayLike<number>} values */
export const largest = (values) => Array.from(values).reduce((most, x) => Math.max(most, Math.abs(x)), 1e-9);

/**
 * One map, its strongest place in full colour.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} values
 * @param {number} rows
 * @param {number} columns
 * @param {number} [ground]
 */
export function paintAttention(canvas, values, rows, columns, ground) {
  const most = largest(values);
  paint(canvas, columns, rows, (x, y) => warm(values[y * columns + x] / most, ground));
}

/**
 * All heads on one canvas, a row for each layer.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {Float32Array[]} maps of (rows × columns), layer by layer
 * @param {number} heads
 * @param {number} rows
 * @param {number} columns
 */
export function paintSheet(canvas, maps, heads, rows, columns) {
  const [wide, high] = [columns + 1, rows + 1]; // a line between them
  const most = maps.map(largest);
  paint(canvas, heads * wide - 1, (maps.length / heads) * high - 1, (x, y) => {
    const [column, row] = [x % wide, y % high];
    if (column === columns || row === rows) return null;
    const which = Math.floor(y / high) * heads + Math.floor(x / wide);
    return warm(maps[which][row * columns + column] / most[which]);
  });
}

/**
 * An embedding as a block of colours, line after line.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} values
 * @param {number} columns
 */
export function paintNumbers(canvas, values, columns) {
  const most = largest(values);
  paint(canvas, columns, Math.ceil(values.length / columns), (x, y) => {
    const value = values[y * columns + x];
    return value === undefined ? null : [...(value < 0 ? MINUS : PLUS), Math.round(PALE + (237 - PALE) * (Math.abs(value) / most))];
  });
}

/**
 * @param {string} tag
 * @param {Record<string, string>} attributes
 * @param {...Element} children
 */
function svg(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/**
 * A chart of one bar for each number, up for what is positive, or of a running sum as a line. Returns {element, draw(values, chosen)}.
 *
 * @param {string} label
 */
export function numberBars(label) {
  const [frame, up, down, line] = [svg("path", { class: "clipnb-chosen" }), svg("path", { class: "clipnb-up" }), svg("path", { class: "clipnb-down" }), svg("path", { class: "clipnb-zero" })];
  const chart = svg("svg", { preserveAspectRatio: "none", role: "img" }, frame, up, down, line);
  const name = h("figcaption", {}, label);
  /**
   * @param {ArrayLike<number>} values
   * @param {number} chosen
   * @param {string} words what the chart shows, for those who do not see it
   */
  function draw(values, chosen, words) {
    const most = largest(values);
    const bars = (/** @type {(x: number) => boolean} */ taken) =>
      Array.from(values, (x, i) => (taken(x) ? `M${i} 50h.8V${(50 - (48 * x) / most).toFixed(2)}h-.8z` : "")).join("");
    chart.setAttribute("viewBox", `0 0 ${values.length} 100`);
    chart.setAttribute("aria-label", words);
    up.setAttribute("d", bars((x) => x > 0));
    down.setAttribute("d", bars((x) => x < 0));
    line.setAttribute("d", `M0 49.6H${values.length}v.8H0z`);
    frame.setAttribute("d", `M${chosen - 0.6} 0h2v100h-2z`);
  }
  return { element: h("figure", { class: "clipnb-bars" }, name, chart), draw };
}

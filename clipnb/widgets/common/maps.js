// @ts-check
// What the pages of the matrix, the inspector and the heatmaps share: colours, grids, patience.

import { PATIENCE, setText, SILENT } from "./common.js";

const PLUS = [0, 114, 178]; // Okabe and Ito's blue and orange, as in clipnb.plots
const MINUS = [230, 159, 0];
const STRENGTH = 0.85;

/**
 * Draw values from -127 to 127 as transparent colours, one pixel each; the page stretches the canvas.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} values
 * @param {number} rows
 * @param {number} columns
 */
export function paintMap(canvas, values, rows, columns) {
  const pixels = new ImageData(columns, rows);
  for (let i = 0; i < rows * columns; i++) {
    pixels.data.set(values[i] < 0 ? MINUS : PLUS, 4 * i);
    pixels.data[4 * i + 3] = Math.round((255 * STRENGTH * Math.abs(values[i])) / 127);
  }
  [canvas.width, canvas.height] = [columns, rows];
  canvas.getContext("2d")?.putImageData(pixels, 0, 0);
}

/**
 * The colour of a share of what is most.
 *
 * @param {number} share
 */
export const tint = (share) => `rgba(${PLUS.join()}, ${(STRENGTH * share).toFixed(3)})`;

/**
 * "patch 19 (row 2, column 3)", all counted from 0, as in Python.
 *
 * @param {number} patch
 * @param {number} columns
 */
export const patchName = (patch, columns) => `patch ${patch} (row ${Math.floor(patch / columns)}, column ${patch % columns})`;

/**
 * Where a key leads in a grid of `count` places, `columns` in a row; null for other keys.
 *
 * @param {string} key
 * @param {number} at
 * @param {number} count
 * @param {number} columns
 * @returns {number | null}
 */
export function moved(key, at, count, columns) {
  const line = at - (at % columns);
  /** @type {Record<string, number>} */
  const steps = { ArrowLeft: at - 1, ArrowRight: at + 1, ArrowUp: at - columns, ArrowDown: at + columns, Home: line, End: Math.min(count, line + columns) - 1 };
  if (!(key in steps)) return null;
  return steps[key] < 0 || steps[key] >= count ? at : steps[key];
}

/**
 * Buttons of which one can be reached by Tab and the others by arrow keys; what is focused is picked. Returns mark(chosen).
 *
 * @param {HTMLElement} group
 * @param {() => number} columns
 * @param {(index: number) => void} pick
 */
export function roving(group, columns, pick) {
  const buttons = () => [...group.querySelectorAll("button")];
  group.addEventListener("keydown", (event) => {
    const all = buttons();
    const to = moved(event.key, Math.max(0, all.indexOf(/** @type {HTMLButtonElement} */ (event.target))), all.length, columns());
    if (to === null) return;
    event.preventDefault();
    all[to].focus();
  });
  for (const kind of ["focusin", "click"]) {
    group.addEventListener(kind, (event) => {
      const button = /** @type {Element} */ (event.target).closest("button");
      const at = button ? buttons().indexOf(button) : -1;
      if (at >= 0) pick(at);
    });
  }
  return (/** @type {number} */ chosen) =>
    buttons().forEach((button, i) => {
      button.tabIndex = i === chosen ? 0 : -1;
      button.setAttribute("aria-pressed", String(i === chosen));
    });
}

/**
 * A function to call with whether something is still missing: says so when the kernel is at work, or has not answered for a while.
 *
 * @param {Model<LiveTraits>} model
 * @param {Element} status
 */
export function patience(model, status) {
  const [busy, absent] = ["The model is looking …", model.get("absent") ?? SILENT];
  let [timer, waiting] = [0, false];
  return (/** @type {boolean} */ missing) => {
    if (missing === waiting) return;
    waiting = missing;
    clearTimeout(timer);
    if (missing) {
      setText(status, busy);
      timer = setTimeout(() => setText(status, absent), 5 * PATIENCE); // a heatmap takes longer than a text
    } else if ([busy, absent].includes(status.textContent)) setText(status, "");
  };
}

/**
 * A trait of bytes as numbers from 0 to 255.
 *
 * @param {Bytes} view
 */
export const bytesOf = (view) => new Uint8Array(ArrayBuffer.isView(view) ? view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength) : view);

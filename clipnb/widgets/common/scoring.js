// @ts-check
// Scoring of stored vectors: the same numbers as in Python (a test compares the two). No DOM, no Jupyter.


/** Unit vectors by key, read from float32 bytes as Python packs them. */
export class Vectors {
  /** @param {number} dim */
  constructor(dim) {
    this.dim = dim;
    /** @type {Map<any, Float32Array>} */
    this.rows = new Map();
  }

  /**
   * @param {any[]} keys
   * @param {any} view their vectors, one after the other
   */
  add(keys, view) {
    const all = floats(view);
    keys.forEach((key, i) => this.rows.set(key, all.subarray(i * this.dim, (i + 1) * this.dim)));
  }

  has(key) {
    return this.rows.has(key);
  }

  get(key) {
    return this.rows.get(key);
  }
}

/**
 * A DataView, ArrayBuffer or typed array of little-endian float32, copied so that it is aligned.
 *
 * @param {any} view
 */
export function floats(view) {
  if (!view || !view.byteLength) return new Float32Array(0);
  const bytes = ArrayBuffer.isView(view) ? view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength) : view.slice(0);
  return new Float32Array(bytes);
}

/**
 * Of two unit vectors.
 *
 * @param {ArrayLike<number>} a
 * @param {ArrayLike<number>} b
 */
export function cosine(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/**
 * Softmax, or a sigmoid each, over the scores that are not null; 0 for the others.
 *
 * @param {(number | null)[]} scores
 * @param {{ scale: number, bias: number, sigmoid: boolean }} settings
 */
export function toProbabilities(scores, { scale, bias, sigmoid }) {
  const logits = scores.map((s) => (s === null ? null : scale * s + bias));
  if (sigmoid) return logits.map((x) => (x === null ? 0 : 1 / (1 + Math.exp(-x))));
  const top = Math.max(...logits.filter((x) => x !== null));
  const powers = logits.map((x) => (x === null ? 0 : Math.exp(x - top)));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((x) => (sum ? x / sum : 0));
}

/**
 * Indices, best first; equals in their order, those without a score last.
 *
 * @param {(number | null)[]} scores
 */
export function ranked(scores) {
  const place = (s) => (s === null ? Infinity : -s);
  return scores.map((_, i) => i).sort((a, b) => (place(scores[a]) === place(scores[b]) ? a - b : place(scores[a]) - place(scores[b])));
}

/**
 * A prompt of a class, and its share of the class's score.
 *
 * @typedef {{ text?: string, row?: number, cosine: number, share: number }} Row
 */

/**
 * Weighted mean of rows; null if there is none.
 *
 * @param {Row[]} rows
 * @returns {number | null}
 */
export function pooled(rows) {
  return rows.length ? rows.reduce((sum, one) => sum + one.share * one.cosine, 0) : null;
}

/**
 * What every row adds to score(left) - score(right); see Explorer.difference in Python.
 *
 * @param {Row[]} left
 * @param {Row[]} right
 */
export function difference(left, right) {
  if (!left.length || !right.length) return [];
  const middle = (pooled(left) + pooled(right)) / 2;
  const parts = (rows, side) => rows.map((one) => ({ ...one, side, contribution: (side ? -1 : 1) * one.share * (one.cosine - middle) }));
  return [...parts(left, 0), ...parts(right, 1)].sort((a, b) => b.contribution - a.contribution);
}

// @ts-check
// Scoring of stored embeddings: the same numbers as in Python (a test compares the two). No DOM, no Jupyter.

/**
 * Unit embeddings by key, read from float32 bytes as Python packs them.
 *
 * @template [Key=string]
 */
export class Embeddings {
  /** @param {number} dim */
  constructor(dim) {
    this.dim = dim;
    /** @type {Map<Key | undefined, Embedding>} */
    this.rows = new Map();
  }

  /**
   * @param {Key[]} keys
   * @param {Bytes} view their embeddings, one after the other
   */
  add(keys, view) {
    const all = floats(view);
    keys.forEach((key, i) => this.rows.set(key, all.subarray(i * this.dim, (i + 1) * this.dim)));
  }

  /** @param {Key} key */
  has(key) {
    return this.rows.has(key);
  }

  /** @param {Key | undefined} key */
  get(key) {
    return this.rows.get(key);
  }
}

/**
 * A DataView, ArrayBuffer or typed array of little-endian float32, copied so that it is aligned.
 *
 * @param {Bytes | null | undefined} view
 */
export function floats(view) {
  if (!view?.byteLength) return new Float32Array(0);
  const bytes = ArrayBuffer.isView(view) ? view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength) : view.slice(0);
  return new Float32Array(bytes);
}

/**
 * The rows of a matrix, from float32 bytes.
 *
 * @param {Bytes} view
 * @param {number} dim
 */
export function rowsIn(view, dim) {
  const all = floats(view);
  return Array.from({ length: all.length / dim }, (_, i) => all.subarray(i * dim, (i + 1) * dim));
}

/**
 * Of two unit embeddings.
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
  const logits = scores.map((score) => (score === null ? null : scale * score + bias));
  if (sigmoid) return logits.map((x) => (x === null ? 0 : 1 / (1 + Math.exp(-x))));
  const top = Math.max(...logits.filter((x) => x !== null));
  const powers = logits.map((x) => (x === null ? 0 : Math.exp(x - top)));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((x) => (sum ? x / sum : 0));
}

/**
 * A score as an order sees it, in units of its ninth decimal.
 *
 * The same numbers added up in another order, or by Python, differ in their last bits. Unless these are rounded away, they decide between two classes that
 * are tied, and the page and Python disagree.
 *
 * @param {number} score
 */
export const rounded = (score) => Math.round(score * 1e9);

/**
 * Indices, best first; equals in their order, those without a score last.
 *
 * @param {readonly (number | null)[]} scores
 */
export function ranked(scores) {
  const places = scores.map((score) => (score === null ? Infinity : -rounded(score)));
  return scores.map((_, i) => i).sort((a, b) => (places[a] === places[b] ? a - b : places[a] - places[b]));
}

/**
 * Weighted mean of rows; null if there is none.
 *
 * @param {ScoredRow[]} rows
 * @returns {number | null}
 */
export function pooled(rows) {
  return rows.length ? rows.reduce((sum, one) => sum + one.share * one.cosine, 0) : null;
}

/**
 * The mean of embeddings, in double precision.
 *
 * @param {ArrayLike<number>[]} embeddings
 */
export function meanOf(embeddings) {
  const sum = new Float64Array(embeddings[0].length);
  for (const embedding of embeddings) for (let i = 0; i < sum.length; i++) sum[i] += embedding[i];
  return sum.map((x) => x / embeddings.length);
}

/**
 * The order of the parts of a margin: largest centred value first.
 *
 * @param {{ centred: number }} a
 * @param {{ centred: number }} b
 */
export const byCentred = (a, b) => rounded(b.centred) - rounded(a.centred);

/**
 * What every row {cosine, mean, share} adds to score(left) - score(right), centred values first: split_margin in clipnb/explain/margins.py.
 *
 * `mean` is the row's mean cosine over the reference images, or null; then cosines are counted from the midpoint of the two scores.
 *
 * @param {ScoredRow[]} left
 * @param {ScoredRow[]} right
 */
export function difference(left, right) {
  const scores = [pooled(left), pooled(right)];
  if (scores[0] === null || scores[1] === null) return [];
  const middle = (scores[0] + scores[1]) / 2;
  /**
   * @param {ScoredRow[]} rows
   * @param {number} side
   */
  const parts = (rows, side) =>
    rows.map((one) => {
      const weight = (side ? -1 : 1) * one.share;
      return { ...one, side, contribution: weight * one.cosine, centred: weight * (one.cosine - (one.mean ?? middle)) };
    });
  return [...parts(left, 0), ...parts(right, 1)].sort(byCentred);
}

/**
 * The margin of the average reference image; 0 without a reference.
 *
 * @param {ScoredRow[]} left
 * @param {ScoredRow[]} right
 */
export function usualMargin(left, right) {
  /** @param {ScoredRow[]} rows */
  const usual = (rows) => rows.reduce((sum, one) => sum + one.share * (one.mean ?? 0), 0);
  return usual(left) - usual(right);
}

// Scoring of stored vectors: the same numbers as clipnb/widgets/state (a test compares the two). No DOM, no Jupyter.

/** Unit vectors by key, read from float32 bytes as Python packs them. */
class Vectors {
  constructor(dim) {
    this.dim = dim;
    this.rows = new Map();
  }

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

/** A DataView, ArrayBuffer or typed array of little-endian float32, copied so that it is aligned. */
function floats(view) {
  if (!view || !view.byteLength) return new Float32Array(0);
  const bytes = ArrayBuffer.isView(view) ? view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength) : view.slice(0);
  return new Float32Array(bytes);
}

function cosine(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Softmax, or a sigmoid each, over the scores that are not null; 0 for the others. */
function toProbabilities(scores, { scale, bias, sigmoid }) {
  const logits = scores.map((s) => (s === null ? null : scale * s + bias));
  if (sigmoid) return logits.map((x) => (x === null ? 0 : 1 / (1 + Math.exp(-x))));
  const top = Math.max(...logits.filter((x) => x !== null));
  const powers = logits.map((x) => (x === null ? 0 : Math.exp(x - top)));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((x) => (sum ? x / sum : 0));
}

/** Indices, best first; equals in their order, those without a score last. */
function ranked(scores) {
  const place = (s) => (s === null ? Infinity : -s);
  return scores.map((_, i) => i).sort((a, b) => (place(scores[a]) === place(scores[b]) ? a - b : place(scores[a]) - place(scores[b])));
}

/** Weighted mean of rows {cosine, share}; null if there is none. */
function pooled(rows) {
  return rows.length ? rows.reduce((sum, one) => sum + one.share * one.cosine, 0) : null;
}

/** What every row adds to score(left) - score(right); see Explorer.difference in Python. */
function difference(left, right) {
  if (!left.length || !right.length) return [];
  const middle = (pooled(left) + pooled(right)) / 2;
  const parts = (rows, side) => rows.map((one) => ({ ...one, side, contribution: (side ? -1 : 1) * one.share * (one.cosine - middle) }));
  return [...parts(left, 0), ...parts(right, 1)].sort((a, b) => b.contribution - a.contribution);
}

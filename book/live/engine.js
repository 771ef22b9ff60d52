// @ts-check
// The bundled CLIP in a page: texts and images in, unit embeddings out, the same as Python's (tests/site/test_live.py compares them).
//
//   const clip = await loadClip({ onProgress: (share) => … });
//   const [embedding] = await clip.encodeTexts(["a red cap"]);
//
// Nothing is asked of another server: scripts lie in ../vendor, the model beside this file. The networks run in a worker, so the page stays responsive.

import { Tokenizer } from "../vendor/tokenizers.min.mjs";

const BATCH = 32;

/**
 * @param {object} [options]
 * @param {string|URL} [options.folder] where clip.json, text.onnx and picture.onnx lie; by default `model/` beside this file
 * @param {(share: number) => void} [options.onProgress] called with 0 … 1 while the model loads
 * @returns {Promise<Clip>} rejected with a sentence for the reader where it cannot run
 */
export async function loadClip({ folder = new URL("model/", import.meta.url), onProgress = () => {} } = {}) {
  if (typeof WebAssembly !== "object") throw new Error("WebAssembly is switched off in this browser, and the model needs it.");
  if (typeof Worker !== "function" || typeof DecompressionStream !== "function") throw new Error("This browser is too old to run the model; one of 2023 or later can.");
  const base = new URL(folder, location.href);
  const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
  const ask = conversation(worker, onProgress);
  try {
    const [settings] = await Promise.all([json(new URL("clip.json", base)), ask("load", { folder: base.href })]);
    await ask("settings", { side: settings.side });
    return new Clip(settings, ask);
  } catch (error) {
    worker.terminate();
    throw error;
  }
}

async function json(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address.pathname.split("/").pop()} could not be loaded (${answer.status}).`);
  return answer.json();
}

/** ask(what, arguments, transfer) → promise of the worker's answer. A worker that breaks refuses all that waits. */
function conversation(worker, onProgress) {
  const waiting = new Map();
  let last = 0;
  worker.onmessage = ({ data }) => {
    if (data.share !== undefined) return onProgress(data.share);
    const { resolve, reject } = waiting.get(data.id);
    waiting.delete(data.id);
    data.problem === undefined ? resolve(data.result) : reject(new Error(data.problem));
  };
  worker.onerror = (event) => {
    event.preventDefault();
    for (const { reject } of waiting.values()) reject(new Error(`The model could not be started${event.message ? ` (${event.message})` : ""}.`));
    waiting.clear();
  };
  return (what, rest = {}, transfer = []) =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      worker.postMessage({ id: last, what, ...rest }, transfer);
    });
}

/** As Python's Tokens.check: a text is read up to such a token, whatever follows it. */
function refuseMarks(text) {
  const mark = ["<|startoftext|>", "<|endoftext|>"].find((one) => text.includes(one));
  if (mark) throw new Error(`“${text.slice(0, 60)}” holds “${mark}”, which marks the beginning or the end of a text for this model; remove it.`);
}

class Clip {
  #ask;
  #settings;
  #tokenizer;

  constructor(settings, ask) {
    this.#ask = ask;
    this.#settings = settings;
    this.#tokenizer = new Tokenizer(settings.tokenizer, settings.tokenizerConfig);
    this.dim = settings.dim;
    this.logitScale = settings.logitScale;
  }

  /** Token ids of a text with its start and end, cut as in Python: the end token stays. */
  #ids(text) {
    const { maxTokens, endToken } = this.#settings;
    const { ids } = this.#tokenizer.encode(lowered(text.toWellFormed?.() ?? text));
    return ids.length > maxTokens ? [...ids.slice(0, maxTokens - 1), endToken] : ids;
  }

  /** What the model reads of a text: [{text, id}], start and end tokens included; `text` is the vocabulary's own, "</w>" at the end of a word. */
  tokens(text) {
    return this.#ids(text).map((id) => ({ text: this.#tokenizer.id_to_token(id), id }));
  }

  /** Texts → unit embeddings (Float32Array of `dim`), in their order. */
  async encodeTexts(sentences) {
    const { padToken } = this.#settings;
    sentences.forEach(refuseMarks);
    const all = sentences.map((sentence) => this.#ids(sentence));
    const order = all.map((_, i) => i).sort((a, b) => all[a].length - all[b].length); // those of like length share a batch, so less is padded
    const vectors = new Array(all.length);
    for (let start = 0; start < order.length; start += BATCH) {
      const which = order.slice(start, start + BATCH);
      const length = Math.max(...which.map((i) => all[i].length));
      const ids = new BigInt64Array(which.length * length).fill(BigInt(padToken));
      which.forEach((i, row) => all[i].forEach((id, column) => (ids[row * length + column] = BigInt(id))));
      const rows = await this.#ask("texts", { ids, count: which.length, length }, [ids.buffer]);
      this.#cut(rows).forEach((vector, row) => (vectors[which[row]] = vector));
    }
    return vectors;
  }

  /** Images {width, height, data}, as a canvas gives them → unit embeddings, in their order. The data is copied, and stays the caller's. */
  async encodeImages(pictures) {
    const vectors = [];
    for (let start = 0; start < pictures.length; start += BATCH) {
      const batch = pictures.slice(start, start + BATCH).map(({ width, height, data }) => ({ width, height, data }));
      vectors.push(...this.#cut(await this.#ask("pictures", { pictures: batch })));
    }
    return vectors;
  }

  #cut(rows) {
    return Array.from({ length: rows.length / this.dim }, (_, i) => rows.slice(i * this.dim, (i + 1) * this.dim));
  }
}

/** Lower case letter by letter, as Python's tokenizer does it: JavaScript's own rule looks at the neighbours of a Greek sigma. */
const lowered = (text) => Array.from(text.normalize("NFC"), (letter) => letter.toLowerCase()).join("");

// @ts-check
// The bundled CLIP in a page: texts and images in, unit embeddings out, the same as Python's (tests/site/test_live.py compares them).
//
//   const clip = await loadClip({ onProgress: (share) => … });
//   const [embedding] = await clip.encodeTexts(["a red cap"]);
//   await clip.imagesReady;
//
// Nothing is asked of another server: scripts lie in ../vendor, the model beside this file. The networks run in a worker, so the page stays responsive.

import { Tokenizer } from "../vendor/tokenizers.min.mjs";

const BATCH = 32;

/**
 * What export.py writes beside the networks.
 *
 * @typedef {object} Settings
 * @property {number} dim
 * @property {number} logitScale
 * @property {number} maxTokens
 * @property {number} endToken
 * @property {number} padToken
 * @property {number} side of an image, in pixels
 * @property {object} tokenizer
 * @property {object} tokenizerConfig
 * @property {number} [batch] texts that are encoded together
 *
 * @typedef {{ embedding: Embedding, attention: Float32Array, size: [layers: number, heads: number, to: number, from: number] }} Parts
 * @typedef {{ embedding: Embedding, parts: Float32Array, patches: Float32Array }} Decomposed parts: (parts, dim); patches: (layers, heads, places, dim)
 * @typedef {(what: string, rest?: object, transfer?: Transferable[]) => Promise<any>} Ask asks the worker, which answers with a message
 */

/**
 * @param {object} [options]
 * @param {string|URL} [options.folder] where clip.json, text.onnx and image.onnx lie; by default `model/` beside this file
 * @param {(share: number) => void} [options.onProgress] called with 0 … 1 while runtime and text encoder load
 * @param {(share: number) => void} [options.onImages] called with 0 … 1 while the image encoder loads, afterwards
 * @returns {Promise<Clip>} for texts at once, for images after its `imagesReady`; rejected with a text for the reader where it cannot run
 */
export async function loadClip({ folder = new URL("model/", import.meta.url), onProgress = () => {}, onImages = () => {} } = {}) {
  if (typeof WebAssembly !== "object") throw new Error("WebAssembly is switched off in this browser, and the model needs it.");
  if (typeof Worker !== "function" || typeof DecompressionStream !== "function") throw new Error("This browser is too old to run the model; one of 2023 or later can.");
  const base = new URL(folder, location.href);
  const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
  const ask = conversation(worker, { text: onProgress, image: onImages });
  try {
    const [settings] = await Promise.all([json(new URL("clip.json", base)), ask("load", { folder: base.href })]);
    await ask("settings", { side: settings.side });
    return new Clip(settings, ask, ask("loadImages", { folder: base.href }));
  } catch (error) {
    worker.terminate();
    throw error;
  }
}

/**
 * Another CLIP than the bundled one, whose files real_clip.js has checked. Its numbers must not depend on which texts share a batch: 8-bit networks scale
 * a batch as a whole, so each text is a batch of its own.
 *
 * @param {Omit<Settings, "dim" | "batch">} settings
 * @param {{ text: ArrayBuffer, image: ArrayBuffer, mean: number[], std: number[], factor: number }} files the networks, which are given away, and how pixels become their input
 * @param {AbortSignal} signal
 * @returns {Promise<{ clip: Clip, close: () => void }>}
 */
export async function openClip(settings, files, signal) {
  const worker = new Worker(new URL("real_worker.js", import.meta.url), { type: "module" });
  const ask = conversation(worker, { text: () => {}, image: () => {} });
  const close = () => {
    worker.terminate();
    worker.dispatchEvent(new ErrorEvent("error", { cancelable: true })); // what waits hears that nothing comes
  };
  try {
    const dim = await unless(signal, ask("open", { ...files, side: settings.side, end: settings.endToken }, [files.text, files.image]));
    return { clip: new Clip({ ...settings, dim, batch: 1 }, ask, Promise.resolve()), close };
  } catch (error) {
    close();
    throw error;
  }
}

/**
 * @template T
 * @param {AbortSignal} signal
 * @param {Promise<T>} work
 * @returns {Promise<T>} rejected as soon as the signal says so
 */
const unless = (signal, work) =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });

/**
 * @param {URL} address
 * @returns {Promise<any>}
 */
async function json(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address.pathname.split("/").pop()} could not be loaded (${answer.status}).`);
  return answer.json();
}

/**
 * ask(what, arguments, transfer) → promise of the worker's answer. A worker that breaks refuses all that waits.
 *
 * @param {Worker} worker
 * @param {{ text: (share: number) => void, image: (share: number) => void }} progress of the two networks
 * @returns {Ask}
 */
function conversation(worker, progress) {
  /** @type {Map<number, { resolve: (result: any) => void, reject: (problem: Error) => void }>} */
  const waiting = new Map();
  let last = 0;
  worker.onmessage = ({ data }) => {
    if (data.share !== undefined) return progress[/** @type {"text" | "image"} */ (data.of)](data.share);
    const asked = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.problem === undefined) asked?.resolve(data.result);
    else asked?.reject(new Error(data.problem));
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

/**
 * As Python's Tokens.check: a text is read up to such a token, whatever follows it.
 *
 * @param {string} text
 */
function refuseMarks(text) {
  const mark = ["<|startoftext|>", "<|endoftext|>"].find((one) => text.includes(one));
  if (mark) throw new Error(`“${text.slice(0, 60)}” holds “${mark}”, which marks the beginning or the end of a text for this model; remove it.`);
}

export class Clip {
  #ask;
  #settings;
  #tokenizer;

  /**
   * @param {Settings} settings
   * @param {Ask} ask
   * @param {Promise<void>} imagesReady rejected if the image encoder could not be loaded
   */
  constructor(settings, ask, imagesReady) {
    this.#ask = ask;
    this.imagesReady = imagesReady;
    imagesReady.catch(() => {}); // whoever encodes an image is told
    this.#settings = settings;
    this.#tokenizer = new Tokenizer(settings.tokenizer, settings.tokenizerConfig);
    this.dim = settings.dim;
    this.logitScale = settings.logitScale;
  }

  /**
   * Token ids of a text with its start and end, cut as in Python: the end token stays.
   *
   * @param {string} text
   */
  #ids(text) {
    const { maxTokens, endToken } = this.#settings;
    const { ids } = this.#tokenizer.encode(lowered(text.toWellFormed?.() ?? text));
    return ids.length > maxTokens ? [...ids.slice(0, maxTokens - 1), endToken] : ids;
  }

  /**
   * What the model reads of a text: [{text, id}], start and end tokens included; `text` is the vocabulary's own, "</w>" at the end of a word.
   *
   * @param {string} text
   */
  tokens(text) {
    return this.#ids(text).map((id) => ({ text: this.#tokenizer.id_to_token(id), id }));
  }

  /**
   * Whether the model does not read all of a text.
   *
   * @param {string} text
   */
  isCut(text) {
    return this.#tokenizer.encode(lowered(text.toWellFormed?.() ?? text)).ids.length > this.#settings.maxTokens;
  }

  /**
   * Unit embeddings of texts, in their order.
   *
   * @param {string[]} texts
   */
  async encodeTexts(texts) {
    const { padToken, batch = BATCH } = this.#settings;
    texts.forEach(refuseMarks);
    const all = texts.map((text) => this.#ids(text));
    const order = all.map((_, i) => i).sort((a, b) => all[a].length - all[b].length); // those of like length share a batch, so less is padded
    /** @type {Embedding[]} */
    const embeddings = new Array(all.length);
    for (let start = 0; start < order.length; start += batch) {
      const which = order.slice(start, start + batch);
      const length = Math.max(...which.map((i) => all[i].length));
      const ids = new BigInt64Array(which.length * length).fill(BigInt(padToken));
      which.forEach((i, row) => all[i].forEach((id, column) => (ids[row * length + column] = BigInt(id))));
      const rows = await this.#ask("texts", { ids, count: which.length, length }, [ids.buffer]);
      this.#cut(rows).forEach((embedding, row) => (embeddings[which[row]] = embedding));
    }
    return embeddings;
  }

  /**
   * Unit embeddings of images, in their order, once the image encoder is here. The data is copied, and stays the caller's.
   *
   * @param {Pixels[]} images
   */
  async encodeImages(images) {
    await this.imagesReady;
    /** @type {Embedding[]} */
    const embeddings = [];
    for (let start = 0; start < images.length; start += BATCH) {
      const batch = images.slice(start, start + BATCH).map(({ width, height, data }) => ({ width, height, data }));
      embeddings.push(...this.#cut(await this.#ask("images", { images: batch })));
    }
    return embeddings;
  }

  /**
   * A text inside the model: its embedding, and what every token takes from every token in every head.
   *
   * @param {string} text
   * @returns {Promise<Parts>}
   */
  async readText(text) {
    refuseMarks(text);
    const ids = BigInt64Array.from(this.#ids(text), BigInt);
    return this.#ask("read", { ids }, [ids.buffer]);
  }

  /**
   * An image inside the model, likewise, once the image encoder is here; a class token is the first place.
   *
   * @param {Pixels} image
   * @returns {Promise<Parts>}
   */
  async lookAtImage({ width, height, data }) {
    await this.imagesReady;
    return this.#ask("look", { image: { width, height, data } });
  }

  /**
   * What heads and MLPs of the image encoder add to an image's embedding, likewise: decompose_embedding in clipnb/concepts/heads.py.
   *
   * @param {Pixels} image
   * @returns {Promise<Decomposed>}
   */
  async decompose({ width, height, data }) {
    await this.imagesReady;
    return this.#ask("decompose", { image: { width, height, data } });
  }

  /** @param {Embedding} rows one after the other */
  #cut(rows) {
    return Array.from({ length: rows.length / this.dim }, (_, i) => rows.slice(i * this.dim, (i + 1) * this.dim));
  }
}

/**
 * Lower case letter by letter, as Python's tokenizer does it: JavaScript's own rule looks at the neighbours of a Greek sigma.
 *
 * @param {string} text
 */
const lowered = (text) => Array.from(text.normalize("NFC"), (letter) => letter.toLowerCase()).join("");

// @ts-check
// A CLIP of a reader's choice in a page: a folder as transformers.js reads it, from the Hugging Face Hub, another address, or the reader's disk. Nothing is
// fetched before the reader asks. What comes is anybody's data: its size is limited, its settings are checked, and an error is one sentence.
//
// The runtime, the tokenizer and the resizing are those of the bundled CLIP. transformers.js would bring 900 KB, and resizes as the browser does, which
// differs from Python by several grey levels.

import { Tokenizer } from "../vendor/tokenizers.min.mjs";
import { openClip } from "./engine.js";
import { pixelsOf } from "./images.js";

const CACHE = "clipnb-real-clip"; // not among those that the service worker clears away
const SCALE = Math.log(100); // what all of OpenAI's CLIPs were trained to; the networks do not hold it
const END = "<|endoftext|>";
const HUB = "huggingface.co";

/** @typedef {"config" | "preprocessor" | "tokenizer" | "text" | "image"} Key */

/** @type {{ key: Key, names: string[], most: number }[]} the first of the names that is there */
const FILES = [
  { key: "config", names: ["config.json"], most: 1e6 },
  { key: "preprocessor", names: ["preprocessor_config.json"], most: 1e6 },
  { key: "tokenizer", names: ["tokenizer.json"], most: 30e6 },
  { key: "text", names: ["onnx/text_model_quantized.onnx", "onnx/text_model.onnx"], most: 600e6 },
  { key: "image", names: ["onnx/vision_model_quantized.onnx", "onnx/vision_model.onnx"], most: 600e6 },
];

/**
 * @typedef {Record<Key, ArrayBuffer>} Parts
 * @typedef {{ key: Key, name: string, size: number, most: number, read: (signal: AbortSignal) => Promise<Response> }} Listed a file that is there; size is 0 where the server does not say
 * @typedef {{ name: string, files: Listed[], size: number }} Folder
 * @typedef {{ name: string, scale: number, size: number, clip: import("./engine.js").Clip, close: () => void }} Opened
 */

/** @param {number} bytes */
export const sizeOf = (bytes) => (bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} KB` : `${Math.round(bytes / 1e6)} MB`);

// -- where a folder is ------------------------------------------------------------------------------------------------------------

/**
 * The address of a folder that a reader has written.
 *
 * @param {string} text
 */
export function addressOf(text) {
  const wrong = new Error("This is not the address of a folder; it begins with https:// or http://.");
  if (!URL.canParse(text.trim())) throw wrong;
  const address = new URL(text.trim());
  if (!/^https?:$/.test(address.protocol)) throw wrong;
  if (address.host === HUB) address.pathname = address.pathname.replace(/^(\/[^/]+\/[^/]+)\/?$/, "$1/resolve/main/").replace("/tree/", "/resolve/");
  if (!address.pathname.endsWith("/")) address.pathname += "/";
  return address;
}

/**
 * A request of a reader, without cookies; rejects with a sentence.
 *
 * @param {URL} address
 * @param {RequestInit} options
 */
async function asked(address, options) {
  try {
    return await fetch(address, { credentials: "omit", referrerPolicy: "no-referrer", ...options });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Error(`${address.host} could not be reached: there is no network, or that server does not let other sites read its files.`);
  }
}

/** @typedef {(name: string) => Promise<number>} SizeOf a file's size, 0 where the server does not say, and less where there is no such file: its status */

/**
 * @param {URL} base
 * @param {AbortSignal} signal
 * @returns {SizeOf}
 */
const sizesAt = (base, signal) => async (name) => {
  const { ok, status, headers } = await asked(new URL(name, base), { method: "HEAD", signal });
  if (ok) return Number(headers.get("Content-Length")) || 0;
  return status === 405 || status === 501 ? 0 : -status; // a server that does not know the question
};

/**
 * The Hub's own list, since its file servers answer for contents alone.
 *
 * @param {URL} base
 * @param {AbortSignal} signal
 * @returns {Promise<SizeOf>}
 */
async function sizesOnHub(base, signal) {
  const [owner, repository, , revision = "main", ...inside] = base.pathname.split("/").filter(Boolean);
  const answer = await asked(new URL(`/api/models/${owner}/${repository}/tree/${revision}?recursive=true`, base), { signal });
  if (!answer.ok) throw new Error(`${base.host} has no model ${owner}/${repository} (${answer.status}).`);
  const list = await answer.json().catch(() => null);
  if (!Array.isArray(list)) throw new Error(`${base.host} gave no list of the files of ${owner}/${repository}.`);
  const sizes = new Map(list.map((one) => [String(one?.path), Number(one?.size) || 0]));
  return async (name) => sizes.get([...inside, name].join("/")) ?? -404;
}

/**
 * The folder at an address; asks for the sizes alone.
 *
 * @param {URL} base
 * @param {AbortSignal} signal
 * @returns {Promise<Folder>}
 */
export async function folderAt(base, signal) {
  const sizeAt = base.host === HUB ? await sizesOnHub(base, signal) : sizesAt(base, signal);
  const files = [];
  for (const { key, names, most } of FILES) {
    let size = -404;
    for (const name of names) {
      size = await sizeAt(name);
      if (size < 0) continue;
      files.push({ key, name, most, size, read: (/** @type {AbortSignal} */ until) => asked(new URL(name, base), { signal: until }) });
      break;
    }
    if (size < 0) throw new Error(`${base.host} has no ${names[0]} at this address (${-size}).`);
  }
  const [, owner, repository] = base.pathname.split("/");
  return folderOf(base.host === HUB ? `${owner}/${repository}` : base.host + base.pathname.replace(/\/$/, ""), files);
}

/**
 * A folder that a reader has chosen on the disk, or its files.
 *
 * @param {File[]} chosen
 * @returns {Folder}
 */
export function folderOn(chosen) {
  const pathOf = (/** @type {File} */ file) => file.webkitRelativePath || file.name;
  const files = FILES.flatMap(({ key, names, most }) => {
    for (const name of names) {
      const bare = /** @type {string} */ (name.split("/").pop());
      const found = chosen.filter((file) => file.name === bare).sort((a, b) => pathOf(a).length - pathOf(b).length)[0];
      if (found) return [{ key, name, most, size: found.size, read: async () => new Response(found) }];
    }
    throw new Error(`The folder has no ${names[0]}.`);
  });
  return folderOf(chosen[0].webkitRelativePath.split("/")[0] || "your files", files);
}

/**
 * @param {string} name
 * @param {Listed[]} files
 */
function folderOf(name, files) {
  const large = files.find(({ size, most }) => size > most);
  if (large) throw tooLarge(large);
  return { name: name.slice(0, 100), files, size: files.reduce((sum, { size }) => sum + size, 0) };
}

/** @param {Listed} file */
const tooLarge = ({ name, most }) => new Error(`${name} is larger than ${sizeOf(most)}, which is the most that this page reads.`);

/**
 * The files of a folder; `seen` is told how many bytes are here.
 *
 * @param {Folder} folder
 * @param {AbortSignal} signal
 * @param {(loaded: number) => void} seen
 * @returns {Promise<Parts>}
 */
export async function read({ files }, signal, seen) {
  /** @type {Record<string, ArrayBuffer>} */
  const parts = {};
  let loaded = 0;
  for (const file of files) {
    const answer = await file.read(signal);
    if (!answer.ok || !answer.body) throw new Error(`${file.name} could not be loaded (${answer.status}).`);
    let size = 0;
    /** @type {TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>} */
    const counted = new TransformStream({
      transform(piece, after) {
        if ((size += piece.length) > file.most) return after.error(tooLarge(file));
        seen((loaded += piece.length));
        after.enqueue(piece);
      },
    });
    try {
      parts[file.key] = await new Response(answer.body.pipeThrough(counted)).arrayBuffer();
    } catch (error) {
      if (signal.aborted) throw error;
      if (size > file.most) throw tooLarge(file);
      if (error instanceof RangeError) throw new Error("The model needs more memory than this browser gives a page.");
      throw new Error(`The download of ${file.name} broke off after ${sizeOf(size)}; try again.`);
    }
    if (file.key === "tokenizer") settingsOf(/** @type {Parts} */ (parts)); // an incorrect folder is refused before its networks are fetched
  }
  return /** @type {Parts} */ (parts);
}

// -- settings that can be trusted ---------------------------------------------------------------------------------------------------

/** @typedef {Record<string, any>} Json */

/**
 * @param {ArrayBuffer} file
 * @param {string} name
 * @returns {Json}
 */
function jsonIn(file, name) {
  try {
    const value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(file));
    if (value && typeof value === "object" && !Array.isArray(value)) return value;
  } catch {
    // said below
  }
  throw new Error(`${name} is not a JSON object.`);
}

/**
 * @param {unknown} value
 * @param {number} least
 * @param {number} most
 * @param {string} what for the reader
 */
function numberFrom(value, least, most, what) {
  if (typeof value !== "number" || !(value >= least && value <= most)) throw new Error(`${what} is ${JSON.stringify(value)?.slice(0, 40) ?? "missing"}; expected: a number from ${least} to ${most}.`);
  return value;
}

/**
 * A whole number in a configuration.
 *
 * @param {unknown} value
 * @param {number} least
 * @param {number} most
 * @param {string} what
 */
const countFrom = (value, least, most, what) => Math.trunc(numberFrom(value, least, most, what));

/** @param {Json} preprocessor */
function lookOf(preprocessor) {
  const { size, crop_size: crop, image_mean: mean, image_std: std, rescale_factor: factor = 1 / 255 } = preprocessor;
  const side = countFrom(size?.shortest_edge ?? size, 8, 1024, "The size in preprocessor_config.json");
  const [height, width] = [crop?.height ?? crop, crop?.width ?? crop];
  const wanted = ["do_resize", "do_center_crop", "do_normalize", "do_rescale"].every((key) => preprocessor[key] !== false);
  if (!wanted || height !== side || width !== side || (preprocessor.resample ?? 3) !== 3)
    throw new Error("preprocessor_config.json asks for another preparation of images than CLIP's: resize with the bicubic filter, cut out the middle, normalise.");
  const three = (/** @type {unknown} */ value, /** @type {number} */ least, /** @type {string} */ what) => {
    if (!Array.isArray(value) || value.length !== 3) throw new Error(`${what} in preprocessor_config.json is not a list of three numbers.`);
    return value.map((one) => numberFrom(one, least, 10, `${what} in preprocessor_config.json`));
  };
  return { side, mean: three(mean, -10, "image_mean"), std: three(std, 1e-3, "image_std"), factor: numberFrom(factor, 1e-6, 10, "rescale_factor in preprocessor_config.json") };
}

/**
 * @param {Json} tokenizer
 * @param {number} words in the text model's vocabulary
 */
function endOf(tokenizer, words) {
  const { model, added_tokens: added = [], normalizer } = tokenizer;
  const refused = new Error("tokenizer.json is not that of a CLIP: byte-pair encoding, in lower case.");
  if (model?.type !== "BPE" || typeof model.vocab !== "object" || !model.vocab || !Array.isArray(added)) throw refused;
  if (!JSON.stringify(normalizer ?? "").includes('"Lowercase"')) throw refused;
  const ids = [...Object.values(model.vocab), ...added.map((one) => one?.id)];
  if (!ids.every((id) => Number.isInteger(id) && id >= 0 && id < words)) throw new Error("tokenizer.json has tokens that the text model does not know.");
  const end = added.find((one) => one.content === END)?.id ?? model.vocab[END];
  if (end === undefined) throw refused;
  return end;
}

/**
 * What the page needs of the three JSON files; throws a sentence.
 *
 * @param {Pick<Parts, "config" | "preprocessor" | "tokenizer">} parts
 */
function settingsOf(parts) {
  const config = jsonIn(parts.config, "config.json");
  if (config.model_type !== "clip") throw new Error(`config.json is of the type “${String(config.model_type).slice(0, 40)}”; expected: clip.`);
  const { vocab_size: words = 49408, max_position_embeddings: longest = 77 } = config.text_config ?? {};
  const maxTokens = countFrom(longest, 4, 4096, "max_position_embeddings in config.json");
  const { side, ...look } = lookOf(jsonIn(parts.preprocessor, "preprocessor_config.json"));
  if ((config.vision_config?.image_size ?? 224) !== side) throw new Error(`config.json and preprocessor_config.json name different sizes of an image: ${JSON.stringify(config.vision_config?.image_size ?? 224).slice(0, 40)} and ${side}.`);
  const tokenizer = jsonIn(parts.tokenizer, "tokenizer.json");
  const endToken = endOf(tokenizer, countFrom(words, 3, 1e6, "vocab_size in config.json"));
  const logitScale = Math.exp(numberFrom(config.logit_scale ?? SCALE, -5, 10, "logit_scale in config.json"));
  try {
    const { ids } = new Tokenizer(tokenizer, {}).encode("a");
    if (ids.length !== 3 || ids[2] !== endToken) throw new Error(`no ${END} at the end`);
  } catch (error) {
    throw new Error(`tokenizer.json cannot be used (${String(error instanceof Error ? error.message : error).slice(0, 120)}).`);
  }
  return { settings: { side, maxTokens, endToken, padToken: endToken, logitScale, tokenizer, tokenizerConfig: {} }, look };
}

/**
 * A CLIP whose files are here. They are kept for `keep`, so the networks get copies.
 *
 * @param {string} name
 * @param {Parts} parts
 * @param {AbortSignal} signal
 * @returns {Promise<Opened>}
 */
export async function open(name, parts, signal) {
  const { settings, look } = settingsOf(parts);
  const { clip, close } = await openClip(settings, { text: parts.text.slice(0), image: parts.image.slice(0), ...look }, signal);
  const size = Object.values(parts).reduce((sum, one) => sum + one.byteLength, 0);
  return { name, size, scale: settings.logitScale, clip, close };
}

/**
 * A stored page with the numbers of another CLIP in place of the bundled one's: its images are embedded anew, its texts when they are asked for.
 *
 * @param {StoredPage} page
 * @param {Opened} opened
 * @param {AbortSignal} signal
 * @param {(share: number) => void} seen
 * @returns {Promise<StoredPage>}
 */
export async function pageOf(page, { name, scale, clip }, signal, seen) {
  const pictures = /** @type {ImageEntry[]} */ (page.traits.pictures);
  const all = new Float32Array(pictures.length * clip.dim);
  const mean = new Float64Array(clip.dim);
  for (const [i, { uri }] of pictures.entries()) {
    signal.throwIfAborted();
    const [row] = await clip.encodeImages([await pixelsOf(await (await fetch(uri)).blob())]);
    all.set(row, i * clip.dim);
    row.forEach((x, j) => (mean[j] += x / pictures.length));
    seen((i + 1) / pictures.length);
  }
  const bytes = Array.from(new Uint8Array(all.buffer), (byte) => String.fromCharCode(byte)).join("");
  const traits = { settings: { dim: clip.dim, scale, bias: 0, sigmoid: false }, reference: { images: pictures.length, mean: [...mean] }, texts: [], brought: name };
  return { ...page, traits: { ...page.traits, ...traits }, bytes: { ...page.bytes, picture_vectors: btoa(bytes), vectors: "" } };
}

// -- kept by the browser --------------------------------------------------------------------------------------------------------------

const addressOfPart = (/** @type {string} */ key) => new URL(`kept/${key}`, import.meta.url).href; // no file of the site

/**
 * Keep the files of a CLIP, in place of any other.
 *
 * @param {Opened} opened
 * @param {Parts} parts
 */
export async function keep({ name, size }, parts) {
  await remove();
  try {
    const cache = await caches.open(CACHE);
    for (const [key, part] of Object.entries(parts)) await cache.put(addressOfPart(key), new Response(part));
    await cache.put(addressOfPart("about"), Response.json({ name, size })); // last: what is cut short is not there
  } catch {
    await remove();
    throw new Error("This browser had no room to keep the model: it works now, and has to be loaded again next time.");
  }
}

/** Which CLIP is kept: {name, size}, or null. */
export async function kept() {
  const about = "caches" in globalThis && (await caches.has(CACHE)) && (await (await caches.open(CACHE)).match(addressOfPart("about")));
  return about ? /** @type {{ name: string, size: number }} */ (await about.json()) : null;
}

/** @returns {Promise<Folder>} the folder that is kept */
export async function keptFolder() {
  const [about, cache] = [await kept(), await caches.open(CACHE)];
  const files = await Promise.all(
    FILES.map(async ({ key, names, most }) => {
      const part = await cache.match(addressOfPart(key));
      if (!about || !part) throw new Error("The browser has dropped the model that it kept; load it again.");
      return { key, name: names[0], most, size: 0, read: async () => part };
    })
  );
  return { name: about?.name ?? "", files, size: about?.size ?? 0 };
}

export const remove = async () => void ("caches" in globalThis && (await caches.delete(CACHE)));

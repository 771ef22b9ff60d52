// @ts-check
// The two networks, in a thread of their own. Messages {id, what, …} are answered by {id, result} or {id, problem}; {share} tells how far loading is.

import * as ort from "../vendor/ort.wasm.min.mjs";
import { prepare } from "./resize.js";
import { unpacked } from "./unpack.js";

const VENDOR = new URL("../vendor/", import.meta.url);
/** @type {Record<string, ort.InferenceSession>} */
const networks = {};
const settings = { side: 0 };

/**
 * A file's bytes, unpacked; `seen` is told of every piece and the whole.
 *
 * @param {URL} address
 * @param {(loaded: number, whole: number) => void} seen
 */
async function bytes(address, seen) {
  const answer = await fetch(address);
  if (!answer.ok || !answer.body) throw new Error(`${address.pathname.split("/").pop()} could not be loaded (${answer.status}).`);
  const whole = Number(answer.headers.get("Content-Length")) || 0;
  const reader = answer.body.getReader();
  const parts = [];
  for (let loaded = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    seen((loaded += value.length), Math.max(loaded, whole));
  }
  return unpacked(new Blob(parts));
}

/**
 * Fetch runtime and networks side by side, and start each network as soon as it is here. Fetching is 0.9 of the way.
 *
 * @param {{ folder: string }} asked
 */
async function load({ folder }) {
  const addresses = [new URL("ort-wasm-simd-threaded.wasm.gz", VENDOR), ...["text", "image"].map((name) => new URL(`${name}.onnx`, folder))];
  const seen = addresses.map(() => [0, 1]);
  const tell = () => self.postMessage({ share: 0.3 * seen.reduce((sum, [loaded, whole]) => sum + loaded / whole, 0) });
  const [runtime, ...files] = addresses.map((address, i) => bytes(address, (...now) => ((seen[i] = now), tell())));
  Promise.allSettled([runtime, ...files]); // the first that fails is told of below, and no other is left unheard
  Object.assign(ort.env.wasm, { numThreads: 1, proxy: false, wasmBinary: await runtime, wasmPaths: { mjs: new URL("ort-wasm-simd-threaded.mjs", VENDOR).href } });
  ort.env.logLevel = "error";
  for (const [i, name] of ["text", "image"].entries()) {
    networks[name] = await ort.InferenceSession.create(new Uint8Array(await files[i]), { executionProviders: ["wasm"] });
  }
  self.postMessage({ share: 1 });
}

/**
 * The embeddings that a network gives, one after the other.
 *
 * @param {string} name
 * @param {string} input
 * @param {ort.Tensor} tensor
 */
async function run(name, input, tensor) {
  const { embeddings } = await networks[name].run({ [input]: tensor }, ["embeddings"]);
  const rows = embeddings.data.slice();
  embeddings.dispose();
  return rows;
}

/** @param {{ ids: BigInt64Array, count: number, length: number }} asked */
const encodeTexts = ({ ids, count, length }) => run("text", "ids", new ort.Tensor("int64", ids, [count, length]));

/** @param {{ images: Pixels[] }} asked */
function encodeImages({ images }) {
  const { side } = settings;
  const all = new Uint8Array(images.length * side * side * 3);
  images.forEach((image, i) => all.set(prepare(image, side), i * side * side * 3));
  return run("image", "pixels", new ort.Tensor("uint8", all, [images.length, side, side, 3]));
}

/**
 * The embedding of one text or image, and the attention of every head: (layers, heads, to, from), one after the other.
 *
 * @param {string} name
 * @param {string} input
 * @param {ort.Tensor} tensor
 */
async function takeApart(name, input, tensor) {
  const { embeddings, attention } = await networks[name].run({ [input]: tensor });
  const parts = { embedding: embeddings.data.slice(), attention: attention.data.slice(), size: attention.dims.slice(1) };
  for (const one of [embeddings, attention]) one.dispose();
  return parts;
}

/** @param {{ ids: BigInt64Array }} asked */
const readText = ({ ids }) => takeApart("text", "ids", new ort.Tensor("int64", ids, [1, ids.length]));

/** @param {{ image: Pixels }} asked */
function lookAtImage({ image }) {
  const { side } = settings;
  return takeApart("image", "pixels", new ort.Tensor("uint8", prepare(image, side), [1, side, side, 3]));
}

/** @param {{ side: number }} asked */
const set = ({ side }) => void (settings.side = side);

/** @type {Record<string, (asked: any) => unknown>} whose arguments are messages */
const ACTIONS = { load, settings: set, texts: encodeTexts, images: encodeImages, read: readText, look: lookAtImage };

let turn = Promise.resolve(); // one thing after another: a network runs one batch at a time
self.onmessage = ({ data: { id, what, ...rest } }) => {
  turn = turn.then(() => ACTIONS[what](rest)).then(
    (result) => self.postMessage({ id, result }),
    (error) => self.postMessage({ id, problem: error.message })
  );
};

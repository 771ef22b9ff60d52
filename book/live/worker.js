// @ts-check
// The two networks, in a thread of their own. Messages {id, what, …} are answered by {id, result} or {id, problem}; {share, of} tells how far the loading
// of a network is. Texts come first: the image encoder is fetched once the text encoder is here, so that the two do not share a slow line.

import * as ort from "../vendor/ort.wasm.min.mjs";
import { prepare } from "./resize.js";
import { unpacked } from "./unpack.js";

const VENDOR = new URL("../vendor/", import.meta.url);
/** @type {Record<string, ort.InferenceSession>} */
const networks = {};
const settings = { side: 0, folder: "" };

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
  let loaded = 0;
  /** @type {TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>} */
  const count = new TransformStream({
    transform(piece, after) {
      seen((loaded += piece.length), Math.max(loaded, whole));
      after.enqueue(piece);
    },
  });
  return unpacked(answer.body.pipeThrough(count));
}

/** @typedef {"text" | "image"} Name of a network */

/**
 * Files side by side; the page hears how much of them is here. Fetching is 0.9 of the way.
 *
 * @param {Name} of the network that they are for
 * @param {URL[]} addresses
 */
function fetched(of, addresses) {
  const seen = addresses.map(() => [0, 1]);
  const tell = () => self.postMessage({ of, share: (0.9 / seen.length) * seen.reduce((sum, [loaded, whole]) => sum + loaded / whole, 0) });
  return Promise.all(addresses.map((address, i) => bytes(address, (...now) => ((seen[i] = now), tell()))));
}

/**
 * @param {Name} name
 * @param {ArrayBuffer} file
 */
async function start(name, file) {
  networks[name] = await ort.InferenceSession.create(new Uint8Array(file), { executionProviders: ["wasm"] });
  self.postMessage({ of: name, share: 1 });
}

/**
 * Runtime and text encoder.
 *
 * @param {{ folder: string }} asked
 */
async function load({ folder }) {
  const [wasmBinary, text] = await fetched("text", [new URL("ort-wasm-simd-threaded.wasm.xz", VENDOR), new URL("text.onnx.xz", folder)]);
  Object.assign(ort.env.wasm, { numThreads: 1, proxy: false, wasmBinary, wasmPaths: { mjs: new URL("ort-wasm-simd-threaded.mjs", VENDOR).href } });
  ort.env.logLevel = "error";
  await start("text", text);
}

/**
 * The image encoder, after the text encoder. What is asked meanwhile is answered meanwhile.
 *
 * @param {{ folder: string }} asked
 */
async function loadImages({ folder }) {
  settings.folder = folder;
  const [image] = await fetched("image", [new URL("image.onnx.xz", folder)]);
  await inTurn(() => start("image", image));
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
  const { embeddings, attention } = await networks[name].run({ [input]: tensor }, ["embeddings", "attention"]);
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

/**
 * What heads and MLPs add to the embedding of an image: (parts, dim), and by each place that a head reads (layers, heads, places, dim). Their network is
 * small, and fetched when it is asked for.
 *
 * @param {{ image: Pixels }} asked
 */
async function decompose({ image }) {
  const { side } = settings;
  if (!networks.heads) {
    const file = await bytes(new URL("heads.onnx.xz", settings.folder), () => {});
    networks.heads = await ort.InferenceSession.create(new Uint8Array(file), { executionProviders: ["wasm"] });
  }
  const { embeddings, ...terms } = await networks.image.run({ pixels: new ort.Tensor("uint8", prepare(image, side), [1, side, side, 3]) });
  const { parts, patches } = await networks.heads.run(terms);
  const found = { embedding: embeddings.data.slice(), parts: parts.data.slice(), patches: patches.data.slice() };
  for (const one of [embeddings, parts, patches, ...Object.values(terms)]) one.dispose();
  return found;
}

/** @param {{ side: number }} asked */
const set = ({ side }) => void (settings.side = side);

/** @type {Record<string, (asked: any) => unknown>} whose arguments are messages */
const ACTIONS = { load, settings: set, texts: encodeTexts, images: encodeImages, read: readText, look: lookAtImage, decompose };

let turn = Promise.resolve(); // one thing after another: a network runs one batch at a time

/**
 * @param {() => unknown} act
 * @returns {Promise<any>}
 */
function inTurn(act) {
  const answer = turn.then(act);
  turn = answer.then(
    () => {},
    () => {}
  );
  return answer;
}

self.onmessage = ({ data: { id, what, ...rest } }) => {
  (what === "loadImages" ? loadImages(rest) : inTurn(() => ACTIONS[what](rest))).then(
    (result) => self.postMessage({ id, result }),
    (error) => self.postMessage({ id, problem: error.message })
  );
};

// @ts-check
// The two networks of a CLIP that a reader has brought (real_clip.js), in a thread of their own: names of inputs and outputs as transformers.js has them.
// Messages {id, what, …} are answered by {id, result} or {id, problem}. Every text and every image is a batch of its own.

import * as ort from "../vendor/ort.wasm.min.mjs";
import { prepare } from "./resize.js";
import { unpacked } from "./unpack.js";

const VENDOR = new URL("../vendor/", import.meta.url);

/** @typedef {{ session: ort.InferenceSession, input: string, output: string }} Network */
/** @typedef {{ side: number, mean: number[], std: number[], factor: number }} Look how pixels become an input */

/** @type {Record<string, Network>} */
const networks = {};
/** @type {Look} */
let look;

/** @param {unknown} error */
const messageOf = (error) => (error instanceof Error ? error.message : String(error));

/**
 * What went wrong in a sentence; the runtime throws numbers where there is no memory.
 *
 * @param {string} what
 * @param {unknown} error
 */
function explained(what, error) {
  const message = messageOf(error);
  if (/bad_alloc|memory|alloc|^\d+$/i.test(message)) return new Error("The model needs more memory than this browser gives a page.");
  return new Error(`${what} (${message.replace(/\s+/g, " ").slice(0, 160)}).`);
}

/**
 * @param {string} name of the file, for the reader
 * @param {ArrayBuffer} file
 * @param {string} input
 * @param {string} output
 * @returns {Promise<Network>}
 */
async function opened(name, file, input, output) {
  /** @type {ort.InferenceSession} */
  let session;
  try {
    session = await ort.InferenceSession.create(new Uint8Array(file), { executionProviders: ["wasm"], logSeverityLevel: 4 });
  } catch (error) {
    throw explained(`The ${name} is not a network that this page can run`, error);
  }
  const others = session.inputNames.filter((one) => one !== input && one !== "attention_mask");
  if (!session.inputNames.includes(input) || others.length) throw new Error(`The ${name} reads ${session.inputNames.join(", ")}; expected: ${input}.`);
  if (!session.outputNames.includes(output)) throw new Error(`The ${name} gives ${session.outputNames.join(", ")}; expected: ${output}.`);
  return { session, input, output };
}

/**
 * The unit embedding that a network gives.
 *
 * @param {Network} network
 * @param {ort.Tensor} tensor
 */
async function run({ session, input, output }, tensor) {
  const feeds = { [input]: tensor };
  if (session.inputNames.includes("attention_mask")) feeds.attention_mask = new ort.Tensor("int64", new BigInt64Array(tensor.size).fill(1n), tensor.dims);
  const answer = await session.run(feeds, [output]);
  const { dims, type, data } = answer[output];
  if (type !== "float32" || dims.length !== 2 || dims[0] !== 1 || !dims[1]) throw new Error(`${output} has the shape ${dims.join(" × ")}; expected: 1 × the embedding`);
  const row = Float32Array.from(/** @type {Float32Array} */ (data));
  answer[output].dispose();
  const length = Math.hypot(...row);
  if (!Number.isFinite(length) || !length) throw new Error(`${output} holds no numbers that can be compared`);
  return row.map((x) => x / length);
}

/** @param {bigint[]} ids */
const embedText = (ids) => run(networks.text, new ort.Tensor("int64", BigInt64Array.from(ids), [1, ids.length]));

/** @param {Pixels} image */
function embedImage(image) {
  const { side, mean, std, factor } = look;
  const bytes = prepare(image, side);
  const size = side * side;
  const values = new Float32Array(3 * size);
  for (let c = 0; c < 3; c++) for (let i = 0; i < size; i++) values[c * size + i] = (bytes[3 * i + c] * factor - mean[c]) / std[c];
  return run(networks.image, new ort.Tensor("float32", values, [1, 3, side, side]));
}

/**
 * Open both networks, and try them: the number of dimensions of the embeddings.
 *
 * @param {{ text: ArrayBuffer, image: ArrayBuffer, end: number } & Look} asked
 */
async function open({ text, image, end, ...rest }) {
  look = rest;
  const runtime = await fetch(new URL("ort-wasm-simd-threaded.wasm.xz", VENDOR));
  if (!runtime.ok || !runtime.body) throw new Error(`The runtime of this site could not be loaded (${runtime.status}).`);
  const wasmBinary = await unpacked(runtime.body);
  Object.assign(ort.env.wasm, { numThreads: 1, proxy: false, wasmBinary, wasmPaths: { mjs: new URL("ort-wasm-simd-threaded.mjs", VENDOR).href } });
  ort.env.logLevel = "fatal"; // what goes wrong is said on the page
  networks.text = await opened("text model", text, "input_ids", "text_embeds");
  networks.image = await opened("vision model", image, "pixel_values", "image_embeds");
  try {
    const [first, second] = [await embedText([BigInt(end), BigInt(end)]), await embedImage({ width: 2, height: 2, data: new Uint8ClampedArray(16).fill(255) })];
    if (first.length !== second.length) throw new Error(`texts have ${first.length} dimensions, images ${second.length}`);
    return first.length;
  } catch (error) {
    throw explained("The networks do not fit together, or not their settings", error);
  }
}

/** @type {Record<string, (asked: any) => Promise<unknown>>} whose arguments are messages */
const ACTIONS = {
  open,
  texts: (/** @type {{ ids: BigInt64Array }} */ { ids }) => embedText([...ids]),
  async images(/** @type {{ images: Pixels[] }} */ { images }) {
    const rows = [];
    for (const image of images) rows.push(await embedImage(image));
    const all = new Float32Array(rows.length * rows[0].length);
    rows.forEach((row, i) => all.set(row, i * row.length));
    return all;
  },
};

let turn = Promise.resolve(); // one thing after another

self.onmessage = ({ data: { id, what, ...rest } }) => {
  turn = turn
    .then(() => ACTIONS[what](rest))
    .then(
      (result) => self.postMessage({ id, result }),
      (error) => self.postMessage({ id, problem: messageOf(error) })
    );
};

// @ts-check
// The two networks, in a thread of their own. Messages {id, what, …} are answered by {id, result} or {id, problem}; {share} tells how far loading is.

import * as ort from "../vendor/ort.wasm.min.mjs";
import { prepare } from "./resize.js";
import { unpacked } from "./unpack.js";

const VENDOR = new URL("../vendor/", import.meta.url);
const [networks, settings] = [{}, { side: 0 }];

/** A file's bytes, unpacked; `seen` is told of every piece and the whole. */
async function bytes(address, seen) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address.pathname.split("/").pop()} could not be loaded (${answer.status}).`);
  const whole = Number(answer.headers.get("Content-Length")) || 0;
  const [parts, reader] = [[], answer.body.getReader()];
  for (let loaded = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    seen((loaded += value.length), Math.max(loaded, whole));
  }
  return unpacked(new Blob(parts));
}

/** Fetch runtime and networks side by side, and start each network as soon as it is here. Fetching is 0.9 of the way. */
async function load({ folder }) {
  const addresses = [new URL("ort-wasm-simd-threaded.wasm.gz", VENDOR), ...["text", "picture"].map((name) => new URL(`${name}.onnx`, folder))];
  const seen = addresses.map(() => [0, 1]);
  const tell = () => self.postMessage({ share: 0.3 * seen.reduce((sum, [loaded, whole]) => sum + loaded / whole, 0) });
  const [runtime, ...files] = addresses.map((address, i) => bytes(address, (...now) => ((seen[i] = now), tell())));
  Promise.allSettled([runtime, ...files]); // the first that fails is told of below, and no other is left unheard
  Object.assign(ort.env.wasm, { numThreads: 1, proxy: false, wasmBinary: await runtime, wasmPaths: { mjs: new URL("ort-wasm-simd-threaded.mjs", VENDOR).href } });
  ort.env.logLevel = "error";
  for (const [i, name] of ["text", "picture"].entries()) {
    networks[name] = await ort.InferenceSession.create(new Uint8Array(await files[i]), { executionProviders: ["wasm"] });
  }
  self.postMessage({ share: 1 });
}

async function run(name, input, tensor) {
  const { vectors } = await networks[name].run({ [input]: tensor });
  const rows = vectors.data.slice();
  vectors.dispose();
  return rows;
}

const ACTIONS = {
  load,
  settings: ({ side }) => void (settings.side = side),
  texts: ({ ids, count, length }) => run("text", "ids", new ort.Tensor("int64", ids, [count, length])),
  pictures: ({ pictures }) => {
    const { side } = settings;
    const all = new Uint8Array(pictures.length * side * side * 3);
    pictures.forEach((picture, i) => all.set(prepare(picture, side), i * side * side * 3));
    return run("picture", "pixels", new ort.Tensor("uint8", all, [pictures.length, side, side, 3]));
  },
};

let turn = Promise.resolve(); // one thing after another: a network runs one batch at a time
self.onmessage = ({ data: { id, what, ...rest } }) => {
  turn = turn.then(() => ACTIONS[what](rest)).then(
    (result) => self.postMessage({ id, result }),
    (error) => self.postMessage({ id, problem: error.message })
  );
};

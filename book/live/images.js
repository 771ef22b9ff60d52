// @ts-check
// An image file as the pixels that Pillow would see. Nothing leaves the page: the browser's own decoder reads the file here, in a worker (decoder.js).

/** @typedef {{ image: Pixels, uri: string }} Decoded the pixels, and a thumbnail as a data URI */

/** @type {Map<number, { resolve: (decoded: Decoded) => void, reject: (problem: Error) => void }>} */
const waiting = new Map();
/** @type {Worker | null} */
let worker = null;
let last = 0;

function started() {
  const one = new Worker(new URL("decoder.js", import.meta.url), { type: "module" });
  one.onmessage = ({ data: { id, image, uri, problem } }) => {
    const asked = waiting.get(id);
    waiting.delete(id);
    if (problem === undefined) asked?.resolve({ image, uri });
    else asked?.reject(new Error(problem));
  };
  one.onerror = (event) => {
    event.preventDefault();
    for (const { reject } of waiting.values()) reject(new Error("this browser had no room for it."));
    waiting.clear();
    worker = null;
  };
  return one;
}

/**
 * An image file, upright, and a thumbnail of it. Rejects what is no image with an empty message, and what is too large with the reason.
 *
 * @param {Blob} file
 * @param {number} [side] of the thumbnail; without it there is none
 * @returns {Promise<Decoded>}
 */
export function decoded(file, side = 0) {
  worker ??= started();
  const sent = worker;
  return new Promise((resolve, reject) => {
    last += 1;
    waiting.set(last, { resolve, reject });
    sent.postMessage({ id: last, file, side });
  });
}

/**
 * The pixels alone.
 *
 * @param {Blob} file
 */
export const pixelsOf = async (file) => (await decoded(file)).image;

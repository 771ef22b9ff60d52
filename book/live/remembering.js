// @ts-check
// What the pages of the inside and of the heads share: images as the model sees them, and what was computed of them.

import { HERE } from "./page_kernel.js";

/**
 * What is known by a key, or made now; beyond `most`, the oldest makes room.
 *
 * @template Key, Value
 * @param {number} most
 */
export function remembering(most) {
  /** @type {Map<Key, Value>} */
  const kept = new Map();
  /**
   * @param {Key} key
   * @param {() => Promise<Value>} make
   */
  return async (key, make) => {
    const known = kept.get(key) ?? (await make());
    const [oldest] = kept.keys();
    if (!kept.has(key) && kept.size >= most) kept.delete(oldest);
    kept.set(key, known);
    return known;
  };
}

/** The pixels of a stored image. @param {string} uri */
export async function pixelsAt(uri) {
  /** @type {typeof import("./images.js")} */
  const { pixelsOf } = await import(new URL("images.js", HERE).href); // a module: it starts a worker of its own
  return pixelsOf(await (await fetch(uri)).blob());
}

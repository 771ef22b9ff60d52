// @ts-check
// SVG → pixels with resvg, as in Python (clipnb/fieldguide/art.py), so that the model sees what it sees there, and not what this browser's own renderer makes.

import { initWasm, Resvg } from "../vendor/resvg.mjs";
import { unpacked } from "./unpack.js";

/** @type {Promise<(svg: string) => Pixels> | null} */
let loading = null;

/** Resolves to draw(svg) → its pixels; loaded once, and again only if it failed. */
export function loadRasteriser() {
  loading ??= load().catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}

/** @returns {Promise<(svg: string) => Pixels>} */
async function load() {
  const answer = await fetch(new URL("../vendor/resvg.wasm.xz", import.meta.url));
  if (!answer.ok || !answer.body) throw new Error(`resvg.wasm could not be loaded (${answer.status}).`);
  await initWasm(await unpacked(answer.body));
  return (svg) => {
    const drawing = new Resvg(svg, { font: { loadSystemFonts: false } });
    const image = drawing.render();
    const { width, height } = image;
    const data = new Uint8ClampedArray(image.pixels);
    image.free();
    drawing.free();
    return { width, height, data };
  };
}

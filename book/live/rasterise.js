// @ts-check
// SVG → pixels with resvg, as in Python (clipnb/fieldguide/art.py), so that the model sees what it sees there, and not what this browser's own renderer makes.

import { initWasm, Resvg } from "../vendor/resvg.mjs";
import { unpacked } from "./unpack.js";

let loading = null;

/** Resolves to draw(svg) → {width, height, data}, RGBA as a canvas gives it; loaded once, and again only if it failed. */
export function loadRasteriser() {
  loading ??= load().catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}

async function load() {
  const answer = await fetch(new URL("../vendor/resvg.wasm.gz", import.meta.url));
  if (!answer.ok) throw new Error(`resvg.wasm could not be loaded (${answer.status}).`);
  await initWasm(await unpacked(await answer.blob()));
  return (svg) => {
    const drawing = new Resvg(svg, { font: { loadSystemFonts: false } });
    const picture = drawing.render();
    const { width, height } = picture;
    const data = new Uint8ClampedArray(picture.pixels);
    picture.free();
    drawing.free();
    return { width, height, data };
  };
}

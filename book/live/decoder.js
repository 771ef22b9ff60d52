// @ts-check
// Decodes image files in a thread of its own, so that a large one does not stop the page. Messages {id, file, side} are answered by {id, image, uri} or
// {id, problem}.

import { sizeOf } from "./image_size.js";

const MOST_PIXELS = 50e6; // 200 MB decoded; the largest photos of most phones

/**
 * Why an image is not decoded.
 *
 * @param {{ width: number, height: number }} size
 */
function refuse({ width, height }) {
  const millions = (/** @type {number} */ pixels) => `${Math.round(pixels / 1e6)} million pixels`;
  if (width * height > MOST_PIXELS) throw new RangeError(`it has ${millions(width * height)}, and this page reads up to ${millions(MOST_PIXELS)}; make it smaller.`);
}

/**
 * @param {number} width
 * @param {number} height
 * @returns {[OffscreenCanvas, OffscreenCanvasRenderingContext2D]}
 */
function canvasOf(width, height) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("this browser has no room for it.");
  return [canvas, context];
}

/**
 * A small JPEG as a data URI, on white.
 *
 * @param {ImageBitmap} image
 * @param {number} side
 */
async function thumbnail(image, side) {
  const share = Math.min(1, side / Math.max(image.width, image.height));
  const [canvas, context] = canvasOf(Math.max(1, Math.round(image.width * share)), Math.max(1, Math.round(image.height * share)));
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  const reader = new FileReader();
  reader.readAsDataURL(await canvas.convertToBlob({ type: "image/jpeg", quality: 0.85 }));
  await new Promise((done) => (reader.onload = done));
  return /** @type {string} */ (reader.result);
}

/**
 * The pixels of a file, upright (EXIF), colours as the file has them (no colour profile, as Pillow), and a thumbnail if a side is given.
 *
 * @param {Blob} file
 * @param {number} side
 */
async function decode(file, side) {
  const size = await sizeOf(file);
  if (size) refuse(size); // before 20,000 × 20,000 pixels take 1.6 GB
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image", colorSpaceConversion: "none" });
  const { width, height } = bitmap;
  refuse(bitmap);
  const [, context] = canvasOf(width, height);
  context.drawImage(bitmap, 0, 0);
  const uri = side ? await thumbnail(bitmap, side) : "";
  bitmap.close();
  return { image: { width, height, data: context.getImageData(0, 0, width, height).data }, uri };
}

self.onmessage = async ({ data: { id, file, side } }) => {
  try {
    const { image, uri } = await decode(file, side);
    self.postMessage({ id, image, uri }, { transfer: [image.data.buffer] });
  } catch (error) {
    self.postMessage({ id, problem: error instanceof RangeError ? error.message : "" });
  }
};

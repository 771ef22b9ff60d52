// @ts-check
// An image file as the pixels that Pillow would see. Nothing leaves the page: the browser's own decoder reads the file here.

/**
 * The pixels of an image file, upright (EXIF), colours as the file has them (no colour profile, as Pillow). Rejects what is no image.
 *
 * @param {Blob} file
 * @returns {Promise<Pixels>}
 */
export async function pixelsOf(file) {
  const image = await createImageBitmap(file, { imageOrientation: "from-image", colorSpaceConversion: "none" });
  const { width, height } = image;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("This browser has no room for the image.");
  context.drawImage(image, 0, 0);
  image.close();
  return { width, height, data: context.getImageData(0, 0, width, height).data };
}

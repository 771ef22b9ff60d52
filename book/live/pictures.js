// @ts-check
// An image file as the pixels that Pillow would see. Nothing leaves the page: the browser's own decoder reads the file here.

/** File or Blob → {width, height, data} upright (EXIF), colours as the file has them (no colour profile, as Pillow). Rejects what is no image. */
export async function pixelsOf(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image", colorSpaceConversion: "none" });
  const { width, height } = picture;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(picture, 0, 0);
  picture.close();
  return { width, height, data: context.getImageData(0, 0, width, height).data };
}

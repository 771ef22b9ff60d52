// @ts-check
// Pillow's bicubic resizing, bit by bit (Pillow: src/libImaging/Resample.c), and the crop that CLIP's image processor does after it.
// A browser's own resizing differs by several grey levels, and differently in every browser; a test compares this with Pillow.

const BITS = 22; // weights are whole numbers of 1 / 2^22, as in Pillow; sums stay exact, since doubles hold 53 bits
const REACH = 2; // of the bicubic filter, in pixels of the smaller image

/** Keys' cubic with a = -1/2. @param {number} x */
function bicubic(x) {
  x = Math.abs(x);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5 : 0;
}

/**
 * For every pixel of a line of `after` pixels: {first, weights} of the pixels among `before` that it is made of.
 *
 * @param {number} before
 * @param {number} after
 */
function weightsFor(before, after) {
  const scale = before / after;
  const wide = Math.max(scale, 1); // where an image shrinks, the filter grows with it: nothing is skipped
  return Array.from({ length: after }, (_, to) => {
    const middle = (to + 0.5) * scale;
    const first = Math.max(0, Math.trunc(middle - REACH * wide + 0.5));
    const end = Math.min(before, Math.trunc(middle + REACH * wide + 0.5));
    const raw = Array.from({ length: end - first }, (_, i) => bicubic((i + first - middle + 0.5) * (1 / wide)));
    const sum = raw.reduce((a, b) => a + b, 0);
    const weights = raw.map((weight) => Math.trunc((weight / sum) * 2 ** BITS + (weight < 0 ? -0.5 : 0.5)));
    return { first, weights };
  });
}

const HALF = 2 ** (BITS - 1);
const toByte = (/** @type {number} */ sum) => Math.min(255, Math.max(0, Math.floor((sum + HALF) / 2 ** BITS)));

/**
 * RGB pixels, narrower or wider.
 *
 * @param {Uint8Array} pixels
 * @param {number} width
 * @param {number} height
 * @param {number} newWidth
 */
function resizeAcross(pixels, width, height, newWidth) {
  const lines = weightsFor(width, newWidth);
  const result = new Uint8Array(newWidth * height * 3);
  for (let y = 0, to = 0; y < height; y++) {
    for (const { first, weights } of lines) {
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let i = 0, from = (y * width + first) * 3 + c; i < weights.length; i++, from += 3) sum += pixels[from] * weights[i];
        result[to++] = toByte(sum);
      }
    }
  }
  return result;
}

/**
 * RGB pixels, lower or higher.
 *
 * @param {Uint8Array} pixels
 * @param {number} width
 * @param {number} height
 * @param {number} newHeight
 */
function resizeDown(pixels, width, height, newHeight) {
  const result = new Uint8Array(width * newHeight * 3);
  let to = 0;
  for (const { first, weights } of weightsFor(height, newHeight)) {
    for (let at = 0; at < width * 3; at++) {
      let sum = 0;
      for (let i = 0, from = first * width * 3 + at; i < weights.length; i++, from += width * 3) sum += pixels[from] * weights[i];
      result[to++] = toByte(sum);
    }
  }
  return result;
}

/**
 * RGB pixels of a width and height → those of a new width and height. Each pass rounds to bytes, so the order of the two shows in the result.
 *
 * @param {Uint8Array} pixels
 * @param {number} width
 * @param {number} height
 * @param {number} newWidth
 * @param {number} newHeight
 */
function resize(pixels, width, height, newWidth, newHeight) {
  const downFirst = height > newHeight && height - newHeight > 2 * (width - newWidth); // since Pillow 13; older ones go across first
  const between = downFirst ? resizeDown(pixels, width, height, newHeight) : resizeAcross(pixels, width, height, newWidth);
  return downFirst ? resizeAcross(between, width, newHeight, newWidth) : resizeDown(between, newWidth, height, newHeight);
}

/**
 * Canvas pixels (red, green, blue, alpha) as three bytes each, laid on white where they are transparent, as clipnb.data.decode.to_rgb does.
 *
 * @param {Uint8ClampedArray} data
 */
function onWhite(data) {
  const rgb = new Uint8Array((data.length / 4) * 3);
  for (let from = 0, to = 0; from < data.length; from += 4) {
    const alpha = data[from + 3];
    for (let c = 0; c < 3; c++) {
      const sum = (data[from + c] * alpha + 255 * (255 - alpha) + 128) * 128; // Pillow's alpha_composite: 7 more bits, divided by 255 with shifts
      rgb[to++] = ((sum >> 8) + sum) >> 15;
    }
  }
  return rgb;
}

/**
 * Pixels as a canvas gives them → (side × side × 3) bytes: shortest edge to `side`, the middle cut out.
 *
 * @param {Pixels} image
 * @param {number} side
 */
export function prepare({ width, height, data }, side) {
  if (data.length !== width * height * 4) throw new Error(`An image of ${width} × ${height} pixels has ${width * height * 4} bytes, not ${data.length}.`);
  let pixels = onWhite(data);
  const longer = Math.trunc((side * Math.max(width, height)) / Math.min(width, height));
  const [newWidth, newHeight] = width <= height ? [side, longer] : [longer, side];
  if (newWidth !== width || newHeight !== height) pixels = resize(pixels, width, height, newWidth, newHeight);
  if (newWidth === side && newHeight === side) return pixels;
  const [left, top] = [Math.floor((newWidth - side) / 2), Math.floor((newHeight - side) / 2)];
  const cut = new Uint8Array(side * side * 3);
  for (let y = 0; y < side; y++) cut.set(pixels.subarray(((y + top) * newWidth + left) * 3, ((y + top) * newWidth + left + side) * 3), y * side * 3);
  return cut;
}

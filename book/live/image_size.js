// @ts-check
// Width and height of an image file from its first bytes, before anything is decoded: PNG, GIF, JPEG, WebP. Null for all else.

const FIRST = 1 << 18; // bytes that are looked at: a JPEG may have a thumbnail and a profile before its size

/** @param {Blob} file */
export async function sizeOf(file) {
  const view = new DataView(await file.slice(0, FIRST).arrayBuffer());
  const text = (/** @type {number} */ at, /** @type {number} */ length) => String.fromCharCode(...new Uint8Array(view.buffer, at, length));
  if (view.byteLength < 30) return null;
  if (text(1, 3) === "PNG") return { width: view.getUint32(16), height: view.getUint32(20) };
  if (text(0, 3) === "GIF") return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
  if (text(0, 4) === "RIFF" && text(8, 4) === "WEBP") return sizeOfWebp(view, text(12, 4));
  return view.getUint16(0) === 0xffd8 ? sizeOfJpeg(view) : null;
}

/**
 * @param {DataView} view
 * @param {string} kind of its first chunk
 */
function sizeOfWebp(view, kind) {
  const three = (/** @type {number} */ at) => view.getUint16(at, true) + view.getUint8(at + 2) * 65536;
  if (kind === "VP8X") return { width: three(24) + 1, height: three(27) + 1 };
  if (kind === "VP8L") return { width: (view.getUint32(21, true) & 0x3fff) + 1, height: ((view.getUint32(21, true) >>> 14) & 0x3fff) + 1 };
  return kind === "VP8 " ? { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff } : null;
}

/**
 * From segment to segment until the one that begins a frame.
 *
 * @param {DataView} view
 */
function sizeOfJpeg(view) {
  for (let at = 2; at + 9 < view.byteLength && view.getUint8(at) === 0xff; at += 2 + view.getUint16(at + 2)) {
    const mark = view.getUint8(at + 1);
    const frame = mark >= 0xc0 && mark <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(mark);
    if (frame) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
  }
  return null;
}

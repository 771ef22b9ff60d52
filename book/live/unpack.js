// @ts-check
// Files that are stored packed, since a plain static server packs nothing.

/**
 * The bytes of a file, unpacked if it is a gzip file (a server may have unpacked it already).
 *
 * @param {Blob} file
 */
export async function unpacked(file) {
  const [a, b] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  const stream = a === 0x1f && b === 0x8b ? file.stream().pipeThrough(new DecompressionStream("gzip")) : file.stream();
  return new Response(stream).arrayBuffer();
}

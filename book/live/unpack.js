// @ts-check
// Files that are stored packed, since a plain static server packs nothing; as .xz, which is 2.2 MB for the runtime where gzip is 3.7 (and zstd 2.5).

import { XzReadableStream } from "../vendor/xz.mjs";

/**
 * The bytes of an .xz file, unpacked while it comes.
 *
 * @param {ReadableStream<Uint8Array<ArrayBuffer>>} packed
 */
export const unpacked = (packed) => new Response(new XzReadableStream(packed)).arrayBuffer();

// @ts-check
// The state of a live page in its address: #s=1.… is JSON, deflated, in base64url; 1 is the version. A link is input of a stranger: all that is wrong with
// it ends in a Refusal, and states.js looks at what it holds. No DOM.

import { Refusal } from "../../clipnb/widgets/common/document.js";

const VERSION = "1";
export const MARK = "#s=";
const MOST_CHARACTERS = 30_000;
const MOST_BYTES = 200_000;
const UNREADABLE = "it is damaged, or was not made by this page";

/** @param {Uint8Array<ArrayBuffer>} bytes */
const lettersOf = (bytes) => btoa(Array.from(bytes, (one) => String.fromCharCode(one)).join("")).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {CompressionStream | DecompressionStream} through
 * @param {number} most
 */
async function piped(bytes, through, most) {
  const reader = new Blob([bytes]).stream().pipeThrough(through).getReader();
  /** @type {Uint8Array[]} */
  const pieces = [];
  for (let size = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return new Uint8Array(await new Blob(/** @type {BlobPart[]} */ (pieces)).arrayBuffer());
    size += value.length;
    if (size > most) {
      reader.cancel().catch(() => {});
      throw new Refusal("it holds too much");
    }
    pieces.push(value);
  }
}

/**
 * A state as what follows the mark in an address.
 *
 * @param {unknown} state as JSON
 */
export async function packed(state) {
  const bytes = new TextEncoder().encode(JSON.stringify(state));
  return `${VERSION}.${lettersOf(await piped(bytes, new CompressionStream("deflate-raw"), Infinity))}`;
}

/**
 * The state in an address, which may be any JSON; a Refusal says why there is none.
 *
 * @param {string} text
 * @returns {Promise<unknown>}
 */
export async function unpacked(text) {
  if (text.length > MOST_CHARACTERS) throw new Refusal("it is too long");
  const [, version, letters] = /^(\d+)\.([\w-]+)$/.exec(text) ?? [];
  if (version === undefined) throw new Refusal(UNREADABLE);
  if (version !== VERSION) throw new Refusal("it was made by another version of this page");
  try {
    const bytes = Uint8Array.from(atob(letters.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
    const text = new TextDecoder("utf-8", { fatal: true }).decode(await piped(bytes, new DecompressionStream("deflate-raw"), MOST_BYTES));
    return JSON.parse(text);
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal(UNREADABLE);
  }
}

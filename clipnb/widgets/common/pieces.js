// @ts-check
// Pieces of a vocabulary as text.

// Byte-level vocabularies write every byte as one letter; these are the letters of the bytes that have none of their own.
const LETTERS = (() => {
  const own = (/** @type {number} */ byte) => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
  const rest = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !own(byte));
  const letters = new Map(rest.map((byte, n) => [String.fromCodePoint(256 + n), byte]));
  for (let byte = 0; byte < 256; byte++) if (own(byte)) letters.set(String.fromCodePoint(byte), byte);
  return letters;
})();

const MARK = /^<\|(.+?)(oftext)?\|>$/; // what begins or ends a text, and stands for none

/** The bytes of a piece, without the sign that ends a word. @param {string} piece */
const bytesOf = (piece) => [...piece.replace(/<\/w>$/, "")].map((letter) => LETTERS.get(letter) ?? 63);

/**
 * The text of bytes, or null where they are no whole letters.
 *
 * @param {number[]} bytes
 */
function textOf(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(bytes));
  } catch {
    return null;
  }
}

/**
 * A piece of the vocabulary as a reader knows it: {text, ends (a word), special}.
 *
 * @param {string} piece
 */
export function readable(piece) {
  const mark = MARK.exec(piece);
  if (mark) return { text: mark[1], ends: true, special: true };
  const bytes = bytesOf(piece);
  return { text: textOf(bytes) ?? bytes.map((byte) => `\\x${byte.toString(16)}`).join(""), ends: piece.endsWith("</w>"), special: false };
}

/**
 * Tokens as split() in tokens.py makes them: `text` is what a piece stands for, and `part` which one it is of the pieces that share a letter, as "1/4".
 *
 * @param {{ text: string, id: number }[]} tokens whose text is the vocabulary's piece
 */
export function told(tokens) {
  /** @type {{ id: number, piece: string, text: string, part: string }[]} */
  const made = [];
  for (let at = 0; at < tokens.length; ) {
    const group = wholeFrom(tokens, at);
    group.forEach(({ text: piece, id }, i) =>
      made.push({ id, piece, text: MARK.test(piece) ? "" : textOf(group.flatMap((one) => bytesOf(one.text))) ?? "", part: group.length > 1 ? `${i + 1}/${group.length}` : "" })
    );
    at += group.length;
  }
  return made;
}

/**
 * The fewest tokens from here on that are whole letters together; one where there are none (a text that was cut within a letter).
 *
 * @param {{ text: string, id: number }[]} tokens
 * @param {number} at
 */
function wholeFrom(tokens, at) {
  for (let end = at + 1; end <= Math.min(at + 4, tokens.length); end++) {
    const group = tokens.slice(at, end);
    if (end === at + 1 && MARK.test(group[0].text)) return group;
    if (textOf(group.flatMap((one) => bytesOf(one.text))) !== null) return group;
  }
  return tokens.slice(at, at + 1);
}

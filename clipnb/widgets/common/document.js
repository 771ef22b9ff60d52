// @ts-check
// A document that is edited by named actions, with undo and reset: the twin of document.py. No DOM, no Jupyter.

/** What the reader asked for cannot be done; the message is for them. */
export class Refusal extends Error {}

/**
 * Whether two values that are JSON are equal.
 *
 * @param {unknown} a
 * @param {unknown} b
 * @returns {boolean}
 */
export function same(a, b) {
  if (a === b) return true;
  if (!isObject(a) || !isObject(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && same(a[key], b[key]));
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
const isObject = (value) => typeof value === "object" && value !== null;

/** A value in a message. @param {unknown} value */
export const shown = (value) => (typeof value === "object" && value !== null ? "an object" : String(value).slice(0, 40));

/**
 * A whole number from 0 to count - 1, or an error for the reader; `index`, `number` and `words` are those of document.py.
 *
 * @param {number} value
 * @param {number} count
 * @param {string} what
 * @returns {number}
 */
export function index(value, count, what) {
  if (!Number.isInteger(value) || value < 0 || value >= count) throw new Refusal(`There is no ${what} ${shown(value)}; there are ${count}, counted from 0.`);
  return value;
}

/**
 * A finite number within bounds, or an error for the reader.
 *
 * @param {number} value
 * @param {number} low
 * @param {number} high
 * @param {string} what
 * @returns {number}
 */
export function number(value, low, high, what) {
  if (typeof value !== "number" || !Number.isFinite(value) || value < low || value > high) {
    throw new Refusal(`${what} is a number from ${low} to ${high}, not ${shown(value)}.`);
  }
  return value;
}

/**
 * Text of at most so many characters, or an error for the reader.
 *
 * @param {string} value
 * @param {number} [longest]
 * @returns {string}
 */
export function words(value, longest = 2000) {
  if ([...value].length > longest) throw new Refusal(`This text has ${[...value].length} characters; at most ${longest} are taken.`);
  return value;
}

/**
 * A document with named actions, undo and reset.
 *
 * @template {object} Document
 * @template {object} Actions
 * @template {keyof Document} Edited
 */
export class Machine {
  /**
   * @param {Document} document
   * @param {Rules<Document, Actions, Edited>} rules
   */
  constructor(document, { actions, edited, merged }) {
    this.document = structuredClone(document);
    /** @type {Record<string, (document: Document, rest: any) => unknown>} whose arguments are JSON */
    this.actions = actions;
    this.edited = edited;
    /** @type {PropertyKey[]} */
    this.merged = merged;
    /** @type {Pick<Document, Edited>[]} */
    this.past = [];
    /** @type {string | null} */
    this.place = null;
    this.first = this.kept();
  }

  kept() {
    const kept = Object.fromEntries(this.edited.map((key) => [key, this.document[key]]));
    return structuredClone(/** @type {Pick<Document, Edited>} */ (kept));
  }

  /** @param {ActionOf<Actions>} action */
  act(action) {
    const { do: name, ...rest } = /** @type {{ do: string, of?: unknown, row?: unknown }} */ (action);
    if (name === "undo") return this.undo();
    if (name === "reset") return this.reset();
    const [kept, whole] = [this.kept(), structuredClone(this.document)];
    try {
      this.actions[name](this.document, rest);
    } catch (error) {
      this.document = whole;
      throw error;
    }
    if (!same(this.kept(), kept)) this.remember(kept, this.merged.includes(name) ? [name, rest.of, rest.row].join() : null);
  }

  undo() {
    if (this.past.length) Object.assign(this.document, this.past.pop());
    this.place = null;
  }

  reset() {
    const kept = this.kept();
    if (same(kept, this.first)) return;
    this.remember(kept, null);
    Object.assign(this.document, structuredClone(this.first));
  }

  /**
   * @param {Pick<Document, Edited>} kept
   * @param {string | null} place
   */
  remember(kept, place) {
    if (place === null || place !== this.place) this.past = [...this.past, kept].slice(-100);
    this.place = place;
  }

  /**
   * Reset goes back to this, and so does undo: what is shown was edited before this page was made.
   *
   * @param {Pick<Document, Edited>} first
   */
  beginAt(first) {
    this.first = structuredClone(first);
    if (!same(this.kept(), first)) this.past = [structuredClone(first)];
  }

  /**
   * The kernel's document, where it differs: somebody edited it in Python, or on another view.
   *
   * @param {Document} document
   */
  adopt(document) {
    const kept = this.kept();
    this.document = structuredClone(document);
    if (!same(this.kept(), kept)) this.remember(kept, null);
  }
}

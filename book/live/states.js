// @ts-check
// What of a live page's document stands in its address, and the document that a link asks for. A link is input of a stranger: every value is looked at, by
// the rules of the widget where it has one. No DOM.

import { index, number, Refusal, same, words } from "../../clipnb/widgets/common/document.js";

const MOST_CLASSES = 30;
const MOST_ROWS = 60; // of a class
const LONGEST_NAME = 60;
const MOST_WEIGHT = 10;
export const ODD = "it asks for something that this page does not have";

/**
 * @typedef {{ document: Record<string, any>, settings: any, pictures: { name: string, index: number }[], total: number }} Traits of any widget
 * @typedef {Record<string, any>} State
 *
 * @typedef {object} Rule
 * @property {(document: any, traits: Traits) => State} pack what of a document a link has to say
 * @property {(state: State, traits: Traits) => object} restore the document; a Refusal where it asks for what there is not
 * @property {string[]} edited the entries to which Reset goes back
 */

/** @param {unknown} value @returns {value is State} */
export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * @param {unknown} value
 * @param {number} [longest]
 */
export function text(value, longest) {
  if (typeof value !== "string" || (value.toWellFormed?.() ?? value) !== value) throw new Refusal(ODD);
  return words(value, longest);
}

/** @param {unknown} value @param {number} most @returns {unknown[]} */
export function list(value, most) {
  if (!Array.isArray(value) || value.length > most) throw new Refusal(ODD);
  return value;
}

/**
 * An image by its name; that of another page is none here, and the first one stays.
 *
 * @param {unknown} name
 * @param {Traits} traits
 */
export const pictureOf = (name, { pictures, document }) => pictures.find((one) => one.name === text(name, 300))?.index ?? document.picture;

/** @param {number} which @param {Traits} traits */
const nameOf = (which, { pictures }) => pictures.find((one) => one.index === which)?.name;

/**
 * The entries of a document that differ from the stored one.
 *
 * @param {State} document
 * @param {Traits} traits
 * @param {string[]} names
 */
const changed = (document, { document: stored }, names) => Object.fromEntries(names.filter((name) => !same(document[name], stored[name])).map((name) => [name, document[name]]));

/**
 * The image of a document in view, if it is not the stored one.
 *
 * @param {State} document
 * @param {Traits} traits
 * @returns {State}
 */
function picture(document, traits) {
  const name = document.picture === traits.document.picture ? undefined : nameOf(document.picture, traits);
  return name === undefined ? {} : { picture: name };
}

/** @type {Rule} */
export const FIRST_LINK = {
  edited: ["sentence"],
  pack: (document, traits) => changed(document, traits, ["sentence", "why"]),
  restore: ({ sentence, why }, { document, settings }) => ({
    ...document,
    ...(sentence === undefined ? {} : { sentence: text(sentence, settings.longest) }),
    why: why === true,
  }),
};

/** @type {Rule} */
export const WALL_LINK = {
  edited: ["sentence"],
  pack: (document, traits) => ({ ...changed(document, traits, ["sentence"]), ...picture(document, traits) }),
  restore: ({ sentence, picture }, traits) => ({
    ...traits.document,
    ...(sentence === undefined ? {} : { sentence: text(sentence, traits.settings.longest) }),
    ...(picture === undefined ? {} : { picture: pictureOf(picture, traits) }),
  }),
};

// -- just names: the list and the descriptors as they were written ---------------------------------------------------------------------

const MOST_BYTES = 12_000; // of the list, and of all descriptors: together they fit an address
const MOST_DESCRIBED = 1000;

/** What two spellings of one name share. @param {string} name */
export const keyOf = (name) => name.normalize("NFC").toLowerCase();

/**
 * Text that has room in an address, or a Refusal.
 *
 * @param {string} text
 * @param {string} what
 * @param {string} [more] that is kept beside it
 */
export function fitting(text, what, more = "") {
  const count = new TextEncoder().encode(text + more).length;
  if (count > MOST_BYTES) throw new Refusal(`${what} would take ${count.toLocaleString("en")} bytes; at most ${MOST_BYTES.toLocaleString("en")} are kept.`);
  return text.toWellFormed?.() ?? text;
}

/** @param {unknown} value @returns {[name: string, text: string][]} */
function describedOf(value) {
  const pairs = list(value, MOST_DESCRIBED).map((one) => {
    const [name, told] = list(one, 2);
    return /** @type {[string, string]} */ ([text(name, Infinity), text(told, Infinity)]);
  });
  if (new Set(pairs.map(([name]) => keyOf(name))).size < pairs.length) throw new Refusal(ODD);
  fitting(pairs.flat().join(""), "The descriptors");
  return pairs;
}

/** @type {Rule} */
export const NAMES_LINK = {
  edited: ["list", "descriptors", "described", "named"],
  pack: (document, traits) => ({ ...changed(document, traits, ["list", "descriptors", "described", "named", "why"]), ...picture(document, traits) }),
  restore(state, traits) {
    const { document } = traits;
    const yes = (/** @type {string} */ key) => (state[key] === undefined ? document[key] : state[key] === true);
    return {
      ...document,
      ...(state.list === undefined ? {} : { list: fitting(text(state.list, Infinity), "The list") }),
      ...(state.descriptors === undefined ? {} : { descriptors: describedOf(state.descriptors) }),
      described: yes("described"),
      named: yes("named"),
      why: yes("why"),
      ...(state.picture === undefined ? {} : { picture: pictureOf(state.picture, traits) }),
    };
  },
};

// -- the explorer: a class as it was stored is its name, any other is [name, rows] with rows [text, on, weight] ----------------------

/** @param {unknown} value */
function rowOf(value) {
  const [words, on, weight] = list(value, 3);
  return { text: text(words), on: on === 1, weight: number(/** @type {number} */ (weight), 0, MOST_WEIGHT, "A weight") };
}

/**
 * @param {unknown} value
 * @param {ExplorerClass[]} stored
 */
function classOf(value, stored) {
  if (typeof value === "string") {
    const found = stored.find((one) => one.name === value);
    if (!found) throw new Refusal(ODD);
    return found;
  }
  const [name, rows] = list(value, 2);
  if (!text(name, LONGEST_NAME).trim()) throw new Refusal(ODD);
  return { name: text(name), rows: list(rows, MOST_ROWS).map(rowOf) };
}

/**
 * @param {unknown} value
 * @param {ExplorerClass[]} stored
 */
function classesOf(value, stored) {
  const classes = list(value, MOST_CLASSES).map((one) => classOf(one, stored));
  const names = new Set(classes.map((one) => one.name.toLowerCase()));
  if (!classes.length || names.size < classes.length) throw new Refusal(ODD);
  return classes;
}

/** @type {Rule} */
export const EXPLORER_LINK = {
  edited: ["classes"],
  pack(document, traits) {
    const stored = /** @type {ExplorerClass[]} */ (traits.document.classes ?? []);
    const asState = (/** @type {ExplorerClass} */ one) => (stored.some((other) => same(other, one)) ? one.name : [one.name, one.rows.map((row) => [row.text, Number(row.on), row.weight])]);
    const classes = same(document.classes, stored) ? {} : { classes: document.classes.map(asState) };
    return { ...classes, ...changed(document, traits, ["compare"]), ...picture(document, traits) };
  },
  restore(state, traits) {
    const stored = traits.document.classes;
    const classes = state.classes === undefined ? stored : classesOf(state.classes, stored);
    const compare = list(state.compare ?? [null, null], 2).map((of) => (of === null ? null : index(/** @type {number} */ (of), classes.length, "class")));
    if (compare.length !== 2) throw new Refusal(ODD);
    return { ...traits.document, classes, compare, ...(state.picture === undefined ? {} : { picture: pictureOf(state.picture, traits) }) };
  },
};

// -- the others: their pages restore them by the rules of their widgets ---------------------------------------------------------------

/** @type {Pick<Rule, "edited" | "pack">} */
export const CREATURE_LINK = {
  edited: ["marks", "habitat"],
  pack(document, { document: stored }) {
    const marks = Object.fromEntries(Object.entries(document.marks).filter(([slot, value]) => stored.marks?.[slot] !== value));
    return { ...(Object.keys(marks).length ? { marks } : {}), ...(document.habitat === stored.habitat ? {} : { habitat: document.habitat }), ...(document.rival === null ? {} : { rival: document.rival }) };
  },
};

/** @type {Pick<Rule, "edited" | "pack">} */
export const INSIDE_LINK = {
  edited: ["sentence"],
  pack: (document, traits) => ({ ...changed(document, traits, ["sentence", "step", "patch", "query", "head", "text_head", "token", "number"]), ...picture(document, traits) }),
};

/** @type {Pick<Rule, "edited" | "pack">} */
export const HEADS_LINK = {
  edited: ["sentence"],
  pack: (document, traits) => ({ ...changed(document, traits, ["sentence", "part", "patch", "centred"]), ...picture(document, traits) }),
};

/** What of a document a link has to say, by widget. @type {Record<string, Rule["pack"]>} */
export const PACKS = { wall: WALL_LINK.pack, explorer: EXPLORER_LINK.pack, creature: CREATURE_LINK.pack, inside: INSIDE_LINK.pack, heads: HEADS_LINK.pack };

/** The widget of a page: "explorer" of "explorer-frog". @param {string} name */
export const widgetOf = (name) => name.split("-")[0];

/**
 * The page and the state that a link names.
 *
 * @param {unknown} linked
 * @param {string[]} names of the pages that there are; the first is that of a link which names none
 * @returns {{ name: string, state: State }}
 */
export function linkOf(linked, names) {
  if (!isObject(linked) || !isObject(linked.d)) throw new Refusal(ODD);
  const name = linked.p === widgetOf(names[0]) ? names[0] : linked.p;
  if (!names.includes(name)) throw new Refusal(ODD);
  return { name, state: linked.d };
}

/**
 * The document that a link asks for, and what Reset goes back to.
 *
 * @param {Rule} rule
 * @param {State} state
 * @param {Traits} traits of the stored page
 */
export function restored({ restore, edited }, state, traits) {
  const document = structuredClone(restore(state, traits));
  return { document, first: Object.fromEntries(edited.map((key) => [key, structuredClone(traits.document[key])])) };
}

// @ts-check
// Just names: what a reader writes, as classes with prompts and their scores. No DOM.

import { index } from "../../clipnb/widgets/common/document.js";
import { cosine, pooled, ranked, toProbabilities } from "../../clipnb/widgets/common/scoring.js";
import { describe } from "./phrasing.js";
import { fitting, keyOf } from "./states.js";

export const MOST_NAMES = 200;
export const LONGEST_NAME = 100;
const BETWEEN = /[,،、，\r\n\u0085\u2028\u2029]+/; // the commas of several scripts, and ends of lines
const LINES = /[\r\n\u0085\u2028\u2029]+/;
const BULLET = /^[-*•·–—](?:\s+|$)/;
const SEEN = /[^\s\p{C}]/u;
const MARK = /<\|(?:start|end)oftext\|>/;
const PROMPT = (/** @type {string} */ name) => `a photo of a ${name}`; // name_prompts of clipnb

/**
 * The names of a list, each once whatever its capitals, and why they cannot be compared, if they cannot.
 *
 * @param {string} list
 */
export function namesIn(list) {
  const entries = list.split(BETWEEN).filter((one) => SEEN.test(one)).map((one) => one.replace(/\s+/g, " ").trim());
  /** @type {Map<string, string>} */
  const first = new Map();
  for (const name of entries) if (!first.has(keyOf(name))) first.set(keyOf(name), name);
  const names = [...first.values()];
  return { names, doubled: entries.length - names.length, problem: problemOf(names) };
}

/** @param {string[]} names */
function problemOf(names) {
  if (names.length > MOST_NAMES) return `These are ${names.length.toLocaleString("en")} names; at most ${MOST_NAMES} are compared.`;
  const long = names.find((name) => [...name].length > LONGEST_NAME);
  if (long) return `“${brief(long)}” has ${[...long].length.toLocaleString("en")} characters; a name has at most ${LONGEST_NAME}.`;
  return "";
}

/** @param {string} text */
const brief = (text) => ([...text].length > 40 ? `${[...text].slice(0, 40).join("")}…` : text);

/**
 * The descriptors of a class, one in a line, each once and without the sign of a list.
 *
 * @param {string} text
 */
export function linesIn(text) {
  const lines = text.split(LINES).map((one) => one.trim().replace(BULLET, ""));
  return [...new Set(lines.filter((one) => SEEN.test(one)))];
}

/** @typedef {{ name: string, prompts: string[] }} NamedClass */

/**
 * The classes with their prompts: a table as clipnb.name_prompts makes it, or clipnb.descriptor_prompts.
 *
 * @param {Pick<NamesDocument, "list" | "descriptors" | "described" | "named">} document
 */
export function classesOf({ list, descriptors, described, named }) {
  const { names, doubled, problem } = namesIn(list);
  const written = new Map(descriptors.map(([name, text]) => [keyOf(name), text]));
  /** @param {string} name */
  const prompts = (name) => {
    const lines = linesIn(written.get(keyOf(name)) ?? "");
    return named ? lines.map((line) => describe(name, line)) : lines;
  };
  const classes = problem ? [] : names.map((name) => ({ name, prompts: described ? prompts(name) : [PROMPT(name)] }));
  const marked = MARK.exec(classes.flatMap((one) => one.prompts).join("\n"));
  if (!marked) return { classes, doubled, problem };
  return { classes: [], doubled, problem: `“${marked[0]}” marks the beginning or the end of a text for this model; remove it.` };
}

/** The text that describes a class. @param {NamesDocument} document @param {string} name */
export const descriptionOf = ({ descriptors }, name) => descriptors.find(([other]) => keyOf(other) === keyOf(name))?.[1] ?? "";

/**
 * Scores of the classes, as ZeroShotClassifier gives them with its pooling "mean".
 *
 * @param {NamedClass[]} classes
 * @param {ArrayLike<number>} image
 * @param {(text: string) => Embedding | undefined} embeddingOf
 * @param {ArrayLike<number>} reference the mean embedding of many images, against which reasons are centred
 * @param {ScoredSettings} settings
 */
export function scored(classes, image, embeddingOf, reference, settings) {
  let pending = 0;
  const rows = classes.map(({ prompts }) =>
    prompts.flatMap((text) => {
      const embedding = embeddingOf(text);
      if (!embedding) pending += 1;
      return embedding ? [{ text, cosine: cosine(embedding, image), mean: cosine(embedding, reference), share: 1 / prompts.length }] : [];
    })
  );
  const scores = rows.map(pooled);
  return { rows, scores, probabilities: toProbabilities(scores, settings), order: ranked(scores), pending };
}

/** @type {(total: number) => Rules<NamesDocument, NamesActions, "list" | "descriptors" | "described" | "named">} */
export const NAMES = (total) => ({
  edited: ["list", "descriptors", "described", "named"],
  merged: ["write", "describe"],
  actions: {
    choose: (document, { picture }) => (document.picture = index(picture, total, "image")),
    write: (document, { text }) => (document.list = fitting(text, "The list")),
    describe(document, { of, text }) {
      const isOf = (/** @type {[name: string, text: string]} */ [name]) => keyOf(name) === keyOf(of);
      const others = document.descriptors.filter((one) => !isOf(one));
      const kept = fitting(text, "The descriptors", others.flat().join("") + of);
      if (others.length < document.descriptors.length) document.descriptors = document.descriptors.map((one) => (isOf(one) ? [one[0], kept] : one));
      else document.descriptors.push([of, kept]);
    },
    use: (document, { descriptors }) => (document.described = descriptors === true),
    name: (document, { on }) => (document.named = on === true),
    ask: (document, { why }) => (document.why = why === true),
  },
});

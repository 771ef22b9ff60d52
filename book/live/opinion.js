// @ts-check
// What a creature is and what CLIP takes it for: the twin of clipnb/widgets/creature/state.py and common/reasons.py.

import { byCentred, cosine, difference, meanOf, pooled, ranked, rounded, toProbabilities, usualMargin } from "../../clipnb/widgets/common/scoring.js";

const MOST_RANKED = 6;
const MOST_REASONS = 12;

/**
 * What is known of a kind: `images` are the unit embeddings of the species as drawn, against which reasons are centred.
 *
 * @typedef {object} About
 * @property {string} kind
 * @property {VisiblePart[]} parts
 * @property {Pick<Species, "name" | "marks">[]} species
 * @property {{ name: string, prompts: string[], embeddings: Embedding[] }[]} classes
 * @property {Embedding[]} images
 * @property {number} scale
 *
 * @typedef {ReturnType<typeof difference>[number]} Part
 */

/** A name of the tables as a reader knows it. @param {string} name */
const title = (name) => name.replaceAll("_colour", " colour").replaceAll("_", " ").replaceAll("-", " ");

/**
 * The marks that belong to parts which can be seen.
 *
 * @param {VisiblePart[]} parts
 * @param {Marks} marks
 */
function visible(parts, marks) {
  /** @type {Marks} */
  const seen = {};
  for (const { slots, shown } of parts) {
    if (Object.entries(shown).every(([slot, values]) => values.includes(marks[slot]))) for (const slot of slots) seen[slot] = marks[slot];
  }
  return seen;
}

/**
 * In how many visible marks two creatures of a kind differ.
 *
 * @param {VisiblePart[]} parts
 * @param {Marks} a
 * @param {Marks} b
 */
function differences(parts, a, b) {
  const [left, right] = [visible(parts, a), visible(parts, b)];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].filter((slot) => left[slot] !== right[slot]).length;
}

/**
 * The species that shares most visible marks, and in how many it differs.
 *
 * @param {VisiblePart[]} parts
 * @param {About["species"]} species
 * @param {Marks} marks
 */
function nearest(parts, species, marks) {
  const away = species.map((one) => differences(parts, marks, one.marks));
  const least = Math.min(...away);
  return { nearest: species[away.indexOf(least)].name, away: least };
}

/**
 * What the table of species says, whatever CLIP says.
 *
 * @param {string} name
 * @param {number} away
 */
function truthOfMarks(name, away) {
  if (!away) return `By the table of field marks: ${name}.`;
  return `By the table of field marks: no species; nearest is ${name}, ${away} visible mark${away > 1 ? "s" : ""} away.`;
}

/**
 * What can be seen, for those who cannot see it.
 *
 * @param {string} kind
 * @param {VisiblePart[]} parts
 * @param {Pick<CreatureDocument, "marks" | "habitat">} document
 */
function inWordsOf(kind, parts, { marks, habitat }) {
  const seen = Object.entries(visible(parts, marks)).filter(([, value]) => value !== "none" && value !== "plain");
  return `${kind}, ${habitat}: ${seen.map(([slot, value]) => `${title(slot)} ${title(value)}`).join(", ")}`;
}

/**
 * The lead of one class over another: why() in common/reasons.py.
 *
 * @param {{ name: string }[]} classes
 * @param {ScoredRow[][]} rows
 * @param {number} left
 * @param {number} right
 * @param {number} images
 */
function why(classes, rows, left, right, images) {
  const name = (/** @type {number} */ of) => classes[of].name;
  const same = left === right;
  const shown = (/** @type {Part} */ { side, text, cosine: value, contribution, centred }) => {
    const of = side ? right : left;
    return { of, name: name(of), text, cosine: value, contribution, centred };
  };
  const parts = same ? [] : difference(rows[left], rows[right]).map(shown);
  const strongest = [...parts].sort((a, b) => rounded(Math.abs(b.centred)) - rounded(Math.abs(a.centred))).slice(0, MOST_REASONS);
  const kept = strongest.sort(byCentred);
  return {
    left: name(left),
    right: name(right),
    margin: parts.reduce((sum, part) => sum + part.contribution, 0),
    usual: same ? 0 : usualMargin(rows[left], rows[right]),
    images,
    parts: kept,
    others: parts.length - kept.length,
    rest: centredSum(parts) - centredSum(kept),
  };
}

/** @param {{ centred: number }[]} parts */
const centredSum = (parts) => parts.reduce((sum, part) => sum + part.centred, 0);

/**
 * CLIP's opinion of an image, as the page of a creature shows it.
 *
 * @param {About} about
 * @param {CreatureDocument} document
 * @param {Embedding} embedding of the image
 */
function opinionOf(about, document, embedding) {
  const reference = meanOf(about.images);
  const rows = about.classes.map(({ prompts, embeddings }) =>
    prompts.map((text, k) => ({ text, cosine: cosine(embedding, embeddings[k]), mean: cosine(reference, embeddings[k]), share: 1 / prompts.length }))
  );
  const scores = rows.map((one) => pooled(one) ?? 0); // every class has a prompt
  const probabilities = toProbabilities(scores, { scale: about.scale, bias: 0, sigmoid: false });
  const order = ranked(scores);
  const rival = document.rival === null || document.rival === order[0] ? order[1] : document.rival;
  const leaders = [...new Set([...order.slice(0, MOST_RANKED), rival])].map((of) => ({ of, name: about.classes[of].name, score: scores[of], probability: probabilities[of] }));
  return { leaders, rival, why: why(about.classes, rows, order[0], rival, about.images.length), ...truth(about, document) };
}

/**
 * What is known without CLIP: what the creature is by the table, and what can be seen of it.
 *
 * @param {Pick<About, "kind" | "parts" | "species">} about
 * @param {CreatureDocument} document
 * @returns {CreatureTruth}
 */
function truth({ kind, parts, species }, document) {
  const known = nearest(parts, species, document.marks);
  return { ...known, truth: truthOfMarks(known.nearest, known.away), words: inWordsOf(kind, parts, document) };
}

export { differences, inWordsOf, nearest, opinionOf, truth, visible, why };

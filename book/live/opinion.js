// @ts-check
// What a creature is and what CLIP takes it for: the twin of clipnb/widgets/creature/state.py and common/reasons.py.

import { cosine, difference, meanOf, pooled, ranked, toProbabilities, usualMargin } from "../../clipnb/widgets/common/scoring.js";

const MOST_RANKED = 6;
const MOST_REASONS = 12;

/** A name of the tables as a reader knows it. */
const title = (name) => name.replaceAll("_colour", " colour").replaceAll("_", " ").replaceAll("-", " ");

/** The marks that belong to parts which can be seen; `parts` is a list of {slots, shown}. */
function visible(parts, marks) {
  const seen = {};
  for (const { slots, shown } of parts) {
    if (Object.entries(shown).every(([slot, values]) => values.includes(marks[slot]))) for (const slot of slots) seen[slot] = marks[slot];
  }
  return seen;
}

/** In how many visible marks two creatures of a kind differ. */
function differences(parts, a, b) {
  const [left, right] = [visible(parts, a), visible(parts, b)];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].filter((slot) => left[slot] !== right[slot]).length;
}

/** The species that shares most visible marks, and in how many it differs. */
function nearest(parts, species, marks) {
  const away = species.map((one) => differences(parts, marks, one.marks));
  const least = Math.min(...away);
  return { nearest: species[away.indexOf(least)].name, away: least };
}

/** What the table of species says, whatever CLIP says. */
function truthOfMarks(name, away) {
  if (!away) return `By the table of field marks: ${name}.`;
  return `By the table of field marks: no species; nearest is ${name}, ${away} visible mark${away > 1 ? "s" : ""} away.`;
}

/** What can be seen, for those who cannot see it. */
function inWordsOf(kind, parts, { marks, habitat }) {
  const seen = Object.entries(visible(parts, marks)).filter(([, value]) => value !== "none" && value !== "plain");
  return `${kind}, ${habitat}: ${seen.map(([slot, value]) => `${title(slot)} ${title(value)}`).join(", ")}`;
}

/** The lead of one class over another: {left, right, margin, usual, images, parts, others, rest}; why() in state/reasons.py. */
function why(classes, rows, left, right, images) {
  const name = (of) => classes[of].name;
  const same = left === right;
  const owner = ({ side }) => (side ? right : left);
  const shown = (part) => ({ of: owner(part), name: name(owner(part)), text: part.text, cosine: part.cosine, contribution: part.contribution, centred: part.centred });
  const parts = same ? [] : difference(rows[left], rows[right]).map(shown);
  const strongest = [...parts].sort((a, b) => Math.abs(b.centred) - Math.abs(a.centred)).slice(0, MOST_REASONS);
  const kept = strongest.sort((a, b) => b.centred - a.centred);
  const sum = (list, key) => list.reduce((total, part) => total + part[key], 0);
  return {
    left: name(left),
    right: name(right),
    margin: sum(parts, "contribution"),
    usual: same ? 0 : usualMargin(rows[left], rows[right]),
    images,
    parts: kept,
    others: parts.length - kept.length,
    rest: sum(parts, "centred") - sum(kept, "centred"),
  };
}

/**
 * CLIP's opinion of an image, as creature.js shows it.
 *
 * `about` is {kind, parts, species, classes: [{name, texts, embeddings}], images, scale}, where `images` are the unit embeddings of the species as drawn: reasons are centred against them; `document` is {marks, habitat, rival}; `embedding` the image's unit embedding.
 */
function opinionOf(about, document, vector) {
  const reference = meanOf(about.images);
  const rows = about.classes.map(({ sentences, vectors }) =>
    sentences.map((text, k) => ({ text, cosine: cosine(vector, vectors[k]), mean: cosine(reference, vectors[k]), share: 1 / sentences.length }))
  );
  const scores = rows.map(pooled);
  const probabilities = toProbabilities(scores, { scale: about.scale, bias: 0, sigmoid: false });
  const order = ranked(scores);
  const rival = document.rival === null || document.rival === order[0] ? order[1] : document.rival;
  const leaders = [...new Set([...order.slice(0, MOST_RANKED), rival])].map((of) => ({ of, name: about.classes[of].name, score: scores[of], probability: probabilities[of] }));
  return { leaders, rival, why: why(about.classes, rows, order[0], rival, about.images.length), ...truth(about, document) };
}

/** What is known without CLIP: what the creature is by the table, and what can be seen of it. */
function truth({ kind, parts, species }, document) {
  const known = nearest(parts, species, document.marks);
  return { ...known, truth: truthOfMarks(known.nearest, known.away), words: inWordsOf(kind, parts, document) };
}

export { differences, inWordsOf, nearest, opinionOf, truth, visible };

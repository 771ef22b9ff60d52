// @ts-check
// The live wall of images: what Python answers it in a notebook.

import wall from "../../clipnb/widgets/wall/page.js";
import { ranking } from "./notebook.js";
import { register } from "./page_kernel.js";
import { WALL_LINK as link } from "./states.js";

const MOST_KEPT = 400; // texts of the reader
/** @type {Map<string, Embedding>} */
const kept = new Map();

/**
 * Tokens and embedding of the text in view, if they are not among the stored ones.
 *
 * @param {Asked<WallTraits>} asked
 */
async function answer({ model, clip }) {
  const { sentence: text } = model.get("document");
  if (!text.trim() || model.get("texts").includes(text)) return;
  if (!model.get("tokens")[text]) model.set("tokens", { ...(kept.size < MOST_KEPT ? model.get("tokens") : {}), [text]: clip.tokens(text) });
  const embedding = kept.get(text) ?? (await clip.encodeTexts([text]))[0];
  if (!kept.has(text)) keep(text, embedding);
  model.set({ new_texts: [text], new_vectors: new DataView(embedding.buffer) });
}

/**
 * @param {string} text
 * @param {Embedding} embedding
 */
function keep(text, embedding) {
  const [oldest] = kept.keys();
  if (kept.size >= MOST_KEPT) kept.delete(oldest);
  kept.set(text, embedding);
}

const alone = "The texts that are offered sort the wall all the same; one of your own needs the model.";
register("wall", { render: wall.render, answer, alone, link, code: ranking });

// @ts-check
// The live wall of images: what Python answers it in a notebook.

import wall from "../../clipnb/widgets/wall/page.js";
import { register } from "./page_kernel.js";

const MOST_KEPT = 400; // texts of the reader
const kept = new Map();

/** Tokens and embedding of the text in view, if they are not among the stored ones. */
async function answer({ model, clip }) {
  const { sentence } = model.get("document");
  if (!sentence.trim() || model.get("texts").includes(sentence)) return;
  if (!model.get("tokens")[sentence]) model.set("tokens", { ...(kept.size < MOST_KEPT ? model.get("tokens") : {}), [sentence]: clip.tokens(sentence) });
  if (!kept.has(sentence)) {
    if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value);
    kept.set(sentence, (await clip.encodeTexts([sentence]))[0]);
  }
  model.set({ new_texts: [sentence], new_vectors: new DataView(kept.get(sentence).buffer) });
}

const alone = "The texts that are offered sort the wall all the same; one of your own needs the model.";
register("wall", { render: wall.render, answer, alone });

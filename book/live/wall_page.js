// How CLIP sees: the notebook's wall of pictures, with this page as its kernel.

import widget from "./widgets/wall.js";
import { startModel } from "./live_status.js";
import { acknowledge, fetchJson, pageModel, unpack } from "./page_model.js";

const ALONE = "Without it, the sentences that are offered sort the wall all the same; their results are stored.";
const WAITING = "The model is not there yet; your sentence will be read as soon as it is.";
const MOST_KEPT = 400; // sentences of the reader

/** Put the page into `root`, whose stored results stand there until the widget has been loaded. */
export async function start(root) {
  const { element: state, ready } = startModel(() => [], ALONE);
  root.prepend(state);
  const traits = await fetchJson("wall.json");
  for (const name of ["picture_vectors", "vectors"]) traits[name] = unpack(traits[name]);
  const [kept, tokens] = [new Map(), { ...traits.tokens }];
  const given = new Set(traits.texts);
  let [clip, wanted] = [null, null];

  const model = pageModel({ ...traits, new_texts: [], new_vectors: new ArrayBuffer(0), absent: WAITING, pause: 0 }, (message) => {
    acknowledge(model, message);
    read(model.get("document").sentence);
  });

  /** Tokens and vector of a sentence, if it is new; the last one that is asked for is the one that counts. */
  async function read(sentence) {
    wanted = sentence;
    if (!sentence.trim() || given.has(sentence) || !clip) return;
    try {
      if (!tokens[sentence]) model.set("tokens", Object.assign(tokens, { [sentence]: clip.tokens(sentence) }));
      if (!kept.has(sentence)) {
        const [vector] = await clip.encodeTexts([sentence]);
        if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value);
        kept.set(sentence, vector);
      }
    } catch (error) {
      return model.set("problem", `The model could not read this sentence: ${error.message}`);
    }
    if (wanted !== sentence) return;
    model.update({ new_texts: [sentence], new_vectors: kept.get(sentence) });
  }

  const el = document.createElement("div");
  widget.render({ model, el });
  el.model = model;
  root.replaceChildren(state, el);
  const loaded = await ready;
  if (!loaded) return;
  [clip] = loaded;
  read(model.get("document").sentence);
  root.dataset.live = "true";
}

// @ts-check
// Inside CLIP, live: what Python answers it in a notebook.

import inside, { askedOf, INSIDE, Machine } from "../../clipnb/widgets/inside/page.js";
import { told } from "../../clipnb/widgets/common/pieces.js";
import { viewing } from "./notebook.js";
import { register } from "./page_kernel.js";
import { pixelsAt, remembering } from "./remembering.js";
import { INSIDE_LINK, list, pictureOf, text as validText } from "./states.js";

const MOST_KEPT = 24; // images and texts whose attention is remembered

/** @typedef {import("./engine.js").Parts} Parts */
/** By the text, or the number of the image. @type {(key: string | number, make: () => Promise<Parts>) => Promise<Parts>} */
const remembered = remembering(MOST_KEPT);

/** Numbers from 0 to 1 as widget.py packs them. @param {Float32Array} values */
const packed = (values) => new DataView(Uint16Array.from(values, (x) => Math.round(65535 * Math.min(1, Math.max(0, x)))).buffer);

/**
 * What one place takes in every head: rows_of in state.py.
 *
 * @param {Parts} parts
 * @param {number} asked
 */
function rowsOf({ attention, size: [layers, heads, to, from] }, asked) {
  const rows = new Float32Array(layers * heads * from);
  for (let head = 0; head < layers * heads; head++) {
    const start = (head * to + asked) * from;
    rows.set(attention.subarray(start, start + from), head * from);
  }
  return rows;
}

/**
 * The parts of the image and the text in view, if they are not there yet.
 *
 * @param {Asked<InsideTraits>} asked
 */
async function answer({ model, clip }) {
  const [document, settings] = [model.get("document"), model.get("settings")];
  const { picture, sentence } = document;
  const uri = model.get("pictures")[picture].uri; // what the model sees, pixel for pixel
  const image = await remembered(picture, async () => clip.lookAtImage(await pixelsAt(uri)));
  const text = await remembered(sentence, () => clip.readText(sentence));
  const asked = askedOf(document, settings);
  const tokens = told(clip.tokens(sentence));
  model.set({
    seen: { key: [picture, sentence, asked], uri, tokens, read: tokens.length - 1, cut: clip.isCut(sentence) },
    attention: packed(rowsOf(image, asked)),
    text_attention: packed(text.attention),
    image_embedding: new DataView(image.embedding.buffer),
    text_embedding: new DataView(text.embedding.buffer),
  });
}

/**
 * What a link asks for, by the rules of the widget.
 *
 * @type {import("./states.js").Rule["restore"]}
 */
function restore(state, traits) {
  const machine = new Machine(/** @type {InsideDocument} */ (traits.document), INSIDE(traits.total, traits.settings));
  const { sentence, picture, step, patch, query, head, text_head: textHead, token, number } = state;
  if (sentence !== undefined) machine.act({ do: "write", text: validText(sentence, traits.settings.longest) });
  if (picture !== undefined) machine.act({ do: "choose", picture: pictureOf(picture, traits) });
  if (step !== undefined) machine.act({ do: "go", step });
  if (patch !== undefined) machine.act({ do: "look", patch });
  if (query !== undefined) machine.act({ do: "ask", query: validText(query, 40) });
  if (head !== undefined) machine.act({ do: "open", ...headOf(head) });
  if (textHead !== undefined) machine.act({ do: "open_text", ...headOf(textHead) });
  if (token !== undefined) machine.act({ do: "pick", token });
  if (number !== undefined) machine.act({ do: "count", number });
  return machine.document;
}

/** @param {unknown} value */
function headOf(value) {
  const [layer, head] = /** @type {number[]} */ (list(value, 2));
  return { layer, head };
}

const alone = "All steps can be seen for this image and this text; others need the model.";
const code = (/** @type {LiveModel<InsideTraits>} */ model) => viewing("look_inside", model);
register("inside", { render: inside.render, answer, alone, code, link: { ...INSIDE_LINK, restore } });

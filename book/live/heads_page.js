// @ts-check
// The head browser, live: what Python answers it in a notebook.

import heads, { HEADS, Machine } from "../../clipnb/widgets/heads/page.js";
import { viewing } from "./notebook.js";
import { register } from "./page_kernel.js";
import { pixelsAt, remembering } from "./remembering.js";
import { HEADS_LINK, pictureOf, text as validText } from "./states.js";

const MOST_KEPT = 4; // images whose parts by patch are remembered: 0.8 MB each

/** @typedef {import("./engine.js").Decomposed} Decomposed */
/** @typedef {HeadsTraits & { tops: number, unit: number, searched: DataView, small: ImageEntry[] }} LiveTraits */
/** @type {(picture: number, make: () => Promise<Decomposed>) => Promise<Decomposed>} */
const remembered = remembering(MOST_KEPT);

/**
 * Dot products of rows with a text.
 *
 * @param {ArrayLike<number>} rows one after the other
 * @param {Embedding} text
 * @param {number} [unit] of the rows' numbers
 */
function products(rows, text, unit = 1) {
  const found = new Float64Array(rows.length / text.length);
  for (let row = 0; row < found.length; row++) {
    let sum = 0;
    for (let i = 0, at = row * text.length; i < text.length; i++) sum += rows[at + i] * text[i];
    found[row] = sum * unit;
  }
  return found;
}

/**
 * What each part adds to the cosine of the text with the images that are searched: on average, and where it is highest.
 *
 * @param {LiveTraits} traits
 * @param {Embedding} text
 */
function searchedBy({ searched, unit, settings, tops }, text) {
  const values = products(new Int16Array(searched.buffer, searched.byteOffset, searched.byteLength / 2), text, unit);
  const [images, parts] = [settings.searched, values.length / settings.searched];
  const columns = Array.from({ length: parts }, (_, part) => Array.from({ length: images }, (_, i) => values[i * parts + part]));
  const rounded = (/** @type {number} */ x) => Math.round(x * 1e6); // equal up to rounding is equal, as in state.py
  const orders = columns.map((column) => column.map((_, i) => i).sort((a, b) => rounded(column[b]) - rounded(column[a]) || a - b).slice(0, tops));
  return {
    usual: columns.map((column) => column.reduce((sum, x) => sum + x, 0) / images),
    top: orders,
    highest: orders.map((order, part) => order.map((i) => columns[part][i])),
  };
}

/**
 * The parts of the image and the text in view.
 *
 * @param {Asked<LiveTraits>} asked
 */
async function answer({ model, clip }) {
  const { picture, sentence } = model.get("document");
  const uri = model.get("pictures")[picture].uri; // what the model sees, pixel for pixel
  const image = await remembered(picture, async () => clip.decompose(await pixelsAt(uri)));
  const [text] = await clip.encodeTexts([sentence]);
  const [searched, unit, settings, tops] = [model.get("searched"), model.get("unit"), model.get("settings"), model.get("tops")];
  model.set({
    seen: {
      ...model.get("seen"),
      key: [picture, sentence],
      values: Array.from(products(image.parts, text)),
      cosine: products(image.embedding, text)[0],
      ...searchedBy(/** @type {LiveTraits} */ ({ searched, unit, settings, tops }), text),
      small: model.get("small"),
      uri,
    },
    maps: new DataView(Float32Array.from(products(image.patches, text)).buffer),
  });
}

/**
 * What a link asks for, by the rules of the widget.
 *
 * @type {import("./states.js").Rule["restore"]}
 */
function restore({ sentence, picture, part, patch, centred }, traits) {
  const machine = new Machine(/** @type {HeadsDocument} */ (traits.document), HEADS(traits.total, traits.settings));
  if (sentence !== undefined) machine.act({ do: "write", text: validText(sentence, traits.settings.longest) });
  if (picture !== undefined) machine.act({ do: "choose", picture: pictureOf(picture, traits) });
  if (part !== undefined) machine.act({ do: "open", part });
  if (patch !== undefined) machine.act({ do: "look", patch });
  if (centred !== undefined) machine.act({ do: "centre", on: centred });
  return machine.document;
}

const alone = "All parts of this image and this text can be seen; others need the model.";
const code = (/** @type {LiveModel<LiveTraits>} */ model) => viewing("browse_heads", model);
register("heads", { render: heads.render, answer, alone, code, link: { ...HEADS_LINK, restore } });

// @ts-check
// What live pages share that take texts and an image of the reader's own.

import { clip, element, messageOf } from "./page_kernel.js";

const IS_IN = "Your image is in. The bundled model has met nothing but drawings of a field guide: on a photo its answer says little.";
const SIDE = 224; // of the thumbnail, as in clipnb/widgets/common/html.py

/**
 * @template Traits
 * @typedef {object} Page
 * @property {HTMLElement} place
 * @property {URL} here
 * @property {() => LiveModel<Traits>} model of the page in view
 * @property {(text: string) => void} say
 * @property {() => Promise<Clip>} [network] by default the bundled one
 * @property {(text: string) => string} [told] what is said once the image is in, made of what is said of the bundled model
 */

/**
 * Encode the texts that the model has not seen yet, and keep their embeddings.
 *
 * @template {ScoredTraits} Traits
 * @param {Asked<Traits>} asked
 * @param {string[]} texts
 */
export async function learnTexts({ model: any, clip }, texts) {
  const model = /** @type {LiveModel<ScoredTraits>} */ (any);
  const known = new Set(model.get("new_texts"));
  const missing = [...new Set(texts.filter((text) => text.trim() !== ""))].filter((text) => !known.has(text));
  if (!missing.length) return;
  const rows = await clip.encodeTexts(missing.map((text) => text.trim()));
  const before = floatsOf(model.get("new_vectors"));
  const all = new Float32Array(before.length + rows.length * clip.dim);
  all.set(before);
  rows.forEach((row, i) => all.set(row, before.length + i * clip.dim));
  model.set({ new_texts: [...known, ...missing], new_vectors: new DataView(all.buffer) });
}

/** @param {Bytes} view */
const floatsOf = (view) => (ArrayBuffer.isView(view) ? new Float32Array(view.buffer, view.byteOffset, view.byteLength / 4) : new Float32Array(view));

/**
 * Change the document as somebody in Python would: the widget takes it over as a step that can be undone.
 *
 * @template [Document=any]
 * @param {Model<any>} model
 * @param {(document: Document) => void} edit
 */
export function change(model, edit) {
  const document = structuredClone(model.get("document"));
  edit(document);
  model.set("document", document);
}

/**
 * The reader's image, without the number that the widget gives it.
 *
 * @typedef {{ entry: Omit<ImageEntry, "index">, embedding: DataView<ArrayBuffer> }} OwnImage
 */

/**
 * The place for an image of the reader's own: {element, offer, again}. offer(look) puts it into the widget's spare place, if there is one; again(look) reads
 * it with a network that has come since.
 *
 * @param {Page<any>} page of a widget with images
 */
export function makeImage(page) {
  /** @type {OwnImage | null} */
  let mine = null;
  /** @type {File | null} */
  let last = null;
  /** @type {Promise<Clip> | null} */
  let by = null; // the network that has read it
  const { network = () => clip(), told = String } = page;
  const file = element("input", { type: "file", accept: "image/jpeg,image/png,image/gif,image/webp", onchange: () => (take(file.files), (file.value = "")) });
  const thumb = element("button", { type: "button", className: "clipnb-live-mine", hidden: true, onclick: () => offer(true) });
  const label = element("label", {}, element("span", { textContent: "Your own image: choose one" }), file);
  const hint = element("span", { className: "clipnb-live-hint", textContent: "or drop it here, or paste it. It never leaves this page." });
  const zone = element("div", { className: "clipnb-live-drop" }, label, hint, thumb);
  hearDrops(page.place, zone, take);

  /** @param {FileList | null | undefined} files */
  async function take(files) {
    const chosen = files?.[0];
    if (chosen) await understand(chosen, true);
  }

  /**
   * @param {File} chosen
   * @param {boolean} look
   */
  async function understand(chosen, look) {
    const using = network();
    const taken = await read(chosen, page, using);
    last = chosen;
    if (using !== network()) return void (await understand(chosen, look)); // another network came meanwhile
    if (!taken) return;
    [mine, by] = [taken, using];
    thumb.replaceChildren(element("img", { src: mine.entry.uri, alt: "" }), element("span", { textContent: "your image" }));
    thumb.hidden = false;
    offer(look);
    page.say(told(IS_IN));
  }

  /** @param {boolean} look whether the widget shall show it */
  async function again(look) {
    if (last) await understand(last, look);
  }

  /** @param {boolean} look whether the widget shall show it */
  function offer(look) {
    if (!mine || by !== network()) return;
    const index = page.model().get("total") - 1;
    page.model().set({ extra: { ...mine.entry, index }, extra_vector: mine.embedding });
    if (look) change(page.model(), (document) => (document.picture = index));
  }

  return { element: zone, offer, again };
}

/**
 * Images that are dropped on the page's place, or pasted anywhere.
 *
 * @param {HTMLElement} place
 * @param {HTMLElement} zone
 * @param {(files: FileList | null | undefined) => void} take
 */
function hearDrops(place, zone, take) {
  place.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return; // text that is dragged belongs to the fields
    event.preventDefault();
    zone.dataset.over = "true";
  });
  place.addEventListener("dragleave", () => delete zone.dataset.over);
  place.addEventListener("drop", (event) => {
    delete zone.dataset.over;
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    take(event.dataTransfer.files);
  });
  document.addEventListener("paste", (event) => {
    const data = event.clipboardData;
    if (data?.files.length && !data.getData("text/plain")) take(data.files); // cells of a table come as text and as an image
  });
}

/**
 * An image file and its embedding, or null where that is not possible; then the page says why.
 *
 * @param {File} file
 * @param {Page<any>} page
 * @param {Promise<Clip>} network
 * @returns {Promise<OwnImage | null>}
 */
async function read(file, { here, say }, network) {
  if (location.protocol === "file:") {
    say("The model is needed for an image of your own; the line on stored results says how to start it.");
    return null;
  }
  say("Reading the image …");
  try {
    /** @type {typeof import("./images.js")} */
    const { decoded } = await import(new URL("images.js", here).href);
    const { image, uri } = await decoded(file, SIDE).catch(({ message }) => {
      throw new Error(`“${file.name}” could not be read as an image; ${message || "JPEG, PNG, GIF and WebP can."}`);
    });
    say("The image waits for the model …");
    const [embedding] = await (await network).encodeImages([image]);
    return { entry: { name: file.name || "pasted", truth: "", uri }, embedding: new DataView(embedding.buffer) };
  } catch (error) {
    say(messageOf(error));
    return null;
  }
}

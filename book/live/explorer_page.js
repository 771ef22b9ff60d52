// @ts-check
// The live descriptor explorer: what Python answers it in a notebook, and beside it the choice of a kind, classes of the reader's own, and their image.

import explorer from "../../clipnb/widgets/explorer/page.js";
import { clip, element, live, register, script } from "./page_kernel.js";

const SIDE = 224; // of the thumbnail, as in clipnb/widgets/common/html.py
const MOST_CLASSES = 30;
const LONGEST_NAME = 60;

/** Encode the rows whose text the model has not seen yet, the stored ones included: from then on every number on the page was computed in it. */
async function answer({ model, clip }) {
  const known = model.get("new_texts");
  const texts = model.get("document").classes.flatMap((one) => one.rows.map((row) => row.text));
  const missing = [...new Set(texts.filter((text) => text.trim() !== ""))].filter((text) => !known.includes(text));
  if (!missing.length) return;
  const rows = await clip.encodeTexts(missing.map((text) => text.trim()));
  const before = model.get("new_vectors");
  const all = new Float32Array(before.byteLength / 4 + rows.length * clip.dim);
  all.set(new Float32Array(before.buffer, before.byteOffset, before.byteLength / 4));
  rows.forEach((row, i) => all.set(row, before.byteLength / 4 + i * clip.dim));
  model.set({ new_texts: [...known, ...missing], new_vectors: new DataView(all.buffer) });
}

/** Change the document as somebody in Python would: the widget takes it over as a step that can be undone. */
const change = (model, edit) => {
  const document = structuredClone(model.get("document"));
  edit(document);
  model.set("document", document);
};

function extras({ place, model, show, here }) {
  let now = model;
  let mine = null; // {entry, embedding} of the reader's image
  const say = (sentence) => (note.textContent = sentence);
  const note = element("p", { className: "clipnb-live-note" });
  note.setAttribute("role", "status");

  // -- which kind --------------------------------------------------------------------------------------------------------

  const kinds = element("select", { onchange: () => choose(kinds.value) }, ...place.dataset.kinds.split(" ").map((kind) => element("option", { value: kind, textContent: kind })));
  kinds.value = place.dataset.live.split("-")[1];

  async function choose(kind) {
    const name = `explorer-${kind}`;
    const address = new URL(`pages/${name}.js`, here);
    if (!live.pages[name]) await script(address, `${address} could not be loaded.`);
    const page = live.pages[name];
    now = (await show(page)).model;
    if (mine) offer(false);
  }

  // -- which classes -----------------------------------------------------------------------------------------------------

  const name = element("input", { type: "text", maxLength: LONGEST_NAME, placeholder: "a class of your own", autocomplete: "off" });
  name.setAttribute("aria-label", "Name of a class of your own");
  const add = element("form", { className: "clipnb-live-class", onsubmit: (event) => (event.preventDefault(), addClass()) });
  add.append(name, element("button", { type: "submit", textContent: "Add this class" }));
  const remove = element("button", { type: "button", textContent: "Remove the first class", onclick: removeClass });

  function addClass() {
    const [wanted, classes] = [name.value.trim().replace(/\s+/g, " "), now.get("document").classes];
    if (!wanted) return say("Write the name of the class first.");
    if (classes.some((one) => one.name.toLowerCase() === wanted.toLowerCase())) return say(`There is a class “${wanted}” already.`);
    if (classes.length >= MOST_CLASSES) return say(`There are ${MOST_CLASSES} classes; remove one first.`);
    change(now, (document) => {
      document.compare = [document.classes.length, document.compare[0]];
      document.classes.push({ name: wanted, rows: [{ text: "", on: true, weight: 1 }] });
    });
    name.value = "";
    say(`“${wanted}” is the first now; it has no score until you say what it looks like. The name itself is not scored.`);
    place.querySelector(".clipnb-panel textarea").focus();
  }

  function removeClass() {
    const { classes, compare } = now.get("document");
    if (classes.length < 2) return say("One class must stay.");
    const of = Math.min(compare[0], classes.length - 1);
    change(now, (document) => {
      document.classes.splice(of, 1);
      document.compare = document.compare.map((one) => Math.min(one > of ? one - 1 : one, document.classes.length - 1));
    });
    say(`“${classes[of].name}” is out; Undo brings it back.`);
  }

  // -- which image -----------------------------------------------------------------------------------------------------

  const file = element("input", { type: "file", accept: "image/*", onchange: () => (take(file.files), (file.value = "")) });
  const thumb = element("button", { type: "button", className: "clipnb-live-mine", hidden: true, onclick: () => offer(true) });
  const zone = element("div", { className: "clipnb-live-drop" });
  const label = element("label", {}, element("span", { textContent: "Your own image: choose one" }), file);
  zone.append(label, element("span", { className: "clipnb-live-hint", textContent: "or drop it here, or paste it. It never leaves this page." }), thumb);
  place.addEventListener("dragover", (event) => (event.preventDefault(), (zone.dataset.over = "true")));
  place.addEventListener("dragleave", () => delete zone.dataset.over);
  place.addEventListener("drop", (event) => (event.preventDefault(), delete zone.dataset.over, take(event.dataTransfer.files)));
  document.addEventListener("paste", (event) => event.clipboardData?.files.length && take(event.clipboardData.files));

  async function take(files) {
    const chosen = files[0];
    if (!chosen) return;
    if (location.protocol === "file:") return say("The model is needed for an image of your own; the line at the top says how to start it.");
    say("Reading the image …");
    try {
      const { pixelsOf } = await import(new URL("pictures.js", here).href);
      const picture = await pixelsOf(chosen).catch(() => {
        throw new Error(`“${chosen.name}” could not be read as an image; JPEG, PNG, GIF and WebP can.`);
      });
      say("The image waits for the model …");
      const [vector] = await (await clip()).encodeImages([picture]);
      mine = { entry: { name: chosen.name || "pasted", truth: "", uri: await thumbnail(chosen) }, vector: new DataView(vector.buffer) };
      thumb.replaceChildren(element("img", { src: mine.entry.uri, alt: "" }), element("span", { textContent: "your image" }));
      thumb.hidden = false;
      offer(true);
      say("Your image is in. The bundled model has met nothing but drawings of a field guide: on a photo its answer says little.");
    } catch (error) {
      say(error.message);
    }
  }

  /** Put the reader's image into the widget's spare place, and look at it. */
  function offer(look) {
    const index = now.get("total") - 1;
    now.set({ extra: { ...mine.entry, index }, extra_vector: mine.vector });
    if (look) change(now, (document) => (document.picture = index));
  }

  /** A small JPEG of an image as a data URI, upright. */
  async function thumbnail(chosen) {
    const whole = await createImageBitmap(chosen, { imageOrientation: "from-image" });
    const share = Math.min(1, SIDE / Math.max(whole.width, whole.height));
    const canvas = element("canvas", { width: Math.max(1, Math.round(whole.width * share)), height: Math.max(1, Math.round(whole.height * share)) });
    const context = canvas.getContext("2d");
    context.fillStyle = "white";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.imageSmoothingQuality = "high";
    context.drawImage(whole, 0, 0, canvas.width, canvas.height);
    whole.close();
    return canvas.toDataURL("image/jpeg", 0.85);
  }

  const tools = element("div", { className: "clipnb-live-tools" }, element("label", {}, "Field guide: ", kinds), add, remove);
  place.querySelector(".clipnb-stage").before(zone, tools, note);
}

register("explorer", { render: explorer.render, answer, extras });

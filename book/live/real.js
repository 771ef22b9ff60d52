// @ts-check
// The place where a reader asks for a real CLIP in the page. Until then nothing is fetched from another origin; what does the work (real_clip.js) is loaded
// with the first request.

import { h, setText } from "../../clipnb/widgets/common/common.js";
import { messageOf } from "./page_kernel.js";

/** @typedef {import("./real_clip.js").Folder} Folder */
/** @typedef {import("./real_clip.js").Opened} Opened */

const HUB = "https://huggingface.co/Xenova/clip-vit-base-patch32/resolve/main/";
const HUB_SIZE = "156 MB"; // 64.5 MB for texts, 89.1 MB for images, 2.2 MB for the tokenizer
const CARD = "https://huggingface.co/openai/clip-vit-base-patch32";

/**
 * {element, now}: the place to ask, and a line on the model in use, which stands above the results.
 *
 * @param {object} options
 * @param {URL} options.here
 * @param {(opened: Opened | null, signal: AbortSignal, seen: (share: number) => void) => Promise<void>} options.use shows the page with this model, or with the bundled one
 */
export function makeReal({ here, use }) {
  /** @returns {Promise<typeof import("./real_clip.js")>} */
  const engine = () => import(new URL("real_clip.js", here).href);
  /** @type {Opened | null} */
  let opened = null;
  /** @type {AbortController | null} */
  let work = null;

  const words = h("span", { role: "status" });
  const progress = h("progress", { max: 1, value: 0, hidden: true, aria: { label: "How much of the real CLIP is here" } });
  const cancel = h("button", { type: "button", hidden: true, onclick: () => work?.abort() }, "Cancel");
  const hub = h("button", { type: "button", onclick: () => attempt(async (signal) => load(await (await engine()).folderAt(new URL(HUB), signal), signal)) }, `Load ${HUB_SIZE} from huggingface.co`);
  const address = h("input", { type: "url", placeholder: "https://…", autocomplete: "off", spellcheck: false, aria: { label: "Address of the folder" } });
  const ask = h("button", { type: "submit" }, "Look up its size");
  const form = h("form", { onsubmit: (/** @type {Event} */ event) => (event.preventDefault(), attempt(lookUp)) }, h("label", {}, "Address of a folder, such as a teacher's ", address), ask);
  const offer = h("button", { type: "button", hidden: true });
  const folder = h("input", { type: "file", multiple: true, webkitdirectory: true, onchange: () => choose() });
  const keptUse = h("button", { type: "button", onclick: () => attempt(async (signal) => load(await (await engine()).keptFolder(), signal, false)) });
  const drop = h("button", { type: "button", onclick: () => attempt(forget) }, "Remove the kept model from this browser");
  const kept = h("p", { hidden: true }, keptUse, " ", drop);
  const element = h(
    "details",
    { class: "clipnb-real" },
    h("summary", {}, "Use a real CLIP in this page"),
    h(
      "p", {},
      "The bundled CLIP was trained on drawings. OpenAI's ViT-B/32 was trained on 400 million images and texts of the web. In its 8-bit version, Xenova/clip-vit-base-patch32, it has ",
      h("strong", {}, HUB_SIZE),
      ". It is fetched only if you ask for it here, and this browser keeps it until you remove it. The server sees your network address, but never your image or your texts. OpenAI's code is under the MIT licence; the ",
      h("a", { href: CARD, rel: "noreferrer" }, "model card"),
      " says what the model is not meant for."
    ),
    kept,
    h("p", {}, hub),
    form,
    h("p", {}, offer),
    h("p", {}, h("label", {}, "Folder on this computer ", folder)),
    h("p", { class: "clipnb-real-state" }, words, progress, cancel)
  );
  const back = h("button", { type: "button", onclick: () => attempt(leave) }, "Back to the bundled CLIP");
  const model = h("span");
  const now = h("p", { class: "clipnb-real-now", hidden: true }, model, back);
  const buttons = [hub, ask, offer, keptUse, drop, back];
  showKept();

  /** One thing at a time, which can be cancelled. @param {(signal: AbortSignal) => Promise<string>} act answers what is said at its end */
  async function attempt(act) {
    if (work) return;
    const mine = (work = new AbortController());
    redraw(true);
    try {
      setText(words, await act(mine.signal));
    } catch (error) {
      setText(words, mine.signal.aborted ? "Cancelled. The numbers are those of the model from before." : messageOf(error));
    } finally {
      work = null;
      redraw(false);
      await showKept();
    }
  }

  /** @param {boolean} busy */
  function redraw(busy) {
    const focused = document.activeElement;
    for (const one of [...buttons, folder]) one.disabled = busy;
    cancel.hidden = !busy;
    if (!busy) progress.hidden = true;
    else offer.hidden = true;
    element.setAttribute("aria-busy", String(busy));
    if (busy && focused instanceof HTMLElement && focused.matches(":disabled")) cancel.focus(); // a disabled button loses the focus
  }

  /** @param {string} text @param {number} share */
  function tell(text, share) {
    setText(words, text);
    progress.hidden = false;
    progress.value = share;
  }

  /**
   * Fetch, open and use the files of a folder.
   *
   * @param {Folder} found
   * @param {AbortSignal} signal
   * @param {boolean} [isNew] whether the browser is asked to keep it
   */
  async function load(found, signal, isNew = true) {
    const { open, keep, read, sizeOf } = await engine();
    const of = found.size ? ` of ${sizeOf(found.size)}` : "";
    tell(`Loading ${found.name}${of} …`, 0);
    const parts = await read(found, signal, (loaded) => void (progress.value = found.size ? loaded / found.size : 0));
    tell("Starting the model; a large one takes a few seconds …", 1);
    const one = await open(found.name, parts, signal);
    try {
      tell("The model is reading the images of this page …", 0);
      await use(one, signal, (share) => void (progress.value = share));
    } catch (error) {
      one.close();
      throw error;
    }
    opened?.close();
    opened = one;
    now.hidden = false;
    setText(model, `All numbers on this page are those of “${one.name}” (${sizeOf(one.size)}), at logit scale ${Number(one.scale.toFixed(1))}. `);
    if (isNew) await keep(one, parts);
    return `“${one.name}” is in use.`;
  }

  /** @param {AbortSignal} signal */
  async function lookUp(signal) {
    const { addressOf, folderAt, sizeOf } = await engine();
    const found = await folderAt(addressOf(address.value), signal);
    const size = found.size ? sizeOf(found.size) : "a size that the server does not say";
    setText(offer, `Load ${size} from ${new URL(address.value.trim()).host}`);
    offer.onclick = () => attempt((until) => load(found, until));
    queueMicrotask(() => (offer.hidden = false));
    return `The folder has all five files, ${size}.`;
  }

  async function choose() {
    const files = [...(folder.files ?? [])];
    folder.value = "";
    if (files.length) await attempt(async (signal) => load((await engine()).folderOn(files), signal));
  }

  /** @param {AbortSignal} signal */
  async function leave(signal) {
    await use(null, signal, () => {});
    opened?.close();
    opened = null;
    now.hidden = true;
    return "The numbers are those of the bundled CLIP again.";
  }

  async function forget() {
    await (await engine()).remove();
    return opened ? "Removed from this browser. It stays in use until you leave the page." : "Removed from this browser.";
  }

  async function showKept() {
    const has = "caches" in globalThis && (await caches.has("clipnb-real-clip"));
    const { kept: look, sizeOf } = has ? await engine() : { kept: async () => null, sizeOf: String };
    const found = await look();
    kept.hidden = !found;
    keptUse.hidden = found?.name === opened?.name;
    if (found) setText(keptUse, `Use “${found.name}”, kept in this browser (${sizeOf(found.size)})`);
  }

  return { element, now };
}

// @ts-check
// What all pages of widgets share. Text reaches the DOM through text nodes and properties only.

import { Refusal, same } from "./document.js";
import { floats } from "./scoring.js";

export const NO_KERNEL = "New text needs a running kernel, and none has answered: run this cell in Jupyter.";
export const SILENT = "This needs a running kernel, and none has answered: run this cell in Jupyter.";
export const PATIENCE = 4000; // ms until a silent kernel is called absent
const PAUSE = 250; // ms without a key before new text is sent; a page whose model is at hand has a shorter `pause`

/**
 * An element: h("button", {class: "x", onclick: f, aria: {label: "…"}}, "text", child, …).
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} [properties]
 * @param {...(Node | string | null | undefined)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (name === "class") element.className = value;
    else if (name === "aria") for (const [key, text] of Object.entries(value)) element.setAttribute(`aria-${key}`, text);
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name === "role" || name === "for") element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/**
 * What anywidget gives a page: traits that can be read, set and heard.
 *
 * @typedef {object} Model
 * @property {(name: string) => any} get
 * @property {(name: string, value: any) => void} set
 * @property {(event: string, hear: () => void) => void} on
 * @property {(message: any) => void} send
 *
 * @typedef {import("./document.js").Machine} Machine
 * @typedef {import("./document.js").Action} Action
 */

/**
 * The children of an element that the page made: which elements they are is known where they were made.
 *
 * @param {Element} element
 * @returns {any[]}
 */
export const childrenOf = (element) => [...element.children];

/** Whether the reader is in a field. @param {HTMLElement} field */
export const isFocused = (field) => field === /** @type {Document | ShadowRoot} */ (field.getRootNode()).activeElement;

/** The element of a widget, in which JupyterLab's shortcuts rest: arrows and Enter belong to the fields. */
export function root(el, kind) {
  el.classList.add("clipnb", `clipnb-widget-${kind}`); // the kind's own style is written for that class, see base.py
  el.dataset.lmSuppressShortcuts = "true";
  // Lab looks at the focused element before its ancestors: without this, a letter typed in a list of choices changes or deletes the cell.
  el.addEventListener("focusin", (event) => event.target.setAttribute("data-lm-suppress-shortcuts", "true"));
  el.addEventListener("keydown", (event) => event.stopPropagation()); // the notebook takes arrows for itself, and a radio button never moves
  return el;
}

/**
 * Change a text only if it differs, so that a screen reader and a selection are left in peace.
 *
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Change the value of a field, unless the reader is in it.
 *
 * @param {any} field
 * @param {string} value
 */
export function setValue(field, value) {
  if (field.value !== value && !isFocused(field)) field.value = value;
}

/** A field for a phrase: one line of text, which wraps and grows instead of being cut; its element, for setPhrase. `change(text)` hears what is typed. */
export function phrase(properties, change) {
  const field = h("textarea", { rows: 1, spellcheck: false, oninput: () => change(oneLine(field.value)), ...properties });
  field.addEventListener("beforeinput", (event) => ["insertLineBreak", "insertParagraph"].includes(event.inputType) && event.preventDefault());
  field.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain");
    if (oneLine(text) === text) return;
    event.preventDefault();
    document.execCommand("insertText", false, oneLine(text)); // unlike a new value, this can be taken back by Ctrl+Z
  });
  return h("span", { class: "clipnb-phrase" }, field);
}

const oneLine = (text) => text.replace(/[\r\n]+/g, " ");

/** As setValue, for the element of a phrase. */
export function setPhrase(element, value) {
  const field = element.firstElementChild;
  setValue(field, value);
  if (element.dataset.text !== field.value) element.dataset.text = field.value; // the style draws it unseen behind the field, which is as high as that is
}

/**
 * Make a parent hold exactly `count` children: make(i) for new ones; the others stay, and keep the focus.
 *
 * @param {Element} parent
 * @param {number} count
 * @param {(i: number) => Element} make
 */
export function keepChildren(parent, count, make) {
  while (parent.children.length > count) parent.lastElementChild.remove();
  while (parent.children.length < count) parent.append(make(parent.children.length));
}

/**
 * A function to call with whether something is still missing; says so if the kernel stays silent. A page with a kernel of its own has its own words.
 *
 * @param {Model} model
 * @param {Element} status
 * @param {string} [words]
 * @returns {(missing: boolean) => void}
 */
export function patient(model, status, words = SILENT) {
  const silent = model.get("absent") ?? words;
  let timer;
  return (missing) => {
    clearTimeout(timer);
    if (missing) timer = setTimeout(() => setText(status, silent), PATIENCE);
    else if (status.textContent === silent) setText(status, "");
  };
}

/**
 * Tie a machine to the kernel. Returns act(action, later): perform it here and now, redraw, and tell the kernel; `later` waits for a
 * pause in the typing. `say` shows a text.
 *
 * @param {Model} model
 * @param {Machine} machine
 * @param {() => void} redraw
 * @param {(sentence: string) => void} say
 */
export function connect(model, machine, redraw, say) {
  const view = Math.random().toString(36).slice(2);
  let [sent, waiting, timer] = [0, null, null];
  const behind = () => waiting !== null || (model.get("answered")[view] ?? 0) < sent;

  function post(action) {
    sent += 1;
    try {
      model.send({ ...action, view, serial: sent });
    } catch {
      // without a kernel the page goes on by itself
    }
  }

  function flush() {
    if (waiting === null) return;
    clearTimeout(timer);
    const action = waiting;
    waiting = null;
    post(action);
  }

  /** @param {Action} action */
  function act(action, later = false) {
    if (waiting && !(later && waiting.do === action.do && waiting.of === action.of && waiting.row === action.row)) flush();
    try {
      machine.act(action);
      say("");
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      say(error.message);
      redraw();
      return;
    }
    model.set("document", structuredClone(machine.document));
    if (later) {
      clearTimeout(timer);
      waiting = action;
      timer = setTimeout(flush, model.get("pause") ?? PAUSE);
    } else post(action);
    redraw();
  }

  function adopt() {
    if (behind() || same(model.get("document"), machine.document)) return;
    machine.adopt(model.get("document"));
    redraw();
  }

  const first = model.get("first"); // the cell was run again, and the reader's edits are still here
  if (first && Object.keys(first).length) machine.beginAt(first);
  model.on("change:document", adopt);
  model.on("change:answered", () => (adopt(), redraw()));
  const problem = () => model.get("problem") && say(model.get("problem"));
  model.on("change:problem", problem);
  problem();
  post({ do: "hello" });
  return { act, flush, behind };
}

/** A bar from 0 to 1, or from -1 to 1 with `signed`. */
export function bar() {
  return h("span", { class: "clipnb-bar", aria: { hidden: "true" } }, h("span", { class: "clipnb-fill" }));
}

/**
 * @param {any} element of bar()
 * @param {number} share
 */
export function setBar(element, share) {
  const fill = element.firstElementChild;
  fill.style.width = `${(100 * Math.min(1, Math.abs(share))).toFixed(2)}%`;
  fill.dataset.sign = share < 0 ? "minus" : "plus";
}

/** "+0.012", "−0.012", and "+0.000" for what rounds to nothing. */
export const signed = (x) => `${x <= -0.0005 ? "−" : "+"}${Math.abs(x).toFixed(3)}`;
/** "0.12", "−0.12", and never a minus before nothing. */
export const decimal = (x, digits) => x.toFixed(digits).replace(/^-(?=0\.?0*$)/, "").replace("-", "−");
export const percent = (x) => `${(100 * x).toFixed(x > 0 && x < 0.1 ? 1 : 0)} %`;

/**
 * Give the reader a file, made here: no server is asked.
 *
 * @param {string} name
 * @param {string} text
 */
export function download(name, text) {
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

/**
 * Images to choose from: a row of radio buttons (arrow keys move), and the number of any other image.
 *
 * @param {Model} model
 * @param {(index: number) => void} choose
 */
export function pictureStrip(model, choose) {
  const group = `pictures-${Math.random().toString(36).slice(2)}`;
  const offered = model.get("pictures");
  const radios = offered.map((one) =>
    h("input", { type: "radio", name: group, onchange: () => choose(one.index), aria: { label: caption(one) } })
  );
  const thumbs = offered.map((one, i) => h("label", { title: caption(one) }, radios[i], h("img", { src: one.uri, alt: "", width: 56 })));
  const field = h("input", {
    type: "number", min: 1, max: model.get("total"), class: "clipnb-number",
    onchange: () => choose(Math.round(Number(field.value)) - 1),
  });
  const more = model.get("total") > offered.length && !model.get("own"); // an image of the reader's own has no number
  const any = h("label", { class: "clipnb-any" }, `image (1 to ${model.get("total")}) `, field);
  const element = h("fieldset", { class: "clipnb-strip" }, h("legend", {}, "Pictures"), ...thumbs, more ? any : null);
  const redraw = (chosen) => {
    offered.forEach((one, i) => (radios[i].checked = one.index === chosen));
    any.dataset.shown = String(!offered.some((one) => one.index === chosen)); // the frame that a thumbnail would have
    setValue(field, String(chosen + 1));
  };
  return { element, redraw };
}

export const caption = (one) => (one.truth ? `${one.truth} (${one.name})` : one.name);

/**
 * The picture with this index and its vector: {entry, vector}, or undefined until the kernel has sent it.
 *
 * @param {Model} model
 * @param {number} dim
 * @returns {(index: number) => { entry: any, vector: Float32Array } | undefined}
 */
export function pictureReader(model, dim) {
  const vectors = floats(model.get("picture_vectors"));
  const offered = model.get("pictures").map((entry, i) => ({ entry, vector: vectors.subarray(i * dim, (i + 1) * dim) }));
  return (chosen) => {
    const extra = model.get("extra");
    if (extra && extra.index === chosen) return { entry: extra, vector: floats(model.get("extra_vector")) };
    return offered.find((one) => one.entry.index === chosen);
  };
}

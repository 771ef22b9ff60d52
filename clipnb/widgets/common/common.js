// @ts-check
// What all pages of widgets share. Text reaches the DOM through text nodes and properties only.

import { Machine, Refusal, same } from "./document.js";
import { Embeddings, floats, rowsIn } from "./scoring.js";

export const NO_KERNEL = "New text needs a running kernel, and none has answered: run this cell in Jupyter.";
export const SILENT = "This needs a running kernel, and none has answered: run this cell in Jupyter.";
export const PATIENCE = 4000; // ms until a silent kernel is called absent
const PAUSE = 250; // ms without a key before new text is sent; a page whose model is at hand has a shorter `pause`

/**
 * An element: h("button", {class: "x", onclick: f, aria: {label: "…"}}, "text", child, …).
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Properties} [properties]
 * @param {...(Node | string | null | undefined)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, properties = {}, ...children) {
  const { class: className, aria = {}, data = {}, role, for: target, ...rest } = properties;
  const element = document.createElement(tag);
  if (className !== undefined) element.className = className;
  for (const [key, text] of Object.entries(aria)) element.setAttribute(`aria-${key}`, text);
  Object.assign(element.dataset, data);
  if (role !== undefined) element.setAttribute("role", role);
  if (target !== undefined) element.setAttribute("for", target);
  for (const [name, value] of Object.entries(rest)) if (value !== undefined && value !== null) Object.assign(element, { [name]: value });
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/**
 * The children of an element that the page made; a caller who knows more of them says so.
 *
 * @param {Element} element
 */
export const childrenOf = (element) => /** @type {HTMLElement[]} */ ([...element.children]);

/** Whether the reader is in a field. @param {HTMLElement} field */
export const isFocused = (field) => field === /** @type {Document | ShadowRoot} */ (field.getRootNode()).activeElement;

/**
 * The element of a widget, in which JupyterLab's shortcuts rest: arrows and Enter belong to the fields.
 *
 * @param {HTMLElement} el
 * @param {string} kind
 */
export function root(el, kind) {
  el.classList.add("clipnb", `clipnb-widget-${kind}`); // the kind's own style is written for that class, see base.py
  el.dataset.lmSuppressShortcuts = "true";
  // Lab looks at the focused element before its ancestors: without this, a letter typed in a list of choices changes or deletes the cell.
  el.addEventListener("focusin", (event) => /** @type {Element} */ (event.target).setAttribute("data-lm-suppress-shortcuts", "true"));
  el.addEventListener("keydown", (event) => event.stopPropagation()); // the notebook takes arrows for itself, and a radio button never moves
  return el;
}

/** Where a page says what went wrong, and what it waits for. */
export const statusLine = () => h("p", { class: "clipnb-status", role: "status", aria: { live: "polite" } });

/**
 * The buttons of a document that is edited.
 *
 * @param {(action: { do: "undo" } | { do: "reset" }) => void} act
 */
export function editButtons(act) {
  const undo = h("button", { type: "button", onclick: () => act({ do: "undo" }) }, "Undo");
  const reset = h("button", { type: "button", onclick: () => act({ do: "reset" }) }, "Reset");
  /** @param {{ past: unknown[], first: unknown, kept: () => unknown }} machine */
  const redraw = (machine) => {
    undo.disabled = !machine.past.length;
    reset.disabled = same(machine.kept(), machine.first);
  };
  return { undo, reset, redraw };
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
 * @param {HTMLInputElement | HTMLTextAreaElement} field
 * @param {string} value
 */
export function setValue(field, value) {
  if (field.value !== value && !isFocused(field)) field.value = value;
}

/**
 * A field for one line of text, which wraps and grows instead of being cut; its element, for setTextField. `change(text)` hears what is typed.
 *
 * @param {Properties} properties
 * @param {(text: string) => void} change
 */
export function textField(properties, change) {
  const field = h("textarea", { rows: 1, spellcheck: false, oninput: () => change(oneLine(field.value)), ...properties });
  field.addEventListener("beforeinput", (event) => {
    if (["insertLineBreak", "insertParagraph"].includes(event.inputType)) event.preventDefault();
  });
  field.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (oneLine(text) === text) return;
    event.preventDefault();
    document.execCommand("insertText", false, oneLine(text)); // unlike a new value, this can be taken back by Ctrl+Z
  });
  return h("span", { class: "clipnb-textfield" }, field);
}

const oneLine = (/** @type {string} */ text) => text.replace(/[\r\n]+/g, " ");

/**
 * The field in the element of a textField.
 *
 * @param {Element} element
 */
export const fieldOf = (element) => /** @type {HTMLTextAreaElement} */ (element.firstElementChild);

/**
 * As setValue, for the element of a textField.
 *
 * @param {HTMLElement} element
 * @param {string} value
 */
export function setTextField(element, value) {
  const field = fieldOf(element);
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
  while (parent.children.length > count) parent.lastElementChild?.remove();
  while (parent.children.length < count) parent.append(make(parent.children.length));
}

/**
 * A function to call with whether something is still missing; says so if the kernel stays silent. A page with a kernel of its own has its own words.
 *
 * @param {Model<LiveTraits>} model
 * @param {Element} status
 * @param {string} [words]
 * @returns {(missing: boolean) => void}
 */
export function patient(model, status, words = SILENT) {
  const silent = model.get("absent") ?? words;
  let timer = 0;
  return (missing) => {
    clearTimeout(timer);
    if (missing) timer = setTimeout(() => setText(status, silent), PATIENCE);
    else if (status.textContent === silent) setText(status, "");
  };
}

/**
 * What a page tells the kernel, in the order in which it happened; what is typed waits for a pause.
 *
 * @template Action
 */
class Outbox {
  /** @param {Model<WidgetTraits>} model */
  constructor(model) {
    this.model = model;
    this.view = Math.random().toString(36).slice(2);
    this.sent = 0;
    this.timer = 0;
    /** @type {Action | null} */
    this.waiting = null;
  }

  /** Whether the kernel has not performed yet all that was done here. */
  get isAhead() {
    return this.waiting !== null || (this.model.get("answered")[this.view] ?? 0) < this.sent;
  }

  /** @param {Action | { do: "hello" }} action */
  post(action) {
    this.sent += 1;
    try {
      this.model.send({ ...action, view: this.view, serial: this.sent });
    } catch {
      // without a kernel the page goes on by itself
    }
  }

  /** @param {Action} action */
  postLater(action) {
    clearTimeout(this.timer);
    this.waiting = action;
    this.timer = setTimeout(() => this.flush(), this.model.get("pause") ?? PAUSE);
  }

  flush() {
    if (this.waiting === null) return;
    clearTimeout(this.timer);
    const action = this.waiting;
    this.waiting = null;
    this.post(action);
  }
}

/**
 * Whether two actions change the same place, as letters that are typed into one field.
 *
 * @param {object} one
 * @param {object} other
 */
const isSamePlace = (one, other) => same(placeOf(one), placeOf(other));

/** @param {{ do?: unknown, of?: unknown, row?: unknown }} action */
const placeOf = (action) => [action.do, action.of, action.row];

/**
 * Tie a machine to the kernel. Returns act(action, later): perform it here and now, redraw, and tell the kernel; `later` waits for a
 * pause in the typing; and flush(), which ends the waiting. `status` shows what went wrong.
 *
 * @template {object} Document
 * @template {object} Actions
 * @template {keyof Document} Edited
 * @param {Model<DocumentTraits<Document, Edited>>} model
 * @param {Machine<Document, Actions, Edited>} machine
 * @param {() => void} redraw
 * @param {Element} status
 */
export function connect(model, machine, redraw, status) {
  /** @type {Outbox<ActionOf<Actions>>} */
  const outbox = new Outbox(model);
  const say = (/** @type {string} */ text) => setText(status, text);

  /** @type {Act<Actions>} */
  function act(action, later = false) {
    if (outbox.waiting && !(later && isSamePlace(outbox.waiting, action))) outbox.flush();
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
    if (later) outbox.postLater(action);
    else outbox.post(action);
    redraw();
  }

  function adopt() {
    if (outbox.isAhead || same(model.get("document"), machine.document)) return;
    machine.adopt(model.get("document"));
    redraw();
  }

  const first = model.get("first"); // the cell was run again, and the reader's edits are still here
  if (first && Object.keys(first).length) machine.beginAt(/** @type {Pick<Document, Edited>} */ (first));
  model.on("change:document", adopt);
  model.on("change:answered", () => (adopt(), redraw()));
  const problem = () => model.get("problem") && say(model.get("problem"));
  model.on("change:problem", problem);
  problem();
  outbox.post({ do: "hello" });
  return { act, flush: () => outbox.flush() };
}

/**
 * Draw anew whenever one of these traits changes.
 *
 * @template Traits
 * @param {Model<Traits>} model
 * @param {(keyof Traits & string)[]} names
 * @param {() => void} redraw
 */
export function redrawOn(model, names, redraw) {
  for (const name of names) model.on(`change:${name}`, redraw);
}

/**
 * What tests and screenshots wait for: how much is missing, and what went wrong in the kernel.
 *
 * @param {HTMLElement} el
 * @param {Model<WidgetTraits>} model
 * @param {number} [pending]
 */
export function setPending(el, model, pending = 0) {
  el.dataset.pending = String(pending);
  el.dataset.failures = String(model.get("failures"));
}

/** A bar from 0 to 1, or from -1 to 1 with `signed`. */
export function bar() {
  return h("span", { class: "clipnb-bar", aria: { hidden: "true" } }, h("span", { class: "clipnb-fill" }));
}

/**
 * @param {Element} element of bar()
 * @param {number} share
 */
export function setBar(element, share) {
  const [fill] = childrenOf(element);
  fill.style.width = `${(100 * Math.min(1, Math.abs(share))).toFixed(2)}%`;
  fill.dataset.sign = share < 0 ? "minus" : "plus";
}

/**
 * Headings of the columns of a list. A reader who hears the list hears what each number is from its label or title.
 *
 * @param {...string} words
 */
export const heads = (...words) => h("div", { class: "clipnb-heads", aria: { hidden: "true" } }, ...words.map((one) => h("span", {}, one)));

/** "+0.012", "−0.012", and "+0.000" for what rounds to nothing. @param {number} x */
export const signed = (x) => `${x <= -0.0005 ? "−" : "+"}${Math.abs(x).toFixed(3)}`;

/**
 * "0.12", "−0.12", and never a minus before nothing.
 *
 * @param {number} x
 * @param {number} digits
 */
export const decimal = (x, digits) => x.toFixed(digits).replace(/^-(?=0\.?0*$)/, "").replace("-", "−");

/** @param {string} text */
export const capital = (text) => text[0].toUpperCase() + text.slice(1);

/** @param {number} x */
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
 * @param {Model<ChoosingTraits>} model
 * @param {(index: number) => void} choose
 */
export function imageStrip(model, choose) {
  const group = `images-${Math.random().toString(36).slice(2)}`;
  const offered = model.get("pictures");
  const radios = offered.map((one) =>
    h("input", { type: "radio", name: group, onchange: () => choose(one.index), aria: { label: caption(one) } })
  );
  const thumbs = offered.map((one, i) => h("label", { title: caption(one) }, radios[i], h("img", { src: one.uri, alt: "", width: 56 })));
  const field = h("input", {
    type: "number", min: 1, max: model.get("total"), class: "clipnb-number",
    onchange: () => choose(Math.round(Number(field.value)) - 1),
  });
  // an image of the reader's own has no number; where there is no kernel, none but the offered ones can be had
  const more = model.get("total") > offered.length && !model.get("own") && !model.get("saved");
  const any = h("label", { class: "clipnb-any" }, `image (1 to ${model.get("total")}) `, field);
  const element = h("fieldset", { class: "clipnb-strip" }, h("legend", {}, "Images"), ...thumbs, more ? any : null);
  const redraw = (/** @type {number} */ chosen) => {
    offered.forEach((one, i) => (radios[i].checked = one.index === chosen));
    any.dataset.shown = String(!offered.some((one) => one.index === chosen)); // the frame that a thumbnail would have
    setValue(field, String(chosen + 1));
  };
  return { element, redraw };
}

/** @param {{ truth: string, name: string }} one */
export const caption = (one) => (one.truth ? `${one.truth} (${one.name})` : one.name);
/** The same below an image whose class is predicted beside it. @param {{ truth: string, name: string }} one */
export const legend = (one) => (one.truth ? "True class: " : "") + caption(one);

/**
 * An image with its caption.
 *
 * @param {Properties} [properties] of the figure
 * @param {Properties} [size] of the image
 */
export function figureOf(properties, size) {
  const [image, text] = [h("img", { class: "clipnb-image", ...size }), h("figcaption")];
  const element = h("figure", properties, image, text);
  /** @param {ImageEntry} entry */
  const redraw = (entry) => {
    setSource(image, entry.uri);
    image.alt = caption(entry);
    setText(text, legend(entry));
  };
  return { element, redraw };
}

/**
 * Change the address of an image only if it differs, so that it is not decoded again.
 *
 * @param {HTMLImageElement} image
 * @param {string} uri
 */
export function setSource(image, uri) {
  if (image.src !== uri) image.src = uri;
}

/**
 * The image with this index and its embedding, or undefined until the kernel has sent it.
 *
 * @param {Model<ScoredTraits>} model
 * @param {number} dim
 * @returns {(index: number) => { entry: ImageEntry, embedding: Embedding } | undefined}
 */
export function imageReader(model, dim) {
  const embeddings = rowsIn(model.get("picture_vectors"), dim);
  const offered = model.get("pictures").map((entry, i) => ({ entry, embedding: embeddings[i] }));
  return (chosen) => {
    const extra = extraOf(model);
    if (extra?.index === chosen) return { entry: extra, embedding: floats(model.get("extra_vector")) };
    return offered.find((one) => one.entry.index === chosen);
  };
}

/**
 * The image that is shown beside the offered ones, if the kernel has sent one.
 *
 * @param {Model<ChoosingTraits>} model
 */
export function extraOf(model) {
  const extra = model.get("extra");
  return extra && "index" in extra ? /** @type {ImageEntry} */ (extra) : null;
}

/**
 * The embeddings of a page's texts: those from the start, and those that the kernel has made since; learn() takes in what is new.
 *
 * @param {Model<ScoredTraits>} model
 * @param {number} dim
 */
export function textEmbeddings(model, dim) {
  const embeddings = new Embeddings(dim);
  embeddings.add(model.get("texts"), model.get("vectors"));
  const learn = () => embeddings.add(model.get("new_texts") ?? [], model.get("new_vectors"));
  learn();
  return { embeddings, learn };
}

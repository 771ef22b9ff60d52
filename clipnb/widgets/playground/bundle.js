// Made from clipnb/widgets/playground/page.js by tests/javascript/bundle.py; sources 8d07c17dface5a529750e79a2cd4452ff416465eb03779507a1c296d415d0a11
// clipnb/widgets/common/document.js
var Refusal = class extends Error {
};
function same(a, b) {
  if (a === b) return true;
  if (!isObject(a) || !isObject(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && same(a[key], b[key]));
}
var isObject = (value) => typeof value === "object" && value !== null;
var shown = (value) => typeof value === "object" && value !== null ? "an object" : String(value).slice(0, 40);
function index(value, count, what) {
  if (!Number.isInteger(value) || value < 0 || value >= count) throw new Refusal(`There is no ${what} ${shown(value)}; there are ${count}, counted from 0.`);
  return value;
}
function number(value, low, high, what) {
  if (typeof value !== "number" || !Number.isFinite(value) || value < low || value > high) {
    throw new Refusal(`${what} is a number from ${low} to ${high}, not ${shown(value)}.`);
  }
  return value;
}
function words(value, longest = 2e3) {
  if ([...value].length > longest) throw new Refusal(`This text has ${[...value].length} characters; at most ${longest} are taken.`);
  return value;
}
var Machine = class {
  /**
   * @param {Document} document
   * @param {Rules<Document, Actions, Edited>} rules
   */
  constructor(document2, { actions, edited, merged }) {
    this.document = structuredClone(document2);
    this.actions = actions;
    this.edited = edited;
    this.merged = merged;
    this.past = [];
    this.place = null;
    this.first = this.kept();
  }
  kept() {
    const kept = Object.fromEntries(this.edited.map((key) => [key, this.document[key]]));
    return structuredClone(
      /** @type {Pick<Document, Edited>} */
      kept
    );
  }
  /** @param {ActionOf<Actions>} action */
  act(action) {
    const { do: name, ...rest } = (
      /** @type {{ do: string, of?: unknown, row?: unknown }} */
      action
    );
    if (name === "undo") return this.undo();
    if (name === "reset") return this.reset();
    const [kept, whole] = [this.kept(), structuredClone(this.document)];
    try {
      this.actions[name](this.document, rest);
    } catch (error) {
      this.document = whole;
      throw error;
    }
    if (!same(this.kept(), kept)) this.remember(kept, this.merged.includes(name) ? [name, rest.of, rest.row].join() : null);
  }
  undo() {
    if (this.past.length) Object.assign(this.document, this.past.pop());
    this.place = null;
  }
  reset() {
    const kept = this.kept();
    if (same(kept, this.first)) return;
    this.remember(kept, null);
    Object.assign(this.document, structuredClone(this.first));
  }
  /**
   * @param {Pick<Document, Edited>} kept
   * @param {string | null} place
   */
  remember(kept, place) {
    if (place === null || place !== this.place) this.past = [...this.past, kept].slice(-100);
    this.place = place;
  }
  /**
   * Reset goes back to this, and so does undo: what is shown was edited before this page was made.
   *
   * @param {Pick<Document, Edited>} first
   */
  beginAt(first) {
    this.first = structuredClone(first);
    if (!same(this.kept(), first)) this.past = [structuredClone(first)];
  }
  /**
   * The kernel's document, where it differs: somebody edited it in Python, or on another view.
   *
   * @param {Document} document
   */
  adopt(document2) {
    const kept = this.kept();
    this.document = structuredClone(document2);
    if (!same(this.kept(), kept)) this.remember(kept, null);
  }
};

// clipnb/widgets/common/scoring.js
var Embeddings = class {
  /** @param {number} dim */
  constructor(dim) {
    this.dim = dim;
    this.rows = /* @__PURE__ */ new Map();
  }
  /**
   * @param {Key[]} keys
   * @param {Bytes} view their embeddings, one after the other
   */
  add(keys, view) {
    const all = floats(view);
    keys.forEach((key, i) => this.rows.set(key, all.subarray(i * this.dim, (i + 1) * this.dim)));
  }
  /** @param {Key} key */
  has(key) {
    return this.rows.has(key);
  }
  /** @param {Key | undefined} key */
  get(key) {
    return this.rows.get(key);
  }
};
function floats(view) {
  if (!view?.byteLength) return new Float32Array(0);
  const bytes = ArrayBuffer.isView(view) ? view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength) : view.slice(0);
  return new Float32Array(bytes);
}
function rowsIn(view, dim) {
  const all = floats(view);
  return Array.from({ length: all.length / dim }, (_, i) => all.subarray(i * dim, (i + 1) * dim));
}
function cosine(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
function toProbabilities(scores, { scale, bias, sigmoid }) {
  const logits = scores.map((score) => score === null ? null : scale * score + bias);
  if (sigmoid) return logits.map((x) => x === null ? 0 : 1 / (1 + Math.exp(-x)));
  const top = Math.max(...logits.filter((x) => x !== null));
  const powers = logits.map((x) => x === null ? 0 : Math.exp(x - top));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((x) => sum ? x / sum : 0);
}
var rounded = (score) => Math.round(score * 1e9);
function ranked(scores) {
  const places = scores.map((score) => score === null ? Infinity : -rounded(score));
  return scores.map((_, i) => i).sort((a, b) => places[a] === places[b] ? a - b : places[a] - places[b]);
}

// clipnb/widgets/common/common.js
var NO_KERNEL = "New text needs a running kernel, and none has answered: run this cell in Jupyter.";
var SILENT = "This needs a running kernel, and none has answered: run this cell in Jupyter.";
var PATIENCE = 4e3;
var PAUSE = 250;
function h(tag, properties = {}, ...children) {
  const { class: className, aria = {}, data = {}, role, for: target, ...rest } = properties;
  const element = document.createElement(tag);
  if (className !== void 0) element.className = className;
  for (const [key, text] of Object.entries(aria)) element.setAttribute(`aria-${key}`, text);
  Object.assign(element.dataset, data);
  if (role !== void 0) element.setAttribute("role", role);
  if (target !== void 0) element.setAttribute("for", target);
  for (const [name, value] of Object.entries(rest)) if (value !== void 0 && value !== null) Object.assign(element, { [name]: value });
  element.append(...children.filter((child) => child !== null && child !== void 0));
  return element;
}
var childrenOf = (element) => (
  /** @type {HTMLElement[]} */
  [...element.children]
);
var isFocused = (field) => field === /** @type {Document | ShadowRoot} */
field.getRootNode().activeElement;
function root(el, kind) {
  el.classList.add("clipnb", `clipnb-widget-${kind}`);
  el.dataset.lmSuppressShortcuts = "true";
  el.addEventListener("focusin", (event) => (
    /** @type {Element} */
    event.target.setAttribute("data-lm-suppress-shortcuts", "true")
  ));
  el.addEventListener("keydown", (event) => event.stopPropagation());
  return el;
}
var statusLine = () => h("p", { class: "clipnb-status", role: "status", aria: { live: "polite" } });
function editButtons(act) {
  const undo = h("button", { type: "button", onclick: () => act({ do: "undo" }) }, "Undo");
  const reset = h("button", { type: "button", onclick: () => act({ do: "reset" }) }, "Reset");
  const redraw = (machine) => {
    undo.disabled = !machine.past.length;
    reset.disabled = same(machine.kept(), machine.first);
  };
  return { undo, reset, redraw };
}
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
function setValue(field, value) {
  if (field.value !== value && !isFocused(field)) field.value = value;
}
function textField(properties, change) {
  const field = h("textarea", { rows: 1, spellcheck: false, oninput: () => change(oneLine(field.value)), ...properties });
  field.addEventListener("beforeinput", (event) => {
    if (["insertLineBreak", "insertParagraph"].includes(event.inputType)) event.preventDefault();
  });
  field.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (oneLine(text) === text) return;
    event.preventDefault();
    document.execCommand("insertText", false, oneLine(text));
  });
  return h("span", { class: "clipnb-textfield" }, field);
}
var oneLine = (text) => text.replace(/[\r\n]+/g, " ");
var fieldOf = (element) => (
  /** @type {HTMLTextAreaElement} */
  element.firstElementChild
);
function setTextField(element, value) {
  const field = fieldOf(element);
  setValue(field, value);
  if (element.dataset.text !== field.value) element.dataset.text = field.value;
}
function keepChildren(parent, count, make) {
  while (parent.children.length > count) parent.lastElementChild?.remove();
  while (parent.children.length < count) parent.append(make(parent.children.length));
}
function patient(model, status, words2 = SILENT) {
  const silent = model.get("absent") ?? words2;
  let timer = 0;
  return (missing) => {
    clearTimeout(timer);
    if (missing) timer = setTimeout(() => setText(status, silent), PATIENCE);
    else if (status.textContent === silent) setText(status, "");
  };
}
var Outbox = class {
  /** @param {Model<WidgetTraits>} model */
  constructor(model) {
    this.model = model;
    this.view = Math.random().toString(36).slice(2);
    this.sent = 0;
    this.timer = 0;
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
};
var isSamePlace = (one, other) => same(placeOf(one), placeOf(other));
var placeOf = (action) => [action.do, action.of, action.row];
function connect(model, machine, redraw, status) {
  const outbox = new Outbox(model);
  const say = (text) => setText(status, text);
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
  const first = model.get("first");
  if (first && Object.keys(first).length) machine.beginAt(
    /** @type {Pick<Document, Edited>} */
    first
  );
  model.on("change:document", adopt);
  model.on("change:answered", () => (adopt(), redraw()));
  const problem = () => model.get("problem") && say(model.get("problem"));
  model.on("change:problem", problem);
  problem();
  outbox.post({ do: "hello" });
  return { act, flush: () => outbox.flush() };
}
function redrawOn(model, names, redraw) {
  for (const name of names) model.on(`change:${name}`, redraw);
}
function setPending(el, model, pending = 0) {
  el.dataset.pending = String(pending);
  el.dataset.failures = String(model.get("failures"));
}
function bar() {
  return h("span", { class: "clipnb-bar", aria: { hidden: "true" } }, h("span", { class: "clipnb-fill" }));
}
function setBar(element, share) {
  const [fill2] = childrenOf(element);
  fill2.style.width = `${(100 * Math.min(1, Math.abs(share))).toFixed(2)}%`;
  fill2.dataset.sign = share < 0 ? "minus" : "plus";
}
var decimal = (x, digits) => x.toFixed(digits).replace(/^-(?=0\.?0*$)/, "").replace("-", "−");
var percent = (x) => `${(100 * x).toFixed(x > 0 && x < 0.1 ? 1 : 0)} %`;
function imageStrip(model, choose) {
  const group = `images-${Math.random().toString(36).slice(2)}`;
  const offered = model.get("pictures");
  const radios = offered.map(
    (one) => h("input", { type: "radio", name: group, onchange: () => choose(one.index), aria: { label: caption(one) } })
  );
  const thumbs = offered.map((one, i) => h("label", { title: caption(one) }, radios[i], h("img", { src: one.uri, alt: "", width: 56 })));
  const field = h("input", {
    type: "number",
    min: 1,
    max: model.get("total"),
    class: "clipnb-number",
    onchange: () => choose(Math.round(Number(field.value)) - 1)
  });
  const more = model.get("total") > offered.length && !model.get("own") && !model.get("saved");
  const any = h("label", { class: "clipnb-any" }, `image (1 to ${model.get("total")}) `, field);
  const element = h("fieldset", { class: "clipnb-strip" }, h("legend", {}, "Images"), ...thumbs, more ? any : null);
  const redraw = (chosen) => {
    offered.forEach((one, i) => radios[i].checked = one.index === chosen);
    any.dataset.shown = String(!offered.some((one) => one.index === chosen));
    setValue(field, String(chosen + 1));
  };
  return { element, redraw };
}
var caption = (one) => one.truth ? `${one.truth} (${one.name})` : one.name;
var legend = (one) => (one.truth ? "True class: " : "") + caption(one);
function figureOf(properties, size) {
  const [image, text] = [h("img", { class: "clipnb-image", ...size }), h("figcaption")];
  const element = h("figure", properties, image, text);
  const redraw = (entry) => {
    setSource(image, entry.uri);
    image.alt = caption(entry);
    setText(text, legend(entry));
  };
  return { element, redraw };
}
function setSource(image, uri) {
  if (image.src !== uri) image.src = uri;
}
function imageReader(model, dim) {
  const embeddings = rowsIn(model.get("picture_vectors"), dim);
  const offered = model.get("pictures").map((entry, i) => ({ entry, embedding: embeddings[i] }));
  return (chosen) => {
    const extra = extraOf(model);
    if (extra?.index === chosen) return { entry: extra, embedding: floats(model.get("extra_vector")) };
    return offered.find((one) => one.entry.index === chosen);
  };
}
function extraOf(model) {
  const extra = model.get("extra");
  return extra && "index" in extra ? (
    /** @type {ImageEntry} */
    extra
  ) : null;
}
function textEmbeddings(model, dim) {
  const embeddings = new Embeddings(dim);
  embeddings.add(model.get("texts"), model.get("vectors"));
  const learn = () => embeddings.add(model.get("new_texts") ?? [], model.get("new_vectors"));
  learn();
  return { embeddings, learn };
}

// clipnb/widgets/common/announce.js
var QUIET = 600;
function announcer() {
  const element = h("p", { class: "clipnb-spoken", aria: { live: "polite", atomic: "true" } });
  let told = null;
  let timer = 0;
  function tell(parts) {
    clearTimeout(timer);
    if (!parts) return;
    const known = told ??= parts;
    const news = parts.filter((part, i) => part && part !== known[i]);
    if (!news.length) return;
    timer = setTimeout(() => {
      told = parts;
      setText(element, news.join(" "));
    }, QUIET);
  }
  return { element, tell };
}

// clipnb/widgets/playground/page.js
var MOST_NAMES = 10;
var LISTS = (
  /** @type {const} */
  ["templates", "names"]
);
var SHOWS = (
  /** @type {const} */
  ["probability", "cosine"]
);
function listOf(document2, of) {
  const name = LISTS.find((one) => one === of);
  if (!name) throw new Refusal(`There are rows of ${LISTS.join(" and ")}, not of ${of}.`);
  return document2[name];
}
var entryOf = (document2, of, row) => listOf(document2, of)[index(row, listOf(document2, of).length, "row")];
var PLAYGROUND = (total, { least, most }) => ({
  edited: ["templates", "names", "scale"],
  merged: ["edit", "rescale"],
  actions: {
    display: (document2, { what }) => {
      const show = SHOWS.find((one) => one === what);
      if (!show) throw new Refusal(`The table shows ${SHOWS.join(" or ")}, not ${what}.`);
      document2.show = show;
    },
    choose: (document2, { picture }) => document2.picture = index(picture, total, "image"),
    rescale: (document2, { scale }) => document2.scale = number(scale, least, most, "The logit scale"),
    edit: (document2, { of, row, text }) => entryOf(document2, of, row).text = words(text),
    switch: (document2, { of, row, on }) => entryOf(document2, of, row).on = on === true,
    add: (document2, { of }) => listOf(document2, of).push({ text: "", on: true }),
    remove: (document2, { of, row }) => listOf(document2, of).splice(index(row, listOf(document2, of).length, "row"), 1)
  }
});
var live = (rows) => [...rows.keys()].filter((i) => rows[i].on && rows[i].text.trim() !== "");
var fill = (template, name) => template.split("{}").join(name);
function meanOfKnown(values) {
  const known = values.filter((value) => value !== null);
  return known.length ? known.reduce((a, b) => a + b, 0) / known.length : null;
}
function columns(document2, image, embeddings, settings) {
  const names = live(document2.names).map((n) => document2.names[n].text);
  const cosines = live(document2.templates).map(
    (t) => names.map((name) => {
      const embedding = embeddings.get(fill(document2.templates[t].text, name));
      return embedding && image ? cosine(embedding, image) : null;
    })
  );
  if (!cosines.length || !names.length) return { cosine: [], probability: [] };
  const all = [...cosines, names.map((_, n) => meanOfKnown(cosines.map((row) => row[n])))];
  return { cosine: all, probability: all.map((row) => toProbabilities(row, { ...settings, scale: document2.scale })) };
}
function makeShows(sigmoid, { act }) {
  const group = `show-${Math.random().toString(36).slice(2)}`;
  const radios = SHOWS.map((what) => h("input", { type: "radio", name: group, onchange: () => act({ do: "display", what }) }));
  const element = h(
    "fieldset",
    { class: "clipnb-shows" },
    h("legend", {}, "Show"),
    h("label", {}, radios[0], sigmoid ? " probability (sigmoid)" : " probability (softmax)"),
    h("label", {}, radios[1], " raw cosine")
  );
  const redraw = (show) => radios.forEach((radio, i) => radio.checked = SHOWS[i] === show);
  return { element, redraw };
}
function makeDial(settings, { act, flush }) {
  const span = Math.log(settings.most / settings.least);
  const scaleAt = (share) => settings.least * Math.exp(span * share);
  const slide = () => act({ do: "rescale", scale: Number(scaleAt(Number(slider.value) / 1e3).toPrecision(3)) }, true);
  const slider = h("input", { type: "range", min: 0, max: 1e3, oninput: slide, onblur: flush, aria: { label: "Logit scale" } });
  const own = h("button", { type: "button", onclick: () => act({ do: "rescale", scale: settings.scale }) }, "the model's own");
  const text = h("span", { class: "clipnb-scale" });
  const element = h("div", { class: "clipnb-dial" }, h("label", {}, "Logit scale ", slider), text, own);
  const redraw = ({ scale, show }) => {
    const label = `${scale.toPrecision(3)} (temperature ${(1 / scale).toPrecision(2)})`;
    if (!isFocused(slider)) slider.value = String(Math.round(1e3 * Math.log(scale / settings.least) / span));
    setText(text, label);
    slider.setAttribute("aria-valuetext", label);
    slider.disabled = show === "cosine";
    own.disabled = show === "cosine" || scale === settings.scale;
  };
  return { element, redraw };
}
function makeFields(of, row, label, { act, leave }) {
  const on = h("input", { type: "checkbox", title: "on or off", onchange: () => act({ do: "switch", of, row, on: on.checked }), aria: { label: `${label}: on` } });
  const change = (text2) => act({ do: "edit", of, row, text: text2 }, true);
  const short = () => {
    const field = h("input", { type: "text", spellcheck: false, oninput: () => change(field.value), onblur: leave, aria: { label } });
    return field;
  };
  const text = of === "templates" ? textField({ onblur: leave, aria: { label } }, change) : short();
  const remove = h("button", { type: "button", class: "clipnb-remove", title: "Remove", onclick: () => act({ do: "remove", of, row }), aria: { label: `Remove ${label}` } }, "×");
  return [on, text, remove];
}
function makeNames(doing) {
  const list = h("ul", { class: "clipnb-names" });
  const add = h("button", { type: "button", onclick: addName }, "Add a name");
  const title = h("summary");
  const element = h("details", {}, title, list, add);
  function addName() {
    doing.act({ do: "add", of: "names" });
    element.open = true;
    focusLast(list, "input[type=text]");
  }
  function redraw(names) {
    setText(title, `Names (${live(names).length} of ${names.length} on): edit, switch off, add`);
    keepChildren(list, names.length, (n) => h("li", {}, ...makeFields("names", n, `name ${n + 1}`, doing)));
    names.forEach((name, n) => {
      const [on, text] = (
        /** @type {HTMLInputElement[]} */
        childrenOf(list.children[n])
      );
      on.checked = name.on;
      setValue(text, name.text);
      text.title = name.text;
    });
  }
  return { element, redraw };
}
function focusLast(parent, selector) {
  const fields = parent.querySelectorAll(selector);
  fields[fields.length - 1]?.focus();
}
function makeHead(doing) {
  const element = h("tr");
  const add = h("button", { type: "button", onclick: () => (doing.act({ do: "add", of: "templates" }), focusLast(element, "textarea")) }, "Add a prompt");
  function build(count) {
    const first = h("th", { scope: "col" }, "name");
    const last = h("th", { scope: "col", title: "the mean of the cosines over all prompts that are on" }, "all prompts");
    const fields = Array.from({ length: count }, (_, t) => makeFields("templates", t, `prompt ${t + 1}`, doing));
    element.replaceChildren(first, ...fields.map((one) => h("th", { scope: "col" }, h("span", { class: "clipnb-template" }, ...one))), last);
  }
  function redraw(templates) {
    if (element.children.length !== templates.length + 2) build(templates.length);
    templates.forEach((template, t) => {
      const [cell] = childrenOf(element.children[t + 1]);
      const [on, text] = (
        /** @type {[HTMLInputElement, HTMLElement]} */
        childrenOf(cell)
      );
      on.checked = template.on;
      setTextField(text, template.text);
      fieldOf(text).title = template.text.includes("{}") ? template.text : `${template.text} (without {} it says the same of every name)`;
    });
  }
  return { element, add, redraw };
}
function shownNames(names, values, truth) {
  const order = ranked(values.cosine.at(-1) ?? []);
  const right = order.find((n) => names[n] === truth);
  const shown2 = order.slice(0, MOST_NAMES);
  if (right !== void 0 && !shown2.includes(right)) shown2[shown2.length - 1] = right;
  return { shown: shown2, right, count: order.length };
}
function drawBody(body, { templates, show }, values, { names, shown: shown2, right }) {
  const place = new Map(live(templates).map((t, i) => [t, i]));
  const rowOf = [...templates.map((_, t) => place.get(t)), values.cosine.length - 1];
  const known = values.cosine.flat().filter((value) => value !== null);
  const [low, high] = show === "cosine" && known.length ? [Math.min(...known), Math.max(...known)] : [0, 1];
  const best = values.cosine.map((row) => ranked(row)[0]);
  keepChildren(body, shown2.length, () => h("tr", {}, h("th", { scope: "row" })));
  shown2.forEach((n, i) => {
    const line = body.children[i];
    keepChildren(line, rowOf.length + 1, () => h("td", {}, bar(), h("span", { class: "clipnb-value" })));
    const [head, ...cells] = childrenOf(line);
    setText(head, names[n] + (n === right ? " ✓" : ""));
    rowOf.forEach((row, c) => {
      const value = row === void 0 ? void 0 : values.cosine[row][n] === null ? null : values[show][row][n];
      const [share, text] = childrenOf(cells[c]);
      setBar(share, value ? (value - low) / (high - low || 1) : 0);
      setText(text, value === void 0 ? "" : value === null ? "…" : show === "cosine" ? decimal(value, 3) : percent(value));
      cells[c].dataset.best = String(row !== void 0 && best[row] === n);
    });
  });
}
function titleOf(show, sigmoid, shown2, count) {
  const what = show === "cosine" ? "Cosine of the image with each text; bars start at the smallest that is shown" : sigmoid ? "Probability of each text by itself" : "Probability of each name, among all that are on";
  return `${what}${count > shown2 ? `, the first ${shown2} of ${count}` : ""}. ✓ marks the true name, bold the best of a column.`;
}
function makeTable(head, sigmoid) {
  const [title, body] = [h("p", { class: "clipnb-title" }), h("tbody")];
  const element = h("div", { class: "clipnb-scroll" }, h("table", { class: "clipnb-prompts" }, h("thead", {}, head), body));
  const redraw = (document2, values, truth) => {
    const names = live(document2.names).map((n) => document2.names[n].text);
    const { shown: shown2, right, count } = shownNames(names, values, truth);
    drawBody(body, document2, values, { names, shown: shown2, right });
    setText(title, titleOf(document2.show, sigmoid, shown2.length, count));
  };
  return { title, element, redraw };
}
function spokenOf({ names, show }, values) {
  const [best] = ranked(values.cosine.at(-1) ?? []);
  const value = best === void 0 ? null : values[show].at(-1)?.[best];
  if (value === null || value === void 0) return "No name and prompt are on.";
  return `Best by all prompts: ${names[live(names)[best]].text}, ${show === "cosine" ? `cosine ${decimal(value, 3)}` : percent(value)}.`;
}
function render({ model, el }) {
  const settings = model.get("settings");
  const machine = new Machine(model.get("document"), PLAYGROUND(model.get("total"), settings));
  const imageAt = imageReader(model, settings.dim);
  const { embeddings, learn } = textEmbeddings(model, settings.dim);
  const status = statusLine();
  const waitFor = patient(model, status, NO_KERNEL);
  const { act, flush } = connect(model, machine, redraw, status);
  const doing = { act, flush, leave };
  const strip = imageStrip(model, (picture) => act({ do: "choose", picture }));
  const figure = figureOf({ class: "clipnb-small" }, { width: 160, height: 160 });
  const [shows, dial, names, head] = [makeShows(settings.sigmoid, doing), makeDial(settings, doing), makeNames(doing), makeHead(doing)];
  const [table, buttons, spoken] = [makeTable(head.element, settings.sigmoid), editButtons(act), announcer()];
  function leave() {
    flush();
    setTimeout(redraw);
  }
  function redraw() {
    const document2 = machine.document;
    const now = imageAt(document2.picture);
    strip.redraw(document2.picture);
    if (now) figure.redraw(now.entry);
    shows.redraw(document2.show);
    dial.redraw(document2);
    head.redraw(document2.templates);
    const values = columns(document2, now?.embedding, embeddings, settings);
    table.redraw(document2, values, now?.entry.truth);
    names.redraw(document2.names);
    buttons.redraw(machine);
    const pending = values.cosine.flat().filter((value) => value === null).length;
    spoken.tell(pending > 0 || !now ? null : [spokenOf(document2, values)]);
    waitFor(pending > 0 || !now);
    setPending(el, model, pending);
  }
  redrawOn(model, ["new_texts", "new_vectors"], () => (learn(), redraw()));
  redrawOn(model, ["extra", "extra_vector"], redraw);
  root(el, "playground").append(
    strip.element,
    h("div", { class: "clipnb-top" }, figure.element, h("div", { class: "clipnb-controls" }, shows.element, dial.element, names.element)),
    h("div", { class: "clipnb-tools" }, head.add, buttons.undo, buttons.reset, status),
    table.title,
    table.element,
    spoken.element
  );
  redraw();
}
var page_default = { render };
export {
  Embeddings,
  Machine,
  PLAYGROUND,
  columns,
  page_default as default,
  fill
};

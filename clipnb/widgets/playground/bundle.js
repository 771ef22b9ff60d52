// Made from clipnb/widgets/playground/page.js by tests/javascript/bundle.py; sources dbf807c6185b284c37e75144ade5dfcffd283d4c76f87d8ae68bd8909963fc81
// clipnb/widgets/common/document.js
var Refusal = class extends Error {
};
function same(a, b) {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || !a || !b || Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && same(a[key], b[key]));
}
function index(value, count, what) {
  if (!Number.isInteger(value) || value < 0 || value >= count) throw new Refusal(`There is no ${what} ${value}; there are ${count}, counted from 0.`);
  return value;
}
function number(value, low, high, what) {
  if (typeof value !== "number" || !Number.isFinite(value) || value < low || value > high) {
    throw new Refusal(`${what} is a number from ${low} to ${high}, not ${value}.`);
  }
  return value;
}
function words(value, longest = 2e3) {
  if ([...value].length > longest) throw new Refusal(`This text has ${[...value].length} characters; at most ${longest} are taken.`);
  return value;
}
var Machine = class {
  /**
   * @param {any} document
   * @param {Rules} rules
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
    return structuredClone(Object.fromEntries(this.edited.map((key) => [key, this.document[key]])));
  }
  /** @param {Action} action */
  act({ do: name, ...rest }) {
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
  remember(kept, place) {
    if (place === null || place !== this.place) this.past = [...this.past, kept].slice(-100);
    this.place = place;
  }
  /** Reset goes back to this, and so does undo: what is shown was edited before this page was made. */
  beginAt(first) {
    this.first = structuredClone(first);
    if (!same(this.kept(), first)) this.past = [structuredClone(first)];
  }
  /** The kernel's document, where it differs: somebody edited it in Python, or on another view. */
  adopt(document2) {
    const kept = this.kept();
    this.document = structuredClone(document2);
    if (!same(this.kept(), kept)) this.remember(kept, null);
  }
};

// clipnb/widgets/common/scoring.js
var Vectors = class {
  /** @param {number} dim */
  constructor(dim) {
    this.dim = dim;
    this.rows = /* @__PURE__ */ new Map();
  }
  /**
   * @param {any[]} keys
   * @param {any} view their vectors, one after the other
   */
  add(keys, view) {
    const all = floats(view);
    keys.forEach((key, i) => this.rows.set(key, all.subarray(i * this.dim, (i + 1) * this.dim)));
  }
  has(key) {
    return this.rows.has(key);
  }
  get(key) {
    return this.rows.get(key);
  }
};
function floats(view) {
  if (!view || !view.byteLength) return new Float32Array(0);
  const bytes = ArrayBuffer.isView(view) ? view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength) : view.slice(0);
  return new Float32Array(bytes);
}
function cosine(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
function toProbabilities(scores, { scale, bias, sigmoid }) {
  const logits = scores.map((s) => s === null ? null : scale * s + bias);
  if (sigmoid) return logits.map((x) => x === null ? 0 : 1 / (1 + Math.exp(-x)));
  const top = Math.max(...logits.filter((x) => x !== null));
  const powers = logits.map((x) => x === null ? 0 : Math.exp(x - top));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((x) => sum ? x / sum : 0);
}
function ranked(scores) {
  const place = (s) => s === null ? Infinity : -s;
  return scores.map((_, i) => i).sort((a, b) => place(scores[a]) === place(scores[b]) ? a - b : place(scores[a]) - place(scores[b]));
}

// clipnb/widgets/common/common.js
var NO_KERNEL = "New text needs a running kernel, and none has answered: run this cell in Jupyter.";
var SILENT = "This needs a running kernel, and none has answered: run this cell in Jupyter.";
var PATIENCE = 4e3;
var PAUSE = 250;
function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === void 0 || value === null) continue;
    if (name === "class") element.className = value;
    else if (name === "aria") for (const [key, text] of Object.entries(value)) element.setAttribute(`aria-${key}`, text);
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name === "role" || name === "for") element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.filter((child) => child !== null && child !== void 0));
  return element;
}
var childrenOf = (element) => [...element.children];
var isFocused = (field) => field === /** @type {Document | ShadowRoot} */
field.getRootNode().activeElement;
function root(el, kind) {
  el.classList.add("clipnb", `clipnb-widget-${kind}`);
  el.dataset.lmSuppressShortcuts = "true";
  el.addEventListener("focusin", (event) => event.target.setAttribute("data-lm-suppress-shortcuts", "true"));
  el.addEventListener("keydown", (event) => event.stopPropagation());
  return el;
}
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
function setValue(field, value) {
  if (field.value !== value && !isFocused(field)) field.value = value;
}
function phrase(properties, change) {
  const field = h("textarea", { rows: 1, spellcheck: false, oninput: () => change(oneLine(field.value)), ...properties });
  field.addEventListener("beforeinput", (event) => ["insertLineBreak", "insertParagraph"].includes(event.inputType) && event.preventDefault());
  field.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain");
    if (oneLine(text) === text) return;
    event.preventDefault();
    document.execCommand("insertText", false, oneLine(text));
  });
  return h("span", { class: "clipnb-phrase" }, field);
}
var oneLine = (text) => text.replace(/[\r\n]+/g, " ");
function setPhrase(element, value) {
  const field = element.firstElementChild;
  setValue(field, value);
  if (element.dataset.text !== field.value) element.dataset.text = field.value;
}
function keepChildren(parent, count, make) {
  while (parent.children.length > count) parent.lastElementChild.remove();
  while (parent.children.length < count) parent.append(make(parent.children.length));
}
function patient(model, status, words2 = SILENT) {
  const silent = model.get("absent") ?? words2;
  let timer;
  return (missing) => {
    clearTimeout(timer);
    if (missing) timer = setTimeout(() => setText(status, silent), PATIENCE);
    else if (status.textContent === silent) setText(status, "");
  };
}
function connect(model, machine, redraw, say) {
  const view = Math.random().toString(36).slice(2);
  let [sent, waiting, timer] = [0, null, null];
  const behind = () => waiting !== null || (model.get("answered")[view] ?? 0) < sent;
  function post(action) {
    sent += 1;
    try {
      model.send({ ...action, view, serial: sent });
    } catch {
    }
  }
  function flush() {
    if (waiting === null) return;
    clearTimeout(timer);
    const action = waiting;
    waiting = null;
    post(action);
  }
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
  const first = model.get("first");
  if (first && Object.keys(first).length) machine.beginAt(first);
  model.on("change:document", adopt);
  model.on("change:answered", () => (adopt(), redraw()));
  const problem = () => model.get("problem") && say(model.get("problem"));
  model.on("change:problem", problem);
  problem();
  post({ do: "hello" });
  return { act, flush, behind };
}
function bar() {
  return h("span", { class: "clipnb-bar", aria: { hidden: "true" } }, h("span", { class: "clipnb-fill" }));
}
function setBar(element, share) {
  const fill2 = element.firstElementChild;
  fill2.style.width = `${(100 * Math.min(1, Math.abs(share))).toFixed(2)}%`;
  fill2.dataset.sign = share < 0 ? "minus" : "plus";
}
var percent = (x) => `${(100 * x).toFixed(x > 0 && x < 0.1 ? 1 : 0)} %`;
function pictureStrip(model, choose) {
  const group = `pictures-${Math.random().toString(36).slice(2)}`;
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
  const more = model.get("total") > offered.length && !model.get("own");
  const any = h("label", { class: "clipnb-any" }, `image (1 to ${model.get("total")}) `, field);
  const element = h("fieldset", { class: "clipnb-strip" }, h("legend", {}, "Pictures"), ...thumbs, more ? any : null);
  const redraw = (chosen) => {
    offered.forEach((one, i) => radios[i].checked = one.index === chosen);
    any.dataset.shown = String(!offered.some((one) => one.index === chosen));
    setValue(field, String(chosen + 1));
  };
  return { element, redraw };
}
var caption = (one) => one.truth ? `${one.truth} (${one.name})` : one.name;
function pictureReader(model, dim) {
  const vectors = floats(model.get("picture_vectors"));
  const offered = model.get("pictures").map((entry, i) => ({ entry, vector: vectors.subarray(i * dim, (i + 1) * dim) }));
  return (chosen) => {
    const extra = model.get("extra");
    if (extra && extra.index === chosen) return { entry: extra, vector: floats(model.get("extra_vector")) };
    return offered.find((one) => one.entry.index === chosen);
  };
}

// clipnb/widgets/playground/page.js
var MOST_NAMES = 10;
var LISTS = ["templates", "names"];
var SHOWS = ["probability", "cosine"];
function listOf(document2, of) {
  if (!LISTS.includes(of)) throw new Refusal(`There are rows of ${LISTS.join(" and ")}, not of ${of}.`);
  return document2[of];
}
var entryOf = (document2, of, row) => listOf(document2, of)[index(row, listOf(document2, of).length, "row")];
function display(document2, { what }) {
  if (!SHOWS.includes(what)) throw new Refusal(`The table shows ${SHOWS.join(" or ")}, not ${what}.`);
  document2.show = what;
}
var PLAYGROUND = (total, { least, most }) => ({
  edited: ["templates", "names", "scale"],
  merged: ["edit", "rescale"],
  actions: {
    display,
    choose: (document2, { picture }) => document2.picture = index(picture, total, "image"),
    rescale: (document2, { scale }) => document2.scale = number(scale, least, most, "The logit scale"),
    edit: (document2, { of, row, text }) => entryOf(document2, of, row).text = words(text),
    switch: (document2, { of, row, on }) => entryOf(document2, of, row).on = on === true,
    add: (document2, { of }) => listOf(document2, of).push({ text: "", on: true }),
    remove: (document2, { of, row }) => listOf(document2, of).splice(index(row, listOf(document2, of).length, "row"), 1)
  }
});
var isLive = (row) => row.on && row.text.trim() !== "";
var live = (rows) => rows.map((row, i) => isLive(row) ? i : -1).filter((i) => i >= 0);
var fill = (template, name) => template.split("{}").join(name);
function columns(document2, picture, vectors, settings) {
  const names = live(document2.names).map((n) => document2.names[n].text);
  const cosines = live(document2.templates).map(
    (t) => names.map((name) => {
      const vector = vectors.get(fill(document2.templates[t].text, name));
      return vector && picture ? cosine(vector, picture) : null;
    })
  );
  if (!cosines.length || !names.length) return { cosine: [], probability: [] };
  const known = (column) => column.filter((value) => value !== null);
  const mean = names.map((_, n) => {
    const values = known(cosines.map((row) => row[n]));
    return values.length ? values.reduce((a, b) => a + b, 0) / values.length : null;
  });
  const all = [...cosines, mean];
  return { cosine: all, probability: all.map((row) => toProbabilities(row, { ...settings, scale: document2.scale })) };
}
function render({ model, el }) {
  const settings = model.get("settings");
  const machine = new Machine(model.get("document"), PLAYGROUND(model.get("total"), settings));
  const picture = pictureReader(model, settings.dim);
  const vectors = new Vectors(settings.dim);
  vectors.add(model.get("texts"), model.get("vectors"));
  const learn = () => vectors.add(model.get("new_texts"), model.get("new_vectors"));
  learn();
  const status = h("p", { class: "clipnb-status", role: "status", aria: { live: "polite" } });
  const say = (sentence) => setText(status, sentence);
  const waitFor = patient(model, status, NO_KERNEL);
  const strip = pictureStrip(model, (chosen) => act({ do: "choose", picture: chosen }));
  const image = h("img", { class: "clipnb-picture", width: 160, height: 160 });
  const figure = h("figure", { class: "clipnb-small" }, image, h("figcaption"));
  const undo = h("button", { type: "button", onclick: () => act({ do: "undo" }) }, "Undo");
  const reset = h("button", { type: "button", onclick: () => act({ do: "reset" }) }, "Reset");
  const group = `show-${Math.random().toString(36).slice(2)}`;
  const shows = SHOWS.map((what) => h("input", { type: "radio", name: group, onchange: () => act({ do: "display", what }) }));
  const showing = h(
    "fieldset",
    { class: "clipnb-shows" },
    h("legend", {}, "Show"),
    h("label", {}, shows[0], settings.sigmoid ? " probability (sigmoid)" : " probability (softmax)"),
    h("label", {}, shows[1], " raw cosine")
  );
  const span = Math.log(settings.most / settings.least);
  const toScale = (share) => settings.least * Math.exp(span * share);
  const slider = h("input", {
    type: "range",
    min: 0,
    max: 1e3,
    oninput: () => act({ do: "rescale", scale: Number(toScale(Number(slider.value) / 1e3).toPrecision(3)) }, true),
    onblur: () => flush(),
    aria: { label: "Logit scale" }
  });
  const own = h("button", { type: "button", onclick: () => act({ do: "rescale", scale: settings.scale }) }, "the model's own");
  const scaleText = h("span", { class: "clipnb-scale" });
  const dial = h("div", { class: "clipnb-dial" }, h("label", {}, "Logit scale ", slider), scaleText, own);
  const addTemplate = h("button", { type: "button", onclick: () => add("templates") }, "Add a prompt");
  const head = h("tr");
  const body = h("tbody");
  const title = h("p", { class: "clipnb-title" });
  const table = h("table", { class: "clipnb-prompts" }, h("thead", {}, head), body);
  const nameList = h("ul", { class: "clipnb-names" });
  const addName = h("button", { type: "button", onclick: () => add("names") }, "Add a name");
  const namesTitle = h("summary");
  const names = h("details", {}, namesTitle, nameList, addName);
  function add(of) {
    act({ do: "add", of });
    if (of === "names") names.open = true;
    const fields = (of === "names" ? nameList : head).querySelectorAll("[type=text], textarea");
    fields[fields.length - 1].focus();
  }
  function field(of, row, label) {
    const on = h("input", { type: "checkbox", title: "on or off", onchange: () => act({ do: "switch", of, row, on: on.checked }), aria: { label: `${label}: on` } });
    const change = (text2) => act({ do: "edit", of, row, text: text2 }, true);
    const long = of === "templates";
    const text = long ? phrase({ onblur: leave, aria: { label } }, change) : h("input", { type: "text", spellcheck: false, oninput: () => change(text.value), onblur: leave, aria: { label } });
    const remove = h("button", { type: "button", class: "clipnb-remove", title: "Remove", onclick: () => act({ do: "remove", of, row }), aria: { label: `Remove ${label}` } }, "×");
    return [on, text, remove];
  }
  function leave() {
    flush();
    setTimeout(redraw);
  }
  function redraw() {
    const document2 = machine.document;
    const now = picture(document2.picture);
    strip.redraw(document2.picture);
    if (now && image.src !== now.entry.uri) image.src = now.entry.uri;
    if (now) image.alt = caption(now.entry);
    if (now) setText(figure.lastElementChild, caption(now.entry));
    shows.forEach((radio, i) => radio.checked = SHOWS[i] === document2.show);
    if (!isFocused(slider)) slider.value = String(Math.round(1e3 * Math.log(document2.scale / settings.least) / span));
    setText(scaleText, `${document2.scale.toPrecision(3)} (temperature ${(1 / document2.scale).toPrecision(2)})`);
    slider.setAttribute("aria-valuetext", scaleText.textContent);
    slider.disabled = own.disabled = document2.show === "cosine";
    own.disabled ||= document2.scale === settings.scale;
    const values = columns(document2, now?.vector, vectors, settings);
    drawHead(document2.templates);
    drawBody(document2, values, now?.entry.truth);
    drawNames(document2.names);
    undo.disabled = !machine.past.length;
    reset.disabled = same(machine.kept(), machine.first);
    const pending = values.cosine.flat().filter((value) => value === null).length;
    waitFor(pending > 0 || !now);
    el.dataset.pending = String(pending);
    el.dataset.failures = String(model.get("failures"));
  }
  function drawHead(templates) {
    const count = templates.length + 2;
    if (head.children.length !== count) {
      const first = h("th", { scope: "col" }, "name");
      const last = h("th", { scope: "col", title: "the mean of the cosines over all prompts that are on" }, "all prompts");
      const fields = templates.map((_, t) => h("th", { scope: "col" }, h("span", { class: "clipnb-template" }, ...field("templates", t, `prompt ${t + 1}`))));
      head.replaceChildren(first, ...fields, last);
    }
    templates.forEach((template, t) => {
      const [on, text] = childrenOf(head.children[t + 1].firstElementChild);
      on.checked = template.on;
      setPhrase(text, template.text);
      text.firstElementChild.title = template.text.includes("{}") ? template.text : `${template.text} (without {} it says the same of every name)`;
    });
  }
  function drawBody({ templates, names: names2, show }, values, truth) {
    const which = live(names2);
    const mean = values.cosine.at(-1) ?? [];
    const order = ranked(mean);
    const right = order.find((n) => names2[which[n]].text === truth);
    const shown = order.slice(0, MOST_NAMES);
    if (right !== void 0 && !shown.includes(right)) shown[shown.length - 1] = right;
    const place = new Map(live(templates).map((t, i) => [t, i]));
    const table2 = values[show];
    const reach = show === "cosine" ? Math.max(0.01, ...values.cosine.flat().map(Math.abs)) : 1;
    const best = values.cosine.map((row) => ranked(row)[0]);
    keepChildren(body, shown.length, () => h("tr", {}, h("th", { scope: "row" })));
    shown.forEach((n, i) => {
      const line = body.children[i];
      setText(line.firstElementChild, names2[which[n]].text + (n === right ? " ✓" : ""));
      keepChildren(line, templates.length + 2, () => h("td", {}, bar(), h("span", { class: "clipnb-value" })));
      [...templates.keys(), -1].forEach((t, c) => {
        const row = t < 0 ? table2.length - 1 : place.get(t);
        const cell = childrenOf(line)[c + 1];
        const value = row === void 0 ? void 0 : values.cosine[row][n] === null ? null : table2[row][n];
        setBar(cell.firstElementChild, value ? value / reach : 0);
        setText(cell.lastElementChild, value === void 0 ? "" : value === null ? "…" : show === "cosine" ? value.toFixed(3) : percent(value));
        cell.dataset.best = String(row !== void 0 && best[row] === n);
      });
    });
    const hidden = order.length - shown.length;
    const what = show === "cosine" ? "Cosine of the image with each text" : settings.sigmoid ? "Probability of each text by itself" : "Probability of each name, among all that are on";
    setText(title, `${what}${hidden > 0 ? `, the first ${shown.length} of ${order.length}` : ""}. ✓ marks the true name, bold the best of a column.`);
  }
  function drawNames(list) {
    setText(namesTitle, `Names (${live(list).length} of ${list.length} on): edit, switch off, add`);
    keepChildren(nameList, list.length, (n) => h("li", {}, ...field("names", n, `name ${n + 1}`)));
    list.forEach((name, n) => {
      const [on, text] = childrenOf(nameList.children[n]);
      on.checked = name.on;
      setValue(text, name.text);
      text.title = name.text;
    });
  }
  const { act, flush } = connect(model, machine, redraw, say);
  for (const name of ["new_texts", "new_vectors"]) model.on(`change:${name}`, () => (learn(), redraw()));
  for (const name of ["extra", "extra_vector"]) model.on(`change:${name}`, redraw);
  root(el, "playground").append(
    strip.element,
    h("div", { class: "clipnb-top" }, figure, h("div", { class: "clipnb-controls" }, showing, dial, names)),
    h("div", { class: "clipnb-tools" }, addTemplate, undo, reset, status),
    title,
    h("div", { class: "clipnb-scroll" }, table)
  );
  redraw();
}
var page_default = { render };
export {
  Machine,
  PLAYGROUND,
  Vectors,
  columns,
  page_default as default,
  fill
};

// Made from clipnb/widgets/heads/page.js by tests/javascript/bundle.py; sources e629ed6beebfa150758bf8853e46fe39511a605cf9a4d60c21f7b763bc9f7bf4
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
function floats(view) {
  if (!view?.byteLength) return new Float32Array(0);
  const bytes = ArrayBuffer.isView(view) ? view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength) : view.slice(0);
  return new Float32Array(bytes);
}

// clipnb/widgets/common/common.js
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
function keepChildren(parent, count, make) {
  while (parent.children.length > count) parent.lastElementChild?.remove();
  while (parent.children.length < count) parent.append(make(parent.children.length));
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
var decimal = (x, digits) => x.toFixed(digits).replace(/^-(?=0\.?0*$)/, "").replace("-", "−");
var capital = (text) => text[0].toUpperCase() + text.slice(1);
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
function setSource(image, uri) {
  if (image.src !== uri) image.src = uri;
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

// clipnb/widgets/common/maps.js
var patchName = (patch, columns) => `patch ${patch} (row ${Math.floor(patch / columns)}, column ${patch % columns})`;
function moved(key, at, count, columns) {
  const line = at - at % columns;
  const steps = { ArrowLeft: at - 1, ArrowRight: at + 1, ArrowUp: at - columns, ArrowDown: at + columns, Home: line, End: Math.min(count, line + columns) - 1 };
  if (!(key in steps)) return null;
  return steps[key] < 0 || steps[key] >= count ? at : steps[key];
}
function roving(group, columns, pick) {
  const buttons = () => [...group.querySelectorAll("button")];
  group.addEventListener("keydown", (event) => {
    const all = buttons();
    const to = moved(event.key, Math.max(0, all.indexOf(
      /** @type {HTMLButtonElement} */
      event.target
    )), all.length, columns());
    if (to === null) return;
    event.preventDefault();
    all[to].focus();
  });
  for (const kind of ["focusin", "click"]) {
    group.addEventListener(kind, (event) => {
      const button = (
        /** @type {Element} */
        event.target.closest("button")
      );
      const at = button ? buttons().indexOf(button) : -1;
      if (at >= 0) pick(at);
    });
  }
  return (chosen) => buttons().forEach((button, i) => {
    button.tabIndex = i === chosen ? 0 : -1;
    button.setAttribute("aria-pressed", String(i === chosen));
  });
}
function patience(model, status) {
  const [busy, absent] = ["The model is looking …", model.get("absent") ?? SILENT];
  let [timer, waiting] = [0, false];
  return (missing) => {
    if (missing === waiting) return;
    waiting = missing;
    clearTimeout(timer);
    if (missing) {
      setText(status, busy);
      timer = setTimeout(() => setText(status, absent), 5 * PATIENCE);
    } else if ([busy, absent].includes(status.textContent)) setText(status, "");
  };
}

// clipnb/widgets/heads/page.js
var countOf = ({ layers, heads }) => layers * (heads + 1) + 1;
var HEADS = (total, settings) => ({
  edited: ["sentence"],
  merged: ["write"],
  actions: {
    choose: (document2, { picture }) => document2.picture = index(picture, total, "image"),
    write: (document2, { text }) => document2.sentence = words(text, settings.longest),
    open: (document2, { part }) => document2.part = index(part, countOf(settings), "part"),
    look: (document2, { patch }) => document2.patch = index(patch, settings.rows * settings.columns, "patch"),
    centre: (document2, { on }) => {
      if (typeof on !== "boolean") throw new Refusal(`Values are centred or not: true or false, not ${shown(on)}.`);
      document2.centred = on;
    }
  }
});
var thousandths = (x) => `${x <= -5e-5 ? "−" : "+"}${Math.abs(1e3 * x).toFixed(1)}`;
var sumOf = (all) => Array.from(all).reduce((a, b) => a + b, 0);
var largest = (all) => Math.max(1e-12, ...Array.from(all, Math.abs));
var colour = (share, strength) => `rgba(${share < 0 ? "230, 159, 0" : "0, 114, 178"}, ${(strength * Math.abs(share)).toFixed(3)})`;
function headOf(part, { layers, heads }) {
  const [layer, place] = [Math.floor(part / (heads + 1)), part % (heads + 1)];
  return layer < layers && place < heads ? [layer, place] : null;
}
function nameOf(part, { layers, heads }) {
  const [layer, place] = [Math.floor(part / (heads + 1)), part % (heads + 1)];
  if (layer === layers) return "start and biases";
  return `layer ${layer + 1}, ${place < heads ? `head ${place + 1}` : "MLP"}`;
}
var images = (count) => `${count} image${count === 1 ? "" : "s"}`;
function makeSums(settings, open) {
  const { layers, heads } = settings;
  const names = [...Array.from({ length: heads }, (_, i) => [`head ${i + 1}`, String(i + 1)]), ["MLP", "MLP"], ["sum", "sum"]];
  const head = names.map(([title, short]) => h("span", { class: "clipnb-column", title }, short));
  const buttons = Array.from({ length: countOf(settings) }, () => h("button", { type: "button" }));
  const sums = Array.from({ length: layers + 2 }, () => h("span", { class: "clipnb-rowsum" }));
  const rows = Array.from({ length: layers }, (_, i) => [
    h("span", { class: "clipnb-layer" }, `layer ${i + 1}`),
    ...buttons.slice(i * (heads + 1), (i + 1) * (heads + 1)),
    sums[i]
  ]);
  const group = h(
    "div",
    { class: "clipnb-sums", role: "group", aria: { label: "Parts of the image encoder; arrow keys move" } },
    h("span", { class: "clipnb-layer" }, "head"),
    ...head,
    ...rows.flat(),
    h("span", { class: "clipnb-layer clipnb-last" }, "start and biases"),
    buttons[layers * (heads + 1)],
    sums[layers],
    h("span", { class: "clipnb-layer clipnb-all" }, "sum of all parts"),
    sums[layers + 1]
  );
  group.style.setProperty("--heads", String(heads));
  let chosen = -1;
  const mark = roving(group, () => heads + 1, (part) => part !== chosen && open(part));
  function redraw(values, part) {
    chosen = part;
    const most = largest(values);
    values.forEach((value, i) => {
      setText(buttons[i], thousandths(value));
      buttons[i].style.backgroundColor = colour(Math.sign(value) * Math.sqrt(Math.abs(value) / most), 0.55);
      buttons[i].setAttribute("aria-label", `${nameOf(i, settings)}: ${thousandths(value)} thousandths`);
    });
    for (let i = 0; i < layers; i++) setText(sums[i], thousandths(sumOf(values.slice(i * (heads + 1), (i + 1) * (heads + 1)))));
    setText(sums[layers], thousandths(values[values.length - 1]));
    setText(sums[layers + 1], thousandths(sumOf(values)));
    mark(part);
  }
  return { element: h("div", { class: "clipnb-scroll" }, group), redraw };
}
function makeSight({ rows, columns }, look) {
  const under = h("img", { class: "clipnb-pixels", alt: "" });
  const grid = h("div", { class: "clipnb-grid", role: "group", aria: { label: "Patches of the image; arrow keys move" } });
  grid.append(...Array.from({ length: rows * columns }, () => h("button", { type: "button" })));
  const element = h("div", { class: "clipnb-sight" }, under, grid);
  let chosen = -1;
  const mark = roving(grid, () => columns, (patch) => patch !== chosen && look(patch));
  function redraw({ uri, width, height }, map, patch) {
    chosen = patch;
    element.style.cssText = `--rows: ${rows}; --columns: ${columns}; aspect-ratio: ${width} / ${height}`;
    setSource(under, uri);
    under.alt = map ? "" : "What the model sees";
    under.classList.toggle("clipnb-pale", map !== null);
    grid.hidden = map === null;
    if (!map) return;
    const most = largest(map);
    childrenOf(grid).forEach((tile, i) => {
      tile.style.background = colour(map[i] / most, 0.85);
      tile.setAttribute("aria-label", `${patchName(i, columns)}: ${thousandths(map[i])} thousandths`);
    });
    mark(patch);
  }
  return { element, redraw };
}
function makeChosen() {
  const [title, about, place] = [h("p", { class: "clipnb-heading" }), h("p"), h("p")];
  const texts = h("ol", { class: "clipnb-texts" });
  const [told, top] = [h("p", { class: "clipnb-told" }), h("ul", { class: "clipnb-highest" })];
  const described = h("div", {}, h("p", { class: "clipnb-told" }, "Texts along which this head varies most"), texts);
  const share = h("p", { class: "clipnb-share" });
  described.append(share);
  return { title, about, place, texts, described, share, told, top };
}
function drawChosen(view, seen, settings, { part, patch }, map) {
  const [head, { columns, searched }] = [headOf(part, settings), settings];
  setText(view.title, capital(nameOf(part, settings)));
  const adds = `Adds ${thousandths(seen.values[part])} thousandths to the cosine; on average over ${images(searched)} ${thousandths(seen.usual[part])}.`;
  const reads = map ? ` By reading the patches ${thousandths(sumOf(map) - map[0])}, the class token itself ${thousandths(map[0])}.` : "";
  const none = part === seen.values.length - 1 ? " It reads nothing from the image." : " An MLP reads the class token only, so it has no map.";
  setText(view.about, adds + (map ? reads : none));
  view.place.hidden = view.described.hidden = !head;
  if (map) setText(view.place, `${capital(patchName(patch, columns))}, counted from 0: ${thousandths(map[patch + 1])}.`);
  if (head) {
    const { texts, share } = settings.described[head[0] * settings.heads + head[1]];
    keepChildren(view.texts, texts.length, () => h("li"));
    texts.forEach((text, i) => setText(view.texts.children[i], text));
    setText(view.share, texts.length ? `Their directions hold ${percent(share)} of its variance over images.` : "Texts for a head need at least two images.");
  }
  setText(view.told, `Highest among ${images(searched)}, for this text`);
  const entries = seen.top[part].map((which) => (
    /** @type {ImageEntry} */
    seen.small.find((one) => one.index === which)
  ));
  keepChildren(view.top, entries.length, () => h("li", {}, h("img", { width: 64, height: 64 }), h("b"), h("span")));
  entries.forEach((entry, i) => {
    const [image, value, name] = childrenOf(view.top.children[i]);
    setSource(
      /** @type {HTMLImageElement} */
      image,
      entry.uri
    );
    image.alt = caption(entry);
    setText(value, thousandths(seen.highest[part][i]));
    setText(name, entry.truth || entry.name);
  });
}
function render({ model, el }) {
  const settings = model.get("settings");
  const machine = new Machine(model.get("document"), HEADS(model.get("total"), settings));
  const status = statusLine();
  const wait = patience(model, status);
  const { act, flush } = connect(model, machine, redraw, status);
  const strip = imageStrip(model, (picture) => act({ do: "choose", picture }));
  const field = h("input", { type: "text", spellcheck: false, oninput: () => act({ do: "write", text: field.value }, true), onblur: () => (flush(), setTimeout(redraw)) });
  const classes = h("select", { onchange: () => classes.value && act({ do: "write", text: settings.prompts[Number(classes.value)] }) });
  classes.append(h("option", { value: "" }, "–"), ...settings.classes.map((name, i) => h("option", { value: String(i) }, name)));
  const choice = settings.classes.length ? h("label", { class: "clipnb-class" }, "Class ", classes) : null;
  const centred = h("input", { type: "checkbox", onchange: () => act({ do: "centre", on: centred.checked }) });
  const buttons = editButtons(act);
  const exact = h("p", { class: "clipnb-exact" });
  const spoken = announcer();
  const sums = makeSums(settings, (part) => act({ do: "open", part }));
  const [sight, chosen] = [makeSight(settings, (patch) => act({ do: "look", patch })), makeChosen()];
  const below = h(
    "div",
    { class: "clipnb-below" },
    h("div", { class: "clipnb-map" }, sight.element, chosen.place),
    h("div", { class: "clipnb-side" }, chosen.title, chosen.about, chosen.described, chosen.told, chosen.top)
  );
  function mapOf(part) {
    const [head, tokens] = [headOf(part, settings), 1 + settings.rows * settings.columns];
    if (!head) return null;
    const from = (head[0] * settings.heads + head[1]) * tokens;
    return floats(model.get("maps")).subarray(from, from + tokens);
  }
  function redraw() {
    const [document2, seen] = [machine.document, model.get("seen")];
    const isMissing = !same(seen.key, [document2.picture, document2.sentence]);
    const values = document2.centred ? seen.values.map((value, i) => value - seen.usual[i]) : seen.values;
    const [usual, map] = [sumOf(seen.usual), mapOf(document2.part)];
    strip.redraw(document2.picture);
    setValue(field, document2.sentence);
    const own = settings.prompts.indexOf(document2.sentence);
    classes.value = own < 0 ? "" : String(own);
    centred.checked = document2.centred;
    buttons.redraw(machine);
    const left = document2.centred ? `${decimal(seen.cosine, 4)} less ${decimal(usual, 4)}, the average over ${images(settings.searched)}` : decimal(seen.cosine, 4);
    setText(exact, `Cosine from the two encoders: ${left}. Sum of the ${values.length} parts below: ${decimal(sumOf(values), 4)}.`);
    sums.redraw(values, document2.part);
    sight.redraw(seen, map && map.subarray(1), document2.patch);
    drawChosen(chosen, seen, settings, document2, map);
    spoken.tell(isMissing ? null : [exact, chosen.title, chosen.about].map((one) => one.textContent));
    wait(isMissing);
    for (const part of [sums.element, below, exact]) part.dataset.old = String(isMissing);
    setPending(el, model, Number(isMissing));
  }
  redrawOn(model, ["seen"], redraw);
  root(el, "heads").append(
    strip.element,
    h("div", { class: "clipnb-tools" }, h("label", { class: "clipnb-entry" }, "Text ", field), choice, buttons.undo, buttons.reset),
    status,
    exact,
    h("label", { class: "clipnb-centred" }, centred, ` show each part less its average over ${images(settings.searched)}`),
    h("p", { class: "clipnb-unit" }, "What each part adds to the cosine, in thousandths; blue adds, orange takes away. Choose one:"),
    sums.element,
    below,
    spoken.element
  );
  redraw();
}
var page_default = { render };
export {
  HEADS,
  Machine,
  page_default as default
};

// Made from clipnb/widgets/inside/page.js by tests/javascript/bundle.py; sources e92fa7d27efb76577ed6810fa180c8d1f8f69e9f6894e5fdec51317f8c05ab46
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
function bar() {
  return h("span", { class: "clipnb-bar", aria: { hidden: "true" } }, h("span", { class: "clipnb-fill" }));
}
function setBar(element, share) {
  const [fill] = childrenOf(element);
  fill.style.width = `${(100 * Math.min(1, Math.abs(share))).toFixed(2)}%`;
  fill.dataset.sign = share < 0 ? "minus" : "plus";
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
function setSource(image2, uri) {
  if (image2.src !== uri) image2.src = uri;
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
var bytesOf = (view) => new Uint8Array(ArrayBuffer.isView(view) ? view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength) : view);

// clipnb/widgets/common/pieces.js
var LETTERS = (() => {
  const own = (byte) => byte > 32 && byte < 127 || byte > 160 && byte !== 173;
  const rest = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !own(byte));
  const letters = new Map(rest.map((byte, n) => [String.fromCodePoint(256 + n), byte]));
  for (let byte = 0; byte < 256; byte++) if (own(byte)) letters.set(String.fromCodePoint(byte), byte);
  return letters;
})();
var MARK = /^<\|(.+?)(oftext)?\|>$/;
var bytesOf2 = (piece) => [...piece.replace(/<\/w>$/, "")].map((letter) => LETTERS.get(letter) ?? 63);
function textOf(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(bytes));
  } catch {
    return null;
  }
}
function readable(piece) {
  const mark = MARK.exec(piece);
  if (mark) return { text: mark[1], ends: true, special: true };
  const bytes = bytesOf2(piece);
  return { text: textOf(bytes) ?? bytes.map((byte) => `\\x${byte.toString(16)}`).join(""), ends: piece.endsWith("</w>"), special: false };
}

// clipnb/widgets/inside/pictures.js
var ATTENTION = [213, 94, 0];
var PLUS = [43, 140, 196];
var MINUS = [217, 119, 43];
var PALE = 18;
var SVG = "http://www.w3.org/2000/svg";
function paint(canvas, width, height, colour) {
  const pixels2 = new ImageData(width, height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const found = colour(x, y);
      if (found) pixels2.data.set(found, 4 * (y * width + x));
    }
  }
  [canvas.width, canvas.height] = [width, height];
  canvas.getContext("2d")?.putImageData(pixels2, 0, 0);
}
var warm = (share, ground = PALE) => [...ATTENTION, Math.round(ground + (255 - ground) * 0.92 * share)];
var attentionTint = (share) => `rgb(${ATTENTION.join(" ")} / ${(0.85 * share).toFixed(3)})`;
var signTint = (x) => `rgb(${(x < 0 ? MINUS : PLUS).join(" ")} / ${(0.85 * Math.min(1, Math.abs(x))).toFixed(3)})`;
var largest = (values) => Array.from(values).reduce((most, x) => Math.max(most, Math.abs(x)), 1e-9);
function paintAttention(canvas, values, rows, columns, ground) {
  const most = largest(values);
  paint(canvas, columns, rows, (x, y) => warm(values[y * columns + x] / most, ground));
}
function paintSheet(canvas, maps, heads2, rows, columns) {
  const [wide, high] = [columns + 1, rows + 1];
  const most = maps.map(largest);
  paint(canvas, heads2 * wide - 1, maps.length / heads2 * high - 1, (x, y) => {
    const [column, row] = [x % wide, y % high];
    if (column === columns || row === rows) return null;
    const which = Math.floor(y / high) * heads2 + Math.floor(x / wide);
    return warm(maps[which][row * columns + column] / most[which]);
  });
}
function paintNumbers(canvas, values, columns) {
  const most = largest(values);
  paint(canvas, columns, Math.ceil(values.length / columns), (x, y) => {
    const value = values[y * columns + x];
    return value === void 0 ? null : [...value < 0 ? MINUS : PLUS, Math.round(PALE + (237 - PALE) * (Math.abs(value) / most))];
  });
}
function svg(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}
function numberBars(label) {
  const [frame, up, down, line] = [svg("path", { class: "clipnb-chosen" }), svg("path", { class: "clipnb-up" }), svg("path", { class: "clipnb-down" }), svg("path", { class: "clipnb-zero" })];
  const chart = svg("svg", { preserveAspectRatio: "none", role: "img" }, frame, up, down, line);
  const name = h("figcaption", {}, label);
  function draw(values, chosen, words2) {
    const most = largest(values);
    const bars = (taken) => Array.from(values, (x, i) => taken(x) ? `M${i} 50h.8V${(50 - 48 * x / most).toFixed(2)}h-.8z` : "").join("");
    chart.setAttribute("viewBox", `0 0 ${values.length} 100`);
    chart.setAttribute("aria-label", words2);
    up.setAttribute("d", bars((x) => x > 0));
    down.setAttribute("d", bars((x) => x < 0));
    line.setAttribute("d", `M0 49.6H${values.length}v.8H0z`);
    frame.setAttribute("d", `M${chosen - 0.6} 0h2v100h-2z`);
  }
  return { element: h("figure", { class: "clipnb-bars" }, name, chart), draw };
}

// clipnb/widgets/inside/drawing.js
var PARTS = [
  ["pixels", 0, "patches"],
  ["positions", 1, "class token, positions"],
  ["heads", 2, "attention"],
  ["image", 3, "image embedding"],
  ["tokens", 4, "tokens"],
  ["text-heads", 5, "attention"],
  ["text", 5, "text embedding"],
  ["product", 6, "dot product"],
  ["softmax", 7, "probabilities"]
];
var MOST_ROWS = 6;
function mapsOf(values, [layers, heads2], skip = 0) {
  const length = values.length / (layers * heads2);
  return Array.from({ length: layers * heads2 }, (_, i) => values.subarray(i * length + skip, (i + 1) * length));
}
var nameOf = ({ text, piece }) => text || readable(piece).text;
var columnsFor = (count) => Math.max(1, Math.round(Math.sqrt(count * 0.6)));
function makeDrawing(settings, go) {
  const canvas = () => h("canvas", { class: "clipnb-block" });
  const [seen, apart] = [h("img", { alt: "", class: "clipnb-pixels" }), h("img", { alt: "", class: "clipnb-pixels" })];
  const [cut, exploded] = [h("span", { class: "clipnb-cut" }, seen), h("span", { class: "clipnb-cut", data: { apart: "true" } }, apart)];
  const first = settings.classToken ? h("span", { class: "clipnb-cls" }, "class") : null;
  const [heads2, image2, textHeads2, text] = [canvas(), canvas(), canvas(), canvas()];
  const [chips, rows, sum] = [h("span", { class: "clipnb-words" }), h("span", { class: "clipnb-rows" }), h("span", { class: "clipnb-sum" })];
  const stripes = [canvas(), canvas(), canvas()];
  const product2 = h("span", { class: "clipnb-stripes" }, stripes[0], h("span", {}, "×"), stripes[1], h("span", {}, "="), stripes[2], sum);
  const inside = { pixels: cut, positions: h("span", { class: "clipnb-row" }, first, exploded), heads: heads2, image: image2, tokens: chips, "text-heads": textHeads2, text, product: product2, softmax: rows };
  const parts = PARTS.map(
    ([part, step, label]) => h(
      "button",
      { type: "button", class: "clipnb-part", data: { part }, onclick: () => go(step) },
      h("span", { class: "clipnb-label" }, h("b", {}, String(step + 1)), ` ${settings.classToken ? label : label.replace("class token, ", "")}`),
      inside[part]
    )
  );
  const element = h("div", { class: "clipnb-drawn", role: "group", aria: { label: "The way of image and text through the model; each part leads to its step" } }, ...parts);
  for (const side of [cut, exploded]) {
    side.style.setProperty("--rows", String(settings.rows));
    side.style.setProperty("--columns", String(settings.columns));
    side.style.aspectRatio = `${settings.width} / ${settings.height}`;
  }
  function redraw(view) {
    const { document: document2, seen: now } = view;
    const marked = settings.steps[document2.step].parts;
    parts.forEach((part) => {
      part.dataset.on = String(marked.includes(part.dataset.part ?? ""));
      part.setAttribute("aria-pressed", part.dataset.on);
    });
    for (const one of [seen, apart]) setSource(one, now.uri);
    drawWords(chips, now);
    drawRows(rows, view);
    setText(sum, decimal(view.cosines[0], 3));
  }
  function repaint(view) {
    const { seen: now } = view;
    paintSheet(heads2, mapsOf(view.attention, settings.imageHeads, Number(settings.classToken)), settings.imageHeads[1], settings.rows, settings.columns);
    paintSheet(textHeads2, mapsOf(view.textAttention, settings.textHeads), settings.textHeads[1], now.tokens.length, now.tokens.length);
    for (
      const [block, values] of
      /** @type {[HTMLCanvasElement, Embedding][]} */
      [[image2, view.image], [text, view.text]]
    ) paintNumbers(block, values, columnsFor(values.length));
    [view.image, view.text, view.products].forEach((values, i) => paintNumbers(stripes[i], values, values.length));
  }
  return { element, redraw, repaint };
}
function drawWords(place, { tokens: tokens2, read }) {
  keepChildren(place, tokens2.length, () => h("span"));
  childrenOf(place).forEach((chip, i) => {
    setText(chip, nameOf(tokens2[i]));
    chip.dataset.read = String(i === read);
  });
}
function drawRows(place, { probabilities, cosines, candidates, settings }) {
  const shown2 = ranked(cosines).slice(0, MOST_ROWS).sort((a, b) => a - b);
  keepChildren(place, shown2.length, () => h("span", {}, h("span"), bar()));
  shown2.forEach((which, row) => {
    const [name, share] = childrenOf(place.children[row]);
    setText(name, settings.names[settings.prompts.indexOf(candidates[which])] ?? "your text");
    setBar(share, probabilities[which]);
  });
}

// clipnb/widgets/inside/scenes.js
var MOST_PRODUCTS = 5;
var aboutLine = () => h("p", { class: "clipnb-about" });
var where = ({ columns }, patch) => patchName(patch, columns);
function makeSight(settings, act, pale) {
  const { rows, columns, width, height } = settings;
  const image2 = h("img", { alt: "", class: pale ? "clipnb-pixels clipnb-pale" : "clipnb-pixels" });
  const grid = h("div", { class: "clipnb-grid", role: "group", aria: { label: "Patches of the image; arrow keys move" } });
  grid.append(...Array.from({ length: rows * columns }, () => h("button", { type: "button" })));
  const element = h("div", { class: "clipnb-sight" }, image2, grid);
  element.style.cssText = `--rows: ${rows}; --columns: ${columns}; aspect-ratio: ${width} / ${height}`;
  let chosen = -1;
  const mark = roving(grid, () => columns, (patch) => patch !== chosen && act({ do: "look", patch }));
  function redraw({ document: document2, seen }, tell) {
    chosen = document2.patch;
    setSource(image2, seen.uri);
    childrenOf(grid).forEach((tile, i) => {
      const [colour, words2] = tell(i);
      tile.style.background = colour;
      tile.setAttribute("aria-label", `patch ${i}${words2}`);
    });
    mark(chosen);
  }
  return { element, redraw };
}
function pixels(settings, act) {
  const [sight, about] = [makeSight(settings, act, false), aboutLine()];
  const large = h("div", { class: "clipnb-large", role: "img", aria: { label: "The chosen patch, enlarged" } });
  const { rows, columns, width, height } = settings;
  const [wide, high] = [Math.floor(width / columns), Math.floor(height / rows)];
  large.style.backgroundSize = `${100 * columns}% ${100 * rows}%`;
  return {
    element: h("div", { class: "clipnb-scene" }, sight.element, h("div", { class: "clipnb-side" }, large, about)),
    redraw(view) {
      const { patch } = view.document;
      sight.redraw(view, () => ["none", ""]);
      large.style.backgroundImage = `url("${view.seen.uri}")`;
      large.style.backgroundPosition = `${columns > 1 ? 100 * (patch % columns) / (columns - 1) : 0}% ${rows > 1 ? 100 * Math.floor(patch / columns) / (rows - 1) : 0}%`;
      setText(about, `${capital(where(settings, patch))}, counted from 0: ${wide} × ${high} pixels with a red, a green and a blue value each, ${3 * wide * high} numbers. Choose another patch in the image.`);
    }
  };
}
function positions(settings, act) {
  const [sight, about] = [makeSight(settings, act, true), aboutLine()];
  const first = settings.classToken ? h("span", { class: "clipnb-cls" }, "class token") : null;
  return {
    element: h("div", { class: "clipnb-scene" }, sight.element, h("div", { class: "clipnb-side" }, first, about)),
    redraw(view) {
      const { patch } = view.document;
      const count = settings.rows * settings.columns;
      const alike = Array.from(view.positions.subarray(patch * count, (patch + 1) * count), (x) => x / 127);
      sight.redraw(view, (i) => [signTint(alike[i]), `: cosine ${decimal(alike[i], 2)}`]);
      const nearest = alike.map((_, i) => i).filter((i) => i !== patch).sort((a, b) => alike[b] - alike[a])[0];
      const told = `The colours compare the positional embedding of ${where(settings, patch)} with that of every other place: blue similar, orange opposite.`;
      setText(about, nearest === void 0 ? told : `${told} Most similar: ${where(settings, nearest)}, cosine ${decimal(alike[nearest], 2)}.`);
    }
  };
}
function makeHeads([layers, heads2], open, words2, pooling = false) {
  const canvases = Array.from({ length: layers * heads2 }, () => h("canvas"));
  const name = (layer) => pooling && layer === layers - 1 ? "pooling" : `layer ${layer + 1}`;
  const buttons = canvases.map(
    (canvas, i) => h("button", { type: "button", aria: { label: `${name(Math.floor(i / heads2))}, head ${i % heads2 + 1}` } }, canvas)
  );
  const cells = Array.from({ length: layers }, (_, layer) => [h("span", { class: "clipnb-layer" }, name(layer)), ...buttons.slice(layer * heads2, (layer + 1) * heads2)]);
  const element = h("div", { class: "clipnb-heads", role: "group", aria: { label: words2 } }, ...cells.flat());
  element.style.setProperty("--heads", String(heads2));
  let chosen = -1;
  const mark = roving(element, () => heads2, (i) => i !== chosen && open(Math.floor(i / heads2), i % heads2));
  const redraw = ([layer, head]) => mark(chosen = layer * heads2 + head);
  return { element, canvases, name, redraw };
}
function heads(settings, act) {
  const [sight, about, group] = [makeSight(settings, act, true), aboutLine(), `query-${Math.random().toString(36).slice(2)}`];
  const all = makeHeads(settings.imageHeads, (layer, head) => act({ do: "open", layer, head }), "Heads of the image encoder; arrow keys move", settings.pooling);
  const radios = settings.queries.map((query) => h("input", { type: "radio", name: group, onchange: () => act({ do: "ask", query }) }));
  const labels = settings.queries.map((query, i) => h("label", {}, radios[i], query === "class" ? " the class token" : " the chosen patch"));
  const queries = h("fieldset", { class: "clipnb-queries" }, h("legend", {}, "What is taken by"), ...labels);
  const skip = Number(settings.classToken);
  const painted = once((view) => view.attention);
  return {
    element: h("div", { class: "clipnb-scene" }, h("div", {}, sight.element, about), h("div", { class: "clipnb-side" }, queries, all.element)),
    redraw(view) {
      const { document: document2, attention } = view;
      const maps = mapsOf(attention, settings.imageHeads, skip);
      const at = document2.head[0] * settings.imageHeads[1] + document2.head[1];
      const most = largest(maps[at]);
      all.element.style.setProperty("--seen", `url("${view.seen.uri}")`);
      if (painted(view)) maps.forEach((map, i) => paintAttention(all.canvases[i], map, settings.rows, settings.columns, 0));
      all.redraw(document2.head);
      radios.forEach((radio, i) => radio.checked = settings.queries[i] === document2.query);
      sight.redraw(view, (i) => [attentionTint(maps[at][i] / most), `: ${percent(maps[at][i])}`]);
      const length = maps[at].length + skip;
      setText(about, tellHead(view, all.name(document2.head[0]), maps[at], skip ? attention[at * length] : null));
    }
  };
  function tellHead({ document: document2 }, layer, map, first) {
    const query = layer === "pooling" ? "the pooling" : document2.query === "class" ? "the class token" : where(settings, document2.patch);
    const top = map.indexOf(Math.max(...map));
    const most = top === document2.patch ? "more than from any other" : `and most, ${percent(map[top])}, from patch ${top}`;
    const own = first === null ? "" : document2.query === "class" ? ` It keeps ${percent(first)} from itself.` : ` From the class token it takes ${percent(first)}.`;
    return `${capital(layer)}, head ${document2.head[1] + 1}: ${query} takes ${percent(map[document2.patch])} from patch ${document2.patch}, ${most}; an even share would be ${percent(1 / (map.length + (first === null ? 0 : 1)))}.${own}`;
  }
}
function once(of) {
  let last = null;
  return (view) => last !== (last = of(view));
}
function makeNumber({ dim }, act) {
  const slider = h("input", { type: "range", min: 1, max: dim, step: 1, oninput: () => act({ do: "count", number: Number(slider.value) - 1 }) });
  const element = h("label", { class: "clipnb-number-choice" }, "Look at one number ", slider);
  return { element, redraw: (number) => void (slider.value = String(number + 1)) };
}
function image(settings, act) {
  const [chart, choice, about] = [numberBars("image embedding"), makeNumber(settings, act), aboutLine()];
  return {
    element: h("div", { class: "clipnb-scene clipnb-wide" }, chart.element, choice.element, about),
    redraw({ document: { number }, image: values }) {
      const positive = values.filter((x) => x > 0).length;
      chart.draw(values, number, `${values.length} numbers, ${positive} of them positive`);
      choice.redraw(number);
      const squares = values.reduce((sum, x) => sum + x * x, 0);
      setText(about, `Number ${number + 1} of ${values.length}: ${decimal(values[number], 3)}. No single number has a name; together they are a direction. The sum of their squares is ${squares.toFixed(2)}.`);
    }
  };
}
function makeTokens(act) {
  const element = h("div", { class: "clipnb-tokens", role: "group", aria: { label: "Tokens of the text; arrow keys move" } });
  let chosen = -1;
  const mark = roving(element, () => Infinity, (token) => token !== chosen && act({ do: "pick", token }));
  function redraw({ seen, token }, tell) {
    chosen = token;
    keepChildren(element, seen.tokens.length, () => h("button", { type: "button" }, h("span", { class: "clipnb-text" }), h("span", { class: "clipnb-id" })));
    seen.tokens.forEach((one, i) => {
      const [line, colour] = tell(i);
      const button = childrenOf(element)[i];
      const [shown2, second] = childrenOf(button);
      setText(shown2, nameOf(one));
      setText(second, line);
      button.style.background = colour;
      button.dataset.read = String(i === seen.read);
      button.setAttribute("aria-label", `token ${i}, ${nameOf(one)}: ${line}`);
    });
    mark(token);
  }
  return { element, redraw };
}
function tokens(settings, act) {
  const [list, about] = [makeTokens(act), aboutLine()];
  return {
    element: h("div", { class: "clipnb-scene clipnb-wide" }, list.element, about),
    redraw(view) {
      const { seen, token } = view;
      list.redraw(view, (i) => [String(seen.tokens[i].id), ""]);
      const one = seen.tokens[token];
      const cut = seen.cut ? ` The model reads ${settings.maxTokens} tokens; the rest of this text is cut off.` : "";
      if (!one.text) setText(about, `${one.piece} is number ${one.id} of the vocabulary; it stands for no text of its own: it marks a beginning or an end, or fills up.${cut}`);
      else setText(about, `“${one.text}” is number ${one.id} of the vocabulary, there written ${one.piece}.${one.part ? ` It is a part (${one.part}) of its character, in bytes.` : ""}${cut}`);
    }
  };
}
function textHeads(settings, act) {
  const [list, about, large] = [makeTokens(act), aboutLine(), h("canvas", { class: "clipnb-matrix", role: "img", aria: { label: "The opened head" } })];
  const all = makeHeads(settings.textHeads, (layer, head) => act({ do: "open_text", layer, head }), "Heads of the text encoder; arrow keys move");
  const painted = once((view) => view.textAttention);
  return {
    element: h("div", { class: "clipnb-scene" }, h("div", { class: "clipnb-side" }, list.element, about), h("div", { class: "clipnb-row" }, all.element, h("figure", {}, large, h("figcaption", {}, "the opened head: row i is what token i takes, from the first token to the last")))),
    redraw(view) {
      const { document: document2, seen, token } = view;
      const [count, maps] = [seen.tokens.length, mapsOf(view.textAttention, settings.textHeads)];
      const map = maps[document2.text_head[0] * settings.textHeads[1] + document2.text_head[1]];
      if (painted(view)) maps.forEach((one, i) => paintAttention(all.canvases[i], one, count, count));
      paintAttention(large, map, count, count);
      all.redraw(document2.text_head);
      const row = map.subarray(token * count, (token + 1) * count);
      list.redraw(view, (i) => [settings.causal && i > token ? "–" : percent(row[i]), attentionTint(row[i])]);
      const name = (i) => `“${nameOf(seen.tokens[i])}”`;
      const top = row.indexOf(Math.max(...row));
      const later = settings.causal && token < count - 1 ? ` What follows it is masked (–).` : "";
      setText(about, `Layer ${document2.text_head[0] + 1}, head ${document2.text_head[1] + 1}: ${name(token)} takes most, ${percent(row[top])}, from ${top === token ? "itself" : name(top)}.${later} Choose a token to see what it takes; the framed one becomes the embedding.`);
    }
  };
}
function product(settings, act) {
  const charts = ["image embedding", "× text embedding", "= products", "their running sum"].map(numberBars);
  const [choice, about, table] = [makeNumber(settings, act), aboutLine(), h("p", { class: "clipnb-about" })];
  return {
    element: h("div", { class: "clipnb-scene clipnb-wide" }, ...charts.map((one) => one.element), choice.element, about, table),
    redraw({ document: { number }, image: a, text: b, products, cosines }) {
      let sum = 0;
      const sums = products.map((x) => sum += x);
      const all = [a, b, products, sums];
      all.forEach((values, i) => charts[i].draw(values, number, `${values.length} numbers, the last ${decimal(values[values.length - 1], 3)}`));
      choice.redraw(number);
      setText(about, `Number ${number + 1}: ${decimal(a[number], 3)} × ${decimal(b[number], 3)} = ${decimal(products[number], 4)}. The sum up to here is ${decimal(sums[number], 3)}; that of all ${products.length} products is ${decimal(cosines[0], 3)}, the cosine similarity.`);
      const order = ranked(Array.from(products, Math.abs)).slice(0, MOST_PRODUCTS);
      setText(table, `The largest products: ${order.map((i) => `number ${i + 1}, ${decimal(products[i], 3)}`).join("; ")}.`);
    }
  };
}
function softmax(settings) {
  const list = h("ol", { class: "clipnb-candidates", aria: { label: "Texts with their cosine similarity and probability" } });
  const head = h("p", { class: "clipnb-candidate", aria: { hidden: "true" } }, ...["text", "cosine", "", "probability"].map((text) => h("span", {}, text)));
  return {
    element: h("div", { class: "clipnb-scene clipnb-wide" }, head, list),
    redraw({ candidates, cosines, probabilities }) {
      keepChildren(list, candidates.length, () => h("li", { class: "clipnb-candidate" }, h("span"), h("span", { class: "clipnb-value" }), bar(), h("span", { class: "clipnb-value" })));
      const order = ranked(cosines);
      order.forEach((which, row) => {
        const line = childrenOf(list)[row];
        const [text, cosine2, share, probability] = childrenOf(line);
        line.dataset.own = String(which === 0);
        setText(text, candidates[which] || "(an empty text)");
        setText(cosine2, decimal(cosines[which], 3));
        setBar(share, probabilities[which]);
        setText(probability, percent(probabilities[which]));
      });
    }
  };
}
var makeScenes = (settings, act) => [pixels, positions, heads, image, tokens, textHeads, product, softmax].map((make) => make(settings, act));

// clipnb/widgets/inside/page.js
var QUERIES = ["class", "patch"];
var INSIDE = (total, { steps, rows, columns, longest, maxTokens, dim, queries, imageHeads, textHeads: textHeads2 }) => ({
  edited: ["sentence"],
  merged: ["write"],
  actions: {
    choose: (document2, { picture }) => document2.picture = index(picture, total, "image"),
    write: (document2, { text }) => document2.sentence = words(text, longest),
    go: (document2, { step }) => document2.step = index(step, steps.length, "step"),
    look: (document2, { patch }) => document2.patch = index(patch, rows * columns, "patch"),
    ask: (document2, { query }) => {
      if (!QUERIES.includes(query)) throw new Refusal(`Attention is shown for the ${QUERIES.join(" or the ")}, not for ${shown(query)}.`);
      if (!queries.includes(query)) throw new Refusal("This model has no class token; look at the attention of a patch.");
      document2.query = query;
    },
    open: (document2, { layer, head }) => document2.head = [index(layer, imageHeads[0], "layer"), index(head, imageHeads[1], "head")],
    open_text: (document2, { layer, head }) => document2.text_head = [index(layer, textHeads2[0], "layer"), index(head, textHeads2[1], "head")],
    pick: (document2, { token }) => document2.token = index(token, maxTokens, "token"),
    count: (document2, { number }) => document2.number = index(number, dim, "number")
  }
});
var askedOf = ({ query, patch }, { classToken }) => query === "class" ? 0 : patch + Number(classToken);
var sharesOf = (view) => Float32Array.from(new Uint16Array(bytesOf(view).buffer), (x) => x / 65535);
function numbersOf(model) {
  const [settings, seen] = [model.get("settings"), model.get("seen")];
  const [image2, text] = [floats(model.get("image_embedding")), floats(model.get("text_embedding"))];
  const prompts = rowsIn(model.get("prompt_vectors"), settings.dim);
  const candidates = [seen.key[1], ...settings.prompts.filter((prompt) => prompt !== seen.key[1])];
  const embeddings = candidates.map((one, i) => i === 0 ? text : prompts[settings.prompts.indexOf(one)]);
  const cosines = embeddings.map((one) => cosine(one, image2));
  return {
    settings,
    seen,
    image: image2,
    text,
    candidates,
    cosines,
    attention: sharesOf(model.get("attention")),
    textAttention: sharesOf(model.get("text_attention")),
    products: Array.from(image2, (x, i) => x * text[i]),
    probabilities: toProbabilities(cosines, settings),
    positions: new Int8Array(bytesOf(model.get("positions")).buffer)
  };
}
function makeGuide({ steps }, go) {
  let now = 0;
  const [back, next] = [h("button", { type: "button", onclick: () => go(now - 1) }, "Back"), h("button", { type: "button", class: "clipnb-next", onclick: () => go(now + 1) }, "Next")];
  const numbers = h("span", { class: "clipnb-steps" }, ...steps.map(({ title: title2 }, i) => h("button", { type: "button", title: title2, aria: { label: `Step ${i + 1}: ${title2}` }, onclick: () => go(i) }, String(i + 1))));
  const [title, text] = [h("p", { class: "clipnb-title" }), h("p", { class: "clipnb-said" })];
  const element = h("div", { class: "clipnb-guide" }, h("div", { class: "clipnb-turns" }, back, numbers, next), title, text);
  const redraw = (step) => {
    now = step;
    [back.disabled, next.disabled] = [step === 0, step === steps.length - 1];
    childrenOf(numbers).forEach((button, i) => i === step ? button.setAttribute("aria-current", "step") : button.removeAttribute("aria-current"));
    setText(title, `${step + 1}. ${steps[step].title}`);
    setText(text, steps[step].text);
  };
  return { element, title, text, redraw };
}
function render({ model, el }) {
  const settings = model.get("settings");
  const machine = new Machine(model.get("document"), INSIDE(model.get("total"), settings));
  const status = statusLine();
  const wait = patience(model, status);
  const { act, flush } = connect(model, machine, redraw, status);
  const go = (step) => act({ do: "go", step });
  const [strip, buttons] = [imageStrip(model, (picture) => act({ do: "choose", picture })), editButtons(act)];
  const field = h("input", { type: "text", spellcheck: false, oninput: () => act({ do: "write", text: field.value }, true), onblur: () => (flush(), setTimeout(redraw)) });
  const [drawing, guide, scenes] = [makeDrawing(settings, go), makeGuide(settings, go), makeScenes(settings, act)];
  const spoken = announcer();
  let numbers = null;
  function redraw() {
    const document2 = machine.document;
    const isMissing = !same(model.get("seen").key, [document2.picture, document2.sentence, askedOf(document2, settings)]);
    const isNew = numbers?.seen !== model.get("seen");
    if (!numbers || isNew) numbers = numbersOf(model);
    const view = { ...numbers, document: document2, token: Math.min(document2.token, numbers.seen.tokens.length - 1) };
    strip.redraw(document2.picture);
    setValue(field, document2.sentence);
    buttons.redraw(machine);
    guide.redraw(document2.step);
    drawing.redraw(view);
    if (isNew) drawing.repaint(view);
    scenes.forEach((scene, i) => scene.element.hidden = i !== document2.step);
    scenes[document2.step].redraw(view);
    const about = scenes[document2.step].element.querySelector(".clipnb-about");
    spoken.tell(isMissing ? null : [`${guide.title.textContent}. ${guide.text.textContent}`, about?.textContent ?? ""]);
    wait(isMissing);
    for (const part of [drawing.element, scenes[document2.step].element]) part.dataset.old = String(isMissing);
    setPending(el, model, Number(isMissing));
  }
  redrawOn(model, ["seen"], redraw);
  root(el, "inside").append(
    strip.element,
    h("div", { class: "clipnb-tools" }, h("label", { class: "clipnb-entry" }, "Text ", field), buttons.undo, buttons.reset),
    drawing.element,
    guide.element,
    status,
    ...scenes.map((scene) => scene.element),
    spoken.element
  );
  redraw();
}
var page_default = { render };
export {
  INSIDE,
  Machine,
  askedOf,
  page_default as default
};

// Made from clipnb/widgets/similarity/page.js by tests/javascript/bundle.py; sources 0d4c50e74b83bde6716265d4c5c06bf6ea0ab573f52c050b8adb486c96d50d47
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
function floats(view) {
  if (!view || !view.byteLength) return new Float32Array(0);
  const bytes = ArrayBuffer.isView(view) ? view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength) : view.slice(0);
  return new Float32Array(bytes);
}

// clipnb/widgets/common/common.js
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
var decimal = (x, digits) => x.toFixed(digits).replace(/^-(?=0\.?0*$)/, "").replace("-", "−");
var caption = (one) => one.truth ? `${one.truth} (${one.name})` : one.name;

// clipnb/widgets/common/maps.js
function moved(key, at, count, columns) {
  const line = at - at % columns;
  const steps = { ArrowLeft: at - 1, ArrowRight: at + 1, ArrowUp: at - columns, ArrowDown: at + columns, Home: line, End: Math.min(count, line + columns) - 1 };
  if (!(key in steps)) return null;
  return steps[key] < 0 || steps[key] >= count ? at : steps[key];
}
var bytesOf = (view) => new Uint8Array(ArrayBuffer.isView(view) ? view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength) : view);

// clipnb/widgets/similarity/page.js
var ROOM = 440;
var LEAST_WRITTEN = 18;
var SIMILARITY = (pictures, sentences, steps) => ({
  edited: [],
  merged: [],
  actions: {
    point: (document2, { picture, sentence }) => Object.assign(document2, { picture: index(picture, pictures, "image"), sentence: index(sentence, sentences, "text") }),
    step: (document2, { to }) => document2.step = index(to, steps, "step")
  }
});
var rankOf = (value, values) => values.filter((other) => other > value).length + 1;
function cellOf(values, document2, columns, rows) {
  const start = document2.step * rows * columns;
  const at = (r, c) => values[start + r * columns + c];
  const row = Array.from({ length: columns }, (_, c) => at(document2.picture, c));
  const column = Array.from({ length: rows }, (_, r) => at(r, document2.sentence));
  const value = row[document2.sentence];
  return { value, row, inRow: rankOf(value, row), inColumn: rankOf(value, column), best: row.indexOf(Math.max(...row)) };
}
function found(values, own, step, columns) {
  return own.filter((mine, r) => {
    const row = values.subarray((step * own.length + r) * columns, (step * own.length + r + 1) * columns);
    return row[mine] >= row.reduce((a, b) => Math.max(a, b));
  }).length;
}
function render({ model, el }) {
  const [pictures, sentences, { labels, own }] = [model.get("pictures"), model.get("sentences"), model.get("settings")];
  const [rows, columns] = [pictures.length, sentences.length];
  const values = floats(model.get("values"));
  const palette = bytesOf(model.get("palette"));
  const machine = new Machine(model.get("document"), SIMILARITY(rows, columns, labels.length));
  const [low, high] = values.reduce(([a, b], x) => [Math.min(a, x), Math.max(b, x)], [Infinity, -Infinity]);
  const size = Math.max(3, Math.min(44, Math.floor(ROOM / Math.max(columns, rows))));
  let painted = null;
  const status = h("p", { class: "clipnb-status", role: "status", aria: { live: "polite" } });
  const say = (sentence2) => setText(status, sentence2);
  const canvas = h("canvas", { class: "clipnb-matrix", width: columns, height: rows });
  const [mark, field] = [h("div", { class: "clipnb-mark" }), h("div", { class: "clipnb-field", tabIndex: 0, role: "application" })];
  field.setAttribute("aria-label", `Similarity matrix of ${rows} images (rows) and ${columns} texts (columns); arrow keys move`);
  [canvas.style.width, canvas.style.height] = [`calc(${columns} * var(--clipnb-cell))`, `calc(${rows} * var(--clipnb-cell))`];
  field.append(canvas, mark);
  const written = size >= LEAST_WRITTEN;
  const heads = h("div", { class: "clipnb-heads", aria: { hidden: "true" } });
  const thumbs = h("div", { class: "clipnb-thumbs", aria: { hidden: "true" } });
  if (written) {
    heads.append(...sentences.map((text) => sized(h("span", { title: text }, text), "width", "lineHeight")));
    thumbs.append(...pictures.map((one) => sized(h("img", { src: one.uri, alt: "", title: caption(one) }), "height", "width")));
    heads.style.marginLeft = "calc(var(--clipnb-cell) + 4px)";
  } else {
    heads.append(h("span", { class: "clipnb-plain" }, `${columns} texts →`));
    thumbs.append(h("span", { class: "clipnb-plain" }, `${rows} images ↓`));
  }
  function sized(element, ...sides) {
    for (const side of sides) element.style[side] = "var(--clipnb-cell)";
    return element;
  }
  const slider = h("input", { type: "range", min: 0, max: labels.length - 1, oninput: () => act({ do: "step", to: Number(slider.value) }, true), onblur: () => flush(), aria: { label: "Step of training" } });
  const stepText = h("span", { class: "clipnb-scale" });
  const dial = h("div", { class: "clipnb-dial", hidden: labels.length < 2 }, h("label", {}, "Step ", slider), stepText);
  const image = h("img", { class: "clipnb-picture" });
  const [sentence, value, ranks, best] = [h("q", { class: "clipnb-said" }), h("p", { class: "clipnb-big" }), h("p"), h("p", { class: "clipnb-best" })];
  const name = h("figcaption");
  const count = h("p", { class: "clipnb-count" });
  const reading = h("div", { class: "clipnb-reading", role: "status", aria: { live: "polite" } }, h("figure", { class: "clipnb-small" }, image, name), h("div", {}, sentence, value, ranks, best));
  const scale = h("canvas", { class: "clipnb-scalebar", width: 256, height: 1, aria: { hidden: "true" } });
  const legend = h("p", { class: "clipnb-legend" }, h("span", { class: "clipnb-range" }, decimal(low, 2), scale, decimal(high, 2)), `cosine${labels.length > 1 ? ", the same colours at every step" : ""}`);
  function point(picture, at) {
    const now = machine.document;
    if (picture !== now.picture || at !== now.sentence) act({ do: "point", picture, sentence: at }, true);
  }
  function hover(event) {
    const box = canvas.getBoundingClientRect();
    const place = (share, count2) => Math.max(0, Math.min(count2 - 1, Math.floor(share * count2)));
    point(place((event.clientY - box.top) / box.height, rows), place((event.clientX - box.left) / box.width, columns));
  }
  field.addEventListener("pointermove", hover);
  field.addEventListener("pointerdown", hover);
  field.addEventListener("keydown", (event) => {
    const now = machine.document;
    const turn = { PageDown: 1, PageUp: -1 }[event.key];
    const to = moved(event.key, now.picture * columns + now.sentence, rows * columns, columns);
    if (turn === void 0 && to === null) return;
    event.preventDefault();
    if (turn !== void 0) return act({ do: "step", to: Math.max(0, Math.min(labels.length - 1, now.step + turn)) }, true);
    const line = Math.floor(to / columns);
    if (["ArrowLeft", "ArrowRight"].includes(event.key) && line !== now.picture) return;
    point(line, to % columns);
  });
  function paint(canvas2, width, height, share) {
    const pixels = new ImageData(width, height);
    for (let i = 0; i < width * height; i++) {
      const place = 3 * Math.round(255 * share(i));
      pixels.data.set([...palette.subarray(place, place + 3), 255], 4 * i);
    }
    canvas2.getContext("2d").putImageData(pixels, 0, 0);
  }
  const ending = (n) => n % 100 > 10 && n % 100 < 14 ? "th" : ["th", "st", "nd", "rd"][n % 10] ?? "th";
  const ordinal = (n) => n === 1 ? "best" : `${n}${ending(n)} best`;
  function redraw() {
    const document2 = machine.document;
    const { step, picture } = document2;
    const range = high - low || 1;
    if (painted !== step) paint(canvas, columns, rows, (i) => (values[step * rows * columns + i] - low) / range);
    painted = step;
    const cell = cellOf(values, document2, columns, rows);
    Object.assign(mark.style, { left: `${100 * document2.sentence / columns}%`, top: `${100 * picture / rows}%`, width: `${100 / columns}%`, height: `${100 / rows}%` });
    if (image.src !== pictures[picture].uri) image.src = pictures[picture].uri;
    image.alt = caption(pictures[picture]);
    setText(name, caption(pictures[picture]));
    setText(sentence, sentences[document2.sentence]);
    setText(value, `cosine ${decimal(cell.value, 3)}`);
    const owned = own && own[picture] === document2.sentence ? " It is the image’s own." : "";
    setText(ranks, `Of ${columns} texts it is this image’s ${ordinal(cell.inRow)}; of ${rows} images this one is its ${ordinal(cell.inColumn)}.${owned}`);
    setText(best, cell.inRow === 1 ? "" : `This image’s best: “${sentences[cell.best]}” (${decimal(cell.row[cell.best], 3)})`);
    setText(count, own ? `${found(values, own, step, columns)} of ${rows} images have no better text than their own.` : "");
    if (!isFocused(slider)) slider.value = step;
    slider.setAttribute("aria-valuetext", labels[step]);
    setText(stepText, labels[step]);
    el.dataset.pending = "0";
    el.dataset.failures = String(model.get("failures"));
  }
  const { act, flush } = connect(model, machine, redraw, say);
  paint(scale, 256, 1, (i) => i / 255);
  const matrix = h("div", { class: "clipnb-scroll" }, h("div", { class: "clipnb-fit" }, heads, h("div", { class: "clipnb-body" }, thumbs, field), legend));
  const places = columns + (written ? 1 : 0);
  matrix.style.flexBasis = `${places * size + (written ? 12 : 32)}px`;
  matrix.style.setProperty("--clipnb-places", places);
  matrix.style.setProperty("--clipnb-most", `${size}px`);
  root(el, "similarity").append(dial, h("div", { class: "clipnb-top" }, matrix, h("div", { class: "clipnb-side" }, reading, count, status)));
  redraw();
}
var page_default = { render };
export {
  Machine,
  SIMILARITY,
  cellOf,
  page_default as default,
  found
};

// Made from clipnb/widgets/similarity/page.js by tests/javascript/bundle.py; sources 43195923403cf3c5f3a1edffae7b979303217b4ce33e70d5d7ae05e4707b6bd8
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
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
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
function setPending(el, model, pending = 0) {
  el.dataset.pending = String(pending);
  el.dataset.failures = String(model.get("failures"));
}
var decimal = (x, digits) => x.toFixed(digits).replace(/^-(?=0\.?0*$)/, "").replace("-", "−");
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
var CELL = "var(--clipnb-cell)";
var SIMILARITY = (images, texts, steps) => ({
  edited: [],
  merged: [],
  actions: {
    point: (document2, { picture, sentence }) => Object.assign(document2, { picture: index(picture, images, "image"), sentence: index(sentence, texts, "text") }),
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
var ending = (n) => n % 100 > 10 && n % 100 < 14 ? "th" : ["th", "st", "nd", "rd"][n % 10] ?? "th";
var ordinal = (n) => n === 1 ? "best" : `${n}${ending(n)} best`;
function readTraits(model) {
  const [images, texts, { labels, own }] = [model.get("pictures"), model.get("sentences"), model.get("settings")];
  const [rows, columns, values] = [images.length, texts.length, floats(model.get("values"))];
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  const size = Math.max(3, Math.min(44, Math.floor(ROOM / Math.max(columns, rows))));
  return { images, texts, labels, own, rows, columns, values, low, high, size, isWritten: size >= LEAST_WRITTEN, palette: bytesOf(model.get("palette")) };
}
function makeMatrix(data, legend) {
  const { rows, columns, size, isWritten } = data;
  const canvas = h("canvas", { class: "clipnb-matrix", width: columns, height: rows });
  [canvas.style.width, canvas.style.height] = [`calc(${columns} * ${CELL})`, `calc(${rows} * ${CELL})`];
  const mark = h("div", { class: "clipnb-mark" });
  const label = `Similarity matrix of ${rows} images (rows) and ${columns} texts (columns); arrow keys move`;
  const field = h("div", { class: "clipnb-field", tabIndex: 0, role: "application", aria: { label } }, canvas, mark);
  const [heads, thumbs] = makeMargins(data);
  const element = h("div", { class: "clipnb-scroll" }, h("div", { class: "clipnb-fit" }, heads, h("div", { class: "clipnb-body" }, thumbs, field), legend));
  const places = columns + (isWritten ? 1 : 0);
  element.style.flexBasis = `${places * size + (isWritten ? 12 : 32)}px`;
  element.style.setProperty("--clipnb-places", String(places));
  element.style.setProperty("--clipnb-most", `${size}px`);
  return { element, field, canvas, mark };
}
function makeMargins({ images, texts, rows, columns, isWritten }) {
  const heads = h("div", { class: "clipnb-heads", aria: { hidden: "true" } });
  const thumbs = h("div", { class: "clipnb-thumbs", aria: { hidden: "true" } });
  if (isWritten) {
    heads.append(...texts.map((text) => sized(h("span", { title: text }, text), "width", "lineHeight")));
    thumbs.append(...images.map((one) => sized(h("img", { src: one.uri, alt: "", title: caption(one) }), "height", "width")));
    heads.style.marginLeft = `calc(${CELL} + 4px)`;
  } else {
    heads.append(h("span", { class: "clipnb-plain" }, `${columns} texts →`));
    thumbs.append(h("span", { class: "clipnb-plain" }, `${rows} images ↓`));
  }
  return [heads, thumbs];
}
function sized(element, ...sides) {
  for (const side of sides) element.style[side] = CELL;
  return element;
}
function makeReading() {
  const [image, name] = [h("img", { class: "clipnb-image" }), h("figcaption")];
  const [text, value, ranks, best] = [h("q", { class: "clipnb-said" }), h("p", { class: "clipnb-big" }), h("p"), h("p", { class: "clipnb-best" })];
  const element = h(
    "div",
    { class: "clipnb-reading" },
    h("figure", { class: "clipnb-small" }, image, name),
    h("div", {}, text, value, ranks, best)
  );
  return { element, image, name, text, value, ranks, best, count: h("p", { class: "clipnb-count" }) };
}
function makeLegend({ labels, low, high, palette }) {
  const scale = h("canvas", { class: "clipnb-scalebar", width: 256, height: 1, aria: { hidden: "true" } });
  paint(scale, palette, 256, 1, (i) => i / 255);
  return h("p", { class: "clipnb-legend" }, h("span", { class: "clipnb-range" }, decimal(low, 2), scale, decimal(high, 2)), `cosine${labels.length > 1 ? ", the same colours at every step" : ""}`);
}
function makeDial(labels, act, flush) {
  const slider = h("input", {
    type: "range",
    min: 0,
    max: labels.length - 1,
    oninput: () => act({ do: "step", to: Number(slider.value) }, true),
    onblur: flush,
    aria: { label: "Step of training" }
  });
  const text = h("span", { class: "clipnb-scale" });
  const element = h("div", { class: "clipnb-dial", hidden: labels.length < 2 }, h("label", {}, "Step ", slider), text);
  const redraw = (step) => {
    if (!isFocused(slider)) slider.value = String(step);
    slider.setAttribute("aria-valuetext", labels[step]);
    setText(text, labels[step]);
  };
  return { element, redraw };
}
function hearPointer({ field, canvas }, { rows, columns }, point) {
  const hover = (event) => {
    const box = canvas.getBoundingClientRect();
    const place = (share, count) => Math.max(0, Math.min(count - 1, Math.floor(share * count)));
    point(place((event.clientY - box.top) / box.height, rows), place((event.clientX - box.left) / box.width, columns));
  };
  field.addEventListener("pointermove", hover);
  field.addEventListener("pointerdown", hover);
}
function hearKey({ rows, columns, labels }, now, event, { point, turn }) {
  const step = { PageDown: 1, PageUp: -1 }[event.key];
  const to = moved(event.key, now.picture * columns + now.sentence, rows * columns, columns);
  if (step !== void 0 || to !== null) event.preventDefault();
  if (step !== void 0) return turn(Math.max(0, Math.min(labels.length - 1, now.step + step)));
  if (to === null) return;
  const line = Math.floor(to / columns);
  if (["ArrowLeft", "ArrowRight"].includes(event.key) && line !== now.picture) return;
  point(line, to % columns);
}
function paint(canvas, palette, width, height, share) {
  const pixels = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    const place = 3 * Math.round(255 * share(i));
    pixels.data.set([...palette.subarray(place, place + 3), 255], 4 * i);
  }
  canvas.getContext("2d")?.putImageData(pixels, 0, 0);
}
function drawReading(reading, { images, texts, own, values, rows, columns }, document2) {
  const { step, picture: chosen, sentence: column } = document2;
  const cell = cellOf(values, document2, columns, rows);
  setSource(reading.image, images[chosen].uri);
  reading.image.alt = caption(images[chosen]);
  setText(reading.name, caption(images[chosen]));
  setText(reading.text, texts[column]);
  setText(reading.value, `cosine ${decimal(cell.value, 3)}`);
  const owned = own && own[chosen] === column ? " It is the image’s own." : "";
  setText(reading.ranks, `Of ${columns} texts it is this image’s ${ordinal(cell.inRow)}; of ${rows} images this one is its ${ordinal(cell.inColumn)}.${owned}`);
  setText(reading.best, cell.inRow === 1 ? "" : `This image’s best: “${texts[cell.best]}” (${decimal(cell.row[cell.best], 3)})`);
  setText(reading.count, own ? `${found(values, own, step, columns)} of ${rows} images have no better text than their own.` : "");
}
function render({ model, el }) {
  const data = readTraits(model);
  const { rows, columns, values, low, high } = data;
  const machine = new Machine(model.get("document"), SIMILARITY(rows, columns, data.labels.length));
  const status = statusLine();
  const { act, flush } = connect(model, machine, redraw, status);
  const matrix = makeMatrix(data, makeLegend(data));
  const dial = makeDial(data.labels, act, flush);
  const [reading, spoken] = [makeReading(), announcer()];
  let painted = -1;
  const point = (picture, sentence) => {
    const now = machine.document;
    if (picture !== now.picture || sentence !== now.sentence) act({ do: "point", picture, sentence }, true);
  };
  const turn = (to) => act({ do: "step", to }, true);
  hearPointer(matrix, data, point);
  matrix.field.addEventListener("keydown", (event) => hearKey(data, machine.document, event, { point, turn }));
  function redraw() {
    const { step, picture, sentence } = machine.document;
    const range = high - low || 1;
    if (painted !== step) paint(matrix.canvas, data.palette, columns, rows, (i) => (values[step * rows * columns + i] - low) / range);
    painted = step;
    Object.assign(matrix.mark.style, { left: `${100 * sentence / columns}%`, top: `${100 * picture / rows}%`, width: `${100 / columns}%`, height: `${100 / rows}%` });
    drawReading(reading, data, machine.document);
    dial.redraw(step);
    spoken.tell([[reading.name, reading.text, reading.value, reading.best].map((one) => one.textContent).filter(Boolean).join(", ")]);
    setPending(el, model);
  }
  root(el, "similarity").append(dial.element, h("div", { class: "clipnb-top" }, matrix.element, h("div", { class: "clipnb-side" }, reading.element, reading.count, status)), spoken.element);
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

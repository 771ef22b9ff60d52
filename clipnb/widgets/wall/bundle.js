// Made from clipnb/widgets/wall/page.js by tests/javascript/bundle.py; sources 91141d1197d3e0f16c9bcdef8dab068ae7507401457b5e07da4c2ed67a95ee6b
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
var caption = (one) => one.truth ? `${one.truth} (${one.name})` : one.name;
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

// clipnb/widgets/common/entry.js
function textEntry({ starters: offered, failures }, label, act) {
  const text = h("input", { type: "text", spellcheck: false, autocomplete: "off", oninput: () => act({ do: "write", text: text.value }, true) });
  const write = (prompt) => {
    text.value = prompt;
    act({ do: "write", text: prompt });
  };
  const starters = h(
    "div",
    { class: "clipnb-starters", role: "group", aria: { label } },
    ...offered.map((prompt) => {
      const mark = failures[prompt] ? h("span", { class: "clipnb-fails" }, failures[prompt]) : null;
      return h("button", { type: "button", onclick: () => write(prompt), data: { text: prompt } }, prompt, mark && " ", mark);
    })
  );
  return {
    field: h("label", { class: "clipnb-entry" }, "Text ", text),
    starters,
    /**
     * Leaving the field or Enter sends what was typed.
     *
     * @param {() => void} flush
     * @param {() => void} redraw
     */
    hear(flush, redraw) {
      text.addEventListener("keydown", (event) => event.key === "Enter" && flush());
      text.addEventListener("blur", () => (flush(), setTimeout(redraw)));
    },
    /** @param {string} now the text in view */
    show(now) {
      setValue(text, now);
      childrenOf(starters).forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.text === now)));
    }
  };
}

// clipnb/widgets/common/maps.js
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

// clipnb/widgets/common/pieces.js
var LETTERS = (() => {
  const own = (byte) => byte > 32 && byte < 127 || byte > 160 && byte !== 173;
  const rest = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !own(byte));
  const letters = new Map(rest.map((byte, n) => [String.fromCodePoint(256 + n), byte]));
  for (let byte = 0; byte < 256; byte++) if (own(byte)) letters.set(String.fromCodePoint(byte), byte);
  return letters;
})();
var MARK = /^<\|(.+?)(oftext)?\|>$/;
var bytesOf = (piece) => [...piece.replace(/<\/w>$/, "")].map((letter) => LETTERS.get(letter) ?? 63);
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
  const bytes = bytesOf(piece);
  return { text: textOf(bytes) ?? bytes.map((byte) => `\\x${byte.toString(16)}`).join(""), ends: piece.endsWith("</w>"), special: false };
}

// clipnb/widgets/wall/page.js
var WALL = (total, { longest }) => ({
  edited: ["sentence"],
  merged: ["write"],
  actions: {
    write: (document2, { text }) => document2.sentence = words(text, longest),
    choose: (document2, { picture }) => document2.picture = index(picture, total, "image")
  }
});
function makeView(settings, images, act) {
  const entry = textEntry(settings, "Texts to begin with", act);
  const tokens = h("ol", { class: "clipnb-chips", aria: { label: "Tokens of the text, with their numbers" } });
  const best = h("p", { class: "clipnb-told" });
  const [followed, range] = [h("p", { class: "clipnb-told" }), h("p", { class: "clipnb-told clipnb-range" })];
  const tiles = images.map(makeTile);
  const wall = h("ol", { class: "clipnb-wall", aria: { label: "Images, the best first; arrow keys move, Enter follows one" } }, ...tiles);
  return { entry, buttons: editButtons(act), tokens, best, followed, range, tiles, wall };
}
function makeTile(one, i) {
  const image = h("img", { src: one.uri, alt: one.truth || one.name, draggable: false });
  const line = bar();
  line.append(h("span", { class: "clipnb-band" }));
  const button = h("button", { type: "button", title: caption(one), data: { image: String(i) } }, image, line, h("span", { class: "clipnb-value" }));
  return h("li", {}, button);
}
function hearWall(wall, act) {
  const columns = () => Math.max(1, getComputedStyle(wall).gridTemplateColumns.split(" ").length);
  const mark = roving(wall, columns, () => {
  });
  wall.addEventListener("click", (event) => {
    const button = (
      /** @type {Element} */
      event.target.closest("button")
    );
    if (button) act({ do: "choose", picture: Number(button.dataset.image) });
  });
  return mark;
}
function arrange({ wall, tiles }, order, isSeen) {
  const list = order.map((i) => tiles[i]);
  if (list.every((tile, place) => wall.children[place] === tile)) return;
  if (!isSeen || matchMedia("(prefers-reduced-motion: reduce)").matches) return wall.append(...list);
  const before = list.map((tile) => tile.getBoundingClientRect());
  tiles.forEach((tile) => tile.getAnimations().forEach((running) => running.cancel()));
  wall.append(...list);
  const after = list.map((tile) => tile.getBoundingClientRect());
  list.forEach((tile, place) => {
    const [x, y] = [before[place].left - after[place].left, before[place].top - after[place].top];
    if (x || y) tile.animate([{ transform: `translate(${x}px, ${y}px)` }, { transform: "none" }], { duration: 380, easing: "cubic-bezier(0.2, 0.7, 0.2, 1)" });
  });
}
function drawTokens(tokens, list) {
  tokens.dataset.old = String(!list);
  if (!list) return;
  keepChildren(tokens, list.length, () => h("li", {}, h("span", { class: "clipnb-text" }), h("span", { class: "clipnb-id" })));
  list.forEach(({ text: piece, id }, i) => {
    const { text: shown2, ends, special } = readable(piece);
    const chip = childrenOf(tokens)[i];
    setText(chip.children[0], shown2);
    setText(chip.children[1], String(id));
    chip.dataset.ends = String(ends);
    chip.dataset.special = String(special);
    chip.title = special ? `number ${id}: marks where the text begins or ends` : `number ${id} of the vocabulary${ends ? "" : "; the word goes on"}`;
  });
}
function drawTiles(tiles, cosines, nonsense) {
  const order = cosines ? ranked(cosines) : tiles.map((_, i) => i);
  const [high, low] = cosines ? [cosines[order[0]], cosines[order[order.length - 1]]] : [1, 0];
  const share = (x) => Math.min(1, Math.max(0, (x - low) / (high - low || 1)));
  const [from, to] = nonsense.map(share);
  tiles.forEach((tile, i) => {
    const [, line, value] = childrenOf(childrenOf(tile)[0]);
    setBar(line, cosines ? share(cosines[i]) : 0);
    setText(value, cosines ? decimal(cosines[i], 3) : "–");
    const band = childrenOf(line)[1];
    band.hidden = !cosines || to <= from;
    Object.assign(band.style, { left: `${(100 * from).toFixed(1)}%`, width: `${(100 * (to - from)).toFixed(1)}%` });
  });
  return order;
}
function toldRange(best, [low, high]) {
  const range = `${decimal(low, 3)} to ${decimal(high, 3)}`;
  if (best > high) return `Texts of random letters reach ${range} with their best image; this text is above that range.`;
  return `Texts of random letters reach ${range} with their best image, so this cosine alone says little. Compare it with the next images.`;
}
function drawWall(view, images, cosines, { chosen, nonsense }) {
  const order = drawTiles(view.tiles, cosines, nonsense);
  const [high, low] = cosines ? [cosines[order[0]], cosines[order[order.length - 1]]] : [1, 0];
  const name = (i) => images[i].truth || images[i].name;
  const last = order[order.length - 1];
  setText(view.best, cosines ? `Best of ${order.length}: ${name(order[0])}, cosine ${decimal(high, 3)}. Last: ${name(last)}, ${decimal(low, 3)}.` : "Write a text, and the images sort themselves.");
  setText(view.followed, cosines ? `You follow ${name(chosen)}: place ${order.indexOf(chosen) + 1}, cosine ${decimal(cosines[chosen], 3)}.` : "");
  setText(view.range, cosines ? `${toldRange(high, nonsense)} Hatched on the bars: that range.` : "");
  return order;
}
function render({ model, el }) {
  const [settings, images] = [model.get("settings"), model.get("pictures")];
  const machine = new Machine(model.get("document"), WALL(images.length, settings));
  const offered = rowsIn(model.get("picture_vectors"), settings.dim);
  const { embeddings, learn } = textEmbeddings(model, settings.dim);
  const status = statusLine();
  const wait = patience(model, status);
  const { act, flush } = connect(model, machine, redraw, status);
  const [view, spoken] = [makeView(settings, images, act), announcer()];
  const mark = hearWall(view.wall, act);
  let shown2 = null;
  function redraw() {
    const { sentence: text, picture: chosen } = machine.document;
    const isKnown = !text.trim() || embeddings.has(text);
    view.entry.show(text);
    view.buttons.redraw(machine);
    drawTokens(view.tokens, model.get("tokens")[text] ?? (text.trim() ? null : []));
    wait(!isKnown);
    view.wall.dataset.old = String(!isKnown);
    if (isKnown) sort(text, chosen);
    spoken.tell(isKnown ? [view.best, view.followed].map((one) => one.textContent) : null);
    setPending(el, model, Number(!isKnown));
  }
  function sort(text, chosen) {
    const embedding = embeddings.get(text);
    const order = drawWall(view, images, embedding ? offered.map((one) => cosine(one, embedding)) : null, { chosen, nonsense: settings.nonsense });
    if (shown2 !== text) arrange(view, order, el.isConnected);
    shown2 = text;
    mark(order.indexOf(chosen));
  }
  view.entry.hear(flush, redraw);
  redrawOn(model, ["new_texts", "new_vectors"], () => (learn(), redraw()));
  redrawOn(model, ["tokens"], redraw);
  root(el, "wall").append(
    h("div", { class: "clipnb-tools" }, view.entry.field, view.buttons.undo, view.buttons.reset),
    view.entry.starters,
    view.tokens,
    status,
    view.best,
    view.followed,
    view.wall,
    view.range,
    spoken.element
  );
  redraw();
}
var page_default = { render };
export {
  Machine,
  WALL,
  arrange,
  page_default as default,
  drawTiles,
  drawTokens,
  makeTile,
  readable,
  toldRange
};

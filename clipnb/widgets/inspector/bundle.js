// Made from clipnb/widgets/inspector/page.js by tests/javascript/bundle.py; sources 4bcf30051874b0c9aa6658e5cc05d2a209885c66226861d41a0c8b603c4e8661
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
var PLUS = [0, 114, 178];
var STRENGTH = 0.85;
var tint = (share) => `rgba(${PLUS.join()}, ${(STRENGTH * share).toFixed(3)})`;
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

// clipnb/widgets/inspector/page.js
var ASKS = ["sentence", "word"];
var INSPECTOR = (total, { tokens, patches, longest }) => ({
  edited: ["sentence"],
  merged: ["write"],
  actions: {
    display: (document2, { what }) => {
      if (!ASKS.includes(what)) throw new Refusal(`The patches answer to the ${ASKS.join(" or the ")}, not to ${what}.`);
      document2.show = what;
    },
    choose: (document2, { picture }) => document2.picture = index(picture, total, "image"),
    write: (document2, { text }) => document2.sentence = words(text, longest),
    pick: (document2, { token }) => document2.token = index(token, tokens, "token"),
    look: (document2, { patch }) => document2.patch = index(patch, patches, "patch")
  }
});
function makeText(act, leave) {
  const field = h("input", { type: "text", spellcheck: false, oninput: () => act({ do: "write", text: field.value }, true), onblur: leave });
  const tokens = h("div", { class: "clipnb-tokens", role: "group", aria: { label: "Tokens of the text; arrow keys move" } });
  return { field, tokens, cosine: h("span", { class: "clipnb-value" }), about: h("p") };
}
function makeAsks(act) {
  const group = `asks-${Math.random().toString(36).slice(2)}`;
  const radios = ASKS.map((what) => h("input", { type: "radio", name: group, onchange: () => act({ do: "display", what }) }));
  const word = h("span");
  const element = h(
    "fieldset",
    { class: "clipnb-asks" },
    h("legend", {}, "Colour the patches by their relevance for"),
    h("label", {}, radios[0], " the whole text"),
    h("label", {}, radios[1], word)
  );
  return { element, radios, word };
}
function makePatches() {
  const [seen, frame] = [h("img", { class: "clipnb-pixels" }), h("div", { class: "clipnb-frame" })];
  const under = h("img", { class: "clipnb-pixels clipnb-pale", alt: "" });
  const grid = h("div", { class: "clipnb-grid", role: "group", aria: { label: "Patches of the image; arrow keys move" } });
  const [left, right] = [h("div", { class: "clipnb-sight" }, seen, frame), h("div", { class: "clipnb-sight" }, under, grid)];
  const large = h("div", { class: "clipnb-large", role: "img" });
  const about = h("p");
  const element = h(
    "div",
    { class: "clipnb-top" },
    h("figure", {}, left, h("figcaption", {}, "what the model sees")),
    h("figure", {}, right, h("figcaption", {}, "relevance of the patches")),
    h("div", { class: "clipnb-patch" }, large, about)
  );
  return { element, seen, frame, under, grid, left, right, large, about };
}
var shownToken = (document2, parts) => Math.min(document2.token, parts.tokens.length - 1);
function askedWord(document2, parts) {
  const { word } = parts.tokens[shownToken(document2, parts)];
  return document2.show === "word" && word !== null ? { number: word, text: parts.words[word] } : null;
}
function drawTokens({ tokens, cosine, about }, parts, chosen, longest) {
  const most = Math.max(1e-9, ...parts.tokens.map((token) => token.share));
  keepChildren(
    tokens,
    parts.tokens.length,
    () => h("button", { type: "button" }, h("span", { class: "clipnb-text" }), h("code"), h("span", { class: "clipnb-id" }), bar(), h("span", { class: "clipnb-unseen" }))
  );
  parts.tokens.forEach((token, i) => {
    const [shown2, piece, id, line, words2] = childrenOf(tokens.children[i]);
    setText(shown2, token.text || "·");
    setText(piece, token.piece);
    setText(id, token.part ? `${token.id} · byte ${token.part}` : String(token.id));
    setBar(line, token.share / most);
    setText(words2, `, ${percent(token.share)} of the relevance`);
  });
  setText(cosine, `cosine with the image ${decimal(parts.cosine, 3)}${parts.cut ? `; cut after ${longest} tokens` : ""}`);
  setText(about, tellToken(parts, parts.tokens[chosen]));
}
function tellToken(parts, token) {
  const spoken = parts.tokens.filter((one) => one.text).length;
  if (!token.text) return `${token.piece} is number ${token.id} of the vocabulary. It stands for no text: it marks where the text begins or ends.`;
  const bytes = token.part ? ` It holds ${token.part} of the character's bytes, since the vocabulary has no piece for all of it.` : "";
  const pieces = parts.tokens.filter((one) => one.word === token.word).length;
  const of = pieces > 1 ? `, one of ${pieces} pieces of its word` : "";
  return `“${token.text}” is number ${token.id} of the vocabulary (${token.piece})${of}.${bytes} It has ${percent(token.share)} of the relevance of all tokens; an even share would be ${percent(1 / spoken)}.`;
}
function drawGrid({ seen, under, grid, left, right }, { rows, columns, uri, width, height }, map) {
  const most = Math.max(1e-9, ...map);
  for (const image of [seen, under]) setSource(image, uri);
  seen.alt = `What the model sees: ${width} × ${height} pixels, in ${rows} × ${columns} patches`;
  for (const side of [left, right]) {
    side.style.setProperty("--rows", String(rows));
    side.style.setProperty("--columns", String(columns));
  }
  keepChildren(grid, rows * columns, () => h("button", { type: "button" }));
  const tiles = childrenOf(grid);
  map.forEach((share, i) => {
    tiles[i].style.background = tint(share / most);
    tiles[i].setAttribute("aria-label", `${patchName(i, columns)}: ${percent(share)}`);
  });
}
function drawPatch({ frame, large, about }, { rows, columns, uri, width, height }, patch, map, asked) {
  const [row, column] = [Math.floor(patch / columns), patch % columns];
  Object.assign(frame.style, { left: `${100 * column / columns}%`, top: `${100 * row / rows}%`, width: `${100 / columns}%`, height: `${100 / rows}%` });
  large.style.backgroundImage = `url("${uri}")`;
  large.style.backgroundSize = `${100 * columns}% ${100 * rows}%`;
  large.style.backgroundPosition = `${columns > 1 ? 100 * column / (columns - 1) : 0}% ${rows > 1 ? 100 * row / (rows - 1) : 0}%`;
  const [wide, high] = [Math.floor(width / columns), Math.floor(height / rows)];
  large.setAttribute("aria-label", "The chosen patch, enlarged");
  setText(
    about,
    `${capital(patchName(patch, columns))} of ${rows} × ${columns}, all counted from 0; ${wide} × ${high} pixels, ${3 * wide * high} numbers. For ${asked} it has ${percent(map[patch])} of the relevance of all patches; an even share would be ${percent(1 / map.length)}.`
  );
}
function render({ model, el }) {
  const settings = model.get("settings");
  const machine = new Machine(model.get("document"), INSPECTOR(model.get("total"), settings));
  const status = statusLine();
  const wait = patience(model, status);
  const { act, flush } = connect(model, machine, redraw, status);
  const strip = imageStrip(model, (picture) => act({ do: "choose", picture }));
  const text = makeText(act, leave);
  const [buttons, asks, patches, spoken] = [editButtons(act), makeAsks(act), makePatches(), announcer()];
  const inView = () => shownToken(machine.document, model.get("seen"));
  const markToken = roving(text.tokens, () => Infinity, (token) => token !== inView() && act({ do: "pick", token }));
  const markPatch = roving(patches.grid, () => model.get("seen").columns, (patch) => patch !== machine.document.patch && act({ do: "look", patch }));
  function leave() {
    flush();
    setTimeout(redraw);
  }
  function redraw() {
    const [document2, parts] = [machine.document, model.get("seen")];
    const isMissing = !same(parts.key, [document2.picture, document2.sentence]);
    strip.redraw(document2.picture);
    setValue(text.field, document2.sentence);
    drawTokens(text, parts, inView(), settings.tokens);
    markToken(inView());
    drawPatches(document2, parts);
    spoken.tell(isMissing ? null : [text.cosine, text.about, patches.about].map((one) => one.textContent));
    asks.radios.forEach((radio, i) => radio.checked = ASKS[i] === document2.show);
    buttons.redraw(machine);
    wait(isMissing);
    for (const part of [text.tokens, patches.left, patches.right]) part.dataset.old = String(isMissing);
    setPending(el, model, Number(isMissing));
  }
  function drawPatches(document2, parts) {
    const { word } = parts.tokens[inView()];
    const asked = askedWord(document2, parts);
    const map = parts.maps[asked ? asked.number + 1 : 0];
    setText(asks.word, word === null ? " the chosen word by itself" : ` “${parts.words[word]}” by itself`);
    drawGrid(patches, parts, map);
    markPatch(document2.patch);
    drawPatch(patches, parts, document2.patch, map, asked ? `“${asked.text}”` : "the text");
  }
  redrawOn(model, ["seen"], redraw);
  root(el, "inspector").append(
    strip.element,
    h("div", { class: "clipnb-tools" }, h("label", { class: "clipnb-entry" }, "Text ", text.field), buttons.undo, buttons.reset, text.cosine),
    status,
    text.tokens,
    text.about,
    asks.element,
    patches.element,
    spoken.element
  );
  redraw();
}
var page_default = { render };
export {
  INSPECTOR,
  Machine,
  page_default as default
};

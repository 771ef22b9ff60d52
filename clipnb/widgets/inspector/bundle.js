// Made from clipnb/widgets/inspector/page.js by tests/javascript/bundle.py; sources d569c51cac6d78c39b688e50e4b420a58aad294a28d2b68011368a05acb66fde
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

// clipnb/widgets/common/common.js
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
function keepChildren(parent, count, make) {
  while (parent.children.length > count) parent.lastElementChild.remove();
  while (parent.children.length < count) parent.append(make(parent.children.length));
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
  const fill = element.firstElementChild;
  fill.style.width = `${(100 * Math.min(1, Math.abs(share))).toFixed(2)}%`;
  fill.dataset.sign = share < 0 ? "minus" : "plus";
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

// clipnb/widgets/common/maps.js
var PLUS = [213, 94, 0];
var STRENGTH = 0.85;
var tint = (share) => `rgba(${PLUS.join()}, ${(STRENGTH * share).toFixed(3)})`;
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
      const at = buttons().indexOf(
        /** @type {Element} */
        event.target.closest("button")
      );
      if (at >= 0) pick(at);
    });
  }
  return (chosen) => buttons().forEach((button, i) => {
    button.tabIndex = i === chosen ? 0 : -1;
    button.setAttribute("aria-pressed", String(i === chosen));
  });
}
function patience(model, status, say) {
  const [busy, absent] = ["The model is looking …", model.get("absent") ?? SILENT];
  let [timer, waiting] = [null, false];
  return (missing) => {
    if (missing === waiting) return;
    waiting = missing;
    clearTimeout(timer);
    if (missing) {
      say(busy);
      timer = setTimeout(() => say(absent), 5 * PATIENCE);
    } else if ([busy, absent].includes(status.textContent)) say("");
  };
}

// clipnb/widgets/inspector/page.js
var ASKS = ["sentence", "word"];
function display(document2, { what }) {
  if (!ASKS.includes(what)) throw new Refusal(`The patches answer to the ${ASKS.join(" or the ")}, not to ${what}.`);
  document2.show = what;
}
var INSPECTOR = (total, { tokens, patches, longest }) => ({
  edited: ["sentence"],
  merged: ["write"],
  actions: {
    display,
    choose: (document2, { picture }) => document2.picture = index(picture, total, "image"),
    write: (document2, { text }) => document2.sentence = words(text, longest),
    pick: (document2, { token }) => document2.token = index(token, tokens, "token"),
    look: (document2, { patch }) => document2.patch = index(patch, patches, "patch")
  }
});
function render({ model, el }) {
  const settings = model.get("settings");
  const machine = new Machine(model.get("document"), INSPECTOR(model.get("total"), settings));
  const status = h("p", { class: "clipnb-status", role: "status", aria: { live: "polite" } });
  const say = (sentence) => setText(status, sentence);
  const wait = patience(model, status, say);
  const strip = pictureStrip(model, (chosen) => act({ do: "choose", picture: chosen }));
  const text = h("input", { type: "text", spellcheck: false, oninput: () => act({ do: "write", text: text.value }, true), onblur: leave });
  const undo = h("button", { type: "button", onclick: () => act({ do: "undo" }) }, "Undo");
  const reset = h("button", { type: "button", onclick: () => act({ do: "reset" }) }, "Reset");
  const tokens = h("div", { class: "clipnb-tokens", role: "group", aria: { label: "Tokens of the text; arrow keys move" } });
  const cosine = h("span", { class: "clipnb-value" });
  const aboutToken = h("p", { role: "status", aria: { live: "polite" } });
  const group = `asks-${Math.random().toString(36).slice(2)}`;
  const asks = ASKS.map((what) => h("input", { type: "radio", name: group, onchange: () => act({ do: "display", what }) }));
  const wordText = h("span");
  const asking = h(
    "fieldset",
    { class: "clipnb-asks" },
    h("legend", {}, "Colour the patches by their relevance for"),
    h("label", {}, asks[0], " the whole text"),
    h("label", {}, asks[1], wordText)
  );
  const [seen, frame] = [h("img", { class: "clipnb-pixels" }), h("div", { class: "clipnb-frame" })];
  const [under, grid] = [h("img", { class: "clipnb-pixels clipnb-pale", alt: "" }), h("div", { class: "clipnb-grid", role: "group", aria: { label: "Patches of the image; arrow keys move" } })];
  const [left, right] = [h("div", { class: "clipnb-sight" }, seen, frame), h("div", { class: "clipnb-sight" }, under, grid)];
  const large = h("div", { class: "clipnb-large", role: "img" });
  const aboutPatch = h("p", { role: "status", aria: { live: "polite" } });
  const markToken = roving(tokens, () => Infinity, (token) => token !== shownToken() && act({ do: "pick", token }));
  const markPatch = roving(grid, () => model.get("seen").columns, (patch) => patch !== machine.document.patch && act({ do: "look", patch }));
  function leave() {
    flush();
    setTimeout(redraw);
  }
  const shownToken = () => Math.min(machine.document.token, model.get("seen").tokens.length - 1);
  function redraw() {
    const [document2, parts] = [machine.document, model.get("seen")];
    const missing = !same(parts.key, [document2.picture, document2.sentence]);
    strip.redraw(document2.picture);
    setValue(text, document2.sentence);
    drawTokens(parts);
    drawPatches(document2, parts);
    asks.forEach((radio, i) => radio.checked = ASKS[i] === document2.show);
    undo.disabled = !machine.past.length;
    reset.disabled = same(machine.kept(), machine.first);
    wait(missing);
    for (const part of [tokens, left, right]) part.dataset.old = String(missing);
    el.dataset.pending = String(Number(missing));
    el.dataset.failures = String(model.get("failures"));
  }
  function drawTokens(parts) {
    const most = Math.max(1e-9, ...parts.tokens.map((token) => token.share));
    keepChildren(
      tokens,
      parts.tokens.length,
      () => h("button", { type: "button" }, h("span", { class: "clipnb-text" }), h("code"), h("span", { class: "clipnb-id" }), bar())
    );
    parts.tokens.forEach((token, i) => {
      const [shown, piece, id, line] = tokens.children[i].children;
      setText(shown, token.text || "·");
      setText(piece, token.piece);
      setText(id, token.part ? `${token.id} · byte ${token.part}` : String(token.id));
      setBar(line, token.share / most);
      tokens.children[i].setAttribute("aria-label", `${token.text || token.piece}, number ${token.id}, ${percent(token.share)} of the relevance`);
    });
    markToken(shownToken());
    setText(cosine, `cosine with the image ${parts.cosine.toFixed(3)}${parts.cut ? `; cut after ${settings.tokens} tokens` : ""}`);
    setText(aboutToken, tellToken(parts, parts.tokens[shownToken()]));
  }
  function tellToken(parts, token) {
    const spoken = parts.tokens.filter((one) => one.text).length;
    if (!token.text) return `${token.piece} is number ${token.id} of the vocabulary. It stands for no text: it marks where the text begins or ends.`;
    const bytes = token.part ? ` It holds ${token.part} of the character's bytes, since the vocabulary has no piece for all of it.` : "";
    const pieces = parts.tokens.filter((one) => one.word === token.word).length;
    const of = pieces > 1 ? `, one of ${pieces} pieces of its word` : "";
    return `“${token.text}” is number ${token.id} of the vocabulary (${token.piece})${of}.${bytes} It has ${percent(token.share)} of the relevance of all tokens; an even share would be ${percent(1 / spoken)}.`;
  }
  function drawPatches(document2, parts) {
    const { rows, columns, uri } = parts;
    const token = parts.tokens[shownToken()];
    const alone = document2.show === "word" && token.word !== null;
    const map = parts.maps[alone ? token.word + 1 : 0];
    const most = Math.max(1e-9, ...map);
    setText(wordText, token.word === null ? " the chosen word by itself" : ` “${parts.words[token.word]}” by itself`);
    for (const image of [seen, under]) if (image.src !== uri) image.src = uri;
    seen.alt = `What the model sees: ${parts.width} × ${parts.height} pixels, in ${rows} × ${columns} patches`;
    for (const side of [left, right]) side.style.setProperty("--rows", rows), side.style.setProperty("--columns", columns);
    keepChildren(grid, rows * columns, () => h("button", { type: "button" }));
    const tiles = childrenOf(grid);
    map.forEach((share, i) => {
      tiles[i].style.background = tint(share / most);
      tiles[i].setAttribute("aria-label", `patch ${i}, row ${Math.floor(i / columns)}, column ${i % columns}: ${percent(share)}`);
    });
    markPatch(document2.patch);
    const [row, column] = [Math.floor(document2.patch / columns), document2.patch % columns];
    Object.assign(frame.style, { left: `${100 * column / columns}%`, top: `${100 * row / rows}%`, width: `${100 / columns}%`, height: `${100 / rows}%` });
    large.style.backgroundImage = `url("${uri}")`;
    large.style.backgroundSize = `${100 * columns}% ${100 * rows}%`;
    large.style.backgroundPosition = `${columns > 1 ? 100 * column / (columns - 1) : 0}% ${rows > 1 ? 100 * row / (rows - 1) : 0}%`;
    const [wide, high] = [Math.floor(parts.width / columns), Math.floor(parts.height / rows)];
    large.setAttribute("aria-label", "The chosen patch, enlarged");
    const asked = alone ? `“${parts.words[token.word]}”` : "the text";
    setText(
      aboutPatch,
      `Patch ${document2.patch}: row ${row}, column ${column} of ${rows} × ${columns}, all counted from 0; ${wide} × ${high} pixels, ${3 * wide * high} numbers. For ${asked} it has ${percent(map[document2.patch])} of the relevance of all patches; an even share would be ${percent(1 / map.length)}.`
    );
  }
  const { act, flush } = connect(model, machine, redraw, say);
  model.on("change:seen", redraw);
  root(el, "inspector").append(
    strip.element,
    h("div", { class: "clipnb-tools" }, h("label", { class: "clipnb-sentence" }, "Text ", text), undo, reset, cosine),
    status,
    tokens,
    aboutToken,
    asking,
    h("div", { class: "clipnb-top" }, h("figure", {}, left, h("figcaption", {}, "what the model sees")), h("figure", {}, right, h("figcaption", {}, "relevance of the patches")), h("div", { class: "clipnb-patch" }, large, aboutPatch))
  );
  redraw();
}
var page_default = { render };
export {
  INSPECTOR,
  Machine,
  page_default as default
};

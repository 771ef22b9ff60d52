// Made from clipnb/widgets/explorer/page.js by tests/javascript/bundle.py; sources 64ea3e92e83014ab76dabff18f69409ef94e5f981c275f4dadc07e214ca1b508
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
function pooled(rows) {
  return rows.length ? rows.reduce((sum, one) => sum + one.share * one.cosine, 0) : null;
}
function meanOf(embeddings) {
  const sum = new Float64Array(embeddings[0].length);
  for (const embedding of embeddings) for (let i = 0; i < sum.length; i++) sum[i] += embedding[i];
  return sum.map((x) => x / embeddings.length);
}
var byCentred = (a, b) => rounded(b.centred) - rounded(a.centred);
function difference(left, right) {
  const scores = [pooled(left), pooled(right)];
  if (scores[0] === null || scores[1] === null) return [];
  const middle = (scores[0] + scores[1]) / 2;
  const parts = (rows, side) => rows.map((one) => {
    const weight = (side ? -1 : 1) * one.share;
    return { ...one, side, contribution: weight * one.cosine, centred: weight * (one.cosine - (one.mean ?? middle)) };
  });
  return [...parts(left, 0), ...parts(right, 1)].sort(byCentred);
}
function usualMargin(left, right) {
  const usual = (rows) => rows.reduce((sum, one) => sum + one.share * (one.mean ?? 0), 0);
  return usual(left) - usual(right);
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
  const [fill] = childrenOf(element);
  fill.style.width = `${(100 * Math.min(1, Math.abs(share))).toFixed(2)}%`;
  fill.dataset.sign = share < 0 ? "minus" : "plus";
}
var heads = (...words2) => h("div", { class: "clipnb-heads", aria: { hidden: "true" } }, ...words2.map((one) => h("span", {}, one)));
var signed = (x) => `${x <= -5e-4 ? "−" : "+"}${Math.abs(x).toFixed(3)}`;
var decimal = (x, digits) => x.toFixed(digits).replace(/^-(?=0\.?0*$)/, "").replace("-", "−");
var percent = (x) => `${(100 * x).toFixed(x > 0 && x < 0.1 ? 1 : 0)} %`;
function download(name, text) {
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1e4);
}
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
  let told2 = null;
  let timer = 0;
  function tell(parts) {
    clearTimeout(timer);
    if (!parts) return;
    const known = told2 ??= parts;
    const news = parts.filter((part, i) => part && part !== known[i]);
    if (!news.length) return;
    timer = setTimeout(() => {
      told2 = parts;
      setText(element, news.join(" "));
    }, QUIET);
  }
  return { element, tell };
}

// clipnb/widgets/common/reasons.js
function reasonsList(one = "prompt") {
  const [title, text, list, rest] = [h("p", { class: "clipnb-heading" }), h("p"), h("ul", { class: "clipnb-reasons" }), h("p")];
  const element = h("section", { class: "clipnb-because", aria: { label: "Why one class rather than another" } }, title, text, list, rest);
  function redraw(why) {
    element.hidden = !why?.parts.length;
    if (!why?.parts.length) return;
    const { others = 0, rest: left = 0 } = why;
    setText(title, `Why ${why.left} rather than ${why.right}?`);
    setText(text, told(why, one));
    const reach = Math.max(1e-9, ...why.parts.map((part) => Math.abs(part.centred)));
    keepChildren(
      list,
      why.parts.length,
      () => h("li", {}, h("span", { class: "clipnb-name" }), h("span", { class: "clipnb-text" }), bar(), h("span", { class: "clipnb-value" }))
    );
    why.parts.forEach((part, i) => {
      const [name, prompt, line, value] = childrenOf(list.children[i]);
      setText(name, part.name);
      setText(prompt, part.text);
      setBar(line, Math.abs(part.centred) < 5e-4 ? 0 : part.centred / reach / 2);
      setText(value, signed(part.centred));
    });
    rest.hidden = !others;
    setText(rest, others === 1 ? `One more adds ${signed(left)}.` : `${others} more add ${signed(left)} together.`);
  }
  return { element, redraw };
}
function told(why, one) {
  const lead = why.margin >= 0 ? `It leads by ${why.margin.toFixed(3)}` : `It trails by ${(-why.margin).toFixed(3)}`;
  const usual = `on average over ${why.images} images the difference is ${signed(why.usual)}`;
  const counted2 = why.images ? `${lead}; ${usual}. Each cosine is counted from the ${one}'s own average over those images: a ${one} of ${why.left} that fits this one better than usual speaks for it, and so does one of ${why.right} that fits worse.` : `${lead}. A ${one} of ${why.left} that fits this image well adds to it, and so does one of ${why.right} that fits badly; in between lies the mean of the two scores.`;
  return `${counted2} The parts add up${why.images ? " to what this image adds to that average" : ""}.`;
}

// clipnb/widgets/explorer/page.js
var MOST_WEIGHT = 10;
var MOST_RANKED = 8;
var rowsOf = (document2, of) => document2.classes[index(of, document2.classes.length, "class")].rows;
var rowOf = (document2, of, row) => rowsOf(document2, of)[index(row, rowsOf(document2, of).length, "row")];
var hasText = (text) => text.trim() !== "";
var EXPLORER = (total) => ({
  edited: ["classes"],
  merged: ["edit", "weigh"],
  actions: {
    choose: (document2, { picture }) => document2.picture = index(picture, total, "image"),
    compare: (document2, { side, of }) => document2.compare[index(side, 2, "side")] = index(of, document2.classes.length, "class"),
    follow: (document2) => document2.compare = [null, null],
    edit: (document2, { of, row, text }) => rowOf(document2, of, row).text = words(text),
    switch: (document2, { of, row, on }) => rowOf(document2, of, row).on = on === true,
    switch_all: (document2, { of, on }) => rowsOf(document2, of).forEach((row) => row.on = on === true),
    weigh: (document2, { of, row, weight }) => rowOf(document2, of, row).weight = number(weight, 0, MOST_WEIGHT, "A weight"),
    add: (document2, { of }) => rowsOf(document2, of).push({ text: "", on: true, weight: 1 }),
    remove: (document2, { of, row }) => rowsOf(document2, of).splice(index(row, rowsOf(document2, of).length, "row"), 1)
  }
});
function compared(compare, order) {
  const [chosen, other] = compare.map((of) => of === null ? null : Math.min(of, order.length - 1));
  const left = chosen ?? order.find((of) => of !== other) ?? 0;
  return [left, other ?? order.find((of) => of !== left) ?? left];
}
var keyOf = (settings, name, text) => settings.include_name ? `${name}	${text}` : text;
function counted(rows, image, embeddingOf, reference) {
  const live = rows.flatMap(({ text, on, weight }, row) => {
    const embedding = embeddingOf(row);
    return on && weight > 0 && hasText(text) && embedding ? [{ row, text, weight, embedding }] : [];
  });
  const total = live.reduce((sum, { weight }) => sum + weight, 0);
  return live.map(({ row, text, weight, embedding }) => {
    const mean = reference && cosine(embedding, reference);
    return { row, text, cosine: cosine(embedding, image), mean, share: weight / total };
  });
}
function makeScorer(model) {
  const settings = model.get("settings");
  const imageAt = imageReader(model, settings.dim);
  const { embeddings, learn } = textEmbeddings(model, settings.dim);
  const reference = settings.images ? meanOf(rowsIn(model.get("picture_vectors"), settings.dim)) : null;
  const lastKey = /* @__PURE__ */ new Map();
  let shape = "";
  function forget(classes) {
    const now = classes.map((one) => one.rows.length).join();
    if (now !== shape) lastKey.clear();
    shape = now;
  }
  function compute({ classes, picture }) {
    forget(classes);
    const now = imageAt(picture);
    const pending = /* @__PURE__ */ new Set();
    const embeddingOf = (of, row) => {
      const { name, rows: rows2 } = classes[of];
      const [key, place] = [keyOf(settings, name, rows2[row].text), `${of},${row}`];
      if (embeddings.has(key)) lastKey.set(place, key);
      else if (hasText(rows2[row].text)) pending.add(place);
      return embeddings.get(lastKey.get(place));
    };
    const rows = classes.map((one, of) => now ? counted(one.rows, now.embedding, (row) => embeddingOf(of, row), reference) : []);
    const scores = rows.map(pooled);
    return { classes, entry: now?.entry, pending, rows, scores, probabilities: toProbabilities(scores, settings), order: ranked(scores) };
  }
  return { learn, compute };
}
function whyOf({ classes, scores, rows }, left, right, images) {
  const [first, second] = [scores[left] ?? 0, scores[right] ?? 0];
  const sign = first >= second ? 1 : -1;
  const [winner, loser] = sign > 0 ? [left, right] : [right, left];
  const parts = left === right ? [] : difference(rows[left], rows[right]);
  return {
    left: classes[winner].name,
    right: classes[loser].name,
    margin: Math.abs(first - second),
    usual: sign * usualMargin(rows[left], rows[right]),
    images,
    parts: (sign > 0 ? parts : parts.reverse()).map(({ side, text, centred }) => ({ name: classes[[left, right][side]].name, text, centred: sign * centred }))
  };
}
function asJson(classes, first, provenance) {
  const live = classes.map((one) => ({ name: one.name, rows: one.rows.filter((row) => row.on && hasText(row.text)) }));
  const bare = live.find((one) => !one.rows.length);
  if (bare) throw new Refusal(`The class '${bare.name}' has no descriptor that is on; switch one on, or write one, before you save.`);
  const weighted = live.filter((one) => one.rows.some((row) => row.weight !== 1));
  const note = { ...provenance, ...same(classes, first) ? {} : { edited: true } };
  if (weighted.length) Object.assign(note, { weights: Object.fromEntries(weighted.map((one) => [one.name, one.rows.map((row) => row.weight)])) });
  const descriptors = Object.fromEntries(live.map((one) => [one.name, one.rows.map((row) => row.text.trim())]));
  return JSON.stringify({ provenance: note, descriptors }, null, 1) + "\n";
}
function makePanel(side, doing) {
  const { act, of } = doing;
  const choice = h("select", { onchange: () => act({ do: "compare", side, of: choice.selectedIndex }), aria: { label: `Class on the ${["left", "right"][side]}` } });
  const [score, list] = [h("span", { class: "clipnb-score" }), h("ul", { class: "clipnb-rows" })];
  const add = h("button", { type: "button", onclick: () => addRow(list, doing) }, "Add a descriptor");
  const columns = heads("", "descriptor", "weight", "cosine", "");
  const [all, none] = [true, false].map((on) => h("button", { type: "button", onclick: () => act({ do: "switch_all", of: of(), on }) }, on ? "All on" : "All off"));
  const element = h("section", { class: "clipnb-panel", data: { side: String(side) } }, h("header", {}, choice, score), columns, list, h("footer", {}, add, all, none));
  const newRow = (k) => makeRow(k, doing, () => removeRow(list, k, add, doing));
  return { element, choice, score, list, all, none, newRow };
}
function makeRow(k, { act, of, leave }, onremove) {
  const at = () => ({ of: of(), row: k });
  const on = h("input", { type: "checkbox", title: "on or off", onchange: () => act({ do: "switch", ...at(), on: on.checked }) });
  const text = textField({ placeholder: "what it looks like", onblur: leave }, (typed) => act({ do: "edit", ...at(), text: typed }, true));
  const weigh = () => weight.value !== "" && act({ do: "weigh", ...at(), weight: Number(weight.value) }, true);
  const weight = h("input", { type: "number", min: 0, max: MOST_WEIGHT, step: 0.5, title: "weight", oninput: weigh, onblur: leave });
  const value = h("span", { class: "clipnb-value" });
  const remove = h("button", { type: "button", class: "clipnb-remove", title: "Remove", onclick: onremove }, "×");
  const line = bar();
  line.append(h("span", { class: "clipnb-mean" }));
  return h("li", {}, on, text, weight, value, remove, line);
}
function makeRanking(open) {
  const list = h("ol", { class: "clipnb-ranking", aria: { label: "Classes, best first; press one to edit it on the left" } });
  const makeLine = () => {
    const name = h("button", { type: "button", onclick: () => open(Number(name.dataset.of)) });
    return h("li", {}, name, bar(), h("span", { class: "clipnb-value" }), h("span", { class: "clipnb-value" }));
  };
  const redraw = ({ classes, scores, probabilities, order }) => {
    const count = Math.min(MOST_RANKED, order.length);
    keepChildren(list, count, makeLine);
    order.slice(0, count).forEach((of, place) => {
      const line = childrenOf(list)[place];
      const [name, share, probability, value] = childrenOf(line);
      const score = scores[of];
      name.dataset.of = String(of);
      setText(name, classes[of].name);
      setBar(share, probabilities[of]);
      setText(probability, score === null ? "–" : percent(probabilities[of]));
      setText(value, score === null ? "no descriptor" : decimal(score, 3));
      line.dataset.best = String(place === 0);
    });
  };
  const element = h("div", { class: "clipnb-ranked" }, heads("class", "", "probability", "score"), list);
  return { element, redraw };
}
function addRow(list, { act, of }) {
  act({ do: "add", of: of() });
  list.lastElementChild?.querySelector("textarea")?.focus();
}
function removeRow(list, k, add, { act, of }) {
  act({ do: "remove", of: of(), row: k });
  const next = list.children[Math.min(k, list.children.length - 1)];
  (next?.querySelector("textarea") ?? add).focus();
}
function saveFile(machine, settings) {
  try {
    download("descriptors.json", asJson(machine.document.classes, machine.first.classes, settings.provenance));
    return "Saved as descriptors.json; clipnb.load_descriptors reads it.";
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.message;
  }
}
function scaleOf(cosines) {
  if (!cosines.length) return { low: 0, high: 0, mean: 0 };
  return { low: Math.min(...cosines), high: Math.max(...cosines), mean: cosines.reduce((a, b) => a + b, 0) / cosines.length };
}
var toldScale = ({ low, high, mean }) => `Bars start at ${decimal(low, 3)}, the smallest cosine of the two classes, and end at ${decimal(high, 3)}, the largest. The line marks the mean, ${decimal(mean, 3)}.`;
function drawPanel(panel, of, { classes, scores, rows, pending }, { low, high, mean }) {
  const share = (value) => (value - low) / (high - low || 1);
  const [mine, score] = [classes[of], scores[of]];
  keepChildren(panel.choice, classes.length, () => h("option"));
  classes.forEach((one, c) => setText(panel.choice.children[c], one.name));
  panel.choice.selectedIndex = of;
  panel.all.setAttribute("aria-label", `All on: descriptors of ${mine.name}`);
  panel.none.setAttribute("aria-label", `All off: descriptors of ${mine.name}`);
  setText(panel.score, score === null ? "no score: no descriptor is on" : `score ${decimal(score, 3)}`);
  keepChildren(panel.list, mine.rows.length, panel.newRow);
  const cosines = new Map(rows[of].map((one) => [one.row, one.cosine]));
  childrenOf(panel.list).forEach((element, k) => {
    const [isPending, value] = [pending.has(`${of},${k}`), cosines.get(k)];
    drawRow(element, mine.rows[k], `${mine.name}, descriptor ${k + 1}`);
    const [, , , number2, , line] = childrenOf(element);
    setBar(line, value === void 0 ? 0 : share(value));
    childrenOf(line)[1].style.left = `${(100 * share(mean)).toFixed(2)}%`;
    setText(number2, isPending ? "…" : value === null || value === void 0 ? "" : decimal(value, 3));
    element.dataset.pending = String(isPending);
  });
}
function drawRow(element, row, label) {
  const [on, text, weight, , remove] = (
    /** @type {[HTMLInputElement, HTMLElement, HTMLInputElement, HTMLElement, HTMLElement]} */
    childrenOf(element)
  );
  on.checked = row.on;
  setTextField(text, row.text);
  setValue(weight, String(row.weight));
  on.setAttribute("aria-label", `${label}: on`);
  fieldOf(text).setAttribute("aria-label", label);
  weight.setAttribute("aria-label", `${label}: weight`);
  remove.setAttribute("aria-label", `Remove ${label}`);
  element.dataset.off = String(!row.on || row.weight === 0);
}
function spokenOf({ classes, scores, probabilities, order }, why) {
  const best = order.filter((of) => scores[of] !== null).slice(0, 2).map((of) => `${classes[of].name}, ${percent(probabilities[of])}`);
  const lead = why ? `${why.left} ${why.margin >= 0 ? "leads" : "trails"} ${why.right} by ${Math.abs(why.margin).toFixed(3)}.` : "";
  return [best.length ? `Best: ${best.join("; then ")}.` : "No descriptor is on.", lead];
}
function render({ model, el }) {
  const settings = model.get("settings");
  const machine = new Machine(model.get("document"), EXPLORER(model.get("total")));
  const scorer = makeScorer(model);
  const status = statusLine();
  const waitFor = patient(model, status, NO_KERNEL);
  const { act, flush } = connect(model, machine, redraw, status);
  const strip = imageStrip(model, (picture) => act({ do: "choose", picture }));
  const figure = figureOf({}, { width: 200, height: 200 });
  const ranking = makeRanking((of) => act({ do: "compare", side: 0, of }));
  const buttons = editButtons((action) => (held = null, act(action)));
  const save = h("button", { type: "button", onclick: () => setText(status, saveFile(machine, settings)), title: "Download the descriptors that are on, as JSON" }, "Save as JSON");
  const follow = h("button", { type: "button", onclick: () => (held = null, act({ do: "follow" })), title: "Show the two best classes, and why the first of them leads" }, "Compare the two best");
  const panels = [0, 1].map((side) => makePanel(side, { act: edit, of: () => shown2[side], leave }));
  const why = reasonsList("descriptor");
  const [note, spoken] = [h("p", { class: "clipnb-scale" }), announcer()];
  let shown2 = [0, 0];
  let held = null;
  function edit(action, later) {
    const { picture, compare } = machine.document;
    if (action.do !== "compare") held = { picture, compare: [...compare], classes: shown2 };
    act(action, later);
  }
  function inPanels(pair) {
    const { picture, compare, classes } = machine.document;
    if (held && (held.picture !== picture || !same(held.compare, compare) || Math.max(...held.classes) >= classes.length)) held = null;
    return held?.classes ?? pair;
  }
  function leave() {
    flush();
    setTimeout(redraw);
  }
  function redraw() {
    const all = scorer.compute(machine.document);
    strip.redraw(machine.document.picture);
    if (all.entry) figure.redraw(all.entry);
    ranking.redraw(all);
    const pair = compared(machine.document.compare, all.order);
    shown2 = inPanels(pair);
    const scale = scaleOf([...new Set(shown2)].flatMap((of) => all.rows[of].map((one) => one.cosine)));
    panels.forEach((panel, side) => drawPanel(panel, shown2[side], all, scale));
    setText(note, scale.high > scale.low ? toldScale(scale) : "");
    const reasons = whyOf(all, ...pair, settings.images);
    why.redraw(reasons);
    buttons.redraw(machine);
    follow.disabled = machine.document.compare.every((of) => of === null) && !held;
    const isMissing = all.pending.size > 0 || !all.entry;
    spoken.tell(isMissing ? null : spokenOf(all, reasons));
    waitFor(isMissing);
    setPending(el, model, all.pending.size);
  }
  redrawOn(model, ["new_texts", "new_vectors"], () => (scorer.learn(), redraw()));
  redrawOn(model, ["extra", "extra_vector"], redraw);
  root(el, "explorer").append(
    strip.element,
    h("div", { class: "clipnb-top" }, figure.element, ranking.element),
    h("div", { class: "clipnb-tools" }, buttons.undo, buttons.reset, follow, save, status),
    h("div", { class: "clipnb-panels" }, ...panels.map((panel) => panel.element)),
    note,
    why.element,
    spoken.element
  );
  redraw();
}
var page_default = { render };
export {
  EXPLORER,
  Embeddings,
  Machine,
  asJson,
  compared,
  counted,
  page_default as default,
  difference,
  keyOf,
  meanOf,
  pooled,
  ranked,
  rowsIn,
  toProbabilities
};

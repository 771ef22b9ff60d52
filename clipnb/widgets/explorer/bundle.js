// Made from clipnb/widgets/explorer/page.js by tests/javascript/bundle.py; sources ffbedbff2d76b8898a1c483cd4ed2dcf836136a754418a7ed6b39a7d4d3ecec1
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
function pooled(rows) {
  return rows.length ? rows.reduce((sum, one) => sum + one.share * one.cosine, 0) : null;
}
function meanOf(vectors) {
  const sum = new Float64Array(vectors[0].length);
  for (const vector of vectors) for (let i = 0; i < sum.length; i++) sum[i] += vector[i];
  return sum.map((x) => x / vectors.length);
}
function difference(left, right) {
  if (!left.length || !right.length) return [];
  const middle = (pooled(left) + pooled(right)) / 2;
  const parts = (rows, side) => rows.map((one) => {
    const weight = (side ? -1 : 1) * one.share;
    return { ...one, side, contribution: weight * one.cosine, centred: weight * (one.cosine - (one.mean ?? middle)) };
  });
  return [...parts(left, 0), ...parts(right, 1)].sort((a, b) => b.centred - a.centred);
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
  const fill = element.firstElementChild;
  fill.style.width = `${(100 * Math.min(1, Math.abs(share))).toFixed(2)}%`;
  fill.dataset.sign = share < 0 ? "minus" : "plus";
}
var signed = (x) => `${x <= -5e-4 ? "−" : "+"}${Math.abs(x).toFixed(3)}`;
var percent = (x) => `${(100 * x).toFixed(x > 0 && x < 0.1 ? 1 : 0)} %`;
function download(name, text) {
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1e4);
}
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

// clipnb/widgets/common/reasons.js
function reasonsList(one = "prompt") {
  const [title, text, list, rest] = [h("h4"), h("p"), h("ul", { class: "clipnb-reasons" }), h("p")];
  const element = h("section", { class: "clipnb-because", aria: { label: "Why one class rather than another" } }, title, text, list, rest);
  function redraw(why) {
    element.hidden = !why || !why.parts.length;
    if (element.hidden) return;
    setText(title, `Why ${why.left} rather than ${why.right}?`);
    const lead = why.margin >= 0 ? `It leads by ${why.margin.toFixed(3)}` : `It trails by ${(-why.margin).toFixed(3)}`;
    const usual = `on average over ${why.images} images the difference is ${signed(why.usual)}`;
    const counted2 = why.images ? `${lead}; ${usual}. Each cosine is counted from the ${one}'s own average over those images: a ${one} of ${why.left} that fits this one better than usual speaks for it, and so does one of ${why.right} that fits worse.` : `${lead}. A ${one} of ${why.left} that fits this image well adds to it, and so does one of ${why.right} that fits badly; in between lies the mean of the two scores.`;
    setText(text, `${counted2} The parts add up${why.images ? " to what this image adds to that average" : ""}.`);
    const reach = Math.max(1e-9, ...why.parts.map((part) => Math.abs(part.centred)));
    keepChildren(
      list,
      why.parts.length,
      () => h("li", {}, h("span", { class: "clipnb-name" }), h("span", { class: "clipnb-text" }), bar(), h("span", { class: "clipnb-value" }))
    );
    why.parts.forEach((part, i) => {
      const [name, prompt, line, value] = list.children[i].children;
      setText(name, part.name);
      setText(prompt, part.text);
      setBar(line, Math.abs(part.centred) < 5e-4 ? 0 : part.centred / reach / 2);
      setText(value, signed(part.centred));
    });
    rest.hidden = !why.others;
    setText(rest, why.others === 1 ? `One more adds ${signed(why.rest)}.` : `${why.others} more add ${signed(why.rest)} together.`);
  }
  return { element, redraw };
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
    edit: (document2, { of, row, text }) => rowOf(document2, of, row).text = words(text),
    switch: (document2, { of, row, on }) => rowOf(document2, of, row).on = on === true,
    switch_all: (document2, { of, on }) => rowsOf(document2, of).forEach((row) => row.on = on === true),
    weigh: (document2, { of, row, weight }) => rowOf(document2, of, row).weight = number(weight, 0, MOST_WEIGHT, "A weight"),
    add: (document2, { of }) => rowsOf(document2, of).push({ text: "", on: true, weight: 1 }),
    remove: (document2, { of, row }) => rowsOf(document2, of).splice(index(row, rowsOf(document2, of).length, "row"), 1)
  }
});
var keyOf = (settings, name, text) => settings.include_name ? `${name}	${text}` : text;
function counted(rows, picture, vectorOf, reference) {
  const live = rows.map((row, k) => ({ ...row, row: k, vector: vectorOf(k) })).filter((row) => row.on && row.weight > 0 && hasText(row.text) && row.vector);
  const total = live.reduce((sum, row) => sum + row.weight, 0);
  return live.map((row) => ({ row: row.row, text: row.text, cosine: cosine(row.vector, picture), mean: reference && cosine(row.vector, reference), share: row.weight / total }));
}
function asJson(classes, first, provenance) {
  const live = classes.map((one) => ({ name: one.name, rows: one.rows.filter((row) => row.on && hasText(row.text)) }));
  const bare = live.find((one) => !one.rows.length);
  if (bare) throw new Refusal(`The class '${bare.name}' has no descriptor that is on; switch one on, or write one, before you save.`);
  const weighed = live.filter((one) => one.rows.some((row) => row.weight !== 1));
  const note = { ...provenance, ...same(classes, first) ? {} : { edited: true } };
  if (weighed.length) note.weights = Object.fromEntries(weighed.map((one) => [one.name, one.rows.map((row) => row.weight)]));
  const descriptors = Object.fromEntries(live.map((one) => [one.name, one.rows.map((row) => row.text.trim())]));
  return JSON.stringify({ provenance: note, descriptors }, null, 1) + "\n";
}
function render({ model, el }) {
  const settings = model.get("settings");
  const machine = new Machine(model.get("document"), EXPLORER(model.get("total")));
  const picture = pictureReader(model, settings.dim);
  const vectors = new Vectors(settings.dim);
  const reference = settings.images ? meanOf(rowsIn(model.get("picture_vectors"), settings.dim)) : null;
  const lastKey = /* @__PURE__ */ new Map();
  let shape = "";
  vectors.add(model.get("texts"), model.get("vectors"));
  const learn = () => vectors.add(model.get("new_texts"), model.get("new_vectors"));
  learn();
  const status = h("p", { class: "clipnb-status", role: "status", aria: { live: "polite" } });
  const say = (sentence) => setText(status, sentence);
  const waitFor = patient(model, status, NO_KERNEL);
  function compute() {
    const { classes } = machine.document;
    const now = picture(machine.document.picture);
    const pending = /* @__PURE__ */ new Set();
    const rows = classes.map(
      (one, of) => now ? counted(one.rows, now.vector, (k) => {
        const [key, place] = [keyOf(settings, one.name, one.rows[k].text), `${of},${k}`];
        if (vectors.has(key)) lastKey.set(place, key);
        else if (hasText(one.rows[k].text)) pending.add(place);
        return vectors.get(lastKey.get(place));
      }, reference) : []
    );
    const scores = rows.map(pooled);
    return { classes, now, pending, rows, scores, probabilities: toProbabilities(scores, settings), order: ranked(scores) };
  }
  const strip = pictureStrip(model, (chosen) => act({ do: "choose", picture: chosen }));
  const image = h("img", { class: "clipnb-picture", width: 200, height: 200 });
  const figure = h("figure", {}, image, h("figcaption"));
  const ranking = h("ol", { class: "clipnb-ranking", aria: { label: "Classes, best first; press one to edit it on the left" } });
  const undo = h("button", { type: "button", onclick: () => act({ do: "undo" }) }, "Undo");
  const reset = h("button", { type: "button", onclick: () => act({ do: "reset" }) }, "Reset");
  const save = h("button", { type: "button", onclick: saveFile, title: "Download the descriptors that are on, as JSON" }, "Save as JSON");
  const panels = [0, 1].map(makePanel);
  const why = reasonsList("descriptor");
  function saveFile() {
    try {
      download("descriptors.json", asJson(machine.document.classes, machine.first.classes, settings.provenance));
      say("Saved as descriptors.json; clipnb.load_descriptors reads it.");
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      say(error.message);
    }
  }
  function makePanel(side) {
    const choice = h("select", { onchange: () => act({ do: "compare", side, of: choice.selectedIndex }), aria: { label: `Class on the ${["left", "right"][side]}` } });
    const [score, list] = [h("span", { class: "clipnb-score" }), h("ul", { class: "clipnb-rows" })];
    const add = h("button", { type: "button", onclick: () => addRow(side) }, "Add a descriptor");
    const [all, none] = [true, false].map((on) => h("button", { type: "button", onclick: () => act({ do: "switch_all", of: ofSide(side), on }) }, on ? "All on" : "All off"));
    const element = h("section", { class: "clipnb-panel", data: { side: String(side) } }, h("header", {}, choice, score), list, h("footer", {}, add, all, none));
    return { element, choice, score, list, add, all, none };
  }
  const ofSide = (side) => Math.min(machine.document.compare[side], machine.document.classes.length - 1);
  function addRow(side) {
    act({ do: "add", of: ofSide(side) });
    panels[side].list.lastElementChild.querySelector("textarea").focus();
  }
  function removeRow(side, k) {
    act({ do: "remove", of: ofSide(side), row: k });
    const next = panels[side].list.children[Math.min(k, panels[side].list.children.length - 1)];
    (next?.querySelector("textarea") ?? panels[side].add).focus();
  }
  function makeRow(side, k) {
    const at = () => ({ of: ofSide(side), row: k });
    const on = h("input", { type: "checkbox", title: "on or off", onchange: () => act({ do: "switch", ...at(), on: on.checked }) });
    const text = phrase({ placeholder: "what it looks like", onblur: leave }, (text2) => act({ do: "edit", ...at(), text: text2 }, true));
    const weight = h("input", {
      type: "number",
      min: 0,
      max: MOST_WEIGHT,
      step: 0.5,
      title: "weight",
      oninput: () => weight.value !== "" && act({ do: "weigh", ...at(), weight: Number(weight.value) }, true),
      onblur: leave
    });
    const value = h("span", { class: "clipnb-value" });
    const remove = h("button", { type: "button", class: "clipnb-remove", title: "Remove", onclick: () => removeRow(side, k) }, "×");
    return h("li", {}, on, text, weight, value, remove, bar());
  }
  function leave() {
    flush();
    setTimeout(redraw);
  }
  function redraw() {
    const document2 = machine.document;
    const nowShape = document2.classes.map((one) => one.rows.length).join();
    if (nowShape !== shape) lastKey.clear();
    shape = nowShape;
    const all = compute();
    strip.redraw(document2.picture);
    if (all.now) drawPicture(all.now.entry);
    drawRanking(all);
    const cosines = all.rows.flat().map((one) => one.cosine);
    const reach = Math.max(0.01, ...cosines.map(Math.abs));
    panels.forEach((panel, side) => drawPanel(panel, side, all, reach));
    drawDifference(all);
    undo.disabled = !machine.past.length;
    reset.disabled = same(machine.kept(), machine.first);
    waitFor(all.pending.size > 0 || !all.now);
    el.dataset.pending = String(all.pending.size);
    el.dataset.failures = String(model.get("failures"));
  }
  function drawPicture(entry) {
    if (image.src !== entry.uri) image.src = entry.uri;
    image.alt = caption(entry);
    setText(figure.lastElementChild, caption(entry));
  }
  function drawRanking({ classes, scores, probabilities, order }) {
    const count = Math.min(MOST_RANKED, order.length);
    keepChildren(ranking, count, (place) => {
      const name = h("button", { type: "button", onclick: () => act({ do: "compare", side: 0, of: Number(name.dataset.of) }) });
      return h("li", {}, name, bar(), h("span", { class: "clipnb-value" }), h("span", { class: "clipnb-value" }));
    });
    order.slice(0, count).forEach((of, place) => {
      const line = childrenOf(ranking)[place];
      const [name, share, probability, score] = childrenOf(line);
      name.dataset.of = of;
      setText(name, classes[of].name);
      setBar(share, probabilities[of]);
      setText(probability, scores[of] === null ? "–" : percent(probabilities[of]));
      setText(score, scores[of] === null ? "no descriptor" : scores[of].toFixed(3));
      line.dataset.best = String(place === 0);
    });
  }
  function drawPanel(panel, side, { classes, scores, rows, pending }, reach) {
    const of = ofSide(side);
    const mine = classes[of];
    keepChildren(panel.choice, classes.length, () => h("option"));
    classes.forEach((one, c) => setText(panel.choice.children[c], one.name));
    panel.choice.selectedIndex = of;
    panel.all.setAttribute("aria-label", `All on: descriptors of ${mine.name}`);
    panel.none.setAttribute("aria-label", `All off: descriptors of ${mine.name}`);
    setText(panel.score, scores[of] === null ? "no score: no descriptor is on" : `score ${scores[of].toFixed(3)}`);
    keepChildren(panel.list, mine.rows.length, (k) => makeRow(side, k));
    const cosines = new Map(rows[of].map((one) => [one.row, one.cosine]));
    mine.rows.forEach((row, k) => drawRow(panel.list.children[k], row, `${mine.name}, descriptor ${k + 1}`, cosines.get(k), pending.has(`${of},${k}`), reach));
  }
  function drawRow(element, row, label, value, pending, reach) {
    const [on, text, weight, number2, remove, line] = element.children;
    on.checked = row.on;
    setPhrase(text, row.text);
    setValue(weight, String(row.weight));
    on.setAttribute("aria-label", `${label}: on`);
    text.firstElementChild.setAttribute("aria-label", label);
    weight.setAttribute("aria-label", `${label}: weight`);
    remove.setAttribute("aria-label", `Remove ${label}`);
    setBar(line, value === void 0 ? 0 : value / reach);
    setText(number2, pending ? "…" : value === void 0 ? "" : value.toFixed(3));
    element.dataset.off = String(!row.on || row.weight === 0);
    element.dataset.pending = String(pending);
  }
  function drawDifference({ classes, scores, rows }) {
    const [left, right] = [ofSide(0), ofSide(1)];
    const parts = left === right ? [] : difference(rows[left], rows[right]);
    const sign = scores[left] >= scores[right] ? 1 : -1;
    const [winner, loser] = sign > 0 ? [left, right] : [right, left];
    why.redraw({
      left: classes[winner].name,
      right: classes[loser].name,
      margin: scores[winner] - scores[loser],
      usual: sign * usualMargin(rows[left], rows[right]),
      images: settings.images,
      parts: (sign > 0 ? parts : parts.reverse()).map(({ side, text, centred }) => ({
        name: classes[[left, right][side]].name,
        text,
        centred: sign * centred
      }))
    });
  }
  const { act, flush } = connect(model, machine, redraw, say);
  for (const name of ["new_texts", "new_vectors"]) model.on(`change:${name}`, () => (learn(), redraw()));
  for (const name of ["extra", "extra_vector"]) model.on(`change:${name}`, redraw);
  root(el, "explorer").append(
    strip.element,
    h("div", { class: "clipnb-top" }, figure, ranking),
    h("div", { class: "clipnb-tools" }, undo, reset, save, status),
    h("div", { class: "clipnb-panels" }, panels[0].element, panels[1].element),
    why.element
  );
  redraw();
}
var page_default = { render };
export {
  EXPLORER,
  Machine,
  Vectors,
  asJson,
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

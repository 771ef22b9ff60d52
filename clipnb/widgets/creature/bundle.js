// Made from clipnb/widgets/creature/page.js by tests/javascript/bundle.py; sources 8b3b938b652b42ce3e790000b23d3e71ce1ced1c6bdc005314c26614344b0c62
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
function keepChildren(parent, count, make) {
  while (parent.children.length > count) parent.lastElementChild?.remove();
  while (parent.children.length < count) parent.append(make(parent.children.length));
}
function patient(model, status, words = SILENT) {
  const silent = model.get("absent") ?? words;
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
var heads = (...words) => h("div", { class: "clipnb-heads", aria: { hidden: "true" } }, ...words.map((one) => h("span", {}, one)));
var signed = (x) => `${x <= -5e-4 ? "−" : "+"}${Math.abs(x).toFixed(3)}`;
var decimal = (x, digits) => x.toFixed(digits).replace(/^-(?=0\.?0*$)/, "").replace("-", "−");
var percent = (x) => `${(100 * x).toFixed(x > 0 && x < 0.1 ? 1 : 0)} %`;
function setSource(image, uri) {
  if (image.src !== uri) image.src = uri;
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
    const known2 = told2 ??= parts;
    const news = parts.filter((part, i) => part && part !== known2[i]);
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
  const counted = why.images ? `${lead}; ${usual}. Each cosine is counted from the ${one}'s own average over those images: a ${one} of ${why.left} that fits this one better than usual speaks for it, and so does one of ${why.right} that fits worse.` : `${lead}. A ${one} of ${why.left} that fits this image well adds to it, and so does one of ${why.right} that fits badly; in between lies the mean of the two scores.`;
  return `${counted} The parts add up${why.images ? " to what this image adds to that average" : ""}.`;
}

// clipnb/widgets/creature/page.js
function known({ values, kind }, of, value) {
  if (typeof of !== "string" || !Object.hasOwn(values, of)) throw new Refusal(`A ${kind} has no mark ${shown(of)}; its marks are ${Object.keys(values).join(", ")}.`);
  if (!values[of].includes(value)) throw new Refusal(`A ${kind} cannot have ${of} = ${shown(value)}; it can be ${values[of].join(", ")}.`);
  return value;
}
var CREATURE = (settings) => ({
  edited: ["marks", "habitat"],
  merged: [],
  actions: {
    set: (document2, { of, value }) => document2.marks[of] = known(settings, of, value),
    settle: (document2, { habitat }) => {
      if (!settings.habitats.includes(habitat)) throw new Refusal(`There is no habitat ${shown(habitat)}; there are ${settings.habitats.join(", ")}.`);
      document2.habitat = habitat;
    },
    start: (document2, { species }) => {
      const chosen = settings.species[index(species, settings.species.length, "species")];
      Object.assign(document2, { marks: { ...chosen.marks }, habitat: chosen.habitat });
    },
    become: (document2, { marks }) => Object.entries(marks).forEach(([of, value]) => document2.marks[of] = known(settings, of, value)),
    against: (document2, { of }) => document2.rival = index(of, settings.classes, "class")
  }
});
function isOffered({ needs }, slot, marks) {
  const ways = needs[slot];
  return !ways || ways.some((way) => Object.entries(way).every(([other, values]) => values.includes(marks[other])));
}
var inWords = (name) => name.replaceAll("_", " ").replaceAll("-", " ");
function anyMarks({ values }) {
  const one = (list) => list[Math.floor(Math.random() * list.length)];
  return Object.fromEntries(Object.entries(values).map(([slot, list]) => [slot, one(list)]));
}
var option = (value, text) => h("option", { value }, text);
function makeStart(settings, act) {
  const habitat = h("select", { onchange: () => act({ do: "settle", habitat: habitat.value }) }, ...settings.habitats.map((name) => option(name, name)));
  const start = h(
    "select",
    { onchange: () => start.value !== "" && act({ do: "start", species: Number(start.value) }) },
    option("", "choose …"),
    ...settings.species.map((one, i) => option(String(i), one.seen ? one.name : `${one.name} (held out)`))
  );
  const random = h("button", { type: "button", onclick: () => act({ do: "become", marks: anyMarks(settings) }), title: "Any parts and colours" }, "Random");
  const element = h("div", { class: "clipnb-places" }, h("label", {}, "Start from ", start), h("label", {}, "Habitat ", habitat));
  const redraw = (document2) => {
    habitat.value = document2.habitat;
    const origin = settings.species.findIndex((one) => same(one.marks, document2.marks));
    start.value = origin < 0 ? "" : String(origin);
  };
  return { element, random, redraw };
}
function makeSlots(settings, act) {
  const parts = settings.groups.map(({ title, slots }) => {
    const controls = slots.map(({ slot, label }) => makeControl(settings, slot, { label, title: `${title}: ${label}` }, act));
    return { field: h("fieldset", {}, h("legend", {}, title), ...controls.map((one) => one.element)), controls };
  });
  const element = h("div", { class: "clipnb-marks" }, ...parts.map((part) => part.field));
  const redraw = (marks) => {
    for (const { field, controls } of parts) {
      controls.forEach((control) => control.redraw(marks));
      field.hidden = controls.every((control) => control.element.hidden);
    }
  };
  return { element, redraw };
}
function makeControl(settings, slot, { label, title }, act) {
  const options = settings.values[slot].map((value) => option(value, inWords(value)));
  const select = h("select", { onchange: () => act({ do: "set", of: slot, value: select.value }), aria: { label: title }, data: { slot } }, ...options);
  const swatch = slot.endsWith("_colour") ? h("span", { class: "clipnb-swatch", aria: { hidden: "true" } }) : null;
  const element = h("label", {}, h("span", {}, label), select, swatch);
  const redraw = (marks) => {
    element.hidden = !isOffered(settings, slot, marks);
    select.value = marks[slot];
    if (swatch) swatch.style.background = settings.colours[marks[slot]];
  };
  return { element, redraw };
}
function makeOpinion() {
  const image = h("img", { class: "clipnb-image", width: 240, height: 240 });
  const [truth, verdict] = [h("p", { class: "clipnb-truth" }), h("p", { class: "clipnb-first" })];
  const drawing = h("figure", { class: "clipnb-drawing" }, image, h("figcaption", {}, verdict, truth));
  const ranking = h("ol", { class: "clipnb-verdict", aria: { label: "What CLIP takes it for, best first; press one to compare the first with it" } });
  const hint = h("p", { class: "clipnb-hint" }, "Framed: compared with the first, below. Press another name to compare that one.");
  const says = h("div", {}, h("p", { class: "clipnb-heading" }, "CLIP takes it for"), heads("class", "", "probability", "score"), ranking, hint);
  return { image, truth, verdict, drawing, ranking, says, because: reasonsList() };
}
var isBehind = (opinion, { marks, habitat, rival }) => !same(opinion.marks, marks) || opinion.habitat !== habitat || opinion.asked !== rival;
function drawOpinion(view, opinion, isOld, against) {
  setSource(view.image, opinion.uri);
  view.image.alt = opinion.words;
  setText(view.truth, opinion.truth);
  const [first] = opinion.leaders;
  setText(view.verdict, opinion.unseen ? "CLIP has not seen this one." : `CLIP takes it for ${first.name} (${percent(first.probability)}).`);
  drawRanking(view.ranking, opinion, against);
  view.because.redraw(opinion.why);
  for (const part of [view.says, view.because.element]) part.dataset.old = String(isOld);
}
function drawRanking(ranking, { leaders, rival }, against) {
  keepChildren(ranking, leaders.length, () => {
    const name = h("button", { type: "button", onclick: () => against(Number(name.dataset.of)) });
    return h("li", {}, name, bar(), h("span", { class: "clipnb-value" }), h("span", { class: "clipnb-value" }));
  });
  leaders.forEach((one, place) => {
    const line = childrenOf(ranking)[place];
    const [name, share, probability, score] = childrenOf(line);
    name.dataset.of = String(one.of);
    setText(name, one.name);
    name.setAttribute("aria-pressed", String(one.of === rival));
    setBar(share, one.probability);
    setText(probability, percent(one.probability));
    setText(score, decimal(one.score, 3));
    line.dataset.best = String(place === 0);
  });
}
function render({ model, el }) {
  const settings = model.get("settings");
  const machine = new Machine(model.get("document"), CREATURE(settings));
  const status = statusLine();
  const waitFor = patient(model, status);
  const { act } = connect(model, machine, redraw, status);
  const [start, slots] = [makeStart(settings, act), makeSlots(settings, act)];
  const [buttons, view, spoken] = [editButtons(act), makeOpinion(), announcer()];
  function redraw() {
    const opinion = model.get("opinion");
    start.redraw(machine.document);
    slots.redraw(machine.document.marks);
    buttons.redraw(machine);
    const isOld = isBehind(opinion, machine.document);
    waitFor(isOld);
    setPending(el, model, Number(isOld));
    drawOpinion(view, opinion, isOld, (of) => act({ do: "against", of }));
    spoken.tell(isOld ? null : [view.verdict, view.truth].map((one) => one.textContent));
  }
  redrawOn(model, ["opinion"], redraw);
  root(el, "creature").append(
    h("div", { class: "clipnb-top" }, view.drawing, h("div", { class: "clipnb-says" }, start.element, view.says)),
    h("div", { class: "clipnb-tools" }, start.random, buttons.undo, buttons.reset, status),
    slots.element,
    view.because.element,
    spoken.element
  );
  redraw();
}
var page_default = { render };
export {
  CREATURE,
  Machine,
  page_default as default,
  isOffered
};

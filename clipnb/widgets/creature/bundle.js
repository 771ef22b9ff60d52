// Made from clipnb/widgets/creature/page.js by tests/javascript/bundle.py; sources 65eeeb970af0e97ce12911d915ea33cb6085c8e3f091083d8b60225c2bd3ca52
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
function keepChildren(parent, count, make) {
  while (parent.children.length > count) parent.lastElementChild.remove();
  while (parent.children.length < count) parent.append(make(parent.children.length));
}
function patient(model, status, words = SILENT) {
  const silent = model.get("absent") ?? words;
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
    const counted = why.images ? `${lead}; ${usual}. Each cosine is counted from the ${one}'s own average over those images: a ${one} of ${why.left} that fits this one better than usual speaks for it, and so does one of ${why.right} that fits worse.` : `${lead}. A ${one} of ${why.left} that fits this image well adds to it, and so does one of ${why.right} that fits badly; in between lies the mean of the two scores.`;
    setText(text, `${counted} The parts add up${why.images ? " to what this image adds to that average" : ""}.`);
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

// clipnb/widgets/creature/page.js
function known({ values, kind }, of, value) {
  if (typeof of !== "string" || !Object.hasOwn(values, of)) throw new Refusal(`A ${kind} has no mark ${of}; its marks are ${Object.keys(values).join(", ")}.`);
  if (!values[of].includes(value)) throw new Refusal(`A ${kind} cannot have ${of} = ${value}; it can be ${values[of].join(", ")}.`);
  return value;
}
var CREATURE = (settings) => ({
  edited: ["marks", "habitat"],
  merged: [],
  actions: {
    set: (document2, { of, value }) => document2.marks[of] = known(settings, of, value),
    settle: (document2, { habitat }) => {
      if (!settings.habitats.includes(habitat)) throw new Refusal(`There is no habitat ${habitat}; there are ${settings.habitats.join(", ")}.`);
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
function render({ model, el }) {
  const settings = model.get("settings");
  const machine = new Machine(model.get("document"), CREATURE(settings));
  const status = h("p", { class: "clipnb-status", role: "status", aria: { live: "polite" } });
  const waitFor = patient(model, status);
  const option = (value, text) => h("option", { value }, text);
  const image = h("img", { class: "clipnb-picture", width: 240, height: 240 });
  const [truth, verdict] = [h("p", { class: "clipnb-truth" }), h("p", { class: "clipnb-first" })];
  const habitat = h("select", { onchange: () => act({ do: "settle", habitat: habitat.value }) }, ...settings.habitats.map((name) => option(name, name)));
  const start = h(
    "select",
    { onchange: begin },
    option("", "choose …"),
    ...settings.species.map((one, i) => option(String(i), one.seen ? one.name : `${one.name} (held out)`))
  );
  const random = h("button", { type: "button", onclick: () => act({ do: "become", marks: chance() }), title: "Any parts and colours" }, "Random");
  const undo = h("button", { type: "button", onclick: () => act({ do: "undo" }) }, "Undo");
  const reset = h("button", { type: "button", onclick: () => act({ do: "reset" }) }, "Reset");
  const ranking = h("ol", { class: "clipnb-verdict", aria: { label: "What CLIP takes it for, best first; press one to compare the first with it" } });
  const says = h("div", {}, h("h4", {}, "CLIP takes it for"), ranking, h("p", { class: "clipnb-hint" }, "Framed: compared with the first, below. Press another name to compare that one."));
  const because = reasonsList();
  const controls = /* @__PURE__ */ new Map();
  const fields = settings.groups.map(
    (group) => h("fieldset", {}, h("legend", {}, group.title), ...group.slots.map(({ slot, label }) => makeControl(slot, label, group.title)))
  );
  function makeControl(slot, label, part) {
    const select = h("select", { onchange: () => act({ do: "set", of: slot, value: select.value }), aria: { label: `${part}: ${label}` } });
    select.append(...settings.values[slot].map((value) => option(value, inWords(value))));
    select.dataset.slot = slot;
    const swatch = slot.endsWith("_colour") ? h("span", { class: "clipnb-swatch", aria: { hidden: "true" } }) : null;
    const element = h("label", {}, h("span", {}, label), select, swatch);
    controls.set(slot, { element, select, swatch });
    return element;
  }
  function begin() {
    if (start.value !== "") act({ do: "start", species: Number(start.value) });
  }
  function chance() {
    const one = (values) => values[Math.floor(Math.random() * values.length)];
    return Object.fromEntries(Object.entries(settings.values).map(([slot, values]) => [slot, one(values)]));
  }
  function redraw() {
    const { marks, habitat: place } = machine.document;
    habitat.value = place;
    const origin = settings.species.findIndex((one) => same(one.marks, marks));
    start.value = origin < 0 ? "" : String(origin);
    for (const [slot, { element, select, swatch }] of controls) {
      element.hidden = !isOffered(settings, slot, marks);
      select.value = marks[slot];
      if (swatch) swatch.style.background = settings.colours[marks[slot]];
    }
    fields.forEach((field) => field.hidden = ![...field.querySelectorAll("label")].some((label) => !label.hidden));
    undo.disabled = !machine.past.length;
    reset.disabled = same(machine.kept(), machine.first);
    drawOpinion(model.get("opinion"));
  }
  function drawOpinion(opinion) {
    const behind = !same(opinion.marks, machine.document.marks) || opinion.habitat !== machine.document.habitat || opinion.asked !== machine.document.rival;
    waitFor(behind);
    el.dataset.pending = String(Number(behind));
    el.dataset.failures = String(model.get("failures"));
    if (image.src !== opinion.uri) image.src = opinion.uri;
    image.alt = opinion.words;
    setText(truth, opinion.truth);
    const [first] = opinion.leaders;
    setText(verdict, opinion.unseen ? "CLIP has not seen this one." : `CLIP takes it for ${first.name} (${percent(first.probability)}).`);
    says.dataset.old = String(behind);
    keepChildren(ranking, opinion.leaders.length, () => {
      const name = h("button", { type: "button", onclick: () => act({ do: "against", of: Number(name.dataset.of) }) });
      return h("li", {}, name, bar(), h("span", { class: "clipnb-value" }), h("span", { class: "clipnb-value" }));
    });
    opinion.leaders.forEach((one, place) => {
      const line = childrenOf(ranking)[place];
      const [name, share, probability, score] = childrenOf(line);
      name.dataset.of = one.of;
      setText(name, one.name);
      name.setAttribute("aria-pressed", String(one.of === opinion.rival));
      setBar(share, one.probability);
      setText(probability, percent(one.probability));
      setText(score, one.score.toFixed(3));
      line.dataset.best = String(place === 0);
    });
    because.redraw(opinion.why);
    because.element.dataset.old = String(behind);
  }
  const { act } = connect(model, machine, redraw, (sentence) => setText(status, sentence));
  model.on("change:opinion", redraw);
  const places = h("div", { class: "clipnb-places" }, h("label", {}, "Start from ", start), h("label", {}, "Habitat ", habitat));
  root(el, "creature").append(
    h("div", { class: "clipnb-top" }, h("figure", { class: "clipnb-drawing" }, image, h("figcaption", { aria: { live: "polite" } }, verdict, truth)), h("div", { class: "clipnb-says" }, places, says)),
    h("div", { class: "clipnb-tools" }, random, undo, reset, status),
    h("div", { class: "clipnb-marks" }, ...fields),
    because.element
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

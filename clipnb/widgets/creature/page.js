// @ts-check
// Design a creature: the twin of state.py, and its page. The kernel draws and scores; the page chooses.

import { announcer } from "../common/announce.js";
import { bar, childrenOf, connect, decimal, editButtons, h, heads, keepChildren, patient, percent, redrawOn, root, setBar, setPending, setSource, setText, statusLine } from "../common/common.js";
import { index, Machine, Refusal, same, shown } from "../common/document.js";
import { reasonsList } from "../common/reasons.js";

/**
 * A value that a slot can have, or an error for the reader.
 *
 * @param {CreatureSettings} settings
 * @param {string} of
 * @param {string} value
 */
function known({ values, kind }, of, value) {
  if (typeof of !== "string" || !Object.hasOwn(values, of)) throw new Refusal(`A ${kind} has no mark ${shown(of)}; its marks are ${Object.keys(values).join(", ")}.`);
  if (!values[of].includes(value)) throw new Refusal(`A ${kind} cannot have ${of} = ${shown(value)}; it can be ${values[of].join(", ")}.`);
  return value;
}

/** @type {(settings: CreatureSettings) => Rules<CreatureDocument, CreatureActions, "marks" | "habitat">} */
const CREATURE = (settings) => ({
  edited: ["marks", "habitat"],
  merged: [],
  actions: {
    set: (document, { of, value }) => (document.marks[of] = known(settings, of, value)),
    settle: (document, { habitat }) => {
      if (!settings.habitats.includes(habitat)) throw new Refusal(`There is no habitat ${shown(habitat)}; there are ${settings.habitats.join(", ")}.`);
      document.habitat = habitat;
    },
    start: (document, { species }) => {
      const chosen = settings.species[index(species, settings.species.length, "species")];
      Object.assign(document, { marks: { ...chosen.marks }, habitat: chosen.habitat });
    },
    become: (document, { marks }) => Object.entries(marks).forEach(([of, value]) => (document.marks[of] = known(settings, of, value))),
    against: (document, { of }) => (document.rival = index(of, settings.classes, "class")),
  },
});

/**
 * Whether a slot can be seen on a creature with these marks.
 *
 * @param {Pick<CreatureSettings, "needs">} settings
 * @param {string} slot
 * @param {Marks} marks
 */
function isOffered({ needs }, slot, marks) {
  const ways = needs[slot];
  return !ways || ways.some((way) => Object.entries(way).every(([other, values]) => values.includes(marks[other])));
}

const inWords = (/** @type {string} */ name) => name.replaceAll("_", " ").replaceAll("-", " ");

/**
 * Any of what can be chosen.
 *
 * @param {CreatureSettings} settings
 * @returns {Marks}
 */
function anyMarks({ values }) {
  const one = (/** @type {string[]} */ list) => list[Math.floor(Math.random() * list.length)];
  return Object.fromEntries(Object.entries(values).map(([slot, list]) => [slot, one(list)]));
}

// -- the parts of the page ----------------------------------------------------------------------------------------------------

/**
 * @param {string} value
 * @param {string} text
 */
const option = (value, text) => h("option", { value }, text);

/**
 * What to begin with: a species and a habitat, or anything.
 *
 * @param {CreatureSettings} settings
 * @param {Act<CreatureActions>} act
 */
function makeStart(settings, act) {
  const habitat = h("select", { onchange: () => act({ do: "settle", habitat: habitat.value }) }, ...settings.habitats.map((name) => option(name, name)));
  const start = h(
    "select", { onchange: () => start.value !== "" && act({ do: "start", species: Number(start.value) }) }, option("", "choose …"),
    ...settings.species.map((one, i) => option(String(i), one.seen ? one.name : `${one.name} (held out)`))
  );
  const random = h("button", { type: "button", onclick: () => act({ do: "become", marks: anyMarks(settings) }), title: "Any parts and colours" }, "Random");
  const element = h("div", { class: "clipnb-places" }, h("label", {}, "Start from ", start), h("label", {}, "Habitat ", habitat));
  /** @param {CreatureDocument} document */
  const redraw = (document) => {
    habitat.value = document.habitat;
    const origin = settings.species.findIndex((one) => same(one.marks, document.marks));
    start.value = origin < 0 ? "" : String(origin);
  };
  return { element, random, redraw };
}

/**
 * A list of choices for every slot, part by part; slots that cannot be seen are hidden.
 *
 * @param {CreatureSettings} settings
 * @param {Act<CreatureActions>} act
 */
function makeSlots(settings, act) {
  const parts = settings.groups.map(({ title, slots }) => {
    const controls = slots.map(({ slot, label }) => makeControl(settings, slot, { label, title: `${title}: ${label}` }, act));
    return { field: h("fieldset", {}, h("legend", {}, title), ...controls.map((one) => one.element)), controls };
  });
  const element = h("div", { class: "clipnb-marks" }, ...parts.map((part) => part.field));
  /** @param {Marks} marks */
  const redraw = (marks) => {
    for (const { field, controls } of parts) {
      controls.forEach((control) => control.redraw(marks));
      field.hidden = controls.every((control) => control.element.hidden);
    }
  };
  return { element, redraw };
}

/**
 * @param {CreatureSettings} settings
 * @param {string} slot
 * @param {{ label: string, title: string }} names
 * @param {Act<CreatureActions>} act
 */
function makeControl(settings, slot, { label, title }, act) {
  const options = settings.values[slot].map((value) => option(value, inWords(value)));
  const select = h("select", { onchange: () => act({ do: "set", of: slot, value: select.value }), aria: { label: title }, data: { slot } }, ...options);
  const swatch = slot.endsWith("_colour") ? h("span", { class: "clipnb-swatch", aria: { hidden: "true" } }) : null;
  const element = h("label", {}, h("span", {}, label), select, swatch);
  /** @param {Marks} marks */
  const redraw = (marks) => {
    element.hidden = !isOffered(settings, slot, marks);
    select.value = marks[slot];
    if (swatch) swatch.style.background = settings.colours[marks[slot]];
  };
  return { element, redraw };
}

/**
 * The drawing, what it is, and what CLIP takes it for.
 *
 * @typedef {ReturnType<typeof makeOpinion>} OpinionView
 */
function makeOpinion() {
  const image = h("img", { class: "clipnb-image", width: 240, height: 240 });
  const [truth, verdict] = [h("p", { class: "clipnb-truth" }), h("p", { class: "clipnb-first" })];
  const drawing = h("figure", { class: "clipnb-drawing" }, image, h("figcaption", {}, verdict, truth));
  const ranking = h("ol", { class: "clipnb-verdict", aria: { label: "What CLIP takes it for, best first; press one to compare the first with it" } });
  const hint = h("p", { class: "clipnb-hint" }, "Framed: compared with the first, below. Press another name to compare that one.");
  const says = h("div", {}, h("p", { class: "clipnb-heading" }, "CLIP takes it for"), heads("class", "", "probability", "score"), ranking, hint);
  return { image, truth, verdict, drawing, ranking, says, because: reasonsList() };
}

// -- from the document to the page --------------------------------------------------------------------------------------------

/**
 * Whether an opinion is of another creature than the one that is designed.
 *
 * @param {CreatureOpinion} opinion
 * @param {CreatureDocument} document
 */
const isBehind = (opinion, { marks, habitat, rival }) => !same(opinion.marks, marks) || opinion.habitat !== habitat || opinion.asked !== rival;

/**
 * @param {OpinionView} view
 * @param {CreatureOpinion} opinion
 * @param {boolean} isOld
 * @param {(of: number) => void} against
 */
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

/**
 * @param {HTMLElement} ranking
 * @param {CreatureOpinion} opinion
 * @param {(of: number) => void} against
 */
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

/** @param {Place<CreatureTraits>} place */
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

export { Machine, CREATURE, isOffered };
export default { render };

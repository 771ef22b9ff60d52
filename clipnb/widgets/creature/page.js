// @ts-check
// Design a creature: the twin of state.py, and its page. The kernel draws and scores; the page chooses.

import { bar, childrenOf, connect, h, keepChildren, patient, percent, root, setBar, setText } from "../common/common.js";
import { index, Machine, Refusal, same } from "../common/document.js";
import { reasonsList } from "../common/reasons.js";

function known({ values, kind }, of, value) {
  if (typeof of !== "string" || !Object.hasOwn(values, of)) throw new Refusal(`A ${kind} has no mark ${of}; its marks are ${Object.keys(values).join(", ")}.`);
  if (!values[of].includes(value)) throw new Refusal(`A ${kind} cannot have ${of} = ${value}; it can be ${values[of].join(", ")}.`);
  return value;
}

const CREATURE = (settings) => ({
  edited: ["marks", "habitat"],
  merged: [],
  actions: {
    set: (document, { of, value }) => (document.marks[of] = known(settings, of, value)),
    settle: (document, { habitat }) => {
      if (!settings.habitats.includes(habitat)) throw new Refusal(`There is no habitat ${habitat}; there are ${settings.habitats.join(", ")}.`);
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

/** Whether a slot can be seen on a creature with these marks. */
function isOffered({ needs }, slot, marks) {
  const ways = needs[slot];
  return !ways || ways.some((way) => Object.entries(way).every(([other, values]) => values.includes(marks[other])));
}

const inWords = (name) => name.replaceAll("_", " ").replaceAll("-", " ");

/** @param {{ model: import("../common/common.js").Model, el: HTMLElement }} place */
function render({ model, el }) {
  const settings = model.get("settings");
  const machine = new Machine(model.get("document"), CREATURE(settings));
  const status = h("p", { class: "clipnb-status", role: "status", aria: { live: "polite" } });
  const waitFor = patient(model, status);

  // -- the parts of the page ------------------------------------------------------------------------------------------------

  const option = (value, text) => h("option", { value }, text);
  const image = h("img", { class: "clipnb-picture", width: 240, height: 240 });
  const [truth, verdict] = [h("p", { class: "clipnb-truth" }), h("p", { class: "clipnb-first" })];
  const habitat = h("select", { onchange: () => act({ do: "settle", habitat: habitat.value }) }, ...settings.habitats.map((name) => option(name, name)));
  const start = h(
    "select", { onchange: begin }, option("", "choose …"),
    ...settings.species.map((one, i) => option(String(i), one.seen ? one.name : `${one.name} (held out)`))
  );
  const random = h("button", { type: "button", onclick: () => act({ do: "become", marks: chance() }), title: "Any parts and colours" }, "Random");
  const undo = h("button", { type: "button", onclick: () => act({ do: "undo" }) }, "Undo");
  const reset = h("button", { type: "button", onclick: () => act({ do: "reset" }) }, "Reset");
  const ranking = h("ol", { class: "clipnb-verdict", aria: { label: "What CLIP takes it for, best first; press one to compare the first with it" } });
  const says = h("div", {}, h("h4", {}, "CLIP takes it for"), ranking, h("p", { class: "clipnb-hint" }, "Framed: compared with the first, below. Press another name to compare that one."));
  const because = reasonsList();
  const controls = new Map(); // slot → {element, select, swatch}
  const fields = settings.groups.map((group) =>
    h("fieldset", {}, h("legend", {}, group.title), ...group.slots.map(({ slot, label }) => makeControl(slot, label, group.title)))
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

  // -- from the document to the page ----------------------------------------------------------------------------------------

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
    fields.forEach((field) => (field.hidden = ![...field.querySelectorAll("label")].some((label) => !label.hidden)));
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

export { Machine, CREATURE, isOffered };
export default { render };

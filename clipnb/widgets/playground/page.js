// @ts-check
// The prompt playground: the twin of state.py, and its page.

import { announcer } from "../common/announce.js";
import { bar, childrenOf, connect, decimal, editButtons, fieldOf, figureOf, h, imageReader, imageStrip, isFocused, keepChildren, NO_KERNEL, patient, percent, redrawOn, root, setBar, setPending, setText, setTextField, setValue, statusLine, textEmbeddings, textField } from "../common/common.js";
import { index, Machine, number, Refusal, words } from "../common/document.js";
import { cosine, Embeddings, ranked, toProbabilities } from "../common/scoring.js";

const MOST_NAMES = 10;
const LISTS = /** @type {const} */ (["templates", "names"]);
const SHOWS = /** @type {const} */ (["probability", "cosine"]);

/**
 * @param {PlaygroundDocument} document
 * @param {string} of
 */
function listOf(document, of) {
  const name = LISTS.find((one) => one === of);
  if (!name) throw new Refusal(`There are rows of ${LISTS.join(" and ")}, not of ${of}.`);
  return document[name];
}

/**
 * @param {PlaygroundDocument} document
 * @param {string} of
 * @param {number} row
 */
const entryOf = (document, of, row) => listOf(document, of)[index(row, listOf(document, of).length, "row")];

/** @type {(total: number, settings: PlaygroundSettings) => Rules<PlaygroundDocument, PlaygroundActions, "templates" | "names" | "scale">} */
const PLAYGROUND = (total, { least, most }) => ({
  edited: ["templates", "names", "scale"],
  merged: ["edit", "rescale"],
  actions: {
    display: (document, { what }) => {
      const show = SHOWS.find((one) => one === what);
      if (!show) throw new Refusal(`The table shows ${SHOWS.join(" or ")}, not ${what}.`);
      document.show = show;
    },
    choose: (document, { picture }) => (document.picture = index(picture, total, "image")),
    rescale: (document, { scale }) => (document.scale = number(scale, least, most, "The logit scale")),
    edit: (document, { of, row, text }) => (entryOf(document, of, row).text = words(text)),
    switch: (document, { of, row, on }) => (entryOf(document, of, row).on = on === true),
    add: (document, { of }) => listOf(document, of).push({ text: "", on: true }),
    remove: (document, { of, row }) => listOf(document, of).splice(index(row, listOf(document, of).length, "row"), 1),
  },
});

// -- scores -------------------------------------------------------------------------------------------------------------------

/** The places of the rows that are on and hold text. @param {PlaygroundRow[]} rows */
const live = (rows) => [...rows.keys()].filter((i) => rows[i].on && rows[i].text.trim() !== "");

/**
 * @param {string} template
 * @param {string} name
 */
const fill = (template, name) => template.split("{}").join(name); // replaceAll would read $& in a name as an instruction

/** @param {(number | null)[]} values */
function meanOfKnown(values) {
  const known = values.filter((value) => value !== null);
  return known.length ? known.reduce((a, b) => a + b, 0) / known.length : null;
}

/**
 * Cosines and probabilities, templates + their mean × names; null where a text has no embedding yet.
 *
 * @typedef {{ cosine: (number | null)[][], probability: number[][] }} Table
 *
 * @param {PlaygroundDocument} document
 * @param {Embedding | undefined} image
 * @param {Embeddings} embeddings
 * @param {ScoredSettings} settings
 * @returns {Table}
 */
function columns(document, image, embeddings, settings) {
  const names = live(document.names).map((n) => document.names[n].text);
  const cosines = live(document.templates).map((t) =>
    names.map((name) => {
      const embedding = embeddings.get(fill(document.templates[t].text, name));
      return embedding && image ? cosine(embedding, image) : null;
    })
  );
  if (!cosines.length || !names.length) return { cosine: [], probability: [] };
  const all = [...cosines, names.map((_, n) => meanOfKnown(cosines.map((row) => row[n])))];
  return { cosine: all, probability: all.map((row) => toProbabilities(row, { ...settings, scale: document.scale })) };
}

// -- the parts of the page ----------------------------------------------------------------------------------------------------

/**
 * What is typed and pressed.
 *
 * @typedef {object} Doing
 * @property {Act<PlaygroundActions>} act
 * @property {() => void} flush ends the waiting of what is typed
 * @property {() => void} leave the same, and puts back what was refused
 */

/**
 * Probability or cosine.
 *
 * @param {boolean} sigmoid
 * @param {Doing} doing
 */
function makeShows(sigmoid, { act }) {
  const group = `show-${Math.random().toString(36).slice(2)}`;
  const radios = SHOWS.map((what) => h("input", { type: "radio", name: group, onchange: () => act({ do: "display", what }) }));
  const element = h(
    "fieldset", { class: "clipnb-shows" }, h("legend", {}, "Show"),
    h("label", {}, radios[0], sigmoid ? " probability (sigmoid)" : " probability (softmax)"), h("label", {}, radios[1], " raw cosine")
  );
  const redraw = (/** @type {string} */ show) => radios.forEach((radio, i) => (radio.checked = SHOWS[i] === show));
  return { element, redraw };
}

/**
 * The logit scale. Its slider is logarithmic: equal steps are equal factors.
 *
 * @param {PlaygroundSettings} settings
 * @param {Doing} doing
 */
function makeDial(settings, { act, flush }) {
  const span = Math.log(settings.most / settings.least);
  const scaleAt = (/** @type {number} */ share) => settings.least * Math.exp(span * share);
  const slide = () => act({ do: "rescale", scale: Number(scaleAt(Number(slider.value) / 1000).toPrecision(3)) }, true);
  const slider = h("input", { type: "range", min: 0, max: 1000, oninput: slide, onblur: flush, aria: { label: "Logit scale" } });
  const own = h("button", { type: "button", onclick: () => act({ do: "rescale", scale: settings.scale }) }, "the model's own");
  const text = h("span", { class: "clipnb-scale" });
  const element = h("div", { class: "clipnb-dial" }, h("label", {}, "Logit scale ", slider), text, own);
  /** @param {PlaygroundDocument} document */
  const redraw = ({ scale, show }) => {
    const label = `${scale.toPrecision(3)} (temperature ${(1 / scale).toPrecision(2)})`;
    if (!isFocused(slider)) slider.value = String(Math.round((1000 * Math.log(scale / settings.least)) / span));
    setText(text, label);
    slider.setAttribute("aria-valuetext", label);
    slider.disabled = show === "cosine";
    own.disabled = show === "cosine" || scale === settings.scale;
  };
  return { element, redraw };
}

/**
 * A row of a list: whether it is on, its text, and a button that removes it. Prompts are long; names are short, and there are many.
 *
 * @param {"templates" | "names"} of
 * @param {number} row
 * @param {string} label
 * @param {Doing} doing
 */
function makeFields(of, row, label, { act, leave }) {
  const on = h("input", { type: "checkbox", title: "on or off", onchange: () => act({ do: "switch", of, row, on: on.checked }), aria: { label: `${label}: on` } });
  const change = (/** @type {string} */ text) => act({ do: "edit", of, row, text }, true);
  const short = () => {
    const field = h("input", { type: "text", spellcheck: false, oninput: () => change(field.value), onblur: leave, aria: { label } });
    return field;
  };
  const text = of === "templates" ? textField({ onblur: leave, aria: { label } }, change) : short();
  const remove = h("button", { type: "button", class: "clipnb-remove", title: "Remove", onclick: () => act({ do: "remove", of, row }), aria: { label: `Remove ${label}` } }, "×");
  return [on, text, remove];
}

/**
 * The names, which can be edited, in a fold.
 *
 * @param {Doing} doing
 */
function makeNames(doing) {
  const list = h("ul", { class: "clipnb-names" });
  const add = h("button", { type: "button", onclick: addName }, "Add a name");
  const title = h("summary");
  const element = h("details", {}, title, list, add);

  function addName() {
    doing.act({ do: "add", of: "names" });
    element.open = true;
    focusLast(list, "input[type=text]");
  }

  /** @param {PlaygroundRow[]} names */
  function redraw(names) {
    setText(title, `Names (${live(names).length} of ${names.length} on): edit, switch off, add`);
    keepChildren(list, names.length, (n) => h("li", {}, ...makeFields("names", n, `name ${n + 1}`, doing)));
    names.forEach((name, n) => {
      const [on, text] = /** @type {HTMLInputElement[]} */ (childrenOf(list.children[n]));
      on.checked = name.on;
      setValue(text, name.text);
      text.title = name.text;
    });
  }

  return { element, redraw };
}

/**
 * @param {HTMLElement} parent
 * @param {"input[type=text]" | "textarea"} selector
 */
function focusLast(parent, selector) {
  /** @type {NodeListOf<HTMLElement>} */
  const fields = parent.querySelectorAll(selector);
  fields[fields.length - 1]?.focus();
}

/**
 * The head of the table: the prompts, which can be edited.
 *
 * @param {Doing} doing
 */
function makeHead(doing) {
  const element = h("tr");
  const add = h("button", { type: "button", onclick: () => (doing.act({ do: "add", of: "templates" }), focusLast(element, "textarea")) }, "Add a prompt");

  /** @param {number} count */
  function build(count) {
    const first = h("th", { scope: "col" }, "name");
    const last = h("th", { scope: "col", title: "the mean of the cosines over all prompts that are on" }, "all prompts");
    const fields = Array.from({ length: count }, (_, t) => makeFields("templates", t, `prompt ${t + 1}`, doing));
    element.replaceChildren(first, ...fields.map((one) => h("th", { scope: "col" }, h("span", { class: "clipnb-template" }, ...one))), last);
  }

  /** @param {PlaygroundRow[]} templates */
  function redraw(templates) {
    if (element.children.length !== templates.length + 2) build(templates.length);
    templates.forEach((template, t) => {
      const [cell] = childrenOf(element.children[t + 1]);
      const [on, text] = /** @type {[HTMLInputElement, HTMLElement]} */ (childrenOf(cell));
      on.checked = template.on;
      setTextField(text, template.text);
      fieldOf(text).title = template.text.includes("{}") ? template.text : `${template.text} (without {} it says the same of every name)`;
    });
  }

  return { element, add, redraw };
}

// -- from numbers to the page -------------------------------------------------------------------------------------------------

/**
 * The names that are shown, best first by the mean, as places among those that are on; the true one is always among them.
 *
 * @param {string[]} names
 * @param {Table} values
 * @param {string | undefined} truth
 */
function shownNames(names, values, truth) {
  const order = ranked(values.cosine.at(-1) ?? []);
  const right = order.find((n) => names[n] === truth);
  const shown = order.slice(0, MOST_NAMES);
  if (right !== undefined && !shown.includes(right)) shown[shown.length - 1] = right;
  return { shown, right, count: order.length };
}

/**
 * @param {HTMLElement} body
 * @param {PlaygroundDocument} document
 * @param {Table} values
 * @param {{ names: string[], shown: number[], right: number | undefined }} rows
 */
function drawBody(body, { templates, show }, values, { names, shown, right }) {
  const place = new Map(live(templates).map((t, i) => [t, i]));
  const rowOf = [...templates.map((_, t) => place.get(t)), values.cosine.length - 1]; // column → row of the values; none for a prompt that is off
  const known = values.cosine.flat().filter((value) => value !== null);
  const [low, high] = show === "cosine" && known.length ? [Math.min(...known), Math.max(...known)] : [0, 1]; // from 0, all bars of cosines look alike
  const best = values.cosine.map((row) => ranked(row)[0]);
  keepChildren(body, shown.length, () => h("tr", {}, h("th", { scope: "row" })));
  shown.forEach((n, i) => {
    const line = body.children[i];
    keepChildren(line, rowOf.length + 1, () => h("td", {}, bar(), h("span", { class: "clipnb-value" })));
    const [head, ...cells] = childrenOf(line);
    setText(head, names[n] + (n === right ? " ✓" : ""));
    rowOf.forEach((row, c) => {
      const value = row === undefined ? undefined : values.cosine[row][n] === null ? null : values[show][row][n];
      const [share, text] = childrenOf(cells[c]);
      setBar(share, value ? (value - low) / (high - low || 1) : 0);
      setText(text, value === undefined ? "" : value === null ? "…" : show === "cosine" ? decimal(value, 3) : percent(value));
      cells[c].dataset.best = String(row !== undefined && best[row] === n);
    });
  });
}

/**
 * What the table shows.
 *
 * @param {string} show
 * @param {boolean} sigmoid
 * @param {number} shown
 * @param {number} count
 */
function titleOf(show, sigmoid, shown, count) {
  const what = show === "cosine" ? "Cosine of the image with each text; bars start at the smallest that is shown" : sigmoid ? "Probability of each text by itself" : "Probability of each name, among all that are on";
  return `${what}${count > shown ? `, the first ${shown} of ${count}` : ""}. ✓ marks the true name, bold the best of a column.`;
}

/**
 * The table of numbers, and its title.
 *
 * @param {HTMLElement} head
 * @param {boolean} sigmoid
 */
function makeTable(head, sigmoid) {
  const [title, body] = [h("p", { class: "clipnb-title" }), h("tbody")];
  const element = h("div", { class: "clipnb-scroll" }, h("table", { class: "clipnb-prompts" }, h("thead", {}, head), body));
  /**
   * @param {PlaygroundDocument} document
   * @param {Table} values
   * @param {string | undefined} truth
   */
  const redraw = (document, values, truth) => {
    const names = live(document.names).map((n) => document.names[n].text);
    const { shown, right, count } = shownNames(names, values, truth);
    drawBody(body, document, values, { names, shown, right });
    setText(title, titleOf(document.show, sigmoid, shown.length, count));
  };
  return { title, element, redraw };
}

/**
 * The best name by all prompts, in words.
 *
 * @param {PlaygroundDocument} document
 * @param {Table} values
 */
function spokenOf({ names, show }, values) {
  const [best] = ranked(values.cosine.at(-1) ?? []);
  const value = best === undefined ? null : values[show].at(-1)?.[best];
  if (value === null || value === undefined) return "No name and prompt are on.";
  return `Best by all prompts: ${names[live(names)[best]].text}, ${show === "cosine" ? `cosine ${decimal(value, 3)}` : percent(value)}.`;
}

/** @param {Place<PlaygroundTraits>} place */
function render({ model, el }) {
  const settings = model.get("settings");
  const machine = new Machine(model.get("document"), PLAYGROUND(model.get("total"), settings));
  const imageAt = imageReader(model, settings.dim);
  const { embeddings, learn } = textEmbeddings(model, settings.dim);
  const status = statusLine();
  const waitFor = patient(model, status, NO_KERNEL);
  const { act, flush } = connect(model, machine, redraw, status);
  const doing = { act, flush, leave };
  const strip = imageStrip(model, (picture) => act({ do: "choose", picture }));
  const figure = figureOf({ class: "clipnb-small" }, { width: 160, height: 160 });
  const [shows, dial, names, head] = [makeShows(settings.sigmoid, doing), makeDial(settings, doing), makeNames(doing), makeHead(doing)];
  const [table, buttons, spoken] = [makeTable(head.element, settings.sigmoid), editButtons(act), announcer()];

  function leave() {
    flush();
    setTimeout(redraw);
  }

  function redraw() {
    const document = machine.document;
    const now = imageAt(document.picture);
    strip.redraw(document.picture);
    if (now) figure.redraw(now.entry);
    shows.redraw(document.show);
    dial.redraw(document);
    head.redraw(document.templates);
    const values = columns(document, now?.embedding, embeddings, settings);
    table.redraw(document, values, now?.entry.truth);
    names.redraw(document.names);
    buttons.redraw(machine);
    const pending = values.cosine.flat().filter((value) => value === null).length;
    spoken.tell(pending > 0 || !now ? null : [spokenOf(document, values)]);
    waitFor(pending > 0 || !now);
    setPending(el, model, pending);
  }

  redrawOn(model, ["new_texts", "new_vectors"], () => (learn(), redraw()));
  redrawOn(model, ["extra", "extra_vector"], redraw);
  root(el, "playground").append(
    strip.element,
    h("div", { class: "clipnb-top" }, figure.element, h("div", { class: "clipnb-controls" }, shows.element, dial.element, names.element)),
    h("div", { class: "clipnb-tools" }, head.add, buttons.undo, buttons.reset, status),
    table.title,
    table.element,
    spoken.element
  );
  redraw();
}

export { Machine, PLAYGROUND, Embeddings, columns, fill };
export default { render };

// @ts-check
// The prompt playground: the twin of state.py, and its page.

import { bar, caption, childrenOf, connect, h, isFocused, keepChildren, NO_KERNEL, patient, percent, phrase, pictureReader, pictureStrip, root, setBar, setPhrase, setText, setValue } from "../common/common.js";
import { index, Machine, number, Refusal, same, words } from "../common/document.js";
import { cosine, ranked, toProbabilities, Vectors } from "../common/scoring.js";

const MOST_NAMES = 10;
const LISTS = ["templates", "names"];
const SHOWS = ["probability", "cosine"];

function listOf(document, of) {
  if (!LISTS.includes(of)) throw new Refusal(`There are rows of ${LISTS.join(" and ")}, not of ${of}.`);
  return document[of];
}
const entryOf = (document, of, row) => listOf(document, of)[index(row, listOf(document, of).length, "row")];

function display(document, { what }) {
  if (!SHOWS.includes(what)) throw new Refusal(`The table shows ${SHOWS.join(" or ")}, not ${what}.`);
  document.show = what;
}

const PLAYGROUND = (total, { least, most }) => ({
  edited: ["templates", "names", "scale"],
  merged: ["edit", "rescale"],
  actions: {
    display,
    choose: (document, { picture }) => (document.picture = index(picture, total, "image")),
    rescale: (document, { scale }) => (document.scale = number(scale, least, most, "The logit scale")),
    edit: (document, { of, row, text }) => (entryOf(document, of, row).text = words(text)),
    switch: (document, { of, row, on }) => (entryOf(document, of, row).on = on === true),
    add: (document, { of }) => listOf(document, of).push({ text: "", on: true }),
    remove: (document, { of, row }) => listOf(document, of).splice(index(row, listOf(document, of).length, "row"), 1),
  },
});

const isLive = (row) => row.on && row.text.trim() !== "";
const live = (rows) => rows.map((row, i) => (isLive(row) ? i : -1)).filter((i) => i >= 0);
const fill = (template, name) => template.split("{}").join(name); // replaceAll would read $& in a name as an instruction

/** Cosines and probabilities, templates + their mean × names; null where a text has no embedding yet. */
function columns(document, picture, vectors, settings) {
  const names = live(document.names).map((n) => document.names[n].text);
  const cosines = live(document.templates).map((t) =>
    names.map((name) => {
      const vector = vectors.get(fill(document.templates[t].text, name));
      return vector && picture ? cosine(vector, picture) : null;
    })
  );
  if (!cosines.length || !names.length) return { cosine: [], probability: [] };
  const known = (column) => column.filter((value) => value !== null);
  const mean = names.map((_, n) => {
    const values = known(cosines.map((row) => row[n]));
    return values.length ? values.reduce((a, b) => a + b, 0) / values.length : null;
  });
  const all = [...cosines, mean];
  return { cosine: all, probability: all.map((row) => toProbabilities(row, { ...settings, scale: document.scale })) };
}

/** @param {{ model: import("../common/common.js").Model, el: HTMLElement }} place */
function render({ model, el }) {
  const settings = model.get("settings");
  const machine = new Machine(model.get("document"), PLAYGROUND(model.get("total"), settings));
  const picture = pictureReader(model, settings.dim);
  const vectors = new Vectors(settings.dim);
  vectors.add(model.get("texts"), model.get("vectors"));
  const learn = () => vectors.add(model.get("new_texts"), model.get("new_vectors"));
  learn();

  const status = h("p", { class: "clipnb-status", role: "status", aria: { live: "polite" } });
  const say = (sentence) => setText(status, sentence);
  const waitFor = patient(model, status, NO_KERNEL);

  // -- the parts of the page ------------------------------------------------------------------------------------------------

  const strip = pictureStrip(model, (chosen) => act({ do: "choose", picture: chosen }));
  const image = h("img", { class: "clipnb-picture", width: 160, height: 160 });
  const figure = h("figure", { class: "clipnb-small" }, image, h("figcaption"));
  const undo = h("button", { type: "button", onclick: () => act({ do: "undo" }) }, "Undo");
  const reset = h("button", { type: "button", onclick: () => act({ do: "reset" }) }, "Reset");
  const group = `show-${Math.random().toString(36).slice(2)}`;
  const shows = SHOWS.map((what) => h("input", { type: "radio", name: group, onchange: () => act({ do: "display", what }) }));
  const showing = h(
    "fieldset", { class: "clipnb-shows" }, h("legend", {}, "Show"),
    h("label", {}, shows[0], settings.sigmoid ? " probability (sigmoid)" : " probability (softmax)"), h("label", {}, shows[1], " raw cosine")
  );
  // the slider is logarithmic: equal steps are equal factors
  const span = Math.log(settings.most / settings.least);
  const toScale = (share) => settings.least * Math.exp(span * share);
  const slider = h("input", {
    type: "range", min: 0, max: 1000, oninput: () => act({ do: "rescale", scale: Number(toScale(Number(slider.value) / 1000).toPrecision(3)) }, true), onblur: () => flush(), aria: { label: "Logit scale" },
  });
  const own = h("button", { type: "button", onclick: () => act({ do: "rescale", scale: settings.scale }) }, "the model's own");
  const scaleText = h("span", { class: "clipnb-scale" });
  const dial = h("div", { class: "clipnb-dial" }, h("label", {}, "Logit scale ", slider), scaleText, own);
  const addTemplate = h("button", { type: "button", onclick: () => add("templates") }, "Add a prompt");
  const head = h("tr");
  const body = h("tbody");
  const title = h("p", { class: "clipnb-title" });
  const table = h("table", { class: "clipnb-prompts" }, h("thead", {}, head), body);
  const nameList = h("ul", { class: "clipnb-names" });
  const addName = h("button", { type: "button", onclick: () => add("names") }, "Add a name");
  const namesTitle = h("summary");
  const names = h("details", {}, namesTitle, nameList, addName);

  function add(of) {
    act({ do: "add", of });
    if (of === "names") names.open = true;
    /** @type {NodeListOf<HTMLElement>} */
    const fields = (of === "names" ? nameList : head).querySelectorAll("[type=text], textarea");
    fields[fields.length - 1].focus();
  }

  function field(of, row, label) {
    const on = h("input", { type: "checkbox", title: "on or off", onchange: () => act({ do: "switch", of, row, on: on.checked }), aria: { label: `${label}: on` } });
    const change = (text) => act({ do: "edit", of, row, text }, true);
    const long = of === "templates"; // names are short, and there are many
    /** @type {any} */
    const text = long ? phrase({ onblur: leave, aria: { label } }, change) : h("input", { type: "text", spellcheck: false, oninput: () => change(text.value), onblur: leave, aria: { label } });
    const remove = h("button", { type: "button", class: "clipnb-remove", title: "Remove", onclick: () => act({ do: "remove", of, row }), aria: { label: `Remove ${label}` } }, "×");
    return [on, text, remove];
  }

  function leave() {
    flush();
    setTimeout(redraw);
  }

  // -- from numbers to the page ---------------------------------------------------------------------------------------------

  function redraw() {
    const document = machine.document;
    const now = picture(document.picture);
    strip.redraw(document.picture);
    if (now && image.src !== now.entry.uri) image.src = now.entry.uri;
    if (now) image.alt = caption(now.entry);
    if (now) setText(figure.lastElementChild, caption(now.entry));
    shows.forEach((radio, i) => (radio.checked = SHOWS[i] === document.show));
    if (!isFocused(slider)) slider.value = String(Math.round((1000 * Math.log(document.scale / settings.least)) / span));
    setText(scaleText, `${document.scale.toPrecision(3)} (temperature ${(1 / document.scale).toPrecision(2)})`);
    slider.setAttribute("aria-valuetext", scaleText.textContent);
    slider.disabled = own.disabled = document.show === "cosine";
    own.disabled ||= document.scale === settings.scale;
    const values = columns(document, now?.vector, vectors, settings);
    drawHead(document.templates);
    drawBody(document, values, now?.entry.truth);
    drawNames(document.names);
    undo.disabled = !machine.past.length;
    reset.disabled = same(machine.kept(), machine.first);
    const pending = values.cosine.flat().filter((value) => value === null).length;
    waitFor(pending > 0 || !now);
    el.dataset.pending = String(pending);
    el.dataset.failures = String(model.get("failures"));
  }

  function drawHead(templates) {
    const count = templates.length + 2;
    if (head.children.length !== count) {
      const first = h("th", { scope: "col" }, "name");
      const last = h("th", { scope: "col", title: "the mean of the cosines over all prompts that are on" }, "all prompts");
      const fields = templates.map((_, t) => h("th", { scope: "col" }, h("span", { class: "clipnb-template" }, ...field("templates", t, `prompt ${t + 1}`))));
      head.replaceChildren(first, ...fields, last);
    }
    templates.forEach((template, t) => {
      const [on, text] = childrenOf(head.children[t + 1].firstElementChild);
      on.checked = template.on;
      setPhrase(text, template.text);
      text.firstElementChild.title = template.text.includes("{}") ? template.text : `${template.text} (without {} it says the same of every name)`;
    });
  }

  /** Rows are names, best first by the mean; the right one is always among them. */
  function drawBody({ templates, names, show }, values, truth) {
    const which = live(names);
    const mean = values.cosine.at(-1) ?? [];
    const order = ranked(mean);
    const right = order.find((n) => names[which[n]].text === truth);
    const shown = order.slice(0, MOST_NAMES);
    if (right !== undefined && !shown.includes(right)) shown[shown.length - 1] = right;
    const place = new Map(live(templates).map((t, i) => [t, i]));
    const table = values[show];
    const reach = show === "cosine" ? Math.max(0.01, ...values.cosine.flat().map(Math.abs)) : 1;
    const best = values.cosine.map((row) => ranked(row)[0]);
    keepChildren(body, shown.length, () => h("tr", {}, h("th", { scope: "row" })));
    shown.forEach((n, i) => {
      const line = body.children[i];
      setText(line.firstElementChild, names[which[n]].text + (n === right ? " ✓" : ""));
      keepChildren(line, templates.length + 2, () => h("td", {}, bar(), h("span", { class: "clipnb-value" })));
      [...templates.keys(), -1].forEach((t, c) => {
        const row = t < 0 ? table.length - 1 : place.get(t);
        const cell = childrenOf(line)[c + 1];
        const value = row === undefined ? undefined : values.cosine[row][n] === null ? null : table[row][n];
        setBar(cell.firstElementChild, value ? value / reach : 0);
        setText(cell.lastElementChild, value === undefined ? "" : value === null ? "…" : show === "cosine" ? value.toFixed(3) : percent(value));
        cell.dataset.best = String(row !== undefined && best[row] === n);
      });
    });
    const hidden = order.length - shown.length;
    const what = show === "cosine" ? "Cosine of the image with each text" : settings.sigmoid ? "Probability of each text by itself" : "Probability of each name, among all that are on";
    setText(title, `${what}${hidden > 0 ? `, the first ${shown.length} of ${order.length}` : ""}. ✓ marks the true name, bold the best of a column.`);
  }

  function drawNames(list) {
    setText(namesTitle, `Names (${live(list).length} of ${list.length} on): edit, switch off, add`);
    keepChildren(nameList, list.length, (n) => h("li", {}, ...field("names", n, `name ${n + 1}`)));
    list.forEach((name, n) => {
      const [on, text] = childrenOf(nameList.children[n]);
      on.checked = name.on;
      setValue(text, name.text);
      text.title = name.text;
    });
  }

  const { act, flush } = connect(model, machine, redraw, say);
  for (const name of ["new_texts", "new_vectors"]) model.on(`change:${name}`, () => (learn(), redraw()));
  for (const name of ["extra", "extra_vector"]) model.on(`change:${name}`, redraw);

  root(el, "playground").append(
    strip.element,
    h("div", { class: "clipnb-top" }, figure, h("div", { class: "clipnb-controls" }, showing, dial, names)),
    h("div", { class: "clipnb-tools" }, addTemplate, undo, reset, status),
    title,
    h("div", { class: "clipnb-scroll" }, table)
  );
  redraw();
}

export { Machine, PLAYGROUND, Vectors, columns, fill };
export default { render };

// @ts-check
// The descriptor explorer: the twin of state.py, and its page.

import { bar, caption, childrenOf, connect, download, h, keepChildren, NO_KERNEL, patient, percent, phrase, pictureReader, pictureStrip, root, setBar, setPhrase, setText, setValue } from "../common/common.js";
import { index, Machine, number, Refusal, same, words } from "../common/document.js";
import { reasonsList } from "../common/reasons.js";
import { cosine, difference, meanOf, pooled, ranked, rowsIn, toProbabilities, usualMargin, Vectors } from "../common/scoring.js";

const MOST_WEIGHT = 10;
const MOST_RANKED = 8;

const rowsOf = (document, of) => document.classes[index(of, document.classes.length, "class")].rows;
const rowOf = (document, of, row) => rowsOf(document, of)[index(row, rowsOf(document, of).length, "row")];
const hasText = (text) => text.trim() !== "";

const EXPLORER = (total) => ({
  edited: ["classes"],
  merged: ["edit", "weigh"],
  actions: {
    choose: (document, { picture }) => (document.picture = index(picture, total, "image")),
    compare: (document, { side, of }) => (document.compare[index(side, 2, "side")] = index(of, document.classes.length, "class")),
    edit: (document, { of, row, text }) => (rowOf(document, of, row).text = words(text)),
    switch: (document, { of, row, on }) => (rowOf(document, of, row).on = on === true),
    switch_all: (document, { of, on }) => rowsOf(document, of).forEach((row) => (row.on = on === true)),
    weigh: (document, { of, row, weight }) => (rowOf(document, of, row).weight = number(weight, 0, MOST_WEIGHT, "A weight")),
    add: (document, { of }) => rowsOf(document, of).push({ text: "", on: true, weight: 1 }),
    remove: (document, { of, row }) => rowsOf(document, of).splice(index(row, rowsOf(document, of).length, "row"), 1),
  },
});

const keyOf = (settings, name, text) => (settings.include_name ? `${name}\t${text}` : text);

/** The rows of a class that take part: {row, text, cosine, mean, share}. `embeddingOf(row)` gives an embedding, or undefined; `reference` is the mean of images, or null. */
function counted(rows, picture, vectorOf, reference) {
  const live = rows
    .map((row, k) => ({ ...row, row: k, vector: vectorOf(k) }))
    .filter((row) => row.on && row.weight > 0 && hasText(row.text) && row.vector);
  const total = live.reduce((sum, row) => sum + row.weight, 0);
  return live.map((row) => ({ row: row.row, text: row.text, cosine: cosine(row.vector, picture), mean: reference && cosine(row.vector, reference), share: row.weight / total }));
}

/** The paper's JSON, as DescriptorSet.save writes it; refuses a class without a descriptor. */
function asJson(classes, first, provenance) {
  const live = classes.map((one) => ({ name: one.name, rows: one.rows.filter((row) => row.on && hasText(row.text)) }));
  const bare = live.find((one) => !one.rows.length);
  if (bare) throw new Refusal(`The class '${bare.name}' has no descriptor that is on; switch one on, or write one, before you save.`);
  const weighed = live.filter((one) => one.rows.some((row) => row.weight !== 1));
  const note = { ...provenance, ...(same(classes, first) ? {} : { edited: true }) };
  if (weighed.length) note.weights = Object.fromEntries(weighed.map((one) => [one.name, one.rows.map((row) => row.weight)]));
  const descriptors = Object.fromEntries(live.map((one) => [one.name, one.rows.map((row) => row.text.trim())]));
  return JSON.stringify({ provenance: note, descriptors }, null, 1) + "\n";
}

/** @param {{ model: import("../common/common.js").Model, el: HTMLElement }} place */
function render({ model, el }) {
  const settings = model.get("settings");
  const machine = new Machine(model.get("document"), EXPLORER(model.get("total")));
  const picture = pictureReader(model, settings.dim);
  const vectors = new Vectors(settings.dim);
  const reference = settings.images ? meanOf(rowsIn(model.get("picture_vectors"), settings.dim)) : null; // the images offered from the start
  const lastKey = new Map(); // row → the key it was last scored by: shown, marked as old, until the kernel has encoded the new text
  let shape = "";

  vectors.add(model.get("texts"), model.get("vectors"));
  const learn = () => vectors.add(model.get("new_texts"), model.get("new_vectors"));
  learn();

  const status = h("p", { class: "clipnb-status", role: "status", aria: { live: "polite" } });
  const say = (sentence) => setText(status, sentence);
  const waitFor = patient(model, status, NO_KERNEL);

  /** Scores, ranking and the rows of all classes, as they stand now. */
  function compute() {
    const { classes } = machine.document;
    const now = picture(machine.document.picture);
    const pending = new Set();
    const rows = classes.map((one, of) =>
      now
        ? counted(one.rows, now.vector, (k) => {
            const [key, place] = [keyOf(settings, one.name, one.rows[k].text), `${of},${k}`];
            if (vectors.has(key)) lastKey.set(place, key);
            else if (hasText(one.rows[k].text)) pending.add(place);
            return vectors.get(lastKey.get(place));
          }, reference)
        : []
    );
    const scores = rows.map(pooled);
    return { classes, now, pending, rows, scores, probabilities: toProbabilities(scores, settings), order: ranked(scores) };
  }

  // -- the parts of the page ------------------------------------------------------------------------------------------------

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

  /** The class on the left (0) or on the right (1); the last one, if undo took away the one that was there. */
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
    const text = phrase({ placeholder: "what it looks like", onblur: leave }, (text) => act({ do: "edit", ...at(), text }, true));
    const weight = h("input", {
      type: "number", min: 0, max: MOST_WEIGHT, step: 0.5, title: "weight", oninput: () => weight.value !== "" && act({ do: "weigh", ...at(), weight: Number(weight.value) }, true), onblur: leave,
    });
    const value = h("span", { class: "clipnb-value" });
    const remove = h("button", { type: "button", class: "clipnb-remove", title: "Remove", onclick: () => removeRow(side, k) }, "×");
    return h("li", {}, on, text, weight, value, remove, bar());
  }

  /** Leaving a field sends what was typed, and puts back what was refused. */
  function leave() {
    flush();
    setTimeout(redraw);
  }

  // -- from numbers to the page: everything is patched, nothing is built anew ------------------------------------------------

  function redraw() {
    const document = machine.document;
    const nowShape = document.classes.map((one) => one.rows.length).join();
    if (nowShape !== shape) lastKey.clear();
    shape = nowShape;
    const all = compute();
    strip.redraw(document.picture);
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
    const [on, text, weight, number, remove, line] = element.children;
    on.checked = row.on;
    setPhrase(text, row.text);
    setValue(weight, String(row.weight));
    on.setAttribute("aria-label", `${label}: on`);
    text.firstElementChild.setAttribute("aria-label", label);
    weight.setAttribute("aria-label", `${label}: weight`);
    remove.setAttribute("aria-label", `Remove ${label}`);
    setBar(line, value === undefined ? 0 : value / reach);
    setText(number, pending ? "…" : value === undefined ? "" : value.toFixed(3));
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
        centred: sign * centred,
      })),
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

export { Machine, EXPLORER, Vectors, counted, pooled, toProbabilities, ranked, difference, meanOf, rowsIn, keyOf, asJson };
export default { render };

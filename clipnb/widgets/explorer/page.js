// @ts-check
// The descriptor explorer: the twin of state.py, and its page.

import { announcer } from "../common/announce.js";
import { bar, childrenOf, connect, decimal, download, editButtons, fieldOf, figureOf, h, heads, imageReader, imageStrip, keepChildren, NO_KERNEL, patient, percent, redrawOn, root, setBar, setPending, setText, setTextField, setValue, statusLine, textEmbeddings, textField } from "../common/common.js";
import { index, Machine, number, Refusal, same, words } from "../common/document.js";
import { reasonsList } from "../common/reasons.js";
import { cosine, difference, Embeddings, meanOf, pooled, ranked, rowsIn, toProbabilities, usualMargin } from "../common/scoring.js";

const MOST_WEIGHT = 10;
const MOST_RANKED = 8;

/**
 * @param {ExplorerDocument} document
 * @param {number} of
 */
const rowsOf = (document, of) => document.classes[index(of, document.classes.length, "class")].rows;

/**
 * @param {ExplorerDocument} document
 * @param {number} of
 * @param {number} row
 */
const rowOf = (document, of, row) => rowsOf(document, of)[index(row, rowsOf(document, of).length, "row")];

const hasText = (/** @type {string} */ text) => text.trim() !== "";

/** @type {(total: number) => Rules<ExplorerDocument, ExplorerActions, "classes">} */
const EXPLORER = (total) => ({
  edited: ["classes"],
  merged: ["edit", "weigh"],
  actions: {
    choose: (document, { picture }) => (document.picture = index(picture, total, "image")),
    compare: (document, { side, of }) => (document.compare[index(side, 2, "side")] = index(of, document.classes.length, "class")),
    follow: (document) => (document.compare = [null, null]),
    edit: (document, { of, row, text }) => (rowOf(document, of, row).text = words(text)),
    switch: (document, { of, row, on }) => (rowOf(document, of, row).on = on === true),
    switch_all: (document, { of, on }) => rowsOf(document, of).forEach((row) => (row.on = on === true)),
    weigh: (document, { of, row, weight }) => (rowOf(document, of, row).weight = number(weight, 0, MOST_WEIGHT, "A weight")),
    add: (document, { of }) => rowsOf(document, of).push({ text: "", on: true, weight: 1 }),
    remove: (document, { of, row }) => rowsOf(document, of).splice(index(row, rowsOf(document, of).length, "row"), 1),
  },
});

/**
 * The two classes whose descriptors and reasons are shown; null is a side that follows the ranking.
 *
 * @param {ExplorerDocument["compare"]} compare
 * @param {number[]} order of the classes, best first
 * @returns {[left: number, right: number]}
 */
function compared(compare, order) {
  const [chosen, other] = compare.map((of) => (of === null ? null : Math.min(of, order.length - 1))); // undo may have taken a class away
  const left = chosen ?? order.find((of) => of !== other) ?? 0;
  return [left, other ?? order.find((of) => of !== left) ?? left];
}

// -- scores -------------------------------------------------------------------------------------------------------------------

/**
 * What a row's embedding is kept under.
 *
 * @param {ExplorerSettings} settings
 * @param {string} name
 * @param {string} text
 */
const keyOf = (settings, name, text) => (settings.include_name ? `${name}\t${text}` : text);

/**
 * The rows of a class that take part: {row, text, cosine, mean, share}. `embeddingOf(row)` gives an embedding, or undefined; `reference` is the mean of
 * images, or null.
 *
 * @param {ExplorerRow[]} rows
 * @param {Embedding} image
 * @param {(row: number) => Embedding | undefined} embeddingOf
 * @param {Float64Array | null} reference
 */
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

/**
 * The scorer of a page: compute() gives scores, ranking and the rows of all classes, as they stand now.
 *
 * @typedef {ReturnType<ReturnType<typeof makeScorer>["compute"]>} Scores
 *
 * @param {Model<ExplorerTraits>} model
 */
function makeScorer(model) {
  const settings = model.get("settings");
  const imageAt = imageReader(model, settings.dim);
  const { embeddings, learn } = textEmbeddings(model, settings.dim);
  const reference = settings.images ? meanOf(rowsIn(model.get("picture_vectors"), settings.dim)) : null; // the images offered from the start
  /** @type {Map<string, string>} row → the key it was last scored by: shown, marked as old, until the kernel has encoded the new text */
  const lastKey = new Map();
  let shape = "";

  /** @param {ExplorerClass[]} classes whose rows have other numbers now, if one was added or removed */
  function forget(classes) {
    const now = classes.map((one) => one.rows.length).join();
    if (now !== shape) lastKey.clear();
    shape = now;
  }

  /** @param {ExplorerDocument} document */
  function compute({ classes, picture }) {
    forget(classes);
    const now = imageAt(picture);
    /** @type {Set<string>} */
    const pending = new Set();
    /** @type {(of: number, row: number) => Embedding | undefined} */
    const embeddingOf = (of, row) => {
      const { name, rows } = classes[of];
      const [key, place] = [keyOf(settings, name, rows[row].text), `${of},${row}`];
      if (embeddings.has(key)) lastKey.set(place, key);
      else if (hasText(rows[row].text)) pending.add(place);
      return embeddings.get(lastKey.get(place));
    };
    const rows = classes.map((one, of) => (now ? counted(one.rows, now.embedding, (row) => embeddingOf(of, row), reference) : []));
    const scores = rows.map(pooled);
    return { classes, entry: now?.entry, pending, rows, scores, probabilities: toProbabilities(scores, settings), order: ranked(scores) };
  }

  return { learn, compute };
}

/**
 * Why the better of two classes leads.
 *
 * @param {Scores} all
 * @param {number} left
 * @param {number} right
 * @param {number} images of the reference
 * @returns {Why}
 */
function whyOf({ classes, scores, rows }, left, right, images) {
  const [first, second] = [scores[left] ?? 0, scores[right] ?? 0]; // without a score there are no parts, and nothing is shown
  const sign = first >= second ? 1 : -1;
  const [winner, loser] = sign > 0 ? [left, right] : [right, left];
  const parts = left === right ? [] : difference(rows[left], rows[right]);
  return {
    left: classes[winner].name,
    right: classes[loser].name,
    margin: Math.abs(first - second),
    usual: sign * usualMargin(rows[left], rows[right]),
    images,
    parts: (sign > 0 ? parts : parts.reverse()).map(({ side, text, centred }) => ({ name: classes[[left, right][side]].name, text, centred: sign * centred })),
  };
}

/**
 * The paper's JSON, as DescriptorSet.save writes it; refuses a class without a descriptor.
 *
 * @param {ExplorerClass[]} classes
 * @param {ExplorerClass[]} first
 * @param {Record<string, unknown>} provenance
 */
function asJson(classes, first, provenance) {
  const live = classes.map((one) => ({ name: one.name, rows: one.rows.filter((row) => row.on && hasText(row.text)) }));
  const bare = live.find((one) => !one.rows.length);
  if (bare) throw new Refusal(`The class '${bare.name}' has no descriptor that is on; switch one on, or write one, before you save.`);
  const weighted = live.filter((one) => one.rows.some((row) => row.weight !== 1));
  const note = { ...provenance, ...(same(classes, first) ? {} : { edited: true }) };
  if (weighted.length) Object.assign(note, { weights: Object.fromEntries(weighted.map((one) => [one.name, one.rows.map((row) => row.weight)])) });
  const descriptors = Object.fromEntries(live.map((one) => [one.name, one.rows.map((row) => row.text.trim())]));
  return JSON.stringify({ provenance: note, descriptors }, null, 1) + "\n";
}

// -- the parts of the page ----------------------------------------------------------------------------------------------------

/**
 * What a panel asks of the page.
 *
 * @typedef {object} Doing
 * @property {Act<ExplorerActions>} act
 * @property {() => number} of the class in the panel
 * @property {() => void} leave ends the waiting of what is typed
 */

/**
 * A class with its rows; on the left (0) or on the right (1).
 *
 * @typedef {ReturnType<typeof makePanel>} Panel
 *
 * @param {number} side
 * @param {Doing} doing
 */
function makePanel(side, doing) {
  const { act, of } = doing;
  const choice = h("select", { onchange: () => act({ do: "compare", side, of: choice.selectedIndex }), aria: { label: `Class on the ${["left", "right"][side]}` } });
  const [score, list] = [h("span", { class: "clipnb-score" }), h("ul", { class: "clipnb-rows" })];
  const add = h("button", { type: "button", onclick: () => addRow(list, doing) }, "Add a descriptor");
  const columns = heads("", "descriptor", "weight", "cosine", "");
  const [all, none] = [true, false].map((on) => h("button", { type: "button", onclick: () => act({ do: "switch_all", of: of(), on }) }, on ? "All on" : "All off"));
  const element = h("section", { class: "clipnb-panel", data: { side: String(side) } }, h("header", {}, choice, score), columns, list, h("footer", {}, add, all, none));
  /** @param {number} k */
  const newRow = (k) => makeRow(k, doing, () => removeRow(list, k, add, doing));
  return { element, choice, score, list, all, none, newRow };
}

/**
 * @param {number} k
 * @param {Doing} doing
 * @param {() => void} onremove
 */
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

/** @param {(of: number) => void} open puts a class on the left */
function makeRanking(open) {
  const list = h("ol", { class: "clipnb-ranking", aria: { label: "Classes, best first; press one to edit it on the left" } });
  const makeLine = () => {
    const name = h("button", { type: "button", onclick: () => open(Number(name.dataset.of)) });
    return h("li", {}, name, bar(), h("span", { class: "clipnb-value" }), h("span", { class: "clipnb-value" }));
  };
  /** @param {Scores} all */
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

// -- what the reader does -----------------------------------------------------------------------------------------------------

/**
 * A new row, and the focus in it.
 *
 * @param {HTMLElement} list
 * @param {Doing} doing
 */
function addRow(list, { act, of }) {
  act({ do: "add", of: of() });
  list.lastElementChild?.querySelector("textarea")?.focus();
}

/**
 * A row less, and the focus in the one that has its place, or on `add` if none is left.
 *
 * @param {HTMLElement} list
 * @param {number} k
 * @param {HTMLElement} add
 * @param {Doing} doing
 */
function removeRow(list, k, add, { act, of }) {
  act({ do: "remove", of: of(), row: k });
  const next = list.children[Math.min(k, list.children.length - 1)];
  (next?.querySelector("textarea") ?? add).focus();
}

/**
 * Give the reader the descriptors as a file; returns what to say of it.
 *
 * @param {Machine<ExplorerDocument, ExplorerActions, "classes">} machine
 * @param {ExplorerSettings} settings
 */
function saveFile(machine, settings) {
  try {
    download("descriptors.json", asJson(machine.document.classes, machine.first.classes, settings.provenance));
    return "Saved as descriptors.json; clipnb.load_descriptors reads it.";
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.message;
  }
}

// -- from numbers to the page: everything is patched, nothing is built anew -----------------------------------------------------

/**
 * Where bars of cosines begin and end, and their mean: cosines lie close together, and from 0 all bars would look alike.
 *
 * @typedef {{ low: number, high: number, mean: number }} Scale
 *
 * @param {number[]} cosines that are shown
 * @returns {Scale}
 */
function scaleOf(cosines) {
  if (!cosines.length) return { low: 0, high: 0, mean: 0 };
  return { low: Math.min(...cosines), high: Math.max(...cosines), mean: cosines.reduce((a, b) => a + b, 0) / cosines.length };
}

/** What the bars show. @param {Scale} scale */
const toldScale = ({ low, high, mean }) => `Bars start at ${decimal(low, 3)}, the smallest cosine of the two classes, and end at ${decimal(high, 3)}, the largest. The line marks the mean, ${decimal(mean, 3)}.`;

/**
 * @param {Panel} panel
 * @param {number} of
 * @param {Scores} all
 * @param {Scale} scale
 */
function drawPanel(panel, of, { classes, scores, rows, pending }, { low, high, mean }) {
  const share = (/** @type {number} */ value) => (value - low) / (high - low || 1);
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
    const [, , , number, , line] = childrenOf(element);
    setBar(line, value === undefined ? 0 : share(value));
    childrenOf(line)[1].style.left = `${(100 * share(mean)).toFixed(2)}%`;
    setText(number, isPending ? "…" : value === null || value === undefined ? "" : decimal(value, 3));
    element.dataset.pending = String(isPending);
  });
}

/**
 * @param {HTMLElement} element
 * @param {ExplorerRow} row
 * @param {string} label
 */
function drawRow(element, row, label) {
  const [on, text, weight, , remove] = /** @type {[HTMLInputElement, HTMLElement, HTMLInputElement, HTMLElement, HTMLElement]} */ (childrenOf(element));
  on.checked = row.on;
  setTextField(text, row.text);
  setValue(weight, String(row.weight));
  on.setAttribute("aria-label", `${label}: on`);
  fieldOf(text).setAttribute("aria-label", label);
  weight.setAttribute("aria-label", `${label}: weight`);
  remove.setAttribute("aria-label", `Remove ${label}`);
  element.dataset.off = String(!row.on || row.weight === 0);
}

/**
 * The prediction in words, and what the first of the two classes leads by.
 *
 * @param {Scores} all
 * @param {ReturnType<typeof whyOf>} why
 */
function spokenOf({ classes, scores, probabilities, order }, why) {
  const best = order.filter((of) => scores[of] !== null).slice(0, 2).map((of) => `${classes[of].name}, ${percent(probabilities[of])}`);
  const lead = why ? `${why.left} ${why.margin >= 0 ? "leads" : "trails"} ${why.right} by ${Math.abs(why.margin).toFixed(3)}.` : "";
  return [best.length ? `Best: ${best.join("; then ")}.` : "No descriptor is on.", lead];
}

/** @param {Place<ExplorerTraits>} place */
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
  const buttons = editButtons((action) => ((held = null), act(action)));
  const save = h("button", { type: "button", onclick: () => setText(status, saveFile(machine, settings)), title: "Download the descriptors that are on, as JSON" }, "Save as JSON");
  const follow = h("button", { type: "button", onclick: () => ((held = null), act({ do: "follow" })), title: "Show the two best classes, and why the first of them leads" }, "Compare the two best");
  const panels = [0, 1].map((side) => makePanel(side, { act: edit, of: () => shown[side], leave }));
  const why = reasonsList("descriptor");
  const [note, spoken] = [h("p", { class: "clipnb-scale" }), announcer()];
  /** @type {[left: number, right: number]} the classes in the two panels */
  let shown = [0, 0];
  /** @type {{ picture: number, compare: ExplorerDocument["compare"], classes: [left: number, right: number] } | null} */
  let held = null; // a panel keeps its class while the reader edits it, whatever that does to the ranking

  /** @type {Act<ExplorerActions>} */
  function edit(action, later) {
    const { picture, compare } = machine.document;
    if (action.do !== "compare") held = { picture, compare: [...compare], classes: shown };
    act(action, later);
  }

  /**
   * The classes in the panels: those that are compared, or those that are being edited, until the reader chooses another image or class.
   *
   * @param {[left: number, right: number]} pair that is compared
   */
  function inPanels(pair) {
    const { picture, compare, classes } = machine.document;
    if (held && (held.picture !== picture || !same(held.compare, compare) || Math.max(...held.classes) >= classes.length)) held = null;
    return held?.classes ?? pair;
  }

  /** Leaving a field sends what was typed, and puts back what was refused. */
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
    shown = inPanels(pair);
    const scale = scaleOf([...new Set(shown)].flatMap((of) => all.rows[of].map((one) => one.cosine)));
    panels.forEach((panel, side) => drawPanel(panel, shown[side], all, scale));
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

export { Machine, EXPLORER, Embeddings, counted, pooled, toProbabilities, ranked, difference, meanOf, rowsIn, keyOf, asJson, compared };
export default { render };

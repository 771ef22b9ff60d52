// @ts-check
// The confusion browser: the twin of state.py, and its page. Matrices are here; images and reasons come from the kernel.

import { announcer } from "../common/announce.js";
import { childrenOf, connect, h, keepChildren, patient, percent, redrawOn, root, setPending, setSource, setText, statusLine } from "../common/common.js";
import { index, Machine, same } from "../common/document.js";
import { reasonsList } from "../common/reasons.js";

/** @type {(matrices: ConfusionMatrix[]) => Rules<ConfusionsDocument, ConfusionsActions, never>} */
const CONFUSIONS = (matrices) => {
  /**
   * @param {ConfusionsDocument} document
   * @param {{ row: number, column: number }} place
   */
  function open(document, { row, column }) {
    const size = matrices[document.group].classes.length;
    document.cell = [index(row, size, "row"), index(column, size + 1, "column")];
  }

  return {
    edited: [],
    merged: [],
    actions: {
      // the first image of a cell is chosen by the kernel, which knows them; until then the page shows none
      open: (document, place) => (open(document, place), (document.picture = null)),
      choose: (document, { group }) => {
        document.group = index(group, matrices.length, "group");
        document.cell = document.picture = null;
        const largest = largestMistake(matrices[group].counts);
        if (largest) open(document, largest);
      },
      pick: (document, { picture }) => (document.picture = picture),
    },
  };
};

/**
 * The cell with most wrong images, the first of equals; null where all is right.
 *
 * @param {number[][]} counts
 */
function largestMistake(counts) {
  /** @type {{ row: number, column: number } | null} */
  let best = null;
  let most = 0;
  for (const [row, line] of counts.entries()) {
    for (const [column, count] of line.entries()) if (row !== column && count > most) [best, most] = [{ row, column }, count];
  }
  return best;
}

const images = (/** @type {number} */ count) => `${count} image${count === 1 ? "" : "s"}`;

// -- the parts of the page ----------------------------------------------------------------------------------------------------

/**
 * The rows of a matrix as lines of its table; `open(row, column)` hears which cell is pressed.
 *
 * @param {ConfusionMatrix} matrix
 * @param {string} other what the column of all other classes is called
 * @param {(row: number, column: number) => void} open
 */
function makeLines(matrix, other, open) {
  const heads = headsOf(matrix, other);
  const head = h("tr", {}, h("th", { scope: "col" }, "shown ↓ taken for →"), ...heads.map((name) => h("th", { scope: "col" }, h("span", { title: name }, name))));
  const lines = matrix.counts.map((line, row) => {
    const total = Math.max(1, line.reduce((a, b) => a + b, 0));
    const cells = line.slice(0, heads.length).map((count, column) => {
      const label = `${matrix.classes[row]} taken for ${matrix.classes[column] ?? other}: ${images(count)}`;
      return makeCell([row, column], label, count, count / total, () => open(row, column));
    });
    return h("tr", {}, h("th", { scope: "row" }, h("span", { title: matrix.classes[row] }, matrix.classes[row])), ...cells);
  });
  return [h("thead", {}, head), h("tbody", {}, ...lines)];
}

/**
 * @param {ConfusionMatrix} matrix
 * @param {string} other
 */
const headsOf = (matrix, other) => [...matrix.classes, ...(matrix.others ? [other] : [])];

/**
 * @param {Cell} place
 * @param {string} label
 * @param {number} count
 * @param {number} share of its row
 * @param {() => void} onclick
 */
function makeCell([row, column], label, count, share, onclick) {
  const kind = !count ? "none" : row === column ? "right" : "wrong";
  const data = { row: String(row), column: String(column), kind };
  const button = h("button", { type: "button", tabIndex: -1, title: label, onclick, aria: { label }, data }, count ? String(count) : "");
  button.style.setProperty("--share", `${Math.round(15 + 40 * share)}%`);
  return h("td", { role: "gridcell" }, button);
}

/**
 * What is behind a cell: its images, the chosen one, and why it was taken for what it was.
 *
 * @typedef {ReturnType<typeof makeBehind>} BehindView
 */
function makeBehind() {
  const [title, strip] = [h("p", { class: "clipnb-heading" }), h("ul", { class: "clipnb-behind" })];
  const [image, text, because] = [h("img", { class: "clipnb-image", width: 200, height: 200 }), h("figcaption"), reasonsList()];
  const chosen = h("div", { class: "clipnb-top" }, h("figure", {}, image, text), because.element);
  return { title, strip, chosen, image, text, because };
}

// -- keyboard -----------------------------------------------------------------------------------------------------------------

/**
 * One cell of the table is in the order of Tab; arrow keys lead to the others.
 *
 * @param {HTMLTableElement} table
 */
function moveByArrows(table) {
  /** @type {(cell: Cell) => HTMLButtonElement | null} */
  const cellAt = ([row, column]) => table.querySelector(`button[data-row="${row}"][data-column="${column}"]`);

  /** @param {Cell} cell where Tab leads; the first one if there is no such cell */
  function reach(cell) {
    table.querySelectorAll("button").forEach((button) => (button.tabIndex = -1));
    const button = cellAt(cell) ?? cellAt([0, 0]);
    if (button) button.tabIndex = 0;
  }

  table.addEventListener("keydown", (event) => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    const { row, column } = /** @type {HTMLElement} */ (event.target).dataset;
    if (!step || !row) return;
    event.preventDefault();
    event.stopPropagation(); // the notebook has arrow keys of its own
    /** @type {Cell} */
    const next = [Number(row) + step[0], Number(column) + step[1]];
    const button = cellAt(next);
    if (!button) return;
    reach(next);
    button.focus();
  });
  return reach;
}

// -- from the document to the page --------------------------------------------------------------------------------------------

/**
 * @param {HTMLTableElement} table
 * @param {Cell | null} open
 */
function drawOpen(table, open) {
  table.querySelectorAll("button").forEach((button) => {
    const isOpen = open !== null && Number(button.dataset.row) === open[0] && Number(button.dataset.column) === open[1];
    button.setAttribute("aria-pressed", String(isOpen));
  });
}

/**
 * @param {BehindView} view
 * @param {ConfusionsBehind} behind
 * @param {string[]} names of rows and columns
 * @param {(image: number) => void} pick
 */
function drawBehind(view, { cell, pictures: entries, count, chosen, uri, why }, names, pick) {
  const shown = count > entries.length ? `, here the first ${entries.length}` : "";
  setText(view.title, cell ? `${names[cell[0]]}, taken for ${names[cell[1]]}: ${count ? images(count) : "no image"}${shown}` : "Open a cell of the matrix to see the images behind it.");
  keepChildren(view.strip, entries.length, () => {
    const button = h("button", { type: "button", onclick: () => pick(Number(button.dataset.index)) }, h("img", { alt: "", width: 56, height: 56 }));
    return h("li", {}, button);
  });
  entries.forEach((one, i) => {
    const [button] = childrenOf(view.strip.children[i]);
    const label = `${one.truth}, taken for ${one.taken} (${one.name})`;
    button.dataset.index = String(one.index);
    button.title = label;
    button.setAttribute("aria-label", label);
    button.setAttribute("aria-pressed", String(one.index === chosen?.index));
    setSource(/** @type {HTMLImageElement} */ (button.firstElementChild), one.uri);
  });
  view.chosen.hidden = !chosen;
  if (chosen) drawChosen(view, chosen, uri ?? "", why);
}

/**
 * @param {BehindView} view
 * @param {ConfusionsEntry} entry
 * @param {string} uri
 * @param {Why | null | undefined} why
 */
function drawChosen({ image, text, because }, entry, uri, why) {
  const taken = entry.truth === entry.taken ? `${entry.truth}, and taken for it` : `${entry.truth}, taken for ${entry.taken}`;
  const label = `${taken} (${percent(entry.probability)})`;
  setSource(image, uri);
  image.alt = label;
  setText(text, `${label}; ${entry.name}`);
  because.redraw(why);
}

/** @param {Place<ConfusionsTraits>} place */
function render({ model, el }) {
  const [matrices, { other }] = [model.get("matrices"), model.get("settings")];
  const machine = new Machine(model.get("document"), CONFUSIONS(matrices));
  const status = statusLine();
  const waitFor = patient(model, status);
  const { act } = connect(model, machine, redraw, status);
  const group = h("select", { onchange: () => act({ do: "choose", group: group.selectedIndex }) }, ...matrices.map((one) => h("option", {}, one.name)));
  const [summary, spoken] = [h("p"), announcer()];
  const label = "Confusion matrix: rows are what the images show, columns what they were taken for. Arrow keys move, Enter opens a cell.";
  const table = h("table", { class: "clipnb-confusions", role: "grid", aria: { label } });
  const reach = moveByArrows(table);
  const view = makeBehind();
  let drawn = -1; // the group whose matrix is on the page

  /** @param {ConfusionMatrix} matrix */
  function drawMatrix(matrix) {
    table.style.setProperty("--clipnb-places", String(headsOf(matrix, other).length));
    table.replaceChildren(...makeLines(matrix, other, (row, column) => act({ do: "open", row, column })));
    reach(machine.document.cell ?? [0, 0]);
  }

  function redraw() {
    const { group: now, cell, picture: chosen } = machine.document;
    if (drawn !== now) drawMatrix(matrices[now]);
    drawn = now;
    group.selectedIndex = now;
    setText(summary, matrices[now].summary);
    drawOpen(table, cell);
    const behind = model.get("behind");
    const isHere = behind.group === now && same(behind.cell, cell);
    const isMissing = !isHere || (chosen !== null && behind.picture !== chosen);
    waitFor(isMissing);
    setPending(el, model, Number(isMissing));
    if (isHere) drawBehind(view, behind, [...matrices[now].classes, other], (picture) => act({ do: "pick", picture }));
    spoken.tell(isMissing ? null : [summary, view.title, view.text].map((one) => one.textContent));
  }

  redrawOn(model, ["behind"], redraw);
  root(el, "confusions").append(
    h("div", { class: "clipnb-tools" }, h("label", {}, "Classes ", group), status), summary,
    h("div", { class: "clipnb-scroll" }, table), view.title, view.strip, view.chosen, spoken.element
  );
  redraw();
}

export { Machine, CONFUSIONS, largestMistake };
export default { render };

// @ts-check
// The confusion browser: the twin of state.py, and its page. Matrices are here; images and reasons come from the kernel.

import { childrenOf, connect, h, keepChildren, patient, percent, root, setText } from "../common/common.js";
import { index, Machine, same } from "../common/document.js";
import { reasonsList } from "../common/reasons.js";

const CONFUSIONS = (matrices) => {
  const sizeOf = (document) => matrices[document.group].classes.length;

  function open(document, { row, column }) {
    document.cell = [index(row, sizeOf(document), "row"), index(column, sizeOf(document) + 1, "column")];
  }

  /** The first image of a cell is chosen by the kernel, which knows them; until then the page shows none. */
  const actions = {
    open: (document, place) => (open(document, place), (document.picture = null)),
    choose: (document, { group }) => {
      document.group = index(group, matrices.length, "group");
      document.cell = document.picture = null;
      const largest = largestMistake(matrices[group].counts);
      if (largest) open(document, largest);
    },
    pick: (document, { picture }) => (document.picture = picture),
  };
  return { edited: [], merged: [], actions };
};

/** The cell with most wrong images, the first of equals; null where all is right. */
function largestMistake(counts) {
  let best = null;
  counts.forEach((line, row) =>
    line.forEach((count, column) => {
      if (row !== column && count > (best ? counts[best.row][best.column] : 0)) best = { row, column };
    })
  );
  return best;
}

/** @param {{ model: import("../common/common.js").Model, el: HTMLElement }} place */
function render({ model, el }) {
  const matrices = model.get("matrices");
  const { other } = model.get("settings");
  const machine = new Machine(model.get("document"), CONFUSIONS(matrices));
  const status = h("p", { class: "clipnb-status", role: "status", aria: { live: "polite" } });
  const waitFor = patient(model, status);
  /** @type {[number, [number, number]]} */
  let [drawn, here] = [-1, [0, 0]]; // the group whose matrix is on the page, and the cell that Tab reaches

  // -- the parts of the page ------------------------------------------------------------------------------------------------

  const group = h("select", { onchange: () => act({ do: "choose", group: group.selectedIndex }) }, ...matrices.map((one) => h("option", {}, one.name)));
  const summary = h("p", { aria: { live: "polite" } });
  const table = h("table", { class: "clipnb-confusions", role: "grid", onkeydown: move, aria: { label: "Confusion matrix: rows are what the images show, columns what they were taken for. Arrow keys move, Enter opens a cell." } });
  const title = h("h4", { aria: { live: "polite" } });
  const strip = h("ul", { class: "clipnb-behind" });
  const image = h("img", { class: "clipnb-picture", width: 200, height: 200 });
  const figure = h("figure", {}, image, h("figcaption"));
  const because = reasonsList();
  const chosen = h("div", { class: "clipnb-top" }, figure, because.element);

  function buildMatrix(matrix) {
    const heads = [...matrix.classes, ...(matrix.others ? [other] : [])];
    const head = h("tr", {}, h("th", { scope: "col" }, "shown ↓ taken for →"), ...heads.map((name) => h("th", { scope: "col" }, h("span", { title: name }, name))));
    const lines = matrix.counts.map((line, row) => {
      const total = Math.max(1, line.reduce((a, b) => a + b, 0));
      return h("tr", {}, h("th", { scope: "row" }, h("span", { title: matrix.classes[row] }, matrix.classes[row])), ...line.slice(0, heads.length).map((count, column) => makeCell(matrix, row, column, count, count / total)));
    });
    table.style.setProperty("--clipnb-places", String(heads.length));
    table.replaceChildren(h("thead", {}, head), h("tbody", {}, ...lines));
  }

  function makeCell(matrix, row, column, count, share) {
    const [truth, taken] = [matrix.classes[row], matrix.classes[column] ?? other];
    const label = `${truth} taken for ${taken}: ${count} image${count === 1 ? "" : "s"}`;
    const button = h("button", { type: "button", tabIndex: -1, title: label, onclick: () => open(row, column), aria: { label } }, count ? String(count) : "");
    button.style.setProperty("--share", `${Math.round(15 + 45 * share)}%`);
    Object.assign(button.dataset, { row, column, kind: !count ? "none" : row === column ? "right" : "wrong" });
    return h("td", { role: "gridcell" }, button);
  }

  /** @returns {HTMLButtonElement | null} */
  const cellAt = ([row, column]) => table.querySelector(`button[data-row="${row}"][data-column="${column}"]`);

  function open(row, column) {
    here = [row, column];
    act({ do: "open", row, column });
  }

  function move(event) {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!step || !event.target.dataset.row) return;
    event.preventDefault();
    event.stopPropagation(); // the notebook has arrow keys of its own
    /** @type {[number, number]} */
    const next = [Number(event.target.dataset.row) + step[0], Number(event.target.dataset.column) + step[1]];
    if (!cellAt(next)) return;
    here = next;
    reach();
    cellAt(next).focus();
  }

  /** One cell is in the order of Tab; arrow keys lead to the others. */
  function reach() {
    table.querySelectorAll("button").forEach((button) => (button.tabIndex = -1));
    cellAt(here).tabIndex = 0;
  }

  // -- from the document to the page ----------------------------------------------------------------------------------------

  function redraw() {
    const { group: now, cell, picture } = machine.document;
    if (drawn !== now) {
      drawn = now;
      buildMatrix(matrices[now]);
      here = cell && cellAt(cell) ? cell : [0, 0];
      reach();
    }
    group.selectedIndex = now;
    setText(summary, matrices[now].summary);
    table.querySelectorAll("button").forEach((button) => {
      const isOpen = cell !== null && Number(button.dataset.row) === cell[0] && Number(button.dataset.column) === cell[1];
      button.setAttribute("aria-pressed", String(isOpen));
    });
    const behind = model.get("behind");
    const arrived = behind.group === now && same(behind.cell, cell);
    const waiting = !arrived || (picture !== null && behind.picture !== picture);
    waitFor(waiting);
    el.dataset.pending = String(Number(waiting));
    el.dataset.failures = String(model.get("failures"));
    if (arrived) drawBehind(behind, matrices[now]);
  }

  function drawBehind({ cell, pictures, count, chosen: entry, uri, why }, { classes }) {
    setText(title, cell ? `${classes[cell[0]]}, taken for ${classes[cell[1]] ?? other}: ${count ? `${count} image${count === 1 ? "" : "s"}` : "no image"}${count > pictures.length ? `, here the first ${pictures.length}` : ""}` : "Open a cell of the matrix to see the images behind it.");
    keepChildren(strip, pictures.length, () => {
      const button = h("button", { type: "button", onclick: () => act({ do: "pick", picture: Number(button.dataset.index) }) }, h("img", { alt: "", width: 56, height: 56 }));
      return h("li", {}, button);
    });
    pictures.forEach((one, i) => {
      const [button] = childrenOf(strip.children[i]);
      const [thumb] = childrenOf(button);
      button.dataset.index = one.index;
      const label = `${one.truth}, taken for ${one.taken} (${one.name})`;
      button.title = label;
      button.setAttribute("aria-label", label);
      button.setAttribute("aria-pressed", String(one.index === entry?.index));
      if (thumb.src !== one.uri) thumb.src = one.uri;
    });
    chosen.hidden = !entry;
    if (!entry) return;
    if (image.src !== uri) image.src = uri;
    const text = entry.truth === entry.taken ? `${entry.truth}, and taken for it (${percent(entry.probability)})` : `${entry.truth}, taken for ${entry.taken} (${percent(entry.probability)})`;
    image.alt = text;
    setText(figure.lastElementChild, `${text}; ${entry.name}`);
    because.redraw(why);
  }

  const { act } = connect(model, machine, redraw, (sentence) => setText(status, sentence));
  model.on("change:behind", redraw);

  root(el, "confusions").append(
    h("div", { class: "clipnb-tools" }, h("label", {}, "Classes ", group), status), summary,
    h("div", { class: "clipnb-scroll" }, table), title, strip, chosen
  );
  redraw();
}

export { Machine, CONFUSIONS, largestMistake };
export default { render };

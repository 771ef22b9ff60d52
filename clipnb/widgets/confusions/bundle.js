// Made from clipnb/widgets/confusions/page.js by tests/javascript/bundle.py; sources 75844fe795910ae6f713457e1a6e4bbd0da2a4dcbe642ff40eeaa0c6494653d0
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

// clipnb/widgets/confusions/page.js
var CONFUSIONS = (matrices) => {
  const sizeOf = (document2) => matrices[document2.group].classes.length;
  function open(document2, { row, column }) {
    document2.cell = [index(row, sizeOf(document2), "row"), index(column, sizeOf(document2) + 1, "column")];
  }
  const actions = {
    open: (document2, place) => (open(document2, place), document2.picture = null),
    choose: (document2, { group }) => {
      document2.group = index(group, matrices.length, "group");
      document2.cell = document2.picture = null;
      const largest = largestMistake(matrices[group].counts);
      if (largest) open(document2, largest);
    },
    pick: (document2, { picture }) => document2.picture = picture
  };
  return { edited: [], merged: [], actions };
};
function largestMistake(counts) {
  let best = null;
  counts.forEach(
    (line, row) => line.forEach((count, column) => {
      if (row !== column && count > (best ? counts[best.row][best.column] : 0)) best = { row, column };
    })
  );
  return best;
}
function render({ model, el }) {
  const matrices = model.get("matrices");
  const { other } = model.get("settings");
  const machine = new Machine(model.get("document"), CONFUSIONS(matrices));
  const status = h("p", { class: "clipnb-status", role: "status", aria: { live: "polite" } });
  const waitFor = patient(model, status);
  let [drawn, here] = [-1, [0, 0]];
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
    const heads = [...matrix.classes, ...matrix.others ? [other] : []];
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
  const cellAt = ([row, column]) => table.querySelector(`button[data-row="${row}"][data-column="${column}"]`);
  function open(row, column) {
    here = [row, column];
    act({ do: "open", row, column });
  }
  function move(event) {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!step || !event.target.dataset.row) return;
    event.preventDefault();
    event.stopPropagation();
    const next = [Number(event.target.dataset.row) + step[0], Number(event.target.dataset.column) + step[1]];
    if (!cellAt(next)) return;
    here = next;
    reach();
    cellAt(next).focus();
  }
  function reach() {
    table.querySelectorAll("button").forEach((button) => button.tabIndex = -1);
    cellAt(here).tabIndex = 0;
  }
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
    const waiting = !arrived || picture !== null && behind.picture !== picture;
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
    h("div", { class: "clipnb-tools" }, h("label", {}, "Classes ", group), status),
    summary,
    h("div", { class: "clipnb-scroll" }, table),
    title,
    strip,
    chosen
  );
  redraw();
}
var page_default = { render };
export {
  CONFUSIONS,
  Machine,
  page_default as default,
  largestMistake
};

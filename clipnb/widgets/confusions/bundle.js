// Made from clipnb/widgets/confusions/page.js by tests/javascript/bundle.py; sources 4f325c6dfc86aaebc15efe2aaeeb6de8a633ab2220b66034181aa575974ff9c1
// clipnb/widgets/common/document.js
var Refusal = class extends Error {
};
function same(a, b) {
  if (a === b) return true;
  if (!isObject(a) || !isObject(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && same(a[key], b[key]));
}
var isObject = (value) => typeof value === "object" && value !== null;
var shown = (value) => typeof value === "object" && value !== null ? "an object" : String(value).slice(0, 40);
function index(value, count, what) {
  if (!Number.isInteger(value) || value < 0 || value >= count) throw new Refusal(`There is no ${what} ${shown(value)}; there are ${count}, counted from 0.`);
  return value;
}
var Machine = class {
  /**
   * @param {Document} document
   * @param {Rules<Document, Actions, Edited>} rules
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
    const kept = Object.fromEntries(this.edited.map((key) => [key, this.document[key]]));
    return structuredClone(
      /** @type {Pick<Document, Edited>} */
      kept
    );
  }
  /** @param {ActionOf<Actions>} action */
  act(action) {
    const { do: name, ...rest } = (
      /** @type {{ do: string, of?: unknown, row?: unknown }} */
      action
    );
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
  /**
   * @param {Pick<Document, Edited>} kept
   * @param {string | null} place
   */
  remember(kept, place) {
    if (place === null || place !== this.place) this.past = [...this.past, kept].slice(-100);
    this.place = place;
  }
  /**
   * Reset goes back to this, and so does undo: what is shown was edited before this page was made.
   *
   * @param {Pick<Document, Edited>} first
   */
  beginAt(first) {
    this.first = structuredClone(first);
    if (!same(this.kept(), first)) this.past = [structuredClone(first)];
  }
  /**
   * The kernel's document, where it differs: somebody edited it in Python, or on another view.
   *
   * @param {Document} document
   */
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
  const { class: className, aria = {}, data = {}, role, for: target, ...rest } = properties;
  const element = document.createElement(tag);
  if (className !== void 0) element.className = className;
  for (const [key, text] of Object.entries(aria)) element.setAttribute(`aria-${key}`, text);
  Object.assign(element.dataset, data);
  if (role !== void 0) element.setAttribute("role", role);
  if (target !== void 0) element.setAttribute("for", target);
  for (const [name, value] of Object.entries(rest)) if (value !== void 0 && value !== null) Object.assign(element, { [name]: value });
  element.append(...children.filter((child) => child !== null && child !== void 0));
  return element;
}
var childrenOf = (element) => (
  /** @type {HTMLElement[]} */
  [...element.children]
);
function root(el, kind) {
  el.classList.add("clipnb", `clipnb-widget-${kind}`);
  el.dataset.lmSuppressShortcuts = "true";
  el.addEventListener("focusin", (event) => (
    /** @type {Element} */
    event.target.setAttribute("data-lm-suppress-shortcuts", "true")
  ));
  el.addEventListener("keydown", (event) => event.stopPropagation());
  return el;
}
var statusLine = () => h("p", { class: "clipnb-status", role: "status", aria: { live: "polite" } });
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
function keepChildren(parent, count, make) {
  while (parent.children.length > count) parent.lastElementChild?.remove();
  while (parent.children.length < count) parent.append(make(parent.children.length));
}
function patient(model, status, words = SILENT) {
  const silent = model.get("absent") ?? words;
  let timer = 0;
  return (missing) => {
    clearTimeout(timer);
    if (missing) timer = setTimeout(() => setText(status, silent), PATIENCE);
    else if (status.textContent === silent) setText(status, "");
  };
}
var Outbox = class {
  /** @param {Model<WidgetTraits>} model */
  constructor(model) {
    this.model = model;
    this.view = Math.random().toString(36).slice(2);
    this.sent = 0;
    this.timer = 0;
    this.waiting = null;
  }
  /** Whether the kernel has not performed yet all that was done here. */
  get isAhead() {
    return this.waiting !== null || (this.model.get("answered")[this.view] ?? 0) < this.sent;
  }
  /** @param {Action | { do: "hello" }} action */
  post(action) {
    this.sent += 1;
    try {
      this.model.send({ ...action, view: this.view, serial: this.sent });
    } catch {
    }
  }
  /** @param {Action} action */
  postLater(action) {
    clearTimeout(this.timer);
    this.waiting = action;
    this.timer = setTimeout(() => this.flush(), this.model.get("pause") ?? PAUSE);
  }
  flush() {
    if (this.waiting === null) return;
    clearTimeout(this.timer);
    const action = this.waiting;
    this.waiting = null;
    this.post(action);
  }
};
var isSamePlace = (one, other) => same(placeOf(one), placeOf(other));
var placeOf = (action) => [action.do, action.of, action.row];
function connect(model, machine, redraw, status) {
  const outbox = new Outbox(model);
  const say = (text) => setText(status, text);
  function act(action, later = false) {
    if (outbox.waiting && !(later && isSamePlace(outbox.waiting, action))) outbox.flush();
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
    if (later) outbox.postLater(action);
    else outbox.post(action);
    redraw();
  }
  function adopt() {
    if (outbox.isAhead || same(model.get("document"), machine.document)) return;
    machine.adopt(model.get("document"));
    redraw();
  }
  const first = model.get("first");
  if (first && Object.keys(first).length) machine.beginAt(
    /** @type {Pick<Document, Edited>} */
    first
  );
  model.on("change:document", adopt);
  model.on("change:answered", () => (adopt(), redraw()));
  const problem = () => model.get("problem") && say(model.get("problem"));
  model.on("change:problem", problem);
  problem();
  outbox.post({ do: "hello" });
  return { act, flush: () => outbox.flush() };
}
function redrawOn(model, names, redraw) {
  for (const name of names) model.on(`change:${name}`, redraw);
}
function setPending(el, model, pending = 0) {
  el.dataset.pending = String(pending);
  el.dataset.failures = String(model.get("failures"));
}
function bar() {
  return h("span", { class: "clipnb-bar", aria: { hidden: "true" } }, h("span", { class: "clipnb-fill" }));
}
function setBar(element, share) {
  const [fill] = childrenOf(element);
  fill.style.width = `${(100 * Math.min(1, Math.abs(share))).toFixed(2)}%`;
  fill.dataset.sign = share < 0 ? "minus" : "plus";
}
var signed = (x) => `${x <= -5e-4 ? "−" : "+"}${Math.abs(x).toFixed(3)}`;
var percent = (x) => `${(100 * x).toFixed(x > 0 && x < 0.1 ? 1 : 0)} %`;
function setSource(image, uri) {
  if (image.src !== uri) image.src = uri;
}

// clipnb/widgets/common/announce.js
var QUIET = 600;
function announcer() {
  const element = h("p", { class: "clipnb-spoken", aria: { live: "polite", atomic: "true" } });
  let told2 = null;
  let timer = 0;
  function tell(parts) {
    clearTimeout(timer);
    if (!parts) return;
    const known = told2 ??= parts;
    const news = parts.filter((part, i) => part && part !== known[i]);
    if (!news.length) return;
    timer = setTimeout(() => {
      told2 = parts;
      setText(element, news.join(" "));
    }, QUIET);
  }
  return { element, tell };
}

// clipnb/widgets/common/reasons.js
function reasonsList(one = "prompt") {
  const [title, text, list, rest] = [h("p", { class: "clipnb-heading" }), h("p"), h("ul", { class: "clipnb-reasons" }), h("p")];
  const element = h("section", { class: "clipnb-because", aria: { label: "Why one class rather than another" } }, title, text, list, rest);
  function redraw(why) {
    element.hidden = !why?.parts.length;
    if (!why?.parts.length) return;
    const { others = 0, rest: left = 0 } = why;
    setText(title, `Why ${why.left} rather than ${why.right}?`);
    setText(text, told(why, one));
    const reach = Math.max(1e-9, ...why.parts.map((part) => Math.abs(part.centred)));
    keepChildren(
      list,
      why.parts.length,
      () => h("li", {}, h("span", { class: "clipnb-name" }), h("span", { class: "clipnb-text" }), bar(), h("span", { class: "clipnb-value" }))
    );
    why.parts.forEach((part, i) => {
      const [name, prompt, line, value] = childrenOf(list.children[i]);
      setText(name, part.name);
      setText(prompt, part.text);
      setBar(line, Math.abs(part.centred) < 5e-4 ? 0 : part.centred / reach / 2);
      setText(value, signed(part.centred));
    });
    rest.hidden = !others;
    setText(rest, others === 1 ? `One more adds ${signed(left)}.` : `${others} more add ${signed(left)} together.`);
  }
  return { element, redraw };
}
function told(why, one) {
  const lead = why.margin >= 0 ? `It leads by ${why.margin.toFixed(3)}` : `It trails by ${(-why.margin).toFixed(3)}`;
  const usual = `on average over ${why.images} images the difference is ${signed(why.usual)}`;
  const counted = why.images ? `${lead}; ${usual}. Each cosine is counted from the ${one}'s own average over those images: a ${one} of ${why.left} that fits this one better than usual speaks for it, and so does one of ${why.right} that fits worse.` : `${lead}. A ${one} of ${why.left} that fits this image well adds to it, and so does one of ${why.right} that fits badly; in between lies the mean of the two scores.`;
  return `${counted} The parts add up${why.images ? " to what this image adds to that average" : ""}.`;
}

// clipnb/widgets/confusions/page.js
var CONFUSIONS = (matrices) => {
  function open(document2, { row, column }) {
    const size = matrices[document2.group].classes.length;
    document2.cell = [index(row, size, "row"), index(column, size + 1, "column")];
  }
  return {
    edited: [],
    merged: [],
    actions: {
      // the first image of a cell is chosen by the kernel, which knows them; until then the page shows none
      open: (document2, place) => (open(document2, place), document2.picture = null),
      choose: (document2, { group }) => {
        document2.group = index(group, matrices.length, "group");
        document2.cell = document2.picture = null;
        const largest = largestMistake(matrices[group].counts);
        if (largest) open(document2, largest);
      },
      pick: (document2, { picture }) => document2.picture = picture
    }
  };
};
function largestMistake(counts) {
  let best = null;
  let most = 0;
  for (const [row, line] of counts.entries()) {
    for (const [column, count] of line.entries()) if (row !== column && count > most) [best, most] = [{ row, column }, count];
  }
  return best;
}
var images = (count) => `${count} image${count === 1 ? "" : "s"}`;
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
var headsOf = (matrix, other) => [...matrix.classes, ...matrix.others ? [other] : []];
function makeCell([row, column], label, count, share, onclick) {
  const kind = !count ? "none" : row === column ? "right" : "wrong";
  const data = { row: String(row), column: String(column), kind };
  const button = h("button", { type: "button", tabIndex: -1, title: label, onclick, aria: { label }, data }, count ? String(count) : "");
  button.style.setProperty("--share", `${Math.round(15 + 40 * share)}%`);
  return h("td", { role: "gridcell" }, button);
}
function makeBehind() {
  const [title, strip] = [h("p", { class: "clipnb-heading" }), h("ul", { class: "clipnb-behind" })];
  const [image, text, because] = [h("img", { class: "clipnb-image", width: 200, height: 200 }), h("figcaption"), reasonsList()];
  const chosen = h("div", { class: "clipnb-top" }, h("figure", {}, image, text), because.element);
  return { title, strip, chosen, image, text, because };
}
function moveByArrows(table) {
  const cellAt = ([row, column]) => table.querySelector(`button[data-row="${row}"][data-column="${column}"]`);
  function reach(cell) {
    table.querySelectorAll("button").forEach((button2) => button2.tabIndex = -1);
    const button = cellAt(cell) ?? cellAt([0, 0]);
    if (button) button.tabIndex = 0;
  }
  table.addEventListener("keydown", (event) => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    const { row, column } = (
      /** @type {HTMLElement} */
      event.target.dataset
    );
    if (!step || !row) return;
    event.preventDefault();
    event.stopPropagation();
    const next = [Number(row) + step[0], Number(column) + step[1]];
    const button = cellAt(next);
    if (!button) return;
    reach(next);
    button.focus();
  });
  return reach;
}
function drawOpen(table, open) {
  table.querySelectorAll("button").forEach((button) => {
    const isOpen = open !== null && Number(button.dataset.row) === open[0] && Number(button.dataset.column) === open[1];
    button.setAttribute("aria-pressed", String(isOpen));
  });
}
function drawBehind(view, { cell, pictures: entries, count, chosen, uri, why }, names, pick) {
  const shown2 = count > entries.length ? `, here the first ${entries.length}` : "";
  setText(view.title, cell ? `${names[cell[0]]}, taken for ${names[cell[1]]}: ${count ? images(count) : "no image"}${shown2}` : "Open a cell of the matrix to see the images behind it.");
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
    setSource(
      /** @type {HTMLImageElement} */
      button.firstElementChild,
      one.uri
    );
  });
  view.chosen.hidden = !chosen;
  if (chosen) drawChosen(view, chosen, uri ?? "", why);
}
function drawChosen({ image, text, because }, entry, uri, why) {
  const taken = entry.truth === entry.taken ? `${entry.truth}, and taken for it` : `${entry.truth}, taken for ${entry.taken}`;
  const label = `${taken} (${percent(entry.probability)})`;
  setSource(image, uri);
  image.alt = label;
  setText(text, `${label}; ${entry.name}`);
  because.redraw(why);
}
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
  let drawn = -1;
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
    const isMissing = !isHere || chosen !== null && behind.picture !== chosen;
    waitFor(isMissing);
    setPending(el, model, Number(isMissing));
    if (isHere) drawBehind(view, behind, [...matrices[now].classes, other], (picture) => act({ do: "pick", picture }));
    spoken.tell(isMissing ? null : [summary, view.title, view.text].map((one) => one.textContent));
  }
  redrawOn(model, ["behind"], redraw);
  root(el, "confusions").append(
    h("div", { class: "clipnb-tools" }, h("label", {}, "Classes ", group), status),
    summary,
    h("div", { class: "clipnb-scroll" }, table),
    view.title,
    view.strip,
    view.chosen,
    spoken.element
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

// Made from clipnb/widgets/embedding_map/page.js by tests/javascript/bundle.py; sources 1adc94de20199d93db2530a3a96588d7f9dcb97526d4057d165efb903c79d6e8
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

// clipnb/widgets/embedding_map/page.js
var [WIDTH, HEIGHT, MARGIN] = [640, 460, 16];
var MOST_LISTED = 60;
var EMBEDDING_MAP = (count) => ({
  edited: ["selected"],
  merged: [],
  actions: {
    choose: (document2, { point }) => document2.chosen = index(point, count, "point"),
    centre: (document2, { on }) => document2.centred = on === true,
    select: (document2, { points }) => document2.selected = ascending(points.map((point) => index(point, count, "point"))),
    toggle: (document2, { point }) => {
      const chosen = new Set(document2.selected);
      if (!chosen.delete(index(point, count, "point"))) chosen.add(point);
      document2.selected = ascending(chosen);
    }
  }
});
var ascending = (points) => [...new Set(points)].sort((a, b) => a - b);
function onPage([x, y]) {
  const reach = WIDTH / 2 - MARGIN;
  return [WIDTH / 2 + x * reach, HEIGHT / 2 - y * reach];
}
function isInside([x, y], polygon) {
  let inside = false;
  polygon.forEach(([ax, ay], i) => {
    const [bx, by] = polygon[(i + 1) % polygon.length];
    if (ay > y !== by > y && x < (bx - ax) * (y - ay) / (by - ay) + ax) inside = !inside;
  });
  return inside;
}
function nextPlace(places, from, [dx, dy]) {
  const [x, y] = places[from];
  let [best, least] = [-1, Infinity];
  places.forEach(([px, py], i) => {
    const [along, across] = [(px - x) * dx + (py - y) * dy, Math.abs((px - x) * dy) + Math.abs((py - y) * dx)];
    const far = along + 2 * across;
    if (i !== from && along > 0 && across <= along && far < least) [best, least] = [i, far];
  });
  return best;
}
function svg(tag, properties = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(properties)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}
function render({ model, el }) {
  const points = model.get("points");
  const { groups, gap, colours, shapes, grey, dot } = model.get("settings");
  const machine = new Machine(model.get("document"), EMBEDDING_MAP(points.length));
  let [cursor, trace] = [machine.document.chosen ?? 0, null];
  let places = [];
  const status = h("p", { class: "clipnb-status", role: "status", aria: { live: "polite" } });
  const say = (sentence) => setText(status, sentence);
  const name = (p) => `${points[p].what}: ${points[p].text}`;
  const colourOf = (group) => colours[group] ?? grey;
  const mark = (group, hollow) => svg("path", { d: shapes[group] ?? dot, fill: hollow ? "transparent" : colourOf(group), stroke: colourOf(group), "stroke-width": 1.5 });
  const marks = points.map((point, p) => {
    const title = svg("title");
    title.textContent = name(p);
    const path = mark(point.group, point.what === "sentence");
    path.append(title);
    return path;
  });
  const ring = svg("circle", { r: 9, class: "clipnb-ring" });
  const line = svg("path", { class: "clipnb-lasso" });
  const map = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "clipnb-map", tabindex: 0, role: "application", "aria-label": "Map of images and texts. Arrow keys go from point to point, Enter explains, Space selects, Escape selects nothing." }, ...marks, ring, line);
  const kind = `draw-${Math.random().toString(36).slice(2)}`;
  const lasso = h("input", { type: "radio", name: kind });
  const rectangle = h("input", { type: "radio", name: kind, checked: true });
  const centred = h("input", { type: "checkbox", onchange: () => act({ do: "centre", on: centred.checked }) });
  const undo = h("button", { type: "button", onclick: () => act({ do: "undo" }) }, "Undo");
  const none = h("button", { type: "button", onclick: () => act({ do: "select", points: [] }) }, "Select nothing");
  const legend = h("div", { class: "clipnb-legend", role: "group", aria: { label: "Select all of a kind" } });
  const listTitle = h("h4", { aria: { live: "polite" } });
  const list = h("ul", { class: "clipnb-chosen" });
  const nearTitle = h("h4", { aria: { live: "polite" } });
  const image = h("img", { class: "clipnb-picture", alt: "", width: 120, height: 120 });
  const near = h("ul", { class: "clipnb-near" });
  const icon = (group, hollow) => svg("svg", { viewBox: "-8 -8 16 16", width: 16, height: 16, "aria-hidden": "true" }, mark(group, hollow));
  const pick = (test) => act({ do: "select", points: points.map((_, p) => p).filter((p) => test(points[p])) });
  legend.append(
    ...groups.map((text, g) => h("button", { type: "button", onclick: () => pick((point) => point.group === g) }, icon(g, false), text)),
    h("button", { type: "button", onclick: () => pick((point) => point.what === "picture") }, icon(-1, false), "all images"),
    h("button", { type: "button", onclick: () => pick((point) => point.what === "sentence") }, icon(-1, true), "all texts")
  );
  function at(event) {
    const box = map.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width * WIDTH, (event.clientY - box.top) / box.height * HEIGHT];
  }
  function outline() {
    if (lasso.checked) return trace;
    const [[ax, ay], [bx, by]] = [trace[0], trace.at(-1)];
    return [[ax, ay], [bx, ay], [bx, by], [ax, by]];
  }
  const isDrag = () => trace.some(([x, y]) => Math.hypot(x - trace[0][0], y - trace[0][1]) > 5);
  map.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    trace = [at(event)];
    map.setPointerCapture(event.pointerId);
  });
  map.addEventListener("pointermove", (event) => {
    if (!trace) return;
    trace.push(at(event));
    if (isDrag()) line.setAttribute("d", `M${outline().map((place) => place.map((x) => x.toFixed(1)).join()).join("L")}Z`);
  });
  map.addEventListener("pointerup", () => {
    if (!trace) return;
    const [drawn, [x, y]] = [isDrag() ? outline() : null, trace[0]];
    endDrag();
    if (drawn) return act({ do: "select", points: points.map((_, p) => p).filter((p) => isInside(places[p], drawn)) });
    const distance = places.map(([px, py]) => Math.hypot(px - x, py - y));
    const nearest = distance.indexOf(Math.min(...distance));
    if (distance[nearest] < 14) act({ do: "choose", point: cursor = nearest });
  });
  map.addEventListener("pointercancel", endDrag);
  function endDrag() {
    trace = null;
    line.removeAttribute("d");
  }
  map.addEventListener("focus", () => say(name(cursor)));
  map.addEventListener("keydown", (event) => {
    const step = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    if (!step && !["Enter", " ", "Escape"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Enter") return act({ do: "choose", point: cursor });
    if (event.key === " ") return act({ do: "toggle", point: cursor });
    if (event.key === "Escape") return act({ do: "select", points: [] });
    const next = nextPlace(places, cursor, step);
    if (next < 0) return;
    cursor = next;
    redraw();
    say(name(cursor));
  });
  function redraw() {
    const { centred: on, chosen, selected } = machine.document;
    places = points.map((point) => onPage(on ? point.centred : point.raw));
    const picked = new Set(selected);
    marks.forEach((path, p) => {
      path.style.transform = `translate(${places[p][0].toFixed(1)}px, ${places[p][1].toFixed(1)}px)`;
      path.dataset.dim = String(picked.size > 0 && !picked.has(p));
    });
    ring.style.transform = `translate(${places[cursor][0].toFixed(1)}px, ${places[cursor][1].toFixed(1)}px)`;
    centred.checked = on;
    undo.disabled = !machine.past.length;
    none.disabled = !selected.length;
    drawList(selected);
    drawNear(chosen);
    el.dataset.pending = "0";
    el.dataset.failures = String(model.get("failures"));
  }
  function button() {
    const made = h("button", { type: "button", onclick: () => act({ do: "choose", point: cursor = Number(made.dataset.point) }) }, h("img", { alt: "" }), h("span"));
    return made;
  }
  function fill(made, p) {
    const [thumb, text] = made.children;
    made.dataset.point = p;
    thumb.hidden = !points[p].uri;
    if (points[p].uri && thumb.src !== points[p].uri) thumb.src = points[p].uri;
    setText(text, points[p].text);
  }
  function drawList(selected) {
    const count = (what) => {
      const found = selected.filter((p) => points[p].what === what).length;
      return `${found} ${what === "picture" ? "image" : "text"}${found === 1 ? "" : "s"}`;
    };
    const more = selected.length > MOST_LISTED ? `, here the first ${MOST_LISTED}` : "";
    setText(listTitle, selected.length ? `Selected: ${count("picture")}, ${count("sentence")}${more}` : "Draw around points to list them.");
    const shown = selected.slice(0, MOST_LISTED);
    keepChildren(list, shown.length, () => h("li", {}, button()));
    shown.forEach((p, i) => fill(list.children[i].firstElementChild, p));
  }
  function drawNear(chosen) {
    setText(nearTitle, chosen === null ? "Click a point to see what lies next to it." : points[chosen].what === "picture" ? `Texts nearest to ${points[chosen].text}` : `Images nearest to “${points[chosen].text}”`);
    const found = chosen === null ? [] : points[chosen].near;
    const small = chosen === null ? "" : points[chosen].uri;
    const large = model.get("large");
    image.hidden = !small;
    if (small) {
      const uri = large.point === chosen ? large.uri : small;
      if (image.src !== uri) image.src = uri;
      image.alt = points[chosen].text;
    }
    const reach = Math.max(0.01, ...found.map(([, value]) => Math.abs(value)));
    keepChildren(near, found.length, () => h("li", {}, button(), bar(), h("span", { class: "clipnb-value" })));
    found.forEach(([p, value], i) => {
      const [made, amount, number] = near.children[i].children;
      fill(made, p);
      setBar(amount, value / reach);
      setText(number, value.toFixed(3));
    });
  }
  const { act } = connect(model, machine, redraw, say);
  model.on("change:large", redraw);
  const drawing = h("fieldset", { class: "clipnb-drawing-with" }, h("legend", {}, "Draw a"), h("label", {}, rectangle, " rectangle"), h("label", {}, lasso, " lasso"));
  root(el, "embedding_map").append(
    h("div", { class: "clipnb-tools" }, h("label", {}, centred, " each cloud on its own mean"), drawing, none, undo, status),
    h("p", {}, `Filled: images. Hollow: texts. ${gap}`),
    legend,
    h("div", { class: "clipnb-top" }, map, h("div", { class: "clipnb-beside" }, nearTitle, image, near, listTitle, list))
  );
  redraw();
}
var page_default = { render };
export {
  EMBEDDING_MAP,
  Machine,
  page_default as default,
  isInside,
  nextPlace
};

// Made from clipnb/widgets/embedding_map/page.js by tests/javascript/bundle.py; sources b40fef2a9a9c5d149d2ed4ef9f78be2b467f919267e05211f12fa55aedd63307
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
var decimal = (x, digits) => x.toFixed(digits).replace(/^-(?=0\.?0*$)/, "").replace("-", "−");
function setSource(image, uri) {
  if (image.src !== uri) image.src = uri;
}

// clipnb/widgets/common/announce.js
var QUIET = 600;
function announcer() {
  const element = h("p", { class: "clipnb-spoken", aria: { live: "polite", atomic: "true" } });
  let told = null;
  let timer = 0;
  function tell(parts) {
    clearTimeout(timer);
    if (!parts) return;
    const known = told ??= parts;
    const news = parts.filter((part, i) => part && part !== known[i]);
    if (!news.length) return;
    timer = setTimeout(() => {
      told = parts;
      setText(element, news.join(" "));
    }, QUIET);
  }
  return { element, tell };
}

// clipnb/widgets/embedding_map/page.js
var [WIDTH, HEIGHT, MARGIN] = [640, 460, 16];
var MOST_LISTED = 60;
var LABEL = "Map of images and texts. Arrow keys go from point to point, Enter explains, Space selects, Escape selects nothing.";
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
function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}
var isImage = (point) => point.what === "picture";
var nameOf = (point) => `${isImage(point) ? "image" : "text"}: ${point.text}`;
var moveTo = ([x, y]) => `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
function makeMark({ colours, shapes, grey, dot }, group, isHollow) {
  const colour = colours[group] ?? grey;
  return svg("path", { d: shapes[group] ?? dot, fill: isHollow ? "transparent" : colour, stroke: colour, "stroke-width": 1.5 });
}
function makeMap(points, settings) {
  const marks = points.map((point) => {
    const path = makeMark(settings, point.group, !isImage(point));
    path.append(svg("title", {}, nameOf(point)));
    return path;
  });
  const [ring, line] = [svg("circle", { r: 9, class: "clipnb-ring" }), svg("path", { class: "clipnb-lasso" })];
  const element = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "clipnb-map", tabindex: 0, role: "application", "aria-label": LABEL }, ...marks, ring, line);
  return { element, marks, ring, line };
}
function makeTools(act, status) {
  const kind = `draw-${Math.random().toString(36).slice(2)}`;
  const lasso = h("input", { type: "radio", name: kind });
  const rectangle = h("input", { type: "radio", name: kind, checked: true });
  const centred = h("input", { type: "checkbox", onchange: () => act({ do: "centre", on: centred.checked }) });
  const undo = h("button", { type: "button", onclick: () => act({ do: "undo" }) }, "Undo");
  const none = h("button", { type: "button", onclick: () => act({ do: "select", points: [] }) }, "Select nothing");
  const drawing = h("fieldset", { class: "clipnb-drawing-with" }, h("legend", {}, "Draw a"), h("label", {}, rectangle, " rectangle"), h("label", {}, lasso, " lasso"));
  const element = h("div", { class: "clipnb-tools" }, h("label", {}, centred, " each cloud on its own mean"), drawing, none, undo, status);
  return { element, lasso, centred, undo, none };
}
function makeLegend(settings, pick) {
  const icon = (group, isHollow = false) => svg("svg", { viewBox: "-8 -8 16 16", width: 16, height: 16, "aria-hidden": "true" }, makeMark(settings, group, isHollow));
  return h(
    "div",
    { class: "clipnb-legend", role: "group", aria: { label: "Select all of a kind" } },
    ...settings.groups.map((text, g) => h("button", { type: "button", onclick: () => pick((point) => point.group === g) }, icon(g), text)),
    h("button", { type: "button", onclick: () => pick(isImage) }, icon(-1), "all images"),
    h("button", { type: "button", onclick: () => pick((point) => !isImage(point)) }, icon(-1, true), "all texts")
  );
}
function makeLists() {
  const [nearTitle, listTitle] = [h("p", { class: "clipnb-heading" }), h("p", { class: "clipnb-heading" })];
  const [near, list] = [h("ul", { class: "clipnb-near" }), h("ul", { class: "clipnb-chosen" })];
  const image = h("img", { class: "clipnb-image", alt: "", width: 120, height: 120 });
  return { element: h("div", { class: "clipnb-beside" }, nearTitle, image, near, listTitle, list), nearTitle, image, near, listTitle, list };
}
function hearMouse({ element, line }, lasso, { select, press }) {
  let trace = null;
  const at = (event) => {
    const box = element.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width * WIDTH, (event.clientY - box.top) / box.height * HEIGHT];
  };
  const end = () => {
    trace = null;
    line.removeAttribute("d");
  };
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    trace = [at(event)];
    element.setPointerCapture(event.pointerId);
  });
  element.addEventListener("pointermove", (event) => {
    if (!trace) return;
    trace.push(at(event));
    if (isDrag(trace)) line.setAttribute("d", `M${outline(trace, lasso.checked).map((place) => place.map((x) => x.toFixed(1)).join()).join("L")}Z`);
  });
  element.addEventListener("pointerup", () => {
    if (!trace) return;
    const drawn = trace;
    end();
    if (isDrag(drawn)) select(outline(drawn, lasso.checked));
    else press(drawn[0]);
  });
  element.addEventListener("pointercancel", end);
}
var isDrag = (trace) => trace.some(([x, y]) => Math.hypot(x - trace[0][0], y - trace[0][1]) > 5);
function outline(trace, isLasso) {
  if (isLasso) return trace;
  const [[ax, ay], [bx, by]] = [trace[0], trace[trace.length - 1]];
  return [[ax, ay], [bx, ay], [bx, by], [ax, by]];
}
function pointAt(places, [x, y]) {
  const distance = places.map(([px, py]) => Math.hypot(px - x, py - y));
  const nearest = distance.indexOf(Math.min(...distance));
  return distance[nearest] < 14 ? nearest : null;
}
var STEPS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
function hearKeys(map, { move, explain, toggle, clear }) {
  const others = { Enter: explain, " ": toggle, Escape: clear };
  map.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step && !others[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    if (step) move(step);
    else others[event.key]();
  });
}
function drawMap({ marks, ring }, places, selected, cursor) {
  const picked = new Set(selected);
  marks.forEach((path, p) => {
    path.style.transform = moveTo(places[p]);
    path.dataset.dim = String(picked.size > 0 && !picked.has(p));
  });
  ring.style.transform = moveTo(places[cursor]);
}
function makeButton(explain) {
  const button = h("button", { type: "button", onclick: () => explain(Number(button.dataset.point)) }, h("img", { alt: "" }), h("span"));
  return button;
}
function fillButton(button, points, p) {
  const [thumb, text] = (
    /** @type {[HTMLImageElement, HTMLElement]} */
    childrenOf(button)
  );
  button.dataset.point = String(p);
  thumb.hidden = !points[p].uri;
  if (points[p].uri) setSource(thumb, points[p].uri);
  setText(text, points[p].text);
}
function drawSelected({ listTitle, list }, points, selected, explain) {
  const images = selected.filter((p) => isImage(points[p])).length;
  const texts = selected.length - images;
  const more = selected.length > MOST_LISTED ? `, here the first ${MOST_LISTED}` : "";
  const counts = `${images} image${images === 1 ? "" : "s"}, ${texts} text${texts === 1 ? "" : "s"}`;
  setText(listTitle, selected.length ? `Selected: ${counts}${more}` : "Draw around points to list them.");
  const shown2 = selected.slice(0, MOST_LISTED);
  keepChildren(list, shown2.length, () => h("li", {}, makeButton(explain)));
  shown2.forEach((p, i) => fillButton(childrenOf(list.children[i])[0], points, p));
}
function drawNear({ nearTitle, near }, points, chosen, explain) {
  const point = chosen === null ? null : points[chosen];
  setText(nearTitle, !point ? "Click a point to see what lies next to it." : isImage(point) ? `Texts nearest to ${point.text}` : `Images nearest to “${point.text}”`);
  const found = point?.near ?? [];
  const reach = Math.max(0.01, ...found.map(([, value]) => Math.abs(value)));
  keepChildren(near, found.length, () => h("li", {}, makeButton(explain), bar(), h("span", { class: "clipnb-value" })));
  found.forEach(([p, value], i) => {
    const [button, amount, number] = childrenOf(near.children[i]);
    fillButton(button, points, p);
    setBar(amount, value / reach);
    setText(number, decimal(value, 3));
  });
}
function drawImage(image, point, large) {
  image.hidden = !point?.uri;
  if (!point?.uri) return;
  setSource(image, large ?? point.uri);
  image.alt = point.text;
}
function render({ model, el }) {
  const [points, settings] = [model.get("points"), model.get("settings")];
  const machine = new Machine(model.get("document"), EMBEDDING_MAP(points.length));
  const status = statusLine();
  const { act } = connect(model, machine, redraw, status);
  const [map, tools, lists] = [makeMap(points, settings), makeTools(act, status), makeLists()];
  let cursor = machine.document.chosen ?? 0;
  let places = [];
  const tellCursor = () => setText(status, nameOf(points[cursor]));
  const explain = (point) => act({ do: "choose", point: cursor = point });
  const selectWhere = (test) => act({ do: "select", points: [...points.keys()].filter(test) });
  hearMouse(map, tools.lasso, {
    select: (polygon) => selectWhere((p) => isInside(places[p], polygon)),
    press(place) {
      const point = pointAt(places, place);
      if (point !== null) explain(point);
    }
  });
  map.element.addEventListener("focus", tellCursor);
  hearKeys(map.element, {
    move(direction) {
      const next = nextPlace(places, cursor, direction);
      if (next < 0) return;
      cursor = next;
      redraw();
      tellCursor();
    },
    explain: () => explain(cursor),
    toggle: () => act({ do: "toggle", point: cursor }),
    clear: () => act({ do: "select", points: [] })
  });
  const spoken = announcer();
  function redraw() {
    const { centred, chosen, selected } = machine.document;
    places = points.map((point) => onPage(centred ? point.centred : point.raw));
    drawMap(map, places, selected, cursor);
    tools.centred.checked = centred;
    tools.undo.disabled = !machine.past.length;
    tools.none.disabled = !selected.length;
    drawSelected(lists, points, selected, explain);
    drawNear(lists, points, chosen, explain);
    const large = model.get("large");
    drawImage(lists.image, chosen === null ? null : points[chosen], large.point === chosen ? large.uri : void 0);
    spoken.tell([lists.nearTitle, lists.listTitle].map((one) => one.textContent));
    setPending(el, model);
  }
  redrawOn(model, ["large"], redraw);
  root(el, "embedding_map").append(
    tools.element,
    h("p", {}, `Filled: images. Hollow: texts. ${settings.gap}`),
    makeLegend(settings, (test) => selectWhere((p) => test(points[p]))),
    h("div", { class: "clipnb-top" }, map.element, lists.element),
    spoken.element
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

// @ts-check
// The embedding map: the twin of state.py, and its page, which needs the kernel for nothing but a larger image.

import { announcer } from "../common/announce.js";
import { bar, childrenOf, connect, decimal, h, keepChildren, redrawOn, root, setBar, setPending, setSource, setText, statusLine } from "../common/common.js";
import { index, Machine } from "../common/document.js";

const [WIDTH, HEIGHT, MARGIN] = [640, 460, 16];
const MOST_LISTED = 60;
const LABEL = "Map of images and texts. Arrow keys go from point to point, Enter explains, Space selects, Escape selects nothing.";

/** @type {(count: number) => Rules<EmbeddingMapDocument, EmbeddingMapActions, "selected">} */
const EMBEDDING_MAP = (count) => ({
  edited: ["selected"],
  merged: [],
  actions: {
    choose: (document, { point }) => (document.chosen = index(point, count, "point")),
    centre: (document, { on }) => (document.centred = on === true),
    select: (document, { points }) => (document.selected = ascending(points.map((point) => index(point, count, "point")))),
    toggle: (document, { point }) => {
      const chosen = new Set(document.selected);
      if (!chosen.delete(index(point, count, "point"))) chosen.add(point);
      document.selected = ascending(chosen);
    },
  },
});

const ascending = (/** @type {Iterable<number>} */ points) => [...new Set(points)].sort((a, b) => a - b);

/**
 * Where a place (-1 … 1, both axes on one scale) lies on the page.
 *
 * @param {Point} place
 * @returns {Point}
 */
function onPage([x, y]) {
  const reach = WIDTH / 2 - MARGIN;
  return [WIDTH / 2 + x * reach, HEIGHT / 2 - y * reach];
}

/**
 * Whether a point lies within a polygon (even-odd rule).
 *
 * @param {Point} point
 * @param {Point[]} polygon
 */
function isInside([x, y], polygon) {
  let inside = false;
  polygon.forEach(([ax, ay], i) => {
    const [bx, by] = polygon[(i + 1) % polygon.length];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  });
  return inside;
}

/**
 * The nearest other place in the direction of an arrow key: within 45 degrees of it. -1 if there is none.
 *
 * @param {Point[]} places
 * @param {number} from
 * @param {Point} direction
 */
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

/**
 * An element of a drawing: svg("path", {d: "…"}, child, …).
 *
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number>} [attributes]
 * @param {...(Node | string)} children
 * @returns {SVGElementTagNameMap[Tag]}
 */
function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

const isImage = (/** @type {EmbeddingMapPoint} */ point) => point.what === "picture";
const nameOf = (/** @type {EmbeddingMapPoint} */ point) => `${isImage(point) ? "image" : "text"}: ${point.text}`;
const moveTo = (/** @type {Point} */ [x, y]) => `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;

// -- the parts of the page ----------------------------------------------------------------------------------------------------

/**
 * The mark of a group: filled for images, hollow for texts.
 *
 * @param {EmbeddingMapSettings} settings
 * @param {number} group
 * @param {boolean} isHollow
 */
function makeMark({ colours, shapes, grey, dot }, group, isHollow) {
  const colour = colours[group] ?? grey;
  return svg("path", { d: shapes[group] ?? dot, fill: isHollow ? "transparent" : colour, stroke: colour, "stroke-width": 1.5 });
}

/**
 * The map: a mark for every point, a ring around the one that arrow keys have reached, and the line that is drawn to select.
 *
 * @typedef {ReturnType<typeof makeMap>} MapView
 *
 * @param {EmbeddingMapPoint[]} points
 * @param {EmbeddingMapSettings} settings
 */
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

/**
 * @param {Act<EmbeddingMapActions>} act
 * @param {Element} status
 */
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

/**
 * The groups, images and texts, as buttons that select all of a kind.
 *
 * @param {EmbeddingMapSettings} settings
 * @param {(test: (point: EmbeddingMapPoint) => boolean) => void} pick
 */
function makeLegend(settings, pick) {
  const icon = (/** @type {number} */ group, isHollow = false) =>
    svg("svg", { viewBox: "-8 -8 16 16", width: 16, height: 16, "aria-hidden": "true" }, makeMark(settings, group, isHollow));
  return h(
    "div", { class: "clipnb-legend", role: "group", aria: { label: "Select all of a kind" } },
    ...settings.groups.map((text, g) => h("button", { type: "button", onclick: () => pick((point) => point.group === g) }, icon(g), text)),
    h("button", { type: "button", onclick: () => pick(isImage) }, icon(-1), "all images"),
    h("button", { type: "button", onclick: () => pick((point) => !isImage(point)) }, icon(-1, true), "all texts")
  );
}

/**
 * What lies next to the chosen point, and what is selected.
 *
 * @typedef {ReturnType<typeof makeLists>} Lists
 */
function makeLists() {
  const [nearTitle, listTitle] = [h("p", { class: "clipnb-heading" }), h("p", { class: "clipnb-heading" })];
  const [near, list] = [h("ul", { class: "clipnb-near" }), h("ul", { class: "clipnb-chosen" })];
  const image = h("img", { class: "clipnb-image", alt: "", width: 120, height: 120 });
  return { element: h("div", { class: "clipnb-beside" }, nearTitle, image, near, listTitle, list), nearTitle, image, near, listTitle, list };
}

// -- mouse: drag to select, click to explain ----------------------------------------------------------------------------------

/**
 * `select(polygon)` hears of an outline that was drawn, `press(place)` of a click.
 *
 * @param {MapView} map
 * @param {HTMLInputElement} lasso
 * @param {{ select: (polygon: Point[]) => void, press: (place: Point) => void }} doing
 */
function hearMouse({ element, line }, lasso, { select, press }) {
  /** @type {Point[] | null} */
  let trace = null;

  /** @type {(event: PointerEvent) => Point} */
  const at = (event) => {
    const box = element.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * WIDTH, ((event.clientY - box.top) / box.height) * HEIGHT];
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

const isDrag = (/** @type {Point[]} */ trace) => trace.some(([x, y]) => Math.hypot(x - trace[0][0], y - trace[0][1]) > 5);

/**
 * What a trace encloses: itself, or the rectangle from its first to its last place.
 *
 * @param {Point[]} trace
 * @param {boolean} isLasso
 * @returns {Point[]}
 */
function outline(trace, isLasso) {
  if (isLasso) return trace;
  const [[ax, ay], [bx, by]] = [trace[0], trace[trace.length - 1]];
  return [[ax, ay], [bx, ay], [bx, by], [ax, by]];
}

/**
 * The point at a place, if one is near enough.
 *
 * @param {Point[]} places
 * @param {Point} place
 */
function pointAt(places, [x, y]) {
  const distance = places.map(([px, py]) => Math.hypot(px - x, py - y));
  const nearest = distance.indexOf(Math.min(...distance));
  return distance[nearest] < 14 ? nearest : null;
}

// -- keyboard -----------------------------------------------------------------------------------------------------------------

/** @type {Record<string, Point>} */
const STEPS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

/**
 * Arrow keys go from point to point; Enter, Space and Escape as the map's label says.
 *
 * @param {SVGElement} map
 * @param {{ move: (direction: Point) => void, explain: () => void, toggle: () => void, clear: () => void }} doing
 */
function hearKeys(map, { move, explain, toggle, clear }) {
  /** @type {Record<string, () => void>} */
  const others = { Enter: explain, " ": toggle, Escape: clear };
  map.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step && !others[event.key]) return;
    event.preventDefault();
    event.stopPropagation(); // the notebook has keys of its own
    if (step) move(step);
    else others[event.key]();
  });
}

// -- from the document to the page --------------------------------------------------------------------------------------------

/**
 * @param {MapView} map
 * @param {Point[]} places
 * @param {number[]} selected
 * @param {number} cursor
 */
function drawMap({ marks, ring }, places, selected, cursor) {
  const picked = new Set(selected);
  marks.forEach((path, p) => {
    path.style.transform = moveTo(places[p]);
    path.dataset.dim = String(picked.size > 0 && !picked.has(p));
  });
  ring.style.transform = moveTo(places[cursor]);
}

/**
 * A point as a button that explains it.
 *
 * @param {(point: number) => void} explain
 */
function makeButton(explain) {
  const button = h("button", { type: "button", onclick: () => explain(Number(button.dataset.point)) }, h("img", { alt: "" }), h("span"));
  return button;
}

/**
 * @param {HTMLElement} button of makeButton
 * @param {EmbeddingMapPoint[]} points
 * @param {number} p
 */
function fillButton(button, points, p) {
  const [thumb, text] = /** @type {[HTMLImageElement, HTMLElement]} */ (childrenOf(button));
  button.dataset.point = String(p);
  thumb.hidden = !points[p].uri;
  if (points[p].uri) setSource(thumb, points[p].uri);
  setText(text, points[p].text);
}

/**
 * @param {Lists} lists
 * @param {EmbeddingMapPoint[]} points
 * @param {number[]} selected
 * @param {(point: number) => void} explain
 */
function drawSelected({ listTitle, list }, points, selected, explain) {
  const images = selected.filter((p) => isImage(points[p])).length;
  const texts = selected.length - images;
  const more = selected.length > MOST_LISTED ? `, here the first ${MOST_LISTED}` : "";
  const counts = `${images} image${images === 1 ? "" : "s"}, ${texts} text${texts === 1 ? "" : "s"}`;
  setText(listTitle, selected.length ? `Selected: ${counts}${more}` : "Draw around points to list them.");
  const shown = selected.slice(0, MOST_LISTED);
  keepChildren(list, shown.length, () => h("li", {}, makeButton(explain)));
  shown.forEach((p, i) => fillButton(childrenOf(list.children[i])[0], points, p));
}

/**
 * @param {Lists} lists
 * @param {EmbeddingMapPoint[]} points
 * @param {number | null} chosen
 * @param {(point: number) => void} explain
 */
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

/**
 * The chosen image, small until the kernel has sent it larger; hidden for a text.
 *
 * @param {HTMLImageElement} image
 * @param {EmbeddingMapPoint | null} point
 * @param {string | undefined} large
 */
function drawImage(image, point, large) {
  image.hidden = !point?.uri;
  if (!point?.uri) return;
  setSource(image, large ?? point.uri);
  image.alt = point.text;
}

/** @param {Place<EmbeddingMapTraits>} place */
function render({ model, el }) {
  const [points, settings] = [model.get("points"), model.get("settings")];
  const machine = new Machine(model.get("document"), EMBEDDING_MAP(points.length));
  const status = statusLine();
  const { act } = connect(model, machine, redraw, status);
  const [map, tools, lists] = [makeMap(points, settings), makeTools(act, status), makeLists()];
  let cursor = machine.document.chosen ?? 0; // the point that arrow keys have reached
  /** @type {Point[]} */
  let places = [];

  const tellCursor = () => setText(status, nameOf(points[cursor]));
  const explain = (/** @type {number} */ point) => act({ do: "choose", point: (cursor = point) });
  const selectWhere = (/** @type {(p: number) => boolean} */ test) => act({ do: "select", points: [...points.keys()].filter(test) });

  hearMouse(map, tools.lasso, {
    select: (polygon) => selectWhere((p) => isInside(places[p], polygon)),
    press(place) {
      const point = pointAt(places, place);
      if (point !== null) explain(point);
    },
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
    clear: () => act({ do: "select", points: [] }),
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
    drawImage(lists.image, chosen === null ? null : points[chosen], large.point === chosen ? large.uri : undefined);
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

export { Machine, EMBEDDING_MAP, isInside, nextPlace };
export default { render };

// Made from clipnb/widgets/heatmaps/page.js by tests/javascript/bundle.py; sources 2acbf7a2fc92b770fda79624505b6dd56abea950423e0962d9e3c6e9097b6ed8
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
function number(value, low, high, what) {
  if (typeof value !== "number" || !Number.isFinite(value) || value < low || value > high) {
    throw new Refusal(`${what} is a number from ${low} to ${high}, not ${shown(value)}.`);
  }
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
var isFocused = (field) => field === /** @type {Document | ShadowRoot} */
field.getRootNode().activeElement;
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
function setValue(field, value) {
  if (field.value !== value && !isFocused(field)) field.value = value;
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
var percent = (x) => `${(100 * x).toFixed(x > 0 && x < 0.1 ? 1 : 0)} %`;
function imageStrip(model, choose) {
  const group = `images-${Math.random().toString(36).slice(2)}`;
  const offered = model.get("pictures");
  const radios = offered.map(
    (one) => h("input", { type: "radio", name: group, onchange: () => choose(one.index), aria: { label: caption(one) } })
  );
  const thumbs = offered.map((one, i) => h("label", { title: caption(one) }, radios[i], h("img", { src: one.uri, alt: "", width: 56 })));
  const field = h("input", {
    type: "number",
    min: 1,
    max: model.get("total"),
    class: "clipnb-number",
    onchange: () => choose(Math.round(Number(field.value)) - 1)
  });
  const more = model.get("total") > offered.length && !model.get("own") && !model.get("saved");
  const any = h("label", { class: "clipnb-any" }, `image (1 to ${model.get("total")}) `, field);
  const element = h("fieldset", { class: "clipnb-strip" }, h("legend", {}, "Images"), ...thumbs, more ? any : null);
  const redraw = (chosen) => {
    offered.forEach((one, i) => radios[i].checked = one.index === chosen);
    any.dataset.shown = String(!offered.some((one) => one.index === chosen));
    setValue(field, String(chosen + 1));
  };
  return { element, redraw };
}
var caption = (one) => one.truth ? `${one.truth} (${one.name})` : one.name;
var legend = (one) => (one.truth ? "True class: " : "") + caption(one);
function setSource(image, uri) {
  if (image.src !== uri) image.src = uri;
}
function extraOf(model) {
  const extra = model.get("extra");
  return extra && "index" in extra ? (
    /** @type {ImageEntry} */
    extra
  ) : null;
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

// clipnb/widgets/common/maps.js
var PLUS = [0, 114, 178];
var MINUS = [230, 159, 0];
var STRENGTH = 0.85;
function paintMap(canvas, values, rows, columns) {
  const pixels = new ImageData(columns, rows);
  for (let i = 0; i < rows * columns; i++) {
    pixels.data.set(values[i] < 0 ? MINUS : PLUS, 4 * i);
    pixels.data[4 * i + 3] = Math.round(255 * STRENGTH * Math.abs(values[i]) / 127);
  }
  [canvas.width, canvas.height] = [columns, rows];
  canvas.getContext("2d")?.putImageData(pixels, 0, 0);
}
function patience(model, status) {
  const [busy, absent] = ["The model is looking …", model.get("absent") ?? SILENT];
  let [timer, waiting] = [0, false];
  return (missing) => {
    if (missing === waiting) return;
    waiting = missing;
    clearTimeout(timer);
    if (missing) {
      setText(status, busy);
      timer = setTimeout(() => setText(status, absent), 5 * PATIENCE);
    } else if ([busy, absent].includes(status.textContent)) setText(status, "");
  };
}
var bytesOf = (view) => new Uint8Array(ArrayBuffer.isView(view) ? view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength) : view);

// clipnb/widgets/heatmaps/page.js
var HEATMAPS = (total, { groups, methods, own }) => ({
  edited: [],
  merged: [],
  actions: {
    choose: (document2, { picture }) => {
      document2.picture = index(picture, total, "image");
      const of = own[String(picture)];
      if (of !== void 0 && of !== document2.of) Object.assign(document2, { of, descriptor: 0 });
    },
    describe: (document2, { of }) => Object.assign(document2, { of: index(of, groups.length, "class"), descriptor: 0 }),
    slide: (document2, { to }) => document2.descriptor = index(to, groups[document2.of].length, "descriptor"),
    use: (document2, { method }) => {
      if (!methods.includes(method)) throw new Refusal(`There is no method ${method} here; there are ${methods.join(", ")}.`);
      document2.method = method;
    },
    fade: (document2, { opacity }) => document2.opacity = number(opacity, 0, 1, "The opacity")
  }
});
var SIGNED = ["integrated_gradients", "shapley_sampling", "kernel_shap"];
var CONTROLS = { random: "A control: chance, which has seen neither image nor text.", constant: "A control: everything alike." };
function keepMaps(model) {
  const kept = /* @__PURE__ */ new Map();
  const learn = () => {
    const seen = model.get("seen");
    const values = new Int8Array(bytesOf(model.get("values")).buffer);
    if (values.length === seen.rows * seen.columns * seen.cosines.length) kept.set(seen.key.join(), { ...seen, values });
  };
  learn();
  return { learn, of: (key) => kept.get(key) };
}
function makeStack() {
  const [image, pale] = [h("img", {}), h("img", { class: "clipnb-pale", alt: "" })];
  const canvas = h("canvas", { aria: { hidden: "true" } });
  const [stack, text] = [h("div", { class: "clipnb-stack" }, image, pale, canvas), h("figcaption")];
  const element = h("figure", { class: "clipnb-heat" }, stack, text);
  const redraw = (entry) => {
    for (const one of [image, pale]) setSource(one, entry.uri);
    image.alt = caption(entry);
    setText(text, legend(entry));
  };
  return { element, stack, pale, canvas, redraw };
}
function makeDials({ names, methods, titles }, act, flush) {
  const option = (text) => h("option", {}, text);
  const choice = h("select", { onchange: () => act({ do: "describe", of: choice.selectedIndex }) }, ...names.map(option));
  const method = h("select", { onchange: () => act({ do: "use", method: methods[method.selectedIndex] }) }, ...titles.map(option));
  const slider = h("input", { type: "range", min: 0, oninput: () => act({ do: "slide", to: Number(slider.value) }, true), onblur: flush, aria: { label: "Descriptor" } });
  const fader = h("input", {
    type: "range",
    min: 0,
    max: 100,
    step: 5,
    oninput: () => act({ do: "fade", opacity: Number(fader.value) / 100 }, true),
    onblur: flush,
    aria: { label: "Opacity of the heatmap" }
  });
  const element = h(
    "div",
    { class: "clipnb-dials" },
    names.length > 1 ? h("label", {}, "Descriptors of ", choice) : null,
    h("label", {}, "Method ", method),
    h("label", {}, "Descriptor ", slider),
    h("label", {}, "Opacity ", fader)
  );
  return { element, choice, method, slider, fader };
}
function drawDials({ choice, method, slider, fader }, { groups, methods }, document2) {
  const group = groups[document2.of];
  choice.selectedIndex = document2.of;
  method.selectedIndex = methods.indexOf(document2.method);
  slider.max = String(group.length - 1);
  slider.disabled = group.length < 2;
  if (Number(slider.value) !== document2.descriptor) slider.value = String(document2.descriptor);
  if (!isFocused(fader)) fader.value = String(Math.round(100 * document2.opacity));
  fader.setAttribute("aria-valuetext", percent(document2.opacity));
  slider.setAttribute("aria-valuetext", group[document2.descriptor]);
}
function drawList(list, group, chosen, maps, slide) {
  const reach = maps ? Math.max(0.01, ...maps.cosines.map(Math.abs)) : 1;
  keepChildren(list, group.length, (i) => h("li", {}, h("button", { type: "button", onclick: () => slide(i) }), bar(), h("span", { class: "clipnb-value" })));
  group.forEach((text, i) => {
    const [name, line, value] = childrenOf(list.children[i]);
    setText(name, text);
    name.setAttribute("aria-pressed", String(i === chosen));
    setBar(line, maps ? maps.cosines[i] / reach : 0);
    setText(value, maps ? decimal(maps.cosines[i], 3) : "…");
  });
}
function told(group, chosen, maps) {
  const place = group.length > 1 ? `${chosen + 1} of ${group.length}: ` : "";
  return `${place}${group[chosen]}${maps ? ` (cosine ${decimal(maps.cosines[chosen], 3)})` : ""}`;
}
function legendOf(method) {
  const sign = SIGNED.includes(method) ? "Blue: this place raises the cosine. Orange: it lowers it." : "Blue: the score used this place, for or against.";
  return CONTROLS[method] ?? `${sign} One scale for all descriptors of the list.`;
}
function render({ model, el }) {
  const settings = model.get("settings");
  const machine = new Machine(model.get("document"), HEATMAPS(model.get("total"), settings));
  const kept = keepMaps(model);
  const status = statusLine();
  const wait = patience(model, status);
  const { act, flush } = connect(model, machine, redraw, status);
  const strip = imageStrip(model, (picture) => act({ do: "choose", picture }));
  const [figure, dials] = [makeStack(), makeDials(settings, act, flush)];
  const list = h("ol", { class: "clipnb-descriptors", aria: { label: "Descriptors; press one to see it" } });
  const legend2 = h("p", { class: "clipnb-legend" });
  const [now, spoken] = [h("p", { class: "clipnb-now" }), announcer()];
  const offered = model.get("pictures");
  let painted = "";
  function redraw() {
    const { picture: chosen, of, descriptor, method } = machine.document;
    const [group, key] = [settings.groups[of], [chosen, of, method].join()];
    const [maps, extra] = [kept.of(key), extraOf(model)];
    const entry = extra?.index === chosen ? extra : offered.find((one) => one.index === chosen);
    strip.redraw(chosen);
    if (entry) figure.redraw(entry);
    drawDials(dials, settings, machine.document);
    drawList(list, group, descriptor, maps, (to) => act({ do: "slide", to }));
    setText(now, told(group, descriptor, maps));
    drawMap(maps, key);
    setText(legend2, legendOf(method));
    spoken.tell(maps && entry ? [now.textContent] : null);
    wait(!maps || !entry);
    figure.stack.dataset.old = String(!maps);
    setPending(el, model, Number(!maps || !entry));
  }
  function drawMap(maps, key) {
    const { descriptor, opacity } = machine.document;
    figure.pale.style.opacity = figure.canvas.style.opacity = String(opacity);
    if (!maps || painted === `${key},${descriptor}`) return;
    painted = `${key},${descriptor}`;
    const size = maps.rows * maps.columns;
    paintMap(figure.canvas, maps.values.subarray(descriptor * size, (descriptor + 1) * size), maps.rows, maps.columns);
  }
  redrawOn(model, ["seen", "values", "extra"], () => (kept.learn(), redraw()));
  const side = h("div", { class: "clipnb-side" }, dials.element, now, list, legend2, status, spoken.element);
  root(el, "heatmaps").append(strip.element, h("div", { class: "clipnb-top" }, figure.element, side));
  redraw();
}
var page_default = { render };
export {
  HEATMAPS,
  Machine,
  page_default as default
};

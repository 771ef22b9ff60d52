// Made from clipnb/widgets/heatmaps/page.js by tests/javascript/bundle.py; sources 016fc2e4a09a653744d2cd484956ec8a21e9d866682b1f6802a17ac1f93ab842
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
function number(value, low, high, what) {
  if (typeof value !== "number" || !Number.isFinite(value) || value < low || value > high) {
    throw new Refusal(`${what} is a number from ${low} to ${high}, not ${value}.`);
  }
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
var isFocused = (field) => field === /** @type {Document | ShadowRoot} */
field.getRootNode().activeElement;
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
function setValue(field, value) {
  if (field.value !== value && !isFocused(field)) field.value = value;
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
var percent = (x) => `${(100 * x).toFixed(x > 0 && x < 0.1 ? 1 : 0)} %`;
function pictureStrip(model, choose) {
  const group = `pictures-${Math.random().toString(36).slice(2)}`;
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
  const more = model.get("total") > offered.length && !model.get("own");
  const any = h("label", { class: "clipnb-any" }, `image (1 to ${model.get("total")}) `, field);
  const element = h("fieldset", { class: "clipnb-strip" }, h("legend", {}, "Pictures"), ...thumbs, more ? any : null);
  const redraw = (chosen) => {
    offered.forEach((one, i) => radios[i].checked = one.index === chosen);
    any.dataset.shown = String(!offered.some((one) => one.index === chosen));
    setValue(field, String(chosen + 1));
  };
  return { element, redraw };
}
var caption = (one) => one.truth ? `${one.truth} (${one.name})` : one.name;

// clipnb/widgets/common/maps.js
var PLUS = [213, 94, 0];
var MINUS = [0, 114, 178];
var STRENGTH = 0.85;
function paintMap(canvas, values, rows, columns) {
  const pixels = new ImageData(columns, rows);
  for (let i = 0; i < rows * columns; i++) {
    pixels.data.set(values[i] < 0 ? MINUS : PLUS, 4 * i);
    pixels.data[4 * i + 3] = Math.round(255 * STRENGTH * Math.abs(values[i]) / 127);
  }
  [canvas.width, canvas.height] = [columns, rows];
  canvas.getContext("2d").putImageData(pixels, 0, 0);
}
function patience(model, status, say) {
  const [busy, absent] = ["The model is looking …", model.get("absent") ?? SILENT];
  let [timer, waiting] = [null, false];
  return (missing) => {
    if (missing === waiting) return;
    waiting = missing;
    clearTimeout(timer);
    if (missing) {
      say(busy);
      timer = setTimeout(() => say(absent), 5 * PATIENCE);
    } else if ([busy, absent].includes(status.textContent)) say("");
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
function render({ model, el }) {
  const settings = model.get("settings");
  const machine = new Machine(model.get("document"), HEATMAPS(model.get("total"), settings));
  const kept = /* @__PURE__ */ new Map();
  const status = h("p", { class: "clipnb-status", role: "status", aria: { live: "polite" } });
  const say = (sentence) => setText(status, sentence);
  const wait = patience(model, status, say);
  let painted = "";
  function learn() {
    const seen = model.get("seen");
    const values = new Int8Array(bytesOf(model.get("values")).buffer);
    if (values.length === seen.rows * seen.columns * seen.cosines.length) kept.set(seen.key.join(), { ...seen, values });
  }
  learn();
  const strip = pictureStrip(model, (chosen) => act({ do: "choose", picture: chosen }));
  const [image, pale] = [h("img", {}), h("img", { class: "clipnb-pale", alt: "" })];
  const canvas = h("canvas", { aria: { hidden: "true" } });
  const stack = h("div", { class: "clipnb-stack" }, image, pale, canvas);
  const figcaption = h("figcaption");
  const choice = h("select", { onchange: () => act({ do: "describe", of: choice.selectedIndex }) }, ...settings.names.map((name) => h("option", {}, name)));
  const method = h("select", { onchange: () => act({ do: "use", method: settings.methods[method.selectedIndex] }) }, ...settings.methods.map((name) => h("option", {}, name.replaceAll("_", " "))));
  const slider = h("input", { type: "range", min: 0, oninput: () => act({ do: "slide", to: Number(slider.value) }, true), onblur: () => flush(), aria: { label: "Descriptor" } });
  const fader = h("input", { type: "range", min: 0, max: 100, step: 5, oninput: () => act({ do: "fade", opacity: Number(fader.value) / 100 }, true), onblur: () => flush(), aria: { label: "Opacity of the heatmap" } });
  const list = h("ol", { class: "clipnb-descriptors", aria: { label: "Descriptors; press one to see it" } });
  const legend = h("p", { class: "clipnb-legend" });
  const now = h("p", { class: "clipnb-now", role: "status", aria: { live: "polite" } });
  const entryOf = (picture) => model.get("extra")?.index === picture ? model.get("extra") : model.get("pictures").find((one) => one.index === picture);
  function redraw() {
    const document2 = machine.document;
    const [group, key] = [settings.groups[document2.of], [document2.picture, document2.of, document2.method].join()];
    const maps = kept.get(key);
    const entry = entryOf(document2.picture);
    strip.redraw(document2.picture);
    if (entry) {
      for (const one of [image, pale]) if (one.src !== entry.uri) one.src = entry.uri;
      image.alt = caption(entry);
      setText(figcaption, caption(entry));
    }
    choice.selectedIndex = document2.of;
    method.selectedIndex = settings.methods.indexOf(document2.method);
    slider.max = String(group.length - 1);
    slider.disabled = group.length < 2;
    if (Number(slider.value) !== document2.descriptor) slider.value = document2.descriptor;
    if (!isFocused(fader)) fader.value = String(Math.round(100 * document2.opacity));
    fader.setAttribute("aria-valuetext", percent(document2.opacity));
    slider.setAttribute("aria-valuetext", group[document2.descriptor]);
    drawList(document2, group, maps);
    drawMap(document2, maps, key);
    const sign = SIGNED.includes(document2.method) ? "Vermilion: this place raises the cosine. Blue: it lowers it." : "Vermilion: the score used this place, for or against.";
    setText(legend, CONTROLS[document2.method] ?? `${sign} One scale for all descriptors of the list.`);
    wait(!maps || !entry);
    stack.dataset.old = String(!maps);
    el.dataset.pending = String(Number(!maps || !entry));
    el.dataset.failures = String(model.get("failures"));
  }
  function drawList(document2, group, maps) {
    const reach = maps ? Math.max(0.01, ...maps.cosines.map(Math.abs)) : 1;
    keepChildren(list, group.length, (i) => h("li", {}, h("button", { type: "button", onclick: () => act({ do: "slide", to: i }) }), bar(), h("span", { class: "clipnb-value" })));
    group.forEach((text, i) => {
      const [name, line, value] = list.children[i].children;
      setText(name, text);
      name.setAttribute("aria-pressed", String(i === document2.descriptor));
      setBar(line, maps ? maps.cosines[i] / reach : 0);
      setText(value, maps ? maps.cosines[i].toFixed(3) : "…");
    });
    const place = group.length > 1 ? `${document2.descriptor + 1} of ${group.length}: ` : "";
    setText(now, `${place}${group[document2.descriptor]}${maps ? ` (cosine ${maps.cosines[document2.descriptor].toFixed(3)})` : ""}`);
  }
  function drawMap(document2, maps, key) {
    pale.style.opacity = canvas.style.opacity = String(document2.opacity);
    if (!maps || painted === `${key},${document2.descriptor}`) return;
    painted = `${key},${document2.descriptor}`;
    const size = maps.rows * maps.columns;
    paintMap(canvas, maps.values.subarray(document2.descriptor * size, (document2.descriptor + 1) * size), maps.rows, maps.columns);
  }
  const { act, flush } = connect(model, machine, redraw, say);
  for (const name of ["seen", "values", "extra"]) model.on(`change:${name}`, () => (learn(), redraw()));
  const dials = h("div", { class: "clipnb-dials" }, settings.names.length > 1 ? h("label", {}, "Descriptors of ", choice) : null, h("label", {}, "Method ", method), h("label", {}, "Descriptor ", slider), h("label", {}, "Opacity ", fader));
  root(el, "heatmaps").append(strip.element, h("div", { class: "clipnb-top" }, h("figure", { class: "clipnb-heat" }, stack, figcaption), h("div", { class: "clipnb-side" }, dials, now, list, legend, status)));
  redraw();
}
var page_default = { render };
export {
  HEATMAPS,
  Machine,
  page_default as default
};

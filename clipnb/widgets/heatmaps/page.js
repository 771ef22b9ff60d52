// @ts-check
// The heatmap slider: the twin of state.py, and its page.

import { announcer } from "../common/announce.js";
import { bar, caption, childrenOf, connect, decimal, extraOf, h, imageStrip, isFocused, keepChildren, legend, percent, redrawOn, root, setBar, setPending, setSource, setText, statusLine } from "../common/common.js";
import { index, Machine, number, Refusal } from "../common/document.js";
import { bytesOf, paintMap, patience } from "../common/maps.js";

/** @type {(total: number, settings: HeatmapsSettings) => Rules<HeatmapsDocument, HeatmapsActions, never>} */
const HEATMAPS = (total, { groups, methods, own }) => ({
  edited: [],
  merged: [],
  actions: {
    choose: (document, { picture }) => {
      document.picture = index(picture, total, "image");
      const of = own[String(picture)];
      if (of !== undefined && of !== document.of) Object.assign(document, { of, descriptor: 0 });
    },
    describe: (document, { of }) => Object.assign(document, { of: index(of, groups.length, "class"), descriptor: 0 }),
    slide: (document, { to }) => (document.descriptor = index(to, groups[document.of].length, "descriptor")),
    use: (document, { method }) => {
      if (!methods.includes(method)) throw new Refusal(`There is no method ${method} here; there are ${methods.join(", ")}.`);
      document.method = method;
    },
    fade: (document, { opacity }) => (document.opacity = number(opacity, 0, 1, "The opacity")),
  },
});

const SIGNED = ["integrated_gradients", "shapley_sampling", "kernel_shap"];
/** @type {Record<string, string>} */
const CONTROLS = { random: "A control: chance, which has seen neither image nor text.", constant: "A control: everything alike." };

/**
 * The heatmaps of all descriptors of a class for an image.
 *
 * @typedef {HeatmapsSeen & { values: Int8Array }} Maps
 */

/**
 * The heatmaps that the kernel has sent, all of them: learn() takes in the last ones, of(key) gives those of a key.
 *
 * @param {Model<HeatmapsTraits>} model
 */
function keepMaps(model) {
  /** @type {Map<string, Maps>} */
  const kept = new Map();
  const learn = () => {
    const seen = model.get("seen");
    const values = new Int8Array(bytesOf(model.get("values")).buffer);
    if (values.length === seen.rows * seen.columns * seen.cosines.length) kept.set(seen.key.join(), { ...seen, values });
  };
  learn();
  return { learn, of: (/** @type {string} */ key) => kept.get(key) };
}

// -- the parts of the page ----------------------------------------------------------------------------------------------------

/** The image, pale under its heatmap. */
function makeStack() {
  const [image, pale] = [h("img", {}), h("img", { class: "clipnb-pale", alt: "" })];
  const canvas = h("canvas", { aria: { hidden: "true" } });
  const [stack, text] = [h("div", { class: "clipnb-stack" }, image, pale, canvas), h("figcaption")];
  const element = h("figure", { class: "clipnb-heat" }, stack, text);
  /** @param {ImageEntry} entry */
  const redraw = (entry) => {
    for (const one of [image, pale]) setSource(one, entry.uri);
    image.alt = caption(entry);
    setText(text, legend(entry));
  };
  return { element, stack, pale, canvas, redraw };
}

/**
 * What can be chosen: class, method, descriptor and opacity.
 *
 * @typedef {ReturnType<typeof makeDials>} Dials
 *
 * @param {HeatmapsSettings} settings
 * @param {Act<HeatmapsActions>} act
 * @param {() => void} flush
 */
function makeDials({ names, methods, titles }, act, flush) {
  const option = (/** @type {string} */ text) => h("option", {}, text);
  const choice = h("select", { onchange: () => act({ do: "describe", of: choice.selectedIndex }) }, ...names.map(option));
  const method = h("select", { onchange: () => act({ do: "use", method: methods[method.selectedIndex] }) }, ...titles.map(option));
  const slider = h("input", { type: "range", min: 0, oninput: () => act({ do: "slide", to: Number(slider.value) }, true), onblur: flush, aria: { label: "Descriptor" } });
  const fader = h("input", {
    type: "range", min: 0, max: 100, step: 5, oninput: () => act({ do: "fade", opacity: Number(fader.value) / 100 }, true), onblur: flush, aria: { label: "Opacity of the heatmap" },
  });
  const element = h(
    "div", { class: "clipnb-dials" }, names.length > 1 ? h("label", {}, "Descriptors of ", choice) : null,
    h("label", {}, "Method ", method), h("label", {}, "Descriptor ", slider), h("label", {}, "Opacity ", fader)
  );
  return { element, choice, method, slider, fader };
}

// -- from numbers to the page -------------------------------------------------------------------------------------------------

/**
 * @param {Dials} dials
 * @param {HeatmapsSettings} settings
 * @param {HeatmapsDocument} document
 */
function drawDials({ choice, method, slider, fader }, { groups, methods }, document) {
  const group = groups[document.of];
  choice.selectedIndex = document.of;
  method.selectedIndex = methods.indexOf(document.method);
  slider.max = String(group.length - 1);
  slider.disabled = group.length < 2;
  if (Number(slider.value) !== document.descriptor) slider.value = String(document.descriptor);
  if (!isFocused(fader)) fader.value = String(Math.round(100 * document.opacity));
  fader.setAttribute("aria-valuetext", percent(document.opacity));
  slider.setAttribute("aria-valuetext", group[document.descriptor]);
}

/**
 * The descriptors with their cosines.
 *
 * @param {HTMLElement} list
 * @param {string[]} group
 * @param {number} chosen
 * @param {Maps | undefined} maps
 * @param {(to: number) => void} slide
 */
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

/**
 * The descriptor in view, in words.
 *
 * @param {string[]} group
 * @param {number} chosen
 * @param {Maps | undefined} maps
 */
function told(group, chosen, maps) {
  const place = group.length > 1 ? `${chosen + 1} of ${group.length}: ` : "";
  return `${place}${group[chosen]}${maps ? ` (cosine ${decimal(maps.cosines[chosen], 3)})` : ""}`;
}

/**
 * What the colours mean.
 *
 * @param {string} method
 */
function legendOf(method) {
  const sign = SIGNED.includes(method) ? "Blue: this place raises the cosine. Orange: it lowers it." : "Blue: the score used this place, for or against.";
  return CONTROLS[method] ?? `${sign} One scale for all descriptors of the list.`;
}

/** @param {Place<HeatmapsTraits>} place */
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
  const legend = h("p", { class: "clipnb-legend" });
  const [now, spoken] = [h("p", { class: "clipnb-now" }), announcer()];
  const offered = model.get("pictures");
  let painted = ""; // the heatmap that is on the canvas

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
    setText(legend, legendOf(method));
    spoken.tell(maps && entry ? [now.textContent] : null);
    wait(!maps || !entry);
    figure.stack.dataset.old = String(!maps);
    setPending(el, model, Number(!maps || !entry));
  }

  /**
   * @param {Maps | undefined} maps
   * @param {string} key
   */
  function drawMap(maps, key) {
    const { descriptor, opacity } = machine.document;
    figure.pale.style.opacity = figure.canvas.style.opacity = String(opacity);
    if (!maps || painted === `${key},${descriptor}`) return;
    painted = `${key},${descriptor}`;
    const size = maps.rows * maps.columns;
    paintMap(figure.canvas, maps.values.subarray(descriptor * size, (descriptor + 1) * size), maps.rows, maps.columns);
  }

  redrawOn(model, ["seen", "values", "extra"], () => (kept.learn(), redraw()));
  const side = h("div", { class: "clipnb-side" }, dials.element, now, list, legend, status, spoken.element);
  root(el, "heatmaps").append(strip.element, h("div", { class: "clipnb-top" }, figure.element, side));
  redraw();
}

export { Machine, HEATMAPS };
export default { render };

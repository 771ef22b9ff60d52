// @ts-check
// The heatmap slider: the twin of state.py, and its page.

import { bar, caption, connect, h, isFocused, keepChildren, percent, pictureStrip, root, setBar, setText } from "../common/common.js";
import { index, Machine, number, Refusal } from "../common/document.js";
import { bytesOf, paintMap, patience } from "../common/maps.js";

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
const CONTROLS = { random: "A control: chance, which has seen neither image nor text.", constant: "A control: everything alike." };

/** @param {{ model: import("../common/common.js").Model, el: HTMLElement }} place */
function render({ model, el }) {
  const settings = model.get("settings");
  const machine = new Machine(model.get("document"), HEATMAPS(model.get("total"), settings));
  const kept = new Map(); // key → {rows, columns, cosines, values}: all descriptors of it
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

  // -- the parts of the page ------------------------------------------------------------------------------------------------

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

  // -- from numbers to the page ---------------------------------------------------------------------------------------------

  const entryOf = (picture) => (model.get("extra")?.index === picture ? model.get("extra") : model.get("pictures").find((one) => one.index === picture));

  function redraw() {
    const document = machine.document;
    const [group, key] = [settings.groups[document.of], [document.picture, document.of, document.method].join()];
    const maps = kept.get(key);
    const entry = entryOf(document.picture);
    strip.redraw(document.picture);
    if (entry) {
      for (const one of [image, pale]) if (one.src !== entry.uri) one.src = entry.uri;
      image.alt = caption(entry);
      setText(figcaption, caption(entry));
    }
    choice.selectedIndex = document.of;
    method.selectedIndex = settings.methods.indexOf(document.method);
    slider.max = String(group.length - 1);
    slider.disabled = group.length < 2;
    if (Number(slider.value) !== document.descriptor) slider.value = document.descriptor;
    if (!isFocused(fader)) fader.value = String(Math.round(100 * document.opacity));
    fader.setAttribute("aria-valuetext", percent(document.opacity));
    slider.setAttribute("aria-valuetext", group[document.descriptor]);
    drawList(document, group, maps);
    drawMap(document, maps, key);
    const sign = SIGNED.includes(document.method) ? "Vermilion: this place raises the cosine. Blue: it lowers it." : "Vermilion: the score used this place, for or against.";
    setText(legend, CONTROLS[document.method] ?? `${sign} One scale for all descriptors of the list.`);
    wait(!maps || !entry);
    stack.dataset.old = String(!maps);
    el.dataset.pending = String(Number(!maps || !entry));
    el.dataset.failures = String(model.get("failures"));
  }

  function drawList(document, group, maps) {
    const reach = maps ? Math.max(0.01, ...maps.cosines.map(Math.abs)) : 1;
    keepChildren(list, group.length, (i) => h("li", {}, h("button", { type: "button", onclick: () => act({ do: "slide", to: i }) }), bar(), h("span", { class: "clipnb-value" })));
    group.forEach((text, i) => {
      const [name, line, value] = list.children[i].children;
      setText(name, text);
      name.setAttribute("aria-pressed", String(i === document.descriptor));
      setBar(line, maps ? maps.cosines[i] / reach : 0);
      setText(value, maps ? maps.cosines[i].toFixed(3) : "…");
    });
    const place = group.length > 1 ? `${document.descriptor + 1} of ${group.length}: ` : "";
    setText(now, `${place}${group[document.descriptor]}${maps ? ` (cosine ${maps.cosines[document.descriptor].toFixed(3)})` : ""}`);
  }

  function drawMap(document, maps, key) {
    pale.style.opacity = canvas.style.opacity = String(document.opacity);
    if (!maps || painted === `${key},${document.descriptor}`) return;
    painted = `${key},${document.descriptor}`;
    const size = maps.rows * maps.columns;
    paintMap(canvas, maps.values.subarray(document.descriptor * size, (document.descriptor + 1) * size), maps.rows, maps.columns);
  }

  const { act, flush } = connect(model, machine, redraw, say);
  for (const name of ["seen", "values", "extra"]) model.on(`change:${name}`, () => (learn(), redraw()));

  const dials = h("div", { class: "clipnb-dials" }, settings.names.length > 1 ? h("label", {}, "Descriptors of ", choice) : null, h("label", {}, "Method ", method), h("label", {}, "Descriptor ", slider), h("label", {}, "Opacity ", fader));
  root(el, "heatmaps").append(strip.element, h("div", { class: "clipnb-top" }, h("figure", { class: "clipnb-heat" }, stack, figcaption), h("div", { class: "clipnb-side" }, dials, now, list, legend, status)));
  redraw();
}

export { Machine, HEATMAPS };
export default { render };

// @ts-check
// The head browser: the twin of state.py, and its page.

import { announcer } from "../common/announce.js";
import { capital, caption, childrenOf, connect, decimal, editButtons, h, imageStrip, keepChildren, percent, redrawOn, root, setPending, setSource, setText, setValue, statusLine } from "../common/common.js";
import { index, Machine, Refusal, same, shown, words } from "../common/document.js";
import { patchName, patience, roving } from "../common/maps.js";
import { floats } from "../common/scoring.js";

/** @param {HeadsSettings} settings */
const countOf = ({ layers, heads }) => layers * (heads + 1) + 1;

/** @type {(total: number, settings: HeadsSettings) => Rules<HeadsDocument, HeadsActions, "sentence">} */
const HEADS = (total, settings) => ({
  edited: ["sentence"],
  merged: ["write"],
  actions: {
    choose: (document, { picture }) => (document.picture = index(picture, total, "image")),
    write: (document, { text }) => (document.sentence = words(text, settings.longest)),
    open: (document, { part }) => (document.part = index(part, countOf(settings), "part")),
    look: (document, { patch }) => (document.patch = index(patch, settings.rows * settings.columns, "patch")),
    centre: (document, { on }) => {
      if (typeof on !== "boolean") throw new Refusal(`Values are centred or not: true or false, not ${shown(on)}.`);
      document.centred = on;
    },
  },
});

// -- numbers and names --------------------------------------------------------------------------------------------------------

/** In thousandths: "+1.2", "−1.2", and "+0.0" for what rounds to nothing. @param {number} x */
const thousandths = (x) => `${x <= -0.00005 ? "−" : "+"}${Math.abs(1000 * x).toFixed(1)}`;
/** @param {ArrayLike<number>} all */
const sumOf = (all) => Array.from(all).reduce((a, b) => a + b, 0);
/** @param {ArrayLike<number>} all */
const largest = (all) => Math.max(1e-12, ...Array.from(all, Math.abs));

/**
 * Blue adds, orange takes away; the weaker colours leave the numbers on them readable.
 *
 * @param {number} share -1 to 1
 * @param {number} strength
 */
const colour = (share, strength) => `rgba(${share < 0 ? "230, 159, 0" : "0, 114, 178"}, ${(strength * Math.abs(share)).toFixed(3)})`;

/** [layer, head] from 0, or null for an MLP and the rest. @param {number} part @param {HeadsSettings} settings */
function headOf(part, { layers, heads }) {
  const [layer, place] = [Math.floor(part / (heads + 1)), part % (heads + 1)];
  return layer < layers && place < heads ? [layer, place] : null;
}

/** @param {number} part @param {HeadsSettings} settings */
function nameOf(part, { layers, heads }) {
  const [layer, place] = [Math.floor(part / (heads + 1)), part % (heads + 1)];
  if (layer === layers) return "start and biases";
  return `layer ${layer + 1}, ${place < heads ? `head ${place + 1}` : "MLP"}`;
}

const images = (/** @type {number} */ count) => `${count} image${count === 1 ? "" : "s"}`;

// -- the parts of the page ----------------------------------------------------------------------------------------------------

/**
 * A row for each layer: a button for each head and for the MLP, and the row's sum; then the rest, and the sum of all.
 *
 * @param {HeadsSettings} settings
 * @param {(part: number) => void} open
 */
function makeSums(settings, open) {
  const { layers, heads } = settings;
  const names = [...Array.from({ length: heads }, (_, i) => [`head ${i + 1}`, String(i + 1)]), ["MLP", "MLP"], ["sum", "sum"]];
  const head = names.map(([title, short]) => h("span", { class: "clipnb-column", title }, short));
  const buttons = Array.from({ length: countOf(settings) }, () => h("button", { type: "button" }));
  const sums = Array.from({ length: layers + 2 }, () => h("span", { class: "clipnb-rowsum" }));
  const rows = Array.from({ length: layers }, (_, i) => [
    h("span", { class: "clipnb-layer" }, `layer ${i + 1}`), ...buttons.slice(i * (heads + 1), (i + 1) * (heads + 1)), sums[i],
  ]);
  const group = h(
    "div", { class: "clipnb-sums", role: "group", aria: { label: "Parts of the image encoder; arrow keys move" } },
    h("span", { class: "clipnb-layer" }, "head"), ...head, ...rows.flat(),
    h("span", { class: "clipnb-layer clipnb-last" }, "start and biases"), buttons[layers * (heads + 1)], sums[layers],
    h("span", { class: "clipnb-layer clipnb-all" }, "sum of all parts"), sums[layers + 1]
  );
  group.style.setProperty("--heads", String(heads));
  let chosen = -1;
  const mark = roving(group, () => heads + 1, (part) => part !== chosen && open(part));
  /**
   * @param {number[]} values
   * @param {number} part
   */
  function redraw(values, part) {
    chosen = part;
    const most = largest(values);
    values.forEach((value, i) => {
      setText(buttons[i], thousandths(value));
      buttons[i].style.backgroundColor = colour(Math.sign(value) * Math.sqrt(Math.abs(value) / most), 0.55); // else one large part leaves all others white
      buttons[i].setAttribute("aria-label", `${nameOf(i, settings)}: ${thousandths(value)} thousandths`);
    });
    for (let i = 0; i < layers; i++) setText(sums[i], thousandths(sumOf(values.slice(i * (heads + 1), (i + 1) * (heads + 1)))));
    setText(sums[layers], thousandths(values[values.length - 1]));
    setText(sums[layers + 1], thousandths(sumOf(values)));
    mark(part);
  }
  return { element: h("div", { class: "clipnb-scroll" }, group), redraw };
}

/**
 * The image as the model sees it, with what a head adds by reading each patch.
 *
 * @param {HeadsSettings} settings
 * @param {(patch: number) => void} look
 */
function makeSight({ rows, columns }, look) {
  const under = h("img", { class: "clipnb-pixels", alt: "" });
  const grid = h("div", { class: "clipnb-grid", role: "group", aria: { label: "Patches of the image; arrow keys move" } });
  grid.append(...Array.from({ length: rows * columns }, () => h("button", { type: "button" })));
  const element = h("div", { class: "clipnb-sight" }, under, grid);
  let chosen = -1;
  const mark = roving(grid, () => columns, (patch) => patch !== chosen && look(patch));
  /**
   * @param {HeadsSeen} seen
   * @param {ArrayLike<number> | null} map
   * @param {number} patch
   */
  function redraw({ uri, width, height }, map, patch) {
    chosen = patch;
    element.style.cssText = `--rows: ${rows}; --columns: ${columns}; aspect-ratio: ${width} / ${height}`;
    setSource(under, uri);
    under.alt = map ? "" : "What the model sees";
    under.classList.toggle("clipnb-pale", map !== null);
    grid.hidden = map === null;
    if (!map) return;
    const most = largest(map);
    childrenOf(grid).forEach((tile, i) => {
      tile.style.background = colour(map[i] / most, 0.85);
      tile.setAttribute("aria-label", `${patchName(i, columns)}: ${thousandths(map[i])} thousandths`);
    });
    mark(patch);
  }
  return { element, redraw };
}

/** What the chosen part is, its texts, and the images to which it adds most. */
function makeChosen() {
  const [title, about, place] = [h("p", { class: "clipnb-heading" }), h("p"), h("p")];
  const texts = h("ol", { class: "clipnb-texts" });
  const [told, top] = [h("p", { class: "clipnb-told" }), h("ul", { class: "clipnb-highest" })];
  const described = h("div", {}, h("p", { class: "clipnb-told" }, "Texts along which this head varies most"), texts);
  const share = h("p", { class: "clipnb-share" });
  described.append(share);
  return { title, about, place, texts, described, share, told, top };
}

/**
 * @param {ReturnType<typeof makeChosen>} view
 * @param {HeadsSeen} seen
 * @param {HeadsSettings} settings
 * @param {HeadsDocument} document
 * @param {ArrayLike<number> | null} map of all that is read, the class token first
 */
function drawChosen(view, seen, settings, { part, patch }, map) {
  const [head, { columns, searched }] = [headOf(part, settings), settings];
  setText(view.title, capital(nameOf(part, settings)));
  const adds = `Adds ${thousandths(seen.values[part])} thousandths to the cosine; on average over ${images(searched)} ${thousandths(seen.usual[part])}.`;
  const reads = map ? ` By reading the patches ${thousandths(sumOf(map) - map[0])}, the class token itself ${thousandths(map[0])}.` : "";
  const none = part === seen.values.length - 1 ? " It reads nothing from the image." : " An MLP reads the class token only, so it has no map.";
  setText(view.about, adds + (map ? reads : none));
  view.place.hidden = view.described.hidden = !head;
  if (map) setText(view.place, `${capital(patchName(patch, columns))}, counted from 0: ${thousandths(map[patch + 1])}.`);
  if (head) {
    const { texts, share } = settings.described[head[0] * settings.heads + head[1]];
    keepChildren(view.texts, texts.length, () => h("li"));
    texts.forEach((text, i) => setText(view.texts.children[i], text));
    setText(view.share, texts.length ? `Their directions hold ${percent(share)} of its variance over images.` : "Texts for a head need at least two images.");
  }
  setText(view.told, `Highest among ${images(searched)}, for this text`);
  const entries = seen.top[part].map((which) => /** @type {ImageEntry} */ (seen.small.find((one) => one.index === which)));
  keepChildren(view.top, entries.length, () => h("li", {}, h("img", { width: 64, height: 64 }), h("b"), h("span")));
  entries.forEach((entry, i) => {
    const [image, value, name] = childrenOf(view.top.children[i]);
    setSource(/** @type {HTMLImageElement} */ (image), entry.uri);
    /** @type {HTMLImageElement} */ (image).alt = caption(entry);
    setText(value, thousandths(seen.highest[part][i]));
    setText(name, entry.truth || entry.name);
  });
}

/** @param {Place<HeadsTraits>} place */
function render({ model, el }) {
  const settings = model.get("settings");
  const machine = new Machine(model.get("document"), HEADS(model.get("total"), settings));
  const status = statusLine();
  const wait = patience(model, status);
  const { act, flush } = connect(model, machine, redraw, status);
  const strip = imageStrip(model, (picture) => act({ do: "choose", picture }));
  const field = h("input", { type: "text", spellcheck: false, oninput: () => act({ do: "write", text: field.value }, true), onblur: () => (flush(), setTimeout(redraw)) });
  const classes = h("select", { onchange: () => classes.value && act({ do: "write", text: settings.prompts[Number(classes.value)] }) });
  classes.append(h("option", { value: "" }, "–"), ...settings.classes.map((name, i) => h("option", { value: String(i) }, name)));
  const choice = settings.classes.length ? h("label", { class: "clipnb-class" }, "Class ", classes) : null;
  const centred = h("input", { type: "checkbox", onchange: () => act({ do: "centre", on: centred.checked }) });
  const buttons = editButtons(act);
  const exact = h("p", { class: "clipnb-exact" });
  const spoken = announcer();
  const sums = makeSums(settings, (part) => act({ do: "open", part }));
  const [sight, chosen] = [makeSight(settings, (patch) => act({ do: "look", patch })), makeChosen()];
  const below = h(
    "div", { class: "clipnb-below" }, h("div", { class: "clipnb-map" }, sight.element, chosen.place),
    h("div", { class: "clipnb-side" }, chosen.title, chosen.about, chosen.described, chosen.told, chosen.top)
  );

  /** What a head adds by reading each token. @param {number} part */
  function mapOf(part) {
    const [head, tokens] = [headOf(part, settings), 1 + settings.rows * settings.columns];
    if (!head) return null;
    const from = (head[0] * settings.heads + head[1]) * tokens;
    return floats(model.get("maps")).subarray(from, from + tokens);
  }

  function redraw() {
    const [document, seen] = [machine.document, model.get("seen")];
    const isMissing = !same(seen.key, [document.picture, document.sentence]);
    const values = document.centred ? seen.values.map((value, i) => value - seen.usual[i]) : seen.values;
    const [usual, map] = [sumOf(seen.usual), mapOf(document.part)];
    strip.redraw(document.picture);
    setValue(field, document.sentence);
    const own = settings.prompts.indexOf(document.sentence);
    classes.value = own < 0 ? "" : String(own);
    centred.checked = document.centred;
    buttons.redraw(machine);
    const left = document.centred ? `${decimal(seen.cosine, 4)} less ${decimal(usual, 4)}, the average over ${images(settings.searched)}` : decimal(seen.cosine, 4);
    setText(exact, `Cosine from the two encoders: ${left}. Sum of the ${values.length} parts below: ${decimal(sumOf(values), 4)}.`);
    sums.redraw(values, document.part);
    sight.redraw(seen, map && map.subarray(1), document.patch);
    drawChosen(chosen, seen, settings, document, map);
    spoken.tell(isMissing ? null : [exact, chosen.title, chosen.about].map((one) => one.textContent));
    wait(isMissing);
    for (const part of [sums.element, below, exact]) part.dataset.old = String(isMissing);
    setPending(el, model, Number(isMissing));
  }

  redrawOn(model, ["seen"], redraw);
  root(el, "heads").append(
    strip.element,
    h("div", { class: "clipnb-tools" }, h("label", { class: "clipnb-entry" }, "Text ", field), choice, buttons.undo, buttons.reset),
    status, exact,
    h("label", { class: "clipnb-centred" }, centred, ` show each part less its average over ${images(settings.searched)}`),
    h("p", { class: "clipnb-unit" }, "What each part adds to the cosine, in thousandths; blue adds, orange takes away. Choose one:"),
    sums.element, below, spoken.element
  );
  redraw();
}

export { Machine, HEADS };
export default { render };

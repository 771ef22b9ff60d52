// @ts-check
// What a step shows below the drawing, large; one scene for each step, {element, redraw(view)}.

import { bar, capital, childrenOf, decimal, h, keepChildren, percent, setBar, setSource, setText } from "../common/common.js";
import { patchName, roving } from "../common/maps.js";
import { ranked } from "../common/scoring.js";
import { mapsOf, nameOf } from "./drawing.js";
import { attentionTint, largest, numberBars, paintAttention, signTint } from "./pictures.js";

const MOST_PRODUCTS = 5;
const aboutLine = () => h("p", { class: "clipnb-about" });

/** @param {InsideSettings} settings @param {number} patch */
const where = ({ columns }, patch) => patchName(patch, columns);

/**
 * What the model sees, with a button on each patch.
 *
 * @param {InsideSettings} settings
 * @param {Act<InsideActions>} act
 * @param {boolean} pale
 */
function makeSight(settings, act, pale) {
  const { rows, columns, width, height } = settings;
  const image = h("img", { alt: "", class: pale ? "clipnb-pixels clipnb-pale" : "clipnb-pixels" });
  const grid = h("div", { class: "clipnb-grid", role: "group", aria: { label: "Patches of the image; arrow keys move" } });
  grid.append(...Array.from({ length: rows * columns }, () => h("button", { type: "button" })));
  const element = h("div", { class: "clipnb-sight" }, image, grid);
  element.style.cssText = `--rows: ${rows}; --columns: ${columns}; aspect-ratio: ${width} / ${height}`;
  let chosen = -1;
  const mark = roving(grid, () => columns, (patch) => patch !== chosen && act({ do: "look", patch }));
  /**
   * @param {InsideView} view
   * @param {(patch: number) => [colour: string, words: string]} tell
   */
  function redraw({ document, seen }, tell) {
    chosen = document.patch;
    setSource(image, seen.uri);
    childrenOf(grid).forEach((tile, i) => {
      const [colour, words] = tell(i);
      tile.style.background = colour;
      tile.setAttribute("aria-label", `patch ${i}${words}`);
    });
    mark(chosen);
  }
  return { element, redraw };
}

/** @type {(settings: InsideSettings, act: Act<InsideActions>) => Scene} */
function pixels(settings, act) {
  const [sight, about] = [makeSight(settings, act, false), aboutLine()];
  const large = h("div", { class: "clipnb-large", role: "img", aria: { label: "The chosen patch, enlarged" } });
  const { rows, columns, width, height } = settings;
  const [wide, high] = [Math.floor(width / columns), Math.floor(height / rows)];
  large.style.backgroundSize = `${100 * columns}% ${100 * rows}%`;
  return {
    element: h("div", { class: "clipnb-scene" }, sight.element, h("div", { class: "clipnb-side" }, large, about)),
    redraw(view) {
      const { patch } = view.document;
      sight.redraw(view, () => ["none", ""]);
      large.style.backgroundImage = `url("${view.seen.uri}")`;
      large.style.backgroundPosition = `${columns > 1 ? (100 * (patch % columns)) / (columns - 1) : 0}% ${rows > 1 ? (100 * Math.floor(patch / columns)) / (rows - 1) : 0}%`;
      setText(about, `${capital(where(settings, patch))}, counted from 0: ${wide} × ${high} pixels with a red, a green and a blue value each, ${3 * wide * high} numbers. Choose another patch in the image.`);
    },
  };
}


/** @type {(settings: InsideSettings, act: Act<InsideActions>) => Scene} */
function positions(settings, act) {
  const [sight, about] = [makeSight(settings, act, true), aboutLine()];
  const first = settings.classToken ? h("span", { class: "clipnb-cls" }, "class token") : null;
  return {
    element: h("div", { class: "clipnb-scene" }, sight.element, h("div", { class: "clipnb-side" }, first, about)),
    redraw(view) {
      const { patch } = view.document;
      const count = settings.rows * settings.columns;
      const alike = Array.from(view.positions.subarray(patch * count, (patch + 1) * count), (x) => x / 127);
      sight.redraw(view, (i) => [signTint(alike[i]), `: cosine ${decimal(alike[i], 2)}`]);
      const nearest = alike.map((_, i) => i).filter((i) => i !== patch).sort((a, b) => alike[b] - alike[a])[0];
      const told = `The colours compare the positional embedding of ${where(settings, patch)} with that of every other place: blue similar, orange opposite.`;
      setText(about, nearest === undefined ? told : `${told} Most similar: ${where(settings, nearest)}, cosine ${decimal(alike[nearest], 2)}.`);
    },
  };
}

/**
 * A button for each head, a row for each layer.
 *
 * @param {[layers: number, heads: number]} size
 * @param {(layer: number, head: number) => void} open
 * @param {string} words
 * @param {boolean} pooling whether the last row is no layer
 */
function makeHeads([layers, heads], open, words, pooling = false) {
  const canvases = Array.from({ length: layers * heads }, () => h("canvas"));
  const name = (/** @type {number} */ layer) => (pooling && layer === layers - 1 ? "pooling" : `layer ${layer + 1}`);
  const buttons = canvases.map((canvas, i) =>
    h("button", { type: "button", aria: { label: `${name(Math.floor(i / heads))}, head ${(i % heads) + 1}` } }, canvas)
  );
  const cells = Array.from({ length: layers }, (_, layer) => [h("span", { class: "clipnb-layer" }, name(layer)), ...buttons.slice(layer * heads, (layer + 1) * heads)]);
  const element = h("div", { class: "clipnb-heads", role: "group", aria: { label: words } }, ...cells.flat());
  element.style.setProperty("--heads", String(heads));
  let chosen = -1;
  const mark = roving(element, () => heads, (i) => i !== chosen && open(Math.floor(i / heads), i % heads));
  /** @param {[number, number]} at */
  const redraw = ([layer, head]) => mark((chosen = layer * heads + head));
  return { element, canvases, name, redraw };
}

/** @type {(settings: InsideSettings, act: Act<InsideActions>) => Scene} */
function heads(settings, act) {
  const [sight, about, group] = [makeSight(settings, act, true), aboutLine(), `query-${Math.random().toString(36).slice(2)}`];
  const all = makeHeads(settings.imageHeads, (layer, head) => act({ do: "open", layer, head }), "Heads of the image encoder; arrow keys move", settings.pooling);
  const radios = settings.queries.map((query) => h("input", { type: "radio", name: group, onchange: () => act({ do: "ask", query }) }));
  const labels = settings.queries.map((query, i) => h("label", {}, radios[i], query === "class" ? " the class token" : " the chosen patch"));
  const queries = h("fieldset", { class: "clipnb-queries" }, h("legend", {}, "What is taken by"), ...labels);
  const skip = Number(settings.classToken);
  const painted = once((view) => view.attention);
  return {
    element: h("div", { class: "clipnb-scene" }, h("div", {}, sight.element, about), h("div", { class: "clipnb-side" }, queries, all.element)),
    redraw(view) {
      const { document, attention } = view;
      const maps = mapsOf(attention, settings.imageHeads, skip);
      const at = document.head[0] * settings.imageHeads[1] + document.head[1];
      const most = largest(maps[at]);
      all.element.style.setProperty("--seen", `url("${view.seen.uri}")`);
      if (painted(view)) maps.forEach((map, i) => paintAttention(all.canvases[i], map, settings.rows, settings.columns, 0));
      all.redraw(document.head);
      radios.forEach((radio, i) => (radio.checked = settings.queries[i] === document.query));
      sight.redraw(view, (i) => [attentionTint(maps[at][i] / most), `: ${percent(maps[at][i])}`]);
      const length = maps[at].length + skip;
      setText(about, tellHead(view, all.name(document.head[0]), maps[at], skip ? attention[at * length] : null));
    },
  };

  /** @type {(view: InsideView, layer: string, map: Float32Array, first: number | null) => string} */
  function tellHead({ document }, layer, map, first) {
    const query = layer === "pooling" ? "the pooling" : document.query === "class" ? "the class token" : where(settings, document.patch);
    const top = map.indexOf(Math.max(...map));
    const most = top === document.patch ? "more than from any other" : `and most, ${percent(map[top])}, from patch ${top}`;
    const own = first === null ? "" : document.query === "class" ? ` It keeps ${percent(first)} from itself.` : ` From the class token it takes ${percent(first)}.`;
    return `${capital(layer)}, head ${document.head[1] + 1}: ${query} takes ${percent(map[document.patch])} from patch ${document.patch}, ${most}; an even share would be ${percent(1 / (map.length + (first === null ? 0 : 1)))}.${own}`;
  }
}

/**
 * Whether something is another than last time.
 *
 * @param {(view: InsideView) => unknown} of
 */
function once(of) {
  /** @type {unknown} */
  let last = null;
  return (/** @type {InsideView} */ view) => last !== (last = of(view));
}

/** The choice of one number of an embedding. @param {InsideSettings} settings @param {Act<InsideActions>} act */
function makeNumber({ dim }, act) {
  const slider = h("input", { type: "range", min: 1, max: dim, step: 1, oninput: () => act({ do: "count", number: Number(slider.value) - 1 }) });
  const element = h("label", { class: "clipnb-number-choice" }, "Look at one number ", slider);
  return { element, redraw: (/** @type {number} */ number) => void (slider.value = String(number + 1)) };
}

/** @type {(settings: InsideSettings, act: Act<InsideActions>) => Scene} */
function image(settings, act) {
  const [chart, choice, about] = [numberBars("image embedding"), makeNumber(settings, act), aboutLine()];
  return {
    element: h("div", { class: "clipnb-scene clipnb-wide" }, chart.element, choice.element, about),
    redraw({ document: { number }, image: values }) {
      const positive = values.filter((x) => x > 0).length;
      chart.draw(values, number, `${values.length} numbers, ${positive} of them positive`);
      choice.redraw(number);
      const squares = values.reduce((sum, x) => sum + x * x, 0);
      setText(about, `Number ${number + 1} of ${values.length}: ${decimal(values[number], 3)}. No single number has a name; together they are a direction. The sum of their squares is ${squares.toFixed(2)}.`);
    },
  };
}

/**
 * Tokens as buttons, with a share each where one is given.
 *
 * @param {Act<InsideActions>} act
 */
function makeTokens(act) {
  const element = h("div", { class: "clipnb-tokens", role: "group", aria: { label: "Tokens of the text; arrow keys move" } });
  let chosen = -1;
  const mark = roving(element, () => Infinity, (token) => token !== chosen && act({ do: "pick", token }));
  /**
   * @param {InsideView} view
   * @param {(i: number) => [line: string, colour: string]} tell
   */
  function redraw({ seen, token }, tell) {
    chosen = token;
    keepChildren(element, seen.tokens.length, () => h("button", { type: "button" }, h("span", { class: "clipnb-text" }), h("span", { class: "clipnb-id" })));
    seen.tokens.forEach((one, i) => {
      const [line, colour] = tell(i);
      const button = childrenOf(element)[i];
      const [shown, second] = childrenOf(button);
      setText(shown, nameOf(one));
      setText(second, line);
      button.style.background = colour;
      button.dataset.read = String(i === seen.read);
      button.setAttribute("aria-label", `token ${i}, ${nameOf(one)}: ${line}`);
    });
    mark(token);
  }
  return { element, redraw };
}

/** @type {(settings: InsideSettings, act: Act<InsideActions>) => Scene} */
function tokens(settings, act) {
  const [list, about] = [makeTokens(act), aboutLine()];
  return {
    element: h("div", { class: "clipnb-scene clipnb-wide" }, list.element, about),
    redraw(view) {
      const { seen, token } = view;
      list.redraw(view, (i) => [String(seen.tokens[i].id), ""]);
      const one = seen.tokens[token];
      const cut = seen.cut ? ` The model reads ${settings.maxTokens} tokens; the rest of this text is cut off.` : "";
      if (!one.text) setText(about, `${one.piece} is number ${one.id} of the vocabulary; it stands for no text of its own: it marks a beginning or an end, or fills up.${cut}`);
      else setText(about, `“${one.text}” is number ${one.id} of the vocabulary, there written ${one.piece}.${one.part ? ` It is a part (${one.part}) of its character, in bytes.` : ""}${cut}`);
    },
  };
}

/** @type {(settings: InsideSettings, act: Act<InsideActions>) => Scene} */
function textHeads(settings, act) {
  const [list, about, large] = [makeTokens(act), aboutLine(), h("canvas", { class: "clipnb-matrix", role: "img", aria: { label: "The opened head" } })];
  const all = makeHeads(settings.textHeads, (layer, head) => act({ do: "open_text", layer, head }), "Heads of the text encoder; arrow keys move");
  const painted = once((view) => view.textAttention);
  return {
    element: h("div", { class: "clipnb-scene" }, h("div", { class: "clipnb-side" }, list.element, about), h("div", { class: "clipnb-row" }, all.element, h("figure", {}, large, h("figcaption", {}, "the opened head: row i is what token i takes, from the first token to the last")))),
    redraw(view) {
      const { document, seen, token } = view;
      const [count, maps] = [seen.tokens.length, mapsOf(view.textAttention, settings.textHeads)];
      const map = maps[document.text_head[0] * settings.textHeads[1] + document.text_head[1]];
      if (painted(view)) maps.forEach((one, i) => paintAttention(all.canvases[i], one, count, count));
      paintAttention(large, map, count, count);
      all.redraw(document.text_head);
      const row = map.subarray(token * count, (token + 1) * count);
      list.redraw(view, (i) => [settings.causal && i > token ? "–" : percent(row[i]), attentionTint(row[i])]);
      const name = (/** @type {number} */ i) => `“${nameOf(seen.tokens[i])}”`;
      const top = row.indexOf(Math.max(...row));
      const later = settings.causal && token < count - 1 ? ` What follows it is masked (–).` : "";
      setText(about, `Layer ${document.text_head[0] + 1}, head ${document.text_head[1] + 1}: ${name(token)} takes most, ${percent(row[top])}, from ${top === token ? "itself" : name(top)}.${later} Choose a token to see what it takes; the framed one becomes the embedding.`);
    },
  };
}

/** @type {(settings: InsideSettings, act: Act<InsideActions>) => Scene} */
function product(settings, act) {
  const charts = ["image embedding", "× text embedding", "= products", "their running sum"].map(numberBars);
  const [choice, about, table] = [makeNumber(settings, act), aboutLine(), h("p", { class: "clipnb-about" })];
  return {
    element: h("div", { class: "clipnb-scene clipnb-wide" }, ...charts.map((one) => one.element), choice.element, about, table),
    redraw({ document: { number }, image: a, text: b, products, cosines }) {
      let sum = 0;
      const sums = products.map((x) => (sum += x));
      /** @type {ArrayLike<number>[]} */
      const all = [a, b, products, sums];
      all.forEach((values, i) => charts[i].draw(values, number, `${values.length} numbers, the last ${decimal(values[values.length - 1], 3)}`));
      choice.redraw(number);
      setText(about, `Number ${number + 1}: ${decimal(a[number], 3)} × ${decimal(b[number], 3)} = ${decimal(products[number], 4)}. The sum up to here is ${decimal(sums[number], 3)}; that of all ${products.length} products is ${decimal(cosines[0], 3)}, the cosine similarity.`);
      const order = ranked(Array.from(products, Math.abs)).slice(0, MOST_PRODUCTS);
      setText(table, `The largest products: ${order.map((i) => `number ${i + 1}, ${decimal(products[i], 3)}`).join("; ")}.`);
    },
  };
}

/** @type {(settings: InsideSettings) => Scene} */
function softmax(settings) {
  const list = h("ol", { class: "clipnb-candidates", aria: { label: "Texts with their cosine similarity and probability" } });
  const head = h("p", { class: "clipnb-candidate", aria: { hidden: "true" } }, ...["text", "cosine", "", "probability"].map((text) => h("span", {}, text)));
  return {
    element: h("div", { class: "clipnb-scene clipnb-wide" }, head, list),
    redraw({ candidates, cosines, probabilities }) {
      keepChildren(list, candidates.length, () => h("li", { class: "clipnb-candidate" }, h("span"), h("span", { class: "clipnb-value" }), bar(), h("span", { class: "clipnb-value" })));
      const order = ranked(cosines);
      order.forEach((which, row) => {
        const line = childrenOf(list)[row];
        const [text, cosine, share, probability] = childrenOf(line);
        line.dataset.own = String(which === 0);
        setText(text, candidates[which] || "(an empty text)");
        setText(cosine, decimal(cosines[which], 3));
        setBar(share, probabilities[which]);
        setText(probability, percent(probabilities[which]));
      });
    },
  };
}

/**
 * @typedef {{ element: HTMLElement, redraw: (view: InsideView) => void }} Scene
 *
 * @param {InsideSettings} settings
 * @param {Act<InsideActions>} act
 */
export const makeScenes = (settings, act) => [pixels, positions, heads, image, tokens, textHeads, product, softmax].map((make) => make(settings, act));

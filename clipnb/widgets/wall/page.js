// @ts-check
// A wall of images that sorts itself: the twin of state.py, and its page.

import { announcer } from "../common/announce.js";
import { bar, caption, childrenOf, connect, decimal, editButtons, h, keepChildren, redrawOn, root, setBar, setPending, setText, statusLine, textEmbeddings } from "../common/common.js";
import { index, Machine, words } from "../common/document.js";
import { textEntry } from "../common/entry.js";
import { patience, roving } from "../common/maps.js";
import { readable } from "../common/pieces.js";
import { cosine, ranked, rowsIn } from "../common/scoring.js";

/** @type {(total: number, settings: WallSettings) => Rules<WallDocument, WallActions, "sentence">} */
const WALL = (total, { longest }) => ({
  edited: ["sentence"],
  merged: ["write"],
  actions: {
    write: (document, { text }) => (document.sentence = words(text, longest)),
    choose: (document, { picture }) => (document.picture = index(picture, total, "image")),
  },
});

// -- the parts of the page ----------------------------------------------------------------------------------------------------

/**
 * @typedef {ReturnType<typeof makeView>} View
 *
 * @param {WallSettings} settings
 * @param {ImageEntry[]} images
 * @param {Act<WallActions>} act
 */
function makeView(settings, images, act) {
  const entry = textEntry(settings, "Texts to begin with", act);
  const tokens = h("ol", { class: "clipnb-chips", aria: { label: "Tokens of the text, with their numbers" } });
  const best = h("p", { class: "clipnb-told" });
  const [followed, range] = [h("p", { class: "clipnb-told" }), h("p", { class: "clipnb-told clipnb-range" })];
  const tiles = images.map(makeTile);
  const wall = h("ol", { class: "clipnb-wall", aria: { label: "Images, the best first; arrow keys move, Enter follows one" } }, ...tiles);
  return { entry, buttons: editButtons(act), tokens, best, followed, range, tiles, wall };
}

/**
 * @param {ImageEntry} one
 * @param {number} i
 */
function makeTile(one, i) {
  const image = h("img", { src: one.uri, alt: one.truth || one.name, draggable: false });
  const line = bar();
  line.append(h("span", { class: "clipnb-band" }));
  const button = h("button", { type: "button", title: caption(one), data: { image: String(i) } }, image, line, h("span", { class: "clipnb-value" }));
  return h("li", {}, button);
}

// -- what the reader does -----------------------------------------------------------------------------------------------------

/**
 * Arrow keys move on the wall; Enter or a click follows an image. Returns mark(place): where Tab leads.
 *
 * @param {HTMLElement} wall
 * @param {Act<WallActions>} act
 */
function hearWall(wall, act) {
  const columns = () => Math.max(1, getComputedStyle(wall).gridTemplateColumns.split(" ").length);
  const mark = roving(wall, columns, () => {});
  wall.addEventListener("click", (event) => {
    const button = /** @type {Element} */ (event.target).closest("button");
    if (button) act({ do: "choose", picture: Number(button.dataset.image) });
  });
  return mark;
}

// -- from numbers to the page -------------------------------------------------------------------------------------------------

/**
 * Put the tiles into an order; they glide there, unless the reader asked for less motion or does not see them.
 *
 * @param {Pick<View, "wall" | "tiles">} view
 * @param {number[]} order
 * @param {boolean} isSeen
 */
function arrange({ wall, tiles }, order, isSeen) {
  const list = order.map((i) => tiles[i]);
  if (list.every((tile, place) => wall.children[place] === tile)) return;
  if (!isSeen || matchMedia("(prefers-reduced-motion: reduce)").matches) return wall.append(...list);
  const before = list.map((tile) => tile.getBoundingClientRect());
  tiles.forEach((tile) => tile.getAnimations().forEach((running) => running.cancel()));
  wall.append(...list);
  const after = list.map((tile) => tile.getBoundingClientRect()); // all read before anything is changed: one layout
  list.forEach((tile, place) => {
    const [x, y] = [before[place].left - after[place].left, before[place].top - after[place].top];
    if (x || y) tile.animate([{ transform: `translate(${x}px, ${y}px)` }, { transform: "none" }], { duration: 380, easing: "cubic-bezier(0.2, 0.7, 0.2, 1)" });
  });
}

/**
 * @param {HTMLElement} tokens
 * @param {WallToken[] | null} list null until the kernel has sent them
 */
function drawTokens(tokens, list) {
  tokens.dataset.old = String(!list);
  if (!list) return;
  keepChildren(tokens, list.length, () => h("li", {}, h("span", { class: "clipnb-text" }), h("span", { class: "clipnb-id" })));
  list.forEach(({ text: piece, id }, i) => {
    const { text: shown, ends, special } = readable(piece);
    const chip = childrenOf(tokens)[i];
    setText(chip.children[0], shown);
    setText(chip.children[1], String(id));
    chip.dataset.ends = String(ends);
    chip.dataset.special = String(special);
    chip.title = special ? `number ${id}: marks where the text begins or ends` : `number ${id} of the vocabulary${ends ? "" : "; the word goes on"}`;
  });
}

/**
 * Bars from the lowest cosine to the highest, and on each the range of texts without meaning. Returns the order, the best first.
 *
 * @param {HTMLElement[]} tiles
 * @param {number[] | null} cosines
 * @param {[number, number]} nonsense
 */
function drawTiles(tiles, cosines, nonsense) {
  const order = cosines ? ranked(cosines) : tiles.map((_, i) => i);
  const [high, low] = cosines ? [cosines[order[0]], cosines[order[order.length - 1]]] : [1, 0];
  const share = (/** @type {number} */ x) => Math.min(1, Math.max(0, (x - low) / (high - low || 1)));
  const [from, to] = nonsense.map(share);
  tiles.forEach((tile, i) => {
    const [, line, value] = childrenOf(childrenOf(tile)[0]);
    setBar(line, cosines ? share(cosines[i]) : 0);
    setText(value, cosines ? decimal(cosines[i], 3) : "–");
    const band = childrenOf(line)[1];
    band.hidden = !cosines || to <= from;
    Object.assign(band.style, { left: `${(100 * from).toFixed(1)}%`, width: `${(100 * (to - from)).toFixed(1)}%` });
  });
  return order;
}

/**
 * What the best cosine is worth beside those of texts without meaning.
 *
 * @param {number} best
 * @param {[number, number]} nonsense
 */
function toldRange(best, [low, high]) {
  const range = `${decimal(low, 3)} to ${decimal(high, 3)}`;
  if (best > high) return `Texts of random letters reach ${range} with their best image; this text is above that range.`;
  return `Texts of random letters reach ${range} with their best image, so this cosine alone says little. Compare it with the next images.`;
}

/**
 * The wall in the order of its cosines with a text, or as it came where there is none. Returns the order.
 *
 * @param {View} view
 * @param {ImageEntry[]} images
 * @param {number[] | null} cosines
 * @param {{ chosen: number, nonsense: [number, number] }} more
 */
function drawWall(view, images, cosines, { chosen, nonsense }) {
  const order = drawTiles(view.tiles, cosines, nonsense);
  const [high, low] = cosines ? [cosines[order[0]], cosines[order[order.length - 1]]] : [1, 0];
  const name = (/** @type {number} */ i) => images[i].truth || images[i].name;
  const last = order[order.length - 1];
  setText(view.best, cosines ? `Best of ${order.length}: ${name(order[0])}, cosine ${decimal(high, 3)}. Last: ${name(last)}, ${decimal(low, 3)}.` : "Write a text, and the images sort themselves.");
  setText(view.followed, cosines ? `You follow ${name(chosen)}: place ${order.indexOf(chosen) + 1}, cosine ${decimal(cosines[chosen], 3)}.` : "");
  setText(view.range, cosines ? `${toldRange(high, nonsense)} Hatched on the bars: that range.` : "");
  return order;
}

/** @param {Place<WallTraits>} place */
function render({ model, el }) {
  const [settings, images] = [model.get("settings"), model.get("pictures")];
  const machine = new Machine(model.get("document"), WALL(images.length, settings));
  const offered = rowsIn(model.get("picture_vectors"), settings.dim);
  const { embeddings, learn } = textEmbeddings(model, settings.dim);
  const status = statusLine();
  const wait = patience(model, status);
  const { act, flush } = connect(model, machine, redraw, status);
  const [view, spoken] = [makeView(settings, images, act), announcer()];
  const mark = hearWall(view.wall, act);
  /** @type {string | null} */
  let shown = null; // the text whose order is on the wall

  function redraw() {
    const { sentence: text, picture: chosen } = machine.document;
    const isKnown = !text.trim() || embeddings.has(text);
    view.entry.show(text);
    view.buttons.redraw(machine);
    drawTokens(view.tokens, model.get("tokens")[text] ?? (text.trim() ? null : []));
    wait(!isKnown);
    view.wall.dataset.old = String(!isKnown);
    if (isKnown) sort(text, chosen);
    spoken.tell(isKnown ? [view.best, view.followed].map((one) => one.textContent) : null);
    setPending(el, model, Number(!isKnown));
  }

  /**
   * @param {string} text
   * @param {number} chosen
   */
  function sort(text, chosen) {
    const embedding = embeddings.get(text);
    const order = drawWall(view, images, embedding ? offered.map((one) => cosine(one, embedding)) : null, { chosen, nonsense: settings.nonsense });
    if (shown !== text) arrange(view, order, el.isConnected);
    shown = text;
    mark(order.indexOf(chosen));
  }

  view.entry.hear(flush, redraw);
  redrawOn(model, ["new_texts", "new_vectors"], () => (learn(), redraw()));
  redrawOn(model, ["tokens"], redraw);
  root(el, "wall").append(
    h("div", { class: "clipnb-tools" }, view.entry.field, view.buttons.undo, view.buttons.reset),
    view.entry.starters, view.tokens, status, view.best, view.followed, view.wall, view.range, spoken.element
  );
  redraw();
}

export { Machine, WALL, readable, arrange, drawTiles, drawTokens, makeTile, toldRange };
export default { render };

// @ts-check
// A wall of images that sorts itself: the twin of state.py, and its page.

import { bar, caption, childrenOf, connect, h, keepChildren, root, setBar, setText, setValue } from "../common/common.js";
import { index, Machine, same, words } from "../common/document.js";
import { patience, roving } from "../common/maps.js";
import { cosine, floats, ranked, Vectors } from "../common/scoring.js";

const WALL = (total, { longest }) => ({
  edited: ["sentence"],
  merged: ["write"],
  actions: {
    write: (document, { text }) => (document.sentence = words(text, longest)),
    choose: (document, { picture }) => (document.picture = index(picture, total, "image")),
  },
});

// Byte-level vocabularies write every byte as one letter; these are the letters of the bytes that have none of their own.
const LETTERS = (() => {
  const own = (byte) => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
  const rest = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !own(byte));
  const letters = new Map(rest.map((byte, n) => [String.fromCodePoint(256 + n), byte]));
  for (let byte = 0; byte < 256; byte++) if (own(byte)) letters.set(String.fromCodePoint(byte), byte);
  return letters;
})();

/** A piece of the vocabulary as a reader knows it: {text, ends (a word), special}. */
function readable(piece) {
  if (/^<\|.*\|>$/.test(piece)) return { text: piece.slice(2, -2).replace(/oftext$/, ""), ends: true, special: true };
  const [ends, bare] = [piece.endsWith("</w>"), piece.replace(/<\/w>$/, "")];
  const bytes = Uint8Array.from([...bare], (letter) => LETTERS.get(letter) ?? 63);
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), ends, special: false };
  } catch {
    return { text: [...bytes].map((byte) => `\\x${byte.toString(16)}`).join(""), ends, special: false };
  }
}

/** @param {{ model: import("../common/common.js").Model, el: HTMLElement }} place */
function render({ model, el }) {
  const settings = model.get("settings");
  const pictures = model.get("pictures");
  const machine = new Machine(model.get("document"), WALL(pictures.length, settings));
  const offered = floats(model.get("picture_vectors"));
  const seenBy = pictures.map((_, i) => offered.subarray(i * settings.dim, (i + 1) * settings.dim));
  const vectors = new Vectors(settings.dim);
  const status = h("p", { class: "clipnb-status", role: "status", aria: { live: "polite" } });
  const say = (sentence) => setText(status, sentence);
  const wait = patience(model, status, say);
  let shown = null; // the text whose order is on the wall

  // -- the parts of the page ------------------------------------------------------------------------------------------------

  const text = h("input", { type: "text", spellcheck: false, autocomplete: "off", oninput: () => act({ do: "write", text: text.value }, true), onblur: leave, onkeydown: hurry });
  const starters = h(
    "div", { class: "clipnb-starters", role: "group", aria: { label: "Texts to begin with" } },
    ...settings.starters.map((sentence) => h("button", { type: "button", onclick: () => write(sentence) }, sentence))
  );
  const undo = h("button", { type: "button", onclick: () => act({ do: "undo" }) }, "Undo");
  const reset = h("button", { type: "button", onclick: () => act({ do: "reset" }) }, "Reset");
  const tokens = h("ol", { class: "clipnb-chips", aria: { label: "Tokens of the text, with their numbers" } });
  const best = h("p", { class: "clipnb-told", role: "status", aria: { live: "polite" } });
  const followed = h("p", { class: "clipnb-told" });
  const wall = h("ol", { class: "clipnb-wall", aria: { label: "Images, the best first; arrow keys move, Enter follows one" } });
  const tiles = pictures.map((one, i) => {
    const button = h("button", { type: "button", title: caption(one) }, h("img", { src: one.uri, alt: one.truth || one.name, draggable: false }), bar(), h("span", { class: "clipnb-value" }));
    button.dataset.picture = i;
    return h("li", {}, button);
  });
  wall.append(...tiles);
  const mark = roving(wall, () => columns(), () => {});
  wall.addEventListener("click", (event) => {
    const button = /** @type {Element} */ (event.target).closest("button");
    if (button) act({ do: "choose", picture: Number(button.dataset.picture) });
  });

  const columns = () => Math.max(1, getComputedStyle(wall).gridTemplateColumns.split(" ").length);

  function write(sentence) {
    text.value = sentence;
    act({ do: "write", text: sentence });
  }

  function hurry(event) {
    if (event.key === "Enter") flush();
  }

  function leave() {
    flush();
    setTimeout(redraw);
  }

  function learn() {
    for (const [keys, view] of [["texts", "vectors"], ["new_texts", "new_vectors"]]) vectors.add(model.get(keys) ?? [], model.get(view));
  }

  // -- from numbers to the page ---------------------------------------------------------------------------------------------

  /** Put the tiles into an order; they glide there, unless the reader asked for less motion. */
  function arrange(order) {
    const list = order.map((i) => tiles[i]);
    if (list.every((tile, place) => wall.children[place] === tile)) return;
    const still = !el.isConnected || matchMedia("(prefers-reduced-motion: reduce)").matches;
    const before = still ? null : list.map((tile) => tile.getBoundingClientRect());
    if (!still) tiles.forEach((tile) => tile.getAnimations().forEach((running) => running.cancel()));
    wall.append(...list);
    if (still) return;
    const after = list.map((tile) => tile.getBoundingClientRect()); // all read before anything is changed: one layout
    list.forEach((tile, place) => {
      const [x, y] = [before[place].left - after[place].left, before[place].top - after[place].top];
      if (x || y) tile.animate([{ transform: `translate(${x}px, ${y}px)` }, { transform: "none" }], { duration: 380, easing: "cubic-bezier(0.2, 0.7, 0.2, 1)" });
    });
  }

  function redraw() {
    const { sentence, picture } = machine.document;
    const known = !sentence.trim() || vectors.has(sentence);
    setValue(text, sentence);
    [...starters.children].forEach((button) => button.setAttribute("aria-pressed", String(button.textContent === sentence)));
    undo.disabled = !machine.past.length;
    reset.disabled = same(machine.kept(), machine.first);
    drawTokens(model.get("tokens")[sentence] ?? (sentence.trim() ? null : []));
    wait(!known);
    wall.dataset.old = String(!known);
    if (known) drawWall(sentence, picture);
    el.dataset.pending = String(Number(!known));
    el.dataset.failures = String(model.get("failures"));
  }

  function drawTokens(list) {
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

  function drawWall(sentence, picture) {
    const vector = vectors.get(sentence);
    const values = vector ? seenBy.map((one) => cosine(one, vector)) : pictures.map(() => null);
    const order = vector ? ranked(values) : values.map((_, i) => i);
    const [high, low] = vector ? [values[order[0]], values[order.at(-1)]] : [1, 0];
    tiles.forEach((tile, i) => {
      const [, line, value] = tile.firstElementChild.children;
      setBar(line, vector ? (values[i] - low) / (high - low || 1) : 0);
      setText(value, vector ? values[i].toFixed(3) : "–");
    });
    if (shown !== sentence) arrange(order);
    shown = sentence;
    const name = (i) => pictures[i].truth || pictures[i].name;
    setText(best, vector ? `Best of ${order.length}: ${name(order[0])}, cosine ${high.toFixed(3)}. Last: ${name(order.at(-1))}, ${low.toFixed(3)}.` : "Write a text, and the images sort themselves.");
    setText(followed, vector ? `You follow ${name(picture)}: place ${order.indexOf(picture) + 1}, cosine ${values[picture].toFixed(3)}.` : "");
    mark(order.indexOf(picture));
  }

  const { act, flush } = connect(model, machine, redraw, say);
  for (const name of ["new_texts", "new_vectors"]) model.on(`change:${name}`, () => (learn(), redraw()));
  model.on("change:tokens", redraw);

  learn();
  root(el, "wall").append(
    h("div", { class: "clipnb-tools" }, h("label", { class: "clipnb-sentence" }, "Text ", text), undo, reset),
    starters, tokens, status, best, followed, wall
  );
  redraw();
}

export { Machine, WALL, readable };
export default { render };

// @ts-check
// The first screen of the site: a text, its tokens, and eight images that sort themselves by it; then why the first of them leads. Stored examples are
// answered at once. The model is fetched when the reader writes a text of their own.

import { announcer } from "../../clipnb/widgets/common/announce.js";
import { bar, childrenOf, connect, decimal, h, keepChildren, redrawOn, root, setBar, setPending, setText, signed, statusLine, textEmbeddings } from "../../clipnb/widgets/common/common.js";
import { Machine, words } from "../../clipnb/widgets/common/document.js";
import { textEntry } from "../../clipnb/widgets/common/entry.js";
import { patience } from "../../clipnb/widgets/common/maps.js";
import { cosine, rowsIn } from "../../clipnb/widgets/common/scoring.js";
import { arrange, drawTiles, drawTokens, makeTile, toldRange } from "../../clipnb/widgets/wall/page.js";
import { MARK, packed } from "./address.js";
import { ranking } from "./notebook.js";
import { register } from "./page_kernel.js";
import { FIRST_LINK as link } from "./states.js";

const MOST_WORDS = 40; // of a text whose words are left out one by one

/** @type {(settings: WallSettings) => Rules<FirstDocument, FirstActions, "sentence">} */
const FIRST = ({ longest }) => ({
  edited: ["sentence"],
  merged: ["write"],
  actions: {
    write: (document, { text }) => (document.sentence = words(text, longest)),
    ask: (document, { why }) => (document.why = why === true),
  },
});

/** The words of a text. @param {string} text */
const wordsOf = (text) => text.split(/\s+/).filter(Boolean).slice(0, MOST_WORDS);

/**
 * The text without its first word, without its second, and so on.
 *
 * @param {string} text
 */
export function withoutAWord(text) {
  const all = wordsOf(text);
  return all.map((_, i) => all.filter((_, k) => k !== i).join(" "));
}

/**
 * The texts whose embeddings the page needs now.
 *
 * @param {FirstDocument} document
 */
const neededBy = ({ sentence, why }) => (sentence.trim() ? [sentence, ...(why ? withoutAWord(sentence) : [])] : []);

// -- what Python would answer ---------------------------------------------------------------------------------------------------

/** @param {Model<FirstTraits>} model */
const missing = (model) => {
  const known = new Set([...model.get("texts"), ...(model.get("new_texts") ?? [])]);
  return [...new Set(neededBy(model.get("document")))].filter((text) => !known.has(text));
};

/** @param {Asked<FirstTraits>} asked */
async function answer({ model, clip }) {
  const { sentence: text } = model.get("document");
  if (text.trim() && !model.get("tokens")[text]) model.set("tokens", { ...model.get("tokens"), [text]: clip.tokens(text) });
  const wanted = missing(model);
  if (!wanted.length) return;
  const rows = await clip.encodeTexts(wanted);
  const all = new Float32Array(rows.length * clip.dim);
  rows.forEach((row, i) => all.set(row, i * clip.dim));
  model.set({ new_texts: wanted, new_vectors: new DataView(all.buffer) }); // the page keeps those from before
}

// -- why one image leads --------------------------------------------------------------------------------------------------------

/**
 * What each word adds to the lead of one image over another: the lead minus the lead without the word.
 *
 * @param {string} text
 * @param {(text: string) => Embedding | undefined} embeddingOf
 * @param {Embedding} first
 * @param {Embedding} second
 * @returns {{ lead: number, words: { word: string, adds: number }[] } | null} null until all embeddings are there
 */
export function leadByWords(text, embeddingOf, first, second) {
  const lead = (/** @type {string} */ one) => {
    const embedding = embeddingOf(one);
    return embedding ? cosine(embedding, first) - cosine(embedding, second) : NaN;
  };
  const whole = lead(text);
  const parts = withoutAWord(text).map((rest, i) => ({ word: wordsOf(text)[i], adds: whole - lead(rest) }));
  return Number.isNaN(whole) || parts.some(({ adds }) => Number.isNaN(adds)) ? null : { lead: whole, words: parts };
}

function makeWhy() {
  const [told, list] = [h("p"), h("ul", { class: "clipnb-words" })];
  const element = h("div", { class: "clipnb-why", id: "clipnb-first-why" }, told, list);
  /**
   * @param {ReturnType<typeof leadByWords>} why
   * @param {string} first
   * @param {string} second
   */
  function redraw(why, first, second) {
    setText(told, why ? `“${first}” leads “${second}” by ${why.lead.toFixed(3)}. Each word is left out once: a bar says how much of the lead goes with it.` : "The model reads the text without each of its words …");
    if (!why) return keepChildren(list, 0, () => h("li"));
    const reach = Math.max(1e-9, ...why.words.map(({ adds }) => Math.abs(adds)));
    keepChildren(list, why.words.length, () => h("li", {}, h("span", { class: "clipnb-text" }), bar(), h("span", { class: "clipnb-value" })));
    why.words.forEach(({ word, adds }, i) => {
      const [name, line, value] = childrenOf(list.children[i]);
      setText(name, word);
      setBar(line, Math.abs(adds) < 0.0005 ? 0 : adds / reach / 2);
      setText(value, signed(adds));
    });
  }
  return { element, redraw };
}

// -- the page -------------------------------------------------------------------------------------------------------------------

/**
 * @param {FirstTraits["settings"]} settings
 * @param {ImageEntry[]} images
 * @param {Act<FirstActions>} act
 */
function makeView(settings, images, act) {
  const entry = textEntry(settings, "Examples", act);
  const tokens = h("ol", { class: "clipnb-chips", aria: { label: "Tokens of the text, with their numbers" } });
  const tiles = images.map(makeTile);
  tiles.forEach((tile) => tile.replaceChildren(h("div", {}, ...childrenOf(childrenOf(tile)[0])))); // nothing to press
  const wall = h("ol", { class: "clipnb-wall", aria: { label: "Images, the best first" } }, ...tiles);
  const best = h("p", { class: "clipnb-told" });
  const range = h("p", { class: "clipnb-told clipnb-range" });
  const ask = h("button", { type: "button", aria: { controls: "clipnb-first-why" }, onclick: () => act({ do: "ask", why: ask.getAttribute("aria-expanded") !== "true" }) }, "why?");
  return { entry, tokens, tiles, wall, best, range, ask, why: makeWhy() };
}

/** @param {Place<FirstTraits>} place */
function render({ model, el }) {
  const [settings, images] = [model.get("settings"), model.get("pictures")];
  const machine = new Machine(model.get("document"), FIRST(settings));
  const offered = rowsIn(model.get("picture_vectors"), settings.dim);
  const { embeddings, learn } = textEmbeddings(model, settings.dim);
  const status = statusLine();
  const wait = patience(model, status);
  const { act, flush } = connect(model, machine, redraw, status);
  const [view, spoken] = [makeView(settings, images, act), announcer()];
  const name = (/** @type {number} */ i) => images[i].truth || images[i].name;
  /** @type {string | null} */
  let shown = null;

  /** “See inside” shows the text that is written here. @param {string} sentence */
  async function pass(sentence) {
    /** @type {HTMLAnchorElement | null} */
    const link = document.querySelector('.first-buttons a[href*="live_inside"]');
    if (link) link.href = link.href.split("#")[0] + (sentence.trim() ? MARK + (await packed({ p: "inside", d: { sentence } })) : "");
  }

  function redraw() {
    const { sentence: text, why } = machine.document;
    pass(text);
    const isKnown = !text.trim() || embeddings.has(text);
    view.entry.show(text);
    drawTokens(view.tokens, model.get("tokens")[text] ?? (text.trim() ? null : []));
    wait(!isKnown);
    view.wall.dataset.old = String(!isKnown);
    if (isKnown) sort(text, why);
    spoken.tell(isKnown ? [view.best.textContent] : null);
    view.ask.setAttribute("aria-expanded", String(why));
    view.why.element.hidden = !why || !text.trim();
    setPending(el, model, neededBy(machine.document).filter((one) => !embeddings.has(one)).length);
  }

  /**
   * @param {string} text
   * @param {boolean} why
   */
  function sort(text, why) {
    const embedding = embeddings.get(text);
    const cosines = embedding ? offered.map((one) => cosine(one, embedding)) : null;
    const order = drawTiles(view.tiles, cosines, settings.nonsense);
    const [first, second] = order;
    if (shown !== text) arrange(view, order, el.isConnected);
    shown = text;
    view.ask.hidden = !cosines;
    if (!cosines) return setText(view.best, "Write a text, and the images sort themselves."), setText(view.range, "");
    view.best.replaceChildren("Best match: ", h("strong", {}, name(first)), `, cosine similarity ${decimal(cosines[first], 3)}. Next: ${name(second)}, ${decimal(cosines[second], 3)}.`);
    setText(view.range, cosines[first] > settings.nonsense[1] ? "" : toldRange(cosines[first], settings.nonsense));
    if (why) view.why.redraw(leadByWords(text, (one) => embeddings.get(one), offered[first], offered[second]), name(first), name(second));
  }

  view.entry.hear(flush, redraw);
  redrawOn(model, ["new_texts", "new_vectors"], () => (learn(), redraw()));
  redrawOn(model, ["tokens"], redraw);
  root(el, "wall").classList.add("clipnb-first-screen");
  el.append(view.entry.field, view.entry.starters, view.tokens, view.wall, h("div", { class: "clipnb-answer" }, view.best, view.ask), view.why.element, view.range, status, spoken.element);
  redraw();
}

const alone = "The examples work without the model; a text of your own needs it.";
register("first", { render, answer, alone, link, code: ranking, isNeeded: ({ model }) => missing(model).length > 0 });

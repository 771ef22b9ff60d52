// @ts-check
// The token and patch inspector: the twin of state.py, and its page.

import { announcer } from "../common/announce.js";
import { bar, capital, childrenOf, connect, decimal, editButtons, h, imageStrip, keepChildren, percent, redrawOn, root, setBar, setPending, setSource, setText, setValue, statusLine } from "../common/common.js";
import { index, Machine, Refusal, same, words } from "../common/document.js";
import { patchName, patience, roving, tint } from "../common/maps.js";

const ASKS = ["sentence", "word"];

/** @type {(total: number, settings: InspectorSettings) => Rules<InspectorDocument, InspectorActions, "sentence">} */
const INSPECTOR = (total, { tokens, patches, longest }) => ({
  edited: ["sentence"],
  merged: ["write"],
  actions: {
    display: (document, { what }) => {
      if (!ASKS.includes(what)) throw new Refusal(`The patches answer to the ${ASKS.join(" or the ")}, not to ${what}.`);
      document.show = what;
    },
    choose: (document, { picture }) => (document.picture = index(picture, total, "image")),
    write: (document, { text }) => (document.sentence = words(text, longest)),
    pick: (document, { token }) => (document.token = index(token, tokens, "token")),
    look: (document, { patch }) => (document.patch = index(patch, patches, "patch")),
  },
});

// -- the parts of the page ----------------------------------------------------------------------------------------------------

/**
 * The text and its tokens.
 *
 * @typedef {ReturnType<typeof makeText>} TextView
 *
 * @param {Act<InspectorActions>} act
 * @param {() => void} leave
 */
function makeText(act, leave) {
  const field = h("input", { type: "text", spellcheck: false, oninput: () => act({ do: "write", text: field.value }, true), onblur: leave });
  const tokens = h("div", { class: "clipnb-tokens", role: "group", aria: { label: "Tokens of the text; arrow keys move" } });
  return { field, tokens, cosine: h("span", { class: "clipnb-value" }), about: h("p") };
}

/**
 * What the patches answer to: the whole text, or one word of it.
 *
 * @param {Act<InspectorActions>} act
 */
function makeAsks(act) {
  const group = `asks-${Math.random().toString(36).slice(2)}`;
  const radios = ASKS.map((what) => h("input", { type: "radio", name: group, onchange: () => act({ do: "display", what }) }));
  const word = h("span");
  const element = h(
    "fieldset", { class: "clipnb-asks" }, h("legend", {}, "Colour the patches by their relevance for"),
    h("label", {}, radios[0], " the whole text"), h("label", {}, radios[1], word)
  );
  return { element, radios, word };
}

/**
 * The image twice: as the model sees it, and with the relevance of its patches; and one patch, enlarged.
 *
 * @typedef {ReturnType<typeof makePatches>} PatchesView
 */
function makePatches() {
  const [seen, frame] = [h("img", { class: "clipnb-pixels" }), h("div", { class: "clipnb-frame" })];
  const under = h("img", { class: "clipnb-pixels clipnb-pale", alt: "" });
  const grid = h("div", { class: "clipnb-grid", role: "group", aria: { label: "Patches of the image; arrow keys move" } });
  const [left, right] = [h("div", { class: "clipnb-sight" }, seen, frame), h("div", { class: "clipnb-sight" }, under, grid)];
  const large = h("div", { class: "clipnb-large", role: "img" });
  const about = h("p");
  const element = h(
    "div", { class: "clipnb-top" }, h("figure", {}, left, h("figcaption", {}, "what the model sees")),
    h("figure", {}, right, h("figcaption", {}, "relevance of the patches")), h("div", { class: "clipnb-patch" }, large, about)
  );
  return { element, seen, frame, under, grid, left, right, large, about };
}

// -- what is in view ----------------------------------------------------------------------------------------------------------

/**
 * The number of the token in view: a place behind the end of a short text means its last.
 *
 * @param {InspectorDocument} document
 * @param {InspectorSeen} parts
 */
const shownToken = (document, parts) => Math.min(document.token, parts.tokens.length - 1);

/**
 * The word that the patches answer to by itself, as its number and its text; null for the whole text.
 *
 * @param {InspectorDocument} document
 * @param {InspectorSeen} parts
 */
function askedWord(document, parts) {
  const { word } = parts.tokens[shownToken(document, parts)];
  return document.show === "word" && word !== null ? { number: word, text: parts.words[word] } : null;
}

// -- from numbers to the page -------------------------------------------------------------------------------------------------

/**
 * @param {TextView} view
 * @param {InspectorSeen} parts
 * @param {number} chosen
 * @param {number} longest tokens that the model reads
 */
function drawTokens({ tokens, cosine, about }, parts, chosen, longest) {
  const most = Math.max(1e-9, ...parts.tokens.map((token) => token.share));
  keepChildren(tokens, parts.tokens.length, () =>
    h("button", { type: "button" }, h("span", { class: "clipnb-text" }), h("code"), h("span", { class: "clipnb-id" }), bar(), h("span", { class: "clipnb-unseen" }))
  );
  parts.tokens.forEach((token, i) => {
    const [shown, piece, id, line, words] = childrenOf(tokens.children[i]);
    setText(shown, token.text || "·");
    setText(piece, token.piece);
    setText(id, token.part ? `${token.id} · byte ${token.part}` : String(token.id));
    setBar(line, token.share / most);
    setText(words, `, ${percent(token.share)} of the relevance`);
  });
  setText(cosine, `cosine with the image ${decimal(parts.cosine, 3)}${parts.cut ? `; cut after ${longest} tokens` : ""}`);
  setText(about, tellToken(parts, parts.tokens[chosen]));
}

/**
 * @param {InspectorSeen} parts
 * @param {InspectorToken} token
 */
function tellToken(parts, token) {
  const spoken = parts.tokens.filter((one) => one.text).length;
  if (!token.text) return `${token.piece} is number ${token.id} of the vocabulary. It stands for no text: it marks where the text begins or ends.`;
  const bytes = token.part ? ` It holds ${token.part} of the character's bytes, since the vocabulary has no piece for all of it.` : "";
  const pieces = parts.tokens.filter((one) => one.word === token.word).length;
  const of = pieces > 1 ? `, one of ${pieces} pieces of its word` : "";
  return `“${token.text}” is number ${token.id} of the vocabulary (${token.piece})${of}.${bytes} It has ${percent(token.share)} of the relevance of all tokens; an even share would be ${percent(1 / spoken)}.`;
}

/**
 * The patches in the colours of a map.
 *
 * @param {PatchesView} view
 * @param {InspectorSeen} parts
 * @param {number[]} map
 */
function drawGrid({ seen, under, grid, left, right }, { rows, columns, uri, width, height }, map) {
  const most = Math.max(1e-9, ...map);
  for (const image of [seen, under]) setSource(image, uri);
  seen.alt = `What the model sees: ${width} × ${height} pixels, in ${rows} × ${columns} patches`;
  for (const side of [left, right]) {
    side.style.setProperty("--rows", String(rows));
    side.style.setProperty("--columns", String(columns));
  }
  keepChildren(grid, rows * columns, () => h("button", { type: "button" }));
  const tiles = childrenOf(grid);
  map.forEach((share, i) => {
    tiles[i].style.background = tint(share / most);
    tiles[i].setAttribute("aria-label", `${patchName(i, columns)}: ${percent(share)}`);
  });
}

/**
 * The chosen patch: its frame, itself, and its numbers.
 *
 * @param {PatchesView} view
 * @param {InspectorSeen} parts
 * @param {number} patch
 * @param {number[]} map
 * @param {string} asked
 */
function drawPatch({ frame, large, about }, { rows, columns, uri, width, height }, patch, map, asked) {
  const [row, column] = [Math.floor(patch / columns), patch % columns];
  Object.assign(frame.style, { left: `${(100 * column) / columns}%`, top: `${(100 * row) / rows}%`, width: `${100 / columns}%`, height: `${100 / rows}%` });
  large.style.backgroundImage = `url("${uri}")`;
  large.style.backgroundSize = `${100 * columns}% ${100 * rows}%`;
  large.style.backgroundPosition = `${columns > 1 ? (100 * column) / (columns - 1) : 0}% ${rows > 1 ? (100 * row) / (rows - 1) : 0}%`;
  const [wide, high] = [Math.floor(width / columns), Math.floor(height / rows)];
  large.setAttribute("aria-label", "The chosen patch, enlarged");
  setText(
    about,
    `${capital(patchName(patch, columns))} of ${rows} × ${columns}, all counted from 0; ${wide} × ${high} pixels, ${3 * wide * high} numbers. For ${asked} it has ${percent(map[patch])} of the relevance of all patches; an even share would be ${percent(1 / map.length)}.`
  );
}

/** @param {Place<InspectorTraits>} place */
function render({ model, el }) {
  const settings = model.get("settings");
  const machine = new Machine(model.get("document"), INSPECTOR(model.get("total"), settings));
  const status = statusLine();
  const wait = patience(model, status);
  const { act, flush } = connect(model, machine, redraw, status);
  const strip = imageStrip(model, (picture) => act({ do: "choose", picture }));
  const text = makeText(act, leave);
  const [buttons, asks, patches, spoken] = [editButtons(act), makeAsks(act), makePatches(), announcer()];
  const inView = () => shownToken(machine.document, model.get("seen"));
  const markToken = roving(text.tokens, () => Infinity, (token) => token !== inView() && act({ do: "pick", token }));
  const markPatch = roving(patches.grid, () => model.get("seen").columns, (patch) => patch !== machine.document.patch && act({ do: "look", patch }));

  function leave() {
    flush();
    setTimeout(redraw);
  }

  function redraw() {
    const [document, parts] = [machine.document, model.get("seen")];
    const isMissing = !same(parts.key, [document.picture, document.sentence]);
    strip.redraw(document.picture);
    setValue(text.field, document.sentence);
    drawTokens(text, parts, inView(), settings.tokens);
    markToken(inView());
    drawPatches(document, parts);
    spoken.tell(isMissing ? null : [text.cosine, text.about, patches.about].map((one) => one.textContent));
    asks.radios.forEach((radio, i) => (radio.checked = ASKS[i] === document.show));
    buttons.redraw(machine);
    wait(isMissing);
    for (const part of [text.tokens, patches.left, patches.right]) part.dataset.old = String(isMissing);
    setPending(el, model, Number(isMissing));
  }

  /**
   * @param {InspectorDocument} document
   * @param {InspectorSeen} parts
   */
  function drawPatches(document, parts) {
    const { word } = parts.tokens[inView()];
    const asked = askedWord(document, parts);
    const map = parts.maps[asked ? asked.number + 1 : 0];
    setText(asks.word, word === null ? " the chosen word by itself" : ` “${parts.words[word]}” by itself`);
    drawGrid(patches, parts, map);
    markPatch(document.patch);
    drawPatch(patches, parts, document.patch, map, asked ? `“${asked.text}”` : "the text");
  }

  redrawOn(model, ["seen"], redraw);
  root(el, "inspector").append(
    strip.element,
    h("div", { class: "clipnb-tools" }, h("label", { class: "clipnb-entry" }, "Text ", text.field), buttons.undo, buttons.reset, text.cosine),
    status, text.tokens, text.about, asks.element, patches.element, spoken.element
  );
  redraw();
}

export { Machine, INSPECTOR };
export default { render };

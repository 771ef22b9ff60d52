// @ts-check
// The token and patch inspector: the twin of state.py, and its page.

import { bar, childrenOf, connect, h, keepChildren, percent, pictureStrip, root, setBar, setText, setValue } from "../common/common.js";
import { index, Machine, Refusal, same, words } from "../common/document.js";
import { patience, roving, tint } from "../common/maps.js";

const ASKS = ["sentence", "word"];

function display(document, { what }) {
  if (!ASKS.includes(what)) throw new Refusal(`The patches answer to the ${ASKS.join(" or the ")}, not to ${what}.`);
  document.show = what;
}

const INSPECTOR = (total, { tokens, patches, longest }) => ({
  edited: ["sentence"],
  merged: ["write"],
  actions: {
    display,
    choose: (document, { picture }) => (document.picture = index(picture, total, "image")),
    write: (document, { text }) => (document.sentence = words(text, longest)),
    pick: (document, { token }) => (document.token = index(token, tokens, "token")),
    look: (document, { patch }) => (document.patch = index(patch, patches, "patch")),
  },
});

/** @param {{ model: import("../common/common.js").Model, el: HTMLElement }} place */
function render({ model, el }) {
  const settings = model.get("settings");
  const machine = new Machine(model.get("document"), INSPECTOR(model.get("total"), settings));
  const status = h("p", { class: "clipnb-status", role: "status", aria: { live: "polite" } });
  const say = (sentence) => setText(status, sentence);
  const wait = patience(model, status, say);

  // -- the parts of the page ------------------------------------------------------------------------------------------------

  const strip = pictureStrip(model, (chosen) => act({ do: "choose", picture: chosen }));
  const text = h("input", { type: "text", spellcheck: false, oninput: () => act({ do: "write", text: text.value }, true), onblur: leave });
  const undo = h("button", { type: "button", onclick: () => act({ do: "undo" }) }, "Undo");
  const reset = h("button", { type: "button", onclick: () => act({ do: "reset" }) }, "Reset");
  const tokens = h("div", { class: "clipnb-tokens", role: "group", aria: { label: "Tokens of the text; arrow keys move" } });
  const cosine = h("span", { class: "clipnb-value" });
  const aboutToken = h("p", { role: "status", aria: { live: "polite" } });
  const group = `asks-${Math.random().toString(36).slice(2)}`;
  const asks = ASKS.map((what) => h("input", { type: "radio", name: group, onchange: () => act({ do: "display", what }) }));
  const wordText = h("span");
  const asking = h(
    "fieldset", { class: "clipnb-asks" }, h("legend", {}, "Colour the patches by their relevance for"),
    h("label", {}, asks[0], " the whole text"), h("label", {}, asks[1], wordText)
  );
  const [seen, frame] = [h("img", { class: "clipnb-pixels" }), h("div", { class: "clipnb-frame" })];
  const [under, grid] = [h("img", { class: "clipnb-pixels clipnb-pale", alt: "" }), h("div", { class: "clipnb-grid", role: "group", aria: { label: "Patches of the image; arrow keys move" } })];
  const [left, right] = [h("div", { class: "clipnb-sight" }, seen, frame), h("div", { class: "clipnb-sight" }, under, grid)];
  const large = h("div", { class: "clipnb-large", role: "img" });
  const aboutPatch = h("p", { role: "status", aria: { live: "polite" } });

  const markToken = roving(tokens, () => Infinity, (token) => token !== shownToken() && act({ do: "pick", token }));
  const markPatch = roving(grid, () => model.get("seen").columns, (patch) => patch !== machine.document.patch && act({ do: "look", patch }));

  function leave() {
    flush();
    setTimeout(redraw);
  }

  /** A place behind the end of a short text means its last token. */
  const shownToken = () => Math.min(machine.document.token, model.get("seen").tokens.length - 1);

  // -- from numbers to the page ---------------------------------------------------------------------------------------------

  function redraw() {
    const [document, parts] = [machine.document, model.get("seen")];
    const missing = !same(parts.key, [document.picture, document.sentence]);
    strip.redraw(document.picture);
    setValue(text, document.sentence);
    drawTokens(parts);
    drawPatches(document, parts);
    asks.forEach((radio, i) => (radio.checked = ASKS[i] === document.show));
    undo.disabled = !machine.past.length;
    reset.disabled = same(machine.kept(), machine.first);
    wait(missing);
    for (const part of [tokens, left, right]) part.dataset.old = String(missing);
    el.dataset.pending = String(Number(missing));
    el.dataset.failures = String(model.get("failures"));
  }

  function drawTokens(parts) {
    const most = Math.max(1e-9, ...parts.tokens.map((token) => token.share));
    keepChildren(tokens, parts.tokens.length, () =>
      h("button", { type: "button" }, h("span", { class: "clipnb-text" }), h("code"), h("span", { class: "clipnb-id" }), bar())
    );
    parts.tokens.forEach((token, i) => {
      const [shown, piece, id, line] = tokens.children[i].children;
      setText(shown, token.text || "·");
      setText(piece, token.piece);
      setText(id, token.part ? `${token.id} · byte ${token.part}` : String(token.id));
      setBar(line, token.share / most);
      tokens.children[i].setAttribute("aria-label", `${token.text || token.piece}, number ${token.id}, ${percent(token.share)} of the relevance`);
    });
    markToken(shownToken());
    setText(cosine, `cosine with the image ${parts.cosine.toFixed(3)}${parts.cut ? `; cut after ${settings.tokens} tokens` : ""}`);
    setText(aboutToken, tellToken(parts, parts.tokens[shownToken()]));
  }

  function tellToken(parts, token) {
    const spoken = parts.tokens.filter((one) => one.text).length;
    if (!token.text) return `${token.piece} is number ${token.id} of the vocabulary. It stands for no text: it marks where the text begins or ends.`;
    const bytes = token.part ? ` It holds ${token.part} of the character's bytes, since the vocabulary has no piece for all of it.` : "";
    const pieces = parts.tokens.filter((one) => one.word === token.word).length;
    const of = pieces > 1 ? `, one of ${pieces} pieces of its word` : "";
    return `“${token.text}” is number ${token.id} of the vocabulary (${token.piece})${of}.${bytes} It has ${percent(token.share)} of the relevance of all tokens; an even share would be ${percent(1 / spoken)}.`;
  }

  function drawPatches(document, parts) {
    const { rows, columns, uri } = parts;
    const token = parts.tokens[shownToken()];
    const alone = document.show === "word" && token.word !== null;
    const map = parts.maps[alone ? token.word + 1 : 0];
    const most = Math.max(1e-9, ...map);
    setText(wordText, token.word === null ? " the chosen word by itself" : ` “${parts.words[token.word]}” by itself`);
    for (const image of [seen, under]) if (image.src !== uri) image.src = uri;
    seen.alt = `What the model sees: ${parts.width} × ${parts.height} pixels, in ${rows} × ${columns} patches`;
    for (const side of [left, right]) side.style.setProperty("--rows", rows), side.style.setProperty("--columns", columns);
    keepChildren(grid, rows * columns, () => h("button", { type: "button" }));
    const tiles = childrenOf(grid);
    map.forEach((share, i) => {
      tiles[i].style.background = tint(share / most);
      tiles[i].setAttribute("aria-label", `patch ${i}, row ${Math.floor(i / columns)}, column ${i % columns}: ${percent(share)}`);
    });
    markPatch(document.patch);
    const [row, column] = [Math.floor(document.patch / columns), document.patch % columns];
    Object.assign(frame.style, { left: `${(100 * column) / columns}%`, top: `${(100 * row) / rows}%`, width: `${100 / columns}%`, height: `${100 / rows}%` });
    large.style.backgroundImage = `url("${uri}")`;
    large.style.backgroundSize = `${100 * columns}% ${100 * rows}%`;
    large.style.backgroundPosition = `${columns > 1 ? (100 * column) / (columns - 1) : 0}% ${rows > 1 ? (100 * row) / (rows - 1) : 0}%`;
    const [wide, high] = [Math.floor(parts.width / columns), Math.floor(parts.height / rows)];
    large.setAttribute("aria-label", "The chosen patch, enlarged");
    const asked = alone ? `“${parts.words[token.word]}”` : "the text";
    setText(
      aboutPatch,
      `Patch ${document.patch}: row ${row}, column ${column} of ${rows} × ${columns}, all counted from 0; ${wide} × ${high} pixels, ${3 * wide * high} numbers. For ${asked} it has ${percent(map[document.patch])} of the relevance of all patches; an even share would be ${percent(1 / map.length)}.`
    );
  }

  const { act, flush } = connect(model, machine, redraw, say);
  model.on("change:seen", redraw);

  root(el, "inspector").append(
    strip.element,
    h("div", { class: "clipnb-tools" }, h("label", { class: "clipnb-sentence" }, "Text ", text), undo, reset, cosine),
    status, tokens, aboutToken, asking,
    h("div", { class: "clipnb-top" }, h("figure", {}, left, h("figcaption", {}, "what the model sees")), h("figure", {}, right, h("figcaption", {}, "relevance of the patches")), h("div", { class: "clipnb-patch" }, large, aboutPatch))
  );
  redraw();
}

export { Machine, INSPECTOR };
export default { render };

// @ts-check
// The live creature designer: what Python answers it in a notebook. Drawings are composed here (art.js), rasterised by resvg as in Python, and named by
// the model in the page; a creature that is marked as a species is named from stored embeddings, before the model is there.

import creature, { CREATURE, Machine } from "../../clipnb/widgets/creature/page.js";
import { Refusal } from "../../clipnb/widgets/common/document.js";
import { toSvg } from "./art.js";
import { opinionOf, truth } from "./opinion.js";
import { bytesOf } from "./model.js";
import { python } from "./notebook.js";
import { attributesOf, element, live, messageOf, register, stageOf } from "./page_kernel.js";
import { CREATURE_LINK, isObject, ODD } from "./states.js";

const MOST_KEPT = 500; // embeddings of creatures

/**
 * What is known of a kind: its drawing, its candidates with their embeddings, and the creatures that have an embedding.
 *
 * @typedef {object} Guide
 * @property {import("./opinion.js").About} about
 * @property {Pose} pose
 * @property {Drawing} art
 * @property {Record<string, string>} colours
 * @property {Map<string, Embedding>} embeddings by keyOf a creature
 *
 * @typedef {Pick<CreatureDocument, "marks" | "habitat">} Creature
 */

/** @type {Map<string, Guide>} by the name of a kind */
const guides = new Map();

/** @param {Creature} creature */
const keyOf = ({ marks, habitat }) => JSON.stringify([Object.entries(marks).sort(), habitat]);

/** @param {LiveModel<LiveCreatureTraits>} model */
function guideOf(model) {
  const kind = model.get("kind");
  const guide = guides.get(kind.name) ?? makeGuide(kind, model.get("settings"));
  guides.set(kind.name, guide);
  return guide;
}

/**
 * @param {KindOfCreature} kind
 * @param {CreatureSettings} settings
 * @returns {Guide}
 */
function makeGuide({ name, dim, scale, parts, classes, species, pose, art }, settings) {
  const rows = (/** @type {string} */ text) => {
    const all = new Float32Array(bytesOf(text));
    return Array.from({ length: all.length / dim }, (_, i) => all.subarray(i * dim, (i + 1) * dim));
  };
  const images = rows(species);
  const about = { kind: name, parts, scale, species: settings.species, images, classes: classes.map((one) => ({ ...one, embeddings: rows(one.embeddings) })) };
  return { about, pose, art, colours: settings.colours, embeddings: new Map(settings.species.map((one, i) => [keyOf(one), images[i]])) };
}

/**
 * The image as in the notebook: one figure, in its place, in plain light and in the palette's exact colours.
 *
 * @param {Guide} guide
 * @param {Creature} creature
 */
function svgOf({ art, pose, colours }, { marks, habitat }) {
  const slots = Object.keys(marks).filter((slot) => slot.endsWith("_colour"));
  const paint = Object.fromEntries(slots.map((slot) => [slot.slice(0, -"_colour".length), colours[marks[slot]]]));
  return toSvg({ marks, colours: paint, habitat, poses: [pose], mood: ["#ffffff", 0], mirrored: false }, art, live.habitats);
}

/**
 * Draw the creature; say what it is by the table; and what the model takes it for, if it has an embedding.
 *
 * @param {LiveModel<LiveCreatureTraits>} model
 * @param {Partial<CreatureOpinion>} [more]
 */
function look(model, more = {}) {
  const [guide, document] = [guideOf(model), structuredClone(model.get("document"))];
  const embedding = guide.embeddings.get(keyOf(document));
  const uri = `data:image/svg+xml,${svgOf(guide, document).replaceAll("%", "%25").replaceAll("#", "%23")}`;
  const drawn = { ...model.get("opinion"), ...truth(guide.about, document), uri, ...more };
  if (!embedding) return model.set("opinion", drawn);
  const named = { ...opinionOf(guide.about, document, embedding), marks: document.marks, habitat: document.habitat, asked: document.rival };
  model.set("opinion", { ...drawn, ...named, unseen: false });
}

/** @type {WeakSet<object>} models of creatures that the network answers */
const answered = new WeakSet();

/** @param {{ model: LiveModel<LiveCreatureTraits> }} asked */
const meanwhile = ({ model }) => look(model, { unseen: !answered.has(model) });

/**
 * Have the model look at the creature in view, unless it has been seen before.
 *
 * @param {Asked<LiveCreatureTraits>} asked
 */
async function answer({ model, clip }) {
  answered.add(model);
  const [{ embeddings, ...guide }, document] = [guideOf(model), structuredClone(model.get("document"))];
  const key = keyOf(document);
  if (!embeddings.has(key)) {
    const draw = await loadResvg();
    const [embedding] = await clip.encodeImages([draw(svgOf({ embeddings, ...guide }, document))]);
    const [oldest] = embeddings.keys();
    if (embeddings.size >= MOST_KEPT) embeddings.delete(oldest);
    embeddings.set(key, embedding);
  }
  look(model); // if the reader has gone on meanwhile, the kernel asks again
}

/** @type {URL | undefined} where the scripts of the page lie; known from when it is shown */
let here;

async function loadResvg() {
  /** @type {typeof import("./rasterise.js")} */
  const { loadRasteriser } = await import(new URL("rasterise.js", here).href);
  return loadRasteriser();
}

/**
 * The choice of a kind: radio buttons, so that arrow keys move. Every kind stays as it was left.
 *
 * @param {LivePlace<LiveCreatureTraits>} page
 */
function extras({ place, visit, here: folder }) {
  here = folder;
  if (location.protocol !== "file:" && typeof WebAssembly === "object") loadResvg().catch(() => {}); // beside the model, not after it
  const { kind: first, kinds } = attributesOf(place);
  const note = element("p", { className: "clipnb-live-note" });
  note.setAttribute("role", "status");
  const choose = async (/** @type {string} */ kind) => {
    note.textContent = "";
    await visit(`creature-${kind}`).catch((error) => void (note.textContent = messageOf(error)));
  };
  const group = element("fieldset", { className: "clipnb-live-kinds" }, element("legend", { textContent: "Kind" }));
  const radios = kinds.map((kind) => element("input", { type: "radio", name: "clipnb-live-kind", value: kind, checked: kind === first, onchange: () => choose(kind) }));
  group.append(...radios.map((radio) => element("label", {}, radio, element("span", { textContent: radio.value }))));
  place.addEventListener("clipnb-visit", () => radios.forEach((radio) => (radio.checked = `creature-${radio.value}` === place.dataset.page)));
  stageOf(place).before(group, note);
}

/**
 * The creature that a link asks for, by the rules of the widget.
 *
 * @type {import("./states.js").Rule["restore"]}
 */
function restore({ marks, habitat, rival }, { document, settings }) {
  const machine = new Machine(/** @type {CreatureDocument} */ (document), CREATURE(settings));
  if (marks !== undefined && !isObject(marks)) throw new Refusal(ODD);
  for (const [of, value] of Object.entries(marks ?? {})) machine.act({ do: "set", of, value });
  if (habitat !== undefined) machine.act({ do: "settle", habitat });
  if (rival !== undefined) machine.act({ do: "against", of: rival });
  return machine.document;
}

/** @param {LiveModel<LiveCreatureTraits>} model */
function code(model) {
  const { marks, habitat } = model.get("document");
  const kind = python(model.get("kind").name);
  return ["import clipnb", "", "clip = clipnb.load_clip()  # the bundled model", `marks = ${python(marks)}`, "", `clipnb.widgets.design_creature(clip, ${kind}, marks=marks, habitat=${python(habitat)})`];
}

const alone = "Creatures are drawn all the same, and a species that you start from is named; any other needs the model.";
register("creature", { render: creature.render, answer, meanwhile, extras, alone, code, link: { ...CREATURE_LINK, restore } });

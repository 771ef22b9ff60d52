// @ts-check
// The live creature designer: what Python answers it in a notebook. Drawings are composed here (art.js), rasterised by resvg as in Python, and named by
// the model in the page; a creature that is marked as a species is named from stored embeddings, before the model is there.

import creature from "../../clipnb/widgets/creature/page.js";
import { toSvg } from "./art.js";
import { opinionOf, truth } from "./opinion.js";
import { bytesOf, element, live, register, script } from "./page_kernel.js";

const MOST_KEPT = 500; // embeddings of creatures
const guides = new Map(); // name of a kind → its guide

const keyOf = ({ marks, habitat }) => JSON.stringify([Object.entries(marks).sort(), habitat]);

/** What is known of a kind: its drawing, its candidates with their embeddings, and the creatures that have an embedding. */
function guideOf(model) {
  const { name, dim, scale, parts, classes, species, pose, art } = model.get("kind");
  if (!guides.has(name)) {
    const settings = model.get("settings");
    const rows = (text) => {
      const all = new Float32Array(bytesOf(text));
      return Array.from({ length: all.length / dim }, (_, i) => all.subarray(i * dim, (i + 1) * dim));
    };
    const stored = rows(species);
    const about = {
      kind: name,
      parts,
      scale,
      species: settings.species,
      images: stored,
      classes: classes.map((one) => ({ ...one, vectors: rows(one.vectors) })),
    };
    guides.set(name, { about, pose, art, colours: settings.colours, vectors: new Map(settings.species.map((one, i) => [keyOf(one), stored[i]])) });
  }
  return guides.get(name);
}

/** The image as in the notebook: one figure, in its place, in plain light and in the palette's exact colours. */
function svgOf({ art, pose, colours }, { marks, habitat }) {
  const slots = Object.keys(marks).filter((slot) => slot.endsWith("_colour"));
  const paint = Object.fromEntries(slots.map((slot) => [slot.slice(0, -"_colour".length), colours[marks[slot]]]));
  return toSvg({ marks, colours: paint, habitat, poses: [pose], mood: ["#ffffff", 0], mirrored: false }, art, live.habitats);
}

/** Draw the creature; say what it is by the table; and what the model takes it for, if it has an embedding. Returns whether it has. */
function look(model, more = {}) {
  const [guide, document] = [guideOf(model), structuredClone(model.get("document"))];
  const vector = guide.vectors.get(keyOf(document));
  const uri = `data:image/svg+xml,${svgOf(guide, document).replaceAll("%", "%25").replaceAll("#", "%23")}`;
  const drawn = { ...model.get("opinion"), ...truth(guide.about, document), uri, ...more };
  const named = vector && { ...opinionOf(guide.about, document, vector), marks: document.marks, habitat: document.habitat, asked: document.rival };
  model.set("opinion", { ...drawn, ...named, ...(named ? { unseen: false } : {}) });
  return Boolean(vector);
}

const meanwhile = ({ model }) => void look(model, { unseen: !model.live });

/** Have the model look at the creature in view, unless it has been seen before. */
async function answer({ model, clip }) {
  model.live = true;
  const [guide, document] = [guideOf(model), structuredClone(model.get("document"))];
  const key = keyOf(document);
  if (!guide.vectors.has(key)) {
    const draw = await loadResvg();
    const [vector] = await clip.encodeImages([draw(svgOf(guide, document))]);
    if (guide.vectors.size >= MOST_KEPT) guide.vectors.delete(guide.vectors.keys().next().value);
    guide.vectors.set(key, vector);
  }
  look(model); // if the reader has gone on meanwhile, the kernel asks again
}

let here = null;
const loadResvg = async () => (await import(new URL("rasterise.js", here).href)).loadRasteriser();

/** The choice of a kind: radio buttons, so that arrow keys move. Every kind stays as it was left. */
function extras({ place, show, here: folder }) {
  here = folder;
  if (location.protocol !== "file:" && typeof WebAssembly === "object") loadResvg().catch(() => {}); // beside the model, not after it
  const first = place.dataset.live.split("-")[1];
  const stage = () => place.querySelector(".clipnb-stage");
  const stages = new Map([[first, stage()]]);
  const note = element("p", { className: "clipnb-live-note" });
  note.setAttribute("role", "status");
  const group = element("fieldset", { className: "clipnb-live-kinds" }, element("legend", { textContent: "Kind" }));
  for (const kind of place.dataset.kinds.split(" ")) {
    const radio = element("input", { type: "radio", name: "clipnb-live-kind", value: kind, checked: kind === first, onchange: () => choose(kind) });
    group.append(element("label", {}, radio, element("span", { textContent: kind })));
  }
  let wanted = first;

  async function choose(kind) {
    wanted = kind;
    note.textContent = "";
    try {
      if (!live.pages[`creature-${kind}`]) await script(new URL(`pages/creature-${kind}.js`, folder), "This kind could not be loaded; try again.");
    } catch (error) {
      note.textContent = error.message;
    }
    if (wanted !== kind || !live.pages[`creature-${kind}`]) return;
    if (stages.has(kind)) stage().replaceWith(stages.get(kind));
    else {
      await show(live.pages[`creature-${kind}`]);
      stages.set(kind, stage());
      if (wanted !== kind) stage().replaceWith(stages.get(wanted) ?? stage());
    }
  }

  place.querySelector(".clipnb-stage").before(group, note);
}

const alone = "Creatures are drawn all the same, and a species that you start from is named; any other needs the model.";
register("creature", { render: creature.render, answer, meanwhile, extras, alone });

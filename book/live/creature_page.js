// Design a creature: the notebook's widget, with this page as its kernel. It draws with art.js, rasterises with resvg, and asks the model in the page.

import widget from "./widgets/creature.js";
import { toSvg } from "./art.js";
import { startModel } from "./live_status.js";
import { opinionOf, truth } from "./opinion.js";
import { acknowledge, fetchJson, pageModel, unpack } from "./page_model.js";
import { loadRasteriser } from "./rasterise.js";

const KINDS = ["bird", "butterfly", "beetle", "fish", "frog", "flower", "mushroom", "leaf"];
const ALONE = "Without it, creatures are drawn all the same, and a species that you start from is named; its results are stored.";
const MOST_KEPT = 500; // vectors of creatures

const keyOf = ({ marks, habitat }) => JSON.stringify([Object.entries(marks).sort(), habitat]);

/** The kernel of one kind: what the widget shows, and how to find the rest. */
class Kind {
  constructor(file, habitats) {
    const { settings, document } = file.traits;
    const rows = (text) => Array.from(split(unpack(text), file.dim));
    const classes = file.classes.map((one) => ({ ...one, vectors: rows(one.vectors) }));
    this.about = { kind: file.kind, parts: file.parts, species: settings.species, classes, scale: file.scale };
    Object.assign(this, { art: file.art, pose: file.pose, colours: settings.colours, habitats, machinery: null });
    const stored = rows(file.species);
    this.vectors = new Map(settings.species.map((one, i) => [keyOf(one), stored[i]]));
    this.model = pageModel({ ...file.traits, absent: "", opinion: this.#seen(document, file.traits.opinion) }, (message) => this.#answer(message));
    this.asked = 0;
  }

  scene({ marks, habitat }) {
    const slots = Object.keys(marks).filter((slot) => slot.endsWith("_colour"));
    const colours = Object.fromEntries(slots.map((slot) => [slot.slice(0, -"_colour".length), this.colours[marks[slot]]]));
    return { marks, colours, habitat, poses: [this.pose], mood: ["#ffffff", 0], mirrored: false };
  }

  svg(document) {
    return toSvg(this.scene(document), this.art, this.habitats);
  }

  /** An opinion with the drawing of a document and what it is by the table; its leaders may be of an older one. */
  #seen(document, opinion) {
    const uri = `data:image/svg+xml,${this.svg(document).replaceAll("%", "%25").replaceAll("#", "%23")}`;
    return { ...opinion, ...truth(this.about, document), uri };
  }

  #answer(message) {
    acknowledge(this.model, message);
    this.look();
  }

  /** Draw at once; then find the creature's vector, stored, kept or from the model, and say what it is taken for. */
  async look() {
    const document = structuredClone(this.model.get("document"));
    const ticket = (this.asked += 1);
    const drawn = this.#seen(document, this.model.get("opinion"));
    const key = keyOf(document);
    if (!this.vectors.has(key)) {
      this.model.set("opinion", { ...drawn, unseen: !this.machinery });
      if (!this.machinery) return;
      try {
        const vector = await this.machinery.see(this.svg(document));
        if (this.vectors.size >= MOST_KEPT) this.vectors.delete(this.vectors.keys().next().value);
        this.vectors.set(key, vector);
      } catch (error) {
        return this.model.set("problem", `The model could not look at this creature: ${error.message}`);
      }
      if (ticket !== this.asked) return; // the reader has gone on
    }
    const opinion = opinionOf(this.about, document, this.vectors.get(key));
    this.model.set("opinion", { ...drawn, ...opinion, unseen: false, marks: document.marks, habitat: document.habitat, asked: document.rival });
  }

  /** From now on the model looks. */
  wake(machinery) {
    this.machinery = machinery;
    this.look();
  }
}

function* split(all, dim) {
  for (let start = 0; start < all.length; start += dim) yield all.subarray(start, start + dim);
}

/** Put the page into `root`, whose stored results stand there until the first kind has been loaded. */
export async function start(root) {
  const shown = new Map(); // kind → {kernel, el}
  const habitats = fetchJson("habitats.json");
  let machinery = null;
  const { element: state, ready } = startModel(() => [loadRasteriser()], ALONE);
  const place = document.createElement("div");
  const problem = Object.assign(document.createElement("p"), { className: "live-problem" });
  problem.setAttribute("role", "alert");
  const group = picker(choose);

  async function choose(name) {
    root.dataset.kind = name;
    problem.textContent = "";
    try {
      if (!shown.has(name)) shown.set(name, Promise.all([fetchJson(`kinds/${name}.json`), habitats]).then(open));
      const { el } = await shown.get(name);
      if (root.dataset.kind === name) place.replaceChildren(el);
    } catch (error) {
      shown.delete(name);
      problem.textContent = error.message;
    }
  }

  function open([file, grounds]) {
    const kernel = new Kind(file, grounds);
    const el = document.createElement("div");
    widget.render({ model: kernel.model, el });
    el.model = kernel.model;
    if (machinery) kernel.wake(machinery);
    return { kernel, el };
  }

  const stored = root.firstElementChild;
  place.append(...(stored ? [stored] : []));
  root.replaceChildren(state, group, problem, place);
  await choose(KINDS[0]);
  const loaded = await ready;
  if (!loaded) return;
  const [clip, draw] = loaded;
  machinery = { see: async (svg) => (await clip.encodeImages([draw(svg)]))[0] };
  for (const one of shown.values()) one.then(({ kernel }) => kernel.wake(machinery), () => {});
  root.dataset.live = "true";
}

/** The eight kinds as radio buttons: arrow keys move. */
function picker(choose) {
  const group = document.createElement("fieldset");
  group.className = "live-kinds";
  group.append(Object.assign(document.createElement("legend"), { textContent: "Kind" }));
  for (const name of KINDS) {
    const radio = Object.assign(document.createElement("input"), { type: "radio", name: "live-kind", value: name, checked: name === KINDS[0] });
    radio.addEventListener("change", () => choose(name));
    const label = document.createElement("label");
    label.append(radio, Object.assign(document.createElement("span"), { textContent: name }));
    group.append(label);
  }
  return group;
}

// Made from book/live/creature_page.js by tests/javascript/bundle.py; sources 078a350468345402c2dc0b6ff69236aa5a4eeb015e0b11115b12a2f1295f83e2
(() => {
  // clipnb/widgets/common/document.js
  var Refusal = class extends Error {
  };
  function same(a, b) {
    if (a === b) return true;
    if (typeof a !== "object" || typeof b !== "object" || !a || !b || Array.isArray(a) !== Array.isArray(b)) return false;
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every((key) => key in b && same(a[key], b[key]));
  }
  function index(value, count, what) {
    if (!Number.isInteger(value) || value < 0 || value >= count) throw new Refusal(`There is no ${what} ${value}; there are ${count}, counted from 0.`);
    return value;
  }
  var Machine = class {
    /**
     * @param {any} document
     * @param {Rules} rules
     */
    constructor(document2, { actions, edited, merged }) {
      this.document = structuredClone(document2);
      this.actions = actions;
      this.edited = edited;
      this.merged = merged;
      this.past = [];
      this.place = null;
      this.first = this.kept();
    }
    kept() {
      return structuredClone(Object.fromEntries(this.edited.map((key) => [key, this.document[key]])));
    }
    /** @param {Action} action */
    act({ do: name, ...rest }) {
      if (name === "undo") return this.undo();
      if (name === "reset") return this.reset();
      const [kept, whole] = [this.kept(), structuredClone(this.document)];
      try {
        this.actions[name](this.document, rest);
      } catch (error) {
        this.document = whole;
        throw error;
      }
      if (!same(this.kept(), kept)) this.remember(kept, this.merged.includes(name) ? [name, rest.of, rest.row].join() : null);
    }
    undo() {
      if (this.past.length) Object.assign(this.document, this.past.pop());
      this.place = null;
    }
    reset() {
      const kept = this.kept();
      if (same(kept, this.first)) return;
      this.remember(kept, null);
      Object.assign(this.document, structuredClone(this.first));
    }
    remember(kept, place) {
      if (place === null || place !== this.place) this.past = [...this.past, kept].slice(-100);
      this.place = place;
    }
    /** Reset goes back to this, and so does undo: what is shown was edited before this page was made. */
    beginAt(first) {
      this.first = structuredClone(first);
      if (!same(this.kept(), first)) this.past = [structuredClone(first)];
    }
    /** The kernel's document, where it differs: somebody edited it in Python, or on another view. */
    adopt(document2) {
      const kept = this.kept();
      this.document = structuredClone(document2);
      if (!same(this.kept(), kept)) this.remember(kept, null);
    }
  };

  // clipnb/widgets/common/scoring.js
  function cosine(a, b) {
    let sum = 0;
    for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
    return sum;
  }
  function toProbabilities(scores, { scale, bias, sigmoid }) {
    const logits = scores.map((s) => s === null ? null : scale * s + bias);
    if (sigmoid) return logits.map((x) => x === null ? 0 : 1 / (1 + Math.exp(-x)));
    const top = Math.max(...logits.filter((x) => x !== null));
    const powers = logits.map((x) => x === null ? 0 : Math.exp(x - top));
    const sum = powers.reduce((a, b) => a + b, 0);
    return powers.map((x) => sum ? x / sum : 0);
  }
  function ranked(scores) {
    const place = (s) => s === null ? Infinity : -s;
    return scores.map((_, i) => i).sort((a, b) => place(scores[a]) === place(scores[b]) ? a - b : place(scores[a]) - place(scores[b]));
  }
  function pooled(rows) {
    return rows.length ? rows.reduce((sum, one) => sum + one.share * one.cosine, 0) : null;
  }
  function meanOf(vectors) {
    const sum = new Float64Array(vectors[0].length);
    for (const vector of vectors) for (let i = 0; i < sum.length; i++) sum[i] += vector[i];
    return sum.map((x) => x / vectors.length);
  }
  function difference(left, right) {
    if (!left.length || !right.length) return [];
    const middle = (pooled(left) + pooled(right)) / 2;
    const parts = (rows, side) => rows.map((one) => {
      const weight = (side ? -1 : 1) * one.share;
      return { ...one, side, contribution: weight * one.cosine, centred: weight * (one.cosine - (one.mean ?? middle)) };
    });
    return [...parts(left, 0), ...parts(right, 1)].sort((a, b) => b.centred - a.centred);
  }
  function usualMargin(left, right) {
    const usual = (rows) => rows.reduce((sum, one) => sum + one.share * (one.mean ?? 0), 0);
    return usual(left) - usual(right);
  }

  // clipnb/widgets/common/common.js
  var SILENT = "This needs a running kernel, and none has answered: run this cell in Jupyter.";
  var PATIENCE = 4e3;
  var PAUSE = 250;
  function h(tag, properties = {}, ...children) {
    const element2 = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (value === void 0 || value === null) continue;
      if (name === "class") element2.className = value;
      else if (name === "aria") for (const [key, text] of Object.entries(value)) element2.setAttribute(`aria-${key}`, text);
      else if (name === "data") Object.assign(element2.dataset, value);
      else if (name === "role" || name === "for") element2.setAttribute(name, value);
      else element2[name] = value;
    }
    element2.append(...children.filter((child) => child !== null && child !== void 0));
    return element2;
  }
  var childrenOf = (element2) => [...element2.children];
  function root(el, kind) {
    el.classList.add("clipnb", `clipnb-widget-${kind}`);
    el.dataset.lmSuppressShortcuts = "true";
    el.addEventListener("focusin", (event) => event.target.setAttribute("data-lm-suppress-shortcuts", "true"));
    el.addEventListener("keydown", (event) => event.stopPropagation());
    return el;
  }
  function setText(element2, text) {
    if (element2.textContent !== text) element2.textContent = text;
  }
  function keepChildren(parent, count, make) {
    while (parent.children.length > count) parent.lastElementChild.remove();
    while (parent.children.length < count) parent.append(make(parent.children.length));
  }
  function patient(model, status, words = SILENT) {
    const silent = model.get("absent") ?? words;
    let timer;
    return (missing) => {
      clearTimeout(timer);
      if (missing) timer = setTimeout(() => setText(status, silent), PATIENCE);
      else if (status.textContent === silent) setText(status, "");
    };
  }
  function connect(model, machine, redraw, say) {
    const view = Math.random().toString(36).slice(2);
    let [sent, waiting, timer] = [0, null, null];
    const behind = () => waiting !== null || (model.get("answered")[view] ?? 0) < sent;
    function post(action) {
      sent += 1;
      try {
        model.send({ ...action, view, serial: sent });
      } catch {
      }
    }
    function flush() {
      if (waiting === null) return;
      clearTimeout(timer);
      const action = waiting;
      waiting = null;
      post(action);
    }
    function act(action, later = false) {
      if (waiting && !(later && waiting.do === action.do && waiting.of === action.of && waiting.row === action.row)) flush();
      try {
        machine.act(action);
        say("");
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        say(error.message);
        redraw();
        return;
      }
      model.set("document", structuredClone(machine.document));
      if (later) {
        clearTimeout(timer);
        waiting = action;
        timer = setTimeout(flush, model.get("pause") ?? PAUSE);
      } else post(action);
      redraw();
    }
    function adopt() {
      if (behind() || same(model.get("document"), machine.document)) return;
      machine.adopt(model.get("document"));
      redraw();
    }
    const first = model.get("first");
    if (first && Object.keys(first).length) machine.beginAt(first);
    model.on("change:document", adopt);
    model.on("change:answered", () => (adopt(), redraw()));
    const problem = () => model.get("problem") && say(model.get("problem"));
    model.on("change:problem", problem);
    problem();
    post({ do: "hello" });
    return { act, flush, behind };
  }
  function bar() {
    return h("span", { class: "clipnb-bar", aria: { hidden: "true" } }, h("span", { class: "clipnb-fill" }));
  }
  function setBar(element2, share) {
    const fill2 = element2.firstElementChild;
    fill2.style.width = `${(100 * Math.min(1, Math.abs(share))).toFixed(2)}%`;
    fill2.dataset.sign = share < 0 ? "minus" : "plus";
  }
  var signed = (x) => `${x <= -5e-4 ? "−" : "+"}${Math.abs(x).toFixed(3)}`;
  var percent = (x) => `${(100 * x).toFixed(x > 0 && x < 0.1 ? 1 : 0)} %`;

  // clipnb/widgets/common/reasons.js
  function reasonsList(one = "prompt") {
    const [title2, text, list, rest] = [h("h4"), h("p"), h("ul", { class: "clipnb-reasons" }), h("p")];
    const element2 = h("section", { class: "clipnb-because", aria: { label: "Why one class rather than another" } }, title2, text, list, rest);
    function redraw(why2) {
      element2.hidden = !why2 || !why2.parts.length;
      if (element2.hidden) return;
      setText(title2, `Why ${why2.left} rather than ${why2.right}?`);
      const lead = why2.margin >= 0 ? `It leads by ${why2.margin.toFixed(3)}` : `It trails by ${(-why2.margin).toFixed(3)}`;
      const usual = `on average over ${why2.images} images the difference is ${signed(why2.usual)}`;
      const counted = why2.images ? `${lead}; ${usual}. Each cosine is counted from the ${one}'s own average over those images: a ${one} of ${why2.left} that fits this one better than usual speaks for it, and so does one of ${why2.right} that fits worse.` : `${lead}. A ${one} of ${why2.left} that fits this image well adds to it, and so does one of ${why2.right} that fits badly; in between lies the mean of the two scores.`;
      setText(text, `${counted} The parts add up${why2.images ? " to what this image adds to that average" : ""}.`);
      const reach = Math.max(1e-9, ...why2.parts.map((part) => Math.abs(part.centred)));
      keepChildren(
        list,
        why2.parts.length,
        () => h("li", {}, h("span", { class: "clipnb-name" }), h("span", { class: "clipnb-text" }), bar(), h("span", { class: "clipnb-value" }))
      );
      why2.parts.forEach((part, i) => {
        const [name, prompt, line, value] = list.children[i].children;
        setText(name, part.name);
        setText(prompt, part.text);
        setBar(line, Math.abs(part.centred) < 5e-4 ? 0 : part.centred / reach / 2);
        setText(value, signed(part.centred));
      });
      rest.hidden = !why2.others;
      setText(rest, why2.others === 1 ? `One more adds ${signed(why2.rest)}.` : `${why2.others} more add ${signed(why2.rest)} together.`);
    }
    return { element: element2, redraw };
  }

  // clipnb/widgets/creature/page.js
  function known({ values, kind }, of, value) {
    if (typeof of !== "string" || !Object.hasOwn(values, of)) throw new Refusal(`A ${kind} has no mark ${of}; its marks are ${Object.keys(values).join(", ")}.`);
    if (!values[of].includes(value)) throw new Refusal(`A ${kind} cannot have ${of} = ${value}; it can be ${values[of].join(", ")}.`);
    return value;
  }
  var CREATURE = (settings) => ({
    edited: ["marks", "habitat"],
    merged: [],
    actions: {
      set: (document2, { of, value }) => document2.marks[of] = known(settings, of, value),
      settle: (document2, { habitat }) => {
        if (!settings.habitats.includes(habitat)) throw new Refusal(`There is no habitat ${habitat}; there are ${settings.habitats.join(", ")}.`);
        document2.habitat = habitat;
      },
      start: (document2, { species }) => {
        const chosen = settings.species[index(species, settings.species.length, "species")];
        Object.assign(document2, { marks: { ...chosen.marks }, habitat: chosen.habitat });
      },
      become: (document2, { marks }) => Object.entries(marks).forEach(([of, value]) => document2.marks[of] = known(settings, of, value)),
      against: (document2, { of }) => document2.rival = index(of, settings.classes, "class")
    }
  });
  function isOffered({ needs }, slot, marks) {
    const ways = needs[slot];
    return !ways || ways.some((way) => Object.entries(way).every(([other, values]) => values.includes(marks[other])));
  }
  var inWords = (name) => name.replaceAll("_", " ").replaceAll("-", " ");
  function render({ model, el }) {
    const settings = model.get("settings");
    const machine = new Machine(model.get("document"), CREATURE(settings));
    const status = h("p", { class: "clipnb-status", role: "status", aria: { live: "polite" } });
    const waitFor = patient(model, status);
    const option = (value, text) => h("option", { value }, text);
    const image = h("img", { class: "clipnb-picture", width: 240, height: 240 });
    const [truth2, verdict] = [h("p", { class: "clipnb-truth" }), h("p", { class: "clipnb-first" })];
    const habitat = h("select", { onchange: () => act({ do: "settle", habitat: habitat.value }) }, ...settings.habitats.map((name) => option(name, name)));
    const start = h(
      "select",
      { onchange: begin },
      option("", "choose …"),
      ...settings.species.map((one, i) => option(String(i), one.seen ? one.name : `${one.name} (held out)`))
    );
    const random = h("button", { type: "button", onclick: () => act({ do: "become", marks: chance() }), title: "Any parts and colours" }, "Random");
    const undo = h("button", { type: "button", onclick: () => act({ do: "undo" }) }, "Undo");
    const reset = h("button", { type: "button", onclick: () => act({ do: "reset" }) }, "Reset");
    const ranking = h("ol", { class: "clipnb-verdict", aria: { label: "What CLIP takes it for, best first; press one to compare the first with it" } });
    const says = h("div", {}, h("h4", {}, "CLIP takes it for"), ranking, h("p", { class: "clipnb-hint" }, "Framed: compared with the first, below. Press another name to compare that one."));
    const because = reasonsList();
    const controls = /* @__PURE__ */ new Map();
    const fields = settings.groups.map(
      (group) => h("fieldset", {}, h("legend", {}, group.title), ...group.slots.map(({ slot, label }) => makeControl(slot, label, group.title)))
    );
    function makeControl(slot, label, part) {
      const select = h("select", { onchange: () => act({ do: "set", of: slot, value: select.value }), aria: { label: `${part}: ${label}` } });
      select.append(...settings.values[slot].map((value) => option(value, inWords(value))));
      select.dataset.slot = slot;
      const swatch = slot.endsWith("_colour") ? h("span", { class: "clipnb-swatch", aria: { hidden: "true" } }) : null;
      const element2 = h("label", {}, h("span", {}, label), select, swatch);
      controls.set(slot, { element: element2, select, swatch });
      return element2;
    }
    function begin() {
      if (start.value !== "") act({ do: "start", species: Number(start.value) });
    }
    function chance() {
      const one = (values) => values[Math.floor(Math.random() * values.length)];
      return Object.fromEntries(Object.entries(settings.values).map(([slot, values]) => [slot, one(values)]));
    }
    function redraw() {
      const { marks, habitat: place } = machine.document;
      habitat.value = place;
      const origin = settings.species.findIndex((one) => same(one.marks, marks));
      start.value = origin < 0 ? "" : String(origin);
      for (const [slot, { element: element2, select, swatch }] of controls) {
        element2.hidden = !isOffered(settings, slot, marks);
        select.value = marks[slot];
        if (swatch) swatch.style.background = settings.colours[marks[slot]];
      }
      fields.forEach((field) => field.hidden = ![...field.querySelectorAll("label")].some((label) => !label.hidden));
      undo.disabled = !machine.past.length;
      reset.disabled = same(machine.kept(), machine.first);
      drawOpinion(model.get("opinion"));
    }
    function drawOpinion(opinion) {
      const behind = !same(opinion.marks, machine.document.marks) || opinion.habitat !== machine.document.habitat || opinion.asked !== machine.document.rival;
      waitFor(behind);
      el.dataset.pending = String(Number(behind));
      el.dataset.failures = String(model.get("failures"));
      if (image.src !== opinion.uri) image.src = opinion.uri;
      image.alt = opinion.words;
      setText(truth2, opinion.truth);
      const [first] = opinion.leaders;
      setText(verdict, opinion.unseen ? "CLIP has not seen this one." : `CLIP takes it for ${first.name} (${percent(first.probability)}).`);
      says.dataset.old = String(behind);
      keepChildren(ranking, opinion.leaders.length, () => {
        const name = h("button", { type: "button", onclick: () => act({ do: "against", of: Number(name.dataset.of) }) });
        return h("li", {}, name, bar(), h("span", { class: "clipnb-value" }), h("span", { class: "clipnb-value" }));
      });
      opinion.leaders.forEach((one, place) => {
        const line = childrenOf(ranking)[place];
        const [name, share, probability, score] = childrenOf(line);
        name.dataset.of = one.of;
        setText(name, one.name);
        name.setAttribute("aria-pressed", String(one.of === opinion.rival));
        setBar(share, one.probability);
        setText(probability, percent(one.probability));
        setText(score, one.score.toFixed(3));
        line.dataset.best = String(place === 0);
      });
      because.redraw(opinion.why);
      because.element.dataset.old = String(behind);
    }
    const { act } = connect(model, machine, redraw, (sentence) => setText(status, sentence));
    model.on("change:opinion", redraw);
    const places = h("div", { class: "clipnb-places" }, h("label", {}, "Start from ", start), h("label", {}, "Habitat ", habitat));
    root(el, "creature").append(
      h("div", { class: "clipnb-top" }, h("figure", { class: "clipnb-drawing" }, image, h("figcaption", { aria: { live: "polite" } }, verdict, truth2)), h("div", { class: "clipnb-says" }, places, says)),
      h("div", { class: "clipnb-tools" }, random, undo, reset, status),
      h("div", { class: "clipnb-marks" }, ...fields),
      because.element
    );
    redraw();
  }
  var page_default = { render };

  // book/live/art.js
  var UNITS = 200;
  function roundEven(x) {
    const floor = Math.floor(x);
    if (x - floor !== 0.5) return Math.round(x);
    return floor % 2 ? floor + 1 : floor;
  }
  function fixed(x, digits) {
    const long = Math.abs(x).toFixed(digits + 30);
    const below = long.slice(0, -30);
    const even = /^50*$/.test(long.slice(-30)) && "02468".includes(below.at(-1));
    return (x < 0 || Object.is(x, -0) ? "-" : "") + (even ? below : Math.abs(x).toFixed(digits));
  }
  function shade(colour, amount) {
    const target = amount > 0 ? 255 : 20;
    const mixed = [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16)).map((c) => roundEven(c + (target - c) * Math.abs(amount)));
    return `#${mixed.map((c) => c.toString(16).padStart(2, "0")).join("")}`;
  }
  function figure(art, marks, colours, parts = null) {
    const paint = /* @__PURE__ */ new Map();
    for (const [slot, colour] of Object.entries(colours)) {
      paint.set(slot, colour).set(`${slot}-dark`, shade(colour, -0.38)).set(`${slot}-light`, shade(colour, 0.42));
    }
    const holds = art.conditions.map((all) => all.every(([slot, values]) => values.includes(marks[slot])));
    const chosen = art.pieces.filter(([part, when]) => (parts === null || part === null || parts.includes(part)) && holds[when]);
    return fill(chosen.map(([, , text]) => text).join(""), paint);
  }
  function fill(text, paint) {
    return text.replace(/%(?:%|\(([^)]*)\)s)/g, (whole, slot) => {
      if (slot === void 0) return "%";
      if (!paint.has(slot)) throw new Error(`The drawing has no colour for ${slot}.`);
      return paint.get(slot);
    });
  }
  function svgDocument(body, size) {
    return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 ${UNITS} ${UNITS}" width="${size}" height="${size}">${body}</svg>`;
  }
  function transform({ x, y, scale, turn, mirrored, stretch = 1 }) {
    const wide = scale * stretch * (mirrored ? -1 : 1);
    return `translate(${fixed(x, 2)} ${fixed(y, 2)}) rotate(${fixed(turn, 2)}) scale(${fixed(wide, 4)} ${fixed(scale, 4)}) translate(-100 -100)`;
  }
  function figures(art, scene, parts) {
    const one = figure(art, scene.marks, scene.colours, parts);
    return scene.poses.map((pose) => `<g transform="${transform(pose)}">${one}</g>`).join("");
  }
  function toSvg(scene, art, habitats, { size = 224, parts = null } = {}) {
    const ground = figure(habitats[scene.habitat], {}, {});
    const flip = scene.mirrored ? "translate(200 0) scale(-1 1)" : "";
    const [colour, opacity] = scene.mood;
    const light = `<rect x="-60" y="-60" width="320" height="320" fill="${colour}" fill-opacity="${fixed(opacity, 3)}"/>`;
    return svgDocument(`<g transform="${flip}">${ground}</g>${light}${figures(art, scene, parts)}`, size);
  }

  // book/live/opinion.js
  var MOST_RANKED = 6;
  var MOST_REASONS = 12;
  var title = (name) => name.replaceAll("_colour", " colour").replaceAll("_", " ").replaceAll("-", " ");
  function visible(parts, marks) {
    const seen = {};
    for (const { slots, shown } of parts) {
      if (Object.entries(shown).every(([slot, values]) => values.includes(marks[slot]))) for (const slot of slots) seen[slot] = marks[slot];
    }
    return seen;
  }
  function differences(parts, a, b) {
    const [left, right] = [visible(parts, a), visible(parts, b)];
    return [.../* @__PURE__ */ new Set([...Object.keys(left), ...Object.keys(right)])].filter((slot) => left[slot] !== right[slot]).length;
  }
  function nearest(parts, species, marks) {
    const away = species.map((one) => differences(parts, marks, one.marks));
    const least = Math.min(...away);
    return { nearest: species[away.indexOf(least)].name, away: least };
  }
  function truthOfMarks(name, away) {
    if (!away) return `By the table of field marks: ${name}.`;
    return `By the table of field marks: no species; nearest is ${name}, ${away} visible mark${away > 1 ? "s" : ""} away.`;
  }
  function inWordsOf(kind, parts, { marks, habitat }) {
    const seen = Object.entries(visible(parts, marks)).filter(([, value]) => value !== "none" && value !== "plain");
    return `${kind}, ${habitat}: ${seen.map(([slot, value]) => `${title(slot)} ${title(value)}`).join(", ")}`;
  }
  function why(classes, rows, left, right, images) {
    const name = (of) => classes[of].name;
    const same2 = left === right;
    const owner = ({ side }) => side ? right : left;
    const shown = (part) => ({ of: owner(part), name: name(owner(part)), text: part.text, cosine: part.cosine, contribution: part.contribution, centred: part.centred });
    const parts = same2 ? [] : difference(rows[left], rows[right]).map(shown);
    const strongest = [...parts].sort((a, b) => Math.abs(b.centred) - Math.abs(a.centred)).slice(0, MOST_REASONS);
    const kept = strongest.sort((a, b) => b.centred - a.centred);
    const sum = (list, key) => list.reduce((total, part) => total + part[key], 0);
    return {
      left: name(left),
      right: name(right),
      margin: sum(parts, "contribution"),
      usual: same2 ? 0 : usualMargin(rows[left], rows[right]),
      images,
      parts: kept,
      others: parts.length - kept.length,
      rest: sum(parts, "centred") - sum(kept, "centred")
    };
  }
  function opinionOf(about, document2, vector) {
    const reference = meanOf(about.images);
    const rows = about.classes.map(
      ({ sentences, vectors }) => sentences.map((text, k) => ({ text, cosine: cosine(vector, vectors[k]), mean: cosine(reference, vectors[k]), share: 1 / sentences.length }))
    );
    const scores = rows.map(pooled);
    const probabilities = toProbabilities(scores, { scale: about.scale, bias: 0, sigmoid: false });
    const order = ranked(scores);
    const rival = document2.rival === null || document2.rival === order[0] ? order[1] : document2.rival;
    const leaders = [.../* @__PURE__ */ new Set([...order.slice(0, MOST_RANKED), rival])].map((of) => ({ of, name: about.classes[of].name, score: scores[of], probability: probabilities[of] }));
    return { leaders, rival, why: why(about.classes, rows, order[0], rival, about.images.length), ...truth(about, document2) };
  }
  function truth({ kind, parts, species }, document2) {
    const known2 = nearest(parts, species, document2.marks);
    return { ...known2, truth: truthOfMarks(known2.nearest, known2.away), words: inWordsOf(kind, parts, document2) };
  }

  // book/live/page_kernel.js
  var HERE = new URL(
    ".",
    /** @type {HTMLScriptElement} */
    document.currentScript.src
  );
  var ABSENT = "New words are scored as soon as the model is here; see the line above.";
  var AS_FILE = "Stored results. This page was opened as a file, and browsers do not let a file start the model. To type words of your own, serve the folder of this site: python -m http.server 8000, then open http://localhost:8000 and come back to this page.";
  var AT = location.protocol === "file:" ? "file" : (
    /** @type {any} */
    navigator.connection?.saveData ? "saving" : "server"
  );
  var live = window.clipnbLive = { styles: {}, pages: {} };
  var kinds = {};
  function register(name, kind) {
    kinds[name] = kind;
  }
  var hearers = [];
  var loading = null;
  function element(tag, properties = {}, ...children) {
    const one = Object.assign(document.createElement(tag), properties);
    one.append(...children);
    return one;
  }
  function script(address, problem) {
    return new Promise(
      (resolve, reject) => document.head.append(element("script", { src: address.href, onload: resolve, onerror: () => reject(new Error(problem)) }))
    );
  }
  function bytesOf(text) {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
  }
  function clip(onProgress = () => {
  }) {
    hearers.push(onProgress);
    loading ??= import(new URL("engine.js", HERE).href).then((engine) => engine.loadClip({ onProgress: (share) => hearers.forEach((hear) => hear(share)) }));
    return loading;
  }
  function makeModel({ traits, bytes }, receive) {
    const values = { ...traits, absent: ABSENT, pause: 0, answered: {}, problem: "", failures: 0 };
    for (const [name, text] of Object.entries(bytes)) values[name] = new DataView(bytesOf(text));
    const listeners = /* @__PURE__ */ new Map();
    return {
      get: (name) => values[name],
      set(name, value) {
        const changes = Object.entries(typeof name === "object" ? name : { [name]: value }).filter(([key, now]) => values[key] !== now);
        Object.assign(values, Object.fromEntries(changes));
        for (const [key] of changes) for (const tell of [...listeners.get(`change:${key}`) ?? []]) tell();
      },
      on: (event, tell) => void listeners.set(event, [...listeners.get(event) ?? [], tell]),
      off: (event, tell) => event ? listeners.set(event, tell ? (listeners.get(event) ?? []).filter((one) => one !== tell) : []) : listeners.clear(),
      save_changes() {
      },
      send: receive
    };
  }
  function answering(page) {
    const heard = {};
    let [ready, busy, again] = [null, false, false];
    const meanwhile2 = () => kinds[page.widget].meanwhile?.({ model });
    const model = makeModel(page, ({ view, serial }) => {
      heard[view] = serial;
      meanwhile2();
      work();
    });
    meanwhile2();
    async function work() {
      again = true;
      if (!ready || busy) return;
      busy = true;
      while (again) {
        again = false;
        const now = { ...heard };
        try {
          await kinds[page.widget].answer({ model, clip: ready });
        } catch (error) {
          model.set("problem", `Something went wrong while the model answered (${error.message}).`);
        }
        model.set("answered", now);
      }
      busy = false;
    }
    return { model, start: (network) => (ready = network, work()) };
  }
  async function show(page, place) {
    const kernel = answering(page);
    const stage = element("div", { className: "clipnb-stage" });
    if (!document.querySelector(`style[data-widget="${page.widget}"]`)) {
      const style = element("style", { textContent: live.styles[page.widget] });
      style.dataset.widget = page.widget;
      document.head.append(style);
    }
    kinds[page.widget].render({ model: kernel.model, el: stage });
    Object.assign(stage, { model: kernel.model });
    place.querySelector(".clipnb-stage").replaceWith(stage);
    return kernel;
  }
  function statusLine(place) {
    const [words, progress] = [element("span"), element("progress", { max: 1, value: 0, hidden: true })];
    const line = element("p", { className: "clipnb-live-status" }, words, progress);
    words.setAttribute("role", "status");
    progress.setAttribute("aria-label", "How much of the model is here");
    place.prepend(line);
    return (state, sentence, share) => {
      line.dataset.state = state;
      if (words.textContent !== sentence) words.textContent = sentence;
      progress.hidden = share === void 0;
      if (share !== void 0) progress.value = share;
      return line;
    };
  }
  function whenLive(place, say, alone2 = "Stored texts can be switched, weighted and swapped; new words need the model.") {
    const kernels = [];
    let network = null;
    const load = () => {
      const told = "Stored results. The model is loading, and everything works on stored texts until then.";
      say("loading", told, 0);
      return clip((share) => network || say("loading", told, share)).then(
        async (ready) => {
          network = ready;
          await Promise.all(kernels.map((kernel) => kernel.start(ready)));
          say("live", "Live: the model runs in this page. Nothing of what you do here leaves it.");
        },
        (error) => say("stored", `Stored results. ${error.message} ${alone2}`)
      );
    };
    if (AT === "file") say("stored", AS_FILE);
    else if (AT === "saving") {
      const line = say("stored", "Stored results, since your browser asks to save data. ");
      const button = element("button", { type: "button", textContent: `Load the model (${place.dataset.megabytes} MB)`, onclick: () => (button.remove(), load()) });
      line.append(button);
    } else load();
    return (kernel) => {
      kernels.push(kernel);
      if (network) kernel.start(network);
      return kernel;
    };
  }
  async function open(place) {
    const say = statusLine(place);
    const page = live.pages[place.dataset.live];
    const first = await show(page, place);
    place.dataset.shown = "true";
    const join = whenLive(place, say, kinds[page.widget].alone);
    join(first);
    kinds[page.widget].extras?.({ place, model: first.model, show: async (other) => join(await show(other, place)), here: HERE });
  }
  if (AT === "server") clip().catch(() => {
  });
  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-live]").forEach(open));

  // book/live/creature_page.js
  var MOST_KEPT = 500;
  var guides = /* @__PURE__ */ new Map();
  var keyOf = ({ marks, habitat }) => JSON.stringify([Object.entries(marks).sort(), habitat]);
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
        classes: classes.map((one) => ({ ...one, vectors: rows(one.vectors) }))
      };
      guides.set(name, { about, pose, art, colours: settings.colours, vectors: new Map(settings.species.map((one, i) => [keyOf(one), stored[i]])) });
    }
    return guides.get(name);
  }
  function svgOf({ art, pose, colours }, { marks, habitat }) {
    const slots = Object.keys(marks).filter((slot) => slot.endsWith("_colour"));
    const paint = Object.fromEntries(slots.map((slot) => [slot.slice(0, -"_colour".length), colours[marks[slot]]]));
    return toSvg({ marks, colours: paint, habitat, poses: [pose], mood: ["#ffffff", 0], mirrored: false }, art, live.habitats);
  }
  function look(model, more = {}) {
    const [guide, document2] = [guideOf(model), structuredClone(model.get("document"))];
    const vector = guide.vectors.get(keyOf(document2));
    const uri = `data:image/svg+xml,${svgOf(guide, document2).replaceAll("%", "%25").replaceAll("#", "%23")}`;
    const drawn = { ...model.get("opinion"), ...truth(guide.about, document2), uri, ...more };
    const named = vector && { ...opinionOf(guide.about, document2, vector), marks: document2.marks, habitat: document2.habitat, asked: document2.rival };
    model.set("opinion", { ...drawn, ...named, ...named ? { unseen: false } : {} });
    return Boolean(vector);
  }
  var meanwhile = ({ model }) => void look(model, { unseen: !model.live });
  async function answer({ model, clip: clip2 }) {
    model.live = true;
    const [guide, document2] = [guideOf(model), structuredClone(model.get("document"))];
    const key = keyOf(document2);
    if (!guide.vectors.has(key)) {
      const draw = await loadResvg();
      const [vector] = await clip2.encodeImages([draw(svgOf(guide, document2))]);
      if (guide.vectors.size >= MOST_KEPT) guide.vectors.delete(guide.vectors.keys().next().value);
      guide.vectors.set(key, vector);
    }
    look(model);
  }
  var here = null;
  var loadResvg = async () => (await import(new URL("rasterise.js", here).href)).loadRasteriser();
  function extras({ place, show: show2, here: folder }) {
    here = folder;
    if (location.protocol !== "file:" && typeof WebAssembly === "object") loadResvg().catch(() => {
    });
    const first = place.dataset.live.split("-")[1];
    const stage = () => place.querySelector(".clipnb-stage");
    const stages = /* @__PURE__ */ new Map([[first, stage()]]);
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
        await show2(live.pages[`creature-${kind}`]);
        stages.set(kind, stage());
        if (wanted !== kind) stage().replaceWith(stages.get(wanted) ?? stage());
      }
    }
    place.querySelector(".clipnb-stage").before(group, note);
  }
  var alone = "Creatures are drawn all the same, and a species that you start from is named; any other needs the model.";
  register("creature", { render: page_default.render, answer, meanwhile, extras, alone });
})();

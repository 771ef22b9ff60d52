// Made from book/live/creature_page.js by tests/javascript/bundle.py; sources c6966e42b0afa16b35e112e263faf53a1f27b0283db94f79fdf678427b35f511
(() => {
  // clipnb/widgets/common/document.js
  var Refusal = class extends Error {
  };
  function same(a, b) {
    if (a === b) return true;
    if (!isObject(a) || !isObject(b) || Array.isArray(a) !== Array.isArray(b)) return false;
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every((key) => key in b && same(a[key], b[key]));
  }
  var isObject = (value) => typeof value === "object" && value !== null;
  var shown = (value) => typeof value === "object" && value !== null ? "an object" : String(value).slice(0, 40);
  function index(value, count, what) {
    if (!Number.isInteger(value) || value < 0 || value >= count) throw new Refusal(`There is no ${what} ${shown(value)}; there are ${count}, counted from 0.`);
    return value;
  }
  function number(value, low, high, what) {
    if (typeof value !== "number" || !Number.isFinite(value) || value < low || value > high) {
      throw new Refusal(`${what} is a number from ${low} to ${high}, not ${shown(value)}.`);
    }
    return value;
  }
  function words(value, longest = 2e3) {
    if ([...value].length > longest) throw new Refusal(`This text has ${[...value].length} characters; at most ${longest} are taken.`);
    return value;
  }
  var Machine = class {
    /**
     * @param {Document} document
     * @param {Rules<Document, Actions, Edited>} rules
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
      const kept = Object.fromEntries(this.edited.map((key) => [key, this.document[key]]));
      return structuredClone(
        /** @type {Pick<Document, Edited>} */
        kept
      );
    }
    /** @param {ActionOf<Actions>} action */
    act(action) {
      const { do: name, ...rest } = (
        /** @type {{ do: string, of?: unknown, row?: unknown }} */
        action
      );
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
    /**
     * @param {Pick<Document, Edited>} kept
     * @param {string | null} place
     */
    remember(kept, place) {
      if (place === null || place !== this.place) this.past = [...this.past, kept].slice(-100);
      this.place = place;
    }
    /**
     * Reset goes back to this, and so does undo: what is shown was edited before this page was made.
     *
     * @param {Pick<Document, Edited>} first
     */
    beginAt(first) {
      this.first = structuredClone(first);
      if (!same(this.kept(), first)) this.past = [structuredClone(first)];
    }
    /**
     * The kernel's document, where it differs: somebody edited it in Python, or on another view.
     *
     * @param {Document} document
     */
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
    const logits = scores.map((score) => score === null ? null : scale * score + bias);
    if (sigmoid) return logits.map((x) => x === null ? 0 : 1 / (1 + Math.exp(-x)));
    const top = Math.max(...logits.filter((x) => x !== null));
    const powers = logits.map((x) => x === null ? 0 : Math.exp(x - top));
    const sum = powers.reduce((a, b) => a + b, 0);
    return powers.map((x) => sum ? x / sum : 0);
  }
  var rounded = (score) => Math.round(score * 1e9);
  function ranked(scores) {
    const places = scores.map((score) => score === null ? Infinity : -rounded(score));
    return scores.map((_, i) => i).sort((a, b) => places[a] === places[b] ? a - b : places[a] - places[b]);
  }
  function pooled(rows) {
    return rows.length ? rows.reduce((sum, one) => sum + one.share * one.cosine, 0) : null;
  }
  function meanOf(embeddings) {
    const sum = new Float64Array(embeddings[0].length);
    for (const embedding of embeddings) for (let i = 0; i < sum.length; i++) sum[i] += embedding[i];
    return sum.map((x) => x / embeddings.length);
  }
  var byCentred = (a, b) => rounded(b.centred) - rounded(a.centred);
  function difference(left, right) {
    const scores = [pooled(left), pooled(right)];
    if (scores[0] === null || scores[1] === null) return [];
    const middle = (scores[0] + scores[1]) / 2;
    const parts = (rows, side) => rows.map((one) => {
      const weight = (side ? -1 : 1) * one.share;
      return { ...one, side, contribution: weight * one.cosine, centred: weight * (one.cosine - (one.mean ?? middle)) };
    });
    return [...parts(left, 0), ...parts(right, 1)].sort(byCentred);
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
    const { class: className, aria = {}, data = {}, role, for: target, ...rest } = properties;
    const element2 = document.createElement(tag);
    if (className !== void 0) element2.className = className;
    for (const [key, text2] of Object.entries(aria)) element2.setAttribute(`aria-${key}`, text2);
    Object.assign(element2.dataset, data);
    if (role !== void 0) element2.setAttribute("role", role);
    if (target !== void 0) element2.setAttribute("for", target);
    for (const [name, value] of Object.entries(rest)) if (value !== void 0 && value !== null) Object.assign(element2, { [name]: value });
    element2.append(...children.filter((child) => child !== null && child !== void 0));
    return element2;
  }
  var childrenOf = (element2) => (
    /** @type {HTMLElement[]} */
    [...element2.children]
  );
  function root(el, kind) {
    el.classList.add("clipnb", `clipnb-widget-${kind}`);
    el.dataset.lmSuppressShortcuts = "true";
    el.addEventListener("focusin", (event) => (
      /** @type {Element} */
      event.target.setAttribute("data-lm-suppress-shortcuts", "true")
    ));
    el.addEventListener("keydown", (event) => event.stopPropagation());
    return el;
  }
  var statusLine = () => h("p", { class: "clipnb-status", role: "status", aria: { live: "polite" } });
  function editButtons(act) {
    const undo = h("button", { type: "button", onclick: () => act({ do: "undo" }) }, "Undo");
    const reset = h("button", { type: "button", onclick: () => act({ do: "reset" }) }, "Reset");
    const redraw = (machine) => {
      undo.disabled = !machine.past.length;
      reset.disabled = same(machine.kept(), machine.first);
    };
    return { undo, reset, redraw };
  }
  function setText(element2, text2) {
    if (element2.textContent !== text2) element2.textContent = text2;
  }
  function keepChildren(parent, count, make) {
    while (parent.children.length > count) parent.lastElementChild?.remove();
    while (parent.children.length < count) parent.append(make(parent.children.length));
  }
  function patient(model, status, words2 = SILENT) {
    const silent = model.get("absent") ?? words2;
    let timer = 0;
    return (missing) => {
      clearTimeout(timer);
      if (missing) timer = setTimeout(() => setText(status, silent), PATIENCE);
      else if (status.textContent === silent) setText(status, "");
    };
  }
  var Outbox = class {
    /** @param {Model<WidgetTraits>} model */
    constructor(model) {
      this.model = model;
      this.view = Math.random().toString(36).slice(2);
      this.sent = 0;
      this.timer = 0;
      this.waiting = null;
    }
    /** Whether the kernel has not performed yet all that was done here. */
    get isAhead() {
      return this.waiting !== null || (this.model.get("answered")[this.view] ?? 0) < this.sent;
    }
    /** @param {Action | { do: "hello" }} action */
    post(action) {
      this.sent += 1;
      try {
        this.model.send({ ...action, view: this.view, serial: this.sent });
      } catch {
      }
    }
    /** @param {Action} action */
    postLater(action) {
      clearTimeout(this.timer);
      this.waiting = action;
      this.timer = setTimeout(() => this.flush(), this.model.get("pause") ?? PAUSE);
    }
    flush() {
      if (this.waiting === null) return;
      clearTimeout(this.timer);
      const action = this.waiting;
      this.waiting = null;
      this.post(action);
    }
  };
  var isSamePlace = (one, other) => same(placeOf(one), placeOf(other));
  var placeOf = (action) => [action.do, action.of, action.row];
  function connect(model, machine, redraw, status) {
    const outbox = new Outbox(model);
    const say = (text2) => setText(status, text2);
    function act(action, later = false) {
      if (outbox.waiting && !(later && isSamePlace(outbox.waiting, action))) outbox.flush();
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
      if (later) outbox.postLater(action);
      else outbox.post(action);
      redraw();
    }
    function adopt() {
      if (outbox.isAhead || same(model.get("document"), machine.document)) return;
      machine.adopt(model.get("document"));
      redraw();
    }
    const first = model.get("first");
    if (first && Object.keys(first).length) machine.beginAt(
      /** @type {Pick<Document, Edited>} */
      first
    );
    model.on("change:document", adopt);
    model.on("change:answered", () => (adopt(), redraw()));
    const problem = () => model.get("problem") && say(model.get("problem"));
    model.on("change:problem", problem);
    problem();
    outbox.post({ do: "hello" });
    return { act, flush: () => outbox.flush() };
  }
  function redrawOn(model, names, redraw) {
    for (const name of names) model.on(`change:${name}`, redraw);
  }
  function setPending(el, model, pending = 0) {
    el.dataset.pending = String(pending);
    el.dataset.failures = String(model.get("failures"));
  }
  function bar() {
    return h("span", { class: "clipnb-bar", aria: { hidden: "true" } }, h("span", { class: "clipnb-fill" }));
  }
  function setBar(element2, share) {
    const [fill2] = childrenOf(element2);
    fill2.style.width = `${(100 * Math.min(1, Math.abs(share))).toFixed(2)}%`;
    fill2.dataset.sign = share < 0 ? "minus" : "plus";
  }
  var heads = (...words2) => h("div", { class: "clipnb-heads", aria: { hidden: "true" } }, ...words2.map((one) => h("span", {}, one)));
  var signed = (x) => `${x <= -5e-4 ? "−" : "+"}${Math.abs(x).toFixed(3)}`;
  var decimal = (x, digits) => x.toFixed(digits).replace(/^-(?=0\.?0*$)/, "").replace("-", "−");
  var percent = (x) => `${(100 * x).toFixed(x > 0 && x < 0.1 ? 1 : 0)} %`;
  function setSource(image, uri) {
    if (image.src !== uri) image.src = uri;
  }

  // clipnb/widgets/common/announce.js
  var QUIET = 600;
  function announcer() {
    const element2 = h("p", { class: "clipnb-spoken", aria: { live: "polite", atomic: "true" } });
    let told2 = null;
    let timer = 0;
    function tell(parts) {
      clearTimeout(timer);
      if (!parts) return;
      const known2 = told2 ??= parts;
      const news = parts.filter((part, i) => part && part !== known2[i]);
      if (!news.length) return;
      timer = setTimeout(() => {
        told2 = parts;
        setText(element2, news.join(" "));
      }, QUIET);
    }
    return { element: element2, tell };
  }

  // clipnb/widgets/common/reasons.js
  function reasonsList(one = "prompt") {
    const [title2, text2, list2, rest] = [h("p", { class: "clipnb-heading" }), h("p"), h("ul", { class: "clipnb-reasons" }), h("p")];
    const element2 = h("section", { class: "clipnb-because", aria: { label: "Why one class rather than another" } }, title2, text2, list2, rest);
    function redraw(why2) {
      element2.hidden = !why2?.parts.length;
      if (!why2?.parts.length) return;
      const { others = 0, rest: left = 0 } = why2;
      setText(title2, `Why ${why2.left} rather than ${why2.right}?`);
      setText(text2, told(why2, one));
      const reach = Math.max(1e-9, ...why2.parts.map((part) => Math.abs(part.centred)));
      keepChildren(
        list2,
        why2.parts.length,
        () => h("li", {}, h("span", { class: "clipnb-name" }), h("span", { class: "clipnb-text" }), bar(), h("span", { class: "clipnb-value" }))
      );
      why2.parts.forEach((part, i) => {
        const [name, prompt, line, value] = childrenOf(list2.children[i]);
        setText(name, part.name);
        setText(prompt, part.text);
        setBar(line, Math.abs(part.centred) < 5e-4 ? 0 : part.centred / reach / 2);
        setText(value, signed(part.centred));
      });
      rest.hidden = !others;
      setText(rest, others === 1 ? `One more adds ${signed(left)}.` : `${others} more add ${signed(left)} together.`);
    }
    return { element: element2, redraw };
  }
  function told(why2, one) {
    const lead = why2.margin >= 0 ? `It leads by ${why2.margin.toFixed(3)}` : `It trails by ${(-why2.margin).toFixed(3)}`;
    const usual = `on average over ${why2.images} images the difference is ${signed(why2.usual)}`;
    const counted = why2.images ? `${lead}; ${usual}. Each cosine is counted from the ${one}'s own average over those images: a ${one} of ${why2.left} that fits this one better than usual speaks for it, and so does one of ${why2.right} that fits worse.` : `${lead}. A ${one} of ${why2.left} that fits this image well adds to it, and so does one of ${why2.right} that fits badly; in between lies the mean of the two scores.`;
    return `${counted} The parts add up${why2.images ? " to what this image adds to that average" : ""}.`;
  }

  // clipnb/widgets/creature/page.js
  function known({ values, kind }, of, value) {
    if (typeof of !== "string" || !Object.hasOwn(values, of)) throw new Refusal(`A ${kind} has no mark ${shown(of)}; its marks are ${Object.keys(values).join(", ")}.`);
    if (!values[of].includes(value)) throw new Refusal(`A ${kind} cannot have ${of} = ${shown(value)}; it can be ${values[of].join(", ")}.`);
    return value;
  }
  var CREATURE = (settings) => ({
    edited: ["marks", "habitat"],
    merged: [],
    actions: {
      set: (document2, { of, value }) => document2.marks[of] = known(settings, of, value),
      settle: (document2, { habitat }) => {
        if (!settings.habitats.includes(habitat)) throw new Refusal(`There is no habitat ${shown(habitat)}; there are ${settings.habitats.join(", ")}.`);
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
  function anyMarks({ values }) {
    const one = (list2) => list2[Math.floor(Math.random() * list2.length)];
    return Object.fromEntries(Object.entries(values).map(([slot, list2]) => [slot, one(list2)]));
  }
  var option = (value, text2) => h("option", { value }, text2);
  function makeStart(settings, act) {
    const habitat = h("select", { onchange: () => act({ do: "settle", habitat: habitat.value }) }, ...settings.habitats.map((name) => option(name, name)));
    const start = h(
      "select",
      { onchange: () => start.value !== "" && act({ do: "start", species: Number(start.value) }) },
      option("", "choose …"),
      ...settings.species.map((one, i) => option(String(i), one.seen ? one.name : `${one.name} (held out)`))
    );
    const random = h("button", { type: "button", onclick: () => act({ do: "become", marks: anyMarks(settings) }), title: "Any parts and colours" }, "Random");
    const element2 = h("div", { class: "clipnb-places" }, h("label", {}, "Start from ", start), h("label", {}, "Habitat ", habitat));
    const redraw = (document2) => {
      habitat.value = document2.habitat;
      const origin = settings.species.findIndex((one) => same(one.marks, document2.marks));
      start.value = origin < 0 ? "" : String(origin);
    };
    return { element: element2, random, redraw };
  }
  function makeSlots(settings, act) {
    const parts = settings.groups.map(({ title: title2, slots }) => {
      const controls = slots.map(({ slot, label }) => makeControl(settings, slot, { label, title: `${title2}: ${label}` }, act));
      return { field: h("fieldset", {}, h("legend", {}, title2), ...controls.map((one) => one.element)), controls };
    });
    const element2 = h("div", { class: "clipnb-marks" }, ...parts.map((part) => part.field));
    const redraw = (marks) => {
      for (const { field, controls } of parts) {
        controls.forEach((control) => control.redraw(marks));
        field.hidden = controls.every((control) => control.element.hidden);
      }
    };
    return { element: element2, redraw };
  }
  function makeControl(settings, slot, { label, title: title2 }, act) {
    const options = settings.values[slot].map((value) => option(value, inWords(value)));
    const select = h("select", { onchange: () => act({ do: "set", of: slot, value: select.value }), aria: { label: title2 }, data: { slot } }, ...options);
    const swatch = slot.endsWith("_colour") ? h("span", { class: "clipnb-swatch", aria: { hidden: "true" } }) : null;
    const element2 = h("label", {}, h("span", {}, label), select, swatch);
    const redraw = (marks) => {
      element2.hidden = !isOffered(settings, slot, marks);
      select.value = marks[slot];
      if (swatch) swatch.style.background = settings.colours[marks[slot]];
    };
    return { element: element2, redraw };
  }
  function makeOpinion() {
    const image = h("img", { class: "clipnb-image", width: 240, height: 240 });
    const [truth2, verdict] = [h("p", { class: "clipnb-truth" }), h("p", { class: "clipnb-first" })];
    const drawing = h("figure", { class: "clipnb-drawing" }, image, h("figcaption", {}, verdict, truth2));
    const ranking = h("ol", { class: "clipnb-verdict", aria: { label: "What CLIP takes it for, best first; press one to compare the first with it" } });
    const hint = h("p", { class: "clipnb-hint" }, "Framed: compared with the first, below. Press another name to compare that one.");
    const says = h("div", {}, h("p", { class: "clipnb-heading" }, "CLIP takes it for"), heads("class", "", "probability", "score"), ranking, hint);
    return { image, truth: truth2, verdict, drawing, ranking, says, because: reasonsList() };
  }
  var isBehind = (opinion, { marks, habitat, rival }) => !same(opinion.marks, marks) || opinion.habitat !== habitat || opinion.asked !== rival;
  function drawOpinion(view, opinion, isOld, against) {
    setSource(view.image, opinion.uri);
    view.image.alt = opinion.words;
    setText(view.truth, opinion.truth);
    const [first] = opinion.leaders;
    setText(view.verdict, opinion.unseen ? "CLIP has not seen this one." : `CLIP takes it for ${first.name} (${percent(first.probability)}).`);
    drawRanking(view.ranking, opinion, against);
    view.because.redraw(opinion.why);
    for (const part of [view.says, view.because.element]) part.dataset.old = String(isOld);
  }
  function drawRanking(ranking, { leaders, rival }, against) {
    keepChildren(ranking, leaders.length, () => {
      const name = h("button", { type: "button", onclick: () => against(Number(name.dataset.of)) });
      return h("li", {}, name, bar(), h("span", { class: "clipnb-value" }), h("span", { class: "clipnb-value" }));
    });
    leaders.forEach((one, place) => {
      const line = childrenOf(ranking)[place];
      const [name, share, probability, score] = childrenOf(line);
      name.dataset.of = String(one.of);
      setText(name, one.name);
      name.setAttribute("aria-pressed", String(one.of === rival));
      setBar(share, one.probability);
      setText(probability, percent(one.probability));
      setText(score, decimal(one.score, 3));
      line.dataset.best = String(place === 0);
    });
  }
  function render({ model, el }) {
    const settings = model.get("settings");
    const machine = new Machine(model.get("document"), CREATURE(settings));
    const status = statusLine();
    const waitFor = patient(model, status);
    const { act } = connect(model, machine, redraw, status);
    const [start, slots] = [makeStart(settings, act), makeSlots(settings, act)];
    const [buttons, view, spoken] = [editButtons(act), makeOpinion(), announcer()];
    function redraw() {
      const opinion = model.get("opinion");
      start.redraw(machine.document);
      slots.redraw(machine.document.marks);
      buttons.redraw(machine);
      const isOld = isBehind(opinion, machine.document);
      waitFor(isOld);
      setPending(el, model, Number(isOld));
      drawOpinion(view, opinion, isOld, (of) => act({ do: "against", of }));
      spoken.tell(isOld ? null : [view.verdict, view.truth].map((one) => one.textContent));
    }
    redrawOn(model, ["opinion"], redraw);
    root(el, "creature").append(
      h("div", { class: "clipnb-top" }, view.drawing, h("div", { class: "clipnb-says" }, start.element, view.says)),
      h("div", { class: "clipnb-tools" }, start.random, buttons.undo, buttons.reset, status),
      slots.element,
      view.because.element,
      spoken.element
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
    const even = /^50*$/.test(long.slice(-30)) && "02468".includes(below.slice(-1));
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
    return fill(chosen.map(([, , text2]) => text2).join(""), paint);
  }
  function fill(text2, paint) {
    return text2.replace(/%(?:%|\(([^)]*)\)s)/g, (_, slot) => {
      if (slot === void 0) return "%";
      const colour = paint.get(slot);
      if (colour === void 0) throw new Error(`The drawing has no colour for ${slot}.`);
      return colour;
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
    for (const { slots, shown: shown2 } of parts) {
      if (Object.entries(shown2).every(([slot, values]) => values.includes(marks[slot]))) for (const slot of slots) seen[slot] = marks[slot];
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
    const shown2 = ({ side, text: text2, cosine: value, contribution, centred }) => {
      const of = side ? right : left;
      return { of, name: name(of), text: text2, cosine: value, contribution, centred };
    };
    const parts = same2 ? [] : difference(rows[left], rows[right]).map(shown2);
    const strongest = [...parts].sort((a, b) => rounded(Math.abs(b.centred)) - rounded(Math.abs(a.centred))).slice(0, MOST_REASONS);
    const kept = strongest.sort(byCentred);
    return {
      left: name(left),
      right: name(right),
      margin: parts.reduce((sum, part) => sum + part.contribution, 0),
      usual: same2 ? 0 : usualMargin(rows[left], rows[right]),
      images,
      parts: kept,
      others: parts.length - kept.length,
      rest: centredSum(parts) - centredSum(kept)
    };
  }
  var centredSum = (parts) => parts.reduce((sum, part) => sum + part.centred, 0);
  function opinionOf(about, document2, embedding) {
    const reference = meanOf(about.images);
    const rows = about.classes.map(
      ({ prompts, embeddings }) => prompts.map((text2, k) => ({ text: text2, cosine: cosine(embedding, embeddings[k]), mean: cosine(reference, embeddings[k]), share: 1 / prompts.length }))
    );
    const scores = rows.map((one) => pooled(one) ?? 0);
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

  // book/live/model.js
  function bytesOf(text2) {
    return Uint8Array.from(atob(text2), (letter) => letter.charCodeAt(0)).buffer;
  }
  function makeModel(values, receive) {
    const listeners = /* @__PURE__ */ new Map();
    return {
      get: (name) => values[name],
      /**
       * @param {string | Record<string, unknown>} name or traits with their values
       * @param {unknown} [value]
       */
      set(name, value) {
        const changes = Object.entries(typeof name === "object" ? name : { [name]: value }).filter(([key, now]) => values[key] !== now);
        Object.assign(values, Object.fromEntries(changes));
        for (const [key] of changes) for (const tell of [...listeners.get(`change:${key}`) ?? []]) tell();
      },
      on: (event, tell) => void listeners.set(event, [...listeners.get(event) ?? [], tell]),
      /**
       * @param {string} [event] without it, nobody hears of anything
       * @param {() => void} [tell] without it, nobody hears of this event
       */
      off(event, tell) {
        if (!event) listeners.clear();
        else listeners.set(event, tell ? (listeners.get(event) ?? []).filter((one) => one !== tell) : []);
      },
      save_changes() {
      },
      send: (message) => receive(message)
      // of a widget, which says so
    };
  }

  // book/live/notebook.js
  function python(value, indent = "") {
    if (value === null || value === void 0) return "None";
    if (typeof value === "boolean") return value ? "True" : "False";
    if (typeof value === "string") return JSON.stringify(value.toWellFormed?.() ?? value);
    if (typeof value === "number") return String(value);
    const inner = `${indent}    `;
    const rows = Array.isArray(value) ? value.map((one) => python(one, inner)) : Object.entries(value).map(([key, one]) => `${python(key)}: ${python(one, inner)}`);
    const [open2, close] = Array.isArray(value) ? "[]" : "{}";
    const line = `${open2}${rows.join(", ")}${close}`;
    return line.length + indent.length <= 80 && !line.includes("\n") ? line : `${open2}
${rows.map((row) => `${inner}${row},
`).join("")}${indent}${close}`;
  }
  function notebookOf(title2, address, lines) {
    const about = `# ${title2}

Saved from [a live page](<${address.replaceAll(">", "%3E")}>) of clipnb. Run the next cell: it shows the same state.`;
    const cells = [
      { cell_type: "markdown", id: "about", metadata: {}, source: about },
      { cell_type: "code", id: "state", execution_count: null, metadata: {}, outputs: [], source: lines.join("\n") }
    ];
    const kernelspec = { display_name: "Python 3", language: "python", name: "python3" };
    return JSON.stringify({ cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 }, null, 1);
  }

  // book/live/address.js
  var VERSION = "1";
  var MARK = "#s=";
  var MOST_CHARACTERS = 3e4;
  var MOST_BYTES = 2e5;
  var UNREADABLE = "it is damaged, or was not made by this page";
  var lettersOf = (bytes) => btoa(Array.from(bytes, (one) => String.fromCharCode(one)).join("")).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  async function piped(bytes, through, most) {
    const reader = new Blob([bytes]).stream().pipeThrough(through).getReader();
    const pieces = [];
    for (let size = 0; ; ) {
      const { done, value } = await reader.read();
      if (done) return new Uint8Array(await new Blob(
        /** @type {BlobPart[]} */
        pieces
      ).arrayBuffer());
      size += value.length;
      if (size > most) {
        reader.cancel().catch(() => {
        });
        throw new Refusal("it holds too much");
      }
      pieces.push(value);
    }
  }
  async function packed(state) {
    const bytes = new TextEncoder().encode(JSON.stringify(state));
    return `${VERSION}.${lettersOf(await piped(bytes, new CompressionStream("deflate-raw"), Infinity))}`;
  }
  async function unpacked(text2) {
    if (text2.length > MOST_CHARACTERS) throw new Refusal("it is too long");
    const [, version, letters] = /^(\d+)\.([\w-]+)$/.exec(text2) ?? [];
    if (version === void 0) throw new Refusal(UNREADABLE);
    if (version !== VERSION) throw new Refusal("it was made by another version of this page");
    try {
      const bytes = Uint8Array.from(atob(letters.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
      const text3 = new TextDecoder("utf-8", { fatal: true }).decode(await piped(bytes, new DecompressionStream("deflate-raw"), MOST_BYTES));
      return JSON.parse(text3);
    } catch (error) {
      throw error instanceof Refusal ? error : new Refusal(UNREADABLE);
    }
  }

  // book/live/states.js
  var MOST_CLASSES = 30;
  var MOST_ROWS = 60;
  var LONGEST_NAME = 60;
  var MOST_WEIGHT = 10;
  var ODD = "it asks for something that this page does not have";
  var isObject2 = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
  function text(value, longest) {
    if (typeof value !== "string" || (value.toWellFormed?.() ?? value) !== value) throw new Refusal(ODD);
    return words(value, longest);
  }
  function list(value, most) {
    if (!Array.isArray(value) || value.length > most) throw new Refusal(ODD);
    return value;
  }
  var pictureOf = (name, { pictures, document: document2 }) => pictures.find((one) => one.name === text(name, 300))?.index ?? document2.picture;
  var nameOf = (which, { pictures }) => pictures.find((one) => one.index === which)?.name;
  var changed = (document2, { document: stored }, names) => Object.fromEntries(names.filter((name) => !same(document2[name], stored[name])).map((name) => [name, document2[name]]));
  function picture(document2, traits) {
    const name = document2.picture === traits.document.picture ? void 0 : nameOf(document2.picture, traits);
    return name === void 0 ? {} : { picture: name };
  }
  var WALL_LINK = {
    edited: ["sentence"],
    pack: (document2, traits) => ({ ...changed(document2, traits, ["sentence"]), ...picture(document2, traits) }),
    restore: ({ sentence, picture: picture2 }, traits) => ({
      ...traits.document,
      ...sentence === void 0 ? {} : { sentence: text(sentence, traits.settings.longest) },
      ...picture2 === void 0 ? {} : { picture: pictureOf(picture2, traits) }
    })
  };
  function rowOf(value) {
    const [words2, on, weight] = list(value, 3);
    return { text: text(words2), on: on === 1, weight: number(
      /** @type {number} */
      weight,
      0,
      MOST_WEIGHT,
      "A weight"
    ) };
  }
  function classOf(value, stored) {
    if (typeof value === "string") {
      const found = stored.find((one) => one.name === value);
      if (!found) throw new Refusal(ODD);
      return found;
    }
    const [name, rows] = list(value, 2);
    if (!text(name, LONGEST_NAME).trim()) throw new Refusal(ODD);
    return { name: text(name), rows: list(rows, MOST_ROWS).map(rowOf) };
  }
  function classesOf(value, stored) {
    const classes = list(value, MOST_CLASSES).map((one) => classOf(one, stored));
    const names = new Set(classes.map((one) => one.name.toLowerCase()));
    if (!classes.length || names.size < classes.length) throw new Refusal(ODD);
    return classes;
  }
  var EXPLORER_LINK = {
    edited: ["classes"],
    pack(document2, traits) {
      const stored = (
        /** @type {ExplorerClass[]} */
        traits.document.classes ?? []
      );
      const asState = (one) => stored.some((other) => same(other, one)) ? one.name : [one.name, one.rows.map((row) => [row.text, Number(row.on), row.weight])];
      const classes = same(document2.classes, stored) ? {} : { classes: document2.classes.map(asState) };
      return { ...classes, ...changed(document2, traits, ["compare"]), ...picture(document2, traits) };
    },
    restore(state, traits) {
      const stored = traits.document.classes;
      const classes = state.classes === void 0 ? stored : classesOf(state.classes, stored);
      const compare = list(state.compare ?? [null, null], 2).map((of) => of === null ? null : index(
        /** @type {number} */
        of,
        classes.length,
        "class"
      ));
      if (compare.length !== 2) throw new Refusal(ODD);
      return { ...traits.document, classes, compare, ...state.picture === void 0 ? {} : { picture: pictureOf(state.picture, traits) } };
    }
  };
  var CREATURE_LINK = {
    edited: ["marks", "habitat"],
    pack(document2, { document: stored }) {
      const marks = Object.fromEntries(Object.entries(document2.marks).filter(([slot, value]) => stored.marks?.[slot] !== value));
      return { ...Object.keys(marks).length ? { marks } : {}, ...document2.habitat === stored.habitat ? {} : { habitat: document2.habitat }, ...document2.rival === null ? {} : { rival: document2.rival } };
    }
  };
  var INSIDE_LINK = {
    edited: ["sentence"],
    pack: (document2, traits) => ({ ...changed(document2, traits, ["sentence", "step", "patch", "query", "head", "text_head", "token", "number"]), ...picture(document2, traits) })
  };
  var HEADS_LINK = {
    edited: ["sentence"],
    pack: (document2, traits) => ({ ...changed(document2, traits, ["sentence", "part", "patch", "centred"]), ...picture(document2, traits) })
  };
  var PACKS = { wall: WALL_LINK.pack, explorer: EXPLORER_LINK.pack, creature: CREATURE_LINK.pack, inside: INSIDE_LINK.pack, heads: HEADS_LINK.pack };
  var widgetOf = (name) => name.split("-")[0];
  function linkOf(linked, names) {
    if (!isObject2(linked) || !isObject2(linked.d)) throw new Refusal(ODD);
    const name = linked.p === widgetOf(names[0]) ? names[0] : linked.p;
    if (!names.includes(name)) throw new Refusal(ODD);
    return { name, state: linked.d };
  }
  function restored({ restore: restore2, edited }, state, traits) {
    const document2 = structuredClone(restore2(state, traits));
    return { document: document2, first: Object.fromEntries(edited.map((key) => [key, structuredClone(traits.document[key])])) };
  }

  // book/live/page_kernel.js
  var HERE = new URL(
    ".",
    /** @type {HTMLScriptElement} */
    document.currentScript.src
  );
  var ABSENT = "New words are scored as soon as the model is here; see the line above.";
  var LOADING = "Stored results. The model is loading, and everything works on stored texts until then.";
  var TEXTS = "Live for texts: the text encoder runs in this page. The image encoder is loading.";
  var AS_FILE = "Stored results. This page was opened as a file, and browsers do not let a file start the model. To type words of your own, serve the folder of this site: python -m http.server 8000, then open http://localhost:8000 and come back to this page.";
  var { connection } = (
    /** @type {{ connection?: { saveData?: boolean } }} */
    navigator
  );
  var AT = location.protocol === "file:" ? "file" : connection?.saveData ? "saving" : "server";
  var live = window.clipnbLive = { styles: {}, pages: {}, habitats: {}, links: { packed, unpacked, linkOf, restored: (name, state) => restoredOf(name, state) } };
  var kinds = {};
  function register(name, kind) {
    kinds[name] = kind;
    if (AT === "server" && !kind.isNeeded) clip().catch(() => {
    });
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
  function clip(onProgress = () => {
  }) {
    hearers.push(onProgress);
    const tell = (share, of) => hearers.forEach((hear) => hear(share, of));
    loading ??= loadEngine().then(({ loadClip }) => loadClip({ onProgress: (share) => tell(share, "text"), onImages: (share) => tell(share, "image") }));
    return loading;
  }
  var loadEngine = () => import(new URL("engine.js", HERE).href);
  function modelOf({ traits, bytes }, other, receive) {
    const values = { ...structuredClone(traits), ...other, absent: ABSENT, pause: 0, answered: {}, problem: "", failures: 0 };
    for (const [name, text2] of Object.entries(bytes)) values[name] = new DataView(bytesOf(text2));
    return makeModel(values, receive);
  }
  function answering(page, other, want) {
    const heard = {};
    let ready = null;
    let [busy, again] = [false, false];
    const meanwhile2 = () => kinds[page.widget].meanwhile?.({ model });
    const model = modelOf(page, other, ({ view, serial }) => {
      heard[view] = serial;
      meanwhile2();
      if (!ready && kinds[page.widget].isNeeded?.({ model })) want();
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
          model.set("problem", `Something went wrong while the model answered (${messageOf(error)}).`);
        }
        model.set("answered", now);
      }
      busy = false;
    }
    return { model, start: (network) => (ready = network, work()) };
  }
  var messageOf = (error) => error instanceof Error ? error.message : String(error);
  var stageOf = (place) => (
    /** @type {HTMLElement} */
    place.querySelector(".clipnb-stage")
  );
  function attributesOf(place) {
    const { live: name = "", kinds: all = "", megabytes = "" } = place.dataset;
    return { name, kind: name.split("-")[1], kinds: all.split(" "), megabytes };
  }
  function show(page, place, state) {
    const traits = (
      /** @type {import("./states.js").Traits} */
      page.traits
    );
    const kernel = answering(page, state ? restored(kinds[page.widget].link, state, traits) : {}, () => place.dispatchEvent(new Event("clipnb-need")));
    const stage = element("div", { className: "clipnb-stage" });
    if (!document.querySelector(`style[data-widget="${page.widget}"]`)) {
      const style = element("style", { textContent: live.styles[page.widget] });
      style.dataset.widget = page.widget;
      document.head.append(style);
    }
    kinds[page.widget].render({ model: kernel.model, el: stage });
    Object.assign(stage, { model: kernel.model });
    stageOf(place).replaceWith(stage);
    return { kernel, stage };
  }
  function statusLine2(place) {
    const [words2, progress] = [element("span"), element("progress", { max: 1, value: 0, hidden: true })];
    const line = element("p", { className: "clipnb-live-status" }, words2, progress);
    words2.setAttribute("role", "status");
    progress.setAttribute("aria-label", "How much of the model is here");
    if (kinds[attributesOf(place).name.split("-")[0]].isNeeded) place.append(line);
    else place.prepend(line);
    return (state, text2, share) => {
      line.dataset.state = state;
      if (words2.textContent !== text2) words2.textContent = text2;
      progress.hidden = share === void 0;
      if (share !== void 0) progress.value = share;
      return line;
    };
  }
  async function goLive(started, ready, place, say) {
    try {
      await Promise.race([started, ready.imagesReady]);
      place.dataset.texts = "live";
      say("text", TEXTS, 0);
      await ready.imagesReady;
      await started;
      say("live", "Live: the model runs in this page. Nothing of what you do here leaves it.");
      document.dispatchEvent(new Event("clipnb-live"));
    } catch (error) {
      say("text", `Live for texts. Images of your own cannot be read: ${messageOf(error)}`);
    } finally {
      delete place.dataset.texts;
    }
  }
  function whenLive(place, say, alone2 = "Stored texts can be switched, weighted and swapped; new words need the model.") {
    const kernels = [];
    let network = null;
    let other = null;
    const load = () => {
      say("loading", LOADING, 0);
      const hear = (share, of) => void (of === "image" ? network && place.dataset.texts && say("text", TEXTS, share) : network || say("loading", LOADING, share));
      return clip(hear).then(
        async (ready) => {
          network = ready;
          await goLive(Promise.all(kernels.map((kernel) => kernel.start(ready))), ready, place, say);
        },
        (error) => say("stored", `Stored results. ${error.message} ${alone2}`)
      );
    };
    if (AT === "file") say("stored", AS_FILE);
    else if (AT === "saving") {
      const line = say("stored", "Stored results, since your browser asks to save data. ");
      const button = element("button", { type: "button", textContent: `Load the model (${attributesOf(place).megabytes} MB)`, onclick: () => (button.remove(), load()) });
      line.append(button);
    } else if (kinds[attributesOf(place).name.split("-")[0]].isNeeded) {
      say("stored", `Stored results. The model (${attributesOf(place).megabytes} MB) is fetched when you write a text of your own; nothing that you write leaves this page.`);
      place.addEventListener("clipnb-need", load, { once: true });
    } else load();
    const join = (kernel) => {
      if (other) return void kernel.start(other);
      kernels.push(kernel);
      if (network) kernel.start(network);
    };
    return { join, use: (one) => void (other = one) };
  }
  var restoredOf = (name, state) => restored(
    kinds[live.pages[name].widget].link,
    state,
    /** @type {import("./states.js").Traits} */
    live.pages[name].traits
  ).document;
  var PAUSE2 = 120;
  function makeShelf(place) {
    const { name: first, kinds: all } = attributesOf(place);
    const widget = first.split("-")[0];
    const names = [first, ...all.filter(Boolean).map((kind) => `${widget}-${kind}`).filter((name) => name !== first)];
    const left = /* @__PURE__ */ new Map();
    let join = () => {
    };
    let wanted = first;
    function put(name, state) {
      const kept = state ? void 0 : left.get(name);
      if (kept) stageOf(place).replaceWith(kept.stage);
      const shown2 = kept ?? show(live.pages[name], place, state);
      if (!kept) {
        shown2.kernel.model.on("change:document", () => place.dataset.page === name && place.dispatchEvent(new Event("clipnb-change")));
        join(shown2.kernel);
      }
      left.set(name, shown2);
      place.dataset.page = name;
      place.dispatchEvent(new CustomEvent("clipnb-visit", { detail: shown2.kernel.model }));
      return shown2.kernel;
    }
    async function visit(name, state) {
      wanted = name;
      const problem = `The ${name.split("-")[1]} page could not be loaded; try again when the server can be reached.`;
      if (!live.pages[name]) await script(new URL(`pages/${name}.js`, HERE), problem);
      if (wanted === name) put(name, state);
    }
    function exchange(page) {
      const { name, model } = now();
      const state = kinds[page.widget].link.pack(
        model.get("document"),
        /** @type {import("./states.js").Traits} */
        live.pages[name].traits
      );
      live.pages[name] = page;
      put(name, state);
    }
    const now = () => {
      const name = place.dataset.page ?? first;
      return { name, model: (
        /** @type {ReturnType<typeof show>} */
        left.get(name).kernel.model
      ) };
    };
    const joining = (use) => {
      join = use;
      left.forEach(({ kernel }) => join(kernel));
    };
    return { first, names, put, visit, exchange, now, joining };
  }
  function keepAddress(place, shelf, say) {
    let timer = 0;
    async function hashOf() {
      const { name, model } = shelf.now();
      const page = live.pages[name];
      const state = kinds[page.widget].link.pack(
        model.get("document"),
        /** @type {import("./states.js").Traits} */
        page.traits
      );
      return name === shelf.first && !Object.keys(state).length ? "" : MARK + await packed({ p: name, d: state });
    }
    async function write(how) {
      clearTimeout(timer);
      const hash = await hashOf();
      if (hash === (location.hash.startsWith(MARK) ? location.hash : "")) return;
      history[how](null, "", `${location.pathname}${location.search}${hash}`);
    }
    async function hear() {
      const hash = location.hash;
      if (hash && !hash.startsWith(MARK) || hash === await hashOf()) return;
      try {
        const { name, state } = hash ? linkOf(await unpacked(hash.slice(MARK.length)), shelf.names) : { name: shelf.first, state: {} };
        await shelf.visit(name, state);
        say("");
      } catch (error) {
        const why2 = error instanceof Refusal ? error.message : messageOf(error);
        say(`The link could not be followed (${why2}). What you see is not its state.`);
      }
    }
    place.addEventListener("clipnb-change", () => {
      clearTimeout(timer);
      timer = setTimeout(() => write("replaceState"), PAUSE2);
    });
    window.addEventListener("hashchange", hear);
    return { write, hear };
  }
  async function open(place) {
    const say = statusLine2(place);
    const shelf = makeShelf(place);
    const { model } = shelf.put(shelf.first);
    place.dataset.shown = "true";
    const note = element("p", { className: "clipnb-live-note clipnb-live-link" });
    note.setAttribute("role", "status");
    const tell = (text2) => void (note.textContent = text2);
    const address = keepAddress(place, shelf, tell);
    const copy = element("button", { type: "button", className: "clipnb-live-copy", textContent: "Copy link", title: "The address of exactly this state", onclick: () => copyLink(address.write, tell) });
    const save = element("button", { type: "button", className: "clipnb-live-copy", textContent: "Save as a notebook", title: "Python code that shows this state", onclick: () => saveNotebook(shelf.now(), address.write, tell) });
    place.append(copy, save, note);
    const { alone: alone2, extras: extras2 } = kinds[live.pages[shelf.first].widget];
    const network = whenLive(place, say, alone2);
    shelf.joining(network.join);
    const visit = async (name) => {
      await address.write("replaceState");
      await shelf.visit(name);
      await address.write("pushState");
    };
    const exchange = (page, other) => (network.use(other), shelf.exchange(page));
    extras2?.({ place, model, visit, exchange, here: HERE });
    if (location.hash.startsWith(MARK)) await address.hear();
  }
  async function copyLink(write, tell) {
    await write("replaceState");
    try {
      await navigator.clipboard.writeText(location.href);
      tell("The link is copied. It opens this page in exactly this state; an image of your own is not part of it.");
    } catch {
      tell("The browser does not let this page copy. The link is the address at the top.");
    }
  }
  async function saveNotebook({ name, model }, write, tell) {
    await write("replaceState");
    const { code: code2 } = kinds[live.pages[name].widget];
    const title2 = document.querySelector("h1")?.firstChild?.textContent?.trim() ?? document.title;
    const text2 = notebookOf(title2, location.href, code2(model, name));
    const file = URL.createObjectURL(new Blob([text2], { type: "application/x-ipynb+json" }));
    element("a", { href: file, download: `clipnb_${name.replace("-", "_")}.ipynb` }).click();
    setTimeout(() => URL.revokeObjectURL(file), 1e4);
    tell("The notebook is saved; open it in Jupyter where clipnb is installed.");
  }
  document.addEventListener("DOMContentLoaded", () => {
    const places = document.querySelectorAll("[data-live]");
    places.forEach(open);
  });

  // book/live/creature_page.js
  var MOST_KEPT = 500;
  var guides = /* @__PURE__ */ new Map();
  var keyOf = ({ marks, habitat }) => JSON.stringify([Object.entries(marks).sort(), habitat]);
  function guideOf(model) {
    const kind = model.get("kind");
    const guide = guides.get(kind.name) ?? makeGuide(kind, model.get("settings"));
    guides.set(kind.name, guide);
    return guide;
  }
  function makeGuide({ name, dim, scale, parts, classes, species, pose, art }, settings) {
    const rows = (text2) => {
      const all = new Float32Array(bytesOf(text2));
      return Array.from({ length: all.length / dim }, (_, i) => all.subarray(i * dim, (i + 1) * dim));
    };
    const images = rows(species);
    const about = { kind: name, parts, scale, species: settings.species, images, classes: classes.map((one) => ({ ...one, embeddings: rows(one.embeddings) })) };
    return { about, pose, art, colours: settings.colours, embeddings: new Map(settings.species.map((one, i) => [keyOf(one), images[i]])) };
  }
  function svgOf({ art, pose, colours }, { marks, habitat }) {
    const slots = Object.keys(marks).filter((slot) => slot.endsWith("_colour"));
    const paint = Object.fromEntries(slots.map((slot) => [slot.slice(0, -"_colour".length), colours[marks[slot]]]));
    return toSvg({ marks, colours: paint, habitat, poses: [pose], mood: ["#ffffff", 0], mirrored: false }, art, live.habitats);
  }
  function look(model, more = {}) {
    const [guide, document2] = [guideOf(model), structuredClone(model.get("document"))];
    const embedding = guide.embeddings.get(keyOf(document2));
    const uri = `data:image/svg+xml,${svgOf(guide, document2).replaceAll("%", "%25").replaceAll("#", "%23")}`;
    const drawn = { ...model.get("opinion"), ...truth(guide.about, document2), uri, ...more };
    if (!embedding) return model.set("opinion", drawn);
    const named = { ...opinionOf(guide.about, document2, embedding), marks: document2.marks, habitat: document2.habitat, asked: document2.rival };
    model.set("opinion", { ...drawn, ...named, unseen: false });
  }
  var answered = /* @__PURE__ */ new WeakSet();
  var meanwhile = ({ model }) => look(model, { unseen: !answered.has(model) });
  async function answer({ model, clip: clip2 }) {
    answered.add(model);
    const [{ embeddings, ...guide }, document2] = [guideOf(model), structuredClone(model.get("document"))];
    const key = keyOf(document2);
    if (!embeddings.has(key)) {
      const draw = await loadResvg();
      const [embedding] = await clip2.encodeImages([draw(svgOf({ embeddings, ...guide }, document2))]);
      const [oldest] = embeddings.keys();
      if (embeddings.size >= MOST_KEPT) embeddings.delete(oldest);
      embeddings.set(key, embedding);
    }
    look(model);
  }
  var here;
  async function loadResvg() {
    const { loadRasteriser } = await import(new URL("rasterise.js", here).href);
    return loadRasteriser();
  }
  function extras({ place, visit, here: folder }) {
    here = folder;
    if (location.protocol !== "file:" && typeof WebAssembly === "object") loadResvg().catch(() => {
    });
    const { kind: first, kinds: kinds2 } = attributesOf(place);
    const note = element("p", { className: "clipnb-live-note" });
    note.setAttribute("role", "status");
    const choose = async (kind) => {
      note.textContent = "";
      await visit(`creature-${kind}`).catch((error) => void (note.textContent = messageOf(error)));
    };
    const group = element("fieldset", { className: "clipnb-live-kinds" }, element("legend", { textContent: "Kind" }));
    const radios = kinds2.map((kind) => element("input", { type: "radio", name: "clipnb-live-kind", value: kind, checked: kind === first, onchange: () => choose(kind) }));
    group.append(...radios.map((radio) => element("label", {}, radio, element("span", { textContent: radio.value }))));
    place.addEventListener("clipnb-visit", () => radios.forEach((radio) => radio.checked = `creature-${radio.value}` === place.dataset.page));
    stageOf(place).before(group, note);
  }
  function restore({ marks, habitat, rival }, { document: document2, settings }) {
    const machine = new Machine(
      /** @type {CreatureDocument} */
      document2,
      CREATURE(settings)
    );
    if (marks !== void 0 && !isObject2(marks)) throw new Refusal(ODD);
    for (const [of, value] of Object.entries(marks ?? {})) machine.act({ do: "set", of, value });
    if (habitat !== void 0) machine.act({ do: "settle", habitat });
    if (rival !== void 0) machine.act({ do: "against", of: rival });
    return machine.document;
  }
  function code(model) {
    const { marks, habitat } = model.get("document");
    const kind = python(model.get("kind").name);
    return ["import clipnb", "", "clip = clipnb.load_clip()  # the bundled model", `marks = ${python(marks)}`, "", `clipnb.widgets.design_creature(clip, ${kind}, marks=marks, habitat=${python(habitat)})`];
  }
  var alone = "Creatures are drawn all the same, and a species that you start from is named; any other needs the model.";
  register("creature", { render: page_default.render, answer, meanwhile, extras, alone, code, link: { ...CREATURE_LINK, restore } });
})();

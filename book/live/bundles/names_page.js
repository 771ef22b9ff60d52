// Made from book/live/names_page.js by tests/javascript/bundle.py; sources 11c8889ab91c54ba9ae0d4276b168dba0eb17221cb78482df0f6c59fd0383010
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
  var Embeddings = class {
    /** @param {number} dim */
    constructor(dim) {
      this.dim = dim;
      this.rows = /* @__PURE__ */ new Map();
    }
    /**
     * @param {Key[]} keys
     * @param {Bytes} view their embeddings, one after the other
     */
    add(keys, view) {
      const all = floats(view);
      keys.forEach((key, i) => this.rows.set(key, all.subarray(i * this.dim, (i + 1) * this.dim)));
    }
    /** @param {Key} key */
    has(key) {
      return this.rows.has(key);
    }
    /** @param {Key | undefined} key */
    get(key) {
      return this.rows.get(key);
    }
  };
  function floats(view) {
    if (!view?.byteLength) return new Float32Array(0);
    const bytes = ArrayBuffer.isView(view) ? view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength) : view.slice(0);
    return new Float32Array(bytes);
  }
  function rowsIn(view, dim) {
    const all = floats(view);
    return Array.from({ length: all.length / dim }, (_, i) => all.subarray(i * dim, (i + 1) * dim));
  }
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
  var isFocused = (field) => field === /** @type {Document | ShadowRoot} */
  field.getRootNode().activeElement;
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
  function setValue(field, value) {
    if (field.value !== value && !isFocused(field)) field.value = value;
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
    const [fill] = childrenOf(element2);
    fill.style.width = `${(100 * Math.min(1, Math.abs(share))).toFixed(2)}%`;
    fill.dataset.sign = share < 0 ? "minus" : "plus";
  }
  var heads = (...words2) => h("div", { class: "clipnb-heads", aria: { hidden: "true" } }, ...words2.map((one) => h("span", {}, one)));
  var signed = (x) => `${x <= -5e-4 ? "−" : "+"}${Math.abs(x).toFixed(3)}`;
  var decimal = (x, digits) => x.toFixed(digits).replace(/^-(?=0\.?0*$)/, "").replace("-", "−");
  var percent = (x) => `${(100 * x).toFixed(x > 0 && x < 0.1 ? 1 : 0)} %`;
  function imageStrip(model, choose) {
    const group = `images-${Math.random().toString(36).slice(2)}`;
    const offered = model.get("pictures");
    const radios = offered.map(
      (one) => h("input", { type: "radio", name: group, onchange: () => choose(one.index), aria: { label: caption(one) } })
    );
    const thumbs = offered.map((one, i) => h("label", { title: caption(one) }, radios[i], h("img", { src: one.uri, alt: "", width: 56 })));
    const field = h("input", {
      type: "number",
      min: 1,
      max: model.get("total"),
      class: "clipnb-number",
      onchange: () => choose(Math.round(Number(field.value)) - 1)
    });
    const more = model.get("total") > offered.length && !model.get("own") && !model.get("saved");
    const any = h("label", { class: "clipnb-any" }, `image (1 to ${model.get("total")}) `, field);
    const element2 = h("fieldset", { class: "clipnb-strip" }, h("legend", {}, "Images"), ...thumbs, more ? any : null);
    const redraw = (chosen) => {
      offered.forEach((one, i) => radios[i].checked = one.index === chosen);
      any.dataset.shown = String(!offered.some((one) => one.index === chosen));
      setValue(field, String(chosen + 1));
    };
    return { element: element2, redraw };
  }
  var caption = (one) => one.truth ? `${one.truth} (${one.name})` : one.name;
  var legend = (one) => (one.truth ? "True class: " : "") + caption(one);
  function figureOf(properties, size) {
    const [image, text2] = [h("img", { class: "clipnb-image", ...size }), h("figcaption")];
    const element2 = h("figure", properties, image, text2);
    const redraw = (entry) => {
      setSource(image, entry.uri);
      image.alt = caption(entry);
      setText(text2, legend(entry));
    };
    return { element: element2, redraw };
  }
  function setSource(image, uri) {
    if (image.src !== uri) image.src = uri;
  }
  function imageReader(model, dim) {
    const embeddings = rowsIn(model.get("picture_vectors"), dim);
    const offered = model.get("pictures").map((entry, i) => ({ entry, embedding: embeddings[i] }));
    return (chosen) => {
      const extra = extraOf(model);
      if (extra?.index === chosen) return { entry: extra, embedding: floats(model.get("extra_vector")) };
      return offered.find((one) => one.entry.index === chosen);
    };
  }
  function extraOf(model) {
    const extra = model.get("extra");
    return extra && "index" in extra ? (
      /** @type {ImageEntry} */
      extra
    ) : null;
  }
  function textEmbeddings(model, dim) {
    const embeddings = new Embeddings(dim);
    embeddings.add(model.get("texts"), model.get("vectors"));
    const learn = () => embeddings.add(model.get("new_texts") ?? [], model.get("new_vectors"));
    learn();
    return { embeddings, learn };
  }

  // clipnb/widgets/common/announce.js
  var QUIET = 600;
  function announcer() {
    const element2 = h("p", { class: "clipnb-spoken", aria: { live: "polite", atomic: "true" } });
    let told3 = null;
    let timer = 0;
    function tell(parts) {
      clearTimeout(timer);
      if (!parts) return;
      const known = told3 ??= parts;
      const news = parts.filter((part, i) => part && part !== known[i]);
      if (!news.length) return;
      timer = setTimeout(() => {
        told3 = parts;
        setText(element2, news.join(" "));
      }, QUIET);
    }
    return { element: element2, tell };
  }

  // clipnb/widgets/common/reasons.js
  function reasonsList(one = "prompt") {
    const [title, text2, list2, rest] = [h("p", { class: "clipnb-heading" }), h("p"), h("ul", { class: "clipnb-reasons" }), h("p")];
    const element2 = h("section", { class: "clipnb-because", aria: { label: "Why one class rather than another" } }, title, text2, list2, rest);
    function redraw(why2) {
      element2.hidden = !why2?.parts.length;
      if (!why2?.parts.length) return;
      const { others = 0, rest: left = 0 } = why2;
      setText(title, `Why ${why2.left} rather than ${why2.right}?`);
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

  // book/live/phrasing.js
  var VERBS = "is are was were has have had can could may might does do doesn isn hasn aren looks appears resembles lacks also often usually typically sometimes".split(" ");
  var PARTICIPLES = "made used covered shaped found known marked coloured colored similar".split(" ");
  var WORD = "[\\p{L}\\p{N}_]";
  var WORDS = "[\\p{L}\\p{N}_-]+";
  var [START, END] = [`(?<!${WORD})(?=${WORD})`, `(?!${WORD})`];
  var VERB = `(?:${VERBS.join("|")})${END}`;
  var SUBJECT = new RegExp(`^(?:it|they|he|she|which|that|who|(?:this|these)(?: ${WORDS}){0,3}?) (?=${VERB})`, "iu");
  var SHORT = /^(?:it|they|he|she|that|who)['’](?:s|re) /iu;
  var THERE = /^there (?:is|are) /iu;
  var OWN = new RegExp(`^(?:whose |(?:its|their|his|her) (?=(?:${WORDS} ){1,6}?${VERB}))`, "iu");
  var OTHER = new RegExp(
    `^(?:the|those|some|most|many|all|you|we|[A-Z]${WORDS.replace(/\+$/, "*")}) (?:(?!${START}(?:that|which|who|whose|when|where|with|as|if)${END}).)*?${START}(?:is|are|has|have|was|were|can|may|will)${END}`,
    "su"
  );
  var IS_VERB = new RegExp(`^${VERB}`, "iu");
  var FIRST = new RegExp(`^${WORD}*`, "u");
  var SINGULAR = { are: "is", have: "has", were: "was", do: "does" };
  function firstWord(text2) {
    const word = FIRST.exec(text2)?.[0] ?? "";
    return [word.toLowerCase(), text2.slice(word.length)];
  }
  function predicate(text2) {
    for (
      const [start, verb2] of
      /** @type {[RegExp, string][]} */
      [[SHORT, "is "], [THERE, "has "]]
    ) {
      const found = start.exec(text2);
      if (found) return verb2 + text2.slice(found[0].length);
    }
    const subject = SUBJECT.exec(text2);
    if (!subject) return text2;
    const [verb, rest] = firstWord(text2.slice(subject[0].length));
    return (Object.hasOwn(SINGULAR, verb) ? SINGULAR[verb] : verb) + rest;
  }
  function describe(name, descriptor) {
    const whole = descriptor.replace(/^[ ,;]+|[ ,;]+$/g, "");
    const own = OWN.exec(whole);
    if (own) return `${name}, whose ${whole.slice(own[0].length)}`;
    const text2 = predicate(whole);
    const [first, rest] = firstWord(text2);
    if (VERBS.includes(first)) return `${name}, which ${first}${rest}`;
    if (PARTICIPLES.includes(first)) return `${name}, which is ${first}${rest}`;
    if (first === "with") return `${name} with${rest}`;
    if (OTHER.test(predicate(text2)) && !IS_VERB.test(text2)) return `${name}: ${text2}`;
    return `${name}, which has ${text2}`;
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
  var MOST_BYTES = 12e3;
  var MOST_DESCRIBED = 1e3;
  var keyOf = (name) => name.normalize("NFC").toLowerCase();
  function fitting(text2, what, more = "") {
    const count = new TextEncoder().encode(text2 + more).length;
    if (count > MOST_BYTES) throw new Refusal(`${what} would take ${count.toLocaleString("en")} bytes; at most ${MOST_BYTES.toLocaleString("en")} are kept.`);
    return text2.toWellFormed?.() ?? text2;
  }
  function describedOf(value) {
    const pairs = list(value, MOST_DESCRIBED).map((one) => {
      const [name, told3] = list(one, 2);
      return (
        /** @type {[string, string]} */
        [text(name, Infinity), text(told3, Infinity)]
      );
    });
    if (new Set(pairs.map(([name]) => keyOf(name))).size < pairs.length) throw new Refusal(ODD);
    fitting(pairs.flat().join(""), "The descriptors");
    return pairs;
  }
  var NAMES_LINK = {
    edited: ["list", "descriptors", "described", "named"],
    pack: (document2, traits) => ({ ...changed(document2, traits, ["list", "descriptors", "described", "named", "why"]), ...picture(document2, traits) }),
    restore(state, traits) {
      const { document: document2 } = traits;
      const yes = (key) => state[key] === void 0 ? document2[key] : state[key] === true;
      return {
        ...document2,
        ...state.list === void 0 ? {} : { list: fitting(text(state.list, Infinity), "The list") },
        ...state.descriptors === void 0 ? {} : { descriptors: describedOf(state.descriptors) },
        described: yes("described"),
        named: yes("named"),
        why: yes("why"),
        ...state.picture === void 0 ? {} : { picture: pictureOf(state.picture, traits) }
      };
    }
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
  function restored({ restore, edited }, state, traits) {
    const document2 = structuredClone(restore(state, traits));
    return { document: document2, first: Object.fromEntries(edited.map((key) => [key, structuredClone(traits.document[key])])) };
  }

  // book/live/names.js
  var MOST_NAMES = 200;
  var LONGEST_NAME2 = 100;
  var BETWEEN = /[,،、，\r\n\u0085\u2028\u2029]+/;
  var LINES = /[\r\n\u0085\u2028\u2029]+/;
  var BULLET = /^[-*•·–—](?:\s+|$)/;
  var SEEN = /[^\s\p{C}]/u;
  var MARK = /<\|(?:start|end)oftext\|>/;
  var PROMPT = (name) => `a photo of a ${name}`;
  function namesIn(list2) {
    const entries = list2.split(BETWEEN).filter((one) => SEEN.test(one)).map((one) => one.replace(/\s+/g, " ").trim());
    const first = /* @__PURE__ */ new Map();
    for (const name of entries) if (!first.has(keyOf(name))) first.set(keyOf(name), name);
    const names = [...first.values()];
    return { names, doubled: entries.length - names.length, problem: problemOf(names) };
  }
  function problemOf(names) {
    if (names.length > MOST_NAMES) return `These are ${names.length.toLocaleString("en")} names; at most ${MOST_NAMES} are compared.`;
    const long = names.find((name) => [...name].length > LONGEST_NAME2);
    if (long) return `“${brief(long)}” has ${[...long].length.toLocaleString("en")} characters; a name has at most ${LONGEST_NAME2}.`;
    return "";
  }
  var brief = (text2) => [...text2].length > 40 ? `${[...text2].slice(0, 40).join("")}…` : text2;
  function linesIn(text2) {
    const lines = text2.split(LINES).map((one) => one.trim().replace(BULLET, ""));
    return [...new Set(lines.filter((one) => SEEN.test(one)))];
  }
  function classesOf2({ list: list2, descriptors, described, named }) {
    const { names, doubled, problem } = namesIn(list2);
    const written = new Map(descriptors.map(([name, text2]) => [keyOf(name), text2]));
    const prompts = (name) => {
      const lines = linesIn(written.get(keyOf(name)) ?? "");
      return named ? lines.map((line) => describe(name, line)) : lines;
    };
    const classes = problem ? [] : names.map((name) => ({ name, prompts: described ? prompts(name) : [PROMPT(name)] }));
    const marked = MARK.exec(classes.flatMap((one) => one.prompts).join("\n"));
    if (!marked) return { classes, doubled, problem };
    return { classes: [], doubled, problem: `“${marked[0]}” marks the beginning or the end of a text for this model; remove it.` };
  }
  var descriptionOf = ({ descriptors }, name) => descriptors.find(([other]) => keyOf(other) === keyOf(name))?.[1] ?? "";
  function scored(classes, image, embeddingOf, reference, settings) {
    let pending = 0;
    const rows = classes.map(
      ({ prompts }) => prompts.flatMap((text2) => {
        const embedding = embeddingOf(text2);
        if (!embedding) pending += 1;
        return embedding ? [{ text: text2, cosine: cosine(embedding, image), mean: cosine(embedding, reference), share: 1 / prompts.length }] : [];
      })
    );
    const scores = rows.map(pooled);
    return { rows, scores, probabilities: toProbabilities(scores, settings), order: ranked(scores), pending };
  }
  var NAMES = (total) => ({
    edited: ["list", "descriptors", "described", "named"],
    merged: ["write", "describe"],
    actions: {
      choose: (document2, { picture: picture2 }) => document2.picture = index(picture2, total, "image"),
      write: (document2, { text: text2 }) => document2.list = fitting(text2, "The list"),
      describe(document2, { of, text: text2 }) {
        const isOf = ([name]) => keyOf(name) === keyOf(of);
        const others = document2.descriptors.filter((one) => !isOf(one));
        const kept = fitting(text2, "The descriptors", others.flat().join("") + of);
        if (others.length < document2.descriptors.length) document2.descriptors = document2.descriptors.map((one) => isOf(one) ? [one[0], kept] : one);
        else document2.descriptors.push([of, kept]);
      },
      use: (document2, { descriptors }) => document2.described = descriptors === true,
      name: (document2, { on }) => document2.named = on === true,
      ask: (document2, { why: why2 }) => document2.why = why2 === true
    }
  });

  // book/live/opinion.js
  var MOST_REASONS = 12;
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
  function loading({ kind, perSpecies = 1, shown: shown2, isBundled = true }) {
    const kinds2 = kind ? `, kinds=${python(kind)}` : "";
    return [
      "import clipnb",
      "",
      isBundled ? "clip = clipnb.load_clip()  # the bundled model" : 'clip = clipnb.load_clip("openai/clip-vit-base-patch32")  # the page used a real CLIP: name the same one here',
      `data = clipnb.load_fieldguide("test"${kinds2}, per_species=${perSpecies})`,
      ...shown2 ? [`shown = ${python(shown2)}`, "data = data.select([source in shown for source in data.sources])"] : []
    ];
  }
  var OWN2 = ["from PIL import Image", "", 'image = Image.open("photo.jpg")  # your own image is no part of this file: give its name'];
  var numberOf = (source) => `data.sources.index(${python(source)})`;
  function notebookOf(title, address, lines) {
    const about = `# ${title}

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
  var MARK2 = "#s=";
  var MOST_CHARACTERS = 3e4;
  var MOST_BYTES2 = 2e5;
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
      const text3 = new TextDecoder("utf-8", { fatal: true }).decode(await piped(bytes, new DecompressionStream("deflate-raw"), MOST_BYTES2));
      return JSON.parse(text3);
    } catch (error) {
      throw error instanceof Refusal ? error : new Refusal(UNREADABLE);
    }
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
  var loading2 = null;
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
    loading2 ??= loadEngine().then(({ loadClip }) => loadClip({ onProgress: (share) => tell(share, "text"), onImages: (share) => tell(share, "image") }));
    return loading2;
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
    const meanwhile = () => kinds[page.widget].meanwhile?.({ model });
    const model = modelOf(page, other, ({ view, serial }) => {
      heard[view] = serial;
      meanwhile();
      if (!ready && kinds[page.widget].isNeeded?.({ model })) want();
      work();
    });
    meanwhile();
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
  function whenLive(place, say, alone = "Stored texts can be switched, weighted and swapped; new words need the model.") {
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
        (error) => say("stored", `Stored results. ${error.message} ${alone}`)
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
      return name === shelf.first && !Object.keys(state).length ? "" : MARK2 + await packed({ p: name, d: state });
    }
    async function write(how) {
      clearTimeout(timer);
      const hash = await hashOf();
      if (hash === (location.hash.startsWith(MARK2) ? location.hash : "")) return;
      history[how](null, "", `${location.pathname}${location.search}${hash}`);
    }
    async function hear() {
      const hash = location.hash;
      if (hash && !hash.startsWith(MARK2) || hash === await hashOf()) return;
      try {
        const { name, state } = hash ? linkOf(await unpacked(hash.slice(MARK2.length)), shelf.names) : { name: shelf.first, state: {} };
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
    const { alone, extras: extras2 } = kinds[live.pages[shelf.first].widget];
    const network = whenLive(place, say, alone);
    shelf.joining(network.join);
    const visit = async (name) => {
      await address.write("replaceState");
      await shelf.visit(name);
      await address.write("pushState");
    };
    const exchange = (page, other) => (network.use(other), shelf.exchange(page));
    extras2?.({ place, model, visit, exchange, here: HERE });
    if (location.hash.startsWith(MARK2)) await address.hear();
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
    const title = document.querySelector("h1")?.firstChild?.textContent?.trim() ?? document.title;
    const text2 = notebookOf(title, location.href, code2(model, name));
    const file = URL.createObjectURL(new Blob([text2], { type: "application/x-ipynb+json" }));
    element("a", { href: file, download: `clipnb_${name.replace("-", "_")}.ipynb` }).click();
    setTimeout(() => URL.revokeObjectURL(file), 1e4);
    tell("The notebook is saved; open it in Jupyter where clipnb is installed.");
  }
  document.addEventListener("DOMContentLoaded", () => {
    const places = document.querySelectorAll("[data-live]");
    places.forEach(open);
  });

  // book/live/own.js
  var IS_IN = "Your image is in. The bundled model has met nothing but drawings of a field guide: on a photo its answer says little.";
  var SIDE = 224;
  async function learnTexts({ model: any, clip: clip2 }, texts) {
    const model = (
      /** @type {LiveModel<ScoredTraits>} */
      any
    );
    const known = new Set(model.get("new_texts"));
    const missing = [...new Set(texts.filter((text2) => text2.trim() !== ""))].filter((text2) => !known.has(text2));
    if (!missing.length) return;
    const rows = await clip2.encodeTexts(missing.map((text2) => text2.trim()));
    const before = floatsOf(model.get("new_vectors"));
    const all = new Float32Array(before.length + rows.length * clip2.dim);
    all.set(before);
    rows.forEach((row, i) => all.set(row, before.length + i * clip2.dim));
    model.set({ new_texts: [...known, ...missing], new_vectors: new DataView(all.buffer) });
  }
  var floatsOf = (view) => ArrayBuffer.isView(view) ? new Float32Array(view.buffer, view.byteOffset, view.byteLength / 4) : new Float32Array(view);
  function change(model, edit) {
    const document2 = structuredClone(model.get("document"));
    edit(document2);
    model.set("document", document2);
  }
  function makeImage(page) {
    let mine = null;
    let last = null;
    let by = null;
    const { network = () => clip(), told: told3 = String } = page;
    const file = element("input", { type: "file", accept: "image/jpeg,image/png,image/gif,image/webp", onchange: () => (take(file.files), file.value = "") });
    const thumb = element("button", { type: "button", className: "clipnb-live-mine", hidden: true, onclick: () => offer(true) });
    const label = element("label", {}, element("span", { textContent: "Your own image: choose one" }), file);
    const hint = element("span", { className: "clipnb-live-hint", textContent: "or drop it here, or paste it. It never leaves this page." });
    const zone = element("div", { className: "clipnb-live-drop" }, label, hint, thumb);
    hearDrops(page.place, zone, take);
    async function take(files) {
      const chosen = files?.[0];
      if (chosen) await understand(chosen, true);
    }
    async function understand(chosen, look) {
      const using = network();
      const taken = await read(chosen, page, using);
      last = chosen;
      if (using !== network()) return void await understand(chosen, look);
      if (!taken) return;
      [mine, by] = [taken, using];
      thumb.replaceChildren(element("img", { src: mine.entry.uri, alt: "" }), element("span", { textContent: "your image" }));
      thumb.hidden = false;
      offer(look);
      page.say(told3(IS_IN));
    }
    async function again(look) {
      if (last) await understand(last, look);
    }
    function offer(look) {
      if (!mine || by !== network()) return;
      const index2 = page.model().get("total") - 1;
      page.model().set({ extra: { ...mine.entry, index: index2 }, extra_vector: mine.embedding });
      if (look) change(page.model(), (document2) => document2.picture = index2);
    }
    return { element: zone, offer, again };
  }
  function hearDrops(place, zone, take) {
    place.addEventListener("dragover", (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      zone.dataset.over = "true";
    });
    place.addEventListener("dragleave", () => delete zone.dataset.over);
    place.addEventListener("drop", (event) => {
      delete zone.dataset.over;
      if (!event.dataTransfer?.files.length) return;
      event.preventDefault();
      take(event.dataTransfer.files);
    });
    document.addEventListener("paste", (event) => {
      const data = event.clipboardData;
      if (data?.files.length && !data.getData("text/plain")) take(data.files);
    });
  }
  async function read(file, { here, say }, network) {
    if (location.protocol === "file:") {
      say("The model is needed for an image of your own; the line on stored results says how to start it.");
      return null;
    }
    say("Reading the image …");
    try {
      const { decoded } = await import(new URL("images.js", here).href);
      const { image, uri } = await decoded(file, SIDE).catch(({ message }) => {
        throw new Error(`“${file.name}” could not be read as an image; ${message || "JPEG, PNG, GIF and WebP can."}`);
      });
      say("The image waits for the model …");
      const [embedding] = await (await network).encodeImages([image]);
      return { entry: { name: file.name || "pasted", truth: "", uri }, embedding: new DataView(embedding.buffer) };
    } catch (error) {
      say(messageOf(error));
      return null;
    }
  }

  // book/live/real.js
  var HUB = "https://huggingface.co/Xenova/clip-vit-base-patch32/resolve/main/";
  var HUB_SIZE = "156 MB";
  var CARD = "https://huggingface.co/openai/clip-vit-base-patch32";
  function makeReal({ here, use }) {
    const engine = () => import(new URL("real_clip.js", here).href);
    let opened = null;
    let work = null;
    const words2 = h("span", { role: "status" });
    const progress = h("progress", { max: 1, value: 0, hidden: true, aria: { label: "How much of the real CLIP is here" } });
    const cancel = h("button", { type: "button", hidden: true, onclick: () => work?.abort() }, "Cancel");
    const hub = h("button", { type: "button", onclick: () => attempt(async (signal) => load(await (await engine()).folderAt(new URL(HUB), signal), signal)) }, `Load ${HUB_SIZE} from huggingface.co`);
    const address = h("input", { type: "url", placeholder: "https://…", autocomplete: "off", spellcheck: false, aria: { label: "Address of the folder" } });
    const ask = h("button", { type: "submit" }, "Look up its size");
    const form = h("form", { onsubmit: (event) => (event.preventDefault(), attempt(lookUp)) }, h("label", {}, "Address of a folder, such as a teacher's ", address), ask);
    const offer = h("button", { type: "button", hidden: true });
    const folder = h("input", { type: "file", multiple: true, webkitdirectory: true, onchange: () => choose() });
    const keptUse = h("button", { type: "button", onclick: () => attempt(async (signal) => load(await (await engine()).keptFolder(), signal, false)) });
    const drop = h("button", { type: "button", onclick: () => attempt(forget) }, "Remove the kept model from this browser");
    const kept = h("p", { hidden: true }, keptUse, " ", drop);
    const element2 = h(
      "details",
      { class: "clipnb-real" },
      h("summary", {}, "Use a real CLIP in this page"),
      h(
        "p",
        {},
        "The bundled CLIP was trained on drawings. OpenAI's ViT-B/32 was trained on 400 million images and texts of the web. In its 8-bit version, Xenova/clip-vit-base-patch32, it has ",
        h("strong", {}, HUB_SIZE),
        ". It is fetched only if you ask for it here, and this browser keeps it until you remove it. The server sees your network address, but never your image or your texts. OpenAI's code is under the MIT licence; the ",
        h("a", { href: CARD, rel: "noreferrer" }, "model card"),
        " says what the model is not meant for."
      ),
      kept,
      h("p", {}, hub),
      form,
      h("p", {}, offer),
      h("p", {}, h("label", {}, "Folder on this computer ", folder)),
      h("p", { class: "clipnb-real-state" }, words2, progress, cancel)
    );
    const back = h("button", { type: "button", onclick: () => attempt(leave) }, "Back to the bundled CLIP");
    const model = h("span");
    const now = h("p", { class: "clipnb-real-now", hidden: true }, model, back);
    const buttons = [hub, ask, offer, keptUse, drop, back];
    showKept();
    async function attempt(act) {
      if (work) return;
      const mine = work = new AbortController();
      redraw(true);
      try {
        setText(words2, await act(mine.signal));
      } catch (error) {
        setText(words2, mine.signal.aborted ? "Cancelled. The numbers are those of the model from before." : messageOf(error));
      } finally {
        work = null;
        redraw(false);
        await showKept();
      }
    }
    function redraw(busy) {
      const focused = document.activeElement;
      for (const one of [...buttons, folder]) one.disabled = busy;
      cancel.hidden = !busy;
      if (!busy) progress.hidden = true;
      else offer.hidden = true;
      element2.setAttribute("aria-busy", String(busy));
      if (busy && focused instanceof HTMLElement && focused.matches(":disabled")) cancel.focus();
    }
    function tell(text2, share) {
      setText(words2, text2);
      progress.hidden = false;
      progress.value = share;
    }
    async function load(found, signal, isNew = true) {
      const { open: open2, keep, read: read2, sizeOf } = await engine();
      const of = found.size ? ` of ${sizeOf(found.size)}` : "";
      tell(`Loading ${found.name}${of} …`, 0);
      const parts = await read2(found, signal, (loaded) => void (progress.value = found.size ? loaded / found.size : 0));
      tell("Starting the model; a large one takes a few seconds …", 1);
      const one = await open2(found.name, parts, signal);
      try {
        tell("The model is reading the images of this page …", 0);
        await use(one, signal, (share) => void (progress.value = share));
      } catch (error) {
        one.close();
        throw error;
      }
      opened?.close();
      opened = one;
      now.hidden = false;
      setText(model, `All numbers on this page are those of “${one.name}” (${sizeOf(one.size)}), at logit scale ${Number(one.scale.toFixed(1))}. `);
      if (isNew) await keep(one, parts);
      return `“${one.name}” is in use.`;
    }
    async function lookUp(signal) {
      const { addressOf, folderAt, sizeOf } = await engine();
      const found = await folderAt(addressOf(address.value), signal);
      const size = found.size ? sizeOf(found.size) : "a size that the server does not say";
      setText(offer, `Load ${size} from ${new URL(address.value.trim()).host}`);
      offer.onclick = () => attempt((until) => load(found, until));
      queueMicrotask(() => offer.hidden = false);
      return `The folder has all five files, ${size}.`;
    }
    async function choose() {
      const files = [...folder.files ?? []];
      folder.value = "";
      if (files.length) await attempt(async (signal) => load((await engine()).folderOn(files), signal));
    }
    async function leave(signal) {
      await use(null, signal, () => {
      });
      opened?.close();
      opened = null;
      now.hidden = true;
      return "The numbers are those of the bundled CLIP again.";
    }
    async function forget() {
      await (await engine()).remove();
      return opened ? "Removed from this browser. It stays in use until you leave the page." : "Removed from this browser.";
    }
    async function showKept() {
      const has = "caches" in globalThis && await caches.has("clipnb-real-clip");
      const { kept: look, sizeOf } = has ? await engine() : { kept: async () => null, sizeOf: String };
      const found = await look();
      kept.hidden = !found;
      keptUse.hidden = found?.name === opened?.name;
      if (found) setText(keptUse, `Use “${found.name}”, kept in this browser (${sizeOf(found.size)})`);
    }
    return { element: element2, now };
  }

  // book/live/names_page.js
  var AT_FIRST = 10;
  var WAITS = "New names and descriptors are scored as soon as the model is here; the last line says how far it is.";
  var READS = "The model is reading your texts; many names take a while.";
  async function answer({ model, clip: clip2 }) {
    const prompts = classesOf2(model.get("document")).classes.flatMap((one) => one.prompts);
    await learnTexts({ model, clip: clip2 }, prompts);
    model.set("cut", prompts.filter((text2) => clip2.isCut(text2)).length);
  }
  function makeRanking() {
    let all = false;
    let draw = () => {
    };
    const list2 = h("ol", { class: "clipnb-ranking", aria: { label: "Names, the most probable first" } });
    const more = h("button", { type: "button", hidden: true, onclick: () => (all = !all, draw()) });
    const columns = heads("name", "", "probability", "cosine", "difference");
    const makeLine = () => h("li", {}, h("bdi"), bar(), ...["probability", "cosine similarity", "difference to the first"].map((what) => h("span", { class: "clipnb-value", title: what })));
    function redraw({ classes, scores, probabilities, order }) {
      draw = () => {
        const first = scores[order[0]];
        keepChildren(list2, all ? order.length : Math.min(AT_FIRST, order.length), makeLine);
        childrenOf(list2).forEach((line, place) => {
          const of = order[place];
          const [name, share, probability, cosine2, difference2] = childrenOf(line);
          const score = scores[of];
          setText(name, classes[of].name);
          setBar(share, probabilities[of]);
          setText(probability, score === null ? "–" : percent(probabilities[of]));
          setText(cosine2, score === null ? "–" : decimal(score, 3));
          setText(difference2, score === null || first === null ? "" : place ? signed(score - first) : "first");
          line.dataset.best = String(place === 0 && score !== null);
        });
        columns.hidden = !order.length;
        more.hidden = order.length <= AT_FIRST;
        more.setAttribute("aria-expanded", String(all));
        setText(more, all ? `Show the first ${AT_FIRST}` : `Show all ${order.length} names`);
      };
      draw();
    }
    return { element: h("div", { class: "clipnb-ranked" }, columns, list2, more), redraw };
  }
  function told2({ classes, scores, probabilities, order }, { doubled, problem }, described, cut) {
    if (problem) return [problem];
    if (!classes.length) return ["Write the names of what could be in the image."];
    const count = scores.filter((score) => score !== null).length;
    const bare = classes.length - count;
    const name = (place) => h("bdi", {}, classes[order[place]].name);
    const notes = [
      described && bare && count ? ` ${bare === 1 ? "One name has" : `${bare} names have`} no descriptor yet, and no score.` : "",
      cut ? ` ${cut === 1 ? "One prompt is" : `${cut} prompts are`} longer than the model reads, and cut at the end.` : "",
      doubled ? ` ${doubled === 1 ? "One repeated name is" : `${doubled} repeated names are`} counted once.` : ""
    ].filter(Boolean);
    if (!count) return ["Write what at least two of them look like: no name has a descriptor yet.", ...notes];
    if (count === 1) return ["One name alone always gets 100 %: ", h("strong", {}, name(0)), ` needs another ${described ? "with descriptors" : "one"} beside it.`, ...notes];
    const lead = (
      /** @type {number} */
      scores[order[0]] - /** @type {number} */
      scores[order[1]]
    );
    return ["Best match: ", h("strong", {}, name(0)), `, probability ${percent(probabilities[order[0]])}. Its cosine similarity is ${lead.toFixed(3)} above that of `, name(1), ".", ...notes];
  }
  function makeDescribed(act, leave) {
    const keep = h("input", { type: "checkbox", onchange: () => act({ do: "name", on: keep.checked }) });
    const list2 = h("ul", { class: "clipnb-described" });
    const element2 = h(
      "section",
      { id: "clipnb-names-described", aria: { label: "Descriptors of the names" } },
      h("p", {}, "What does each look like? One descriptor per line; a class scores the mean of its cosines."),
      h("label", { class: "clipnb-keep" }, keep, " Keep the name in each prompt (“robin, which has a red breast”)"),
      list2
    );
    const makeOne = () => {
      const name = h("bdi");
      const field = h("textarea", { rows: 4, dir: "auto", spellcheck: false, placeholder: "one descriptor per line", oninput: () => act({ do: "describe", of: name.textContent, text: field.value }, true), onblur: leave });
      return h("li", {}, h("label", {}, name, field));
    };
    const redraw = (document2, classes) => {
      element2.hidden = !document2.described;
      keep.checked = document2.named;
      keepChildren(list2, document2.described ? classes.length : 0, makeOne);
      if (document2.described) classes.forEach((one, i) => {
        const [name, field] = childrenOf(childrenOf(list2.children[i])[0]);
        setText(name, one.name);
        setValue(
          /** @type {HTMLTextAreaElement} */
          field,
          descriptionOf(document2, one.name)
        );
      });
    };
    return { element: element2, redraw };
  }
  function opener(text2, opens, open2) {
    const button = h("button", { type: "button", aria: { controls: opens, expanded: "false" }, onclick: () => open2(button.getAttribute("aria-expanded") !== "true") }, text2);
    return button;
  }
  function render({ model, el }) {
    const [settings, reference] = [model.get("settings"), model.get("reference")];
    model.set("absent", model.get("brought") ? READS : WAITS);
    const machine = new Machine(model.get("document"), NAMES(model.get("total")));
    const imageAt = imageReader(model, settings.dim);
    const { embeddings, learn } = textEmbeddings(model, settings.dim);
    const status = statusLine();
    const waitFor = patient(model, status);
    const { act, flush } = connect(model, machine, redraw, status);
    const strip = imageStrip(model, (picture2) => act({ do: "choose", picture: picture2 }));
    const figure = figureOf({}, { width: 200, height: 200 });
    const field = h("textarea", { rows: 3, dir: "auto", spellcheck: false, autocomplete: "off", oninput: () => act({ do: "write", text: field.value }, true), onblur: leave });
    const [result, spoken] = [h("p", { class: "clipnb-told" }), announcer()];
    const ranking = makeRanking();
    const describe2 = opener("Describe them", "clipnb-names-described", (on) => act({ do: "use", descriptors: on }));
    const ask = opener("Why?", "clipnb-names-why", (on) => act({ do: "ask", why: on }));
    const buttons = editButtons(act);
    const described = makeDescribed(act, leave);
    const reasons = reasonsList("prompt");
    reasons.element.id = "clipnb-names-why";
    function leave() {
      flush();
      setTimeout(redraw);
    }
    function redraw() {
      const { document: document2 } = machine;
      const list2 = classesOf2(document2);
      const now = imageAt(document2.picture);
      const shown2 = { classes: list2.classes, ...scored(list2.classes, now?.embedding ?? [], (text2) => now ? embeddings.get(text2) : void 0, reference.mean, settings) };
      setValue(field, document2.list);
      strip.redraw(document2.picture);
      if (now) figure.redraw(now.entry);
      describe2.setAttribute("aria-expanded", String(document2.described));
      ask.setAttribute("aria-expanded", String(document2.why));
      described.redraw(document2, list2.classes);
      buttons.redraw(machine);
      waitFor(shown2.pending > 0 || !now);
      setPending(el, model, shown2.pending);
      ranking.element.dataset.old = String(shown2.pending > 0);
      if (shown2.pending) return spoken.tell(null);
      result.replaceChildren(...told2(shown2, list2, document2.described, model.get("cut") ?? 0));
      spoken.tell([result.textContent]);
      ranking.redraw(shown2);
      const [first, second] = shown2.order.filter((of) => shown2.scores[of] !== null);
      reasons.redraw(document2.why && second !== void 0 ? why(shown2.classes, shown2.rows, first, second, reference.images) : null);
    }
    redrawOn(model, ["new_texts", "new_vectors"], () => (learn(), redraw()));
    redrawOn(model, ["extra", "extra_vector", "cut"], redraw);
    root(el, "explorer").classList.add("clipnb-names");
    el.append(
      strip.element,
      h("div", { class: "clipnb-top" }, figure.element, h("label", { class: "clipnb-list" }, "Names, separated by commas or in lines ", field), h("div", { class: "clipnb-result" }, result, ranking.element, spoken.element)),
      h("div", { class: "clipnb-tools" }, describe2, ask, buttons.undo, buttons.reset, status),
      reasons.element,
      described.element
    );
    redraw();
  }
  function extras({ place, model, here, exchange }) {
    let now = model;
    const stored = live.pages.names;
    let brought = null;
    const note = element("p", { className: "clipnb-live-note" });
    note.setAttribute("role", "status");
    const say = (text2) => void (note.textContent = text2);
    const told3 = (text2) => brought ? `Your image is in, and was read by ${brought.name}.` : `${text2} A real CLIP can be loaded below.`;
    const image = makeImage({ place, here, model: () => now, say, network: () => brought?.network ?? clip(), told: told3 });
    const real = makeReal({
      here,
      async use(opened, signal, seen) {
        const { pageOf } = await import(new URL("real_clip.js", here).href);
        const page = opened ? await pageOf(stored, opened, signal, seen) : stored;
        const look = now.get("document").picture === now.get("total") - 1;
        brought = opened && { name: opened.name, network: Promise.resolve(opened.clip) };
        exchange(page, opened?.clip ?? null);
        image.again(look);
      }
    });
    const put = () => stageOf(place).querySelector(".clipnb-strip")?.after(image.element, note);
    put();
    place.addEventListener("clipnb-visit", (event) => {
      now = /** @type {CustomEvent<LiveModel<NamesTraits>>} */
      event.detail;
      put();
      image.offer(false);
    });
    place.prepend(real.now);
    if (location.protocol !== "file:") place.append(real.element);
    place.append(
      /** @type {Element} */
      place.querySelector(".clipnb-live-status")
    );
  }
  function code(model) {
    const document2 = model.get("document");
    const entry = model.get("pictures").find((one) => one.index === document2.picture);
    const prompts = classesOf2(document2).classes.filter((one) => one.prompts.length).map((one) => [one.name, one.prompts]);
    return [
      ...loading({ isBundled: !model.get("brought") }),
      ...entry ? [`image = data.images[${numberOf(entry.name)}]`] : OWN2,
      `prompts = clipnb.PromptTable(${python(Object.fromEntries(prompts))})`,
      "",
      "prediction = clipnb.ZeroShotClassifier(clip, prompts).predict(image)",
      "print(prediction.labels[0])",
      "prediction.explain(0)"
    ];
  }
  register("names", { render, answer, extras, link: NAMES_LINK, code, alone: "The names and descriptors that were stored work without the model; others need it." });
})();

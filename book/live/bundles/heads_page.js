// Made from book/live/heads_page.js by tests/javascript/bundle.py; sources 7b3cc87935f593b06dc9540d04b2b467ce517b1bbf3ae59a844172ed813658d8
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
  function floats(view) {
    if (!view?.byteLength) return new Float32Array(0);
    const bytes = ArrayBuffer.isView(view) ? view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength) : view.slice(0);
    return new Float32Array(bytes);
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
  var decimal = (x, digits) => x.toFixed(digits).replace(/^-(?=0\.?0*$)/, "").replace("-", "−");
  var capital = (text2) => text2[0].toUpperCase() + text2.slice(1);
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
  function setSource(image, uri) {
    if (image.src !== uri) image.src = uri;
  }

  // clipnb/widgets/common/announce.js
  var QUIET = 600;
  function announcer() {
    const element2 = h("p", { class: "clipnb-spoken", aria: { live: "polite", atomic: "true" } });
    let told = null;
    let timer = 0;
    function tell(parts) {
      clearTimeout(timer);
      if (!parts) return;
      const known = told ??= parts;
      const news = parts.filter((part, i) => part && part !== known[i]);
      if (!news.length) return;
      timer = setTimeout(() => {
        told = parts;
        setText(element2, news.join(" "));
      }, QUIET);
    }
    return { element: element2, tell };
  }

  // clipnb/widgets/common/maps.js
  var patchName = (patch, columns) => `patch ${patch} (row ${Math.floor(patch / columns)}, column ${patch % columns})`;
  function moved(key, at, count, columns) {
    const line = at - at % columns;
    const steps = { ArrowLeft: at - 1, ArrowRight: at + 1, ArrowUp: at - columns, ArrowDown: at + columns, Home: line, End: Math.min(count, line + columns) - 1 };
    if (!(key in steps)) return null;
    return steps[key] < 0 || steps[key] >= count ? at : steps[key];
  }
  function roving(group, columns, pick) {
    const buttons = () => [...group.querySelectorAll("button")];
    group.addEventListener("keydown", (event) => {
      const all = buttons();
      const to = moved(event.key, Math.max(0, all.indexOf(
        /** @type {HTMLButtonElement} */
        event.target
      )), all.length, columns());
      if (to === null) return;
      event.preventDefault();
      all[to].focus();
    });
    for (const kind of ["focusin", "click"]) {
      group.addEventListener(kind, (event) => {
        const button = (
          /** @type {Element} */
          event.target.closest("button")
        );
        const at = button ? buttons().indexOf(button) : -1;
        if (at >= 0) pick(at);
      });
    }
    return (chosen) => buttons().forEach((button, i) => {
      button.tabIndex = i === chosen ? 0 : -1;
      button.setAttribute("aria-pressed", String(i === chosen));
    });
  }
  function patience(model, status) {
    const [busy, absent] = ["The model is looking …", model.get("absent") ?? SILENT];
    let [timer, waiting] = [0, false];
    return (missing) => {
      if (missing === waiting) return;
      waiting = missing;
      clearTimeout(timer);
      if (missing) {
        setText(status, busy);
        timer = setTimeout(() => setText(status, absent), 5 * PATIENCE);
      } else if ([busy, absent].includes(status.textContent)) setText(status, "");
    };
  }

  // clipnb/widgets/heads/page.js
  var countOf = ({ layers, heads }) => layers * (heads + 1) + 1;
  var HEADS = (total, settings) => ({
    edited: ["sentence"],
    merged: ["write"],
    actions: {
      choose: (document2, { picture: picture2 }) => document2.picture = index(picture2, total, "image"),
      write: (document2, { text: text2 }) => document2.sentence = words(text2, settings.longest),
      open: (document2, { part }) => document2.part = index(part, countOf(settings), "part"),
      look: (document2, { patch }) => document2.patch = index(patch, settings.rows * settings.columns, "patch"),
      centre: (document2, { on }) => {
        if (typeof on !== "boolean") throw new Refusal(`Values are centred or not: true or false, not ${shown(on)}.`);
        document2.centred = on;
      }
    }
  });
  var thousandths = (x) => `${x <= -5e-5 ? "−" : "+"}${Math.abs(1e3 * x).toFixed(1)}`;
  var sumOf = (all) => Array.from(all).reduce((a, b) => a + b, 0);
  var largest = (all) => Math.max(1e-12, ...Array.from(all, Math.abs));
  var colour = (share, strength) => `rgba(${share < 0 ? "230, 159, 0" : "0, 114, 178"}, ${(strength * Math.abs(share)).toFixed(3)})`;
  function headOf(part, { layers, heads }) {
    const [layer, place] = [Math.floor(part / (heads + 1)), part % (heads + 1)];
    return layer < layers && place < heads ? [layer, place] : null;
  }
  function nameOf(part, { layers, heads }) {
    const [layer, place] = [Math.floor(part / (heads + 1)), part % (heads + 1)];
    if (layer === layers) return "start and biases";
    return `layer ${layer + 1}, ${place < heads ? `head ${place + 1}` : "MLP"}`;
  }
  var images = (count) => `${count} image${count === 1 ? "" : "s"}`;
  function makeSums(settings, open2) {
    const { layers, heads } = settings;
    const names = [...Array.from({ length: heads }, (_, i) => [`head ${i + 1}`, String(i + 1)]), ["MLP", "MLP"], ["sum", "sum"]];
    const head = names.map(([title, short]) => h("span", { class: "clipnb-column", title }, short));
    const buttons = Array.from({ length: countOf(settings) }, () => h("button", { type: "button" }));
    const sums = Array.from({ length: layers + 2 }, () => h("span", { class: "clipnb-rowsum" }));
    const rows = Array.from({ length: layers }, (_, i) => [
      h("span", { class: "clipnb-layer" }, `layer ${i + 1}`),
      ...buttons.slice(i * (heads + 1), (i + 1) * (heads + 1)),
      sums[i]
    ]);
    const group = h(
      "div",
      { class: "clipnb-sums", role: "group", aria: { label: "Parts of the image encoder; arrow keys move" } },
      h("span", { class: "clipnb-layer" }, "head"),
      ...head,
      ...rows.flat(),
      h("span", { class: "clipnb-layer clipnb-last" }, "start and biases"),
      buttons[layers * (heads + 1)],
      sums[layers],
      h("span", { class: "clipnb-layer clipnb-all" }, "sum of all parts"),
      sums[layers + 1]
    );
    group.style.setProperty("--heads", String(heads));
    let chosen = -1;
    const mark = roving(group, () => heads + 1, (part) => part !== chosen && open2(part));
    function redraw(values, part) {
      chosen = part;
      const most = largest(values);
      values.forEach((value, i) => {
        setText(buttons[i], thousandths(value));
        buttons[i].style.backgroundColor = colour(Math.sign(value) * Math.sqrt(Math.abs(value) / most), 0.55);
        buttons[i].setAttribute("aria-label", `${nameOf(i, settings)}: ${thousandths(value)} thousandths`);
      });
      for (let i = 0; i < layers; i++) setText(sums[i], thousandths(sumOf(values.slice(i * (heads + 1), (i + 1) * (heads + 1)))));
      setText(sums[layers], thousandths(values[values.length - 1]));
      setText(sums[layers + 1], thousandths(sumOf(values)));
      mark(part);
    }
    return { element: h("div", { class: "clipnb-scroll" }, group), redraw };
  }
  function makeSight({ rows, columns }, look) {
    const under = h("img", { class: "clipnb-pixels", alt: "" });
    const grid = h("div", { class: "clipnb-grid", role: "group", aria: { label: "Patches of the image; arrow keys move" } });
    grid.append(...Array.from({ length: rows * columns }, () => h("button", { type: "button" })));
    const element2 = h("div", { class: "clipnb-sight" }, under, grid);
    let chosen = -1;
    const mark = roving(grid, () => columns, (patch) => patch !== chosen && look(patch));
    function redraw({ uri, width, height }, map, patch) {
      chosen = patch;
      element2.style.cssText = `--rows: ${rows}; --columns: ${columns}; aspect-ratio: ${width} / ${height}`;
      setSource(under, uri);
      under.alt = map ? "" : "What the model sees";
      under.classList.toggle("clipnb-pale", map !== null);
      grid.hidden = map === null;
      if (!map) return;
      const most = largest(map);
      childrenOf(grid).forEach((tile, i) => {
        tile.style.background = colour(map[i] / most, 0.85);
        tile.setAttribute("aria-label", `${patchName(i, columns)}: ${thousandths(map[i])} thousandths`);
      });
      mark(patch);
    }
    return { element: element2, redraw };
  }
  function makeChosen() {
    const [title, about, place] = [h("p", { class: "clipnb-heading" }), h("p"), h("p")];
    const texts = h("ol", { class: "clipnb-texts" });
    const [told, top] = [h("p", { class: "clipnb-told" }), h("ul", { class: "clipnb-highest" })];
    const described = h("div", {}, h("p", { class: "clipnb-told" }, "Texts along which this head varies most"), texts);
    const share = h("p", { class: "clipnb-share" });
    described.append(share);
    return { title, about, place, texts, described, share, told, top };
  }
  function drawChosen(view, seen, settings, { part, patch }, map) {
    const [head, { columns, searched }] = [headOf(part, settings), settings];
    setText(view.title, capital(nameOf(part, settings)));
    const adds = `Adds ${thousandths(seen.values[part])} thousandths to the cosine; on average over ${images(searched)} ${thousandths(seen.usual[part])}.`;
    const reads = map ? ` By reading the patches ${thousandths(sumOf(map) - map[0])}, the class token itself ${thousandths(map[0])}.` : "";
    const none = part === seen.values.length - 1 ? " It reads nothing from the image." : " An MLP reads the class token only, so it has no map.";
    setText(view.about, adds + (map ? reads : none));
    view.place.hidden = view.described.hidden = !head;
    if (map) setText(view.place, `${capital(patchName(patch, columns))}, counted from 0: ${thousandths(map[patch + 1])}.`);
    if (head) {
      const { texts, share } = settings.described[head[0] * settings.heads + head[1]];
      keepChildren(view.texts, texts.length, () => h("li"));
      texts.forEach((text2, i) => setText(view.texts.children[i], text2));
      setText(view.share, texts.length ? `Their directions hold ${percent(share)} of its variance over images.` : "Texts for a head need at least two images.");
    }
    setText(view.told, `Highest among ${images(searched)}, for this text`);
    const entries = seen.top[part].map((which) => (
      /** @type {ImageEntry} */
      seen.small.find((one) => one.index === which)
    ));
    keepChildren(view.top, entries.length, () => h("li", {}, h("img", { width: 64, height: 64 }), h("b"), h("span")));
    entries.forEach((entry, i) => {
      const [image, value, name] = childrenOf(view.top.children[i]);
      setSource(
        /** @type {HTMLImageElement} */
        image,
        entry.uri
      );
      image.alt = caption(entry);
      setText(value, thousandths(seen.highest[part][i]));
      setText(name, entry.truth || entry.name);
    });
  }
  function render({ model, el }) {
    const settings = model.get("settings");
    const machine = new Machine(model.get("document"), HEADS(model.get("total"), settings));
    const status = statusLine();
    const wait = patience(model, status);
    const { act, flush } = connect(model, machine, redraw, status);
    const strip = imageStrip(model, (picture2) => act({ do: "choose", picture: picture2 }));
    const field = h("input", { type: "text", spellcheck: false, oninput: () => act({ do: "write", text: field.value }, true), onblur: () => (flush(), setTimeout(redraw)) });
    const classes = h("select", { onchange: () => classes.value && act({ do: "write", text: settings.prompts[Number(classes.value)] }) });
    classes.append(h("option", { value: "" }, "–"), ...settings.classes.map((name, i) => h("option", { value: String(i) }, name)));
    const choice = settings.classes.length ? h("label", { class: "clipnb-class" }, "Class ", classes) : null;
    const centred = h("input", { type: "checkbox", onchange: () => act({ do: "centre", on: centred.checked }) });
    const buttons = editButtons(act);
    const exact = h("p", { class: "clipnb-exact" });
    const spoken = announcer();
    const sums = makeSums(settings, (part) => act({ do: "open", part }));
    const [sight, chosen] = [makeSight(settings, (patch) => act({ do: "look", patch })), makeChosen()];
    const below = h(
      "div",
      { class: "clipnb-below" },
      h("div", { class: "clipnb-map" }, sight.element, chosen.place),
      h("div", { class: "clipnb-side" }, chosen.title, chosen.about, chosen.described, chosen.told, chosen.top)
    );
    function mapOf(part) {
      const [head, tokens] = [headOf(part, settings), 1 + settings.rows * settings.columns];
      if (!head) return null;
      const from = (head[0] * settings.heads + head[1]) * tokens;
      return floats(model.get("maps")).subarray(from, from + tokens);
    }
    function redraw() {
      const [document2, seen] = [machine.document, model.get("seen")];
      const isMissing = !same(seen.key, [document2.picture, document2.sentence]);
      const values = document2.centred ? seen.values.map((value, i) => value - seen.usual[i]) : seen.values;
      const [usual, map] = [sumOf(seen.usual), mapOf(document2.part)];
      strip.redraw(document2.picture);
      setValue(field, document2.sentence);
      const own = settings.prompts.indexOf(document2.sentence);
      classes.value = own < 0 ? "" : String(own);
      centred.checked = document2.centred;
      buttons.redraw(machine);
      const left = document2.centred ? `${decimal(seen.cosine, 4)} less ${decimal(usual, 4)}, the average over ${images(settings.searched)}` : decimal(seen.cosine, 4);
      setText(exact, `Cosine from the two encoders: ${left}. Sum of the ${values.length} parts below: ${decimal(sumOf(values), 4)}.`);
      sums.redraw(values, document2.part);
      sight.redraw(seen, map && map.subarray(1), document2.patch);
      drawChosen(chosen, seen, settings, document2, map);
      spoken.tell(isMissing ? null : [exact, chosen.title, chosen.about].map((one) => one.textContent));
      wait(isMissing);
      for (const part of [sums.element, below, exact]) part.dataset.old = String(isMissing);
      setPending(el, model, Number(isMissing));
    }
    redrawOn(model, ["seen"], redraw);
    root(el, "heads").append(
      strip.element,
      h("div", { class: "clipnb-tools" }, h("label", { class: "clipnb-entry" }, "Text ", field), choice, buttons.undo, buttons.reset),
      status,
      exact,
      h("label", { class: "clipnb-centred" }, centred, ` show each part less its average over ${images(settings.searched)}`),
      h("p", { class: "clipnb-unit" }, "What each part adds to the cosine, in thousandths; blue adds, orange takes away. Choose one:"),
      sums.element,
      below,
      spoken.element
    );
    redraw();
  }
  var page_default = { render };

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
  function viewing(widget, model) {
    const [{ picture: picture2, sentence }, pictures] = [model.get("document"), model.get("pictures")];
    const shown2 = pictures.map((one) => one.name);
    const text2 = sentence.trim() ? `, ${python(sentence)}` : "";
    return [...loading({ shown: shown2 }), "", `clipnb.widgets.${widget}(clip, data${text2}, max_images=${shown2.length}, start=${numberOf(pictures[picture2].name)})`];
  }
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
  var nameOf2 = (which, { pictures }) => pictures.find((one) => one.index === which)?.name;
  var changed = (document2, { document: stored }, names) => Object.fromEntries(names.filter((name) => !same(document2[name], stored[name])).map((name) => [name, document2[name]]));
  function picture(document2, traits) {
    const name = document2.picture === traits.document.picture ? void 0 : nameOf2(document2.picture, traits);
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
        const why = error instanceof Refusal ? error.message : messageOf(error);
        say(`The link could not be followed (${why}). What you see is not its state.`);
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
    const { alone: alone2, extras } = kinds[live.pages[shelf.first].widget];
    const network = whenLive(place, say, alone2);
    shelf.joining(network.join);
    const visit = async (name) => {
      await address.write("replaceState");
      await shelf.visit(name);
      await address.write("pushState");
    };
    const exchange = (page, other) => (network.use(other), shelf.exchange(page));
    extras?.({ place, model, visit, exchange, here: HERE });
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

  // book/live/remembering.js
  function remembering(most) {
    const kept = /* @__PURE__ */ new Map();
    return async (key, make) => {
      const known = kept.get(key) ?? await make();
      const [oldest] = kept.keys();
      if (!kept.has(key) && kept.size >= most) kept.delete(oldest);
      kept.set(key, known);
      return known;
    };
  }
  async function pixelsAt(uri) {
    const { pixelsOf } = await import(new URL("images.js", HERE).href);
    return pixelsOf(await (await fetch(uri)).blob());
  }

  // book/live/heads_page.js
  var MOST_KEPT = 4;
  var remembered = remembering(MOST_KEPT);
  function products(rows, text2, unit = 1) {
    const found = new Float64Array(rows.length / text2.length);
    for (let row = 0; row < found.length; row++) {
      let sum = 0;
      for (let i = 0, at = row * text2.length; i < text2.length; i++) sum += rows[at + i] * text2[i];
      found[row] = sum * unit;
    }
    return found;
  }
  function searchedBy({ searched, unit, settings, tops }, text2) {
    const values = products(new Int16Array(searched.buffer, searched.byteOffset, searched.byteLength / 2), text2, unit);
    const [images2, parts] = [settings.searched, values.length / settings.searched];
    const columns = Array.from({ length: parts }, (_, part) => Array.from({ length: images2 }, (_2, i) => values[i * parts + part]));
    const rounded = (x) => Math.round(x * 1e6);
    const orders = columns.map((column) => column.map((_, i) => i).sort((a, b) => rounded(column[b]) - rounded(column[a]) || a - b).slice(0, tops));
    return {
      usual: columns.map((column) => column.reduce((sum, x) => sum + x, 0) / images2),
      top: orders,
      highest: orders.map((order, part) => order.map((i) => columns[part][i]))
    };
  }
  async function answer({ model, clip: clip2 }) {
    const { picture: picture2, sentence } = model.get("document");
    const uri = model.get("pictures")[picture2].uri;
    const image = await remembered(picture2, async () => clip2.decompose(await pixelsAt(uri)));
    const [text2] = await clip2.encodeTexts([sentence]);
    const [searched, unit, settings, tops] = [model.get("searched"), model.get("unit"), model.get("settings"), model.get("tops")];
    model.set({
      seen: {
        ...model.get("seen"),
        key: [picture2, sentence],
        values: Array.from(products(image.parts, text2)),
        cosine: products(image.embedding, text2)[0],
        ...searchedBy(
          /** @type {LiveTraits} */
          { searched, unit, settings, tops },
          text2
        ),
        small: model.get("small"),
        uri
      },
      maps: new DataView(Float32Array.from(products(image.patches, text2)).buffer)
    });
  }
  function restore({ sentence, picture: picture2, part, patch, centred }, traits) {
    const machine = new Machine(
      /** @type {HeadsDocument} */
      traits.document,
      HEADS(traits.total, traits.settings)
    );
    if (sentence !== void 0) machine.act({ do: "write", text: text(sentence, traits.settings.longest) });
    if (picture2 !== void 0) machine.act({ do: "choose", picture: pictureOf(picture2, traits) });
    if (part !== void 0) machine.act({ do: "open", part });
    if (patch !== void 0) machine.act({ do: "look", patch });
    if (centred !== void 0) machine.act({ do: "centre", on: centred });
    return machine.document;
  }
  var alone = "All parts of this image and this text can be seen; others need the model.";
  var code = (model) => viewing("browse_heads", model);
  register("heads", { render: page_default.render, answer, alone, code, link: { ...HEADS_LINK, restore } });
})();

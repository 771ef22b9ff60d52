// Made from book/live/wall_page.js by tests/javascript/bundle.py; sources 77549eaf0ed61ffed431302134c0c3a6f604aa2272ba13fbb57165afabb27c84
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
      const kept2 = Object.fromEntries(this.edited.map((key) => [key, this.document[key]]));
      return structuredClone(
        /** @type {Pick<Document, Edited>} */
        kept2
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
      const [kept2, whole] = [this.kept(), structuredClone(this.document)];
      try {
        this.actions[name](this.document, rest);
      } catch (error) {
        this.document = whole;
        throw error;
      }
      if (!same(this.kept(), kept2)) this.remember(kept2, this.merged.includes(name) ? [name, rest.of, rest.row].join() : null);
    }
    undo() {
      if (this.past.length) Object.assign(this.document, this.past.pop());
      this.place = null;
    }
    reset() {
      const kept2 = this.kept();
      if (same(kept2, this.first)) return;
      this.remember(kept2, null);
      Object.assign(this.document, structuredClone(this.first));
    }
    /**
     * @param {Pick<Document, Edited>} kept
     * @param {string | null} place
     */
    remember(kept2, place) {
      if (place === null || place !== this.place) this.past = [...this.past, kept2].slice(-100);
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
      const kept2 = this.kept();
      this.document = structuredClone(document2);
      if (!same(this.kept(), kept2)) this.remember(kept2, null);
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
  var rounded = (score) => Math.round(score * 1e9);
  function ranked(scores) {
    const places = scores.map((score) => score === null ? Infinity : -rounded(score));
    return scores.map((_, i) => i).sort((a, b) => places[a] === places[b] ? a - b : places[a] - places[b]);
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
  function bar() {
    return h("span", { class: "clipnb-bar", aria: { hidden: "true" } }, h("span", { class: "clipnb-fill" }));
  }
  function setBar(element2, share) {
    const [fill] = childrenOf(element2);
    fill.style.width = `${(100 * Math.min(1, Math.abs(share))).toFixed(2)}%`;
    fill.dataset.sign = share < 0 ? "minus" : "plus";
  }
  var decimal = (x, digits) => x.toFixed(digits).replace(/^-(?=0\.?0*$)/, "").replace("-", "−");
  var caption = (one) => one.truth ? `${one.truth} (${one.name})` : one.name;
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

  // clipnb/widgets/common/entry.js
  function textEntry({ starters: offered, failures }, label, act) {
    const text2 = h("input", { type: "text", spellcheck: false, autocomplete: "off", oninput: () => act({ do: "write", text: text2.value }, true) });
    const write = (prompt) => {
      text2.value = prompt;
      act({ do: "write", text: prompt });
    };
    const starters = h(
      "div",
      { class: "clipnb-starters", role: "group", aria: { label } },
      ...offered.map((prompt) => {
        const mark = failures[prompt] ? h("span", { class: "clipnb-fails" }, failures[prompt]) : null;
        return h("button", { type: "button", onclick: () => write(prompt), data: { text: prompt } }, prompt, mark && " ", mark);
      })
    );
    return {
      field: h("label", { class: "clipnb-entry" }, "Text ", text2),
      starters,
      /**
       * Leaving the field or Enter sends what was typed.
       *
       * @param {() => void} flush
       * @param {() => void} redraw
       */
      hear(flush, redraw) {
        text2.addEventListener("keydown", (event) => event.key === "Enter" && flush());
        text2.addEventListener("blur", () => (flush(), setTimeout(redraw)));
      },
      /** @param {string} now the text in view */
      show(now) {
        setValue(text2, now);
        childrenOf(starters).forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.text === now)));
      }
    };
  }

  // clipnb/widgets/common/maps.js
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

  // clipnb/widgets/common/pieces.js
  var LETTERS = (() => {
    const own = (byte) => byte > 32 && byte < 127 || byte > 160 && byte !== 173;
    const rest = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !own(byte));
    const letters = new Map(rest.map((byte, n) => [String.fromCodePoint(256 + n), byte]));
    for (let byte = 0; byte < 256; byte++) if (own(byte)) letters.set(String.fromCodePoint(byte), byte);
    return letters;
  })();
  var MARK = /^<\|(.+?)(oftext)?\|>$/;
  var bytesOf = (piece) => [...piece.replace(/<\/w>$/, "")].map((letter) => LETTERS.get(letter) ?? 63);
  function textOf(bytes) {
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(bytes));
    } catch {
      return null;
    }
  }
  function readable(piece) {
    const mark = MARK.exec(piece);
    if (mark) return { text: mark[1], ends: true, special: true };
    const bytes = bytesOf(piece);
    return { text: textOf(bytes) ?? bytes.map((byte) => `\\x${byte.toString(16)}`).join(""), ends: piece.endsWith("</w>"), special: false };
  }

  // clipnb/widgets/wall/page.js
  var WALL = (total, { longest }) => ({
    edited: ["sentence"],
    merged: ["write"],
    actions: {
      write: (document2, { text: text2 }) => document2.sentence = words(text2, longest),
      choose: (document2, { picture: picture2 }) => document2.picture = index(picture2, total, "image")
    }
  });
  function makeView(settings, images, act) {
    const entry = textEntry(settings, "Texts to begin with", act);
    const tokens = h("ol", { class: "clipnb-chips", aria: { label: "Tokens of the text, with their numbers" } });
    const best = h("p", { class: "clipnb-told" });
    const [followed, range] = [h("p", { class: "clipnb-told" }), h("p", { class: "clipnb-told clipnb-range" })];
    const tiles = images.map(makeTile);
    const wall = h("ol", { class: "clipnb-wall", aria: { label: "Images, the best first; arrow keys move, Enter follows one" } }, ...tiles);
    return { entry, buttons: editButtons(act), tokens, best, followed, range, tiles, wall };
  }
  function makeTile(one, i) {
    const image = h("img", { src: one.uri, alt: one.truth || one.name, draggable: false });
    const line = bar();
    line.append(h("span", { class: "clipnb-band" }));
    const button = h("button", { type: "button", title: caption(one), data: { image: String(i) } }, image, line, h("span", { class: "clipnb-value" }));
    return h("li", {}, button);
  }
  function hearWall(wall, act) {
    const columns = () => Math.max(1, getComputedStyle(wall).gridTemplateColumns.split(" ").length);
    const mark = roving(wall, columns, () => {
    });
    wall.addEventListener("click", (event) => {
      const button = (
        /** @type {Element} */
        event.target.closest("button")
      );
      if (button) act({ do: "choose", picture: Number(button.dataset.image) });
    });
    return mark;
  }
  function arrange({ wall, tiles }, order, isSeen) {
    const list2 = order.map((i) => tiles[i]);
    if (list2.every((tile, place) => wall.children[place] === tile)) return;
    if (!isSeen || matchMedia("(prefers-reduced-motion: reduce)").matches) return wall.append(...list2);
    const before = list2.map((tile) => tile.getBoundingClientRect());
    tiles.forEach((tile) => tile.getAnimations().forEach((running) => running.cancel()));
    wall.append(...list2);
    const after = list2.map((tile) => tile.getBoundingClientRect());
    list2.forEach((tile, place) => {
      const [x, y] = [before[place].left - after[place].left, before[place].top - after[place].top];
      if (x || y) tile.animate([{ transform: `translate(${x}px, ${y}px)` }, { transform: "none" }], { duration: 380, easing: "cubic-bezier(0.2, 0.7, 0.2, 1)" });
    });
  }
  function drawTokens(tokens, list2) {
    tokens.dataset.old = String(!list2);
    if (!list2) return;
    keepChildren(tokens, list2.length, () => h("li", {}, h("span", { class: "clipnb-text" }), h("span", { class: "clipnb-id" })));
    list2.forEach(({ text: piece, id }, i) => {
      const { text: shown2, ends, special } = readable(piece);
      const chip = childrenOf(tokens)[i];
      setText(chip.children[0], shown2);
      setText(chip.children[1], String(id));
      chip.dataset.ends = String(ends);
      chip.dataset.special = String(special);
      chip.title = special ? `number ${id}: marks where the text begins or ends` : `number ${id} of the vocabulary${ends ? "" : "; the word goes on"}`;
    });
  }
  function drawTiles(tiles, cosines, nonsense) {
    const order = cosines ? ranked(cosines) : tiles.map((_, i) => i);
    const [high, low] = cosines ? [cosines[order[0]], cosines[order[order.length - 1]]] : [1, 0];
    const share = (x) => Math.min(1, Math.max(0, (x - low) / (high - low || 1)));
    const [from, to] = nonsense.map(share);
    tiles.forEach((tile, i) => {
      const [, line, value] = childrenOf(childrenOf(tile)[0]);
      setBar(line, cosines ? share(cosines[i]) : 0);
      setText(value, cosines ? decimal(cosines[i], 3) : "–");
      const band = childrenOf(line)[1];
      band.hidden = !cosines || to <= from;
      Object.assign(band.style, { left: `${(100 * from).toFixed(1)}%`, width: `${(100 * (to - from)).toFixed(1)}%` });
    });
    return order;
  }
  function toldRange(best, [low, high]) {
    const range = `${decimal(low, 3)} to ${decimal(high, 3)}`;
    if (best > high) return `Texts of random letters reach ${range} with their best image; this text is above that range.`;
    return `Texts of random letters reach ${range} with their best image, so this cosine alone says little. Compare it with the next images.`;
  }
  function drawWall(view, images, cosines, { chosen, nonsense }) {
    const order = drawTiles(view.tiles, cosines, nonsense);
    const [high, low] = cosines ? [cosines[order[0]], cosines[order[order.length - 1]]] : [1, 0];
    const name = (i) => images[i].truth || images[i].name;
    const last = order[order.length - 1];
    setText(view.best, cosines ? `Best of ${order.length}: ${name(order[0])}, cosine ${decimal(high, 3)}. Last: ${name(last)}, ${decimal(low, 3)}.` : "Write a text, and the images sort themselves.");
    setText(view.followed, cosines ? `You follow ${name(chosen)}: place ${order.indexOf(chosen) + 1}, cosine ${decimal(cosines[chosen], 3)}.` : "");
    setText(view.range, cosines ? `${toldRange(high, nonsense)} Hatched on the bars: that range.` : "");
    return order;
  }
  function render({ model, el }) {
    const [settings, images] = [model.get("settings"), model.get("pictures")];
    const machine = new Machine(model.get("document"), WALL(images.length, settings));
    const offered = rowsIn(model.get("picture_vectors"), settings.dim);
    const { embeddings, learn } = textEmbeddings(model, settings.dim);
    const status = statusLine();
    const wait = patience(model, status);
    const { act, flush } = connect(model, machine, redraw, status);
    const [view, spoken] = [makeView(settings, images, act), announcer()];
    const mark = hearWall(view.wall, act);
    let shown2 = null;
    function redraw() {
      const { sentence: text2, picture: chosen } = machine.document;
      const isKnown = !text2.trim() || embeddings.has(text2);
      view.entry.show(text2);
      view.buttons.redraw(machine);
      drawTokens(view.tokens, model.get("tokens")[text2] ?? (text2.trim() ? null : []));
      wait(!isKnown);
      view.wall.dataset.old = String(!isKnown);
      if (isKnown) sort(text2, chosen);
      spoken.tell(isKnown ? [view.best, view.followed].map((one) => one.textContent) : null);
      setPending(el, model, Number(!isKnown));
    }
    function sort(text2, chosen) {
      const embedding = embeddings.get(text2);
      const order = drawWall(view, images, embedding ? offered.map((one) => cosine(one, embedding)) : null, { chosen, nonsense: settings.nonsense });
      if (shown2 !== text2) arrange(view, order, el.isConnected);
      shown2 = text2;
      mark(order.indexOf(chosen));
    }
    view.entry.hear(flush, redraw);
    redrawOn(model, ["new_texts", "new_vectors"], () => (learn(), redraw()));
    redrawOn(model, ["tokens"], redraw);
    root(el, "wall").append(
      h("div", { class: "clipnb-tools" }, view.entry.field, view.buttons.undo, view.buttons.reset),
      view.entry.starters,
      view.tokens,
      status,
      view.best,
      view.followed,
      view.wall,
      view.range,
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
  function ranking(model) {
    const { sentence } = model.get("document");
    const texts = sentence.trim() ? `, [${python(sentence)}]` : "";
    return [...loading({ shown: model.get("pictures").map((one) => one.name) }), "", `clipnb.widgets.rank_images(clip, data${texts})`];
  }
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
  function bytesOf2(text2) {
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
  function restored({ restore, edited }, state, traits) {
    const document2 = structuredClone(restore(state, traits));
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
    for (const [name, text2] of Object.entries(bytes)) values[name] = new DataView(bytesOf2(text2));
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
      const kept2 = state ? void 0 : left.get(name);
      if (kept2) stageOf(place).replaceWith(kept2.stage);
      const shown2 = kept2 ?? show(live.pages[name], place, state);
      if (!kept2) {
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
    const { code } = kinds[live.pages[name].widget];
    const title = document.querySelector("h1")?.firstChild?.textContent?.trim() ?? document.title;
    const text2 = notebookOf(title, location.href, code(model, name));
    const file = URL.createObjectURL(new Blob([text2], { type: "application/x-ipynb+json" }));
    element("a", { href: file, download: `clipnb_${name.replace("-", "_")}.ipynb` }).click();
    setTimeout(() => URL.revokeObjectURL(file), 1e4);
    tell("The notebook is saved; open it in Jupyter where clipnb is installed.");
  }
  document.addEventListener("DOMContentLoaded", () => {
    const places = document.querySelectorAll("[data-live]");
    places.forEach(open);
  });

  // book/live/wall_page.js
  var MOST_KEPT = 400;
  var kept = /* @__PURE__ */ new Map();
  async function answer({ model, clip: clip2 }) {
    const { sentence: text2 } = model.get("document");
    if (!text2.trim() || model.get("texts").includes(text2)) return;
    if (!model.get("tokens")[text2]) model.set("tokens", { ...kept.size < MOST_KEPT ? model.get("tokens") : {}, [text2]: clip2.tokens(text2) });
    const embedding = kept.get(text2) ?? (await clip2.encodeTexts([text2]))[0];
    if (!kept.has(text2)) keep(text2, embedding);
    model.set({ new_texts: [text2], new_vectors: new DataView(embedding.buffer) });
  }
  function keep(text2, embedding) {
    const [oldest] = kept.keys();
    if (kept.size >= MOST_KEPT) kept.delete(oldest);
    kept.set(text2, embedding);
  }
  var alone = "The texts that are offered sort the wall all the same; one of your own needs the model.";
  register("wall", { render: page_default.render, answer, alone, link: WALL_LINK, code: ranking });
})();

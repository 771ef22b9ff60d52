// Made from book/live/inside_page.js by tests/javascript/bundle.py; sources 5598caab9d2f2702cd5a6ddd7d4a2eb2749f7704fbbe0ff39124a80066ad5ac5
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
  function setSource(image2, uri) {
    if (image2.src !== uri) image2.src = uri;
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
      const known = told2 ??= parts;
      const news = parts.filter((part, i) => part && part !== known[i]);
      if (!news.length) return;
      timer = setTimeout(() => {
        told2 = parts;
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
  var bytesOf = (view) => new Uint8Array(ArrayBuffer.isView(view) ? view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength) : view);

  // clipnb/widgets/common/pieces.js
  var LETTERS = (() => {
    const own = (byte) => byte > 32 && byte < 127 || byte > 160 && byte !== 173;
    const rest = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !own(byte));
    const letters = new Map(rest.map((byte, n) => [String.fromCodePoint(256 + n), byte]));
    for (let byte = 0; byte < 256; byte++) if (own(byte)) letters.set(String.fromCodePoint(byte), byte);
    return letters;
  })();
  var MARK = /^<\|(.+?)(oftext)?\|>$/;
  var bytesOf2 = (piece) => [...piece.replace(/<\/w>$/, "")].map((letter) => LETTERS.get(letter) ?? 63);
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
    const bytes = bytesOf2(piece);
    return { text: textOf(bytes) ?? bytes.map((byte) => `\\x${byte.toString(16)}`).join(""), ends: piece.endsWith("</w>"), special: false };
  }
  function told(tokens2) {
    const made = [];
    for (let at = 0; at < tokens2.length; ) {
      const group = wholeFrom(tokens2, at);
      group.forEach(
        ({ text: piece, id }, i) => made.push({ id, piece, text: MARK.test(piece) ? "" : textOf(group.flatMap((one) => bytesOf2(one.text))) ?? "", part: group.length > 1 ? `${i + 1}/${group.length}` : "" })
      );
      at += group.length;
    }
    return made;
  }
  function wholeFrom(tokens2, at) {
    for (let end = at + 1; end <= Math.min(at + 4, tokens2.length); end++) {
      const group = tokens2.slice(at, end);
      if (end === at + 1 && MARK.test(group[0].text)) return group;
      if (textOf(group.flatMap((one) => bytesOf2(one.text))) !== null) return group;
    }
    return tokens2.slice(at, at + 1);
  }

  // clipnb/widgets/inside/pictures.js
  var ATTENTION = [213, 94, 0];
  var PLUS = [43, 140, 196];
  var MINUS = [217, 119, 43];
  var PALE = 18;
  var SVG = "http://www.w3.org/2000/svg";
  function paint(canvas, width, height, colour) {
    const pixels2 = new ImageData(width, height);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const found = colour(x, y);
        if (found) pixels2.data.set(found, 4 * (y * width + x));
      }
    }
    [canvas.width, canvas.height] = [width, height];
    canvas.getContext("2d")?.putImageData(pixels2, 0, 0);
  }
  var warm = (share, ground = PALE) => [...ATTENTION, Math.round(ground + (255 - ground) * 0.92 * share)];
  var attentionTint = (share) => `rgb(${ATTENTION.join(" ")} / ${(0.85 * share).toFixed(3)})`;
  var signTint = (x) => `rgb(${(x < 0 ? MINUS : PLUS).join(" ")} / ${(0.85 * Math.min(1, Math.abs(x))).toFixed(3)})`;
  var largest = (values) => Array.from(values).reduce((most, x) => Math.max(most, Math.abs(x)), 1e-9);
  function paintAttention(canvas, values, rows, columns, ground) {
    const most = largest(values);
    paint(canvas, columns, rows, (x, y) => warm(values[y * columns + x] / most, ground));
  }
  function paintSheet(canvas, maps, heads2, rows, columns) {
    const [wide, high] = [columns + 1, rows + 1];
    const most = maps.map(largest);
    paint(canvas, heads2 * wide - 1, maps.length / heads2 * high - 1, (x, y) => {
      const [column, row] = [x % wide, y % high];
      if (column === columns || row === rows) return null;
      const which = Math.floor(y / high) * heads2 + Math.floor(x / wide);
      return warm(maps[which][row * columns + column] / most[which]);
    });
  }
  function paintNumbers(canvas, values, columns) {
    const most = largest(values);
    paint(canvas, columns, Math.ceil(values.length / columns), (x, y) => {
      const value = values[y * columns + x];
      return value === void 0 ? null : [...value < 0 ? MINUS : PLUS, Math.round(PALE + (237 - PALE) * (Math.abs(value) / most))];
    });
  }
  function svg(tag, attributes, ...children) {
    const element2 = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) element2.setAttribute(name, value);
    element2.append(...children);
    return element2;
  }
  function numberBars(label) {
    const [frame, up, down, line] = [svg("path", { class: "clipnb-chosen" }), svg("path", { class: "clipnb-up" }), svg("path", { class: "clipnb-down" }), svg("path", { class: "clipnb-zero" })];
    const chart = svg("svg", { preserveAspectRatio: "none", role: "img" }, frame, up, down, line);
    const name = h("figcaption", {}, label);
    function draw(values, chosen, words2) {
      const most = largest(values);
      const bars = (taken) => Array.from(values, (x, i) => taken(x) ? `M${i} 50h.8V${(50 - 48 * x / most).toFixed(2)}h-.8z` : "").join("");
      chart.setAttribute("viewBox", `0 0 ${values.length} 100`);
      chart.setAttribute("aria-label", words2);
      up.setAttribute("d", bars((x) => x > 0));
      down.setAttribute("d", bars((x) => x < 0));
      line.setAttribute("d", `M0 49.6H${values.length}v.8H0z`);
      frame.setAttribute("d", `M${chosen - 0.6} 0h2v100h-2z`);
    }
    return { element: h("figure", { class: "clipnb-bars" }, name, chart), draw };
  }

  // clipnb/widgets/inside/drawing.js
  var PARTS = [
    ["pixels", 0, "patches"],
    ["positions", 1, "class token, positions"],
    ["heads", 2, "attention"],
    ["image", 3, "image embedding"],
    ["tokens", 4, "tokens"],
    ["text-heads", 5, "attention"],
    ["text", 5, "text embedding"],
    ["product", 6, "dot product"],
    ["softmax", 7, "probabilities"]
  ];
  var MOST_ROWS = 6;
  function mapsOf(values, [layers, heads2], skip = 0) {
    const length = values.length / (layers * heads2);
    return Array.from({ length: layers * heads2 }, (_, i) => values.subarray(i * length + skip, (i + 1) * length));
  }
  var nameOf = ({ text: text2, piece }) => text2 || readable(piece).text;
  var columnsFor = (count) => Math.max(1, Math.round(Math.sqrt(count * 0.6)));
  function makeDrawing(settings, go) {
    const canvas = () => h("canvas", { class: "clipnb-block" });
    const [seen, apart] = [h("img", { alt: "", class: "clipnb-pixels" }), h("img", { alt: "", class: "clipnb-pixels" })];
    const [cut, exploded] = [h("span", { class: "clipnb-cut" }, seen), h("span", { class: "clipnb-cut", data: { apart: "true" } }, apart)];
    const first = settings.classToken ? h("span", { class: "clipnb-cls" }, "class") : null;
    const [heads2, image2, textHeads2, text2] = [canvas(), canvas(), canvas(), canvas()];
    const [chips, rows, sum] = [h("span", { class: "clipnb-words" }), h("span", { class: "clipnb-rows" }), h("span", { class: "clipnb-sum" })];
    const stripes = [canvas(), canvas(), canvas()];
    const product2 = h("span", { class: "clipnb-stripes" }, stripes[0], h("span", {}, "×"), stripes[1], h("span", {}, "="), stripes[2], sum);
    const inside = { pixels: cut, positions: h("span", { class: "clipnb-row" }, first, exploded), heads: heads2, image: image2, tokens: chips, "text-heads": textHeads2, text: text2, product: product2, softmax: rows };
    const parts = PARTS.map(
      ([part, step, label]) => h(
        "button",
        { type: "button", class: "clipnb-part", data: { part }, onclick: () => go(step) },
        h("span", { class: "clipnb-label" }, h("b", {}, String(step + 1)), ` ${settings.classToken ? label : label.replace("class token, ", "")}`),
        inside[part]
      )
    );
    const element2 = h("div", { class: "clipnb-drawn", role: "group", aria: { label: "The way of image and text through the model; each part leads to its step" } }, ...parts);
    for (const side of [cut, exploded]) {
      side.style.setProperty("--rows", String(settings.rows));
      side.style.setProperty("--columns", String(settings.columns));
      side.style.aspectRatio = `${settings.width} / ${settings.height}`;
    }
    function redraw(view) {
      const { document: document2, seen: now } = view;
      const marked = settings.steps[document2.step].parts;
      parts.forEach((part) => {
        part.dataset.on = String(marked.includes(part.dataset.part ?? ""));
        part.setAttribute("aria-pressed", part.dataset.on);
      });
      for (const one of [seen, apart]) setSource(one, now.uri);
      drawWords(chips, now);
      drawRows(rows, view);
      setText(sum, decimal(view.cosines[0], 3));
    }
    function repaint(view) {
      const { seen: now } = view;
      paintSheet(heads2, mapsOf(view.attention, settings.imageHeads, Number(settings.classToken)), settings.imageHeads[1], settings.rows, settings.columns);
      paintSheet(textHeads2, mapsOf(view.textAttention, settings.textHeads), settings.textHeads[1], now.tokens.length, now.tokens.length);
      for (
        const [block, values] of
        /** @type {[HTMLCanvasElement, Embedding][]} */
        [[image2, view.image], [text2, view.text]]
      ) paintNumbers(block, values, columnsFor(values.length));
      [view.image, view.text, view.products].forEach((values, i) => paintNumbers(stripes[i], values, values.length));
    }
    return { element: element2, redraw, repaint };
  }
  function drawWords(place, { tokens: tokens2, read }) {
    keepChildren(place, tokens2.length, () => h("span"));
    childrenOf(place).forEach((chip, i) => {
      setText(chip, nameOf(tokens2[i]));
      chip.dataset.read = String(i === read);
    });
  }
  function drawRows(place, { probabilities, cosines, candidates, settings }) {
    const shown2 = ranked(cosines).slice(0, MOST_ROWS).sort((a, b) => a - b);
    keepChildren(place, shown2.length, () => h("span", {}, h("span"), bar()));
    shown2.forEach((which, row) => {
      const [name, share] = childrenOf(place.children[row]);
      setText(name, settings.names[settings.prompts.indexOf(candidates[which])] ?? "your text");
      setBar(share, probabilities[which]);
    });
  }

  // clipnb/widgets/inside/scenes.js
  var MOST_PRODUCTS = 5;
  var aboutLine = () => h("p", { class: "clipnb-about" });
  var where = ({ columns }, patch) => patchName(patch, columns);
  function makeSight(settings, act, pale) {
    const { rows, columns, width, height } = settings;
    const image2 = h("img", { alt: "", class: pale ? "clipnb-pixels clipnb-pale" : "clipnb-pixels" });
    const grid = h("div", { class: "clipnb-grid", role: "group", aria: { label: "Patches of the image; arrow keys move" } });
    grid.append(...Array.from({ length: rows * columns }, () => h("button", { type: "button" })));
    const element2 = h("div", { class: "clipnb-sight" }, image2, grid);
    element2.style.cssText = `--rows: ${rows}; --columns: ${columns}; aspect-ratio: ${width} / ${height}`;
    let chosen = -1;
    const mark = roving(grid, () => columns, (patch) => patch !== chosen && act({ do: "look", patch }));
    function redraw({ document: document2, seen }, tell) {
      chosen = document2.patch;
      setSource(image2, seen.uri);
      childrenOf(grid).forEach((tile, i) => {
        const [colour, words2] = tell(i);
        tile.style.background = colour;
        tile.setAttribute("aria-label", `patch ${i}${words2}`);
      });
      mark(chosen);
    }
    return { element: element2, redraw };
  }
  function pixels(settings, act) {
    const [sight, about] = [makeSight(settings, act, false), aboutLine()];
    const large = h("div", { class: "clipnb-large", role: "img", aria: { label: "The chosen patch, enlarged" } });
    const { rows, columns, width, height } = settings;
    const [wide, high] = [Math.floor(width / columns), Math.floor(height / rows)];
    large.style.backgroundSize = `${100 * columns}% ${100 * rows}%`;
    return {
      element: h("div", { class: "clipnb-scene" }, sight.element, h("div", { class: "clipnb-side" }, large, about)),
      redraw(view) {
        const { patch } = view.document;
        sight.redraw(view, () => ["none", ""]);
        large.style.backgroundImage = `url("${view.seen.uri}")`;
        large.style.backgroundPosition = `${columns > 1 ? 100 * (patch % columns) / (columns - 1) : 0}% ${rows > 1 ? 100 * Math.floor(patch / columns) / (rows - 1) : 0}%`;
        setText(about, `${capital(where(settings, patch))}, counted from 0: ${wide} × ${high} pixels with a red, a green and a blue value each, ${3 * wide * high} numbers. Choose another patch in the image.`);
      }
    };
  }
  function positions(settings, act) {
    const [sight, about] = [makeSight(settings, act, true), aboutLine()];
    const first = settings.classToken ? h("span", { class: "clipnb-cls" }, "class token") : null;
    return {
      element: h("div", { class: "clipnb-scene" }, sight.element, h("div", { class: "clipnb-side" }, first, about)),
      redraw(view) {
        const { patch } = view.document;
        const count = settings.rows * settings.columns;
        const alike = Array.from(view.positions.subarray(patch * count, (patch + 1) * count), (x) => x / 127);
        sight.redraw(view, (i) => [signTint(alike[i]), `: cosine ${decimal(alike[i], 2)}`]);
        const nearest = alike.map((_, i) => i).filter((i) => i !== patch).sort((a, b) => alike[b] - alike[a])[0];
        const told2 = `The colours compare the positional embedding of ${where(settings, patch)} with that of every other place: blue similar, orange opposite.`;
        setText(about, nearest === void 0 ? told2 : `${told2} Most similar: ${where(settings, nearest)}, cosine ${decimal(alike[nearest], 2)}.`);
      }
    };
  }
  function makeHeads([layers, heads2], open2, words2, pooling = false) {
    const canvases = Array.from({ length: layers * heads2 }, () => h("canvas"));
    const name = (layer) => pooling && layer === layers - 1 ? "pooling" : `layer ${layer + 1}`;
    const buttons = canvases.map(
      (canvas, i) => h("button", { type: "button", aria: { label: `${name(Math.floor(i / heads2))}, head ${i % heads2 + 1}` } }, canvas)
    );
    const cells = Array.from({ length: layers }, (_, layer) => [h("span", { class: "clipnb-layer" }, name(layer)), ...buttons.slice(layer * heads2, (layer + 1) * heads2)]);
    const element2 = h("div", { class: "clipnb-heads", role: "group", aria: { label: words2 } }, ...cells.flat());
    element2.style.setProperty("--heads", String(heads2));
    let chosen = -1;
    const mark = roving(element2, () => heads2, (i) => i !== chosen && open2(Math.floor(i / heads2), i % heads2));
    const redraw = ([layer, head]) => mark(chosen = layer * heads2 + head);
    return { element: element2, canvases, name, redraw };
  }
  function heads(settings, act) {
    const [sight, about, group] = [makeSight(settings, act, true), aboutLine(), `query-${Math.random().toString(36).slice(2)}`];
    const all = makeHeads(settings.imageHeads, (layer, head) => act({ do: "open", layer, head }), "Heads of the image encoder; arrow keys move", settings.pooling);
    const radios = settings.queries.map((query) => h("input", { type: "radio", name: group, onchange: () => act({ do: "ask", query }) }));
    const labels = settings.queries.map((query, i) => h("label", {}, radios[i], query === "class" ? " the class token" : " the chosen patch"));
    const queries = h("fieldset", { class: "clipnb-queries" }, h("legend", {}, "What is taken by"), ...labels);
    const skip = Number(settings.classToken);
    const painted = once((view) => view.attention);
    return {
      element: h("div", { class: "clipnb-scene" }, h("div", {}, sight.element, about), h("div", { class: "clipnb-side" }, queries, all.element)),
      redraw(view) {
        const { document: document2, attention } = view;
        const maps = mapsOf(attention, settings.imageHeads, skip);
        const at = document2.head[0] * settings.imageHeads[1] + document2.head[1];
        const most = largest(maps[at]);
        all.element.style.setProperty("--seen", `url("${view.seen.uri}")`);
        if (painted(view)) maps.forEach((map, i) => paintAttention(all.canvases[i], map, settings.rows, settings.columns, 0));
        all.redraw(document2.head);
        radios.forEach((radio, i) => radio.checked = settings.queries[i] === document2.query);
        sight.redraw(view, (i) => [attentionTint(maps[at][i] / most), `: ${percent(maps[at][i])}`]);
        const length = maps[at].length + skip;
        setText(about, tellHead(view, all.name(document2.head[0]), maps[at], skip ? attention[at * length] : null));
      }
    };
    function tellHead({ document: document2 }, layer, map, first) {
      const query = layer === "pooling" ? "the pooling" : document2.query === "class" ? "the class token" : where(settings, document2.patch);
      const top = map.indexOf(Math.max(...map));
      const most = top === document2.patch ? "more than from any other" : `and most, ${percent(map[top])}, from patch ${top}`;
      const own = first === null ? "" : document2.query === "class" ? ` It keeps ${percent(first)} from itself.` : ` From the class token it takes ${percent(first)}.`;
      return `${capital(layer)}, head ${document2.head[1] + 1}: ${query} takes ${percent(map[document2.patch])} from patch ${document2.patch}, ${most}; an even share would be ${percent(1 / (map.length + (first === null ? 0 : 1)))}.${own}`;
    }
  }
  function once(of) {
    let last = null;
    return (view) => last !== (last = of(view));
  }
  function makeNumber({ dim }, act) {
    const slider = h("input", { type: "range", min: 1, max: dim, step: 1, oninput: () => act({ do: "count", number: Number(slider.value) - 1 }) });
    const element2 = h("label", { class: "clipnb-number-choice" }, "Look at one number ", slider);
    return { element: element2, redraw: (number2) => void (slider.value = String(number2 + 1)) };
  }
  function image(settings, act) {
    const [chart, choice, about] = [numberBars("image embedding"), makeNumber(settings, act), aboutLine()];
    return {
      element: h("div", { class: "clipnb-scene clipnb-wide" }, chart.element, choice.element, about),
      redraw({ document: { number: number2 }, image: values }) {
        const positive = values.filter((x) => x > 0).length;
        chart.draw(values, number2, `${values.length} numbers, ${positive} of them positive`);
        choice.redraw(number2);
        const squares = values.reduce((sum, x) => sum + x * x, 0);
        setText(about, `Number ${number2 + 1} of ${values.length}: ${decimal(values[number2], 3)}. No single number has a name; together they are a direction. The sum of their squares is ${squares.toFixed(2)}.`);
      }
    };
  }
  function makeTokens(act) {
    const element2 = h("div", { class: "clipnb-tokens", role: "group", aria: { label: "Tokens of the text; arrow keys move" } });
    let chosen = -1;
    const mark = roving(element2, () => Infinity, (token) => token !== chosen && act({ do: "pick", token }));
    function redraw({ seen, token }, tell) {
      chosen = token;
      keepChildren(element2, seen.tokens.length, () => h("button", { type: "button" }, h("span", { class: "clipnb-text" }), h("span", { class: "clipnb-id" })));
      seen.tokens.forEach((one, i) => {
        const [line, colour] = tell(i);
        const button = childrenOf(element2)[i];
        const [shown2, second] = childrenOf(button);
        setText(shown2, nameOf(one));
        setText(second, line);
        button.style.background = colour;
        button.dataset.read = String(i === seen.read);
        button.setAttribute("aria-label", `token ${i}, ${nameOf(one)}: ${line}`);
      });
      mark(token);
    }
    return { element: element2, redraw };
  }
  function tokens(settings, act) {
    const [list2, about] = [makeTokens(act), aboutLine()];
    return {
      element: h("div", { class: "clipnb-scene clipnb-wide" }, list2.element, about),
      redraw(view) {
        const { seen, token } = view;
        list2.redraw(view, (i) => [String(seen.tokens[i].id), ""]);
        const one = seen.tokens[token];
        const cut = seen.cut ? ` The model reads ${settings.maxTokens} tokens; the rest of this text is cut off.` : "";
        if (!one.text) setText(about, `${one.piece} is number ${one.id} of the vocabulary; it stands for no text of its own: it marks a beginning or an end, or fills up.${cut}`);
        else setText(about, `“${one.text}” is number ${one.id} of the vocabulary, there written ${one.piece}.${one.part ? ` It is a part (${one.part}) of its character, in bytes.` : ""}${cut}`);
      }
    };
  }
  function textHeads(settings, act) {
    const [list2, about, large] = [makeTokens(act), aboutLine(), h("canvas", { class: "clipnb-matrix", role: "img", aria: { label: "The opened head" } })];
    const all = makeHeads(settings.textHeads, (layer, head) => act({ do: "open_text", layer, head }), "Heads of the text encoder; arrow keys move");
    const painted = once((view) => view.textAttention);
    return {
      element: h("div", { class: "clipnb-scene" }, h("div", { class: "clipnb-side" }, list2.element, about), h("div", { class: "clipnb-row" }, all.element, h("figure", {}, large, h("figcaption", {}, "the opened head: row i is what token i takes, from the first token to the last")))),
      redraw(view) {
        const { document: document2, seen, token } = view;
        const [count, maps] = [seen.tokens.length, mapsOf(view.textAttention, settings.textHeads)];
        const map = maps[document2.text_head[0] * settings.textHeads[1] + document2.text_head[1]];
        if (painted(view)) maps.forEach((one, i) => paintAttention(all.canvases[i], one, count, count));
        paintAttention(large, map, count, count);
        all.redraw(document2.text_head);
        const row = map.subarray(token * count, (token + 1) * count);
        list2.redraw(view, (i) => [settings.causal && i > token ? "–" : percent(row[i]), attentionTint(row[i])]);
        const name = (i) => `“${nameOf(seen.tokens[i])}”`;
        const top = row.indexOf(Math.max(...row));
        const later = settings.causal && token < count - 1 ? ` What follows it is masked (–).` : "";
        setText(about, `Layer ${document2.text_head[0] + 1}, head ${document2.text_head[1] + 1}: ${name(token)} takes most, ${percent(row[top])}, from ${top === token ? "itself" : name(top)}.${later} Choose a token to see what it takes; the framed one becomes the embedding.`);
      }
    };
  }
  function product(settings, act) {
    const charts = ["image embedding", "× text embedding", "= products", "their running sum"].map(numberBars);
    const [choice, about, table] = [makeNumber(settings, act), aboutLine(), h("p", { class: "clipnb-about" })];
    return {
      element: h("div", { class: "clipnb-scene clipnb-wide" }, ...charts.map((one) => one.element), choice.element, about, table),
      redraw({ document: { number: number2 }, image: a, text: b, products, cosines }) {
        let sum = 0;
        const sums = products.map((x) => sum += x);
        const all = [a, b, products, sums];
        all.forEach((values, i) => charts[i].draw(values, number2, `${values.length} numbers, the last ${decimal(values[values.length - 1], 3)}`));
        choice.redraw(number2);
        setText(about, `Number ${number2 + 1}: ${decimal(a[number2], 3)} × ${decimal(b[number2], 3)} = ${decimal(products[number2], 4)}. The sum up to here is ${decimal(sums[number2], 3)}; that of all ${products.length} products is ${decimal(cosines[0], 3)}, the cosine similarity.`);
        const order = ranked(Array.from(products, Math.abs)).slice(0, MOST_PRODUCTS);
        setText(table, `The largest products: ${order.map((i) => `number ${i + 1}, ${decimal(products[i], 3)}`).join("; ")}.`);
      }
    };
  }
  function softmax(settings) {
    const list2 = h("ol", { class: "clipnb-candidates", aria: { label: "Texts with their cosine similarity and probability" } });
    const head = h("p", { class: "clipnb-candidate", aria: { hidden: "true" } }, ...["text", "cosine", "", "probability"].map((text2) => h("span", {}, text2)));
    return {
      element: h("div", { class: "clipnb-scene clipnb-wide" }, head, list2),
      redraw({ candidates, cosines, probabilities }) {
        keepChildren(list2, candidates.length, () => h("li", { class: "clipnb-candidate" }, h("span"), h("span", { class: "clipnb-value" }), bar(), h("span", { class: "clipnb-value" })));
        const order = ranked(cosines);
        order.forEach((which, row) => {
          const line = childrenOf(list2)[row];
          const [text2, cosine2, share, probability] = childrenOf(line);
          line.dataset.own = String(which === 0);
          setText(text2, candidates[which] || "(an empty text)");
          setText(cosine2, decimal(cosines[which], 3));
          setBar(share, probabilities[which]);
          setText(probability, percent(probabilities[which]));
        });
      }
    };
  }
  var makeScenes = (settings, act) => [pixels, positions, heads, image, tokens, textHeads, product, softmax].map((make) => make(settings, act));

  // clipnb/widgets/inside/page.js
  var QUERIES = ["class", "patch"];
  var INSIDE = (total, { steps, rows, columns, longest, maxTokens, dim, queries, imageHeads, textHeads: textHeads2 }) => ({
    edited: ["sentence"],
    merged: ["write"],
    actions: {
      choose: (document2, { picture: picture2 }) => document2.picture = index(picture2, total, "image"),
      write: (document2, { text: text2 }) => document2.sentence = words(text2, longest),
      go: (document2, { step }) => document2.step = index(step, steps.length, "step"),
      look: (document2, { patch }) => document2.patch = index(patch, rows * columns, "patch"),
      ask: (document2, { query }) => {
        if (!QUERIES.includes(query)) throw new Refusal(`Attention is shown for the ${QUERIES.join(" or the ")}, not for ${shown(query)}.`);
        if (!queries.includes(query)) throw new Refusal("This model has no class token; look at the attention of a patch.");
        document2.query = query;
      },
      open: (document2, { layer, head }) => document2.head = [index(layer, imageHeads[0], "layer"), index(head, imageHeads[1], "head")],
      open_text: (document2, { layer, head }) => document2.text_head = [index(layer, textHeads2[0], "layer"), index(head, textHeads2[1], "head")],
      pick: (document2, { token }) => document2.token = index(token, maxTokens, "token"),
      count: (document2, { number: number2 }) => document2.number = index(number2, dim, "number")
    }
  });
  var askedOf = ({ query, patch }, { classToken }) => query === "class" ? 0 : patch + Number(classToken);
  var sharesOf = (view) => Float32Array.from(new Uint16Array(bytesOf(view).buffer), (x) => x / 65535);
  function numbersOf(model) {
    const [settings, seen] = [model.get("settings"), model.get("seen")];
    const [image2, text2] = [floats(model.get("image_embedding")), floats(model.get("text_embedding"))];
    const prompts = rowsIn(model.get("prompt_vectors"), settings.dim);
    const candidates = [seen.key[1], ...settings.prompts.filter((prompt) => prompt !== seen.key[1])];
    const embeddings = candidates.map((one, i) => i === 0 ? text2 : prompts[settings.prompts.indexOf(one)]);
    const cosines = embeddings.map((one) => cosine(one, image2));
    return {
      settings,
      seen,
      image: image2,
      text: text2,
      candidates,
      cosines,
      attention: sharesOf(model.get("attention")),
      textAttention: sharesOf(model.get("text_attention")),
      products: Array.from(image2, (x, i) => x * text2[i]),
      probabilities: toProbabilities(cosines, settings),
      positions: new Int8Array(bytesOf(model.get("positions")).buffer)
    };
  }
  function makeGuide({ steps }, go) {
    let now = 0;
    const [back, next] = [h("button", { type: "button", onclick: () => go(now - 1) }, "Back"), h("button", { type: "button", class: "clipnb-next", onclick: () => go(now + 1) }, "Next")];
    const numbers = h("span", { class: "clipnb-steps" }, ...steps.map(({ title: title2 }, i) => h("button", { type: "button", title: title2, aria: { label: `Step ${i + 1}: ${title2}` }, onclick: () => go(i) }, String(i + 1))));
    const [title, text2] = [h("p", { class: "clipnb-title" }), h("p", { class: "clipnb-said" })];
    const element2 = h("div", { class: "clipnb-guide" }, h("div", { class: "clipnb-turns" }, back, numbers, next), title, text2);
    const redraw = (step) => {
      now = step;
      [back.disabled, next.disabled] = [step === 0, step === steps.length - 1];
      childrenOf(numbers).forEach((button, i) => i === step ? button.setAttribute("aria-current", "step") : button.removeAttribute("aria-current"));
      setText(title, `${step + 1}. ${steps[step].title}`);
      setText(text2, steps[step].text);
    };
    return { element: element2, title, text: text2, redraw };
  }
  function render({ model, el }) {
    const settings = model.get("settings");
    const machine = new Machine(model.get("document"), INSIDE(model.get("total"), settings));
    const status = statusLine();
    const wait = patience(model, status);
    const { act, flush } = connect(model, machine, redraw, status);
    const go = (step) => act({ do: "go", step });
    const [strip, buttons] = [imageStrip(model, (picture2) => act({ do: "choose", picture: picture2 })), editButtons(act)];
    const field = h("input", { type: "text", spellcheck: false, oninput: () => act({ do: "write", text: field.value }, true), onblur: () => (flush(), setTimeout(redraw)) });
    const [drawing, guide, scenes] = [makeDrawing(settings, go), makeGuide(settings, go), makeScenes(settings, act)];
    const spoken = announcer();
    let numbers = null;
    function redraw() {
      const document2 = machine.document;
      const isMissing = !same(model.get("seen").key, [document2.picture, document2.sentence, askedOf(document2, settings)]);
      const isNew = numbers?.seen !== model.get("seen");
      if (!numbers || isNew) numbers = numbersOf(model);
      const view = { ...numbers, document: document2, token: Math.min(document2.token, numbers.seen.tokens.length - 1) };
      strip.redraw(document2.picture);
      setValue(field, document2.sentence);
      buttons.redraw(machine);
      guide.redraw(document2.step);
      drawing.redraw(view);
      if (isNew) drawing.repaint(view);
      scenes.forEach((scene, i) => scene.element.hidden = i !== document2.step);
      scenes[document2.step].redraw(view);
      const about = scenes[document2.step].element.querySelector(".clipnb-about");
      spoken.tell(isMissing ? null : [`${guide.title.textContent}. ${guide.text.textContent}`, about?.textContent ?? ""]);
      wait(isMissing);
      for (const part of [drawing.element, scenes[document2.step].element]) part.dataset.old = String(isMissing);
      setPending(el, model, Number(isMissing));
    }
    redrawOn(model, ["seen"], redraw);
    root(el, "inside").append(
      strip.element,
      h("div", { class: "clipnb-tools" }, h("label", { class: "clipnb-entry" }, "Text ", field), buttons.undo, buttons.reset),
      drawing.element,
      guide.element,
      status,
      ...scenes.map((scene) => scene.element),
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
  function bytesOf3(text2) {
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
  var MOST_ROWS2 = 60;
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
    return { name: text(name), rows: list(rows, MOST_ROWS2).map(rowOf) };
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
    for (const [name, text2] of Object.entries(bytes)) values[name] = new DataView(bytesOf3(text2));
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

  // book/live/inside_page.js
  var MOST_KEPT = 24;
  var remembered = remembering(MOST_KEPT);
  var packed2 = (values) => new DataView(Uint16Array.from(values, (x) => Math.round(65535 * Math.min(1, Math.max(0, x)))).buffer);
  function rowsOf({ attention, size: [layers, heads2, to, from] }, asked) {
    const rows = new Float32Array(layers * heads2 * from);
    for (let head = 0; head < layers * heads2; head++) {
      const start = (head * to + asked) * from;
      rows.set(attention.subarray(start, start + from), head * from);
    }
    return rows;
  }
  async function answer({ model, clip: clip2 }) {
    const [document2, settings] = [model.get("document"), model.get("settings")];
    const { picture: picture2, sentence } = document2;
    const uri = model.get("pictures")[picture2].uri;
    const image2 = await remembered(picture2, async () => clip2.lookAtImage(await pixelsAt(uri)));
    const text2 = await remembered(sentence, () => clip2.readText(sentence));
    const asked = askedOf(document2, settings);
    const tokens2 = told(clip2.tokens(sentence));
    model.set({
      seen: { key: [picture2, sentence, asked], uri, tokens: tokens2, read: tokens2.length - 1, cut: clip2.isCut(sentence) },
      attention: packed2(rowsOf(image2, asked)),
      text_attention: packed2(text2.attention),
      image_embedding: new DataView(image2.embedding.buffer),
      text_embedding: new DataView(text2.embedding.buffer)
    });
  }
  function restore(state, traits) {
    const machine = new Machine(
      /** @type {InsideDocument} */
      traits.document,
      INSIDE(traits.total, traits.settings)
    );
    const { sentence, picture: picture2, step, patch, query, head, text_head: textHead, token, number: number2 } = state;
    if (sentence !== void 0) machine.act({ do: "write", text: text(sentence, traits.settings.longest) });
    if (picture2 !== void 0) machine.act({ do: "choose", picture: pictureOf(picture2, traits) });
    if (step !== void 0) machine.act({ do: "go", step });
    if (patch !== void 0) machine.act({ do: "look", patch });
    if (query !== void 0) machine.act({ do: "ask", query: text(query, 40) });
    if (head !== void 0) machine.act({ do: "open", ...headOf(head) });
    if (textHead !== void 0) machine.act({ do: "open_text", ...headOf(textHead) });
    if (token !== void 0) machine.act({ do: "pick", token });
    if (number2 !== void 0) machine.act({ do: "count", number: number2 });
    return machine.document;
  }
  function headOf(value) {
    const [layer, head] = (
      /** @type {number[]} */
      list(value, 2)
    );
    return { layer, head };
  }
  var alone = "All steps can be seen for this image and this text; others need the model.";
  var code = (model) => viewing("look_inside", model);
  register("inside", { render: page_default.render, answer, alone, code, link: { ...INSIDE_LINK, restore } });
})();

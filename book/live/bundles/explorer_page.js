// Made from book/live/explorer_page.js by tests/javascript/bundle.py; sources cb50f3412d3b9460c28b49906361abd106ae6216707e676c2857a2c52c76b5ee
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
  var NO_KERNEL = "New text needs a running kernel, and none has answered: run this cell in Jupyter.";
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
  function textField(properties, change2) {
    const field = h("textarea", { rows: 1, spellcheck: false, oninput: () => change2(oneLine(field.value)), ...properties });
    field.addEventListener("beforeinput", (event) => {
      if (["insertLineBreak", "insertParagraph"].includes(event.inputType)) event.preventDefault();
    });
    field.addEventListener("paste", (event) => {
      const text2 = event.clipboardData?.getData("text/plain") ?? "";
      if (oneLine(text2) === text2) return;
      event.preventDefault();
      document.execCommand("insertText", false, oneLine(text2));
    });
    return h("span", { class: "clipnb-textfield" }, field);
  }
  var oneLine = (text2) => text2.replace(/[\r\n]+/g, " ");
  var fieldOf = (element2) => (
    /** @type {HTMLTextAreaElement} */
    element2.firstElementChild
  );
  function setTextField(element2, value) {
    const field = fieldOf(element2);
    setValue(field, value);
    if (element2.dataset.text !== field.value) element2.dataset.text = field.value;
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
  function download(name, text2) {
    const address = URL.createObjectURL(new Blob([text2], { type: "application/json" }));
    h("a", { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1e4);
  }
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

  // clipnb/widgets/common/reasons.js
  function reasonsList(one = "prompt") {
    const [title, text2, list2, rest] = [h("p", { class: "clipnb-heading" }), h("p"), h("ul", { class: "clipnb-reasons" }), h("p")];
    const element2 = h("section", { class: "clipnb-because", aria: { label: "Why one class rather than another" } }, title, text2, list2, rest);
    function redraw(why) {
      element2.hidden = !why?.parts.length;
      if (!why?.parts.length) return;
      const { others = 0, rest: left = 0 } = why;
      setText(title, `Why ${why.left} rather than ${why.right}?`);
      setText(text2, told(why, one));
      const reach = Math.max(1e-9, ...why.parts.map((part) => Math.abs(part.centred)));
      keepChildren(
        list2,
        why.parts.length,
        () => h("li", {}, h("span", { class: "clipnb-name" }), h("span", { class: "clipnb-text" }), bar(), h("span", { class: "clipnb-value" }))
      );
      why.parts.forEach((part, i) => {
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
  function told(why, one) {
    const lead = why.margin >= 0 ? `It leads by ${why.margin.toFixed(3)}` : `It trails by ${(-why.margin).toFixed(3)}`;
    const usual = `on average over ${why.images} images the difference is ${signed(why.usual)}`;
    const counted2 = why.images ? `${lead}; ${usual}. Each cosine is counted from the ${one}'s own average over those images: a ${one} of ${why.left} that fits this one better than usual speaks for it, and so does one of ${why.right} that fits worse.` : `${lead}. A ${one} of ${why.left} that fits this image well adds to it, and so does one of ${why.right} that fits badly; in between lies the mean of the two scores.`;
    return `${counted2} The parts add up${why.images ? " to what this image adds to that average" : ""}.`;
  }

  // clipnb/widgets/explorer/page.js
  var MOST_WEIGHT = 10;
  var MOST_RANKED = 8;
  var rowsOf = (document2, of) => document2.classes[index(of, document2.classes.length, "class")].rows;
  var rowOf = (document2, of, row) => rowsOf(document2, of)[index(row, rowsOf(document2, of).length, "row")];
  var hasText = (text2) => text2.trim() !== "";
  var EXPLORER = (total) => ({
    edited: ["classes"],
    merged: ["edit", "weigh"],
    actions: {
      choose: (document2, { picture: picture2 }) => document2.picture = index(picture2, total, "image"),
      compare: (document2, { side, of }) => document2.compare[index(side, 2, "side")] = index(of, document2.classes.length, "class"),
      follow: (document2) => document2.compare = [null, null],
      edit: (document2, { of, row, text: text2 }) => rowOf(document2, of, row).text = words(text2),
      switch: (document2, { of, row, on }) => rowOf(document2, of, row).on = on === true,
      switch_all: (document2, { of, on }) => rowsOf(document2, of).forEach((row) => row.on = on === true),
      weigh: (document2, { of, row, weight }) => rowOf(document2, of, row).weight = number(weight, 0, MOST_WEIGHT, "A weight"),
      add: (document2, { of }) => rowsOf(document2, of).push({ text: "", on: true, weight: 1 }),
      remove: (document2, { of, row }) => rowsOf(document2, of).splice(index(row, rowsOf(document2, of).length, "row"), 1)
    }
  });
  function compared(compare, order) {
    const [chosen, other] = compare.map((of) => of === null ? null : Math.min(of, order.length - 1));
    const left = chosen ?? order.find((of) => of !== other) ?? 0;
    return [left, other ?? order.find((of) => of !== left) ?? left];
  }
  var keyOf = (settings, name, text2) => settings.include_name ? `${name}	${text2}` : text2;
  function counted(rows, image, embeddingOf, reference) {
    const live2 = rows.flatMap(({ text: text2, on, weight }, row) => {
      const embedding = embeddingOf(row);
      return on && weight > 0 && hasText(text2) && embedding ? [{ row, text: text2, weight, embedding }] : [];
    });
    const total = live2.reduce((sum, { weight }) => sum + weight, 0);
    return live2.map(({ row, text: text2, weight, embedding }) => {
      const mean = reference && cosine(embedding, reference);
      return { row, text: text2, cosine: cosine(embedding, image), mean, share: weight / total };
    });
  }
  function makeScorer(model) {
    const settings = model.get("settings");
    const imageAt = imageReader(model, settings.dim);
    const { embeddings, learn } = textEmbeddings(model, settings.dim);
    const reference = settings.images ? meanOf(rowsIn(model.get("picture_vectors"), settings.dim)) : null;
    const lastKey = /* @__PURE__ */ new Map();
    let shape = "";
    function forget(classes) {
      const now = classes.map((one) => one.rows.length).join();
      if (now !== shape) lastKey.clear();
      shape = now;
    }
    function compute({ classes, picture: picture2 }) {
      forget(classes);
      const now = imageAt(picture2);
      const pending = /* @__PURE__ */ new Set();
      const embeddingOf = (of, row) => {
        const { name, rows: rows2 } = classes[of];
        const [key, place] = [keyOf(settings, name, rows2[row].text), `${of},${row}`];
        if (embeddings.has(key)) lastKey.set(place, key);
        else if (hasText(rows2[row].text)) pending.add(place);
        return embeddings.get(lastKey.get(place));
      };
      const rows = classes.map((one, of) => now ? counted(one.rows, now.embedding, (row) => embeddingOf(of, row), reference) : []);
      const scores = rows.map(pooled);
      return { classes, entry: now?.entry, pending, rows, scores, probabilities: toProbabilities(scores, settings), order: ranked(scores) };
    }
    return { learn, compute };
  }
  function whyOf({ classes, scores, rows }, left, right, images) {
    const [first, second] = [scores[left] ?? 0, scores[right] ?? 0];
    const sign = first >= second ? 1 : -1;
    const [winner, loser] = sign > 0 ? [left, right] : [right, left];
    const parts = left === right ? [] : difference(rows[left], rows[right]);
    return {
      left: classes[winner].name,
      right: classes[loser].name,
      margin: Math.abs(first - second),
      usual: sign * usualMargin(rows[left], rows[right]),
      images,
      parts: (sign > 0 ? parts : parts.reverse()).map(({ side, text: text2, centred }) => ({ name: classes[[left, right][side]].name, text: text2, centred: sign * centred }))
    };
  }
  function asJson(classes, first, provenance) {
    const live2 = classes.map((one) => ({ name: one.name, rows: one.rows.filter((row) => row.on && hasText(row.text)) }));
    const bare = live2.find((one) => !one.rows.length);
    if (bare) throw new Refusal(`The class '${bare.name}' has no descriptor that is on; switch one on, or write one, before you save.`);
    const weighted = live2.filter((one) => one.rows.some((row) => row.weight !== 1));
    const note = { ...provenance, ...same(classes, first) ? {} : { edited: true } };
    if (weighted.length) Object.assign(note, { weights: Object.fromEntries(weighted.map((one) => [one.name, one.rows.map((row) => row.weight)])) });
    const descriptors = Object.fromEntries(live2.map((one) => [one.name, one.rows.map((row) => row.text.trim())]));
    return JSON.stringify({ provenance: note, descriptors }, null, 1) + "\n";
  }
  function makePanel(side, doing) {
    const { act, of } = doing;
    const choice = h("select", { onchange: () => act({ do: "compare", side, of: choice.selectedIndex }), aria: { label: `Class on the ${["left", "right"][side]}` } });
    const [score, list2] = [h("span", { class: "clipnb-score" }), h("ul", { class: "clipnb-rows" })];
    const add = h("button", { type: "button", onclick: () => addRow(list2, doing) }, "Add a descriptor");
    const columns = heads("", "descriptor", "weight", "cosine", "");
    const [all, none] = [true, false].map((on) => h("button", { type: "button", onclick: () => act({ do: "switch_all", of: of(), on }) }, on ? "All on" : "All off"));
    const element2 = h("section", { class: "clipnb-panel", data: { side: String(side) } }, h("header", {}, choice, score), columns, list2, h("footer", {}, add, all, none));
    const newRow = (k) => makeRow(k, doing, () => removeRow(list2, k, add, doing));
    return { element: element2, choice, score, list: list2, all, none, newRow };
  }
  function makeRow(k, { act, of, leave }, onremove) {
    const at = () => ({ of: of(), row: k });
    const on = h("input", { type: "checkbox", title: "on or off", onchange: () => act({ do: "switch", ...at(), on: on.checked }) });
    const text2 = textField({ placeholder: "what it looks like", onblur: leave }, (typed) => act({ do: "edit", ...at(), text: typed }, true));
    const weigh = () => weight.value !== "" && act({ do: "weigh", ...at(), weight: Number(weight.value) }, true);
    const weight = h("input", { type: "number", min: 0, max: MOST_WEIGHT, step: 0.5, title: "weight", oninput: weigh, onblur: leave });
    const value = h("span", { class: "clipnb-value" });
    const remove = h("button", { type: "button", class: "clipnb-remove", title: "Remove", onclick: onremove }, "×");
    const line = bar();
    line.append(h("span", { class: "clipnb-mean" }));
    return h("li", {}, on, text2, weight, value, remove, line);
  }
  function makeRanking(open2) {
    const list2 = h("ol", { class: "clipnb-ranking", aria: { label: "Classes, best first; press one to edit it on the left" } });
    const makeLine = () => {
      const name = h("button", { type: "button", onclick: () => open2(Number(name.dataset.of)) });
      return h("li", {}, name, bar(), h("span", { class: "clipnb-value" }), h("span", { class: "clipnb-value" }));
    };
    const redraw = ({ classes, scores, probabilities, order }) => {
      const count = Math.min(MOST_RANKED, order.length);
      keepChildren(list2, count, makeLine);
      order.slice(0, count).forEach((of, place) => {
        const line = childrenOf(list2)[place];
        const [name, share, probability, value] = childrenOf(line);
        const score = scores[of];
        name.dataset.of = String(of);
        setText(name, classes[of].name);
        setBar(share, probabilities[of]);
        setText(probability, score === null ? "–" : percent(probabilities[of]));
        setText(value, score === null ? "no descriptor" : decimal(score, 3));
        line.dataset.best = String(place === 0);
      });
    };
    const element2 = h("div", { class: "clipnb-ranked" }, heads("class", "", "probability", "score"), list2);
    return { element: element2, redraw };
  }
  function addRow(list2, { act, of }) {
    act({ do: "add", of: of() });
    list2.lastElementChild?.querySelector("textarea")?.focus();
  }
  function removeRow(list2, k, add, { act, of }) {
    act({ do: "remove", of: of(), row: k });
    const next = list2.children[Math.min(k, list2.children.length - 1)];
    (next?.querySelector("textarea") ?? add).focus();
  }
  function saveFile(machine, settings) {
    try {
      download("descriptors.json", asJson(machine.document.classes, machine.first.classes, settings.provenance));
      return "Saved as descriptors.json; clipnb.load_descriptors reads it.";
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return error.message;
    }
  }
  function scaleOf(cosines) {
    if (!cosines.length) return { low: 0, high: 0, mean: 0 };
    return { low: Math.min(...cosines), high: Math.max(...cosines), mean: cosines.reduce((a, b) => a + b, 0) / cosines.length };
  }
  var toldScale = ({ low, high, mean }) => `Bars start at ${decimal(low, 3)}, the smallest cosine of the two classes, and end at ${decimal(high, 3)}, the largest. The line marks the mean, ${decimal(mean, 3)}.`;
  function drawPanel(panel, of, { classes, scores, rows, pending }, { low, high, mean }) {
    const share = (value) => (value - low) / (high - low || 1);
    const [mine, score] = [classes[of], scores[of]];
    keepChildren(panel.choice, classes.length, () => h("option"));
    classes.forEach((one, c) => setText(panel.choice.children[c], one.name));
    panel.choice.selectedIndex = of;
    panel.all.setAttribute("aria-label", `All on: descriptors of ${mine.name}`);
    panel.none.setAttribute("aria-label", `All off: descriptors of ${mine.name}`);
    setText(panel.score, score === null ? "no score: no descriptor is on" : `score ${decimal(score, 3)}`);
    keepChildren(panel.list, mine.rows.length, panel.newRow);
    const cosines = new Map(rows[of].map((one) => [one.row, one.cosine]));
    childrenOf(panel.list).forEach((element2, k) => {
      const [isPending, value] = [pending.has(`${of},${k}`), cosines.get(k)];
      drawRow(element2, mine.rows[k], `${mine.name}, descriptor ${k + 1}`);
      const [, , , number2, , line] = childrenOf(element2);
      setBar(line, value === void 0 ? 0 : share(value));
      childrenOf(line)[1].style.left = `${(100 * share(mean)).toFixed(2)}%`;
      setText(number2, isPending ? "…" : value === null || value === void 0 ? "" : decimal(value, 3));
      element2.dataset.pending = String(isPending);
    });
  }
  function drawRow(element2, row, label) {
    const [on, text2, weight, , remove] = (
      /** @type {[HTMLInputElement, HTMLElement, HTMLInputElement, HTMLElement, HTMLElement]} */
      childrenOf(element2)
    );
    on.checked = row.on;
    setTextField(text2, row.text);
    setValue(weight, String(row.weight));
    on.setAttribute("aria-label", `${label}: on`);
    fieldOf(text2).setAttribute("aria-label", label);
    weight.setAttribute("aria-label", `${label}: weight`);
    remove.setAttribute("aria-label", `Remove ${label}`);
    element2.dataset.off = String(!row.on || row.weight === 0);
  }
  function spokenOf({ classes, scores, probabilities, order }, why) {
    const best = order.filter((of) => scores[of] !== null).slice(0, 2).map((of) => `${classes[of].name}, ${percent(probabilities[of])}`);
    const lead = why ? `${why.left} ${why.margin >= 0 ? "leads" : "trails"} ${why.right} by ${Math.abs(why.margin).toFixed(3)}.` : "";
    return [best.length ? `Best: ${best.join("; then ")}.` : "No descriptor is on.", lead];
  }
  function render({ model, el }) {
    const settings = model.get("settings");
    const machine = new Machine(model.get("document"), EXPLORER(model.get("total")));
    const scorer = makeScorer(model);
    const status = statusLine();
    const waitFor = patient(model, status, NO_KERNEL);
    const { act, flush } = connect(model, machine, redraw, status);
    const strip = imageStrip(model, (picture2) => act({ do: "choose", picture: picture2 }));
    const figure = figureOf({}, { width: 200, height: 200 });
    const ranking = makeRanking((of) => act({ do: "compare", side: 0, of }));
    const buttons = editButtons((action) => (held = null, act(action)));
    const save = h("button", { type: "button", onclick: () => setText(status, saveFile(machine, settings)), title: "Download the descriptors that are on, as JSON" }, "Save as JSON");
    const follow = h("button", { type: "button", onclick: () => (held = null, act({ do: "follow" })), title: "Show the two best classes, and why the first of them leads" }, "Compare the two best");
    const panels = [0, 1].map((side) => makePanel(side, { act: edit, of: () => shown2[side], leave }));
    const why = reasonsList("descriptor");
    const [note, spoken] = [h("p", { class: "clipnb-scale" }), announcer()];
    let shown2 = [0, 0];
    let held = null;
    function edit(action, later) {
      const { picture: picture2, compare } = machine.document;
      if (action.do !== "compare") held = { picture: picture2, compare: [...compare], classes: shown2 };
      act(action, later);
    }
    function inPanels(pair) {
      const { picture: picture2, compare, classes } = machine.document;
      if (held && (held.picture !== picture2 || !same(held.compare, compare) || Math.max(...held.classes) >= classes.length)) held = null;
      return held?.classes ?? pair;
    }
    function leave() {
      flush();
      setTimeout(redraw);
    }
    function redraw() {
      const all = scorer.compute(machine.document);
      strip.redraw(machine.document.picture);
      if (all.entry) figure.redraw(all.entry);
      ranking.redraw(all);
      const pair = compared(machine.document.compare, all.order);
      shown2 = inPanels(pair);
      const scale = scaleOf([...new Set(shown2)].flatMap((of) => all.rows[of].map((one) => one.cosine)));
      panels.forEach((panel, side) => drawPanel(panel, shown2[side], all, scale));
      setText(note, scale.high > scale.low ? toldScale(scale) : "");
      const reasons = whyOf(all, ...pair, settings.images);
      why.redraw(reasons);
      buttons.redraw(machine);
      follow.disabled = machine.document.compare.every((of) => of === null) && !held;
      const isMissing = all.pending.size > 0 || !all.entry;
      spoken.tell(isMissing ? null : spokenOf(all, reasons));
      waitFor(isMissing);
      setPending(el, model, all.pending.size);
    }
    redrawOn(model, ["new_texts", "new_vectors"], () => (scorer.learn(), redraw()));
    redrawOn(model, ["extra", "extra_vector"], redraw);
    root(el, "explorer").append(
      strip.element,
      h("div", { class: "clipnb-top" }, figure.element, ranking.element),
      h("div", { class: "clipnb-tools" }, buttons.undo, buttons.reset, follow, save, status),
      h("div", { class: "clipnb-panels" }, ...panels.map((panel) => panel.element)),
      note,
      why.element,
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
  var OWN = ["from PIL import Image", "", 'image = Image.open("photo.jpg")  # your own image is no part of this file: give its name'];
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
  var MOST_WEIGHT2 = 10;
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
  function rowOf2(value) {
    const [words2, on, weight] = list(value, 3);
    return { text: text(words2), on: on === 1, weight: number(
      /** @type {number} */
      weight,
      0,
      MOST_WEIGHT2,
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
    return { name: text(name), rows: list(rows, MOST_ROWS).map(rowOf2) };
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
    const { network = () => clip(), told: told2 = String } = page;
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
      page.say(told2(IS_IN));
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

  // book/live/explorer_page.js
  var MOST_CLASSES2 = 30;
  var LONGEST_NAME2 = 60;
  var answer = (asked) => learnTexts(asked, asked.model.get("document").classes.flatMap((one) => one.rows.map((row) => row.text)));
  function makeKinds(place, choose) {
    const { kind: first, kinds: kinds2 } = attributesOf(place);
    let shown2 = first;
    const change2 = async () => {
      const kind = select.value;
      await choose(kind).then(
        () => shown2 = kind,
        () => select.value = shown2
      );
    };
    const select = element("select", { onchange: change2 }, ...kinds2.map((kind) => element("option", { value: kind, textContent: kind })));
    select.value = first;
    return select;
  }
  function makeClasses(page) {
    const name = element("input", { type: "text", maxLength: LONGEST_NAME2, placeholder: "a class of your own", autocomplete: "off" });
    name.setAttribute("aria-label", "Name of a class of your own");
    const add = element("form", { className: "clipnb-live-class" }, name, element("button", { type: "submit", textContent: "Add this class" }));
    add.addEventListener("submit", (event) => {
      event.preventDefault();
      addClass(page, name);
    });
    const remove = element("button", { type: "button", textContent: "Remove the first class", onclick: () => removeClass(page) });
    return [add, remove];
  }
  function addClass({ place, model, say }, name) {
    const [wanted, { classes }] = [name.value.trim().replace(/\s+/g, " "), model().get("document")];
    if (!wanted) return say("Write the name of the class first.");
    if (classes.some((one) => one.name.toLowerCase() === wanted.toLowerCase())) return say(`There is a class “${wanted}” already.`);
    if (classes.length >= MOST_CLASSES2) return say(`There are ${MOST_CLASSES2} classes; remove one first.`);
    change(model(), (document2) => {
      document2.compare = [document2.classes.length, null];
      document2.classes.push({ name: wanted, rows: [{ text: "", on: true, weight: 1 }] });
    });
    name.value = "";
    say(`“${wanted}” is the first now; it has no score until you say what it looks like. The name itself is not scored.`);
    place.querySelector("textarea")?.focus();
  }
  var leftOf = (place) => (
    /** @type {HTMLSelectElement} */
    place.querySelector(".clipnb-panel select").selectedIndex
  );
  function removeClass({ place, model, say }) {
    const { classes } = model().get("document");
    if (classes.length < 2) return say("One class must stay.");
    const of = leftOf(place);
    change(model(), (document2) => {
      document2.classes.splice(of, 1);
      const [, right] = document2.compare;
      document2.compare = [null, right === null || right === of ? null : right > of ? right - 1 : right];
    });
    say(`“${classes[of].name}” is out; Undo brings it back.`);
  }
  function extras({ place, model, visit, here }) {
    let now = model;
    const note = element("p", { className: "clipnb-live-note" });
    note.setAttribute("role", "status");
    const page = { place, here, model: () => now, say: (text2) => void (note.textContent = text2) };
    const image = makeImage(page);
    const kinds2 = makeKinds(
      place,
      (kind) => visit(`explorer-${kind}`).then(
        () => {
        },
        (error) => {
          page.say(messageOf(error));
          throw error;
        }
      )
    );
    place.addEventListener("clipnb-visit", (event) => {
      now = /** @type {CustomEvent<LiveModel<ExplorerTraits>>} */
      event.detail;
      kinds2.value = String(place.dataset.page).split("-")[1];
      image.offer(false);
    });
    const tools = element("div", { className: "clipnb-live-tools" }, element("label", {}, "Field guide: ", kinds2), ...makeClasses(page));
    stageOf(place).before(image.element, tools, note);
  }
  function code(model, name) {
    const { classes, picture: picture2 } = model.get("document");
    const entry = model.get("pictures").find((one) => one.index === picture2);
    const kept = classes.map((one) => [one.name, one.rows.filter((row) => row.on && row.text.trim()).map((row) => row.text)]).filter(([, rows]) => rows.length);
    const weighted = classes.some((one) => one.rows.some((row) => row.on && row.weight !== 1));
    return [
      ...loading({ kind: name.split("-")[1], perSpecies: 2 }),
      ...entry ? [] : OWN,
      ...weighted ? ["# some rows had weights on the page; set them in the widget"] : [],
      `descriptors = ${python(Object.fromEntries(kept))}`,
      "",
      `clipnb.widgets.explore_descriptors(clip, ${entry ? `data, descriptors, start=${numberOf(entry.name)}` : "image, descriptors"})`
    ];
  }
  register("explorer", { render: page_default.render, answer, extras, link: EXPLORER_LINK, code });
})();

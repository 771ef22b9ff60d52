// Made from book/live/explorer_page.js by tests/javascript/bundle.py; sources d563a3d23e750ad5d4fffadf1779a282286c4279d483021d18cfa7833c9b477f
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
  function number(value, low, high, what) {
    if (typeof value !== "number" || !Number.isFinite(value) || value < low || value > high) {
      throw new Refusal(`${what} is a number from ${low} to ${high}, not ${value}.`);
    }
    return value;
  }
  function words(value, longest = 2e3) {
    if ([...value].length > longest) throw new Refusal(`This text has ${[...value].length} characters; at most ${longest} are taken.`);
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
  var Vectors = class {
    /** @param {number} dim */
    constructor(dim) {
      this.dim = dim;
      this.rows = /* @__PURE__ */ new Map();
    }
    /**
     * @param {any[]} keys
     * @param {any} view their vectors, one after the other
     */
    add(keys, view) {
      const all = floats(view);
      keys.forEach((key, i) => this.rows.set(key, all.subarray(i * this.dim, (i + 1) * this.dim)));
    }
    has(key) {
      return this.rows.has(key);
    }
    get(key) {
      return this.rows.get(key);
    }
  };
  function floats(view) {
    if (!view || !view.byteLength) return new Float32Array(0);
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
  var NO_KERNEL = "New text needs a running kernel, and none has answered: run this cell in Jupyter.";
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
  var isFocused = (field) => field === /** @type {Document | ShadowRoot} */
  field.getRootNode().activeElement;
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
  function setValue(field, value) {
    if (field.value !== value && !isFocused(field)) field.value = value;
  }
  function phrase(properties, change2) {
    const field = h("textarea", { rows: 1, spellcheck: false, oninput: () => change2(oneLine(field.value)), ...properties });
    field.addEventListener("beforeinput", (event) => ["insertLineBreak", "insertParagraph"].includes(event.inputType) && event.preventDefault());
    field.addEventListener("paste", (event) => {
      const text = event.clipboardData.getData("text/plain");
      if (oneLine(text) === text) return;
      event.preventDefault();
      document.execCommand("insertText", false, oneLine(text));
    });
    return h("span", { class: "clipnb-phrase" }, field);
  }
  var oneLine = (text) => text.replace(/[\r\n]+/g, " ");
  function setPhrase(element2, value) {
    const field = element2.firstElementChild;
    setValue(field, value);
    if (element2.dataset.text !== field.value) element2.dataset.text = field.value;
  }
  function keepChildren(parent, count, make) {
    while (parent.children.length > count) parent.lastElementChild.remove();
    while (parent.children.length < count) parent.append(make(parent.children.length));
  }
  function patient(model, status, words2 = SILENT) {
    const silent = model.get("absent") ?? words2;
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
    const fill = element2.firstElementChild;
    fill.style.width = `${(100 * Math.min(1, Math.abs(share))).toFixed(2)}%`;
    fill.dataset.sign = share < 0 ? "minus" : "plus";
  }
  var signed = (x) => `${x <= -5e-4 ? "−" : "+"}${Math.abs(x).toFixed(3)}`;
  var percent = (x) => `${(100 * x).toFixed(x > 0 && x < 0.1 ? 1 : 0)} %`;
  function download(name, text) {
    const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    h("a", { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1e4);
  }
  function pictureStrip(model, choose) {
    const group = `pictures-${Math.random().toString(36).slice(2)}`;
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
    const more = model.get("total") > offered.length && !model.get("own");
    const any = h("label", { class: "clipnb-any" }, `image (1 to ${model.get("total")}) `, field);
    const element2 = h("fieldset", { class: "clipnb-strip" }, h("legend", {}, "Pictures"), ...thumbs, more ? any : null);
    const redraw = (chosen) => {
      offered.forEach((one, i) => radios[i].checked = one.index === chosen);
      any.dataset.shown = String(!offered.some((one) => one.index === chosen));
      setValue(field, String(chosen + 1));
    };
    return { element: element2, redraw };
  }
  var caption = (one) => one.truth ? `${one.truth} (${one.name})` : one.name;
  function pictureReader(model, dim) {
    const vectors = floats(model.get("picture_vectors"));
    const offered = model.get("pictures").map((entry, i) => ({ entry, vector: vectors.subarray(i * dim, (i + 1) * dim) }));
    return (chosen) => {
      const extra = model.get("extra");
      if (extra && extra.index === chosen) return { entry: extra, vector: floats(model.get("extra_vector")) };
      return offered.find((one) => one.entry.index === chosen);
    };
  }

  // clipnb/widgets/common/reasons.js
  function reasonsList(one = "prompt") {
    const [title, text, list, rest] = [h("h4"), h("p"), h("ul", { class: "clipnb-reasons" }), h("p")];
    const element2 = h("section", { class: "clipnb-because", aria: { label: "Why one class rather than another" } }, title, text, list, rest);
    function redraw(why) {
      element2.hidden = !why || !why.parts.length;
      if (element2.hidden) return;
      setText(title, `Why ${why.left} rather than ${why.right}?`);
      const lead = why.margin >= 0 ? `It leads by ${why.margin.toFixed(3)}` : `It trails by ${(-why.margin).toFixed(3)}`;
      const usual = `on average over ${why.images} images the difference is ${signed(why.usual)}`;
      const counted2 = why.images ? `${lead}; ${usual}. Each cosine is counted from the ${one}'s own average over those images: a ${one} of ${why.left} that fits this one better than usual speaks for it, and so does one of ${why.right} that fits worse.` : `${lead}. A ${one} of ${why.left} that fits this image well adds to it, and so does one of ${why.right} that fits badly; in between lies the mean of the two scores.`;
      setText(text, `${counted2} The parts add up${why.images ? " to what this image adds to that average" : ""}.`);
      const reach = Math.max(1e-9, ...why.parts.map((part) => Math.abs(part.centred)));
      keepChildren(
        list,
        why.parts.length,
        () => h("li", {}, h("span", { class: "clipnb-name" }), h("span", { class: "clipnb-text" }), bar(), h("span", { class: "clipnb-value" }))
      );
      why.parts.forEach((part, i) => {
        const [name, prompt, line, value] = list.children[i].children;
        setText(name, part.name);
        setText(prompt, part.text);
        setBar(line, Math.abs(part.centred) < 5e-4 ? 0 : part.centred / reach / 2);
        setText(value, signed(part.centred));
      });
      rest.hidden = !why.others;
      setText(rest, why.others === 1 ? `One more adds ${signed(why.rest)}.` : `${why.others} more add ${signed(why.rest)} together.`);
    }
    return { element: element2, redraw };
  }

  // clipnb/widgets/explorer/page.js
  var MOST_WEIGHT = 10;
  var MOST_RANKED = 8;
  var rowsOf = (document2, of) => document2.classes[index(of, document2.classes.length, "class")].rows;
  var rowOf = (document2, of, row) => rowsOf(document2, of)[index(row, rowsOf(document2, of).length, "row")];
  var hasText = (text) => text.trim() !== "";
  var EXPLORER = (total) => ({
    edited: ["classes"],
    merged: ["edit", "weigh"],
    actions: {
      choose: (document2, { picture }) => document2.picture = index(picture, total, "image"),
      compare: (document2, { side, of }) => document2.compare[index(side, 2, "side")] = index(of, document2.classes.length, "class"),
      edit: (document2, { of, row, text }) => rowOf(document2, of, row).text = words(text),
      switch: (document2, { of, row, on }) => rowOf(document2, of, row).on = on === true,
      switch_all: (document2, { of, on }) => rowsOf(document2, of).forEach((row) => row.on = on === true),
      weigh: (document2, { of, row, weight }) => rowOf(document2, of, row).weight = number(weight, 0, MOST_WEIGHT, "A weight"),
      add: (document2, { of }) => rowsOf(document2, of).push({ text: "", on: true, weight: 1 }),
      remove: (document2, { of, row }) => rowsOf(document2, of).splice(index(row, rowsOf(document2, of).length, "row"), 1)
    }
  });
  var keyOf = (settings, name, text) => settings.include_name ? `${name}	${text}` : text;
  function counted(rows, picture, vectorOf, reference) {
    const live2 = rows.map((row, k) => ({ ...row, row: k, vector: vectorOf(k) })).filter((row) => row.on && row.weight > 0 && hasText(row.text) && row.vector);
    const total = live2.reduce((sum, row) => sum + row.weight, 0);
    return live2.map((row) => ({ row: row.row, text: row.text, cosine: cosine(row.vector, picture), mean: reference && cosine(row.vector, reference), share: row.weight / total }));
  }
  function asJson(classes, first, provenance) {
    const live2 = classes.map((one) => ({ name: one.name, rows: one.rows.filter((row) => row.on && hasText(row.text)) }));
    const bare = live2.find((one) => !one.rows.length);
    if (bare) throw new Refusal(`The class '${bare.name}' has no descriptor that is on; switch one on, or write one, before you save.`);
    const weighed = live2.filter((one) => one.rows.some((row) => row.weight !== 1));
    const note = { ...provenance, ...same(classes, first) ? {} : { edited: true } };
    if (weighed.length) note.weights = Object.fromEntries(weighed.map((one) => [one.name, one.rows.map((row) => row.weight)]));
    const descriptors = Object.fromEntries(live2.map((one) => [one.name, one.rows.map((row) => row.text.trim())]));
    return JSON.stringify({ provenance: note, descriptors }, null, 1) + "\n";
  }
  function render({ model, el }) {
    const settings = model.get("settings");
    const machine = new Machine(model.get("document"), EXPLORER(model.get("total")));
    const picture = pictureReader(model, settings.dim);
    const vectors = new Vectors(settings.dim);
    const reference = settings.images ? meanOf(rowsIn(model.get("picture_vectors"), settings.dim)) : null;
    const lastKey = /* @__PURE__ */ new Map();
    let shape = "";
    vectors.add(model.get("texts"), model.get("vectors"));
    const learn = () => vectors.add(model.get("new_texts"), model.get("new_vectors"));
    learn();
    const status = h("p", { class: "clipnb-status", role: "status", aria: { live: "polite" } });
    const say = (sentence) => setText(status, sentence);
    const waitFor = patient(model, status, NO_KERNEL);
    function compute() {
      const { classes } = machine.document;
      const now = picture(machine.document.picture);
      const pending = /* @__PURE__ */ new Set();
      const rows = classes.map(
        (one, of) => now ? counted(one.rows, now.vector, (k) => {
          const [key, place] = [keyOf(settings, one.name, one.rows[k].text), `${of},${k}`];
          if (vectors.has(key)) lastKey.set(place, key);
          else if (hasText(one.rows[k].text)) pending.add(place);
          return vectors.get(lastKey.get(place));
        }, reference) : []
      );
      const scores = rows.map(pooled);
      return { classes, now, pending, rows, scores, probabilities: toProbabilities(scores, settings), order: ranked(scores) };
    }
    const strip = pictureStrip(model, (chosen) => act({ do: "choose", picture: chosen }));
    const image = h("img", { class: "clipnb-picture", width: 200, height: 200 });
    const figure = h("figure", {}, image, h("figcaption"));
    const ranking = h("ol", { class: "clipnb-ranking", aria: { label: "Classes, best first; press one to edit it on the left" } });
    const undo = h("button", { type: "button", onclick: () => act({ do: "undo" }) }, "Undo");
    const reset = h("button", { type: "button", onclick: () => act({ do: "reset" }) }, "Reset");
    const save = h("button", { type: "button", onclick: saveFile, title: "Download the descriptors that are on, as JSON" }, "Save as JSON");
    const panels = [0, 1].map(makePanel);
    const why = reasonsList("descriptor");
    function saveFile() {
      try {
        download("descriptors.json", asJson(machine.document.classes, machine.first.classes, settings.provenance));
        say("Saved as descriptors.json; clipnb.load_descriptors reads it.");
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        say(error.message);
      }
    }
    function makePanel(side) {
      const choice = h("select", { onchange: () => act({ do: "compare", side, of: choice.selectedIndex }), aria: { label: `Class on the ${["left", "right"][side]}` } });
      const [score, list] = [h("span", { class: "clipnb-score" }), h("ul", { class: "clipnb-rows" })];
      const add = h("button", { type: "button", onclick: () => addRow(side) }, "Add a descriptor");
      const [all, none] = [true, false].map((on) => h("button", { type: "button", onclick: () => act({ do: "switch_all", of: ofSide(side), on }) }, on ? "All on" : "All off"));
      const element2 = h("section", { class: "clipnb-panel", data: { side: String(side) } }, h("header", {}, choice, score), list, h("footer", {}, add, all, none));
      return { element: element2, choice, score, list, add, all, none };
    }
    const ofSide = (side) => Math.min(machine.document.compare[side], machine.document.classes.length - 1);
    function addRow(side) {
      act({ do: "add", of: ofSide(side) });
      panels[side].list.lastElementChild.querySelector("textarea").focus();
    }
    function removeRow(side, k) {
      act({ do: "remove", of: ofSide(side), row: k });
      const next = panels[side].list.children[Math.min(k, panels[side].list.children.length - 1)];
      (next?.querySelector("textarea") ?? panels[side].add).focus();
    }
    function makeRow(side, k) {
      const at = () => ({ of: ofSide(side), row: k });
      const on = h("input", { type: "checkbox", title: "on or off", onchange: () => act({ do: "switch", ...at(), on: on.checked }) });
      const text = phrase({ placeholder: "what it looks like", onblur: leave }, (text2) => act({ do: "edit", ...at(), text: text2 }, true));
      const weight = h("input", {
        type: "number",
        min: 0,
        max: MOST_WEIGHT,
        step: 0.5,
        title: "weight",
        oninput: () => weight.value !== "" && act({ do: "weigh", ...at(), weight: Number(weight.value) }, true),
        onblur: leave
      });
      const value = h("span", { class: "clipnb-value" });
      const remove = h("button", { type: "button", class: "clipnb-remove", title: "Remove", onclick: () => removeRow(side, k) }, "×");
      return h("li", {}, on, text, weight, value, remove, bar());
    }
    function leave() {
      flush();
      setTimeout(redraw);
    }
    function redraw() {
      const document2 = machine.document;
      const nowShape = document2.classes.map((one) => one.rows.length).join();
      if (nowShape !== shape) lastKey.clear();
      shape = nowShape;
      const all = compute();
      strip.redraw(document2.picture);
      if (all.now) drawPicture(all.now.entry);
      drawRanking(all);
      const cosines = all.rows.flat().map((one) => one.cosine);
      const reach = Math.max(0.01, ...cosines.map(Math.abs));
      panels.forEach((panel, side) => drawPanel(panel, side, all, reach));
      drawDifference(all);
      undo.disabled = !machine.past.length;
      reset.disabled = same(machine.kept(), machine.first);
      waitFor(all.pending.size > 0 || !all.now);
      el.dataset.pending = String(all.pending.size);
      el.dataset.failures = String(model.get("failures"));
    }
    function drawPicture(entry) {
      if (image.src !== entry.uri) image.src = entry.uri;
      image.alt = caption(entry);
      setText(figure.lastElementChild, caption(entry));
    }
    function drawRanking({ classes, scores, probabilities, order }) {
      const count = Math.min(MOST_RANKED, order.length);
      keepChildren(ranking, count, (place) => {
        const name = h("button", { type: "button", onclick: () => act({ do: "compare", side: 0, of: Number(name.dataset.of) }) });
        return h("li", {}, name, bar(), h("span", { class: "clipnb-value" }), h("span", { class: "clipnb-value" }));
      });
      order.slice(0, count).forEach((of, place) => {
        const line = childrenOf(ranking)[place];
        const [name, share, probability, score] = childrenOf(line);
        name.dataset.of = of;
        setText(name, classes[of].name);
        setBar(share, probabilities[of]);
        setText(probability, scores[of] === null ? "–" : percent(probabilities[of]));
        setText(score, scores[of] === null ? "no descriptor" : scores[of].toFixed(3));
        line.dataset.best = String(place === 0);
      });
    }
    function drawPanel(panel, side, { classes, scores, rows, pending }, reach) {
      const of = ofSide(side);
      const mine = classes[of];
      keepChildren(panel.choice, classes.length, () => h("option"));
      classes.forEach((one, c) => setText(panel.choice.children[c], one.name));
      panel.choice.selectedIndex = of;
      panel.all.setAttribute("aria-label", `All on: descriptors of ${mine.name}`);
      panel.none.setAttribute("aria-label", `All off: descriptors of ${mine.name}`);
      setText(panel.score, scores[of] === null ? "no score: no descriptor is on" : `score ${scores[of].toFixed(3)}`);
      keepChildren(panel.list, mine.rows.length, (k) => makeRow(side, k));
      const cosines = new Map(rows[of].map((one) => [one.row, one.cosine]));
      mine.rows.forEach((row, k) => drawRow(panel.list.children[k], row, `${mine.name}, descriptor ${k + 1}`, cosines.get(k), pending.has(`${of},${k}`), reach));
    }
    function drawRow(element2, row, label, value, pending, reach) {
      const [on, text, weight, number2, remove, line] = element2.children;
      on.checked = row.on;
      setPhrase(text, row.text);
      setValue(weight, String(row.weight));
      on.setAttribute("aria-label", `${label}: on`);
      text.firstElementChild.setAttribute("aria-label", label);
      weight.setAttribute("aria-label", `${label}: weight`);
      remove.setAttribute("aria-label", `Remove ${label}`);
      setBar(line, value === void 0 ? 0 : value / reach);
      setText(number2, pending ? "…" : value === void 0 ? "" : value.toFixed(3));
      element2.dataset.off = String(!row.on || row.weight === 0);
      element2.dataset.pending = String(pending);
    }
    function drawDifference({ classes, scores, rows }) {
      const [left, right] = [ofSide(0), ofSide(1)];
      const parts = left === right ? [] : difference(rows[left], rows[right]);
      const sign = scores[left] >= scores[right] ? 1 : -1;
      const [winner, loser] = sign > 0 ? [left, right] : [right, left];
      why.redraw({
        left: classes[winner].name,
        right: classes[loser].name,
        margin: scores[winner] - scores[loser],
        usual: sign * usualMargin(rows[left], rows[right]),
        images: settings.images,
        parts: (sign > 0 ? parts : parts.reverse()).map(({ side, text, centred }) => ({
          name: classes[[left, right][side]].name,
          text,
          centred: sign * centred
        }))
      });
    }
    const { act, flush } = connect(model, machine, redraw, say);
    for (const name of ["new_texts", "new_vectors"]) model.on(`change:${name}`, () => (learn(), redraw()));
    for (const name of ["extra", "extra_vector"]) model.on(`change:${name}`, redraw);
    root(el, "explorer").append(
      strip.element,
      h("div", { class: "clipnb-top" }, figure, ranking),
      h("div", { class: "clipnb-tools" }, undo, reset, save, status),
      h("div", { class: "clipnb-panels" }, panels[0].element, panels[1].element),
      why.element
    );
    redraw();
  }
  var page_default = { render };

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
    const meanwhile = () => kinds[page.widget].meanwhile?.({ model });
    const model = makeModel(page, ({ view, serial }) => {
      heard[view] = serial;
      meanwhile();
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
    const [words2, progress] = [element("span"), element("progress", { max: 1, value: 0, hidden: true })];
    const line = element("p", { className: "clipnb-live-status" }, words2, progress);
    words2.setAttribute("role", "status");
    progress.setAttribute("aria-label", "How much of the model is here");
    place.prepend(line);
    return (state, sentence, share) => {
      line.dataset.state = state;
      if (words2.textContent !== sentence) words2.textContent = sentence;
      progress.hidden = share === void 0;
      if (share !== void 0) progress.value = share;
      return line;
    };
  }
  function whenLive(place, say, alone = "Stored texts can be switched, weighted and swapped; new words need the model.") {
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
        (error) => say("stored", `Stored results. ${error.message} ${alone}`)
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

  // book/live/explorer_page.js
  var SIDE = 224;
  var MOST_CLASSES = 30;
  var LONGEST_NAME = 60;
  async function answer({ model, clip: clip2 }) {
    const known = model.get("new_texts");
    const texts = model.get("document").classes.flatMap((one) => one.rows.map((row) => row.text));
    const missing = [...new Set(texts.filter((text) => text.trim() !== ""))].filter((text) => !known.includes(text));
    if (!missing.length) return;
    const rows = await clip2.encodeTexts(missing.map((text) => text.trim()));
    const before = model.get("new_vectors");
    const all = new Float32Array(before.byteLength / 4 + rows.length * clip2.dim);
    all.set(new Float32Array(before.buffer, before.byteOffset, before.byteLength / 4));
    rows.forEach((row, i) => all.set(row, before.byteLength / 4 + i * clip2.dim));
    model.set({ new_texts: [...known, ...missing], new_vectors: new DataView(all.buffer) });
  }
  var change = (model, edit) => {
    const document2 = structuredClone(model.get("document"));
    edit(document2);
    model.set("document", document2);
  };
  function extras({ place, model, show: show2, here }) {
    let now = model;
    let mine = null;
    const say = (sentence) => note.textContent = sentence;
    const note = element("p", { className: "clipnb-live-note" });
    note.setAttribute("role", "status");
    const kinds2 = element("select", { onchange: () => choose(kinds2.value) }, ...place.dataset.kinds.split(" ").map((kind) => element("option", { value: kind, textContent: kind })));
    kinds2.value = place.dataset.live.split("-")[1];
    async function choose(kind) {
      const name2 = `explorer-${kind}`;
      const address = new URL(`pages/${name2}.js`, here);
      if (!live.pages[name2]) await script(address, `${address} could not be loaded.`);
      const page = live.pages[name2];
      now = (await show2(page)).model;
      if (mine) offer(false);
    }
    const name = element("input", { type: "text", maxLength: LONGEST_NAME, placeholder: "a class of your own", autocomplete: "off" });
    name.setAttribute("aria-label", "Name of a class of your own");
    const add = element("form", { className: "clipnb-live-class", onsubmit: (event) => (event.preventDefault(), addClass()) });
    add.append(name, element("button", { type: "submit", textContent: "Add this class" }));
    const remove = element("button", { type: "button", textContent: "Remove the first class", onclick: removeClass });
    function addClass() {
      const [wanted, classes] = [name.value.trim().replace(/\s+/g, " "), now.get("document").classes];
      if (!wanted) return say("Write the name of the class first.");
      if (classes.some((one) => one.name.toLowerCase() === wanted.toLowerCase())) return say(`There is a class “${wanted}” already.`);
      if (classes.length >= MOST_CLASSES) return say(`There are ${MOST_CLASSES} classes; remove one first.`);
      change(now, (document2) => {
        document2.compare = [document2.classes.length, document2.compare[0]];
        document2.classes.push({ name: wanted, rows: [{ text: "", on: true, weight: 1 }] });
      });
      name.value = "";
      say(`“${wanted}” is the first now; it has no score until you say what it looks like. The name itself is not scored.`);
      place.querySelector(".clipnb-panel textarea").focus();
    }
    function removeClass() {
      const { classes, compare } = now.get("document");
      if (classes.length < 2) return say("One class must stay.");
      const of = Math.min(compare[0], classes.length - 1);
      change(now, (document2) => {
        document2.classes.splice(of, 1);
        document2.compare = document2.compare.map((one) => Math.min(one > of ? one - 1 : one, document2.classes.length - 1));
      });
      say(`“${classes[of].name}” is out; Undo brings it back.`);
    }
    const file = element("input", { type: "file", accept: "image/*", onchange: () => (take(file.files), file.value = "") });
    const thumb = element("button", { type: "button", className: "clipnb-live-mine", hidden: true, onclick: () => offer(true) });
    const zone = element("div", { className: "clipnb-live-drop" });
    const label = element("label", {}, element("span", { textContent: "Your own image: choose one" }), file);
    zone.append(label, element("span", { className: "clipnb-live-hint", textContent: "or drop it here, or paste it. It never leaves this page." }), thumb);
    place.addEventListener("dragover", (event) => (event.preventDefault(), zone.dataset.over = "true"));
    place.addEventListener("dragleave", () => delete zone.dataset.over);
    place.addEventListener("drop", (event) => (event.preventDefault(), delete zone.dataset.over, take(event.dataTransfer.files)));
    document.addEventListener("paste", (event) => event.clipboardData?.files.length && take(event.clipboardData.files));
    async function take(files) {
      const chosen = files[0];
      if (!chosen) return;
      if (location.protocol === "file:") return say("The model is needed for an image of your own; the line at the top says how to start it.");
      say("Reading the image …");
      try {
        const { pixelsOf } = await import(new URL("pictures.js", here).href);
        const picture = await pixelsOf(chosen).catch(() => {
          throw new Error(`“${chosen.name}” could not be read as an image; JPEG, PNG, GIF and WebP can.`);
        });
        say("The image waits for the model …");
        const [vector] = await (await clip()).encodeImages([picture]);
        mine = { entry: { name: chosen.name || "pasted", truth: "", uri: await thumbnail(chosen) }, vector: new DataView(vector.buffer) };
        thumb.replaceChildren(element("img", { src: mine.entry.uri, alt: "" }), element("span", { textContent: "your image" }));
        thumb.hidden = false;
        offer(true);
        say("Your image is in. The bundled model has met nothing but drawings of a field guide: on a photo its answer says little.");
      } catch (error) {
        say(error.message);
      }
    }
    function offer(look) {
      const index2 = now.get("total") - 1;
      now.set({ extra: { ...mine.entry, index: index2 }, extra_vector: mine.vector });
      if (look) change(now, (document2) => document2.picture = index2);
    }
    async function thumbnail(chosen) {
      const whole = await createImageBitmap(chosen, { imageOrientation: "from-image" });
      const share = Math.min(1, SIDE / Math.max(whole.width, whole.height));
      const canvas = element("canvas", { width: Math.max(1, Math.round(whole.width * share)), height: Math.max(1, Math.round(whole.height * share)) });
      const context = canvas.getContext("2d");
      context.fillStyle = "white";
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.imageSmoothingQuality = "high";
      context.drawImage(whole, 0, 0, canvas.width, canvas.height);
      whole.close();
      return canvas.toDataURL("image/jpeg", 0.85);
    }
    const tools = element("div", { className: "clipnb-live-tools" }, element("label", {}, "Field guide: ", kinds2), add, remove);
    place.querySelector(".clipnb-stage").before(zone, tools, note);
  }
  register("explorer", { render: page_default.render, answer, extras });
})();

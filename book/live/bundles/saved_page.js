// Made from book/live/saved_page.js by tests/javascript/bundle.py; sources 8673c43417520a26757907088e0aeb2c121df2d067a8ca535e9799490d95142a
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

  // book/live/address.js
  var VERSION = "1";
  var MARK = "#s=";
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

  // book/live/saved_page.js
  var ROOT = new URL(
    "../../",
    /** @type {HTMLScriptElement} */
    document.currentScript.src
  );
  var NO_ANSWER = "This is a saved result: new text needs a live page, or the notebook in Jupyter.";
  function savedWidgets() {
    const script = document.querySelector('script[type="application/vnd.jupyter.widget-state+json"]');
    return JSON.parse(script?.textContent ?? '{"state":{}}').state;
  }
  async function moduleOf(text2) {
    const address = URL.createObjectURL(new Blob([text2], { type: "text/javascript" }));
    try {
      return await import(address);
    } finally {
      URL.revokeObjectURL(address);
    }
  }
  async function draw({ state, buffers = [] }, at) {
    const { _esm: code, _css: style, ...traits } = state;
    const bytes = Object.fromEntries(buffers.map(({ path, data }) => [path[0], new DataView(bytesOf(data))]));
    const box = document.createElement("div");
    box.className = "jupyter-widgets widget-subarea";
    const sheet = document.createElement("style");
    sheet.textContent = style ?? "";
    const el = document.createElement("div");
    const model = makeModel({ ...traits, ...bytes, saved: true, absent: NO_ANSWER }, () => {
    });
    (await moduleOf(code)).default.render({ model, el });
    const kind = /clipnb-widget-(\w+)/.exec(el.className)?.[1] ?? "";
    box.append(sheet, el);
    if (kind in PACKS) box.append(linkTo(kind, model));
    at.before(box);
  }
  function linkTo(kind, model) {
    const line = document.createElement("p");
    const link = document.createElement("a");
    line.className = "clipnb-saved";
    link.textContent = "Open it live";
    const page = new URL(`live_${kind}.html`, ROOT).href;
    link.href = page;
    const renew = async () => {
      const traits = { document: {}, settings: model.get("settings"), pictures: model.get("pictures") ?? [], total: model.get("total") };
      const named = kind === "creature" ? `creature-${traits.settings.kind}` : kind;
      link.href = `${page}${MARK}${await packed({ p: named, d: PACKS[kind](model.get("document"), traits) })}`;
    };
    model.on("change:document", renew);
    renew();
    line.append("A saved result: only stored images can be chosen here. ", link, ", in the same state, for your own texts and images.");
    return line;
  }
  var widgets = savedWidgets();
  for (const at of document.querySelectorAll('script[type="application/vnd.jupyter.widget-view+json"]')) {
    const saved = widgets[JSON.parse(at.textContent ?? "{}").model_id];
    if (saved) draw(saved, at);
  }
})();

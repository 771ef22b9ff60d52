// Made from book/live/saved_page.js by tests/javascript/bundle.py; sources 8a3e635947c5b7f72f7540fa829480f57d00250be2749e45c0ef885feda45537
(() => {
  // book/live/model.js
  function bytesOf(text) {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
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

  // book/live/saved_page.js
  function savedWidgets() {
    const script = document.querySelector('script[type="application/vnd.jupyter.widget-state+json"]');
    return JSON.parse(script?.textContent ?? '{"state":{}}').state;
  }
  async function moduleOf(text) {
    const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
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
    (await moduleOf(code)).default.render({ model: makeModel({ ...traits, ...bytes }, () => {
    }), el });
    box.append(sheet, el);
    at.before(box);
  }
  var widgets = savedWidgets();
  for (const at of document.querySelectorAll('script[type="application/vnd.jupyter.widget-view+json"]')) {
    const saved = widgets[JSON.parse(at.textContent ?? "{}").model_id];
    if (saved) draw(saved, at);
  }
})();

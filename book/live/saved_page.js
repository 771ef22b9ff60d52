// @ts-check
// The saved widgets of a notebook's page, all of them anywidgets, drawn without a kernel: 2 KB in the place of the 1.3 MB of Jupyter's widget manager,
// requirejs and anywidget. Pages with other widgets (lighten.py looks) have the manager.

import { bytesOf, makeModel } from "./model.js";

/**
 * A widget in the notebook's metadata.
 *
 * @typedef {{ state: Record<string, any>, buffers?: { path: string[], data: string }[] }} Saved
 */

/** @returns {Record<string, Saved>} */
function savedWidgets() {
  const script = document.querySelector('script[type="application/vnd.jupyter.widget-state+json"]');
  return JSON.parse(script?.textContent ?? '{"state":{}}').state;
}

/**
 * The widget's own module, from its text.
 *
 * @param {string} text
 * @returns {Promise<{ default: { render(place: Place<any>): void } }>}
 */
async function moduleOf(text) {
  const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  try {
    return await import(address);
  } finally {
    URL.revokeObjectURL(address);
  }
}

/**
 * Draw a widget before the script that names it.
 *
 * @param {Saved} saved
 * @param {Element} at
 */
async function draw({ state, buffers = [] }, at) {
  const { _esm: code, _css: style, ...traits } = state;
  const bytes = Object.fromEntries(buffers.map(({ path, data }) => [path[0], new DataView(bytesOf(data))]));
  const box = document.createElement("div");
  box.className = "jupyter-widgets widget-subarea";
  const sheet = document.createElement("style");
  sheet.textContent = style ?? "";
  const el = document.createElement("div");
  (await moduleOf(code)).default.render({ model: makeModel({ ...traits, ...bytes }, () => {}), el });
  box.append(sheet, el);
  at.before(box);
}

const widgets = savedWidgets();
for (const at of document.querySelectorAll('script[type="application/vnd.jupyter.widget-view+json"]')) {
  const saved = widgets[JSON.parse(at.textContent ?? "{}").model_id];
  if (saved) draw(saved, at);
}

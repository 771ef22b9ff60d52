// @ts-check
// The saved widgets of a notebook's page, all of them anywidgets, drawn without a kernel: 2 KB in the place of the 1.3 MB of Jupyter's widget manager,
// requirejs and anywidget. Pages with other widgets (lighten.py looks) have the manager.

import { MARK, packed } from "./address.js";
import { bytesOf, makeModel } from "./model.js";
import { PACKS } from "./states.js";

const ROOT = new URL("../../", /** @type {HTMLScriptElement} */ (document.currentScript).src); // of the site
const NO_ANSWER = "This is a saved result: new text needs a live page, or the notebook in Jupyter.";

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
  const model = makeModel({ ...traits, ...bytes, saved: true, absent: NO_ANSWER }, () => {});
  (await moduleOf(code)).default.render({ model, el });
  const kind = /clipnb-widget-(\w+)/.exec(el.className)?.[1] ?? "";
  box.append(sheet, el);
  if (kind in PACKS) box.append(linkTo(kind, model));
  at.before(box);
}

/**
 * A link to the live page of a widget, in the state in which the widget is when it is followed.
 *
 * @param {string} kind
 * @param {ReturnType<typeof makeModel>} model
 */
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

const widgets = savedWidgets();
for (const at of document.querySelectorAll('script[type="application/vnd.jupyter.widget-view+json"]')) {
  const saved = widgets[JSON.parse(at.textContent ?? "{}").model_id];
  if (saved) draw(saved, at);
}

// @ts-check
// A live page: the notebooks' widgets with a kernel of JavaScript behind them. The model runs in the page (engine.js); until it is there, and where it
// cannot run, the results that were stored when the site was built are shown.
//
// NAME_page.js gives `register` the front end of a widget and what Python would answer it; both and this file are one ordinary script on the site
// (tests/javascript/bundle.py), no module: a browser opens those from the file system, too. The scripts that stored.py writes put into `clipnbLive`
//   styles[widget] = css                             the style, as the notebooks have it
//   pages[name]    = { widget, traits, bytes }       what it shows at first

const HERE = new URL(".", /** @type {HTMLScriptElement} */ (document.currentScript).src);
const ABSENT = "New words are scored as soon as the model is here; see the line above.";
const AS_FILE =
  "Stored results. This page was opened as a file, and browsers do not let a file start the model. To type words of your own, serve the folder " +
  "of this site: python -m http.server 8000, then open http://localhost:8000 and come back to this page.";
const AT = location.protocol === "file:" ? "file" : /** @type {any} */ (navigator).connection?.saveData ? "saving" : "server";
/** @type {any} */
export const live = (window.clipnbLive = { styles: {}, pages: {} });

/**
 * What a widget needs on a live page.
 *
 * @typedef {object} Kind
 * @property {(place: any) => void} render its front end
 * @property {(asked: { model: any, clip: any }) => Promise<void>} answer what Python would answer
 * @property {(asked: { model: any }) => void} [meanwhile] what can be answered at once and without the network
 * @property {(page: { place: HTMLElement, model: any, show: (page: any) => Promise<any>, here: URL }) => void} [extras] what the page has beside the widget
 * @property {string} [alone] what is left without the network
 */

/** @type {Record<string, Kind>} */
const kinds = {};

/**
 * @param {string} name of the widget
 * @param {Kind} kind
 */
export function register(name, kind) {
  kinds[name] = kind;
}

/** @type {((share: number) => void)[]} */
const hearers = [];
let loading = null;

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} [properties]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, properties = {}, ...children) {
  const one = Object.assign(document.createElement(tag), properties);
  one.append(...children);
  return one;
}

/**
 * Load a script of the page; rejects with `problem`, a text for the reader.
 *
 * @param {URL} address
 * @param {string} problem
 */
export function script(address, problem) {
  return new Promise((resolve, reject) =>
    document.head.append(element("script", { src: address.href, onload: resolve, onerror: () => reject(new Error(problem)) }))
  );
}

/**
 * The buffer of bytes that are written in base64.
 *
 * @param {string} text
 */
export function bytesOf(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
}

/**
 * The model, loaded once for all widgets of the page; `onProgress` hears of it from now on.
 *
 * @param {(share: number) => void} [onProgress]
 */
export function clip(onProgress = () => {}) {
  hearers.push(onProgress);
  loading ??= import(new URL("engine.js", HERE).href).then((engine) => engine.loadClip({ onProgress: (share) => hearers.forEach((hear) => hear(share)) }));
  return loading;
}

/** What anywidget calls a model, with a kernel in the page: `receive` gets what the widget sends. */
function makeModel({ traits, bytes }, receive) {
  const values = { ...traits, absent: ABSENT, pause: 0, answered: {}, problem: "", failures: 0 };
  for (const [name, text] of Object.entries(bytes)) values[name] = new DataView(bytesOf(text));
  const listeners = new Map();
  return {
    get: (name) => values[name],
    set(name, value) {
      const changes = Object.entries(typeof name === "object" ? name : { [name]: value }).filter(([key, now]) => values[key] !== now);
      Object.assign(values, Object.fromEntries(changes)); // all first, so that nobody sees half of them
      for (const [key] of changes) for (const tell of [...(listeners.get(`change:${key}`) ?? [])]) tell();
    },
    on: (event, tell) => void listeners.set(event, [...(listeners.get(event) ?? []), tell]),
    off: (event, tell) => (event ? listeners.set(event, tell ? (listeners.get(event) ?? []).filter((one) => one !== tell) : []) : listeners.clear()),
    save_changes() {},
    send: receive,
  };
}

/** A model whose messages are answered once the model of the network is there: the last one of those that came meanwhile, for all of them. */
function answering(page) {
  const heard = {}; // view → number of its last message
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

  return { model, start: (network) => ((ready = network), work()) };
}

/** Draw a stored page into `place`, in the place of what is there. Returns {model, start}. */
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

/** A line that says whether results are stored or live, and how far the model is. */
function statusLine(place) {
  const [words, progress] = [element("span"), element("progress", { max: 1, value: 0, hidden: true })];
  const line = element("p", { className: "clipnb-live-status" }, words, progress);
  words.setAttribute("role", "status");
  progress.setAttribute("aria-label", "How much of the model is here");
  place.prepend(line);
  return (state, sentence, share) => {
    line.dataset.state = state;
    if (words.textContent !== sentence) words.textContent = sentence;
    progress.hidden = share === undefined;
    if (share !== undefined) progress.value = share;
    return line;
  };
}

/** Load the model and hand it to all kernels of a place; those shown later get it at once. */
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

/** A place is <div data-live="a page">, with results as plain HTML inside for those without scripts. */
async function open(place) {
  const say = statusLine(place);
  const page = live.pages[place.dataset.live];
  const first = await show(page, place); // stored results before anything is loaded
  place.dataset.shown = "true";
  const join = whenLive(place, say, kinds[page.widget].alone);
  join(first);
  kinds[page.widget].extras?.({ place, model: first.model, show: async (other) => join(await show(other, place)), here: HERE });
}

if (AT === "server") clip().catch(() => {}); // at once, beside the site's own scripts; whoever asks for it hears what went wrong
document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-live]").forEach(open));

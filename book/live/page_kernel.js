// @ts-check
// A live page: the notebooks' widgets with a kernel of JavaScript behind them. The model runs in the page (engine.js); until it is there, and where it
// cannot run, the results that were stored when the site was built are shown.
//
// NAME_page.js gives `register` the front end of a widget and what Python would answer it; both and this file are one ordinary script on the site
// (tests/javascript/bundle.py), no module: a browser opens those from the file system, too. The scripts that stored.py writes put into `clipnbLive`
//   styles[widget] = css                             the style, as the notebooks have it
//   pages[name]    = { widget, traits, bytes }       what it shows at first

import { bytesOf, makeModel } from "./model.js";

export const HERE = new URL(".", /** @type {HTMLScriptElement} */ (document.currentScript).src);
const ABSENT = "New words are scored as soon as the model is here; see the line above.";
const LOADING = "Stored results. The model is loading, and everything works on stored texts until then.";
const TEXTS = "Live for texts: the text encoder runs in this page. The image encoder is loading.";
const AS_FILE =
  "Stored results. This page was opened as a file, and browsers do not let a file start the model. To type words of your own, serve the folder " +
  "of this site: python -m http.server 8000, then open http://localhost:8000 and come back to this page.";
const { connection } = /** @type {{ connection?: { saveData?: boolean } }} */ (navigator); // not in every browser
const AT = location.protocol === "file:" ? "file" : connection?.saveData ? "saving" : "server";
/** @type {ClipnbLive} */
export const live = (window.clipnbLive = { styles: {}, pages: {}, habitats: {} });

/** @type {Record<string, LiveKind<any>>} whose traits come as JSON */
const kinds = {};

/**
 * @template Traits
 * @param {string} name of the widget
 * @param {LiveKind<Traits>} kind
 */
export function register(name, kind) {
  kinds[name] = kind;
  if (AT === "server" && !kind.isNeeded) clip().catch(() => {}); // at once, beside the site's own scripts; whoever asks for it hears what went wrong
}

/** @typedef {(share: number, of: "text" | "image") => void} Hear how much of an encoder is here */

/** @type {Hear[]} */
const hearers = [];
/** @type {Promise<Clip> | null} */
let loading = null;

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, unknown>} [properties]
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
 * The model, loaded once for all widgets of the page; `onProgress` hears of it from now on.
 *
 * @param {Hear} [onProgress]
 */
export function clip(onProgress = () => {}) {
  hearers.push(onProgress);
  /** @type {Hear} */
  const tell = (share, of) => hearers.forEach((hear) => hear(share, of));
  loading ??= loadEngine().then(({ loadClip }) => loadClip({ onProgress: (share) => tell(share, "text"), onImages: (share) => tell(share, "image") }));
  return loading;
}

/** @returns {Promise<typeof import("./engine.js")>} */
const loadEngine = () => import(new URL("engine.js", HERE).href);

/**
 * The model of a stored page, with a kernel in the page: `receive` gets what the widget sends.
 *
 * @param {StoredPage} page
 * @param {(message: { view: string, serial: number }) => void} receive
 */
function modelOf({ traits, bytes }, receive) {
  /** @type {Record<string, any>} traits, which are JSON or bytes */
  const values = { ...traits, absent: ABSENT, pause: 0, answered: {}, problem: "", failures: 0 };
  for (const [name, text] of Object.entries(bytes)) values[name] = new DataView(bytesOf(text));
  return makeModel(values, receive);
}

/**
 * A model whose messages are answered once the model of the network is there: the last one of those that came meanwhile, for all of them.
 *
 * @param {StoredPage} page
 * @param {() => void} want is called when the network is needed, on a page that does without it until then
 * @returns {Shown<any>}
 */
function answering(page, want) {
  /** @type {Record<string, number>} view → number of its last message */
  const heard = {};
  /** @type {Clip | null} */
  let ready = null;
  let [busy, again] = [false, false];
  const meanwhile = () => kinds[page.widget].meanwhile?.({ model });
  const model = modelOf(page, ({ view, serial }) => {
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

  return { model, start: (network) => ((ready = network), work()) };
}

/** @param {unknown} error */
export const messageOf = (error) => (error instanceof Error ? error.message : String(error));

/**
 * Where the widget of a place is.
 *
 * @param {HTMLElement} place
 */
export const stageOf = (place) => /** @type {HTMLElement} */ (place.querySelector(".clipnb-stage"));

/**
 * What a place says of itself in its attributes: which page, which kinds there are, how large the model is.
 *
 * @param {HTMLElement} place
 */
export function attributesOf(place) {
  const { live: name = "", kinds: all = "", megabytes = "" } = place.dataset;
  return { name, kind: name.split("-")[1], kinds: all.split(" "), megabytes };
}

/**
 * Draw a stored page into `place`, in the place of what is there.
 *
 * @param {StoredPage} page
 * @param {HTMLElement} place
 */
async function show(page, place) {
  const kernel = answering(page, () => place.dispatchEvent(new Event("clipnb-need")));
  const stage = element("div", { className: "clipnb-stage" });
  if (!document.querySelector(`style[data-widget="${page.widget}"]`)) {
    const style = element("style", { textContent: live.styles[page.widget] });
    style.dataset.widget = page.widget;
    document.head.append(style);
  }
  kinds[page.widget].render({ model: kernel.model, el: stage });
  Object.assign(stage, { model: kernel.model });
  stageOf(place).replaceWith(stage);
  return kernel;
}

/**
 * A line that says whether results are stored or live, and how far the model is.
 *
 * @typedef {ReturnType<typeof statusLine>} Say
 *
 * @param {HTMLElement} place
 */
function statusLine(place) {
  const [words, progress] = [element("span"), element("progress", { max: 1, value: 0, hidden: true })];
  const line = element("p", { className: "clipnb-live-status" }, words, progress);
  words.setAttribute("role", "status");
  progress.setAttribute("aria-label", "How much of the model is here");
  if (kinds[attributesOf(place).name.split("-")[0]].isNeeded) place.append(line);
  else place.prepend(line);
  /** @type {(state: string, text: string, share?: number) => HTMLElement} */
  return (state, text, share) => {
    line.dataset.state = state;
    if (words.textContent !== text) words.textContent = text;
    progress.hidden = share === undefined;
    if (share !== undefined) progress.value = share;
    return line;
  };
}

/**
 * Say what is live: texts once what stands on the page was computed in it, or at the latest with the images.
 *
 * @param {Promise<unknown>} started settles when all kernels of the place have answered
 * @param {Clip} ready
 * @param {HTMLElement} place
 * @param {Say} say
 */
async function goLive(started, ready, place, say) {
  try {
    await Promise.race([started, ready.imagesReady]);
    place.dataset.texts = "live";
    say("text", TEXTS, 0);
    await ready.imagesReady;
    await started;
    say("live", "Live: the model runs in this page. Nothing of what you do here leaves it.");
    document.dispatchEvent(new Event("clipnb-live")); // keep_page.js hears it
  } catch (error) {
    say("text", `Live for texts. Images of your own cannot be read: ${messageOf(error)}`);
  } finally {
    delete place.dataset.texts;
  }
}

/**
 * Load the model and hand it to all kernels of a place; those shown later get it at once.
 *
 * @param {HTMLElement} place
 * @param {Say} say
 * @param {string} [alone]
 */
function whenLive(place, say, alone = "Stored texts can be switched, weighted and swapped; new words need the model.") {
  /** @type {Shown<any>[]} */
  const kernels = [];
  /** @type {Clip | null} */
  let network = null;
  const load = () => {
    say("loading", LOADING, 0);
    /** @type {Hear} */
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
  return (/** @type {Shown<any>} */ kernel) => {
    kernels.push(kernel);
    if (network) kernel.start(network);
    return kernel;
  };
}

/**
 * A place is <div data-live="a page">, with results as plain HTML inside for those without scripts.
 *
 * @param {HTMLElement} place
 */
async function open(place) {
  const say = statusLine(place);
  const page = live.pages[attributesOf(place).name];
  const first = await show(page, place); // stored results before anything is loaded
  place.dataset.shown = "true";
  const join = whenLive(place, say, kinds[page.widget].alone);
  join(first);
  kinds[page.widget].extras?.({ place, model: first.model, show: async (other) => join(await show(other, place)), here: HERE });
}

document.addEventListener("DOMContentLoaded", () => {
  /** @type {NodeListOf<HTMLElement>} */
  const places = document.querySelectorAll("[data-live]");
  places.forEach(open);
});

// @ts-check
// A live page: the notebooks' widgets with a kernel of JavaScript behind them. The model runs in the page (engine.js); until it is there, and where it
// cannot run, the results that were stored when the site was built are shown.
//
// NAME_page.js gives `register` the front end of a widget and what Python would answer it; both and this file are one ordinary script on the site
// (tests/javascript/bundle.py), no module: a browser opens those from the file system, too. The scripts that stored.py writes put into `clipnbLive`
//   styles[widget] = css                             the style, as the notebooks have it
//   pages[name]    = { widget, traits, bytes }       what it shows at first

import { Refusal } from "../../clipnb/widgets/common/document.js";
import { MARK, packed, unpacked } from "./address.js";
import { bytesOf, makeModel } from "./model.js";
import { notebookOf } from "./notebook.js";
import { linkOf, restored } from "./states.js";

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
export const live = (window.clipnbLive = { styles: {}, pages: {}, habitats: {}, links: { packed, unpacked, linkOf, restored: (name, state) => restoredOf(name, state) } });

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
 * @param {object} other traits than the stored ones, for a document that a link asks for
 * @param {(message: { view: string, serial: number }) => void} receive
 */
function modelOf({ traits, bytes }, other, receive) {
  /** @type {Record<string, any>} traits, which are JSON or bytes */
  const values = { ...structuredClone(traits), ...other, absent: ABSENT, pause: 0, answered: {}, problem: "", failures: 0 };
  for (const [name, text] of Object.entries(bytes)) values[name] = new DataView(bytesOf(text));
  return makeModel(values, receive);
}

/**
 * A model whose messages are answered once the model of the network is there: the last one of those that came meanwhile, for all of them.
 *
 * @param {StoredPage} page
 * @param {object} other traits
 * @param {() => void} want is called when the network is needed, on a page that does without it until then
 * @returns {Shown<any>}
 */
function answering(page, other, want) {
  /** @type {Record<string, number>} view → number of its last message */
  const heard = {};
  /** @type {Clip | null} */
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
 * @param {Record<string, any>} [state] that a link asks for; a Refusal where there is no such thing
 */
function show(page, place, state) {
  const traits = /** @type {import("./states.js").Traits} */ (page.traits);
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
 * Load the model and hand it to all kernels of a place; those shown later get it at once, or the one that is used in its place.
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
  /** @type {Clip | null} */
  let other = null;
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
  const join = (/** @type {Shown<any>} */ kernel) => {
    if (other) return void kernel.start(other);
    kernels.push(kernel);
    if (network) kernel.start(network);
  };
  return { join, use: (/** @type {Clip | null} */ one) => void (other = one) };
}

/**
 * The document that a link to a page asks for.
 *
 * @param {string} name
 * @param {Record<string, any>} state
 */
const restoredOf = (name, state) => restored(kinds[live.pages[name].widget].link, state, /** @type {import("./states.js").Traits} */ (live.pages[name].traits)).document;

// -- which page, and its address ---------------------------------------------------------------------------------------------

const PAUSE = 120; // ms until a change is in the address

/**
 * The stored pages of a place: each is shown as it was left, or as a link asks for it. The one in view is named by data-page.
 *
 * @param {HTMLElement} place
 */
function makeShelf(place) {
  const { name: first, kinds: all } = attributesOf(place);
  const widget = first.split("-")[0];
  const names = [first, ...all.filter(Boolean).map((kind) => `${widget}-${kind}`).filter((name) => name !== first)];
  /** @type {Map<string, ReturnType<typeof show>>} */
  const left = new Map();
  /** @type {(kernel: Shown<any>) => void} */
  let join = () => {};
  let wanted = first;

  /**
   * @param {string} name of a page that is here
   * @param {Record<string, any>} [state]
   */
  function put(name, state) {
    const kept = state ? undefined : left.get(name);
    if (kept) stageOf(place).replaceWith(kept.stage);
    const shown = kept ?? show(live.pages[name], place, state);
    if (!kept) {
      shown.kernel.model.on("change:document", () => place.dataset.page === name && place.dispatchEvent(new Event("clipnb-change")));
      join(shown.kernel);
    }
    left.set(name, shown);
    place.dataset.page = name;
    place.dispatchEvent(new CustomEvent("clipnb-visit", { detail: shown.kernel.model }));
    return shown.kernel;
  }

  /**
   * Fetch a page and show it, unless the reader has chosen another meanwhile. Rejects with a text for the reader.
   *
   * @param {string} name
   * @param {Record<string, any>} [state]
   */
  async function visit(name, state) {
    wanted = name;
    const problem = `The ${name.split("-")[1]} page could not be loaded; try again when the server can be reached.`;
    if (!live.pages[name]) await script(new URL(`pages/${name}.js`, HERE), problem);
    if (wanted === name) put(name, state);
  }

  /**
   * The page in view with other stored traits, and the document as it is.
   *
   * @param {StoredPage} page
   */
  function exchange(page) {
    const { name, model } = now();
    const state = kinds[page.widget].link.pack(model.get("document"), /** @type {import("./states.js").Traits} */ (live.pages[name].traits));
    live.pages[name] = page;
    put(name, state);
  }

  const now = () => {
    const name = place.dataset.page ?? first;
    return { name, model: /** @type {ReturnType<typeof show>} */ (left.get(name)).kernel.model };
  };
  const joining = (/** @type {typeof join} */ use) => {
    join = use;
    left.forEach(({ kernel }) => join(kernel));
  };
  return { first, names, put, visit, exchange, now, joining };
}

/**
 * Keep the state in the address, and show what an address asks for.
 *
 * @param {HTMLElement} place
 * @param {ReturnType<typeof makeShelf>} shelf
 * @param {(text: string) => void} say
 */
function keepAddress(place, shelf, say) {
  let timer = 0;

  async function hashOf() {
    const { name, model } = shelf.now();
    const page = live.pages[name];
    const state = kinds[page.widget].link.pack(model.get("document"), /** @type {import("./states.js").Traits} */ (page.traits));
    return name === shelf.first && !Object.keys(state).length ? "" : MARK + (await packed({ p: name, d: state }));
  }

  /** @param {"pushState" | "replaceState"} how */
  async function write(how) {
    clearTimeout(timer);
    const hash = await hashOf();
    if (hash === (location.hash.startsWith(MARK) ? location.hash : "")) return;
    history[how](null, "", `${location.pathname}${location.search}${hash}`);
  }

  async function hear() {
    const hash = location.hash;
    if ((hash && !hash.startsWith(MARK)) || hash === (await hashOf())) return; // a heading of the page, or what is shown
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
    timer = setTimeout(() => write("replaceState"), PAUSE);
  });
  window.addEventListener("hashchange", hear);
  return { write, hear };
}

/**
 * A place is <div data-live="a page">, with results as plain HTML inside for those without scripts.
 *
 * @param {HTMLElement} place
 */
async function open(place) {
  const say = statusLine(place);
  const shelf = makeShelf(place);
  const { model } = shelf.put(shelf.first); // stored results before anything is loaded
  place.dataset.shown = "true";
  const note = element("p", { className: "clipnb-live-note clipnb-live-link" });
  note.setAttribute("role", "status");
  const tell = (/** @type {string} */ text) => void (note.textContent = text);
  const address = keepAddress(place, shelf, tell);
  const copy = element("button", { type: "button", className: "clipnb-live-copy", textContent: "Copy link", title: "The address of exactly this state", onclick: () => copyLink(address.write, tell) });
  const save = element("button", { type: "button", className: "clipnb-live-copy", textContent: "Save as a notebook", title: "Python code that shows this state", onclick: () => saveNotebook(shelf.now(), address.write, tell) });
  place.append(copy, save, note);
  const { alone, extras } = kinds[live.pages[shelf.first].widget];
  const network = whenLive(place, say, alone);
  shelf.joining(network.join);
  const visit = async (/** @type {string} */ name) => {
    await address.write("replaceState");
    await shelf.visit(name);
    await address.write("pushState"); // so that Back leads to the kind from before
  };
  const exchange = (/** @type {StoredPage} */ page, /** @type {Clip | null} */ other) => (network.use(other), shelf.exchange(page));
  extras?.({ place, model, visit, exchange, here: HERE });
  if (location.hash.startsWith(MARK)) await address.hear();
}

/**
 * @param {(how: "replaceState") => Promise<void>} write
 * @param {(text: string) => void} tell
 */
async function copyLink(write, tell) {
  await write("replaceState");
  try {
    await navigator.clipboard.writeText(location.href);
    tell("The link is copied. It opens this page in exactly this state; an image of your own is not part of it.");
  } catch {
    tell("The browser does not let this page copy. The link is the address at the top.");
  }
}

/**
 * Hand the reader a notebook that shows the state in view.
 *
 * @param {{ name: string, model: LiveModel<any> }} now
 * @param {(how: "replaceState") => Promise<void>} write
 * @param {(text: string) => void} tell
 */
async function saveNotebook({ name, model }, write, tell) {
  await write("replaceState"); // the notebook links to this state
  const { code } = kinds[live.pages[name].widget];
  const title = document.querySelector("h1")?.firstChild?.textContent?.trim() ?? document.title;
  const text = notebookOf(title, location.href, code(model, name));
  const file = URL.createObjectURL(new Blob([text], { type: "application/x-ipynb+json" }));
  element("a", { href: file, download: `clipnb_${name.replace("-", "_")}.ipynb` }).click();
  setTimeout(() => URL.revokeObjectURL(file), 10_000);
  tell("The notebook is saved; open it in Jupyter where clipnb is installed.");
}

document.addEventListener("DOMContentLoaded", () => {
  /** @type {NodeListOf<HTMLElement>} */
  const places = document.querySelectorAll("[data-live]");
  places.forEach(open);
});

// @ts-check
// The service worker: keeps what a reader has opened, and the model, so that the next visit needs no network. book/keep.py writes it as sw.js at the root
// of the site, with the digest of every file of this build before it.
//
// One cache for each build. An answer of the server goes into it, and to the page, only if its digest is that of this build: so nobody gets half of two
// builds, whatever was put onto the server meanwhile. A new build takes over between two pages, never under one.

const self_ = /** @type {Keeper} */ (/** @type {unknown} */ (self));
const { version, files } = self_.clipnbSite;
const ROOT = new URL(self_.registration.scope);
const OURS = `clipnb ${ROOT.pathname} `;
const CACHE = OURS + version;
const MODEL = /^_static\/(live\/[\w-]+\.js|live\/model\/.*|vendor\/(ort|tokenizers|xz).*)$/;

/**
 * The path of a file of this build, or null for all else.
 *
 * @param {string} address
 */
function pathOf(address) {
  const url = new URL(address, ROOT);
  if (url.origin !== ROOT.origin || !url.pathname.startsWith(ROOT.pathname)) return null;
  const path = decodeURIComponent(url.pathname.slice(ROOT.pathname.length)).replace(/(^|\/)$/, "$1index.html");
  return Object.hasOwn(files, path) ? path : null;
}

/** @param {Response} answer */
async function digestOf(answer) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await answer.arrayBuffer()));
  return [...bytes.subarray(0, 6)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * A file of this build from the server, kept; null if the server has another one by now.
 *
 * @param {string} path
 */
async function fetched(path) {
  const address = new URL(encodeURI(path), ROOT);
  for (const cache of /** @type {RequestCache[]} */ (["default", "reload"])) {
    const answer = await fetch(address, { cache });
    if (!answer.ok || (await digestOf(answer.clone())) !== files[path]) continue;
    await (await caches.open(CACHE)).put(address, answer.clone());
    return answer;
  }
  return null;
}

/** @param {string} path */
const kept = async (path) => (await caches.open(CACHE)).match(new URL(encodeURI(path), ROOT));

/**
 * Keep files that are not kept yet.
 *
 * @param {string[]} paths
 */
async function keep(paths) {
  for (const path of new Set(paths)) if (!(await kept(path))) await fetched(path);
}

/** What earlier builds have kept, in this one: taken over where it has not changed. Fails as a whole, and is tried again at the next visit. */
async function install() {
  for (const name of (await caches.keys()).filter((one) => one.startsWith(OURS) && one !== CACHE)) {
    const old = await caches.open(name);
    for (const { url } of await old.keys()) {
      const [path, answer] = [pathOf(url), await old.match(url)];
      if (!path || !answer || (await kept(path))) continue;
      if ((await digestOf(answer.clone())) === files[path]) await (await caches.open(CACHE)).put(url, answer);
      else if (!(await fetched(path))) throw new Error(`${path} is not that of build ${version}.`);
    }
  }
}

async function activate() {
  for (const name of await caches.keys()) if (name.startsWith(OURS) && name !== CACHE) await caches.delete(name);
  await self_.clients.claim();
}

/**
 * @param {Request} request
 * @param {string} path
 */
async function answer(request, path) {
  const { waiting } = self_.registration;
  if (request.mode === "navigate" && waiting && (await self_.clients.matchAll()).length < 2) {
    waiting.postMessage("take over"); // the page that is left was the last of this build; the next is asked for again
    return new Response("", { headers: { Refresh: "0" } });
  }
  const found = (await kept(path)) ?? (await fetched(path));
  if (found) return found;
  await self_.registration.update();
  return request.mode === "navigate" ? fetch(request) : Response.error();
}

self_.addEventListener("install", (event) => event.waitUntil(install()));
self_.addEventListener("activate", (event) => event.waitUntil(activate()));
self_.addEventListener("message", (event) => {
  if (event.data === "take over") return void event.waitUntil(self_.skipWaiting());
  if (!event.data) return;
  const pages = event.data.keep.flatMap((address) => pathOf(address) ?? []);
  const model = event.data.model ? Object.keys(files).filter((path) => MODEL.test(path)) : [];
  event.waitUntil(keep([...pages, ...model]));
});
self_.addEventListener("fetch", (event) => {
  const path = event.request.method === "GET" ? pathOf(event.request.url) : null;
  if (path) event.respondWith(answer(event.request, path));
});

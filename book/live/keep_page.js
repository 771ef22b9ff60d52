// @ts-check
// On every page: asks for the service worker (keeper.js), and tells it what this page has loaded without it. Not for pages that were opened as files, nor
// for readers whose browser asks to save data.

const ROOT = new URL("../../", /** @type {HTMLScriptElement} */ (document.currentScript).src);
const { connection } = /** @type {{ connection?: { saveData?: boolean } }} */ (navigator); // not in every browser

/** @param {{ keep: string[], model: boolean }} what */
async function tell(what) {
  (await navigator.serviceWorker.ready).active?.postMessage(what);
}

/** Once everything that the page shows is here, so that keeping takes nothing of a slow line. */
function start() {
  const first = !navigator.serviceWorker.controller;
  navigator.serviceWorker.register(new URL("sw.js", ROOT)).catch(() => {}); // not allowed here: then the site works as without it
  const loaded = performance.getEntriesByType("resource").map((one) => one.name);
  if (first && !document.querySelector(`[data-live]:not([data-live="first"])`)) tell({ keep: [location.href, ...loaded], model: false });
}

if (location.protocol.startsWith("http") && "serviceWorker" in navigator && !connection?.saveData) {
  window.addEventListener("load", start);
  document.addEventListener("clipnb-live", () => {
    const loaded = performance.getEntriesByType("resource").map((one) => one.name);
    tell({ keep: [location.href, ...loaded], model: true });
  });
}
export {};

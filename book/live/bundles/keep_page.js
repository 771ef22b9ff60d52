// Made from book/live/keep_page.js by tests/javascript/bundle.py; sources 72c33091fa3e4b21f54377f79dda0385e5b068617fb7ef1f2063ad47a513dacf
(() => {
  // book/live/keep_page.js
  var ROOT = new URL(
    "../../",
    /** @type {HTMLScriptElement} */
    document.currentScript.src
  );
  var { connection } = (
    /** @type {{ connection?: { saveData?: boolean } }} */
    navigator
  );
  async function tell(what) {
    (await navigator.serviceWorker.ready).active?.postMessage(what);
  }
  function start() {
    const first = !navigator.serviceWorker.controller;
    navigator.serviceWorker.register(new URL("sw.js", ROOT)).catch(() => {
    });
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
})();

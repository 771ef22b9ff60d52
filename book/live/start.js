// Starts a live page: <script src="start.js" data-page="creature" defer>. A page opened from the file system may load neither modules nor the model.
{
  const { dataset, src } = document.currentScript;
  const root = document.getElementById(`live-${dataset.page}`);
  const say = (text) => root.prepend(Object.assign(document.createElement("p"), { className: "live-state", textContent: text }));
  if (location.protocol === "file:") {
    say("These are stored results. From the file system a browser loads no model: serve the site, for instance with python -m http.server in its folder, and this page comes to life.");
  } else {
    import(new URL(`${dataset.page}_page.js`, src).href)
      .then(({ start }) => start(root))
      .catch((error) => say(`These are stored results; the live page could not start: ${error.message}`));
  }
}

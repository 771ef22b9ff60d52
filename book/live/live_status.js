// Where the model of a live page stands: a sentence and a bar; and why it cannot run, where it cannot.

/**
 * Loads the engine and shows how far it is. `more` are promises of whatever else must be there, with the engine.
 *
 * @returns {{element: HTMLElement, ready: Promise<[Clip, ...]|null>}} null where the model cannot run
 */
export function startModel(more = () => [], withoutModel = "Stored results are shown.") {
  const sentence = document.createElement("span");
  const progress = Object.assign(document.createElement("progress"), { max: 1, value: 0 });
  progress.setAttribute("aria-label", "Loading the model");
  const element = document.createElement("p");
  element.className = "live-state";
  element.setAttribute("role", "status");
  element.append(sentence, progress);
  const say = (state, text) => {
    element.dataset.state = state;
    sentence.textContent = text;
    progress.hidden = state !== "loading";
  };
  say("loading", "Stored results; the model is loading …");
  const load = async () => {
    if (typeof WebAssembly !== "object") throw new Error("WebAssembly is switched off in this browser, and the model needs it.");
    const { loadClip } = await import(new URL("engine.js", import.meta.url));
    return Promise.all([loadClip({ onProgress: (share) => (progress.value = share) }), ...more()]);
  };
  const ready = load().then(
    (all) => (say("live", "Live: the model runs in this page, and nothing leaves it."), all),
    (error) => (say("stored", `${error.message} ${withoutModel}`), null)
  );
  return { element, ready };
}

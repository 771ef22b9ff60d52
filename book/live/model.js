// @ts-check
// What anywidget calls a model, without Jupyter: the traits of a widget, and whoever hears of their changes.

/**
 * The buffer of bytes that are written in base64.
 *
 * @param {string} text
 */
export function bytesOf(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
}

/**
 * @param {Record<string, any>} values the traits, which are JSON or bytes
 * @param {(message: any) => void} receive gets what the widget sends
 */
export function makeModel(values, receive) {
  /** @type {Map<string, (() => void)[]>} */
  const listeners = new Map();
  return {
    get: (/** @type {string} */ name) => values[name],
    /**
     * @param {string | Record<string, unknown>} name or traits with their values
     * @param {unknown} [value]
     */
    set(name, value) {
      const changes = Object.entries(typeof name === "object" ? name : { [name]: value }).filter(([key, now]) => values[key] !== now);
      Object.assign(values, Object.fromEntries(changes)); // all first, so that nobody sees half of them
      for (const [key] of changes) for (const tell of [...(listeners.get(`change:${key}`) ?? [])]) tell();
    },
    on: (/** @type {string} */ event, /** @type {() => void} */ tell) => void listeners.set(event, [...(listeners.get(event) ?? []), tell]),
    /**
     * @param {string} [event] without it, nobody hears of anything
     * @param {() => void} [tell] without it, nobody hears of this event
     */
    off(event, tell) {
      if (!event) listeners.clear();
      else listeners.set(event, tell ? (listeners.get(event) ?? []).filter((one) => one !== tell) : []);
    },
    save_changes() {},
    send: (/** @type {any} */ message) => receive(message), // of a widget, which says so
  };
}

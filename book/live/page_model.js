// The model of an anywidget in a page without Python: traits that were stored, and a kernel that answers in JavaScript.

/**
 * @param {object} traits what the widget had when it was stored; bytes as ArrayBuffer
 * @param {(action: object) => void} answer called with every message of the front end
 */
export function pageModel(traits, answer) {
  const values = { answered: {}, failures: 0, problem: "", ...traits };
  const listeners = new Map();
  const tell = (name) => (listeners.get(`change:${name}`) ?? []).forEach((listener) => listener());
  return {
    get: (name) => values[name],
    set(name, value) {
      values[name] = value;
      tell(name);
    },
    /** Several at once: nobody is told of one before all are there. */
    update(several) {
      Object.assign(values, several);
      Object.keys(several).forEach(tell);
    },
    on: (event, listener) => void listeners.set(event, [...(listeners.get(event) ?? []), listener]),
    off: (event) => void listeners.delete(event),
    send: (message) => answer(message),
    save_changes() {},
  };
}

/** Tell the front end that a message was performed. */
export function acknowledge(model, { view, serial }) {
  model.set("answered", { ...model.get("answered"), [view]: serial });
}

/** float32 from base64. */
export const unpack = (text) => new Float32Array(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);

/** JSON beside this file; an error with a sentence for the reader. */
export async function fetchJson(name) {
  const answer = await fetch(new URL(name, import.meta.url));
  if (!answer.ok) throw new Error(`${name} could not be loaded (${answer.status}).`);
  return answer.json();
}

// @ts-check
// What a change led to, for a reader who hears the page: one short sentence, once the reader pauses.

import { h, setText } from "./common.js";

export const QUIET = 600; // ms without another result

/**
 * {element, tell}. `tell(parts)` hears the results that are in view, and null while something is missing. What is there at first is read with the page. After
 * that, the parts that changed are told; nothing is told if all is as it was.
 */
export function announcer() {
  const element = h("p", { class: "clipnb-spoken", aria: { live: "polite", atomic: "true" } });
  /** @type {string[] | null} */
  let told = null;
  let timer = 0;
  /** @param {string[] | null} parts */
  function tell(parts) {
    clearTimeout(timer);
    if (!parts) return;
    const known = (told ??= parts);
    const news = parts.filter((part, i) => part && part !== known[i]);
    if (!news.length) return;
    timer = setTimeout(() => {
      told = parts;
      setText(element, news.join(" "));
    }, QUIET);
  }
  return { element, tell };
}

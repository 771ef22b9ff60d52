// @ts-check
// A text to be written or chosen: a field, and a row of examples that fill it.

import { childrenOf, h, setValue } from "./common.js";

/**
 * @param {{ starters: string[], failures: Record<string, string> }} offered the examples, and why some of them fail on these images
 * @param {string} label of the row of examples
 * @param {(action: { do: "write", text: string }, later?: boolean) => void} act
 */
export function textEntry({ starters: offered, failures }, label, act) {
  const text = h("input", { type: "text", spellcheck: false, autocomplete: "off", oninput: () => act({ do: "write", text: text.value }, true) });
  const write = (/** @type {string} */ prompt) => {
    text.value = prompt;
    act({ do: "write", text: prompt });
  };
  const starters = h(
    "div", { class: "clipnb-starters", role: "group", aria: { label } },
    ...offered.map((prompt) => {
      const mark = failures[prompt] ? h("span", { class: "clipnb-fails" }, failures[prompt]) : null;
      return h("button", { type: "button", onclick: () => write(prompt), data: { text: prompt } }, prompt, mark && " ", mark);
    })
  );
  return {
    field: h("label", { class: "clipnb-entry" }, "Text ", text),
    starters,
    /**
     * Leaving the field or Enter sends what was typed.
     *
     * @param {() => void} flush
     * @param {() => void} redraw
     */
    hear(flush, redraw) {
      text.addEventListener("keydown", (event) => event.key === "Enter" && flush());
      text.addEventListener("blur", () => (flush(), setTimeout(redraw)));
    },
    /** @param {string} now the text in view */
    show(now) {
      setValue(text, now);
      childrenOf(starters).forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.text === now)));
    },
  };
}

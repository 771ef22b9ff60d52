// @ts-check
// Why one class rather than another: a list of prompts with what each adds to the lead.

import { bar, childrenOf, h, keepChildren, setBar, setText, signed } from "./common.js";

/** {element, redraw(why)}; `why` is that of reasons.py, and `one` what a prompt is called. */
export function reasonsList(one = "prompt") {
  const [title, text, list, rest] = [h("p", { class: "clipnb-heading" }), h("p"), h("ul", { class: "clipnb-reasons" }), h("p")];
  const element = h("section", { class: "clipnb-because", aria: { label: "Why one class rather than another" } }, title, text, list, rest);

  /** @param {Why | null | undefined} why */
  function redraw(why) {
    element.hidden = !why?.parts.length;
    if (!why?.parts.length) return;
    const { others = 0, rest: left = 0 } = why;
    setText(title, `Why ${why.left} rather than ${why.right}?`);
    setText(text, told(why, one));
    const reach = Math.max(1e-9, ...why.parts.map((part) => Math.abs(part.centred)));
    keepChildren(list, why.parts.length, () =>
      h("li", {}, h("span", { class: "clipnb-name" }), h("span", { class: "clipnb-text" }), bar(), h("span", { class: "clipnb-value" }))
    );
    why.parts.forEach((part, i) => {
      const [name, prompt, line, value] = childrenOf(list.children[i]);
      setText(name, part.name);
      setText(prompt, part.text);
      setBar(line, Math.abs(part.centred) < 0.0005 ? 0 : part.centred / reach / 2); // from its middle; none beside "+0.000"
      setText(value, signed(part.centred));
    });
    rest.hidden = !others;
    setText(rest, others === 1 ? `One more adds ${signed(left)}.` : `${others} more add ${signed(left)} together.`);
  }

  return { element, redraw };
}

/**
 * What the list says of its numbers.
 *
 * @param {Why} why
 * @param {string} one
 */
function told(why, one) {
  const lead = why.margin >= 0 ? `It leads by ${why.margin.toFixed(3)}` : `It trails by ${(-why.margin).toFixed(3)}`;
  const usual = `on average over ${why.images} images the difference is ${signed(why.usual)}`;
  const counted = why.images
    ? `${lead}; ${usual}. Each cosine is counted from the ${one}'s own average over those images: a ${one} of ${why.left} that fits this one better than usual speaks for it, and so does one of ${why.right} that fits worse.`
    : `${lead}. A ${one} of ${why.left} that fits this image well adds to it, and so does one of ${why.right} that fits badly; in between lies the mean of the two scores.`;
  return `${counted} The parts add up${why.images ? " to what this image adds to that average" : ""}.`;
}

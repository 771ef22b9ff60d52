// @ts-check
// Why one class rather than another: a list of prompts with what each adds to the lead.

import { bar, h, keepChildren, setBar, setText, signed } from "./common.js";

/** {element, redraw(why)}; `why` is that of reasons.py, and `one` what a prompt is called. */
export function reasonsList(one = "prompt") {
  const [title, text, list, rest] = [h("h4"), h("p"), h("ul", { class: "clipnb-reasons" }), h("p")];
  const element = h("section", { class: "clipnb-because", aria: { label: "Why one class rather than another" } }, title, text, list, rest);

  function redraw(why) {
    element.hidden = !why || !why.parts.length;
    if (element.hidden) return;
    setText(title, `Why ${why.left} rather than ${why.right}?`);
    const lead = why.margin >= 0 ? `It leads by ${why.margin.toFixed(3)}` : `It trails by ${(-why.margin).toFixed(3)}`;
    const usual = `on average over ${why.images} images the difference is ${signed(why.usual)}`;
    const counted = why.images
      ? `${lead}; ${usual}. Each cosine is counted from the ${one}'s own average over those images: a ${one} of ${why.left} that fits this one better than usual speaks for it, and so does one of ${why.right} that fits worse.`
      : `${lead}. A ${one} of ${why.left} that fits this image well adds to it, and so does one of ${why.right} that fits badly; in between lies the mean of the two scores.`;
    setText(text, `${counted} The parts add up${why.images ? " to what this image adds to that average" : ""}.`);
    const reach = Math.max(1e-9, ...why.parts.map((part) => Math.abs(part.centred)));
    keepChildren(list, why.parts.length, () =>
      h("li", {}, h("span", { class: "clipnb-name" }), h("span", { class: "clipnb-text" }), bar(), h("span", { class: "clipnb-value" }))
    );
    why.parts.forEach((part, i) => {
      const [name, prompt, line, value] = list.children[i].children;
      setText(name, part.name);
      setText(prompt, part.text);
      setBar(line, Math.abs(part.centred) < 0.0005 ? 0 : part.centred / reach / 2); // from its middle; none beside "+0.000"
      setText(value, signed(part.centred));
    });
    rest.hidden = !why.others;
    setText(rest, why.others === 1 ? `One more adds ${signed(why.rest)}.` : `${why.others} more add ${signed(why.rest)} together.`);
  }

  return { element, redraw };
}

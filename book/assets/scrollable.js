// What scrolls sideways is a stop of the keyboard, so that arrows scroll it; what fits is none.
addEventListener("DOMContentLoaded", () => {
  const BOXES = ".cell_output, .cell_output > .output, .pst-scrollable-table-container, .indextable, .bd-article section > .table";
  const boxes = document.querySelectorAll(BOXES);
  const look = (box) => {
    const scrolls = box.scrollWidth > box.clientWidth && ["auto", "scroll"].includes(getComputedStyle(box).overflowX);
    if (scrolls === box.hasAttribute("data-scrolls") && (!scrolls || box.getAttribute("tabindex") === "0")) return;
    box.toggleAttribute("data-scrolls", scrolls);
    const more = { tabindex: "0", ...(box.tagName === "DIV" ? { role: "group", "aria-label": "scrolls sideways" } : {}) };
    for (const [name, value] of Object.entries(more)) scrolls ? box.setAttribute(name, value) : box.removeAttribute(name);
  };
  const sizes = new ResizeObserver((changed) => changed.forEach(({ target }) => [target, target.parentElement].forEach((one) => one.matches(BOXES) && look(one))));
  // the theme sets the attribute too, before fonts and tables have their sizes
  const theirs = new MutationObserver((changed) => changed.forEach(({ target }) => look(target)));
  boxes.forEach((box) => {
    // its content too, which becomes wider when a font arrives
    [box, ...box.children].forEach((one) => sizes.observe(one));
    theirs.observe(box, { attributes: true, attributeFilter: ["tabindex"] });
  });
  document.addEventListener("load", ({ target }) => target.closest && boxes.forEach((box) => box.contains(target) && look(box)), true);
});

"""Widgets of different kinds on one page: each keeps its own looks."""

from lab_server import show_alone

LOOKS = """() => {
  const elements = [...document.querySelectorAll(".clipnb, .clipnb *")];
  const now = elements.map((element) => {
    const style = getComputedStyle(element);
    return [...style].map((name) => `${name}: ${style.getPropertyValue(name)}`).join("; ");
  });
  const changed = elements.filter((_, i) => window.looks && window.looks[i] !== now[i]);
  window.looks ??= now;
  return { count: elements.length, changed: changed.map((element) => element.className.baseVal ?? element.className) };
}"""
ADD = """([first, css]) => {
  const style = Object.assign(document.createElement("style"), { textContent: css });
  first ? document.head.prepend(style) : document.head.append(style);
}"""


def test_the_styles_of_the_others_change_nothing(lab, widgets):
    """anywidget puts the style of every kind into the page's head, in the order in which they are
    shown: the others before it, or behind it."""
    for name, widget in widgets.items():
        with lab.plain("", width=1100) as sight:
            show_alone(sight.page, widget)
            sight.page.wait_for_timeout(600)  # until what moves has come to rest
            assert sight.page.evaluate(LOOKS)["count"] > 10
            for first in (True, False):
                for other in widgets:
                    if other != name:
                        sight.page.evaluate(ADD, [first, widgets[other]._css])
                assert not sight.page.evaluate(LOOKS)["changed"], (name, first)

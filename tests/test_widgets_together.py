"""Widgets of different kinds on one page: each keeps its own looks."""

import pytest
from all_widgets import made
from lab_server import show_alone

LOOKS = """() => [...document.querySelectorAll(".clipnb, .clipnb *")].map((element) => {
  const style = getComputedStyle(element);
  return [element.className.baseVal ?? element.className, element.tagName, ...[...style].map((name) => `${name}: ${style.getPropertyValue(name)}`)];
})"""
ADD = """([first, css]) => {
  const style = Object.assign(document.createElement("style"), { textContent: css });
  first ? document.head.prepend(style) : document.head.append(style);
}"""


@pytest.fixture(scope="module")
def widgets():
    return made()


@pytest.mark.parametrize("first", [True, False], ids=["after the others", "before the others"])
def test_the_styles_of_the_others_change_nothing(lab, widgets, first):
    """anywidget puts the style of every kind into the page's head, in the order in which they are shown."""
    for name, widget in widgets.items():
        with lab.plain("", width=1100) as sight:
            show_alone(sight.page, widget)
            sight.page.wait_for_timeout(600)  # until what moves has come to rest
            alone = sight.page.evaluate(LOOKS)
            for other in widgets:
                if other != name:
                    sight.page.evaluate(ADD, [first, widgets[other]._css])
            together = sight.page.evaluate(LOOKS)
            changed = {(before[0] or before[1]): set(after) - set(before) for before, after in zip(alone, together, strict=True) if before != after}
            assert len(alone) > 10 and not changed, (name, changed)

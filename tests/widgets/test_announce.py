"""What is told after a change: short, once, and only what is new."""

from pathlib import Path

import pytest
from lab_server import show_alone
from live_browser import module_page

COMMON = Path(__file__).parent.parent.parent / "clipnb" / "widgets" / "common"
# `tell` each of these results so many milliseconds after the one before it; what was said, and how
# often the text changed
LISTEN = """async (steps) => {
  const { announcer, QUIET } = await import("/announce.js");
  const { element, tell } = announcer();
  document.body.append(element);
  const said = [];
  new MutationObserver(() => said.push(element.textContent)).observe(element, { childList: true, characterData: true, subtree: true });
  for (const [parts, quiet] of steps) {
    tell(parts);
    await new Promise((go) => setTimeout(go, quiet ? QUIET + 150 : 30));
  }
  return said;
}"""


@pytest.fixture
def listen(lab):
    files = {path.name: path.read_text("utf-8") for path in COMMON.glob("*.js")}

    def said(*steps):
        with module_page(lab, files) as sight:
            return sight.page.evaluate(LISTEN, steps)

    return said


def test_what_is_there_at_first_is_not_told(listen):
    assert listen([None, True], [["robin, 0.3."], True], [["robin, 0.3."], True]) == []


def test_only_the_last_of_many_changes_is_told(listen):
    steps = [[[f"owl, 0.{i}."], i == 5] for i in range(6)]
    assert listen([["robin, 0.3."], True], *steps) == ["owl, 0.5."]


def test_only_the_part_that_changed_is_told(listen):
    assert listen(
        [["Best: robin.", "You follow owl."], True],
        [["Best: robin.", "You follow wren."], True],
        [["Best: owl.", "You follow wren."], True],
    ) == ["You follow wren.", "Best: owl."]


def test_nothing_is_told_while_something_is_missing_or_if_all_is_as_it_was(listen):
    first, second = [["Best: robin."]], [["Best: owl."]]
    assert listen([*first, True], [*second, False], [*first, True]) == []
    assert listen([*first, True], [*second, False], [None, True]) == []


@pytest.mark.slow
def test_every_widget_has_one_place_that_speaks_of_results(lab, widgets):
    for name, widget in widgets.items():
        with lab.plain("") as sight:
            show_alone(sight.page, widget)
            assert sight.page.locator(".clipnb-spoken[aria-live=polite]").count() == 1, name
            # beside it, only the line that says what went wrong
            others = "[aria-live], [role=status], output"
            live = sight.page.locator(f":is({others}):not(.clipnb-spoken, .clipnb-status)")
            assert live.evaluate_all("all => all.map((one) => one.outerHTML.slice(0, 90))") == []
            box = sight.page.locator(".clipnb-spoken").bounding_box()
            assert box["width"] <= 1 and box["height"] <= 1, name

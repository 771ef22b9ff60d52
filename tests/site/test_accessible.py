"""The built site and those who do not see it, or use no mouse: axe-core finds nothing on any page,
in light, in dark and on a phone; and what accessible.py puts right.

``make test-book`` runs all of it. In ``make test`` two pages are examined if the site was built
before, and if chromium and axe are there.
"""

import pytest
from axe import LOOKS, SITE, examine, no_axe, opened, pages

PAGES = pages() if SITE.exists() else []
FEW = ["index.html", "notebooks/04_classify_by_description.html"]
# a target is too small for a finger if it is less than 24 pixels high or wide; a link in a line of
# text is as high as the line
SMALL = """() => [...document.querySelectorAll("button, select, textarea, input, summary, [role=button], nav a, .sd-btn")]
  .filter((one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
  .map((one) => [one, [one, ...(one.labels ?? [])].map((part) => part.getBoundingClientRect())])
  .filter(([one, boxes]) => boxes.every((box) => Math.min(box.width, box.height) < 23.5) && boxes[0].width && boxes[0].left >= 0)
  .map(([one, [box]]) => `${one.outerHTML.slice(0, 120)}: ${box.width.toFixed(0)} x ${box.height.toFixed(0)}`)"""
# a browser zooms into a field with smaller letters, and the page jumps
LETTERS = """() => [...document.querySelectorAll("textarea, select, input:not([type=radio], [type=checkbox], [type=range], [type=file])")]
  .filter((one) => one.checkVisibility() && parseFloat(getComputedStyle(one).fontSize) < 16)
  .map((one) => `${one.outerHTML.slice(0, 120)}: ${getComputedStyle(one).fontSize}`)"""

built = pytest.mark.skipif(not PAGES, reason="the site is not built: make test-book builds it")


@pytest.fixture
def browser(lab):
    if reason := no_axe():
        pytest.skip(reason)
    return lab.browser


@built
def test_two_pages_break_no_rule_of_axe(browser, serve):
    found = examine(browser, serve(SITE), FEW, ["light"])
    assert not found, "\n".join(map(str, found))


@built
@pytest.mark.slow
@pytest.mark.parametrize("look", LOOKS)
def test_no_page_breaks_a_rule_of_axe(look, browser, serve):
    found = examine(browser, serve(SITE), PAGES, [look])
    assert not found, "\n".join(map(str, found))


@built
@pytest.mark.slow
def test_on_a_phone_targets_fit_a_finger_and_fields_are_not_zoomed_into(browser, serve):
    found = {}
    for name, page in opened(browser, serve(SITE), PAGES, width=390):
        if small := page.evaluate(SMALL) + page.evaluate(LETTERS):
            found[name] = small
    assert not found, found


# What the keyboard has reached: its name, and whether an outline or a shadow says so, on itself, on
# the image of a hidden radio button, or on its card
STOP = """() => {
  const at = document.activeElement;
  if (at === document.body || at.dataset.reached) return null;
  at.dataset.reached = "yes";
  const drawn = (one) => {
    const style = one && getComputedStyle(one);
    return one && (style.boxShadow !== "none" || (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0));
  };
  return [at.outerHTML.slice(0, 160), [at, at.nextElementSibling, at.closest(".sd-card")].some(drawn)];
}"""
MOTION = """() => [...document.querySelectorAll("*")].filter((one) => {
  const { transitionDuration, animationDuration } = getComputedStyle(one);
  return `${transitionDuration},${animationDuration}`.split(",").some((time) => parseFloat(time) > 0.001);
}).map((one) => one.outerHTML.slice(0, 120))"""
BY_KEYBOARD = [*FEW, "live_explorer.html", "live_inside.html", "search.html"]


@built
@pytest.mark.slow
def test_the_keyboard_reaches_everything_and_shows_where_it_is(browser, serve):
    for name, page in opened(browser, serve(SITE), BY_KEYBOARD, unfold=False):
        stops = []
        while len(stops) < 500:
            page.keyboard.press("Tab")
            if (stop := page.evaluate(STOP)) is None:
                break
            stops.append(stop)
        assert 40 < len(stops) < 500, f"{name}: {len(stops)} stops"
        assert not (unseen := [what for what, seen in stops if not seen]), (name, unseen)


@built
@pytest.mark.slow
def test_nothing_moves_for_those_who_ask_for_less_motion(browser, serve):
    for name, page in opened(browser, serve(SITE), BY_KEYBOARD):
        assert not (moving := page.evaluate(MOTION)), (name, moving[:5])


# A live page, what a reader does there, and what is said of it
SAID = {
    "index.html": (
        lambda page: page.get_by_role("button", name="a green frog").click(),
        "Best match: ",
    ),
    "live_wall.html": (
        lambda page: page.get_by_label("Text", exact=True).fill("a blue bird"),
        "Best of ",
    ),
    "live_names.html": (lambda page: page.locator(".clipnb-strip label").nth(1).click(), ""),
    "live_inside.html": (lambda page: page.get_by_role("button", name="Next").click(), "2. "),
    "live_heads.html": (
        lambda page: page.locator(".clipnb-sums button").nth(7).click(),
        "Layer 2, head 2 ",
    ),
    "live_explorer.html": (
        lambda page: page.locator(".clipnb-strip label").nth(3).click(),
        "Best: ",
    ),
    "live_creature.html": (
        lambda page: page.locator("[data-slot]").first.select_option(index=2),
        "",
    ),
}


@built
@pytest.mark.slow
def test_the_result_of_a_change_is_told_on_every_live_page(browser, serve):
    for name, page in opened(browser, serve(SITE), list(SAID)):
        act, words = SAID[name]
        spoken = page.locator(".clipnb-spoken").first
        assert spoken.inner_text() == "", name
        act(page)
        page.wait_for_function("document.querySelector('.clipnb-spoken').textContent")
        said = spoken.text_content()
        assert said.startswith(words) and len(said) < 700, (name, said)


# --- what the builder puts right ------------------------------------------------------------------


def test_a_button_is_called_what_it_shows(builder):
    from accessible import accessible

    search = '<button class="btn search-button-field x" title="Search" aria-label="Search">Search Ctrl+K</button>'
    assert "aria-label" not in accessible(search)
    icon = '<button class="btn search-button" aria-label="Search"><i></i></button>'
    assert accessible(icon) == icon
    fold = (
        '<details><summary aria-label="Toggle hidden content"><p>Show code</p></summary></details>'
    )
    assert accessible(fold) == "<details><summary><p>Show code</p></summary></details>"


def test_the_logo_lies_in_a_landmark(builder):
    from accessible import accessible

    html = '<div class="sidebar-primary-item">\n\n<a class="navbar-brand logo" href="#"><p>x</p></a></div><div>y</div>'
    page = accessible(html)
    assert page.startswith('<nav class="sidebar-primary-item" aria-label="First page">')
    assert page.endswith("</a></nav><div>y</div>")


def test_a_long_signature_is_no_definition_list(builder):
    from accessible import accessible

    html = '<dl class="py"><dt class="sig x" id="a"><dl><dd>one,</dd>\n<dd>two</dd></dl></dt><dd>words</dd></dl>'
    lines = '<span class="sig-line">one,</span>\n<span class="sig-line">two</span>'
    assert accessible(html) == (
        f'<dl class="py"><dt class="sig x" id="a"><span class="sig-lines">{lines}</span></dt><dd>words</dd></dl>'
    )

"""Pages stay light: what lighten.py does to them, and how many bytes each takes compressed."""

import json

import pytest
from page_sizes import SITE, TABLE, sizes

MORE = 1.1  # a page may grow by a tenth; then page_sizes.py writes a new table, on purpose
HEAD = """<!doctype html><html><head>
<link href="_static/a.css?v=1" rel="stylesheet" />
<link rel="stylesheet" type="text/css" href="_static/deep/b.css" />
<script src="_static/scripts/fontawesome.js"></script>
<script defer="defer" src="_static/vendor/mathjax.js"></script>
<script src="_static/documentation_options.js"></script>
<script src="_static/searchtools.js"></script>
<script src="_static/vendor/embed-amd.js"></script>
<script>DOCUMENTATION_OPTIONS.pagename = 'x';</script>
{state}</head><body><article>{body}</article></body></html>"""
STATE = (
    '<script type="application/vnd.jupyter.widget-state+json">'
    '{"state": {"a": {"model_name": "MODEL", "state": {}}}}</script>'
)
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\x40\0\0\0\xf0"  # 320 × 240


@pytest.fixture
def light(builder, tmp_path, monkeypatch):
    """``light(name, body, state)``: a page as lighten.py leaves it."""
    import lighten

    # the fonts of the theme are not at hand without a built site
    monkeypatch.setattr(lighten, "with_few_icons", lambda css, names, fonts: css)
    monkeypatch.setattr(lighten, "names_in", lambda site: set())

    def page(name: str, body: str = "", state: str = "") -> str:
        static = tmp_path / "_static"
        (static / "deep").mkdir(parents=True, exist_ok=True)
        (static / "a.css").write_text("a { color: red; }")
        (static / "deep" / "b.css").write_text('@import "../a.css"; b { background: url(c.png); }')
        (static / "figure.png").write_bytes(PNG)
        path = tmp_path / name
        path.write_text(HEAD.format(body=body, state=state), "utf-8")
        return lighten.light_page(path, lighten.Sheets(tmp_path))

    return page


def test_one_style_sheet_holds_all(light, tmp_path):
    page = light("one.html")
    assert page.count('rel="stylesheet"') == 1
    (sheet,) = tmp_path.glob("_static/site-*.css")
    css = sheet.read_text()
    assert css.count("a { color: red; }") == 2 and "url(deep/c.png)" in css and "@import" not in css


def test_scripts_wait_and_only_those_that_are_needed_come(light):
    page = light("one.html", "words")
    assert '<script defer src="_static/documentation_options.js"' in page
    assert '<script type="module">DOCUMENTATION_OPTIONS.pagename' in page
    for gone in ("fontawesome", "mathjax", "searchtools", "embed-amd"):
        assert gone not in page
    assert "searchtools" in light("search.html")
    assert "mathjax" in light("two.html", '<span class="math notranslate">\\(x\\)</span>')


@pytest.mark.parametrize(("model", "manager"), [("AnyModel", False), ("IntSliderModel", True)])
def test_the_widget_manager_comes_with_a_widget_that_needs_it(light, model, manager):
    page = light("one.html", "words", STATE.replace("MODEL", model))
    assert ("embed-amd" in page) == manager and ("saved_page.js" in page) == (not manager)
    assert page.index("widget-state") > page.index("words")  # nothing waits for it


def test_an_image_has_its_size_and_waits_until_it_is_near(light):
    page = light("one.html", '<img alt="values (width: many)" src="_static/figure.png" />')
    assert '<img loading="lazy" decoding="async" width="320" height="240" alt=' in page
    sized = light("two.html", '<img alt="" src="_static/figure.png" style="width: 50%" />')
    assert "height=" not in sized


@pytest.mark.skipif(not SITE.exists(), reason="the site is not built: make test-book builds it")
def test_no_page_has_grown_by_a_tenth():
    known, now = json.loads(TABLE.read_text("utf-8")), sizes()
    grown = {
        page: f"{known.get(page, 'not in the table')} -> {size} kB"
        for page, size in now.items()
        if size > MORE * known.get(page, 0)
    }
    assert not grown, f"{grown}: if that is meant, python tests/site/page_sizes.py"

"""The diagrams can be read on a phone, in the light and in the dark, and by those who do not see them;
the site and the class kit carry them."""

import base64
import json
import re
import sys
import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path

import matplotlib
import nbformat
import pytest
from PIL import ImageFont

ROOT = Path(__file__).parent.parent.parent
sys.path[:0] = [str(ROOT / "notebooks" / "_tools"), str(ROOT / "book")]
import build
import diagrams
import handout
import pasted
from test_pairs import NAME, course, edit_ipynb

FILES = sorted(diagrams.FOLDER.glob("*.svg"))
SVG = "{http://www.w3.org/2000/svg}"
DRAWN = {"circle", "ellipse", "path", "rect", "text", "use"}
AROUND = {"defs", "desc", "g", "marker", "style", "svg", "title"}
FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
PHONE, SMALLEST, EDGE = 360, 12.5, 10
NOT_OUR_WORDS = r"\b(pictures?|sentences?|phrases?|wrong|sure|crowd)\b"  # STYLE: section 1
README = (diagrams.FOLDER / "README.md").read_text("utf-8")
SHOWN = re.findall(r"^!\[([^\]]*)\]\(diagrams/([\w-]+)\.svg\)$", README, re.M)


@cache
def root(path):
    return ET.fromstring(path.read_text("utf-8"))


def tag(node):
    return node.tag.removeprefix(SVG)


def height(path):
    return float(root(path).get("viewBox").split()[3])


def font_size(node):
    """Of a text, in units: from its own style, or the style sheet's."""
    sizes = re.findall(r"font-size: ([\d.]+)px", node.get("style", "") + diagrams.STYLE)
    return float(sizes[0])


def box(node):
    """(left, top, right, bottom) of a text in DejaVu Sans, the widest of the usual fonts."""
    words, classes, size = "".join(node.itertext()), node.get("class", "").split(), font_size(node)
    name = "DejaVuSans-Bold.ttf" if "b" in classes else "DejaVuSans.ttf"
    width = ImageFont.truetype(FONTS / name, 100).getlength(words) * size / 100
    x, y = float(node.get("x")), float(node.get("y"))
    left = x - (width / 2 if "m" in classes else width if "e" in classes else 0)
    return left, y - 0.75 * size, left + width, y + 0.22 * size


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


each = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def test_every_file_is_what_the_tool_writes():
    written = diagrams.written()
    assert {*written} == {path.stem for path in FILES} and len(FILES) >= 24
    for path in FILES:
        assert path.read_text("utf-8") == written[path.stem], (
            f"{path.name}: say  python notebooks/_tools/diagrams.py"
        )


@each
def test_it_has_a_title_and_a_description(path):
    nodes = {tag(node): node for node in root(path)}
    for name in ("title", "desc"):
        assert nodes[name].get("id") == name and len(nodes[name].text.strip()) >= 10
    assert root(path).get("role") == "img" and root(path).get("aria-labelledby") == "title desc"
    assert nodes["desc"].text.endswith(".") and len(nodes["desc"].text) > len(nodes["title"].text)


@each
def test_it_is_inert_and_needs_nothing_from_elsewhere(path):
    text = path.read_text("utf-8")
    ids = [node.get("id") for node in root(path).iter() if node.get("id")]
    assert len(ids) == len({*ids})
    for node in root(path).iter():
        assert tag(node) in DRAWN | AROUND, tag(node)
        assert not [name for name in node.attrib if name.startswith("on")]
        if "href" in node.attrib:
            assert node.get("href").removeprefix("#") in ids and node.get("href").startswith("#")
        for reference in re.findall(r"url\(([^)]*)\)", " ".join(node.attrib.values())):
            assert reference.removeprefix("#") in ids and reference.startswith("#")
        if {"to", "from"} & {*node.get("class", "").split()}:
            assert "tip" in ids
    assert re.findall(r"https?://[^\"]*", text) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"@import|@font-face|<!|<\?", text.replace("<!--", ""))
    assert len(text) < 12_000


@each
def test_its_text_can_be_read_on_a_phone(path):
    left, top, width, _ = map(float, root(path).get("viewBox").split())
    assert (left, top, width) == (0, 0, 720)
    sizes = [font_size(node) for node in root(path).iter(f"{SVG}text")]
    assert sizes and min(sizes) * PHONE / width >= SMALLEST
    ratio = float(root(path).get("width")) / float(root(path).get("height"))
    assert ratio == pytest.approx(width / height(path), rel=0.01)


@each
def test_no_text_leaves_the_card_or_covers_another(path):
    boxes = []
    for parent in root(path).iter():
        for node in parent:
            if node.tag == f"{SVG}text":
                assert not parent.get("transform") and not node.get("transform")
                boxes.append(("".join(node.itertext()), box(node)))
    for words, (left, top, right, bottom) in boxes:
        assert EDGE <= left and right <= 720 - EDGE, words
        assert EDGE <= top and bottom <= height(path) - EDGE, words
    for i, (words, (left, top, right, bottom)) in enumerate(boxes):
        for others, (left2, top2, right2, bottom2) in boxes[:i]:
            apart = left > right2 or left2 > right or top >= bottom2 or top2 >= bottom
            assert apart, (words, others)


@each
def test_it_stands_on_its_own_card(path):
    first = next(node for node in root(path) if tag(node) in DRAWN | {"g"})
    assert first.get("class") == "card"
    size = [float(first.get(name)) for name in ("x", "y", "width", "height")]
    assert size == [1, 1, 718, height(path) - 2]
    known = {*re.findall(r"\.([a-z][\w-]*)", diagrams.STYLE)}
    for node in root(path).iter():
        assert {*node.get("class", "").split()} <= known
        if tag(node) == "text":  # in ink or muted, whose contrast is tested below
            assert {*node.get("class", "").split()} <= {"m", "e", "b", "muted"}
            assert not node.get("fill") and "fill" not in node.get("style", "")


@pytest.mark.parametrize("side", [0, 1], ids=["light", "dark"])
def test_text_lines_and_card_have_enough_contrast(side):
    for ground in diagrams.GROUND.values():
        for ink in (diagrams.INK, diagrams.MUTED):
            assert contrast(ink[side], ground[side]) >= 4.5, (ink, ground)
    for name, colour in diagrams.COLOURS.items():
        if (name, side) == ("orange", 0):  # of areas only, whose edge is tested above, as ink
            continue
        for ground in ("card", "box") if name in ("blue", "red") else ("card",):
            assert contrast(colour[side], diagrams.GROUND[ground][side]) >= 3, (name, ground)
    for page in diagrams.GROUNDS:  # the card or its edge can be seen on any page
        edges = (diagrams.GROUND["card"][side], diagrams.MUTED[side])
        assert max(contrast(edge, page) for edge in edges) >= 4.5


def test_the_style_sheet_has_both_schemes_and_the_palette_of_the_figures():
    names = r"BLUE, ORANGE, GREEN, VERMILION, SKY, PURPLE, GREY = \((.*?)\)"
    basic = (ROOT / "clipnb" / "plots" / "basic.py").read_text("utf-8")
    blue, orange, green, vermilion, *_ = re.findall("#\\w{6}", re.search(names, basic, re.S)[1])
    light, dark = diagrams.STYLE.split("@media (prefers-color-scheme: dark)")
    selectors = [
        re.findall(r"^ *([.\w, -]+) \{ (?:fill|stroke)", part, re.M) for part in (light, dark)
    ]
    assert {*selectors[1]} <= {*selectors[0]} and len(selectors[1]) >= 20
    ours = [diagrams.COLOURS[name][0].upper() for name in ("blue", "orange", "green", "red")]
    assert ours == [blue, orange, green, vermilion]


@pytest.mark.parametrize("row", diagrams.ROWS)
def test_a_variant_highlights_its_row_alone(row):
    path = diagrams.FOLDER / f"{diagrams.TABLE}-{row}.svg"
    rows = {
        node.get("id"): node
        for node in root(path).iter(f"{SVG}g")
        if node.get("id") in diagrams.ROWS
    }
    assert [*rows] == [*diagrams.ROWS]
    for name, group in rows.items():
        line, ground, *texts = group
        muted = ["muted" in text.get("class", "") for text in texts]
        assert len(texts) == 2 and muted == [name != row] * 2
        assert (line.get("class") == "thin") == (name == row)
        assert ground.get("class").startswith("tint-") == (name == row)
    assert diagrams.ROWS[row] in root(path).find(f"{SVG}title").text
    assert diagrams.ROWS[row] in root(path).find(f"{SVG}desc").text


def test_the_map_has_the_titles_and_the_short_track_of_the_course():
    path = diagrams.FOLDER / "course-map.svg"
    stops = [node for node in root(path).iter(f"{SVG}text") if re.match(r"\d\d ", node.text)]
    assert [node.text[:2] for node in stops] == [f"{number:02d}" for number in range(14)]
    titles = {node.text[:2]: node.text[3:] for node in stops}
    short = [node.text[:2] for node in stops if node.get("class") == "b"]
    assert short == ["00", "04", "06", "13"]
    for notebook in sorted((ROOT / "notebooks").glob("[0-9]*.py")):
        number, title = re.search(
            r"^# # (\d\d) · (.+)$", notebook.read_text("utf-8"), re.M
        ).groups()
        assert titles[number] == title
    for title in titles.values():
        assert title in root(path).find(f"{SVG}desc").text


def test_the_readme_has_every_diagram_with_its_notebook_and_alt_text():
    assert sorted(name for _, name in SHOWN) == sorted(path.stem for path in FILES)
    for alt, name in SHOWN:
        assert 60 <= len(alt) <= 250 and alt.endswith("."), name
        assert not re.match(r"(?i)(an? )?(diagram|image|figure|svg) (of|showing)", alt), name
    assert len({alt for alt, _ in SHOWN}) == len(SHOWN)
    headings = re.findall(r"^\*\*(\d\d) (.+)\*\*$", README, re.M)
    assert [number for number, _ in headings] == [f"{number:02d}" for number in range(13)]
    stops = root(diagrams.FOLDER / "course-map.svg").iter(f"{SVG}text")
    assert {f"{number} {title}" for number, title in headings} <= {node.text for node in stops}


@each
def test_its_words_are_those_of_the_field(path):
    words = " ".join(root(path).itertext()) + " ".join(
        alt for alt, name in SHOWN if name == path.stem
    )
    assert not re.search(NOT_OUR_WORDS, words, re.I)


@pytest.mark.parametrize(
    "source", sorted((ROOT / "notebooks").glob("[0-9]*.ipynb")), ids=lambda p: p.stem
)
def test_a_notebook_shows_diagrams_that_exist_with_their_alt_text(source):
    alts = dict((name, alt) for alt, name in SHOWN)
    for cell in json.loads(source.read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "markdown":
            for alt, link in handout.DIAGRAM.findall("".join(cell["source"])):
                assert alts.get(Path(link).stem) == alt, link


# --- the site and the class kit -------------------------------------------------------------------


def test_the_site_has_them_where_notebooks_and_pages_expect_them(tmp_path):
    from course import copy_diagrams

    copy_diagrams(ROOT / "notebooks", tmp_path)
    assert sorted(path.name for path in (tmp_path / "notebooks" / "diagrams").iterdir()) == [
        path.name for path in FILES
    ]
    assert "copy_diagrams(folder, source)" in (ROOT / "book" / "build.py").read_text("utf-8")
    copy_diagrams(tmp_path / "notebooks without diagrams", tmp_path / "other")


LINE = "![The two encoders.](diagrams/clip-two-encoders.svg)"


def copy_of(text):
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text)])


def test_a_copy_keeps_the_link_and_the_file_goes_beside_it(tmp_path):
    """JupyterLab draws no attached SVG: "Cannot render unknown image mime type"."""
    notebook = copy_of(f"{LINE}\n\nTwo encoders.")
    beside = pasted.with_images(notebook, None, ROOT / "notebooks", "01.ipynb")
    text = (diagrams.FOLDER / "clip-two-encoders.svg").read_text("utf-8")
    assert beside == {"diagrams/clip-two-encoders.svg": text}
    assert LINE in notebook.cells[0].source and "attachments" not in notebook.cells[0]


@pytest.mark.parametrize("link", ["../book/assets/logo.svg", "diagrams/../../book/assets/logo.svg"])
def test_a_file_from_outside_is_not_written_beside_a_copy(link):
    notebook = copy_of(f"![The logo.]({link})")
    assert pasted.with_images(notebook, None, ROOT / "notebooks", "01.ipynb") == {}
    assert "attachment:" in notebook.cells[0].source


def test_the_kit_and_the_slides_carry_the_diagrams_of_a_notebook(course, tmp_path):
    edit_ipynb(course, f"{LINE}\n\nWhat a `teacher` says of it.\n\n`![code](diagrams/none.svg)`")
    build.main(["--from-ipynb", "00"])
    handout.hand_out(tmp_path / "class", ["00"])
    text = (diagrams.FOLDER / "clip-two-encoders.svg").read_text("utf-8")
    for part in ("student", "solutions", f"nbgrader/source/{NAME}"):
        folder = tmp_path / "class" / part
        assert (folder / "diagrams" / "clip-two-encoders.svg").read_text("utf-8") == text
        assert LINE in (folder / f"{NAME}.ipynb").read_text("utf-8")
    page = (tmp_path / "class" / "slides" / f"{NAME}.html").read_text("utf-8")
    alt, data, say = re.search(
        r'<img alt="(The two[^"]*)" src="data:image/svg\+xml;base64,([^"]+)"><div class="say">(.*?)</div>',
        page,
        re.S,
    ).groups()
    assert alt == "The two encoders." and base64.b64decode(data).decode() == text
    assert "What a <code>teacher</code> says of it." in say
    written = (
        (tmp_path / "class" / "student" / "diagrams" / "clip-two-encoders.svg").stat().st_mtime_ns
    )
    assert handout.hand_out(tmp_path / "class", ["00"]) == []
    again = (
        (tmp_path / "class" / "student" / "diagrams" / "clip-two-encoders.svg").stat().st_mtime_ns
    )
    assert again == written


@each
def test_no_line_is_orange(path):
    assert not re.search(r'class="[^"]*(line|tip)-orange', path.read_text("utf-8"))

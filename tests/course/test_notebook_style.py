"""The notebooks as texts: links lead somewhere, prose has breaks, papers are in the references,
figures say in words what they show. Spelling: ``make check-spelling``."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
PAGES = [
    *sorted(ROOT.glob("*.md")),
    ROOT / "clipnb" / "pretrained" / "README.md",
    *sorted((ROOT / "book" / "pages").glob("*.md")),
]


def cells(path, kind):
    return [
        cell for cell in json.loads(path.read_text("utf-8"))["cells"] if cell["cell_type"] == kind
    ]


def prose(path):
    return (
        "\n\n".join("".join(cell["source"]) for cell in cells(path, "markdown"))
        if path.suffix == ".ipynb"
        else path.read_text("utf-8")
    )


def without_code(text):
    return re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.S)


def links(text):
    return re.findall(r"\]\(([^)\s]+)(?: \"[^\"]*\")?\)", without_code(text))  # code is no link


def anchors(text):
    """What a link can point at behind ``#``: headings, as GitHub and the site write them and as
    Jupyter does."""
    headings = re.findall(r"^#+ (.*?)\s*$", re.sub(r"```.*?```", "", text, flags=re.S), re.M)
    slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return slugs | {heading.replace(" ", "-") for heading in headings}


def broken(path, text=None):
    """The local links of a text that lead nowhere, and addresses that are none."""
    found, text = [], prose(path) if text is None else text
    for link in links(text):
        if link.startswith(("https://", "http://", "mailto:")):
            if not re.fullmatch(r"mailto:\S+@\S+|https?://[\w.-]+\.\w+(:\d+)?(/\S*)?", link):
                found.append(link)
        elif not re.fullmatch(r"nb:\d\d", link) and not generated(path, link):
            name, _, anchor = link.partition("#")
            target = path.parent / name
            if not target.exists():
                found.append(link)
            elif anchor and anchor not in anchors(prose(target) if name else text):
                found.append(link)
    return found


def generated(path, link):
    """A page of the site that is written when it is built."""
    return path.parent.name == "pages" and link.startswith("api/")


def short(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", [*NOTEBOOKS, *PAGES], ids=short)
def test_links_lead_somewhere(path):
    assert not broken(path)


def test_a_broken_link_would_be_found():
    assert broken(
        NOTEBOOKS[0],
        "# A 1\n[a](99_none.ipynb), [b](https://), [c](00_start_here.ipynb),"
        " [d](https://arxiv.org/abs/2103.00020), [e](#a-1), [f](#a-2), [g](../README.md#the-course),"
        " [h](../README.md#the-curse)",
    ) == ["99_none.ipynb", "https://", "#a-2", "../README.md#the-curse"]


# heading, table, list, quotation, formula, image, HTML, words in bold at the start
BREAK = re.compile(r"#|\||[-*] |\d+\. |>|\$\$|!\[|<|:::|\*\*")


def longest_run(text):
    """Words of the longest stretch without a break; a table, list or block of code is one, and so
    are words in bold that open a paragraph."""
    longest = run = 0
    text = re.sub(r"(?ms:```.*?```)|(?m:^#.*$)", "\n\n#\n\n", text)
    for block in re.split(r"\n\s*\n|\n(?=[-*] |\d+\. )", text):
        words = len(re.sub(r"\]\([^)]*\)", "]", block).split())
        if block.lstrip().startswith(("#", "|", "$$")):
            run = 0
        else:
            run = words if BREAK.match(block.strip()) else run + words
        longest = max(longest, run)
    return longest


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_more_than_a_hundred_words_without_a_break(path):
    long = {
        number: longest_run("".join(cell["source"]))
        for number, cell in enumerate(cells(path, "markdown"))
    }
    assert not {number: words for number, words in long.items() if words > 100}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_code_is_seen_without_scrolling(path):
    """106 characters fit into a cell of JupyterLab in a window of 1,280 pixels with its side bar
    open (notebooks/ruff.toml)."""
    lines = [line.rstrip("\n") for cell in cells(path, "code") for line in cell["source"]]
    assert not [line for line in lines if len(line) > 106 and not line.startswith("#")]


def test_a_long_stretch_of_prose_would_be_found():
    words = "word " * 60
    assert longest_run(f"{words}\n\n{words}") == 120
    assert (
        longest_run(f"{words}\n\n**Then** {words}") == 61 and longest_run(f"# Title\n{words}") == 60
    )
    assert (
        longest_run(f"- {words}\n- {words}") == 61
        and longest_run(f"{words}\n\n| a |\n| - |\n\n{words}") == 60
    )


# --- references -----------------------------------------------------------------------------------


CITATION = re.compile(
    r"\b(?P<who>[A-Z][a-z][\w-]*)(?P<others> (?:&|and) [A-Z][\w-]+| et al\.)?(?:, | |"
    r" \()(?P<year>(?:19|20)\d\d)\b"
)
NO_AUTHORS = {"Caltech", "Muon"}


def citations(text):
    """(first author, year) of every paper that a text names as "Wilson 1927", "Lundberg & Lee 2017"
    or "Hesse et al. (2023)"."""
    return {(found["who"], found["year"]) for found in CITATION.finditer(text)} - {
        (name, year) for name in NO_AUTHORS for year in ("2011", "2024")
    }


def entries():
    """Head of an entry of the references → its text."""
    text = (ROOT / "book" / "pages" / "references.md").read_text("utf-8")
    return dict(re.findall(r"^(\S.*)\n: (.*)$", text, re.M))


def test_citations_are_found():
    text = (
        "Menon & Vondrick (ICLR 2023); see (Efron 1979), Hesse et al. (2023), Lundberg and Lee,"
        " 2017, and ILSVRC2012."
    )
    assert citations(text) == {("Efron", "1979"), ("Hesse", "2023"), ("Lundberg", "2017")}


def cited():
    """Everything that notebooks and docstrings say, notebook's or module's name → text."""
    return {
        str(path.relative_to(ROOT)).removeprefix("notebooks/"): (
            path.read_text("utf-8") if path.suffix == ".py" else prose(path)
        )
        for path in [*NOTEBOOKS, *sorted((ROOT / "clipnb").rglob("*.py"))]
    }


def test_every_paper_that_is_cited_is_in_the_references():
    known = [f"{head}, {text}" for head, text in entries().items()]
    for name, text in cited().items():
        missing = [
            paper
            for paper in citations(text)
            if not any(paper[0] in entry and paper[1] in entry for entry in known)
        ]
        assert not missing, f"{name} cites {missing}: add them to book/pages/references.md"
        undated = [
            who
            for who in re.findall(r"([A-Z][\w-]+) et al\.", text)
            if not any(who in entry for entry in known)
        ]
        assert not undated, f"{name} names {undated}: add them to book/pages/references.md"


def test_every_reference_is_cited_where_it_says():
    texts = cited()
    for head, text in entries().items():
        # or the name of a data set, which is cited by its authors
        author = re.match(r"[^\W\d]+", head)[0]
        names = "|".join([author, *re.findall(r"[A-Z][a-z]{2,}", text.split("*")[0])])
        assert any(re.search(rf"\b({names})\b", said) for said in texts.values()), (
            f"nobody cites {head}"
        )
        for number in re.findall(r"\(nb:(\d\d)\)", text):
            (said,) = (said for name, said in texts.items() if name.startswith(number))
            code = "".join(
                "".join(cell["source"])
                for path in NOTEBOOKS
                if path.name.startswith(number)
                for cell in cells(path, "code")
            )
            assert re.search(SHORT.get(author, author), said + code), (
                f"notebook {number} does not name {head}"
            )


SHORT = {
    "Roth": "Waffle|Roth",
    "Pratt": "CuPL",
    "Lundberg": "SHAP|Lundberg",
    "Hesse": "FunnyBirds",
    "McNemar": "[Mm]c[Nn]emar",
    "Selvaraju": "Grad-CAM",
    "Wilson": "[Ww]ilson",
    "Guo": "[Cc]alibrat",
    "Efron": "bootstrap",
    "Zhang": "point",
    "Arras": "mass",
    "Radford": "CLIP",
}  # what a notebook calls it by


def figures(path):
    return [
        output
        for cell in cells(path, "code")
        for output in cell["outputs"]
        if "image/png" in output.get("data", {})
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_figure_says_in_words_what_it_shows(path):
    silent = [
        number
        for number, output in enumerate(figures(path), 1)
        if len(output["metadata"].get("image/png", {}).get("alt", "")) < 12
    ]
    assert not silent, (
        f"figures {silent}: give them a title or labels, or words with clipnb.plots.describe(ax, …)"
    )


# --- colours --------------------------------------------------------------------------------------


OKABE_ITO = {"#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7", "#F0E442", "#999999"}
# perceptually uniform, or without hue
MAPS = {"viridis", "cividis", "magma", "inferno", "plasma", "gray", "Greys"}
ARGUMENTS = {
    "color",
    "c",
    "colors",
    "facecolor",
    "fc",
    "edgecolor",
    "ec",
    "markerfacecolor",
    "markeredgecolor",
    "palette",
    "cmap",
    "ecolor",
}


def unsafe_colours(code):
    """Colours in a module or notebook that are neither of Okabe and Ito, nor black, white or grey,
    nor a map that every eye can read."""
    found = [hue for hue in re.findall(r"#[0-9A-Fa-f]{6}\b", code) if hue.upper() not in OKABE_ITO]
    for node in ast.walk(ast.parse(code)):
        for keyword in node.keywords if isinstance(node, ast.Call) else ():
            for value in ast.walk(keyword.value) if keyword.arg in ARGUMENTS else ():
                if (
                    isinstance(value, ast.Constant)
                    and isinstance(value.value, str)
                    and not value.value.startswith("#")
                ):
                    well = value.value in MAPS | {"black", "white", "none"} or re.fullmatch(
                        r"0?\.\d+", value.value
                    )
                    found += [] if well else [value.value]
    return found


@pytest.mark.parametrize(
    "path",
    [*sorted((ROOT / "clipnb" / "plots").glob("*.py")), *NOTEBOOKS],
    ids=lambda path: path.stem,
)
def test_colours_of_figures_are_safe_for_all_eyes(path):
    if path.suffix == ".py":
        assert not unsafe_colours(path.read_text("utf-8"))
    else:
        code = "\n".join("".join(cell["source"]) for cell in cells(path, "code"))
        assert not unsafe_colours(re.sub(r"^(\s*)[%!].*", r"\1pass", code, flags=re.M))


def test_an_unsafe_colour_would_be_found():
    assert unsafe_colours(
        'ax.plot(x, color="red"); ax.imshow(a, cmap="jet"); BLUE = "#0000ff"; ax.bar(x, y,'
        ' color=["black", "C1"])'
    ) == [
        "#0000ff",
        "red",
        "jet",
        "C1",
    ]


@pytest.mark.slow
def test_what_is_drawn_without_a_colour_gets_a_safe_one():
    """In a process of its own, since a test may have set others."""
    # of the cycle that matplotlib uses, too
    code = "import clipnb.plots, seaborn; print(*seaborn.color_palette().as_hex(), sep=chr(10))"
    colours = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert len(colours) >= 6 and {colour.upper() for colour in colours} <= OKABE_ITO

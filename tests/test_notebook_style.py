"""The notebooks as texts: links lead somewhere, prose is spelt, figures say in words what they show."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
PAGES = [ROOT / "README.md", *sorted((ROOT / "book" / "pages").glob("*.md"))]


def cells(path, kind):
    return [cell for cell in json.loads(path.read_text("utf-8"))["cells"] if cell["cell_type"] == kind]


def prose(path):
    return "\n\n".join("".join(cell["source"]) for cell in cells(path, "markdown")) if path.suffix == ".ipynb" else path.read_text("utf-8")


def links(text):
    text = re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.S)  # code is no link
    return re.findall(r"\]\(([^)\s]+)(?: \"[^\"]*\")?\)", text)


def broken(path, text=None):
    """The local links of a text that lead nowhere, and addresses that are none."""
    found = []
    for link in links(prose(path) if text is None else text):
        if link.startswith(("https://", "http://", "mailto:")):
            if not re.fullmatch(r"mailto:\S+@\S+|https?://[\w.-]+\.\w+(:\d+)?(/\S*)?", link):
                found.append(link)
        elif not re.fullmatch(r"nb:\d\d", link) and not generated(path, link) and not (path.parent / link.split("#")[0]).exists():
            found.append(link)
    return found


def generated(path, link):
    """A page of the site that is written when it is built."""
    return path.parent.name == "pages" and link.startswith("api/")


@pytest.mark.parametrize("path", [*NOTEBOOKS, *PAGES], ids=lambda path: path.stem)
def test_links_lead_somewhere(path):
    assert not broken(path)


def test_a_broken_link_would_be_found():
    assert broken(NOTEBOOKS[0], "[a](99_none.ipynb), [b](https://), [c](00_start_here.ipynb), [d](https://arxiv.org/abs/2103.00020)") == [
        "99_none.ipynb",
        "https://",
    ]


NAMES = "covert,gool"  # of authors


def misspelt(text, tmp_path):
    (tmp_path / "prose.md").write_text(text, "utf-8")
    result = subprocess.run(
        [sys.executable, "-m", "codespell_lib", "--quiet-level=2", f"--ignore-words-list={NAMES}", str(tmp_path / "prose.md")],
        capture_output=True,
        text=True,
    )
    assert result.returncode in (0, 65), result.stderr
    return [line.split(": ", 1)[1] for line in result.stdout.splitlines()]


@pytest.mark.parametrize("path", [*NOTEBOOKS, *PAGES], ids=lambda path: path.stem)
def test_prose_is_spelt(path, tmp_path):
    comments = "\n".join(re.findall(r"#.*", "\n".join("".join(cell["source"]) for cell in cells(path, "code")))) if path.suffix == ".ipynb" else ""
    assert not misspelt(prose(path) + "\n" + comments, tmp_path)


def test_a_misspelt_word_would_be_found(tmp_path):
    assert misspelt("We recieve a picture.", tmp_path) == ["recieve ==> receive"]


def figures(path):
    return [output for cell in cells(path, "code") for output in cell["outputs"] if "image/png" in output.get("data", {})]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_figure_says_in_words_what_it_shows(path):
    silent = [number for number, output in enumerate(figures(path), 1) if len(output["metadata"].get("image/png", {}).get("alt", "")) < 12]
    assert not silent, f"figures {silent}: give them a title or labels, or words with clipnb.plots.describe(ax, …)"

"""The notebooks as pages of the site: alt texts, links from one to another, and the first page with its gallery."""

import base64
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

sys.path.append(str(Path(__file__).parent.parent / "notebooks"))
from authoring import authored, folded  # noqa: E402

# The figure that stands for its notebook on the first page, by the heading above it; a notebook not named here gives its largest figure
GALLERY = {
    "00": "3 · Tell it what the butterflies look like",
    "03": "6 · Do the probabilities deserve belief?",
    "04": "7 · All 92 species, with controls",
    "06": "6 · All 92 species, with a control",
    "07": "4 · Names that the model knows, names that it does not",
}


@dataclass
class Figure:
    """A figure of a notebook: its PNG, what it shows in words, and the heading above it."""

    png: bytes
    alt: str
    heading: str

    @property
    def area(self) -> int:
        width, height = (int.from_bytes(self.png[at : at + 4], "big") for at in (16, 20))  # PNG: the header's first two numbers
        return width * height


@dataclass
class Notebook:
    """An executed notebook: ``number`` ("06"), ``title`` ("Classify by description"), ``page`` (its path without the ending), and its figures."""

    path: Path
    cells: nbformat.NotebookNode
    number: str = ""
    title: str = ""
    page: str = ""
    figures: list[Figure] = field(default_factory=list)

    @property
    def alts(self) -> list[str]:
        return [figure.alt for figure in self.figures]

    def opening(self, what: str) -> str:
        """A paragraph of the opening block: ``opening("What you'll do")``."""
        match = re.search(rf"\*\*{what}\.\*\*\s*(.+?)(?:\n\n|$)", self.cells.cells[0].source, re.S)
        return " ".join(match.group(1).split()) if match else ""

    def write(self, source: Path) -> None:
        nbformat.write(self.cells, source / f"{self.page}.ipynb")


def read_notebooks(folder: Path) -> list[Notebook]:
    """All ``NN_….ipynb`` of a folder in their order; SystemExit if one was not executed or holds an error."""
    notebooks = []
    for path in sorted(folder.glob("[0-9][0-9]_*.ipynb")):
        notebook = Notebook(path, nbformat.read(path, as_version=4), number=path.stem[:2], page=f"notebooks/{path.stem}")
        first = notebook.cells.cells[0].source.splitlines()[0]
        notebook.title = re.sub(r"^#\s*(\d+\s*·\s*)?", "", first)
        describe_figures(notebook)
        notebooks.append(notebook)
    return notebooks


def describe_figures(notebook: Notebook) -> None:
    """Collect the figures, and put each one's alt text where Jupyter Book looks for it. The text stands in the output's metadata (clipnb.plots.alt)."""
    heading = notebook.title
    for cell in notebook.cells.cells:
        if cell.cell_type == "markdown":
            headings = re.findall(r"^#{2,4} (.+)$", cell.source, re.M)
            heading = headings[-1] if headings else heading
        if cell.cell_type != "code":
            continue
        if cell.source.strip() and cell.execution_count is None:
            raise SystemExit(f"{notebook.path.name} holds a cell that was not executed: say  make notebooks")
        figures = []
        for output in cell.outputs:
            if output.output_type == "error":
                raise SystemExit(f"{notebook.path.name} holds an error, {output.ename}: {output.evalue}. Mend it and say  make notebooks")
            if "image/png" in output.get("data", {}):
                alt = output.metadata.get("image/png", {}).get("alt") or f"Figure of section “{heading}”; the text beside it says what it shows."
                figures.append(Figure(base64.b64decode(output.data["image/png"]), alt, heading))
        if figures:
            cell.metadata["mystnb"] = {"image": {"alt": " ".join(dict.fromkeys(figure.alt for figure in figures))}}
            notebook.figures += figures


def fold_solutions(notebook: Notebook) -> None:
    """Behind each cell of an exercise its solution, folded away; SystemExit if the notebook's exercises are not those of their source."""
    cells = notebook.cells.cells
    place = next(number for number, cell in enumerate(cells) if cell.source.startswith("## Exercises"))
    for reader, solution in folded(authored(notebook.path)):
        if cells[place].source.strip() != reader:
            raise SystemExit(f"The exercises of {notebook.path.name} are not those of exercises/{notebook.number}.py: say  make notebooks")
        place += 1
        if solution:
            cells.insert(place, nbformat.v4.new_markdown_cell(f"::::{{dropdown}} Solution\n{solution}\n::::"))
            place += 1


def link_notebooks(notebook: Notebook, notebooks: list[Notebook]) -> None:
    """Where prose names another notebook ("notebook 06", "*07, Test the claim*", "| 03 Classify zero-shot |"), make it a link."""
    names = {other.number: other.path.name for other in notebooks if other is not notebook}

    def link(match):
        before, words, number, after = match.group("before"), match.group("words"), match.group("number"), match.group("after")
        return f"{before}[{words}]({names[number]}){after}" if number in names else match.group(0)

    patterns = [
        r"(?P<before>\*)(?P<words>(?P<number>\d\d),? [^*\n]+)(?P<after>\*)",
        r"(?P<before>\*)(?P<words>(?P<number>\d\d))(?P<after>\*)",
        r"(?P<before>^\| )(?P<words>(?P<number>\d\d) [^|\n]+?)(?P<after> \|)",
        r"(?P<before>\b)(?P<words>[Nn]otebooks? (?P<number>\d\d))(?P<after>\b)",
    ]
    for cell in notebook.cells.cells:
        if cell.cell_type == "markdown":
            for pattern in patterns:
                cell.source = re.sub(pattern, link, cell.source, flags=re.M)


def chosen_figure(notebook: Notebook) -> Figure | None:
    """The figure for the gallery: the one under the heading that GALLERY names, or the largest."""
    under = [figure for figure in notebook.figures if figure.heading == GALLERY.get(notebook.number)]
    return max(under or notebook.figures, key=lambda figure: figure.area, default=None)


def first_page(text: str, notebooks: list[Notebook], source: Path) -> str:
    """index.md with its gallery of figures from the notebooks' outputs and the list of notebooks in place of {{gallery}} and {{course}}."""
    (source / "gallery").mkdir()
    cards, rows = [], []
    for notebook in notebooks:
        figure = chosen_figure(notebook)
        if figure:
            (source / "gallery" / f"{notebook.number}.png").write_bytes(figure.png)
            alt, caption = " ".join(figure.alt.split()), re.sub(r"^\d+ · ", "", figure.heading)
            cards.append(
                f":::{{grid-item-card}} {notebook.number} · {notebook.title}\n:link: {notebook.page}\n:link-type: doc\n"
                f":img-bottom: gallery/{notebook.number}.png\n:img-alt: {alt}\n:class-card: gallery-card\n\n{caption}\n:::\n"
            )
        minutes = re.match(r"(\d+)", notebook.opening("Time"))
        rows.append(
            f"| [{notebook.number} · {notebook.title}]({notebook.page}.ipynb) | {notebook.opening('What you.ll do')} | {minutes[1] if minutes else ''} |"
        )
    gallery = "::::{grid} 1 1 2 2\n:gutter: 3\n\n" + "\n".join(cards) + "::::\n" if cards else ""
    course = "| notebook | what you'll do | minutes |\n| --- | --- | --- |\n" + "\n".join(rows)
    return text.replace("{{gallery}}", gallery).replace("{{course}}", course)

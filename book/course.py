"""The notebooks as pages of the site: alt texts, links from one to another, and the first page with
its gallery."""

import ast
import base64
import re
import shutil
import sys
import tomllib
from dataclasses import dataclass, field
from functools import cache
from html import escape
from pathlib import Path

import nbformat
from bs4 import BeautifulSoup, Tag

sys.path.append(str(Path(__file__).parent.parent / "notebooks" / "_tools"))
from authoring import authored, folded

# The figure that stands for its notebook on the first page: the largest under this heading, and
# what is said under it. A notebook not named here gives its largest figure, with the heading above
# it.
GALLERY = {
    "00": ("Describe the frogs", "What each descriptor adds to the margin of two frogs"),
    "01": ("One embedding space", "The similarities of six images and six prompts"),
    "02": ("Train", "The diagonal appears while a CLIP trains"),
    "03": (
        "Are the probabilities calibrated?",
        "Confidence beside accuracy, for two groups of names",
    ),
    "04": ("The reasons are in the sum", "One margin, and what every descriptor adds to it"),
    "05": (
        "Part 1 and part 2 on the same images",
        "Whole prompts and descriptors, compared on the same images",
    ),
    "06": ("The long tail", "Where the name overtakes the description, over name frequency"),
    "07": ("The answer", "One margin, explained in four ways"),
    "08": ("What the protocols say", "Six measures of whether an explanation is faithful"),
    "09": ("Find it in the reasons", "What the habitat adds to a prediction"),
    "10": (
        "How many images is a description worth?",
        "A few examples and a description on one scale",
    ),
    "11": (
        "Attention heads in words",
        "What each patch adds to the habitat, by one attention head",
    ),
    "13": ("Mistakes, and their reasons", "A mistake, and what every descriptor adds to it"),
}
PHONE = 480  # pixels: a wider figure scrolls on a phone, a narrower one is shrunk to the screen
# stands in the links to Colab and Binder until the project has an address
UNKNOWN_OWNER = "/_OWNER_/"
NUMBER = re.compile(r"[<>±~+−–-]?[\d.,]*(e[+−-]?\d+)? ?%?|nan|<na>|none|true|false", re.I)


@dataclass
class Figure:
    """A figure of a notebook: its PNG, what it shows in words, and the heading above it."""

    png: bytes
    alt: str
    heading: str

    @property
    def width(self) -> int:
        return int.from_bytes(self.png[16:20], "big")  # PNG: the header's first two numbers

    @property
    def area(self) -> int:
        return self.width * int.from_bytes(self.png[20:24], "big")


@dataclass
class Notebook:
    """An executed notebook: ``number`` ("04"), ``title`` ("Classify by description"), ``page`` (its
    path without the ending), and its figures."""

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
    """All ``NN_….ipynb`` of a folder in their order; SystemExit if one was not executed or holds an
    error."""
    notebooks = []
    for path in sorted(folder.glob("[0-9][0-9]_*.ipynb")):
        notebook = Notebook(
            path,
            nbformat.read(path, as_version=4),
            number=path.stem[:2],
            page=f"notebooks/{path.stem}",
        )
        first = notebook.cells.cells[0].source.splitlines()[0]
        notebook.title = re.sub(r"^#\s*(\d+\s*·\s*)?", "", first)
        describe_figures(notebook)
        notebooks.append(notebook)
    return notebooks


def describe_figures(notebook: Notebook) -> None:
    """Collect the figures, and put each one's alt text where Jupyter Book looks for it. The text
    stands in the output's metadata (clipnb.plots.alt)."""
    heading = notebook.title
    for cell in notebook.cells.cells:
        if cell.cell_type == "markdown":
            headings = re.findall(r"^#{2,4} (.+)$", cell.source, re.M)
            heading = headings[-1] if headings else heading
        if cell.cell_type != "code":
            continue
        if cell.source.strip() and cell.execution_count is None:
            raise SystemExit(
                f"{notebook.path.name} holds a cell that was not executed: say  make notebooks"
            )
        figures = []
        for output in cell.outputs:
            if output.output_type == "error":
                raise SystemExit(
                    f"{notebook.path.name} holds an error, {output.ename}: {output.evalue}. Mend it"
                    " and say  make notebooks"
                )
            if "image/png" in output.get("data", {}):
                alt = (
                    output.metadata.get("image/png", {}).get("alt")
                    or f"Figure of section “{heading}”; the text beside it says what it shows."
                )
                figures.append(Figure(base64.b64decode(output.data["image/png"]), alt, heading))
        if figures:
            image = {"alt": " ".join(dict.fromkeys(figure.alt for figure in figures))}
            if max(figure.width for figure in figures) > PHONE:
                image["classes"] = "wide"
            cell.metadata["mystnb"] = {"image": image}
            notebook.figures += figures


def copy_diagrams(folder: Path, source: Path) -> None:
    """The diagrams that Markdown cells show, where their links expect them. A page shows one as
    notebooks/diagrams/NAME.svg."""
    place = source / "notebooks" / "diagrams"
    place.mkdir(parents=True)
    for path in (folder / "diagrams").glob("*.svg"):
        shutil.copyfile(path, place / path.name)


def fold_solutions(notebook: Notebook) -> None:
    """Behind each cell of an exercise its solution, folded away; SystemExit if the notebook's
    exercises are not those of their source."""
    cells, place = notebook.cells.cells, 0
    for reader, solution in folded(authored(notebook.path)):
        sources = [cell.source.strip() for cell in cells[place:]]
        if reader not in sources:
            raise SystemExit(
                f"The exercises of {notebook.path.name} are not those of"
                f" exercises/{notebook.number}.py: say  make notebooks"
            )
        place += sources.index(reader) + 1
        without_crosses(cells[place - 1])
        if form := choices(cells[place - 1].source):
            cells.insert(place, nbformat.v4.new_markdown_cell(form))
            place += 1
        if solution:
            cells.insert(
                place, nbformat.v4.new_markdown_cell(f"::::{{dropdown}} Solution\n{solution}\n::::")
            )
            place += 1


def without_crosses(cell: nbformat.NotebookNode) -> None:
    """An exercise's cell without the message that nothing was answered yet: nobody can answer in it
    on a page."""
    if cell.cell_type != "code":
        return
    cell.outputs = [
        output for output in cell.outputs if not output.get("text", "").lstrip().startswith("✘")
    ]


@cache
def questions() -> dict[str, tuple[str, dict[str, str]]]:
    """The questions with named answers, read from their source: the site's environment lacks what
    the package imports."""
    tree = ast.parse(
        (Path(__file__).parent.parent / "clipnb" / "checks" / "choices.py").read_text("utf-8")
    )
    values = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "QUESTIONS"
    ]
    return ast.literal_eval(values[0])


def choices(source: str) -> str:
    """The answers of a question as radio buttons that live/choices_page.js checks, if the cell asks
    one."""
    asked = re.search(r'check_choice\("([\d.]+)"', source)
    if not asked:
        return ""
    right, wrong = questions()[asked[1]]
    answers = sorted([right, *wrong], key=lambda one: (len(one) if one.isdigit() else 0, one))
    radios = "".join(
        f'<label><input type="radio" name="answer-{asked[1]}" data-right="{one == right}"'
        f' data-said="{escape("Correct." if one == right else wrong[one])}"> {escape(one)}</label>'
        for one in answers
    )
    return (
        '```{raw} html\n<form class="clipnb-choice" hidden><fieldset><legend>Your answer</legend>'
        f'{radios}</fieldset><p role="status"></p></form>\n```'
    )


def drop_dead_links(notebook: Notebook) -> None:
    """Without links to files of the project that are no pages (their words stay); without the
    paragraph "Not installed?" and what is said of it, as long as its links name an owner that does
    not exist."""
    for cell in notebook.cells.cells:
        if cell.cell_type == "markdown":
            cell.source = re.sub(r"\[([^\]]+)\]\(\.\./[^)]*\)", r"\1", cell.source)
    opening = notebook.cells.cells[0]
    if UNKNOWN_OWNER not in opening.source:
        return
    opening.source = "\n\n".join(
        paragraph for paragraph in opening.source.split("\n\n") if UNKNOWN_OWNER not in paragraph
    )
    for cell in notebook.cells.cells:
        cell.source = re.sub(
            r" Every notebook also opens in Colab and Binder[^.]*\.", "", cell.source
        )


def tidy(notebook: Notebook) -> None:
    """Code without the comments that are for test tools; prose in which a number stays on the line
    of its per cent."""
    for cell in notebook.cells.cells:
        if cell.cell_type == "code":
            cell.source = re.sub(r"^# nbval-.*\n|  # fmt: skip$", "", cell.source, flags=re.M)
        elif cell.cell_type == "markdown":
            cell.source = together(cell.source)


def together(text: str) -> str:
    """Prose in which "95 %", "20 min" and "Notebook 06" do not break at the end of a line."""
    return re.sub(r"(?<=\d) (?=%|min\b)|(?<=[Nn]otebook) (?=\d\d)", "\u00a0", text)


def mark_text_columns(notebook: Notebook) -> None:
    """In data frames, one row of headings, and a class "text" for the columns that hold words,
    which stand at the left; numbers stand at the right."""
    for cell in notebook.cells.cells:
        for output in cell.get("outputs", []):
            html = output.get("data", {}).get("text/html", "")
            if "dataframe" in html:
                output.data["text/html"] = with_text_columns(html)


def with_text_columns(html: str) -> str:
    page = BeautifulSoup(html, "html.parser")
    for table in page.select("table.dataframe"):
        join_headings(table)
        columns = list(zip(*(row.find_all("td") for row in table.select("tbody tr"))))
        for cell in table.select("tbody td"):
            words = cell.get_text(strip=True)
            if re.fullmatch(r"-[\d.].*", words) and NUMBER.fullmatch(words):
                cell.string = f"\N{MINUS SIGN}{words[1:]}"
        for head in table.select("tbody th"):
            if not NUMBER.fullmatch(head.get_text(strip=True)):
                head["class"] = "text"
        # the row index has headings of its own, before those of the columns
        for row in table.select("thead tr") if columns else []:
            heads = row.find_all("th")
            for head in heads[: -len(columns)]:
                head["class"] = "text"
            heads = heads[-len(columns) :]
            columns = (
                [(*cells, head) for cells, head in zip(columns, heads)]
                if len(heads) == len(columns)
                else columns
            )
        for cells in columns:
            if not all(
                NUMBER.fullmatch(cell.get_text(strip=True)) for cell in cells if cell.name == "td"
            ):
                for cell in cells:
                    cell["class"] = "text"
        for head in table.select("thead th"):
            if not head.get_text(strip=True):  # an empty cell is the heading of nothing
                head.name, head.attrs = "td", {}
    return str(page)


def join_headings(table: Tag) -> None:
    """pandas gives the names of an index a row of their own, below the headings of the columns:
    they take the empty places beside these headings."""
    rows = [row.find_all("th") for row in table.select("thead tr")]
    if len(rows) != 2:
        return
    above, below = ([head.get_text(strip=True) for head in row] for row in rows)
    index = next((at for at, text in enumerate(above) if text), 0)  # so many places are empty
    if len(above) == len(below) and index and not any(below[index:]):
        for head, name in zip(rows[0], below[:index]):
            head.string = name
        rows[1][0].parent.decompose()


def link_notebooks(notebook: Notebook, notebooks: list[Notebook]) -> None:
    """Where prose names another notebook ("notebook 04", "*06, Test the claim*", "| 03 Classify
    zero-shot |"), make it a link."""
    names = {other.number: other.path.name for other in notebooks if other is not notebook}

    def link(match):
        before, words, number, after = (
            match.group("before"),
            match.group("words"),
            match.group("number"),
            match.group("after"),
        )
        return f"{before}[{words}]({names[number]}){after}" if number in names else match.group(0)

    # for "notebooks 03, 04 and 06": a link more each time
    target, joint = r"\([^)]*\)", "(?:, | and | or )"
    patterns = [
        r"(?P<before>\*)(?P<words>(?P<number>\d\d),? [^*\n]+)(?P<after>\*)",
        r"(?P<before>\*)(?P<words>(?P<number>\d\d))(?P<after>\*)",
        r"(?P<before>^\| )(?P<words>(?P<number>\d\d) [^|\n]+?)(?P<after> \|)",
        r"(?P<before>\b)(?P<words>[Nn]otebooks? (?P<number>\d\d))(?P<after>\b)",
        *[
            r"(?P<before>\[[Nn]otebooks"
            rf" \d\d\]{target}(?:{joint}\[\d\d\]{target})*{joint})"
            r"(?P<words>(?P<number>\d\d))(?P<after>\b)"
        ]
        * 3,
    ]
    for cell in notebook.cells.cells:
        if cell.cell_type == "markdown":
            for pattern in patterns:
                cell.source = re.sub(pattern, link, cell.source, flags=re.M)


def plain(heading: str) -> str:
    """A heading without its number."""
    return re.sub(r"^\d+ · ", "", heading)


def chosen_figure(notebook: Notebook) -> tuple[Figure, str] | None:
    """The figure for the gallery, and what to say under it: the one that GALLERY names, or the
    largest."""
    heading, caption = GALLERY.get(notebook.number, ("", ""))
    under = [figure for figure in notebook.figures if plain(figure.heading) == heading]
    figure = max(under or notebook.figures, key=lambda figure: figure.area, default=None)
    return figure and (figure, caption if under else plain(figure.heading))


def repository() -> str:
    """The project's address from pyproject.toml, the one place where it is set; empty until the
    project has one."""
    project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text("utf-8"))
    address = project["project"]["urls"]["Repository"].removesuffix(".git").rstrip("/")
    return "" if UNKNOWN_OWNER in address else address


def corner(address: str) -> str:
    """What is at the top right of the first page: how to install it, and the source if it has an
    address."""
    source = f" [Source]({address})" if address else ""
    return f":::{{div}} first-corner\n[Install](install.md){source}\n:::"


def first_page(text: str, notebooks: list[Notebook], source: Path) -> str:
    """index.md with its gallery of figures from the notebooks' outputs and the list of notebooks in
    place of {{gallery}} and {{course}}.

    {{elsewhere}} says that pages open in Colab and Binder, if they do.
    """
    title, _, rest = text.partition("\n")
    text = f"{title}\n\n{corner(repository())}\n{rest}"
    (source / "gallery").mkdir()
    cards, rows = [], []
    for notebook in notebooks:
        if chosen := chosen_figure(notebook):
            figure, caption = chosen
            (source / "gallery" / f"{notebook.number}.png").write_bytes(figure.png)
            alt = " ".join(figure.alt.split())
            cards.append(
                f":::{{grid-item-card}} {notebook.number} · {notebook.title}\n:link:"
                f" {notebook.page}\n:link-type: doc\n:img-bottom:"
                f" gallery/{notebook.number}.png\n:img-alt: {alt}\n\n{caption}\n:::\n"
            )
        minutes = re.match(r"(\d+)", notebook.opening("Time"))
        name = f"[{notebook.number} · {notebook.title}]({notebook.page}.ipynb)" + (
            f", {minutes[1]}\u00a0minutes" if minutes else ""
        )
        rows.append(f"| {name} | {notebook.opening('What you.ll do')} |")
    gallery = (
        "::::{grid} 1\n:gutter: 0\n:class-container: gallery\n\n" + "\n".join(cards) + "::::\n"
        if cards
        else ""
    )
    course = (
        ":::{div} stacked\n| notebook | what you'll do |\n| --- | --- |\n"
        + "\n".join(rows)
        + "\n:::"
    )
    elsewhere = (
        ", and opens it in Colab or Binder"
        if any("**Not installed?**" in notebook.cells.cells[0].source for notebook in notebooks)
        else ""
    )
    return (
        text.replace("{{gallery}}", gallery)
        .replace("{{course}}", course)
        .replace("{{elsewhere}}", elsewhere)
    )

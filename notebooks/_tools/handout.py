"""What a teacher hands out: ``make class``, or ``python notebooks/_tools/handout.py folder``.

- ``student/``: notebooks without outputs, pairing and solutions, and their diagrams
- ``solutions/``: the same with the exercises solved, for the teacher
- ``slides/``: every diagram and figure of a notebook on a page of its own, with what to say below
  it; no scripts, printable
- ``nbgrader/``: a course folder for nbgrader; every check is worth a point, open questions are
  graded by hand

The same command again brings the folder up to date. It replaces only what it wrote itself
(``kit.py``): grades, submissions and whatever the teacher has edited stay.
"""

import base64
import binascii
import html
import re
import sys
from collections import Counter
from pathlib import Path

import bleach
import jupytext
import nbformat
from authoring import HERE, NUMBER, authored, in_exercises, solved, student, with_exercises
from clipnb.support.console import say
from elsewhere import without_links
from formulas import replaced
from kit import Kit
from pairs import SIDES, Pair, cells_of_text, differences, exercises_of, read
from pasted import CODE, svg_text, with_images

DIAGRAM = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<link>diagrams/[\w.-]+\.svg)\)")
CHECK = re.compile(r"^_ = (?=clipnb\.checks\.)", re.M)
NBGRADER = """\
c = get_config()
c.CourseDirectory.course_id = "clipnb"
c.ClearSolutions.code_stub = {"python": "raise NotImplementedError()  # your answer replaces this line"}
c.ExecutePreprocessor.timeout = 300
# A check cell that a student has deleted comes back: else the submission waits for manual grading for ever
c.OverwriteCells.add_missing_cells = True
"""
PROSE = frozenset(
    "p br hr em strong b i code pre kbd sub sup s del a ul ol li dl dt dd blockquote details summary table"
    " thead tbody tr th td div span".split()
)
STYLE = """
:root { color-scheme: light dark } body { margin: 0; font: 20px/1.45 system-ui, sans-serif; scroll-snap-type: y proximity }
section { min-height: 100vh; box-sizing: border-box; padding: 3vh 6vw; scroll-snap-align: start; display: flex; flex-direction: column; justify-content: center }
h1, h2 { margin: 0 0 1vh; font-weight: 600 } h2 { font-size: 1.1em } img { max-width: 100%; max-height: 62vh; object-fit: contain; background: white; align-self: center }
.say { max-width: 46em; margin: 1.5vh auto 0; font-size: .8em } table { border-collapse: collapse } td, th { border: 1px solid; padding: .1em .5em }
@media print { section { break-after: page; min-height: 0 } }
"""


def text_of(source: Path) -> tuple[str, list[str]]:
    """The notebook as percent text, and what to say of it. A teacher who edits the .ipynb (in VS
    Code, in Lab) gets that edit; SystemExit if both files were edited."""
    pair = Pair(source)
    if not pair.edited_there or pair.there == pair.here:
        return pair.text, []
    body = pair.body_there()
    taken = differences(cells_of_text(body), pair.here)
    if taken and pair.edited_here:
        cells = "; ".join(differences(pair.there, pair.here))
        raise SystemExit(
            f"{pair.path.name} and {source.name} were both edited, and differ ({cells})."
            f" {SIDES.format(pair.number)}"
        )
    said = [f"Taken from {pair.path.name}, which was edited: {'; '.join(taken)}."] if taken else []
    if left := differences(exercises_of(pair.there), exercises_of(pair.here)):
        said.append(
            f"Not taken from {pair.path.name}, since the section of exercises is made from"
            f" exercises/{pair.number}.py: {'; '.join(left)} of it."
        )
    return body, said


def notebook_of(text: str, exercises: str):
    """A notebook's percent text with this section of exercises: no outputs, no pairing."""
    notebook = jupytext.reads(with_exercises(without_links(text), exercises), "py:percent")
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}
    }
    for number, cell in enumerate(notebook.cells):
        cell.id, cell.metadata = f"cell-{number:02d}", {}
    return notebook


def _graded(cell_id: str, **what) -> dict:
    return {
        "nbgrader": (
            {
                "schema_version": 3,
                "grade_id": cell_id,
                "grade": False,
                "solution": False,
                "locked": False,
                "task": False,
            }
            | what
        )
    }


def nbgrader_source(source: Path, text: str):
    """The notebook as nbgrader wants its sources: answer cells with marked solutions, and a test
    cell behind each; open questions by hand. A second answer to exercise 2 is called 2-2."""
    notebook = notebook_of(text, authored(source).rstrip() + "\n\n")
    cells, number = [], ""
    graded: Counter[tuple[str, str]] = Counter()

    def named(kind: str) -> str:
        graded[kind, number] += 1
        again = graded[kind, number]
        return f"{kind}-{number}" + (f"-{again}" if again > 1 else "")

    tagged = {
        cell["source"]
        for cell in jupytext.reads(authored(source), "py:percent").cells
        if "solution" in cell.metadata.get("tags", [])
    }
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and (found := NUMBER.findall(cell.source)):
            number = found[-1]
        if "### END SOLUTION\n" in cell.source:
            answer, test = cell.source.split("### END SOLUTION\n")
            cells.append(
                nbformat.v4.new_code_cell(
                    answer + "### END SOLUTION", metadata=_graded(named("answer"), solution=True)
                )
            )
            test = CHECK.sub("assert ", test)
            cells.append(
                nbformat.v4.new_code_cell(
                    test, metadata=_graded(named("check"), grade=True, locked=True, points=1)
                )
            )
        elif cell.source in tagged:
            if cell.cell_type == "markdown":
                marked = f"### BEGIN SOLUTION\n{cell.source}\n### END SOLUTION"
                cells.append(
                    nbformat.v4.new_markdown_cell(
                        marked,
                        metadata=_graded(named("open"), grade=True, solution=True, points=1),
                    )
                )
        else:
            cells.append(cell)
    for place, cell in enumerate(cells):
        cell.id = f"cell-{place:02d}"
    notebook.cells = cells
    return notebook


def not_executed(path: Path) -> str:
    """What to say of a notebook whose slides lack figures, or nothing."""
    code = [cell for cell in read(path).cells if cell.cell_type == "code" and cell.source.strip()]
    bare = [cell for cell in code if not cell.outputs and cell.execution_count is None]
    return (
        f"{path.name} has {len(bare)} of {len(code)} code cells without outputs (cleared, or never"
        f" run), so slides/{path.stem}.html lacks their figures. Execute it with 'build.py"
        f" {path.name[:2]}', and repeat the command."
        if bare
        else ""
    )


def _slide(heading: str, alt: str, image: str, prose: str) -> str:
    """One page: an image as the rest of a data URI, and what to say of it, in Markdown."""
    from nbconvert.filters import markdown2html

    formulas: list[str] = []  # made here of known signs, so they are put in after the cleaning

    def mark(formula: str) -> str:
        formulas.append(formula)
        return f"FORMULA{len(formulas) - 1}END"

    say = re.sub(r"<h[1-6].*", "", markdown2html(replaced(prose, mark)), flags=re.S)  # the next section
    # of a notebook that somebody has sent, too: no script, nothing from elsewhere
    say = bleach.clean(say, tags=PROSE, attributes={"a": ["href"], "*": ["class"]}, strip=True)
    for number, formula in enumerate(formulas):
        say = say.replace(f"FORMULA{number}END", formula, 1)
    return (
        f'<section><h2>{html.escape(heading)}</h2><img alt="{html.escape(alt, quote=True)}"'
        f' src="data:image/{image}"><div class="say">{say}</div></section>'
    )


def slides(path: Path) -> str:
    """The diagrams and figures of an executed notebook, each with its heading and the prose that
    follows it; one HTML page."""
    cells = read(path).cells
    title, heading, pages = cells[0].source.splitlines()[0].lstrip("# "), "", []
    exercises = in_exercises((cell.cell_type, cell.source) for cell in cells)
    for cell, following, exercise in zip(cells, [*cells[1:], None], exercises):
        if found := re.findall(r"^## (.*)", cell.source if cell.cell_type == "markdown" else "", re.M):
            heading = found[-1]
        if exercise:
            continue
        shown = CODE.sub(lambda code: " " * len(code[0]), cell.source)  # what is code is no image
        for found in DIAGRAM.finditer(shown if cell.cell_type == "markdown" else ""):
            if drawn := svg_text(path.parent, found["link"]):
                drawn = base64.b64encode(drawn.encode()).decode("ascii")
                pages.append(
                    _slide(heading, found["alt"], f"svg+xml;base64,{drawn}", cell.source[found.end() :])
                )
        for output in cell.get("outputs", []):
            if "image/png" not in output.get("data", {}):
                continue
            picture = "".join("".join(output.data["image/png"]).split())
            try:
                base64.b64decode(picture, validate=True)
            except binascii.Error:
                raise SystemExit(
                    f"A figure in {path.name} (section '{heading}') is damaged; execute it with"
                    f" 'build.py {path.name[:2]}'."
                ) from None
            alt = (
                output.get("metadata", {})
                .get("image/png", {})
                .get("alt", f"Figure of the section “{heading}”")
            )
            follows = following is not None and following.cell_type == "markdown"
            pages.append(
                _slide(heading, alt, f"png;base64,{picture}", following.source if follows else "")
            )
    opening = (
        f"<section><h1>{html.escape(title)}</h1><p>{len(pages)} figures, and what to say of each."
        " Scroll, or print to PDF.</p></section>"
    )
    return (
        '<!doctype html><html lang="en"><meta'
        f' charset="utf-8"><title>{html.escape(title)}</title><style>{STYLE}</style>{opening}{"".join(pages)}</html>\n'
    )


def hand_out(folder: Path, notebooks=None) -> list[str]:
    """Write the four folders and the teacher's page; returns what to say of it, a sentence each."""
    sources = [
        p for p in sorted(HERE.glob("[0-9]*.py")) if not notebooks or p.name.startswith(tuple(notebooks))
    ]
    if not sources:
        raise SystemExit(f"There is no notebook {', '.join(notebooks or [])}; write numbers such as 04.")
    made, said = {}, []
    for source in sources:
        path = source.with_suffix(".ipynb")
        text, notes = text_of(source)
        exercises, name = authored(source), path.name
        copies = {
            f"student/{name}": notebook_of(text, student(exercises)),
            f"solutions/{name}": notebook_of(text, solved(exercises)),
            f"nbgrader/source/{source.stem}/{name}": nbgrader_source(source, text),
        }
        edited = read(path) if path.exists() else None
        for place, copy in copies.items():
            beside = with_images(copy, edited, HERE, name)
            made |= {f"{place.rpartition('/')[0]}/{link}": drawn for link, drawn in beside.items()}
            made[place] = nbformat.writes(copy) + "\n"
        made[f"slides/{source.stem}.html"] = slides(path)
        said += [*notes, *filter(None, [not_executed(path)])]
    made["nbgrader/nbgrader_config.py"] = NBGRADER
    made["README.md"] = teachers_guide()
    kit = Kit(folder)
    try:
        for name, content in made.items():
            kit.write(name, content)
    except OSError as error:
        raise SystemExit(
            f"'{folder}' cannot be written ({error.strerror}: {Path(str(error.filename)).name}); name"
            " another folder: handout.py FOLDER."
        ) from None
    return said + kit.report(everything=not notebooks)


def teachers_guide() -> str:
    """The site's page for teachers as a file of its own: without the site's links and boxes."""
    text = (HERE.parent / "book" / "pages" / "teaching.md").read_text("utf-8")
    text = re.sub(r"\[([^\]]+)\]\(nb:\d\d\)", r"\1", text)
    text = re.sub(r"^:::.*\n", "", text, flags=re.M)
    return text.replace("{{situations}}", "The links are on the site, on the page *For teachers*.")


if __name__ == "__main__":
    out = Path(sys.argv[1] if len(sys.argv) > 1 else "class").expanduser()
    for sentence in hand_out(out, sys.argv[2:]):
        say(sentence)
    say(f"Hand out {out / 'student'}; the rest of {out} is yours: start with {out / 'README.md'}.")

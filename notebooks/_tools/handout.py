"""What a teacher hands out: ``make class``, or ``python notebooks/_tools/handout.py folder``.

``student/``    notebooks without outputs, pairing and solutions ``solutions/``  the same with the
exercises solved: for the teacher ``slides/``     every figure of a notebook on a page of its own,
with what to say below it; no scripts, printable ``nbgrader/``   a course folder for nbgrader: every
check is worth a point, open questions are graded by hand
"""

import base64
import html
import re
import shutil
import sys
from pathlib import Path

import jupytext
import nbformat
from authoring import HERE, authored, solved, student, with_exercises
from clipnb.support.files import write_text
from elsewhere import without_links

CHECK = re.compile(r"^_ = (?=clipnb\.checks\.)", re.M)
NBGRADER = """\
c = get_config()
c.CourseDirectory.course_id = "clipnb"
c.ClearSolutions.code_stub = {"python": "raise NotImplementedError()  # your answer replaces this line"}
c.ExecutePreprocessor.timeout = 300
"""
STYLE = """
:root { color-scheme: light dark } body { margin: 0; font: 20px/1.45 system-ui, sans-serif; scroll-snap-type: y proximity }
section { min-height: 100vh; box-sizing: border-box; padding: 3vh 6vw; scroll-snap-align: start; display: flex; flex-direction: column; justify-content: center }
h1, h2 { margin: 0 0 1vh; font-weight: 600 } h2 { font-size: 1.1em } img { max-width: 100%; max-height: 62vh; object-fit: contain; background: white; align-self: center }
.say { max-width: 46em; margin: 1.5vh auto 0; font-size: .8em } table { border-collapse: collapse } td, th { border: 1px solid; padding: .1em .5em }
@media print { section { break-after: page; min-height: 0 } }
"""


def notebook_of(source: Path, exercises: str):
    """A notebook with this section of exercises: no outputs, no pairing."""
    notebook = jupytext.reads(
        with_exercises(without_links(source.read_text("utf-8")), exercises), "py:percent"
    )
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


def nbgrader_source(source: Path):
    """The notebook as nbgrader wants its sources: answer cells with marked solutions, and a test
    cell behind each; open questions by hand."""
    notebook = notebook_of(source, authored(source).rstrip() + "\n\n")
    cells, number = [], 0
    tagged = {
        cell["source"]
        for cell in jupytext.reads(authored(source), "py:percent").cells
        if "solution" in cell.metadata.get("tags", [])
    }
    for cell in notebook.cells:
        if found := re.search(r"^\*\*(\d+) \((\w+)\)", cell.source, re.M):
            number = found[1]
        if "### END SOLUTION\n" in cell.source:
            answer, test = cell.source.split("### END SOLUTION\n")
            cells.append(
                nbformat.v4.new_code_cell(
                    answer + "### END SOLUTION", metadata=_graded(f"answer-{number}", solution=True)
                )
            )
            test = CHECK.sub("assert ", test)
            cells.append(
                nbformat.v4.new_code_cell(
                    test, metadata=_graded(f"check-{number}", grade=True, locked=True, points=1)
                )
            )
        elif cell.source in tagged:
            if cell.cell_type == "markdown":
                marked = f"### BEGIN SOLUTION\n{cell.source}\n### END SOLUTION"
                cells.append(
                    nbformat.v4.new_markdown_cell(
                        marked,
                        metadata=_graded(f"open-{number}", grade=True, solution=True, points=1),
                    )
                )
        else:
            cells.append(cell)
    for place, cell in enumerate(cells):
        cell.id = f"cell-{place:02d}"
    notebook.cells = cells
    return notebook


def slides(path: Path) -> str:
    """The figures of an executed notebook, each with its heading and the prose that follows it; one
    HTML page."""
    from nbconvert.filters import markdown2html

    cells = nbformat.read(path, 4).cells
    title, heading, pages = cells[0].source.splitlines()[0].lstrip("# "), "", []
    for cell, following in zip(cells, [*cells[1:], None]):
        if found := re.findall(r"^## (.*)", cell.source if cell.cell_type == "markdown" else "", re.M):
            heading = found[-1]
        if heading == "Exercises":
            break
        for output in cell.get("outputs", []):
            if "image/png" not in output.get("data", {}):
                continue
            picture = "".join(output.data["image/png"]).replace("\n", "")
            base64.b64decode(picture, validate=True)
            alt = (
                output.get("metadata", {})
                .get("image/png", {})
                .get("alt", f"Figure of the section “{heading}”")
            )
            say = (
                markdown2html(following.source)
                if following is not None and following.cell_type == "markdown"
                else ""
            )
            say = re.sub(r"<h[1-6].*", "", say, flags=re.S)  # the next section begins there
            pages.append(
                f'<section><h2>{html.escape(heading)}</h2><img alt="{html.escape(alt, quote=True)}"'
                f' src="data:image/png;base64,{picture}"><div class="say">{say}</div></section>'
            )
    opening = (
        f"<section><h1>{html.escape(title)}</h1><p>{len(pages)} figures, and what to say of each."
        " Scroll, or print to PDF.</p></section>"
    )
    return (
        '<!doctype html><html lang="en"><meta'
        f' charset="utf-8"><title>{html.escape(title)}</title><style>{STYLE}</style>{opening}{"".join(pages)}</html>\n'
    )


def hand_out(folder: Path, notebooks=None) -> None:
    """Write the four folders and the teacher's page; what they held before is replaced."""
    sources = [
        p for p in sorted(HERE.glob("[0-9]*.py")) if not notebooks or p.name.startswith(tuple(notebooks))
    ]
    for name in ("student", "solutions", "slides", "nbgrader"):
        shutil.rmtree(folder / name, ignore_errors=True)
        (folder / name).mkdir(parents=True)
    for source in sources:
        exercises, name = authored(source), source.with_suffix(".ipynb").name
        nbformat.write(notebook_of(source, student(exercises)), folder / "student" / name)
        nbformat.write(notebook_of(source, solved(exercises)), folder / "solutions" / name)
        write_text(folder / "slides" / f"{source.stem}.html", slides(source.with_suffix(".ipynb")))
        (folder / "nbgrader" / "source" / source.stem).mkdir(parents=True)
        nbformat.write(nbgrader_source(source), folder / "nbgrader" / "source" / source.stem / name)
    write_text(folder / "nbgrader" / "nbgrader_config.py", NBGRADER)
    shutil.copy(HERE.parent / "book" / "pages" / "teaching.md", folder / "README.md")


if __name__ == "__main__":
    out = Path(sys.argv[1] if len(sys.argv) > 1 else "class")
    hand_out(out, sys.argv[2:])
    print(f"Hand out {out / 'student'}; the rest of {out} is yours: start with {out / 'README.md'}.")

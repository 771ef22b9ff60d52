"""What `make class` writes: students' notebooks hold no solution, slides hold every figure,
nbgrader grades a sample submission."""

import json
import os
import re
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "notebooks" / "_tools"))
import authoring
import handout
from pasted import CODE
from test_exercises import solution_lines

SOURCES = sorted((ROOT / "notebooks").glob("[0-9]*.py"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    handout.hand_out(folder)
    return folder


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_students_get_no_solution_no_output_and_no_pairing(source, folder):
    notebook = nbformat.read(folder / "student" / f"{source.stem}.ipynb", 4)
    assert "jupytext" not in notebook.metadata and not any(
        cell.get("outputs") or cell.metadata for cell in notebook.cells
    )
    text = "\n".join(cell.source for cell in notebook.cells)
    exercises = authoring.authored(source)
    lines = solution_lines(exercises)
    assert lines and not [line for line in lines if line in text]
    # it would open another copy; but their own works there
    assert "Open in Colab" not in text and "google.colab" in text
    assert "SOLUTION" not in text and text.count("= ...") >= text.count("checks.check_")
    solved = nbformat.read(folder / "solutions" / f"{source.stem}.ipynb", 4)
    functions = re.findall(r"^def .*", exercises, re.M)
    assert all(line in "\n".join(cell.source for cell in solved.cells) for line in functions)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_slides_hold_every_figure_before_the_exercises(source, folder):
    page = (folder / "slides" / f"{source.stem}.html").read_text("utf-8")
    cells = json.loads(source.with_suffix(".ipynb").read_text("utf-8"))["cells"]
    exercises = authoring.in_exercises(
        (cell["cell_type"], "".join(cell["source"])) for cell in cells
    )
    lesson = [cell for cell, exercise in zip(cells, exercises) if not exercise]
    figures = [
        o for cell in lesson for o in cell.get("outputs", []) if "image/png" in o.get("data", {})
    ]
    diagrams = [
        found
        for cell in lesson
        if cell["cell_type"] == "markdown"
        for found in handout.DIAGRAM.findall(CODE.sub("", "".join(cell["source"])))
    ]
    page = re.sub(r"(?<=base64,)[\w+/=]+", "", page)  # where any four letters can occur
    assert (
        page.count("<img ") == len(figures) + len(diagrams) == page.count('alt="')
        and "<script" not in page
        and "http" not in re.sub(r"<a href=[^>]*>", "", page)
    )


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_every_check_is_worth_a_point(source, folder):
    notebook = nbformat.read(
        folder / "nbgrader" / "source" / source.stem / f"{source.stem}.ipynb", 4
    )
    rows = [cell.metadata["nbgrader"] for cell in notebook.cells if "nbgrader" in cell.metadata]
    assert len({row["grade_id"] for row in rows}) == len(rows)
    tests = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("locked")]
    assert len(tests) == authoring.authored(source).count("checks.check_") >= 2
    assert all(
        "assert clipnb.checks.check_" in cell.source and "SOLUTION" not in cell.source
        for cell in tests
    )


def test_nbgrader_grades_a_sample_submission(tmp_path, monkeypatch):
    """Notebook 00, solved, untouched, and solved with a check cell deleted, through nbgrader's own
    release and autograding."""
    pytest.importorskip("nbgrader", reason="nbgrader is not installed: pip install 'clipnb[class]'")
    from nbgrader.api import Gradebook
    from nbgrader.apps import NbGraderAPI
    from traitlets.config import Config

    # nbgrader calls its neighbour alembic by name
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    handout.hand_out(tmp_path, ["00"])
    course, name = tmp_path / "nbgrader", "00_start_here"
    space = {"get_config": Config}
    exec((course / "nbgrader_config.py").read_text(), space)
    config = space["c"]
    config.CourseDirectory.root = str(course)
    api = NbGraderAPI(config=config)
    released = api.generate_assignment(name)
    assert released["success"], released["log"]
    release = nbformat.read(course / "release" / name / f"{name}.ipynb", 4)
    text = "\n".join(cell.source for cell in release.cells)
    assert 'answer = "monarch"' not in text and text.count("NotImplementedError") == 3
    answers = [
        f[1]
        for f in authoring.SOLUTION.findall(authoring.authored(ROOT / "notebooks" / f"{name}.py"))
    ]
    for student, fill in {"solved": True, "untouched": False, "deleted": True}.items():
        notebook = nbformat.read(course / "release" / name / f"{name}.ipynb", 4)
        todo = iter(answers)
        for cell in notebook.cells:
            if fill and "NotImplementedError" in cell.source:
                cell.source = re.sub(
                    r"raise NotImplementedError.*", lambda _: next(todo), cell.source
                )
        if student == "deleted":
            notebook.cells = [
                cell
                for cell in notebook.cells
                if cell.metadata.get("nbgrader", {}).get("grade_id") != "check-1"
            ]
        (course / "submitted" / student / name).mkdir(parents=True)
        nbformat.write(notebook, course / "submitted" / student / name / f"{name}.ipynb")
        graded = api.autograde(name, student)
        assert graded["success"], graded["log"]
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        scores = {
            student: book.find_submission(name, student)
            for student in ("solved", "untouched", "deleted")
        }
        assert scores["deleted"].score == 3 and not scores["deleted"].needs_manual_grade
        assert (
            scores["solved"].score == scores["solved"].max_score == 3
            and scores["untouched"].score == 0
        )

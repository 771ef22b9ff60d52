"""A notebook's two files: whichever of them was edited, no build, no kit and no JupyterLab loses the
edit."""

import asyncio
import base64
import json
import os
import re
import shutil
import sys
import time
from pathlib import Path

import jupytext
import nbclient
import nbformat
import pytest

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "notebooks" / "_tools"))
import authoring
import build
import elsewhere
import handout
import pairs

NAME = "00_start_here"
NEW = "We meet in the seminar room."


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A copy of one notebook, with tools that work in it and execute nothing."""
    here = tmp_path / "notebooks"
    (here / "exercises").mkdir(parents=True)
    shutil.copytree(ROOT / "book" / "pages", tmp_path / "book" / "pages")
    shutil.copytree(ROOT / "notebooks" / "diagrams", here / "diagrams")
    for path in [f"{NAME}.py", f"{NAME}.ipynb", "exercises/00.py", "jupytext.toml"]:
        shutil.copy(ROOT / "notebooks" / path, here / path)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for module in (authoring, build, elsewhere, handout):
        monkeypatch.setattr(module, "HERE", here)
    monkeypatch.setattr(nbclient.NotebookClient, "execute", lambda self: None)
    return here


def edit_ipynb(here, text=NEW, place=3):
    path = here / f"{NAME}.ipynb"
    notebook = nbformat.read(path, 4)
    notebook.cells.insert(place, nbformat.v4.new_markdown_cell(text))
    nbformat.write(notebook, path)


def edit_py(here, old="# # 00 · Start here", new="# # 00 · Begin here"):
    path = here / f"{NAME}.py"
    assert old in path.read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")


def contents(here):
    return {path.name: path.read_bytes() for path in here.iterdir() if path.is_file()}


def texts(path):
    return [cell.source for cell in jupytext.read(path).cells]


def refused(*arguments):
    with pytest.raises(SystemExit) as ended:
        build.main([*arguments])
    return str(ended.value)


def test_an_edited_py_is_built(course):
    edit_py(course)
    build.main(["00"])
    assert texts(course / f"{NAME}.ipynb")[0].startswith("# 00 · Begin here")
    assert not [path for path in course.iterdir() if path.suffix == ".orig"]


@pytest.mark.parametrize("arguments", [["00"], []])
@pytest.mark.parametrize("both", [False, True])
def test_an_edited_ipynb_is_not_overwritten(course, arguments, both):
    edit_ipynb(course)
    if both:
        edit_py(course)
    before = contents(course)
    said = refused(*arguments)
    assert f"{NAME}.ipynb was edited" in said and f"cell 4: markdown '{NEW}'" in said
    assert "--from-ipynb 00" in said and "--from-py 00" in said and contents(course) == before


@pytest.mark.parametrize("what", ["changed", "deleted", "a tag"])
def test_every_kind_of_edit_counts(course, what):
    path = course / f"{NAME}.ipynb"
    notebook = nbformat.read(path, 4)
    if what == "changed":
        notebook.cells[2].source += "\n# more"
    elif what == "deleted":
        del notebook.cells[4]
    else:
        notebook.cells[2].metadata["tags"] = ["hide-input"]
    nbformat.write(notebook, path)
    assert "was edited" in refused("00")


def test_new_outputs_alone_are_no_edit(course):
    path = course / f"{NAME}.ipynb"
    notebook = nbformat.read(path, 4)
    for cell in notebook.cells:
        cell.metadata["scrolled"] = True
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    nbformat.write(notebook, path)
    build.main(["00"])


def test_the_ipynb_is_taken_with_all_that_the_py_has(course):
    edit_ipynb(course)
    build.main(["--from-ipynb", "00"])
    assert texts(course / f"{NAME}.py") == texts(course / f"{NAME}.ipynb")
    build.main(["00"])
    assert NEW in texts(course / f"{NAME}.ipynb")
    assert not list(course.glob("*.orig"))  # nobody had edited the .py


def test_taking_a_side_keeps_the_other_as_it_was(course, capsys):
    edit_py(course)
    edit_ipynb(course)
    py, ipynb = (course / f"{NAME}{end}" for end in (".py", ".ipynb"))
    old = contents(course)
    build.main(["--from-ipynb", "00"])
    assert (course / f"{NAME}.py.orig").read_bytes() == old[py.name]
    assert NEW in texts(py) and f"{NAME}.py.orig" in capsys.readouterr().out
    py.write_bytes(old[py.name])
    build.main(["--from-py", "00"])
    assert (course / f"{NAME}.ipynb.orig").read_bytes() == old[ipynb.name]
    assert NEW not in texts(ipynb) and texts(ipynb) == texts(py)


def test_an_unedited_notebook_goes_both_ways_without_a_change(course):
    before = (course / f"{NAME}.py").read_bytes()
    build.main(["--from-ipynb", "00"])
    assert (course / f"{NAME}.py").read_bytes() == before


def test_exercises_reach_both_files_and_an_edit_where_they_are_generated_is_refused(course):
    source = course / "exercises" / "00.py"
    text = source.read_text("utf-8")
    source.write_text(text.replace("# ## Exercises", "# ## Exercises\n#\n# One more line.", 1))
    build.main(["00"])
    assert "One more line." in (course / f"{NAME}.ipynb").read_text("utf-8")
    edit_py(course, "# One more line.", "# A line in the wrong file.")
    before = contents(course)
    said = refused("00")
    assert "A line in the wrong file" not in said and "exercises/00.py" in said
    assert contents(course) == before
    build.main(["--from-py", "00"])
    assert b"A line in the wrong file" in (course / f"{NAME}.py.orig").read_bytes()


def test_answers_in_the_ipynb_are_named_and_stay_there(course, capsys):
    path = course / f"{NAME}.ipynb"
    notebook = nbformat.read(path, 4)
    (cell,) = [cell for cell in notebook.cells if 'check_choice("00.1"' in cell.source]
    cell.source = cell.source.replace("answer = ...", 'answer = "monarch"')
    nbformat.write(notebook, path)
    build.main(["--from-ipynb", "00"])
    assert "Not taken" in capsys.readouterr().out
    assert 'answer = "monarch"' not in (course / f"{NAME}.py").read_text("utf-8")
    assert "answer = " in refused("00") and "monarch" in path.read_text("utf-8")


@pytest.mark.parametrize("content", ["", "{", "<<<<<<< HEAD\n{}", "[]", '{"cells": 3}', "\0"])
def test_a_file_that_is_no_notebook_is_named(course, content):
    path = course / f"{NAME}.ipynb"
    path.write_text(content)
    said = refused("00")
    assert f"{NAME}.ipynb" in said and "--from-py 00" in said and "\n" not in said
    build.main(["--from-py", "00"])
    assert texts(path) == texts(course / f"{NAME}.py")
    assert (course / f"{NAME}.ipynb.orig").read_text() == content


def test_an_edit_during_the_execution_is_kept(course, monkeypatch):
    monkeypatch.setattr(nbclient.NotebookClient, "execute", lambda self: edit_ipynb(course))
    assert "was changed while" in refused("00")
    assert NEW in texts(course / f"{NAME}.ipynb")


def test_another_address_is_no_edit(course):
    build.main(["--address", "ada/course"])
    edit_py(course)
    build.main(["00"])
    assert "ada/course" in texts(course / f"{NAME}.ipynb")[0]


def test_what_is_no_option_is_answered(course):
    assert "'99'" in refused("99") and "Say which" in refused("--from-ipynb")
    assert "'--frm'" in refused("--frm", "00")


def test_widgets_that_colab_has_saved_are_mended(course):
    path = course / f"{NAME}.ipynb"
    notebook = nbformat.read(path, 4)
    (kind,) = notebook.metadata.widgets
    saved = notebook.metadata.widgets[kind]
    notebook.metadata.widgets[kind] = saved["state"]
    nbformat.write(notebook, path)
    build.main(["--widgets"])
    assert nbformat.read(path, 4).metadata.widgets[kind] == saved
    notebook.metadata.widgets[kind] = {"a": 3}
    nbformat.write(notebook, path)
    assert f"{NAME}.ipynb holds a widget" in refused("--widgets")


# --- the class kit --------------------------------------------------------------------------------


def test_the_kit_has_what_was_edited_in_the_ipynb(course, tmp_path):
    edit_ipynb(course)
    said = handout.hand_out(tmp_path / "class", ["00"])
    assert len(said) == 1 and NEW in said[0]
    for part in ("student", "solutions", f"nbgrader/source/{NAME}"):
        assert NEW in texts(tmp_path / "class" / part / f"{NAME}.ipynb")


def test_the_kit_refuses_two_different_edits(course, tmp_path):
    edit_ipynb(course)
    edit_py(course)
    with pytest.raises(SystemExit, match="both edited.*seminar room.*--from-py 00"):
        handout.hand_out(tmp_path / "class", ["00"])
    assert not (tmp_path / "class").exists()


def test_answers_do_not_reach_the_kit(course, tmp_path):
    path = course / f"{NAME}.ipynb"
    text = path.read_text("utf-8")
    path.write_text(text.replace("answer = ...", "answer = 'the large one'"), "utf-8")
    (said,) = handout.hand_out(tmp_path / "class", ["00"])
    assert "Not taken" in said and "exercises/00.py" in said
    student = (tmp_path / "class" / "student" / f"{NAME}.ipynb").read_text("utf-8")
    assert "the large one" not in student


def test_slides_without_figures_are_said(course, tmp_path):
    path = course / f"{NAME}.ipynb"
    notebook = nbformat.read(path, 4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    nbformat.write(notebook, path)
    (said,) = handout.hand_out(tmp_path / "class", ["00"])
    assert f"{NAME}.ipynb" in said and "lacks their figures" in said


def test_slides_of_a_strangers_notebook_run_and_load_nothing(course, tmp_path):
    path = course / f"{NAME}.ipynb"
    notebook = nbformat.read(path, 4)
    evil = (
        "<script>alert(1)</script><img src=https://evil.invalid/x onerror=alert(1)>"
        "<iframe src=https://evil.invalid></iframe><p onclick=alert(1) style='x'>**bold**</p>"
        " [a](javascript:alert(1)) <style>* {background: url(https://evil.invalid)}</style>"
    )
    for number in range(len(notebook.cells) - 1, 0, -1):
        cell = notebook.cells[number - 1]
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                output.metadata = {"image/png": {"alt": '"><script>alert(2)</script>'}}
                notebook.cells.insert(number, nbformat.v4.new_markdown_cell(evil))
                break
    notebook.cells[0].source = "# <script>alert(3)</script>\n\n" + notebook.cells[0].source
    nbformat.write(notebook, path)
    page = handout.slides(path)
    assert "bold" in page and not re.search(
        r"<(script|iframe|img src=.?https?|link|object)|<[^>]* on\w+=|href=.?javascript|<[^>]*style=",
        page,
    )
    assert page.count("<style>") == 1


def test_a_damaged_figure_is_named(course, tmp_path):
    path = course / f"{NAME}.ipynb"
    notebook = nbformat.read(path, 4)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                output.data["image/png"] = "no picture"
    nbformat.write(notebook, path)
    with pytest.raises(SystemExit, match=f"figure in {NAME}.ipynb.*damaged"):
        handout.hand_out(tmp_path / "class", ["00"])


def test_a_notebook_without_its_section_is_named(course, tmp_path):
    edit_py(course, "# ## What's next", "# ## What is next")
    with pytest.raises(SystemExit, match="00 · Start here.*## What's next"):
        handout.hand_out(tmp_path / "class", ["00"])


# --- images in Markdown cells ---------------------------------------------------------------------

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
BOARD = "Our blackboard: ![my board](attachment:my%20board.png)"


def paste(here, text=BOARD, name="my board.png"):
    path = here / f"{NAME}.ipynb"
    notebook = nbformat.read(path, 4)
    cell = nbformat.v4.new_markdown_cell(text)
    cell.attachments = {name: {"image/png": PIXEL}}
    notebook.cells.insert(3, cell)
    nbformat.write(notebook, path)


def copies(folder):
    for part in ("student", "solutions", f"nbgrader/source/{NAME}"):
        yield nbformat.read(folder / part / f"{NAME}.ipynb", 4).cells


@pytest.mark.parametrize("arguments", [["00"], ["--from-ipynb", "00"]], ids=" ".join)
def test_a_pasted_image_is_never_lost(course, arguments):
    paste(course)
    before = contents(course)
    said = refused(*arguments)
    assert "cell 4: 'Our blackboard" in said and "attachments" in said and "--from-py 00" in said
    assert contents(course) == before
    build.main(["--from-py", "00"])
    kept = nbformat.read(course / f"{NAME}.ipynb.orig", 4).cells[3]
    assert kept.attachments["my board.png"] == {"image/png": PIXEL}


def test_a_pasted_image_is_no_edit_of_the_text_and_still_kept(course):
    path = course / f"{NAME}.ipynb"
    notebook = nbformat.read(path, 4)
    notebook.cells[0].attachments = {"a.png": {"image/png": PIXEL}}
    nbformat.write(notebook, path)
    assert "cell 1" in refused("00")


def test_a_pasted_image_goes_into_the_kit(course, tmp_path):
    paste(course)
    handout.hand_out(tmp_path / "class", ["00"])
    for cells in copies(tmp_path / "class"):
        (cell,) = [cell for cell in cells if cell.source == BOARD]
        assert cell.attachments == {"my board.png": {"image/png": PIXEL}}


@pytest.mark.parametrize("form", ["![board]({})", '<img alt="board" src="{}">'])
def test_a_linked_file_goes_into_the_kit(course, tmp_path, form):
    (course / "board 1.png").write_bytes(base64.b64decode(PIXEL))
    edit_ipynb(course, form.format("board%201.png") + " and ![far](https://example.org/a.png)")
    build.main(["--from-ipynb", "00"])
    assert "board%201.png" in (course / f"{NAME}.py").read_text("utf-8")
    handout.hand_out(tmp_path / "class", ["00"])
    for cells in copies(tmp_path / "class"):
        (cell,) = [cell for cell in cells if "attachments" in cell]
        (name,) = cell.attachments
        assert form.format(f"attachment:{name}") in cell.source and "example.org" in cell.source
        assert cell.attachments[name] == {"image/png": PIXEL}


@pytest.mark.parametrize("link", ["attachment:gone.png", "gone.png", "../pyproject.toml"])
def test_an_image_that_is_not_there_is_named(course, tmp_path, link):
    edit_ipynb(course, f"Our board: ![it]({link})")
    with pytest.raises(SystemExit, match="cell 4: 'Our board.*not there"):
        handout.hand_out(tmp_path / "class", ["00"])
    assert not (tmp_path / "class").exists()


def test_the_code_of_a_link_is_no_link(course, tmp_path):
    edit_ipynb(course, "Write `![it](board.png)`, or\n\n```\n![it](board.png)\n```\n")
    handout.hand_out(tmp_path / "class", ["00"])


# --- readers' JupyterLab --------------------------------------------------------------------------


@pytest.mark.parametrize("newer", [".py", ".ipynb"])
@pytest.mark.parametrize("own", [False, True])
def test_jupyterlab_pairs_nothing_here_whatever_a_reader_has_set(course, newer, own, monkeypatch):
    """The contents manager that jupytext puts into JupyterLab, both orders of time stamps, also
    with a jupytext.toml in the reader's home that pairs everything."""
    managers = pytest.importorskip("jupytext.async_contentsmanager")
    settings = course.parent / "settings" / "jupytext"
    settings.mkdir(parents=True)
    (settings / "jupytext.toml").write_text('formats = "ipynb,py:percent"\n' if own else "")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(settings.parent))
    edit_ipynb(course, "my answer")
    os.utime(course / f"{NAME}{newer}", (time.time() + 60,) * 2)
    before = (course / f"{NAME}.py").read_bytes()

    async def open_and_save():
        manager = managers.AsyncTextFileContentsManager(root_dir=str(course))
        model = await manager.get(f"{NAME}.ipynb")
        assert "my answer" in json.dumps(model["content"])
        await manager.save({"type": "notebook", "content": model["content"]}, f"{NAME}.ipynb")

    asyncio.run(open_and_save())
    assert (course / f"{NAME}.py").read_bytes() == before
    assert "my answer" in (course / f"{NAME}.ipynb").read_text("utf-8")

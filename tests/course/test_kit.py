"""`make class` again: grades, submissions and a teacher's edits stay, what the command wrote is
brought up to date."""

import json
import os
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "notebooks" / "_tools"))
import handout
from kit import NOTES, Kit


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != NOTES
    }


def written(folder, **texts):
    kit = Kit(folder)
    for name, text in texts.items():
        kit.write(name, text)
    return kit.report(everything=True)


def test_a_second_make_class_keeps_what_a_teacher_has_there(tmp_path):
    folder = tmp_path / "class"
    assert handout.hand_out(folder, ["00"]) == []
    first = files(folder)
    mine = {
        "nbgrader/gradebook.db": b"grades",
        "nbgrader/submitted/ada/00_start_here/00_start_here.ipynb": b"{}",
        "nbgrader/feedback/ada/00_start_here/00_start_here.html": b"well done",
        "student/dates.txt": b"Monday",
        "slides/my own.html": b"mine",
        "README.md": b"my plan",
        "nbgrader/nbgrader_config.py": b"c = get_config()  # with my students",
    }
    for name, content in mine.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    (said,) = handout.hand_out(folder, ["00"])
    assert said.startswith("Kept as you left them: nbgrader/nbgrader_config.py, README.md.")
    assert files(folder) == {**first, **mine}


def test_what_the_command_wrote_is_brought_up_to_date(tmp_path):
    assert written(tmp_path, a="one", b="one") == []
    (tmp_path / "b").write_text("mine")
    assert "Kept as you left it: b." in written(tmp_path, a="two", b="two")[0]
    assert (tmp_path / "a").read_text() == "two" and (tmp_path / "b").read_text() == "mine"
    (tmp_path / "b").unlink()
    assert written(tmp_path, a="two", b="two") == [] and (tmp_path / "b").read_text() == "two"


def test_an_edit_that_was_taken_back_is_no_edit(tmp_path):
    written(tmp_path, a="one")
    (tmp_path / "a").write_text("two")
    assert written(tmp_path, a="two") == [] == written(tmp_path, a="three")
    assert (tmp_path / "a").read_text() == "three"


def test_what_is_no_longer_part_of_the_course_is_named_and_stays(tmp_path):
    written(tmp_path, a="one", b="one")
    assert "left there: b." in written(tmp_path, a="one")[0] and (tmp_path / "b").exists()
    kit = Kit(tmp_path)
    kit.write("a", "one")
    assert kit.report(everything=False) == []


@pytest.mark.parametrize("notes", ["", "{", "[]", '{"a": 3}', None])
def test_without_notes_everything_there_is_the_teachers(tmp_path, notes):
    written(tmp_path, a="one")
    if notes is None:
        (tmp_path / NOTES).unlink()
    else:
        (tmp_path / NOTES).write_text(notes)
    assert "Kept as you left it: a." in written(tmp_path, a="two")[0]
    assert (tmp_path / "a").read_text() == "one"


def test_many_kept_files_are_counted(tmp_path):
    for number in range(20):
        (tmp_path / f"f{number:02d}").write_text("mine")
    (said,) = written(tmp_path, **{f"f{number:02d}": "ours" for number in range(20)})
    assert "f05 and 14 more" in said


def test_a_link_of_the_teacher_is_not_written_through(tmp_path):
    (tmp_path / "elsewhere").write_text("mine")
    (tmp_path / "a").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "b").symlink_to(tmp_path / "nowhere")
    assert "a, b" in written(tmp_path, a="ours", b="ours")[0]
    assert (tmp_path / "elsewhere").read_text() == "mine" and not (tmp_path / "nowhere").exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "class").write_text("a file")
    with pytest.raises(SystemExit, match="class' cannot be written.*name another folder"):
        handout.hand_out(tmp_path / "class", ["00"])
    with pytest.raises(SystemExit, match="no notebook 99"):
        handout.hand_out(tmp_path / "other", ["99"])


def test_make_clean_leaves_the_class_alone():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    (removed,) = re.findall(r"^\trm -rf (.*)", makefile, re.M)
    assert "class" not in removed.split()


def test_deleted_check_cells_come_back():
    assert "c.OverwriteCells.add_missing_cells = True" in handout.NBGRADER


def test_the_teachers_guide_of_the_kit_has_no_marks_of_the_site():
    text = handout.teachers_guide()
    assert not any(mark in text for mark in ("](nb:", ":::", "{{"))
    assert "## Quiz" in text

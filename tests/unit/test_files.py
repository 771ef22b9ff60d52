"""Files are written whole or not at all, by whatever writes them."""

import ast
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

import clipnb
from clipnb.support import files, limits
from clipnb.support.files import SUFFIX, only_one, replacing, write_bytes, write_text
from clipnb.support.text import printable

ROOT = Path(__file__).parents[2]


def test_descriptors_can_be_read_by_those_who_may_read_other_new_files(tmp_path):
    (tmp_path / "plain").write_text("x")
    clipnb.DescriptorSet({"robin": ["an orange breast"]}).save(tmp_path / "birds.json")
    modes = {stat.S_IMODE(os.stat(tmp_path / name).st_mode) for name in ("plain", "birds.json")}
    assert len(modes) == 1
    assert dict(clipnb.load_descriptors(tmp_path / "birds.json")) == {"robin": ["an orange breast"]}


def test_a_failure_leaves_what_was_there_and_no_debris(tmp_path):
    path = tmp_path / "page.html"
    path.write_text("old")
    with pytest.raises(KeyError), replacing(path) as file:
        file.write("half of the new")
        raise KeyError
    assert path.read_text() == "old" and os.listdir(tmp_path) == ["page.html"]


KILLED = """
import sys, os, signal
from clipnb.support.files import replacing
with replacing(sys.argv[1]) as file:
    file.write("half"); file.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL on Windows")
def test_a_killed_writer_leaves_the_old_file_and_the_next_one_tidies_up(tmp_path):
    path = tmp_path / "page.html"
    write_text(path, "old")
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
        assert done.returncode == -signal.SIGKILL
    assert path.read_text() == "old"
    write_bytes(path, b"new")
    assert path.read_text() == "new" and os.listdir(tmp_path) == ["page.html"]


def test_the_unfinished_file_of_a_live_process_stays_for_a_day(tmp_path):
    mine = tmp_path / f".page.html.{os.getpid()}-0123abcd{SUFFIX}"
    mine.write_text("being written")
    write_text(tmp_path / "page.html", "new")
    assert mine.exists()
    day_ago = time.time() - 100_000
    os.utime(mine, (day_ago, day_ago))
    write_text(tmp_path / "page.html", "new")
    assert not mine.exists()


HOLDING = """
import sys, time
from clipnb.support.files import only_one
with only_one(sys.argv[1], "busy"):
    print("held", flush=True); time.sleep(60)
"""


def test_a_lock_ends_with_its_process(tmp_path):
    path = tmp_path / "lock"
    other = subprocess.Popen([sys.executable, "-c", HOLDING, path], stdout=subprocess.PIPE)
    try:
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(ValueError, match="^busy$"), only_one(path, "busy"):
            pass
    finally:
        other.kill()
        other.wait()
    with only_one(path, "busy"):
        pass


def writers(tree: ast.Module) -> list[int]:
    """Lines of a program that write into a file directly."""
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        words = [*node.args, *(k.value for k in node.keywords if k.arg == "mode")]
        modes = [w.value for w in words if isinstance(w, ast.Constant) and isinstance(w.value, str)]
        if name in ("write_text", "write_bytes") and isinstance(node.func, ast.Attribute):
            found.append(node.lineno)
        elif name == "open" and any(set(mode) & set("wax+") and len(mode) < 4 for mode in modes):
            found.append(node.lineno)
    return found


def test_nothing_in_the_package_or_the_tools_writes_a_file_in_another_way():
    allowed = {"clipnb/support/files.py"}
    found = []
    for path in sorted([*ROOT.glob("clipnb/**/*.py"), *ROOT.glob("notebooks/_tools/*.py")]):
        name, text = path.relative_to(ROOT).as_posix(), path.read_text("utf-8")
        for line in writers(ast.parse(text)):
            marks = {
                name,
                *(
                    m
                    for m in allowed
                    if m.startswith(name) and m.split(": ")[-1] in text.splitlines()[line - 1]
                ),
            }
            if not marks & allowed:
                found.append(f"{name}:{line}")
    assert not found, "these write without clipnb.support.files: " + ", ".join(found)


def test_a_limit_is_kept_and_pipes_are_not_waited_for(tmp_path):
    path = tmp_path / "d.json"
    path.write_bytes(b"12345")
    assert limits.bytes_of(path, 5, "JSON") == b"12345"
    with open(path, "wb") as file:
        file.truncate(3 << 20)
    with pytest.raises(ValueError, match=r"d.json' has 3 MB; JSON may have 1 MB"):
        limits.bytes_of(path, 1 << 20, "JSON")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(ValueError, match="pipe' is not a regular file"):
            limits.bytes_of(tmp_path / "pipe", 5, "JSON")
    with pytest.raises(OSError):
        limits.bytes_of(tmp_path / "nothing", 5, "JSON")


def test_what_a_terminal_obeys_is_shown_as_its_escape():
    assert printable("plain, é, 🐸, 鳥") == "plain, é, 🐸, 鳥"
    assert printable("a\x1b[2J\x07\nb") == r"a\x1b[2J\x07\nb"
    assert printable("a\nb", keep="\n") == "a\nb"
    assert printable("\u202eabc\ud83d") == r"\u202eabc\ud83d"
    assert printable(ValueError("no \x9b such")) == r"no \x9b such"


# --- files that another program holds -------------------------------------------------------------


def held(monkeypatch, times):
    """As on Windows: ``os.replace`` is refused so many times."""
    real, left = os.replace, [times]

    def replace(new, path):
        if left[0] > 0:
            left[0] -= 1
            raise PermissionError(13, "Access is denied", str(new), None, str(path))
        return real(new, path)

    monkeypatch.setattr(os, "replace", replace)
    monkeypatch.setattr(files, "PAUSES", (0.001,) * 4)


def test_a_file_that_is_held_for_a_moment_is_replaced(tmp_path, monkeypatch):
    write_text(tmp_path / "r.html", "old")
    held(monkeypatch, 4)
    write_text(tmp_path / "r.html", "new")
    assert (tmp_path / "r.html").read_text() == "new" and os.listdir(tmp_path) == ["r.html"]


def test_a_file_that_stays_held_is_named_and_left_as_it_was(tmp_path, monkeypatch):
    write_text(tmp_path / "r.html", "old")
    held(monkeypatch, 10**6)
    with pytest.raises(PermissionError, match=r"r.html' cannot be replaced .*; close it") as caught:
        write_text(tmp_path / "r.html", "new")
    assert SUFFIX not in str(caught.value) and caught.value.errno == 13
    assert (tmp_path / "r.html").read_text() == "old" and os.listdir(tmp_path) == ["r.html"]


def test_nothing_in_the_package_replaces_a_file_in_another_way():
    found = []
    for path in sorted(ROOT.glob("clipnb/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in ("replace", "rename", "renames"):
                if isinstance(node.value, ast.Name) and node.value.id == "os":
                    found.append(path.relative_to(ROOT).as_posix())
    assert found == ["clipnb/support/files.py"]


def test_a_folder_is_not_replaced_by_a_file(tmp_path):
    (tmp_path / "there").mkdir()
    with pytest.raises(IsADirectoryError, match="there' is a folder; give the name of a file"):
        write_text(tmp_path / "there", "x")
    assert [path.name for path in tmp_path.iterdir()] == ["there"]

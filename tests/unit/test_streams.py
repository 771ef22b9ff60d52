"""Output that nobody reads, or that goes nowhere: ``| head -1``, pythonw.exe, services of Windows.
The work is done all the same."""

import ast
import io
import json
import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from llm_server import serving

import clipnb
from clipnb.__main__ import main as clipnb_main
from clipnb.support import console
from clipnb.support.cache import EmbeddingCache
from clipnb.support.commands import exit_code
from clipnb.support.progress import progress

ROOT = Path(clipnb.__file__).parent


@pytest.fixture
def no_streams(monkeypatch):
    monkeypatch.delenv("CLIPNB_PROGRESS", raising=False)
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)


@pytest.fixture
def photos(tmp_path, fieldguide):
    for k, name in enumerate(("robin", "wren")):
        (tmp_path / "photos" / name).mkdir(parents=True)
        fieldguide.images[k].save(tmp_path / "photos" / name / "a.png")
    (tmp_path / "d.json").write_text(json.dumps({"robin": ["a red breast"], "wren": ["a tail"]}))
    return tmp_path / "photos"


# --- no streams -----------------------------------------------------------------------------------


def test_progress_without_a_stream_is_not_shown(no_streams):
    assert list(progress(range(70), 70, "counting")) == list(range(70))


def test_asking_and_encoding_need_no_stream(no_streams, monkeypatch, tmp_path):
    monkeypatch.setenv("CLIPNB_CACHE", str(tmp_path))
    clip = clipnb.load_clip(cache=False)
    assert len(clip.encode_texts([f"number {i}" for i in range(70)])) == 70
    with serving() as server:
        names = ["robin", "wren"]
        assert len(clipnb.generate_descriptors(names, "test", server.url)) == 2


def test_a_cache_that_cannot_be_used_is_no_reason_to_stop_without_a_stream(no_streams, tmp_path):
    (tmp_path / "file").write_text("in the way")
    assert EmbeddingCache(tmp_path / "file" / "e.sqlite").get(["a"]) == {}


def test_commands_need_no_stream(no_streams, photos, tmp_path):
    out = tmp_path / "r.html"
    made = ["report", str(photos), "--descriptors", str(tmp_path / "d.json"), "--out", str(out)]
    assert clipnb_main(made) == 0 and out.exists()
    assert clipnb_main(["report", str(tmp_path / "none"), "--descriptors", "none"]) == 2
    assert clipnb.check_environment()
    assert exit_code("x", lambda: warnings.warn("seen", stacklevel=1)) == 0
    with pytest.raises(SystemExit) as ended:
        clipnb_main(["embed"])
    assert ended.value.code == 2


# --- nobody reads ---------------------------------------------------------------------------------


def broken(*_):
    raise BrokenPipeError(32, "Broken pipe")


class Closed(io.StringIO):
    write = flush = broken


def test_what_nobody_reads_is_no_reason_to_stop_the_work(monkeypatch):
    done = []
    monkeypatch.setattr(sys, "stdout", Closed())
    work = lambda: [console.say("a"), done.append(1), console.say("b")].clear()
    assert exit_code("x", work) == 141 and done == [1]


def test_a_connection_that_breaks_is_an_error_and_said(capsys):
    assert exit_code("x", broken) == 2
    assert capsys.readouterr().err == "x: [Errno 32] Broken pipe\n"


def test_a_full_disk_is_not_taken_for_a_reader_who_left(monkeypatch, capsys):
    class Full(io.StringIO):
        def write(self, _):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(sys, "stdout", Full())
    assert exit_code("x", lambda: console.say("a")) == 2
    assert "No space left" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="a pipe of POSIX")
@pytest.mark.parametrize("lines", [0, 1])
def test_a_command_into_head_is_quiet_and_writes_its_files(lines, photos, tmp_path):
    ends = [
        (["report", str(photos), "--descriptors", "d.json", "--out", "r.html"], "r.html", 141),
        (["embed", "--help"], "photos", 0),
    ]
    for arguments, made, code in ends:
        command = [sys.executable, "-m", "clipnb", *arguments]
        piped = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        environment = {**os.environ, "PYTHONPATH": str(ROOT.parent)}
        process = subprocess.Popen(command, cwd=tmp_path, env=environment, **piped)
        for _ in range(lines):
            process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b"" and process.wait() in (code, 0)
        assert (tmp_path / made).exists()
        process.stderr.close()


# --- whoever bypasses it --------------------------------------------------------------------------


def test_everything_is_printed_by_say_and_no_bar_is_made_elsewhere():
    own = {"support/console.py", "support/progress.py", "checks/feedback.py"}
    own.add("pretrain/run.py")  # a bar without an end, which asks no_bars()
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            called = isinstance(node, ast.Call) and getattr(node.func, "id", "")
            if called in ("print", "tqdm") and name not in own:
                found.append(f"{name}:{node.lineno}")
    assert not found, "use clipnb.support.console.say or .progress: " + ", ".join(found)

"""Consoles that cannot show every character, and homes that are not there: clipnb goes on."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

import clipnb
from clipnb import __main__ as command
from clipnb.support import cache, console, own_folder

ENCODINGS = ["ascii", "cp1252", "cp437", "latin-1", "utf-8"]
TEXT = "✔ █ … → ± × – “a” 猫 \U0001f438 \ud83d \x1b"


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_any_text_is_printed_on_any_console(encoding):
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding, newline="")
    console.say(TEXT, stream)
    said = raw.getvalue().decode(encoding)
    assert said.endswith("\n") and "\\ud83d" in said  # half a character has no bytes anywhere
    if encoding == "utf-8":
        assert said.startswith("✔ █ … → ± × – “a” 猫 \U0001f438")
    elif encoding == "ascii":
        assert said.startswith('OK: # ... -> +/- x - "a" \\u732b \\U0001f438')


def test_a_stream_without_an_encoding_gets_the_text_as_it_is(capsys):
    console.say("✔ well")
    assert capsys.readouterr().out == "✔ well\n"


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
@pytest.mark.parametrize("name", ["", *command.COMMANDS])
def test_a_command_explains_itself_on_any_console(name, encoding):
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    asked = [sys.executable, "-m", "clipnb", *filter(None, [name]), "--help"]
    ended = subprocess.run(asked, env=environment, capture_output=True)
    assert ended.returncode == 0 and not ended.stderr
    assert ended.stdout.decode(encoding).startswith("usage: clipnb")


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_refusal_is_read_on_any_console(encoding):
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    asked = [sys.executable, "-m", "clipnb", "Frösche-猫"]
    ended = subprocess.run(asked, env=environment, capture_output=True)
    assert ended.returncode == 2 and b"unknown command 'Fr" in ended.stderr
    assert b"Traceback" not in ended.stderr


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_the_check_of_the_environment_is_read_on_any_console(encoding, monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding, newline=""))
    assert clipnb.check_environment()
    clipnb.describe_environment()
    assert raw.getvalue().decode(encoding).count("OK: ") == 5


# --- where the cache is ---------------------------------------------------------------------------


def test_a_tilde_is_the_home_also_without_a_shell(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("CLIPNB_CACHE", "~/kept")
    monkeypatch.chdir(tmp_path)
    assert cache.cache_folder() == tmp_path / "kept"
    assert os.listdir(tmp_path) == ["kept"]


def test_a_home_that_is_not_known_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(cache.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setenv("CLIPNB_CACHE", "~nobody-here/kept")
    with pytest.warns(UserWarning, match="~nobody-here/kept.*is used instead"):
        assert cache.cache_place().parent == tmp_path


@pytest.mark.skipif(os.name == "nt", reason="Windows always knows the user's home")
def test_without_a_home_the_cache_is_a_folder_of_this_user(tmp_path, monkeypatch, recwarn):
    import pwd

    def nobody(_):
        raise KeyError("no entry")

    for name in ("HOME", "XDG_CACHE_HOME", "CLIPNB_CACHE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    monkeypatch.setattr(cache.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.chdir(tmp_path)
    place = cache.cache_place()
    assert place == tmp_path / f"clipnb-{os.getuid()}" and not recwarn.list
    # what somebody else has put there is not used
    place.symlink_to("/etc")
    assert cache.cache_place() not in (place, Path("/etc"))


# --- where results go -----------------------------------------------------------------------------


def test_results_go_here_and_nothing_is_said(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert own_folder("results") == Path("results") == own_folder("results")
    assert (tmp_path / "results").is_dir() and not capsys.readouterr().out


def test_results_go_home_or_among_the_temporary_files_where_nothing_can_be_written(
    tmp_path, monkeypatch, capsys
):
    here, home = tmp_path / "here", tmp_path / "home"
    here.mkdir()
    home.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    (here / "results").write_text("in the way, as a folder that may only be read would be")
    assert own_folder("results") == home / "results"
    assert f"results go to '{home / 'results'}'" in capsys.readouterr().out
    (home / "results").rmdir()
    (home / "results").write_text("in the way")
    assert own_folder("results").name == f"results-{os.getpid()}"

"""A real language model of 135 million parameters on loopback, which writes poor descriptors: whether
everything that asks works with it. `make test-llm` runs this; `make test` does not."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

import clipnb
from clipnb.llm import local

SERVER = Path(__file__).parents[1] / "support" / "llama_server.py"
PYTHON = os.environ.get("CLIPNB_TEST_LLM")
CLASSES = ["robin", "wren", "fly agaric", "ink cap", "tree frog", "oak", "maple", "perch"]
MODEL = "SmolLM2-135M-Instruct.Q4_1"
HINT = "a plant or an animal"

pytestmark = pytest.mark.skipif(not PYTHON, reason="CLIPNB_TEST_LLM is not set: make test-llm")


@pytest.fixture(scope="module")
def server():
    """The address of a server that runs until the module is through."""
    allowed = getattr(os, "sched_getaffinity", lambda process: range(os.cpu_count() or 1))
    command = [str(PYTHON), str(SERVER), "0", str(len(allowed(0)))]
    pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(command, text=True, stdin=pipe, stdout=pipe, stderr=nothing) as process:
        yield process.stdout.readline().strip()
        process.stdin.close()


@pytest.fixture(autouse=True)
def nobody_else(monkeypatch, tmp_path):
    monkeypatch.setenv("CLIPNB_CACHE", str(tmp_path / "cache"))
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "CLIPNB_LLM_BASE_URL", "CLIPNB_LLM_MODEL"):
        monkeypatch.delenv(name, raising=False)


def stored(tmp_path):
    path = tmp_path / "cache" / "answers.sqlite"
    if not path.is_file():
        return 0
    try:
        with closing(sqlite3.connect(path)) as store:
            return store.execute("SELECT count(*) FROM answers").fetchone()[0]
    except sqlite3.OperationalError:  # it is just being made
        return 0


@pytest.mark.parametrize("style", clipnb.llm.STYLES)
def test_descriptors_in_every_style(server, style):
    """With ``json`` the server must hold the model to the form."""
    start = time.perf_counter()
    asked = clipnb.generate_descriptors(
        CLASSES[:4], MODEL, server, style=style, hint=HINT, number=5, answer_tokens=200
    )
    seconds = time.perf_counter() - start
    actions = asked.report["action"].value_counts().to_dict()
    print(f"\n{style}: {seconds:.1f} s, lines {actions}; {dict(list(asked.items())[:1])}")
    assert asked and len(asked.report) >= len(asked)
    again = clipnb.generate_descriptors(
        CLASSES[:4],
        MODEL,
        server,
        style=style,
        hint=HINT,
        number=5,
        answer_tokens=200,
        max_calls=0,
    )
    assert dict(again) == dict(asked)


def test_prompts(server):
    asked = clipnb.generate_prompts(["robin"], MODEL, server, samples=1, answer_tokens=120)
    assert len(asked["robin"]) >= 1


def test_the_command_finds_the_model_of_a_local_program(server, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(local.PROGRAMS, "llama.cpp", server)
    out = tmp_path / "birds.json"
    arguments = ["robin", "wren", "--local", "llama.cpp", "--out", str(out)]
    assert clipnb.llm.command.main([*arguments, "--answer-tokens", "120"]) in (0, 3)
    assert set(clipnb.load_descriptors(out)) <= {"robin", "wren"}
    assert json.loads(out.read_text()) and server in capsys.readouterr().out


def test_a_killed_run_goes_on_with_what_is_missing(server, tmp_path):
    out = tmp_path / "all.json"
    command = [sys.executable, "-m", "clipnb", "ask", *CLASSES, "--base-url", server]
    command += ["--out", str(out), "--concurrency", "1", "--answer-tokens", "150"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        while stored(tmp_path) < 2 and process.poll() is None:
            time.sleep(0.02)
        process.kill()
    there = stored(tmp_path)
    assert 2 <= there < len(CLASSES) and not out.exists()
    ended = subprocess.run(command, capture_output=True, text=True)
    assert ended.returncode in (0, 3), ended.stderr
    assert f"{len(CLASSES) - there} calls to make, {there} answered from the cache" in ended.stdout
    assert stored(tmp_path) == len(CLASSES)


def test_descriptors_of_a_small_model_can_be_classified_with(server, clip, fieldguide):
    names = fieldguide.class_names[:4]
    asked = clipnb.generate_descriptors(names, MODEL, server, answer_tokens=200)
    table = clipnb.descriptor_prompts(asked, include_name=False)
    assert (
        clipnb.ZeroShotClassifier(clip, table).predict(fieldguide.images[0]).scores.isfinite().all()
    )

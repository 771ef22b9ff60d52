"""A language model asked by processes that are killed, by two at once, and from the command
line."""

import os
import signal
import sqlite3
import subprocess
import sys
import time

import pytest
from llm_server import BULLETS, serving
from test_llm import ROOT, ask, here, own_cache

import clipnb
from clipnb.llm import command as llm_command
from clipnb.llm import store

# --- killed, and two at once ----------------------------------------------------------------------

RUN = """
import sys, clipnb
from clipnb.llm import generate
generate.BACKOFF = 0.01
classes = [f"class {i}" for i in range(int(sys.argv[2]))]
found = clipnb.generate_descriptors(classes, "test", sys.argv[1], concurrency=4, quiet=True)
print(len(found))
"""


def start(server, classes: int) -> subprocess.Popen:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", RUN, server.url, str(classes)]
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def wait_for(server, requests: int) -> None:
    deadline = time.monotonic() + 60
    while len(server.requests) < requests:
        assert time.monotonic() < deadline, f"{len(server.requests)} requests after a minute"
        time.sleep(0.005)


def test_killed_three_times_nothing_lost_nothing_asked_twice():
    """kill -9 of whoever asked: the process beside it keeps what is on the wire, and the next run
    waits for that."""
    with serving(lambda name, times, body: {"text": BULLETS.format(name), "delay": 0.05}) as server:
        for requests in (5, 14, 26):
            process = start(server, 40)
            wait_for(server, requests)
            process.send_signal(signal.SIGKILL)
            assert process.wait() == -signal.SIGKILL
            process.communicate()
        out, err = start(server, 40).communicate(timeout=120)
        assert out.strip() == "40", err
        assert server.asked == {f"class {i}": 1 for i in range(40)}


def test_interrupted_the_answers_on_the_wire_are_kept(tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with serving(lambda name, times, body: {"text": BULLETS.format(name), "delay": 0.3}) as server:
        names, out = [f"class {i}" for i in range(100)], str(tmp_path / "out.json")
        command = [
            sys.executable,
            "-m",
            "clipnb.llm",
            *names,
            "--base-url",
            server.url,
            "--out",
            out,
        ]
        listening = lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)
        process = subprocess.Popen(
            command,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=listening if os.name == "posix" else None,
        )
        wait_for(server, 6)
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=60)
        assert (
            process.returncode == 130
            and "the same command continues" in error
            and "Traceback" not in error
        )
        with sqlite3.connect(tmp_path / "cache" / "answers.sqlite") as connection:
            kept = connection.execute("SELECT count(*) FROM answers").fetchone()[0]
        assert 6 <= kept == len(server.requests) < 20 and not os.path.exists(out)


def test_two_processes_at_once_ask_each_thing_once():
    with serving(lambda name, times, body: {"text": BULLETS.format(name), "delay": 0.02}) as server:
        processes = [start(server, 30) for _ in range(2)]
        results = [process.communicate(timeout=120) for process in processes]
        assert [out.strip() for out, _ in results] == ["30", "30"], results
        assert server.asked == {f"class {i}": 1 for i in range(30)}


def test_a_claim_of_a_dead_process_lapses_and_one_of_a_living_holds(tmp_path):
    path = tmp_path / "answers.sqlite"
    assert (
        store.claim(path, "k", "dead", lease=0.05) == "mine"
        and store.claim(path, "k", "other", lease=0.05) == "busy"
    )
    store.renew(path, "dead", lease=0.2)
    time.sleep(0.1)
    assert store.claim(path, "k", "other") == "busy"
    time.sleep(0.15)
    assert store.claim(path, "k", "other") == "mine"
    answer = {"text": "- a", "finish": "stop", "question_tokens": 1, "answer_tokens": None}
    store.keep(path, "k", "s", {"model": "m"}, 0, answer)
    # the dead one was only asleep
    store.keep(path, "k", "s", {"model": "m"}, 0, {**answer, "text": "late"})
    assert (
        store.claim(path, "k", "third") == "answered"
        and store.read(path, ["k"])["k"]["answer"] == "- a"
    )
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM claims").fetchone()[0] == 0


def test_a_process_that_cannot_start_is_said(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with serving() as server, pytest.raises(clipnb.LanguageModelError, match="ended unexpectedly"):
        ask(server)


# --- the command line -----------------------------------------------------------------------------


def test_the_command_line(here, tmp_path, capsys):
    out, more = tmp_path / "mushrooms.json", tmp_path / "classes.txt"
    more.write_text("ink cap\n\n  fly agaric \n", "utf-8")
    with serving(
        lambda name, times, body: f"- a red cap of {name}\n- tastes bitter\n- \n- without a ring"
    ) as server:
        command = [
            "--classes-file",
            str(more),
            "--out",
            str(out),
            "--base-url",
            server.url,
            "--model",
            "test",
            "fly agaric",
            "--style",
            "direct",
        ]
        assert llm_command.main(command) == 0
        printed = capsys.readouterr().out
        assert (
            "2 calls to make" in printed
            and "dropped fly agaric: 'tastes bitter': a picture cannot show a taste" in printed
        )
        assert (
            "4 lines for 2 classes" in printed
            and "'without a ring': a negation, which CLIP does not read" in printed
        )
        assert clipnb.load_descriptors(out)["ink cap"] == ["a red cap of ink cap", "without a ring"]
        before = out.read_bytes()
        with pytest.raises(SystemExit) as stopped:
            llm_command.main(command)
        assert (
            stopped.value.code == 2
            and "--force" in capsys.readouterr().err
            and out.read_bytes() == before
        )
        assert (
            llm_command.main([*command, "--force", "--drop-own-name"]) == 0
            and sum(server.asked.values()) == 2
        )
        assert clipnb.load_descriptors(out)["ink cap"] == ["without a ring"]
        assert llm_command.main([*command, "--force", "--prompts", "--samples", "1"]) == 0
        assert "a red cap of" in " ".join(clipnb.load_descriptors(out)["ink cap"])


def test_exit_codes_of_the_command_line(here, tmp_path, capsys):
    def behave(name, times, body):
        return (
            {"status": 401, "json": {}}
            if name == "forbidden"
            else "no list"
            if name == "odd"
            else BULLETS.format(name)
        )

    with serving(behave) as server:
        base = ["--base-url", server.url, "--out"]
        assert (
            llm_command.main(["forbidden", *base, str(tmp_path / "a.json")]) == 1
            and not (tmp_path / "a.json").exists()
        )
        assert (
            llm_command.main(["ink cap", "odd", *base, str(tmp_path / "b.json")]) == 3
            and "odd" in capsys.readouterr().err
        )
        assert (
            llm_command.main(["new", "--max-calls", "0", *base, str(tmp_path / "c.json")]) == 1
            and server.asked["new"] == 0
        )
        for wrong in (
            [],
            ["a", "--number", "0"],
            ["a", "--classes-file", str(tmp_path / "no.txt")],
        ):
            with pytest.raises(SystemExit) as stopped:
                llm_command.main([*wrong, *base, str(tmp_path / "d.json")])
            assert stopped.value.code == 2


def test_help_names_every_option():
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    shown = subprocess.run(
        [sys.executable, "-m", "clipnb.llm", "--help"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stderr == "" and all(
        word in shown.stdout
        for word in ("--base-url", "OPENAI_API_KEY", "Exit codes", "--force", "--max-calls")
    )

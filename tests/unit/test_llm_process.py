"""A language model asked by runs that are killed or interrupted, by two at once, and from the
command line."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter

import pytest
from llm_server import BULLETS, serving
from stress_llm import CONCURRENCY, faulty, stress
from test_llm import ROOT, ask, own_cache

import clipnb
from clipnb.llm import command as llm_command
from clipnb.llm import store
from clipnb.llm.questions import Call
from clipnb.support.cache import cache_place

# --- killed, and two at once ----------------------------------------------------------------------

RUN = """
import sys, clipnb
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


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the runs are forks of one process")
def test_killed_at_random_no_stored_answer_is_lost(tmp_path):
    """kill -9: the next run repeats at most the calls that were on the wire. A longer form is
    tests/support/stress_llm.py."""
    chance = random.Random(1)
    with serving(faulty(chance, Counter())) as server:
        outcome = stress(server, 60, 10, str(tmp_path / "killed"), chance)
        assert outcome.found == 60 and outcome.kills >= 5
        assert outcome.most_lost <= CONCURRENCY
        assert {name: server.asked[name] for name in outcome.asked_when_kept} == (
            outcome.asked_when_kept
        )
        assert "THIS-IS-SECRET" not in outcome.printed


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


@pytest.mark.slow
def test_two_processes_share_what_is_stored():
    """Each looks into the store just before a call, so that they repeat at most the calls that are
    on the wire at the same time."""
    with serving(lambda name, times, body: {"text": BULLETS.format(name), "delay": 0.02}) as server:
        first = start(server, 60)
        wait_for(server, 8)
        second = start(server, 60)
        results = [process.communicate(timeout=120) for process in (first, second)]
        assert [out.strip() for out, _ in results] == ["60", "60"], results
        assert set(server.asked) == {f"class {i}" for i in range(60)}
        assert max(server.asked.values()) <= 2


def test_a_call_whose_answer_another_process_has_stored_is_not_made(monkeypatch):
    with serving() as server:
        ask(server, ["a", "b"])
        monkeypatch.setattr("clipnb.llm.plan._read", late(ask_twice := []))
        ask(server, ["a", "b", "c"])
        assert server.asked == {"a": 1, "b": 1, "c": 1} and len(ask_twice) == 2


def late(calls: list):
    """Reads nothing before the run, as if another process stored its answers after that."""
    from clipnb.llm import plan

    read = plan._read

    def first_nothing(*arguments):
        calls.append(arguments)
        return {} if len(calls) == 1 else read(*arguments)

    return first_nothing


def test_answers_that_vanish_during_a_run_are_said(monkeypatch):
    monkeypatch.setattr(store, "keep", lambda *_: None)
    with serving() as server, pytest.raises(clipnb.LanguageModelError, match="has lost 1 of them"):
        ask(server, ["a"])


def test_the_first_answer_stays_and_a_damaged_one_is_replaced(tmp_path):
    path = str(tmp_path / "answers.sqlite")
    call = Call("frog", "s", {"model": "m"}, "direct")
    answer = lambda text: store.Answer(text, "stop", 1, None, "2026-01-01T00:00:00+00:00")
    assert not store.is_stored(path, call.key)
    store.keep(path, call, answer("- a"))
    store.keep(path, call, answer("late"))
    assert store.is_stored(path, call.key)
    assert store.read(path, [call.key]) == {call.key: answer("- a")}
    for change in (
        "answer = NULL",
        "answer = x'ff'",
        "finish = 'length'",
        "answer_tokens = 'many'",
    ):
        with sqlite3.connect(path) as connection:
            connection.execute(f"UPDATE answers SET {change}")
        assert not store.is_stored(path, call.key) and store.read(path, [call.key]) == {}
        store.keep(path, call, answer("- b"))
        assert store.read(path, [call.key]) == {call.key: answer("- b")}


def test_a_damaged_file_gives_the_same_answers_or_is_named():
    """Flipped bits, a missing end, rubbish in the middle: never another answer, nor an error of
    SQLite's or Python's."""
    chance, names = random.Random(1), [f"bird {i}" for i in range(20)]
    with serving(lambda name, *_: f"- a red mark\n- a tail like {name}") as server:
        good, path = dict(ask(server, names, own_name="keep")), cache_place() / "answers.sqlite"
        whole, ends = path.read_bytes(), Counter()
        for trial in range(45):
            raw, at = bytearray(whole), chance.randrange(len(whole) - 300)
            if trial % 3 == 0:
                raw[at] ^= 1 << chance.randrange(8)
            elif trial % 3 == 1:
                del raw[at:]
            else:
                raw[at : at + 256] = chance.randbytes(256)
            path.write_bytes(raw)
            try:
                assert dict(ask(server, names, own_name="keep")) == good
                ends["the same"] += 1
            except clipnb.LanguageModelError as error:
                assert "answers.sqlite" in str(error) and "\n" not in str(error)
                ends["refused"] += 1
    assert ends["the same"] > 10 and ends["refused"] > 5, ends


def test_a_file_that_cannot_be_written_costs_no_call(monkeypatch):
    """Read-only: what is stored is read, and nothing is asked that could not be stored."""
    connect = sqlite3.connect
    with serving() as server:
        ask(server, ["a"])
        read_only = lambda path, **options: connect(f"file:{path}?mode=ro", uri=True, **options)
        monkeypatch.setattr(store.sqlite3, "connect", read_only)
        assert list(ask(server, ["a"])) == ["a"]
        with pytest.raises(clipnb.LanguageModelError, match="cannot be kept in .*readonly"):
            ask(server, ["a", "b"])
        assert server.asked == {"a": 1}


# --- the command line -----------------------------------------------------------------------------


def test_the_command_line(tmp_path, capsys):
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
            and "dropped fly agaric: 'tastes bitter': an image cannot show a taste" in printed
        )
        assert (
            "4 lines for 2 classes" in printed
            and "'without a ring': a negation, which CLIP models often misread" in printed
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


def test_exit_codes_of_the_command_line(tmp_path, capsys):
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


@pytest.mark.parametrize("step", ["_parser", "_described", "DescriptorSet", "_tell"])
def test_ctrl_c_ends_the_command_in_one_line(step, tmp_path, capsys, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    with serving() as server:
        monkeypatch.setattr(llm_command, step, interrupted)
        command = ["a", "--base-url", server.url, "--out", str(tmp_path / "a.json")]
        assert llm_command.main(command) == 130
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "the same command continues" in said


def test_what_the_command_prints_cannot_steer_a_terminal(tmp_path, capsys):
    files = {"long.txt": b"x" * 300, "odd.txt": b"frog\x1b[2J", "raw.txt": b"\xff\xfe\xff"}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    commands = [["--classes-file", str(tmp_path / name)] for name in [*files, "no\x1b.txt"]]
    commands += [
        ["frog", "--out", str(tmp_path / "no\x1b" / "a.json")],
        ["frog", "--model", "\x1b"],
    ]
    for command in commands:
        with pytest.raises(SystemExit) as stopped:
            llm_command.main(["--out", str(tmp_path / "a.json"), *command])
        said = capsys.readouterr().err
        assert stopped.value.code == 2 and "\x1b" not in said and len(said.splitlines()) < 40
    said = {"status": 400, "json": {"error": {"message": "no \x1b[2J\x1b]0;pwned\x07"}}}
    with serving(lambda *_: said) as server:
        out = ["--out", str(tmp_path / "a.json"), "--base-url", server.url]
        assert llm_command.main(["frog", *out]) == 1
    assert "\x1b" not in capsys.readouterr().err


def test_other_ways_to_ask_again_are_named_for_the_temperature(tmp_path, capsys):
    with serving(lambda name, *_: "no list" if name == "odd" else "- a red cap") as server:
        command = ["odd", "frog", "--base-url", server.url, "--force", "--out"]
        command += [str(tmp_path / "a.json")]
        assert llm_command.main(command) == 3 and "--temperature above 0" in capsys.readouterr().err
        assert llm_command.main([*command, "--temperature", "0.7"]) == 3
        assert "with a --seed" in capsys.readouterr().err


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

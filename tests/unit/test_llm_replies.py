"""What a server says about its answers beside their text: which model wrote them, and why they
ended. And the file of answers when it is old, or held by another program."""

import json
import sqlite3
import time

import pytest
from llm_server import BULLETS, completion, serving

import clipnb
from clipnb.llm import client, store
from clipnb.llm import command as llm_command
from clipnb.llm.questions import Call
from clipnb.llm.server import same_model
from clipnb.support.cache import cache_place

TORN = "- a red breast\n- a beak that is sh"


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("CLIPNB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(client, "BACKOFF", 0.005)


def ask(server, classes=("robin",), model="test", **options):
    options = {"quiet": True, "timeout": 5, "retries": 0, **options}
    return clipnb.generate_descriptors(classes, model, server.url, **options)


def answered_by(model):
    """A server that holds one model, whatever is asked for."""
    return lambda name, *_: {"json": completion(BULLETS.format(name)) | {"model": model}}


# --- which model ----------------------------------------------------------------------------------


def test_another_model_is_named_also_when_its_answer_is_stored(tmp_path, capsys):
    words = "'llama-3-70b', but 'qwen2.5-0.5b' wrote 2 of 2 answers, the first about 'robin'"
    with serving(answered_by("qwen2.5-0.5b")) as server:
        for _ in range(2):
            with pytest.warns(UserWarning, match=words):
                found = ask(server, ["robin", "wren"], "llama-3-70b")
        assert sum(server.asked.values()) == 2
        command = ["robin", "--base-url", server.url, "--model", "llama-3-70b"]
        assert llm_command.main([*command, "--out", str(tmp_path / "d.json")]) == 0
    assert "but 'qwen2.5-0.5b' wrote 1 of 1" in capsys.readouterr().err
    kept = clipnb.load_descriptors(tmp_path / "d.json").provenance
    assert kept["model"] == "llama-3-70b" and kept["answered_by"] == "qwen2.5-0.5b"
    assert found.provenance["answered_by"] == "qwen2.5-0.5b"


def test_a_model_that_changes_within_a_run_is_in_the_provenance():
    with serving(lambda name, *_: answered_by("m-a" if name == "robin" else "m-b")(name)) as server:
        with pytest.warns(UserWarning, match="'m-a', but 'm-b' wrote 1 of 2 .* about 'wren'"):
            found = ask(server, ["robin", "wren"], "m-a")
    assert found.provenance["answered_by"] == ["m-a", "m-b"]


@pytest.mark.parametrize("model", [None, "", 7, ["m"]], ids=repr)
def test_a_server_that_does_not_name_its_model_is_not_complained_of(model, recwarn):
    with serving(answered_by(model)) as server:
        assert "answered_by" not in ask(server).provenance
    assert not recwarn.list


SAME = [
    ("gpt-4o", "gpt-4o-2024-08-06"),
    ("gpt-4", "gpt-4-0613"),
    ("claude-3-5-sonnet-latest", "claude-3-5-sonnet-20241022"),
    ("mistral-large-latest", "mistral-large-2411"),
    ("llama3.2", "llama3.2:latest"),
    ("openai/gpt-4o-mini", "gpt-4o-mini-2024-07-18"),
    ("gemini-2.0-flash", "models/gemini-2.0-flash-001"),
    ("Qwen2.5-7B", "C:\\models\\qwen2.5-7b.gguf"),
    ("meta/llama-3:free", "meta/llama-3"),
]
OTHERS = [
    ("gpt-4o", "gpt-4o-mini"),
    ("gpt-4-0613", "gpt-4-1106"),
    ("llama-3-70b", "llama-3-8b"),
    ("llama-3", "llama-3-70b"),
    ("llama3.2", "llama3.2:1b"),
    ("a/model", "b/model"),
    ("phi-3", "phi-4"),
]


@pytest.mark.parametrize("asked, answered", SAME + [pair[::-1] for pair in SAME])
def test_a_version_is_no_other_model(asked, answered):
    assert same_model(asked, answered)


@pytest.mark.parametrize("asked, answered", OTHERS + [pair[::-1] for pair in OTHERS])
def test_another_size_or_owner_is_another_model(asked, answered):
    assert not same_model(asked, answered)


# --- why an answer ended --------------------------------------------------------------------------


@pytest.mark.parametrize("reason", ["error", "abort", "ERROR", "insufficient_system_resource"])
def test_an_answer_that_broke_off_is_asked_for_again_and_not_kept(reason):
    with serving(
        lambda name, times, _: {"text": TORN, "finish": reason} if times < 3 else BULLETS
    ) as server:
        words = f"broke off its answer .*{reason}.*about 'robin'; 0 of 1 answers came"
        with pytest.raises(clipnb.LanguageModelError, match=words):
            ask(server)
        assert len(ask(server, retries=2)["robin"]) == 3 and server.asked["robin"] == 3


def test_an_error_beside_the_text_is_one_also_where_the_reason_is_usual():
    reply = completion(TORN)
    reply["choices"][0]["error"] = {"code": 502, "message": "provider disconnected"}
    with serving(lambda *_: {"json": reply}) as server:
        with pytest.raises(clipnb.LanguageModelError, match="broke off its answer"):
            ask(server)


@pytest.mark.parametrize("reason", ["content_filter", "SAFETY", "tool_calls", "new", None])
def test_the_last_line_is_left_out_where_the_end_is_not_known_to_be_whole(reason):
    with serving(lambda *_: {"text": TORN, "finish": reason}) as server:
        for _ in range(2):
            with pytest.warns(UserWarning, match=f"1 answers .* 'robin'.*'{reason}'"):
                assert ask(server)["robin"] == ["a red breast"]


@pytest.mark.parametrize("reason", ["stop", "STOP", "eos_token", "end_turn", "length"])
def test_usual_ends_are_not_warned_of(reason, recwarn):
    with serving(lambda *_: {"text": TORN, "finish": reason}) as server:
        assert len(ask(server)["robin"]) == (1 if reason == "length" else 2)
    assert not recwarn.list


# --- the file of answers --------------------------------------------------------------------------

OLD_TABLE = """CREATE TABLE answers (key TEXT PRIMARY KEY, server TEXT, request TEXT,
    answer TEXT, finish TEXT, question_tokens INTEGER, answer_tokens INTEGER, time TEXT,
    checksum TEXT)"""


def old_file(path, finish="stop"):
    """A file of answers of clipnb 0.1, with one answer."""
    call = Call("frog", "s", {"model": "m"}, "direct")
    answer = store.Answer("- a", finish, 1, None, "2026-01-01T00:00:00+00:00")
    row = [call.key, "s", json.dumps(call.body), "- a", finish, 1, None, answer.time]
    with sqlite3.connect(path) as connection:
        connection.execute(OLD_TABLE)
        marks = ", ".join("?" * 9)
        connection.execute(
            f"INSERT INTO answers VALUES ({marks})", [*row, answer.checksum(call.key)]
        )
    return call, answer


def test_answers_of_the_first_version_are_read_and_new_ones_stored_beside_them(tmp_path):
    path = str(tmp_path / "answers.sqlite")
    call, answer = old_file(path)
    new, said = (
        Call("toad", "s", {"model": "m2"}, "direct"),
        store.Answer("- b", "stop", 1, 1, "t", "m"),
    )
    assert store.read(path, [call.key, new.key]) == {call.key: answer}
    store.keep(path, new, said)
    assert store.read(path, [call.key, new.key]) == {call.key: answer, new.key: said}


def test_a_broken_answer_that_was_stored_before_is_asked_for_again(tmp_path):
    path = str(tmp_path / "answers.sqlite")
    call, _ = old_file(path, finish="error")
    assert not store.is_stored(path, call.key) and store.read(path, [call.key]) == {}


def test_a_file_that_another_program_holds_is_named_soon_and_nothing_is_paid_for(monkeypatch):
    monkeypatch.setattr(store, "LOCK_SECONDS", 0.2)
    with serving() as server:
        ask(server)
        holder = sqlite3.connect(cache_place() / "answers.sqlite", isolation_level=None)
        for lock in ("EXCLUSIVE", "IMMEDIATE"):  # the second lets others read
            holder.execute(f"BEGIN {lock}")
            start = time.monotonic()
            with pytest.raises(
                clipnb.LanguageModelError, match="is held by another program; close"
            ):
                ask(server, ["wren"])
            assert time.monotonic() - start < 5 and server.asked["wren"] == 0
            holder.execute("ROLLBACK")
        holder.close()
        assert ask(server, ["wren"])

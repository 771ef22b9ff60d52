"""Asking a language model, against a real server on loopback that breaks in every way; nothing here
mocks the client."""

import json
import logging
import sqlite3
import threading
import time
import traceback
from email.utils import formatdate
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from llm_server import BULLETS, FEATURES, completion, serving

import clipnb
from clipnb.llm import client, store
from clipnb.llm.server import Key, is_local, server_address

ROOT = Path(__file__).parent.parent.parent
KEY = "sk-test-THIS-IS-SECRET-0123456789"
ODD_KEY = "sk-brökén-0123456789"  # no key has such letters


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("CLIPNB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    monkeypatch.setattr(client, "BACKOFF", 0.005)


def ask(server, classes=("fly agaric", "ink cap"), **options):
    options = {"quiet": True, "timeout": 5, "retries": 2, **options}
    return clipnb.generate_descriptors(classes, "test", server.url, **options)


def first_time(fault):
    """The fault at the first request for each class, then an answer."""
    return lambda name, times, body: fault if times == 1 else BULLETS.format(name)


# --- the ordinary case ----------------------------------------------------------


def test_descriptors_once_and_from_the_cache_with_no_key_and_no_server(
    capsys, monkeypatch, tmp_path
):
    with serving() as server:
        found = ask(server, ["fly agaric", "ink cap", "fly agaric"], quiet=False)
        assert found["fly agaric"] == [f"{f} of sort fly agaric" for f in FEATURES] and list(
            found
        ) == ["fly agaric", "ink cap"]
        assert server.asked == {"fly agaric": 1, "ink cap": 1}
        assert (
            server.requests[0]["path"] == "/v1/chat/completions"
            and server.requests[0]["key"] == f"Bearer {KEY}"
        )
    assert "2 calls to make, 0 answered from the cache; at most" in capsys.readouterr().out
    monkeypatch.delenv("OPENAI_API_KEY")
    again = ask(server, ["ink cap", "fly agaric"], quiet=False, max_calls=0)
    assert again["ink cap"] == found["ink cap"] and list(again) == ["ink cap", "fly agaric"]
    assert "0 calls to make, 2 answered from the cache; at most 0 tokens" in capsys.readouterr().out
    found.save(tmp_path / "a.json")
    loaded = clipnb.load_descriptors(tmp_path / "a.json")
    assert (
        dict(loaded) == dict(found)
        and loaded.provenance["model"] == "test"
        and loaded.provenance["server"] == server.url
    )
    assert (
        loaded.provenance["question"].startswith("What are useful features")
        and loaded.provenance["answers"] == 2
    )


def test_the_papers_question_is_two_worked_examples_and_the_class():
    with serving() as server:
        ask(server, ["tree_frog"], language="German", hint={"tree_frog": "an amphibian"})
        body = server.requests[0]["body"]
    roles = [message["role"] for message in body["messages"]]
    assert roles == ["system", "user", "assistant", "user", "assistant", "user"]
    assert (
        body["messages"][0]["content"] == "Answer in German."
        and "lemur" in body["messages"][1]["content"]
    )
    assert (
        body["messages"][-1]["content"]
        == "What are useful features for distinguishing a tree frog (an amphibian) in a photo?"
    )
    assert (
        body["temperature"] == 0
        and body["max_tokens"] == 400
        and "seed" not in body
        and "response_format" not in body
    )


def test_prompts_ask_three_questions_several_times():
    with serving(
        lambda name, times, body: (
            f"It is red, number {times}. There are over 6,300 species of it. It has a cap!"
        )
    ) as server:
        table = clipnb.generate_prompts(
            ["toadstool"], "test", server.url, samples=2, quiet=True, seed=5
        )
        assert sum(server.asked.values()) == 6
        assert (
            sorted({r["body"]["seed"] for r in server.requests}) == [5, 6]
            and server.requests[0]["body"]["temperature"] == 0.99
        )
    assert isinstance(table, clipnb.PromptTable) and table["toadstool"].count("It has a cap!") == 1
    assert "It is red, number 2." in table["toadstool"] and not any(
        "6,300" in s for s in table.prompts
    )
    assert table.provenance[
        "samples"
    ] == 2 and "an image cannot show a number of species, 6 times" in set(table.report["reason"])


# --- structured answers ---------------------------------------------------------------------------


def test_json_by_schema_and_from_then_on_from_the_cache():
    with serving(
        lambda name, times, body: json.dumps(
            {"descriptors": ["a red cap", body["response_format"]["type"]]}
        )
    ) as server:
        assert ask(server, ["ink cap"], style="json")["ink cap"] == ["a red cap", "json_schema"]
        ask(server, ["ink cap"], style="json")
        assert server.asked["ink cap"] == 1


def test_a_server_without_schemas_is_asked_for_a_list():
    def behave(name, times, body):
        if "response_format" in body:
            return {
                "status": 400,
                "json": {"error": {"message": "response_format is not supported"}},
            }
        return BULLETS.format(name)

    with serving(behave) as server:
        classes = [f"class {i}" for i in range(8)]
        assert len(ask(server, classes, style="json", concurrency=2)) == 8
        assert sum("response_format" in r["body"] for r in server.requests) <= 2  # then it is known
        before = len(server.requests)
        assert len(ask(server, classes, style="json")) == 8 and len(server.requests) == before


@pytest.mark.parametrize(
    "text, left",
    [
        ('{"descriptors": ["a red cap", "pale gil', ["a red cap"]),  # cut off
        ('```json\n{"features": ["a red cap"]}\n```', ["a red cap"]),
        # data; escaped where HTML is made
        ("- a red cap\n- <script>alert(1)</script>", ["a red cap", "<script>alert(1)</script>"]),
        # a terminal would obey
        ("- a red cap\n- \x1b[31mred\x07 \u202egills", ["a red cap", "[31mred gills"]),
    ],
)
def test_answers_of_other_shapes(text, left):
    with serving(lambda name, times, body: text) as server:
        assert ask(server, ["ink cap"], style="json")["ink cap"] == left


# --- faults that pass -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 429, "json": {"error": {"message": "slow down", "code": "rate_limit_exceeded"}}},
        {"status": 429, "headers": {"Retry-After": "nonsense"}, "json": {}},
        {"status": 500, "raw": b"<html>oops</html>"},
        {"status": 503, "json": {}},
        {"text": "- late", "delay": 1.0},
        {"text": "- broken off", "reset": True},
        {"raw": json.dumps(completion("- cut off")).encode()[:60]},
        {"raw": b""},
        {"json": {"choices": []}},
        {"json": {"choices": [{"message": {"content": 5}}]}},
        {"headers": {"Content-Length": "5000"}, "raw": b"{}", "reset": True},
    ],
    ids=[
        "429",
        "429 odd header",
        "500",
        "503",
        "time-out",
        "reset",
        "truncated JSON",
        "nothing",
        "no choice",
        "a number",
        "short",
    ],
)
def test_a_fault_that_passes_is_repeated(fault):
    with serving(first_time(fault)) as server:
        found = ask(server, timeout=0.3 if "delay" in fault else 5)
        times = [server.asked[name] for name in ("fly agaric", "ink cap")]
        # on a machine that stalls, the second answer may be late as well, and is asked for once
        # more
        assert times == [2, 2] or ("delay" in fault and min(times) >= 2)
        assert all("of sort" in d for row in found.values() for d in row)


@pytest.mark.parametrize("header", ["seconds", "date"])
def test_retry_after_is_respected_by_all_callers(header):
    def behave(name, times, body):
        if name == "first" and times == 1:
            # whole seconds: 1 to 2 from now
            value = "0.5" if header == "seconds" else formatdate(time.time() + 2, usegmt=True)
            return {"status": 429, "headers": {"Retry-After": value}, "json": {}}
        return BULLETS.format(name)

    with serving(behave) as server:
        ask(server, ["first", "second"], concurrency=1)
        times = [request["time"] for request in server.requests]
        assert [r["name"] for r in server.requests] == ["first", "first", "second"] and 0.4 < times[
            1
        ] - times[0] < 4


def test_retry_after_too_far_off_ends_the_run():
    with serving(
        lambda name, times, body: {"status": 429, "headers": {"Retry-After": "3600"}, "json": {}}
    ) as server:
        with pytest.raises(clipnb.LanguageModelError, match="asks to wait 3,600 seconds"):
            ask(server, ["ink cap"])
        assert server.asked["ink cap"] == 1


@given(
    st.one_of(st.text(), st.floats().map(str), st.datetimes().map(lambda d: formatdate(0) + str(d)))
)
@settings(max_examples=100, deadline=None, derandomize=True, database=None)
def test_any_retry_after_is_a_time(value):
    assert 0 <= client.retry_after({"retry-after": value}) <= 1e9


def test_a_class_that_always_fails_does_not_cost_the_others():
    with serving(
        lambda name, times, body: (
            {"status": 500, "json": {}} if name == "bad" else BULLETS.format(name)
        )
    ) as server:
        classes = ["bad", "a", "b", "c", "d"]
        with pytest.raises(
            clipnb.LanguageModelError,
            match=r"has a fault \(500\), about 'bad'; 4 of 5 answers came and are kept",
        ):
            ask(server, classes)
        assert server.asked["bad"] == 3 and len(ask(server, classes[1:])) == 4
        assert [server.asked[name] for name in classes[1:]] == [1] * 4


def test_a_server_that_answers_nobody_is_given_up():
    with serving(lambda name, times, body: {"status": 500, "json": {}}) as server:
        with pytest.raises(clipnb.LanguageModelError, match="0 of 50 answers"):
            ask(server, [f"class {i}" for i in range(50)], retries=0, concurrency=2)
        assert len(server.requests) <= 5


# --- faults that end the run ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "status, error, sentence",
    [
        (401, {"message": "Incorrect API key provided: <KEY>"}, "does not accept the API key"),
        (403, {"message": "<KEY> may not"}, "forbids this to this API key"),
        (404, {"message": "no such model", "code": "model_not_found"}, "has no model 'test'"),
        (400, {"message": "unknown", "code": "model_not_found"}, "has no model 'test'"),
        (
            429,
            {"message": "You exceeded your quota", "code": "insufficient_quota"},
            "quota of this API key .* is used up",
        ),
        (
            429,
            {"message": "You exceeded your quota", "type": "insufficient_quota"},
            "quota of this API key .* is used up",
        ),
        (402, {"message": "pay"}, "quota of this API key .* is used up"),
        (
            400,
            {"message": "bad temperature, dear <KEY>"},
            "refuses the request .400.: .*bad temperature, dear .API key.",
        ),
    ],
)
def test_what_ends_the_run_at_once(status, error, sentence):
    def behave(name, times, body):
        said = {"error": {field: text.replace("<KEY>", KEY) for field, text in error.items()}}
        return BULLETS.format(name) if name == "first" else {"status": status, "json": said}

    with serving(behave) as server:
        with pytest.raises(clipnb.LanguageModelError, match=sentence) as caught:
            ask(server, ["first", "second"], concurrency=1, retries=5)
        assert server.asked == {"first": 1, "second": 1}
        assert KEY not in "".join(
            traceback.TracebackException.from_exception(caught.value, capture_locals=True).format()
        )
        assert (
            "1 of 2 answers came and are kept" in str(caught.value)
            and caught.value.__cause__ is None
        )
        ask(server, ["first"])
        assert server.asked["first"] == 1


def test_nobody_at_the_address_is_said_at_once():
    with serving() as server:
        url = server.url
    start = time.monotonic()
    with pytest.raises(clipnb.LanguageModelError, match="Nothing answers at http://127.0.0.1"):
        clipnb.generate_descriptors(["ink cap"], "test", url, quiet=True)
    assert time.monotonic() - start < 5


def test_no_key(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(clipnb.LanguageModelError, match="There is no API key; set OPENAI_API_KEY"):
        clipnb.generate_descriptors(["ink cap"], quiet=True)
    monkeypatch.setenv("OPENAI_API_KEY", ODD_KEY)
    with pytest.raises(clipnb.LanguageModelError, match="no key has") as caught:
        clipnb.generate_descriptors(["ink cap"], quiet=True)
    shown = "".join(
        traceback.TracebackException.from_exception(caught.value, capture_locals=True).format()
    )
    assert "LanguageModelError" in shown and ODD_KEY[3:] not in shown


def test_a_key_from_the_environment_does_not_travel_unencrypted():
    assert not Key().for_server("http://192.168.1.5:11434/v1")
    assert Key("given").for_server("http://192.168.1.5/v1").plain() == "given"
    for server in ("https://example.org/v1", "http://localhost:11434/v1", "http://[::1]:80/v1"):
        assert Key().for_server(server).plain() == KEY


@pytest.mark.parametrize(
    "options, message",
    [
        ({"classes": "ink cap"}, "one string"),
        ({"classes": []}, "no classes"),
        ({"classes": ["a\nb"]}, "not a class name"),
        ({"classes": [""]}, "not a class name"),
        ({"style": "haiku"}, "haiku"),
        ({"number": 0}, "number"),
        ({"concurrency": 0}, "concurrency"),
        ({"timeout": 0}, "timeout"),
        ({"base_url": "localhost:11434"}, "base_url"),
    ],
)
def test_arguments_that_make_no_sense_are_refused_by_name(options, message):
    options = {"classes": ["ink cap"], "base_url": "http://localhost:1/v1", **options}
    with pytest.raises(ValueError, match=message):
        clipnb.generate_descriptors(quiet=True, **options)


def test_the_budget_is_kept_before_the_first_call():
    with serving() as server:
        ask(server, ["first"])
        for name, limit in (("max_calls", 1), ("max_total_tokens", 500)):
            with pytest.raises(
                clipnb.LanguageModelError, match=f"more than {name}={limit}; nothing was asked"
            ):
                ask(server, ["first", "second", "third"], **{name: limit})
        assert sum(server.asked.values()) == 1
        assert (
            len(ask(server, ["first", "second", "third"], max_calls=2, max_total_tokens=10_000))
            == 3
        )


def test_a_damaged_file_of_answers_costs_nothing(tmp_path):
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "answers.sqlite").write_bytes(b"not a database, " * 100)
    with (
        serving() as server,
        pytest.raises(clipnb.LanguageModelError, match="answers.sqlite cannot be used"),
    ):
        ask(server)
    assert not server.requests


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("CLIPNB_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(
        clipnb.LanguageModelError, match="folder for the answers.*file.*set CLIPNB_CACHE"
    ):
        clipnb.generate_descriptors(["ink cap"], base_url="http://localhost:1/v1", quiet=True)


def test_answers_that_cannot_be_kept_are_not_asked_for(monkeypatch, tmp_path):
    def full(*_):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(store, "keep", full)
    with serving() as server:
        with pytest.raises(
            clipnb.LanguageModelError,
            match="cannot be kept in .*disk is full.*; 0 of 50 answers came",
        ):
            ask(server, [f"class {i}" for i in range(50)], concurrency=2)
        assert len(server.requests) <= 2


# --- answers that are no good ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["It is a fine mushroom. I like it very much.", "", "[]", '{"descriptors": []}', None],
    ids=str,
)
def test_prose_and_empty_lists_are_reported_and_not_paid_for_again(text):
    def behave(name, times, body):
        return {"json": completion(text)} if name == "odd" else BULLETS.format(name)

    with serving(behave) as server:
        for _ in range(2):
            with pytest.warns(
                UserWarning, match="Nothing was left of the answers about 'odd'; see .report"
            ):
                found = ask(server, ["odd", "ink cap"], style="direct")
            assert (
                list(found) == ["ink cap"]
                and found.report.set_index("class").loc["odd", "reason"] == "an empty list"
            )
        assert server.asked["odd"] == 1
        with pytest.raises(
            clipnb.LanguageModelError, match="Nothing to use in 1 answers, the first about 'odd'"
        ):
            ask(server, ["odd"], style="direct")


def test_fifty_kilobytes_and_a_reply_without_end():
    endless = (
        "- a red cap\n" + "".join(f"- spot number {i}\n" for i in range(5000)) + "- " + "x" * 50_000
    )
    with serving(lambda name, times, body: endless) as server:
        found = ask(server, ["ink cap"], number=8)
        assert len(found["ink cap"]) == 8 and found.report["descriptor"].str.len().max() < 400
    with serving(lambda name, times, body: "- x" * 600_000) as server:
        with pytest.raises(clipnb.LanguageModelError, match="longer than 1,048,576 bytes"):
            ask(server, ["ink cap"])


def test_another_classs_answer_is_flagged():
    behave = lambda name, times, body: "- a red cap\n- pale gills\n- rounder than an ink cap"
    with serving(behave) as server:
        report = ask(server, ["fly agaric", "ink cap"]).report
    flags = report[report["action"] == "flagged"].set_index("class")["reason"]
    assert (
        "the name of another class, 'ink cap'" in flags["fly agaric"]
        and (flags["ink cap"] == "the same list as for 'fly agaric'").any()
    )


def test_the_line_that_the_token_limit_cut_is_dropped():
    with serving(
        lambda name, times, body: {"text": "- a red cap\n- pale gil", "finish": "length"}
    ) as server:
        found = ask(server, ["ink cap"])
    assert found["ink cap"] == ["a red cap"] and found.report["reason"].tolist() == ["", "cut off"]


def test_unicode_class_names_from_the_question_to_the_file(tmp_path):
    classes = [
        "Fliegenpilz (Käfer)",
        "毒蝇伞",
        "мухомор",
        "🍄",
        "L'agaric {tue-mouches}",
        "100% \"quoted\" 'name'",
    ]
    with serving() as server:
        found = ask(server, classes)
        assert set(server.asked) == set(classes)
    found.save(tmp_path / "ü.json")
    assert list(clipnb.load_descriptors(tmp_path / "ü.json")) == classes


json_values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["choices", "message", "content", "usage"]) | st.text(),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@given(json_values | json_values.map(lambda v: {"choices": [{"message": v}], "usage": v}))
@settings(max_examples=100, deadline=None, derandomize=True, database=None)
def test_any_reply_is_an_answer_or_the_documented_trouble(reply):
    try:
        answer = client.read_answer(json.dumps(reply).encode(), "s", Key())
    except client.Trouble as trouble:
        assert trouble.kind == "again"
    else:
        assert isinstance(answer.text, str)


# --- the key --------------------------------------------------------------------------------------


def test_the_key_is_nowhere(tmp_path, caplog, capfd):
    """A server that repeats the key in everything it says; all loggers on."""
    caplog.set_level(logging.DEBUG)

    def behave(name, times, body):
        if name == "refused":
            return {
                "status": 400,
                "json": {"error": {"message": f"no, {KEY}", "code": KEY, "param": KEY}},
            }
        if times == 1:
            return {"status": 500, "json": {"error": {"message": KEY}}, "headers": {"X-Echo": "1"}}
        return f"- a red cap {KEY}\n- pale gills"

    with serving(behave) as server:
        found = ask(server, quiet=False)
        assert server.requests[0]["key"] == f"Bearer {KEY}"  # it was sent
        with pytest.raises(clipnb.LanguageModelError) as caught:
            ask(server, ["refused"], quiet=False)
    found.save(tmp_path / "cache" / "found.json")
    error = caught.value
    texts = [
        repr(found),
        repr(error),
        str(error),
        found.report.to_string(),
        found.report.to_html(),
        caplog.text,
        *capfd.readouterr(),
    ]
    texts += traceback.TracebackException.from_exception(error, capture_locals=True).format()
    texts += [path.read_bytes().decode("latin-1") for path in tmp_path.rglob("*") if path.is_file()]
    assert len(texts) > 8 and not any(KEY in text or KEY[8:] in text for text in texts)
    assert "a red cap [API key]" in found["ink cap"]


@pytest.mark.parametrize("generate", [clipnb.generate_descriptors, clipnb.generate_prompts])
def test_a_key_that_is_given_is_in_no_traceback(generate):
    with pytest.raises(clipnb.LanguageModelError, match="nothing was asked") as caught:
        generate(["ink cap"], "test", "http://localhost:1/v1", api_key=KEY, max_calls=0, quiet=True)
    shown = "".join(
        traceback.TracebackException.from_exception(caught.value, capture_locals=True).format()
    )
    assert "key = Key(hidden)" in shown and KEY not in shown


def test_no_password_of_an_address_is_kept():
    assert (
        server_address("https://user:secret@example.org:8000/v1/?token=secret")
        == "https://example.org:8000/v1"
    )


def test_a_local_program_is_asked_which_model_it_serves(monkeypatch, tmp_path, serve, capsys):
    from clipnb.llm import command, local

    (tmp_path / "models").write_text('{"data": [{"id": "small"}]}')
    monkeypatch.setitem(local.PROGRAMS, "ollama", serve(tmp_path).rstrip("/"))
    assert local.served_model("ollama") == "small"
    for listed, said in (
        ('{"data": [{"id": "a"}, {"id": "b"}]}', "ollama serves a, b; choose one with --model"),
        ('{"data": []}', "ollama serves no model"),
        ("[]", "ollama does not list its models at http"),
    ):
        (tmp_path / "models").write_text(listed)
        with pytest.raises(clipnb.LanguageModelError, match=said):
            local.served_model("ollama")
    monkeypatch.setitem(local.PROGRAMS, "vllm", "http://127.0.0.1:1/v1")
    monkeypatch.delenv("CLIPNB_LLM_MODEL", raising=False)
    arguments = ["robin", "--local", "vllm", "--out", str(tmp_path / "a.json")]
    assert command.main(arguments) == 1
    assert "vllm does not list its models at http://127.0.0.1:1/v1" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        command.main([*arguments, "--base-url", "http://localhost:1/v1"])

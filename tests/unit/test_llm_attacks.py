"""What a server, a proxy or a traceback does with the API key, and with time and memory."""

import asyncio
import base64
import io
import os
import re
import threading
import time
import traceback
from contextlib import suppress
from urllib.parse import quote

import numpy as np
import pytest
from IPython.core.ultratb import VerboseTB
from llm_server import BULLETS, completion, raw_serving, serving
from test_llm import KEY, ask, own_cache

import clipnb
from clipnb.llm import client
from clipnb.llm.server import Key, is_local
from clipnb.support.text import printable

# --- no key in a traceback ------------------------------------------------------------------------


class Holder:
    """Holds a key, and its repr shows none: what a traceback shows is then from clipnb."""

    def __init__(self, key):
        self.key = key

    def __repr__(self):
        return "Holder()"


def no_memory(*_, **__):
    raise OSError(12, "Cannot allocate memory")


def interrupted(*_, **__):
    raise KeyboardInterrupt


def shown(error: BaseException) -> str:
    """Tracebacks of the frames of clipnb with variables, as Python, IPython and rich write them."""
    trace = error.__traceback__
    while trace and f"clipnb{os.sep}llm" not in trace.tb_frame.f_code.co_filename:
        trace = trace.tb_next
    assert trace
    error = error.with_traceback(trace)
    verbose = VerboseTB(theme_name="nocolor", include_vars=True, long_header=False)
    lines = [
        *traceback.TracebackException.from_exception(error, capture_locals=True).format(),
        *verbose.structured_traceback(type(error), error, trace),
    ]
    with suppress(ImportError):  # rich is no requirement
        from rich.console import Console
        from rich.traceback import Traceback

        console = Console(width=200, record=True, file=io.StringIO())
        options = {"show_locals": True, "locals_max_string": None}
        console.print(Traceback.from_exception(type(error), error, trace, **options))
        lines += [console.export_text()]
    return "\n".join(lines)


FAILURES = {
    "401": {},
    "nobody there": {"base_url": "http://127.0.0.1:9/v1"},
    "a budget": {"max_calls": 0},
    "a time that is text": {"timeout": "60"},
    "bytes": {"api_key": KEY.encode()},
    "a mistyped key": {"api_key": KEY + "\u2013"},
    "an address without a scheme": {"base_url": "localhost:1234"},
    "a style": {"style": "haiku"},
    "no thread": {"start": no_memory},
    "no loop": {"loop": no_memory},
    "Ctrl-C": {"start": interrupted},
}


@pytest.fixture(scope="module")
def unauthorised():
    with serving(lambda *_: {"status": 401, "json": {"error": {"message": KEY}}}) as server:
        yield server


@pytest.mark.parametrize("generate", [clipnb.generate_descriptors, clipnb.generate_prompts])
@pytest.mark.parametrize("failure", FAILURES)
def test_no_traceback_shows_the_key(generate, failure, unauthorised, monkeypatch):
    options = {"quiet": True, **FAILURES[failure]}
    if generate is clipnb.generate_prompts and "style" in options:
        options = {"quiet": True, "questions": ["Describe it."]}
    if start := options.pop("start", None):
        monkeypatch.setattr(client.threading, "Thread", start)
    if loop := options.pop("loop", None):
        monkeypatch.setattr(client, "http_client", loop)
    holder = Holder(options.pop("api_key", KEY))
    url = options.pop("base_url", unauthorised.url)
    with pytest.raises(BaseException) as caught:
        generate(["frog"], "m", url, api_key=holder.key, **options)
    text = shown(caught.value)
    assert type(caught.value).__name__ in text and "THIS-IS-SECRET" not in text
    if failure == "bytes":
        assert "api_key= is of type bytes; an API key is text" in str(caught.value)


# --- no key in what is kept and said --------------------------------------------------------------


@pytest.mark.parametrize(
    "form",
    [
        KEY,
        KEY.lower(),
        " ".join(KEY),
        KEY.replace("-", " - "),
        "\u200b".join(KEY),
        f"{KEY[:12]}\n{KEY[12:]}",
        "".join(f"{c}, " for c in KEY),
        quote(KEY + "+/"),
        base64.b64encode(KEY.encode()).decode(),
        base64.urlsafe_b64encode(f"user:{KEY}@host".encode()).decode(),
        base64.encodebytes(b"Bearer " + KEY.encode() * 3).decode(),
        KEY.encode().hex(),
        "".join(f"%{ord(c):02X}" for c in KEY),
        "".join(f"%25{ord(c):02x}" for c in KEY),
        KEY.replace("-", "\\u002d"),
        "".join(f"\\\\u{ord(c):04x}" for c in KEY),
        "".join(f"&#{ord(c)};" for c in KEY),
        KEY.replace("-", "&#x2D;"),
        repr(KEY.encode("utf-16-le")),
    ],
    ids=[
        "plain",
        "lower",
        "spaced",
        "dashes",
        "invisible",
        "two lines",
        "commas",
        "%",
        "64",
        "64 within",
        "64 in lines",
        "hex",
        "% all",
        "% twice",
        "JSON",
        "JSON twice",
        "HTML",
        "HTML dashes",
        "UTF-16",
    ],
)
def test_a_repeated_key_is_hidden_however_it_is_written(form):
    hidden = Key(KEY).hide(f"no, {form} will not do")
    letters = re.sub(r"\W", "", hidden)
    assert "[API key]" in hidden and hidden.startswith("no, ") and "SECRET" not in letters.upper()


def test_ordinary_text_is_not_hidden():
    text = "- a red cap\n- white spots, sk\n- gills"
    assert Key(KEY).hide(text) == text and Key("none").hide("none of these") == "none of these"
    start = time.monotonic()
    Key(KEY).hide("sk-test-" * 100_000)
    assert time.monotonic() - start < 5


def test_what_a_server_says_cannot_steer_a_terminal():
    said = {"status": 400, "json": {"error": {"message": "\x1b[2J\x07no\u202e \x9b31m"}}}
    with serving(lambda *_: said) as server, pytest.raises(clipnb.LanguageModelError) as caught:
        ask(server, ["frog"])
    assert "no" in str(caught.value) and str(caught.value).isprintable()


# --- proxies, redirects, headers ------------------------------------------------------------------


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_no_proxy_is_asked_for_a_server_on_this_computer(variable, host, monkeypatch):
    with serving() as server, serving() as proxy:
        monkeypatch.setenv(variable, proxy.url.removesuffix("/v1"))
        url = server.url.replace("127.0.0.1", host)
        clipnb.generate_descriptors(["frog"], "m", url, quiet=True, timeout=5)
        assert len(server.requests) == 1 and not proxy.requests


def test_a_proxy_is_asked_for_another_computer(monkeypatch):
    with serving() as proxy:
        monkeypatch.setenv("http_proxy", proxy.url.removesuffix("/v1"))
        ask_there = {"quiet": True, "timeout": 5}
        clipnb.generate_descriptors(["frog"], "m", "http://models.example/v1", **ask_there)
        (request,) = proxy.requests
        # a key of the environment does not travel unencrypted
        assert request["path"].startswith("http://models.example/") and KEY not in request["key"]


@pytest.mark.parametrize(
    "server, local",
    [
        ("http://localhost:1/v1", True),
        ("http://LOCALHOST./v1", True),
        ("http://api.localhost/v1", True),
        ("http://127.8.0.1/v1", True),
        ("http://[::1]:8/v1", True),
        ("http://0.0.0.0:11434/v1", True),
        ("http://192.168.1.5/v1", False),
        ("http://localhost.example.org/v1", False),
        ("https://api.openai.com/v1", False),
    ],
)
def test_what_is_on_this_computer(server, local):
    assert is_local(server) == local


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status):
    with serving() as other:
        moved = {"status": status, "headers": {"Location": f"{other.url}/elsewhere"}, "json": {}}
        with serving(lambda *_: moved) as server:
            with pytest.raises(clipnb.LanguageModelError, match=f"not followed.*{status}"):
                ask(server, ["frog"])
            assert len(server.requests) == 1 and not other.requests


def test_a_server_is_told_the_key_and_nothing_about_this_computer(monkeypatch):
    monkeypatch.setenv("OPENAI_ORG_ID", "org-secret")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "project-secret")
    monkeypatch.setenv("OPENAI_ADMIN_KEY", "admin-secret")
    with serving() as server:
        ask(server, ["frog"])
        (request,) = server.requests
    names = {name.lower() for name in request["headers"]}
    assert request["key"] == f"Bearer {KEY}" and "secret" not in str(
        request["headers"]
    ).lower().replace(KEY.lower(), "")
    assert not any(name.startswith(("openai-", "x-stainless")) for name in names)


# --- time and memory ------------------------------------------------------------------------------


def flood(status: int, encoding: bytes = b""):
    def behave(connection):
        head = b"HTTP/1.1 %d x\r\n%stransfer-encoding: chunked\r\n\r\n" % (status, encoding)
        connection.sendall(head)
        for _ in range(5000):
            connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")

    return behave


def drip(head: bytes):
    def behave(connection):
        connection.sendall(head)
        for _ in range(60):
            connection.sendall(b"1\r\nx\r\n" if b"chunked" in head else b"x")
            time.sleep(0.1)

    return behave


@pytest.mark.parametrize(
    "status, sentence", [(200, "longer than 1,048,576 bytes"), (400, "refuses"), (500, "a fault")]
)
def test_a_reply_without_an_end_is_read_up_to_a_limit(status, sentence):
    resource = pytest.importorskip("resource")  # not on Windows
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with raw_serving(flood(status)) as url:
        with pytest.raises(clipnb.LanguageModelError, match=sentence):
            clipnb.generate_descriptors(["frog"], "m", url, quiet=True, retries=0, timeout=20)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 100_000 * (1 if os.uname().sysname == "Linux" else 1024)  # kB; macOS has bytes


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 x\r\ntransfer-encoding: chunked\r\n\r\n",
        b"HTTP/1.1 500 x\r\ntransfer-encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 x\r\nx-a: ",
    ],
    ids=["a body", "the body of an error", "headers"],
)
def test_a_reply_that_drips_ends_in_time(head):
    start = time.monotonic()
    with raw_serving(drip(head)) as url:
        with pytest.raises(clipnb.LanguageModelError, match="did not answer within 0.5 seconds"):
            clipnb.generate_descriptors(["frog"], "m", url, quiet=True, retries=0, timeout=0.5)
    assert time.monotonic() - start < 5


def test_the_status_of_an_error_counts_though_its_body_drips(monkeypatch):
    monkeypatch.setattr(client, "ERROR_SECONDS", 0.2)
    with raw_serving(drip(b"HTTP/1.1 401 x\r\ntransfer-encoding: chunked\r\n\r\n")) as url:
        with pytest.raises(clipnb.LanguageModelError, match="does not accept the API key"):
            clipnb.generate_descriptors(["frog"], "m", url, quiet=True, timeout=20)


# --- answers and their keys -----------------------------------------------------------------------


def test_content_in_parts_is_joined():
    parts = [{"type": "text", "text": "- a red cap\n"}, {"type": "text", "text": "- pale gills"}]
    thoughts = [{"type": "reasoning", "text": "- hm"}, *parts]
    with serving(lambda *_: {"json": completion(thoughts)}) as server:
        assert ask(server, ["frog"])["frog"] == ["a red cap", "pale gills"]


def test_another_style_seed_model_or_setting_asks_anew():
    variants = [
        {"style": "direct"},
        {"style": "json"},
        {"style": "paper"},
        {"style": "direct", "number": 4},
        {"style": "direct", "seed": 0},
        {"style": "direct", "seed": 1},
        {"style": "direct", "temperature": None},
        {"style": "direct", "temperature": 0.5},
        {"style": "direct", "answer_tokens": 200},
        {"style": "direct", "language": "German"},
        {"style": "direct", "hint": "an animal"},
    ]

    def no_schemas(name, times, body):
        refused = {"status": 400, "json": {"error": {"message": "no response_format"}}}
        return refused if "response_format" in body else BULLETS.format(name)

    with serving(no_schemas) as server:
        for count, options in enumerate(variants, 1):
            for _ in range(2):
                ask(server, ["frog"], **options)
            assert sum(server.delivered.values()) == count, options
        assert any("response_format" in request["body"] for request in server.requests)
        assert sorted(r["body"]["seed"] for r in server.requests if "seed" in r["body"]) == [0, 1]


def test_asked_from_a_notebook_whose_loop_is_running():
    async def cell():
        return ask(server, ["frog"])

    with serving() as server:
        assert list(asyncio.run(cell())) == ["frog"]


def test_at_temperature_0_no_other_seed_is_advised():
    with serving(lambda name, *_: "no list" if name == "odd" else "- a red cap") as server:
        with pytest.warns(UserWarning, match="with a temperature= above 0"):
            ask(server, ["odd", "frog"])
        with pytest.warns(UserWarning, match="with another seed="):
            ask(server, ["odd", "frog"], temperature=0.7)


@pytest.mark.parametrize(
    "options",
    [
        *({"timeout": one} for one in ("60", 0, -1, float("inf"), float("nan"), 1e300, True)),
        *({"retries": one} for one in (1.5, -1, "3", True, 10**30)),
        *({"concurrency": one} for one in (0, 2.0, None)),
        *({"answer_tokens": one} for one in (0, 1.5, "many")),
        *({"number": one} for one in (0, 1.5, True)),
        *({"max_calls": one} for one in ("3", -1, 1.5)),
        *({"max_total_tokens": one} for one in (-1, float("nan"))),
        *({"own_name": one} for one in ("maybe", None, ["flag"])),
        *({"style": one} for one in ("haiku", None, ["paper"])),
        *({"seed": one} for one in ("x", 1.5, True, 10**30, 10**5000)),
        *({"temperature": one} for one in ("warm", float("nan"), float("inf"), -1, True)),
        *({"model": one} for one in ("m\ud83d", "a\nb", 5, "m" * 500, "m\x1b[2J")),
        *({"language": one} for one in (5, "a\nb", "German \ud83d")),
        *({"hint": one} for one in (5, {"frog": 5}, "an animal \ud83d")),
        *({"base_url": one} for one in (5, "http://[::1", "http://h:99999/v1", "http://a b/v1")),
        *(
            {"base_url": one}
            for one in ("http://a..b/v1", "http://\ud83d/v1", "file:///etc", "h:1")
        ),
    ],
    ids=lambda options: f"{next(iter(options))} {type(next(iter(options.values()))).__name__}",
)
def test_arguments_of_the_wrong_type_or_range_are_named(options):
    (name,) = options
    options = {"base_url": "http://localhost:1/v1", **options}
    with pytest.raises(ValueError, match=rf"^{name}\b") as caught:
        clipnb.generate_descriptors(["frog"], quiet=True, **options)
    assert printable(caught.value) == str(caught.value) and len(str(caught.value)) < 250


@pytest.mark.parametrize(
    "options", [{"samples": 0}, {"questions": [5]}, {"questions": 5}, {"instruction": 5}], ids=str
)
def test_arguments_of_prompts_are_named(options):
    (name,) = options
    with pytest.raises(ValueError, match=rf"^{name}\b"):
        clipnb.generate_prompts(["frog"], "m", "http://localhost:1/v1", quiet=True, **options)


def test_an_address_in_the_environment_is_named(monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "http://[::1")
    with pytest.raises(
        ValueError, match=r"base_url \(from CLIPNB_LLM_BASE_URL or OPENAI_BASE_URL\)"
    ):
        clipnb.generate_descriptors(["frog"], quiet=True)


def test_numbers_of_numpy_are_numbers():
    options = {"seed": np.int64(3), "answer_tokens": np.int32(50), "temperature": np.float32(0.5)}
    with serving() as server:
        ask(server, ["frog"], retries=np.int64(1), timeout=np.float64(5), **options)
        (request,) = server.requests
    assert (request["body"]["seed"], request["body"]["max_tokens"]) == (3, 50)


def test_a_seed_at_temperature_0_is_said_to_change_nothing(capsys):
    with serving() as server:
        ask(server, ["frog"], quiet=False, seed=3)
        assert "At temperature 0 most models give the same answer" in capsys.readouterr().out
        ask(server, ["frog"], quiet=False, seed=3, temperature=0.5)
        ask(server, ["frog"], quiet=False)
        assert "At temperature 0" not in capsys.readouterr().out


def test_a_looping_answer_is_one_row_with_a_count(tmp_path):
    with serving(lambda *_: "- large, round eyes\n" * 60) as server:
        found = ask(server, ["frog"])
    assert found["frog"] == ["large, round eyes"]
    assert found.report["reason"].tolist() == ["", "a duplicate, 59 times"]
    found.save(tmp_path / "loop.json")
    assert (tmp_path / "loop.json").stat().st_size < 1500

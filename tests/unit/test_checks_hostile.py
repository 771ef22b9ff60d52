"""No answer of a reader makes a check raise: each gets one sentence, and the next cell runs."""

import inspect
import itertools
import sys

import numpy as np
import pytest
import torch

import clipnb
from clipnb import checks
from clipnb.checks import feedback

NAMES = sorted(name for name in checks.__all__ if name.startswith("check_"))


class Raises:
    """Whatever is asked of it raises."""

    def __repr__(self):
        raise RuntimeError("no repr")

    def __eq__(self, other):
        raise RuntimeError("no ==")

    def __len__(self):
        raise RuntimeError("no len")

    def __iter__(self):
        raise RuntimeError("no iter")

    def __bool__(self):
        raise RuntimeError("no bool")

    def __float__(self):
        raise RuntimeError("no float")

    def __getitem__(self, key):
        raise RuntimeError("no item")

    __hash__ = None


class Unprintable(Exception):
    def __str__(self):
        raise RuntimeError("no str")


def raises(error):
    def function(*_):
        raise error

    return function


VALUES = {
    "None": None,
    "empty": "",
    "NUL": "a\0b",
    "half a pair": "a \ud83d frog",
    "an escape": "\x1b[2J\x07 frog",
    "nobody's home": "~nobody-here/report.html",
    "a folder": "/",
    "5,000 letters": "x" * 5000,
    "2 million letters": "x" * 2_000_000,
    "bytes": b"a frog",
    "a number": 7,
    "NaN": float("nan"),
    "infinite": float("inf"),
    "5,000 digits": 10**5000,
    "complex": 1j,
    "a list": [],
    "mixed": ["a frog", None, 3, ["b"]],
    "hostile texts": ["a\0b", "\ud83d", "", "   ", "{}{0}{a!r}", "x" * 20_000],
    "many texts": ["a frog"] * 100_000,
    "endless": itertools.count(),
    "a generator": (text for text in ["a", "b", "c", "d"]),
    "a dictionary": {"bird": "no braces", 3: None, "fish": "{} {0}"},
    "a set": {"a frog", "b", "c"},
    "an array": np.zeros((0, 3)),
    "a large shape": np.broadcast_to(np.float32(0), (1,) * 32),
    "objects": np.array([None, "a"], dtype=object),
    "a tensor": torch.full((4, 3), float("nan")),
    "a class": Raises,
    "an object": Raises(),
    "a built-in": len,
    "a module": np,
}
FUNCTIONS = {
    **{
        f"returns {name}": (lambda value: lambda *_: value)(value) for name, value in VALUES.items()
    },
    "raises": raises(ValueError("two\nlines")),
    "raises what cannot be shown": raises(Unprintable()),
    "raises a long message": raises(ValueError("x" * 100_000)),
    "raises half a pair": raises(ValueError("\ud83d")),
    "exits": raises(SystemExit(3)),
    "calls itself": lambda *arguments: FUNCTIONS["calls itself"](*arguments),
    "returns itself": lambda *arguments: FUNCTIONS["returns itself"],
    "too few arguments": lambda: 1,
}


@pytest.fixture(scope="module")
def frogs():
    return clipnb.load_fieldguide("test", kinds="frog", per_species=1)


def arguments(name, answer, clip, frogs):
    """What a notebook hands to a check, with this answer."""
    given = {
        "check_choice": ("04.2", answer),
        "check_description": (clip, frogs, frogs.class_names[0], answer, 0.8),
        "check_prompts": (clip, frogs, frogs.class_names[0], answer, 0.8),
        "check_templates": (clip, frogs, answer, 0.05),
        "check_found": (clip, frogs.images[:2], frogs.images[2:4], answer),
    }
    return given.get(name, (answer,))


@pytest.mark.parametrize("name", NAMES)
def test_no_answer_stops_the_notebook(name, clip, frogs, capsys):
    check = getattr(checks, name)
    for what, answer in {**VALUES, **FUNCTIONS}.items():
        assert check(*arguments(name, answer, clip, frogs)) is False, what
        said = capsys.readouterr().out
        assert said.count("✘") == 1 and said.isprintable() is ("\n" not in said), what
        assert len(said) < 1500 and not set(said) & {"\x1b", "\0", "\ud83d"}, what


@pytest.mark.parametrize("name", NAMES)
def test_every_check_is_made_by_the_one_wrapper(name):
    check = getattr(checks, name)
    assert check.__module__.startswith("clipnb.checks.")
    assert inspect.unwrap(check) is not check and "careful" in check.__code__.co_name


def test_no_guess_stops_the_notebook(capsys):
    for what, guess in {**VALUES, **FUNCTIONS}.items():
        assert checks.compare_guesses({"accuracy": (guess, 0.5)}) is None
        said = capsys.readouterr().out
        assert said.startswith("accuracy: ") and said.endswith("; measured: 0.50\n"), what
        assert said.count("\n") == 1 and said.strip().isprintable() and len(said) < 300, what


def test_an_unknown_question_is_named(capsys):
    assert checks.check_choice("99.9", "a") is False
    assert "'99.9'" in capsys.readouterr().out


def test_a_generator_cannot_smuggle_the_name_into_a_description(clip, frogs, capsys):
    name = frogs.class_names[0]
    assert not checks.check_description(clip, frogs, name, (t for t in [f"a {name}"]), 0.0)
    assert "give a list of descriptors" in capsys.readouterr().out


def test_ctrl_c_in_an_answer_still_stops():
    with pytest.raises(KeyboardInterrupt):
        checks.check_pooling(raises(KeyboardInterrupt()))


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "latin-1"])
def test_a_verdict_is_printed_on_any_console(encoding, tmp_path, monkeypatch):
    with open(tmp_path / "out", "w", encoding=encoding) as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        feedback.say(True, "Yes – the mean → × ± 猫.")
    assert (tmp_path / "out").read_text(encoding).startswith("OK: Yes ")

"""What every check says, and how it looks at what the reader wrote."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Collection, Mapping, Set
from contextlib import suppress
from copy import deepcopy
from functools import wraps
from itertools import islice
from typing import TYPE_CHECKING, Any, ParamSpec

import numpy as np
import torch

from ..support.console import say as print_text
from ..support.limits import TEXT_CHARACTERS
from ..support.text import printable

if TYPE_CHECKING:
    import numpy.typing as npt

P = ParamSpec("P")
MOST_TEXTS = 1000  # of one answer; the longest useful one has a dozen


def checked(check: Callable[P, bool]) -> Callable[P, bool]:
    """Make a check that never raises: an answer that it cannot deal with gets a message, and
    "Run all" goes on."""

    @wraps(check)
    def careful(*arguments: P.args, **named: P.kwargs) -> bool:
        try:
            return check(*arguments, **named)
        except (Exception, SystemExit) as error:  # any answer; exit() ends no course
            say(False, f"This answer could not be checked ({cause(error)}); write it anew.")
            return False

    return careful


def say(done: bool, text: str) -> None:
    """Print a verdict, in lines that a cell shows without breaking words."""
    lines = [
        textwrap.fill(printable(line), 80, subsequent_indent="  ", break_on_hyphens=False)
        for line in text.split("\n")
    ]
    print_text(("✔ " if done else "✘ ") + "\n".join(lines))


def shown(value: object, longest: int = 100) -> str:
    """Anything as text inside a message: short, on one line, and even if its own ``str``
    raises."""
    try:
        text = str(value)
    except Exception:  # an int of 5,000 digits, or whatever the reader's class does
        text = f"an object of the type {type(value).__name__}"
    text = printable(" ".join(text[: 10 * longest].split()))
    return text if len(text) <= longest else text[: longest - 1] + "…"


def cause(error: BaseException) -> str:
    """An error as part of a message."""
    return f"{type(error).__name__}: {shown(error, 300)}".removesuffix(": ").rstrip(".")


class NoAnswer(Exception):
    """There is nothing to check; the message says to the reader why."""


def stopped(error: BaseException) -> bool:
    """The reader's function raised, or returned nothing: that is feedback, not a crash."""
    if isinstance(error, NoAnswer):
        say(False, str(error))
    else:
        kind = getattr(error, "given", None)
        note = f" (it was given {kind})" if isinstance(kind, str) else ""
        say(False, f"Your function stopped with {type(error).__name__}: {shown(error, 300)}{note}")
    return False


def asked(function: Callable, *inputs: Any) -> Any:
    """What the reader's function returns for copies of the inputs: one that sorts or overwrites
    what it is given must not change what it is compared with."""
    if not callable(function):
        raise NoAnswer(f"This is {_kind(function)}; give the function itself, without calling it.")
    return function(*deepcopy(inputs))


def answered(function: Callable, *inputs: Any) -> Any:
    """The same, for a function that may be written in NumPy or in torch: where it stops with one
    kind of arrays, it gets the other. Raises :class:`NoAnswer` where nothing is returned."""
    try:
        answer = asked(function, *inputs)
    except NoAnswer:
        raise
    except (Exception, SystemExit) as error:
        answer = _in_other_kind(function, inputs, error)
    if answer is None:
        raise NoAnswer("Your function returns nothing (None): does it end with `return …`?")
    return answer


def _in_other_kind(function: Callable, inputs: tuple, error: BaseException) -> Any:
    """What the function returns for tensors in place of arrays, or the other way round; if it stops
    here too, the error that says more is raised."""
    other = [_exchanged(value) for value in inputs]
    changed = [a for a, b in zip(inputs, other, strict=True) if a is not b]
    if not changed:
        raise error
    try:
        return asked(function, *other)
    except (Exception, SystemExit) as second:
        of_kind = (TypeError, AttributeError)  # what the wrong kind of arrays raises, as a rule
        told = second if isinstance(error, of_kind) and not isinstance(second, of_kind) else error
        tensors = isinstance(changed[0], torch.Tensor) is (told is error)
        with suppress(Exception):
            told.given = "tensors" if tensors else "NumPy arrays"  # type: ignore[union-attr]
        raise told from None


def _exchanged(value: Any) -> Any:
    """A tensor for an array and an array for a tensor; anything else as it is."""
    if isinstance(value, torch.Tensor):
        return value.numpy()
    return torch.from_numpy(value.copy()) if isinstance(value, np.ndarray) else value


def called(function: Callable, *inputs: Any) -> np.ndarray | None:
    """What the reader's function returns as an array (one number has the shape ()), or None after
    saying why there is nothing to look at."""

    try:
        return _numbers(answered(function, *inputs))
    except (Exception, SystemExit) as error:  # whatever the reader's code raises is feedback
        stopped(error)
        return None


def _numbers(answer: Any) -> np.ndarray:
    """Numbers, arrays, tensors (also with a gradient), and lists of them as one array."""
    try:
        got = np.asarray(_plain_numbers(answer), dtype=float)
    except Exception as error:  # any object
        if isinstance(answer, (list, tuple)) and "inhomogeneous" in str(error):
            raise NoAnswer(
                f"Your function returns a {type(answer).__name__} of {len(answer)} parts of"
                " different shapes; join them into one array."
            ) from None
        raise NoAnswer(
            f"Your function returns a {type(answer).__name__} ({shown(answer, 60)}), not a number or"
            " an array of numbers."
        ) from None
    return got.reshape(()) if got.size == 1 else got


def _plain_numbers(answer: Any) -> Any:
    if isinstance(answer, torch.Tensor):
        return answer.detach().cpu().double().numpy()
    if isinstance(answer, (list, tuple)):
        return [_plain_numbers(one) for one in islice(answer, 10**6)]
    return answer


def texts_of(answer: object, what: str) -> list[str] | None:
    """The reader's list of texts, or None after saying why it is none.

    Parameters
    ----------
    answer : object
        A generator is none: it could be read once only, or for ever. Nor is a set, whose order is
        arbitrary.
    what : str
        What the texts are called: "descriptors".
    """
    if isinstance(answer, (str, bytes, Mapping, Set)) or not isinstance(answer, Collection):
        say(False, f"This is {_kind(answer)}; give a list of {what}: ['…', '…'].")
        return None
    texts = list(islice(answer, MOST_TEXTS + 1))
    if len(texts) > MOST_TEXTS:
        say(False, f"These are more than {MOST_TEXTS:,} {what}; a few good ones will do.")
    elif other := [text for text in texts if not isinstance(text, str)]:
        say(False, f"'{shown(other[0])}' is {_kind(other[0])}; give a list of {what} in quotes.")
    elif long := [text for text in texts if len(text) > TEXT_CHARACTERS]:
        say(
            False,
            f"'{shown(long[0], 40)}' has {len(long[0]):,} characters; CLIP reads about 300.",
        )
    else:
        return texts
    return None


def _kind(answer: object) -> str:
    return "one string" if isinstance(answer, str) else f"of the type {type(answer).__name__}"


def match(
    got: np.ndarray | None, expected: npt.ArrayLike, wrong: dict, yes: str, name: str
) -> bool:
    """Compare what came with what should have come, and with what well-known mistakes give."""

    expected = np.asarray(expected, dtype=float)
    if got is None:
        return False
    if got.shape != expected.shape:
        returned = f"an array of the shape {got.shape}" if got.shape else "one number"
        wanted = f"should have the shape {expected.shape}" if expected.shape else "is one number"
        say(False, f"Your function returns {returned}; {name} {wanted}.")
    elif np.allclose(got, expected, atol=1e-5):
        say(True, yes)
        return True
    else:
        hint = next(
            (
                text
                for text, value in wrong.items()
                if np.allclose(got, np.asarray(value, dtype=float), atol=1e-5)
            ),
            None,
        )
        if not hint and not expected.shape and np.isclose(got, 100 * expected, rtol=1e-4):
            hint = f"That looks like a percentage; {name} is a number 100 times smaller."
        at = int(np.argmin(np.isclose(got, expected, atol=1e-5)))  # the first that differs
        place = f"number {at + 1} of {name}" if expected.shape else name
        say(
            False,
            hint
            or f"For the test data {place} should be {expected.ravel()[at]:.4f}, yours is {got.ravel()[at]:.4f}.",
        )
    return False

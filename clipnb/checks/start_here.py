"""The check of the exercise about the best class (notebook 00)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import EllipsisType

from .feedback import asked, checked, say, shown, stopped

# class → cosines: the mean decides for one class, every usual mistake for another
CASES: tuple[Mapping[str, Sequence[float]], ...] = (
    {
        "robin": [0.20, 0.70],  # the highest cosine
        "wren": [0.30, 0.69, 0.44],  # the highest mean
        "barn owl": [0.45, 0.45, 0.45],  # the highest minimum and median
        "mallard": [0.31, 0.32, 0.33, 0.34, 0.35],  # the largest sum
    },
    {
        "barn owl": [0.10, 0.10, 0.10, 0.10, 0.10],
        "mallard": [0.36, 0.19],
        "robin": [0.28],
        "wren": [0.05, 0.50],
        "snowy owl": [0.02, 0.04],
    },
)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


WRONG: tuple[tuple[str, Callable[[Sequence[float]], float]], ...] = (
    ("You added the cosines up, so classes with many descriptors win: take the mean.", sum),
    ("You compare one cosine of each class, the highest or the last: take the mean of all.", max),
    ("You chose the lowest mean; the best class has the highest.", lambda v: -_mean(v)),
    ("You compare minima or medians: take the mean.", min),
    ("You took the first cosine of every class: take the mean of all.", lambda v: v[0]),
    ("That is the class with the most descriptors: compare their means.", len),
)


@checked
def check_best_class(function: Callable | EllipsisType) -> bool:
    """Whether ``function(cosines)`` is the class with the highest mean, for a dictionary class →
    list of cosines."""
    if function is ...:
        say(False, "Not written yet: replace the three dots by a function of a dictionary.")
        return False
    answers = []
    for cosines in CASES:
        try:
            answers.append(asked(function, dict(cosines)))
        except (Exception, SystemExit) as error:  # whatever the reader's code raises is feedback
            return stopped(error)
    for cosines, answer in zip(CASES, answers, strict=True):
        if not isinstance(answer, str) or answer not in cosines:
            say(
                False,
                f"Your function returns {shown(answer)}; it should return the name of a class, such"
                f" as '{next(iter(cosines))}'.",
            )
            return False

    def best(score: Callable[[Sequence[float]], float]) -> list[str]:
        return [max(cosines, key=lambda name: score(cosines[name])) for cosines in CASES]

    if answers == best(_mean):
        say(True, "Yes: the class with the highest mean cosine.")
        return True
    hints = [hint for hint, score in WRONG if answers == best(score)]
    first = next(i for i, name in enumerate(best(_mean)) if answers[i] != name)
    say(
        False,
        hints[0]
        if hints
        else f"For {dict(CASES[first])} it should be '{best(_mean)[first]}', yours is"
        f" '{answers[first]}'.",
    )
    return False

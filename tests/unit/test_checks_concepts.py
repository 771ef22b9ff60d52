"""The checks of notebook 11: each rejects the stub and plausible wrong answers, and accepts
different right ones."""

import numpy as np
import pytest
import torch

from clipnb.checks import check_choice, check_head_parts, check_precision


def blocks(out, heads):
    return out.reshape(len(out), heads, -1)


def parts(a, v, o):
    return np.einsum("ht,thd,whd->hw", a, v, blocks(o, len(a)))


def by_loop(a, v, o):
    size = v.shape[2]
    rows = [o[:, h * size : (h + 1) * size] @ (a[h] @ v[:, h]) for h in range(len(a))]
    return torch.tensor(np.stack(rows))


@pytest.mark.parametrize(
    "function, accepted, says",
    [
        (..., False, "three dots"),
        (lambda a, v, o: parts(a, v, o).sum(0), False, "one row per head"),
        (lambda a, v, o: parts(a, v, o).T, False, "row h must be"),
        (lambda a, v, o: np.einsum("ht,thd->hd", a, v), False, "mixed values"),
        (lambda a, v, o: parts(np.ones_like(a), v, o), False, "counts alike"),
        (lambda a, v, o: parts(np.full_like(a, 1 / 5), v, o), False, "counts alike"),
        (
            lambda a, v, o: np.einsum(
                "ht,thd,wdh->hw", a, v, o.reshape(len(o), v.shape[2], len(a))
            ),
            False,
            "neighbouring columns",
        ),
        (
            lambda a, v, o: np.einsum("ht,thd,wd->hw", a, v, o[:, : v.shape[2]]),
            False,
            "first columns",
        ),
        (
            lambda a, v, o: np.einsum("ht,thd,whd->htw", a, v, blocks(o, len(a))),
            False,
            "parts per patch",
        ),
        (lambda a, v, o: a @ v, False, "ValueError"),
        (parts, True, "Yes"),
        (by_loop, True, "Yes"),
    ],
)
def test_head_parts(function, accepted, says, capsys):
    assert check_head_parts(function) is accepted
    assert says in " ".join(capsys.readouterr().out.split())  # however it is wrapped


def right(w, t):
    both = ((w > 0) & t).sum()
    return both / (w > 0).sum(), both / t.sum()


def each(w, t):
    both = ((w > 0) & t).sum(1)
    return (both / (w > 0).sum(1)).mean(), (both / t.sum(1)).mean()


@pytest.mark.parametrize(
    "function, accepted, says",
    [
        (..., False, "three dots"),
        (lambda w, t: right(w, t)[::-1], False, "other order"),
        (each, False, "over all images at once"),
        (lambda w, t: (((w > 0) & t).mean(), ((w > 0) & t).mean()), False, "number of all words"),
        (lambda w, t: (((w > 0) == t).mean(),) * 2, False, "entries that agree"),
        (lambda w, t: ((w * t).sum() / w.sum(), (w * t).sum() / t.sum()), False, "summed weights"),
        (lambda w, t: ((w * t).sum() / w.sum(), right(w, t)[1]), False, "count words instead"),
        (lambda w, t: right(w, t)[0], False, "shape"),
        (right, True, "Yes"),
        (lambda w, t: [float(t[w > 0].mean()), float((w > 0)[t].mean())], True, "Yes"),
    ],
)
def test_precision(function, accepted, says, capsys):
    assert check_precision(function) is accepted
    assert says in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    "exercise, right, wrong",
    [
        ("11.3", "same", ["fewer", "more", "none", ...]),
        ("11.4", "dimensions", ["seed", "penalty", "images", "text", ...]),
    ],
)
def test_choices(exercise, right, wrong):
    assert check_choice(exercise, right)
    assert not any(check_choice(exercise, answer) for answer in wrong)

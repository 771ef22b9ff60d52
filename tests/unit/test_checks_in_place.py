"""A function that changes what it is given does not decide the verdict on itself."""

import ast
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.stats import binomtest, spearmanr
from torch.nn.functional import cross_entropy, normalize

from clipnb import checks


def p_value(before, after):
    fixed, broken = int((~before & after).sum()), int((before & ~after).sum())
    return binomtest(fixed, fixed + broken).pvalue if fixed + broken else 1.0


def error(confidence, right):
    bins = np.clip(np.ceil(confidence * 10).astype(int) - 1, 0, 9)
    gaps = {b: right[bins == b].mean() - confidence[bins == b].mean() for b in np.unique(bins)}
    return sum((bins == b).mean() * abs(gap) for b, gap in gaps.items())


def loss(images, texts, scale):
    logits, own = scale * normalize(images, dim=1) @ normalize(texts, dim=1).T, torch.arange(5)
    return (cross_entropy(logits, own) + cross_entropy(logits.T, own)) / 2


def targets(texts):
    same = np.array([[float(a == b) for b in texts] for a in texts])
    return same / same.sum(1, keepdims=True)


def next_of_kind(descriptors, seed):
    found = {}
    for rows in descriptors.values():
        names, turn = list(rows), 1 + seed % max(1, len(rows) - 1)
        found |= {n: list(rows[names[(i + turn) % len(names)]]) for i, n in enumerate(names)}
    return found


def halves(labels, groups, seed):
    dice, first = np.random.default_rng(seed), np.zeros(len(labels), bool)
    for label in np.unique(labels):
        mine = dice.permutation(np.unique(groups[labels == label]))
        first |= (labels == label) & np.isin(groups, mine[::2])
    return first


def rows_of_classes(texts, groups, classes):
    return torch.stack([texts[groups == c].mean(0) for c in range(classes)])


RIGHT = {
    "best_class": lambda cosines: max(cosines, key=lambda name: np.mean(cosines[name])),
    "calibration_error": error,
    "class_embedding": lambda texts: normalize(normalize(texts, dim=1).mean(0), dim=0),
    "collapse": rows_of_classes,
    "contrastive_loss": loss,
    "control": next_of_kind,
    "cosines": lambda images, texts: normalize(images, dim=1) @ normalize(texts, dim=1).T,
    "halves": halves,
    "mcnemar": p_value,
    "pointing": lambda heatmaps, masks: np.mean(
        [mask.ravel()[one.argmax()] for one, mask in zip(heatmaps, masks)]
    ),
    "pooling": lambda image, texts: (normalize(texts, dim=1) @ image).mean(),
    "single_deletion": lambda b, after, importance: spearmanr(importance, b - after).statistic,
    "targets": targets,
    "zero_shot": lambda images, texts, scale: (scale * images @ normalize(texts, dim=1).T).softmax(
        1
    ),
}


def overwrite(value):
    if isinstance(value, np.ndarray):
        value[...] = 0
    elif isinstance(value, torch.Tensor):
        value.zero_()
    elif isinstance(value, dict):
        for row in value.values():
            overwrite(row)
        value.clear()
    elif isinstance(value, list):
        value.clear()


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_answer_that_overwrites_its_input_is_right(name, capsys):
    def spoils(*arguments):
        answer = RIGHT[name](*arguments)
        for argument in arguments:
            overwrite(argument)
        return answer

    check = getattr(checks, f"check_{name}")
    assert check(RIGHT[name]) is True and check(spoils) is True, capsys.readouterr().out


def test_an_answer_that_sorts_its_input_is_wrong(capsys):
    def sorts(before, after, importance):
        importance.sort()
        return spearmanr(importance, before - after).statistic

    def sorts_confidence(confidence, right):
        confidence.sort()
        return error(confidence, right)

    assert checks.check_single_deletion(sorts) is False
    assert checks.check_calibration_error(sorts_confidence) is False
    assert capsys.readouterr().out.count("✘") == 2


def test_one_array_that_is_returned_again_and_again_counts_as_it_was(capsys):
    kept = np.zeros(120, bool)

    def random_halves(labels, groups, seed):  # another answer each time, in the same array
        kept[:] = np.roll(halves(labels, groups, seed), random_halves.calls * 24)
        random_halves.calls += 1
        return kept

    random_halves.calls = 0
    assert checks.check_halves(random_halves) is False
    assert "same seed gave two answers" in capsys.readouterr().out


def test_checks_call_the_readers_function_in_one_place():
    # check_without_words looks at what its function does with the dictionary that it is given
    direct = {}
    for path in Path(checks.__file__).parent.glob("*.py"):
        for function in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(function, ast.FunctionDef) and any(
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Name)
                and call.func.id == "function"
                for call in ast.walk(function)
            ):
                direct[function.name] = path.name
    assert set(direct) == {"asked", "check_without_words", "_hits_parts_of_words"}

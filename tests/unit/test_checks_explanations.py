"""The checks of notebook 08: each rejects the stub and plausible wrong answers, and accepts
different right ones."""

import numpy as np
import pytest
from scipy import stats

from clipnb.checks import check_pointing, check_single_deletion


def pointing_1(heatmaps, masks):
    pairs = zip(heatmaps, masks)
    return np.mean([mask[np.unravel_index(one.argmax(), one.shape)] for one, mask in pairs])


def pointing_2(heatmaps, masks):
    flat = heatmaps.reshape(len(heatmaps), -1)
    rows = np.arange(len(flat))
    return masks.reshape(len(masks), -1)[rows, flat.argmax(1)].sum() / len(flat)


def mass(heatmaps, masks):
    positive = heatmaps.clip(0)
    return np.mean([one[mask].sum() / one.sum() for one, mask in zip(positive, masks)])


@pytest.mark.parametrize(
    "function, accepted, says",
    [
        (..., False, "three dots"),
        (mass, False, "mass in the mask"),
        (lambda h, m: pointing_1(np.abs(h), m), False, "highest magnitude"),
        (lambda h, m: pointing_1(h, np.roll(m, -1, 0)), False, "mask of another"),
        (lambda h, m: pointing_1(h, m) * len(h), False, "number of hits"),
        (lambda h, m: np.mean([b[a > 0].any() for a, b in zip(h, m)]), False, "touches"),
        (lambda h, m: m.mean(), False, "That is chance"),
        (lambda h, m: 0.0, False, "should be 0.4000"),
        (lambda h, m: [b.ravel()[a.argmax()] for a, b in zip(h, m)], False, "one number"),
        (lambda h, m: m[len(m)], False, "IndexError"),
        (pointing_1, True, "Yes"),
        (pointing_2, True, "Yes"),
    ],
)
def test_pointing(function, accepted, says, capsys):
    assert check_pointing(function) is accepted
    assert says in " ".join(capsys.readouterr().out.split())  # however it is wrapped


def deletion_1(before, after, importance):
    return stats.spearmanr(before - after, importance).statistic


def deletion_2(before, after, importance):
    ranks = [np.argsort(np.argsort(values)) for values in (before - after, importance)]
    return np.corrcoef(*ranks)[0, 1]


@pytest.mark.parametrize(
    "function, accepted, says",
    [
        (..., False, "three dots"),
        (lambda b, a, i: stats.spearmanr(a, i).statistic, False, "sign is reversed"),
        (lambda b, a, i: stats.pearsonr(b - a, i).statistic, False, "Pearson"),
        (lambda b, a, i: stats.spearmanr(b - a, i).statistic / 2 + 0.5, False, "chance is 0"),
        (lambda b, a, i: stats.spearmanr(abs(b - a), i).statistic, False, "lost the signs"),
        (lambda b, a, i: stats.spearmanr(b - a, i).pvalue, False, "p value"),
        (lambda b, a, i: b - a, False, "one number"),
        (lambda b, a: 0, False, "TypeError"),
        (deletion_1, True, "Yes"),
        (deletion_2, True, "Yes"),
    ],
)
def test_single_deletion(function, accepted, says, capsys):
    assert check_single_deletion(function) is accepted
    assert says in " ".join(capsys.readouterr().out.split())  # however it is wrapped

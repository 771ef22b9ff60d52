"""The table of all methods: measured with the bundled weights, and the page is what the figures
give."""

import importlib
import sys

import pandas as pd
import pytest
from test_project import ROOT


@pytest.fixture(scope="module")
def methods():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "tests" / "benchmarks"))
        yield importlib.import_module("methods")
    for name in ("methods", "method_rows"):
        del sys.modules[name]


@pytest.fixture(scope="module")
def figures(methods):
    return pd.read_csv(methods.FIGURES)


def test_the_figures_are_of_the_bundled_weights(figures, clip):
    why = "the weights have changed: run  python tests/benchmarks/methods.py"
    assert set(figures["weights"]) == {clip.fingerprint}, why


def test_the_page_is_what_the_figures_give(methods, figures):
    assert methods.PAGE.read_text("utf-8") == methods.page_of(figures)


@pytest.mark.parametrize(
    "claim, test, hard, said",
    [
        ("better than class names", (0.01, 0.2), (0.02, 0.1), "yes"),
        ("better than class names", (-0.01, 0.2), (0.02, 0.1), "yes on hard"),
        ("better than class names", (-0.01, 0.2), (0.0, 0.1), "not shown"),
        ("better than class names", (-0.2, -0.1), (-0.2, -0.01), "the opposite"),
        ("better than class names", (-0.2, 0.1), (-0.2, -0.01), "the opposite on hard"),
        ("better than class names", (0.1, 0.2), (-0.2, -0.01), "better on test, worse on hard"),
        ("random words do as well", (0.01, 0.2), (0.02, 0.1), "no"),
        ("random words do as well", (-0.1, 0.2), (0.02, 0.1), "no on hard"),
        ("random words do as well", (-0.1, 0.2), (-0.1, 0.1), "not distinguished"),
        ("random words do as well", (-0.01, 0.02), (-0.02, 0.01), "yes"),
        ("random words do as well", (-0.1, -0.05), (-0.1, 0.1), "random words are better on test"),
        ("random words do as well", (-0.1, -0.05), (0.1, 0.2), "better on hard, worse on test"),
    ],
)
def test_a_claim_is_judged_by_the_intervals(methods, claim, test, hard, said):
    row = {"claim": claim, "test low": test[0], "test high": test[1]}
    row |= {"hard low": hard[0], "hard high": hard[1]}
    assert methods.verdict(pd.Series(row)) == said

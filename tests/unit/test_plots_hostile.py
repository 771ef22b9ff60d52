"""Names are drawn as they are: every figure with names that matplotlib, a terminal or a layout
would take for something else."""

import io
import warnings

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import clipnb
from clipnb import plots
from clipnb.plots.labels import FEW_LINES, HIDDEN, MOST_LINES, legend_label, plain, wrap

NAMES = {
    "dollars": ("$5_{x^ or \\frac$", "b $a$ \\$b$ 100%"),
    "underscores": ("_hidden one", "__two"),
    "backslashes": ("a\\b^c_d", "100% \\frac{\\"),
    "breaks": ("a\nb\n\nc", "tab\there"),
    "control characters": ("a\0b\x1b[2J\x07", "c\rd\x7f"),
    "half a pair": ("frog \ud83d", "\udc38 toad"),
    "direction": ("\u202eabc", "a\u2066b"),
    "one letter apart behind the cut": ("x" * 900 + "a", "x" * 900 + "b"),
    "words": ("very long name " * 100, "very long name " * 99 + "indeed"),
    "braces": ("{0} {a!r:>{b}}", "%s %(a)d"),
    "nolegend": ("_nolegend_", "_child0"),
    "digits": ("7", "-1"),
}
PICTURELESS = {"alt_text", "describe", "grid", "wrap"}


@pytest.fixture(autouse=True)
def close():
    yield
    plt.close("all")


def refused(name):
    """Whether a class may not have this name, so that no figure of a prediction shows it."""
    try:
        clipnb.PromptTable({name: ["a"]}), name.encode()
    except ValueError:
        return True
    return False


def figures(clip, data, a, b):
    """Name of a function → what draws it with these two names, and those that are in its
    legend."""
    from dataclasses import replace

    given = a, b
    if refused(a):
        a, b = "a", "b"
    parts = {"seen": None, "name_frequency": None, "scenes": []}
    data = replace(data, class_names=[a, b], labels=np.array([0, 1, 0, 1]), **parts)
    classifier = clipnb.ZeroShotClassifier(clip, {a: ["a green frog", "b"], b: ["a red frog", "c"]})
    prediction = classifier.predict(data)
    table = clipnb.compare({a: classifier, b: classifier}, data)
    results = clipnb.evaluate(clip, data, {a: classifier, b: classifier}, baseline=a)
    counts = pd.DataFrame(
        {"top1": [0.5, 0.6], "low": [0.4, 0.5], "high": [0.6, 0.7]}, index=pd.Index([1, 2])
    )
    image, heat = data.images[0], np.random.default_rng(0).normal(size=(2, 224, 224))
    reliable = clipnb.reliability(prediction, data)
    risky = clipnb.risk_coverage(prediction, data)
    measured = pd.DataFrame(
        [(m, c, 0.5, 0.4, 0.6) for m in (a, b) for c in (a, b)],
        columns=["method", "measure", "value", "low", "high"],
    )
    bands = clipnb.by_name_frequency({a: classifier, b: classifier}, data, [0, 40])
    words = pd.DataFrame({"number": [0, 1], "word": [a, b], "relevance": [0.2, 0.8]})
    a, b = given
    return {
        "explain_image": (lambda: plots.explain_image(data, prediction)[1], (a, b)),
        "plot_distributions": (
            lambda: plots.plot_distributions({a: {a: [0.1, 0.2], b: [0.3, 0.4]}}),
            (a, b),
        ),
        "plot_checkpoints": (lambda: plots.plot_checkpoints(np.ones((2, 3, 3)), [a, b]), ()),
        "plot_comparison": (lambda: plots.plot_comparison({a: table, b: table}), (a, b)),
        "plot_contributions": (lambda: plots.plot_contributions(prediction), (a, b)),
        "plot_counts": (lambda: plots.plot_counts({a: counts, b: counts}, {a: 1, b: 1}, a), (a, b)),
        "plot_evaluation": (lambda: plots.plot_evaluation(results), ()),
        "plot_faithfulness": (lambda: plots.plot_faithfulness(measured, floor=a), ()),
        "plot_interval_width": (lambda: plots.plot_interval_width(40), ()),
        "plot_losses": (lambda: plots.plot_losses({a: [1.0] * 30, b: [2.0] * 30}, 3.0), (a, b)),
        "plot_name_frequency": (lambda: plots.plot_name_frequency(bands), ()),
        "plot_patches": (lambda: plots.plot_patches(image, 56), ()),
        "plot_probabilities": (lambda: plots.plot_probabilities(prediction), ()),
        "plot_reliability": (lambda: plots.plot_reliability({a: reliable, b: reliable}), (a, b)),
        "plot_retrieval": (
            lambda: plots.plot_retrieval({a: {1: (1, 4)}, b: {1: (2, 4)}}, 0.2),
            (a, b),
        ),
        "plot_risk_coverage": (lambda: plots.plot_risk_coverage({a: risky, b: risky}), (a, b)),
        "plot_similarity": (lambda: plots.plot_similarity(np.eye(2), [a, b], [b, a], a), ()),
        "plot_tokens": (lambda: plots.plot_tokens([[a, b], [b, a]], [a, b]), ()),
        "plot_image_text_similarity": (
            lambda: plots.plot_image_text_similarity([image] * 2, [a, b], np.eye(2)),
            (),
        ),
        "plot_words": (lambda: plots.plot_words(words, a), ()),
        "show_heatmap": (lambda: plots.show_heatmap(image, heat[0], a), ()),
        "show_heatmaps": (lambda: plots.show_heatmaps(image, heat, [a, b], b), ()),
        "show_image": (lambda: plots.show_image(image, a), ()),
        "show_images": (lambda: plots.show_images([image] * 2, [a, b]), ()),
        "show_mask": (lambda: plots.show_mask(image, np.ones((224, 224), bool), a), ()),
    }


@pytest.fixture(scope="module")
def frogs():
    return clipnb.load_fieldguide("test", kinds="frog", per_species=1).select(range(4))


def test_every_figure_is_tried(clip, frogs):
    drawing = {name for name in plots.__all__ if not name.isupper()} - PICTURELESS
    assert set(figures(clip, frogs, "a", "b")) == drawing


@pytest.mark.slow
@pytest.mark.parametrize("kind", NAMES)
def test_names_are_drawn_as_they_are(kind, clip, frogs):
    for name, (draw, legend) in figures(clip, frogs, *NAMES[kind]).items():
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            draw()
            figure = plt.gcf()
            figure.savefig(io.BytesIO(), format="svg")
            figure.savefig(io.BytesIO(), format="png")
        assert not warned, (name, str(warned[0].message))
        said = plots.alt_text(figure)
        assert said.isprintable() and len(said) < 20_000, name
        shown = [
            plain(text.get_text())
            for ax in figure.axes
            if ax.get_legend()
            for text in ax.get_legend().get_texts()
        ]
        of_prediction = {"explain_image", "plot_contributions"}
        given = ("a", "b") if refused(NAMES[kind][0]) and name in of_prediction else legend
        for one in given:
            assert any(
                plain(wrap(one, 40, FEW_LINES)).rstrip(" …")[:25] in text for text in shown
            ), (name, one[:40])
        assert not any(text.get_text().count("\n") >= MOST_LINES for text in _texts(figure)), name
        plt.close("all")


def _texts(figure):
    return [text for text in figure.findobj(matplotlib.text.Text) if text.get_text()]


def test_two_classes_whose_labels_look_alike_are_two_bars(clip, frogs):
    a, b = "x" * 900 + "a", "x" * 900 + "b"
    table = {a: ["a green frog"], b: ["a red beetle"]}
    prediction = clipnb.ZeroShotClassifier(clip, table).predict(frogs)
    ax = plots.plot_probabilities(prediction)
    widths = [bar.get_width() for bar in ax.patches]
    assert widths == pytest.approx(sorted(prediction.probabilities[0].tolist(), reverse=True))


@pytest.mark.parametrize("text", ["$x$", r"\$", r"\\$a\$", "$" * 7, "a $ b", r"{\$}_^"])
def test_a_dollar_is_always_a_dollar(text):
    figure, ax = plt.subplots()
    drawn = ax.set_title(wrap(text))
    plain_text, is_math = drawn._preprocess_math(drawn.get_text())
    assert (plain_text, is_math) == (text, False)


def test_a_label_is_short_and_comes_back():
    assert wrap("a\nb") == "a\nb" and plain(wrap("costs $3")) == "costs $3"
    assert wrap("word " * 500).count("\n") == MOST_LINES - 1 and wrap("word " * 500)[-1] == "…"
    assert legend_label("_x") == HIDDEN + "_x" and plain(legend_label("_x")) == "_x"
    assert legend_label("x_") == "x_" and legend_label("") == HIDDEN


# --- tables that do not fit -----------------------------------------------------------------------


def table_of(values):
    return pd.DataFrame(
        {
            "accuracy": values,
            "low": [v - 0.1 for v in values.values()],
            "high": [v + 0.1 for v in values.values()],
        },
        index=list(values),
    )


def test_methods_are_matched_by_name_and_not_by_place():
    first = table_of({"name": 0.2, "description": 0.8})
    ax = plots.plot_comparison({"seen": first, "held out": first.iloc[::-1]})
    for bars in [c for c in ax.containers if hasattr(c, "patches")]:
        assert [bar.get_width() for bar in bars.patches] == [0.2, 0.8]
    with pytest.raises(ValueError, match="'control' is in only one of the tables 'a' and 'b'"):
        plots.plot_comparison({"a": first, "b": table_of({"name": 0.1, "control": 0.2})})
    with pytest.raises(ValueError, match="no table to draw"):
        plots.plot_comparison({})
    with pytest.raises(ValueError, match="no accuracy for the group 'b'"):
        plots.plot_counts({"a": first, "b": first}, {"a": 0.3}, "name")


def test_an_accuracy_of_no_images_is_not_defined():
    ax = plots.plot_comparison({"none": table_of({"name": float("nan"), "description": 0.8})})
    assert [text.get_text() for text in ax.texts] == ["not defined", "0.80"]

"""Figures: every function takes an axes and returns it; odd names are drawn, not interpreted."""

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import clipnb
from clipnb import plots
from clipnb.plots.basic import GREY

ODD = "costs $x^ and <b>&amp;"


@pytest.fixture(scope="module")
def prediction(clip, fieldguide):
    return clipnb.ZeroShotClassifier(
        clip, {ODD: ["a red $bird_{", "<i>wings</i>"], "frog": ["a green frog"]}
    ).predict(fieldguide.select([0, 1]))


@pytest.fixture(autouse=True)
def close():
    yield
    plt.close("all")


@pytest.mark.parametrize(
    "how",
    [
        "probabilities",
        "contributions",
        "image",
        "mask",
        "similarity",
        "comparison",
        "evaluation",
        "reliability",
        "counts",
    ],
)
def test_takes_ax_and_returns_it_and_renders(how, prediction, fieldguide, clip):
    figure, ax = plt.subplots()
    table = clipnb.compare(
        {ODD: clipnb.ZeroShotClassifier(clip, clipnb.name_prompts(fieldguide.class_names))},
        fieldguide.select([0, 50]),
    )
    evaluated = clipnb.evaluate(
        clip, fieldguide.select([0, 50]), {ODD: clipnb.name_prompts(fieldguide.class_names)}
    )
    reliable = clipnb.reliability(
        prediction,
        clipnb.ImageDataset(
            fieldguide.images[:2], [0, 1], prediction.class_names, ["a", "b"], ["a", "b"]
        ),
    )
    returned = {
        "probabilities": lambda: plots.plot_probabilities(prediction, 0, ax=ax),
        "contributions": lambda: plots.plot_contributions(prediction, 0, ax=ax),
        "image": lambda: plots.show_image(fieldguide.images[0], ODD, ax=ax),
        "mask": lambda: plots.show_mask(
            fieldguide.images[0], fieldguide.mask(0, fieldguide_part(fieldguide)), ax=ax
        ),
        "similarity": lambda: plots.plot_similarity(np.eye(2), [ODD, "b"], ["c", ODD], ax=ax),
        "comparison": lambda: plots.plot_comparison({ODD: table}, ax=ax),
        "evaluation": lambda: plots.plot_evaluation(evaluated, ax=ax),
        "counts": lambda: plots.plot_counts(
            {ODD: evaluated[evaluated["group"] == "all"].assign(count=3).set_index("count")},
            {ODD: 0.5},
            ODD,
            ax=ax,
        ),
        "reliability": lambda: plots.plot_reliability({ODD: reliable}, ax=ax),
    }[how]()
    assert returned is ax
    figure.canvas.draw()  # an unbalanced dollar sign would raise here


def fieldguide_part(data):
    from clipnb.fieldguide.world import load_kind

    return load_kind(data.scenes[0].individual.kind).art.parts[0]


def test_explain_image_and_grid(prediction, fieldguide):
    left, right = plots.explain_image(fieldguide, prediction, 0)
    assert (
        fieldguide.class_names[fieldguide.labels[0]]
        in left.figure.axes[2].texts[0].get_text().replace("\n", " ")
        and right.patches
    )
    axes = plots.show_images([fieldguide.images[i] for i in range(5)], [ODD] * 5, columns=3)
    assert axes.shape == (2, 3)


def test_the_mask_stays_in_colour_and_the_rest_is_dimmed(fieldguide):
    mask = np.zeros((224, 224), bool)
    mask[:10] = True
    ax = plots.show_mask(fieldguide.images[0], mask)
    shown, original = np.asarray(ax.images[0].get_array()), np.asarray(fieldguide.images[0])
    assert (shown[:10] == original[:10]).all() and np.ptp(shown[10:], axis=-1).max() == 0


def test_every_seed_is_a_dot_at_its_bar(clip, fieldguide):
    """Two groups, one fixed method and one with three seeds: six dots, each on the bar of its
    method and group."""
    data, names = fieldguide.select(np.arange(0, len(fieldguide), 12)), fieldguide.class_names
    methods = {
        "fixed": clipnb.name_prompts(names),
        "seeded": lambda seed: clipnb.swapped_prompts({n: [n] for n in names}, seed=seed),
    }
    results = clipnb.evaluate(clip, data, methods, seeds=3)
    ax = plots.plot_evaluation(results, ["seen", "held-out"])
    dots = [
        (x, y) for line in ax.lines if line.get_marker() == "o" for x, y in zip(*line.get_data())
    ]
    bars = {
        round(bar.get_y() + bar.get_height() / 2, 3): bar.get_width()
        for container in ax.containers
        for bar in getattr(container, "patches", [])
    }
    assert len(dots) == 6 and {round(y, 3) for _, y in dots} <= set(bars)
    for group in ("seen", "held-out"):
        mean = results.query("method == 'seeded' and group == @group")["top1"].mean()
        assert any(abs(width - mean) < 1e-9 for width in bars.values())


def test_reliability_figure_shows_the_bins_and_the_error():
    import pandas as pd

    table = pd.DataFrame(
        {
            "low": [0, 0.5],
            "high": [0.5, 1.0],
            "n": [0, 8],
            "confidence": [np.nan, 0.9],
            "accuracy": [np.nan, 0.5],
        }
    )
    ax = plots.plot_reliability({"names": table})
    assert [line.get_xydata().tolist() for line in ax.lines][1] == [[0.9, 0.5]]
    assert ax.get_legend().get_texts()[0].get_text() == "names (calibration error 0.40)"


def test_a_cosine_that_rounds_to_zero_has_no_sign():
    ax = plots.plot_similarity([[-0.001, 0.25], [-0.5, 0.004]], ["a", "b"], ["c", "d"])
    assert [text.get_text() for text in ax.texts] == ["0.00", "0.25", "−0.50", "0.00"]


def test_more_curves_than_colours_are_all_drawn():
    counts = {step: (step, 10) for step in (1, 2)}
    assert (
        len(plots.plot_retrieval({str(i): counts for i in range(6)}, 0.1).get_legend().get_texts())
        == 6
    )
    panels = plots.plot_distributions({"a": {str(i): [0.1, 0.2] for i in range(6)}})
    assert len(panels[0, 0].get_legend().get_texts()) == 6


def test_fewer_losses_than_steps_of_the_mean_are_their_mean():
    ax = plots.plot_losses({"short": [4.0, 4.0, 4.0]}, 5.0)
    assert ax.lines[0].get_ydata().tolist() == [4.0]


def test_controls_are_grey_and_their_hatch_says_of_which_group():
    table = pd.DataFrame(
        {"accuracy": [0.9, 0.4], "low": [0.8, 0.3], "high": [1.0, 0.5]},
        index=["name", "swapped (control)"],
    )
    one = plots.plot_comparison({"all": table})
    two = plots.plot_comparison({"seen": table, "held-out": table})
    grey = matplotlib.colors.to_rgb(GREY)
    assert one.patches[1].get_facecolor()[:3] == grey != one.patches[0].get_facecolor()[:3]
    bars = two.patches
    assert [bool(bar.get_hatch()) for bar in bars] == [False, True, False, True]
    assert len({bar.get_facecolor() for bar in (bars[1], bars[3])}) == 1
    assert bars[1].get_edgecolor() == bars[0].get_facecolor() != bars[3].get_edgecolor()
    assert [text.get_text() for text in two.get_legend().get_texts()][-1] == "controls"


def test_the_alt_text_of_tokens_is_the_tokens():
    ax = plots.plot_tokens([["a</w>", "frog</w>"]], ["a frog"])
    assert plots.alt_text(ax.figure).endswith("‘a frog’: a</w> | frog</w>")

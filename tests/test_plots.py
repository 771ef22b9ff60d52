"""Figures: every function takes an axes and returns it; odd names are drawn, not interpreted."""

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
import numpy as np
import pytest

import clipnb
from clipnb import plots

ODD = "costs $x^ and <b>&amp;"


@pytest.fixture(scope="module")
def prediction(clip, fieldguide):
    return clipnb.ZeroShotClassifier(clip, {ODD: ["a red $bird_{", "<i>wings</i>"], "frog": ["a green frog"]}).predict(fieldguide.select([0, 1]))


@pytest.fixture(autouse=True)
def close():
    yield
    plt.close("all")


@pytest.mark.parametrize("how", ["probabilities", "explanation", "image", "mask", "similarity", "comparison"])
def test_takes_ax_and_returns_it_and_renders(how, prediction, fieldguide, clip):
    figure, ax = plt.subplots()
    table = clipnb.compare({ODD: clipnb.ZeroShotClassifier(clip, clipnb.name_prompts(fieldguide.class_names))}, fieldguide.select([0, 50]))
    returned = {
        "probabilities": lambda: plots.plot_probabilities(prediction, 0, ax=ax),
        "explanation": lambda: plots.plot_explanation(prediction, 0, ax=ax),
        "image": lambda: plots.show_image(fieldguide.images[0], ODD, ax=ax),
        "mask": lambda: plots.show_mask(fieldguide.images[0], fieldguide.mask(0, fieldguide_part(fieldguide)), ax=ax),
        "similarity": lambda: plots.plot_similarity(np.eye(2), [ODD, "b"], ["c", ODD], ax=ax),
        "comparison": lambda: plots.plot_comparison({ODD: table}, ax=ax),
    }[how]()
    assert returned is ax
    figure.canvas.draw()  # an unbalanced dollar sign would raise here


def fieldguide_part(data):
    from clipnb.fieldguide.world import load_kind

    return load_kind(data.scenes[0].individual.kind).art.parts[0]


def test_explanation_shows_every_sentence_and_the_class_score(prediction):
    ax = plots.plot_explanation(prediction, 0)
    assert len(ax.get_yticklabels()) == 3 and len(ax.patches) == 3
    lines = {round(line.get_xdata()[0], 5) for line in ax.lines}
    assert {round(float(score), 5) for score in prediction.scores[0]} <= lines


def test_explain_picture_and_grid(prediction, fieldguide):
    left, right = plots.explain_picture(fieldguide, prediction, 0)
    assert fieldguide.class_names[fieldguide.labels[0]] in left.get_title().replace("\n", " ") and right.patches
    axes = plots.show_images([fieldguide.images[i] for i in range(5)], [ODD] * 5, columns=3)
    assert axes.shape == (2, 3)


def test_the_mask_stays_in_colour_and_the_rest_is_dimmed(fieldguide):
    mask = np.zeros((224, 224), bool)
    mask[:10] = True
    ax = plots.show_mask(fieldguide.images[0], mask)
    shown, original = np.asarray(ax.images[0].get_array()), np.asarray(fieldguide.images[0])
    assert (shown[:10] == original[:10]).all() and np.ptp(shown[10:], axis=-1).max() == 0

"""The figures of notebooks 01 and 02 show what they were given."""

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
import numpy as np
import pytest

from clipnb import plots

ODD = "costs $x^ and <b>&amp;"


@pytest.fixture(autouse=True)
def close():
    yield
    plt.close("all")


def test_a_number_for_each_patch():
    figure, ax = plt.subplots()
    assert plots.plot_patches(np.zeros((40, 60, 3), np.uint8), 20, ax) is ax
    assert [(t.get_text(), t.get_position()) for t in ax.texts][4] == ("4", (30, 30))
    assert len(ax.texts) == 6
    figure.canvas.draw()


def test_a_box_for_each_token():
    figure, ax = plt.subplots()
    assert plots.plot_tokens([["a</w>", "$x"], ["b"]], [ODD, "b"], ax) is ax
    assert len(ax.patches) == 3 and len(ax.texts) == 3
    figure.canvas.draw()


def test_the_best_text_of_each_image_is_framed():
    cosines = np.array([[0.1, 0.9, 0.2], [0.8, 0.1, 0.2]])  # two images, three texts
    ax = plots.plot_wall([np.zeros((8, 8, 3), np.uint8)] * 2, [ODD, "b", "c"], cosines)
    assert [(int(p.get_x()), int(p.get_y())) for p in ax.patches] == [(0, 1), (1, 0)]
    assert len(ax.child_axes) == 2
    ax.figure.canvas.draw()


def test_bands_share_one_axis_and_mark_their_means():
    values = {"own": np.array([0.2, 0.4]), ODD: np.array([-0.5, 0.0, 0.5])}
    axes = plots.plot_bands({"one": values, ODD: values})
    assert axes.shape == (2, 1)
    assert [line.get_xdata()[0] for line in axes[0, 0].lines] == pytest.approx([0.3, 0.0])
    axes[0, 0].figure.canvas.draw()


def test_checkpoints_are_drawn_in_one_scale():
    matrices = np.stack([np.zeros((4, 4)), np.eye(4)])
    axes = plots.plot_checkpoints(matrices, [0, 7], blocks=2)
    assert [ax.get_title() for ax in axes.flat[:2]] == ["step 0", "step 7"]
    assert {ax.images[0].get_clim() for ax in axes.flat[:2]} == {(0.0, 1.0)}
    axes.flat[0].figure.canvas.draw()


def test_losses_are_running_means():
    figure, ax = plt.subplots()
    assert (
        plots.plot_losses({"run": [4.0, 2.0, 0.0], ODD: [1.0, 1.0, 1.0]}, 4.0, 0.5, smooth=2, ax=ax)
        is ax
    )
    assert ax.lines[0].get_xydata().tolist() == [[2, 3], [3, 1]]
    figure.canvas.draw()


def test_retrieval_has_shares_and_chance():
    figure, ax = plt.subplots()
    assert (
        plots.plot_retrieval({"run": {0: (0, 50), 10: (25, 50)}, ODD: {0: (50, 50)}}, 0.02, ax)
        is ax
    )
    assert ax.lines[0].get_ydata().tolist() == [0, 0.5]
    figure.canvas.draw()

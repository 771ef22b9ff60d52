"""The figures of notebooks 01 and 02 show what they were given."""

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from clipnb import plots
from clipnb.data import to_rgb

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
    ax = plots.plot_image_text_similarity(
        [np.zeros((8, 8, 3), np.uint8)] * 2, [ODD, "b", "c"], cosines
    )
    assert [(int(p.get_x()), int(p.get_y())) for p in ax.patches] == [(0, 1), (1, 0)]
    assert len(ax.child_axes) == 2
    ax.figure.canvas.draw()


def test_bands_share_one_axis_and_mark_their_means():
    values = {"own": np.array([0.2, 0.4]), ODD: np.array([-0.5, 0.0, 0.5])}
    axes = plots.plot_distributions({"one": values, ODD: values})
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


FIGURES = {
    "show_image": plots.show_image,
    "show_images": lambda image: plots.show_images([image], columns=1).flat[0],
    "plot_patches": lambda image: plots.plot_patches(image, 4),
    "plot_image_text_similarity": lambda image: plots.plot_image_text_similarity(
        [image], ["a"], [[0.1]]
    ).child_axes[0],
    "show_mask": lambda image: plots.show_mask(image, np.ones((8, 12), bool)),
}


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "CMYK", "YCbCr", "RGBA", "turned"])
def test_images_of_every_mode_are_drawn_in_their_colours(name, mode):
    colours = np.random.default_rng(0).integers(0, 256, (8, 12, 3), dtype=np.uint8)
    image = Image.fromarray(colours)
    if mode == "turned":  # as phones store a photo that is upright
        image = image.transpose(Image.Transpose.ROTATE_90)
        image.getexif()[0x0112] = 6
    else:
        image = image.convert(mode)
    drawn = FIGURES[name](image).images[0].get_array()
    assert np.array_equal(drawn, np.asarray(to_rgb(image))) and drawn.shape == (8, 12, 3)


@pytest.mark.parametrize("name", FIGURES)
def test_arrays_of_one_channel_are_drawn_grey(name):
    grey = np.random.default_rng(0).integers(0, 256, (8, 12), dtype=np.uint8)
    for given in (grey, grey[..., None], grey.astype(int), grey / 255):
        drawn = FIGURES[name](given).images[0].get_array()
        assert np.array_equal(drawn, np.repeat(grey[..., None], 3, -1))


@pytest.mark.parametrize(
    "array, what",
    [
        (np.zeros((3, 8, 12)), r"\(3, 8, 12\)"),
        (np.full((8, 12, 3), 200.0), "to 200; scale"),
        (np.full((8, 12), np.nan), "nan"),
    ],
    ids=["channels first", "0 to 255 as float", "not a number"],
)
def test_arrays_that_are_no_image_are_refused(array, what):
    for draw in FIGURES.values():
        with pytest.raises(ValueError, match=what):
            draw(array)


def test_a_mask_of_another_image_is_refused():
    with pytest.raises(ValueError, match="mask has the shape"):
        plots.show_mask(np.zeros((8, 12, 3), np.uint8), np.ones((12, 8), bool))

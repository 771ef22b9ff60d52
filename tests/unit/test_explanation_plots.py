"""Figures of explanations: returned axes, one colour scale, bars that are the numbers, odd text
drawn as text."""

import io

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.text import Text
from PIL import Image

import clipnb
from clipnb import plots
from clipnb.plots.heatmaps import limit_of

ODD = "costs $x^ and <b>&amp;"


@pytest.fixture(autouse=True)
def close():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def prediction(clip, fieldguide):
    table = {ODD: ["a red $bird_{", "<i>wings</i>", "shared"], "frog": ["a green frog", "shared"]}
    return clipnb.ZeroShotClassifier(clip, table).predict(fieldguide.select([0]))


def bars_of(ax):
    return sorted((bar for box in ax.containers for bar in box), key=lambda bar: bar.get_y())


def numbers_of(ax):
    """The column beside the bars."""
    return [float(text.get_text().replace("\N{MINUS SIGN}", "-")) for text in ax.texts]


def test_the_waterfall_ends_at_the_margin(prediction):
    figure, ax = plt.subplots()
    assert plots.plot_contributions(prediction, 0, (ODD, "frog"), ax=ax) is ax
    table = clipnb.contributions(prediction, 0, (ODD, "frog"))
    *bars, total = bars_of(ax)
    assert [bar.get_width() for bar in bars] == pytest.approx(table["centred"].tolist(), abs=1e-9)
    ends = [bar.get_x() + bar.get_width() for bar in bars]
    assert [bar.get_x() for bar in bars] == pytest.approx([0, *ends[:-1]], abs=1e-9)
    assert (total.get_x(), total.get_width()) == (0, pytest.approx(ends[-1], abs=1e-9))
    assert ends[-1] == pytest.approx(table.attrs["margin"], abs=1e-6)
    low, high = ax.get_xlim()
    assert low <= min(0, *ends) and high >= max(0, *ends)
    figure.canvas.draw()  # an unbalanced dollar sign would raise here


def test_colour_says_for_whom_and_the_dot_whose_prompt(prediction):
    ax = plots.plot_contributions(prediction, 0, (ODD, "frog"))
    colours = {bar.get_width() >= 0: to_hex(bar.get_facecolor()) for bar in bars_of(ax)[:-1]}
    assert all(colours[sign].upper() == (plots.BLUE if sign else plots.ORANGE) for sign in colours)
    table = clipnb.contributions(prediction, 0, (ODD, "frog"))
    dots = [line.get_fillstyle() for line in ax.lines if line.get_marker() == "o"]
    styles = {ODD: "full", "frog": "none", f"{ODD} / frog": "left"}
    assert dots == [styles[name] for name in table["class"]]


def test_the_column_of_numbers_adds_up(clip, fieldguide):
    names = fieldguide.class_names[:2]
    table = clipnb.descriptor_prompts(clipnb.load_descriptors("fieldguide").select(names))
    prediction = clipnb.ZeroShotClassifier(clip, table).predict(fieldguide.select([0]))
    for top_k in (3, 99):
        ax = plots.plot_contributions(
            prediction, 0, names, None, fieldguide.select(range(30)), top_k
        )
        *parts, total = numbers_of(ax)
        assert sum(parts) == pytest.approx(total, abs=0.0006 * len(parts))
        rows = [label.get_text() for label in ax.get_yticklabels()]
        assert rows[0] == "mean margin of 30 images" and "margin of this image" in rows[-1]
        prompts = len(table[names[0]]) + len(table[names[1]])
        assert len(rows) == (3 + 3 if top_k == 3 else prompts + 2)


def test_text_in_the_waterfall_is_large_enough(prediction):
    ax = plots.plot_contributions(prediction, 0)
    ax.figure.canvas.draw()
    sizes = [text.get_fontsize() for text in ax.findobj(Text) if text.get_text()]
    assert min(sizes) >= 9


def test_words_add_up_their_tokens():
    table = pd.DataFrame(
        {
            "number": [0, 1, 1],
            "word": ["a", "$x^", "$x^"],
            "token": ["a", "$", "x^"],
            "relevance": [1.0, 1.0, 2.0],
        }
    )
    figure, ax = plt.subplots()
    assert plots.plot_words(table, ODD, ax=ax) is ax
    assert [bar.get_width() for bar in ax.containers[0]] == pytest.approx([0.25, 0.75])
    figure.canvas.draw()


def test_all_panels_share_one_colour_scale():
    """A map of half the strength is half as strongly coloured."""
    image = np.full((20, 20, 3), 128, np.uint8)
    strong = np.zeros((20, 20))
    strong[5:10, 5:10] = 1.0
    axes = plots.show_heatmaps(image, [strong, strong / 2], [ODD, "weak"])
    pale, full, half = (
        np.asarray(axes.flat[k].images[0].get_array())[row, row]
        for k, row in ((1, 0), (1, 7), (2, 7))
    )
    assert np.allclose(half - pale, (full - pale) / 2, atol=1e-6) and abs(full - pale).max() > 0.3
    assert len(axes.flat) == 3
    axes.flat[0].figure.canvas.draw()


def test_for_and_against_have_their_own_colours():
    image, signed = np.full((4, 4, 3), 200, np.uint8), np.zeros((4, 4))
    signed[0, 0], signed[3, 3] = 1.0, -1.0
    ax = plots.show_heatmap(image, signed)
    shown = np.asarray(ax.images[0].get_array())
    assert (
        shown[0, 0, 2] > shown[0, 0, 0]  # blue, as a bar that speaks for a class
        and shown[3, 3, 0] > shown[3, 3, 2]
        and np.allclose(shown[1, 1], shown[2, 2])
    )


def test_a_map_of_nothing_and_a_map_of_another_size():
    image = np.zeros((4, 4, 3), np.uint8)
    plots.show_heatmaps(image, np.zeros((1, 4, 4)), ["nothing"])[0, 0].figure.canvas.draw()
    assert limit_of(np.zeros(3)) == 1.0 and limit_of(np.eye(50)) == 1.0
    with pytest.raises(ValueError, match=r"\(5, 5\).*\(4, 4\)"):
        plots.show_heatmap(image, np.zeros((5, 5)))
    with pytest.raises(ValueError, match="1 heatmaps and 2 titles"):
        plots.show_heatmaps(image, np.zeros((1, 4, 4)), ["a", "b"])


def test_a_grid_has_empty_panels():
    figure, axes = plots.grid(7, columns=5)
    assert len(axes) == 10 and not any(ax.axison for ax in axes)


def test_a_image_of_any_mode_is_drawn_as_the_model_sees_it():
    image = Image.new("RGB", (20, 10), "red")
    exif = Image.Exif()
    exif[0x0112] = 6  # held upright: 10 wide, 20 high
    held = io.BytesIO()
    image.save(held, "jpeg", exif=exif)
    ax = plots.show_heatmap(Image.open(held), np.eye(20, 10))
    assert ax.images[0].get_array().shape == (20, 10, 3)
    half = Image.new("L", (10, 10), 0)
    half.paste(255, (0, 0, 5, 10))
    grey = plots.show_heatmap(half, np.zeros((10, 10)), limit=1.0).images[0].get_array()
    assert grey[0, 0, 0] > grey[0, 9, 0] + 0.3  # not each row's mean

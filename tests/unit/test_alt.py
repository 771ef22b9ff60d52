"""Alt texts of figures: composed from what is drawn, and beside the image in a notebook's
output."""

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from clipnb import plots


@pytest.fixture(autouse=True)
def close():
    yield
    plt.close("all")


def test_bars_are_read_out_with_their_values():
    _, ax = plt.subplots()
    ax.barh([0, 1], [0.25, 0.75], label="seen")
    ax.set_yticks([0, 1], ["class\nname", "description"])
    ax.set_xlabel("accuracy")
    assert plots.alt_text(ax.figure) == "Bars, accuracy: seen: class name 0.25, description 0.75"


def test_standing_bars_too():
    _, ax = plt.subplots()
    ax.bar(["a", "b"], [1, 2])
    ax.set_ylabel("images")
    assert plots.alt_text(ax.figure) == "Bars, images: a 1.00, b 2.00"


def test_curves_say_their_axes_and_names():
    _, ax = plt.subplots()
    ax.plot([1, 2], [3, 4], label="held out")
    ax.set(xlabel="texts", ylabel="accuracy")
    assert plots.alt_text(ax.figure) == "Accuracy over texts: held out"


def test_a_grid_of_images_is_one_list():
    images = [np.zeros((4, 4, 3), np.uint8)] * 3
    axes = plots.show_images(images, ["tree frog", "tree frog", "tailed frog"], columns=2)
    assert plots.alt_text(axes[0, 0].figure) == "3 images: tree frog, tailed frog"


def test_a_matrix_says_its_rows_columns_and_range():
    ax = plots.plot_similarity(
        np.array([[0.1, 0.2], [0.3, 0.4]]), ["a tail", "green skin"], ["frogs", "birds"]
    )
    assert (
        plots.alt_text(ax.figure)
        == "Matrix of 2 rows (a tail, green skin) and 2 columns (frogs, birds), values from 0.10 to"
        " 0.40"
    )


def test_a_dollar_sign_in_a_label_is_a_dollar_sign():
    ax = plots.show_image(np.zeros((4, 4, 3), np.uint8), "costs $5")
    assert plots.alt_text(ax.figure) == "Image ‘costs $5’"


def test_words_of_the_author_come_first():
    axes = plots.show_images([np.zeros((4, 4, 3), np.uint8)])
    assert plots.describe(axes, "One black\nimage.") is axes
    assert plots.alt_text(axes[0, 0].figure) == "One black image."


@pytest.mark.slow
def test_jupyter_keeps_the_words_beside_the_image():
    source = (
        "import matplotlib.pyplot as plt\nfrom clipnb import plots\n_, ax ="
        " plt.subplots()\nax.bar(['a', 'b'], [1, 2])\n_ = ax.set_ylabel('images')"
    )
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source), nbformat.v4.new_code_cell("ax.figure")]
    )
    NotebookClient(notebook, kernel_name="python3", timeout=120).execute()
    shown = [
        output
        for cell in notebook.cells
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    ]
    assert [output.metadata["image/png"]["alt"] for output in shown] == [
        "Bars, images: a 1.00, b 2.00"
    ] * 2

"""The notebooks as pages of the site: what book/course.py makes of them, without building it."""

import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parent.parent.parent
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def test_a_notebook_with_an_error_or_an_unexecuted_cell_is_not_published(builder, tmp_path):
    import course

    cell = nbformat.v4.new_code_cell("1 / 0", execution_count=1)
    cell.outputs = [
        nbformat.v4.new_output(
            "error", ename="ZeroDivisionError", evalue="division by zero", traceback=[]
        )
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# 01 · A"), cell])
    nbformat.write(notebook, tmp_path / "01_a.ipynb")
    with pytest.raises(SystemExit, match="ZeroDivisionError"):
        course.read_notebooks(tmp_path)
    cell.outputs, cell.execution_count = [], None
    nbformat.write(notebook, tmp_path / "01_a.ipynb")
    with pytest.raises(SystemExit, match="not executed"):
        course.read_notebooks(tmp_path)


def test_the_words_of_a_figure_reach_its_page(builder, tmp_path):
    import course

    output = nbformat.v4.new_output(
        "display_data", {"image/png": PIXEL}, metadata={"image/png": {"alt": "Bars: a 1.00"}}
    )
    cells = [
        nbformat.v4.new_markdown_cell("# 01 · A\n\n## 2 · Look"),
        nbformat.v4.new_code_cell("draw()", execution_count=1, outputs=[output]),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "01_a.ipynb")
    (notebook,) = course.read_notebooks(tmp_path)
    assert (
        notebook.alts == ["Bars: a 1.00"]
        and notebook.figures[0].area == 1
        and notebook.figures[0].heading == "2 · Look"
    )
    # where Jupyter Book reads it
    assert notebook.cells.cells[1].metadata["mystnb"] == {"image": {"alt": "Bars: a 1.00"}}


def test_solutions_are_folded_behind_their_cells(builder):
    import course

    notebook, *_ = course.read_notebooks(ROOT / "notebooks")
    before = [cell.source for cell in notebook.cells.cells]
    course.fold_solutions(notebook)
    # the answers to choose from have tests of their own: tests/site/test_choices.py
    notebook.cells.cells = [
        one for one in notebook.cells.cells if "clipnb-choice" not in one.source
    ]
    folds = [
        (place, cell.source)
        for place, cell in enumerate(notebook.cells.cells)
        if cell.source.startswith("::::{dropdown} Solution\n```python\n")
    ]
    assert len(folds) == len(notebook.cells.cells) - len(before) == 3
    assert all(
        "checks.check_" in notebook.cells.cells[place - 1].source and "= ..." not in source
        for place, source in folds
    )
    notebook.cells.cells = [cell for cell in notebook.cells.cells if "00.2" not in cell.source]
    with pytest.raises(SystemExit, match="not those of exercises/00.py"):
        course.fold_solutions(notebook)


def test_prose_that_names_another_notebook_links_to_it(builder, tmp_path):
    import course

    text = "See notebook 02, *02, Train a CLIP*, notebook 09 and this notebook 01."
    for name, prose in {
        "01_see.ipynb": f"# 01 · See\n\n{text}",
        "02_train_a_clip.ipynb": "# 02 · Train a CLIP",
    }.items():
        nbformat.write(
            nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(prose)]), tmp_path / name
        )
    notebooks = course.read_notebooks(tmp_path)
    course.link_notebooks(notebooks[0], notebooks)
    expected = (
        "See [notebook 02](02_train_a_clip.ipynb), *[02, Train a CLIP](02_train_a_clip.ipynb)*,"
        " notebook 09 and this notebook 01."
    )
    assert notebooks[0].cells.cells[0].source.endswith(expected)


def test_several_notebooks_in_one_phrase_are_all_links(builder, tmp_path):
    import course

    for name, prose in {
        "01_a.ipynb": "# 01 · A\n\nNotebooks 02, 03 and 05, or notebook 02, 03 of",
        "02_b.ipynb": "#",
        "03_c.ipynb": "#",
    }.items():
        nbformat.write(
            nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(prose)]), tmp_path / name
        )
    notebooks = course.read_notebooks(tmp_path)
    course.link_notebooks(notebooks[0], notebooks)
    expected = (
        "[Notebooks 02](02_b.ipynb), [03](03_c.ipynb) and 05, or [notebook 02](02_b.ipynb), 03 of"
    )
    assert notebooks[0].cells.cells[0].source.endswith(expected)


@pytest.mark.parametrize("owner", ["_OWNER_", "somebody"])
def test_links_to_an_address_that_nobody_has_are_left_out(owner, builder, tmp_path):
    import course

    paragraph = (
        "**Not installed?** [Open in"
        f" Colab](https://colab.research.google.com/github/{owner}/clipnb/blob/main/notebooks/01_a.ipynb)"
    )
    cell = nbformat.v4.new_markdown_cell(f"# 01 · A\n\n**Time.** 5 minutes.\n\n{paragraph}")
    said = nbformat.v4.new_markdown_cell(
        "In VS Code. Every notebook also opens in Colab and Binder, with the links at its top."
    )
    nbformat.write(nbformat.v4.new_notebook(cells=[cell, said]), tmp_path / "01_a.ipynb")
    notebooks = course.read_notebooks(tmp_path)
    course.drop_dead_links(notebooks[0])
    known = owner != "_OWNER_"
    assert ("Colab" in notebooks[0].cells.cells[1].source) == known
    assert (
        notebooks[0].cells.cells[0].source.endswith(paragraph if known else "**Time.** 5 minutes.")
    )
    page = course.first_page("# Title\ndownload{{elsewhere}}.", notebooks, tmp_path)
    assert page.startswith("# Title\n\n:::{div} first-corner\n[Install](install.md)")
    assert page.endswith("\ndownload" + ", and opens it in Colab or Binder" * known + ".")


def test_every_figure_of_the_first_page_is_the_one_that_its_caption_speaks_of(builder):
    import course

    for notebook in course.read_notebooks(ROOT / "notebooks"):
        if notebook.figures:
            heading, caption = course.GALLERY[notebook.number]
            figure, said = course.chosen_figure(notebook)
            assert said == caption, f"notebook {notebook.number} has no figure under '{heading}'"


def test_columns_of_words_are_told_from_columns_of_numbers(builder):
    import course

    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame(
        {
            "p": ["<0.001", "–"],
            "n": [10, 2_000],
            "said": ["a red crest", "3"],
            "new": [1.5e-7, float("nan")],
        },
        index=["a", "b"],
    )
    page = course.with_text_columns(f"<div>{table.rename_axis('method').to_html()}</div>")
    # the name of the index, which pandas writes into a second row, stands beside the others
    assert re.findall(r'<th class="text">(.*?)</th>', page) == ["method", "said", "a", "b"]
    assert page.count("<tr") == 3
    several = table.set_index(["said", "n"], append=True).to_html()
    assert course.with_text_columns(several).count("<tr") == 3
    named = course.with_text_columns(table.rename_axis(columns="kind").rename_axis("m").to_html())
    assert named.count("<tr") == 4  # both axes have a name: nothing is lost
    assert "<th></th>" not in page  # an empty cell is no heading
    numbered = course.with_text_columns(table.reset_index(drop=True).to_html())
    assert re.findall(r'<th class="text">(.*?)</th>', numbered) == ["said"]
    assert re.findall(r'<td class="text">(.*?)</td>', page) == ["a red crest", "3"]
    signs = pandas.DataFrame({"gain": ["-0.5", "-", "-1e-05"], "said": ["a-b", "-tail", "3-4"]})
    page = course.with_text_columns(signs.to_html())
    found = [cell[1] for cell in re.findall(r"<td( class=\"text\")?>(.*?)</td>", page)]
    assert [text for text in found if text] == ["−0.5", "a-b", "-", "-tail", "−1e-05", "3-4"]


def test_what_is_for_test_tools_is_not_shown(builder, tmp_path):
    import course

    code = (
        "# nbval-ignore-output: times differ\ntable = {  # two\n    1: 2}  # fmt: skip\n# said to"
        " the reader"
    )
    cells = [
        nbformat.v4.new_markdown_cell(
            "# 01 · A\n\nIn 20 min, see notebook 07: 95 % of `50 minus 3`."
        ),
        nbformat.v4.new_code_cell(code, execution_count=1),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "01_a.ipynb")
    notebook = course.read_notebooks(tmp_path)[0]
    course.tidy(notebook)
    prose, code = (cell.source for cell in notebook.cells.cells)
    assert code == "table = {  # two\n    1: 2}\n# said to the reader"
    assert prose.endswith("In 20\u00a0min, see notebook\u00a007: 95\u00a0% of `50 minus 3`.")


def test_a_figure_wider_than_a_phone_is_marked(builder):
    import course

    notebooks = course.read_notebooks(ROOT / "notebooks")
    marked = {
        cell.metadata["mystnb"]["image"].get("classes")
        for one in notebooks
        for cell in one.cells.cells
        if "mystnb" in cell.metadata
    }
    assert marked == {None, "wide"}
    assert [figure for one in notebooks for figure in one.figures if figure.width > course.PHONE]

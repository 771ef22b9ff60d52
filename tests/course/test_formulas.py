"""Formulas of the notebooks as MathML, for pages without a script."""

import sys
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "notebooks" / "_tools"))

from formulas import FORMULA, Formulas, Unknown, mathml, replaced

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def test_every_formula_of_the_course_is_known():
    found = []
    for path in NOTEBOOKS:
        for cell in nbformat.read(path, 4).cells:
            if cell.cell_type == "markdown":
                for formula in FORMULA.finditer(cell.source):
                    if tex := formula["display"] or formula["inline"]:
                        found.append(tex)
                        xml = mathml(tex, bool(formula["display"])).replace("&nbsp;", " ")
                        ElementTree.fromstring(xml)
                assert "$" not in FORMULA.sub("", cell.source), path.name
    assert len(found) > 30


def test_a_sum_by_hand():
    assert mathml(r"\frac{1}{n} \sum_{i} x_i^2", display=True) == (
        '<math display="block"><mrow><mfrac><mrow><mn>1</mn></mrow><mrow><mi>n</mi></mrow></mfrac>'
        "<munder><mo>∑</mo><mrow><mi>i</mi></mrow></munder>"
        "<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup></mrow></math>"
    )
    assert mathml(r"\text{if } a < b") == (
        "<math><mrow><mtext>if&nbsp;</mtext><mi>a</mi><mo>&#60;</mo><mi>b</mi></mrow></math>"
    )


def test_signs_that_end_a_cell_of_a_table_are_written_otherwise():
    assert "|" not in mathml(r"\lvert D(c) \rvert") and "|" not in mathml("|m|")


@pytest.mark.parametrize("tex", [r"\unknown{x}", "{x", "x}", r"\frac1", "x^", "a & b", r"\sqrt"])
def test_what_is_not_known_stays(tex):
    with pytest.raises(Unknown):
        mathml(tex)
    assert replaced(f"so ${tex}$ it is", str.upper) == f"so ${tex}$ it is"


def test_code_and_prices_stay():
    for text in ("`$x$`", "```\n$x$\n```", "$5 and $6", "a$b$c", r"\$x\$"):
        assert replaced(text, lambda formula: "FORMULA") == text
    assert replaced("$x$ and $$y$$", lambda formula: "F") == "F and F"


def test_nbconvert_changes_markdown_only():
    cell = nbformat.v4.new_markdown_cell("$x$")
    code = nbformat.v4.new_code_cell("'$x$'")
    change = Formulas().preprocess_cell
    assert (
        "<mi>x</mi>" in change(cell, {}, 0)[0].source and change(code, {}, 1)[0].source == "'$x$'"
    )

"""The rule by which outputs of notebooks are compared: what it lets pass, and what it rejects."""

import pytest
from output_rule import difference, read_html, read_plain

TABLE = """                     n accuracy    low   high fixed broken       p
method
class name         320    0.244  0.200  0.294     –      –       –
description alone  320    0.859  0.817  0.893   200      3  <0.001
name and kind      320    0.397  0.345  0.451    61     12   0.030"""

HTML = """<table border="1" class="dataframe"><thead><tr><th></th><th></th><th>n</th><th>top1</th><th>fixed</th><th>p_holm</th></tr>
<tr><th>group</th><th>method</th><th></th><th></th><th></th><th></th></tr></thead><tbody>
<tr><th rowspan="2">seen</th><th>name</th><td>600</td><td>0.900</td><td>–</td><td>–</td></tr>
<tr><th>description</th><td>600</td><td>0.950</td><td>40</td><td>&lt;0.001</td></tr></tbody></table>"""

CONFUSIONS = """<p>all classes: 833 of 920 images correct (91%).</p><table><thead><tr><th>shown ↓ taken for →</th><th>rowan</th><th>hoopoe</th></tr></thead>
<tbody><tr><td>rowan</td><td>10</td><td></td></tr><tr><td>hoopoe</td><td>3</td><td>7</td></tr></tbody></table>"""

PASS = [
    ("two images of 320", TABLE, "0.859  0.817", "0.866  0.817"),
    ("counts by two", TABLE, "200      3", "198      5"),
    ("a count that needs another digit", "tree frog    right  9 of 10", " 9 of", "10 of"),
    ("p by a factor of ten", TABLE, "0.030", "0.003"),
    ("p below what is printed", TABLE, "<0.001", " 0.009"),
    ("p in a line", "20 fixed, 5 broken; p < 0.001", "p < 0.001", "p = 0.004"),
    ("p in powers of ten", "57 fixed, 21 broken, p = 6e-05", "6e-05", "2e-04"),
    ("the last digit of a similarity", "cosine 0.65", "0.65", "0.66"),
    ("a similarity by 0.002", "cosine 0.6512", "0.6512", "0.6530"),
    ("a share whose n is in its line", "0.91 from 100 images", "0.91", "0.93"),
    ("a percentage whose n is in its line", "93% of 121 images", "93%", "91%"),
    ("0 has no sign", "difference -0.001", "-0.001", "0.000"),
    ("a share in HTML", HTML, "0.950", "0.953"),
    ("a count in HTML", HTML, ">40<", ">42<"),
    ("a p in HTML", HTML, "&lt;0.001", "0.002"),
    (
        "confusions, where 0 is left empty",
        CONFUSIONS,
        "<td>10</td><td></td>",
        "<td>9</td><td>1</td>",
    ),
    ("an eighth of a bar", "<td>0.24 █▉</td>", "█▉", "██"),
    ("a bar that rounds to nothing", "<td>0.24 ▏</td>", " ▏", " "),
]

REJECTED = [
    ("a word", TABLE, "description alone", "description only"),
    ("a heading", TABLE, "accuracy", "precision"),
    ("a row", TABLE, "name and kind      320    0.397  0.345  0.451    61     12   0.030", ""),
    (
        "two rows in another order",
        "tree frog 0.61\nwood frog 0.60",
        "tree frog 0.61\nwood frog 0.60",
        "wood frog 0.60\ntree frog 0.61",
    ),
    ("three images of 320", TABLE, "0.859", "0.870"),
    ("a count by three", TABLE, "200  ", "197  "),
    ("the n of a row", TABLE, "320    0.859", "319    0.859"),
    ("p by more than a factor of ten", TABLE, "0.030", "0.400"),
    ("p far above what is printed", TABLE, "<0.001", " 0.020"),
    ("a number where there was none", TABLE, "–      –       –", "1      –       –"),
    ("a sign", "difference -0.029", "-0.029", "+0.029"),
    ("a small sign", "difference -0.001", "-0.001", "+0.001"),
    ("a lost minus", "difference -0.002", "-0.002", "0.002"),
    ("a similarity by more", "cosine 0.6512", "0.6512", "0.6540"),
    ("an integer", "logit scale 64", "64", "65"),
    ("a shape", "patches (64, 300)", "300", "301"),
    ("an integer with thousands", "329,985 weights", "329,985", "329,986"),
    ("a percentage by two", "above one half for 17%", "17%", "19%"),
    ("an index", "step 800: loss 0.3", "800", "801"),
    ("a line", "a\nb", "a\nb", "a b"),
    ("a share in HTML", HTML, "0.950", "0.956"),
    ("a tag", HTML, "<td>40</td>", "<th>40</th>"),
    ("a cell", HTML, "<td>40</td>", ""),
    ("an attribute", HTML, 'rowspan="2"', 'rowspan="3"'),
    ("the name of a class in HTML", CONFUSIONS, "<td>rowan</td>", "<td>raven</td>"),
    ("three confusions", CONFUSIONS, "<td>10</td><td></td>", "<td>7</td><td>3</td>"),
    ("a bar", "<td>0.24 █▉</td>", "█▉", "███"),
]


@pytest.mark.parametrize("what, text, old, new", PASS, ids=[case[0] for case in PASS])
def test_passes(what, text, old, new):
    assert old in text
    assert difference(text, text.replace(old, new)) is None


@pytest.mark.parametrize("what, text, old, new", REJECTED, ids=[case[0] for case in REJECTED])
def test_rejects(what, text, old, new):
    assert old in text
    assert difference(text, text.replace(old, new))


def test_the_reason_names_both_numbers_and_their_kind():
    assert (
        difference(TABLE, TABLE.replace("0.859", "0.870"))
        == "0.859 became 0.870: more than a share of n images may differ (n = 320)."
    )
    assert (
        difference("logit scale 64", "logit scale 65")
        == "64 became 65: more than an integer may differ."
    )
    assert difference("a b c", "a x c") == "The words differ: 'b c' became 'x c'."


def test_kinds_by_heading():
    kinds = [
        (number.text, number.kind, number.n) for number in read_plain(TABLE).numbers if number.text
    ]
    assert kinds[4:11] == [
        ("320", "integer", None),
        ("0.859", "share", 320),
        ("0.817", "share", 320),
        ("0.893", "share", 320),
        ("200", "count", None),
        ("3", "count", None),
        ("<0.001", "p", None),
    ]
    kinds = [
        (number.text, number.kind, number.n) for number in read_html(HTML).numbers if number.text
    ]
    assert kinds[-4:] == [
        ("600", "integer", None),
        ("0.950", "share", 600),
        ("40", "count", None),
        ("<0.001", "p", None),
    ]


def test_notebooks_are_compared_by_this_rule():
    """In a cell as nbval makes it: equal up to the last digit passes, a changed word does not, and
    the reason is said."""
    from types import SimpleNamespace

    from nbformat.v4 import new_output
    from nbval.plugin import IPyNbCell, nocolors

    cell = SimpleNamespace(
        parent=SimpleNamespace(skip_compare=("metadata", "execution_count", "output_type", "name")),
        colors=nocolors,
    )
    cell.sanitize = lambda text: text
    cell.format_output_compare = lambda *texts: None

    def compare(fresh, stored):
        return IPyNbCell.compare_outputs(
            cell, [new_output("stream", text=fresh)], [new_output("stream", text=stored)]
        )

    assert compare("cosine 0.66\n", "cosine 0.65\n")
    assert not compare("cosine 0.68\n", "cosine 0.65\n")
    assert "0.65 became 0.68" in cell.comparison_traceback[-1]
    assert not compare("similarity 0.65\n", "cosine 0.65\n")

"""When a notebook's stored output and a fresh one are the same: equal words, and numbers within a
tolerance.

The last bits of an embedding depend on the processor, the number of threads and the batch, so an
image whose two best classes are nearly tied may change its class. nbval would call that a failure.
Here the structure, the words and the labels of an output must be equal, as for nbval; each number
may differ by what its kind allows:

========== ===================================================================== ===========================
kind       where                                                                 may differ by
========== ===================================================================== ===========================
share      columns such as ``accuracy``; decimals and percentages in a line that two images of n; 0.01 if n is not
           names its n ("of 320", "320 images")                                  beside it
count      columns such as ``fixed``; "7 of 10", "5 fixed, 2 broken"             two p
columns ``p`` and ``p_holm``; "p = 0.02", "p < 0.001"                 a factor of ten, from 0.001 up
bar        bars drawn with block characters                                      a quarter of a
character decimal    all other numbers with a decimal point (similarities, probabilities)  0.002
percentage all other numbers with a percent sign                                 0.2 integer    all
other numbers                                                     nothing
========== ===================================================================== ===========================

One unit of the last printed digit is added to the tolerance of every kind with a decimal point or a
percent sign, since rounding can turn a small difference into a whole unit. A sign may change only
if one of the two numbers is printed as 0.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

SHARE = {
    "accuracy",
    "top1",
    "top5",
    "recall",
    "low",
    "high",
    "lowest",
    "highest",
    "sd",
    "before",
    "after",
    "error",
}
COUNT = {"fixed", "broken", "correct", "incorrect", "right", "wrong", "mistakes"}
P = {"p", "p_holm"}
NAMES = {"share": "a share of n images", "integer": "an integer"}
NUMBER = re.compile(
    r"(?:<|(?<=\bp )[<=] )?"  # "<0.001" and "p < 0.001" may become "0.002" and "p = 0.002"
    r"(?<![\w.])(?:(?<![\w)\]%])[+\-\u2212])?"  # a sign, but no hyphen or dash of a range
    r"\d+(?:,\d{3})*(?:\.\d+)?(?:e[+-]?\d+)?(?:\s?%)?(?!\w)"
)
WHOLE = re.compile(r"[+\-\u2212]?\d+(?:,\d{3})*")
BAR = re.compile("[\u2588-\u258f]+")
N = re.compile(r"\b(?:of|from|n =) (\d+)\b|\b(\d+) (?:images|pictures|photos)\b")


@dataclass
class Number:
    """A number of an output: its text, its kind, and for a share how many images it is a share
    of."""

    text: str
    kind: str
    n: int | None = None

    @property
    def value(self) -> float:
        if self.kind == "bar":
            return sum(0x2590 - ord(c) for c in self.text) / 8
        return float(self.text.replace(",", "").replace("\u2212", "-").strip("<=% "))

    @property
    def unit(self) -> float:
        """One unit of the last printed digit; 0 for whole numbers, which are not rounded."""
        digits = self.text.rstrip("% ").partition("e")[0].partition(".")[2]
        return 10.0 ** -len(digits) if digits else float("%" in self.text)


@dataclass
class Reading:
    """An output taken apart: its words, with a mark where each number is, and the numbers."""

    words: list[str] = field(default_factory=list)
    numbers: list[Number] = field(default_factory=list)

    def add(self, text: str, kind=None, n: int | None = None) -> None:
        """Read a piece of text. ``kind`` gives the kind of a match of NUMBER; None: by the words
        around it."""
        bars = "".join(BAR.findall(text))
        text = BAR.sub("", text)
        for match in NUMBER.finditer(text):
            found, of = kind(match) if kind else prose_kind(text, match, n)
            self.numbers.append(Number(match.group(), found, of))
        self.words += NUMBER.sub("#", text).split() + ["\n"]
        # of length 0 where there is none: a short bar may round to nothing
        self.numbers.append(Number(bars, "bar"))


def difference(reference: str, fresh: str) -> str | None:
    """What makes two outputs differ, in one sentence; None if they are the same up to the
    tolerances above."""
    read = read_html if reference.lstrip().startswith("<") else read_plain
    old, new = read(reference), read(fresh)
    if old.words != new.words:
        at = next(
            (i for i, (a, b) in enumerate(zip(old.words, new.words)) if a != b),
            min(len(old.words), len(new.words)),
        )
        was, now = (
            " ".join(words[at : at + 5]).replace("\n", "").strip()
            for words in (old.words, new.words)
        )
        return f"The words differ: '{was}' became '{now}'."
    for a, b in zip(old.numbers, new.numbers, strict=True):
        if not alike(a, b):
            return (
                f"{a.text} became {b.text}: more than {NAMES.get(a.kind, f'a {a.kind}')} may differ"
                + (f" (n = {a.n})." if a.n else ".")
            )
    return None


def alike(old: Number, new: Number) -> bool:
    """Whether a number is within the tolerance of its kind."""
    if old.text == new.text:
        return True
    a, b = old.value, new.value
    if a * b < 0 or bool("%" in old.text) != bool("%" in new.text):
        return False
    if old.kind == "p":
        low, high = sorted((max(a, 0.001), max(b, 0.001)))
        return high <= 10 * low * (1 + 1e-9)
    if old.kind == "integer" and new.unit == old.unit == 0:
        return a == b
    scale = 100 if "%" in old.text else 1
    tolerance = {
        "share": scale * (2 / old.n if old.n else 0.01),
        "count": 2,
        "bar": 0.25,
    }.get(old.kind, 0.002 * scale)
    return abs(a - b) <= tolerance + max(old.unit, new.unit) + 1e-9


# --- text -----------------------------------------------------------------------------------------


def prose_kind(text: str, match: re.Match, n: int | None = None) -> tuple[str, int | None]:
    """The kind of a number in a line of text, by the words beside it."""
    after = text[match.end() :]
    number = match.group()
    if number[0] in "<=":
        return "p", None
    beside = re.match(r"\W{0,2}(\w+)", after)
    if WHOLE.fullmatch(number):
        of = re.match(r" of \d", after)
        return ("count" if of or (beside and beside.group(1) in COUNT) else "integer"), None
    if n is None and (found := N.search(text)):
        n = int(found.group(1) or found.group(2))
    return ("share" if n else "percentage" if "%" in number else "decimal"), n


def heading_kind(heading: str, number: str, n: int | None) -> tuple[str, int | None]:
    """The kind of a number in a column of a table, by the words of its heading, the last one
    first."""
    whole = WHOLE.fullmatch(number)
    for word in reversed(re.findall(r"\w+", heading)):
        if word in P:
            return "p", None
        if word in COUNT and whole:
            return "count", None
        if word in SHARE | COUNT and not whole:
            return "share", n
    return ("integer" if whole else "percentage" if "%" in number else "decimal"), None


def read_plain(text: str) -> Reading:
    """Lines of text; in a printed data frame, numbers stand under the right edge of their
    heading."""
    reading, lines = Reading(), text.split("\n")
    for i, line in enumerate(lines):
        block = []
        for above in reversed(lines[:i]):
            if not above.strip():
                break
            block.append(above)

        def kind(match, line=line, block=block):
            if heading := heading_above(block, match.end()):
                counts = (
                    int(m.group())
                    for m in NUMBER.finditer(line)
                    if m.group().isdigit() and heading_above(block, m.end()).split()[-1:] == ["n"]
                )
                return heading_kind(heading, match.group(), next(counts, None))
            return prose_kind(line, match)

        reading.add(line, kind)
    return reading


def heading_above(block: list[str], end: int) -> str:
    """The nearest heading in the lines above, of those that end in this column; "" if there is
    none."""
    for line in block:
        if (
            len(line) >= end
            and (found := re.search(r"\S+(?: \S+)*$", line[:end]))
            and line[end : end + 1] in ("", " ")
        ):
            if re.search(r"[A-Za-z]", found.group()) and not NUMBER.fullmatch(
                found.group().split()[-1]
            ):
                return found.group()
            if re.search(r"[A-Za-z], of \d+$", found.group()):
                return found.group()
    return ""


# --- HTML -----------------------------------------------------------------------------------------


class _Tables(HTMLParser):
    """Collects an HTML output as tags, rows of cells and text."""

    def __init__(self):
        super().__init__()
        self.reading, self.headings, self.row, self.in_head = Reading(), [], None, False

    def handle_starttag(self, tag, attributes):
        if tag == "table":
            self.headings = []
        if tag == "thead":
            self.in_head = True
        if tag == "tr":
            self.row = []
        if tag in ("td", "th") and self.row is not None:
            self.row.append("")
        for name, value in attributes:
            self.reading.add(f"{name} {value}")
        self.reading.words.append(f"<{tag}>")

    def handle_endtag(self, tag):
        if tag == "thead":
            self.in_head = False
        if tag == "tr" and self.row is not None:
            self.end_row(self.row)
            self.row = None
        self.reading.words.append(f"</{tag}>")

    def handle_data(self, text):
        if self.row:
            self.row[-1] += text
        elif text.strip():
            self.reading.add(text)

    def end_row(self, row: list[str]) -> None:
        if self.in_head:
            if any(cell.strip() for cell in row):
                old = self.headings[-len(row) :]
                self.headings = [new.strip() or before for new, before in zip(row, old or row)]
            for cell in row:
                self.reading.add(cell)
            return
        headings = [""] * (len(row) - len(self.headings)) + self.headings[-len(row) :]
        n = next(
            (
                int(cell)
                for heading, cell in zip(headings, row)
                if heading == "n" and cell.strip().isdigit()
            ),
            None,
        )
        # a matrix of counts, with 0 left empty
        confusion = any("taken for" in heading for heading in self.headings)
        for heading, cell in zip(headings, row):
            if confusion:
                heading, cell = "wrong", cell.strip() or "0"
            self.reading.add(
                cell, lambda match, heading=heading: heading_kind(heading, match.group(), n)
            )


def read_html(text: str) -> Reading:
    """Tables cell by cell, under the heading of their column; everything else as text."""
    parser = _Tables()
    parser.feed(text)
    parser.close()
    return parser.reading

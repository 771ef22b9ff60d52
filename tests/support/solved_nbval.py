"""The solutions of a notebook's exercises, run in the notebook's own kernel after its last cell.

Importing this module adds them to what nbval collects. So they meet the names as a reader has them,
and nothing that a notebook computes is computed a second time for its exercises.
"""

import sys
from collections import defaultdict
from functools import wraps
from pathlib import Path

import jupytext
import nbformat
from nbval.plugin import IPyNbCell, IPyNbFile

sys.path.insert(0, str(Path(__file__).parent.parent.parent / "notebooks" / "_tools"))
import authoring


class SolutionCell(IPyNbCell):
    """A cell of the solved exercises: it runs, and every check in it says yes."""

    def runtest(self):
        super().runtest()
        printed = "".join(one.text for one in self.test_outputs if one.output_type == "stream")
        verdicts = {mark: printed.count(mark) for mark in "✔✘"}
        if verdicts != {"✔": self.cell.source.count("checks.check_"), "✘": 0}:
            self.raise_cell_error("A check does not accept the solution.", printed)

    def reportinfo(self):
        return self.path, 0, f"{self.path.relative_to(self.config.rootpath)}::{self.name}"


def code(text: str) -> list[str]:
    """The code cells of a text in the percent format."""
    cells = jupytext.reads(text, "py:percent").cells
    return [cell.source for cell in cells if cell.cell_type == "code"]


def solved_cells(notebook: Path) -> list[str]:
    """The code of a notebook's exercises with their solutions; none for any other file."""
    source = notebook.with_suffix(".py")
    if notebook.parent != authoring.HERE or not source.exists():
        return []
    return code(authoring.solved(authoring.authored(source)))


def with_solutions(collect):
    """nbval's collection, and the cells of the solutions behind it."""

    @wraps(collect)
    def collected(self):
        yield from collect(self)
        for number, source in enumerate(solved_cells(self.path), 1):
            cell = nbformat.v4.new_code_cell(source)
            # no output is stored that could be compared
            yield SolutionCell.from_parent(
                self,
                name=f"Solution {number}",
                cell_num=-number,
                cell=cell,
                options=defaultdict(bool),
            )

    return collected


IPyNbFile.collect = with_solutions(IPyNbFile.collect)

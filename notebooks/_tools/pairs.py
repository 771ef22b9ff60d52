"""A notebook's two files: the .py, which authors edit, and the .ipynb made from it, which readers
open. Compared by content; time stamps say nothing after a clone, a copy or a merge.

The build notes in the .ipynb what it has made (``RECORD``). A file that still is what was made can
be made again; one that is not holds somebody's work, and is never overwritten unless its author
says so. Readers' JupyterLab does not pair at all: neither file has jupytext's ``formats``.
"""

import difflib
import hashlib
import json
import re
from copy import deepcopy
from pathlib import Path
from typing import TypeAlias

import jupytext
import nbformat
from authoring import BLOCK, in_exercises, with_exercises
from clipnb.support.files import write_bytes, write_text
from clipnb.support.text import printable
from pasted import pasted

Cells: TypeAlias = list[tuple[str, str, tuple[str, ...]]]  # kind, source, tags

RECORD = "clipnb"  # what the build notes in the metadata of an .ipynb
MOST_SHOWN = 8
SIDES = (
    "Take one side: 'build.py --from-ipynb {0}' writes the .py from the .ipynb, 'build.py --from-py"
    " {0}' makes the .ipynb anew."
)


def read(path: Path) -> nbformat.NotebookNode:
    """A notebook; SystemExit in a sentence if the file holds none (a conflict of a merge, a file
    that was cut off)."""
    try:
        return nbformat.read(path, 4)
    except OSError as error:
        raise SystemExit(f"{path.name} cannot be read ({error.strerror}).") from None
    except Exception as error:  # nbformat has many names for it
        number = path.name[:2]
        raise SystemExit(
            f"{path.name} is no notebook ({printable(str(error).splitlines()[0])[:80]}); take it"
            f" from git, or make it anew with 'build.py --from-py {number}'."
        ) from None


def cells_of(notebook: nbformat.NotebookNode) -> Cells:
    """What an author writes: no outputs, no numbers."""
    return [
        (cell.cell_type, cell.source.strip(), tuple(sorted(cell.metadata.get("tags", []))))
        for cell in notebook.cells
    ]


def cells_of_text(text: str) -> Cells:
    """The same of a .py."""
    return cells_of(jupytext.reads(text, "py:percent"))


def exercises_of(cells: Cells) -> Cells:
    """The exercises, which are generated."""
    inside = in_exercises((kind, source) for kind, source, _ in cells)
    return [cell for cell, exercise in zip(cells, inside, strict=True) if exercise]


def record(cells: Cells) -> dict[str, str]:
    """What the build notes of what it has made."""
    return {"cells": _digest(cells), "exercises": _digest(exercises_of(cells))}


def _digest(cells: Cells) -> str:
    return hashlib.sha256(json.dumps(cells, ensure_ascii=True).encode()).hexdigest()[:16]


def differences(theirs: Cells, ours: Cells) -> list[str]:
    """The cells of ``theirs`` that ``ours`` has not, and those that are missing from it, for a
    message. Where the cell for Colab stands is no difference: it is generated."""
    left, right = (
        [(number, cell) for number, cell in enumerate(cells, 1) if "remove-cell" not in cell[2]]
        for cells in (theirs, ours)
    )
    steps = difflib.SequenceMatcher(
        a=[cell for _, cell in right], b=[cell for _, cell in left], autojunk=False
    )
    found = []
    for what, first, last, start, end in steps.get_opcodes():
        if what != "equal":
            found += [f"cell {number}: {_named(cell)}" for number, cell in left[start:end]]
            if start == end:
                found += [f"without {_named(cell)}" for _, cell in right[first:last]]
    return found[:MOST_SHOWN] + ["…"] * (len(found) > MOST_SHOWN)


def _named(cell: tuple[str, str, tuple[str, ...]]) -> str:
    kind, source, _ = cell
    line = next((line for line in source.splitlines() if line.strip()), "(empty)")
    return f"{kind} '{printable(line)[:60]}'"


class Pair:
    """The two files of a notebook as they are now.

    Parameters
    ----------
    source : Path
        The .py; it need not be there.

    Attributes
    ----------
    text : str
        Of the .py.
    here, there : Cells
        Of the .py, of the .ipynb.
    made : dict
        What the last build noted; empty if it noted nothing.
    """

    def __init__(self, source: Path):
        self.source, self.path = source, source.with_suffix(".ipynb")
        self.text = source.read_text("utf-8") if source.exists() else ""
        self.here = cells_of_text(self.text) if self.text else []
        self.notebook = read(self.path) if self.path.exists() else None
        self.there = cells_of(self.notebook) if self.notebook else []
        self.made = dict(self.notebook.metadata.get(RECORD, {})) if self.notebook else {}

    @property
    def number(self) -> str:
        return self.source.name[:2]

    @property
    def edited_there(self) -> bool:
        """Whether the .ipynb holds what no build has made."""
        return bool(self.there) and record(self.there) != self.made

    @property
    def edited_here(self) -> bool:
        """Whether the .py was edited since the last build."""
        return bool(self.here) and self.made.get("cells") != record(self.here)["cells"]

    def refusal(self, text: str) -> str:
        """Why the .ipynb cannot be made from this text (the .py with its section of exercises), or
        nothing: what would be lost."""
        if images := self.lost_images():
            return images
        ours = cells_of_text(text)
        if self.edited_there and (lost := differences(self.there, ours)):
            cells = "; ".join(lost)
            return (
                f"{self.path.name} was edited, and differs from {self.source.name} ({cells})."
                f" {SIDES.format(self.number)}"
            )
        if self.loses_exercises(text):
            cells = "; ".join(differences(exercises_of(self.here), exercises_of(ours)))
            return (
                f"The section of exercises in {self.source.name} was edited ({cells} of it), and it"
                f" is generated: put this into exercises/{self.number}.py, or say 'build.py"
                f" --from-py {self.number}' to have the section made anew."
            )
        return ""

    def lost_images(self) -> str:
        """Which images were pasted into the .ipynb, where the .py has no place for them, and what
        to do; or nothing."""
        cells = "; ".join(pasted(self.notebook)) if self.notebook else ""
        return (
            f"{self.path.name} holds pasted images (attachments), which {self.source.name} has no"
            f" place for ({cells}). Save each as a file in notebooks/, link the file,"
            " ![…](name.png), and delete the pasted one; or say 'build.py --from-py"
            f" {self.number}', which keeps the notebook as {self.path.name}.orig."
            if cells
            else ""
        )

    def loses_exercises(self, text: str) -> bool:
        """Whether the section of exercises was edited in the .py, where it is generated."""
        untouched = record(self.here)["exercises"] == self.made.get("exercises")
        edited = exercises_of(self.here) != exercises_of(cells_of_text(text))
        return bool(self.made) and edited and not untouched

    @staticmethod
    def keep(path: Path) -> None:
        """A copy of a file that an author has given up for the other side."""
        write_bytes(path.with_name(path.name + ".orig"), path.read_bytes())
        print(f"{path.name} as it was: {path.name}.orig")

    def body_there(self) -> str:
        """The .ipynb as percent text, with the section of exercises of the .py."""
        assert self.notebook is not None
        copy = deepcopy(self.notebook)
        copy.metadata = (
            jupytext.reads(self.text, "py:percent").metadata
            if self.text
            else nbformat.from_dict({"kernelspec": self.notebook.metadata.get("kernelspec", {})})
        )
        text = re.sub(r"#\s+jupytext_version: .*\n", "", jupytext.writes(copy, "py:percent"), count=1)
        if not exercises_of(self.here):
            return text
        return with_exercises(text, "".join(found[0] for found in BLOCK.finditer(self.text)))

    def take_ipynb(self) -> None:
        """Write the .py from the .ipynb; the section of exercises stays as it is."""
        if self.notebook is None:
            raise SystemExit(f"There is no {self.path.name} to take.")
        if images := self.lost_images():
            raise SystemExit(images)
        text = self.body_there()
        if self.edited_here and cells_of_text(text) != self.here:
            self.keep(self.source)
        write_text(self.source, text)
        print(f"{self.source.name} is written from {self.path.name}.")
        if left := differences(exercises_of(self.there), exercises_of(self.here)):
            print(
                f"Not taken, since the section of exercises is generated: {'; '.join(left)} of it."
                f" What shall stay of it belongs into exercises/{self.number}.py."
            )

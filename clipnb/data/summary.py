"""What was read of a folder or data set, and what was not, and why."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..support.text import printable

SHOWN = 20  # names a reason

UNREADABLE = "unreadable"
DANGLING = "linked to nothing"
TWICE = "linked to what is read already"
CLOSED = "a folder that may not be read"
EMPTY = "a class folder without images"
REPEATED = "in the list more than once"


@dataclass
class Summary:
    """How many images were read, and what was skipped.

    Attributes
    ----------
    read : int
        How many images.
    skipped : dict
        Reason → names of files and folders.
    remarks : list of str
        What else to know, such as images that are in two classes.
    """

    read: int = 0
    skipped: dict[str, list[str]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def skip(self, reason: str, name: object, why: str = "") -> None:
        """Note one file or folder, with what is wrong with it."""
        text = f"{printable(name)} ({printable(why)})" if why else printable(name)
        self.skipped.setdefault(reason, []).append(text)

    def __bool__(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.skipped or self.remarks)

    def __str__(self) -> str:
        images = "1 image" if self.read == 1 else f"{self.read:,} images"
        number = sum(len(names) for names in self.skipped.values())
        reasons = [
            f"{len(names):,} {reason}: {some(names)}" for reason, names in self.skipped.items()
        ]
        first = f"{images} read" + (
            f", {number:,} skipped: {'. '.join(reasons)}" if reasons else ""
        )
        return " ".join([f"{first}.", *self.remarks])


def some(names: list[str], shown: int = SHOWN) -> str:
    """The first names, and how many more there are."""
    more = f" and {len(names) - shown:,} more" if len(names) > shown else ""
    return f"{'; '.join(names[:shown])}{more}"

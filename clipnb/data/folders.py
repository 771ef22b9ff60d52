"""Which files of a folder are its images: in depth, without hidden folders, and each once."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from . import summary as reasons
from .formats import looks_like_an_image
from .summary import Summary

# folders that programs put beside images, with copies of them
HIDDEN = {"@eadir", "__macosx", "#recycle", "$recycle.bin", "system volume information"}
SPLIT = re.compile(
    r"(train|training|val|valid|validation|test|testing|dev)([ _-]?(set|data|split|images))?",
    re.IGNORECASE,
)


def is_hidden(name: str) -> bool:
    """Whether a file or folder is not meant to be seen."""
    return name.startswith(".") or name.lower() in HIDDEN


def images_below(root: Path, summary: Summary) -> list[Path]:
    """All images in a folder and in the folders in it, sorted.

    What is hidden is left out. Links are followed, after everything else, and lead to no file
    twice: not back into the folder, not to another class. Folders that may not be read and links
    to nothing are noted in the summary.
    """
    walk = _Walk(root, summary)
    walk.scan(root)
    walk.links.sort()
    for link in walk.links:  # grows while it is gone through
        walk.follow(link)
    return sorted(walk.files)


@dataclass
class _Walk:
    """Where a walk through a folder has been: ``seen`` are real paths, of folders and files."""

    root: Path
    summary: Summary
    files: list[Path] = field(default_factory=list)
    links: list[Path] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def scan(self, folder: Path) -> None:
        todo = [folder]
        while todo:
            folder = todo.pop()
            real = os.path.realpath(folder)
            if real in self.seen:
                self.summary.skip(reasons.TWICE, folder.relative_to(self.root))
                continue
            self.seen.add(real)
            try:
                entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
            except OSError as error:
                if folder == self.root:
                    raise
                why = error.strerror or str(error)
                self.summary.skip(reasons.CLOSED, folder.relative_to(self.root), why)
                continue
            for entry in entries:
                path = folder / entry.name
                if is_hidden(entry.name):
                    continue
                if entry.is_symlink():
                    self.links.append(path)
                elif entry.is_dir():
                    todo.append(path)
                elif looks_like_an_image(path):
                    self.add(path, os.path.join(real, entry.name))

    def follow(self, link: Path) -> None:
        target, name = os.path.realpath(link), link.relative_to(self.root)
        above = Path(os.path.realpath(self.root)).is_relative_to(target)
        if os.path.isdir(target):
            if target in self.seen or above:
                self.summary.skip(reasons.TWICE, name)
            else:
                self.scan(link)
        elif not os.path.exists(target):
            if not link.suffix or looks_like_an_image(link):
                self.summary.skip(reasons.DANGLING, name)
        elif looks_like_an_image(link):
            self.add(link, target)

    def add(self, path: Path, real: str) -> None:
        if real in self.seen:
            self.summary.skip(reasons.TWICE, path.relative_to(self.root))
        else:
            self.seen.add(real)
            self.files.append(path)


def class_folders(root: Path) -> list[Path]:
    """The folders directly in a folder that are not hidden, sorted."""
    return sorted(p for p in root.iterdir() if not is_hidden(p.name) and p.is_dir())


def check_levels(root: Path, files: list[Path], asked: bool) -> str | None:
    """Whether the classes may be one folder deeper.

    Parameters
    ----------
    root : Path
    files : list of Path
        The images in it.
    asked : bool
        Whether the caller gave the names of the classes, and so said that it is meant.

    Returns
    -------
    str or None
        A remark, where it may be meant.

    Raises
    ------
    ValueError
        If the folders are splits (train, val, test).
    """
    inner: dict[str, set[str | None]] = {}  # folder → the folders in it, None for images in it
    for path in files:
        top, *more = path.relative_to(root).parts
        if more:
            inner.setdefault(top, set()).add(more[0] if len(more) > 1 else None)
    if asked or not inner:
        return None
    splits = [name for name in inner if SPLIT.fullmatch(name)]
    deeper = [name for name in splits if inner[name] - {None}]
    if len(splits) > 1 and (deeper or len(splits) == len(inner)) or deeper == list(inner):
        raise ValueError(
            f"The folders {', '.join(splits)} in '{root}' are splits of a data set, not classes;"
            f" give one of them, such as '{root / (deeper or splits)[0]}', or class_names={splits}"
            " if they are classes."
        )
    nested = [name for name in inner if None not in inner[name] and len(inner[name]) > 1]
    if nested == list(inner) and len(set.intersection(*(inner[name] for name in nested))) > 1:
        below = sorted(name for name in inner[nested[0]] if name is not None)
        return (
            f"The classes are {_few(nested)}, by the folders in '{root}'; if they are"
            f" {_few(below)}, give '{root / nested[0]}'."
        )
    return None


def _few(names: list[str]) -> str:
    return ", ".join(names[:4]) + (", …" if len(names) > 4 else "")

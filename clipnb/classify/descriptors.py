"""Descriptors, what each class looks like in a few phrases: load, check, edit, save."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path

from ..support.files import replacing

HERE = Path(__file__).parent.parent
BUNDLED = {
    "fieldguide": HERE / "fieldguide" / "descriptors.json",
    "fieldguide-outsider": HERE / "fieldguide" / "outsider.json",
    "fieldguide-prompts": HERE / "fieldguide" / "prompts.json",
}


class DescriptorSet(Mapping):
    """Class name → descriptors, with a note of where they come from.

    Attributes
    ----------
    provenance : dict
    report : pandas.DataFrame or None
        What a check kept, flagged and dropped, and why; see :func:`clipnb.check_descriptors`.

    Raises
    ------
    ValueError
        If a class has no descriptors, or something that is not text; the message names the class.
    """

    def __init__(
        self, descriptors: Mapping[str, Iterable[str]], provenance: dict | None = None, report=None
    ):
        self.provenance, self.report = dict(provenance or {}), report
        self._rows: dict[str, list[str]] = {}
        for name, row in descriptors.items():
            if isinstance(row, str) or not isinstance(row, Iterable):
                raise ValueError(
                    f"The descriptors of '{name}' are {type(row).__name__}, not a list."
                )
            row = list(row)
            if not row:
                raise ValueError(
                    f"The class '{name}' has an empty list of descriptors; describe it or leave it"
                    " out."
                )
            for descriptor in row:
                if not isinstance(descriptor, str) or not descriptor.strip():
                    raise ValueError(
                        f"The class '{name}' has the descriptor {descriptor!r}; every descriptor"
                        " must be text."
                    )
            self._rows[name] = row

    def __getitem__(self, name):
        return self._rows[name]

    def __iter__(self):
        return iter(self._rows)

    def __len__(self):
        return len(self._rows)

    def __repr__(self):
        return (
            f"DescriptorSet({len(self)} classes, {sum(map(len, self._rows.values()))} descriptors)"
        )

    def select(self, class_names: Iterable[str]) -> DescriptorSet:
        """The descriptors of these classes, in this order; ValueError names the classes that are
        not there."""
        names = list(class_names)
        if missing := [name for name in names if name not in self._rows]:
            raise ValueError(
                f"There are no descriptors for '{missing[0]}'"
                + (f" and {len(missing) - 1} more." if missing[1:] else ".")
            )
        return DescriptorSet({name: self._rows[name] for name in names}, self.provenance)

    def match(self, class_names: Iterable[str]) -> DescriptorSet:
        """As ``select``, but names may differ in capitals, hyphens, underscores and apostrophes:
        "Black-footed Albatross" is "black footed albatross".

        For descriptor files of one origin and class names of another. Nothing is guessed beyond
        that; ValueError names what is missing, or fits twice.
        """
        names, ours = list(class_names), {}
        for name in self._rows:
            ours.setdefault(_plain(name), []).append(name)
        if missing := [name for name in names if _plain(name) not in ours]:
            raise ValueError(
                f"There are no descriptors for '{missing[0]}'"
                + (f" and {len(missing) - 1} more." if missing[1:] else ".")
            )
        chosen = {name: name if name in self._rows else ours[_plain(name)] for name in names}
        if unclear := [
            name for name, fits in chosen.items() if not isinstance(fits, str) and len(fits) > 1
        ]:
            raise ValueError(
                f"'{unclear[0]}' could be {' or '.join(chosen[unclear[0]])}; rename one of them."
            )
        return DescriptorSet(
            {
                name: self._rows[fits if isinstance(fits, str) else fits[0]]
                for name, fits in chosen.items()
            },
            self.provenance,
        )

    def edit(self, name: str, descriptors: Iterable[str]) -> DescriptorSet:
        """A copy in which one class is described anew (or a new class is added)."""
        return DescriptorSet({**self._rows, name: descriptors}, {**self.provenance, "edited": True})

    def save(self, path: str | Path) -> None:
        """Write the paper's JSON, {class: [descriptor, …]}, with the provenance beside it; the file
        is replaced in one step."""
        path = Path(path)
        text = json.dumps(
            {"provenance": self.provenance, "descriptors": self._rows}, indent=1, ensure_ascii=False
        )
        with replacing(path) as file:
            file.write(text + "\n")


def _plain(name: str) -> str:
    name = unicodedata.normalize("NFC", name)  # "é" may be one character or two
    return " ".join(re.sub(r"[-_]", " ", re.sub(r"['’]", "", name)).lower().split())


def load_descriptors(source: str | Path) -> DescriptorSet:
    """Read descriptors.

    Parameters
    ----------
    source : str or path
        "fieldguide": the bundled ones, what a language model answers to the paper's question;
        "fieldguide-outsider": a second set by another hand, kept for examination only;
        "fieldguide-prompts": customised prompts, nine sentences a class as recorded, for
        :class:`PromptTable`. Or a JSON file: the paper's {class: [descriptor, …]}, or what
        :meth:`DescriptorSet.save` writes.

    Raises
    ------
    ValueError
        If the file is not such JSON, or a class has no descriptors.
    """
    path = BUNDLED.get(str(source), Path(source))
    if not path.is_file():
        raise FileNotFoundError(
            f"There is no descriptor file '{source}'; bundled sets are {', '.join(BUNDLED)}."
        )
    try:
        # some editors put a byte order mark in front
        content = json.loads(path.read_text("utf-8-sig"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"'{source}' is not JSON: {error}") from error
    if not isinstance(content, dict):
        raise ValueError(
            f"'{source}' holds a {type(content).__name__}; expected an object, class → list of"
            " descriptors."
        )
    if isinstance(content.get("descriptors"), dict):
        return DescriptorSet(content["descriptors"], content.get("provenance"))
    return DescriptorSet(content, {"file": path.name})

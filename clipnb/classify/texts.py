"""Classes with their texts: what :class:`DescriptorSet` and :class:`PromptTable` have in common."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from ..support.files import write_text
from ..support.json_file import read_json
from ..support.limits import TEXT_CHARACTERS
from ..support.names import check_names, class_list, listed
from ..support.text import brief, is_blank, odd_character, printable

if TYPE_CHECKING:
    import pandas as pd

REPORT = ("class", "descriptor", "action", "reason")
KEYS = ("texts", "descriptors", "prompts")  # a file of one kind can be read as another


def texts_of(name: str, row: Iterable[str], kind: str) -> list[str]:
    """The texts of one class as a list; empty texts are let through.

    Raises
    ------
    ValueError
        For a string, for what is no list at all, such as an object of attributes, and for a list
        that holds anything but text; the message names the class.
    """
    whose = f"The {kind}s of '{brief(name)}' are"
    if isinstance(row, Mapping):
        first = next(iter(row.items()), ("", ""))
        example = brief(": ".join(map(str, first)), 40)
        raise ValueError(f"{whose} an object, not a list; give a list: ['{example}'].")
    if not isinstance(row, Iterable):
        raise ValueError(f"{whose} {type(row).__name__}, not a list.")
    note = f"{whose} one string; give a list: ['{brief(row, 40)}']."
    texts = listed(row, f"The list of {kind}s of '{brief(name)}'", note)
    for text in texts:
        if not isinstance(text, str):
            raise ValueError(_not_text(name, text, kind))
    return texts


def _not_text(name: str, text: object, kind: str) -> str:
    return (
        f"The class '{brief(name)}' has {brief(repr(text), 60)} among its {kind}s; every"
        f" {kind} must be text."
    )


class ClassTexts(Mapping[str, list[str]]):
    """Class name → texts, in the order given, with a note of where they come from.

    Two are equal if they have the same classes with the same texts; neither the order of the
    classes nor where they come from matters. A dictionary with the same content is equal, too.

    Attributes
    ----------
    class_names : list of str
    provenance : dict
        Where the texts come from.
    report : pandas.DataFrame
        What a check kept, flagged and dropped, and why; see :func:`clipnb.check_descriptors`.

    Raises
    ------
    ValueError
        If a class has no texts, or something that is not text; the message names the class.
    """

    kind: ClassVar[str] = "text"  # what a text is called in messages
    key: ClassVar[str] = "texts"  # and what the texts are called in a file

    def __init__(
        self,
        texts: Mapping[str, Iterable[str]],
        provenance: Mapping[str, Any] | None = None,
        report: pd.DataFrame | None = None,
    ):
        if not hasattr(texts, "items"):
            raise ValueError(
                f"The {self.key} are {type(texts).__name__}; give a mapping, class → list of"
                f" {self.kind}s."
            )
        if not isinstance(provenance, Mapping | None):
            raise ValueError(
                f"The provenance is {type(provenance).__name__}; give a mapping, such as"
                " {'author': …}."
            )
        self.provenance, self._report = dict(provenance or {}), report
        rows = list(texts.items())  # a pandas Series can have a name twice
        check_names([name for name, _ in rows], f"The mapping from class to {self.key}")
        self._rows = {name: self._checked(name, row) for name, row in rows}

    def _checked(self, name: str, row: Iterable[str]) -> list[str]:
        texts, shown = texts_of(name, row, self.kind), brief(name)
        if not texts:
            raise ValueError(
                f"The class '{shown}' has no {self.kind}; give it at least one or leave the class"
                " out."
            )
        for text in texts:
            if is_blank(text):
                raise ValueError(_not_text(name, text, self.kind))
            if odd := odd_character(text):
                raise ValueError(
                    f"The class '{shown}' has {odd} in its {self.kind}"
                    f" '{brief(text, 60)}'; remove it."
                )
            if len(text) > TEXT_CHARACTERS:
                raise ValueError(
                    f"The class '{shown}' has a {self.kind} of {len(text):,} characters; at most"
                    f" {TEXT_CHARACTERS:,} are read."
                )
        return texts

    def __getitem__(self, name: str) -> list[str]:
        return self._rows[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def class_names(self) -> list[str]:
        return list(self._rows)

    @property
    def report(self) -> pd.DataFrame:
        """A row per text that was checked: ``class``, ``descriptor``, ``action`` ("kept", "flagged"
        or "dropped") and ``reason``. No rows where nothing was checked."""
        if self._report is None:
            import pandas as pd

            return pd.DataFrame(columns=list(REPORT))
        return self._report

    def select(self, class_names: Iterable[str]) -> Self:
        """The texts of these classes, in this order; ValueError names a class that is not there."""
        names = class_list(class_names, "class_names")
        self._refuse([name for name in names if name not in self._rows])
        return type(self)({name: self._rows[name] for name in names}, self.provenance)

    def _refuse(self, missing: list[str]) -> None:
        """ValueError if classes are missing."""
        if missing:
            more = f" and {len(missing) - 1} more" if missing[1:] else ""
            raise ValueError(
                f"There are no {self.kind}s for '{brief(missing[0])}'{more}; there are"
                f" {len(self)} classes, among them {list(map(brief, self.class_names[:3]))}. Write"
                f" {self.kind}s under that name, or give the class the same name in both places."
            )

    # -- JSON --------------------------------------------------------------------------------------

    def save(self, path: str | Path) -> None:
        """Write {class: [text, …]} as JSON, with the provenance beside it; the file is replaced in
        one step."""
        content = {"provenance": self.provenance, self.key: self._rows}
        try:
            text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
        except (TypeError, ValueError, RecursionError) as error:
            raise ValueError(f"The provenance cannot be written as JSON: {error}.") from error
        write_text(Path(path).expanduser(), text + "\n")

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """What :meth:`save` wrote, or any JSON {class: [text, …]}.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If it is not such JSON, or too large (``support.limits``); the message names the file
            and the class.
        """
        path = Path(path).expanduser()
        content, shown = read_json(path, f"a file of {cls.kind}s"), printable(f"'{path}'")
        if not isinstance(content, dict):
            raise ValueError(
                f"{shown} holds a {type(content).__name__}; expected an object, class → list of"
                f" {cls.kind}s."
            )
        provenance: Any = {"file": path.name}
        for key in KEYS:
            if isinstance(content.get(key), dict):
                if other := next((name for name in content if name not in ("provenance", key)), ""):
                    raise ValueError(
                        f"{shown} holds '{brief(other)}' beside '{key}'; put all classes into"
                        f" '{key}'."
                    )
                content, provenance = content[key], content.get("provenance")
                break
        try:
            return cls(content, provenance)
        except ValueError as error:
            raise ValueError(f"{shown}: {error}") from error

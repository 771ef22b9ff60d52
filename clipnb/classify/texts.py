"""Classes with their texts: what :class:`DescriptorSet` and :class:`PromptTable` have in common."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from ..support.files import replacing
from ..support.names import listed

if TYPE_CHECKING:
    import pandas as pd

REPORT = ("class", "descriptor", "action", "reason")
KEYS = ("texts", "descriptors", "prompts")  # a file of one kind can be read as another


def texts_of(name: str, row: Iterable[str], kind: str) -> list[str]:
    """The texts of one class as a list; ValueError for a string, and for what is no list at all."""
    if not isinstance(row, Iterable):
        raise ValueError(f"The {kind}s of '{name}' are {type(row).__name__}, not a list.")
    note = f"The {kind}s of '{name}' are one string; give a list: ['{str(row)[:40]}']."
    return listed(row, "", note)


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
        self.provenance, self._report = dict(provenance or {}), report
        self._rows = {name: self._checked(name, row) for name, row in texts.items()}

    def _checked(self, name: str, row: Iterable[str]) -> list[str]:
        texts = texts_of(name, row, self.kind)
        if not texts:
            raise ValueError(
                f"The class '{name}' has no {self.kind}; give it at least one or leave the class"
                " out."
            )
        for text in texts:
            if not isinstance(text, str) or not text.strip():
                raise ValueError(
                    f"The class '{name}' has {text!r} among its {self.kind}s; every {self.kind}"
                    " must be text."
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
        names = listed(class_names, "class_names")
        self._refuse([name for name in names if name not in self._rows])
        return type(self)({name: self._rows[name] for name in names}, self.provenance)

    def _refuse(self, missing: list[str]) -> None:
        """ValueError if classes are missing."""
        if missing:
            more = f" and {len(missing) - 1} more" if missing[1:] else ""
            raise ValueError(
                f"There are no {self.kind}s for '{missing[0]}'{more}; there are {len(self)}"
                f" classes, among them {self.class_names[:3]}."
            )

    # -- JSON --------------------------------------------------------------------------------------

    def save(self, path: str | Path) -> None:
        """Write {class: [text, …]} as JSON, with the provenance beside it; the file is replaced in
        one step."""
        content = {"provenance": self.provenance, self.key: self._rows}
        with replacing(Path(path)) as file:
            file.write(json.dumps(content, indent=1, ensure_ascii=False) + "\n")

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """What :meth:`save` wrote, or any JSON {class: [text, …]}.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If it is not such JSON.
        """
        try:
            # some editors put a byte order mark in front
            content = json.loads(Path(path).read_text("utf-8-sig"))
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            raise ValueError(f"'{path}' is not JSON: {error}") from error
        if not isinstance(content, dict):
            raise ValueError(
                f"'{path}' holds a {type(content).__name__}; expected an object, class → list of"
                f" {cls.kind}s."
            )
        for key in KEYS:
            if isinstance(content.get(key), dict):
                return cls(content[key], content.get("provenance"))
        return cls(content, {"file": Path(path).name})

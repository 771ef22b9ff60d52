"""A folder that a command fills and a teacher works in: what the teacher has there is never
replaced or removed."""

import hashlib
import json
from pathlib import Path

from clipnb.support.files import write_bytes
from clipnb.support.text import printable

NOTES = ".written-by-clipnb.json"  # file → digest of what this command wrote last
MOST_SHOWN = 6


class Kit:
    """The files of a folder as they are written.

    A file is replaced if it still is what this command wrote last. Any other that is there (edited,
    collected, graded) is kept, and named at the end.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path):
        self.folder, self.kept, self.seen = folder, [], set()
        self.notes = self._read_notes()

    def write(self, name: str, text: str) -> None:
        """One file, ``name`` with slashes; whole or not at all."""
        path, content = self.folder / name, text.encode("utf-8")
        self.seen.add(name)
        if path.is_symlink() or path.exists():
            mine = path.is_file() and self.notes.get(name) == _digest(path.read_bytes())
            same = path.is_file() and path.read_bytes() == content
            if not mine and not same:
                self.kept.append(name)
                return
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            same = False
        if not same:
            write_bytes(path, content)
        if self.notes.get(name) != _digest(content):
            self.notes[name] = _digest(content)
            self._write_notes()  # at once: a run that is killed here leaves nothing unknown

    def report(self, everything: bool) -> list[str]:
        """Sentences about what was not written.

        Parameters
        ----------
        everything : bool
            All files were written; what was written before and is not among them is of an older
            course.
        """
        said = []
        if self.kept:
            them = "it" if len(self.kept) == 1 else "them"
            said.append(
                f"Kept as you left {them}: {_listed(self.kept)}. For the new version, rename or"
                f" remove {them} and repeat the command."
            )
        old = [name for name in self.notes if everything and name not in self.seen]
        if old := [name for name in old if (self.folder / name).exists()]:
            said.append(f"No longer part of the course, and left there: {_listed(old)}.")
        return said

    def _read_notes(self) -> dict[str, str]:
        try:
            notes = json.loads((self.folder / NOTES).read_text("utf-8"))
        except (OSError, ValueError):  # a new folder, or a damaged file: then all is the teacher's
            return {}
        return notes if isinstance(notes, dict) else {}

    def _write_notes(self) -> None:
        text = json.dumps(self.notes, indent=1, sort_keys=True, ensure_ascii=True)
        write_bytes(self.folder / NOTES, text.encode() + b"\n")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _listed(names: list[str]) -> str:
    rest = len(names) - MOST_SHOWN
    shown = [printable(name) for name in names[:MOST_SHOWN]]
    return ", ".join(shown) + (f" and {rest} more" if rest > 0 else "")

"""Where encoded texts and images are kept between runs."""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
import tempfile
import warnings
import zlib
from contextlib import closing
from pathlib import Path

import numpy as np
import platformdirs

from .console import say
from .text import printable


def cache_place() -> Path:
    """Where everything lies that clipnb keeps: CLIPNB_CACHE, or the user's cache folder; it need
    not be there.

    A ``~`` at the beginning is the user's home, also where no shell has replaced it (a Dockerfile,
    ``.env``, ``%env``). A user without a home folder (a container under a number that no list of
    users holds) gets a folder of that number among the temporary files.
    """
    wanted = os.environ.get("CLIPNB_CACHE")
    try:
        return Path(wanted or platformdirs.user_cache_dir("clipnb", appauthor=False)).expanduser()
    except RuntimeError:  # no HOME and an unknown user, or ~somebody who is not known here
        place = _temporary_place()
        if wanted:
            warnings.warn(
                f"CLIPNB_CACHE is '{printable(wanted)}', and this home folder is not known here;"
                f" '{place}' is used instead.",
                stacklevel=2,
            )
        return place


def _temporary_place() -> Path:
    """A folder of this user's among the temporary files; never one that somebody else has put
    there, which could hold other embeddings."""
    user = os.getuid() if hasattr(os, "getuid") else 0
    place = Path(tempfile.gettempdir()) / f"clipnb-{user}"
    try:
        status = place.lstat()
    except OSError:
        return place
    mine = stat.S_ISDIR(status.st_mode) and status.st_uid == user
    return place if mine else place.with_name(f"{place.name}-{os.getpid()}")


def cache_folder() -> Path:
    """The same folder, made if it is not there; OSError if that cannot be done."""
    folder = cache_place()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


# seconds for another process that is writing; one that holds the file for longer (a program that
# was stopped, a shared disk) is not waited for at every call
WAIT = 5


class EmbeddingCache:
    """Embeddings by key in one SQLite file: atomic, safe for several processes, a lookup never
    reads the whole file.

    Each row has a checksum of its key and content: what was damaged on the disk is not found, so it
    is computed again. A cache that cannot be made, opened or written (read-only disk, damaged file)
    is said once on stderr and then ignored: it must never cost a user the result.
    """

    def __init__(self, path: Path | None = None):
        self.path = path or cache_place() / "embeddings.sqlite"
        self._broken = False
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        self._broken = True
        said = f"clipnb: the cache {self.path} cannot be used ({error}); going on without it."
        if sys.stderr is not None:
            say(printable(said), sys.stderr)

    def _try(self, action, default):
        if self._broken:
            return default
        try:
            # the inner one commits, and does not close
            with closing(sqlite3.connect(self.path, timeout=WAIT)) as connection, connection:
                connection.execute(
                    "CREATE TABLE IF NOT EXISTS checked_embeddings"
                    " (key TEXT PRIMARY KEY, embedding BLOB, sum INTEGER) WITHOUT ROWID"
                )
                return action(connection)
        except sqlite3.Error as error:
            self._give_up(error)
            return default

    def get(self, keys: list[str]) -> dict[str, np.ndarray]:
        """The embeddings that are there and undamaged, float32."""

        def read(connection):
            found = {}
            for i in range(0, len(keys), 500):
                part = keys[i : i + 500]
                marks = ",".join("?" * len(part))
                for key, content, checksum in connection.execute(
                    f"SELECT key, embedding, sum FROM checked_embeddings WHERE key IN ({marks})",
                    part,
                ):
                    if isinstance(content, bytes) and checksum == _sum(key, content):
                        found[key] = np.frombuffer(content, np.float32)
            return found

        return self._try(read, {})

    def fill(self, keys: list[str], embeddings: np.ndarray) -> list[int]:
        """Write the embeddings that are there into the rows of ``embeddings``; the indices of those
        that are not, or have another length."""
        missing = []
        for start in range(0, len(keys), 5000):
            known = self.get(keys[start : start + 5000])
            for i, key in enumerate(keys[start : start + 5000], start):
                if key in known and known[key].shape == embeddings[i].shape:
                    embeddings[i] = known[key]
                else:
                    missing.append(i)
        return missing

    def put(self, keys: list[str], embeddings: np.ndarray) -> None:
        """Keep embeddings; all of them or none."""
        contents = [np.asarray(one, np.float32).tobytes() for one in embeddings]
        rows = [(key, one, _sum(key, one)) for key, one in zip(keys, contents, strict=True)]
        self._try(
            lambda connection: connection.executemany(
                "INSERT OR REPLACE INTO checked_embeddings VALUES (?, ?, ?)", rows
            ),
            None,
        )


def _sum(key: str, content: bytes) -> int:
    return zlib.crc32(content, zlib.crc32(key.encode()))

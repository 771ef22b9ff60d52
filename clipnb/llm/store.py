"""Answers of language models in one SQLite file, each kept as soon as it arrives, and claims, so
that two processes never ask the same.

Before a call its key is claimed. A claim lapses after some seconds (``LEASE``) unless its owner
renews it, as it does while it waits for the server: a killed process blocks the others for that
long and no longer, and no guess is made whether some process still lives (process numbers are used
again, and two computers may share a folder). The file uses SQLite's rollback journal, which also
works on network folders.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Iterable
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

LEASE = 10.0  # seconds; the owner renews every fifth of it, which leaves room for a busy disk

_TABLES = """
CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, server TEXT, model TEXT, request TEXT,
    sample INTEGER, answer TEXT,
    finish TEXT, question_tokens INTEGER, answer_tokens INTEGER, time TEXT);
CREATE TABLE IF NOT EXISTS claims (key TEXT PRIMARY KEY, owner TEXT, lapses REAL);
"""


def key_of(server: str, body: dict, sample: int) -> str:
    """What an answer is kept under: everything that decides it, and nothing else (never the API
    key)."""
    return hashlib.sha256(json.dumps([server, body, sample], sort_keys=True).encode()).hexdigest()


@contextmanager
def _open(path: str | Path):
    with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as connection:
        if (
            connection.execute(
                "SELECT count(*) FROM sqlite_master WHERE name IN ('answers', 'claims')"
            ).fetchone()[0]
            < 2
        ):
            connection.executescript(_TABLES)
        connection.row_factory = sqlite3.Row
        yield connection


@contextmanager
def _change(path: str | Path):
    """A transaction that holds the write lock from its first line: all of it happens, or
    nothing."""
    with _open(path) as connection:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.rollback()
            raise
        connection.execute("COMMIT")


def read(path: str | Path, keys: Iterable[str]) -> dict[str, dict]:
    """The kept answers among these keys: key → row, a dict with the columns above."""
    found, keys = {}, list(keys)
    with _open(path) as connection:
        for i in range(0, len(keys), 500):
            part = keys[i : i + 500]
            rows = connection.execute(
                f"SELECT * FROM answers WHERE key IN ({','.join('?' * len(part))})", part
            )
            found.update((row["key"], dict(row)) for row in rows)
    return found


def claim(path: str | Path, key: str, owner: str, lease: float = LEASE) -> str:
    """Try to claim a call: "mine" (make it), "answered" (it is in the file), or "busy" (somebody is
    making it)."""
    with _change(path) as connection:
        if connection.execute("SELECT 1 FROM answers WHERE key = ?", (key,)).fetchone():
            return "answered"
        now = time.time()
        if connection.execute(
            "SELECT 1 FROM claims WHERE key = ? AND owner != ? AND lapses > ?", (key, owner, now)
        ).fetchone():
            return "busy"
        connection.execute(
            "INSERT OR REPLACE INTO claims VALUES (?, ?, ?)", (key, owner, now + lease)
        )
        return "mine"


def renew(path: str | Path, owner: str, lease: float = LEASE) -> None:
    """Hold the claims of an owner for so many seconds more."""
    with _change(path) as connection:
        connection.execute(
            "UPDATE claims SET lapses = ? WHERE owner = ?", (time.time() + lease, owner)
        )


def release(path: str | Path, owner: str, key: str | None = None) -> None:
    """Give up one claim, or all claims of an owner."""
    with _change(path) as connection:
        connection.execute(
            "DELETE FROM claims WHERE owner = ? AND (key = ? OR ? IS NULL)", (owner, key, key)
        )


def keep(path: str | Path, key: str, server: str, body: dict, sample: int, answer: dict) -> None:
    """Keep an answer and end its claim, in one step; an answer that is already there stays."""
    request = json.dumps(body, ensure_ascii=False)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    row = [
        key,
        server,
        body["model"],
        request,
        sample,
        answer["text"],
        answer["finish"],
        answer["question_tokens"],
        answer["answer_tokens"],
        now,
    ]
    row = [
        value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
        for value in row
    ]
    with _change(path) as connection:
        connection.execute(
            f"INSERT OR IGNORE INTO answers VALUES ({','.join('?' * len(row))})", row
        )
        connection.execute("DELETE FROM claims WHERE key = ?", (key,))

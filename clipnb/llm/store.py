"""Answers of language models in one table of an SQLite file, each written when it arrives.

The file uses SQLite's rollback journal, which survives a kill at any moment, serves several
processes, and works on network folders. Each row carries a checksum: a damaged answer counts as
missing, and is asked for again.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass

from .questions import Call

_TABLE = """CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, server TEXT, request TEXT,
    answer TEXT, finish TEXT, question_tokens INTEGER, answer_tokens INTEGER, time TEXT,
    checksum TEXT)"""
_SELECT = """SELECT answer, finish, question_tokens, answer_tokens, time, checksum FROM answers
    WHERE key = ?"""


@dataclass(frozen=True)
class Answer:
    """What a model wrote, why it stopped ("length": at the token limit), and what it cost."""

    text: str
    finish: str
    question_tokens: int | None
    answer_tokens: int | None
    time: str

    def checksum(self, key: str) -> str:
        return hashlib.sha256(repr([key, *astuple(self)]).encode()).hexdigest()


@contextmanager
def _open(path: str) -> Iterator[sqlite3.Connection]:
    """A connection; what is not committed when it closes is rolled back."""
    with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as connection:
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        connection.execute(_TABLE)
        yield connection


def _sound(connection: sqlite3.Connection, keys: Iterable[str]) -> dict[str, Answer]:
    found = {}
    for key in keys:
        for *values, checksum in connection.execute(_SELECT, [key]):
            if (answer := Answer(*values)).checksum(key) == checksum:
                found[key] = answer
    return found


def read(path: str, keys: Iterable[str]) -> dict[str, Answer]:
    """The stored answers among these keys."""
    with _open(path) as connection:
        return _sound(connection, keys)


def is_stored(path: str, key: str) -> bool:
    """Whether there is an answer; sqlite3.Error also where none could be written, so that no call
    is paid for in vain."""
    with _open(path) as connection:
        connection.execute("DELETE FROM answers WHERE 0")  # changes nothing, if it may change
        return key in _sound(connection, [key])


def keep(path: str, call: Call, answer: Answer) -> None:
    """Store an answer; if another process was faster, its answer stays."""
    with _open(path) as connection:
        connection.execute("BEGIN IMMEDIATE")
        if call.key not in _sound(connection, [call.key]):
            row = [call.key, call.server, json.dumps(call.body), *astuple(answer)]
            query = "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
            connection.execute(query, [*row, answer.checksum(call.key)])
        connection.execute("COMMIT")

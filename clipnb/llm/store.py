"""Answers of language models in one table of an SQLite file, each written when it arrives.

The file uses SQLite's rollback journal, which survives a kill at any moment, serves several
processes, and works on network folders. Each row carries a checksum: a damaged answer counts as
missing, and is asked for again; so does one that the server itself called broken.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass

from ..support.limits import LOCK_SECONDS
from ..support.text import printable
from .questions import Call

_TABLE = """CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, server TEXT, request TEXT,
    answer TEXT, finish TEXT, question_tokens INTEGER, answer_tokens INTEGER, time TEXT,
    checksum TEXT)"""
_SELECT = """SELECT answer, finish, question_tokens, answer_tokens, time, {model}, checksum
    FROM answers WHERE key = ?"""
_INSERT = """INSERT OR REPLACE INTO answers (key, server, request, answer, finish, question_tokens,
    answer_tokens, time, model, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
# Why an answer ended (finish_reason): OpenAI, Hugging Face TGI, Anthropic, Cohere
WHOLE = {"stop", "eos", "eos_token", "end_turn", "stop_sequence", "complete"}
AT_LIMIT = {"length", "max_tokens", "model_length"}
# OpenRouter; vLLM that is stopped, llama.cpp, DeepSeek, Zhipu: there is more, it did not arrive
BROKEN = {"error", "abort", "aborted", "cancel", "cancelled", "canceled", "interrupted", "timeout"}
BROKEN |= {"insufficient_system_resource", "network_error", "server_error"}


@dataclass(frozen=True)
class Answer:
    """What a model wrote, why it stopped ("length": at the token limit), what it cost, and which
    model says that it wrote it (None: the server does not say)."""

    text: str
    finish: str
    question_tokens: int | None
    answer_tokens: int | None
    time: str
    model: str | None = None

    @property
    def cut(self) -> bool:
        """Whether the end may be missing: at the token limit, held back by a filter, or the server
        gives no reason that is known for a whole answer."""
        return self.finish.lower() not in WHOLE

    @property
    def broken(self) -> bool:
        """Whether the model was stopped by a fault, so that asking again gives more."""
        return self.finish.lower() in BROKEN

    def checksum(self, key: str) -> str:
        # without the model where there is none, as before models were kept
        values = astuple(self) if self.model is not None else astuple(self)[:-1]
        return hashlib.sha256(repr([key, *values]).encode()).hexdigest()


def why_not(path: str, error: Exception, paid: bool = False) -> str:
    """Why the file of answers cannot be used, or an answer cannot be kept, and what to do, as one
    message."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None and code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        said = "close that (a database browser, another notebook) or set CLIPNB_CACHE to a folder"
        return f"The file of answers {path} is held by another program; {said} on this computer."
    if paid:
        why = f"({type(error).__name__}: {error}); free the disk or move the file away."
        return f"The answers cannot be kept in {path} {why}"
    return (  # SQLite's message may hold bytes of the damage
        f"The file of answers {path} cannot be used ({printable(error)}); it may be"
        " damaged or of another version of clipnb: move it away or set CLIPNB_CACHE."
    )


@contextmanager
def _open(path: str, times: float = 1) -> Iterator[sqlite3.Connection]:
    """A connection that waits for other programs, so many times the usual limit; what is not
    committed when it closes is rolled back."""
    seconds = times * LOCK_SECONDS
    with closing(sqlite3.connect(path, timeout=seconds, isolation_level=None)) as connection:
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        connection.execute(_TABLE)
        yield connection


def _has_model(connection: sqlite3.Connection) -> bool:
    """Whether the file keeps models; those of clipnb 0.1 do not."""
    return any(row[1] == "model" for row in connection.execute("PRAGMA table_info(answers)"))


def _sound(connection: sqlite3.Connection, keys: Iterable[str]) -> dict[str, Answer]:
    found = {}
    select = _SELECT.format(model="model" if _has_model(connection) else "NULL")
    for key in keys:
        for *values, checksum in connection.execute(select, [key]):
            answer = Answer(*values)
            if answer.checksum(key) == checksum and not answer.broken:
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
    with _open(path, times=3) as connection:  # longer, because it has been paid for
        connection.execute("BEGIN IMMEDIATE")
        if not _has_model(connection):
            connection.execute("ALTER TABLE answers ADD COLUMN model TEXT")
        if call.key not in _sound(connection, [call.key]):
            row = [call.key, call.server, json.dumps(call.body), *astuple(answer)]
            connection.execute(_INSERT, [*row, answer.checksum(call.key)])
        connection.execute("COMMIT")

"""A plan of calls: what is stored already, what the rest may cost, and having it asked."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass

from ..support.arguments import real, whole
from ..support.cache import cache_folder
from ..support.console import say
from ..support.limits import ANSWER_SECONDS
from ..support.progress import progress
from . import store
from .client import LanguageModelError, Run
from .questions import Call
from .server import OPENAI, Key

Answers = dict[str, list[store.Answer]]  # class name → its answers, in the order of its calls
NO_KEY = (
    "There is no API key; set OPENAI_API_KEY, or give base_url= (or CLIPNB_LLM_BASE_URL) of a"
    " server that needs none, such as Ollama's http://localhost:11434/v1."
)
ODD_KEY = "The API key holds a character that no key has; check OPENAI_API_KEY or api_key=."


@dataclass(frozen=True)
class Limits:
    """How much may be asked, and how; see ``generate_descriptors``."""

    max_calls: int | None
    max_total_tokens: int | None
    concurrency: int
    timeout: float
    retries: int
    quiet: bool

    def __post_init__(self) -> None:
        whole("concurrency", self.concurrency, 1)
        whole("retries", self.retries, 0)
        real("timeout", self.timeout, 0.001, ANSWER_SECONDS)
        for name in ("max_calls", "max_total_tokens"):
            if getattr(self, name) is not None:
                whole(name, getattr(self, name), 0)

    def check(self, calls: int, tokens: int) -> None:
        """LanguageModelError if a plan is beyond the budget."""
        for name, planned in (("max_calls", calls), ("max_total_tokens", tokens)):
            limit, what = getattr(self, name), name[4:].replace("_", " ")
            if limit is not None and planned > limit:
                said = f"more than {name}={limit:,}; nothing was asked."
                raise LanguageModelError(f"The plan is {planned:,} {what}, {said}")


def ask(calls: dict[str, list[Call]], server: str, key: Key, limits: Limits) -> Answers:
    """The answers to the calls of each class, from the store or the server."""
    try:
        path = str(cache_folder() / "answers.sqlite")
    except OSError as error:
        said = "set CLIPNB_CACHE to a folder of yours."
        said = f"The folder for the answers cannot be made ({error}); {said}"
        raise LanguageModelError(said) from None
    wanted = {call.key: call for row in calls.values() for call in row}
    have = _read(path, wanted.values())
    missing = [call for one, call in wanted.items() if one not in have]
    at_most = _tokens_at_most(missing)
    if not limits.quiet:
        plan = f"{len(missing):,} calls to make, {len(have):,} answered from the cache"
        body = next(iter(wanted.values())).body
        said = f"{body['model']} at {server}: {plan}; at most {at_most:,} tokens."
        if "seed" in body and body.get("temperature") == 0:
            said += " At temperature 0 most models give the same answer with every seed."
        say(said)
    limits.check(len(missing), at_most)
    if missing:
        key = key.for_server(server)
        if key.kind or (not key and server == OPENAI) or not key.is_sound():
            said = f"api_key= is of type {key.kind}; an API key is text." if key.kind else ODD_KEY
            raise LanguageModelError(said if key else NO_KEY)
        _run(Run(missing, server, key, path, limits), len(missing))
        have = _read(path, wanted.values())
    if lost := wanted.keys() - have.keys():
        said = "did another program write it? Run again to ask for the rest."
        raise LanguageModelError(f"The file of answers {path} has lost {len(lost)} of them; {said}")
    return {name: [have[call.key] for call in row] for name, row in calls.items()}


def _read(path: str, calls: Iterable[Call]) -> dict[str, store.Answer]:
    """Key of a call → its answer, or the answer to the plain call in its place."""
    pairs = {call.key: [call.key, call.plain.key if call.plain else call.key] for call in calls}
    try:
        rows = store.read(path, {one for pair in pairs.values() for one in pair})
    except (sqlite3.Error, ValueError) as error:
        raise LanguageModelError(store.why_not(path, error)) from None
    return {key: rows[one] for key, pair in pairs.items() for one in pair[::-1] if one in rows}


def _tokens_at_most(missing: list[Call]) -> int:
    """No tokenizer makes more tokens than bytes; 16 more a message for what a chat template writes
    around it."""
    total = 0
    for body in (call.body for call in missing):
        total += body.get("max_tokens") or body["max_completion_tokens"]
        total += sum(len(message["content"].encode()) + 16 for message in body["messages"])
        total += len(json.dumps(body.get("response_format", "")))
    return total


def _run(run: Run, calls: int) -> None:
    """Have the calls made; LanguageModelError if any of them was not."""
    with closing(iter(run)) as stored:
        for _ in progress(stored, calls, "asking"):
            pass
    why = run.end
    if run.failed and not why:
        first, *others = run.failed
        more = f" and {len(others)} more" if others else ""
        why = f"{run.failed[first].rstrip('.')}, about '{first}'{more}"
    if why:
        came = f"{run.done:,} of {calls:,} answers came and are kept, run again to continue."
        raise LanguageModelError(f"{why.rstrip('.')}; {came}")

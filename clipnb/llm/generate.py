"""Ask a language model what classes look like: ``generate_descriptors``, ``generate_prompts``,
``python -m clipnb.llm``.

Any server that speaks OpenAI's chat-completions protocol will do: OpenAI, or Ollama, vLLM or
llama.cpp on your own computer. Every answer is kept in the cache folder as soon as it arrives
(``answers.sqlite``), so that nothing is paid for twice; what is read from an answer is text,
checked line by line in ``clipnb.classify.quality``.
"""

from __future__ import annotations

import json
import os
import sqlite3
import warnings
from collections.abc import Iterable, Mapping
from contextlib import closing
from urllib.parse import urlsplit, urlunsplit

from ..classify.descriptors import DescriptorSet
from ..classify.prompts import PromptTable, listed
from ..classify.quality import check_descriptors, parse_list, parse_sentences
from ..support.cache import cache_folder
from ..support.progress import progress
from . import store
from .client import LanguageModelError, events
from .questions import (
    DIRECT_QUESTION,
    JSON_QUESTION,
    OPENAI,
    PAPER_QUESTION,
    QUESTIONS,
    STYLES,
    descriptor_call,
    messages_of,
    one_call,
    subject_of,
)

MODEL = "gpt-4o-mini"
BACKOFF = 0.5  # seconds before the first repetition of a call; doubled for each further one


def generate_descriptors(
    classes: Iterable[str],
    model: str | None = None,
    base_url: str | None = None,
    *,
    api_key: str | None = None,
    style: str = "paper",
    number: int = 10,
    language: str | None = None,
    hint: str | Mapping[str, str] | None = None,
    own_name: str = "flag",
    temperature: float | None = 0.0,
    seed: int | None = None,
    answer_tokens: int = 400,
    max_calls: int | None = None,
    max_total_tokens: int | None = None,
    concurrency: int = 4,
    timeout: float = 60.0,
    retries: int = 5,
    quiet: bool = False,
) -> DescriptorSet:
    """Ask a language model for the descriptors of classes (Menon & Vondrick 2023), one call a
    class, and check what it writes.

    Every answer is kept as soon as it arrives. A run that failed or was killed continues, when
    called again, with the classes that are missing; the same call a second time asks nothing, needs
    no key, and no network.

    Parameters
    ----------
    classes : iterable of str
        A name that occurs twice is asked about once.
    model : str, optional
        As the server calls it: "gpt-4o-mini", "llama3.2", …; by default CLIPNB_LLM_MODEL from the
        environment, or "gpt-4o-mini".
    base_url : str, optional
        A server that speaks OpenAI's protocol, ``http://localhost:11434/v1`` for Ollama; by default
        CLIPNB_LLM_BASE_URL, OPENAI_BASE_URL, or OpenAI.
    api_key : str, optional
        By default OPENAI_API_KEY, which is sent by https or to this computer only. A server of your
        own needs none.
    style : {"paper", "direct", "json"}
        The paper's question after two worked examples; one direct question; or the direct question
        answered as JSON by a schema, with a list in its place where the server has no schemas.
    number : int
        At most so many descriptors a class; the direct questions ask for so many.
    language : str, optional
        "German": the language of the answers. The bundled CLIP, and the check of words, know
        English only.
    hint : str or mapping class → str, optional
        "a kind of bird": what the classes are, where the name alone may mean several things.
    own_name : {"flag", "drop", "keep"}
        What to do with descriptors that contain the class's own name.
    temperature : float, optional
        0 as in the paper's code; None leaves it to the server, as some models insist.
    seed : int, optional
        Passed to the server. Another seed asks again, also about classes whose answers are kept.
    answer_tokens : int
        Longest answer. A model that thinks before it answers needs some thousands.
    max_calls : int, optional
        The budget in calls: a plan beyond it is refused before the first one. Repetitions after a
        fault are not in the plan.
    max_total_tokens : int, optional
        The budget in tokens, likewise. They are counted at most: a token for each byte of the
        questions, and every answer at its longest.
    concurrency : int
        Calls at the same time.
    timeout : float
        Seconds for one answer.
    retries : int
        Repetitions of a call after 429, 5xx, a time-out or a broken connection; a server's
        Retry-After is respected.
    quiet : bool
        Do not print the plan.

    Returns
    -------
    DescriptorSet
        With ``report``, a data frame of what was kept, flagged and dropped (see
        :func:`check_descriptors`), and ``provenance``. A class of whose answer nothing is left is
        missing from the set, and a warning names it.

    Raises
    ------
    LanguageModelError
        If the model cannot be asked (key, quota, unknown model, server), a call failed for good, or
        the plan exceeds the budget; what was answered is kept.
    ValueError
        If a class name, the style or a number makes no sense.
    """
    api_key = _Hidden(api_key)
    names = _class_names(classes)
    if style not in STYLES:
        raise ValueError(f"style is '{style}'; it can be {', '.join(STYLES)}.")
    _positive(number=number, answer_tokens=answer_tokens)
    shape = {
        "model": model or os.environ.get("CLIPNB_LLM_MODEL") or MODEL,
        "temperature": temperature,
        "seed": seed,
        "answer_tokens": answer_tokens,
    }
    server = _server(base_url)
    calls = {
        name: [descriptor_call(name, style, number, language, hint, server, shape)]
        for name in names
    }
    rows = _ask(
        calls, server, api_key, max_calls, max_total_tokens, concurrency, timeout, retries, quiet
    )
    lines = {
        name: [
            line
            for row in rows[name]
            for line in parse_list(row["answer"], row["finish"] == "length")
        ]
        for name in names
    }
    checked = check_descriptors(lines, own_name, number)
    question = {"paper": PAPER_QUESTION, "direct": DIRECT_QUESTION, "json": JSON_QUESTION}[style]
    asked = {
        "style": style,
        "question": question,
        "number": number,
        "language": language,
        "hint": hint,
    }
    _name_missing(names, checked, len(lines))
    return DescriptorSet(
        checked, _provenance(server, shape, asked, rows, checked.report), checked.report
    )


def generate_prompts(
    classes: Iterable[str],
    model: str | None = None,
    base_url: str | None = None,
    *,
    api_key: str | None = None,
    questions: Iterable[str] = QUESTIONS,
    samples: int = 10,
    instruction: str | None = "Answer in one short sentence about what can be seen.",
    language: str | None = None,
    hint: str | Mapping[str, str] | None = None,
    temperature: float | None = 0.99,
    seed: int | None = None,
    answer_tokens: int = 100,
    max_calls: int | None = None,
    max_total_tokens: int | None = None,
    concurrency: int = 4,
    timeout: float = 60.0,
    retries: int = 5,
    quiet: bool = False,
) -> PromptTable:
    """Ask a language model for customised prompts: sentences about each class (CuPL, Pratt et al.
    2022; Kravets, part 1).

    All other arguments are those of :func:`generate_descriptors`; the temperature is CuPL's.

    Parameters
    ----------
    questions : iterable of str
        Each with {} for the class; by default the article's three.
    samples : int
        Calls for each question and class. CuPL makes 10; with three questions, that is 30 sentences
        a class.
    instruction : str, optional
        What is said before each question. The models of the article answered in a sentence by
        themselves, those of today in a page.

    Returns
    -------
    PromptTable
        With ``report`` and ``provenance`` as :func:`generate_descriptors` gives them. To keep it as
        a file: ``DescriptorSet(table, table.provenance).save(path)``, and
        ``PromptTable(load_descriptors(path))``.

    Raises
    ------
    LanguageModelError
        As in :func:`generate_descriptors`.
    ValueError
        Likewise, and if a question has no {} for the class.
    """
    api_key = _Hidden(api_key)
    names, questions = (
        _class_names(classes),
        [questions] if isinstance(questions, str) else list(questions),
    )
    if not questions or any("{}" not in question for question in questions):
        raise ValueError("questions must be a list of sentences with {} where the class name goes.")
    _positive(samples=samples, answer_tokens=answer_tokens)
    shape = {
        "model": model or os.environ.get("CLIPNB_LLM_MODEL") or MODEL,
        "temperature": temperature,
        "seed": seed,
        "answer_tokens": answer_tokens,
    }
    server = _server(base_url)
    calls: dict[str, list[dict]] = {name: [] for name in names}
    for name in names:
        for question in questions:
            messages = messages_of(
                question.replace("{}", subject_of(name, hint)), language, instruction
            )
            calls[name] += [one_call(messages, server, shape, sample) for sample in range(samples)]
    rows = _ask(
        calls, server, api_key, max_calls, max_total_tokens, concurrency, timeout, retries, quiet
    )
    lines = {
        name: [
            line
            for row in rows[name]
            for line in parse_sentences(row["answer"], row["finish"] == "length")
        ]
        for name in names
    }
    checked = check_descriptors(lines, own_name="keep", longest=300)
    _name_missing(names, checked, sum(map(len, calls.values())))
    asked = {
        "questions": questions,
        "samples": samples,
        "instruction": instruction,
        "language": language,
        "hint": hint,
    }
    return PromptTable(
        checked, _provenance(server, shape, asked, rows, checked.report), checked.report
    )


def can_ask() -> bool:
    """Whether the environment names somebody to ask: a key in OPENAI_API_KEY, or a server in
    CLIPNB_LLM_BASE_URL or OPENAI_BASE_URL.

    Nothing is sent. The notebooks ask only if this is so *and* their reader sets ``LIVE = True``,
    for asking may cost money.
    """
    return bool(os.environ.get("OPENAI_API_KEY", "").strip() or _server_in_environment())


# --- asking ---------------------------------------------------------------------------------------


class _Hidden:
    """A text that no traceback with local variables shows."""

    def __init__(self, text: str | None):
        self.text = text

    def __repr__(self):
        return "(hidden)"


def _class_names(classes: Iterable[str]) -> list[str]:
    names = list(dict.fromkeys(listed(classes, "classes")))
    if not names:
        raise ValueError("There are no classes to ask about.")
    for name in names:
        if (
            not isinstance(name, str)
            or not name.strip()
            or len(name) > 200
            or not name.isprintable()
        ):
            raise ValueError(
                f"{str(name)[:60]!r} is not a class name; a name is one line of text of at most 200"
                " characters."
            )
    return names


def _positive(**numbers) -> None:
    for name, value in numbers.items():
        if not isinstance(value, int) or value < 1:
            raise ValueError(f"{name} is {value!r}; it must be a whole number of at least 1.")


def _server_in_environment() -> str | None:
    return os.environ.get("CLIPNB_LLM_BASE_URL") or os.environ.get("OPENAI_BASE_URL")


def _server(base_url: str | None) -> str:
    """The server's address without what does not belong in a cache or a file: user names,
    passwords, query."""
    url = base_url or _server_in_environment() or OPENAI
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("base_url must be an address such as 'http://localhost:11434/v1'.")
    return urlunsplit(
        (parts.scheme, parts.netloc.rpartition("@")[2], parts.path.rstrip("/"), "", "")
    )


def _api_key(api_key: str | None, server: str) -> str | None:
    """The key to send. One from the environment is not sent unencrypted to another computer, which
    may be anybody's."""
    parts = urlsplit(server)
    private = parts.scheme == "https" or parts.hostname in ("localhost", "127.0.0.1", "::1")
    key = (api_key or (os.environ.get("OPENAI_API_KEY") if private else None) or "").strip()
    if not key and server == OPENAI:
        raise LanguageModelError(
            "There is no API key; set OPENAI_API_KEY, or give base_url= of a server that needs"
            " none, such as Ollama's http://localhost:11434/v1."
        )
    if not key.isascii() or not key.isprintable():
        # a traceback with local variables must not show what may be a key with a typing error
        del key, api_key
        raise LanguageModelError(
            "The API key holds a character that no key has; check OPENAI_API_KEY or api_key=."
        )
    return key or None


def _ask(
    calls: dict[str, list[dict]],
    server: str,
    api_key,
    max_calls,
    max_total_tokens,
    concurrency,
    timeout,
    retries,
    quiet,
) -> dict[str, list]:
    """The answers to the calls of each class, from the cache or the server: class → rows, in the
    order of its calls."""
    _positive(concurrency=concurrency)
    if not timeout > 0 or retries < 0:
        raise ValueError(
            f"timeout is {timeout} and retries is {retries}; a time is more than 0, a number of"
            " retries at least 0."
        )
    try:
        path = str(cache_folder() / "answers.sqlite")
    except OSError as error:
        raise LanguageModelError(
            f"The folder for the answers cannot be made ({error}); set CLIPNB_CACHE to a folder of"
            " yours."
        ) from None
    wanted = {call["key"]: call for row in calls.values() for call in row}
    have = _read(path, wanted)
    missing = [call for key, call in wanted.items() if key not in have]
    at_most = _tokens_at_most(missing)
    if not quiet:
        kept = len(wanted) - len(missing)
        model = next(iter(wanted.values()))["body"]["model"]
        print(
            f"{model} at {server}: {len(missing):,} calls to make, {kept:,} answered from the"
            f" cache; at most {at_most:,} tokens.",
            flush=True,
        )
    for name, limit, planned in (
        ("max_calls", max_calls, len(missing)),
        ("max_total_tokens", max_total_tokens, at_most),
    ):
        if limit is not None and planned > limit:
            raise LanguageModelError(
                f"The plan is {planned:,} {name[4:].replace('_', ' ')}, more than {name}={limit:,};"
                " nothing was asked."
            )
    if missing:
        job = {
            "path": path,
            "server": server,
            "calls": missing,
            "concurrency": concurrency,
            "timeout": timeout,
            "retries": retries,
            "backoff": BACKOFF,
            "lease": store.LEASE,
        }
        _run(
            job,
            _api_key(api_key.text, server),
            {
                c["key"]: name
                for name, row in calls.items()
                for call in row
                for c in (call, call["plain"])
                if c
            },
        )
        have = _read(path, wanted)
    return {name: [have[call["key"]] for call in row] for name, row in calls.items()}


def _read(path: str, wanted: dict[str, dict]) -> dict[str, dict]:
    """Key of the call → its answer, or the answer to the plain call in its place."""
    keys = {
        key: [key, call["plain"]["key"]] if call["plain"] else [key] for key, call in wanted.items()
    }
    try:
        rows = store.read(path, [k for pair in keys.values() for k in pair])
    except sqlite3.Error as error:
        raise LanguageModelError(
            f"The file of answers {path} cannot be used ({error}); move it away or set"
            " CLIPNB_CACHE."
        ) from None
    return {
        key: next(rows[k] for k in pair if k in rows)
        for key, pair in keys.items()
        if any(k in rows for k in pair)
    }


def _tokens_at_most(missing: list[dict]) -> int:
    """No tokenizer makes more tokens than bytes; 16 more a message for what a chat template writes
    around it."""
    total = 0
    for call in missing:
        body = call["body"]
        total += body.get("max_tokens") or body["max_completion_tokens"]
        total += sum(len(message["content"].encode()) + 16 for message in body["messages"])
        total += len(json.dumps(body.get("response_format", "")))
    return total


def _run(job: dict, api_key: str | None, class_of: dict[str, str]) -> None:
    """Have the calls made; LanguageModelError if any of them was not."""
    done, failed, end = 0, {}, None
    with closing(events(job, api_key)) as happening:
        del api_key  # so that no traceback with local variables can show it
        for event in progress(happening, len(job["calls"]), "asking"):
            done += "done" in event
            end = event.get("end") or end
            if "failed" in event:
                failed[event["failed"]] = event["why"]
    if not (end or failed) and done < len(job["calls"]):
        end = "The process that asks ended before its time."
    if end or failed:
        if not end:
            names = list(dict.fromkeys(class_of[key] for key in failed))
            end = f"{next(iter(failed.values())).rstrip('.')}, about '{names[0]}'" + (
                f" and {len(names) - 1} more" if names[1:] else ""
            )
        raise LanguageModelError(
            f"{end.rstrip('.')}; {done:,} of {len(job['calls']):,} answers came and are kept, run"
            " again to continue."
        )


# --- what came of it ------------------------------------------------------------------------------


def _name_missing(names: list[str], checked: Mapping, calls: int) -> None:
    missing = [name for name in names if name not in checked]
    if len(missing) == len(names):
        raise LanguageModelError(
            f"Nothing to use in {calls:,} answers, the first about '{names[0]}'; try another model,"
            " style= or seed=."
        )
    if missing:
        more = f" and {len(missing) - 1} more" if missing[1:] else ""
        sentence = (
            f"Nothing was left of the answers about '{missing[0]}'{more}; see .report, and ask"
            " again about these with another seed=."
        )
        warnings.warn(sentence, stacklevel=3)


def _provenance(server: str, shape: dict, asked: dict, rows: dict[str, list], report) -> dict:
    """Where the lines come from, for the file that is saved."""
    times = sorted(row["time"] for answered in rows.values() for row in answered)
    dropped = report[report["action"] == "dropped"]
    return {
        "method": "asked of a language model with clipnb",
        "server": server,
        **shape,
        **{name: value for name, value in asked.items() if value is not None},
        "answers": len(times),
        "first_answer": times[0],
        "last_answer": times[-1],
        "dropped": dropped[["class", "descriptor", "reason"]].values.tolist(),
    }

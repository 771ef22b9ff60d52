"""Ask a language model what classes look like: ``generate_descriptors``, ``generate_prompts``.

Any server that speaks OpenAI's chat-completions protocol will do: OpenAI, or Ollama, vLLM or
llama.cpp on your own computer. What is read from an answer is text, checked line by line in
``clipnb.classify.quality``.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..classify.answers import parse_list, parse_sentences
from ..classify.descriptors import DescriptorSet
from ..classify.prompts import PromptTable
from ..classify.quality import check_descriptors
from ..support.arguments import one_of, text, whole
from ..support.names import listed
from .client import LanguageModelError
from .plan import Answers, Limits, ask
from .questions import QUESTIONS, STYLES, Chat
from .server import Key, same_model, server_address, server_in_environment
from .store import AT_LIMIT, Answer

MODEL = "gpt-4o-mini"


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

    Every answer is stored when it arrives. A run that failed or was killed continues, when called
    again, with the classes that are missing, and repeats at most the calls that were on the wire
    (``concurrency``). The same call a second time asks nothing, and needs no key and no network.

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
        Passed to the server. Another seed asks again, also about classes whose answers are stored;
        at temperature 0 most models give the same answer.
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
        :func:`check_descriptors`), and ``provenance``, with the model that was asked for
        (``model``) and the one that the server says has answered (``answered_by``); a warning names
        both if they differ by more than a version. A class of whose answer nothing is left is
        missing from the set, and a warning names it. A warning says, too, if answers may have
        broken off for another reason than ``answer_tokens``; their last lines are left out.

    Raises
    ------
    LanguageModelError
        If the model cannot be asked (key, quota, unknown model, server), a call failed for good, or
        the plan exceeds the budget; what was answered is stored.
    ValueError
        If a class name, the style or a number makes no sense.

    Examples
    --------
    >>> birds = clipnb.generate_descriptors(  # doctest: +SKIP
    ...     ["robin", "wren"], model="llama3.2", base_url="http://localhost:11434/v1"
    ... )
    >>> birds.save("birds.json")  # doctest: +SKIP
    """
    key = Key(api_key)
    del api_key
    names = asked_names(classes)
    one_of("style", style, STYLES)
    whole("number", number, 1)
    one_of("own_name", own_name, ("flag", "drop", "keep"))  # said before anybody is asked
    server, model = server_address(base_url), model_name(model)
    chat = Chat(server, model, temperature, seed, answer_tokens, language, hint)
    limits = Limits(max_calls, max_total_tokens, concurrency, timeout, retries, quiet)
    calls = {name: [chat.descriptor_call(name, style, number)] for name in names}
    answers = ask(calls, server, key, limits)
    asked = {"style": style, "question": STYLES[style], "number": number}
    return checked_answers(answers, parse_list, chat, asked, own_name=own_name, number=number)


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
    """Ask a language model for customised prompts: texts about each class (CuPL, Pratt et al.
    2022; Kravets, part 1).

    All other arguments are those of :func:`generate_descriptors`; the temperature is CuPL's.

    Parameters
    ----------
    questions : iterable of str
        Each with {} for the class; by default the article's three.
    samples : int
        Calls for each question and class. CuPL makes 10; with three questions, that is 30 prompts a
        class.
    instruction : str, optional
        What is said before each question. The models of the article answered in one sentence by
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
    key = Key(api_key)
    del api_key
    names = asked_names(classes)
    questions = [questions] if isinstance(questions, str) else listed(questions, "questions")
    for question in questions:
        text("questions", question)
    if not questions or any("{}" not in question for question in questions):
        raise ValueError("questions must be a list of sentences with {} where the class name goes.")
    if instruction is not None:
        text("instruction", instruction)
    whole("samples", samples, 1)
    server, model = server_address(base_url), model_name(model)
    chat = Chat(server, model, temperature, seed, answer_tokens, language, hint)
    limits = Limits(max_calls, max_total_tokens, concurrency, timeout, retries, quiet)
    calls = {name: chat.prompt_calls(name, questions, samples, instruction) for name in names}
    answers = ask(calls, server, key, limits)
    asked = {"questions": questions, "samples": samples, "instruction": instruction}
    found = checked_answers(answers, parse_sentences, chat, asked, own_name="keep", longest=300)
    return PromptTable(found, found.provenance, found.report)


def can_ask() -> bool:
    """Whether the environment names somebody to ask: a key in OPENAI_API_KEY, or a server in
    CLIPNB_LLM_BASE_URL or OPENAI_BASE_URL.

    Nothing is sent. The notebooks ask only if this is so *and* their reader sets ``LIVE = True``,
    because asking may cost money.
    """
    return bool(os.getenv("OPENAI_API_KEY", "").strip() or server_in_environment())


def model_name(model: str | None) -> str:
    return model or os.getenv("CLIPNB_LLM_MODEL") or MODEL


def asked_names(classes: Iterable[str]) -> list[str]:
    names = listed(classes, "classes")
    if not names:
        raise ValueError("There are no classes to ask about.")
    for name in names:
        one_line = isinstance(name, str) and name.strip() and name.isprintable()
        if not one_line or len(name) > 200:
            raise ValueError(
                f"{str(name)[:60]!r} is not a class name; a name is one line of text of at most 200"
                " characters."
            )
    return list(dict.fromkeys(names))


def checked_answers(
    answers: Answers, parse: Callable[[str, bool], list[str]], chat: Chat, asked: dict, **rules: Any
) -> DescriptorSet:
    """The lines of the answers that are worth keeping, with where they come from."""
    each = [(name, one) for name, row in answers.items() for one in row]
    lines: dict[str, list[str]] = {name: [] for name in answers}
    for name, one in each:
        lines[name] += parse(one.text, one.cut)
    _warn_of_ends(each)
    models = _warn_of_models(each, chat)
    checked = check_descriptors(lines, **rules)
    missing = [name for name in answers if name not in checked]
    other = "another seed="
    if chat.temperature == 0:
        other = "a temperature= above 0 (at 0 most models give the same answer with every seed)"
    if len(missing) == len(answers):
        raise LanguageModelError(
            f"Nothing to use in {len(each):,} answers, the first about"
            f" '{missing[0]}'; try another model, style= or {other}."
        )
    if missing:
        more = f" and {len(missing) - 1} more" if missing[1:] else ""
        warnings.warn(
            f"Nothing was left of the answers about '{missing[0]}'{more}; see .report, and ask"
            f" again about these with {other}.",
            stacklevel=3,
        )
    times = sorted(one.time for _, one in each)
    report = checked.report
    assert report is not None  # check_descriptors writes one
    dropped = report[report["action"] == "dropped"]
    asked |= {"language": chat.language, "hint": chat.hint}
    provenance = {
        "method": "asked of a language model with clipnb",
        "server": chat.server,
        "model": chat.model,
        **({"answered_by": models[0] if len(models) == 1 else models} if models else {}),
        "temperature": chat.temperature,
        "seed": chat.seed,
        "answer_tokens": chat.answer_tokens,
        **{name: value for name, value in asked.items() if value is not None},
        "answers": len(times),
        "first_answer": times[0],
        "last_answer": times[-1],
        "dropped": dropped[["class", "descriptor", "reason"]].values.tolist(),
    }
    return DescriptorSet(checked, provenance, report)


def _warn_of_models(each: list[tuple[str, Answer]], chat: Chat) -> list[str]:
    """Which models the server says have answered: one that holds a single model answers for any
    name, llama.cpp and LM Studio among them."""
    found = [(name, one.model) for name, one in each if one.model]
    others = [(name, model) for name, model in found if not same_model(chat.model, model)]
    if others:
        name, model = others[0]
        warnings.warn(
            f"model= is '{chat.model}', but '{model}' wrote {len(others):,} of {len(found):,}"
            f" answers, the first about '{name}'; load '{chat.model}' at {chat.server} and ask with"
            f" another seed=, or give model='{model}'.",
            stacklevel=4,
        )
    return sorted({model for _, model in found})


def _warn_of_ends(each: list[tuple[str, Answer]]) -> None:
    """The token limit is nothing unusual, and the report names the lines that it cut."""
    ends = [(name, one.finish) for name, one in each if one.cut]
    if odd := [(name, finish) for name, finish in ends if finish.lower() not in AT_LIMIT]:
        name, finish = odd[0]
        warnings.warn(
            f"{len(odd):,} answers may have broken off, the first about '{name}': the server gives"
            f" '{finish}' as the reason why it ended (finish_reason); the last line of each was"
            " left out if it was not complete, see .report.",
            stacklevel=4,
        )

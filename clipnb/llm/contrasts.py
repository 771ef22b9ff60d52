"""Ask a language model what separates classes that are confused: ``generate_contrasts``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..classify.answers import parse_list
from ..classify.descriptors import DescriptorSet
from ..support.arguments import whole
from ..support.names import listed
from ..support.text import brief
from .generate import asked_names, checked_answers, model_name
from .plan import Limits, ask
from .questions import CONTRAST_QUESTION, Chat
from .server import Key, server_address


def generate_contrasts(
    groups: Iterable[Iterable[str]],
    model: str | None = None,
    base_url: str | None = None,
    *,
    api_key: str | None = None,
    number: int = 5,
    language: str | None = None,
    hint: str | Mapping[str, str] | None = None,
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
    """Ask a language model for differential descriptors: what separates each class from the others
    of its group (compare Esfandiarpoor & Bach 2024, who ask about pairs).

    One call a class and group. A group of k classes takes k calls, where its pairs would take
    k (k − 1). For many classes, ask about groups of confused ones, as
    :func:`clipnb.evaluation.confused_groups` finds them on images of your choice, and not about all
    pairs.

    All other arguments are those of :func:`generate_descriptors`. Answers are stored likewise, and
    the same call a second time asks nothing.

    Parameters
    ----------
    groups : iterable of iterables of str
        Classes that are confused with each other, at least two a group. A class may be in several
        groups; its descriptors are joined then.
    number : int
        So many descriptors are asked for in each call.

    Returns
    -------
    DescriptorSet
        Of the classes in the groups, with ``report`` and ``provenance`` (``groups`` and ``answers``
        among it). :meth:`DescriptorSet.extend` adds them to the descriptors of all classes.

    Raises
    ------
    LanguageModelError
        As in :func:`generate_descriptors`.
    ValueError
        Likewise, and if there are no groups, or a group has fewer than two classes; the message
        names the class.
    """
    key = Key(api_key)
    del api_key
    rows = checked_groups(groups)
    whole("number", number, 1)
    server, model = server_address(base_url), model_name(model)
    chat = Chat(server, model, temperature, seed, answer_tokens, language, hint)
    limits = Limits(max_calls, max_total_tokens, concurrency, timeout, retries, quiet)
    calls = {name: [] for row in rows for name in row}
    for row in rows:
        for name in row:
            calls[name].append(chat.contrast_call(name, row, number))
    answers = ask(calls, server, key, limits)
    asked = {"question": CONTRAST_QUESTION, "number": number, "groups": rows}
    most = number * max(map(len, calls.values()))
    return checked_answers(answers, parse_list, chat, asked, number=most)


def checked_groups(groups: Iterable[Iterable[str]]) -> list[list[str]]:
    """The groups as lists of names."""
    if isinstance(groups, str):
        raise ValueError(
            f"The groups are one string; give lists of classes: [['{brief(groups)}', …]]."
        )
    rows = []
    for group in listed(groups, "groups"):
        if isinstance(group, str):
            raise ValueError(f"The group '{brief(group)}' is one string; give a list of classes.")
        rows.append(asked_names(group))
        if len(rows[-1]) < 2:
            raise ValueError(
                f"The group of '{brief(rows[-1][0])}' has one class only; a difference needs two."
            )
    if not rows:
        raise ValueError("There are no groups of classes to ask about.")
    return rows

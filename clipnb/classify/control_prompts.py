"""Controls: the table of prompts, filled wrongly on purpose."""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from ..support.arguments import one_of, whole
from .prompts import PromptTable, Template, describe_all, descriptor_prompts, fill, rows_of


def swapped_prompts(
    descriptors: Mapping[str, list[str]],
    include_name: bool = True,
    seed: int = 0,
    template: Template = "{}",
) -> PromptTable:
    """Control: every class gets the descriptors of another class (no class keeps its own).

    Parameters
    ----------
    descriptors : DescriptorSet or mapping
        Class → descriptors.
    include_name : bool
        As for :func:`descriptor_prompts`.
    seed : int
        Decides which class gets whose descriptors.
    template : str or function
        As for :func:`descriptor_prompts`.

    Examples
    --------
    >>> descriptors = {"robin": ["a red breast"], "wren": ["a short tail"]}
    >>> clipnb.swapped_prompts(descriptors)["robin"]
    ['robin, which has a short tail']
    """
    descriptors = rows_of(descriptors)
    names = list(descriptors)
    if len(names) < 2:
        raise ValueError("Swapping needs at least two classes.")
    order = list(range(len(names)))
    _chance(seed).shuffle(order)
    # one cycle, so nobody is its own donor
    donor = {names[a]: names[b] for a, b in zip(order, order[1:] + order[:1])}
    return descriptor_prompts(
        {name: descriptors[donor[name]] for name in names}, include_name, template
    )


def scrambled_prompts(
    descriptors: Mapping[str, list[str]],
    include_name: bool = True,
    seed: int = 0,
    template: Template = "{}",
) -> PromptTable:
    """Control: the true descriptors, each with its words in random order.

    Parameters
    ----------
    descriptors : DescriptorSet or mapping
        Class → descriptors.
    include_name : bool
        As for :func:`descriptor_prompts`.
    seed : int
        Decides the order of the words.
    template : str or function
        As for :func:`descriptor_prompts`.
    """
    descriptors, chance = rows_of(descriptors), _chance(seed)

    def scramble(descriptor):
        words = descriptor.split()
        chance.shuffle(words)
        return " ".join(words)

    return descriptor_prompts(
        {name: [scramble(d) for d in row] for name, row in descriptors.items()},
        include_name,
        template,
    )


def random_prompts(
    descriptors: Mapping[str, list[str]],
    include_name: bool = True,
    seed: int = 0,
    kind: str = "words",
    template: Template = "{}",
) -> PromptTable:
    """Control: noise in place of the descriptors, "robin, which has {noise}".

    Parameters
    ----------
    descriptors : DescriptorSet or mapping
        Class → descriptors.
    include_name : bool
        As for :func:`descriptor_prompts`; without it there is noise alone.
    seed : int
        Decides the noise.
    kind : {"words", "characters", "waffle"}
        ``words`` and ``characters`` match the descriptors: every class gets noise of its own, as
        many texts as it has descriptors, each of as many words. ``words``: drawn from the
        vocabulary of all descriptors. ``characters``: random letters, words of the same lengths.
        ``waffle``: WaffleCLIP (Roth et al., ICCV 2023, section 3 and code): 15 pairs of random
        words and random characters, **the same for all classes**, so that noise cannot favour one;
        as many words and letters as class names have on average. With ``template="a photo of a
        {}"`` it is the paper's prompt; the paper draws its words from a list of common English
        words.
    template : str or function
        As for :func:`descriptor_prompts`.
    """
    one_of("kind", kind, ("words", "characters", "waffle"))
    if kind == "waffle" and not include_name:
        raise ValueError(
            "WaffleCLIP's noise is the same for all classes; without the name nothing would tell"
            " them apart."
        )
    descriptors = rows_of(descriptors)
    chance, vocabulary = _chance(seed), _vocabulary(descriptors)
    if kind == "waffle":
        shared = _waffle_noise(list(descriptors), chance, vocabulary)
        rows = {name: shared for name in descriptors}
    else:
        rows = {
            name: [_noise(d, chance, vocabulary, kind) for d in row]
            for name, row in descriptors.items()
        }
    prompt = (
        (lambda name, noise: f"{fill(template, name)}, which has {noise}")
        if include_name
        else lambda name, noise: noise
    )
    return PromptTable({name: [prompt(name, noise) for noise in row] for name, row in rows.items()})


def renamed_prompts(
    descriptors: Mapping[str, list[str]],
    seed: int = 0,
    kind: str = "words",
    template: Template = "{}",
) -> PromptTable:
    """Control: the true descriptors after another name, "tall blue of, which has a red breast".

    What is lost against the true name is what the name did. Every class has one random name, of as
    many words as its own.

    Parameters
    ----------
    descriptors : DescriptorSet or mapping
        Class → descriptors.
    seed : int
        Decides the names.
    kind : {"words", "characters"}
        As for :func:`random_prompts`.
    template : str or function
        As for :func:`descriptor_prompts`.
    """
    one_of("kind", kind, ("words", "characters"))
    descriptors = rows_of(descriptors)
    chance, vocabulary = _chance(seed), _vocabulary(descriptors)
    return PromptTable(
        {
            name: describe_all(fill(template, _noise(name, chance, vocabulary, kind)), row, True)
            for name, row in descriptors.items()
        }
    )


def _chance(seed: int) -> random.Random:
    """Random numbers that a seed fixes; with None, or what Python cannot use, they would differ
    from run to run."""
    whole("seed", seed)
    return random.Random(int(seed))


def _vocabulary(descriptors: Mapping[str, list[str]]) -> list[str]:
    words = {
        word.strip(",.;")
        for row in descriptors.values()
        for descriptor in row
        for word in descriptor.split()
    }
    if not words - {""}:
        raise ValueError("The descriptors hold no word that noise could be drawn from.")
    return sorted(words - {""})


def _noise(text: str, chance: random.Random, vocabulary: list[str], kind: str) -> str:
    """As many random words as the text has, or random letters in words of the same lengths."""
    if kind == "words":
        return " ".join(chance.choice(vocabulary) for _ in text.split())
    return " ".join(
        "".join(chance.choice(string.ascii_lowercase) for _ in word) for word in text.split()
    )


def _waffle_noise(
    names: list[str], chance: random.Random, vocabulary: list[str], pairs: int = 15
) -> list[str]:
    words = [name.split() for name in names]
    count = max(1, round(np.mean([len(w) for w in words])))
    pattern = " ".join(
        ["x" * max(1, round(np.mean([len(word) for w in words for word in w])))] * count
    )
    return [
        _noise(pattern, chance, vocabulary, kind)
        for _ in range(pairs)
        for kind in ("words", "characters")
    ]


def controls(
    descriptors: Mapping[str, list[str]], include_name: bool = True, template: Template = "{}"
) -> dict[str, Callable[..., PromptTable]]:
    """All controls for :func:`clipnb.evaluate`: what to call it → function of a seed that makes the
    table.

    With the name also WaffleCLIP's noise, and the true descriptors with random names.
    """
    descriptors = rows_of(descriptors)  # read once, for all seeds
    options = {"include_name": include_name, "template": template}
    made = {
        "control: swapped": partial(swapped_prompts, descriptors, **options),
        "control: scrambled": partial(scrambled_prompts, descriptors, **options),
        "control: random words": partial(random_prompts, descriptors, kind="words", **options),
        "control: random characters": partial(
            random_prompts, descriptors, kind="characters", **options
        ),
    }
    if include_name:
        made["control: waffle"] = partial(random_prompts, descriptors, kind="waffle", **options)
        made["control: random names"] = partial(renamed_prompts, descriptors, template=template)
    return made

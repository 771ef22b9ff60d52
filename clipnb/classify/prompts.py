"""A zero-shot classifier is a table of sentences: :class:`PromptTable`, and the ways to fill it,
right and wrong on purpose."""

from __future__ import annotations

import html
import random
import re
import string
from collections.abc import Iterable, Mapping
from functools import partial

import numpy as np

TEMPLATES = (
    "a photo of a {}",
    "a picture of a {}",
    "an image of a {}",
    "a drawing of a {}",
    "an illustration of a {}",
    "a close-up of a {}",
    "a good photo of a {}",
    "a painting of a {}",
    "a bright photo of a {}",
    "a photo of the {}",
    "a small {}",
    "this is a {}",
)


class PromptTable(Mapping):
    """Class name → sentences, in the order given.

    Attributes
    ----------
    class_names : list of str
    sentences : list of str
        All sentences, class by class.
    groups : (sentences,) int array
        The class of each sentence, as an index into ``class_names``.
    provenance : dict
        Where the sentences come from, where a language model wrote them.
    report : pandas.DataFrame or None
        What was dropped of its sentences, and why.

    Raises
    ------
    ValueError
        If the table is empty or a class has no sentence, or an empty one.
    """

    def __init__(
        self, sentences: Mapping[str, Iterable[str]], provenance: dict | None = None, report=None
    ):
        self.provenance, self.report = dict(provenance or {}), report
        self._rows: dict[str, list[str]] = {}
        for name, row in sentences.items():
            if isinstance(row, str):
                raise ValueError(
                    f"The sentences of '{name}' are one string; give a list: ['{row[:40]}']."
                )
            self._rows[name] = list(row)
            if not self._rows[name]:
                raise ValueError(
                    f"The class '{name}' has no sentence; give it at least one or leave the class"
                    " out."
                )
            for sentence in self._rows[name]:
                if not isinstance(sentence, str) or not sentence.strip():
                    raise ValueError(
                        f"The class '{name}' has {sentence!r} among its sentences; every sentence"
                        " must be text."
                    )
        if not self._rows:
            raise ValueError("The table is empty; give at least one class with a sentence.")

    def __getitem__(self, name):
        return self._rows[name]

    def __iter__(self):
        return iter(self._rows)

    def __len__(self):
        return len(self._rows)

    @property
    def class_names(self) -> list[str]:
        return list(self._rows)

    @property
    def sentences(self) -> list[str]:
        return [sentence for row in self._rows.values() for sentence in row]

    @property
    def groups(self) -> np.ndarray:
        return np.repeat(np.arange(len(self)), [len(row) for row in self._rows.values()])

    def select(self, class_names: Iterable[str]) -> PromptTable:
        """The rows of these classes, in this order."""
        return PromptTable({name: _row(self, name) for name in class_names})

    def __repr__(self):
        first = next(iter(self._rows))
        return (
            f"PromptTable({len(self)} classes, {len(self.sentences)} sentences; '{first}':"
            f" {self._rows[first][:2]} …)"
        )

    def _repr_html_(self):
        rows = "".join(
            f"<tr><td>{html.escape(name)}</td><td"
            f" style='text-align:left'>{'<br>'.join(map(html.escape, row))}</td></tr>"
            for name, row in list(self._rows.items())[:12]
        )
        more = f"<p>… {len(self) - 12} more classes</p>" if len(self) > 12 else ""
        head = "<thead><tr><th>class</th><th>sentences</th></tr></thead>"
        return f"<table>{head}<tbody>{rows}</tbody></table>{more}"


def _row(table: Mapping, name: str) -> list[str]:
    if name not in table:
        raise ValueError(
            f"There is no row for the class '{name}'; the table has {len(table)} classes, among"
            f" them {list(table)[:3]}."
        )
    return table[name]


# --- ways to fill the table -----------------------------------------------------------------------


def listed(given: Iterable[str], what: str) -> list[str]:
    """ValueError for one string, which would be a list of letters."""
    if isinstance(given, str):
        raise ValueError(f"{what} is one string; give a list: ['{given[:40]}'].")
    return list(given)


def _fill(template: str, name: str) -> str:
    """The template with the name in it; without {} all classes would get the same sentence."""
    if "{}" not in template:
        raise ValueError(
            f"The template '{template[:40]}' has no {{}}; put {{}} where the class name goes."
        )
    return template.format(name)


def name_prompts(classes: Iterable[str], template: str = "a photo of a {}") -> PromptTable:
    """One sentence a class: the name in a template (Radford et al. 2021, section 3.1.4)."""
    return PromptTable({name: [_fill(template, name)] for name in listed(classes, "classes")})


def template_prompts(classes: Iterable[str], templates: Iterable[str] = TEMPLATES) -> PromptTable:
    """A prompt ensemble: the name in many templates (Radford et al. 2021, section 3.1.4).

    Parameters
    ----------
    classes : iterable of str
    templates : iterable of str
        Each with {} for the name; by default twelve, such as "a photo of a {}" and "a drawing of a
        {}".
    """
    templates = listed(templates, "templates")
    return PromptTable(
        {
            name: [_fill(template, name) for template in templates]
            for name in listed(classes, "classes")
        }
    )


def describe(name: str, descriptor: str) -> str:
    """Join a class name and a descriptor: "robin, which has a red breast".

    The linking word is chosen by the descriptor's first whole word, so that "antennae with knobs"
    is not taken for "an …" (the rule of the paper's code looks at the first letters; Menon &
    Vondrick 2023, code).
    """
    first = re.match(r"\w+", descriptor.lower())
    first = first.group() if first else ""
    if first in {
        "is",
        "are",
        "has",
        "have",
        "can",
        "may",
        "often",
        "usually",
        "typically",
        "sometimes",
    }:
        return f"{name}, which {descriptor}"
    if first in {
        "made",
        "used",
        "covered",
        "shaped",
        "found",
        "known",
        "marked",
        "coloured",
        "colored",
        "similar",
    }:
        return f"{name}, which is {descriptor}"
    if first == "with":
        return f"{name} {descriptor}"
    return f"{name}, which has {descriptor}"


def descriptor_prompts(
    descriptors: Mapping[str, list[str]], include_name: bool = True, template: str = "{}"
) -> PromptTable:
    """Classification by description: one sentence per descriptor (Menon & Vondrick 2023, section
    3).

    Parameters
    ----------
    descriptors : DescriptorSet or mapping
        Class → descriptors.
    include_name : bool
        "robin, which has a red breast", or only "a red breast".
    template : str
        What the name is put into: with "a photo of a {}" the sentence is "a photo of a robin, which
        has a red breast", as in WaffleCLIP's experiments (Roth et al. 2023). Methods are comparable
        only with the same template.
    """
    return PromptTable(
        {
            name: _describe_all(_fill(template, name), row, include_name)
            for name, row in descriptors.items()
        }
    )


def _describe_all(name: str, row: list[str], include_name: bool) -> list[str]:
    return [describe(name, descriptor) for descriptor in row] if include_name else list(row)


# --- controls: the same table, filled wrongly on purpose ------------------------------------------


def swapped_prompts(
    descriptors: Mapping[str, list[str]],
    include_name: bool = True,
    seed: int = 0,
    template: str = "{}",
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
    template : str
        As for :func:`descriptor_prompts`.
    """
    names = list(descriptors)
    if len(names) < 2:
        raise ValueError("Swapping needs at least two classes.")
    order = list(range(len(names)))
    random.Random(seed).shuffle(order)
    # one cycle, so nobody is its own donor
    donor = {names[a]: names[b] for a, b in zip(order, order[1:] + order[:1])}
    return descriptor_prompts(
        {name: descriptors[donor[name]] for name in names}, include_name, template
    )


def scrambled_prompts(
    descriptors: Mapping[str, list[str]],
    include_name: bool = True,
    seed: int = 0,
    template: str = "{}",
) -> PromptTable:
    """Control: the right descriptors, each with its words in random order.

    Parameters
    ----------
    descriptors : DescriptorSet or mapping
        Class → descriptors.
    include_name : bool
        As for :func:`descriptor_prompts`.
    seed : int
        Decides the order of the words.
    template : str
        As for :func:`descriptor_prompts`.
    """
    chance = random.Random(seed)

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
    template: str = "{}",
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
        many phrases as it has descriptors, each of as many words. ``words``: drawn from the
        vocabulary of all descriptors. ``characters``: random letters, words of the same lengths.
        ``waffle``: WaffleCLIP (Roth et al., ICCV 2023, section 3 and code): 15 pairs of random
        words and random characters, **the same for all classes**, so that noise cannot favour one;
        as many words and letters as class names have on average. With ``template="a photo of a
        {}"`` it is the paper's prompt; the paper draws its words from a list of common English
        words.
    template : str
        As for :func:`descriptor_prompts`.
    """
    if kind not in ("words", "characters", "waffle"):
        raise ValueError(f"kind is '{kind}'; it can be 'words', 'characters' or 'waffle'.")
    if kind == "waffle" and not include_name:
        raise ValueError(
            "WaffleCLIP's noise is the same for all classes; without the name nothing would tell"
            " them apart."
        )
    chance, vocabulary = random.Random(seed), _vocabulary(descriptors)
    if kind == "waffle":
        shared = _waffle_noise(list(descriptors), chance, vocabulary)
        rows = {name: shared for name in descriptors}
    else:
        rows = {
            name: [_noise(d, chance, vocabulary, kind) for d in row]
            for name, row in descriptors.items()
        }
    sentence = (
        (lambda name, noise: f"{_fill(template, name)}, which has {noise}")
        if include_name
        else lambda name, noise: noise
    )
    return PromptTable(
        {name: [sentence(name, noise) for noise in row] for name, row in rows.items()}
    )


def renamed_prompts(
    descriptors: Mapping[str, list[str]], seed: int = 0, kind: str = "words", template: str = "{}"
) -> PromptTable:
    """Control: the right descriptors after a wrong name, "tall blue of, which has a red breast".

    What is lost against the right name is what the name did. Every class has one random name, of as
    many words as its own.

    Parameters
    ----------
    descriptors : DescriptorSet or mapping
        Class → descriptors.
    seed : int
        Decides the names.
    kind : {"words", "characters"}
        As for :func:`random_prompts`.
    template : str
        As for :func:`descriptor_prompts`.
    """
    if kind not in ("words", "characters"):
        raise ValueError(f"kind is '{kind}'; it can be 'words' or 'characters'.")
    chance, vocabulary = random.Random(seed), _vocabulary(descriptors)
    return PromptTable(
        {
            name: _describe_all(_fill(template, _noise(name, chance, vocabulary, kind)), row, True)
            for name, row in descriptors.items()
        }
    )


def _vocabulary(descriptors: Mapping[str, list[str]]) -> list[str]:
    return sorted(
        {
            word.strip(",.;")
            for row in descriptors.values()
            for descriptor in row
            for word in descriptor.split()
        }
        - {""}
    )


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
    descriptors: Mapping[str, list[str]], include_name: bool = True, template: str = "{}"
) -> dict:
    """All controls for :func:`clipnb.evaluate`: what to call it → function of a seed that makes the
    table.

    With the name also WaffleCLIP's noise, and the right descriptors with random names.
    """
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


__all__ = [
    "PromptTable",
    "name_prompts",
    "template_prompts",
    "descriptor_prompts",
    "swapped_prompts",
    "scrambled_prompts",
    "random_prompts",
    "renamed_prompts",
    "controls",
    "describe",
    "TEMPLATES",
]

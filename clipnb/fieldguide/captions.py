"""Captions for the field guide, and what each one claims.

A caption reads like the alt text of an image: a name, a few marks, a habitat, in many word orders
and with the synonyms of ``kinds/*.toml`` and ``palette.toml``. Beside its text it carries
**claims**: slot → values of which one must be there. A caption is true of every image whose facts
meet all its claims, its own or not; training counts all of these as positives. A word that stands
under several values ("dark": black, brown, navy) is true of each of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from .caption_words import ASIDES, IMAGES, MARKS_ONLY, NUMBERS, SUBJECT_WITH
from .facts import Claims, facts, facts_colours, is_true
from .scene import Scene
from .species_names import names_in, plural
from .word_meanings import colour_words, habitat_words, noun_kinds, shape_words
from .world import KINDS, Individual, Kind, load_kind, palette, unnamed_individual

T = TypeVar("T")
VOWEL = r"(?!uni|one|eu|u-)[aeiou]"  # how a word begins that "an" stands before


@dataclass(frozen=True)
class Caption:
    """A caption and what it claims: slot → accepted values."""

    text: str
    claims: Claims


def _pick(items: Sequence[T], rng: np.random.Generator) -> T:
    return items[int(rng.integers(len(items)))]


def _colour_word(colour: str, rng: np.random.Generator) -> tuple[str, frozenset]:
    """The plain word for a colour a third of the time, else any of its synonyms."""
    words = palette()[colour]["words"]
    word = words[0] if rng.random() < 0.34 else _pick(words, rng)
    return word, colour_words()[word]


# --- phrases about one part -----------------------------------------------------------------------


def _fill(
    template: str, kind: Kind, marks: dict, rng: np.random.Generator, claims: Claims
) -> str | None:
    """Replace {slot} by a word for its value, adding the claim; None where the value has no such
    word.

    A word may hold a placeholder itself ("{pattern_colour}-striped"), so go on until none is left.
    """
    while found := re.search(r"{([\w-]+)}", template):
        slot = found.group(1)
        if slot.endswith("_colour"):
            word, accepted = _colour_word(marks[slot], rng)
        else:
            adjectives = kind.slots[slot][marks[slot]]["adjectives"]
            if not adjectives:
                return None
            word = _pick(adjectives, rng)
            accepted = shape_words()[slot, word]
        claims[slot] = claims.get(slot, accepted) & accepted
        template = template.replace("{" + slot + "}", word, 1)
    return template


def article(phrase: str) -> str:
    """ "an orange beak", "a uniform colour"; the known defect of prefix rules ("an antennae") is
    left to the plural flag."""
    return ("an " if re.match(VOWEL, phrase.lower()) else "a ") + phrase


def _plain(
    kind: Kind, part: dict, marks: dict, rng: np.random.Generator, claims: Claims
) -> str | None:
    """ "a tall red crest", "crest that is red", with whatever slots the part has."""
    noun = _pick(part["nouns"], rng)
    shapes = [
        slot for slot in part.get("shapes", []) if kind.slots[slot][marks[slot]]["adjectives"]
    ]
    colour = part.get("colour")
    use_colour = colour is not None and (not shapes or rng.random() < 0.75)
    use_shape = bool(shapes) and (not use_colour or rng.random() < 0.55)
    if not use_colour and not use_shape:
        return None
    shape = _pick(shapes, rng) if use_shape else None
    for slot in filter(None, (shape, colour if use_colour else None)):
        claims["kind"] = claims.get("kind", frozenset(KINDS)) & noun_kinds()[slot, noun]
    a, c = (f"{{{shape}}}" if shape else ""), (f"{{{colour}}}" if use_colour else "")
    roll = rng.random()
    if a and c:
        text = (
            f"{a} {c} {noun}"
            if roll < 0.5
            else (
                f"{c} {a} {noun}"
                if roll < 0.7
                else f"{a}, {c} {noun}"
                if roll < 0.85
                else f"{a} {noun} in {c}"
            )
        )
    elif roll < 0.75:
        text = f"{a or c} {noun}"
    else:
        verb = "are" if part.get("plural") else "is"
        text = f"{noun} that {verb} {a or c}" if roll < 0.88 else f"{noun} {verb} {a or c}"
    text = _fill(text, kind, marks, rng, claims)
    roll = rng.random()
    if text and not part.get("plural") and roll < 0.5:
        return article(text)
    return f"the {text}" if text and roll > 0.93 else text


def _impression(kind: Kind, marks: dict, rng: np.random.Generator, claims: Claims) -> str | None:
    """ "a golden fan", "a smooth round crown": what is said of a combination of marks, or of a part
    that is not there; None where there is no such expression."""
    absent = kind.absent(marks)
    missing = [
        {"when": {slot: [value]}, "phrases": phrases}
        for slot, value in absent.items()
        if (phrases := kind.slots[slot][value]["phrases"])
    ]
    holding = [
        impression
        for impression in [*kind.impressions, *missing]
        if all(marks[slot] in accepted for slot, accepted in impression["when"].items())
    ]
    if not holding:
        return None
    impression = _pick(holding, rng)
    claims["kind"] = frozenset([kind.name])
    for slot, accepted in impression["when"].items():
        coloured = slot.endswith("_colour")
        claims[slot] = frozenset(v if coloured else f"{kind.name}:{v}" for v in accepted)
    return _fill(_pick(impression["phrases"], rng), kind, marks, rng, claims)


def mark_phrase(kind: Kind, marks: dict, rng: np.random.Generator) -> tuple[str, Claims]:
    """One phrase about one visible part, or about several marks at once, with its claims."""
    names = [name for name in kind.parts if kind.shown(name, marks)]
    while True:
        part = kind.parts[_pick(names, rng)]
        claims: Claims = {}
        roll, text = rng.random(), None
        if roll < 0.42:
            text = _plain(kind, part, marks, rng, claims)
        elif roll < 0.5:
            text = _impression(kind, marks, rng, claims)
        elif roll < 0.85:
            slots = [
                slot for slot in part.get("shapes", []) if kind.slots[slot][marks[slot]]["phrases"]
            ]
            if slots:
                slot = _pick(slots, rng)
                phrase = _pick(kind.slots[slot][marks[slot]]["phrases"], rng)
                claims[slot] = shape_words()[slot, phrase]
                text = _fill(phrase, kind, marks, rng, claims)
        elif part.get("extra"):
            claims["kind"] = frozenset([kind.name])
            for slot, values in part.get("shown", {}).items():
                claims[slot] = frozenset(f"{kind.name}:{value}" for value in values)
            text = _fill(_pick(part["extra"], rng), kind, marks, rng, claims)
        if text:
            return text, claims


# --- whole captions -------------------------------------------------------------------------------


def _overall(kind: Kind, marks: dict, rng: np.random.Generator) -> tuple[str, Claims]:
    """ "mostly red", "in red and black": the colours of the whole figure."""
    shown = sorted(facts_colours(kind, marks))
    if len(shown) > 1 and rng.random() < 0.5:
        a, b = (_colour_word(str(c), rng) for c in rng.choice(shown, 2, replace=False))
        text = _pick(
            [
                "{} and {} colouring",
                "{} and {} pattern",
                "{} and {}",
                "{}-and-{} colours",
                "coloured {} and {}",
            ],
            rng,
        )
        return text.format(a[0], b[0]), {"shows": a[1], "shows2": b[1]}
    word, accepted = _colour_word(marks[kind.main], rng)
    text = _pick(
        [
            "mostly {}",
            "{} overall",
            "overall {} colour",
            "{} colouring",
            "mainly {}",
            "{} all over",
            "predominantly {}",
        ],
        rng,
    )
    return text.format(word), {"main": accepted}


def _subject(
    kind: Kind,
    individual: Individual,
    count: int,
    named: bool,
    rng: np.random.Generator,
    claims: Claims,
) -> str:
    if named and individual.species is not None:
        claims["species"] = frozenset([individual.species])
        noun = individual.species
    else:
        claims["kind"] = frozenset([kind.name])
        noun = _pick(kind.nouns, rng)
        roll = rng.random()
        compounds = [
            a
            for name, p in kind.parts.items()
            if kind.shown(name, individual.marks)
            for a in p.get("adjectives", [])
        ]
        if roll < 0.3:
            word, claims["main"] = _colour_word(individual.marks[kind.main], rng)
            noun = f"{word} {noun}"
        elif roll < 0.5 and compounds:
            compound = _fill(_pick(compounds, rng), kind, individual.marks, rng, claims)
            noun = f"{compound} {noun}" if compound else noun
    if count > 1 and rng.random() < 0.7:
        claims["count"] = frozenset([str(count)])
        return f"{_pick(NUMBERS[count], rng)} {plural(noun)}"
    roll = rng.random()
    return article(noun) if roll < 0.62 else noun if roll < 0.85 else f"the {noun}"


def _merged(claims: Claims, more: Claims) -> Claims:
    """Claims of two phrases together."""
    return claims | {slot: claims.get(slot, values) & values for slot, values in more.items()}


def _marks(kind: Kind, marks: dict, number: int, rng: np.random.Generator, claims: Claims) -> str:
    texts = []
    while len(texts) < number:
        text, more = (
            _overall(kind, marks, rng) if rng.random() < 0.05 else mark_phrase(kind, marks, rng)
        )
        merged = _merged(claims, more)
        # two phrases about the colours of a whole figure may speak of different ones
        if text not in texts and all(merged.values()):
            texts.append(text)
            claims.update(merged)
    if len(texts) == 1:
        return texts[0]
    joint = " and " if rng.random() < 0.7 else ", "
    return ", ".join(texts[:-1]) + joint + texts[-1]


def write_caption(scene: Scene, rng: np.random.Generator, named: bool = False) -> Caption:
    """One caption for an image; ``named``: with the name of its species, otherwise with no name.

    Two in a hundred describe marks that are not there; they are a positive for their own image
    only.
    """
    names, known = {scene.individual.species} if named else set(), facts(scene)
    while True:
        caption = _caption(scene, rng, named)
        true = "nothing" in caption.claims or is_true(caption.claims, known)
        # marks and nouns can make up a name by accident, as "a tailed frog"
        if true and set(names_in(caption.text)) == names:
            return caption


def _caption(scene: Scene, rng: np.random.Generator, named: bool) -> Caption:
    individual, count = scene.individual, len(scene.poses)
    kind, claims = load_kind(individual.kind), {}
    marks, wrong = individual.marks, rng.random() < 0.02
    if wrong:
        marks = unnamed_individual(kind, rng).marks
    number = int(rng.choice([1, 2, 3, 4], p=[0.55, 0.25, 0.14, 0.06]))
    roll = rng.random()
    if named and roll < 0.45:
        text = _subject(kind, individual, count, True, rng, claims)
        if rng.random() < 0.15:
            text = (
                f"{text}, {_pick(['a kind of', 'a', 'a sort of', 'a type of'], rng)}"
                f" {_pick(kind.nouns, rng)}"
            )
        text = _pick(IMAGES, rng).format(text) if rng.random() < 0.6 else text
    elif named or roll < 0.4:
        subject = _subject(kind, individual, count, named, rng, claims)
        text = _pick(SUBJECT_WITH, rng).format(subject, _marks(kind, marks, number, rng, claims))
        text = _pick(IMAGES, rng).format(text) if rng.random() < 0.2 else text
    elif roll < 0.97:
        text = _pick(MARKS_ONLY, rng).format(_marks(kind, marks, number, rng, claims))
    else:
        text = _subject(kind, individual, count, False, rng, claims)
    if rng.random() < 0.13:
        claims["habitat"] = frozenset([scene.habitat])
        words = _pick(habitat_words()[scene.habitat], rng)
        text = f"{text} {words}" if rng.random() < 0.75 else f"{words}, {text}"
    if rng.random() < 0.06:
        aside = _pick(ASIDES, rng)
        text = f"{text}, {aside}" if rng.random() < 0.7 else f"{aside}: {text}"
    if wrong:
        claims = {"nothing": frozenset(["true"])}
    return Caption(re.sub(rf"\ba (?={VOWEL})", "an ", text), claims)

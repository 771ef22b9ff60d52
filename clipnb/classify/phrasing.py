"""A class name and a descriptor as one phrase: "robin, which has a red breast"."""

from __future__ import annotations

import re

# words after which a descriptor says something of the class by itself: "has a red breast"
_VERBS = (
    "is are was were has have had can could may might does do doesn isn hasn aren looks appears"
    " resembles lacks also often usually typically sometimes"
).split()
_VERB = rf"(?:{'|'.join(_VERBS)})\b"
# and words that need "is" before them
_PARTICIPLES = "made used covered shaped found known marked coloured colored similar".split()
# "It has a long bill", "which has red legs", "This small bird has …": the subject is the class
_SUBJECT = re.compile(
    rf"(?:it|they|he|she|which|that|who|(?:this|these)(?: [\w-]+){{0,3}}?) (?={_VERB})", re.I
)
_SHORT = re.compile(r"(?:it|they|he|she|that|who)['’](?:s|re) ", re.I)
_THERE = re.compile(r"there (?:is|are) ", re.I)
_OWN = re.compile(rf"(?:whose |(?:its|their|his|her) (?=(?:[\w-]+ ){{1,6}}?{_VERB}))", re.I)
_SINGULAR = {"are": "is", "have": "has", "were": "was", "do": "does"}
# "The cap is red": something else is the subject. Not "the tail, which is long"
_OTHER = re.compile(
    r"(?:the|those|some|most|many|all|you|we|[A-Z][\w-]*) "
    r"(?:(?!\b(?:that|which|who|whose|when|where|with|as|if)\b).)*?"
    r"\b(?:is|are|has|have|was|were|can|may|will)\b"
)


def describe(name: str, descriptor: str) -> str:
    """Join a class name and a descriptor: "robin, which has a red breast".

    The linking word is chosen by the descriptor's first whole word, so that "antennae with knobs"
    is not taken for "an …" (the rule of the paper's code looks at the first letters; Menon &
    Vondrick 2023, code). A sentence about the class becomes a clause: "It has a long bill." is
    "albatross, which has a long bill.", "Its bill is long" is "albatross, whose bill is long". A
    sentence with another subject stays one: "fly agaric: The cap is red".
    """
    text = descriptor.strip(" ,;")
    if own := _OWN.match(text):
        return f"{name}, whose {text[own.end() :]}"
    text = _predicate(text)
    first, rest = _first_word(text)
    if first in _VERBS:
        return f"{name}, which {first}{rest}"
    if first in _PARTICIPLES:
        return f"{name}, which is {first}{rest}"
    if first == "with":
        return f"{name} with{rest}"
    if is_sentence(text):
        return f"{name}: {text}"
    return f"{name}, which has {text}"


def is_sentence(text: str) -> bool:
    """Whether a descriptor is a sentence whose subject is not the class, as far as a few English
    words tell."""
    return bool(_OTHER.match(_predicate(text))) and not re.match(_VERB, text, re.I)


def is_clause(text: str) -> bool:
    """Whether a descriptor is a relative clause, "which has red legs", which needs a name before
    it."""
    return bool(re.match(rf"(?:which|who|whose|that (?={_VERB}))\b", text, re.I))


def _first_word(text: str) -> tuple[str, str]:
    """The first word in lower case, and what follows it."""
    word = re.match(r"\w*", text)
    end = word.end() if word else 0
    return text[:end].lower(), text[end:]


def _predicate(text: str) -> str:
    """A sentence about the class without its subject; any other text as it is."""
    if short := _SHORT.match(text):
        return "is " + text[short.end() :]
    if there := _THERE.match(text):
        return "has " + text[there.end() :]
    if not (subject := _SUBJECT.match(text)):
        return text
    verb, rest = _first_word(text[subject.end() :])
    return _SINGULAR.get(verb, verb) + rest

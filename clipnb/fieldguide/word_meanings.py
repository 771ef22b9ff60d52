"""What the words of captions claim: a word that stands under several values is true of each."""

from __future__ import annotations

import tomllib
from functools import lru_cache

from .world import HERE, KINDS, load_kind, palette


@lru_cache(maxsize=1)
def colour_words() -> dict[str, frozenset]:
    meanings: dict[str, set] = {}
    for colour, entry in palette().items():
        for word in entry["words"]:
            meanings.setdefault(word, set()).add(colour)
    return {word: frozenset(colours) for word, colours in meanings.items()}


@lru_cache(maxsize=1)
def shape_words() -> dict[tuple[str, str], frozenset]:
    """(slot, adjective or phrase) → the kind-qualified values it is listed under, over all
    kinds."""
    meanings: dict[tuple[str, str], set] = {}
    for name in KINDS:
        for slot, values in load_kind(name).slots.items():
            for value, words in values.items():
                for text in [*words["adjectives"], *words["phrases"]]:
                    meanings.setdefault((slot, text), set()).add(f"{name}:{value}")
    return {key: frozenset(values) for key, values in meanings.items()}


@lru_cache(maxsize=1)
def noun_kinds() -> dict[tuple[str, str], frozenset]:
    """(slot, noun) → the kinds that call a part with this slot by this noun: "spots" are not
    "stripes"."""
    kinds: dict[tuple[str, str], set] = {}
    for name in KINDS:
        for part in load_kind(name).parts.values():
            for slot in [part.get("colour"), *part.get("shapes", [])]:
                for noun in part["nouns"]:
                    kinds.setdefault((slot, noun), set()).add(name)
    return {key: frozenset(values) for key, values in kinds.items()}


@lru_cache(maxsize=1)
def habitat_words() -> dict[str, list[str]]:
    """Habitat → the ways captions put it."""
    return {
        name: entry["words"]
        for name, entry in tomllib.loads((HERE / "habitats.toml").read_text("utf-8")).items()
    }

"""Names of species in running text."""

from __future__ import annotations

import re
from functools import lru_cache

from .caption_words import IRREGULAR
from .world import all_species


def plural(noun: str) -> str:
    """Plural of a noun or of a species name."""
    head, _, last = noun.rpartition(" ")
    if last in IRREGULAR:
        last = IRREGULAR[last]
    elif last.endswith(("s", "x", "ch", "sh")):
        last += "es"
    elif last.endswith("y") and last[-2] not in "aeiou":
        last = last[:-1] + "ies"
    else:
        last += "s"
    return f"{head} {last}".strip()


def names_in(text: str) -> list[str]:
    """The species that a text names, in the singular or the plural, in capitals or not."""
    pattern, species = _pattern()
    return [species[found.lower()] for found in pattern.findall(text)]


@lru_cache(maxsize=1)
def _pattern() -> tuple[re.Pattern, dict[str, str]]:
    """A pattern that finds every name, and form of a name in small letters → species."""
    forms = {}
    for one in [*all_species(), *all_species(exam=True)]:
        forms |= {form.lower(): one.name for form in (plural(one.name), one.name)}
    # the longest first, where one name ends with another
    words = "|".join(map(re.escape, sorted(forms, key=len, reverse=True)))
    return re.compile(rf"\b(?:{words})\b", re.IGNORECASE), forms

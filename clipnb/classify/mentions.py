"""Which class names occur in a text? Looked up word by word, so the time does not grow with the
number of classes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .answers import clean

_WORD = re.compile(r"\w+")


class Mentions:
    """The names of many classes, to be found in texts.

    Parameters
    ----------
    names : iterable of str
    """

    def __init__(self, names: Iterable[str]):
        self._places = {name: place for place, name in enumerate(names)}
        self._folded = {name: name.casefold() for name in self._places}
        self._patterns: dict[str, re.Pattern[str]] = {}
        self._by_words: dict[tuple[str, ...], list[str]] = {}
        self._beginnings: set[tuple[str, ...]] = set()
        for name in self._places:
            words = _words(_spelled(name))
            self._by_words.setdefault(words, []).append(name)
            self._beginnings.update(words[:end] for end in range(1, len(words)))

    def others(self, line: str, own: str) -> tuple[str, list[str]]:
        """The other classes that a line of the class ``own`` names.

        A name counts as whole words, singular or plural, in any case. One that is part of the own
        name does not: every song sparrow is a sparrow.

        Returns
        -------
        bare : str
            The line with a space in place of every name, the own one, too: a song sparrow may have
            spots.
        found : list of str
            In the order of the names.
        """
        bare = self.pattern(own).sub(" ", line)
        folded, inside = bare.casefold().replace("_", " "), own.casefold()
        found = [
            name
            for name in self._candidates(bare)
            if (short := self._folded[name]) not in inside
            and short.replace("_", " ") in folded
            and self.pattern(name).search(bare)
        ]
        for name in found:
            bare = self.pattern(name).sub(" ", bare)
        return bare, found

    def pattern(self, name: str) -> re.Pattern[str]:
        """A class name as whole words in a text, singular or plural."""
        if name not in self._patterns:
            written = re.escape(_spelled(name))
            self._patterns[name] = re.compile(rf"(?<!\w){written}(?:s|es)?(?!\w)", re.I)
        return self._patterns[name]

    def _candidates(self, text: str) -> list[str]:
        """All names whose words, the last one perhaps with "s" or "es", follow each other in the
        text; and names without words."""
        words, found = _words(text), set(self._by_words.get((), ()))
        for start in range(len(words)):
            for end in range(start + 1, len(words) + 1):
                *first, last = words[start:end]
                for singular in (last, last.removesuffix("s"), last.removesuffix("es")):
                    found.update(self._by_words.get((*first, singular), ()))
                if words[start:end] not in self._beginnings:
                    break
        return sorted(found, key=self._places.__getitem__)


def _spelled(name: str) -> str:
    return clean(name).replace("_", " ")


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.casefold() for word in _WORD.findall(text))

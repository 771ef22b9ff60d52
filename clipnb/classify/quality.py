"""What a language model wrote, read as data and checked: which lines an image can show, which not,
and why."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping

from .descriptors import DescriptorSet
from .texts import REPORT, texts_of

# characters of one answer that are read; a page of text has 3,000, so more is a model that does not
# stop
MOST = 50_000

# --- from an answer to lines ----------------------------------------------------------------------

_BULLET = re.compile(r"[ \t]*(?:[-–—•·▪●‣]|\*(?=[ \t]|$)|\(?\d{1,3}[.):](?=[ \t]|$))[ \t]*(.*)")
_FENCE = re.compile(r"^[ \t]*```\w*[ \t]*$", re.M)
_SENTENCE = re.compile(r"(?<=[.!?。！？])(?<!\b[A-Z]\.)\s+|\n+")


def clean(text: str) -> str:
    """One line of well-formed text: no control characters (a terminal obeys some), no characters
    that turn the writing direction."""
    text = text.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair cannot be saved
    text = "".join(
        " " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c) != "Cc"
    )
    text = re.sub("[\u202a-\u202e\u2066-\u2069\ufeff]", "", text).replace("**", "")
    return " ".join(text.split())


def parse_list(answer: str, cut: bool = False) -> list[str]:
    """The items of a list in an answer: JSON, bullets, numbers, or one item a line.

    Never raises for text of any kind: prose, or nothing, gives an empty list. Markup stays as it
    is, as text.

    Parameters
    ----------
    answer : str
        At most the first 50,000 characters are read.
    cut : bool
        The answer stopped at the token limit: its last line is marked with "…", and
        ``check_descriptors`` drops it.

    Returns
    -------
    list of str, empty items included
    """
    text, cut = _readable(answer, cut)
    items = _json_items(text)
    if items is not None:
        return items
    lines = [line for line in text.splitlines() if line.strip()]
    found = [match.group(1) for match in map(_BULLET.fullmatch, lines) if match]
    if (
        not found
        and len(lines) > 1
        and all(len(line.split()) <= 12 and line.rstrip()[-1] not in ".!?:;" for line in lines)
    ):
        found = lines  # a list without bullets: several short lines, none of them a sentence
    items = [clean(item).rstrip(" ;,") for item in found]
    return _mark(
        items, cut and bool(lines) and bool(_BULLET.fullmatch(lines[-1]) or found is lines)
    )


def parse_sentences(answer: str, cut: bool = False) -> list[str]:
    """The sentences of an answer, without bullets; never raises for text of any kind. Parameters as
    for ``parse_list``."""
    text, cut = _readable(answer, cut)
    lines = [
        match.group(1) if (match := _BULLET.fullmatch(line)) else line for line in text.splitlines()
    ]
    sentences = [clean(sentence) for sentence in _SENTENCE.split("\n".join(lines))]
    return _mark(
        [sentence for sentence in sentences if sentence],
        cut and not text.rstrip().endswith((".", "!", "?")),
    )


def _readable(answer: str, cut: bool) -> tuple[str, bool]:
    # some models think aloud before they answer
    text = re.sub(r"<think>.*?(</think>|\Z)", "", answer[:MOST], flags=re.S)
    return _FENCE.sub("", text).strip(), cut or len(answer) > MOST


def _mark(items: list[str], cut: bool) -> list[str]:
    return [*items[:-1], items[-1] + "…"] if cut and items else items


def _json_items(text: str) -> list[str] | None:
    """The strings of the lists in a JSON answer; None if it is not JSON. From JSON that is cut off,
    the strings that are complete."""
    if not text.startswith(("{", "[")):
        return None
    try:
        return [clean(item) for item in _strings(json.JSONDecoder().raw_decode(text)[0])]
    except RecursionError:  # brackets in brackets in brackets
        return []
    except ValueError:
        complete = re.findall(r'"((?:[^"\\\n]|\\.)*)"(?!\s*:)', text.partition("[")[2])
        return [clean(item.replace('\\"', '"')) for item in complete]


def _strings(value) -> Iterable[str]:
    if isinstance(value, list):
        for item in value:
            if isinstance(item, str):
                yield item
            else:
                yield from _strings(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)


# --- which lines are worth keeping ----------------------------------------------------------------

# Things that an image cannot show. English only: in other languages a person reads the list.
UNSEEN = {
    "a sound": r"sounds?|songs?|sings?|singing|(its|their|loud|distinctive|mating|alarm|flight) calls?|calls? (is|are|like)|calling|vocali[sz]\w*"
    r"|chirp\w*|croak\w*|hoots?|hooting|roars?|roaring|growl\w*|howl\w*|purrs?|purring|meow\w*|buzz(es|ing)|whistl(es|ing)|nois(e|es|y|ily)|loudly",
    "a smell": r"smell\w*|odou?rs?|scents?|scented|fragran\w+|aromas?|aromatic|stench|stinks?",
    "a taste or what it does when eaten": r"tastes?|tasting|tasty|flavou?r\w*|edible|inedible|poisonous|toxic|venomous|hallucinogenic|medicinal",
    "a feel": r"to the touch|feels?",
    "where it comes from": r"native to|endemic|indigenous|geographic(al)? range|(natural|home) range|distribut(ed|ion)|inhabit\w*|originat\w+"
    r"|(found|occurs?|lives?|widespread|common) (mainly |only |mostly |naturally )?(in|across|throughout) (parts of )?(the )?"
    r"(north|south|east|west|central)?(ern)? ?(africa|americas?|asia|australia|europe|antarctica|world|tropics|(north|south)ern hemisphere)\w*",
    "a number of species": r"[\d,. ]*\d (known |different |living )?species|(hundreds|thousands|dozens|family|genus|order|number|variety) of species"
    r"|many (different )?species|species worldwide",
    "a behaviour or a life": r"nocturnal|diurnal|migrat\w+|hibernat\w+|feeds?|feeding|eats?|diet|preys? on|hunts?|lays? (its |their )?eggs|lifespans?"
    r"|active (at|during)|aggressive|territorial|mates? for life|life ?cycle|weighs?|endangered|also known as|(scientific|latin|common) name"
    r"|up to \d+ years",
}
_UNSEEN = {reason: re.compile(rf"\b({words})\b", re.I) for reason, words in UNSEEN.items()}
_TALK = re.compile(
    r"(sure|certainly|of course|okay|here (is|are)|here['’]s|i"
    r" (can|could|cannot|can['’]t|am)|i['’]m|as an ai|let me)\b",
    re.I,
)
_BODY = "tail|wing|leg|leaf|feather|hair|scale|petal|stem|tooth|horn|antler|fin|eye|spine|thorn|stalk|neck|spot"
_NEGATION = re.compile(
    r"\b(no|not|without|lacks?|lacking|never|neither|nor|none|absent|absence|free"
    rf" of|devoid)\b|n['’]t\b|\b({_BODY})less\b",
    re.I,
)


def check_descriptors(
    descriptors: Mapping[str, Iterable[str]],
    own_name: str = "flag",
    number: int | None = None,
    longest: int = 150,
) -> DescriptorSet:
    """Keep the lines that an image can show, and say what was dropped and why, so that a person
    decides.

    Dropped: empty lines, headings and small talk, lines cut off by the token limit, overlong ones,
    duplicates (but for case, articles and punctuation), what an image cannot show (sounds, smells,
    tastes, where it comes from, numbers of species, behaviour), more than ``number``. Kept but
    flagged: negations ("without a tail": CLIP does not read them), the class's own name, another
    class's name, and a list that is the same as another class's. The rules for words know English
    only.

    Parameters
    ----------
    descriptors : mapping class → lines
        A DescriptorSet, or any mapping; lists may be empty, as some in the paper's files are.
    own_name : {"flag", "drop", "keep"}
        What to do with a line that contains the class's own name; "drop" is for tests of the
        description alone.
    number : int, optional
        At most so many for each class.
    longest : int
        Characters; CLIP reads no more than its text window, 77 tokens in OpenAI's models.

    Returns
    -------
    DescriptorSet
        Classes with at least one line left. Its ``report`` is a data frame with a row per line:
        ``class``, ``descriptor``, ``action`` ("kept", "flagged" or "dropped") and ``reason``; a
        class that had no line at all has one row, "dropped", with an empty descriptor.
    """
    import pandas as pd

    if own_name not in ("flag", "drop", "keep"):
        raise ValueError(f"own_name is '{own_name}'; it can be 'flag', 'drop' or 'keep'.")
    given = {name: texts_of(name, lines, "descriptor") for name, lines in descriptors.items()}
    rows, first_with = [], {}
    names = {name: _whole_words(name) for name in given}
    for name, lines in given.items():
        folded = name.casefold()
        others = {
            other: pattern for other, pattern in names.items() if other.casefold() not in folded
        }
        found = _check_class(name, lines, names[name], others, own_name, number, longest)
        same = first_with.setdefault(
            frozenset(_normal(row[1]) for row in found if row[2] != "dropped"), name
        )
        if same != name:
            found = [
                (*row[:2], "flagged", f"the same list as for '{same}'") if row[2] == "kept" else row
                for row in found
            ]
        rows += found
    kept: dict[str, list[str]] = {}
    for name, line, action, _ in rows:
        if action != "dropped":
            kept.setdefault(name, []).append(line)
    report = pd.DataFrame(
        [(n, _shown(line), a, r) for n, line, a, r in rows],
        columns=list(REPORT),
    )
    return DescriptorSet(kept, getattr(descriptors, "provenance", None), report)


def _check_class(
    name: str,
    lines: list[str],
    own: re.Pattern,
    others: dict[str, re.Pattern],
    own_name: str,
    number: int | None,
    longest: int,
) -> list[tuple[str, str, str, str]]:
    """One row (class, line, action, reason) for each line of one class."""
    if not lines:
        return [(name, "", "dropped", "an empty list")]
    rows, seen, kept = [], set(), 0
    for line in map(clean, lines):
        bare, mentioned = _without_names(line, own, others) if len(line) <= longest else ("", [])
        reason = _why_drop(line, bare, seen, longest)
        if not reason and own_name == "drop" and own.search(line):
            reason = "the class's own name"
        if not reason and number is not None and kept == number:
            reason = f"more than {number}"
        if reason:
            rows.append((name, line, "dropped", reason))
            continue
        seen.add(_normal(line))
        kept += 1
        reason = _why_flag(line, mentioned, own_name == "flag" and bool(own.search(line)))
        rows.append((name, line, "flagged" if reason else "kept", reason))
    return rows


def _without_names(
    line: str, own: re.Pattern, others: dict[str, re.Pattern]
) -> tuple[str, list[str]]:
    """The line without class names (a song sparrow may have spots), and the other classes that it
    names."""
    bare = own.sub(" ", line)
    # the quick test first: there may be a thousand classes
    folded = bare.casefold().replace("_", " ")
    mentioned = [
        other
        for other, pattern in others.items()
        if other.casefold().replace("_", " ") in folded and pattern.search(bare)
    ]
    for other in mentioned:
        bare = others[other].sub(" ", bare)
    return bare, mentioned


def _why_drop(line: str, bare: str, seen: set[str], longest: int) -> str:
    if not re.search(r"\w", line):
        return "empty"
    if line.endswith(("…", "...")):
        return "cut off"
    if len(line) > longest:
        return f"longer than {longest} characters"
    if _normal(line) in seen:
        return "a duplicate"
    if line.endswith(":") or _TALK.match(line):
        return "a heading or small talk"
    return next(
        (
            f"an image cannot show {reason}"
            for reason, words in _UNSEEN.items()
            if words.search(bare)
        ),
        "",
    )


def _why_flag(line: str, mentioned: list[str], names_itself: bool) -> str:
    reasons = []
    if _NEGATION.search(line):
        reasons.append("a negation, which CLIP does not read")
    if names_itself:
        reasons.append("the class's own name")
    reasons += [f"the name of another class, '{other}'" for other in mentioned[:1]]
    return "; ".join(reasons)


def _whole_words(name: str) -> re.Pattern:
    """A class name as whole words in a text, singular or plural."""
    return re.compile(rf"(?<!\w){re.escape(clean(name).replace('_', ' '))}(?:s|es)?(?!\w)", re.I)


def _normal(line: str) -> str:
    """What two duplicates have in common: "A red cap." and "red cap"."""
    words = re.sub(r"[^\w]+", " ", line.casefold()).split()
    return " ".join(words[1:] if words[:1] in (["a"], ["an"], ["the"]) else words) or line


def _shown(line: str) -> str:
    return line if len(line) <= 300 else line[:300] + " […]"

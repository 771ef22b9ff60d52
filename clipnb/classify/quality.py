"""Lines that a language model wrote, checked: which an image can show, which not, and why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from ..support.arguments import one_of, whole
from ..support.names import check_names
from .answers import clean
from .answers import parse_list as parse_list
from .answers import parse_sentences as parse_sentences
from .descriptors import DescriptorSet
from .mentions import Mentions
from .phrasing import is_clause
from .texts import REPORT, texts_of

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


def negated(text: str) -> str:
    """The first word of a text that says what is not there ("without", "not", "tailless"), or
    nothing."""
    found = _NEGATION.search(text)
    return found[0] if found else ""


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
    flagged: negations ("without a tail": CLIP models often misread them), relative clauses ("which
    has red legs"), which say nothing by themselves, the class's own name, another class's name, and
    a list that is the same as another class's. The rules for words know English only.

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
        ``class``, ``descriptor``, ``action`` ("kept", "flagged" or "dropped") and ``reason``. A
        line that a model repeats and that is dropped has one row, "a duplicate, 59 times"; a class
        that had no line at all has one row, "dropped", with an empty descriptor.

    Raises
    ------
    ValueError
        If a class is there twice or its lines are no list of texts, or another argument makes no
        sense.
    """
    import pandas as pd

    one_of("own_name", own_name, ("flag", "drop", "keep"))
    whole("longest", longest, 1)
    if number is not None:
        whole("number", number, 1)
    check_names([name for name, _ in descriptors.items()], "The mapping from class to descriptors")
    given = {name: texts_of(name, lines, "descriptor") for name, lines in descriptors.items()}
    rows, first_with = [], {}
    names = Mentions(given)
    for name, lines in given.items():
        found = _check_class(name, lines, names, own_name, number, longest)
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
    names: Mentions,
    own_name: str,
    number: int | None,
    longest: int,
) -> list[tuple[str, str, str, str]]:
    """One row (class, line, action, reason) for each line of one class."""
    if not lines:
        return [(name, "", "dropped", "an empty list")]
    rows, seen, kept, dropped = [], set(), 0, Counter[tuple[str, str]]()
    own = names.pattern(name)
    for line in map(clean, lines):
        bare, mentioned = names.others(line, name) if len(line) <= longest else ("", [])
        reason = _why_drop(line, bare, seen, longest)
        if not reason and own_name == "drop" and own.search(line):
            reason = "the class's own name"
        if not reason and number is not None and kept == number:
            reason = f"more than {number}"
        if reason:
            dropped[line, reason] += 1
            if dropped[line, reason] == 1:
                rows.append((name, line, "dropped", reason))
            continue
        seen.add(_normal(line))
        kept += 1
        reason = _why_flag(line, mentioned, own_name == "flag" and bool(own.search(line)))
        rows.append((name, line, "flagged" if reason else "kept", reason))
    return [
        (*row[:3], f"{row[3]}, {n} times" if (n := dropped[row[1], row[3]]) > 1 else row[3])
        for row in rows
    ]


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
    if negated(line):
        reasons.append("a negation, which CLIP models often misread")
    if is_clause(line):
        reasons.append("a clause, which needs a name before it")
    if names_itself:
        reasons.append("the class's own name")
    reasons += [f"the name of another class, '{other}'" for other in mentioned[:1]]
    return "; ".join(reasons)


def _normal(line: str) -> str:
    """What two duplicates have in common: "A red cap." and "red cap"."""
    words = re.sub(r"[^\w]+", " ", line.casefold()).split()
    return " ".join(words[1:] if words[:1] in (["a"], ["an"], ["the"]) else words) or line


def _shown(line: str) -> str:
    return line if len(line) <= 300 else line[:300] + " […]"

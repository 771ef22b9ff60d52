"""From what a language model wrote to lines of text, in whatever shape it wrote them."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import json_repair

from ..support.limits import ANSWER_CHARACTERS
from ..support.text import NO_WIDTH

# json-repair takes a minute for 50,000 brackets and a second for these; ten descriptors have 600
REPAIRED_CHARACTERS = 3_000

# --- what belongs to the answer -------------------------------------------------------------------

_TAG = r"(?:seed:)?(?:think|thinking|thoughts?|reasoning|reflection|scratchpad)"
_OPENED = rf"(?:<\|?(?:begin_of_)?{_TAG}\|?>|\[THINK\]|◁think▷)"
_CLOSED = rf"(?:</{_TAG}>|<\|end_of_{_TAG}\|>|\[/THINK\]|◁/think▷)"
_THOUGHT = re.compile(rf"{_OPENED}.*?(?:{_CLOSED}|\Z)", re.S | re.I)
_END_OF_THOUGHT = re.compile(_CLOSED, re.I)
# gpt-oss writes into channels, "analysis" and "final"; where tokens are left out, only their words
_FINAL = re.compile(
    r"<\|channel\|>\s*final[^<]*(?:<\|constrain\|>[^<]*)?<\|message\|>|\Aanalysis.*assistantfinal",
    re.S,
)
# a model's own tokens that a server leaves in the text, where a turn begins or ends: <|eot_id|>,
# <|EOT|>, DeepSeek's <｜end▁of▁sentence｜>; <s> and </s> are HTML's as well, so not everywhere
_TOKEN = re.compile(
    r"<[|｜](?=[^<>|｜\n]{0,40}?(?:end|eo[dmst]|start|begin|return|stop|user|assistant|system))"
    r"[^<>|｜\n]{1,40}[|｜]>|</?(?:eos|bos|eot|eod)>|<(?:start|end)_of_\w{1,20}>|\[/?INST\]"
    r"|\A\s*<s>|</s>\s*(?=</s>|<s>|\Z)|^[ \t]*</s>[ \t]*$|\[(?:EOS|BOS)\]",
    re.M | re.I,
)
_OTHER_TOKEN = re.compile(r"<[|｜]\w[^<>|｜\n]{0,40}[|｜]>|<(?:pad|unk)>")  # say nothing
_WRAPPER = re.compile(r"</?(?:answer|final_answer|response|output|result)>", re.I)
# after the answer some models go on with the next question of the worked examples
_NEXT = re.compile(
    r"[ \t]*(?:\W*(?:Q|A|Question|Answer|User|Human|Assistant|Input|Output|Instruction)[ \t]*:"
    r"|#{1,6}[ \t]*(?:Question|Answer|User|Human|Instruction|Input)\b"
    r"|.*\buseful (?:visual )?features (?:for distinguishing|to tell)\b)",
    re.I,
)
_BULLET = re.compile(
    r"[ \t]*(?:[-–—‑‒−－•·・▪●‣◦○■□∙⁃→➤➢►▶◆◇❖★☆✓✔✅☑]|[*+](?=[ \t]|$)"
    # 1. (2) 3: and a) (b) ii), "Feature 4:"; 1、 and 1． need no space, nor do keycaps
    r"|\(?(?:\d{1,3}[.):]|(?:[a-zA-Z]|[ivxIVX]{2,4})\))(?=[ \t]|$)"
    r"|\d{1,3}(?:[．、）]|\ufe0f?\u20e3)"
    r"|(?i:feature|descriptor)[ \t]\d{1,2}[.:)](?=[ \t]|$))[ \t]*(?:\[[ xX]\][ \t]+)?(.*)"
)
_DASHES = r"[ \t]*(?:-{2,}|:-+:?|-+:)[ \t]*"
_RULE = re.compile(rf"[ \t]*\|?(?:{_DASHES}\|)+(?:{_DASHES})?")  # below a table's headings
_QUOTED = re.compile(r"\s*(?:\"[^\"]+\"|“[^“”]+”|'[^']+'|`[^`]+`)\s*,?\s*")
# --- where a sentence ends; a full stop after one of these may be part of the word ----------------

_GAP = re.compile(r"(?<=[.!?。！？])\s+")
# whatever follows: St. Bernard, e.g. Robins
_ABBREVIATIONS = set(
    "st mt dr mr mrs ms prof approx ca cf vs e.g i.e eg ie viz incl esp aka subsp ssp var cv f"
    " z.b d.h bzw".split()
)
# if a number follows: fig. 2; "fig." alone is a fruit, "No." an answer
_BEFORE_NUMBERS = set("no nos nr fig figs p pp pl vol ch art".split())
# unless the next word begins a sentence: 140 cm. Its back
_MAY_END = set(
    "in ft yd mi mm cm m km oz lb lbs g kg sec min max avg etc a.m p.m sp spp al diam dia jr sr u.s"
    " resp usw ggf evtl env".split()
)


def _goes_on(word: str, following: str) -> bool:
    """Whether a sentence goes on after a word with a full stop, by the character that follows."""
    bare = word.strip("([\"'“”‘’").casefold().removesuffix(".")
    if not word.endswith("."):
        return False
    if re.search(r"\b[A-Z]\.$", word) or bare in _ABBREVIATIONS:  # an initial
        return True
    if bare in _BEFORE_NUMBERS:
        return following.isdigit()
    return bare in _MAY_END and not following.isupper()


def _sentences(text: str) -> Iterator[str]:
    """The sentences of a text, one or more a line."""
    for line in text.split("\n"):
        start = 0
        for gap in _GAP.finditer(line):
            word = line[max(start, gap.start() - 20) : gap.start()].split()[-1]
            if not _goes_on(word, line[gap.end() : gap.end() + 1]):
                yield line[start : gap.start()]
                start = gap.end()
        yield line[start:]


def clean(text: str) -> str:
    """One line of well-formed text: no control characters (a terminal obeys some), no characters
    that turn the writing direction."""
    if not text.isprintable():  # nearly every text is, and has none of these characters
        # half a surrogate pair cannot be saved
        text = text.encode("utf-8", "replace").decode("utf-8")
        text = "".join(
            " " if c.isspace() else c
            for c in text
            if c.isspace() or unicodedata.category(c) != "Cc"
        )
        text = re.sub("[\u202a-\u202e\u2066-\u2069\ufeff]", "", text)
    return " ".join(text.replace("**", "").split())


def parse_list(answer: str, cut: bool = False) -> list[str]:
    """The items of a list in an answer: JSON, bullets, numbers, or one item a line.

    Thoughts before the answer are left out, also where the tag that begins them is missing, and so
    is what follows it: the next question of worked examples with its answer. JSON may stand in
    prose or in a fence, have Python's quotes, be cut off, or hold objects: {"breast": "orange"} is
    "breast: orange".

    Never raises for text of any kind: prose, or nothing, gives an empty list. Markup stays as it
    is, as text.

    Parameters
    ----------
    answer : str
        At most the first 50,000 characters are read (``limits.ANSWER_CHARACTERS``).
    cut : bool
        The answer stopped at the token limit: its last line is marked with "…", and
        ``check_descriptors`` drops it. So is the last text of JSON that is cut off.

    Returns
    -------
    list of str, empty items included
    """
    text, cut = _spoken(answer, cut)
    if (fenced := re.search(r"```[ \t]*\w*[ \t]*\n?(?=\s*[\[{])(.*?)(?:```|\Z)", text, re.S)) and (
        items := _json_items(fenced[1].strip(), cut)
    ):
        return items
    lines, cut = _own_lines(_unfenced(text), cut, _BULLET.fullmatch)
    found = [match[1] for match in map(_BULLET.fullmatch, lines) if match]
    if (start := _json_start(text)) is not None and (start == 0 or not found):
        items = _json_items(text[start:], cut)
        if items is not None:
            return items
    lines = [line for line in lines if line.strip()]
    if not found and len(quoted := [line for line in lines if _QUOTED.fullmatch(line)]) > 1:
        found = lines = quoted  # one text in quotes a line, with or without prose around them
    if not found and len(lines) > 1 and all(map(_short, lines)):
        found = lines  # a list without bullets: several short lines, none of them a sentence
    items = [_bare(item) for item in found]
    last = bool(lines) and bool(_BULLET.fullmatch(lines[-1]) or found is lines)
    return _mark(items, cut and last)


def parse_sentences(answer: str, cut: bool = False) -> list[str]:
    """The sentences of an answer, without bullets; never raises for text of any kind. Parameters as
    for ``parse_list``."""
    text, cut = _spoken(answer, cut)
    lines, cut = _own_lines(_unfenced(text), cut, str.strip)
    lines = [match[1] if (match := _BULLET.fullmatch(line)) else line for line in lines]
    sentences = [clean(sentence) for sentence in _sentences("\n".join(lines))]
    return _mark(
        [sentence for sentence in sentences if sentence],
        cut and not text.rstrip().endswith((".", "!", "?")),
    )


def _spoken(answer: str, cut: bool) -> tuple[str, bool]:
    """The answer without thoughts and without what the model's tokens say of it; and whether its
    end is missing."""
    text, cut = answer[:ANSWER_CHARACTERS], cut or len(answer) > ANSWER_CHARACTERS
    text = NO_WIDTH.sub("", text)
    if "<|channel|>" in text or "assistantfinal" in text:
        before, *final = _FINAL.split(text)
        text = final[-1] if final else "" if "<|channel|>" in before else before
    text = _END_OF_THOUGHT.split(_THOUGHT.sub("", text))[-1]
    parts = [part for part in _TOKEN.split(text) if part.strip() not in ("", "assistant")]
    cut = cut and len(parts) < 2
    text = _OTHER_TOKEN.sub(" ", parts[0]) if parts else ""
    if wrapped := [part for part in _WRAPPER.split(text) if part.strip()]:
        text = wrapped[-1]
    return text.replace("**", "").strip(), cut


def _own_lines(text: str, cut: bool, begins: Any) -> tuple[list[str], bool]:
    """The lines before the model goes on with the next question; ``begins`` says of a line whether
    the answer has begun with it."""
    lines, begun = text.splitlines(), False
    for i, line in enumerate(lines):
        question = line.rstrip().endswith("?") and not _BULLET.fullmatch(line)
        if begun and (question or _NEXT.match(line)):
            return lines[:i], False
        begun = begun or bool(begins(line))
    return lines, cut


def _unfenced(text: str) -> str:
    return _without_tables(re.sub(r"^[ \t]*```\w*[ \t]*$", "", text, flags=re.M))


def _without_tables(text: str) -> str:
    """The rows of Markdown's tables as bullets, "- cap: red", without the line of headings."""
    lines: list[str] = []
    within = False
    for line in text.splitlines():
        if _RULE.fullmatch(line):
            if lines and "|" in lines[-1] and not within:
                lines.pop()
            within = True
        elif within and "|" in line:
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            lines.append("- " + ": ".join(c for c in cells if c and not c.rstrip(".").isdigit()))
        else:
            within = False
            lines.append(line)
    return "\n".join(lines)


def _short(line: str) -> bool:
    bare = line.strip().strip("\"'“”,")
    return len(line.split()) <= 12 and bool(bare) and bare[-1] not in ".!?:;"


def _bare(item: str) -> str:
    """An item without what separates items, and without quotes around it."""
    item = clean(item).rstrip(" ;,")
    quoted = re.fullmatch(r"\"([^\"]*)\"|“([^“”]*)”|‘([^‘’]*)’|'([^']*)'|`([^`]*)`", item)
    return next(filter(None, quoted.groups()), "") if quoted else item


def _mark(items: list[str], cut: bool) -> list[str]:
    return [*items[:-1], items[-1] + "…"] if cut and items else items


# --- JSON -----------------------------------------------------------------------------------------

_JSON = re.compile(
    r"(?:^|[:：=])[ \t]*(?=\[[\s\[{]{0,20}[\"'“‘\]]|\{[\s\[{]{0,20}[\"'“‘}]"
    r"|\{\s{0,20}\w{1,40}\s{0,5}:)",
    re.M,
)


def _json_start(text: str) -> int | None:
    """Where JSON begins that is more than a bracket in prose."""
    found = _JSON.search(text)
    return None if found is None else found.end()


def _json_items(text: str, cut: bool) -> list[str] | None:
    """The texts in JSON, which may be damaged; None if there are none."""
    try:
        values = list(_values(text))
        items = list(_texts(values if len(values) > 1 else values[0]))
    except RecursionError:  # brackets in brackets in brackets
        return []
    except ValueError:
        items = _repaired(text, cut)
    bullets = ((_BULLET.fullmatch(item), item) for item in map(clean, items))
    return [bullet[1] if bullet else item for bullet, item in bullets] or None


def _values(text: str) -> Iterator[Any]:
    """The first value, and more objects of texts after it: one object a line."""
    decoder, end = json.JSONDecoder(), 0
    while True:
        value, end = decoder.raw_decode(text, end)
        yield value
        if not isinstance(value, dict) or any(isinstance(v, (list, dict)) for v in value.values()):
            return
        end += len(text[end:]) - len(text[end:].lstrip(" \t\r\n,"))
        if text[end : end + 1] != "{":
            return


def _repaired(text: str, cut: bool) -> list[str]:
    """The texts in JSON that is damaged, cut off or written as Python; the last one is marked if it
    ends in the middle."""
    text, cut = text[:REPAIRED_CHARACTERS], cut or len(text) > REPAIRED_CHARACTERS
    if not cut and (end := max(text.rfind("]"), text.rfind("}"))) >= 0:
        text = text[: end + 1]  # without the prose after it
    # "['the robin's breast', 'a beak']": quotes that are apostrophes, too
    if '"' not in text and (single := re.fullmatch(r"\[\s*'(.*)'\s*,?\s*\]", text, re.S)):
        return re.split(r"'\s*,\s*'", single[1])
    try:
        value = json_repair.loads(text, skip_json_loads=True)
        items = list(_texts(value)) if isinstance(value, (list, dict)) else []
    except (RecursionError, ValueError):
        return []
    return _mark(items, text.rstrip()[-1:] not in tuple("]}\"'”’,"))


def _texts(value: Any) -> Iterator[str]:
    """The texts in a value of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            if isinstance(item, dict) and not _inner(item):  # {"part": "cap", "colour": "red"}
                yield ": ".join(v for v in _strings(item).values() if not v.isdigit())
            else:
                yield from _texts(item)
    elif isinstance(value, dict):
        yield from _texts_of_object(value)


def _texts_of_object(value: dict[str, Any]) -> Iterator[str]:
    if "descriptors" in value:  # as the schema says; what stands beside it is about the answer
        value = {"descriptors": value["descriptors"]}
    if inner := _inner(value):
        for one in inner:
            yield from _texts(one)
        return
    texts = _strings(value)
    if all(re.fullmatch(r"\D{0,20}\d{1,3}", key) for key in texts):  # "1", "feature_2"
        yield from texts.values()
    elif len(texts) == 1:  # a list written as one text
        yield from parse_list(next(iter(texts.values())))
    else:
        for key, text in texts.items():
            yield f"{key.replace('_', ' ')}: {text}"


def _inner(value: dict[str, Any]) -> list[Any]:
    return [one for one in value.values() if isinstance(one, (list, dict))]


def _strings(value: dict[str, Any]) -> dict[str, str]:
    return {key: one for key, one in value.items() if isinstance(one, str)}

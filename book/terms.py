"""Links the first use of each glossary term on each page to its entry.

A Sphinx extension: terms are those of the ``glossary`` directive, and no page is edited for it. A
term is found as a whole word, also in the plural, the longest first: in "class token" there is no
token. Code, formulas, headings, links, solutions, the pages of the package and the glossary itself
stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from docutils import nodes

# also an ordinary adjective ("a negative number"): linked in the plural alone
ADJECTIVES = {"negative"}
WITHOUT = ("genindex", "search", "api/")
PLAIN = {
    "literal",
    "literal_block",
    "math",
    "math_block",
    "raw",
    "title",
    "subtitle",
    "rubric",
    "caption",
    "reference",
    "pending_xref",
    "download_reference",
    "glossary",
    "dropdown_main",  # sphinx_design's: a solution
    "comment",
}


def forms(term: str) -> str:
    """A pattern for a term and its plural, or its singular where the term is a plural. The first
    letter of a lower-case term may be a capital."""
    start, end = term[:-1], term[-1]
    if end == "y":
        tail = "(?:y|ies)"
    elif end == "s":
        tail = "s(?:es)?" if term.endswith("ss") else "s?"
    elif term.endswith(("ch", "x")):
        tail = f"{end}(?:es)?"
    else:
        tail = f"{re.escape(end)}{'s' if term in ADJECTIVES else 's?'}"
    head = re.escape(start)
    if term == term.lower():
        head = f"[{start[0]}{start[0].upper()}]{re.escape(start[1:])}"
    return re.sub(r"(\\ )+", r"\\s+", head.replace("'", "['’]")) + tail


class Terms:
    """The terms of a glossary, to be found in one page after the other."""

    def __init__(self, terms: list[str]):
        self.terms = sorted(terms, key=len, reverse=True)
        groups = "|".join(f"({forms(term)})" for term in self.terms)
        self.pattern = re.compile(rf"(?<![\w-])(?:{groups})(?![\w-])") if terms else None

    def split(self, text: str, seen: set[str]) -> Iterator[tuple[str, str | None]]:
        """A text in pieces, each with the term that it is the first use of, or None; ``seen`` are
        the terms that the page has had, and grows."""
        at = 0
        for match in self.pattern.finditer(text) if self.pattern else ():
            term = self.terms[match.lastindex - 1]
            if term in seen:
                continue
            seen.add(term)
            if match.start() > at:
                yield text[at : match.start()], None
            yield match[0], term
            at = match.end()
        if at < len(text):
            yield text[at:], None


def is_prose(node: nodes.Node) -> bool:
    """Whether a reader meets the text as part of a sentence."""
    while node is not None:
        if type(node).__name__ in PLAIN or type(node).__name__.startswith("desc"):
            return False
        node = node.parent
    return True


def join_texts(doctree: nodes.document) -> None:
    """Make one text of neighbours: Markdown's parser begins a new one at every end of a line."""
    for parent in {id(text.parent): text.parent for text in doctree.findall(nodes.Text)}.values():
        joined = []
        for child in parent.children:
            if isinstance(child, nodes.Text) and joined and isinstance(joined[-1], nodes.Text):
                child = nodes.Text(joined.pop().astext() + child.astext())
            joined.append(child)
        parent[:] = joined


def link_terms(app, doctree, page):
    entries = {
        name: (where, anchor)
        for name, _, kind, where, anchor, _ in app.env.get_domain("std").get_objects()
        if kind == "term"
    }
    if page.startswith(WITHOUT) or page in {where for where, _ in entries.values()}:
        return
    terms, seen = Terms(list(entries)), set()
    join_texts(doctree)
    for text in [node for node in doctree.findall(nodes.Text) if is_prose(node.parent)]:
        pieces = list(terms.split(text.astext(), seen))
        if not any(term for _, term in pieces):
            continue
        made = []
        for piece, term in pieces:
            if term is None:
                made.append(nodes.Text(piece))
                continue
            where, anchor = entries[term]
            link = nodes.reference("", "", internal=True, classes=["glossary-link"])
            link["refuri"] = f"{app.builder.get_relative_uri(page, where)}#{anchor}"
            link += nodes.inline("", piece)
            made.append(link)
        text.parent.replace(text, made)


def setup(app):
    app.connect("doctree-resolved", link_terms)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

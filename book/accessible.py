"""Puts right what the theme, Sphinx and MyST-NB write into every page and what assistive technology
cannot use. tests/site/test_accessible.py examines the result.

- The name of a button or a summary contains the words that it shows.
- The logo lies in a landmark of its own.
- A signature over several lines is no definition list: it has no terms.
"""

from __future__ import annotations

import re
from pathlib import Path

NAMED = re.compile(
    r'(<button class="[^"]*\bsearch-button-field\b[^>]*?|<summary\b[^>]*?) aria-label="[^"]*"'
)
LOGO = re.compile(
    r'<div class="sidebar-primary-item">(\s*<a class="navbar-brand logo".*?</a>\s*)</div>', re.S
)
SIGNATURE = re.compile(r'<dt class="sig [^>]*>.*?</dt>', re.S)
LINES = [
    (re.compile(r"<dl>"), '<span class="sig-lines">'),
    (re.compile(r"<dd>"), '<span class="sig-line">'),
    (re.compile(r"</d[dl]>"), "</span>"),
]


def signature(match: re.Match) -> str:
    text = match[0]
    for tag, instead in LINES:
        text = tag.sub(instead, text)
    return text


def accessible(html: str) -> str:
    """A page with these put right."""
    html = NAMED.sub(r"\1", html)
    html = LOGO.sub(r'<nav class="sidebar-primary-item" aria-label="First page">\1</nav>', html)
    return SIGNATURE.sub(signature, html)


def make_accessible(site: Path) -> None:
    """Put all pages of a built site right."""
    for page in site.rglob("*.html"):
        if "_static" not in page.parts:
            page.write_text(accessible(page.read_text("utf-8")), "utf-8")

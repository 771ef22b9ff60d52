"""The course's words: texts use the field's standard terms and not a private vocabulary.

What is looked at: README, the site's pages, the model card, notebooks (prose and comments) and the
package's docstrings and comments. CHANGELOG.md is left out, since it lists the names of before.
"""

import ast
import io
import re
import tokenize
from collections.abc import Sequence
from pathlib import Path

import jupytext
import pytest

ROOT = Path(__file__).parents[2]
# what is not written, what is
WORDS = {
    r"pictures?": "image (or drawing, where the drawing itself is meant)",
    r"(?<!one )sentences?": "text, prompt or caption",
    r"phrases?": "descriptor, or text",
    r"(?:are|was|were|be|been|gets?|got|answer is) (?:right|wrong)": "correct, incorrect",
    r"right or wrong|(?:right|wrong) (?:answers?|class(?:es)?|images?|ones|predictions?)": "correct",
    r"mend(?:s|ed|ing)?": "fix, repair",
    r"(?:beyond|within) chance": "significant, not significant",
    r"deserves? belief": "calibrated",
    r"(?:how|so|too|as|more|less|is|are) sure|surer": "confident",
    r"dice": "random seed",
    r"crowds?": "cluster, ensemble or other images",
    r"another hand": "another author",
    r"our (?:own )?CLIP": "the bundled CLIP",
    r"number-plates?": "positional embedding",
    r"most=\w*|pictures=\w*": "max_images, top_k, n_…",
}
RULES = {re.compile(rf"\b(?:{pattern})\b", re.I): better for pattern, better in WORDS.items()}
# quotations, and words in another sense: file → texts that may stand there
ALLOWED = {
    # where a sentence ends, and what its subject is
    "clipnb/classify/answers.py": ["sentence"],
    "clipnb/classify/phrasing.py": ["phrase", "sentence"],
    # phrases as in grammar: what a caption is made of
    "clipnb/fieldguide/captions.py": ["phrase"],
    "clipnb/fieldguide/word_meanings.py": ["phrase"],
    "clipnb/fieldguide/edits.py": ["phrase"],
    "clipnb/fieldguide/world.py": ["phrase"],
    # a word of the state that the page shares with Python
    "clipnb/widgets/common/choosing.py": ["pictures"],
}


def comments(code: str) -> str:
    tokens = tokenize.generate_tokens(io.StringIO(code).readline)
    return "\n".join(token.string for token in tokens if token.type == tokenize.COMMENT)


def docstrings(code: str) -> str:
    nodes = (ast.Module, ast.ClassDef, ast.FunctionDef)
    found = [ast.get_docstring(x) for x in ast.walk(ast.parse(code)) if isinstance(x, nodes)]
    return "\n".join(filter(None, found))


def prose(path: Path) -> str:
    """What a person reads in a file, without its code."""
    text = path.read_text("utf-8")
    if path.suffix == ".md":
        return re.sub(r"```.*?```|`[^`\n]*`|\]\([^)]*\)", " ", text, flags=re.S)
    if path.parent.name == "notebooks":
        cells = jupytext.reads(text, "py:percent").cells
        pages = [cell.source for cell in cells if cell.cell_type == "markdown"]
        code = [comments(cell.source) for cell in cells if cell.cell_type == "code"]
        return re.sub(r"`[^`\n]*`|\]\([^)]*\)", " ", "\n".join(pages + code))
    return re.sub(r"`+[^`\n]*`+", " ", docstrings(text) + "\n" + comments(text))


def findings(text: str, allowed: Sequence[str] = ()) -> list[str]:
    return [
        f"'{found[0]}' in '{text[max(0, found.start() - 30) : found.end() + 20]}': write {better}"
        for rule, better in RULES.items()
        for found in rule.finditer(text)
        if not any(found[0].lower().startswith(word) for word in allowed)
    ]


FILES = sorted(
    [*ROOT.glob("README.md"), *ROOT.glob("CONTRIBUTING.md"), *ROOT.glob("book/pages/*.md")]
    + [*ROOT.glob("clipnb/**/*.py"), *ROOT.glob("clipnb/pretrained/*.md")]
    + [*ROOT.glob("notebooks/*.py")]
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_terms_are_the_fields(path):
    name = path.relative_to(ROOT).as_posix()
    found = findings(prose(path), ALLOWED.get(name, []))
    assert not found, "\n".join(found)


def test_private_words_are_found_and_standard_ones_are_not():
    assert len(findings("The picture was right; another hand held the dice.")) == 4
    assert not findings("On the right of the image, one sentence says what is correct.")

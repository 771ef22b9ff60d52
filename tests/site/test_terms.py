"""The first use of a glossary term on a page is a link to its entry, by one rule."""

import re
import subprocess
import sys

import pytest
from test_book import BOOK_PYTHON, ROOT

CONF = f"""import sys
sys.path.insert(0, {str(ROOT / "book")!r})
extensions = ["myst_parser", "sphinx_design", "terms"]
myst_enable_extensions = ["colon_fence", "dollarmath"]
"""
GLOSSARY = """# Glossary

```{glossary}
token
  What a transformer reads; see class token.

class token
  A token of its own.

patch
  A square of pixels.

accuracy
  A share.

negative
  A text that does not fit.

pooling rules
  How several prompts become one score.

Holm's correction
  Of p-values.

CLIP
  A model.
```
"""
PAGE = """# A token in a heading

Class tokens come first, then `patch` in code, [a patch](https://example.invalid) in a link, $token$
in a formula. The **patches** and tokens: a tokenizer is no token-like thing, and a paperclip no CLIP. More tokens,
patches, a clip. The pooling
rule, Holm's correction, a negative number, two negatives, several accuracies.

:::{dropdown} Solution
The accuracy of a patch.
:::

    a class token in code
"""
OTHER = """# Another page

:::{dropdown} Solution
An accuracy.
:::

Not accuracy-like.

## Accuracy

Then accuracy, and accuracy again.
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    if not BOOK_PYTHON.exists():
        pytest.skip("the site's environment is not there: make test-book makes it")
    folder = tmp_path_factory.mktemp("terms")
    for name, text in {"glossary": GLOSSARY, "index": PAGE, "sub/other": OTHER}.items():
        path = folder / f"{name}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    (folder / "conf.py").write_text(CONF, "utf-8")
    command = [BOOK_PYTHON, "-m", "sphinx", "-q", "-b", "html", str(folder), str(folder / "out")]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    read = lambda name: (folder / "out" / f"{name}.html").read_text("utf-8")
    return {name: read(name) for name in ("glossary", "index", "sub/other")}


def links(page: str) -> list[tuple[str, str]]:
    found = re.findall(r'<a class="[^"]*glossary-link[^"]*" href="([^"]+)">(.*?)</a>', page, re.S)
    return [(where, " ".join(re.sub("<.*?>", "", words).split())) for where, words in found]


def test_the_first_use_of_each_term_is_a_link(pages):
    assert [words for _, words in links(pages["index"])] == [
        "Class tokens",
        "patches",
        "tokens",
        "CLIP",
        "pooling rule",
        "Holm’s correction",
        "negatives",
        "accuracies",
    ]
    assert links(pages["index"])[0][0] == "glossary.html#term-class-token"
    assert "a negative number" in pages["index"]


def test_headings_solutions_and_the_glossary_stay_as_they_are(pages):
    assert links(pages["glossary"]) == []
    assert links(pages["sub/other"]) == [("../glossary.html#term-accuracy", "accuracy")]
    assert re.search(r"<p>Then <a class=\"[^\"]*glossary-link", pages["sub/other"])
    assert re.search(r"<h1>A token in a heading", pages["index"])


def test_a_longer_term_hides_the_shorter_in_it():
    pytest.importorskip("docutils", reason="docutils is not installed")
    sys.path.insert(0, str(ROOT / "book"))
    from terms import Terms

    terms, seen = Terms(["token", "class token", "loss"]), set()
    assert [*terms.split("Class token, class\ntokens: losses, token.", seen)] == [
        ("Class token", "class token"),
        (", class\ntokens: ", None),
        ("losses", "loss"),
        (", ", None),
        ("token", "token"),
        (".", None),
    ]
    assert [*terms.split("token", seen)] == [("token", None)] and [*Terms([]).split("x", seen)]

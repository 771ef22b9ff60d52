"""Ten situations for a class, each as a link to a live page in that state."""

import base64
import json
import zlib

TREE_FROG = [
    "round sticky pads on the toe tips",
    "dark stripe along each side",
    "long slender limbs",
    "large protruding eyes",
    "pale cream belly",
]
# (what it is called, the page, its state, what to ask as HTML)
SITUATIONS = [
    (
        "A negation",
        "wall",
        {"sentence": "a bird that is not red"},
        "Where are the red birds? Where would they be if the model read <em>not</em>?",
    ),
    (
        "A false descriptor",
        "explorer-frog",
        {
            "picture": "test/54",
            "classes": [
                ["tree frog", [[text, 1, 1] for text in ["bright red smooth skin", *TREE_FROG]]],
                "American bullfrog",
            ],
            "compare": [0, 1],
        },
        "Which row would you correct first? How much of the margin does it change?",
    ),
    (
        "Descriptors that say nothing",
        "explorer-frog",
        {
            "picture": "test/54",
            "classes": [
                ["tree frog", [[text, 1, 1] for text in ("something", "a thing", "an object")]],
                "tailed frog",
            ],
            "compare": [0, 1],
        },
        "Why is the score of the first class not zero? Which class should be predicted?",
    ),
    (
        "The true class is missing",
        "names",
        {"picture": "test/54", "list": "tailed frog, American bullfrog, cane toad, tomato frog"},
        "What do the probabilities add up to? What would it take to answer <em>none of these</em>?",
    ),
    (
        "Names that overlap",
        "names",
        {"picture": "test/54", "list": "frog, amphibian, animal, tree frog"},
        "Which of these names is correct? What does a softmax over them mean?",
    ),
    (
        "One patch asks",
        "inside",
        {"step": 2, "query": "patch", "patch": 27, "head": [0, 0]},
        "Does this head take from neighbours, or from patches that look alike? And one of layer 4?",
    ),
    (
        "A text that says nothing",
        "inside",
        {"step": 7, "sentence": "asdf qwer"},
        "How much probability does the best name keep? What is it evidence of?",
    ),
    (
        "The parts of a cosine",
        "heads",
        {"centred": True},
        "Which part sets this image apart from the average most? What can you say about it?",
    ),
    (
        "Another habitat",
        "creature-bird",
        {"habitat": "snow"},
        "Nothing about the bird is different. Which scores move, and why should they not?",
    ),
    (
        "Without its crest",
        "creature-bird",
        {"marks": {"crest": "none"}},
        "Which descriptor loses most? Is the species still the first?",
    ),
]


def address_of(page: str, state: dict) -> str:
    """The address of a live page in a state, as book/live/address.js reads it."""
    text = json.dumps({"p": page, "d": state}, ensure_ascii=False, separators=(",", ":"))
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = deflate.compress(text.encode()) + deflate.flush()
    letters = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    return f"live_{page.split('-')[0]}.html#s=1.{letters}"


def situations() -> str:
    """The table, as HTML: a relative link to a page in a state is no link that Sphinx knows."""
    rows = "".join(
        f'<tr><td><a href="{address_of(page, state)}">{title}</a></td><td>{question}</td></tr>'
        for title, page, state, question in SITUATIONS
    )
    head = "<thead><tr><th>situation</th><th>ask</th></tr></thead>"
    table = f'<table class="table">{head}<tbody>{rows}</tbody></table>'
    return f'```{{raw}} html\n<div class="pst-scrollable-table-container">{table}</div>\n```'

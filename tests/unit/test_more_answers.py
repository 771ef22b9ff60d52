"""Lists as language models also write them: tables, letters, other alphabets' numbers, characters
without a width."""

import pytest

from clipnb.classify.answers import parse_list, parse_sentences

TWO = ["red cap", "white ring"]


@pytest.mark.parametrize(
    "answer",
    [
        "\ufeff- red cap\n- white ring",
        "\ufeff1. red cap\r\n2. white ring\r\n",
        "-\u200bred cap\n- white\u2060 ring",
        "- red cap\n- white r\u00ading",
        "a) red cap\nb) white ring",
        "(a) red cap\n(b) white ring",
        "i) red cap\nii) white ring",
        "(i) red cap\n(ii) white ring",
        "1、red cap\n2、white ring",
        "１．red cap\n２．white ring",
        "1️⃣ red cap\n2️⃣ white ring",
        "★ red cap\n★ white ring",
        "✅ red cap\n✅ white ring",
        "− red cap\n− white ring",
        "‒ red cap\n‒ white ring",
        "－red cap\n－white ring",
        "- [ ] red cap\n- [x] white ring",
        "* [X] red cap\n* [ ] white ring",
        "Feature 1: red cap\nFeature 2: white ring",
        "- ‘red cap’\n- ‘white ring’",
        "descriptors = ['red cap', 'white ring']",
        "```python\ndescriptors = ['red cap', 'white ring']\n```",
        "| feature |\n|---|\n| red cap |\n| white ring |",
        "Here is a table:\n\n| # | feature |\n|:-:|:---|\n| 1 | red cap |\n| 2 | white ring |\n",
    ],
)
def test_a_list_of_two(answer):
    assert parse_list(answer) == TWO


def test_a_table_of_parts_and_what_they_look_like():
    answer = "| part | look |\n| --- | --- |\n| cap | red |\n| ring | white |\n\nI hope this helps!"
    assert parse_list(answer) == ["cap: red", "ring: white"]
    assert parse_sentences(answer) == ["cap: red", "ring: white", "I hope this helps!"]


@pytest.mark.parametrize(
    "text",
    [
        "A. muscaria has a red cap",
        "I (a) say (b) nothing",
        "features 12: many",
        "a | b",
        "--- | ---",
    ],
)
def test_what_only_looks_like_a_bullet_or_a_table_stays(text):
    assert parse_list(f"- {text}\n- white ring") == [text, "white ring"]

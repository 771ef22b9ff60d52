"""What a language model wrote, in all the shapes in which models write it: the right lines, and no
others; and in no time, whatever it is."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clipnb.classify.answers import REPAIRED_CHARACTERS, parse_list, parse_sentences
from clipnb.support.limits import ANSWER_CHARACTERS

steady = settings(max_examples=100, deadline=None, derandomize=True, database=None)
GOOD = ["an orange breast", "a brown back"]
LIST = "- an orange breast\n- a brown back"
FLAT = json.dumps({"descriptors": GOOD})

THOUGHTS = {
    "no opening tag": "Let me see.\n- maybe grey feet\n</think>\n\n" + LIST,
    "think": "<think>\n- red?\n</think>" + LIST,
    "THINKING": "<THINKING>\n- red?\n</THINKING>\n" + LIST,
    "reasoning": "<reasoning>\n- red?\n</reasoning>\n" + LIST,
    "twice": "<think>- a</think>\n<think>- b</think>\n" + LIST,
    "nested": "<think>- a <think>- b</think>- c</think>\n" + LIST,
    "after": LIST + "\n<think>\n- red?",
    "Magistral": "[THINK]- red?[/THINK]" + LIST,
    "Kimi": "◁think▷- red?◁/think▷" + LIST,
    "Seed": "<seed:think>- red?</seed:think>" + LIST,
    "begin_of_thought": "<|begin_of_thought|>- red?<|end_of_thought|>" + LIST,
    "gpt-oss": "<|channel|>analysis<|message|>\n- red?\n<|end|><|start|>assistant<|channel|>final"
    "<|message|>\n" + LIST,
    "gpt-oss, JSON": "<|channel|>analysis<|message|>- red?<|end|><|start|>assistant<|channel|>final"
    f" <|constrain|>json<|message|>{FLAT}<|return|>",
    "gpt-oss without tokens": f"analysisWe need a list. - red?assistantfinal{LIST}",
    "tags of the answer": f"- red?\n<answer>\n{LIST}\n</answer>",
    "tokens": f"<|im_start|>assistant\n{LIST}<|im_end|>\n<|im_start|>user\n- more",
    "end of sequence": f"{LIST}</s>",
}
JSON = {
    "plain": FLAT,
    "a list": json.dumps(GOOD),
    "prose and a fence": f"Here are the features:\n\n```json\n{FLAT}\n```\nLet me know!",
    "prose and a list": "Sure, here you go\n" + json.dumps(GOOD, indent=1),
    "after a colon": f"Features: {json.dumps(GOOD)} Let me know!",
    "a fence without JSON": f"```\n{LIST}\n```",
    "objects": json.dumps({"descriptors": [{"feature": g} for g in GOOD]}),
    "numbered": json.dumps({"1": GOOD[0], "2": GOOD[1]}),
    "numbered features": json.dumps({"feature_1": GOOD[0], "feature_2": GOOD[1]}),
    "objects with numbers": json.dumps([{"id": 1, "text": g} for g in GOOD]),
    "an object a line": "\n".join(json.dumps({"feature": g}) for g in GOOD),
    "strings, one a line": "\n".join(f'"{g}"' for g in GOOD),
    "with commas": ",\n".join(f'"{g}"' for g in GOOD),
    "Python's quotes": str(GOOD),
    "Python in a fence": f"```python\n{GOOD}\n```",
    "a comma too many": '{"descriptors": ["an orange breast", "a brown back",]}',
    "a comma too few": '["an orange breast" "a brown back"]',
    "comments": '["an orange breast", // one\n"a brown back"]',
    "keys without quotes": '{descriptors: ["an orange breast", "a brown back"]}',
    "curly quotes": "[“an orange breast”, “a brown back”]",
    "a list in a text": json.dumps({"answer": LIST}),
    "bullets in JSON": json.dumps([f"- {g}" for g in GOOD]),
    "beside the class": json.dumps({"class": "robin", "descriptors": GOOD, "notes": ["x"]}),
    "twice": FLAT + "\n\nWhat about the wren?\n" + json.dumps({"descriptors": ["x"]}),
}
NEXT = {
    "the paper's": "\n\nQ: What are useful features for distinguishing a wren in a photo?\nA: There"
    " are several useful visual features to tell there is a wren in a photo:\n- a short tail",
    "without Q": "\nWhat are useful features for distinguishing a wren in a photo?\n- a short tail",
    "as a bullet": "\n- What are useful features for distinguishing a wren in a photo?\n- a tail",
    "Human": "\n\nHuman: and the wren\n\nAssistant: - a short tail",
    "a heading": "\n\n### Question\nwren\n- a short tail",
    "another question": "\n\nWould you like more?\n- a short tail",
}


@pytest.mark.parametrize("text", THOUGHTS.values(), ids=THOUGHTS)
def test_thoughts_are_no_descriptors(text):
    assert parse_list(text) == GOOD


@pytest.mark.parametrize("text", JSON.values(), ids=JSON)
def test_json_as_models_write_it(text):
    assert parse_list(text) == GOOD


@pytest.mark.parametrize("text", NEXT.values(), ids=NEXT)
@pytest.mark.parametrize("cut", [False, True])
def test_the_next_question_is_not_read(text, cut):
    assert parse_list(LIST + text, cut) == GOOD  # nor is the last line cut off


def test_thoughts_without_an_answer_are_none():
    for text in ("<|channel|>analysis<|message|>- red?", "<think>- red?", "- red?</think>"):
        assert parse_list(text) == [] and parse_sentences(text) == []


END_TOKENS = ["<|eot_id|>", "<|im_end|>", "<|EOT|>", "<|end|>", "<|endoftext|>", "<|eom_id|>"]
END_TOKENS += [
    "<｜end▁of▁sentence｜>",
    "<|end_of_text|>",
    "<|END_OF_TURN_TOKEN|>",
    "<|eos|>",
    "</s>",
]
END_TOKENS += [
    "<end_of_turn>",
    "<end_of_utterance>",
    "<EOS>",
    "<|endofprompt|>",
    "[EOS]",
    "</s><s>",
]


@pytest.mark.parametrize("token", END_TOKENS)
def test_end_tokens_are_no_part_of_an_answer(token):
    bare = "\n".join(GOOD)
    for text in (LIST, bare, FLAT):
        for end in (token, f" {token}", f"\n{token}", f"\n{token}\n{token}", token * 3):
            assert parse_list(text + end) == GOOD
            assert parse_list(f"{text}{end}\n- more\n- and more") == GOOD or token == "</s>"
    assert parse_sentences(f"It is red. It is small.{token}") == ["It is red.", "It is small."]


def test_other_tokens_and_html_cut_nothing():
    assert parse_list("- a <|unk|>red cap\n- gills<|pad|>") == ["a red cap", "gills"]
    struck = "- <s>a blue</s> a red cap\n- pale gills"
    assert parse_list(struck) == ["<s>a blue</s> a red cap", "pale gills"]


@pytest.mark.parametrize(
    "text",
    [
        "A St. Bernard is a large dog.|Its ears hang.",
        "It has a wing span of approx. 140 cm.|Its back is grey.",
        "It is about 5.5 in. long, with a red breast vs. a plain back.",
        "The ears have tufts, e.g. on a lynx, i.e. a cat.|The tail is short (cf. Fig. 2).",
        "Dr. J. R. Smith saw a white cap.|It is 3 cm. wide.|It has ca. 5 spots.",
        "Rosa canina var. Alba is white.|Parus sp. are small.|It is a Parus sp.|It is small.",
        "Corvus corone subsp. cornix is grey.|It has No. 5 on it.|It looks like a fig.|It is soft.",
        "Has it a tail?|No.|It has legs, wings, etc.|They are red!|It is small.",
        "It lives in the U.S. Virgin Islands.|The pond that it lives in.|It is green.",
        "Er wirkt z.B. rot, d.h. hell.|Der Schwanz wirkt bzw. war kurz.",
        "它是红色的。|它很小。",
    ],
)
def test_a_full_stop_within_a_sentence_does_not_end_it(text):
    assert parse_sentences(text.replace("|", " ")) == text.split("|")
    assert parse_sentences(text.replace("|", "\n")) == text.split("|")


def test_other_shapes():
    assert parse_list('{"descriptors": {"breast": "orange", "back_colour": "brown"}}') == [
        "breast: orange",
        "back colour: brown",
    ]
    assert parse_list('[{"part": "breast", "colour": "orange"}]') == ["breast: orange"]
    assert parse_list("['the robin's breast', 'a beak']") == ["the robin's breast", "a beak"]
    assert parse_list("**1. Cap**: red\n**2.** gills") == ["Cap: red", "gills"]
    assert parse_list("- a red cap [1]\n- gills {2}") == ["a red cap [1]", "gills {2}"]
    assert parse_list("[Note: guesses]\n- a cap\n- gills") == ["a cap", "gills"]
    assert parse_list('{"descriptors": [1, null, true]}') == parse_list("[]") == []
    first = "What are useful features for distinguishing a robin in a photo?\n"
    assert parse_list(first + LIST) == GOOD  # a model that repeats the question
    assert parse_sentences(
        "Hm.</think>It is red. It is small.\nQ: Describe a wren.\nA: Brown."
    ) == [
        "It is red.",
        "It is small.",
    ]


@pytest.mark.parametrize(
    "text, left",
    [
        ('["a red cap", "pale gil', ["a red cap", "pale gil…"]),
        ("['a red cap', 'pale gil", ["a red cap", "pale gil…"]),
        ('["a red cap", "pale gills"', ["a red cap", "pale gills"]),
        ('["a red cap", ', ["a red cap"]),
        ('```json\n{"descriptors": ["a red cap", "pale', ["a red cap", "pale…"]),
    ],
)
def test_json_that_is_cut_off_is_marked(text, left):
    assert parse_list(text) == parse_list(text, cut=True) == left


def test_damaged_json_that_is_long_is_read_in_part_and_marked():
    items = [f"feature number {i} of many" for i in range(500)]
    found = parse_list(json.dumps(items)[:-1] + ",]")
    assert 50 < len(found) < REPAIRED_CHARACTERS / 20 and found[-1].endswith("…")
    assert found[:-1] == items[: len(found) - 1]
    assert parse_list(json.dumps(items)) == items  # sound JSON is read to its end


words = st.lists(
    st.text(st.characters(categories=["Ll"]), min_size=1, max_size=8), min_size=2, max_size=5
).map(" ".join)


@given(st.lists(words, min_size=2, max_size=8, unique=True))
@steady
def test_every_shape_gives_the_same_list(items):
    plain = parse_list("Here they are:\n\n" + "\n".join(f"- {item}" for item in items))
    assert plain == items
    assert parse_list("<think>\n- a</think>Sure!\n```json\n" + json.dumps(items) + "\n```") == items
    assert parse_list("Sure:\n" + json.dumps({"features": items}) + "\nBye!") == items
    assert parse_list(str(items)) == items
    assert parse_list("\n".join(f'"{item}",' for item in items)) == items
    assert parse_list("\n".join(f"{i}) {item}" for i, item in enumerate(items, 1))) == items


HOSTILE = [
    *("[" * 60_000, '{"a":' * 10_000, '"' * 50_000, '["\\' + "\\" * 50_000, '["a" ' * 10_000),
    *("['" * 25_000, '[{"' * 16_000, "{" * 50_000, '["a", "b' * 6_000, '["' + 'a"b' * 16_000),
    *(
        '{"a"{"a"' * 6_000,
        "[\n" * 25_000,
        "```\n[\n" * 8_000,
        "<think>" * 9_000,
        "</think>" * 9_000,
    ),
    *("<|channel|>final" * 4_000, "assistantfinal" * 4_000, "Q:" * 25_000, "- a\n?\n" * 9_000),
    *("useful " * 8_000, " " * 50_000, ':["' * 16_000, "{" + "a" * 50_000, "{ " * 25_000),
    *("* * " * 12_000, '{"a":"b"}\n' * 5_000, "<answer>" * 6_000, "W" * 50_000 + ":"),
    *("['" + "' ," * 16_000 + "']", '{"1": "{\\"1\\": ' * 3_000, "[/INST]" * 7_000, "**" * 25_000),
    *("</s> " * 10_000 + "x", "<|" * 25_000, "<|a" * 16_000, "cf. " * 12_000, ". " * 25_000),
    *("a" * 49_000 + ". b", "<|unk|>" * 7_000, " \t" * 25_000 + "</s>x"),
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:8]))
def test_hostile_text_costs_seconds_at_most(text):
    start = time.process_time()
    for line in [*parse_list(text, True), *parse_sentences(text, True)]:
        line.encode("utf-8")
    assert time.process_time() - start < 5  # json-repair alone would take up to two minutes


pieces = st.sampled_from(
    [*"[]{}\"',:\\\n-", *("```json\n", "<think>", "</think>", "<|channel|>final<|message|>", "1. ")]
    + ["Q: ", "{}", "\ud83d", "\x1b[2J", "“", "a red cap", "descriptors", "null", "1e999", "\u202e"]
)


@pytest.mark.slow
@given(st.lists(pieces, max_size=60).map("".join), st.integers(1, 200), st.booleans())
@steady
def test_any_text_however_long_is_read_in_time_and_can_be_printed(text, times, cut):
    text = (text * times)[: ANSWER_CHARACTERS + 10]
    start = time.process_time()
    for line in [*parse_list(text, cut), *parse_sentences(text, cut)]:
        assert line.encode("utf-8") and "\x1b" not in line and "\u202e" not in line or not line
    assert time.process_time() - start < 5

"""Reading what a language model wrote: no input raises, and every line that is dropped is dropped
for a reason."""

import json
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import clipnb
from clipnb.classify.answers import clean, parse_list, parse_sentences
from clipnb.classify.prompts import describe
from clipnb.classify.quality import negated
from clipnb.support.limits import ANSWER_CHARACTERS as MOST

steady = settings(max_examples=100, deadline=None, derandomize=True, database=None)
# lone surrogates and control characters too
any_text = st.text(st.characters(exclude_categories=()))
listlike = st.lists(
    st.sampled_from(
        [
            "- ",
            "* ",
            "1. ",
            "\n",
            "\r",
            "\t",
            "…",
            ":",
            '"',
            "\\",
            "[",
            "]",
            "{",
            "}",
            ",",
            "```json\n",
            "<think>",
            "</think>",
            "\x00",
        ]
    )
    | any_text,
    max_size=30,
).map("".join)
json_values = st.recursive(
    st.none() | st.integers() | any_text,
    lambda inner: st.lists(inner) | st.dictionaries(any_text, inner),
    max_leaves=20,
)


# --- the parser -----------------------------------------------------------------------------------


@pytest.mark.slow
@given(any_text | listlike | st.binary().map(lambda b: b.decode("latin-1")), st.booleans())
@steady
def test_no_text_makes_the_parsers_raise_and_what_they_give_can_be_saved(text, cut):
    for line in [*parse_list(text, cut), *parse_sentences(text, cut)]:
        assert line.encode("utf-8").decode("utf-8") == line and "\n" not in line
        assert not any(unicodedata.category(c) == "Cc" for c in line)


@pytest.mark.slow
@given(json_values, st.integers(0, 200))
@steady
def test_no_json_whole_or_cut_makes_the_parser_raise(value, end):
    text = json.dumps(value)
    parse_list(text)
    parse_list(text[:end], cut=True)
    parse_list("```json\n" + text[:end])


@given(st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1), min_size=1))
@steady
def test_a_list_is_read_alike_as_json_as_bullets_and_as_numbers(items):
    items = [clean(item) for item in items]
    assert parse_list(json.dumps({"descriptors": items})) == items
    assert parse_list("Here they are:\n\n" + "\n".join(f"- {item}" for item in items)) == items
    assert parse_list("\n".join(f"{i % 999}. {item}" for i, item in enumerate(items))) == items


names = st.text(st.characters(exclude_categories=["C"]), min_size=1).filter(str.strip)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:The classes .* differ only")
@given(
    st.dictionaries(names, st.lists(any_text, max_size=5), max_size=4),
    st.sampled_from(["flag", "drop", "keep"]),
)
@steady
def test_no_lines_make_the_check_raise_and_every_line_is_in_the_report(lines, own_name):
    checked = clipnb.check_descriptors(lines, own_name)
    times = checked.report["reason"].str.extract(r", (\d+) times$")[0].astype(float).fillna(1)
    assert times.sum() == sum(max(1, len(row)) for row in lines.values())
    assert set(checked.report["action"]) <= {"kept", "flagged", "dropped"} and all(checked.values())
    assert sum(map(len, checked.values())) == (checked.report["action"] != "dropped").sum()
    assert (checked.report["reason"] == "").eq(checked.report["action"] == "kept").all()


@pytest.mark.parametrize(
    "text",
    [
        "[" * 60_000,
        '{"a":' * 20_000,
        "9" * 60_000,
        "- " * 30_000,
        "-" * 60_000,
        '"' * 60_000,
        '["\\' + "\\" * 60_000,
        "<think>" * 9_000,
        "a. " * 20_000,
        "\n" * 60_000,
        "* a\n" * 20_000,
    ],
    ids=lambda text: text[:4],
)
def test_hostile_text_is_read_in_no_time(text):
    parse_list(text, True)
    parse_sentences(text, True)


def test_the_shapes_in_which_models_answer():
    assert parse_list("Sure!\n\n* **Cap**: red\n• gills;\n  – ring,\n(4) stem\n5) base") == [
        "Cap: red",
        "gills",
        "ring",
        "stem",
        "base",
    ]
    # a list without bullets
    assert parse_list("red cap\nwhite spots\n") == ["red cap", "white spots"]
    # prose
    assert (
        parse_list("The cap is red. It has spots.") == []
        and parse_list("It is red.\nIt has spots.") == []
    )
    assert (
        parse_list("<think>\n- is it red?\n</think>\n- a red cap") == ["a red cap"]
        and parse_list("<think>\n- is it red?") == []
    )
    assert (
        parse_list('[{"features": ["a", "b"]}, ["c"]]') == ["a", "b", "c"]
        and parse_list('{"descriptors": "a"}') == []
    )
    assert parse_list('["a red cap", "pale gil') == ["a red cap", "pale gil…"]  # cut off
    assert parse_list("- a red cap\n- pale gil", cut=True) == ["a red cap", "pale gil…"]
    assert parse_list("- a\n" * MOST)[-1] == "a…" and len(parse_list("- a\n" * MOST)) == MOST // 4
    assert parse_sentences("1. It is red. It is 3.5 cm tall!\n- A. muscaria has gills") == [
        "It is red.",
        "It is 3.5 cm tall!",
        "A. muscaria has gills",
    ]


# --- the check ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line, reason",
    [
        ("a loud, ringing song", "sound"),
        ("its call is a harsh croak", "sound"),
        ("buzzing flight", "sound"),
        ("a strong smell of aniseed", "smell"),
        ("fragrant white flowers", "smell"),
        ("tastes bitter", "taste"),
        ("edible when cooked", "taste"),
        ("poisonous berries", "taste"),
        ("soft to the touch", "feel"),
        ("native to North America", "comes from"),
        ("found throughout Europe and Asia", "comes from"),
        ("a range in the Pacific Northwest, endemic", "comes from"),
        ("there are over 6,300 species of frogs", "number of species"),
        ("a genus of about 40 species", "number of species"),
        ("nocturnal hunter", "behaviour"),
        ("feeds on insects", "behaviour"),
        ("lays eggs in water", "behaviour"),
        ("", "empty"),
        (" - ", "empty"),
        ("long " * 40, "longer than 150"),
        ("a red cap…", "cut off"),
        ("The bright EYES!", "duplicate"),
        ("Head:", "heading"),
        ("Sure, here is a list", "small talk"),
        ("I can't help with that", "small talk"),
    ],
)
def test_what_is_dropped_and_why(line, reason):
    checked = clipnb.check_descriptors({"wood frog": ["bright eyes", line]})
    assert checked["wood frog"] == ["bright eyes"]
    assert (
        checked.report["action"].tolist() == ["kept", "dropped"]
        and reason in checked.report["reason"][1]
    )


@pytest.mark.parametrize(
    "line",
    [
        "without a tail",
        "no visible ears",
        "a tailless body",
        "doesn't have spots",
        "lacks a crest",
        "not striped",
    ],
)
def test_negations_are_kept_but_flagged(line):
    checked = clipnb.check_descriptors({"tree frog": [line]})
    assert (
        checked["tree frog"] == [line]
        and "CLIP models often misread" in checked.report["reason"][0]
        and checked.report["action"][0] == "flagged"
    )


@pytest.mark.parametrize(
    "line",
    [
        "a vocal sac under the chin",
        "bark that peels in strips",
        "a range of brown colours",
        "a ring on the stem",
        "colours ranging from red to brown",
        "notched leaves",
        "a knotted trunk",
        "a band across the tail",
        "unless folded, broad wings",
        "eye spots on the hind wings",
        "small ear tufts",
    ],
)
def test_words_that_only_look_suspicious_are_kept(line):
    assert clipnb.check_descriptors({"thing": [line]}).report["action"].tolist() == ["kept"]


def test_the_own_name_is_flagged_or_dropped_and_does_not_confuse_the_rules():
    lines = {
        "song_sparrow": ["the song sparrow's streaked breast", "song sparrows are brown"],
        "robin": ["a robin redbreast", "like a song sparrow"],
    }
    report = clipnb.check_descriptors(lines).report
    assert (
        report["action"].tolist() == ["flagged"] * 4
        and "own name" in report["reason"][0]
        and "another class, 'song_sparrow'" in report["reason"][3]
    )
    assert dict(clipnb.check_descriptors(lines, "drop")) == {"robin": ["like a song sparrow"]}
    assert clipnb.check_descriptors(lines, "keep").report["action"].tolist() == ["kept"] * 3 + [
        "flagged"
    ]
    with pytest.raises(ValueError, match="burn"):
        clipnb.check_descriptors(lines, "burn")
    nested = clipnb.check_descriptors(
        {"European robin": ["a robin's red breast"], "robin": ["an orange breast"]}
    )
    # a class whose name is part of this one's
    assert nested.report["action"].tolist() == ["kept", "kept"]


def test_the_papers_known_defects():
    """An empty list is reported, not passed on; "antennae" is no "an …" (see also
    test_zeroshot)."""
    checked = clipnb.check_descriptors(
        {"jackfruit": [], "beetle": ["antennae with clubs", "an oval body"]}
    )
    assert list(checked) == ["beetle"] and checked.report["reason"].tolist() == [
        "an empty list",
        "",
        "",
    ]
    assert describe("beetle", "antennae with clubs") == "beetle, which has antennae with clubs"
    assert clipnb.descriptor_prompts(checked)["beetle"] == [
        "beetle, which has antennae with clubs",
        "beetle, which has an oval body",
    ]


def test_one_string_is_no_list_of_descriptors():
    with pytest.raises(
        ValueError, match=r"'robin' are one string; give a list: \['a red breast'\]"
    ):
        clipnb.check_descriptors({"robin": "a red breast"})


def test_more_than_asked_for_is_dropped_after_the_duplicates():
    checked = clipnb.check_descriptors(
        {"hen": ["two legs", "Two legs.", "a comb", "a tail"]}, number=2
    )
    assert checked["hen"] == ["two legs", "a comb"] and checked.report["reason"].tolist() == [
        "",
        "a duplicate",
        "",
        "more than 2",
    ]


def test_the_bundled_descriptors_pass_and_keep_their_provenance():
    """No false alarm in 606 lines that are known to be visible."""
    bundled = clipnb.load_descriptors("fieldguide")
    checked = clipnb.check_descriptors(bundled)
    assert (
        dict(checked) == dict(bundled)
        and set(checked.report["action"]) == {"kept"}
        and checked.provenance == bundled.provenance
    )


def test_markup_stays_data_and_is_escaped_where_html_is_made():
    line = "<img src=x onerror=alert(1)>"
    checked = clipnb.check_descriptors({"hen": [line]})
    assert checked["hen"] == [line]
    assert (
        "<img" not in checked.report.to_html()
        and "<img" not in clipnb.descriptor_prompts(checked)._repr_html_()
    )


@pytest.mark.parametrize(
    "text, word",
    [
        ("without a tail", "without"),
        ("a crest that is NOT red", "NOT"),
        ("tailless", "tailless"),
        ("it doesn't shine", "n't"),
        ("a knotted stalk", ""),
        ("a colourless wing", ""),
    ],
)
def test_what_says_that_something_is_not_there_is_found(text, word):
    assert negated(text) == word

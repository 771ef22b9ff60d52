"""What DescriptorSet and PromptTable have in common: a mapping from class to texts."""

import json

import pytest

import clipnb
from clipnb.classify.texts import ClassTexts
from clipnb.support.names import listed

TEXTS = {"wren": ["a short tail", "a thin bill"], "robin": ["a red breast"]}
BOTH = pytest.mark.parametrize("kind", [clipnb.DescriptorSet, clipnb.PromptTable])


@BOTH
def test_a_mapping_in_the_order_given(kind):
    texts = kind(TEXTS, {"by": "hand"})
    assert isinstance(texts, ClassTexts)
    assert list(texts) == texts.class_names == ["wren", "robin"] and len(texts) == 2
    assert texts["robin"] == ["a red breast"] and "owl" not in texts
    assert texts.provenance == {"by": "hand"} and len(texts.report) == 0
    assert list(texts.report) == ["class", "descriptor", "action", "reason"]


@BOTH
def test_select_keeps_the_order_asked_for_and_the_provenance(kind):
    chosen = kind({**TEXTS, "owl": ["big eyes"]}, {"by": "hand"}).select(["owl", "wren"])
    assert type(chosen) is kind and list(chosen) == ["owl", "wren"]
    assert chosen.provenance == {"by": "hand"}


@BOTH
def test_equal_are_the_same_classes_with_the_same_texts(kind):
    texts = kind(TEXTS)
    assert texts == kind(dict(reversed(TEXTS.items())), {"by": "hand"}) == TEXTS
    assert texts != kind({**TEXTS, "robin": ["a blue breast"]})
    assert texts != texts.select(["wren"])


@BOTH
def test_json_out_and_in(kind, tmp_path):
    texts = kind({**TEXTS, "Wilson’s bird": ["größer"]}, {"by": "hand", "calls": 3})
    texts.save(tmp_path / "texts.json")
    again = kind.load(tmp_path / "texts.json")
    assert type(again) is kind and again == texts and list(again) == list(texts)
    assert again.provenance == texts.provenance
    assert clipnb.load_descriptors(tmp_path / "texts.json") == texts
    (tmp_path / "plain.json").write_text(json.dumps(TEXTS), encoding="utf-8-sig")
    plain = kind.load(tmp_path / "plain.json")
    assert plain == TEXTS and plain.provenance == {"file": "plain.json"}
    for content, message in {"[1]": "holds a list", "{": "is not JSON"}.items():
        (tmp_path / "bad.json").write_text(content)
        with pytest.raises(ValueError, match=f"bad.json' {message}"):
            kind.load(tmp_path / "bad.json")


@pytest.mark.parametrize(
    "row, message",
    [
        ("a red breast", r"The {}s of 'robin' are one string; give a list: \['a red breast'\]"),
        (5, "The {}s of 'robin' are int, not a list"),
        ([], "The class 'robin' has no {};"),
        (["a red breast", " "], "The class 'robin' has ' ' among its {}s; every {} must be text"),
        ([None], "The class 'robin' has None among its {}s"),
    ],
)
@BOTH
def test_what_is_no_list_of_texts_is_refused(kind, row, message):
    with pytest.raises(ValueError, match=message.format(kind.kind, kind.kind)):
        kind({"wren": ["a short tail"], "robin": row})


@BOTH
def test_classes_that_are_not_there_are_named(kind):
    with pytest.raises(ValueError, match=f"no {kind.kind}s for 'owl' and 1 more; there are 2"):
        kind(TEXTS).select(["owl", "wren", "lark"])
    with pytest.raises(ValueError, match="class_names is one string; give a list"):
        kind(TEXTS).select("wren")


def test_only_a_table_needs_a_class():
    assert len(clipnb.DescriptorSet({})) == 0
    with pytest.raises(ValueError, match="The table is empty"):
        clipnb.PromptTable({})


def test_a_list_of_names_is_anything_but_one_string(tmp_path):
    assert listed(("wren", "robin"), "classes") == listed({"wren": 1, "robin": 2}, "classes")
    for given in ("wren", tmp_path):
        with pytest.raises(ValueError, match="classes is one string; give a list"):
            listed(given, "classes")

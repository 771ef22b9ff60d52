"""Names of classes and templates: what would make two classes one, or a prompt that says nothing,
is refused by name."""

import warnings

import pandas as pd
import pytest

import clipnb
from clipnb.support.names import alike, class_list, listed

DESCRIPTORS = {"robin": ["a red breast", "a thin bill"], "wren": ["a short tail"]}
MAKERS = {
    "descriptor_prompts": clipnb.descriptor_prompts,
    "swapped_prompts": clipnb.swapped_prompts,
    "scrambled_prompts": clipnb.scrambled_prompts,
    "random_prompts": clipnb.random_prompts,
    "renamed_prompts": clipnb.renamed_prompts,
}


# --- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make",
    [
        clipnb.name_prompts,
        clipnb.template_prompts,
        lambda names: clipnb.DescriptorSet(DESCRIPTORS).select(names),
        lambda names: clipnb.DescriptorSet(DESCRIPTORS).match(names),
        lambda names: clipnb.PromptTable(pd.Series([["a"]] * len(names), index=names)),
        lambda names: clipnb.check_descriptors(pd.Series([["a"]] * len(names), index=names)),
    ],
)
def test_two_classes_of_one_name_are_refused(make):
    """OpenAI's list of ImageNet's names has "missile" and "sunglasses" twice."""
    with pytest.raises(ValueError, match=r"holds 'robin' twice \(places 1 and 3\)"):
        make(["robin", "wren", "robin"])


@pytest.mark.parametrize(
    "name, message",
    [
        (3, "holds 3 where the name of a class belongs"),
        (None, "holds None"),
        (float("nan"), "holds nan"),
        ("", "the empty name ''"),
        (" \u200b", "the empty name"),
        ("robin \ud83d", r"'robin \\ud83d' holds half a character"),
        ("robin\x1b[2J", r"'robin\\x1b\[2J' holds the control character \\x1b"),
    ],
    ids=str,
)
def test_what_is_no_name_is_refused(name, message):
    for make in (clipnb.name_prompts, lambda names: clipnb.PromptTable({n: ["x"] for n in names})):
        with pytest.raises(ValueError, match=message) as caught:
            make(["wren", name])
        assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "first, second",
    [
        ("Robin", "robin"),
        ("café", "cafe"),
        ("caf\u00e9", "cafe\u0301"),
        ("tree_frog", "tree frog"),
        ("Wilson's bird", "Wilson’s bird"),
        ("robin", "robin "),
    ],
)
def test_names_that_are_alike_are_said(first, second):
    with pytest.warns(UserWarning, match=f"'({first}|{second})' and '({first}|{second})' differ"):
        assert len(clipnb.name_prompts([first, second])) == 2
    # and a name finds its descriptors under either spelling
    assert list(clipnb.DescriptorSet({first: ["x"]}).match([second])) == [second]


def test_names_that_only_look_alike_are_not_warned_of():
    names = [
        "がん",
        "かん",
        "パパ",
        "ババ",
        "rose",
        "roses",
        "E. coli",
        "E coli",
        "+",
        "-",
        "_",
        "й",
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        clipnb.name_prompts(names)
    assert alike("Black-footed  Albatross") == alike("black_footed albatross")


def test_a_generator_is_read_once_and_a_set_has_an_order():
    rows = lambda: {name: (text for text in row) for name, row in DESCRIPTORS.items()}
    for make in MAKERS.values():
        assert make(rows()) == make(DESCRIPTORS)
    noise = clipnb.controls(rows())
    for name, make in clipnb.controls(DESCRIPTORS).items():
        assert noise[name](seed=1) == make(seed=1) and noise[name](seed=2) == make(seed=2)
    table = clipnb.template_prompts((n for n in ("a", "b")), (t for t in ("a {}", "the {}")))
    assert table == {"a": ["a a", "the a"], "b": ["a b", "the b"]}
    assert listed({"wren", "robin", "auk"}, "classes") == ["auk", "robin", "wren"]


@pytest.mark.parametrize("given", [b"robin", None, 5, pd.DataFrame({"a": [1]})], ids=repr)
def test_what_is_no_list_of_names_is_refused(given):
    with pytest.raises(ValueError, match="classes is"):
        class_list(given, "classes")


# --- templates ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "template",
    ["a photo of a {{}}", "{{}}", "a {} of {size}", "a {} {", "} {}", "a {0} {}", "{{{}}}"],
)
def test_other_braces_in_a_template_are_refused(template):
    for make in (
        lambda: clipnb.name_prompts(["robin"], template),
        lambda: clipnb.template_prompts(["robin"], ["a {}", template]),
        lambda: clipnb.descriptor_prompts(DESCRIPTORS, template=template),
        lambda: clipnb.random_prompts(DESCRIPTORS, template=template),
    ):
        with pytest.raises(ValueError, match=r"The template '.*' has braces other than \{\}"):
            make()


def test_braces_in_a_name_are_letters_and_the_name_may_stand_twice():
    name = "L'agaric {tue-mouches} {} {0}"
    table = clipnb.name_prompts([name], "a {}, not a {}")
    assert table.prompts == [f"a {name}, not a {name}"]
    assert clipnb.descriptor_prompts({name: ["red"]}).prompts == [f"{name}, which has red"]


def test_a_function_is_a_template():
    for make in (
        lambda f: clipnb.name_prompts(["robin", "wren"], f),
        lambda f: clipnb.template_prompts(["robin", "wren"], [f]),
    ):
        assert make(lambda c: f"a {{{c}}}.") == {"robin": ["a {robin}."], "wren": ["a {wren}."]}
        with pytest.raises(ValueError, match="template gives 'robin' and 'wren' the same prompt"):
            make(lambda c: "a bird")
        with pytest.raises(ValueError, match="template, a function, gives int"):
            make(len)
        with pytest.raises(ValueError, match=r"template, a function, fails .*'robin' \(KeyError"):
            make(lambda c: {}[c])
    assert clipnb.descriptor_prompts({"wren": ["red"]}, template=str.upper)["wren"] == [
        "WREN, which has red"
    ]


def test_no_template_is_refused():
    with pytest.raises(ValueError, match="There are no templates"):
        clipnb.template_prompts(["robin"], [])
    with pytest.raises(ValueError, match="template is int"):
        clipnb.name_prompts(["robin"], 5)


# --- descriptors and other arguments --------------------------------------------------------------


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
@pytest.mark.parametrize(
    "row, message",
    [
        ("red breast", "'wren' are one string"),
        ({"tail": "short"}, r"'wren' are an object, not a list; give a list: \['tail: short'\]"),
        ([["short"]], r"'wren' has \['short'\] among"),
        (["a \ud83d tail"], "'wren' has half a character"),
        (["a tail\x1b[2J"], r"'wren' has the control character \\x1b"),
        (["x" * 20_000], "'wren' has a descriptor of 20,000 characters"),
    ],
    ids=["string", "object", "nested", "surrogate", "escape", "long"],
)
def test_descriptors_of_other_shapes_are_refused_by_every_maker(make, row, message):
    with pytest.raises(ValueError, match=message) as caught:
        make({"robin": ["red breast"], "wren": row})
    assert str(caught.value).isprintable() and len(str(caught.value)) < 300


@pytest.mark.parametrize("seed", [None, 1.5, "1", True])
def test_a_seed_that_is_no_number_is_refused(seed):
    for make in (clipnb.swapped_prompts, clipnb.scrambled_prompts, clipnb.random_prompts):
        with pytest.raises(ValueError, match="seed is"):
            make(DESCRIPTORS, seed=seed)


def test_descriptors_without_a_word_give_no_noise():
    with pytest.raises(ValueError, match="no word"):
        clipnb.random_prompts({"a": ["..."], "b": [";"]})


@pytest.mark.parametrize(
    "options, message",
    [
        ({"keep": 1.5}, "keep"),
        ({"neighbours": 0}, "neighbours"),
        ({"images_per_class": 0}, "images"),
    ],
)
def test_arguments_of_the_selection_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        clipnb.select_descriptors(None, DESCRIPTORS, **options)

"""Descriptor files of other people: read, or refused in one sentence that names file and class."""

import json
import os
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import clipnb
from clipnb.classify.phrasing import describe, is_clause, is_sentence
from clipnb.support import json_file, limits
from clipnb.support.text import printable

steady = settings(max_examples=100, deadline=None, derandomize=True, database=None)

BAD = {
    "nested without end": ('{"a": ' + "[" * 100_000, "brackets within brackets"),
    "nested": ('{"a": ' + "[" * 300 + "]" * 300 + "}", "brackets within brackets"),
    "a long number": ('{"a": ' + "1" * 5000 + "}", "a number of 5,000 digits"),
    "NaN": ('{"a": NaN}', "holds NaN"),
    "Infinity": ('{"provenance": {"t": -Infinity}, "descriptors": {}}', "holds -Infinity"),
    "infinity by digits": ('{"a": [1e999]}', "'a' has inf among"),
    "a class twice": ('{"a": ["b"], "c": ["d"], "a": ["e"]}', "lists 'a' twice"),
    "an attribute twice": ('{"a": {"b": "c", "b": "d"}}', "lists 'b' twice"),
    "a provenance of text": ('{"provenance": "GPT", "descriptors": {"a": ["b"]}}', "provenance is"),
    "a provenance list": ('{"provenance": [1], "descriptors": {"a": ["b"]}}', "provenance is list"),
    "half a pair in a class": ('{"a \\ud83d": ["b"]}', "class 'a .ud83d' holds half a character"),
    "half a pair in a text": ('{"a": ["b \\ud83d c"]}', "'a' has half a character"),
    "a control character": ('{"a": ["b\\u001b[2J"]}', "'a' has the control character"),
    "text": ('{"a": "a red breast"}', "'a' are one string; give a list"),
    "attributes": ('{"a": {"breast": "red"}}', r"'a' are an object.*\['breast: red'\]"),
    "attributes of lists": ('{"a": {"breast": ["red"]}}', "'a' are an object"),
    "numbers": ('{"a": [1]}', "'a' has 1 among"),
    "null": ('{"a": null}', "'a' are NoneType"),
    "classes beside": ('{"descriptors": {"a": ["b"]}, "c": ["d"]}', "holds 'c' beside"),
    "a list": ('[["a", ["b"]]]', "holds a list; expected an object"),
    "text alone": ('"a"', "holds a str"),
    "a long name": ('{"' + "a" * 5000 + '": []}', "class 'a{80}…' has no"),
    "a long name twice": ('{"X": [], "X": []}'.replace("X", "a" * 5000), "'a{80}…' twice"),
    "nothing": ("", "is not JSON"),
    "two": ("{} {}", "is not JSON"),
}


@pytest.mark.parametrize("text, message", BAD.values(), ids=BAD)
@pytest.mark.parametrize("load", [clipnb.load_descriptors, clipnb.PromptTable.load])
def test_a_file_of_another_shape_is_refused_by_name(load, text, message, tmp_path):
    path = tmp_path / "mine.json"
    path.write_text(text, "utf-8")
    with pytest.raises(ValueError, match=message) as caught:
        load(path)
    said = str(caught.value)
    assert "mine.json" in said and said.isprintable() and len(said) < 400 + len(str(path))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_byte_order_marks_and_encodings(encoding, tmp_path):
    (tmp_path / "a.json").write_text('{"größer": ["mit Ü"]}', encoding)
    assert clipnb.load_descriptors(tmp_path / "a.json") == {"größer": ["mit Ü"]}
    (tmp_path / "b.json").write_bytes(b'{"a": ["\xff\xfe"]}')
    with pytest.raises(ValueError, match="b.json' is not JSON"):
        clipnb.load_descriptors(tmp_path / "b.json")


def test_a_huge_file_a_pipe_and_a_folder_are_not_read(tmp_path):
    with open(tmp_path / "huge.json", "wb") as file:
        file.truncate(limits.JSON_BYTES + 1)
    with pytest.raises(ValueError, match="huge.json' has 64 MB; a file of descriptors may have"):
        clipnb.load_descriptors(tmp_path / "huge.json")
    with pytest.raises(ValueError, match="is not a regular file"):
        clipnb.load_descriptors(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.json")
        with pytest.raises(ValueError, match="pipe.json' is not a regular file"):
            clipnb.load_descriptors(tmp_path / "pipe.json")
    with pytest.raises(FileNotFoundError, match=r"no descriptor file 'a\\x1b'"):
        clipnb.load_descriptors("a\x1b")
    with pytest.raises(ValueError, match="source is dict"):
        clipnb.load_descriptors({"a": ["b"]})


def test_a_path_may_begin_with_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    clipnb.DescriptorSet({"a": ["b"]}).save("~/a.json")
    assert (tmp_path / "a.json").exists() and clipnb.load_descriptors("~/a.json") == {"a": ["b"]}


def test_two_classes_that_are_alike_are_said(tmp_path):
    (tmp_path / "a.json").write_text('{"Robin": ["a"], "robin": ["b"]}')
    with pytest.warns(UserWarning, match="'Robin' and 'robin' differ only"):
        assert len(clipnb.load_descriptors(tmp_path / "a.json")) == 2


def test_a_provenance_that_is_no_json_is_refused(tmp_path):
    for provenance in ({"by": object()}, {"temperature": float("nan")}):
        with pytest.raises(ValueError, match="provenance cannot be written"):
            clipnb.DescriptorSet({"a": ["b"]}, provenance).save(tmp_path / "a.json")
    assert not list(tmp_path.iterdir())


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), st.lists(st.text()) | values, max_size=3) | values, st.data())
@pytest.mark.filterwarnings("ignore:The classes .* differ only")
@steady
def test_any_json_whole_or_changed_is_read_right_or_refused(tmp_path_factory, value, data):
    path = tmp_path_factory.getbasetemp() / "any.json"
    text = json.dumps(value)
    if data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(text)))
        text = (
            text[:at]
            + data.draw(st.sampled_from(["", '"', "[", "}", "\x00", "1"]))
            + text[at + 1 :]
        )
    path.write_text(text, "utf-8")
    try:
        found = clipnb.load_descriptors(path)
    except (ValueError, OSError) as error:
        assert "any.json" in str(error) and printable(error) == str(error)
    else:
        content = json.loads(text)
        inner = [content[k] for k in ("texts", "descriptors", "prompts") if k in content]
        assert dict(found) in (content, *inner)


def test_json_files_of_the_package_are_read_without_a_word():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in clipnb.classify.descriptors.BUNDLED:
            found = clipnb.load_descriptors(name)
            if name.startswith("fieldguide"):
                some = {"fieldguide-contrasts": len(sum(found.provenance.get("groups", []), []))}
                exam = 16 if name.startswith("fieldguide-exam") else 92
                assert len(found) == some.get(name, exam)
    assert json_file.read_json(clipnb.classify.descriptors.BUNDLED["fieldguide"], "it")


# --- descriptors that are sentences ---------------------------------------------------------------


@pytest.mark.parametrize(
    "descriptor, prompt",
    [
        ("It is a seabird.", "auk, which is a seabird."),
        ("It has a long bill.", "auk, which has a long bill."),
        ("They have red legs", "auk, which has red legs"),
        ("This small bird has a crest", "auk, which has a crest"),
        ("which has red legs", "auk, which has red legs"),
        ("that is red", "auk, which is red"),
        (", which is red", "auk, which is red"),
        ("Has black feet", "auk, which has black feet"),
        ("Covered in spots", "auk, which is covered in spots"),
        ("It's white", "auk, which is white"),
        ("Its bill is long", "auk, whose bill is long"),
        ("whose tail is long", "auk, whose tail is long"),
        ("There is a ring around its neck", "auk, which has a ring around its neck"),
        ("With a crest", "auk with a crest"),
        ("doesn't have spots", "auk, which doesn't have spots"),
        ("The cap is red", "auk: The cap is red"),
        ("Adults are brown.", "auk: Adults are brown."),
        ("a bill that is long", "auk, which has a bill that is long"),
        ("the tail, which is long", "auk, which has the tail, which is long"),
        ("isolated spots", "auk, which has isolated spots"),
    ],
)
def test_a_sentence_becomes_a_clause(descriptor, prompt):
    assert describe("auk", descriptor) == prompt


def test_a_clause_without_its_noun_is_flagged():
    lines = ["The cap is red", "which has gills", "a red cap", "the cap, which is red", "has gills"]
    report = clipnb.check_descriptors({"x": lines}).report
    assert report["action"].tolist() == ["kept", "flagged", "kept", "kept", "kept"]
    assert [is_sentence(line) for line in lines] == [True, False, False, False, False]
    assert [is_clause(line) for line in lines] == [False, True, False, False, False]

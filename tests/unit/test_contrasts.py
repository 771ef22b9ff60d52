"""What separates confused classes: pairs and groups, the questions, the recorded answers, and the
classifier in two stages."""

import numpy as np
import pytest
import torch
from llm_server import serving

import clipnb
from clipnb.classify.stages import StagedClassifier
from clipnb.data import ImageDataset, LazyImages
from clipnb.evaluation import confused_groups, confused_pairs
from clipnb.llm import client
from clipnb.llm.questions import CONTRAST_QUESTION


class Fixed:
    """A classifier whose scores are the first columns of the embeddings."""

    clip = None

    def __init__(self, names, columns=None):
        self.class_names, self.columns = names, columns or list(range(len(names)))

    def class_scores(self, images):
        rows = images if isinstance(images, torch.Tensor) else torch.tensor(images.embeddings)
        return rows[:, self.columns]


def confused(truth, said, names):
    """Images of the true classes that ``Fixed`` answers with ``said``."""
    rows = np.eye(len(names), dtype=np.float32)[[names.index(name) for name in said]]
    labels = [names.index(name) if name else -1 for name in truth]
    keys = [str(i) for i in range(len(labels))]
    images = LazyImages([None] * len(labels))
    return ImageDataset(images, labels, names, keys, keys, embeddings=rows)


NAMES = ["a", "b", "c", "d", "e"]


@pytest.fixture
def five():
    """a and b are confused three times, b and c twice, d and e once, c and d twice."""
    truth = [*"aab", *"bc", *"d", *"cc", *"e"]
    said = [*"bba", *"cb", *"e", *"dd", *"e"]
    return Fixed(NAMES), confused(truth, said, NAMES)


def test_pairs_are_counted_in_both_directions(five):
    table = confused_pairs(*five)
    assert table.values.tolist() == [["a", "b", 3], ["b", "c", 2], ["c", "d", 2], ["d", "e", 1]]
    assert confused_pairs(*five, least=3).values.tolist() == [["a", "b", 3]]
    assert list(confused_pairs(*five, least=9).columns) == ["first", "second", "images"]


def test_groups_begin_with_the_most_confused_pair_and_stay_small(five):
    assert confused_groups(*five) == [["a", "b", "c", "d"]]
    assert confused_groups(*five, largest=3) == [["a", "b", "c"]]  # d would be the fourth
    assert confused_groups(*five, largest=2, least=1) == [["a", "b"], ["c", "d"]]
    assert confused_groups(*five, least=9) == []


def test_bad_input_of_confusions(five):
    classifier, data = five
    with pytest.raises(ValueError, match="no label"):
        confused_pairs(classifier, confused(["a", ""], ["a", "b"], NAMES))
    with pytest.raises(ValueError, match="largest"):
        confused_groups(classifier, data, largest=1)
    with pytest.raises(ValueError, match="no class 'e'"):
        confused_pairs(Fixed(NAMES[:4]), data)
    with pytest.raises(ValueError, match="no images"):
        confused_pairs(classifier, data.select(np.zeros(len(data), bool)))


# --- asking ---------------------------------------------------------------------------------------


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("CLIPNB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(client, "BACKOFF", 0.005)


def asked(server, groups, **options):
    return clipnb.generate_contrasts(groups, "test", server.url, quiet=True, **options)


def test_one_call_a_class_and_group_names_all_the_others(own_cache):
    groups = [["puffin", "toucan"], ["oak", "holly", "tree_ivy"]]
    with serving(lambda name, times, body: f"- a mark of {times}\n- a second mark") as server:
        found = asked(server, groups)
        said = [one["body"]["messages"][-1]["content"] for one in server.requests]
        assert len(said) == 5 and asked(server, groups) == found and len(server.requests) == 5
    assert list(found) == ["puffin", "toucan", "oak", "holly", "tree_ivy"]
    assert any("a puffin differs from a toucan in" in one for one in said)
    assert any("a oak differs from a holly or a tree ivy in" in one for one in said)
    assert found.provenance["groups"] == groups and found.provenance["answers"] == 5
    assert "Say what is there" in said[0]


def test_a_class_in_two_groups_has_the_answers_of_both(own_cache):
    def behave(name, times, body):
        return "- black" if " b " in body["messages"][-1]["content"] else "- white"

    with serving(behave) as server:
        found = asked(server, [["a1", "b"], ["a1", "c"]])
    assert found["a1"] == ["black", "white"]


@pytest.mark.parametrize(
    "groups, message",
    [
        ([], "no groups"),
        ("ab", "one string"),
        (["puffin"], "'puffin' is one string"),
        ([["puffin"]], "one class only"),
        ([["puffin", "puffin"]], "one class only"),
        ([["puffin", "a\nb"]], "not a class name"),
    ],
)
def test_bad_groups_are_named_before_anybody_is_asked(groups, message, own_cache):
    with serving() as server:
        with pytest.raises(ValueError, match=message):
            asked(server, groups)
        assert not server.requests
        with pytest.raises(clipnb.LanguageModelError, match="2 calls, more than max_calls=1"):
            asked(server, [["a", "b"]], max_calls=1)


# --- recorded answers -----------------------------------------------------------------------------


def test_the_recorded_answers_say_what_is_there():
    recorded = clipnb.load_descriptors("fieldguide-contrasts")
    groups = recorded.provenance["groups"]
    assert sorted(name for group in groups for name in group) == sorted(recorded)
    assert all(2 <= len(group) <= 4 for group in groups)
    assert recorded.provenance["question"] == CONTRAST_QUESTION
    assert recorded.provenance["answers"] == len(recorded)
    report = clipnb.check_descriptors(recorded).report
    assert (report["action"] == "kept").all(), report[report["action"] != "kept"]


def test_extend_adds_to_some_classes():
    plain = clipnb.DescriptorSet({"a": ["red", "round"], "b": ["blue"]}, {"by": "hand"})
    more = plain.extend({"a": ["round", "large"]})
    assert dict(more) == {"a": ["red", "round", "large"], "b": ["blue"]}
    assert more.provenance == {"by": "hand", "extended": 2} and plain["a"] == ["red", "round"]
    with pytest.raises(ValueError, match="'c'"):
        plain.extend({"c": ["green"]})
    with pytest.raises(ValueError, match="one string"):
        plain.extend({"a": "green"})


# --- two stages -----------------------------------------------------------------------------------


def test_the_second_stage_decides_within_a_group_only():
    rows = torch.tensor([[0.6, 0.5, 0.1, 0.2, 0.5], [0.1, 0.2, 0.9, 0.3, 0.1]])
    rows = torch.nn.functional.normalize(rows, dim=1)
    first, second = Fixed(["a", "b", "c"], [0, 1, 2]), Fixed(["b", "a"], [4, 3])
    staged = StagedClassifier(first, second, [["a", "b"]])
    scores = staged.class_scores(rows)
    assert scores.argmax(1).tolist() == [1, 2]
    best, _, other, by_second_a, by_second_b = rows[0].tolist()
    assert scores[0].tolist() == pytest.approx([best + by_second_a - by_second_b, best, other])
    assert scores[1].tolist() == pytest.approx(rows[1, :3].tolist())
    assert first.class_scores(rows)[0].argmax() == 0  # the scores of the first are left alone


@pytest.mark.parametrize(
    "groups, message",
    [([["a", "c"]], "second .* no class 'c'"), ([["a", "b"], ["b", "a"]], "two groups")],
)
def test_groups_that_do_not_fit(groups, message):
    first, second = Fixed(["a", "b", "c"]), Fixed(["a", "b"])
    with pytest.raises(ValueError, match=message):
        StagedClassifier(first, second, groups)


@pytest.mark.slow
def test_contrasts_help_and_those_of_the_neighbour_do_not(clip):
    data = clipnb.load_fieldguide("test", per_species=4)
    plain = clipnb.load_descriptors("fieldguide").select(data.class_names)
    recorded = clipnb.load_descriptors("fieldguide-contrasts")
    turned = {}
    for group in recorded.provenance["groups"]:
        turned |= {a: recorded[b] for a, b in zip(group, group[1:] + group[:1])}
    tables = {"plain": plain, "contrasts": plain.extend(recorded), "swapped": plain.extend(turned)}
    classifiers = {
        what: clipnb.ZeroShotClassifier(clip, clipnb.descriptor_prompts(one, include_name=False))
        for what, one in tables.items()
    }
    found = clipnb.compare(classifiers, data)["accuracy"]
    assert found["contrasts"] > found["plain"] > found["swapped"]

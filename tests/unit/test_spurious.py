"""Spurious cues: a planted one is found, home against home finds none, and the projection does not
see its directions."""

from dataclasses import replace

import numpy as np
import pytest
import torch

import clipnb
from clipnb.explain import ProjectedClassifier, shift_directions, spurious_cues

NAMES = ["mallard", "snowy owl", "common poppy"]
HABITATS = ["in the pond", "in the snow", "in the meadow"]


@pytest.fixture(scope="module")
def places():
    found = []
    for split in ("test", "shifted"):
        data = clipnb.load_fieldguide(split, per_species=12)
        found.append(data.select([data.class_names[label] in NAMES for label in data.labels]))
    return found


@pytest.fixture(scope="module")
def classifier(clip):
    plain = clipnb.load_descriptors("fieldguide").select(NAMES)
    with_cue = plain.extend({name: [cue] for name, cue in zip(NAMES, HABITATS)})
    return clipnb.ZeroShotClassifier(clip, clipnb.descriptor_prompts(with_cue, include_name=False))


def test_a_planted_cue_comes_first(classifier, places):
    table = spurious_cues(classifier, *places)
    assert len(table) == len(classifier.table.prompts) and table["drop"].is_monotonic_decreasing
    assert set(table["descriptor"][:3]) <= {*HABITATS, *table["descriptor"][:4]}
    assert sum(cue in set(table["descriptor"][:4]) for cue in HABITATS) >= 2
    first = table.iloc[0]
    assert first["low"] < first["drop"] < first["high"]
    assert first["drop"] == pytest.approx(first["home"] - first["away"])
    assert (table["p"] <= 1).all()


def test_home_against_home_flags_next_to_nothing(classifier, places):
    odd = np.arange(len(places[0])) % 2 == 1
    table = spurious_cues(classifier, places[0].select(odd), places[0].select(~odd))
    assert (table["p"] < 0.05).sum() <= 1


def test_the_projection_removes_its_directions(clip, classifier, places):
    directions = shift_directions(clip, *places, rank=2)
    assert torch.allclose(directions @ directions.T, torch.eye(2), atol=1e-4)
    projected = ProjectedClassifier(classifier, directions)
    x = clip.encode_images(places[1])
    assert (projected.without(x) @ directions.T).abs().max() < 1e-4
    # by hand
    cosines = projected.without(x) @ projected.without(classifier.text_embeddings).T
    by_hand = clipnb.pool(cosines, classifier.table.groups, how="mean")
    assert torch.allclose(projected.class_scores(places[1]), torch.as_tensor(by_hand), atol=1e-4)
    assert clipnb.compare({"projected": projected}, places[1])["n"].iloc[0] == len(places[1])


def test_bad_input(clip, classifier, places):
    with pytest.raises(ValueError, match="rank is 4"):
        shift_directions(clip, *places, rank=4)
    with pytest.raises(ValueError, match="not orthonormal"):
        ProjectedClassifier(classifier, torch.ones(2, clip.dim))
    with pytest.raises(ValueError, match=r"give \(k, "):
        ProjectedClassifier(classifier, torch.eye(3))
    by_max = clipnb.ZeroShotClassifier(clip, classifier.table, "max")
    with pytest.raises(ValueError, match="'max'"):
        spurious_cues(by_max, *places)
    with pytest.raises(ValueError, match="'max'"):
        ProjectedClassifier(by_max, torch.eye(clip.dim)[:1])
    with pytest.raises(ValueError, match="both places"):
        spurious_cues(classifier, places[0], places[1].select([0]))


def test_an_image_without_a_label_is_of_no_class(classifier, places):
    home, away = places
    last = home.class_names.index(NAMES[-1])
    labels = np.where(home.labels == last, last, -1)  # and -1 is the last one to Python
    found = spurious_cues(classifier, replace(home, labels=labels), away)
    whole = spurious_cues(classifier, home, away)
    assert set(found["class"]) == {NAMES[-1]}
    same = whole[whole["class"] == NAMES[-1]].set_index("descriptor")["home"]
    assert np.allclose(found.set_index("descriptor")["home"][same.index], same, atol=1e-6)


def test_directions_of_any_type(clip, classifier, places):
    directions, x = shift_directions(clip, *places, rank=2), clip.encode_images(places[0])
    expected = ProjectedClassifier(classifier, directions).class_scores(x)
    for given in (directions.numpy(), directions.double()):
        scores = ProjectedClassifier(classifier, given).class_scores(x.numpy())
        torch.testing.assert_close(scores, expected)
    with pytest.raises(ValueError, match="of another model"):
        ProjectedClassifier(classifier, directions).class_scores(torch.eye(3))

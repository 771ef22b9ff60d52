"""The same call gives the same answer within 1e-6, however the work was divided; equal scores go to the class that comes first."""

import numpy as np
import pytest
import torch
from rounding import SAME

import clipnb
from clipnb.classify.pooling import ranking

TEXTS = [
    "a frog",
    "a small green frog with round, sticky toe pads, clinging to a leaf beside a pond",
    "eye",
    "a photo of a northern cardinal, which has a tall pointed crest on the head",
] * 5
WAYS = {
    "one by one": {"batch_size": 1},
    "batches of seven": {"batch_size": 7},
    "one thread": {"threads": 1},
    "two threads": {"threads": 2},
    "backwards": {"step": -1},
    "with a cache that holds the half": {"cache": True},
}


@pytest.fixture(scope="module")
def data():
    every = clipnb.load_fieldguide("test", per_species=1)
    return every.select(np.arange(0, len(every), 3))  # of every kind, and five batches of seven


@pytest.fixture(scope="module")
def expected(data):
    clip = clipnb.load_clip(cache=False)
    return (
        clip.encode_images(data),
        clip.encode_texts(TEXTS),
        clip.encode_texts(TEXTS, normalize=False),
    )


def encoded(data, batch_size=None, threads=None, step=1, cache=False):
    clip = clipnb.load_clip(batch_size=batch_size, cache=cache)
    before = torch.get_num_threads()
    torch.set_num_threads(threads or before)
    try:
        if cache:
            clip.encode_images(data.select(np.arange(0, len(data), 2)))
            clip.encode_texts(TEXTS[:2])
        images = clip.encode_images(data.select(np.arange(len(data))[::step]))
        texts, raw = clip.encode_texts(TEXTS[::step]), clip.encode_texts(TEXTS, normalize=False)
        return (images, texts, raw) if step == 1 else (images.flip(0), texts.flip(0), raw)
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize("way", WAYS)
def test_embeddings_do_not_depend_on_how_they_were_computed(
    way, data, expected, tmp_path, monkeypatch
):
    monkeypatch.setenv("CLIPNB_CACHE", str(tmp_path))
    for one, other in zip(encoded(data, **WAYS[way]), expected):
        assert (one - other).abs().max() < SAME * other.norm(dim=1).max()


def test_scores_do_not_depend_on_what_else_is_asked(clip, data):
    table = clipnb.descriptor_prompts(clipnb.load_descriptors("fieldguide"))
    for pooling in ("mean", "centroid", "raw_mean", "max"):
        classifier = clipnb.ZeroShotClassifier(clip, table, pooling)
        embeddings = clip.encode_images(data)
        together, alone = (
            classifier.score(embeddings),
            torch.cat([classifier.score(row[None]) for row in embeddings]),
        )
        assert (together - alone).abs().max() < 1e-6


def test_equal_scores_go_to_the_class_that_comes_first():
    scores = torch.tensor([[0.5, 0.7, 0.7], [0.6, 0.6, 0.6], [0.1, 0.2, 0.3]])
    assert ranking(scores).tolist() == [[1, 2, 0], [0, 1, 2], [2, 1, 0]]
    many = torch.full((1, 1000), 0.25)
    assert ranking(many)[0].tolist() == list(range(1000))


def test_a_prediction_breaks_ties_by_class_order_everywhere(clip, data):
    """Two classes with the same prompts: the first is the answer, in labels, ranking, reasons and tables."""
    table = {"one": ["a frog"], "two": ["a frog"], "three": ["zzz"]}
    for names in (["one", "two", "three"], ["two", "one", "three"]):
        classifier = clipnb.ZeroShotClassifier(clip, {name: table[name] for name in names})
        prediction = classifier.predict(data.of_class("tree frog"))
        assert prediction.labels == [names[0]] and prediction.ranking(0)[:2] == [0, 1]
        assert list(dict.fromkeys(prediction.explain(0)["class"])) == names[:2]
        assert clipnb.contributions(prediction).attrs["classes"] == tuple(names[:2])

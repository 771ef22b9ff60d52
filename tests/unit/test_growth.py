"""Predictions that do not keep all scores: the same answers, probabilities, tables and reasons as
those that do."""

import numpy as np
import pandas as pd
import pytest
import torch
from torch.nn.functional import normalize

import clipnb
from clipnb.classify import blocks, zeroshot
from clipnb.classify.mentions import Mentions
from clipnb.classify.pooling import POOLINGS, leading, ranking
from clipnb.classify.selection import descriptor_margins
from clipnb.data import ImageDataset
from clipnb.data.lazy_images import NoImages
from clipnb.evaluation.statistics import mean_recall
from clipnb.evaluation.tables import most_frequent
from clipnb.explain.class_scores import class_parts, class_reasons, own_parts
from clipnb.explain.reference import Reference, reference_of
from clipnb.report import findings
from clipnb.report.table import rows

CLASSES, DIM = 400, 16
TABLE = {f"class {c}": [f"{c} {k}" for k in range(1 + c % 4)] for c in range(CLASSES)}


class Vectors:
    """Stands in for a Clip: texts have random embeddings, images those of their data set."""

    logit_scale, logit_bias, sigmoid, name, fingerprint = 20.0, 0.0, False, "vectors", "0"

    def encode_texts(self, texts, normalize=True):
        return torch.randn(len(texts), DIM, generator=torch.Generator().manual_seed(1))

    def encode_images(self, data):
        return torch.from_numpy(data.embeddings)


@pytest.fixture(scope="module")
def data():
    chance = torch.Generator().manual_seed(0)
    embeddings = normalize(torch.randn(150, DIM, generator=chance), dim=1).numpy()
    names = [f"image {i}" for i in range(150)]
    labels = np.random.default_rng(0).integers(0, CLASSES, 150)
    return ImageDataset(
        NoImages(names), labels, list(TABLE), names, names, embeddings=embeddings, model={}
    )


@pytest.fixture(params=POOLINGS)
def classifier(request):
    return clipnb.ZeroShotClassifier(Vectors(), TABLE, request.param)


@pytest.fixture
def small_blocks(monkeypatch):
    """A block holds the scores of seven images."""
    monkeypatch.setattr(blocks, "BLOCK", 7 * CLASSES)


# --- the best classes -----------------------------------------------------------------------------


@pytest.mark.parametrize("classes", [1, 5, 256, 257, 320, 1000, 1024])
def test_leading_is_the_beginning_of_the_ranking_also_among_equal_scores(classes):
    chance = torch.Generator().manual_seed(classes)
    for values in (3, 50, 10**6):
        scores = torch.randint(-values, values, (40, classes), generator=chance).float()
        scores[0] = -torch.inf
        for k in (1, 2, 5):
            assert torch.equal(leading(scores, min(k, classes)), ranking(scores)[:, :k])


def test_row_blocks_cover_all_rows_once(monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK", 100)
    for n, width in ((0, 5), (1, 5), (40, 5), (41, 5), (3, 1000)):
        found = list(blocks.row_blocks(n, width))
        assert [i for rows in found for i in range(rows.start, rows.stop)] == list(range(n))
        assert found and all(rows.stop - rows.start <= max(1, 100 // width) for rows in found)


# --- predictions ----------------------------------------------------------------------------------


def test_the_limit_decides_and_the_answers_are_the_same(
    classifier, data, small_blocks, monkeypatch
):
    whole = classifier.predict(data)
    assert whole.kept is None and isinstance(whole.scores, torch.Tensor)
    monkeypatch.setattr(zeroshot, "SCORES_KEPT", len(data) * CLASSES)
    assert classifier.predict(data).kept is None
    monkeypatch.setattr(zeroshot, "SCORES_KEPT", len(data) * CLASSES - 1)
    large = classifier.predict(data)
    assert large.kept is not None and large.kept.indices.shape == (150, 5)
    assert large.labels == whole.labels and (large.indices == whole.indices).all()
    assert torch.allclose(large.confidence, whole.confidence, atol=1e-6)
    for mine, theirs in zip(large.top(5), whole.top(5)):
        assert torch.allclose(mine, theirs, atol=1e-6)
    assert len(large) == len(whole) and large.ranking(3) == whole.ranking(3)


def test_rows_are_computed_when_asked_for(classifier, data):
    whole, large = classifier.predict(data), classifier.predict(data, top_k=3)
    for name in ("scores", "probabilities"):
        rows_, tensor = getattr(large, name), getattr(whole, name)
        assert rows_.shape == tensor.shape and len(rows_) == len(tensor)
        some = [4, 2], slice(10, 20), -1, np.int64(3), torch.tensor([1, 5]), (3, 7), (slice(5), [1])
        for key in some:
            assert torch.allclose(rows_[key], tensor[key], atol=1e-6), key
    for index in (0, -1):
        pd.testing.assert_frame_equal(large.explain(index, 3), whole.explain(index, 3), atol=1e-6)
        mine, theirs = (clipnb.contributions(one, index) for one in (large, whole))
        pd.testing.assert_frame_equal(mine, theirs, atol=1e-6)
        assert clipnb.because(large, index) == clipnb.because(whole, index)
    parts = list(large.blocks())
    assert torch.allclose(torch.cat([scores for _, scores, _ in parts]), whole.scores, atol=1e-6)


@pytest.mark.parametrize(
    "use",
    [
        lambda rows_: rows_.max(1),
        lambda rows_: torch.max(rows_, 1),
        np.asarray,
        list,
        torch.as_tensor,
        lambda rows_: rows_ * 2,
    ],
)
def test_what_needs_all_scores_is_refused(data, use):
    large = clipnb.ZeroShotClassifier(Vectors(), TABLE).predict(data, top_k=1)
    with pytest.raises((ValueError, TypeError, AttributeError)) as refused:
        use(large.probabilities)
    assert "top(k)" in str(refused.value) or "unsupported operand" in str(refused.value)


def test_what_was_not_kept_or_is_too_large_is_refused_by_name(data, monkeypatch):
    large = clipnb.ZeroShotClassifier(Vectors(), TABLE).predict(data, top_k=2)
    with pytest.raises(ValueError, match=r"only the 2 best classes.*predict\(images, top_k=3\)"):
        large.top(3)
    with pytest.raises(ValueError, match="top_k is 0; it must be a whole number"):
        large.classifier.predict(data, top_k=0)
    monkeypatch.setattr(blocks, "SCORES_KEPT", 10 * CLASSES)
    with pytest.raises(ValueError, match=r"The scores of 11 images and 400 classes .* GB; take"):
        large.scores[:11]
    assert large.scores[:10].shape == (10, CLASSES)


def test_a_damaged_embedding_is_named_in_any_block(data, small_blocks):
    classifier = clipnb.ZeroShotClassifier(Vectors(), TABLE)
    broken = data.select(np.arange(len(data)))
    broken.embeddings[40, 3] = np.nan
    for run in (
        lambda: classifier.predict(broken, top_k=5),
        lambda: classifier.predict(broken),
        lambda: clipnb.compare({"a": classifier}, broken),
        lambda: clipnb.evaluate(classifier.clip, broken, {"a": TABLE}),
    ):
        with pytest.raises(ValueError, match="image 40 for the class 'class 0'|Embedding 40 holds"):
            run()
    overflowing = data.select(np.arange(len(data)))
    overflowing.embeddings[40] = 3e38  # a damaged bit: finite, but its products are not
    with pytest.raises(ValueError, match="The score of image 40"):
        classifier.predict(overflowing, top_k=5)
    given = torch.from_numpy(broken.embeddings)
    with pytest.raises(ValueError, match="Embedding 40 holds NaN"):
        classifier.predict(given)
    with pytest.raises(ValueError, match="Embedding 41 has the length 2, not 1"):
        classifier.predict(torch.cat([given[:40], given[:1], 2 * given[:1]]))


# --- tables, calibration, reports -----------------------------------------------------------------


def test_tables_do_not_depend_on_the_blocks(classifier, data, monkeypatch):
    name = {c: [c] for c in TABLE}
    other = clipnb.ZeroShotClassifier(Vectors(), dict(reversed(name.items())))
    methods = {"a": classifier, "b": other, "c": TABLE}

    def tables():
        return (
            clipnb.compare({"a": classifier, "b": other}, data),
            clipnb.evaluate(classifier.clip, data, methods),
            clipnb.per_class(other, data),
        )

    whole = tables()
    monkeypatch.setattr(blocks, "BLOCK", 7 * CLASSES)
    for mine, theirs in zip(tables(), whole):
        pd.testing.assert_frame_equal(mine, theirs)


def test_calibration_of_the_best_classes_only(data, small_blocks):
    classifier = clipnb.ZeroShotClassifier(Vectors(), TABLE)
    whole, large = classifier.predict(data), classifier.predict(data, top_k=1)
    for run in (clipnb.reliability, lambda *both: clipnb.calibration_by_scale(*both, [3, 20])):
        pd.testing.assert_frame_equal(run(large, data), run(whole, data), atol=1e-6)


def test_a_report_of_the_best_classes_only(classifier, data, small_blocks):
    whole, large = classifier.predict(data), classifier.predict(data, top_k=5)
    assert list(rows(large, data)) == list(rows(whole, data))
    assert findings.confusions(large, data) == findings.confusions(whole, data)
    assert findings.order_to_look_at(large, data, 9) == findings.order_to_look_at(whole, data, 9)
    for reference in (None, Reference.of(data.embeddings)):
        mine, theirs = (
            findings.reasons(one, 0, ["class 3", "class 4"], 2, reference) for one in (large, whole)
        )
        assert (
            pd.json_normalize(mine)
            .drop(columns="rows")
            .round(5)
            .equals(pd.json_normalize(theirs).drop(columns="rows").round(5))
        )


@pytest.mark.parametrize("centred", [True, False])
def test_the_parts_of_one_class_are_those_of_all(classifier, data, centred):
    prediction = classifier.predict(data)
    reference = reference_of(prediction) if centred else None
    own = own_parts(classifier, prediction.image_embeddings, prediction.indices, reference)
    every = class_parts(classifier, prediction.image_embeddings, reference, absent=np.nan)
    groups = classifier.table.groups
    for i, c in enumerate(prediction.indices[:20]):
        places = np.flatnonzero(groups == c)
        absent = own.prompts.shape[1] - len(places)
        assert own.prompts[i].tolist() == [*places, *[-1] * absent]
        wanted = every[i, places]
        assert torch.allclose(own.parts[i, : len(places)], wanted, atol=1e-6, equal_nan=True)
        assert own.parts[i, len(places) :].isnan().all()
    if centred:
        table = class_reasons(prediction, 0, 2)
        sums = table.groupby("class", sort=False)["centred"].sum()
        usual = prediction.scores.mean(0)
        if classifier.pooling != "max":
            for name, total in sums.items():
                c = prediction.class_index(name)
                assert total == pytest.approx(float(prediction.scores[0, c] - usual[c]), abs=1e-5)


def test_mean_recall_and_the_most_frequent_mistake():
    labels, right = np.array([4, 4, 9, 9, 9, 2]), np.array([1, 0, 1, 1, 0, 0], bool)
    wanted = np.mean([right[labels == c].mean() for c in np.unique(labels)])
    assert mean_recall(right, labels) == wanted and np.isnan(mean_recall(right[:0], labels[:0]))
    answered, names = np.array([2, 1, 2, 1, 0]), ["z", "b", "a"]
    table = most_frequent(np.array([0, 0, 0, 0, 1]), answered, names)
    assert table == {0: "a", 1: "z"}  # of equally frequent ones, the first in the alphabet


# --- class names in descriptors -------------------------------------------------------------------


def searched(line: str, own: str, mentions: Mentions, names: list[str]) -> tuple[str, list[str]]:
    """What ``Mentions.others`` gives, by a search for every name."""
    bare, found = mentions.pattern(own).sub(" ", line), []
    for name in names:
        other = name.casefold() not in own.casefold()
        written = name.casefold().replace("_", " ") in bare.casefold().replace("_", " ")
        if other and written and mentions.pattern(name).search(bare):
            found.append(name)
    for name in found:
        bare = mentions.pattern(name).sub(" ", bare)
    return bare, found


def test_names_are_found_as_by_a_search_for_every_name():
    chance = np.random.default_rng(0)
    pieces = (
        "red fox Fox foxes s es cat Cats 's C++ (x) - .22 _ red_fox wren's ß SS é É bus a".split()
    )

    def text(longest):
        several = chance.choice(pieces, chance.integers(1, longest))
        gaps = chance.choice([" ", " ", " ", "-", "_", "", "'", ", "], len(several))
        return "".join(map("".join, zip(several, gaps))).strip() or "x"

    for _ in range(150):
        names = list(dict.fromkeys(text(4) for _ in range(8)))
        mentions = Mentions(names)
        for own in names:
            line = text(10)
            wanted = searched(line, own, mentions, names)
            assert mentions.others(line, own) == wanted, (line, own, names)


# --- selection of descriptors ---------------------------------------------------------------------


@pytest.mark.parametrize("by_images", [True, False])
def test_margins_do_not_depend_on_the_blocks_and_are_those_of_the_definition(
    data, by_images, monkeypatch
):
    images = torch.from_numpy(data.embeddings) if by_images else None
    clip = Vectors()
    whole = descriptor_margins(clip, TABLE, images)
    monkeypatch.setattr(blocks, "BLOCK", 7 * CLASSES)
    pd.testing.assert_frame_equal(descriptor_margins(clip, TABLE, images), whole)
    classifier = clipnb.ZeroShotClassifier(clip, TABLE)
    described = normalize(classifier.class_embeddings, dim=1)
    similar = (described @ described.T).fill_diagonal_(-torch.inf)
    nearest = similar[37].topk(10).indices
    stands = described[nearest]
    if images is not None:
        stands = images[classifier.score(images)[:, nearest].topk(5, dim=0).indices].mean(0)
    prompts = classifier.text_embeddings[classifier.table.groups == 37]
    wanted = (prompts @ stands.T).mean(1).tolist()
    assert whole.loc[whole["class"] == "class 37", "others"].tolist() == pytest.approx(wanted)


def test_pairs_of_rows_and_columns_are_those_of_a_tensor(classifier, data):
    six = data.select(range(6))
    full, few = classifier.predict(six), classifier.predict(six, top_k=2)
    mask = np.arange(6) < 2
    for rows_, columns in (
        (torch.arange(6), torch.tensor([5, 4, 3, 2, 1, 0])),
        ([0, 1], [2, 3]),
        (mask, [2, 3]),
        ([0, 1], 2),
        ([1], slice(3)),
        (slice(2), [2, 3]),
    ):
        torch.testing.assert_close(few.scores[rows_, columns], full.scores[rows_, columns])

"""Rejection: measures of confidence, thresholds, risk and coverage, images of no class."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn.functional import normalize

import clipnb
from clipnb import evaluation
from clipnb.data.images import ImageDataset
from clipnb.data.lazy_images import NoImages
from clipnb.evaluation.confidence import MEASURES, at_least

NAMES = ["robin", "owl", "frog", "toad"]


class Vectors:
    """Stands in for a Clip: every text has a random embedding of its own."""

    name, fingerprint, logit_scale, logit_bias, sigmoid, dim = "vectors", "v", 20.0, 0.0, False, 16

    def encode_texts(self, texts, normalize=True, progress_bar=True):
        texts = [texts] if isinstance(texts, str) else texts
        seeds = [sum(map(ord, text)) for text in texts]
        rows = [torch.randn(16, generator=torch.Generator().manual_seed(s)) for s in seeds]
        return torch.nn.functional.normalize(torch.stack(rows), dim=-1)

    def encode_images(self, data, progress_bar=True):
        return torch.from_numpy(data.embeddings)


def images(count, names=NAMES, seed=0, noise=1.2):
    """Embeddings around those of their class names."""
    chance = np.random.default_rng(seed)
    labels = np.arange(count) % len(names)
    rows = Vectors().encode_texts(names)[labels] + noise * torch.from_numpy(
        chance.normal(size=(count, 16)).astype(np.float32) / 4
    )
    sources = [f"{seed}/{i}" for i in range(count)]
    return ImageDataset(
        NoImages(sources),
        labels,
        list(names),
        sources,
        sources,
        embeddings=normalize(rows, dim=-1).numpy(),
    )


@pytest.fixture(scope="module")
def classifier():
    return clipnb.ZeroShotClassifier(Vectors(), {name: [name, f"a {name}"] for name in NAMES})


@pytest.fixture(scope="module")
def data():
    return images(400)


# --- measures -------------------------------------------------------------------------------------


def test_measures_against_their_definitions(classifier, data):
    prediction = classifier.predict(data)
    scores = prediction.scores.double()
    best = scores.sort(1, descending=True).values
    text = classifier.clip.encode_texts("a photo")[0]
    expected = {
        "probability": (20 * scores).softmax(1).amax(1),
        "margin": best[:, 0] - best[:, 1],
        "mcm": scores.softmax(1).amax(1),
        "baseline": best[:, 0] - (prediction.image_embeddings @ text).double(),
    }
    assert set(expected) == set(MEASURES)
    for name, values in expected.items():
        found = evaluation.Confidence(name)(prediction)
        assert found.dtype == np.float64 and np.allclose(found, values, atol=1e-6)


def test_mcm_at_the_temperature_of_the_model_is_the_probability(classifier, data):
    prediction = classifier.predict(data)
    found = evaluation.Confidence("mcm", temperature=1 / 20)(prediction)
    assert np.allclose(found, prediction.probabilities.amax(1), atol=1e-6)


def test_confident_images_are_told_apart_where_single_precision_rounds_to_one(classifier, data):
    sharp = replace(classifier.predict(data))
    sharp.classifier = clipnb.ZeroShotClassifier(Vectors(), dict(classifier.table))
    sharp.classifier.clip.logit_scale = 100.0
    values = evaluation.Confidence()(sharp)
    assert len(np.unique(values)) > len(np.unique(values.astype(np.float32)))


def test_blocks_change_nothing(classifier, data, monkeypatch):
    whole = evaluation.Confidence("mcm")(classifier.predict(data))
    monkeypatch.setattr("clipnb.classify.blocks.BLOCK", 7 * len(classifier.class_names))
    assert np.allclose(evaluation.Confidence("mcm")(classifier.predict(data)), whole, atol=1e-7)


def test_what_is_no_measure_is_refused(classifier, data):
    with pytest.raises(ValueError, match="Unknown measure 'entropy'. Available: probability"):
        evaluation.Confidence("entropy")
    with pytest.raises(ValueError, match="temperature is 0"):
        evaluation.Confidence("mcm", temperature=0)
    alone = clipnb.ZeroShotClassifier(Vectors(), {"robin": ["robin"]})
    prediction = alone.predict(data)
    for name in ("probability", "margin", "mcm"):
        with pytest.raises(ValueError, match="'robin' is the only one"):
            evaluation.Confidence(name)(prediction)
    assert evaluation.Confidence("baseline")(prediction).shape == (400,)


# --- thresholds -----------------------------------------------------------------------------------


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("coverage", [0.5, 0.95, 0.999, 1.0])
def test_a_threshold_keeps_the_share_that_was_asked_for(classifier, data, measure, coverage):
    rejection = clipnb.calibrate_rejection(classifier, data, coverage=coverage, measure=measure)
    kept = ~rejection.rejects(classifier.predict(data))
    assert kept.sum() == at_least(coverage, len(data))
    values = rejection.confidence(classifier.predict(data))
    assert (values[kept] > rejection.threshold).all()  # not at it: the last digit decides nothing


def test_equal_confidences_are_kept_together(classifier, data):
    twice = data.select(np.repeat(np.arange(10), 2))
    rejection = clipnb.calibrate_rejection(classifier, twice, coverage=0.55)
    assert (~rejection.rejects(classifier.predict(twice))).sum() == 12


def test_the_share_of_a_product_that_is_rounded():
    assert at_least(0.07, 100) == 7 and at_least(0.95, 20) == 19 and at_least(0.001, 5) == 1


def test_labels_say_none_of_these(classifier, data):
    rejection = clipnb.calibrate_rejection(classifier, images(100, seed=1), coverage=0.8)
    prediction = classifier.predict(data, reject=rejection)
    plain = classifier.predict(data)
    assert plain.rejected is None and (prediction.rejected == rejection.rejects(plain)).all()
    for label, rejected, before in zip(prediction.labels, prediction.rejected, plain.labels):
        assert label == ("none of these" if rejected else before)
    assert (prediction.indices == plain.indices).all()
    assert evaluation.reliability(prediction, data).equals(evaluation.reliability(plain, data))


@pytest.mark.slow
def test_the_risk_holds_as_often_as_promised(classifier):
    """Over 200 draws of the calibration images, the true risk exceeds the target 10 times at most,
    on average; 17 would be more than two standard errors above."""
    pool = images(40_000, seed=2, noise=0.6)
    prediction = classifier.predict(pool)
    wrong = ~evaluation.calibration.correct_of(prediction, pool)
    values, target, broken, set_ = evaluation.Confidence()(prediction), 0.1, 0, 0
    for seed in range(200):
        sample = pool.select(np.random.default_rng(seed).choice(40_000, 400, False))
        try:
            rejection = clipnb.calibrate_rejection(classifier, sample, risk=target)
        except ValueError:
            continue
        set_ += 1
        broken += wrong[values >= rejection.threshold].mean() > target
    assert set_ > 150 and broken <= 17


def test_a_risk_needs_enough_images(classifier, data):
    rejection = clipnb.calibrate_rejection(classifier, data, risk=0.15)
    rates = clipnb.rejection_rates(rejection, images(4000, seed=3))
    assert rates.loc["of a class", "risk"] <= 0.15
    with pytest.raises(ValueError, match="These 10 images cannot show a risk of 0.01"):
        clipnb.calibrate_rejection(classifier, data.select(range(10)), risk=0.01)


def test_the_origin_of_a_threshold_is_told(classifier, data):
    one = clipnb.calibrate_rejection(classifier, data, coverage=0.9, name="my garden")
    assert one.origin == "set on 400 images (my garden), such that 90 % of them are kept"
    other = clipnb.calibrate_rejection(classifier, data, risk=0.2)
    assert "such as '0/0'" in other.origin and "at most 20 %" in other.origin


@pytest.mark.parametrize(
    "options, said",
    [
        ({}, "either coverage= or risk="),
        ({"coverage": 0.9, "risk": 0.1}, "either coverage= or risk="),
        ({"coverage": 1.1}, "coverage is 1.1"),
        ({"coverage": 0}, "coverage is 0"),
        ({"risk": 1}, "risk is 1"),
        ({"risk": 0.1, "level": 1}, "level is 1"),
        ({"coverage": float("nan")}, "coverage is nan"),
    ],
)
def test_shares_out_of_range_are_refused(classifier, data, options, said):
    with pytest.raises(ValueError, match=said):
        clipnb.calibrate_rejection(classifier, data, **options)


def test_what_cannot_be_calibrated_is_refused(classifier, data):
    calibrate = clipnb.calibrate_rejection
    with pytest.raises(ValueError, match="There are no images to set a threshold on"):
        calibrate(classifier, data.select([]), coverage=0.9)
    with pytest.raises(ValueError, match="no class 'wren'"):
        calibrate(classifier, images(8, ["wren", "owl"]), coverage=0.9)
    unlabelled = replace(data, labels=np.full(len(data), -1))
    assert calibrate(classifier, unlabelled, coverage=0.9).threshold > 0
    with pytest.raises(ValueError, match="400 images have no label"):
        calibrate(classifier, unlabelled, risk=0.1)
    odd = clipnb.ZeroShotClassifier(Vectors(), {"robin": ["robin"], "none of these": ["x"]})
    with pytest.raises(ValueError, match="a class 'none of these'"):
        calibrate(odd, data, coverage=0.9)
    with pytest.raises(TypeError, match="needs a ZeroShotClassifier, but got str"):
        calibrate("x", data, coverage=0.9)


def test_a_threshold_of_another_classifier_is_refused(classifier, data):
    rejection = clipnb.calibrate_rejection(classifier, data, coverage=0.9)
    same = clipnb.ZeroShotClassifier(Vectors(), dict(classifier.table))
    same.predict(data, reject=rejection)
    for other in (
        clipnb.ZeroShotClassifier(Vectors(), {name: [name] for name in NAMES}),
        clipnb.ZeroShotClassifier(Vectors(), dict(classifier.table), "max"),
    ):
        with pytest.raises(ValueError, match="other prompts, pooling or model"):
            other.predict(data, reject=rejection)


def test_rates_come_from_other_images(classifier, data):
    rejection = clipnb.calibrate_rejection(classifier, data, coverage=0.9)
    with pytest.raises(ValueError, match="1 of these images set the threshold"):
        clipnb.rejection_rates(rejection, data.select([0]))
    strangers = images(50, ["wren", "newt"], seed=4)
    rates = clipnb.rejection_rates(rejection, images(300, seed=5), strangers)
    prediction = classifier.predict(strangers, reject=rejection)
    row = rates.loc["of no class"]
    assert row["n"] == 50 and row["kept"] == (~prediction.rejected).sum() and row["risk"] == 1
    known = rates.loc["of a class"]
    assert known["coverage_low"] < known["coverage"] < known["coverage_high"]
    with pytest.raises(ValueError, match="some of 'owl'"):
        clipnb.rejection_rates(rejection, images(300, seed=5), images(8, ["owl", "wren"], seed=6))


def test_without_calibration_a_class_must_fit_better_than_any_text(classifier, data):
    rejection = evaluation.uncalibrated(classifier)
    prediction = classifier.predict(data)
    text = prediction.image_embeddings @ classifier.clip.encode_texts("a photo")[0]
    assert (rejection.rejects(prediction) == (prediction.scores.amax(1) < text).numpy()).all()
    assert rejection.origin.startswith("not calibrated")


# --- risk and coverage, images of no class --------------------------------------------------------


def test_risk_coverage_against_its_definition(classifier, data):
    prediction = classifier.predict(data)
    table = clipnb.risk_coverage(prediction, data)
    values = evaluation.Confidence()(prediction)
    wrong = np.array(prediction.labels) != np.array(NAMES)[data.labels]
    for row in table.iloc[::37].itertuples():
        kept = values >= row.threshold
        assert row.n == kept.sum() and row.risk == wrong[kept].mean()
    assert table["n"].iloc[-1] == 400 and table["risk"].iloc[-1] == wrong.mean()
    ranked = wrong[np.argsort(-values, kind="stable")]
    by_hand = np.mean([ranked[:i].mean() for i in range(1, 401)])
    assert clipnb.aurc(table) == pytest.approx(by_hand)


def test_a_confidence_that_says_nothing_has_the_risk_of_all(classifier, data, monkeypatch):
    prediction = classifier.predict(data)
    monkeypatch.setattr(evaluation.Confidence, "__call__", lambda self, p: np.zeros(len(p)))
    table = clipnb.risk_coverage(prediction, data)
    assert len(table) == 1 and clipnb.aurc(table) == table["risk"].iloc[0]


def test_images_of_no_class_against_scikit_learn(classifier, data):
    metrics = pytest.importorskip("sklearn.metrics")
    strangers = images(90, ["wren", "newt", "bat"], seed=4)
    table = clipnb.out_of_class(classifier, data, strangers)
    assert list(table["class"][:4]) == ["all", "wren", "newt", "bat"] and len(table) == 16
    known, unknown = (
        evaluation.Confidence("margin")(classifier.predict(d)) for d in (data, strangers)
    )
    row = table[(table["measure"] == "margin") & (table["class"] == "all")].iloc[0]
    truth, values = np.repeat([1, 0], [400, 90]), np.r_[known, unknown]
    assert row["auroc"] == pytest.approx(metrics.roc_auc_score(truth, values))
    false, true, _ = metrics.roc_curve(truth, values, drop_intermediate=False)
    assert row["fpr95"] == pytest.approx(false[true >= 0.95].min()) and row["n"] == 90
    wren = table[(table["measure"] == "margin") & (table["class"] == "wren")].iloc[0]
    assert wren["n"] == 30 and wren["answer"] in NAMES


def test_equal_confidences_count_half(classifier, data, monkeypatch):
    strangers = images(30, ["wren", "newt"], seed=4)
    monkeypatch.setattr(evaluation.Confidence, "__call__", lambda self, p: np.zeros(len(p)))
    table = clipnb.out_of_class(classifier, data, strangers, ["mcm"])
    assert (table["auroc"] == 0.5).all() and (table["fpr95"] == 1).all()


def test_images_of_no_class_may_have_no_labels(classifier, data):
    strangers = images(20, ["wren", "newt"], seed=4)
    strangers.labels[:] = -1
    assert list(clipnb.out_of_class(classifier, data, strangers, ["mcm"])["class"]) == ["all"]
    for inside, outside, said in (
        (data.select([]), strangers, "no images of the classes"),
        (data, strangers.select([]), "no images of no class"),
        (data, data, "some of 'frog'"),
    ):
        with pytest.raises(ValueError, match=said):
            clipnb.out_of_class(classifier, inside, outside)


def test_the_figure_has_control_and_numbers(classifier, data):
    import matplotlib.pyplot as plt

    from clipnb import plots

    prediction = classifier.predict(data)
    tables = {name: clipnb.risk_coverage(prediction, data, name) for name in ("mcm", "margin")}
    ax = plots.plot_risk_coverage(tables)
    said = [text.get_text() for text in ax.get_legend().get_texts()]
    assert len(said) == 3 and "n = 400" in said[0] and "control" in said[2]
    assert f"AURC {clipnb.aurc(tables['margin']):.3f}" in said[1]
    plt.close(ax.figure)

"""Something else where a model, a classifier, a data set or a table is meant: one sentence with its
type, in place of an error from deep inside. And settings that make no sense."""

import numpy as np
import pytest
import torch

import clipnb
from clipnb import evaluation
from clipnb.evaluation import abstain


@pytest.fixture(scope="module")
def frogs():
    return clipnb.load_fieldguide("test", kinds="frog", per_species=1)


@pytest.fixture(scope="module")
def table(frogs):
    return clipnb.name_prompts(frogs.class_names)


@pytest.fixture(scope="module")
def classifier(clip, table):
    return clipnb.ZeroShotClassifier(clip, table)


@pytest.fixture(scope="module")
def prediction(classifier, frogs):
    return classifier.predict(frogs)


@pytest.mark.parametrize("model", ["bundled", None])
def test_what_is_no_model_is_named(model, frogs, table, tmp_path):
    uses = [
        lambda: clipnb.ZeroShotClassifier(model, table),
        lambda: clipnb.evaluate(model, frogs, {"name": table}),
        lambda: clipnb.heatmap(model, frogs.images[0], "a frog"),
        lambda: clipnb.word_relevance(model, frogs.images[0], "a frog"),
        lambda: clipnb.decompose_embedding(model, [frogs.images[0]]),
        lambda: clipnb.ConceptBottleneck(model, ["red"]),
        lambda: clipnb.SparseConcepts(model, ["red", "blue"], frogs),
    ]
    if model is not None:  # None is the bundled one, or none at all
        uses += [
            lambda: clipnb.embed(frogs, tmp_path / "out", model),
            lambda: clipnb.save_embeddings(frogs, tmp_path / "e.npz", model),
            lambda: clipnb.FewShotClassifier(model, "prototypes").fit(frogs),
        ]
    for use in uses:
        with pytest.raises(TypeError, match=r"clip is (str|NoneType), not a model; give what load"):
            use()
    assert not list(tmp_path.iterdir())


def test_what_is_no_classifier_is_named(clip, classifier, table, prediction, frogs):
    for given, says in (
        ([classifier], "The classifiers are list; give a mapping"),
        (classifier, "The classifiers are ZeroShotClassifier; give a mapping"),
        ({"a": table}, "'a' is PromptTable, not a classifier"),
        ({"a": classifier, "b": dict(table)}, "'b' is dict, not a classifier"),
        ({"a": prediction}, "'a' is Prediction, not a classifier"),
        ({"a": clipnb.ZeroShotClassifier}, "'a' is .*, not a classifier"),
    ):
        with pytest.raises(TypeError, match=says):
            clipnb.compare(given, frogs)
        with pytest.raises(TypeError, match=says):
            clipnb.by_name_frequency(given, frogs)
    with pytest.raises(TypeError, match="The methods are list; give a mapping"):
        clipnb.evaluate(clip, frogs, [table])


@pytest.mark.parametrize("data", ["photos", None, torch.ones(2, 3), [1, 2], ("x", [0])])
def test_what_is_no_data_set_is_named(data, clip, classifier, table, prediction):
    for use in (
        lambda: clipnb.compare({"a": classifier}, data),
        lambda: clipnb.evaluate(clip, data, {"a": table}),
        lambda: clipnb.per_class(classifier, data),
        lambda: clipnb.by_name_frequency({"a": classifier}, data),
        lambda: evaluation.crossing(classifier, classifier, data),
        lambda: evaluation.confused_pairs(classifier, data),
        lambda: clipnb.reliability(prediction, data),
    ):
        with pytest.raises(TypeError, match=r"The data are \w+, not an ImageDataset; give what"):
            use()


def test_curves_without_images_are_refused(classifier, frogs):
    for use in (
        lambda: clipnb.by_name_frequency({"a": classifier}, frogs.select([])),
        lambda: evaluation.crossing(classifier, classifier, frogs.select([])),
    ):
        with pytest.raises(ValueError, match="There are no images"):
            use()


# --- settings -------------------------------------------------------------------------------------


@pytest.mark.parametrize("seeds", [0, -1, True, 2.0, [], [0, 0], ["a"], [0.5], [None], None])
def test_seeds_that_leave_a_method_out_or_count_it_twice_are_refused(seeds, clip, frogs, table):
    methods = {"name": table, "chance": lambda seed: table}
    with pytest.raises(ValueError, match="^seeds (is|holds) "):
        clipnb.evaluate(clip, frogs, methods, seeds=seeds)


@pytest.mark.parametrize("seeds", [2, np.int64(2), [0, 1], range(2), (one for one in (0, 1))])
def test_seeds_in_any_form(seeds, clip, frogs, table):
    methods = {"name": table, "chance": lambda seed: table}
    found = clipnb.evaluate(clip, frogs, methods, seeds=seeds)
    assert found["seed"].dropna().unique().tolist() == [0, 1]


def test_an_evaluation_of_no_group_is_refused(clip, frogs, table):
    with pytest.raises(ValueError, match="groups is empty"):
        clipnb.evaluate(clip, frogs, {"name": table}, groups={})


@pytest.mark.parametrize("bins", [0, -1, 1.5, True, "5", None])
def test_bins(bins, prediction, frogs):
    with pytest.raises(ValueError, match="bins is .* whole number of at least 1"):
        clipnb.calibration_error(prediction, frogs, bins)


@pytest.mark.parametrize(
    ("scales", "says"),
    [(50.0, r"give a list of logit scales: \[50"), ([], "no scales"), (None, "give a list")],
)
def test_scales(scales, says, prediction, frogs):
    with pytest.raises(ValueError, match=says):
        clipnb.calibration_by_scale(prediction, frogs, scales)


@pytest.mark.parametrize("share", ["0.9", True, None.__class__, float("nan"), 0, 1.5])
def test_shares(share, classifier, frogs):
    for name in ("coverage", "risk"):
        with pytest.raises(ValueError, match=f"{name} is .*"):
            clipnb.calibrate_rejection(classifier, frogs, **{name: share})


@pytest.mark.parametrize("value", [True, "1", 0, -1, float("nan"), float("inf")])
def test_temperatures(value):
    with pytest.raises(ValueError, match="temperature is "):
        clipnb.Confidence("mcm", temperature=value)


def test_what_rejects_nothing_is_named(classifier, frogs):
    with pytest.raises(ValueError, match="reject is 0.5; give what calibrate_rejection returns"):
        classifier.predict(frogs, reject=0.5)


def test_a_class_called_as_the_rejected_ones_are_is_refused_however_they_are_rejected(clip, frogs):
    names = clipnb.name_prompts([*frogs.class_names, "none of these"])
    classifier = clipnb.ZeroShotClassifier(clip, names)
    with pytest.raises(ValueError, match="has a class 'none of these'"):
        classifier.predict(frogs, reject=abstain.uncalibrated(classifier))


# --- tables ---------------------------------------------------------------------------------------


def test_tables_of_other_functions_are_named(classifier, frogs):
    table = clipnb.compare({"a": classifier}, frogs)
    with pytest.raises(ValueError, match="summarize takes what evaluate returns, but there is no"):
        clipnb.summarize(table)
    with pytest.raises(ValueError, match="aurc takes what risk_coverage returns, but there is no"):
        clipnb.aurc(table)


def test_the_area_under_a_curve_does_not_depend_on_the_order_of_its_rows(prediction, frogs):
    curve = clipnb.risk_coverage(prediction, frogs)
    for other in (curve.iloc[::-1], curve.sample(frac=1, random_state=0)):
        assert clipnb.aurc(other) == clipnb.aurc(curve)
    assert np.isnan(clipnb.aurc(curve.iloc[:0]))


def test_a_class_called_all_is_not_all_images_of_no_class(classifier, frogs, fieldguide):
    birds = fieldguide.select([0, 1, 2])
    outside = clipnb.ImageDataset([birds.images[i] for i in range(3)], [0, 1, 1], ["all", "b"])
    found = clipnb.out_of_class(classifier, frogs, outside, ["margin"])
    assert found["n"].tolist() == [3, 1, 2] and found["class"].tolist() == ["all", "all", "b"]


def test_one_measure_without_its_list(classifier, frogs, fieldguide):
    for measures in ("margin", []):
        with pytest.raises(ValueError, match="give a list of measures"):
            clipnb.out_of_class(classifier, frogs, fieldguide.select([0]), measures)


@pytest.mark.parametrize("data", ["photos", [1, 2], torch.ones(2, 3)])
def test_what_is_no_data_set_is_named_where_answers_are_rejected(data, classifier, frogs, tmp_path):
    rejection = clipnb.calibrate_rejection(classifier, frogs, coverage=0.9)
    some = classifier.predict(frogs)
    for use in (
        lambda: clipnb.calibrate_rejection(classifier, data, coverage=0.9),
        lambda: clipnb.rejection_rates(rejection, data),
        lambda: clipnb.rejection_rates(rejection, frogs, data),
        lambda: clipnb.out_of_class(classifier, data, frogs),
        lambda: clipnb.out_of_class(classifier, frogs, data),
        lambda: clipnb.risk_coverage(some, data),
        lambda: clipnb.calibration_by_scale(some, data, [1.0]),
        lambda: clipnb.export_predictions(some, data, tmp_path / "x.csv"),
    ):
        with pytest.raises(TypeError, match=r"The data are \w+, not an ImageDataset"):
            use()


def test_what_is_no_prediction_is_named(classifier, frogs, tmp_path):
    for given in (np.array(["frog"]), [0], "x"):
        for use in (
            lambda: clipnb.risk_coverage(given, frogs),
            lambda: clipnb.reliability(given, frogs),
            lambda: clipnb.calibration_by_scale(given, frogs, [1.0]),
            lambda: clipnb.export_predictions(given, frogs, tmp_path / "x.csv"),
        ):
            with pytest.raises(TypeError, match=r"The prediction is \w+; give what ZeroShot"):
                use()
    with pytest.raises(TypeError, match="The rejection is str; give what calibrate_rejection"):
        clipnb.rejection_rates("none", frogs)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("top_k", [None, 2])
def test_a_prediction_is_not_paired_with_its_images_in_another_order(
    top_k, classifier, frogs, tmp_path
):
    made = classifier.predict(frogs, top_k=top_k)
    turned = frogs.select(range(len(frogs) - 1, -1, -1))
    for use in (
        lambda: clipnb.calibration_error(made, turned),
        lambda: clipnb.calibration_by_scale(made, turned, [1.0]),
        lambda: clipnb.risk_coverage(made, turned),
        lambda: clipnb.export_predictions(made, turned, tmp_path / "x.csv"),
        lambda: clipnb.widgets.browse_confusions(made, turned),
    ):
        with pytest.raises(
            ValueError, match=r"Image 0 of the data, '.*', is image \d+ of the pred"
        ):
            use()
    assert not list(tmp_path.iterdir())
    same = frogs.select(range(len(frogs)))
    whole = clipnb.calibration_error(made, same)
    assert clipnb.calibration_error(classifier.predict(made.image_embeddings), same) == whole


@pytest.mark.parametrize("scale", ["a", None, True, float("nan"), 0, -1])
def test_a_scale_that_is_no_number_above_zero(scale, prediction, frogs):
    with pytest.raises(ValueError, match="A logit scale is "):
        clipnb.calibration_by_scale(prediction, frogs, [10.0, scale])

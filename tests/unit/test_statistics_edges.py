"""Statistics at the edge: one class, one image, nothing at all, wrong kinds of arrays."""

import math

import numpy as np
import pytest
import torch

import clipnb
from clipnb.evaluation.statistics import (
    bootstrap,
    holm,
    images_needed,
    mcnemar,
    mean_recall,
    wilson,
)


@pytest.fixture(scope="module")
def frogs():
    return clipnb.load_fieldguide("test", kinds="frog", per_species=2)


@pytest.fixture(scope="module")
def classifier(clip, frogs):
    return clipnb.ZeroShotClassifier(clip, clipnb.name_prompts(frogs.class_names))


def test_of_nothing_nothing_is_defined(recwarn):
    none = np.zeros(0, bool)
    assert all(map(math.isnan, (*wilson(0, 0), *bootstrap(none), mean_recall(none, none))))
    assert mcnemar(none, none) == (0, 0, 1.0) and len(holm([])) == 0
    assert np.isnan(holm([np.nan])).all() and not recwarn.list


def test_one_image_and_no_error_have_wide_intervals():
    assert wilson(1, 1)[0] == pytest.approx(0.2065, abs=1e-4) and wilson(1, 1)[1] == 1
    low, high = wilson(20, 20)
    assert 0.8 < low < 0.9 and high == 1


@pytest.mark.parametrize(
    "before, after",
    [
        (np.array([1, 0]), np.array([True, False])),
        (np.array([True]), np.array([True, False])),
        (np.array([0.5, 1]), np.array([0.5, 1])),
    ],
)
def test_mcnemar_takes_booleans_of_one_length(before, after):
    with pytest.raises(ValueError, match="two boolean arrays of one length"):
        mcnemar(before, after)


@pytest.mark.parametrize("half", [0, -0.1, 1, float("nan")])
def test_an_interval_without_width_needs_no_number_of_images(half):
    with pytest.raises(ValueError, match="half is"):
        images_needed(half)
    assert images_needed(0.99) == 1


def evaluate(clip, data, **options):
    table = clipnb.name_prompts(data.class_names)
    return clipnb.evaluate(clip, data, {"name": table}, **options)


@pytest.mark.parametrize(
    "groups, message",
    [
        ({"some": [0, 1]}, "group 'some' is int64"),
        ({"some": [1] * 22}, "group 'some' is int64"),
        ({"some": [True]}, r"group 'some' is bool \(1,\)"),
        ({"some": [False] * 22}, "group 'some' holds no image"),
        ([True] * 22, "groups is no mapping"),
    ],
)
def test_groups_are_boolean_arrays_of_the_images(clip, frogs, groups, message):
    assert len(frogs) == 22
    with pytest.raises(ValueError, match=message):
        evaluate(clip, frogs, groups=groups)


def test_top5_of_five_classes_is_not_defined(clip):
    data = clipnb.load_fieldguide("test", kinds="frog", per_species=1)
    few = data.select(data.labels < 5)
    few.class_names, few.seen = few.class_names[:5], few.seen[:5]
    assert evaluate(clip, few)["top5"].isna().all()
    assert evaluate(clip, data)["top5"].notna().all()


def test_a_classifier_of_one_class_is_named(clip, frogs):
    one = frogs.of_class(frogs.class_names[0])
    alone = clipnb.ZeroShotClassifier(clip, clipnb.name_prompts(frogs.class_names[:1]))
    with pytest.warns(UserWarning, match="'alone' chooses among one class only"):
        clipnb.compare({"alone": alone}, one)


def test_classes_without_images_are_there_and_not_defined(clip, frogs, classifier):
    some = frogs.select(frogs.labels < 3)
    table = clipnb.per_class(classifier, some)
    assert sorted(table.index) == sorted(frogs.class_names)
    absent = table[table["n"] == 0]
    assert list(absent.index) == list(table.index[3:]) and absent["recall"].isna().all()
    assert table["recall"][:3].notna().all()


def test_calibration_refuses_what_has_none(frogs, classifier):
    prediction = classifier.predict(frogs)
    nothing = frogs.select([])
    for call, message in (
        (lambda: clipnb.reliability(prediction, frogs, bins=0), "bins is 0"),
        (lambda: clipnb.calibration_error(classifier.predict(nothing), nothing), "no images"),
        (lambda: clipnb.calibration_by_scale(prediction, frogs, [-1.0]), "logit scale is -1"),
        (lambda: clipnb.calibration_by_scale(prediction, frogs, [math.nan]), "logit scale is nan"),
    ):
        with pytest.raises(ValueError, match=message):
            call()


@pytest.mark.parametrize("classes", [0, -3])
def test_reasons_for_no_class_are_refused(frogs, classifier, classes):
    with pytest.raises(ValueError, match=f"classes is {classes}"):
        classifier.predict(frogs).explain(0, classes)


def test_pool_refuses_groups_that_are_none():
    for groups in ([0, 0, -1], [0.0, 0.0, 1.5], [0, 0, 2]):
        with pytest.raises(ValueError, match="groups"):
            clipnb.pool(torch.ones(2, 3), groups)

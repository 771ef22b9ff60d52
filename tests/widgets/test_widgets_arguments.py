"""What a widget is made of: something else is named, in one sentence, by every widget alike."""

import numpy as np
import pandas as pd
import pytest

import clipnb
from clipnb import widgets
from clipnb.widgets.common.embeddings import ImageStore, as_dataset


@pytest.fixture(scope="module")
def frogs():
    return clipnb.load_fieldguide("test", kinds="frog", per_species=1)


@pytest.mark.parametrize(
    "make",
    [
        lambda clip, images: widgets.browse_heads(clip, images),
        lambda clip, images: widgets.explore_descriptors(clip, images, {"a": ["x"], "b": ["y"]}),
        lambda clip, images: widgets.look_inside(clip, images, ["a frog"]),
        lambda clip, images: widgets.inspect_tokens(clip, images, "a frog"),
    ],
)
def test_what_is_no_model_and_what_are_no_images(clip, frogs, make):
    with pytest.raises(TypeError, match="not a model"):
        make("bundled", frogs)
    for given in (3, None, {"a": 1}):
        with pytest.raises(TypeError, match="Images were expected"):
            make(clip, given)


def test_images_to_begin_with_and_how_many(clip, frogs):
    for wrong in (-1, 0, 2.5, None, "3", float("nan"), True):
        with pytest.raises(ValueError, match="max_images is .* at least 1"):
            ImageStore(clip, frogs, wrong)
    store = ImageStore(clip, frogs)
    assert store.first(np.int64(2)) == 2
    for wrong in (2.7, float("nan"), True, [1]):
        with pytest.raises(ValueError, match="start is .*a whole number"):
            store.first(wrong)
    images = [frogs.images[i] for i in range(3)]
    expected = as_dataset(images).keys
    for given in (pd.Series(images, index=[2, 1, 0]), iter(images), tuple(images)):
        assert as_dataset(given).keys == expected


def test_counts_and_groups(clip, frogs):
    table = clipnb.name_prompts(frogs.class_names)
    prediction = clipnb.ZeroShotClassifier(clip, table).predict(frogs)
    for wrong, says in (
        ({"max_classes": None}, "max_classes is None.*at least 2"),
        ({"groups": [frogs.class_names]}, "groups is list; give a mapping"),
    ):
        with pytest.raises(ValueError, match=says):
            widgets.browse_confusions(prediction, frogs, **wrong)
    for wrong in ({"top_k": 0}, {"max_searched": "x"}):
        with pytest.raises(ValueError, match=f"{next(iter(wrong))} is .*at least 1"):
            widgets.browse_heads(clip, frogs, **wrong)
    with pytest.raises(ValueError, match="own holds 0.7; give whole numbers"):
        widgets.compare_similarities(np.eye(2), frogs.select([0, 1]), ["a", "b"], own=[0.7, 1])

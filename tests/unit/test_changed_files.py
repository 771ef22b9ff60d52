"""Images whose files change after a data set was made: no embedding of what was there before."""

import os
import shutil

import numpy as np
import pytest
import torch
from PIL import Image

import clipnb
from clipnb.data.hub import from_huggingface


def draw(path, seed):
    pixels = np.random.default_rng(seed).integers(0, 256, (24, 24, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)


@pytest.fixture
def place(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        for i in range(2):
            draw(tmp_path / name / f"{i}.png", seed=i + 2 * (name == "b"))
    return tmp_path


def paths(place):
    return [str(path) for path in sorted(place.glob("*/*.png"))]


def of_folder(place):
    return clipnb.load_images(place)


def by_hand(place):
    return clipnb.ImageDataset(paths(place), [0, 0, 1, 1], ["a", "b"], sources=paths(place))


def of_hub(place):
    datasets = pytest.importorskip("datasets")
    datasets.disable_progress_bars()
    table = datasets.Dataset.from_dict({"image": paths(place), "label": [0, 0, 1, 1]})
    table = table.cast_column("image", datasets.Image())
    return from_huggingface(table.cast_column("label", datasets.ClassLabel(names=["a", "b"])))


@pytest.fixture
def cached(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("CLIPNB_CACHE", str(tmp_path_factory.mktemp("cache")))
    return clipnb.load_clip()


EACH = pytest.mark.parametrize("made", [of_folder, by_hand, of_hub])


@EACH
@pytest.mark.parametrize("encoded_before", [True, False])
def test_a_changed_file_is_named_and_the_others_are_encoded(made, encoded_before, place, cached):
    data = made(place)
    first = cached.encode_images(data) if encoded_before else None
    assert data.changed() == []
    draw(place / "b" / "0.png", seed=9)
    assert data.changed() == [data.sources[2]]
    assert data.select([0, 2]).changed() == [data.sources[2]] and not data.select([0, 3]).changed()
    with pytest.raises(ValueError, match="changed") as error:
        cached.encode_images(data)
    assert data.sources[2] in str(error.value)
    assert first is None or torch.equal(error.value.embeddings[[0, 1, 3]], first[[0, 1, 3]])
    again = made(place)
    truth = clipnb.load_clip(cache=False).encode_images(paths(place))
    assert again.changed() == [] and torch.allclose(cached.encode_images(again), truth, atol=1e-5)


@EACH
def test_files_that_swap_their_names_are_named(made, place, cached):
    data = made(place)
    cached.encode_images(data)
    for old, new in [("a/0", "c"), ("b/0", "a/0"), ("c", "b/0")]:
        shutil.move(place / f"{old}.png", place / f"{new}.png")
    os.utime(place / "a" / "0.png", ns=(1, 1))
    assert data.sources[0] in data.changed()
    with pytest.raises(ValueError, match="changed"):
        cached.encode_images(data)


@pytest.mark.parametrize("made", [of_folder, by_hand])
def test_a_file_that_was_only_touched_is_used(made, place, cached):
    data = made(place)
    first = cached.encode_images(data)
    os.utime(place / "a" / "0.png", ns=(1, 1))
    encoded = cached.encoded
    assert torch.allclose(cached.encode_images(data), first, atol=1e-6)
    assert cached.encoded == encoded + 1


@EACH
def test_embeddings_of_files_that_are_gone_stay(made, place, cached):
    data = made(place)
    first = cached.encode_images(data)
    (place / "a" / "0.png").unlink()
    assert data.changed() == [] and torch.equal(cached.encode_images(data), first)


def test_images_without_files_have_not_changed(cached):
    data = clipnb.load_fieldguide("test", kinds="frog", per_species=1)
    assert data.changed() == []

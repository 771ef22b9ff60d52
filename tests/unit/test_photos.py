"""The check for photographs: silent on drawings, says so on photos, once a call."""

import io
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch
from photo_like import photo_like
from PIL import Image
from transformers import AutoImageProcessor

import clipnb
from clipnb.model.clip import BUNDLED
from clipnb.model.encoding import Pixels
from clipnb.model.photos import INSTEAD, look_like_photos


def jpeg(image, quality):
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return Image.open(file).convert("RGB")


def found(images, side=96):
    """Which images look like photos when they are as large as a model's input."""
    processor = AutoImageProcessor.from_pretrained(BUNDLED, backend="pil")
    processor.size, processor.crop_size = {"shortest_edge": side}, {"height": side, "width": side}
    pixels = Pixels(processor)
    return look_like_photos(torch.stack([pixels.prepare(image) for image in images]))


@pytest.fixture(scope="module")
def photos():
    return [photo_like(i) for i in range(10)]


@pytest.fixture
def said():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield lambda: [str(one.message) for one in caught if "look" in str(one.message)]


COPIES = {
    "as drawn": lambda image: image,
    "jpeg 90": lambda image: jpeg(image, 90),
    "jpeg 50": lambda image: jpeg(image, 50),
    "enlarged": lambda image: jpeg(image.resize((512, 512), Image.Resampling.BICUBIC), 80),
    "stretched": lambda image: jpeg(image.resize((320, 240), Image.Resampling.LANCZOS), 85),
}


@pytest.mark.parametrize("copy", COPIES)
def test_drawings_are_no_photos(fieldguide, copy):
    drawn = [COPIES[copy](fieldguide.images[i]) for i in range(0, len(fieldguide), 12)]
    assert not found(drawn).any() and not found(drawn, 80).any()


@pytest.mark.slow
@pytest.mark.parametrize("split", ["test", "hard", "shifted"])
def test_no_drawing_of_a_split_is_a_photo(split):
    data = clipnb.load_fieldguide(split, per_species=5)
    drawn = [data.images[i] for i in range(len(data))]
    assert not found(drawn).any()
    assert not found([jpeg(image, 75) for image in drawn]).any()


def test_photo_like_images_are_photos(photos):
    assert found(photos).all() and found(photos, 80).all()
    assert found([jpeg(photo.resize((100, 75)), 60) for photo in photos]).all()


@pytest.mark.slow
def test_five_hundred_photo_like_images_are_photos():
    assert found([photo_like(i) for i in range(500)]).all()


def test_a_photo_of_a_flower_is_a_photo():
    folder = Path(pytest.importorskip("sklearn.datasets").__file__).parent / "images"
    assert found([Image.open(folder / "flower.jpg")]).all()


def test_blank_and_covered_images_are_no_photos(fieldguide):
    covered = fieldguide.images[0].copy()
    covered.paste((127, 127, 127), (0, 0, 224, 200))
    blank = [Image.new("RGB", (224, 224), grey) for grey in ("black", "white", "#7f7f7f")]
    assert not found([covered, *blank]).any()


def test_it_is_said_once_a_call_with_share_and_model(clip, photos, fieldguide, said):
    classifier = clipnb.ZeroShotClassifier(clip, {"a": ["a bird"], "b": ["a fish"]})
    classifier.predict([*photos[:3], *(fieldguide.images[i] for i in range(9))])
    (message,) = said()
    assert "3 of 12 images (25 %)" in message and INSTEAD in message and "'bundled'" in message
    clip.encode_images(photos[0])
    assert "this image looks like a photo" in said()[1]


def test_it_is_not_said_of_drawings(clip, fieldguide, said):
    clip.encode_images(fieldguide.select(range(5)))
    clip.encode_images([fieldguide.images[i] for i in range(5)])
    assert not said()


def test_it_is_said_again_where_embeddings_come_from_the_cache(photos, tmp_path, said, monkeypatch):
    monkeypatch.setenv("CLIPNB_CACHE", str(tmp_path / "cache"))
    (tmp_path / "own").mkdir()
    for i, photo in enumerate(photos[:2]):
        photo.save(tmp_path / "own" / f"{i}.png")
    fresh = clipnb.load_clip()
    for _ in range(2):
        fresh.encode_images(clipnb.load_images(tmp_path / "own"))
    assert fresh.encoded == 2 and len(said()) == 2 and said()[0] == said()[1]


def test_a_file_that_cannot_be_read_does_not_shift_the_others(clip, photos, fieldguide, said):
    drawing = fieldguide.images[0]
    with pytest.raises(ValueError, match="1 of 4"):
        clip.encode_images([drawing, np.zeros((2, 2)), photos[0], drawing])
    assert "1 of 4 images" in said()[0]


def test_it_is_said_after_a_batch_that_did_not_fit(photos, said):
    fresh, tries = clipnb.load_clip(cache=False, batch_size=8), []
    forward = fresh.model.get_image_features

    def narrow(pixel_values, **more):
        tries.append(len(pixel_values))
        if len(pixel_values) > 2:
            raise torch.OutOfMemoryError("out of memory")
        return forward(pixel_values=pixel_values, **more)

    fresh._image_features = narrow
    fresh.encode_images(photos[:8])
    assert max(tries) == 8 and "8 of 8 images" in said()[-1]


def test_models_that_know_photos_are_not_warned_of(clip, photos, said, monkeypatch):
    monkeypatch.setattr(clip, "name", "openai/clip-vit-base-patch32")
    monkeypatch.setattr(clip, "field_guide", None)
    clip.encode_images(photos)
    assert not said()

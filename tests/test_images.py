"""Pictures from folders: modes, rotation, broken files, class order."""

import numpy as np
import pytest
from PIL import Image

import clipnb


def paint(path, mode="RGB", size=(20, 12), colour=None, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, colour if colour is not None else {"RGB": (200, 30, 30)}.get(mode, 0)).save(path, **options)


def test_one_folder_per_class_and_every_mode(tmp_path):
    for i, (mode, suffix) in enumerate([("RGB", "jpg"), ("L", "png"), ("RGBA", "png"), ("P", "gif"), ("CMYK", "jpg"), ("I;16", "png"), ("1", "png"), ("LA", "png"), ("F", "tiff")]):
        paint(tmp_path / ("tree_frog" if i % 2 else "hen") / "deep" / f"{i}.{suffix}", mode, (1 + 40 * i, 50))
    data = clipnb.load_images(tmp_path)
    assert data.class_names == ["hen", "tree frog"] and len(data) == 9
    assert all(image.mode == "RGB" for image in data.images)
    assert clipnb.load_clip(cache=False).encode_images(data).shape[0] == 9


def test_a_flat_folder_has_no_labels(tmp_path):
    paint(tmp_path / "b.png")
    paint(tmp_path / "a.png")
    (tmp_path / "notes.txt").write_text("not a picture")
    data = clipnb.load_images(tmp_path, class_names=["x"])
    assert data.sources == ["a.png", "b.png"] and (data.labels == -1).all() and data.class_names == ["x"]


def test_broken_files_are_named_and_skipped(tmp_path):
    paint(tmp_path / "hen" / "good.jpg", size=(300, 300))
    (tmp_path / "hen" / "text.jpg").write_text("not a picture")
    (tmp_path / "hen" / "empty.png").write_bytes(b"")
    noise = np.random.default_rng(0).integers(0, 255, (300, 300, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "hen" / "whole.jpg")
    (tmp_path / "hen" / "cut.jpg").write_bytes((tmp_path / "hen" / "whole.jpg").read_bytes()[:9000])
    with pytest.warns(UserWarning, match="3 unreadable") as caught:
        data = clipnb.load_images(tmp_path)
    assert all(name in str(caught[0].message) for name in ("text.jpg", "empty.png", "cut.jpg"))
    assert len(data) == 2


def test_exif_rotation(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    paint(tmp_path / "hen" / "turned.jpg", size=(40, 10), exif=exif)
    assert clipnb.load_images(tmp_path).images[0].size == (10, 40)


def test_transparency_is_laid_on_white(tmp_path):
    paint(tmp_path / "hen" / "clear.png", "RGBA", colour=(0, 0, 0, 0))
    assert np.asarray(clipnb.load_images(tmp_path).images[0]).min() == 255


def test_classes_are_matched_by_name(tmp_path):
    for name, colour in (("zebra", (1, 2, 3)), ("ant", (4, 5, 6))):
        paint(tmp_path / name / "1.png", colour=colour)
    data = clipnb.load_images(tmp_path, class_names=["zebra", "bee", "ant"])
    assert [data.class_names[i] for i in data.labels] == ["ant", "zebra"]
    assert np.asarray(data.of_class("zebra").images[0])[0, 0].tolist() == [1, 2, 3]
    with pytest.raises(ValueError, match="zebra"):
        clipnb.load_images(tmp_path, class_names=["ant"])


def test_nothing_there(tmp_path):
    with pytest.raises(FileNotFoundError, match="no folder"):
        clipnb.load_images(tmp_path / "missing")
    with pytest.raises(FileNotFoundError, match="no pictures"):
        clipnb.load_images(tmp_path)


def test_same_content_same_key_whatever_the_name(tmp_path):
    paint(tmp_path / "a" / "1.png")
    paint(tmp_path / "b" / "2.png")
    paint(tmp_path / "b" / "3.png", colour=(9, 9, 9))
    keys = clipnb.load_images(tmp_path).keys
    assert keys[0] == keys[1] != keys[2]

"""Images from folders: modes, rotation, broken files, class order."""

import io
import os
import time
import unicodedata
import warnings

import numpy as np
import pytest
from PIL import Image

import clipnb


def paint(path, mode="RGB", size=(20, 12), colour=None, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(
        mode, size, colour if colour is not None else {"RGB": (200, 30, 30)}.get(mode, 0)
    ).save(path, **options)


def test_one_folder_per_class_and_every_mode(tmp_path):
    for i, (mode, suffix) in enumerate(
        [
            ("RGB", "jpg"),
            ("L", "png"),
            ("RGBA", "png"),
            ("P", "gif"),
            ("CMYK", "jpg"),
            ("I;16", "png"),
            ("1", "png"),
            ("LA", "png"),
            ("F", "tiff"),
        ]
    ):
        paint(
            tmp_path / ("tree_frog" if i % 2 else "hen") / "deep" / f"{i}.{suffix}",
            mode,
            (1 + 40 * i, 50),
        )
    data = clipnb.load_images(tmp_path)
    assert data.class_names == ["hen", "tree frog"] and len(data) == 9
    assert all(image.mode == "RGB" for image in data.images)
    assert clipnb.load_clip(cache=False).encode_images(data).shape[0] == 9


def test_a_flat_folder_has_no_labels(tmp_path):
    paint(tmp_path / "b.png")
    paint(tmp_path / "a.png")
    (tmp_path / "notes.txt").write_text("not an image")
    data = clipnb.load_images(tmp_path, class_names=["x"])
    assert (
        data.sources == ["a.png", "b.png"]
        and (data.labels == -1).all()
        and data.class_names == ["x"]
    )


def test_broken_files_are_named_and_skipped(tmp_path):
    paint(tmp_path / "hen" / "good.jpg", size=(300, 300))
    (tmp_path / "hen" / "text.jpg").write_text("not an image")
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
    with pytest.raises(FileNotFoundError, match="no images"):
        clipnb.load_images(tmp_path)


def test_same_content_same_key_whatever_the_name(tmp_path):
    paint(tmp_path / "a" / "1.png")
    paint(tmp_path / "b" / "2.png")
    paint(tmp_path / "b" / "3.png", colour=(9, 9, 9))
    keys = clipnb.load_images(tmp_path).keys
    assert keys[0] == keys[1] != keys[2]


def test_images_beside_class_folders_are_not_lost_without_a_word(tmp_path):
    for name in ("hen/1.png", "b.png", "a.png"):
        paint(tmp_path / name)
    with pytest.warns(UserWarning, match="Skipped 2 images directly in .*'a.png'.*move") as caught:
        assert clipnb.load_images(tmp_path).sources == [os.path.join("hen", "1.png")]
    assert caught[0].filename == __file__


def test_names_written_in_two_ways_are_one_class(tmp_path):
    composed = "Käfer"
    apart = unicodedata.normalize("NFD", composed)  # as macOS writes it
    paint(tmp_path / apart / "1.png")
    assert clipnb.load_images(tmp_path).class_names == [composed]
    for name in (composed, apart):
        assert clipnb.load_images(tmp_path, class_names=["hen", name]).of_class(
            name
        ).labels.tolist() == [1]
    assert clipnb.DescriptorSet({apart: ["six legs"]}).match([composed])[composed] == ["six legs"]


def test_one_string_is_no_list_of_classes(tmp_path):
    paint(tmp_path / "1.png")
    for given in ("names.txt", tmp_path / "names.txt"):
        with pytest.raises(ValueError, match="names.txt.*give a list.*only ImageNet"):
            clipnb.load_images(tmp_path, given)


def test_a_mask_of_classes_does_not_choose_images(fieldguide):
    with pytest.raises(
        ValueError,
        match=(
            rf"{len(fieldguide.seen)} entries.*{len(fieldguide)} images.*data.seen\[data.labels\]"
        ),
    ):
        fieldguide.select(fieldguide.seen)
    assert (
        len(fieldguide.select(fieldguide.seen[fieldguide.labels])) > 0 == len(fieldguide.select([]))
    )


def test_a_file_name_that_is_no_text_can_be_kept(tmp_path, clip):
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    try:
        paint(folder / "1.png")
    except OSError:
        pytest.skip("this file system takes names in UTF-8 only")
    data = clipnb.load_images(tmp_path)
    assert data.class_names == ["caf\\udce9"] and data.images[0].size == (20, 12)
    assert "".join([*data.class_names, *data.sources]).encode()


def test_images_of_absurd_size_are_skipped_and_no_warning_filter_is_left_behind(
    tmp_path, monkeypatch
):
    """Threads that change the filters each for itself restore them in the wrong order: here the
    first to begin ends first."""
    for i in range(3):
        paint(tmp_path / "hen" / f"{i}.png", colour=(i, 0, 0))
    paint(tmp_path / "hen" / "bomb.png", size=(40, 12))
    whole, started = Image.open, []

    def slow(file, *more):
        if isinstance(file, io.BytesIO):
            started.append(file)
            time.sleep(0.02 * len(started))
        return whole(file, *more)

    monkeypatch.setattr(Image, "open", slow)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 300)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        before = list(warnings.filters)
        with warnings.catch_warnings(record=True) as caught:
            assert len(clipnb.load_images(tmp_path)) == 3
            assert warnings.filters == before
    assert "1 unreadable" in str(caught[0].message) and "bomb.png (DecompressionBombWarning" in str(
        caught[0].message
    )

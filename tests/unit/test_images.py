"""Images from folders: modes, rotation, broken files, class order."""

import os
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
    with pytest.warns(
        UserWarning, match="two classes, so 1 label is incorrect; .*: 'a.1.png' and 'b.2.png'"
    ):
        keys = clipnb.load_images(tmp_path).keys
    assert keys[0] == keys[1] != keys[2]


def test_images_beside_class_folders_are_not_lost_without_a_word(tmp_path):
    for name in ("hen/1.png", "b.png", "a.png"):
        paint(tmp_path / name)
    with pytest.warns(UserWarning, match="2 directly in .*move.*a.png; b.png") as caught:
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
    for i in range(3):
        paint(tmp_path / "hen" / f"{i}.png", colour=(i, 0, 0))
    paint(tmp_path / "hen" / "phone.png", size=(40, 12))
    paint(tmp_path / "hen" / "bomb.png", size=(50, 12))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 300)  # Pillow's own limit does not matter
    monkeypatch.setattr(clipnb.data.decode, "IMAGE_PIXELS", 500)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        before = list(warnings.filters)
        with warnings.catch_warnings(record=True) as caught:
            assert len(clipnb.load_images(tmp_path)) == 4
            assert warnings.filters == before
    assert len(caught) == 1 and "1 unreadable: hen" in str(caught[0].message)
    assert "bomb.png (it has 50 × 12 pixels, larger than" in str(caught[0].message)
    assert Image.MAX_IMAGE_PIXELS == 300


# --- what is read of a folder, and what is not ----------------------------------------------------


def loaded(folder, *more):
    """The data set, and the one warning about it, or an empty text."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        data = clipnb.load_images(folder, *more)
    assert len(caught) == bool(data.summary)
    if caught:
        assert str(caught[0].message) == str(data.summary) and caught[0].filename == __file__
    return data, str(data.summary) if data.summary else ""


def test_hidden_folders_are_left_out_at_any_depth(tmp_path):
    for name in ("a.png", "b/c.png", ".ipynb_checkpoints/a-checkpoint.png", "@eaDir/a.png"):
        paint(tmp_path / "hen" / name)
    for name in ("b/.thumbnails/c.png", "._a.png", "b/__MACOSX/._c.png"):
        paint(tmp_path / "hen" / name)
    paint(tmp_path / "__MACOSX" / "hen" / "a.png")
    data, said = loaded(tmp_path)
    assert data.class_names == ["hen"] and len(data) == 2 and not said
    assert data.summary.read == 2


def test_files_of_many_endings(tmp_path):
    names = {
        **{"a.jfif": "JPEG", "b.jpe": "JPEG", "c.jp2": "JPEG2000", "d.tga": "TGA", "e.pgm": "PPM"},
        **{"f.mpo": "MPO", "noext": "JPEG", "g.JPG": "JPEG", "h.avif": "AVIF", "i.dib": "BMP"},
        **{"j.jpg": "PNG", "k.png": "TIFF"},  # the content counts
    }
    for i, (name, kind) in enumerate(names.items()):
        paint(tmp_path / "hen" / name, "L" if kind == "PPM" else "RGB", (20, 12 + i), format=kind)
    for name in ("notes.txt", "Thumbs.db", "README", "list.csv"):
        (tmp_path / "hen" / name).write_text("not an image")
    data, said = loaded(tmp_path)
    assert len(data) == len(names) and not said


def test_what_cannot_be_read_is_named_with_its_reason(tmp_path, monkeypatch):
    paint(tmp_path / "hen" / "a.png")
    (tmp_path / "hen" / "empty.png").write_bytes(b"")
    (tmp_path / "hen" / "page.jpg").write_text("<!DOCTYPE html><html></html>")
    (tmp_path / "hen" / "letter.jpg").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n")
    (tmp_path / "hen" / "pointer.png").write_text("version https://git-lfs.github.com/spec/v1\n")
    (tmp_path / "hen" / "art.jxl").write_bytes(b"\xff\x0a")
    (tmp_path / "hen" / "phone.HEIC").write_bytes(b"\0\0\0\x18ftypheic" + bytes(60))
    (tmp_path / "hen" / "phone.jpg").write_bytes(b"\0\0\0\x18ftypheic" + bytes(60))
    monkeypatch.setattr(clipnb.data.formats, "_heif", lambda: False)
    data, said = loaded(tmp_path)
    assert len(data) == 1 and said.startswith("1 image read, 7 skipped: ")
    for part in (
        "4 unreadable",
        "empty.png (the file is empty)",
        "page.jpg (a web page, not an image",
        "letter.jpg (PostScript",
        "pointer.png (a Git LFS pointer; run git lfs pull)",
        "2 HEIC, which needs pip install 'clipnb[heic]': hen",
        "1 in a format that is not read; save it as JPEG or PNG: hen",
    ):
        assert part in said
    assert data.summary.read == 1 and len(data.summary.skipped) == 3
    assert data.select([0]).summary is data.summary


def test_a_large_file_is_not_read_and_no_pipe_is_waited_for(tmp_path):
    paint(tmp_path / "hen" / "a.png")
    for name, size in (("disk.jpg", 2 << 30), ("video.png", 100 << 20)):
        with open(tmp_path / "hen" / name, "wb") as file:
            file.truncate(size)
    os.mkfifo(tmp_path / "hen" / "pipe.jpg")
    data, said = loaded(tmp_path)
    assert len(data) == 1 and "disk.jpg (it has 2,048 MB, larger than the 512 MB" in said
    assert "video.png (its first bytes are all zero)" in said
    assert "pipe.jpg (it is not a regular file)" in said


def test_empty_folders_and_links_are_named(tmp_path):
    paint(tmp_path / "hen" / "a.png")
    paint(tmp_path / "wren" / "b.png", colour=(1, 2, 3))
    (tmp_path / "owl").mkdir()
    (tmp_path / "all").symlink_to(".", target_is_directory=True)
    (tmp_path / "up").symlink_to("..", target_is_directory=True)
    (tmp_path / "best").symlink_to("hen", target_is_directory=True)
    (tmp_path / "wren" / "again").symlink_to("../wren", target_is_directory=True)
    (tmp_path / "wren" / "a.png").symlink_to("../hen/a.png")
    (tmp_path / "wren" / "gone.png").symlink_to("nowhere.png")
    (tmp_path / "wren" / "round.png").symlink_to("round.png")
    data, said = loaded(tmp_path)
    assert data.class_names == ["hen", "wren"] and len(data) == 2
    assert "1 a class folder without images: owl" in said and "linked to nothing: wren" in said
    assert "5 linked to what is read already: all; best; up; wren" in said


def test_a_folder_of_links_is_read(tmp_path):
    """As made by those who do not copy images."""
    paint(tmp_path / "store" / "x.png")
    (tmp_path / "p" / "hen").mkdir(parents=True)
    (tmp_path / "p" / "hen" / "a.png").symlink_to(tmp_path / "store" / "x.png")
    (tmp_path / "p" / "owl").symlink_to(tmp_path / "store", target_is_directory=True)
    data, said = loaded(tmp_path / "p")
    assert data.sources == [os.path.join("hen", "a.png")]
    assert "1 linked to what is read already: owl" in said


def test_folders_that_may_not_be_read_are_named(tmp_path, monkeypatch):
    paint(tmp_path / "hen" / "a.png")
    paint(tmp_path / "owl" / "b.png")
    paint(tmp_path / "hen" / "more" / "c.png")
    real = os.scandir

    def closed(path):
        if os.fspath(path).endswith(("owl", "more")):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", closed)
    data, said = loaded(tmp_path)
    assert len(data) == 1 and "2 a folder that may not be read" in said
    assert "owl (Permission denied)" in said and "without images" not in said


def test_splits_are_no_classes(tmp_path):
    for i, name in enumerate(("train/hen/a.png", "train/owl/b.png", "Validation/hen/c.png")):
        paint(tmp_path / "one" / name, colour=(i, 0, 0))
    with pytest.raises(ValueError, match="are splits of a data set, not classes; give one of them"):
        clipnb.load_images(tmp_path / "one")
    paint(tmp_path / "two" / "train" / "hen" / "a.png")
    paint(tmp_path / "two" / "test" / "1.png")
    with pytest.raises(ValueError, match="train.*class_names=.*if they are classes"):
        clipnb.load_images(tmp_path / "two")
    paint(tmp_path / "three" / "train_set" / "hen" / "a.png")
    with pytest.raises(ValueError, match="train_set"):
        clipnb.load_images(tmp_path / "three")
    for name in ("train", "car", "bus"):  # vehicles
        paint(tmp_path / "four" / name / "1.png", colour=(len(name), ord(name[0]), 0))
    assert clipnb.load_images(tmp_path / "four").class_names == ["bus", "car", "train"]
    data = clipnb.load_images(tmp_path / "one", ["train", "Validation"])
    assert data.class_names == ["train", "Validation"]


def test_one_folder_too_high_is_said(tmp_path):
    for name in ("birds/hen/a.png", "birds/owl/b.png"):
        paint(tmp_path / name)
    data, said = loaded(tmp_path)
    assert data.class_names == ["birds"] and "if they are hen, owl, give" in said
    assert not loaded(tmp_path / "birds" / "hen")[1]
    assert not loaded(tmp_path, ["birds"])[1]


@pytest.mark.parametrize("pair", [("Robin", "robin"), ("käfer", "kafer"), ("a-b", "a b")])
def test_names_that_differ_in_what_readers_overlook_are_said(tmp_path, pair):
    for i, name in enumerate(pair):
        paint(tmp_path / name / f"{i}.png", colour=(i, 0, 0))
    if len(list(tmp_path.iterdir())) < 2:
        pytest.skip("this file system takes them for one")
    data, said = loaded(tmp_path)
    assert len(data.class_names) == 2 and all(f"'{name}'" in said for name in pair)


def test_two_folders_are_not_one_class(tmp_path):
    for i, name in enumerate(("tree_frog", "tree frog")):
        paint(tmp_path / name / f"{i}.png", colour=(i, 0, 0))
    for names in (None, ["tree frog"]):
        with pytest.raises(ValueError, match="'tree frog' and 'tree_frog' would both be the class"):
            clipnb.load_images(tmp_path, names)


def test_names_of_other_scripts_are_not_taken_for_one(tmp_path):
    for i, name in enumerate(("か", "が", "C", "C++", "ab", "a.b")):
        paint(tmp_path / name / f"{i}.png", colour=(i, 0, 0))
    assert len(loaded(tmp_path)[0].class_names) == 6


def test_class_names_are_taken_with_or_without_underscores_and_once(tmp_path):
    paint(tmp_path / "tree_frog" / "1.png")
    for name in ("tree_frog", "tree frog"):
        assert clipnb.load_images(tmp_path, [name]).of_class(name).labels.tolist() == [0]
    with pytest.raises(ValueError, match="'tree frog' twice"):
        clipnb.load_images(tmp_path, ["tree frog", "hen", "tree frog"])


def test_names_that_steer_a_terminal_are_shown(tmp_path):
    bad = "wren\x1b[2J\x07"
    try:
        paint(tmp_path / bad / "a\x1b[0m.png")
        (tmp_path / bad / "b\x1b[0m.png").write_bytes(b"no image")
    except OSError:
        pytest.skip("this file system does not take such names")
    data, said = loaded(tmp_path)
    everything = "".join([said, *data.class_names, *data.sources])
    assert "\x1b" not in everything and data.class_names == ["wren\\x1b[2J\\x07"]
    assert "b\\x1b[0m.png" in said


def test_what_is_given_for_a_folder(tmp_path):
    paint(tmp_path / "a.png")
    with pytest.raises(OSError, match="is a file; give the folder"):
        clipnb.load_images(tmp_path / "a.png")
    for wrong in (None, 3, [tmp_path]):
        with pytest.raises(TypeError, match="takes the path of a folder, but got"):
            clipnb.load_images(wrong)


# --- content that changes -------------------------------------------------------------------------


def test_a_file_that_changed_is_refused_and_its_old_embedding_is_not_kept(tmp_path, clip):
    path = tmp_path / "p" / "a.png"
    paint(path)
    state = os.stat(path)
    data = clipnb.load_images(tmp_path / "p")
    paint(path, colour=(30, 200, 30))
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))  # as a copy that keeps times
    for call in (
        lambda: data.images[0],
        lambda: clipnb.load_clip(cache=False).encode_images(data),
        lambda: clipnb.embed(data, tmp_path / "out", clip),
    ):
        with pytest.raises(ValueError, match="a.png.*changed after load_images; load the images"):
            call()
    assert not list((tmp_path / "out").glob("*.parquet"))
    path.unlink()
    with pytest.raises(OSError, match="a.png' cannot be read: No such file"):
        data.images[0]


# --- data sets made by hand -----------------------------------------------------------------------


def by_hand(**changes):
    image = Image.new("RGB", (20, 12), (200, 30, 30))
    parts = {"images": [image, image.convert("L"), np.zeros((12, 20, 3), np.uint8)]}
    return clipnb.ImageDataset(
        **(parts | {"labels": [0, 0, 1], "class_names": ["a", "b"]} | changes)
    )


def test_a_data_set_by_hand(clip, tmp_path):
    data = by_hand()
    assert data.sources == ["image 0", "image 1", "image 2"] and len(set(data.keys)) == 3
    assert [image.mode for image in data.images] == ["RGB"] * 3
    assert clip.encode_images(data.select([2, 0])).shape[0] == 2
    paint(tmp_path / "1.png")
    assert by_hand(images=[tmp_path / "1.png"] * 3).keys[0] == data.keys[0]
    # keys that others use as well name no other image
    some, other = (by_hand(keys=["1", "2", "3"], images=[data.images[i]] * 3) for i in (0, 2))
    assert (clip.encode_images(some)[0] @ clip.encode_images(other)[0]) < 0.999


@pytest.mark.parametrize(
    "changes, said",
    [
        ({"labels": [0, 1]}, "3 images, but 2 labels"),
        ({"labels": [0, 1, 2]}, "Image 2 has the label 2, but there are 2 classes"),
        ({"labels": [0, 1, -2]}, "Image 2 has the label -2"),
        ({"labels": [0, 0.5, 1]}, "whole numbers"),
        ({"labels": ["a", "a", "b"]}, "whole numbers"),
        ({"labels": [0, None, 1]}, "whole numbers"),
        ({"labels": [0, float("nan"), 1]}, "whole numbers"),
        ({"labels": [[0], [0], [1]]}, "whole numbers"),
        ({"keys": ["k"]}, "3 images, but 1 keys"),
        ({"sources": ["x", "y"]}, "3 images, but 2 sources"),
        ({"class_names": ["a", "a"]}, "Two classes are called 'a'"),
        ({"class_names": "ab"}, "is one string; give a list"),
        ({"class_names": ["a", 2]}, "2 of type int"),
        ({"class_names": ["a", float("nan")]}, "nan of type float"),
        ({"seen": [True]}, "seen has 1 entries, but there are 2 classes"),
        ({"images": [np.zeros((3, 3))] * 3}, "'image 0': An image as an array must be"),
    ],
)
def test_parts_that_do_not_fit_are_refused(changes, said):
    with pytest.raises(ValueError, match=said):
        by_hand(**changes)


def test_an_image_that_changed_in_memory_is_refused():
    image = Image.new("RGB", (20, 12))
    data = clipnb.ImageDataset([image], [0], ["a"])
    image.paste("red", (0, 0, 9, 9))
    with pytest.raises(ValueError, match="changed after the data set was made"):
        data.images[0]

"""A table of labels beside a folder of images, in place of class folders."""

import os

import pandas as pd
import pytest
from PIL import Image

import clipnb
from clipnb.report.command import main


def paint(path, shade=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (40, 40), (shade % 256, 60, 200)).save(path)


@pytest.fixture
def folder(tmp_path):
    for n, name in enumerate(("a1.png", "a2.png", "deep/b1.png", "deep/b2.png")):
        paint(tmp_path / "photos" / name, 50 * n)
    return tmp_path / "photos"


def table(folder, text):
    path = folder.parent / "labels.csv"
    path.write_text(text, encoding="utf-8-sig")
    return path


@pytest.mark.parametrize(
    "text",
    [
        "file,class\na1.png,wren\na2.png,wren\ndeep/b1.png,tree frog\ndeep/b2.png,tree frog\n",
        "id,other,label\r\na1,x,wren\r\na2,x,wren\r\nb1,x,tree_frog\r\nb2,x,tree_frog\r\n",
        'File Name;Species\na1.png;"wren"\na2.png;wren\ndeep\\b1.png;tree frog\nb2.png;tree frog\n',
        "class\tpath\nwren\tphotos/a1.png\nwren\ta2\n\ntree frog\tphotos/deep/b1.png\ntree frog\tb2",
        "file,class\n/content/x/a1.png,wren\nC:\\y\\a2.png,wren\nb/b1.png,tree frog\nb2,tree frog\n",
    ],
    ids=["comma", "without endings", "semicolon", "tab", "another computer"],
)
def test_files_get_the_class_of_their_row(folder, text):
    data = clipnb.load_images(folder, labels=table(folder, text))
    assert data.class_names == ["tree frog", "wren"]
    assert [data.class_names[label] for label in data.labels] == ["wren"] * 2 + ["tree frog"] * 2
    assert data.sources[2] == os.path.join("deep", "b1.png")


def test_labels_as_a_dictionary_or_a_series(folder):
    labels = {"a1.png": "wren", "a2.png": "wren", "b1.png": "toad", "b2.png": "toad"}
    for given in (labels, pd.Series(labels)):
        data = clipnb.load_images(str(folder), labels=given, class_names=["wren", "toad", "robin"])
        assert data.class_names == ["wren", "toad", "robin"]
        assert data.labels.tolist() == [0, 0, 1, 1]


def test_what_does_not_fit_is_said(folder):
    path = table(folder, "file,class\na1.png,wren\nb1.png,toad\nc9.png,toad\n")
    with pytest.warns(UserWarning, match="without a row in the labels: a2.png; deep") as caught:
        data = clipnb.load_images(folder, labels=path)
    assert len(data) == 2
    assert "1 row names no image in the folder: c9.png." in str(caught[0].message)


@pytest.mark.parametrize(
    "text, says",
    [
        ("", "its first line must name one 'file' and one 'class'"),
        ("a1.png,wren\n", "has the columns a1.png, wren; its first line"),
        ("file,class\n", "No row of .* names an image"),
        ("file,class\nz.png,wren\n", "the first row names 'z.png', the first image is 'a1.png'"),
        ("file,class\na1.png\n", "Line 2 of .* too few columns"),
        ("file,class\na1.png,\n", "'a1.png' has no class"),
        ("file,class\na1.png,wren\na1,toad\n", "two classes for 'a1': 'wren' and 'toad'"),
        ('file,class\n"a1.png,wren', "is not a CSV file"),
    ],
)
def test_tables_that_are_refused(folder, text, says):
    with pytest.raises(ValueError, match=says):
        clipnb.load_images(folder, labels=table(folder, text))


def test_two_files_of_one_name_need_their_path(folder):
    paint(folder / "deep" / "a1.png", 7)
    data = clipnb.load_images(folder, labels={"a1.png": "wren", "deep/a1.png": "toad", "a2": "x",
                                              "b1": "x", "b2": "x"})  # fmt: skip
    assert data.class_names == ["toad", "wren", "x"]
    paint(folder / "other" / "b1.png", 9)
    with pytest.raises(ValueError, match="'b1.png' in labels could be '.*' or '.*'; give the path"):
        clipnb.load_images(folder, labels={"b1.png": "wren"})


def test_what_is_no_table(folder, tmp_path):
    with pytest.raises(FileNotFoundError, match="give a CSV file with labels"):
        clipnb.load_images(folder, labels=tmp_path / "none.csv")
    with pytest.raises(TypeError, match="labels is a list; give the path of a CSV file"):
        clipnb.load_images(folder, labels=["wren", "toad"])
    with pytest.raises(ValueError, match="has labels of its own"):
        clipnb.load_images(f"dtd:{folder}", labels={"a1.png": "wren"})
    with pytest.raises(ValueError, match="The class 'wren' of the images is not among class_names"):
        clipnb.load_images(folder, class_names=["toad"], labels={"a1.png": "wren"})
    path = table(folder, "file,class\na1.png,wren\n")
    with pytest.raises(NotADirectoryError, match="is a table; .* labels: load_images"):
        clipnb.load_images(path)
    (tmp_path / "photos.zip").write_bytes(b"PK\x03\x04")
    with pytest.raises(NotADirectoryError, match="is an archive; unpack it"):
        clipnb.load_images(tmp_path / "photos.zip")


def test_a_report_takes_the_table(folder, capsys):
    path = table(folder, "file,class\na1.png,wren\na2.png,wren\nb1.png,toad\nb2.png,toad\n")
    words = folder.parent / "words.json"
    words.write_text('{"wren": ["a brown bird"], "toad": ["warts"]}')
    page = folder.parent / "report.html"
    given = [str(folder), "--labels", str(path), "--descriptors", str(words), "--out", str(page)]
    assert main(given) == 0
    assert "4 images, 2 classes" in capsys.readouterr().out
    assert "wren" in page.with_name("report-predictions.csv").read_text(encoding="utf-8-sig")

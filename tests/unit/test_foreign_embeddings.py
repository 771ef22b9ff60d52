"""Embeddings in and out: files of other programs read with checks, and written whole; equal
embeddings and equal predictions on the way there and back."""

import io
import os
import pickle
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch

import clipnb
from clipnb.data.lazy_images import NoImages
from clipnb.support.spreadsheet import guarded, unguarded

ROOT = Path(clipnb.__file__).parent.parent
REAL = Path(os.environ.get("CLIPNB_REAL_VECTORS", ROOT.parent / "shared" / "real_vectors"))
NAMES = ["robin", "wren", "=tit"]
DIM = 6


class Model:
    """What names a model: name, fingerprint, dimension."""

    name, fingerprint, dim = "someone/clip-small", "f00d", DIM


class Other(Model):
    name, fingerprint = "someone/clip-large", "beef"


def rows(n=9, dim=DIM, seed=0, kind=np.float32):
    x = np.random.default_rng(seed).normal(size=(n, dim))
    return (x / np.linalg.norm(x, axis=1, keepdims=True)).astype(kind)


SOURCES = [f"photos/{i} é.jpg" for i in range(7)] + ["=cmd|'/c calc'!A1", '\'-1,"x".png']


def kept(n=9, **more):
    labels = np.arange(n) % 4
    labels[labels == 3] = -1
    return clipnb.ImageDataset(
        NoImages(SOURCES[:n]),
        labels,
        NAMES,
        [f"key {i}" for i in range(n)],
        SOURCES[:n],
        embeddings=rows(n),
        model={"name": Model.name, "fingerprint": Model.fingerprint},
        **more,
    )


def same(a, b, keys=True):
    assert np.array_equal(a.embeddings, b.embeddings) and a.embeddings.dtype == np.float32
    names = lambda data: [data.class_names[i] if i >= 0 else None for i in data.labels]
    assert a.sources == b.sources and names(a) == names(b)
    assert a.model == b.model and (not keys or a.keys == b.keys)


def parquet():
    return pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")


# --- there and back -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["x.npz", "x.npy", "x.parquet", "folder"])
def test_what_is_written_comes_back(name, tmp_path):
    if name not in ("x.npz", "x.npy"):
        parquet()
    data = kept()
    path = clipnb.save_embeddings(data, tmp_path / "new" / name)
    assert path == tmp_path / "new" / name
    again = clipnb.load_embeddings(path, Model() if name == "x.npy" else None)
    same(again, data)
    if name != "x.npy":
        assert again.class_names == NAMES
    left = {p.name for p in (tmp_path / "new").iterdir()}
    assert left == ({"x.npy", "x.csv"} if name == "x.npy" else {name})


@pytest.mark.parametrize("name", ["x.npz", "x.parquet", "folder"])
def test_what_the_field_guide_knows_is_kept(name, tmp_path):
    parquet()
    data = kept(seen=np.array([True, False, True]), name_frequency=np.array([7, 0, 3]))
    data.field_guide = 2
    again = clipnb.load_embeddings(clipnb.save_embeddings(data, tmp_path / name))
    assert again.seen.tolist() == [True, False, True] and again.field_guide == 2
    assert again.name_frequency.tolist() == [7, 0, 3]


@pytest.mark.parametrize("name", ["x.npz", "x.npy", "x.parquet", "folder"])
def test_predictions_are_the_same_from_every_format(clip, fieldguide, name, tmp_path):
    parquet()
    some = fieldguide.select(range(0, len(fieldguide), 9))
    classifier = clipnb.ZeroShotClassifier(clip, clipnb.name_prompts(some.class_names))
    stored = clipnb.load_embeddings(clipnb.save_embeddings(some, tmp_path / name, clip), clip)
    a, b = classifier.predict(some), classifier.predict(stored)
    assert a.labels == b.labels and torch.equal(a.scores, b.scores)
    assert clipnb.compare({"name": classifier}, some).equals(
        clipnb.compare({"name": classifier}, stored)
    )


def test_images_that_cannot_be_read_leave_no_file(clip, fieldguide, tmp_path):
    some = fieldguide.select([0, 1, 2])

    def broken():
        raise OSError("gone")

    some.images._openers[1] = broken
    some.keys[1] = "another"
    with pytest.raises(ValueError, match="gone"):
        clipnb.save_embeddings(some, tmp_path / "x.npz", clipnb.load_clip(cache=False))
    assert not list(tmp_path.iterdir())


def test_a_failure_leaves_the_old_file(tmp_path, monkeypatch):
    for name, function in (("x.npz", "savez"), ("x.npy", "save")):
        path = clipnb.save_embeddings(kept(), tmp_path / name)
        before = path.read_bytes()

        def full(file, *_, **__):
            file.write(b"half")
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as context:
            context.setattr(np, function, full)
            with pytest.raises(OSError, match="No space"):
                clipnb.save_embeddings(kept(5), path)
        assert path.read_bytes() == before and len(list(tmp_path.glob("*.unfinished"))) == 0


def test_a_failure_leaves_no_half_folder(tmp_path, monkeypatch):
    parquet()
    monkeypatch.setattr(clipnb.model.saving, "write_table", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        clipnb.save_embeddings(kept(), tmp_path / "folder")
    assert not list(tmp_path.iterdir())


def test_clip_retrievals_layout_has_its_names_and_parts(tmp_path, monkeypatch):
    table = parquet()
    monkeypatch.setattr(clipnb.model.saving, "PART", 4)
    path = clipnb.save_embeddings(kept(), tmp_path / "folder")
    files = sorted(str(p.relative_to(path)) for p in path.rglob("*.*"))
    assert files == [
        *(f"img_emb/img_emb_{i}.npy" for i in range(3)),
        *(f"metadata/metadata_{i}.parquet" for i in range(3)),
    ]
    assert table.read_schema(path / "metadata" / "metadata_0.parquet").names[0] == "image_path"
    same(clipnb.load_embeddings(path), kept())


# --- files of others ------------------------------------------------------------------------------


def npz(path, **arrays):
    np.savez(path, **arrays)
    return path


def test_an_archive_of_half_precision_with_numbers_for_labels(tmp_path):
    x = rows(kind=np.float16)
    path = npz(
        tmp_path / "x.npz", vectors=x, labels=np.arange(9, dtype="u1") % 3, class_names=NAMES
    )
    data = clipnb.load_embeddings(path, Model())
    assert data.class_names == NAMES and data.labels.tolist() == [0, 1, 2] * 3
    assert np.abs(np.linalg.norm(data.embeddings, axis=1) - 1).max() < 1e-6
    assert np.abs(data.embeddings - x).max() < 2e-3 and len(set(data.keys)) == 9
    assert data.model == {"name": Model.name, "fingerprint": "f00d"}
    assert data.sources[3].endswith("x.npz 3")


def test_labels_that_are_names_and_an_array_of_any_name(tmp_path):
    labels = np.array(["wren", "", "robin"])
    path = npz(tmp_path / "x.npz", clip_image=rows(3, kind=">f8"), labels=labels)
    data = clipnb.load_embeddings(path, Model())
    assert data.class_names == ["robin", "wren"] and data.labels.tolist() == [1, -1, 0]
    data = clipnb.load_embeddings(path, Model(), class_names=["wren", "tit", "robin"])
    assert data.labels.tolist() == [0, -1, 2]


def test_an_array_without_a_table(tmp_path):
    np.save(tmp_path / "x.npy", rows())
    data = clipnb.load_embeddings(tmp_path / "x.npy", Model())
    assert len(data) == 9 and set(data.labels) == {-1} and data.class_names == []


def test_parquet_files_of_lists(tmp_path):
    table = parquet()
    import pyarrow

    for i, kind in enumerate(
        (pyarrow.list_(pyarrow.float32()), pyarrow.list_(pyarrow.float64(), DIM))
    ):
        x = rows(4, seed=i)
        columns = {
            "photo": pyarrow.array([b"never read"] * 4),
            "vector": pyarrow.array(x.astype("f8" if i else "f4").tolist(), kind),
            "label": pyarrow.array(["wren", None, "robin", "wren"]),
            "image_path": pyarrow.array([f"{i}/{j}.jpg" for j in range(4)]),
        }
        table.write_table(pyarrow.table(columns), tmp_path / f"{i}.parquet", row_group_size=3)
    data = clipnb.load_embeddings(tmp_path, Model())
    np.testing.assert_allclose(data.embeddings, np.vstack([rows(4), rows(4, seed=1)]), atol=1e-6)
    assert data.sources[4:6] == ["1/0.jpg", "1/1.jpg"]
    assert data.labels.tolist() == [1, -1, 0, 1] * 2 and data.class_names == ["robin", "wren"]
    assert len(clipnb.load_embeddings(tmp_path / "1.parquet", Model())) == 4


def test_a_datasets_column(tmp_path):
    parquet()
    datasets = pytest.importorskip("datasets", reason="datasets is not installed")
    labels = datasets.ClassLabel(names=NAMES)
    features = datasets.Features(
        {
            "emb": datasets.Sequence(datasets.Value("float32")),
            "label": labels,
            "file_name": datasets.Value("string"),
        }
    )
    content = {
        "emb": rows().tolist(),
        "label": [0, 1, 2, -1, 0, 1, 2, 0, 1],
        "file_name": [f"{i}.jpg" for i in range(9)],
    }
    dataset = datasets.Dataset.from_dict(content, features)
    data = clipnb.load_embeddings(dataset, Model())
    assert np.array_equal(data.embeddings, rows()) and data.class_names == NAMES
    assert data.labels.tolist() == content["label"] and data.sources[2] == "2.jpg"
    shuffled = clipnb.load_embeddings(dataset.select([5, 2]), Model())
    assert np.array_equal(shuffled.embeddings, rows()[[5, 2]])
    assert (
        len(
            datasets.Dataset.from_parquet(
                str(clipnb.save_embeddings(data, tmp_path / "x.parquet")),
                cache_dir=str(tmp_path / "cache"),
            )
        )
        == 9
    )
    with pytest.raises(ValueError, match="splits 'train'; give one of them"):
        clipnb.load_embeddings(datasets.DatasetDict({"train": dataset}), Model())
    with pytest.raises(ValueError, match="read as a stream"):
        clipnb.load_embeddings(dataset.to_iterable_dataset(), Model())


def test_lengths_are_divided_by_when_asked(tmp_path):
    path = npz(tmp_path / "x.npz", embeddings=rows() * np.float32(11))
    with pytest.raises(ValueError, match=r"Embedding \d of '.*x.npz' has the length 11, not 1"):
        clipnb.load_embeddings(path, Model())
    data = clipnb.load_embeddings(path, Model(), normalize=True)
    np.testing.assert_allclose(data.embeddings, rows(), atol=1e-6)


def test_real_embeddings_of_others():
    """Embeddings of OpenAI's ViT-B/32 that others computed; a stand-in names the model."""
    path = REAL / "pets_images_vit-b32.npz"
    if not path.exists():
        pytest.skip(f"there are no embeddings of a real CLIP ({path.name}) in CLIPNB_REAL_VECTORS")

    class Real(Model):
        name, fingerprint, dim = "openai/clip-vit-base-patch32", "0000", 512

    data = clipnb.load_embeddings(path, Real())
    assert len(data) == 3669 and len(data.class_names) == 37 and (data.labels >= 0).all()
    shots = clipnb.sample_shots(data, 4, seed=0)
    rest = data.select(np.setdiff1d(np.arange(len(data)), shots))
    few = clipnb.FewShotClassifier(method="prototypes").fit(data.select(shots))
    correct = np.array(few.predict(rest)) == np.array(data.class_names)[rest.labels]
    assert correct.mean() > 0.5  # by chance: 1 of 37
    with pytest.raises(
        ValueError, match="512 dimensions, but those of 'someone/clip-small' have 6"
    ):
        clipnb.load_embeddings(path, Model())


# --- refusals -------------------------------------------------------------------------------------


def changed(change):
    x = rows()
    change(x)
    return x


def set_to(place, value):
    return lambda x: x.__setitem__(place, value)


@pytest.mark.parametrize(
    "arrays, message",
    [
        ({"embeddings": rows(dim=5)}, "5 dimensions, but those of 'someone/clip-small' have 6"),
        ({"embeddings": changed(set_to((4, 1), np.nan))}, "Embedding 4 of '.*x.npz' holds NaN"),
        (
            {"embeddings": changed(set_to((8, 0), np.inf))},
            "Embedding 8 of '.*x.npz' holds NaN or inf",
        ),
        ({"embeddings": changed(set_to(2, 0))}, "Embedding 2 of .* has the length 0, not 1"),
        ({"embeddings": changed(set_to(2, 3e38))}, "Embedding 2 of .* has the length 7.35e\\+38"),
        ({"embeddings": rows(), "sources": SOURCES[:5]}, "9 embeddings, but its 'sources' has 5"),
        ({"embeddings": rows(), "labels": np.arange(5)}, "9 embeddings, but its 'labels' has 5"),
        (
            {"embeddings": rows(), "labels": np.arange(9)},
            "numbers such as 0, and it has no class_na",
        ),
        (
            {"embeddings": rows(), "labels": np.arange(9), "class_names": NAMES},
            "is 3, but there are 3 classes; labels are 0 to 2, or -1",
        ),
        (
            {"embeddings": rows(), "labels": np.full(9, 0.5), "class_names": NAMES},
            "is 0.5, but there are 3",
        ),
        (
            {"embeddings": rows(), "labels": np.array(["owl"] * 9), "class_names": NAMES},
            "The class 'owl' .* is not among class_names",
        ),
        ({"embeddings": rows(), "class_names": ["a", "a"]}, "'a' twice"),
        (
            {"embeddings": rows(), "labels": np.array(["\x1b[2J"] * 9)},
            "holds the control character",
        ),
        ({"embeddings": rows(), "model": "openai/clip-b32"}, "of the model 'openai/clip-b32', not"),
        (
            {"embeddings": rows(), "model": Other.name, "fingerprint": Other.fingerprint},
            r"model 'someone/clip-large' \(beef\), not of 'someone/clip-small' \(f00d\)",
        ),
        ({"a": rows(), "b": rows()}, "has 'a', 'b'; give column="),
        ({"embeddings": np.arange(9)}, "no two-dimensional array of floats"),
        ({"embeddings": rows(), "sources": np.array([None] * 9)}, "'sources' as Python objects"),
    ],
)
def test_archives_that_do_not_fit(arrays, message, tmp_path):
    with pytest.raises(ValueError, match=message) as error:
        clipnb.load_embeddings(npz(tmp_path / "x.npz", **arrays), Model())
    assert "x.npz" in str(error.value) or "class" in str(error.value)
    assert len(str(error.value).splitlines()) == 1


def test_the_model_must_be_named(tmp_path):
    path = npz(tmp_path / "x.npz", embeddings=rows())
    with pytest.raises(ValueError, match="x.npz' does not say which model .* clip=load_clip"):
        clipnb.load_embeddings(path)
    with pytest.raises(TypeError, match="clip is str, not a model; give what load_clip returns"):
        clipnb.load_embeddings(path, "openai/clip-vit-base-patch32")
    named = npz(tmp_path / "y.npz", embeddings=rows(), model="CLIP-small")
    assert clipnb.load_embeddings(named, Model()).model["name"] == Model.name
    for name in ("z.npz", "z.parquet", "z"):
        if name != "z.npz":
            parquet()
        path = clipnb.save_embeddings(kept(), tmp_path / name)
        if name != "z.parquet":
            with pytest.raises(
                ValueError, match="someone/clip-small' .f00d., not of 'someone/clip-l"
            ):
                clipnb.load_embeddings(path, Other())


def test_our_own_parquet_is_compared_with_the_model(clip, tmp_path):
    parquet()
    path = clipnb.save_embeddings(kept(), tmp_path / "x.parquet")
    with pytest.raises(ValueError, match=r"someone/clip-small' \(f00d\), not of 'bundled'"):
        clipnb.load_embeddings(path, clip)
    with pytest.raises(ValueError, match="leave out column and class_names"):
        clipnb.load_embeddings(path, column="embedding")


def test_hostile_archives(tmp_path):
    class Bomb:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "run"),)

    path = tmp_path / "x.npz"
    np.savez(path, embeddings=rows(), sources=np.array([Bomb()] * 9, object))
    with pytest.raises(ValueError, match="Python objects, which could run code"):
        clipnb.load_embeddings(path, Model())
    (tmp_path / "x.npy").write_bytes(pickle.dumps(Bomb()))
    with pytest.raises(ValueError, match="x.npy' is no .npy file"):
        clipnb.load_embeddings(tmp_path / "x.npy", Model())
    header = io.BytesIO()
    shape = {"descr": "<f4", "fortran_order": False, "shape": (10**9, DIM)}
    np.lib.format.write_array_header_1_0(header, shape)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("embeddings.npy", header.getvalue())
    with pytest.raises(ValueError, match="22,888 MB; at most 16,384 MB"):
        clipnb.load_embeddings(path, Model())
    (tmp_path / "x.npy").write_bytes(header.getvalue())
    with pytest.raises(ValueError, match="x.npy' is no .npy file"):
        clipnb.load_embeddings(tmp_path / "x.npy", Model())
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, shape | {"shape": (10**6, DIM)})
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("embeddings.npy", header.getvalue())
    with pytest.raises(ValueError, match="'embeddings' in .* is cut off"):
        clipnb.load_embeddings(path, Model())
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("name", ["x.npz", "x.npy", "x.parquet"])
def test_damaged_and_missing_files(name, tmp_path):
    parquet()
    with pytest.raises(FileNotFoundError, match=name):
        clipnb.load_embeddings(tmp_path / name, Model())
    (tmp_path / name).write_bytes(b"something else")
    with pytest.raises(ValueError, match=f"{name}' is no .* or damaged"):
        clipnb.load_embeddings(tmp_path / name, Model())


@pytest.mark.parametrize("name", ["x.npz", "x.npy", "x.parquet", "folder"])
def test_changed_bytes_give_a_sentence(name, tmp_path):
    parquet()
    import random

    from fuzz import Refused, mutated, outcome

    path, chance = clipnb.save_embeddings(kept(), tmp_path / name), random.Random(0)
    files = [p for p in tmp_path.rglob("*.*") if p.is_file()]
    whole = {file: file.read_bytes() for file in files}
    for _ in range(60):
        file = chance.choice(files)
        file.write_bytes(mutated(whole[file], chance))
        try:
            found, _ = outcome(lambda: clipnb.load_embeddings(path, Model()))
            assert np.isfinite(found.embeddings).all()
        except Refused as error:
            assert name in str(error) or "x.csv" in str(error) or "class" in str(error)
        file.write_bytes(whole[file])


def test_a_table_with_another_number_of_rows(tmp_path):
    path = clipnb.save_embeddings(kept(), tmp_path / "x.npy")
    np.save(path, rows(8))
    with pytest.raises(ValueError, match="x.npy' has 8 embeddings, but '.*x.csv' has 9 rows"):
        clipnb.load_embeddings(path, Model())
    (tmp_path / "x.csv").write_text("a,b\n" + "1,2\n" * 8)
    with pytest.raises(ValueError, match="x.csv' has the columns a, b, and none is 'source'"):
        clipnb.load_embeddings(path, Model())
    (tmp_path / "x.csv").write_text("source,class\n" + "1\n" * 8)
    with pytest.raises(ValueError, match="2 columns, but its row 0 has 1"):
        clipnb.load_embeddings(path, Model())
    (tmp_path / "x.csv").write_bytes(b"source\n" + b"\xff\n" * 8)
    with pytest.raises(ValueError, match="x.csv' is no CSV file in UTF-8"):
        clipnb.load_embeddings(path, Model())


def test_parts_of_clip_retrieval_that_do_not_belong_together(tmp_path, monkeypatch):
    parquet()
    monkeypatch.setattr(clipnb.model.saving, "PART", 4)
    path = clipnb.save_embeddings(kept(), tmp_path / "folder")
    second = path / "img_emb" / "img_emb_1.npy"
    np.save(second, rows(3))
    with pytest.raises(
        ValueError, match="img_emb_1.npy' has 3 embeddings, but '.*metadata_1.parq.* 4"
    ):
        clipnb.load_embeddings(path)
    np.save(second, rows(4, dim=7))
    with pytest.raises(
        ValueError, match="img_emb_1.npy' has embeddings of 7 dim.* before it have 6"
    ):
        clipnb.load_embeddings(path)
    np.save(second, changed(set_to((3, 1), np.nan))[:4])
    with pytest.raises(ValueError, match="Embedding 3 of '.*img_emb_1.npy' holds NaN"):
        clipnb.load_embeddings(path)
    (path / "metadata" / "metadata_1.parquet").unlink()
    with pytest.raises(ValueError, match="img_emb_1.npy' has no '.*metadata_1.parquet'"):
        clipnb.load_embeddings(path)
    for file in (path / "img_emb").iterdir():
        file.unlink()
    with pytest.raises(FileNotFoundError, match="no file img_emb_0.npy"):
        clipnb.load_embeddings(path)


@pytest.mark.parametrize(
    "columns, message",
    [
        (lambda x: {"x": [1]}, "x.parquet' has no column with a list of floats"),
        (lambda x: {"a": x, "b": x}, "has 'a', 'b'; give column="),
        (lambda x: {"embedding": [*x[:3], None]}, "Embedding 3 of .* has none, but .* 6 numbers"),
        (lambda x: {"embedding": [*x[:3], [1.0]]}, "Embedding 3 of .* has 1 numbers, but .* 6"),
        (lambda x: {"embedding": [*x[:3], [None] * 6]}, "Embedding 3 of .* holds NaN"),
        (lambda x: {"embedding": x, "model": [Other.name] * 4}, "model 'someone/clip-large', not"),
        (lambda x: {"embedding": x, "label": [1, 2, 0, 1]}, "numbers such as 1, and it has no"),
    ],
)
def test_parquet_files_that_do_not_fit(columns, message, tmp_path):
    table = parquet()
    import pyarrow

    content = columns(rows(4).astype(float).tolist())
    table.write_table(pyarrow.table(content), tmp_path / "x.parquet")
    with pytest.raises(ValueError, match=message):
        clipnb.load_embeddings(tmp_path / "x.parquet", Model())


def test_wrong_arguments(tmp_path):
    data = kept()
    for path, options, message in (
        ("x.txt", {}, "ends with '.txt'; it can end with .npz, .npy or .parquet"),
        ("x.npz", {"format": "hdf5"}, "format is 'hdf5'; it can be 'npz'"),
    ):
        with pytest.raises(ValueError, match=message):
            clipnb.save_embeddings(data, tmp_path / path, **options)
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "file").touch()
    with pytest.raises(ValueError, match="there' is there already; give a new folder"):
        clipnb.save_embeddings(data, tmp_path / "there")
    with pytest.raises(TypeError, match="got ndarray; give a path or a datasets.Dataset"):
        clipnb.load_embeddings(rows(), Model())
    with pytest.raises(
        ValueError, match="no two-dimensional array of floats called 'y'; column can"
    ):
        clipnb.load_embeddings(clipnb.save_embeddings(data, tmp_path / "x.npz"), column="y")
    data.model = None
    with pytest.raises(ValueError, match="do not say which model made their embeddings"):
        clipnb.save_embeddings(data, tmp_path / "y.npz")
    data = kept()
    data.embeddings[2] = 2
    with pytest.raises(
        ValueError, match=r"embedding of 'photos/2 é.jpg' has the length 4.9, not 1"
    ):
        clipnb.save_embeddings(data, tmp_path / "y.npz")
    assert not (tmp_path / "y.npz").exists()


def test_without_pyarrow(tmp_path, monkeypatch):
    path = clipnb.save_embeddings(kept(), tmp_path / "x.npz")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    same(clipnb.load_embeddings(path), kept())
    for name in ("x.parquet", "folder"):
        with pytest.raises(ImportError, match=r"clipnb\[embed\]"):
            clipnb.save_embeddings(kept(), tmp_path / name)


# --- embeddings that are given by hand ------------------------------------------------------------


def test_embeddings_in_a_data_set_are_checked_where_they_are_used(clip):
    classifier = clipnb.ZeroShotClassifier(clip, {"robin": ["a robin"], "wren": ["a wren"]})
    data = kept()
    data.model = {"name": "bundled", "fingerprint": clip.fingerprint}
    for embeddings, message in (
        (rows(), "are \\(n, 160\\) floats, but those of these images are \\(9, 6\\)"),
        (np.ones((9, 160), int), "are \\(n, 160\\) floats, but those of .* torch.int64"),
        (np.full((9, 160), np.nan, "f4"), "The embedding of 'photos/0 é.jpg' holds NaN"),
        (np.ones((9, 160), "f4"), "photos/0 é.jpg' has the length 12.6, not 1"),
    ):
        data.embeddings = embeddings
        for use in (classifier.predict, clip.encode_images):
            with pytest.raises(ValueError, match=message):
                use(data)
    with pytest.raises(ValueError, match="rows of floats, but these are torch.int64"):
        classifier.predict(torch.ones(9, 160, dtype=torch.int64))
    with pytest.raises(ValueError, match="Embedding 0 of the reference holds NaN"):
        clipnb.explain.Reference.of(np.full((2, 160), np.nan, "f4"))


def test_a_formula_is_text_and_comes_back():
    for text in ("=1+1", "-2", "'=1", "''@x", "\t=1", "plain", "'quoted'", "", "a=b"):
        assert unguarded(guarded(text)) == text and not guarded(text).startswith(("=", "-", "\t"))


@pytest.mark.parametrize("kind", ["npz", "npy", "parquet", "clip-retrieval"])
def test_names_that_no_file_can_hold_are_written_as_their_escapes(kind, tmp_path):
    data = kept()
    data = clipnb.ImageDataset(
        data.images, data.labels, NAMES, data.keys, ["a\udcff.jpg", *SOURCES[1:]],
        embeddings=data.embeddings, model=data.model,
    )  # fmt: skip
    path = clipnb.save_embeddings(data, tmp_path / f"x.{kind}", format=kind)
    assert clipnb.load_embeddings(path, Model()).sources[0] == "a\\udcff.jpg"

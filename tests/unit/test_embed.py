"""embed and load_embeddings: exactly once, resumable, refused where they do not belong; on Ray,
with a worker that is killed."""

import os
import signal
import sys
import time

import numpy as np
import pytest
import torch
from pandas.testing import assert_frame_equal
from PIL import Image
from rounding import SAME

import clipnb

pytest.importorskip("pyarrow", reason="pyarrow is not installed: pip install 'clipnb[embed]'")
from clipnb.model.cluster import RayWorker


@pytest.fixture(scope="module")
def model():
    """The bundled model without its cache, so that every encoded image counts."""
    return clipnb.load_clip(cache=False)


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """40 images in two class folders."""
    folder = tmp_path_factory.mktemp("photos")
    noise = np.random.default_rng(0)
    for i in range(40):
        path = folder / ("red_thing" if i % 2 else "blue_thing") / f"{i}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(noise.integers(0, 255, (8 + i, 20, 3), np.uint8)).resize((90, 90)).save(
            path
        )
    return folder


@pytest.fixture(scope="module")
def embedded(model, photos, tmp_path_factory):
    return clipnb.embed(photos, tmp_path_factory.mktemp("embeddings"), model, part_size=16)


def test_embeddings_labels_and_order_come_back(model, photos, embedded):
    data, kept = clipnb.load_images(photos), clipnb.load_embeddings(embedded)
    assert sorted(path.name[:15] for path in embedded.glob("part-*")) == [
        "part-0000000000",
        "part-0000000016",
        "part-0000000032",
    ]
    assert (
        kept.sources == data.sources
        and kept.keys == data.keys
        and kept.class_names == data.class_names
        and (kept.labels == data.labels).all()
    )
    assert (
        kept.embeddings.dtype == np.float32
        and np.abs(kept.embeddings - model.encode_images(data).numpy()).max() < 1e-5
    )
    assert kept.model == {"name": "bundled", "fingerprint": model.fingerprint}


def test_any_reader_of_parquet_understands_the_files(embedded):
    import pandas as pd
    import pyarrow.parquet

    frame = pd.read_parquet(embedded)
    assert list(frame.columns) == ["source", "key", "class", "number", "embedding"] and set(
        frame["class"]
    ) == {"red thing", "blue thing"}
    assert sorted(frame["number"]) == list(range(40))
    kind = pyarrow.parquet.read_schema(next(embedded.glob("part-*"))).field("embedding").type
    assert str(kind.value_type) == "float" and kind.list_size == 160


def test_the_classifier_and_the_evaluation_take_embeddings_like_images(model, photos, embedded):
    data, kept = clipnb.load_images(photos), clipnb.load_embeddings(embedded)
    tables = {
        "name": clipnb.name_prompts(data.class_names),
        "other": {"red thing": ["a red frog"], "blue thing": ["a bird"]},
    }
    before = model.encoded
    classifiers = {name: clipnb.ZeroShotClassifier(model, table) for name, table in tables.items()}
    from_embeddings = [
        clipnb.compare(classifiers, kept),
        clipnb.evaluate(model, kept, tables),
        clipnb.per_class(classifiers["name"], kept),
    ]
    assert model.encoded - before < 20  # texts only
    from_images = [
        clipnb.compare(classifiers, data),
        clipnb.evaluate(model, data, tables),
        clipnb.per_class(classifiers["name"], data),
    ]
    for a, b in zip(from_embeddings, from_images):  # a near-tie may fall to either side
        assert_frame_equal(a, b, check_exact=False, atol=2 / len(kept))
    torch.testing.assert_close(
        classifiers["name"].predict(kept).scores[3:5],
        classifiers["name"].predict(kept.select([3, 4])).scores,
        rtol=0,
        atol=SAME,
    )
    assert kept.of_class("red thing").embeddings.shape == (20, 160) and kept.rename(
        {"red thing": "rot"}
    ).class_names == ["blue thing", "rot"]
    with pytest.raises(ValueError, match="blue_thing.*load_images"):
        kept.images[0]


def test_held_out_names_and_unknown_labels_are_kept(model, fieldguide, tmp_path):
    some = fieldguide.select(range(0, len(fieldguide), 12))
    some.labels[1] = -1
    kept = clipnb.load_embeddings(clipnb.embed(some, tmp_path / "new" / "folder", model))
    assert (
        (kept.seen == fieldguide.seen).all()
        and not kept.seen.all()
        and (kept.labels == some.labels).all()
    )


def test_a_stopped_run_goes_on_where_it_was(model, photos, tmp_path):
    data = clipnb.load_images(photos)
    openers = data.images._openers
    alive = openers[20]

    def broken():
        raise KeyboardInterrupt

    openers[20] = broken
    with pytest.raises(KeyboardInterrupt):
        clipnb.embed(data, tmp_path, model, part_size=8)
    openers[20] = alive
    (tmp_path / ".part-half-written").write_bytes(b"PAR1")
    assert len(clipnb.load_embeddings(tmp_path)) == 16
    before = model.encoded
    clipnb.embed(data, tmp_path, model, part_size=10)  # another size: it does not matter
    assert model.encoded - before == 24 and not list(tmp_path.glob(".part*"))
    assert clipnb.load_embeddings(tmp_path).sources == data.sources
    clipnb.embed(data, tmp_path, model)
    assert model.encoded - before == 24


def test_new_images_are_added_and_changed_ones_refused(model, photos, tmp_path):
    data = clipnb.load_images(photos)
    clipnb.embed(data.select(range(30)), tmp_path, model)
    before = model.encoded
    clipnb.embed(data, tmp_path, model)
    assert model.encoded - before == 10 and clipnb.load_embeddings(tmp_path).keys == data.keys
    data.keys[7] = "another content"
    with pytest.raises(ValueError, match=f"{data.sources[7]}.*changed"):
        clipnb.embed(data, tmp_path, model)


def test_embeddings_of_another_model_are_refused_with_both_names(model, photos, embedded, tmp_path):
    kept = clipnb.load_embeddings(embedded)
    other = clipnb.load_clip(cache=False)
    other.name = "another/clip"
    with torch.no_grad():
        other.model.text_projection.weight.add_(0.1)
    for use in (
        lambda: clipnb.ZeroShotClassifier(other, {"a": ["a"]}).predict(kept),
        lambda: clipnb.evaluate(other, kept, {"name": clipnb.name_prompts(kept.class_names)}),
        lambda: clipnb.embed(photos, embedded, other),
    ):
        with pytest.raises(
            ValueError,
            match=rf"'bundled' \({model.fingerprint}\).*'another/clip' \({other.fingerprint}\)",
        ):
            use()
    clipnb.embed(clipnb.load_images(photos).select([0]), tmp_path, other)
    next(tmp_path.glob("part-*")).rename(embedded / "part-9.parquet")
    with pytest.raises(ValueError, match="part-9.parquet.*another/clip.*bundled"):
        clipnb.load_embeddings(embedded)
    (embedded / "part-9.parquet").unlink()


def test_wrong_arguments_get_a_text(model, photos, embedded, tmp_path):
    import pyarrow.parquet

    with pytest.raises(ValueError, match="'spark'; it can be local or ray"):
        clipnb.embed(photos, tmp_path, model, engine="spark")
    with pytest.raises(ValueError, match="holds embeddings already"):
        clipnb.embed(clipnb.load_embeddings(embedded), tmp_path, model)
    with pytest.raises(ValueError, match="1 images are twice"):
        clipnb.embed(clipnb.load_images(photos).select([0, 1, 1]), tmp_path, model)
    with pytest.raises(ValueError, match="'green' is in one only"):
        clipnb.embed(
            clipnb.load_images(photos, ["blue thing", "green", "red thing"]), embedded, model
        )
    with pytest.raises(FileNotFoundError, match="embed images first"):
        clipnb.load_embeddings(tmp_path)
    pyarrow.parquet.write_table(pyarrow.table({"x": [1]}), tmp_path / "part-1.parquet")
    (tmp_path / "part-2.parquet").write_text("no parquet")
    for name, message in (
        ("part-1", "has no column with a list of floats"),
        ("part-2", "is no Par"),
    ):
        with pytest.raises(ValueError, match=f"{name}.parquet' {message}"):
            clipnb.load_embeddings(tmp_path / f"{name}.parquet")
    (tmp_path / "part-2.parquet").unlink()
    with pytest.raises(ValueError, match="part-1.parquet' was not written by clipnb.embed"):
        clipnb.embed(photos, tmp_path, model)


def test_without_pyarrow_or_ray_one_text_says_what_to_install(photos, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ImportError, match=r"clipnb\[ray\]"):
        clipnb.embed(photos, tmp_path, engine="ray")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ImportError, match=r"clipnb\[embed\]"):
        clipnb.load_embeddings(tmp_path)


# --- Ray ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ray():
    ray = pytest.importorskip("ray", reason="ray is not installed: pip install 'clipnb[ray]'")
    ray.init(
        address="local",
        num_cpus=2,
        include_dashboard=False,
        log_to_driver=False,
        logging_level="error",
        object_store_memory=100_000_000,
    )
    yield ray
    ray.shutdown()


def test_two_ray_workers_one_of_them_killed(ray, model, photos, embedded, tmp_path):
    data, log = clipnb.load_images(photos), tmp_path / "opened"
    openers = list(data.images._openers)

    def watched(i):
        def open_and_note():
            first = not log.exists() or f"{i}\n" not in log.read_text().replace(" ", "\n")
            with open(log, "a") as file:
                file.write(f"{os.getpid()} {i}\n")
            time.sleep(0.1)
            if i == 22 and first:
                os.kill(os.getpid(), signal.SIGKILL)  # in the middle of a part
            return openers[i]()

        return open_and_note

    data.images._openers[:] = [watched(i) for i in range(40)]
    out = clipnb.embed(data, tmp_path / "embeddings", model, engine="ray", workers=2, part_size=5)
    opened = [line.split() for line in log.read_text().splitlines()]
    killers = [pid for pid, i in opened if i == "22"]
    assert len(killers) == 2 and killers[0] != killers[1]  # it died, and another did the part
    assert len({pid for pid, _ in opened}) >= 2 and str(os.getpid()) not in {
        pid for pid, _ in opened
    }
    kept, alone = clipnb.load_embeddings(out), clipnb.load_embeddings(embedded)
    assert (
        kept.sources == alone.sources
        and kept.keys == alone.keys
        and len(list(out.glob("part-*"))) == 8
    )
    assert (
        np.abs(kept.embeddings - alone.embeddings).max() < 1e-5
        and (kept.labels == alone.labels).all()
    )
    assert clipnb.embed(photos, out, model, engine="ray") == out and len(
        log.read_text().splitlines()
    ) == len(opened)
    ray.cluster_resources()  # a cluster that was there before is left running


def test_a_worker_with_another_model_of_the_same_name_refuses(ray, model, tmp_path):
    with pytest.raises(ValueError, match="is another one on"):
        RayWorker(ray.put((None, [])), str(tmp_path), model.origin, "f00d")


# --- damage, and two runs at once -----------------------------------------------------------------


def test_every_changed_bit_is_noticed(model, photos, tmp_path):
    """The digest covers note and columns; what it does not cover changes nothing."""
    import random

    clipnb.embed(clipnb.load_images(photos).select(range(12)), tmp_path, model)
    file = next(tmp_path.glob("part-*"))
    whole, first, chance = file.read_bytes(), clipnb.load_embeddings(tmp_path), random.Random(0)
    noticed = 0
    for _ in range(300):
        data = bytearray(whole)
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        file.write_bytes(data)
        try:
            now = clipnb.load_embeddings(tmp_path)
        except ValueError as error:
            assert file.name in str(error)
            noticed += 1
            continue
        assert np.array_equal(now.embeddings, first.embeddings) and now.keys == first.keys
        assert now.sources == first.sources and now.class_names == first.class_names
    assert noticed > 200


def test_a_damaged_part_is_embedded_again(model, photos, tmp_path):
    data = clipnb.load_images(photos)
    clipnb.embed(data, tmp_path, model, part_size=20)
    first, before = clipnb.load_embeddings(tmp_path), model.encoded
    broken = sorted(tmp_path.glob("part-*"))[1]
    broken.write_bytes(broken.read_bytes()[:-50])
    with pytest.raises(ValueError, match=f"{broken.name}.*damaged; delete it and run embed"):
        clipnb.load_embeddings(tmp_path)
    with pytest.warns(UserWarning, match=f"{broken.name}' was damaged"):
        clipnb.embed(data, tmp_path, model, part_size=20)
    again = clipnb.load_embeddings(tmp_path)
    assert model.encoded - before == 20 and again.keys == first.keys
    np.testing.assert_allclose(again.embeddings, first.embeddings, atol=SAME)


def test_a_folder_with_an_equals_sign_is_no_column(model, photos, tmp_path):
    out = tmp_path / "run=3"
    clipnb.embed(clipnb.load_images(photos).select([0]), out, model)
    assert len(clipnb.load_embeddings(out)) == 1


def test_a_second_run_into_the_same_folder_is_refused(model, photos, tmp_path):
    data, refused = clipnb.load_images(photos).select(range(8)), []
    first = data.images[0]

    def opened_while_another_run_begins():
        with pytest.raises(ValueError, match="Another run embeds into") as error:
            clipnb.embed(photos, tmp_path, model)
        refused.append(error)
        return first

    rest = [lambda i=i: images[i] for i in range(1, 8)]
    images, data.images = data.images, type(data.images)([opened_while_another_run_begins, *rest])
    clipnb.embed(data, tmp_path, model)
    assert refused and len(clipnb.load_embeddings(tmp_path)) == 8


def test_a_copied_part_is_refused(model, photos, tmp_path):
    import shutil

    clipnb.embed(clipnb.load_images(photos).select(range(4)), tmp_path, model)
    part = next(tmp_path.glob("part-*"))
    shutil.copy(part, part.with_name(part.stem + " (1).parquet"))
    with pytest.raises(ValueError, match="twice .*delete the copy"):
        clipnb.load_embeddings(tmp_path)

"""``clipnb real``: a fake Hub in place of the real one; stored embeddings of a real CLIP, or the
bundled one, where the Hub cannot be reached; and no claim about what was not run."""

import os
from pathlib import Path

import numpy as np
import pytest
from fake_hub import fake_hub, files_of
from huggingface_hub import constants
from PIL import Image
from small_models import save_clip

import clipnb
from clipnb.report import published, real, stored

ROOT = Path(clipnb.__file__).parent.parent
VECTORS = Path(os.environ.get("CLIPNB_REAL_VECTORS", ROOT.parent / "shared" / "real_vectors"))
BREEDS = ["Abyssinian", "pug", "saint bernard"]


@pytest.fixture
def hub(monkeypatch, tmp_path):
    """A Hub with a small model under the name of the real one."""
    with fake_hub(monkeypatch, tmp_path / "hub") as server:
        server.repository(published.MODEL, files_of(save_clip(tmp_path / "model")))
        yield server


@pytest.fixture
def no_hub(monkeypatch, tmp_path):
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "empty"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)


@pytest.fixture
def pets(tmp_path):
    """Pets in its own layout: three breeds, two images of each."""
    root, lines = tmp_path / "pets", []
    (root / "images").mkdir(parents=True)
    (root / "annotations").mkdir()
    for label, breed in enumerate(BREEDS):
        for number in range(2):
            name = f"{breed.replace(' ', '_')}_{number}"
            pixels = np.random.default_rng(10 * label + number).integers(0, 255, (50, 60, 3))
            Image.fromarray(pixels.astype(np.uint8)).save(root / "images" / f"{name}.jpg")
            lines.append(f"{name} {label + 1} 1 {label + 1}")
    (root / "annotations" / "test.txt").write_text("\n".join(lines))
    return f"pets:{root}"


def run(*more):
    return real.main(["--seeds", "1", *more])


# --- for real -------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_whole_path_with_a_model_from_the_hub(hub, pets, tmp_path, capsys):
    page = tmp_path / "new" / "real.html"
    assert run("--images", pets, "--out", str(page)) == 0
    said, wrong = capsys.readouterr()
    assert not wrong and "cannot be reached" not in said
    for method in ("name", "templates", "description alone", "control: waffle"):
        assert f"\n{method} " in said
    row = next(line for line in said.splitlines() if "da-nial" in line and "79.94" in line)
    ours, difference = map(float, row.split()[-2:])
    assert difference == pytest.approx(ours - 79.94, abs=0.011)
    assert "the same model (openai/clip-vit-base-patch32)" in said
    assert "split: theirs test, 3,669 images, ours " in said and "6 images" in said
    text = page.read_text("utf-8")
    assert "theirs are those of the paper, by GPT-3" in text and "control: swapped" in text
    assert page.with_name("real-predictions.csv").is_file()


def test_another_model_is_named_as_a_difference():
    for dataset in published.PUBLISHED:
        for text in published.differences(dataset, "someone/clip", "all images"):
            assert "model: theirs openai/clip-vit-base-patch32, ours someone/clip" in text


def test_a_published_figure_has_only_our_figure_of_its_template_beside_it():
    ours = {("name", published.BARE): 0.5, ("description", published.PHOTO): 0.25}
    table = published.beside("pets", ours)
    assert table["published"].tolist() == [79.94, 85.25] and table["ours"].tolist() == [50, 25]
    assert table["difference"].tolist() == pytest.approx([-29.94, -60.25])
    assert published.beside("pets", {}).empty


def test_every_published_figure_finds_a_method(clip):
    few = clipnb.DescriptorSet({"robin": ["a red breast"], "wren": ["a short tail"]})
    run = real.described(clip, None, few, "")
    assert set(run.kinds) <= set(run.methods)
    for rows in published.PUBLISHED.values():
        there = {(kind, one.template) for one in rows for kind in one.figures}
        assert there <= set(run.kinds.values())


def test_the_hub_calls_classes_of_eurosat_otherwise():
    names = "Annual Crop, Forest, Herbaceous Vegetation, Highway, Industrial Buildings, Pasture"
    names += ", Permanent Crop, Residential Buildings, River, SeaLake"
    images = [Image.new("RGB", (8, 8), (i, 0, 0)) for i in range(10)]
    data = clipnb.ImageDataset(images, range(10), names.split(", "))
    descriptors = clipnb.load_descriptors("eurosat")
    found = real.named_as(data, descriptors, real.OTHER_NAMES["eurosat"])
    assert found.class_names == descriptors.class_names
    with pytest.raises(ValueError, match="no descriptors of the class 'Industrial Buildings'"):
        real.named_as(data, descriptors, {})


def test_what_is_wrong_elsewhere_is_not_taken_for_a_missing_network(hub, pets, tmp_path, capsys):
    out = ["--out", str(tmp_path / "x.html")]
    assert run("--model", "no/name", "--images", pets, *out) == 2
    assert run("--images", f"pets:{tmp_path / 'none'}", *out) == 2
    said, wrong = capsys.readouterr()
    assert not said and len(wrong.splitlines()) == 2
    assert "check the name" in wrong and "is not the folder of pets" in wrong
    assert not (tmp_path / "x.html").exists()


# --- where there is no network --------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    """Embeddings of five images of three breeds, and of four texts."""
    (tmp_path / "vectors").mkdir()
    rows = np.eye(8, dtype=np.float16)
    texts = ["a cat", "a dog", "a spoon", "a lamp", "a shoe", "a boat"]
    images = rows[[0, 1, 1, 0, 1]] + rows[7] / 2
    np.savez(
        tmp_path / "vectors" / "pets_images_x.npz",
        vectors=images,
        labels=np.array([0, 1, 2, 0, 1]),
        class_names=np.array(BREEDS),
    )
    np.savez(tmp_path / "vectors" / "text_x.npz", vectors=rows[:6], sentences=np.array(texts))
    return tmp_path / "vectors"


@pytest.mark.slow
def test_stored_embeddings_take_the_place_and_say_what_was_not_run(
    no_hub, folder, tmp_path, capsys
):
    page = tmp_path / "real.html"
    assert run("--stored", str(folder), "--out", str(page)) == 0
    said, wrong = capsys.readouterr()
    first, *others = said.splitlines()
    assert first.startswith("The Hugging Face Hub cannot be reached, so nothing here is computed")
    assert first.count(". ") == 0 and str(folder) in first and not wrong
    assert any(line.split()[:4] == ["name", "5", "1", "1.000"] for line in others)
    assert "Not run: templates, descriptors" in said and "79.94" not in said
    assert "No published figure is compared" in page.read_text("utf-8")


def test_stored_texts_are_looked_up_and_never_made_up(folder, tmp_path):
    clip, data = stored.stored(folder, "pets")
    assert data.class_names == ["cat", "dog"] and data.labels.tolist() == [0, 1, 1, 0, 1]
    with pytest.raises(ValueError, match="No embedding of the text 'a bird' is stored"):
        clip.encode_texts(["a cat", "a bird"])
    with pytest.raises(FileNotFoundError, match=r"eurosat_images….npz"):
        stored.stored(folder, "eurosat")


@pytest.mark.slow
def test_without_stored_embeddings_it_is_the_bundled_model(no_hub, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(real, "PER_SPECIES", 1)
    monkeypatch.delenv("CLIPNB_REAL_VECTORS", raising=False)
    monkeypatch.setenv("CLIPNB_MODEL", "some/model")
    assert run("--dataset", "eurosat", "--out", str(tmp_path / "real.html")) == 0
    said = capsys.readouterr().out
    assert "run on the bundled CLIP and the field guide" in said
    assert "no published figure is about these images" in said and "44.28" not in said


@pytest.mark.slow
def test_cats_and_dogs_with_the_embeddings_of_vit_b32():
    if not (VECTORS / "text_names_vit-b32.npz").exists():
        pytest.skip("there are no embeddings of a real CLIP in CLIPNB_REAL_VECTORS")
    table = real.figures(real.of_stored(VECTORS, "pets"), seeds=2)
    assert table.loc["name", "top1"] == pytest.approx(0.9986, abs=0.0006)
    assert table.loc["control: names swapped", "top1"] < 0.01
    assert table.loc["control: name and random texts", "top1"] < table.loc["name", "top1"]

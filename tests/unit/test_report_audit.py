"""What a report says of images and labels: planted copies and planted incorrect labels are found,
others are not; what separates confused classes; the few-shot mode."""

import io
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image, ImageEnhance
from test_report import flat, read

import clipnb
from clipnb.data import LazyImages
from clipnb.evaluation import confident_learning, held_out_probabilities, near_duplicates
from clipnb.explain.separation import auc, separating_descriptors
from clipnb.report import audit
from clipnb.report import command as report
from clipnb.report.findings import SHOT_CONTROL

PAIR = ("Adonis blue", "blue morpho")


# --- labels ---------------------------------------------------------------------------------------


def test_confident_learning_by_hand():
    # the images of class 0 have p(0) = 0.6 on average, those of class 1 p(1) = 0.55
    p = torch.tensor([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.2, 0.8], [0.55, 0.45], [0.6, 0.4]])
    found = confident_learning(p, [0, 0, 0, 1, 1, 1])
    assert found[["image", "label", "suggestion"]].values.tolist() == [[2, 0, 1], [5, 1, 0]]
    assert found["p_suggestion"].tolist() == pytest.approx([0.9, 0.6])
    assert confident_learning(p[:2], [0, 0]).empty and confident_learning(p[:0], []).empty
    assert confident_learning(p[2:3], [0]).empty  # alone in its class


@pytest.mark.parametrize("labels", [[0], [0, 2], [0, -1]])
def test_labels_that_do_not_fit(labels):
    with pytest.raises(ValueError, match="label"):
        confident_learning(torch.full((2, 2), 0.5), labels)


def test_an_image_does_not_judge_itself():
    x = torch.nn.functional.normalize(torch.tensor([[1, 0.1], [1, 0], [0, 1], [0.1, 1]]), dim=1)
    p = held_out_probabilities(x, [0, 0, 1, 1], 10.0, folds=2)
    assert p.argmax(1).tolist() == [0, 0, 1, 1]
    alone = held_out_probabilities(x[:3], [0, 0, 1], 10.0, folds=2)
    assert alone[2].tolist() == [1, 0]  # nothing of class 1 is left
    # an incorrect label is contradicted by the other images
    p = held_out_probabilities(x.repeat(3, 1), [0, 0, 1, 1] * 2 + [1, 0, 1, 1], 10.0)
    assert confident_learning(p, [0, 0, 1, 1] * 2 + [1, 0, 1, 1])["image"].tolist() == [8]


@pytest.fixture(scope="module")
def planted(clip):
    """Six species with ten images each, four of which have an incorrect label."""
    data = clipnb.load_fieldguide("test", kinds="butterfly", per_species=10)
    names = data.class_names[:6]
    data = data.select([data.class_names[label] in names for label in data.labels])
    labels = data.labels.copy()
    wrong = [3, 17, 28, 44]
    labels[wrong] = (labels[wrong] + 1) % 6
    return replace(data, labels=labels), wrong


def test_planted_labels_are_found(clip, planted):
    data, wrong = planted
    table = clipnb.descriptor_prompts(
        clipnb.load_descriptors("fieldguide").select(data.class_names), include_name=False
    )
    found = audit.doubtful_labels(clipnb.ZeroShotClassifier(clip, table).predict(data), data)
    places = [row["place"] for row in found["rows"]]
    assert found["by"] == "examples" and set(wrong) <= set(places) and len(places) <= 8
    few = data.select(np.arange(len(data)) % 10 < 1)
    judged = audit.doubtful_labels(clipnb.ZeroShotClassifier(clip, table).predict(few), few)
    assert judged["by"] == "text"


# --- copies ---------------------------------------------------------------------------------------


def jpeg(image, quality=60):
    file = io.BytesIO()
    image.convert("RGB").save(file, "JPEG", quality=quality)
    return Image.open(file)


def test_planted_copies_are_found_and_no_others(clip):
    data = clipnb.load_fieldguide("test", kinds=["frog", "leaf"], per_species=3)
    originals = [data.images[i].convert("RGB") for i in range(len(data))]
    copies = {
        0: jpeg(originals[0]),
        5: originals[5].resize((100, 100)),
        9: ImageEnhance.Brightness(originals[9]).enhance(1.1),
        14: originals[14].copy(),
    }
    images = [*originals, *copies.values()]
    more = len(images) - len(data)
    both = replace(
        data,
        images=LazyImages([lambda one=one: one for one in images]),
        labels=np.concatenate([data.labels, data.labels[list(copies)]]),
        keys=[*data.keys, "a", "b", "c", data.keys[14]],
        sources=[*data.sources, *[f"copy {i}" for i in range(more)]],
        scenes=None,
    )
    found = near_duplicates(both, clip.encode_images(images))
    expected = {(i, len(data) + n) for n, i in enumerate(copies)}
    assert set(zip(found["first"], found["second"])) == expected
    assert found["exact"].sum() == 1 and found["correlation"].is_monotonic_decreasing


def test_copies_without_images_or_with_bad_limits(clip):
    data = clipnb.load_fieldguide("test", kinds="frog", per_species=1)
    x = clip.encode_images(data)
    assert near_duplicates(data.select([0]), x[:1]).empty
    with pytest.raises(ValueError, match="embeddings for"):
        near_duplicates(data, x[:1])
    with pytest.raises(ValueError, match="alike"):
        near_duplicates(data, x, alike=2)


# --- what separates -------------------------------------------------------------------------------


def test_auc_by_hand():
    first, second = np.array([[3.0, 1], [2, 1]]), np.array([[1.0, 1], [2.5, 1]])
    assert auc(first, second).tolist() == [0.75, 0.5]


def test_separating_descriptors_are_chosen_on_other_images(clip):
    data = clipnb.load_fieldguide("test", kinds="butterfly", per_species=8)
    descriptors = clipnb.load_descriptors("fieldguide").select(data.class_names)
    table = separating_descriptors(clip, data, PAIR, descriptors, top_k=3)
    in_use = table[table["in_use"]]
    assert (in_use["class"] == in_use["owner"]).all() and len(in_use) == 6
    added = table[~table["in_use"]]
    assert not set(added["descriptor"]) & {*descriptors[PAIR[0]], *descriptors[PAIR[1]]}
    assert added["auc"].mean() > 0.8
    # the first row by hand: the odd images report
    rows = [clip.encode_images(data.of_class(name).select(np.arange(8) % 2 == 1)) for name in PAIR]
    text = clip.encode_texts([table["descriptor"][0]])[0]
    one, other = ((x @ text).numpy()[:, None] for x in rows)
    assert table["auc"][0] == pytest.approx(auc(one, other)[0], abs=0.07)
    contrasts = clipnb.load_descriptors("fieldguide-contrasts").select(PAIR)
    offered = separating_descriptors(clip, data, PAIR, descriptors, contrasts).query("~in_use")
    assert set(offered["descriptor"]) <= {text for row in contrasts.values() for text in row}


@pytest.mark.parametrize(
    "pair, per_species, message",
    [
        ((PAIR[0], PAIR[0]), 4, "two different"),
        ((PAIR[0], "unicorn"), 4, "'unicorn'"),
        (PAIR, 2, "has 2 images"),
    ],
)
def test_pairs_that_cannot_be_separated(clip, pair, per_species, message):
    data = clipnb.load_fieldguide("test", kinds="butterfly", per_species=per_species)
    descriptors = clipnb.load_descriptors("fieldguide").select(data.class_names)
    with pytest.raises(ValueError, match=message):
        separating_descriptors(clip, data, pair, descriptors)


# --- on the page ----------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    """Photos with one incorrect label and one copy, shots, and suggestions."""
    data = clipnb.load_fieldguide("hard", per_species=9)
    names = [*PAIR, "sugar maple", "fly agaric"]
    for name in names:
        for k, image in enumerate(data.of_class(name).images):
            place = tmp_path / ("photos" if k >= 3 else "shots") / name.replace(" ", "_")
            place.mkdir(parents=True, exist_ok=True)
            image.save(place / f"{k}.png")
    photos = tmp_path / "photos"
    (photos / "fly_agaric" / "5.png").rename(photos / "sugar_maple" / "wrong.png")
    (photos / "Adonis_blue" / "7.png").rename(photos / "blue_morpho" / "another.png")
    jpeg(Image.open(photos / "sugar_maple" / "4.png")).save(photos / "sugar_maple" / "copy.jpg")
    clipnb.load_descriptors("fieldguide").select(names).save(tmp_path / "d.json")
    clipnb.load_descriptors("fieldguide-contrasts").save(tmp_path / "c.json")
    return tmp_path


def arguments(folder, *more):
    return [
        str(folder / "photos"),
        *("--descriptors", str(folder / "d.json"), "--out", str(folder / "r.html")),
        *more,
    ]


def test_the_page_tells_copies_labels_pairs_and_shots(folder):
    shots = ["--shots", str(folder / "shots"), "--suggest", str(folder / "c.json")]
    assert report.main(arguments(folder, *shots)) == 0
    text = flat(read(folder / "r.html").text)
    assert "name + description + 12 shots" in text and SHOT_CONTROL in text
    assert "With the labels of the shots in random order" in text
    labels = text[text.index("Labels to check") : text.index("Images that are nearly the same")]
    assert "sugar_maple/wrong.png" in labels and "in five folds" in labels
    same = text[text.index("Images that are nearly the same") : text.index("Images and reasons")]
    assert "1 pair" in same and "copy.jpg" in same and "correlation" in same
    separated = text[text.index("What separates") : text.index("Labels to check")]
    contrasts = clipnb.load_descriptors("fieldguide-contrasts")
    assert "Adonis blue and blue morpho" in separated and "to add" in separated
    assert any(text in separated for text in contrasts["Adonis blue"])


def test_a_page_without_anything_doubtful_has_no_such_sections(folder):
    photos = folder / "photos" / "sugar_maple"
    (photos / "wrong.png").unlink()
    (photos / "copy.jpg").unlink()
    assert report.main(arguments(folder, "--max-images", "0", "--no-csv")) == 0
    page = read(folder / "r.html")
    assert "Images that are nearly the same" not in page.text and "shots" not in page.text
    assert not [tag for tag, _ in page.tags if tag == "img"]


def test_shots_of_other_classes_are_refused(folder, capsys):
    (folder / "shots" / "fly_agaric").rename(folder / "shots" / "unicorn")
    assert report.main(arguments(folder, "--shots", str(folder / "shots"))) == 2
    assert "'fly agaric' has no folder of shots" in capsys.readouterr().err


def test_shots_that_are_tested_are_warned_of(folder):
    assert report.main(arguments(folder, "--shots", str(folder / "photos"))) == 0
    assert "are among the shots of" in flat(read(folder / "r.html").text)

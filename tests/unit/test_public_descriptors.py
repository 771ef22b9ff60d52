"""The bundled descriptors of public data sets: one file per data set, with its class names and
nothing that would give a class away."""

import json
import re
from pathlib import Path

import pytest
from PIL import Image

import clipnb
from clipnb.classify.descriptors import BUNDLED, HERE

# class names as they are published, one a line: folders or parts of file names
PUBLISHED = {
    path.stem: path.read_text("utf-8").splitlines()
    for path in sorted((Path(__file__).parent / "public_classes").glob("*.txt"))
}
FILES = sorted((HERE / "classify" / "public").glob("*.json"))
CLASSES = {
    "pets": 37,
    "food101": 101,
    "dtd": 47,
    "eurosat": 10,
    "caltech101": 101,
    "cub": 200,
    "flowers102": 102,
    "aircraft": 100,
    "cifar100": 100,
    "imagenet": 1000,
}
# (data set, class, descriptor) → why what check_descriptors says of it is accepted
ALLOWED = {}
# data set → names of classes that are words for something else as well → what they mean here
EVERYDAY = {
    "imagenet": {
        "brass": "a metal, not a memorial plaque",
        "chest": "a part of the body, not a box",
        "cup": "a part of another object, or what it is shown with",
        "ear": "a part of the head, not of corn",
        "iron": "a metal, not for laundry",
        "mask": "dark fur around the eyes or the mouth; a diver's glass",
        "orange": "a colour",
        "plate": "plates of armour or metal; what food lies on",
        "scale": "of a skin or a bud; marks on an instrument",
        "screen": "a part of another device",
        "slot": "an opening, not a gambling machine",
        "wing": "a part of a bird, an insect or an aircraft",
    }
}


def make_pets(root, names):
    for split in ("test", "trainval"):
        path = root / "annotations" / f"{split}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{name}_{split == 'test':d} 1 1 1\n" for name in names))
    for name in names:
        for number in (0, 1):
            paint(root / "images" / f"{name}_{number}.jpg")


def make_food101(root, names):
    (root / "meta").mkdir(parents=True)
    (root / "meta" / "test.txt").write_text("".join(f"{name}/1\n" for name in names))
    for name in names:
        paint(root / "images" / name / "1.jpg")


def make_dtd(root, names):
    (root / "labels").mkdir(parents=True)
    (root / "labels" / "test1.txt").write_text("".join(f"{name}/{name}_1.jpg\n" for name in names))
    for name in names:
        paint(root / "images" / name / f"{name}_1.jpg")


def make_cub(root, names):
    root.mkdir(exist_ok=True)
    numbered = list(enumerate(names, 1))
    (root / "classes.txt").write_text("".join(f"{i} {name}\n" for i, name in numbered))
    (root / "images.txt").write_text("".join(f"{i} {name}/1.jpg\n" for i, name in numbered))
    (root / "train_test_split.txt").write_text("".join(f"{i} 0\n" for i, _ in numbered))
    for name in names:
        paint(root / "images" / name / "1.jpg")


def make_folders(root, names):
    for name in names:
        paint(root / name / "1.jpg")


def make_cifar100(root, names):
    names = sorted(names)  # labels are positions in this list
    (root / "fine_label_names.txt").write_text("".join(f"{name}\n" for name in names))
    images = [bytes([0, i]) + bytes([i]) * 3072 for i in range(len(names))]
    (root / "test.bin").write_bytes(b"".join(images))


def make_imagenet(root, names):
    (root / "LOC_synset_mapping.txt").write_text("".join(f"{name}\n" for name in names))
    paint(root / "val" / names[0][:9] / "1.JPEG")


def paint(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.effect_noise((8, 8), 100).convert("RGB").save(path, format="PNG")  # each one different


# data sets with a loader that names the classes by folder or file
LAYOUTS = {
    "pets": make_pets,
    "food101": make_food101,
    "dtd": make_dtd,
    "eurosat": make_folders,
    "cub": make_cub,
    "cifar100": make_cifar100,
    "imagenet": make_imagenet,
}


@pytest.mark.parametrize("name", sorted(LAYOUTS.keys() & PUBLISHED.keys()))
def test_classes_are_those_of_the_loader(name, tmp_path):
    LAYOUTS[name](tmp_path, PUBLISHED[name][::-1])
    data = clipnb.load_images(f"{name}:{tmp_path}")
    assert data.class_names == list(clipnb.load_descriptors(name))


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, id=path.stem, marks=[pytest.mark.slow] * (path.stem == "imagenet"))
        for path in FILES
    ],
)
def test_a_file_of_public_descriptors(path):
    name = path.stem
    provenance, found = json.loads(path.read_text("utf-8")).values()
    assert BUNDLED[name] == path and clipnb.load_descriptors(name) == found
    assert {"question", "method", "licence", "use"} <= provenance.keys()
    assert provenance["licence"] == "MIT"
    assert len(found) == CLASSES[name]
    if name not in LAYOUTS:
        names = [one.replace("_", " ") for one in PUBLISHED[name]]
        # A300B4 is a name, Faces_easy a folder
        assert list(found) == (names if name == "aircraft" else list(map(str.lower, names)))
    for one, descriptors in found.items():
        assert 4 <= len(descriptors) <= 8, one
        assert len(set(descriptors)) == len(descriptors), one
        own = re.compile(rf"(?<!\w){re.escape(one.lower().removesuffix('s'))}(?:s|es)?(?!\w)")
        for descriptor in descriptors:
            assert descriptor == " ".join(descriptor.lower().split()), (one, descriptor)
            assert not own.search(descriptor), (one, descriptor)
            assert re.fullmatch(r"\w.*\w", descriptor), (one, descriptor)
    assert len(set(map(frozenset, found.values()))) == len(found)
    report = clipnb.check_descriptors(found).report
    flags = {
        (name, row["class"], row["descriptor"]): row["reason"]
        for _, row in report[report["action"] != "kept"].iterrows()
    }
    allowed = {key for key in ALLOWED if key[0] == name}
    other = {f"the name of another class, '{word}'" for word in EVERYDAY.get(name, ())}
    allowed |= {key for key, reason in flags.items() if reason in other}
    assert flags.keys() == allowed, {k: v for k, v in flags.items() if k not in allowed}

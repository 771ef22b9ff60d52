"""Public data sets: every layout on a miniature copy of it, with classes found by name whatever the
order of the lists."""

import json
import pickle
import random
import sys

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import clipnb
from clipnb.data.hub import from_huggingface
from clipnb.data.named import LAYOUTS


def colour(number):
    return (number * 20 % 256, 10, 200)


def paint(path, number):
    path.parent.mkdir(parents=True, exist_ok=True)
    # names ending in .jpg hold other formats on Pets too
    Image.new("RGB", (6, 5), colour(number)).save(path, format="PNG")


def write(path, lines):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n")


def shown(data):
    """Class of every image by its colour, which says what was painted."""
    return {
        int(np.asarray(image)[0, 0, 0]) // 20: data.class_names[label]
        for image, label in zip(data.images, data.labels)
    }


# --- the miniature copies -------------------------------------------------------------------------


def make_cub(root, shuffle=None):
    folders = ["001.Black_footed_Albatross", "014.Indigo_Bunting", "118.House_Sparrow"]
    images = [(i, f"{folders[i % 3]}/bird_{i:04d}.jpg") for i in range(1, 7)]
    for i, path in images:
        paint(root / "CUB_200_2011" / "images" / path, i)
    files = {
        "images.txt": [f"{i} {path}" for i, path in images],
        "image_class_labels.txt": [f"{i} {i % 3 + 1}" for i, _ in images],
        "classes.txt": [f"{n} {folder}" for n, folder in enumerate(folders, 1)],
        "train_test_split.txt": [f"{i} {int(i <= 2)}" for i, _ in images],
    }
    for name, lines in files.items():
        write(root / "CUB_200_2011" / name, shuffle(lines) if shuffle else lines)


# numbered by alphabet, capitals (cats) and small letters (dogs) mixed
PETS = ["Abyssinian", "american_bulldog", "Bengal", "yorkshire_terrier"]


def make_pets(root, shuffle=None, numbers=(1, 2, 3, 4)):
    lines = [
        f"{name}_{100 + i} {numbers[i]} {1 if name[0].isupper() else 2} 1"
        for i, name in enumerate(PETS)
    ]
    for i, name in enumerate(PETS):
        paint(root / "images" / f"{name}_{100 + i}.jpg", i)
        paint(root / "images" / f"{name}_1.jpg", i)
    write(root / "annotations" / "test.txt", shuffle(lines) if shuffle else lines)
    write(root / "annotations" / "trainval.txt", [f"{name}_1 1 1 1" for name in PETS])
    write(root / "annotations" / "list.txt", ["#Image CLASS-ID SPECIES BREED ID", *lines])


def make_food101(root):
    for i, name in enumerate(["apple_pie", "baby_back_ribs"]):
        paint(root / "food-101" / "images" / name / f"{i}00.jpg", i)
    write(root / "food-101" / "meta" / "test.txt", ["baby_back_ribs/100"])
    write(root / "food-101" / "meta" / "train.txt", ["apple_pie/000"])


def make_dtd(root):
    for i, name in enumerate(["banded", "polka-dotted"]):
        paint(root / "dtd" / "images" / name / f"{name}_{i:04d}.jpg", i)
    write(
        root / "dtd" / "labels" / "test1.txt",
        ["banded/banded_0000.jpg", "polka-dotted/polka-dotted_0001.jpg"],
    )
    write(root / "dtd" / "labels" / "test2.txt", ["banded/banded_0000.jpg"])


def make_eurosat(root):
    for i, name in enumerate(["AnnualCrop", "Forest", "HerbaceousVegetation", "SeaLake"]):
        paint(root / "2750" / name / f"{name}_1.jpg", i)


def cifar_pixels():
    pixels = np.zeros((3, 3, 32, 32), np.uint8)
    for i in range(3):
        pixels[i] = np.array(colour(i), np.uint8)[:, None, None]
    pixels[:, 1, 2, 5] = 255  # row 2, column 5, green: channels first, then rows
    return pixels.reshape(3, 3072)


def make_cifar_binary(root):
    write(
        root / "cifar-100-binary" / "fine_label_names.txt",
        ["apple", "aquarium_fish", "sweet_pepper"],
    )
    records = np.concatenate([[[9, 2], [9, 0], [9, 1]], cifar_pixels()], axis=1).astype(np.uint8)
    records.tofile(root / "cifar-100-binary" / "test.bin")


def make_cifar_python(root, python2=False):
    folder = root / "cifar-100-python"
    folder.mkdir()
    names, labels = ["apple", "aquarium_fish", "sweet_pepper"], [2, 0, 1]
    (folder / "meta").write_bytes(pickle.dumps({"fine_label_names": names}, protocol=2))
    content = (
        python2_pickle(labels, cifar_pixels())
        if python2
        else pickle.dumps({"fine_labels": labels, "data": cifar_pixels()}, protocol=2)
    )
    (folder / "test").write_bytes(content)


def python2_pickle(labels, array):
    """What Python 2 wrote into the published file: strings for bytes, and NumPy's old module
    name."""
    rows, columns = array.shape
    size = b"K" + bytes([rows]) + b"M" + columns.to_bytes(2, "little") + b"\x86"
    data = (
        b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R(K\x01" + size
    )
    data += b"cnumpy\ndtype\nU\x02u1K\x00K\x01\x87R(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89"
    data += b"T" + array.size.to_bytes(4, "little") + array.tobytes() + b"tb"
    listed = b"](" + b"".join(b"K" + bytes([label]) for label in labels) + b"e"
    return b"\x80\x02}(U\x0bfine_labels" + listed + b"U\x04data" + data + b"u."


WNIDS = {
    "n01440764": "tench, Tinca tinca",
    "n02012849": "crane",
    "n03126707": "crane",
    "n03710637": "maillot",
    "n03710721": "maillot, tank suit",
}
# what image 1, 2, … shows
IMAGES = ["n03126707", "n01440764", "n03710637", "n02012849", "n03710721"]
IMAGENET = {
    0: "construction crane",
    1: "tench",
    2: "maillot",
    3: "crane bird",
    4: "maillot, tank suit",
}


def make_imagenet(root, layout):
    for i, wnid in enumerate(IMAGES):
        folder = root / "val" / wnid if layout == "folders" else root / "val"
        paint(folder / f"ILSVRC2012_val_{i + 1:08d}.JPEG", i)
    if layout == "kit":
        from scipy.io import savemat

        order = [3, 0, 4, 1, 2]  # the kit's numbers are not the order of the WordNet ids
        kind = [
            ("ILSVRC2012_ID", "O"),
            ("WNID", "O"),
            ("words", "O"),
            ("gloss", "O"),
            ("num_children", "O"),
        ]
        rows = [
            (n + 1, list(WNIDS)[o], list(WNIDS.values())[o], "", 0) for n, o in enumerate(order)
        ] + [(6, "n00001740", "entity", "", 2)]
        savemat(root / "meta.mat", {"synsets": np.array(rows, dtype=kind)})
        numbers = [str(order.index(list(WNIDS).index(wnid)) + 1) for wnid in IMAGES]
        write(root / "data" / "ILSVRC2012_validation_ground_truth.txt", numbers)
        return
    write(root / "LOC_synset_mapping.txt", [f"{wnid} {words}" for wnid, words in WNIDS.items()])
    if layout == "csv":
        rows = [f"ILSVRC2012_val_{i + 1:08d},{wnid} 85 1 499 272 " for i, wnid in enumerate(IMAGES)]
        write(root / "LOC_val_solution.csv", ["ImageId,PredictionString", *reversed(rows)])


# --- every layout ---------------------------------------------------------------------------------


EXPECTED = {
    "cub": (
        make_cub,
        "CUB_200_2011",
        ["black footed albatross", "indigo bunting", "house sparrow"],
        {
            3: "black footed albatross",
            4: "indigo bunting",
            5: "house sparrow",
            6: "black footed albatross",
        },
    ),
    "pets": (
        make_pets,
        "",
        ["Abyssinian", "american bulldog", "Bengal", "yorkshire terrier"],
        {0: "Abyssinian", 1: "american bulldog", 2: "Bengal", 3: "yorkshire terrier"},
    ),
    "food101": (make_food101, "food-101", ["apple pie", "baby back ribs"], {1: "baby back ribs"}),
    "dtd": (make_dtd, "dtd", ["banded", "polka-dotted"], {0: "banded", 1: "polka-dotted"}),
    "eurosat": (
        make_eurosat,
        "2750",
        ["annual crop", "forest", "herbaceous vegetation", "sea lake"],
        {0: "annual crop", 1: "forest", 2: "herbaceous vegetation", 3: "sea lake"},
    ),
    "cifar100": (
        make_cifar_binary,
        "cifar-100-binary",
        ["apple", "aquarium fish", "sweet pepper"],
        {0: "sweet pepper", 1: "apple", 2: "aquarium fish"},
    ),
    "imagenet": (
        lambda root: make_imagenet(root, "folders"),
        "",
        ["tench", "crane bird", "construction crane", "maillot", "maillot, tank suit"],
        IMAGENET,
    ),
}


def test_every_layout_is_tested():
    assert set(EXPECTED) == set(LAYOUTS)


@pytest.mark.parametrize("kind", EXPECTED)
def test_a_miniature_copy_of_every_layout(kind, tmp_path):
    make, inside, names, truth = EXPECTED[kind]
    make(tmp_path)
    data = clipnb.load_images(f"{kind}:{tmp_path}")  # the folder that the archive was unpacked in …
    # … or the one that it made
    again = clipnb.load_images(f"{kind}:{tmp_path / inside}:{LAYOUTS[kind][1][0]}")
    assert data.class_names == again.class_names == names and shown(data) == shown(again) == truth
    assert len(data) == len(set(data.keys)) == len(truth) and all(
        image.mode == "RGB" for image in data.images
    )


def test_splits(tmp_path):
    make_cub(tmp_path / "cub")
    make_food101(tmp_path / "food")
    assert [
        len(clipnb.load_images(f"cub:{tmp_path}/cub:{split}")) for split in ("train", "test", "all")
    ] == [2, 4, 6]
    assert shown(clipnb.load_images(f"food101:{tmp_path}/food:train")) == {0: "apple pie"}
    with pytest.raises(ValueError, match="no split 'val' of cub; the splits are test, train, all"):
        clipnb.load_images(f"cub:{tmp_path}/cub:val")
    with pytest.raises(FileNotFoundError, match="not the folder of cub"):
        clipnb.load_images(f"cub:{tmp_path}/food")
    make_dtd(tmp_path / "dtd")
    with pytest.raises(FileNotFoundError, match="labels/val1.txt"):
        clipnb.load_images(f"dtd:{tmp_path}/dtd:val")


def test_order_of_classes_and_other_names(tmp_path):
    make_eurosat(tmp_path)
    order = ["sea lake", "river", "forest", "annual crop", "herbaceous vegetation"]
    data = clipnb.load_images(f"eurosat:{tmp_path}", class_names=order)
    assert data.class_names == order and shown(data) == EXPECTED["eurosat"][3]
    renamed = data.rename({"sea lake": "lake or sea"})
    assert (
        renamed.class_names[0] == "lake or sea"
        and renamed.labels.tolist() == data.labels.tolist()
        and data.class_names == order
    )
    with pytest.raises(ValueError, match="pond"):
        data.rename({"pond": "lake"})
    with pytest.raises(ValueError, match="'forest'"):
        data.rename({"river": "forest"})
    with pytest.raises(ValueError, match="annual crop"):
        clipnb.load_images(f"eurosat:{tmp_path}", class_names=["forest"])


def test_a_file_of_names_is_for_imagenet_only(tmp_path):
    make_eurosat(tmp_path)
    with pytest.raises(ValueError, match="names.txt.*give a list.*only ImageNet"):
        clipnb.load_images(f"eurosat:{tmp_path}", "names.txt")


def test_a_folder_that_looks_like_a_layout_or_a_drive_is_still_a_folder(tmp_path):
    paint(tmp_path / "cub" / "hen" / "1.png", 1)
    assert clipnb.load_images(tmp_path / "cub").class_names == ["hen"]
    with pytest.raises(FileNotFoundError, match="no folder 'C:"):
        clipnb.load_images("C:\\photos")


# --- the 10 % trap --------------------------------------------------------------------------------


def test_the_trap_on_pets_shuffled_lists_numbers_and_descriptors_change_nothing(tmp_path, clip):
    """Lists in another order, class numbers that mean other classes, descriptors sorted capitals
    first: the evaluation stays the same."""
    make_pets(tmp_path / "one")
    make_pets(tmp_path / "two", shuffle=lambda lines: lines[::-1], numbers=(3, 1, 4, 2))
    words = {
        name.replace("_", " "): [f"a {c} coat", f"{c} fur"]
        for name, c in zip(PETS, ("red", "blue", "green", "black"))
    }
    (tmp_path / "by_ascii.json").write_text(
        json.dumps({name: words[name] for name in sorted(words)})
    )
    (tmp_path / "by_number.json").write_text(json.dumps(words))
    assert sorted(words) != list(words)  # so a match by position would be wrong for some
    frames, seen = [], []
    for folder, file in (
        ("one", "by_number"),
        ("one", "by_ascii"),
        ("two", "by_number"),
        ("two", "by_ascii"),
    ):
        data = clipnb.load_images(f"pets:{tmp_path / folder}")
        table = clipnb.descriptor_prompts(clipnb.load_descriptors(tmp_path / f"{file}.json"))
        frames.append(
            clipnb.evaluate(
                clip, data, {"name": clipnb.name_prompts(data.class_names), "description": table}
            )
        )
        seen.append((data.class_names, shown(data)))
    assert all(s == seen[0] for s in seen) and seen[0][1] == EXPECTED["pets"][3]
    for frame in frames[1:]:
        pd.testing.assert_frame_equal(frames[0], frame)


def test_a_shuffled_class_file_of_cub_changes_nothing(tmp_path):
    make_cub(tmp_path / "one")
    make_cub(tmp_path / "two", shuffle=lambda lines: random.Random(1).sample(lines, len(lines)))
    one, two = (clipnb.load_images(f"cub:{tmp_path / name}") for name in ("one", "two"))
    assert (
        one.class_names == two.class_names
        and shown(one) == shown(two)
        and set(one.sources) == set(two.sources)
    )
    assert one.sources != two.sources  # the lists were in another order


def test_descriptors_of_another_spelling_are_matched_and_nothing_is_guessed():
    words = clipnb.DescriptorSet(
        {
            "Brewer's Blackbird": ["black"],
            "Black-footed Albatross": ["brown"],
            "pug": ["flat face"],
        },
        {"by": "x"},
    )
    matched = words.match(["black footed albatross", "brewers blackbird"])
    assert dict(matched) == {
        "black footed albatross": ["brown"],
        "brewers blackbird": ["black"],
    } and matched.provenance == {"by": "x"}
    with pytest.raises(ValueError, match="'sooty albatross'"):
        words.match(["pug", "sooty albatross"])
    twice = clipnb.DescriptorSet({"Polka-dotted": ["a"], "polka_dotted": ["b"]})
    with pytest.raises(ValueError, match="Polka-dotted or polka_dotted"):
        twice.match(["polka dotted"])
    assert twice.match(["polka_dotted"])["polka_dotted"] == ["b"]  # the exact name comes first


# --- CIFAR-100 ------------------------------------------------------------------------------------


@pytest.mark.parametrize("python2", [True, False])
def test_cifar_in_its_python_version(tmp_path, python2):
    make_cifar_python(tmp_path, python2)
    make_cifar_binary(tmp_path / "binary")
    data, binary = (
        clipnb.load_images(f"cifar100:{tmp_path}/cifar-100-python"),
        clipnb.load_images(f"cifar100:{tmp_path}/binary"),
    )
    assert (
        shown(data) == EXPECTED["cifar100"][3]
        and data.class_names == binary.class_names
        and data.keys == binary.keys
    )
    pixels = np.asarray(data.images[1])
    assert (
        pixels.shape == (32, 32, 3)
        and pixels[0, 0].tolist() == [20, 10, 200]
        and pixels[2, 5].tolist() == [20, 255, 200]
    )


class Attack:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        import os

        return os.mkdir, (str(self.path),)


def test_a_pickle_that_runs_a_program_is_refused(tmp_path):
    make_cifar_python(tmp_path)
    (tmp_path / "cifar-100-python" / "test").write_bytes(
        pickle.dumps({"data": Attack(tmp_path / "harm")})
    )
    with pytest.raises(ValueError, match="mkdir is not allowed"):
        clipnb.load_images(f"cifar100:{tmp_path}")
    assert not (tmp_path / "harm").exists()


# --- ImageNet -------------------------------------------------------------------------------------


@pytest.mark.parametrize("layout", ["csv", "kit"])
def test_imagenet_flat_with_either_ground_truth(tmp_path, layout):
    make_imagenet(tmp_path, layout)
    data = clipnb.load_images(f"imagenet:{tmp_path}")
    assert shown(data) == IMAGENET and data.class_names == EXPECTED["imagenet"][2]


def test_imagenet_with_names_of_ones_own(tmp_path):
    make_imagenet(tmp_path, "csv")
    short = {
        "n01440764": "a tench",
        "n02012849": "crane bird",
        "n03126707": "digger",
        "n03710637": "swimsuit",
        "n03710721": "tank suit",
    }
    (tmp_path / "names.json").write_text(json.dumps(short))
    (tmp_path / "index.json").write_text(
        json.dumps({str(i): [wnid, name] for i, (wnid, name) in enumerate(reversed(short.items()))})
    )
    for file in ("names.json", "index.json"):
        data = clipnb.load_images(f"imagenet:{tmp_path}", class_names=tmp_path / file)
        assert data.class_names == list(short.values()) and shown(data)[0] == "digger"
    (tmp_path / "names.json").write_text(json.dumps({**short, "n02012849": "digger"}))
    with pytest.raises(ValueError, match="'digger'"):
        clipnb.load_images(f"imagenet:{tmp_path}", class_names=tmp_path / "names.json")
    write(tmp_path / "few.txt", ["n01440764 tench"])
    with pytest.raises(ValueError, match="n03126707"):
        clipnb.load_images(f"imagenet:{tmp_path}", class_names=tmp_path / "few.txt")


def test_imagenet_says_which_file_is_missing(tmp_path):
    make_imagenet(tmp_path, "csv")
    (tmp_path / "LOC_val_solution.csv").unlink()
    with pytest.raises(FileNotFoundError, match="LOC_val_solution.csv"):
        clipnb.load_images(f"imagenet:{tmp_path}")
    make_imagenet(tmp_path / "folders", "folders")
    (tmp_path / "folders" / "LOC_synset_mapping.txt").unlink()
    with pytest.raises(FileNotFoundError, match="class_names"):
        clipnb.load_images(f"imagenet:{tmp_path / 'folders'}")


# --- Hugging Face ---------------------------------------------------------------------------------


@pytest.fixture
def huggingface():
    datasets = pytest.importorskip(
        "datasets", reason="needs the extra: pip install 'clipnb[datasets]'"
    )
    labels = {
        "coarse": datasets.ClassLabel(names=["x"]),
        "label": datasets.ClassLabel(names=["tree_frog", "hen"]),
    }
    features = datasets.Features({"image": datasets.Image(), **labels})
    rows = {
        "image": [Image.new("RGB", (6, 5), colour(i)) for i in range(3)],
        "coarse": [0, 0, 0],
        "label": [1, 0, None],
    }
    return datasets, datasets.Dataset.from_dict(rows, features=features)


def test_huggingface_saved_to_disk(huggingface, tmp_path, clip):
    datasets, dataset = huggingface
    dataset.save_to_disk(tmp_path / "one")
    datasets.DatasetDict(
        {"train": dataset.select([1, 2]), "test": dataset.select([0])}
    ).save_to_disk(tmp_path / "two")
    data = clipnb.load_images(f"hf:{tmp_path}/one")
    assert data.class_names == ["tree frog", "hen"] and data.labels.tolist() == [1, 0, -1]
    assert [int(np.asarray(image)[0, 0, 0]) for image in data.images] == [0, 20, 40]
    assert clipnb.load_images(f"hf:{tmp_path}/one").keys == data.keys and len(set(data.keys)) == 3
    assert (
        len(clipnb.load_images(f"hf:{tmp_path}/two")) == 1
        and len(clipnb.load_images(f"hf:{tmp_path}/two:train")) == 2
    )
    assert not set(clipnb.load_images(f"hf:{tmp_path}/two").keys) & set(
        clipnb.load_images(f"hf:{tmp_path}/two:train").keys
    )
    with pytest.raises(ValueError, match="splits train, test"):
        clipnb.load_images(f"hf:{tmp_path}/two:val")
    embeddings = clip.encode_images(data)
    assert (embeddings - clip.encode_images(list(data.images))).abs().max() < 1e-5


def test_huggingface_decodes_only_what_is_asked_for(huggingface):
    datasets, dataset = huggingface
    rows = {
        "image": [
            dataset.cast_column("image", datasets.Image(decode=False))[0]["image"],
            {"bytes": b"broken", "path": None},
        ],
        "label": [0, 1],
    }
    broken = datasets.Dataset.from_dict(
        rows, features=datasets.Features({k: dataset.features[k] for k in ("image", "label")})
    )
    data = from_huggingface(broken, "hf:mine")
    assert data.images[0].size == (6, 5)
    with pytest.raises(ValueError, match="image 1 of hf:mine"):
        data.images[1]


def test_huggingface_columns(huggingface):
    _, dataset = huggingface
    assert from_huggingface(dataset.remove_columns("label")).class_names == ["x"]
    with pytest.raises(ValueError, match="no column of type ClassLabel; its columns are image"):
        from_huggingface(dataset.select_columns(["image"]), "hf:mine")
    with pytest.raises(ValueError, match="ClassLabel columns coarse, fine"):
        from_huggingface(dataset.rename_column("label", "fine"))


def test_huggingface_not_to_be_had(huggingface):
    with pytest.raises(OSError, match="neither a folder saved by datasets nor could it be fetched"):
        clipnb.load_images("hf:nobody/nothing:test")  # tests run with the Hub switched off


def test_without_the_package_one_text_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(ImportError, match=r"pip install 'clipnb\[datasets\]'"):
        clipnb.load_images("hf:cifar100")


# --- damaged and hostile lists --------------------------------------------------------------------


def first_image(root):
    paint(root / "images" / "001.x" / "a.jpg", 1)
    paint(root / "images" / "x" / "x_1.jpg", 1)


CUB = {"images.txt": "1 001.x/a.jpg", "train_test_split.txt": "1 0", "classes.txt": "1 001.x"}
VAL = {"val/n01440764/a.jpg": "x"}
# layout, its files, the file of names, what the message must say
DAMAGED = {
    "a split that is cut off": (
        "cub",
        CUB | {"images.txt": "1 001.x/a.jpg\n2 001.x/b.jpg"},
        None,
        "images.txt', line 2, .*does not say which split image 2 is in",
    ),
    "a split that is neither": (
        "cub",
        CUB | {"train_test_split.txt": "1 x"},
        None,
        "train_test_split.txt', line 1, is '1 x'",
    ),
    "no class": ("cub", CUB | {"images.txt": "1 009.y/a.jpg"}, None, "classes.txt has no class"),
    "no number": ("cub", CUB | {"classes.txt": "1 x"}, None, "classes.txt', line 1, is '1 x'"),
    "a line that is cut off": ("cub", CUB | {"images.txt": "1"}, None, "images.txt', line 1"),
    "no list": ("cub", {"images.txt": "1 001.x/a.jpg"}, None, "There is no '.*classes.txt'"),
    "three columns": ("pets", {"annotations/test.txt": "x_1 1 1"}, None, "test.txt', line 1"),
    "no class in a name": ("food101", {"meta/test.txt": "\napple"}, None, "test.txt', line 2"),
    "an empty list": ("dtd", {"labels/test1.txt": ""}, None, "test1.txt' lists no image"),
    "Latin-1": ("dtd", {"labels/test1.txt": b"a/b\nk\xe4fer/x"}, None, "line 2, is not text"),
    "../..": ("food101", {"meta/test.txt": "../../home/private"}, None, "line 1, .*leads out"),
    "absolute": ("dtd", {"labels/test1.txt": "/etc/x.jpg"}, None, "line 1, "),
    "a drive": ("dtd", {"labels/test1.txt": "C:/x/y.jpg"}, None, "line 1, .*leads out"),
    "backslashes": ("dtd", {"labels/test1.txt": "a/..\\..\\y.jpg"}, None, "leads out"),
    "in the class": ("cub", CUB | {"images.txt": "1 001.x/../../a.jpg"}, None, "leads out"),
    "no names": ("imagenet", VAL | {"n.txt": "n01440764"}, "n.txt", "n.txt', line 1"),
    "a list of names": (
        "imagenet",
        VAL | {"n.json": "[1]"},
        "n.json",
        "n.json' has no class names",
    ),
    "names of numbers": ("imagenet", VAL | {"n.json": '{"n01440764": 3}'}, "n.json", "n.json' has"),
    "JSON cut off": (
        "imagenet",
        VAL | {"n.json": '{"0": ["n'},
        "n.json",
        "n.json' is not JSON",
    ),
    "deep JSON": ("imagenet", VAL | {"n.json": "[" * 99999}, "n.json", "n.json' has more than"),
    "a matrix of nothing": ("imagenet", VAL | {"meta.mat": b"x"}, None, "meta.mat' is not"),
    "no truth": (
        "imagenet",
        {"val/ILSVRC2012_val_00000001.JPEG": "x", "LOC_val_solution.csv": "ImageId,P\nx,tench"},
        None,
        "solution.csv', line 2, is 'x,tench'",
    ),
    "an image without truth": (
        "imagenet",
        {"val/ILSVRC2012_val_00000001.JPEG": "x", "LOC_val_solution.csv": "ImageId,P"},
        None,
        "does not say what 'ILSVRC2012_val_00000001.JPEG' shows",
    ),
    "half of a file": (
        "cifar100",
        {"fine_label_names.txt": "apple", "test.bin": bytes(5000)},
        None,
        "test.bin' has 5,000 bytes",
    ),
    "labels beyond the names": (
        "cifar100",
        {"fine_label_names.txt": "apple", "test.bin": bytes([0, 7]) + bytes(3072)},
        None,
        "labels beyond the 1 class names",
    ),
    "empty pickles": ("cifar100", {"meta": b"", "test": b""}, None, "meta' is not a file of CIFAR"),
    "another pickle": ("cifar100", {"meta": pickle.dumps([1])}, None, "no entry fine_label_names"),
    "fewer pixels": (
        "cifar100",
        {
            "meta": pickle.dumps({"fine_label_names": ["a"]}),
            "test": pickle.dumps({"fine_labels": [0, 0], "data": np.zeros((1, 3072), np.uint8)}, 2),
        },
        None,
        "test' has pixels of shape .1, 3072. and 2 labels",
    ),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_or_hostile_list_is_named(name, tmp_path):
    kind, files, names, said = DAMAGED[name]
    first_image(tmp_path)
    for file, content in files.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises((ValueError, OSError), match=said):
        clipnb.load_images(f"{kind}:{tmp_path}", names and tmp_path / names)


def test_lists_in_other_encodings_and_with_blanks_in_names(tmp_path):
    make_pets(tmp_path)
    file = tmp_path / "annotations" / "test.txt"
    text = file.read_text("utf-8")
    for encoding in ("utf-16", "utf-8-sig"):
        file.write_text(text, encoding)
        assert shown(clipnb.load_images(f"pets:{tmp_path}")) == EXPECTED["pets"][3]
    paint(tmp_path / "cub" / "images" / "001.x" / "a b.jpg", 1)
    for name, line in (CUB | {"images.txt": "1 001.x/a b.jpg"}).items():
        write(tmp_path / "cub" / name, [line])
    assert len(clipnb.load_images(f"cub:{tmp_path}/cub")) == 1


def test_an_image_that_is_listed_twice_counts_once(tmp_path):
    make_food101(tmp_path)
    write(tmp_path / "food-101" / "meta" / "test.txt", ["baby_back_ribs/100"] * 2)
    with pytest.warns(UserWarning, match="1 image read, 1 skipped: 1 in the list more than"):
        assert len(clipnb.load_images(f"food101:{tmp_path}")) == 1


# --- Hugging Face: other columns ------------------------------------------------------------------


def rows(datasets, images, labels, label):
    return datasets.Dataset.from_dict(
        {"image": images, "label": labels},
        features=datasets.Features({"image": datasets.Image(), "label": label}),
    )


def test_huggingface_labels_of_another_type_are_said(huggingface):
    datasets, _ = huggingface
    image = [Image.new("RGB", (6, 5))]
    for label, value in ((datasets.Value("string"), "hen"), (datasets.Value("int64"), 0)):
        with pytest.raises(ValueError, match="'label' is of type (string|int64) .*class_encode"):
            from_huggingface(rows(datasets, image, [value], label), "hf:mine")


def test_huggingface_images_of_any_mode_and_rows_that_fail(huggingface, tmp_path):
    datasets, _ = huggingface
    modes = [Image.new(mode, (6, 5)) for mode in ("L", "RGBA", "P", "CMYK", "1")]
    modes.append(Image.fromarray(np.full((5, 6), 4000, np.uint16)))
    names = datasets.ClassLabel(names=["hen"])
    data = from_huggingface(rows(datasets, modes, [0] * len(modes), names), "hf:mine")
    assert [image.mode for image in data.images] == ["RGB"] * 6
    assert np.asarray(data.images[5])[0, 0, 0] > 200
    hostile = [{"bytes": b"%!PS-Adobe-3.0 EPSF", "path": "x.jpg"}, None]
    data = from_huggingface(rows(datasets, hostile, [0, 0], names), "hf:mine")
    for i, what in enumerate(("PostScript", "no image")):
        with pytest.raises(ValueError, match=f"image {i} of hf:mine cannot be decoded: .*{what}"):
            data.images[i]


def test_huggingface_files_that_change_have_another_key(huggingface, tmp_path):
    datasets, _ = huggingface
    paint(tmp_path / "a.png", 1)
    cells = [{"bytes": None, "path": str(tmp_path / "a.png")}]
    dataset = rows(datasets, cells, [0], datasets.ClassLabel(names=["hen"]))
    before = from_huggingface(dataset).keys
    assert from_huggingface(dataset).keys == before
    Image.new("RGB", (60, 50)).save(tmp_path / "a.png")
    assert from_huggingface(dataset).keys != before

"""Data sets in the layouts in which they are published, and through Hugging Face ``datasets``.

A picture gets its class by the **name** that the data set gives it, never by a position in some
list: on Pets, labels in one order beside descriptors in another give about 10 % and look like a
result.

Class names are made readable, no more: ``001.Black_footed_Albatross`` → "black footed albatross",
``apple_pie`` → "apple pie", ``AnnualCrop`` → "annual crop"; Pets keeps its capitals (Abyssinian,
american bulldog), as in the descriptor files of Menon & Vondrick. **Papers differ**: CLIP's own
evaluation says "lake or sea" for EuroSAT's SeaLake and has ImageNet names of its own, and
accuracies move with them. :meth:`clipnb.ImageDataset.rename` puts other names in;
:meth:`clipnb.DescriptorSet.match` finds descriptors whose names differ in capitals, hyphens and
underscores only.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import pickle
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from .images import (
    NO_LABEL,
    ImageDataset,
    LazyImages,
    from_files,
    list_of_names,
    pictures_in,
    to_rgb,
)


def is_named(source) -> bool:
    """Whether a source is "layout:folder[:split]" or "hf:name[:split]"; a Windows path such as
    C:\\photos is not."""
    return (
        isinstance(source, str) and source.partition(":")[0] in ("hf", *LAYOUTS) and ":" in source
    )


def load_named(source: str, class_names=None) -> ImageDataset:
    """What ``load_images`` does for "layout:folder[:split]" and "hf:name[:split]"."""
    kind, _, rest = source.partition(":")
    place, _, split = rest.rpartition(":") if re.search(r":[\w-]+$", rest) else (rest, "", None)
    if kind == "hf":
        if class_names is not None:
            raise ValueError(
                "The class names of a Hugging Face data set come with it; use data.rename({old:"
                " new}) to change some."
            )
        return from_huggingface(_load_huggingface(place, split), source)
    load, splits, marker = LAYOUTS[kind]
    split = split or splits[0]
    if split not in splits:
        raise ValueError(
            f"'{source}': there is no split '{split}' of {kind}; the splits are"
            f" {', '.join(splits)}."
        )
    root = _find_root(kind, Path(place).expanduser(), marker)
    return (
        load(root, split, class_names)
        if kind == "imagenet"
        else _in_order(load(root, split), class_names)
    )


def _in_order(data: ImageDataset, class_names: Sequence[str] | None) -> ImageDataset:
    """The classes in the order asked for; names without pictures may be among them."""
    if class_names is None:
        return data
    names = list_of_names(class_names)
    if missing := [name for name in data.class_names if name not in names]:
        raise ValueError(
            f"The class '{missing[0]}' of the data set is not among class_names ({len(missing)}"
            " such)."
        )
    labels = np.array([names.index(name) for name in data.class_names])[data.labels]
    return ImageDataset(data.images, labels, names, data.keys, data.sources)


def _find_root(kind: str, folder: Path, marker: tuple[str, ...]) -> Path:
    """The folder that holds one of the marker files: the one given, or one or two below, where
    archives unpack themselves."""
    for depth in ("", "*/", "*/*/"):
        if roots := sorted(
            path.parents[name.count("/")] for name in marker for path in folder.glob(depth + name)
        ):
            return roots[0]
    raise FileNotFoundError(
        f"'{folder}' is not the folder of {kind}: neither in it nor below is there"
        f" {' or '.join(marker)}."
    )


def _lines(path: Path) -> list[str]:
    return [line.strip() for line in path.read_text("utf-8").splitlines() if line.strip()]


# --- the layouts ----------------------------------------------------------------------------------


def _cub(root: Path, split: str) -> ImageDataset:
    """CUB-200-2011 (Wah et al. 2011): images.txt, train_test_split.txt, classes.txt. The class of a
    picture is the folder it lies in."""
    paths = dict(line.split() for line in _lines(root / "images.txt"))
    training = dict(line.split() for line in _lines(root / "train_test_split.txt"))
    wanted = [
        path
        for number, path in paths.items()
        if split == "all" or (training[number] == "1") == (split == "train")
    ]
    # the number in front is part of the name
    folders = sorted(line.split()[1] for line in _lines(root / "classes.txt"))
    readable = {folder: folder.split(".", 1)[1].replace("_", " ").lower() for folder in folders}
    return from_files(
        root,
        [(readable[path.split("/")[0]], root / "images" / path) for path in wanted],
        list(readable.values()),
    )


def _pets(root: Path, split: str) -> ImageDataset:
    """Oxford-IIIT Pets (Parkhi et al. 2012): annotations/{trainval,test}.txt. The class is in the
    file name: Abyssinian_100 → Abyssinian."""

    def read(line):
        image = line.split()[0]
        return image.rsplit("_", 1)[0], f"{image}.jpg"

    return _listed(root, "annotations/{}.txt", split, ("trainval", "test"), read)


def _food101(root: Path, split: str) -> ImageDataset:
    """Food-101 (Bossard et al. 2014): meta/{train,test}.txt with lines such as
    apple_pie/1005649."""
    return _listed(
        root,
        "meta/{}.txt",
        split,
        ("train", "test"),
        lambda line: (line.split("/")[0], f"{line}.jpg"),
    )


def _dtd(root: Path, split: str) -> ImageDataset:
    """Describable Textures (Cimpoi et al. 2014), partition 1 of the 10:
    labels/{train,val,test}1.txt, lines such as banded/banded_0002.jpg."""
    return _listed(
        root,
        "labels/{}1.txt",
        split,
        ("train", "val", "test"),
        lambda line: (line.split("/")[0], line),
    )


def _listed(root: Path, file: str, split: str, splits: tuple[str, ...], read) -> ImageDataset:
    """A data set whose splits are lists of pictures; ``read`` makes a line into (class, file). The
    classes are those of all lists, by alphabet."""
    lists = {
        s: [read(line) for line in _lines(root / file.format(s)) if line[0] != "#"]
        for s in splits
        if (root / file.format(s)).is_file()
    }
    if split not in lists:
        raise FileNotFoundError(
            f"'{root}' has no list {file.format(split)}, so its split '{split}' cannot be read."
        )
    names = sorted({name for pairs in lists.values() for name, _ in pairs}, key=str.lower)
    found = [(name.replace("_", " "), root / "images" / path) for name, path in lists[split]]
    return from_files(root, found, [name.replace("_", " ") for name in names])


def _eurosat(root: Path, split: str) -> ImageDataset:
    """EuroSAT, RGB (Helber et al. 2019): a folder per class, no split; 27,000 pictures. Papers that
    test on a part of them differ."""
    folders = sorted(path for path in root.iterdir() if path.is_dir())
    readable = {
        folder: re.sub(r"(?<=[a-z])(?=[A-Z])", " ", folder.name).lower() for folder in folders
    }
    found = [(name, path) for folder, name in readable.items() for path in pictures_in(folder, "*")]
    return from_files(root, found, list(readable.values()))


def _cifar100(root: Path, split: str) -> ImageDataset:
    """CIFAR-100 (Krizhevsky 2009), fine labels; the binary version, or the Python version read by
    an unpickler that can build arrays only."""
    if (root / "fine_label_names.txt").exists():
        names = _lines(root / "fine_label_names.txt")
        # coarse label, fine label, pixels
        records = np.fromfile(root / f"{split}.bin", np.uint8).reshape(-1, 2 + 3072)
        labels, pixels = records[:, 1].astype(int), records[:, 2:]
    else:
        names = list(_unpickle(root / "meta")["fine_label_names"])
        content = _unpickle(root / split)
        labels, pixels = np.array(content["fine_labels"]), np.asarray(content["data"], np.uint8)
    pictures = pixels.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    openers = [
        lambda picture=picture: Image.fromarray(np.ascontiguousarray(picture))
        for picture in pictures
    ]
    keys = [hashlib.sha256(b"cifar" + row.tobytes()).hexdigest() for row in pixels]
    readable, sources = (
        [name.replace("_", " ") for name in names],
        [f"{split}/{i}" for i in range(len(keys))],
    )
    return ImageDataset(LazyImages(openers), labels, readable, keys, sources)


class _ArraysOnly(pickle.Unpickler):
    """A pickle can run any program; this one may build NumPy arrays and plain values, and refuses
    the rest."""

    ALLOWED = {
        (module, name)
        for module in ("numpy.core.multiarray", "numpy._core.multiarray")
        for name in ("_reconstruct",)
    } | {
        ("numpy", "ndarray"),
        ("numpy", "dtype"),
        ("_codecs", "encode"),  # bytes, where Python 3 wrote the file in an old protocol
    }

    def find_class(self, module, name):
        if (module, name) not in self.ALLOWED:
            raise pickle.UnpicklingError(f"{module}.{name} is not allowed")
        return super().find_class(module.replace("numpy.core", "numpy._core"), name)


def _unpickle(path: Path):
    try:
        with open(path, "rb") as file:
            return _ArraysOnly(file, encoding="latin1").load()
    except pickle.UnpicklingError as error:
        raise ValueError(
            f"'{path}' is not a file of CIFAR-100, or it has been tampered with ({error}); it was"
            " not loaded."
        ) from error


# --- ImageNet -------------------------------------------------------------------------------------

WNID = re.compile(r"n\d{8}")
# both are called "crane" in ImageNet's files
CRANES = {"n02012849": "crane bird", "n03126707": "construction crane"}


def _imagenet(root: Path, split: str, names_file=None) -> ImageDataset:
    """ImageNet's validation pictures (Russakovsky et al. 2015), in folders by WordNet id or flat
    with a file that says which is what.

    Names come from the file that is given (lines "n01440764 tench, Tinca tinca", or JSON {"0":
    ["n01440764", "tench"], …}, or {"n01440764": "tench"}), or from LOC_synset_mapping.txt or the
    development kit's meta.mat, if it is there. The classes stand in the order of their WordNet ids.
    """
    usual = ("val", "ILSVRC2012_img_val", "Data/CLS-LOC/val", "ILSVRC/Data/CLS-LOC/val")
    folder = next((root / name for name in usual if (root / name).is_dir()), root)
    folders = sorted(p for p in folder.iterdir() if p.is_dir() and WNID.fullmatch(p.name))
    found = [(path.name, picture) for path in folders for picture in pictures_in(path, "*")]
    if not found:
        truth = _imagenet_truth(root)
        found = [(truth[path.stem], path) for path in pictures_in(folder, "ILSVRC2012_val_*")]
    names = _imagenet_names(root, names_file)
    if missing := [wnid for wnid, _ in found if wnid not in names]:
        raise ValueError(f"The file of class names does not say what {missing[0]} is called.")
    return from_files(
        root, [(names[wnid], path) for wnid, path in found], [names[wnid] for wnid in sorted(names)]
    )


def _imagenet_truth(root: Path) -> dict[str, str]:
    """Picture → WordNet id. The ground truth's numbers are the development kit's own, explained by
    meta.mat; they are not sorted WordNet ids."""
    if path := _find(root, "LOC_val_solution.csv"):
        with open(path, newline="", encoding="utf-8") as file:
            return {
                row["ImageId"]: row["PredictionString"].split()[0] for row in csv.DictReader(file)
            }
    if path := _find(root, "ILSVRC2012_validation_ground_truth.txt"):
        wnids = {number: wnid for number, wnid, _ in _meta(root)}
        return {
            f"ILSVRC2012_val_{i:08d}": wnids[int(number)]
            for i, number in enumerate(_lines(path), 1)
        }
    raise FileNotFoundError(
        f"The pictures in '{root}' lie in no class folders; put LOC_val_solution.csv beside them,"
        " or ILSVRC2012_validation_ground_truth.txt and meta.mat."
    )


def _imagenet_names(root: Path, file=None) -> dict[str, str]:
    """WordNet id → the first of its synonyms; all of them where two classes share the first."""
    path = Path(file).expanduser() if file is not None else _find(root, "LOC_synset_mapping.txt")
    if path is not None and path.suffix == ".json":
        content = json.loads(path.read_text("utf-8"))
        synonyms = (
            dict(content.values())
            if all(isinstance(value, list) for value in content.values())
            else content
        )
    elif path is not None:
        synonyms = dict(line.split(maxsplit=1) for line in _lines(path))
    elif _find(root, "meta.mat"):
        synonyms = {wnid: words for _, wnid, words in _meta(root)}
    else:
        raise FileNotFoundError(
            f"'{root}' has no file of class names; give one: load_images('imagenet:…',"
            " class_names='LOC_synset_mapping.txt')."
        )
    if strange := [wnid for wnid in synonyms if not WNID.fullmatch(wnid)]:
        raise ValueError(
            f"The file of class names has '{strange[0]}' where a WordNet id such as n01440764"
            " belongs."
        )
    synonyms = {
        wnid: (
            CRANES[wnid] if words.strip() == "crane" and wnid in CRANES else words.replace("_", " ")
        )
        for wnid, words in synonyms.items()
    }
    first = {wnid: words.split(",")[0].strip() for wnid, words in synonyms.items()}
    taken = list(first.values())
    names = {
        wnid: name if taken.count(name) == 1 else synonyms[wnid].strip()
        for wnid, name in first.items()
    }
    if doubled := [name for name in names.values() if list(names.values()).count(name) > 1]:
        raise ValueError(
            f"Two classes are called '{doubled[0]}' in the file of class names; give each a name of"
            " its own."
        )
    return names


def _find(root: Path, name: str) -> Path | None:
    found = (path for depth in ("", "*/", "*/*/") for path in sorted(root.glob(depth + name)))
    return next(found, None)


def _meta(root: Path) -> list[tuple[int, str, str]]:
    """(number, WordNet id, synonyms) of the 1,000 classes in the development kit's meta.mat; its
    other entries are their parents."""
    from scipy.io import loadmat

    path = _find(root, "meta.mat")
    if path is None:
        raise FileNotFoundError(
            f"'{root}' has ILSVRC2012_validation_ground_truth.txt but no meta.mat, which says what"
            " its numbers mean."
        )
    synsets = loadmat(path, squeeze_me=True)["synsets"]
    return [
        (int(s["ILSVRC2012_ID"]), str(s["WNID"]), str(s["words"]))
        for s in synsets
        if int(s["num_children"]) == 0
    ]


# name → (loader, splits, the default first, files one of which marks the folder)
LAYOUTS = {
    "cub": (_cub, ("test", "train", "all"), ("images.txt",)),
    "pets": (_pets, ("test", "trainval"), ("annotations/test.txt", "annotations/trainval.txt")),
    "food101": (_food101, ("test", "train"), ("meta/test.txt", "meta/train.txt")),
    "dtd": (_dtd, ("test", "val", "train"), ("labels/test1.txt", "labels/train1.txt")),
    "eurosat": (_eurosat, ("all",), ("AnnualCrop", "Forest", "SeaLake")),
    "cifar100": (_cifar100, ("test", "train"), ("fine_label_names.txt", "meta")),
    "imagenet": (
        _imagenet,
        ("val",),
        ("val", "ILSVRC2012_img_val", "ILSVRC", "Data", "ILSVRC2012_val_00000001.JPEG"),
    ),
}


# --- Hugging Face ---------------------------------------------------------------------------------


def from_huggingface(dataset, source: str = "a Hugging Face data set") -> ImageDataset:
    """A ``datasets.Dataset`` as an ImageDataset; pictures are decoded when somebody asks for them.

    Parameters
    ----------
    dataset : datasets.Dataset
        With one column of pictures, and one of type ClassLabel, which brings its names; of several,
        the one called label or fine_label.
    source : str
        What to call it in messages.

    Raises
    ------
    ValueError
        If there is no such column, or more than one and none has the usual name.
    """
    import datasets

    pictures = _column(dataset, datasets.Image, ("image", "img"), source)
    label = _column(dataset, datasets.ClassLabel, ("label", "labels", "fine_label"), source)
    labels = [NO_LABEL if value is None else value for value in dataset.with_format(None)[label][:]]
    raw = dataset.select_columns([pictures]).cast_column(pictures, datasets.Image(decode=False))
    openers = [
        lambda i=i: _decode(raw[i][pictures], f"picture {i} of {source}") for i in range(len(raw))
    ]
    # reads no picture
    keys = [
        hashlib.sha256(f"{dataset._fingerprint} {i}".encode()).hexdigest() for i in range(len(raw))
    ]
    names = [name.replace("_", " ") for name in dataset.features[label].names]
    return ImageDataset(
        LazyImages(openers),
        np.array(labels),
        names,
        keys,
        [f"{source} {i}" for i in range(len(raw))],
    )


def _column(dataset, kind: type, usual: Sequence[str], source: str) -> str:
    columns = [name for name, feature in dataset.features.items() if isinstance(feature, kind)]
    chosen = columns if len(columns) == 1 else [name for name in usual if name in columns]
    if not chosen:
        which = (
            f"has the {kind.__name__} columns {', '.join(columns)}; select one of them"
            if columns
            else f"has no column of type {kind.__name__}"
        )
        raise ValueError(f"{source} {which}; its columns are {', '.join(dataset.features)}.")
    return chosen[0]


def _decode(cell: dict, what: str) -> Image.Image:
    try:
        with Image.open(
            io.BytesIO(cell["bytes"]) if cell["bytes"] is not None else cell["path"]
        ) as image:
            return to_rgb(image)
    except (OSError, TypeError) as error:
        raise ValueError(f"{what} cannot be decoded: {error}") from error


def _load_huggingface(name: str, split: str | None):
    try:
        import datasets
    except ImportError as error:
        raise ImportError(
            "Data sets of the Hugging Face Hub need the package datasets: pip install"
            " 'clipnb[datasets]'."
        ) from error
    try:
        folder = Path(name).expanduser()
        if (folder / "state.json").is_file() or (folder / "dataset_dict.json").is_file():
            saved = datasets.load_from_disk(folder)
            return (
                saved[_split(name, list(saved), split)]
                if isinstance(saved, datasets.DatasetDict)
                else saved
            )
        return datasets.load_dataset(
            name, split=_split(name, datasets.get_dataset_split_names(name), split)
        )
    except (OSError, ConnectionError) as error:
        # what `datasets` raises where there is no such name, or no network
        raise OSError(
            f"The data set '{name}' is neither a folder saved by datasets nor could it be fetched"
            " from the Hugging Face Hub; check the name and the network."
        ) from error


def _split(name: str, there: list[str], wanted: str | None) -> str:
    """The split asked for; without, test, or else validation, or else the only one."""
    chosen = (
        [wanted]
        if wanted
        else [
            *(s for s in ("test", "validation", "valid", "val") if s in there),
            *(there if len(there) == 1 else []),
        ]
    )
    if not chosen or chosen[0] not in there:
        raise ValueError(
            f"'{name}' has the splits {', '.join(there)}; say which: 'hf:{name}:{there[0]}'."
        )
    return chosen[0]

"""ImageNet's validation images: which is which, and what the classes are called."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

from .images import ImageDataset, from_files, images_in, lines_of

WNID = re.compile(r"n\d{8}")


# both are called "crane" in ImageNet's files
CRANES = {"n02012849": "crane bird", "n03126707": "construction crane"}


def imagenet(root: Path, split: str, names_file: str | Path | None = None) -> ImageDataset:
    """ImageNet's validation images (Russakovsky et al. 2015), in folders by WordNet id or flat
    with a file that says which is what.

    Names come from the file that is given (lines "n01440764 tench, Tinca tinca", or JSON {"0":
    ["n01440764", "tench"], …}, or {"n01440764": "tench"}), or from LOC_synset_mapping.txt or the
    development kit's meta.mat, if it is there. The classes stand in the order of their WordNet ids.
    """
    usual = ("val", "ILSVRC2012_img_val", "Data/CLS-LOC/val", "ILSVRC/Data/CLS-LOC/val")
    folder = next((root / name for name in usual if (root / name).is_dir()), root)
    folders = sorted(p for p in folder.iterdir() if p.is_dir() and WNID.fullmatch(p.name))
    found = [(path.name, image) for path in folders for image in images_in(path, "*")]
    if not found:
        truth = _imagenet_truth(root)
        found = [(truth[path.stem], path) for path in images_in(folder, "ILSVRC2012_val_*")]
    names = _imagenet_names(root, names_file)
    if missing := [wnid for wnid, _ in found if wnid not in names]:
        raise ValueError(f"The file of class names does not say what {missing[0]} is called.")
    return from_files(
        root, [(names[wnid], path) for wnid, path in found], [names[wnid] for wnid in sorted(names)]
    )


def _imagenet_truth(root: Path) -> dict[str, str]:
    """Image → WordNet id. The ground truth's numbers are the development kit's own, explained by
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
            for i, number in enumerate(lines_of(path), 1)
        }
    raise FileNotFoundError(
        f"The images in '{root}' lie in no class folders; put LOC_val_solution.csv beside them,"
        " or ILSVRC2012_validation_ground_truth.txt and meta.mat."
    )


def _imagenet_names(root: Path, file: str | Path | None = None) -> dict[str, str]:
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
        synonyms = dict(line.split(maxsplit=1) for line in lines_of(path))
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

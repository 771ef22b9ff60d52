"""ImageNet's validation images: which is which, and what the classes are called."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from ..support.json_file import read_json
from ..support.text import printable
from .folders import images_below
from .gather import from_files
from .images import ImageDataset
from .lists import lines_of
from .summary import Summary

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
    summary = Summary()
    files = images_below(folder, summary)
    found = [
        (top, path)
        for path in files
        if WNID.fullmatch(top := path.relative_to(folder).parts[0]) and path.parent != folder
    ]
    if not found:
        truth = _imagenet_truth(root)
        flat = [path for path in files if path.name.startswith("ILSVRC2012_val_")]
        if lost := [path for path in flat if path.stem not in truth]:
            raise ValueError(
                f"The ground truth in '{printable(root)}' does not say what '{lost[0].name}' shows;"
                " get it again."
            )
        found = [(truth[path.stem], path) for path in flat]
    names = _imagenet_names(root, names_file)
    if missing := [wnid for wnid, _ in found if wnid not in names]:
        raise ValueError(
            f"The file of class names does not say what {printable(missing[0])} is called."
        )
    return from_files(
        root,
        [(names[wnid], path) for wnid, path in found],
        [names[wnid] for wnid in sorted(names)],
        summary,
    )


def _imagenet_truth(root: Path) -> dict[str, str]:
    """Image → WordNet id. The ground truth's numbers are the development kit's own, explained by
    meta.mat; they are not sorted WordNet ids."""
    if path := _find(root, "LOC_val_solution.csv"):
        truth = {}
        for line in lines_of(path)[1:]:
            image, _, boxes = line.text.partition(",")
            wnid = boxes.strip('" ').partition(" ")[0]
            if not WNID.fullmatch(wnid):
                raise line.wrong("an image and a WordNet id such as n01440764 were expected")
            truth[image] = wnid
        return truth
    if path := _find(root, "ILSVRC2012_validation_ground_truth.txt"):
        wnids = {str(number): wnid for number, wnid, _ in _meta(root)}
        truth = {}
        for i, line in enumerate(lines_of(path), 1):
            if line.text not in wnids:
                raise line.wrong("the number of a class in meta.mat was expected")
            truth[f"ILSVRC2012_val_{i:08d}"] = wnids[line.text]
        return truth
    raise FileNotFoundError(
        f"The images in '{root}' lie in no class folders; put LOC_val_solution.csv beside them,"
        " or ILSVRC2012_validation_ground_truth.txt and meta.mat."
    )


def _imagenet_names(root: Path, file: str | Path | None = None) -> dict[str, str]:
    """WordNet id → the first of its synonyms; all of them where two classes share the first."""
    path = Path(file).expanduser() if file is not None else _find(root, "LOC_synset_mapping.txt")
    if path is not None and path.suffix == ".json":
        synonyms = _from_json(path)
    elif path is not None:
        synonyms = {}
        for line in lines_of(path):
            expected = "a WordNet id and names such as n01440764 tench were expected"
            wnid, words = line.fields(2, expected, exact=False)
            if synonyms.setdefault(wnid, words) != words:
                raise line.wrong(f"{wnid} has another name above")
    elif _find(root, "meta.mat"):
        synonyms = {wnid: words for _, wnid, words in _meta(root)}
    else:
        raise FileNotFoundError(
            f"'{root}' has no file of class names; give one: load_images('imagenet:…',"
            " class_names='LOC_synset_mapping.txt')."
        )
    if strange := [wnid for wnid in synonyms if not WNID.fullmatch(wnid)]:
        raise ValueError(
            f"The file of class names has '{printable(strange[0])}' where a WordNet id such as"
            " n01440764 belongs."
        )
    return _first_names({wnid: printable(words) for wnid, words in synonyms.items()})


def _from_json(path: Path) -> dict[str, str]:
    """{"0": ["n01440764", "tench"], …} or {"n01440764": "tench", …}."""
    content = read_json(path, "a file of class names")
    values = list(content.values()) if isinstance(content, dict) else []
    pairs = values if all(isinstance(value, list) for value in values) else content.items()
    if not values or not all(
        len(pair) == 2 and all(isinstance(part, str) for part in pair) for pair in pairs
    ):
        raise ValueError(
            f"'{printable(path)}' has no class names as"
            ' {"0": ["n01440764", "tench"], …} or {"n01440764": "tench", …}.'
        )
    return dict(pairs)


def _first_names(synonyms: dict[str, str]) -> dict[str, str]:
    synonyms = {
        wnid: (
            CRANES[wnid] if words.strip() == "crane" and wnid in CRANES else words.replace("_", " ")
        )
        for wnid, words in synonyms.items()
    }
    first = {wnid: words.split(",")[0].strip() for wnid, words in synonyms.items()}
    # "Cardigan" is a corgi, "cardigan" a jacket: names that differ in capitals only are no names
    taken = Counter(name.lower() for name in first.values())
    names = {
        wnid: name if taken[name.lower()] == 1 else synonyms[wnid].strip()
        for wnid, name in first.items()
    }
    if doubled := [name for name, count in Counter(names.values()).items() if count > 1]:
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
    try:
        synsets = loadmat(path, squeeze_me=True)["synsets"]
        return [
            (int(s["ILSVRC2012_ID"]), str(s["WNID"]), str(s["words"]))
            for s in synsets
            if int(s["num_children"]) == 0
        ]
    except Exception as error:  # SciPy raises many types on damaged files
        raise ValueError(
            f"'{printable(path)}' is not the meta.mat of ImageNet's development kit"
            f" ({type(error).__name__}); get it again."
        ) from error

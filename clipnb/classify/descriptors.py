"""Descriptors, what each class looks like in a few visual features: load, match, edit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from ..support.names import alike, class_list
from ..support.text import brief
from .texts import ClassTexts, texts_of

HERE = Path(__file__).parent.parent
BUNDLED = {
    "fieldguide": HERE / "fieldguide" / "descriptors.json",
    "fieldguide-outsider": HERE / "fieldguide" / "outsider.json",
    "fieldguide-prompts": HERE / "fieldguide" / "prompts.json",
    "fieldguide-steering": HERE / "fieldguide" / "steering.json",
    "fieldguide-contrasts": HERE / "fieldguide" / "contrasts.json",
    "fieldguide-exam": HERE / "fieldguide" / "exam_descriptors.json",
    "fieldguide-exam-outsider": HERE / "fieldguide" / "exam_outsider.json",
    "fieldguide-exam-prompts": HERE / "fieldguide" / "exam_prompts.json",
    "pets": HERE / "classify" / "public" / "pets.json",
    "food101": HERE / "classify" / "public" / "food101.json",
    "dtd": HERE / "classify" / "public" / "dtd.json",
    "eurosat": HERE / "classify" / "public" / "eurosat.json",
    "caltech101": HERE / "classify" / "public" / "caltech101.json",
    "cub": HERE / "classify" / "public" / "cub.json",
    "flowers102": HERE / "classify" / "public" / "flowers102.json",
    "aircraft": HERE / "classify" / "public" / "aircraft.json",
    "cifar100": HERE / "classify" / "public" / "cifar100.json",
    "imagenet": HERE / "classify" / "public" / "imagenet.json",
}


class DescriptorSet(ClassTexts):
    """Class name → descriptors, with a note of where they come from.

    Attributes
    ----------
    class_names : list of str
    provenance : dict
        Where the descriptors come from.
    report : pandas.DataFrame
        What a check kept, flagged and dropped, and why; see :func:`clipnb.check_descriptors`.

    Raises
    ------
    ValueError
        If a class has no descriptors, or something that is not text; the message names the class.
    """

    kind, key = "descriptor", "descriptors"

    def __repr__(self) -> str:
        return (
            f"DescriptorSet({len(self)} classes, {sum(map(len, self._rows.values()))} descriptors)"
        )

    def match(self, class_names: Iterable[str]) -> DescriptorSet:
        """As ``select``, but names may differ in capitals, accents, hyphens, underscores,
        apostrophes and spaces: "Black-footed Albatross" is "black footed albatross".

        For descriptor files of one origin and class names of another. Nothing is guessed beyond
        that; ValueError names what is missing, or fits twice.
        """
        names, ours = class_list(class_names, "class_names"), dict[str, list[str]]()
        for name in self._rows:
            ours.setdefault(alike(name), []).append(name)
        self._refuse([name for name in names if alike(name) not in ours])
        fits = {name: [name] if name in self._rows else ours[alike(name)] for name in names}
        if unclear := [name for name, found in fits.items() if len(found) > 1]:
            could = " or ".join(map(brief, fits[unclear[0]]))
            raise ValueError(f"'{brief(unclear[0])}' could be {could}; rename one of them.")
        return DescriptorSet(
            {name: self._rows[found[0]] for name, found in fits.items()}, self.provenance
        )

    def edit(self, name: str, descriptors: Iterable[str]) -> DescriptorSet:
        """A copy in which one class is described anew (or a new class is added)."""
        return DescriptorSet({**self._rows, name: descriptors}, {**self.provenance, "edited": True})

    def extend(self, more: Mapping[str, Iterable[str]]) -> DescriptorSet:
        """A copy in which some classes have more descriptors, after their own; one that a class has
        already is not added twice. ValueError names a class that is not in this set."""
        self._refuse([name for name in more if name not in self._rows])
        new = {name: texts_of(name, row, self.kind) for name, row in more.items()}
        rows = {name: [*row, *new.get(name, [])] for name, row in self._rows.items()}
        return DescriptorSet(
            {name: list(dict.fromkeys(row)) for name, row in rows.items()},
            {**self.provenance, "extended": sum(map(len, new.values()))},
        )


def load_descriptors(source: str | Path) -> DescriptorSet:
    """Read descriptors.

    Parameters
    ----------
    source : str or path
        "fieldguide": the bundled ones, what a language model answers to the paper's question;
        "fieldguide-outsider": a second set by another author; "fieldguide-steering": a third one,
        by which the training of the bundled model was steered; "fieldguide-exam" and
        "fieldguide-exam-outsider": of the
        exam species, by the authors of the first two; "fieldguide-prompts" and
        "fieldguide-exam-prompts":
        customised prompts, nine prompts a class as recorded, for
        :class:`PromptTable`; "fieldguide-contrasts": differential descriptors of some species that
        are confused. Of public data sets, written for clipnb by a language model from the
        class names, which are those of :func:`load_images`:
        "pets" (Oxford-IIIT Pets, 37 classes),
        "food101" (Food-101, 101 classes),
        "dtd" (Describable Textures, 47 classes),
        "eurosat" (EuroSAT, 10 classes),
        "caltech101" (Caltech-101, named as its folders are, 101 classes),
        "cub" (CUB-200-2011, 200 classes),
        "flowers102" (Oxford Flowers 102, named as on the Hugging Face Hub, 102 classes),
        "aircraft" (FGVC-Aircraft, named as its variants are, 100 classes),
        "cifar100" (CIFAR-100, 100 classes),
        "imagenet" (ImageNet, named by the first WordNet synonym, 1,000 classes).
        Or a JSON file: the paper's {class: [descriptor, …]}, or what :meth:`DescriptorSet.save`
        writes.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is not such JSON, if a class is in it twice or has no descriptors, or anything
        else than a list of texts.

    Examples
    --------
    >>> frogs = clipnb.load_descriptors("fieldguide").select(["tree frog", "tailed frog"])
    >>> list(frogs)
    ['tree frog', 'tailed frog']
    >>> mine = clipnb.load_descriptors("birds.json")  # doctest: +SKIP
    """
    if not isinstance(source, (str, Path)):
        raise ValueError(
            f"The source is {type(source).__name__}; give the name of a bundled set or a file, or"
            " make a DescriptorSet of a mapping."
        )
    path = BUNDLED.get(str(source), Path(source).expanduser())
    if not path.exists():
        raise FileNotFoundError(
            f"There is no descriptor file '{brief(source, 200)}'; bundled sets are"
            f" {', '.join(BUNDLED)}."
        )
    return DescriptorSet.load(path)

"""A creature of the field guide that the reader designs: marks and a habitat in, a drawing and
CLIP's opinion out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from ...classify.descriptors import load_descriptors
from ...classify.prompts import descriptor_prompts
from ...classify.zeroshot import ZeroShotClassifier
from ...explain.reference import Reference
from ...fieldguide.scene import HABITATS, Pose, Scene, draw, to_svg
from ...fieldguide.world import KINDS, Individual, Kind, difference, load_kind, palette, slots_of
from ..common.document import Document, index
from ..common.reasons import why
from ..common.scoring import ranked

if TYPE_CHECKING:
    import torch
    from PIL import Image

    from ...model.clip import Clip

# The same place, size and light for every creature, and colours without straying: what the reader
# changed is all that changed.
POSE = Pose(100, 100, 0.94, 0, False)
NO_LIGHT = ("#ffffff", 0.0)
MOST_RANKED = 6


class Creature(Document):
    """A creature of one kind, and the species that a classifier by description takes it for.

    Parameters
    ----------
    clip : Clip
    kind : str
        A kind of the field guide.
    species : str, optional
        Whose marks to begin with; the first of the kind, if not given.
    descriptors : mapping class → descriptors, optional
        The candidates; by default the species of this kind with the bundled descriptors.
    include_name : bool
        "northern cardinal, which has a tall crest", or only "a tall crest".
    marks : mapping slot → value, optional
        In the place of the species' own.
    habitat : str, optional

    Attributes
    ----------
    document : dict
        ``marks`` (slot → value), ``habitat``, ``rival`` (index of the class that the leader is
        compared with, or None: the second).
    values : dict
        Slot → what may be chosen there.
    """

    actions = ("set", "settle", "start", "become", "against")
    edited = ("marks", "habitat")

    def __init__(
        self,
        clip: Clip,
        kind: str = "bird",
        species: str | None = None,
        descriptors: Mapping[str, Sequence[str]] | None = None,
        include_name: bool = False,
        marks: Mapping[str, str] | None = None,
        habitat: str | None = None,
    ):
        if kind not in KINDS:
            raise ValueError(f"There is no kind '{kind}'; the kinds are {', '.join(KINDS)}.")
        self.kind, self.clip = load_kind(kind), clip
        self.species = self.kind.species
        names = [one.name for one in self.species]
        if species is not None and species not in names:
            raise ValueError(
                f"There is no {kind} '{species}' in the field guide; there are {', '.join(names)}."
            )
        if descriptors is None:
            descriptors = load_descriptors("fieldguide").select(names)
        if len(descriptors) < 2:
            raise ValueError(
                "There must be two candidates at least; give the descriptors of two classes or"
                " more."
            )
        self.classifier = ZeroShotClassifier(clip, descriptor_prompts(descriptors, include_name))
        self.values = allowed(self.kind)
        self._seen = lru_cache(64)(self._encode)
        first = self.species[names.index(species) if species else 0]
        self.document = {"marks": dict(first.marks), "habitat": first.habitats[0], "rival": None}
        if marks is not None:
            self.become(dict(marks) if isinstance(marks, Mapping) else marks)
        if habitat is not None:
            self.settle(habitat)
        super().__init__(self.document)

    # -- actions -----------------------------------------------------------------------------------

    def set(self, of: str, value: str) -> None:
        """Choose the value of a slot."""
        self.document["marks"][of] = self._known(of, value)

    def settle(self, habitat: str) -> None:
        """Move to another habitat."""
        if habitat not in HABITATS:
            raise ValueError(f"There is no habitat {habitat!r}; there are {', '.join(HABITATS)}.")
        self.document["habitat"] = habitat

    def start(self, species: int) -> None:
        """Take over the marks and the first habitat of a species, by its number."""
        chosen = self.species[index(species, len(self.species), "species")]
        self.document["marks"], self.document["habitat"] = dict(chosen.marks), chosen.habitats[0]

    def become(self, marks: dict[str, str]) -> None:
        """Take over several marks at once."""
        if not isinstance(marks, dict):
            raise ValueError(f"Marks are slot → value, not {marks!r}.")
        self.document["marks"].update({of: self._known(of, value) for of, value in marks.items()})

    def against(self, of: int) -> None:
        """Compare the leading class with this one."""
        self.document["rival"] = index(of, len(self.classifier.class_names), "class")

    def _known(self, of, value) -> str:
        if not isinstance(of, str) or of not in self.values:
            raise ValueError(
                f"A {self.kind.name} has no mark {of!r}; its marks are {', '.join(self.values)}."
            )
        if value not in self.values[of]:
            raise ValueError(
                f"A {self.kind.name} cannot have {of} = {value!r}; it can be"
                f" {', '.join(self.values[of])}."
            )
        return value

    # -- the drawing -------------------------------------------------------------------------------

    @property
    def scene(self) -> Scene:
        return self._scene(self.document["marks"], self.document["habitat"])

    def _scene(self, marks, habitat) -> Scene:
        marks = dict(marks)
        colours = {
            slot.removesuffix("_colour"): palette()[value]["rgb"]
            for slot, value in marks.items()
            if slot in self.kind.colours
        }
        return Scene(Individual(self.kind.name, marks, colours), habitat, (POSE,), NO_LIGHT)

    def svg(self) -> str:
        """The drawing as an SVG document."""
        return to_svg(self.scene)

    def picture(self) -> Image.Image:
        """The drawing as CLIP sees it, 224 × 224 pixels."""
        return draw(self.scene)

    def words(self) -> str:
        """What can be seen, for those who cannot see it."""
        marks = self.kind.visible(self.document["marks"])
        seen = ", ".join(
            f"{title(slot)} {title(value)}"
            for slot, value in marks.items()
            if value not in ("none", "plain")
        )
        return f"{self.kind.name}, {self.document['habitat']}: {seen}"

    def nearest(self) -> tuple[str, int]:
        """The species that shares most visible marks, and in how many it differs."""
        away = [difference(self.kind, self.document["marks"], one.marks) for one in self.species]
        return self.species[away.index(min(away))].name, min(away)

    # -- CLIP's opinion ----------------------------------------------------------------------------

    def _encode(self, _key):
        return self.clip.encode_images([self.picture()], progress_bar=False)[0]

    def embedding(self) -> torch.Tensor:
        """(dim,) unit tensor; a creature that was designed before is not encoded again."""
        return self._seen((tuple(sorted(self.document["marks"].items())), self.document["habitat"]))

    @cached_property
    def reference(self) -> Reference:
        """What reasons are centred against: every species of the kind, drawn as the designer starts
        from it."""
        drawn = [draw(self._scene(one.marks, one.habitats[0])) for one in self.species]
        return Reference.of(self.clip.encode_images(drawn, progress_bar=False))

    def opinion(self) -> dict:
        """What CLIP takes the creature for, and why, as the page shows it.

        Returns
        -------
        dict
            ``leaders`` (best first: {of, name, score, probability}), ``why`` (see
            :func:`.reasons.why`; the leader against the rival), ``nearest`` and ``away`` (the truth
            of the table), ``words``.
        """
        embedding = self.embedding()
        prediction = self.classifier.predict(embedding[None])
        order = ranked(prediction.scores[0].tolist())
        rival = self.document["rival"]
        rival = order[1] if rival is None or rival == order[0] else rival
        shown = list(dict.fromkeys([*order[:MOST_RANKED], rival]))
        leaders = [
            {
                "of": c,
                "name": prediction.class_names[c],
                "score": float(prediction.scores[0, c]),
                "probability": float(prediction.probabilities[0, c]),
            }
            for c in shown
        ]
        name, away = self.nearest()
        reasons = why(self.classifier, embedding, order[0], rival, reference=self.reference)
        return {
            "leaders": leaders,
            "rival": rival,
            "why": reasons,
            "nearest": name,
            "away": away,
            "words": self.words(),
        }


def allowed(kind: Kind) -> dict[str, list[str]]:
    """Slot → values that may be chosen: shapes of the table, and the colours that individuals or
    species of the kind have there."""
    known = {slot: list(values) for slot, values in kind.slots.items()}
    for slot, colours in kind.colours.items():
        there = {*colours, *(one.marks[slot] for one in kind.species)}
        known[slot] = [colour for colour in palette() if colour in there]
    return known


def groups(kind: Kind) -> list[dict]:
    """The slots part by part, for a page: {title, slots: [{slot, label}]}; every slot once."""
    left, result = list(allowed(kind)), []
    for name, part in kind.parts.items():
        mine = [slot for slot in slots_of(part) if slot in left]
        left = [slot for slot in left if slot not in mine]
        if mine:
            labels = [
                (
                    "colour"
                    if slot in kind.colours
                    else "form"
                    if title(slot) == title(name)
                    else title(slot)
                )
                for slot in mine
            ]
            result.append(
                {
                    "title": title(name),
                    "slots": [{"slot": slot, "label": label} for slot, label in zip(mine, labels)],
                }
            )
    if left:
        result.append(
            {"title": "other", "slots": [{"slot": slot, "label": title(slot)} for slot in left]}
        )
    return result


def needs(kind: Kind) -> dict[str, list[dict[str, list[str]]]]:
    """Slot → alternatives, each slot → values: where none of them holds, the slot cannot be seen on
    the drawing and need not be offered."""
    result = {}
    for part in kind.parts.values():
        for slot in slots_of(part):
            result.setdefault(slot, []).append(
                {other: values for other, values in part.get("shown", {}).items() if other != slot}
            )
    return result


def title(name: str) -> str:
    """A name of the tables as a reader knows it."""
    return name.replace("_colour", " colour").replace("_", " ").replace("-", " ")

"""``design_creature``: choose parts and colours, and see what CLIP takes it for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from traitlets import Dict

from ...fieldguide.scene import HABITATS
from ...fieldguide.world import palette
from ...model.clip import Clip
from ..common.base import Widget
from ..common.saved_reasons import truth_of_marks
from .saved import drawing, page
from .state import Creature, groups, needs

if TYPE_CHECKING:
    from PIL import Image


class CreatureDesigner(Widget):
    """What :func:`design_creature` returns.

    Attributes
    ----------
    opinion : dict
        Of :meth:`.state.creature.Creature.opinion`, with ``marks`` and ``habitat`` that it is
        about, the drawing (``uri``) and ``truth``.
    settings : dict
        What can be chosen.
    """

    kind = "creature"
    styles = ("reasons",)
    state: Creature

    opinion = Dict().tag(sync=True)
    settings = Dict().tag(sync=True)

    def __init__(self, state: Creature):
        species = [
            {"name": one.name, "seen": one.seen, "marks": one.marks, "habitat": one.habitats[0]}
            for one in state.species
        ]
        tables = {
            "kind": state.kind.name,
            "groups": groups(state.kind),
            "needs": needs(state.kind),
            "values": state.values,
        }
        colours = {name: entry["rgb"] for name, entry in palette().items()}
        classes = len(state.classifier.class_names)
        super().__init__(
            state,
            settings={
                **tables,
                "colours": colours,
                "habitats": list(HABITATS),
                "species": species,
                "classes": classes,
            },
        )

    def show(self) -> dict:
        opinion = self.state.opinion()
        about = {
            "marks": dict(self.state.document["marks"]),
            "habitat": self.state.document["habitat"],
        }
        truth = truth_of_marks(opinion["nearest"], opinion["away"])
        return {
            "opinion": {
                **opinion,
                **about,
                "asked": self.state.document["rival"],
                "uri": drawing(self.state),
                "truth": truth,
            }
        }

    def page(self) -> str:
        return page(self.state)

    @property
    def marks(self) -> dict[str, str]:
        """Slot → value, as designed."""
        return dict(self.state.document["marks"])

    @property
    def picture(self) -> Image.Image:
        """The drawing as CLIP sees it, a PIL image of 224 × 224 pixels."""
        return self.state.picture()

    def __repr__(self):
        return (
            f"CreatureDesigner({self.state.kind.name}, {len(self.state.classifier.class_names)}"
            " candidates)"
        )


def design_creature(
    clip: Clip,
    kind: str = "bird",
    species: str | None = None,
    descriptors: Mapping[str, Sequence[str]] | None = None,
    include_name: bool = False,
    marks: Mapping[str, str] | None = None,
    habitat: str | None = None,
) -> CreatureDesigner:
    """Choose the parts and colours of a creature of the field guide, watch it drawn, and see which
    species CLIP takes it for, and why.

    All creatures stand in the same place in the same light and in the exact colours of the palette:
    what you change is all that changes.

    Parameters
    ----------
    clip : Clip
    kind : str
        "bird", "butterfly", "beetle", "fish", "frog", "flower", "mushroom" or "leaf".
    species : str, optional
        Whose marks to begin with; the first of the kind, if not given.
    descriptors : mapping class → descriptors, optional
        The candidates; by default the species of this kind with the bundled descriptors.
    include_name : bool
        Score "northern cardinal, which has a tall crest", or only "a tall crest".
    marks : mapping slot → value, optional
        What to begin with in the place of the species' own: ``{"crest": "none"}``.
    habitat : str, optional
        Where to begin; by default the species' first habitat.

    Returns
    -------
    CreatureDesigner
        Leave it as the last line of a cell. ``.marks`` and ``.picture`` are the creature as it
        stands.

    Raises
    ------
    ValueError
        If there is no such kind, species, mark or habitat, or only one candidate.

    Examples
    --------
    >>> clipnb.widgets.design_creature(clip, 'bird', 'northern cardinal')
    """
    return CreatureDesigner(
        Creature(clip, kind, species, descriptors, include_name, marks, habitat)
    )

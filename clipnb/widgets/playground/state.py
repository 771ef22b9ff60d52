"""The prompt playground: templates and names, one text each, scored against one image."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ...classify.prompts import TEMPLATES
from ...support.names import listed
from ..common.document import Document, index, number, words
from ..common.embeddings import Images, ImageStore, TextEmbeddings
from ..common.scoring import to_probabilities

if TYPE_CHECKING:
    from ...model.clip import Clip

LISTS = ("templates", "names")
LEAST_SCALE, MOST_SCALE = 1, 300
SHOWS = ("probability", "cosine")


class Playground(Document):
    """Every template is a classifier of its own: its texts are the template with each name in
    the place of {}.

    Parameters
    ----------
    clip : Clip
    images : ImageDataset, image(s), or what ``load_images`` takes
    templates, names : sequence of str
        Names default to the class names of the data set.
    strip : int
        Images offered from the start.
    start : int or str, optional
        The image to begin with: its number, or the first of a class.

    Attributes
    ----------
    document : dict
        ``picture`` (index), ``templates`` and ``names`` (lists of {text, on}), ``scale``, ``show``
        ("probability" or "cosine").
    """

    actions = ("choose", "display", "rescale", "edit", "switch", "add", "remove")
    edited = ("templates", "names", "scale")
    merged = ("edit", "rescale")

    def __init__(
        self,
        clip: Clip,
        images: Images,
        templates: Sequence[str] = TEMPLATES[:3],
        names: Sequence[str] | None = None,
        strip: int = 12,
        start: int | str | None = None,
    ):
        self.clip, self.texts, self.images = (
            clip,
            TextEmbeddings(clip),
            ImageStore(clip, images, strip),
        )
        names = listed(self.images.data.class_names if names is None else names, "names")
        if not names:
            raise ValueError(
                "These images have no class names; say which to try: play_prompts(clip, images,"
                " names=[…])."
            )
        if not (templates := listed(templates, "templates")):
            raise ValueError("There is no template; give one at least, such as 'a photo of a {}'.")
        rows = [
            [{"text": words(text), "on": True} for text in texts] for texts in (templates, names)
        ]
        super().__init__(
            {
                "picture": self.images.first(start),
                "templates": rows[0],
                "names": rows[1],
                "scale": clip.logit_scale,
                "show": SHOWS[0],
            }
        )
        self.learn()

    # -- actions -----------------------------------------------------------------------------------

    def choose(self, picture: int) -> None:
        self.document["picture"] = index(picture, len(self.images), "image")

    def display(self, what: str) -> None:
        """Probabilities, or the cosines that they are made of."""
        if what not in SHOWS:
            raise ValueError(f"The table shows {' or '.join(SHOWS)}, not {what!r}.")
        self.document["show"] = what

    def rescale(self, scale: float) -> None:
        """The logit scale, which is 1 / temperature."""
        self.document["scale"] = number(scale, LEAST_SCALE, MOST_SCALE, "The logit scale")

    def edit(self, of: str, row: int, text: str) -> None:
        self._row(of, row)["text"] = words(text)

    def switch(self, of: str, row: int, on: bool) -> None:
        self._row(of, row)["on"] = on is True

    def add(self, of: str) -> None:
        self._rows(of).append({"text": "", "on": True})

    def remove(self, of: str, row: int) -> None:
        del self._rows(of)[index(row, len(self._rows(of)), "row")]

    def _rows(self, of: str) -> list[dict]:
        if of not in LISTS:
            raise ValueError(f"There are rows of {' and '.join(LISTS)}, not of {of!r}.")
        return self.document[of]

    def _row(self, of: str, row: int) -> dict:
        return self._rows(of)[index(row, len(self._rows(of)), "row")]

    # -- numbers -----------------------------------------------------------------------------------

    def live(self, of: str) -> list[int]:
        """The rows that are on and hold text."""
        return [i for i, row in enumerate(self._rows(of)) if row["on"] and row["text"].strip()]

    def learn(self) -> list[str]:
        """Encode the texts that are new; their keys. A text is its own key."""
        return self.texts.learn(
            {prompt: prompt.strip() for row in self.prompts() for prompt in row}
        )

    def prompts(self) -> list[list[str]]:
        """Live templates × live names."""
        names = [self.document["names"][n]["text"] for n in self.live("names")]
        return [
            [fill(self.document["templates"][t]["text"], name) for name in names]
            for t in self.live("templates")
        ]

    def cosines(self) -> np.ndarray:
        """(live templates, live names) float64, for the chosen image."""
        prompts = self.prompts()
        if not prompts or not prompts[0]:
            return np.zeros((len(prompts), 0))
        image = self.images.embedding(self.document["picture"])
        return np.stack([self.texts.cosines(row, image) for row in prompts])

    def columns(self) -> dict[str, np.ndarray]:
        """``cosine`` and ``probability``, each (live templates + 1, live names); the last row is of
        the mean cosine of all templates."""
        cosines = self.cosines()
        if not cosines.size:
            return {"cosine": np.zeros((0, 0)), "probability": np.zeros((0, 0))}
        cosines = np.concatenate([cosines, cosines.mean(0, keepdims=True)])
        probabilities = [
            to_probabilities(
                list(row), self.document["scale"], self.clip.logit_bias, self.clip.sigmoid
            )
            for row in cosines
        ]
        return {"cosine": cosines, "probability": np.array(probabilities)}


def fill(template: str, name: str) -> str:
    """The template with the name in the place of {}; every other brace is text."""
    return template.replace("{}", name)

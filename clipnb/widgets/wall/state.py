"""A wall of images, sorted by what a text says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ...support.names import listed
from ..common.document import Document, index, words
from ..common.embeddings import Images, ImageStore, TextEmbeddings
from ..common.tokens import split

if TYPE_CHECKING:
    from ...model.clip import Clip

MOST_IMAGES = 120
LONGEST = 300  # characters of a text
STARTERS = (
    "a red bird with a tall crest",
    "a brown mushroom",
    "white spots",
    "a fish with stripes",
    "a yellow flower in a garden",
    "an animal in the snow",
    "something blue",
    "a photo of a resplendent quetzal",  # a name that the vocabulary lacks
)


class Wall(Document):
    """Images in the order of their cosine with one text.

    Parameters
    ----------
    clip : Clip
    images : ImageDataset, image(s), or what ``load_images`` takes
    texts : sequence of str
        To begin with: the first is shown, the others are offered.

    Attributes
    ----------
    document : dict
        ``sentence``, and ``picture``: the index of the one that the reader follows.
    starters : list of str
    """

    actions = ("write", "choose")
    edited = ("sentence",)
    merged = ("write",)

    def __init__(self, clip: Clip, images: Images, texts: Sequence[str] = STARTERS):
        self.starters = [words(one, LONGEST) for one in listed(texts, "texts")]
        if not self.starters:
            raise ValueError("There is no text to begin with; give one at least.")
        self.clip, self.texts = clip, TextEmbeddings(clip)
        self.images = ImageStore(clip, images, MOST_IMAGES + 1)
        if len(self.images) > MOST_IMAGES:
            raise ValueError(
                f"There are {len(self.images):,} images; the wall has room for {MOST_IMAGES},"
                f" so choose some: data.select(range({MOST_IMAGES}))."
            )
        super().__init__({"sentence": self.starters[0], "picture": 0})
        self.texts.learn({text: text for text in self.starters if text.strip()})

    # -- actions -----------------------------------------------------------------------------------

    def write(self, text: str) -> None:
        self.document["sentence"] = words(text, LONGEST)

    def choose(self, picture: int) -> None:
        """Follow an image."""
        self.document["picture"] = index(picture, len(self.images), "image")

    # -- numbers -----------------------------------------------------------------------------------

    def learn(self) -> list[str]:
        """Encode the text, if it is new."""
        text = self.document["sentence"]
        return self.texts.learn({text: text} if text.strip() else {})

    def cosines(self) -> list[float]:
        """One for every image; empty for an empty text."""
        self.learn()
        text = self.document["sentence"]
        if not text.strip():
            return []
        images = self.images.embeddings(self.images.strip).astype(np.float64)
        return (images @ self.texts[[text]][0].astype(np.float64)).tolist()

    def ranking(self) -> list[int]:
        """Images, the best first, equals in their order; as they came for an empty text."""
        cosines = self.cosines() or [0.0] * len(self.images)
        return sorted(range(len(cosines)), key=lambda i: -cosines[i])

    def tokens(self, text: str | None = None) -> list[dict]:
        """What the model reads, {text (as the vocabulary has it), id}, with begin and end and
        without padding."""
        tokens = split(self.clip, self.document["sentence"] if text is None else text)
        return [{"text": token["piece"], "id": token["id"]} for token in tokens]

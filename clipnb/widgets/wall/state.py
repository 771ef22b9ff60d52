"""A wall of images, sorted by what a text says."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ...support.names import listed
from ..common.document import Document, index, words
from ..common.embeddings import Images, ImageStore, TextEmbeddings
from ..common.scoring import ranked
from ..common.tokens import split
from .starters import STARTERS, failure, nonsense

if TYPE_CHECKING:
    from ...model.clip import Clip

MOST_IMAGES = 120
LONGEST = 300  # characters of a text


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
        return self._cosines([text])[0].tolist() if text.strip() else []

    def _cosines(self, texts: list[str]) -> np.ndarray:
        """(texts, images) float64, of texts that are learnt"""
        images = self.images.embeddings(self.images.strip).astype(np.float64)
        return self.texts[texts].astype(np.float64) @ images.T

    def ranking(self) -> list[int]:
        """Images, the best first, equals in their order; as they came for an empty text."""
        return ranked(self.cosines() or [0.0] * len(self.images))

    def failures(self) -> dict[str, str]:
        """The texts to begin with that do not work on these images, and why; empty where the images
        are not the field guide's."""
        texts = [text for text in self.starters if text.strip()]
        classes = [self.images.truth(i) for i in self.images.strip]
        said = {}
        for text, cosines in zip(texts, self._cosines(texts) if texts else []):
            said[text] = failure(text, [classes[i] for i in ranked(cosines)])
        return {text: why for text, why in said.items() if why}

    @cached_property
    def nonsense(self) -> list[float]:
        """The lowest and the highest cosine that texts without meaning have with the image that
        fits them best."""
        best = (
            self.clip.encode_texts(nonsense(), progress_bar=False).numpy()
            @ self.images.embeddings(self.images.strip).T
        ).max(1)
        return [float(best.min()), float(best.max())]

    def tokens(self, text: str | None = None) -> list[dict]:
        """What the model reads, {text (as the vocabulary has it), id}, with begin and end and
        without padding."""
        tokens = split(self.clip, self.document["sentence"] if text is None else text)
        return [{"text": token["piece"], "id": token["id"]} for token in tokens]

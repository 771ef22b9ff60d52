"""Attention heads: the cosine of an image and a text as an exact sum over the parts of the image
encoder, and what each part responds to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ...classify.prompts import name_prompts
from ...concepts.head_texts import describe_heads
from ...concepts.heads import EmbeddingParts, decompose_embedding
from ...concepts.layers import check_class_token
from ...fieldguide.concept_words import concept_words
from ...support.arguments import whole
from ...support.names import listed
from ..common.document import Document, index, words
from ..common.embeddings import Images, ImageStore, TextEmbeddings, spread

if TYPE_CHECKING:
    from ...model.clip import Clip

LONGEST = 600  # characters of a text
MOST_KEPT = 2  # images whose patches are remembered: 300 MB each in a ViT-L/14
MOST_CLASSES = 200  # offered by name
MOST_TEXTS = 3  # for a head


@dataclass
class Parts:
    """One image and one text.

    Attributes
    ----------
    values : (parts,) float64 array
        What each part of the image encoder adds to the cosine: layer by layer the heads and the
        MLP, then the rest.
    usual : (parts,) float64 array
        The same on average over the images that are searched.
    cosine : float
        From the two encoders, without the decomposition.
    maps : (layers, heads, 1 + rows · columns) float64 array
        What a head adds by reading the class token, and each patch.
    top : (parts, top) int array
        The images to whose cosine a part adds most, the highest first.
    highest : (parts, top) float64 array
        What it adds to them.
    """

    values: np.ndarray
    usual: np.ndarray
    cosine: float
    maps: np.ndarray
    top: np.ndarray
    highest: np.ndarray


class Heads(Document):
    """The parts of a cosine.

    Parameters
    ----------
    clip : Clip
        Of a family with a class token.
    images : ImageDataset, image(s), or what ``load_images`` takes
    text : str, optional
        By default a prompt of the first image's class.
    parts : EmbeddingParts, optional
        Of all images, if they are known already.
    texts : iterable of str, optional
        Candidates that may describe a head; by default the field guide's words.
    searched : int
        Images that are decomposed, if no parts are given.
    top : int
        Images shown for a part.
    strip : int
        Images offered from the start.
    start : int or str, optional
        The image to begin with: its number, or the first of a class.

    Attributes
    ----------
    document : dict
        ``picture`` (index), ``sentence``, ``part`` (index: heads and MLP of each layer, then the
        rest), ``patch``, ``centred``: whether values are shown less their average over images.
    size : (layers, heads)
    described : list of {texts, share}
        Every head in words.
    """

    actions = ("choose", "write", "open", "look", "centre")
    edited = ("sentence",)
    merged = ("write",)

    def __init__(
        self,
        clip: Clip,
        images: Images,
        text: str | None = None,
        parts: EmbeddingParts | None = None,
        texts: Iterable[str] | None = None,
        searched: int = 100,
        top: int = 5,
        strip: int = 12,
        start: int | str | None = None,
    ):
        check_class_token(clip)
        whole("max_searched", searched, 1)
        whole("top_k", top, 1)
        self.clip, self.images = clip, ImageStore(clip, images, strip)
        self.texts = TextEmbeddings(clip)
        first = self.images.first(start)
        self.classes = list(self.images.data.class_names)[:MOST_CLASSES]
        self.prompts = name_prompts(self.classes).prompts if self.classes else []
        if text is None:
            truth = self.images.truth(first)
            text = name_prompts([truth]).prompts[0] if truth else "a photo"
        self.parts, self.searched = self._decomposed(parts, searched)
        self.top = min(top, len(self.searched))
        self.size = self.parts.heads.shape[1], self.parts.heads.shape[2]
        self.described = self._described(texts)
        self._patches: dict[int, EmbeddingParts] = {}
        self._found: tuple[tuple[int, str], Parts] | None = None
        grid = clip.model.config.vision_config
        side = np.asarray(clip.pixels.prepare(self.images[first])).shape[:2]
        self.rows, self.columns = (int(length) // grid.patch_size for length in side)
        super().__init__(
            {
                "picture": first,
                "sentence": words(text, LONGEST),
                "part": 0,
                "patch": 0,
                "centred": False,
            }
        )
        found = self.found()
        heads = [i for i in range(self.count) if self.head(i)]
        # the head that sets this image apart most, and the patch that it takes most from
        part = max(heads, key=lambda i: found.values[i] - found.usual[i])
        self.document.update(part=part, patch=int(found.maps[self.head(part)][1:].argmax()))

    def _decomposed(
        self, parts: EmbeddingParts | None, searched: int
    ) -> tuple[EmbeddingParts, list[int]]:
        """The parts of the images that are searched, and the numbers of these images."""
        data = self.images.data
        if parts is None:
            some = spread(data.labels, searched)
            return decompose_embedding(self.clip, data.select(some)), some
        if parts.heads.shape[0] != len(data) or parts.heads.shape[-1] != self.clip.dim:
            raise ValueError(
                f"parts are of {parts.heads.shape[0]} images with {parts.heads.shape[-1]}"
                f" dimensions, but there are {len(data)} images, and {self.clip.name} has"
                f" {self.clip.dim}; give decompose_embedding(clip, images)."
            )
        return parts, list(range(len(data)))

    def _described(self, texts: Iterable[str] | None) -> list[dict]:
        if len(self.searched) < 2:  # a variance needs two
            return [{"texts": [], "share": 0.0} for _ in self.parts.names()]
        candidates = list(concept_words()) if texts is None else listed(texts, "texts")
        count = min(MOST_TEXTS, len(candidates))
        table = describe_heads(self.clip, self.parts, candidates, max(1, count))
        shares = np.nan_to_num(table["share"].to_numpy(float))
        return [
            {"texts": list(found), "share": float(share)}
            for found, share in zip(table["texts"], shares)
        ]

    # -- actions -----------------------------------------------------------------------------------

    def choose(self, picture: int) -> None:
        self.document["picture"] = index(picture, len(self.images), "image")

    def write(self, text: str) -> None:
        self.document["sentence"] = words(text, LONGEST)

    def open(self, part: int) -> None:
        """Look at a head, an MLP, or the rest."""
        self.document["part"] = index(part, self.count, "part")

    def look(self, patch: int) -> None:
        self.document["patch"] = index(patch, self.rows * self.columns, "patch")

    def centre(self, on: bool) -> None:
        """Show values less their average over images, or as they are."""
        if not isinstance(on, bool):
            raise ValueError(f"Values are centred or not: true or false, not {on!r:.40}.")
        self.document["centred"] = on

    # -- what is seen ------------------------------------------------------------------------------

    @property
    def count(self) -> int:
        """Of parts."""
        layers, heads = self.size
        return layers * (heads + 1) + 1

    def head(self, part: int) -> tuple[int, int] | None:
        """(layer, head) from 0; None for an MLP and for the rest."""
        layer, place = divmod(part, self.size[1] + 1)
        return (layer, place) if layer < self.size[0] and place < self.size[1] else None

    def name(self, part: int) -> str:
        """As the page has it, counted from 1."""
        layer, place = divmod(part, self.size[1] + 1)
        if layer == self.size[0]:
            return "start and biases"
        return f"layer {layer + 1}, " + (f"head {place + 1}" if place < self.size[1] else "MLP")

    def found(self) -> Parts:
        """:class:`Parts` of the image and the text in view; the model runs for new ones only."""
        key = (self.document["picture"], self.document["sentence"])
        if self._found is None or self._found[0] != key:
            self._found = key, self._find(*key)
        return self._found[1]

    def _find(self, picture: int, sentence: str) -> Parts:
        self.texts.learn({sentence: sentence})
        text = self.texts[[sentence]][0].astype(np.float64)
        one = self._one(picture)
        assert one.patches is not None  # asked for
        searched = _values(self.parts, text)
        # equal up to rounding is equal: no machine then shows another image first
        order = np.argsort(-searched.round(6), axis=0, kind="stable")[: self.top].T
        return Parts(
            values=_values(one, text)[0],
            usual=searched.mean(0),
            cosine=float(self.images.embedding(picture).astype(np.float64) @ text),
            maps=one.patches[0].double().numpy() @ text,
            top=np.asarray(self.searched)[order],
            highest=np.take_along_axis(searched.T, order, axis=1),
        )

    def _one(self, picture: int) -> EmbeddingParts:
        """The parts of one image, by patch."""
        if picture not in self._patches:
            made = decompose_embedding(self.clip, self.images.data.select([picture]), patches=True)
            if len(self._patches) >= MOST_KEPT:
                del self._patches[next(iter(self._patches))]
            self._patches[picture] = made
        return self._patches[picture]

    def pixels(self) -> np.ndarray:
        """(h, w, 3) uint8: what the model sees."""
        return np.asarray(self.clip.pixels.prepare(self.images[self.document["picture"]]))


def _values(parts: EmbeddingParts, text: np.ndarray) -> np.ndarray:
    """(n, parts) float64: dot products with a text, in the order of ``parts.listed()``."""
    return parts.listed().double().numpy() @ text

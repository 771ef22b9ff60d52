"""The token and patch inspector: a text in tokens, an image in patches, and what the cosine of
both rests on."""

from __future__ import annotations

import string
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...explain.words import word_relevance
from ..common.document import Document, index, words
from ..common.embeddings import Images, ImageStore
from ..common.maps import patch_maps
from ..common.tokens import split

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image

    from ...model.clip import Clip

SHOWS = ("sentence", "word")
LONGEST = 600  # characters of a text
MOST_KEPT = 64


class Inspector(Document):
    """One image and one text, taken apart.

    Parameters
    ----------
    clip : Clip
    images : ImageDataset, image(s), or what ``load_images`` takes
    text : str
    strip : int
        Images offered from the start.
    start : int or str, optional
        The image to begin with: its number, or the first of a class.

    Attributes
    ----------
    document : dict
        ``picture`` (index), ``sentence``, ``token`` and ``patch`` (indices of what is looked at),
        ``show``: whether the patches answer to the whole text or to the "word" of the token
        alone.
    patches : int
        How many an image has.
    """

    actions = ("choose", "write", "pick", "look", "display")
    edited = ("sentence",)
    merged = ("write",)

    def __init__(
        self,
        clip: Clip,
        images: Images,
        text: str = "a green frog",
        strip: int = 12,
        start: int | str | None = None,
    ):
        self.clip, self.images, self._parts = clip, ImageStore(clip, images, strip), {}
        super().__init__(
            {
                "picture": self.images.first(start),
                "sentence": words(text, LONGEST),
                "token": 1,
                "patch": 0,
                "show": SHOWS[0],
            }
        )
        self.patches = len(self.parts()["maps"][0])
        tokens, patches = [token["share"] for token in self.parts()["tokens"]], self.map()
        # the strongest
        self.document.update(token=tokens.index(max(tokens)), patch=patches.index(max(patches)))

    # -- actions -----------------------------------------------------------------------------------

    def choose(self, picture: int) -> None:
        self.document["picture"] = index(picture, len(self.images), "image")

    def write(self, text: str) -> None:
        self.document["sentence"] = words(text, LONGEST)

    def pick(self, token: int) -> None:
        """Look at a token. A place behind the end of a short text means its last."""
        self.document["token"] = index(token, self.clip.max_tokens, "token")

    def look(self, patch: int) -> None:
        self.document["patch"] = index(patch, self.patches, "patch")

    def display(self, what: str) -> None:
        if what not in SHOWS:
            raise ValueError(
                f"The patches answer to the {' or the '.join(SHOWS)}, not to {what!r}."
            )
        self.document["show"] = what

    # -- what is seen ------------------------------------------------------------------------------

    def parts(self) -> dict:
        """:func:`take_apart` of the image and the text in view; the model runs for new ones
        only."""
        key = (self.document["picture"], self.document["sentence"])
        if key not in self._parts:
            if len(self._parts) >= MOST_KEPT:
                del self._parts[next(iter(self._parts))]
            self._parts[key] = take_apart(self.clip, self.images[key[0]], key[1])
        return self._parts[key]

    def token(self) -> dict:
        """The token in view."""
        tokens = self.parts()["tokens"]
        return tokens[min(self.document["token"], len(tokens) - 1)]

    def map(self) -> list[float]:
        """Every patch's share of the relevance in view; they add up to 1, or are all 0."""
        word = self.token()["word"]
        return self.parts()["maps"][
            0 if self.document["show"] == "sentence" or word is None else word + 1
        ]


def take_apart(clip: Clip, image: Image.Image | np.ndarray, text: str) -> dict:
    """Tokens, patches and what the cosine of an image and a text rests on.

    Returns
    -------
    dict
        ``tokens``: list of {id, piece (as the vocabulary has it), text (what it stands for), part
        ("1/4" of a character in several bytes, or ""), word (number, or None for begin and end),
        share (of all tokens' relevance)}; ``cut``: whether words were left out; ``words``;
        ``pixels`` (h, w, 3) uint8, what the model sees; ``rows``, ``columns`` of patches; ``maps``:
        shares of every patch, for the text and for every word by itself; ``cosine``.
    """
    relevance = word_relevance(clip, image, text)
    tokens = split(clip, text)
    spoken = [token for token in tokens if token["text"]]
    shares = to_shares(relevance["relevance"])
    for token, word, share in zip(spoken, relevance["number"], shares):
        token.update(word=int(word), share=share)
    names = list(relevance.drop_duplicates("number")["word"])
    alone = [name.strip(string.punctuation) or name for name in names]
    pixels, maps = patch_maps(clip, image, [text, *alone])
    cosine = float(
        clip.encode_images(image, progress_bar=False)[0]
        @ clip.encode_texts(text, progress_bar=False)[0]
    )
    whole = clip.tokenizer(text, verbose=False)["input_ids"]
    return {
        "tokens": tokens,
        "cut": len(whole) > clip.max_tokens,
        "words": alone,
        "pixels": pixels,
        "rows": maps.shape[1],
        "columns": maps.shape[2],
        "maps": [to_shares(one.ravel()) for one in maps],
        "cosine": cosine,
    }


def to_shares(values: Iterable[float]) -> list[float]:
    """Numbers that are not negative, divided by their sum."""
    values = [float(value) for value in values]
    total = sum(values)
    return [value / total if total > 0 else 0.0 for value in values]

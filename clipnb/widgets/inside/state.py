"""Inside CLIP: one image and one text, in eight steps from pixels and letters to probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ...classify.prompts import name_prompts
from ...fieldguide.world import KINDS
from ...support.names import listed
from ..common.document import Document, index, words
from ..common.embeddings import Images, ImageStore, TextEmbeddings
from .parts import ImageParts, TextParts, has_class_token, look_at_image, read_text

if TYPE_CHECKING:
    from ...model.clip import Clip

LONGEST = 600  # characters of a text
MOST_NAMES, USUAL_NAMES = 50, 8
MOST_KEPT = 16  # images and texts whose attention is remembered
QUERIES = ("class", "patch")
# title, and the parts of the drawing that are highlighted
STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Pixels and patches", ("pixels",)),
    ("Class token and positions", ("positions",)),
    ("Attention between patches", ("heads",)),
    ("The image embedding", ("image",)),
    ("Tokens", ("tokens",)),
    ("Attention between tokens", ("text-heads", "text")),
    ("The dot product", ("image", "text", "product")),
    ("Probabilities", ("product", "softmax")),
)


class Inside(Document):
    """One image and one text inside a model.

    Parameters
    ----------
    clip : Clip
    images : ImageDataset, image(s), or what ``load_images`` takes
    text : str
    names : sequence of str, optional
        What the image may be, for the last step. By default classes of the data set, at most
        eight, that of the first image among them; the kinds of the field guide where there are
        none.
    template : str
        Makes a prompt of a name.
    strip : int
        Images offered from the start.
    start : int or str, optional
        The image to begin with: its number, or the first of a class.

    Attributes
    ----------
    document : dict
        ``picture`` (index), ``sentence``, ``step`` (from 0); ``patch``; ``query``: whose attention
        is shown in the image, that of the "class" token or of the "patch"; ``head`` and
        ``text_head``: [layer, head], opened; ``token``; ``number``: of the embedding.
    prompts : list of str
    """

    actions = ("choose", "write", "go", "look", "ask", "open", "open_text", "pick", "count")
    edited = ("sentence",)
    merged = ("write",)

    def __init__(
        self,
        clip: Clip,
        images: Images,
        text: str = "a green frog",
        names: Sequence[str] | None = None,
        template: str = "a photo of a {}",
        strip: int = 12,
        start: int | str | None = None,
    ):
        self.clip, self.images, self.texts = (
            clip,
            ImageStore(clip, images, strip),
            TextEmbeddings(clip),
        )
        self._images: dict[int, ImageParts] = {}
        self._texts: dict[str, TextParts] = {}
        first = self.images.first(start)
        self.names = self._named(names, first)
        self.prompts = name_prompts(self.names, template).prompts
        self.class_token = has_class_token(clip)
        image, read = self._image(first), self._text(words(text, LONGEST))
        layers, heads = self.rows_of(image, 0).shape[:2]
        self.image_size, self.text_size = (layers, heads), read.attention.shape[:2]
        self.patches = image.rows * image.columns
        super().__init__(
            {
                "picture": first,
                "sentence": text,
                "step": 0,
                "patch": 0,
                "query": QUERIES[0 if self.class_token else 1],
                "head": [layers - 1, 0],
                "text_head": [self.text_size[0] - 1, 0],
                # a place behind the end of a short text means its last
                "token": read.read if read.read == 0 else clip.max_tokens - 1,
                "number": 0,
            }
        )
        self.document["patch"] = self._strongest(image)

    def _named(self, names: Sequence[str] | None, first: int) -> list[str]:
        if names is None:
            known, truth = self.images.data.class_names, self.images.truth(first)
            others = [name for name in known if name != truth]
            step = max(1, len(others) // (USUAL_NAMES - 1))
            names = [*([truth] if truth else []), *others[::step]][:USUAL_NAMES] or list(KINDS)
        found = list(dict.fromkeys(listed(names, "names")))
        if not 1 <= len(found) <= MOST_NAMES:
            raise ValueError(f"There are {len(found)} names; give 1 to {MOST_NAMES}.")
        return [words(name, LONGEST) for name in found]

    def _strongest(self, image: ImageParts) -> int:
        """The patch from which heads of the last layer take most for the embedding: by the median,
        since single heads often rest on an empty corner."""
        last = image.attention[-1, :, 0, 1:] if image.pooling is None else image.pooling
        return int(np.median(last, axis=0).argmax())

    # -- actions -----------------------------------------------------------------------------------

    def choose(self, picture: int) -> None:
        self.document["picture"] = index(picture, len(self.images), "image")

    def write(self, text: str) -> None:
        self.document["sentence"] = words(text, LONGEST)

    def go(self, step: int) -> None:
        self.document["step"] = index(step, len(STEPS), "step")

    def look(self, patch: int) -> None:
        self.document["patch"] = index(patch, self.patches, "patch")

    def ask(self, query: str) -> None:
        """Whose attention the image shows."""
        if query not in QUERIES:
            raise ValueError(
                f"Attention is shown for the {' or the '.join(QUERIES)}, not for {query!r}."
            )
        if query == "class" and not self.class_token:
            raise ValueError("This model has no class token; look at the attention of a patch.")
        self.document["query"] = query

    def open(self, layer: int, head: int) -> None:
        """A head of the image encoder."""
        layers, heads = self.image_size
        self.document["head"] = [index(layer, layers, "layer"), index(head, heads, "head")]

    def open_text(self, layer: int, head: int) -> None:
        layers, heads = self.text_size
        self.document["text_head"] = [index(layer, layers, "layer"), index(head, heads, "head")]

    def pick(self, token: int) -> None:
        self.document["token"] = index(token, self.clip.max_tokens, "token")

    def count(self, number: int) -> None:
        """Look at one number of the embeddings."""
        self.document["number"] = index(number, self.clip.dim, "number")

    # -- what is seen ------------------------------------------------------------------------------

    @property
    def asked(self) -> int:
        """The position whose attention the image shows: 0 is the class token, if there is one."""
        if self.document["query"] == "class":
            return 0
        return self.document["patch"] + int(self.class_token)

    def image(self) -> ImageParts:
        return self._image(self.document["picture"])

    def text(self) -> TextParts:
        return self._text(self.document["sentence"])

    def token(self) -> int:
        return min(self.document["token"], len(self.text().tokens) - 1)

    def rows_of(self, image: ImageParts, asked: int) -> np.ndarray:
        """(layers, heads, from): what one position takes in every head. SigLIP's pooling is one
        layer more, whose query is its own."""
        rows = image.attention[:, :, asked]
        return rows if image.pooling is None else np.concatenate([rows, image.pooling[None]])

    def attention(self) -> np.ndarray:
        """:meth:`rows_of` the image in view, for the position that is asked."""
        return self.rows_of(self.image(), self.asked)

    def embeddings(self) -> tuple[np.ndarray, np.ndarray]:
        """(dim,) each, unit length: of the image and of the text."""
        text = self.document["sentence"]
        self.texts.learn({text: text})
        return self.images.embedding(self.document["picture"]), self.texts[[text]][0]

    def products(self) -> np.ndarray:
        """(dim,) float64; their sum is the cosine."""
        image, text = self.embeddings()
        return image.astype(np.float64) * text.astype(np.float64)

    def candidates(self) -> list[str]:
        """The text in view, and the prompts of the names."""
        return list(dict.fromkeys([self.document["sentence"], *self.prompts]))

    def scores(self) -> tuple[np.ndarray, np.ndarray]:
        """Cosine and probability of every candidate. SigLIP's are one by one, and need not add up
        to 1."""
        texts = self.candidates()
        self.texts.learn({text: text for text in texts})
        cosines = self.texts.cosines(texts, self.images.embedding(self.document["picture"]))
        logits = self.clip.logit_scale * cosines + self.clip.logit_bias
        if self.clip.sigmoid:
            return cosines, 1 / (1 + np.exp(-logits))
        powers = np.exp(logits - logits.max())
        return cosines, powers / powers.sum()

    def _image(self, picture: int) -> ImageParts:
        return _kept(self._images, picture, lambda: look_at_image(self.clip, self.images[picture]))

    def _text(self, text: str) -> TextParts:
        return _kept(self._texts, text, lambda: read_text(self.clip, text))


def _kept(store: dict, key, make):
    """What the store has under this key, made if it is new; the oldest makes room."""
    if key not in store:
        made = make()
        if len(store) >= MOST_KEPT:
            del store[next(iter(store))]
        store[key] = made
    return store[key]

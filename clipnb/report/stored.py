"""A CLIP of which only embeddings are there: some of its images and some of its texts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import torch

from ..data.images import ImageDataset
from ..model.embedding import load_embeddings
from ..model.foreign import damage_named
from ..model.rows import unit_rows
from ..support.text import printable

if TYPE_CHECKING:
    from ..model.clip import Clip

SCALE = 100.0  # logit scale of OpenAI's models, where their training stops it
PETS_CATS = (
    "Abyssinian",
    "Bengal",
    "Birman",
    "Bombay",
    "British Shorthair",
    "Egyptian Mau",
    "Maine Coon",
    "Persian",
    "Ragdoll",
    "Russian Blue",
    "Siamese",
    "Sphynx",
)


class StoredTexts:
    """In place of a Clip: it looks texts up and encodes nothing.

    Parameters
    ----------
    path : Path
        An ``.npz`` with ``vectors`` (n, dim) and ``sentences``, the texts of its rows.
    """

    sigmoid, logit_scale, logit_bias, field_guide = False, SCALE, 0.0, None
    dtype, device = torch.float32, torch.device("cpu")

    def __init__(self, path: Path):
        where = f"'{printable(path)}'"
        with damage_named(where, ".npz archive"), np.load(path, allow_pickle=False) as file:
            vectors, texts = file["vectors"], [str(text) for text in file["sentences"]]
        if vectors.ndim != 2 or len(vectors) != len(texts):
            raise ValueError(f"{where} has {len(texts)} texts, but vectors {vectors.shape}.")
        self.rows = torch.nn.functional.normalize(torch.tensor(vectors, dtype=torch.float32))
        self.places = {text: i for i, text in reversed(list(enumerate(texts)))}
        self.name, self.dim = f"stored embeddings, {path.parent.name}", self.rows.shape[1]
        self.fingerprint = hashlib.sha256(vectors.tobytes()).hexdigest()[:16]

    def encode_texts(
        self, texts: str | Iterable[str], normalize: bool = True, progress_bar: bool = True
    ) -> torch.Tensor:
        """The stored rows; all are unit rows, whatever ``normalize`` says."""
        texts = [texts] if isinstance(texts, str) else list(texts)
        if missing := [text for text in texts if text not in self.places]:
            raise ValueError(f"No embedding of the text '{missing[0]}' is stored.")
        return self.rows[[self.places[text] for text in texts]]

    def encode_images(self, data: ImageDataset, progress_bar: bool = True) -> torch.Tensor:
        """The embeddings that the images have."""
        return unit_rows(torch.tensor(data.embeddings), lambda i: f"Embedding {i}", "get it again")


def stored(folder: Path, dataset: str) -> tuple[StoredTexts, ImageDataset]:
    """What a folder holds of a data set: the texts as a model, and the images with those classes
    that stored texts can name.

    Parameters
    ----------
    folder : Path
        With ``<dataset>_images….npz`` and ``text….npz``.
    dataset : str

    Raises
    ------
    FileNotFoundError
        If a file is not there.
    ValueError
        If fewer than two classes have a text.
    """
    images, texts = (
        next(iter(sorted(folder.glob(f"{start}*.npz"))), None)
        for start in (f"{dataset}_images", "text")
    )
    if images is None or texts is None:
        raise FileNotFoundError(
            f"'{printable(folder)}' does not hold both {dataset}_images….npz and text….npz."
        )
    clip = StoredTexts(texts)
    data = load_embeddings(images, cast("Clip", clip), normalize=True)
    data = cats_and_dogs(data) if dataset == "pets" else data
    named = [name for name in data.class_names if article(name) in clip.places]
    if len(named) < 2:
        raise ValueError(f"'{printable(texts)}' has texts for {len(named)} classes of {dataset}.")
    kept = data.select(np.isin(data.labels, [data.class_names.index(name) for name in named]))
    old = np.array(data.class_names)[kept.labels]
    labels = np.array([named.index(name) for name in old])
    return clip, replace(kept, labels=labels, class_names=named, seen=np.empty(0, bool))


def article(name: str) -> str:
    """The text by which the stored embeddings name a class."""
    return f"a {name}"


def cats_and_dogs(data: ImageDataset) -> ImageDataset:
    """Pets with two classes in place of 37 breeds."""
    cats = np.isin(np.array(data.class_names), PETS_CATS)
    labels = np.where(cats[data.labels], 0, 1)
    return replace(data, labels=labels, class_names=["cat", "dog"], seen=np.empty(0, bool))

"""Any CLIP or SigLIP as two functions, images → unit embeddings and texts → unit embeddings."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from PIL import Image

from ..data.given import image_of, list_of_images, name_of_given
from ..data.images import ImageDataset
from ..support.cache import EmbeddingCache
from ..support.text import printable
from .checks import check_scale
from .encode_items import Items, encode_items
from .encoding import BatchSize, Pixels
from .families import class_token_only, embedding_width, is_sigmoid
from .fingerprint import of_processor, of_text, of_weights, signs
from .photos import PhotoCheck
from .rows import kept_rows
from .tokens import Tokens, listed_texts

if TYPE_CHECKING:
    from transformers import (
        BatchEncoding,
        PreTrainedTokenizerBase,
    )


BUNDLED = Path(__file__).parent.parent / "pretrained"


class Clip:
    """A dual encoder. Make one with :func:`load_clip`.

    Attributes
    ----------
    model : transformers.PreTrainedModel
        The two encoders.
    tokenizer : transformers.PreTrainedTokenizerBase
        What makes tokens of texts.
    image_processor : transformers.BaseImageProcessor
        What makes pixels of images.
    name : str
        What was loaded.
    logit_scale : float
        logit = logit_scale · cosine + logit_bias.
    logit_bias : float
        0 for CLIP (Radford et al. 2021), learnt for SigLIP.
    sigmoid : bool
        True for SigLIP (Zhai et al. 2023): every class has a probability of its own, and they do
        not add up to 1.
    dim : int
        Length of the embeddings.
    max_tokens : int
        What the text encoder reads of a text; the rest is cut off, and said.
    tokens : Tokens
        What makes model input of texts.
    lock : threading.RLock
        Held while the model runs: hooks and modes are the whole model's, so threads take turns.
    device, dtype
        Where the model is, and in which number type.
    pixels : Pixels
        What makes model input of images, with the settings that ``image_processor`` has now.
    encoded : int
        How many images and texts went through the model so far (the cache answers the
        others).
    fingerprint : str
        A digest of the model's files, or the Hub name with its commit: the same on every machine;
        another one after the weights were changed in memory. Kept embeddings go by it, see
        ``clipnb.model.fingerprint``.
    workers : int, optional
        Processes that read the next images while the model runs; None: as many as pay, see
        :func:`load_clip`.
    field_guide : int, optional
        The version of the field guide that the model was trained on, if its folder says so.
    origin : dict
        The arguments of :func:`load_clip` that make the same model again, on this machine or
        another.
    """

    def __init__(
        self,
        model: Any,
        tokenizer: PreTrainedTokenizerBase,
        image_processor: Any,
        name: str,
        fingerprint: str,
        origin: dict,
        cache: EmbeddingCache | None = None,
        field_guide: int | None = None,
    ):
        self.field_guide = field_guide
        self.model, self.tokenizer, self.image_processor = model, tokenizer, image_processor
        self.name, self.origin, self.encoded = name, origin, 0
        self.workers: int | None = origin.get("workers")
        self._image_batches, self._text_batches = (
            BatchSize(origin.get("batch_size")),
            BatchSize(origin.get("batch_size")),
        )
        self._cache = cache
        self._image_features = (
            torch.compile(model.get_image_features)
            if origin.get("compile")
            else model.get_image_features
        )
        self.sigmoid, self.dim = is_sigmoid(model.config), embedding_width(model.config)
        self.tokens, self.lock = Tokens(tokenizer, model.config), threading.RLock()
        # the fingerprint of the files, the digest of the weights that came from them, and by which
        # signs a change in memory is noticed
        self._loaded, self._first = fingerprint, of_weights(model)
        self._signs, self._weights = signs(model), self._first

    def __repr__(self) -> str:
        return f"Clip({self.name!r}, {self.dim} dimensions, on {self.device.type})"

    # what follows is read from the model, which may change after it was loaded

    @property
    def device(self) -> torch.device:
        return self.model.device

    @property
    def dtype(self) -> torch.dtype:
        return self.model.dtype

    @property
    def logit_scale(self) -> float:
        return check_scale(self.name, self.model)

    @property
    def logit_bias(self) -> float:
        return self.model.logit_bias.item() if self.sigmoid else 0.0

    @property
    def max_tokens(self) -> int:
        return self.tokens.most

    @property
    def fingerprint(self) -> str:
        now = signs(self.model)
        if now != self._signs:
            self._signs, self._weights = now, of_weights(self.model)
        same = self._weights == self._first
        return self._loaded if same else f"{self._loaded}, changed to {self._weights}"

    @property
    def pixels(self) -> Pixels:
        return Pixels(self.image_processor)

    @property
    def batch_size(self) -> int:
        """How many images go through the model at once; it falls when memory runs out."""
        return self._image_batches.now

    # -- images ----------------------------------------------------------------------------------

    def encode_images(
        self,
        images: ImageDataset
        | Image.Image
        | np.ndarray
        | str
        | Path
        | Iterable[Image.Image | np.ndarray | str | Path],
        progress_bar: bool = True,
    ) -> torch.Tensor:
        """Embed images.

        Parameters
        ----------
        images : ImageDataset, PIL image, (h, w, 3) uint8 array, path, or several of these
            Those of an ImageDataset, and paths, are opened as they are needed, by worker processes
            where these pay, ahead of the model; memory does not grow with their number. Several may
            be a list, a generator or a pandas Series, which is taken by position.
        progress_bar : bool
            For 65 images or more.

        Returns
        -------
        (n, dim) float32 tensor
            On the CPU, unit rows; those of :func:`clipnb.load_embeddings` as they are.

        Warns
        -----
        UserWarning
            Once a call, if the model was trained on flat drawings only and some of the images look
            like photos (``clipnb.model.photos``).

        Raises
        ------
        ValueError
            If the embeddings in ``images`` were made by another model (the message names both), or
            are of another dimension, no unit rows or no numbers.
        NotEncoded
            A ValueError: if some images cannot be read (a damaged or changed file, an array of
            another shape or type). It names them, after all others were encoded and kept in the
            cache, and holds their embeddings.
        TypeError
            If ``images`` is something else.

        Examples
        --------
        >>> clip = clipnb.load_clip(device="cpu")
        >>> frogs = clipnb.load_fieldguide("test", kinds="frog", per_species=2)
        >>> texts = clip.encode_texts(["a green frog", "a brown frog"])
        >>> cosines = clip.encode_images(frogs) @ texts.T
        >>> cosines.shape  # images × texts
        torch.Size([22, 2])
        """
        pixels = self.pixels  # once a call: its settings are read from the processor
        forward = partial(self._image_batch, pixels)
        if not isinstance(images, ImageDataset):
            given = list_of_images(images)
            named = lambda i: name_of_given(given[i], i)
            # of any mode, or arrays; those of an ImageDataset are upright RGB already
            opened, check = partial(_opened, pixels), self._photo_check(len(given))
            items = Items(
                given, "images", None, forward, self._image_batches, named, opened, check=check
            )
            return encode_items(self, items, None, progress_bar)
        self._check_field_guide(images)
        if images.embeddings is not None:
            return self._kept_embeddings(images, images.embeddings)
        settings = f"image {self.fingerprint} {self.dtype} {of_processor(self.image_processor)}"
        keys = [f"{settings} {key}" for key in images.keys]
        named = lambda i: f"'{printable(images.sources[i])}'"
        items = Items(
            images.images,
            "images",
            keys,
            forward,
            self._image_batches,
            named,
            pixels.prepare,
            afresh=images.images.changed() if self._cache is not None else (),
            check=self._photo_check(len(images)) if images.field_guide is None else None,
        )
        return encode_items(self, items, self._cache, progress_bar)

    def _photo_check(self, count: int) -> PhotoCheck | None:
        """What looks for photos among images, where the model knows drawings only."""
        drawings_only = self.name == "bundled" or self.field_guide is not None
        return PhotoCheck(count, self.name) if drawings_only else None

    def _check_field_guide(self, data: ImageDataset) -> None:
        """Warn where data and model are of two versions of the field guide."""
        ours, theirs = self.field_guide, data.field_guide
        if ours is not None and theirs is not None and ours != theirs:
            warnings.warn(
                f"The model '{self.name}' was trained on version {ours} of the field guide, and"
                f" these images are of version {theirs}: `seen` and `name_frequency` do not hold"
                " for it; load the bundled model, or train this one anew.",
                stacklevel=3,
            )

    def _kept_embeddings(self, data: ImageDataset, embeddings: np.ndarray) -> torch.Tensor:
        made_by = data.model or {"name": "unknown", "fingerprint": "unknown"}
        if made_by["fingerprint"] != self.fingerprint:
            raise ValueError(
                f"These embeddings are of the model '{made_by['name']}'"
                f" ({made_by['fingerprint']}), not of '{self.name}' ({self.fingerprint}); load"
                " that model, or embed the images again with this one."
            )
        return kept_rows(embeddings, self.dim, self.name, data.sources)

    def _image_batch(self, pixels: Pixels, prepared: list) -> torch.Tensor:
        with class_token_only(self.model):
            return self._image_features(
                **pixels.finish(prepared, self.device, self.dtype)
            ).pooler_output

    # -- texts ---------------------------------------------------------------------------------

    def encode_texts(
        self, texts: str | Iterable[str], normalize: bool = True, progress_bar: bool = True
    ) -> torch.Tensor:
        """Embed texts.

        Parameters
        ----------
        texts : str or sequence of str
        normalize : bool
            False gives the projected embeddings as they leave the model, which the pooling
            ``raw_mean`` averages.
        progress_bar : bool
            As for :meth:`encode_images`.

        Returns
        -------
        (n, dim) float32 tensor
            On the CPU; unit rows if ``normalize``.

        Raises
        ------
        TypeError
            If something is no text, or several texts are in no order that their rows could have.

        Examples
        --------
        >>> clip = clipnb.load_clip(device="cpu")
        >>> unit = clip.encode_texts(["a robin", "a wren"])
        >>> unit.norm(dim=1).round(decimals=4)
        tensor([1., 1.])
        """
        texts = [texts] if isinstance(texts, str) else listed_texts(texts)
        for text in texts:
            self.tokens.check(text)
        unique = list(dict.fromkeys(texts))
        settings = f"text {self.fingerprint} {self.dtype} {self.tokens.digest}"
        keys = [f"{settings} {of_text(text)}" for text in unique]
        named = lambda i: f"the text '{unique[i][:60]}'"
        items = Items(unique, "texts", keys, self._text_batch, self._text_batches, named)
        embeddings = encode_items(self, items, self._cache, progress_bar, normalize)
        for remark in self.tokens.remarks(unique, self.name):
            warnings.warn(remark, stacklevel=2)
        place = {text: i for i, text in enumerate(unique)}
        return embeddings[[place[text] for text in texts]] if texts else embeddings

    def tokenize(self, texts: Iterable[str], **more: Any) -> BatchEncoding:
        """What the tokenizer makes of texts, cut to the model's length."""
        return self.tokens.of(texts, **more)

    def _text_batch(self, texts: list[str]) -> torch.Tensor:
        return self.text_features(self.tokenize(texts))

    def text_features(self, tokens: Mapping[str, torch.Tensor]) -> torch.Tensor:
        names = ("input_ids",) if self.sigmoid else ("input_ids", "attention_mask")
        return self.model.get_text_features(
            **{name: tokens[name].to(self.device) for name in names if name in tokens}
        ).pooler_output


def _opened(pixels: Pixels, image: Any) -> Any:
    """An image, an array or a path, opened and prepared."""
    return pixels.prepare(image_of(image))

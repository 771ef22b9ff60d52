"""Any CLIP or SigLIP as two functions, images → unit embeddings and texts → unit embeddings."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from PIL import Image

from ..data.images import ImageDataset, to_rgb
from ..support.cache import EmbeddingCache
from ..support.progress import progress
from .encoding import BatchSize, Pixels, default_workers, in_batches

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
    encoded : int
        How many images and texts went through the model so far (the cache answers the
        others).
    fingerprint : str
        A digest of the model's files, or the Hub name with its commit: the same on every machine.
        Kept embeddings go by it.
    read_ahead : bool
        True: threads read the next images while the model runs. False: they read between the
        batches, and leave the cores to the model.
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
    ):
        self.model, self.tokenizer, self.image_processor = model, tokenizer, image_processor
        self.name, self.fingerprint, self.origin, self.encoded = name, fingerprint, origin, 0
        self.workers, self.read_ahead = origin.get("workers") or default_workers(), True
        self._image_batches, self._text_batches = (
            BatchSize(origin.get("batch_size")),
            BatchSize(origin.get("batch_size")),
        )
        self._key, self._cache, self._cut = f"{fingerprint} {model.dtype}", cache, None
        self.pixels, self._warned = Pixels(image_processor), False
        self._image_features = (
            torch.compile(model.get_image_features)
            if origin.get("compile")
            else model.get_image_features
        )
        config = model.config
        self.sigmoid = config.model_type.startswith("siglip")
        self.logit_scale = model.logit_scale.exp().item()
        self.logit_bias = model.logit_bias.item() if self.sigmoid else 0.0
        self.max_tokens = config.text_config.max_position_embeddings
        self.device, self.dtype = model.device, model.dtype
        self.dim = getattr(config, "projection_dim", None) or config.text_config.hidden_size

    def __repr__(self) -> str:
        return f"Clip({self.name!r}, {self.dim} dimensions, on {self.device.type})"

    @property
    def batch_size(self) -> int:
        """How many images go through the model at once; it falls when memory runs out."""
        return self._image_batches.now

    # -- images ----------------------------------------------------------------------------------

    def encode_images(
        self,
        images: ImageDataset | Image.Image | np.ndarray | Sequence[Image.Image | np.ndarray],
        progress_bar: bool = True,
    ) -> torch.Tensor:
        """Embed images.

        Parameters
        ----------
        images : ImageDataset, PIL image, (h, w, 3) uint8 array, or sequence of such images
            Images are opened as they are needed, in threads, ahead of the model; memory does not
            grow with their number.
        progress_bar : bool
            For 65 images or more.

        Returns
        -------
        (n, dim) float32 tensor
            On the CPU, unit rows; those of :func:`clipnb.load_embeddings` as they are.

        Raises
        ------
        ValueError
            If the embeddings in ``images`` were made by another model; the message names both. If
            an array is not of that shape and type.
        """
        if not isinstance(images, ImageDataset):
            alone = isinstance(images, Image.Image) or (
                isinstance(images, np.ndarray) and images.ndim in (2, 3)
            )
            return self._encode(
                [images] if alone else images,
                None,
                self._prepare_any,
                self._image_batch,
                self._image_batches,
                "encoding images",
                progress_bar,
            )
        if images.embeddings is not None:
            return self._kept_embeddings(images, images.embeddings)
        keys = [f"image {self._key} {key}" for key in images.keys]
        return self._encode(
            images.images,
            keys,
            self.pixels.prepare,
            self._image_batch,
            self._image_batches,
            "encoding images",
            progress_bar,
        )

    def _kept_embeddings(self, data: ImageDataset, embeddings: np.ndarray) -> torch.Tensor:
        made_by = data.model or {"name": "unknown", "fingerprint": "unknown"}
        if made_by["fingerprint"] != self.fingerprint:
            raise ValueError(
                f"These embeddings are of the model '{made_by['name']}'"
                f" ({made_by['fingerprint']}), not of '{self.name}' ({self.fingerprint}); load"
                " that model, or embed the images again with this one."
            )
        return torch.from_numpy(embeddings)

    def _prepare_any(self, image: Image.Image | np.ndarray) -> Any:
        """Images of any mode, or arrays; those of an ImageDataset are upright RGB already."""
        return self.pixels.prepare(to_rgb(image))

    def _image_batch(self, prepared: list) -> torch.Tensor:
        with _class_token_only(self.model):
            return self._image_features(
                **self.pixels.finish(prepared, self.device, self.dtype)
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
        """
        texts = [texts] if isinstance(texts, str) else list(texts)
        for text in texts:
            if not isinstance(text, str):
                raise TypeError(
                    f"encode_texts takes texts (str), but got {text!r} of type"
                    f" {type(text).__name__}."
                )
        unique = list(dict.fromkeys(texts))
        keys = [f"text {self._key} {hashlib.sha256(s.encode()).hexdigest()}" for s in unique]
        embeddings = self._encode(
            unique,
            keys,
            None,
            self._text_batch,
            self._text_batches,
            "encoding texts",
            progress_bar,
            normalize,
        )
        if self._cut and not self._warned:
            self._warned = True
            warnings.warn(
                f"Texts are cut after {self.max_tokens} tokens; the first cut one:"
                f" '{self._cut[:60]}…'",
                stacklevel=2,
            )
        place = {text: i for i, text in enumerate(unique)}
        return embeddings[[place[text] for text in texts]] if texts else embeddings

    def tokenize(self, texts: Iterable[str], **more: Any) -> BatchEncoding:
        """What the tokenizer makes of texts, cut to the model's length."""
        padding = "max_length" if self.sigmoid else True  # SigLIP was trained on padded texts
        return self.tokenizer(
            list(texts),
            padding=padding,
            truncation=True,
            max_length=self.max_tokens,
            return_tensors="pt",
            **more,
        )

    def _text_batch(self, texts: list[str]) -> torch.Tensor:
        tokens = self.tokenize(texts)
        if not self._cut and tokens["input_ids"].shape[1] == self.max_tokens and not self.sigmoid:
            # not verbose: it would say on stderr what we say below
            whole = self.tokenizer(list(texts), verbose=False)["input_ids"]
            self._cut = next(
                (s for s, ids in zip(texts, whole) if len(ids) > self.max_tokens), None
            )
        return self.text_features(tokens)

    def text_features(self, tokens: Mapping[str, torch.Tensor]) -> torch.Tensor:
        names = ("input_ids",) if self.sigmoid else ("input_ids", "attention_mask")
        return self.model.get_text_features(
            **{name: tokens[name].to(self.device) for name in names if name in tokens}
        ).pooler_output

    # -- both --------------------------------------------------------------------------------------

    @torch.inference_mode()
    def _encode(
        self,
        items: Any,
        keys: list[str] | None,
        prepare: Callable | None,
        forward: Callable[[list], torch.Tensor],
        size: BatchSize,
        what: str,
        progress_bar: bool,
        normalize: bool = True,
    ) -> torch.Tensor:
        embeddings = np.zeros((len(items), self.dim), np.float32)
        cache = self._cache if keys is not None else None
        missing = list(range(len(items)))
        if cache is not None and keys is not None:
            missing = cache.fill(keys, embeddings)
        if prepare is None:
            # texts of like length share a batch, so less is padded
            missing.sort(key=lambda i: len(items[i]))
        lower = torch.autocast(
            self.device.type, self.dtype, enabled=self.dtype in (torch.float16, torch.bfloat16)
        )
        with progress(None, len(missing) if progress_bar else 0, what, least=65) as bar, lower:
            for which, batch in in_batches(
                items, missing, prepare, forward, size, self.workers, not self.read_ahead
            ):
                embeddings[which] = batch
                self.encoded += len(which)
                bar.update(len(which))
                if cache is not None and keys is not None:
                    cache.put([keys[i] for i in which], batch)
        result = torch.from_numpy(embeddings)
        return torch.nn.functional.normalize(result, dim=-1) if normalize else result


@contextmanager
def _class_token_only(model: Any) -> Iterator[None]:
    """Within it, the last layer of a CLIP's image encoder works on the class token alone after its
    attention.

    The embedding is read from that token, and nothing mixes tokens any more, so it stays the same;
    two thirds of the layer's work on every patch are saved. The one token's result is added to all
    rows (broadcast), whence the rows of the patches mean nothing here. SigLIP's pooling reads every
    patch and is left as it is.
    """
    if model.config.model_type != "clip":
        yield
        return
    hook = model.vision_model.encoder.layers[-1].mlp.register_forward_pre_hook(
        lambda mlp, inputs: (inputs[0][:, :1],)
    )
    try:
        yield
    finally:
        hook.remove()

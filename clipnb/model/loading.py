"""``load_clip``: the bundled CLIP, a folder or a model of the Hugging Face Hub."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from ..support.arguments import given_name
from ..support.cache import EmbeddingCache
from ..support.json_file import read_json
from ..support.text import printable
from . import checks, fingerprint, open_clip
from .clip import BUNDLED, Clip
from .download import fetch

# weights that came before the note of training, by their fingerprint → version of the field guide
FORMER = {"866356dbcb79310a5ecad6b0": 1}


def load_clip(
    model: str | Path | None = None,
    device: str | torch.device | None = None,
    dtype: torch.dtype | None = None,
    batch_size: int | None = None,
    cache: bool = True,
    workers: int | None = None,
    compile: bool = False,
    revision: str | None = None,
) -> Clip:
    """Load the bundled CLIP, or any CLIP, MetaCLIP 2, SigLIP, SigLIP 2, AltCLIP or ChineseCLIP.

    Of open_clip's own checkpoints it takes those of vision transformers with CLIP's text encoder:
    "hf-hub:owner/name", or a folder with ``open_clip_config.json``, ``open_clip_model.safetensors``
    and the tokenizer's files. ``open_clip`` need not be installed.

    Parameters
    ----------
    model : str or path, optional
        A Hugging Face Hub name ("openai/clip-vit-base-patch32") or a local folder, in transformers'
        format with safetensors weights. A model of the Hub is fetched once, and needs no network
        afterwards. Default: the environment variable CLIPNB_MODEL, or else the CLIP that comes with
        clipnb.
    device : str, optional
        "cuda", "mps" or "cpu"; by default the first of these that is there.
    dtype : torch.dtype, optional
        float16 on cuda, float32 elsewhere. The half types run under autocast: products in half
        precision, sums in float32.
    batch_size : int, optional
        Images or texts per forward pass; by default 64, and on cuda as many as fit. A batch
        that runs out of memory is repeated in halves.
    cache : bool
        Keep embeddings on disk (folder CLIPNB_CACHE), so that nothing is encoded twice.
    workers : int, optional
        Processes that open and resize images while the model runs (of a PyTorch ``DataLoader``);
        0: none. By default one per core, at most 16, where they save more time than they take to
        start: not for few images, nor for images that are in memory, nor on one core. Where
        processes start anew (macOS, Windows, and Python 3.14 on Linux), a script has none by
        default, since each of them would run it once more: give ``workers`` in one that does its
        work under ``if __name__ == "__main__":``. Notebooks and the command need no such care.
    compile : bool
        Let ``torch.compile`` translate the image encoder: the first batches take a minute, the
        others may be faster. For many images on a GPU.
    revision : str, optional
        Of a Hub name: a branch, a tag or a commit. Default: the main branch as it is now. The
        commit is part of the fingerprint either way.

    Raises
    ------
    OSError
        If the model is neither a folder nor can be fetched, or its files are damaged or
        incomplete; the message says what to do.
    ValueError
        If the model is of another family, brings code of its own, or has pickled weights only; if
        weights are missing, of another shape or no numbers, or if tokenizer or image processor do
        not fit (``clipnb.model.checks``). For a revision of a local folder.
    ImportError
        If the tokenizer needs a package that is not installed.

    Examples
    --------
    >>> clip = clipnb.load_clip(device="cpu")  # the bundled CLIP
    >>> clip.encode_texts(["a robin", "a wren"]).shape == (2, clip.dim)
    True
    """
    given_name("model", model)
    name = _place(model)
    if device is None:
        mps = getattr(torch.backends, "mps", None)
        device = (
            "cuda"
            if torch.cuda.is_available()
            else "mps"
            if mps is not None and mps.is_available()
            else "cpu"
        )
    if dtype is None:
        dtype = torch.float16 if torch.device(device).type == "cuda" else torch.float32
    folder, commit = _files(name, revision)
    loaded, tokenizer, processor = _parts(name, folder, dtype)
    # of files that were found sound: a tokenizer of 1 GB is refused before it is read
    signature = f"{name}@{commit}" if commit else fingerprint.of_files(folder)
    origin = {
        "model": name,
        "dtype": dtype,
        "batch_size": batch_size,
        "workers": workers,
        "compile": compile,
        "revision": commit,
    }
    return Clip(
        loaded.to(device).eval(),
        tokenizer,
        processor,
        "bundled" if Path(name) == BUNDLED else name,
        signature,
        origin,
        EmbeddingCache() if cache else None,
        FORMER.get(signature) or _field_guide(folder),
    )


def _field_guide(folder: Path) -> int | None:
    """The version of the field guide that a model was trained on, as its folder notes."""
    note = folder / "field_guide.json"
    if not note.is_file():
        return None
    version = read_json(note, "a note of training").get("field guide")
    return version if isinstance(version, int) else None


def _place(model: str | Path | None) -> str:
    """A Hub name, or the path of a folder that is there."""
    name = str(model or os.environ.get("CLIPNB_MODEL") or BUNDLED)
    folder = Path(name).expanduser()
    if folder.is_dir():
        return str(folder)
    # open_clip's prefixes say in which format a model is read
    prefix = next((one for one in (open_clip.HUB, open_clip.LOCAL) if name.startswith(one)), "")
    place = name.removeprefix(prefix)
    if prefix == open_clip.LOCAL:
        folder = Path(place).expanduser()
        if folder.is_dir():
            return prefix + str(folder)
    # a Hub name is "name" or "owner/name"
    pathlike = place.startswith(("~", ".", "/")) or len(Path(place).parts) > 2 or "\\" in place
    if not place or pathlike or prefix == open_clip.LOCAL:
        raise OSError(
            f"There is no folder '{printable(folder)}'; give the folder of a model, a name of the"
            " Hugging Face Hub, or nothing for the bundled CLIP."
        )
    return name


def _files(name: str, revision: str | None) -> tuple[Path, str | None]:
    """The folder of a model, looked at; and its commit, for a model of the Hub."""

    def look(folder: Path) -> None:
        theirs = open_clip.is_one(name, folder)
        (open_clip if theirs else checks).check_settings(name, folder)

    folder = Path(name.removeprefix(open_clip.LOCAL))
    if not folder.is_dir():
        return fetch(name, revision, look)
    if revision is not None:
        raise ValueError(
            f"'{name}' is a local folder, which has no revision '{printable(revision)}'; leave"
            " revision out, or give a name of the Hugging Face Hub."
        )
    look(folder)
    return folder, None


def _parts(name: str, folder: Path, dtype: torch.dtype) -> tuple[Any, Any, Any]:
    """Model, tokenizer and image processor, each looked at before it is used."""
    from transformers import AutoConfig, AutoImageProcessor, AutoModel, AutoTokenizer

    options, theirs = {"trust_remote_code": False}, open_clip.is_one(name, folder)
    with _helpful_errors(name), _quiet():
        checks.check_files(folder)
        if theirs:
            config = open_clip.config_of(name, folder)
            model, report = open_clip.model_of(name, folder, config, dtype)
        else:
            config = AutoConfig.from_pretrained(folder, **options)
            checks.check_widths(name, config)
            model, report = AutoModel.from_pretrained(
                folder,
                dtype=dtype,
                use_safetensors=True,
                output_loading_info=True,
                # reported like the missing ones, and refused
                ignore_mismatched_sizes=True,
                **options,
            )
        checks.check_weights(name, model, report)
        if theirs:
            tokenizer = open_clip.tokenizer_of(name, folder)
            processor = open_clip.processor_of(name, folder)
        else:
            tokenizer = AutoTokenizer.from_pretrained(folder, **options)
            processor = AutoImageProcessor.from_pretrained(folder, backend="pil", **options)
        checks.check_tokenizer(name, tokenizer, config)
        checks.check_padding(name, tokenizer, config)
        checks.check_processor(name, processor, config)
    return model, tokenizer, processor


@contextmanager
def _helpful_errors(name: str) -> Iterator[None]:
    """Turn the many ways in which files are no model into one text."""
    try:
        yield
    except ImportError as error:
        # SigLIP's own tokenizer is a SentencePiece model
        siglip = any(word in str(error).lower() for word in ("sentencepiece", "protobuf"))
        remedy = "pip install 'clipnb[siglip]'" if siglip else "pip install --upgrade clipnb"
        raise ImportError(
            f"'{name}' needs a package that is not installed, or is too old: {remedy}"
            f" ({_first_line(error).rstrip('.')})."
        ) from error
    except OSError as error:
        if str(name) in str(error) and len(str(error).splitlines()) == 1:
            raise
        what = "folder" if Path(name).is_dir() else "model"
        raise OSError(
            f"The {what} '{name}' does not hold a complete model in safetensors format:"
            f" {_first_line(error)}"
        ) from error


def _first_line(error: Exception) -> str:
    return printable(
        next((line.strip() for line in str(error).splitlines() if line.strip()), error)
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """No loading bars and no warnings about optional packages while a model is loaded."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()

"""What is refused when a model is loaded: files that are not what they are called, weights that are
missing or no numbers, tokenizers and image processors that do not fit. ValueError or OSError, one
message each."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from ..support.limits import JSON_BYTES, MODEL_INPUT_SIDE, TOKENIZER_BYTES, bytes_of
from ..support.text import printable
from .families import MODEL_TYPES, accepted, embedding_width, end_of_text, is_sigmoid

LFS = b"version https://git-lfs.github.com/spec/"
# a logit scale is learnt as a logarithm; CLIP's is at most log 100, and random weights have 1
SCALES = (0.01, 10_000)
# files of settings that may name code to be run
WITH_CODE = (
    "config.json",
    "tokenizer_config.json",
    "preprocessor_config.json",
    "processor_config.json",
)


def check_is_model(clip: Any, optional: bool = False) -> None:
    """TypeError for what is not a model, such as its name; if it is ``optional``, None is fine."""
    if optional and clip is None:
        return
    if not any(hasattr(clip, name) for name in ("fingerprint", "encode_images", "encode_texts")):
        raise TypeError(f"clip is {type(clip).__name__}, not a model; give what load_clip returns.")


# --- before anything is read ----------------------------------------------------------------------


def check_settings(name: str, folder: Path) -> None:
    """Whether a folder's settings are those of a model that load_clip takes, in transformers'
    format and without code of its own; the weights need not be there yet."""
    # a repository without any settings makes no folder
    entries = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    what = f"The folder '{name}'" if Path(name).is_dir() else f"The model '{name}'"
    if "config.json" not in entries:
        raise OSError(
            f"{what} does not hold a complete model in safetensors format: there is no config.json."
        )
    if "adapter_config.json" in entries:
        raise OSError(
            f"{what} holds a LoRA adapter (adapter_config.json), which load_clip"
            " does not apply; merge it into the model (peft: merge_and_unload) and save the whole."
        )
    check_type(name, settings_of(folder))
    check_no_code(name, folder)


def check_no_code(name: str, folder: Path) -> None:
    """ValueError if a folder's settings name code of its own."""
    entries = {path.name for path in folder.iterdir()}
    for file in sorted(entries & set(WITH_CODE)):
        if "auto_map" in settings_of(folder, file):
            raise ValueError(
                f"'{name}' brings code of its own (auto_map in {file}), which load_clip never runs;"
                " take a model that transformers knows by itself."
            )


def check_files(folder: Path) -> None:
    """Whether the files of a folder can be read, to the end."""
    for path in folder.iterdir():
        if path.suffix in (".json", ".txt", ".model", ".safetensors"):
            _check_file(path)


def _check_file(path: Path) -> None:
    """A regular file, of bounded size if it is read whole; weights that can be read to the end."""
    from safetensors import SafetensorError, safe_open

    if not path.is_file():
        raise OSError(f"'{path}' is not a regular file; a model's folder holds files only.")
    if path.suffix != ".safetensors":
        bytes_of(
            path, TOKENIZER_BYTES if "token" in path.name else JSON_BYTES, "a file of settings"
        )
        return
    with open(path, "rb") as file:
        if file.read(len(LFS)) == LFS:
            raise OSError(
                f"'{path}' is a pointer of Git LFS and not the weights; fetch them with git lfs"
                " pull, or download the file."
            )
    try:
        with safe_open(path, "pt") as weights:
            weights.keys()
    except SafetensorError as error:
        raise OSError(
            f"The weights '{path}' are damaged or incomplete ({error}); download them again."
        ) from error


def check_type(name: str, settings: dict) -> None:
    """Whether the settings in ``config.json`` are those of a model that load_clip takes."""
    found = settings.get("model_type")
    if found not in MODEL_TYPES:
        kind = f"is a {printable(str(found))} model" if found else "does not say what model it is"
        raise ValueError(f"'{name}' {kind}; load_clip takes {accepted()}.")


# --- after it was loaded --------------------------------------------------------------------------


def check_weights(name: str, model: Any, report: dict) -> None:
    """Whether every weight came from the files, in its shape, and is a number.

    Parameters
    ----------
    report : dict
        What ``from_pretrained(…, output_loading_info=True)`` returns beside the model.
    """
    missing = sorted(report["missing_keys"])
    shapes = sorted(report["mismatched_keys"])
    strange = sorted(report["unexpected_keys"])
    if shapes:
        key, there, wanted = (*shapes[0], "", "")[:3]
        raise ValueError(
            f"{len(shapes)} weights of '{name}' have another shape than its config.json says, such"
            f" as {key}: {tuple(there)} instead of {tuple(wanted)}; take both files from one model."
        )
    if missing:
        other = f" (the file has '{strange[0]}' instead, {len(strange)} such)" if strange else ""
        raise ValueError(
            f"{len(missing)} weights of '{name}' are not in its file, such as"
            f" '{missing[0]}'{other}; they would be random, so the model was not loaded."
        )
    for key, tensor in model.state_dict().items():
        if tensor.is_floating_point() and not tensor.isfinite().all():
            raise ValueError(
                f"The weight '{key}' of '{name}' holds NaN or infinite numbers; the file is"
                " damaged, or its values do not fit the number type (try dtype=torch.float32)."
            )
    check_scale(name, model)


def check_scale(name: str, model: Any) -> float:
    """The factor before the cosines; ValueError if it is no number, or not stored as a
    logarithm."""
    scale = model.logit_scale.double().exp().item()
    if not SCALES[0] < scale < SCALES[1]:
        raise ValueError(
            f"The logit_scale of '{name}' is {model.logit_scale.item():g}, a factor of {scale:.3g};"
            " it must be stored as a logarithm (log 100 = 4.6), or no probability means anything."
        )
    return model.logit_scale.exp().item()


def check_widths(name: str, config: Any) -> None:
    """Whether texts and images are embedded in one space."""
    text, image = embedding_width(config), embedding_width(config)
    if is_sigmoid(config):
        image = config.vision_config.hidden_size
    if text != image:
        raise ValueError(
            f"'{name}' embeds texts in {text} dimensions and images in {image}, which cannot be"
            " compared; its config.json is wrong."
        )


def check_tokenizer(name: str, tokenizer: Any, config: Any) -> None:
    """Whether the tokenizer tells texts apart and fits the model's vocabulary."""
    texts = ["a red frog", "a blue bird", "a photo of a tree"]
    ids = [list(row) for row in tokenizer(texts)["input_ids"]]
    unknown = getattr(tokenizer, "unk_token_id", None)
    special = set(tokenizer.all_special_ids)
    if len({tuple(row) for row in ids}) < len(ids) or any(
        all(i in special or i == unknown for i in row) for row in ids
    ):
        raise OSError(
            f"'{name}' has no tokenizer, or an empty one: different texts give the same tokens; add"
            " tokenizer.json and tokenizer_config.json (tokenizer.save_pretrained)."
        )
    text = config.text_config
    if (highest := max(map(max, ids))) >= text.vocab_size:
        raise ValueError(
            f"The tokenizer of '{name}' gives token {highest}, but the model has"
            f" {text.vocab_size}; it belongs to another model."
        )
    # where it is missing, transformers reads the text's embedding at the first token
    end = end_of_text(config)
    if end is not None and any(end not in row for row in ids):
        raise ValueError(
            f"The tokenizer of '{name}' does not end a text with token {end}, where the model reads"
            " its embedding; it belongs to another model."
        )


def check_padding(name: str, tokenizer: Any, config: Any) -> None:
    """Whether texts of different lengths can share a batch, and each is read at its own end."""
    text = config.text_config
    if tokenizer.pad_token_id is None and not is_sigmoid(config):
        tokenizer.pad_token = tokenizer.eos_token  # CLIP does not look behind the end of a text
    if tokenizer.pad_token_id is None or not 0 <= tokenizer.pad_token_id < text.vocab_size:
        raise ValueError(
            f"The tokenizer of '{name}' pads with token {tokenizer.pad_token_id}, which the model"
            f" does not have ({text.vocab_size} tokens); set its pad_token to one that it has."
        )
    # a CLIP without a known end of text is read at the highest token, which must be that
    highest = max(tokenizer.get_vocab().values())
    end = tokenizer.eos_token_id
    if config.model_type == "clip" and end_of_text(config) is None and highest != end:
        raise ValueError(
            f"The tokenizer of '{name}' has tokens above its end of text ({highest} above {end}),"
            " at which this model would read a text that holds one; set text_config.eos_token_id in"
            f" config.json to {end}."
        )


def check_processor(name: str, processor: Any, config: Any) -> None:
    """Whether the image processor makes what the image encoder reads."""
    for what in ("image_mean", "image_std"):
        values = getattr(processor, what, None)
        if not getattr(processor, "do_normalize", None) or values is None:
            continue
        numbers = values if isinstance(values, (list, tuple)) else [values] * 3
        typed = len(numbers) == 3 and all(isinstance(one, (int, float)) for one in numbers)
        if not (typed and all(map(math.isfinite, numbers))) or (
            what == "image_std" and min(numbers) <= 0
        ):
            raise ValueError(f"The image processor of '{name}' has {what} = {values}.")
    sides = _sides(getattr(processor, "size", None)) + _sides(getattr(processor, "crop_size", None))
    if large := [side for side in sides if not 0 < side <= MODEL_INPUT_SIDE]:
        raise ValueError(
            f"The image processor of '{name}' makes images of {large[0]:,} pixels a side; at most"
            f" {MODEL_INPUT_SIDE:,} are allowed."
        )
    wanted = getattr(config.vision_config, "image_size", None)
    cropped = getattr(processor, "do_center_crop", None)
    output = _sides(processor.crop_size if cropped else getattr(processor, "size", None))
    if config.model_type == "siglip2":  # cuts images into patches of its own
        return
    resized = getattr(processor, "do_resize", None)
    if not cropped and not (resized and len(output) == 2):
        raise ValueError(
            f"The image processor of '{name}' makes images of different sizes (do_resize:"
            f" {resized}, do_center_crop: {cropped}, size: {processor.size}), but the model reads"
            " one; switch do_resize and do_center_crop on."
        )
    if wanted and output and set(output) != {wanted}:
        raise ValueError(
            f"The image processor of '{name}' makes images of {output[0]} pixels a side, but the"
            f" model reads {wanted}; take both from one model."
        )


def _sides(size: Any) -> list[int]:
    """The sides that a processor's size fixes, which is a dict or an object of transformers."""
    size = size if isinstance(size, dict) else vars(size) if size is not None else {}
    names = ("shortest_edge", "longest_edge", "height", "width")
    return [int(size[name]) for name in names if size.get(name)]


def settings_of(folder: Path, file: str = "config.json") -> dict:
    """A file of settings in a folder."""
    path = folder / file
    try:
        content = json.loads(bytes_of(path, JSON_BYTES, "a file of settings"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"'{path}' is not JSON: {error}") from error
    if not isinstance(content, dict):
        raise ValueError(f"'{path}' holds a {type(content).__name__}; expected an object.")
    return content

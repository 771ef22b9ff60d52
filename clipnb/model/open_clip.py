"""Checkpoints of open_clip as transformers' CLIP: settings, weights, tokenizer and preprocessing.

open_clip (Ilharco et al. 2021) keeps a model in ``open_clip_config.json`` and
``open_clip_model.safetensors``. Its vision transformers with CLIP's text encoder compute what
transformers' ``CLIPModel`` computes, with other names for the weights. Every setting is either
taken over, or known to change nothing, or the model is refused by that setting's name.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import torch

from ..support.text import brief
from . import checks
from .families import accepted

SETTINGS, WEIGHTS = "open_clip_config.json", "open_clip_model.safetensors"
PICKLED = "open_clip_pytorch_model.bin"
HUB, LOCAL = "hf-hub:", "local-dir:"  # how open_clip calls repositories and folders

# what is taken over, as open_clip has it where the settings are silent
VISION = {"layers": 12, "width": 768, "head_width": 64, "patch_size": 16, "image_size": 224}
TEXT = {"layers": 12, "width": 512, "heads": 8, "context_length": 77, "vocab_size": 49408}
MLP_RATIO = 4.0
# what decides how a model is trained or put out, not what it computes
IDLE = {
    "model_cfg": ("custom_text", "init_logit_scale", "nonscalar_logit_scale", "output_dict"),
    "vision_cfg": (
        *("patch_dropout", "output_tokens", "attn_pooler_queries", "attn_pooler_heads"),
        *("timm_model_pretrained", "timm_pool", "timm_proj", "timm_drop", "timm_drop_path"),
    ),
    # texts are padded behind their end, which no earlier token looks at
    "text_cfg": ("output_tokens", "pad_id", "eos_id", "hf_model_pretrained")
    + ("hf_proj_type", "hf_pooler_type"),
}
# values that mean what CLIP does; any other setting must be off
USUAL = {
    "vision_cfg": {
        "pool_type": ("tok",),
        # kept with the weights, whichever they are
        "pos_embed_type": ("learnable", "sin_cos_2d"),
        "block_type": ("default",),
    },
    "text_cfg": {"pool_type": ("argmax",), "proj_type": ("linear",), "block_type": ("default",)},
}
IN_WORDS = {
    "multimodal_cfg": "a text decoder (CoCa)",
    "timm_model_name": "an image encoder of timm",
    "hf_model_name": "a text encoder of another library",
    "hf_tokenizer_name": "the tokenizer of another model",
}

# --- what is a model of open_clip, and which of them is taken -------------------------------------


def is_one(name: str, folder: Path) -> bool:
    """Whether a folder is read as open_clip's: it is called so, or it has nothing else."""
    if name.startswith((HUB, LOCAL)):
        return True
    if not (folder / SETTINGS).is_file():
        return False
    theirs = folder / "config.json"  # timm has one without a type
    return not theirs.is_file() or "model_type" not in checks.settings_of(folder)


def check_settings(name: str, folder: Path) -> None:
    """Whether the settings are those of a model that load_clip takes; the weights need not be there
    yet."""
    if not (folder / SETTINGS).is_file():
        raise OSError(
            f"'{name}' is no model in open_clip's format: there is no {SETTINGS}; call it without"
            f" '{HUB}' or '{LOCAL}' if it is one of transformers'."
        )
    checks.check_no_code(name, folder)
    config_of(name, folder)
    processor_of(name, folder)


def config_of(name: str, folder: Path) -> Any:
    """The settings as transformers' CLIPConfig; ValueError for what that cannot express."""
    from transformers import CLIPConfig

    settings = checks.settings_of(folder, SETTINGS)
    model = _part(name, settings, "model_cfg")
    vision, text = _part(name, model, "vision_cfg"), _part(name, model, "text_cfg")
    known = ("embed_dim", "quick_gelu", "vision_cfg", "text_cfg")
    _refuse_others(name, "model_cfg", model, known)
    if isinstance(vision.get("layers"), list):
        raise _refused(name, "a ResNet as its image encoder")
    _refuse_others(name, "vision_cfg", vision, (*VISION, "mlp_ratio"))
    _refuse_others(name, "text_cfg", text, (*TEXT, "mlp_ratio"))
    v = {key: _whole(name, key, vision.get(key, usual)) for key, usual in VISION.items()}
    t = {key: _whole(name, key, text.get(key, usual)) for key, usual in TEXT.items()}
    common = {"hidden_act": "quick_gelu" if model.get("quick_gelu") else "gelu"}
    return CLIPConfig(
        text_config=common
        | {
            "hidden_size": t["width"],
            "intermediate_size": _inner(name, t["width"], text),
            "num_hidden_layers": t["layers"],
            "num_attention_heads": _heads(name, t["width"], t["heads"]),
            "max_position_embeddings": t["context_length"],
            "vocab_size": t["vocab_size"],
            # with this number transformers reads a text at its highest token, as open_clip does
            "eos_token_id": 2,
        },
        vision_config=common
        | {
            "hidden_size": v["width"],
            "intermediate_size": _inner(name, v["width"], vision),
            "num_hidden_layers": v["layers"],
            "num_attention_heads": _heads(name, v["width"], v["width"] // v["head_width"]),
            "patch_size": v["patch_size"],
            "image_size": v["image_size"],
        },
        projection_dim=_whole(name, "embed_dim", model.get("embed_dim")),
    )


def _refused(name: str, what: str) -> ValueError:
    return ValueError(
        f"'{name}' is a model of open_clip with {what}; load_clip takes {accepted()}."
    )


def _part(name: str, settings: dict, key: str) -> dict:
    part = settings.get(key)
    if not isinstance(part, dict):
        raise ValueError(f"The {SETTINGS} of '{name}' has no {key}, so it describes no model.")
    return part


def _refuse_others(name: str, part: str, settings: dict, known: tuple[str, ...]) -> None:
    """ValueError for a setting that changes what the model computes and is not taken over."""
    for key, value in settings.items():
        usual = USUAL.get(part, {}).get(key, ())
        off = value is None or value is False or value == "" or value == {}
        if key in known or key in IDLE[part] or off or value in usual:
            continue
        said = brief(value)
        if key in IN_WORDS:
            raise _refused(name, IN_WORDS[key] + (f", '{said}'" if isinstance(value, str) else ""))
        raise _refused(name, f"the setting {brief(key)} = {said} in its {part}")


def _whole(name: str, key: str, value: Any) -> int:
    """A positive whole number; also of a square, [224, 224]."""
    if isinstance(value, list) and len(value) == 2 and value[0] == value[1]:
        value = value[0]
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        said = brief(value)
        raise ValueError(f"The {SETTINGS} of '{name}' has {key} = {said}; expected a number ≥ 1.")
    return value


def _inner(name: str, width: int, settings: dict) -> int:
    ratio = settings.get("mlp_ratio", MLP_RATIO)
    if isinstance(ratio, bool) or not isinstance(ratio, (int, float)) or not 0 < ratio < 1000:
        said = brief(ratio)
        raise ValueError(f"The {SETTINGS} of '{name}' has mlp_ratio = {said}; expected 0 … 1000.")
    return int(width * ratio)


def _heads(name: str, width: int, heads: int) -> int:
    if not heads or width % heads:
        raise ValueError(
            f"The {SETTINGS} of '{name}' divides a width of {width} among {heads} attention heads,"
            " which leaves a rest; it is wrong."
        )
    return heads


# --- the parts of a model -------------------------------------------------------------------------


def model_of(name: str, folder: Path, config: Any, dtype: torch.dtype) -> tuple[Any, dict]:
    """The model, and what was missing or had another shape, as ``from_pretrained`` says it."""
    from safetensors.torch import load_file
    from transformers import CLIPModel

    if not (folder / WEIGHTS).is_file():
        there = f" ({PICKLED} can run code and is not read)" if (folder / PICKLED).exists() else ""
        raise OSError(f"'{name}' has no {WEIGHTS}{there}; save the model with safetensors weights.")
    weights: dict[str, torch.Tensor] = {}
    for key, tensor in load_file(folder / WEIGHTS).items():
        weights |= _renamed(name, key, tensor)
    options: dict[str, Any] = {"output_loading_info": True, "ignore_mismatched_sizes": True}
    loaded: Any = CLIPModel.from_pretrained(
        None, config=config, state_dict=weights, dtype=dtype, **options
    )
    return loaded


# beginning of a name → beginning of transformers' name; the first that fits
_NAMES = {
    "visual.class_embedding": "vision_model.embeddings.class_embedding",
    "visual.conv1.": "vision_model.embeddings.patch_embedding.",
    "visual.positional_embedding": "vision_model.embeddings.position_embedding.weight",
    "visual.ln_pre.": "vision_model.pre_layrnorm.",
    "visual.transformer.resblocks.": "vision_model.encoder.layers.",
    "visual.ln_post.": "vision_model.post_layernorm.",
    "visual.proj": "visual_projection.weight",
    "token_embedding.": "text_model.embeddings.token_embedding.",
    "positional_embedding": "text_model.embeddings.position_embedding.weight",
    "transformer.resblocks.": "text_model.encoder.layers.",
    "ln_final.": "text_model.final_layer_norm.",
    "text_projection": "text_projection.weight",
    "logit_scale": "logit_scale",
}
_IN_A_BLOCK = {
    ".ln_1.": ".layer_norm1.",
    ".ln_2.": ".layer_norm2.",
    ".mlp.c_fc.": ".mlp.fc1.",
    ".mlp.c_proj.": ".mlp.fc2.",
    ".attn.out_proj.": ".self_attn.out_proj.",
}
_TOGETHER = re.compile(r"\.attn\.in_proj_(weight|bias)$")  # queries, keys and values
# no weights: the causal mask, and three numbers of OpenAI's files
_NO_WEIGHTS = ("attn_mask", "input_resolution", "context_length", "vocab_size")


def _renamed(name: str, key: str, tensor: torch.Tensor) -> dict[str, torch.Tensor]:
    """A weight under transformers' name; that of queries, keys and values in three parts."""
    # a text encoder of its own ("custom_text") has its weights below "text."
    short = key.removeprefix("text.")
    if short in _NO_WEIGHTS:
        return {}
    start = next((start for start in _NAMES if short.startswith(start)), None)
    new = (_NAMES[start] + short.removeprefix(start)) if start is not None else ""
    if ".layers." in new:
        if together := _TOGETHER.search(new):
            before = new[: together.start()] + ".self_attn."
            thirds = zip("qkv", tensor.chunk(3))
            return {f"{before}{one}_proj.{together[1]}": third for one, third in thirds}
        inner = next((one for one in _IN_A_BLOCK if one in new), None)
        new = new.replace(inner, _IN_A_BLOCK[inner]) if inner is not None else ""
    if not new:
        raise _refused(name, f"a weight '{brief(key)}' that CLIP does not have")
    if new.endswith("projection.weight"):
        tensor = tensor.T.contiguous()
    return {new: tensor.reshape(()) if new == "logit_scale" and tensor.numel() == 1 else tensor}


def tokenizer_of(name: str, folder: Path) -> Any:
    """CLIP's tokenizer, of the files beside the weights."""
    from transformers import CLIPTokenizer

    entries = {path.name for path in folder.iterdir()}
    if "tokenizer.json" not in entries and not {"vocab.json", "merges.txt"} <= entries:
        raise OSError(
            f"'{name}' comes without a tokenizer; put tokenizer.json, or vocab.json and merges.txt,"
            " beside its weights. CLIP's are in openai/clip-vit-base-patch32."
        )
    return CLIPTokenizer.from_pretrained(folder, trust_remote_code=False)


def processor_of(name: str, folder: Path) -> Any:
    """Resizing, cropping and normalising as ``preprocess_cfg`` says it."""
    from transformers import CLIPImageProcessorPil
    from transformers.utils.constants import OPENAI_CLIP_MEAN, OPENAI_CLIP_STD

    settings = checks.settings_of(folder, SETTINGS)
    side = config_of(name, folder).vision_config.image_size
    given = settings.get("preprocess_cfg") or {}
    if not isinstance(given, dict):
        raise ValueError(f"The preprocess_cfg in the {SETTINGS} of '{name}' is no object.")
    resize, kind = given.get("resize_mode") or "shortest", given.get("interpolation") or "bicubic"
    # "random" is meant for training
    filters = {"bicubic": 3, "random": 3, "bilinear": 2}
    for key, value, takes in (
        ("resize_mode", resize, ("shortest", "squash")),
        ("interpolation", kind, tuple(filters)),
        ("mode", given.get("mode") or "RGB", ("RGB",)),
    ):
        if value not in takes:
            said, usable = brief(value), ", ".join(takes)
            raise ValueError(
                f"'{name}' prepares images with {key} = {said}; load_clip takes {usable}."
            )
    square = {"height": side, "width": side}
    return CLIPImageProcessorPil(
        size={"shortest_edge": side} if resize == "shortest" else square,
        crop_size=square,
        do_center_crop=resize == "shortest",
        resample=filters[kind],
        image_mean=_three(name, "mean", given.get("mean") or OPENAI_CLIP_MEAN),
        image_std=_three(name, "std", given.get("std") or OPENAI_CLIP_STD),
    )


def _three(name: str, key: str, value: Any) -> list[float]:
    """One number for each colour."""
    values = value if isinstance(value, list) else [value] * 3
    numbers = [
        float(one) for one in values if isinstance(one, (int, float)) and not isinstance(one, bool)
    ]
    if len(values) != 3 or len(numbers) != 3:
        said = brief(value)
        raise ValueError(f"'{name}' prepares images with {key} = {said}; expected three numbers.")
    return numbers

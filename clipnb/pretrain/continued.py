"""Begin with the image encoder of an earlier model, and with a text encoder that has read nothing.

Seeing takes most of the training time, and what was learnt at a smaller size holds at a larger one.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch.nn.functional import interpolate

if TYPE_CHECKING:
    from transformers import CLIPModel

PATCH = "vision_model.embeddings.patch_embedding.weight"


def resize_patches(kernel: torch.Tensor, size: int) -> torch.Tensor:
    """A patch embedding (width, 3, p, p) for patches of another size: a patch that is enlarged gets
    the vector that it had (FlexiViT, Beyer et al. 2023, section 3.4).

    Returns
    -------
    torch.Tensor
        (width, 3, size, size).
    """
    width, channels, side, _ = kernel.shape
    if side == size:
        return kernel
    one_pixel = torch.eye(side**2).reshape(side**2, 1, side, side)
    enlarged = interpolate(one_pixel, (size, size), mode="bicubic").reshape(side**2, size**2)
    flat = kernel.float().reshape(width * channels, side**2)
    return (flat @ torch.linalg.pinv(enlarged).T).reshape(width, channels, size, size)


def take_image_encoder(model: CLIPModel, folder: Path) -> None:
    """Copy the image encoder and its projection from the model in a folder.

    Raises
    ------
    ValueError
        If there is no CLIP in the folder, or if its image encoder has another shape.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        weights = load_file(folder / "model.safetensors")
    except (OSError, SafetensorError) as error:
        raise ValueError(
            f"There is no model in '{folder}' to take an image encoder from; give the folder of a"
            " CLIP with a model.safetensors in it."
        ) from error
    config: Any = model.config.vision_config
    state: dict[str, Any] = model.state_dict()
    for name in [n for n in state if n.startswith(("vision_model.", "visual_projection."))]:
        value = weights.get(name)
        if value is not None and name == PATCH:
            value = resize_patches(value, config.patch_size)
        if value is None or value.shape != state[name].shape:
            raise ValueError(
                f"The image encoder in '{folder}' has another shape ({name}:"
                f" {'missing' if value is None else tuple(value.shape)}, not"
                f" {tuple(state[name].shape)}); give a model of the same width, layers and number"
                " of patches."
            )
        state[name].copy_(value)

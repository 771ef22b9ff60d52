"""What a classifier is given to classify, as embeddings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.nn.functional import normalize

from .blocks import row_blocks

if TYPE_CHECKING:
    from ..model.clip import Clip


def unit_rows(images: Any, clip: Clip, width: int) -> torch.Tensor:
    """Images, or their embeddings, as (n, width) float32 unit rows on the CPU.

    Parameters
    ----------
    images : ImageDataset, PIL image(s), or (n, width) tensor or array of unit image embeddings
    clip : Clip
        What encodes images.
    width : int
        Dimensions of its embeddings.

    Raises
    ------
    ValueError
        If embeddings are of another width, no unit rows, or no numbers.
    """
    is_rows = isinstance(images, np.ndarray) and images.ndim == 2 and images.dtype.kind == "f"
    if not isinstance(images, torch.Tensor) and not is_rows:
        return clip.encode_images(images)
    rows = torch.as_tensor(images).detach().to("cpu", torch.float32)
    if rows.ndim != 2 or rows.shape[1] != width:
        raise ValueError(
            f"Image embeddings of '{clip.name}' are (n, {width}), but these are"
            f" {tuple(rows.shape)}; they are of another model, or no embeddings."
        )
    for block in row_blocks(len(rows), width):
        _refuse_what_is_no_unit(rows[block], block.start)
    return rows if images.dtype in (torch.float32, np.float32) else normalize(rows, dim=-1)


def _refuse_what_is_no_unit(rows: torch.Tensor, first: int) -> None:
    if not (finite := rows.isfinite().all(1)).all():
        row = first + int((~finite).nonzero()[0])
        raise ValueError(f"Embedding {row} holds NaN or infinite numbers; embed its image again.")
    lengths = rows.norm(dim=1)
    # half precision keeps a length to 0.001
    if ((lengths - 1).abs() > 0.01).any():
        row = int((lengths - 1).abs().argmax())
        raise ValueError(
            f"Embedding {first + row} has the length {lengths[row]:.3g}, not 1, so its products"
            " with texts are no cosines; give torch.nn.functional.normalize(embeddings, dim=-1)."
        )

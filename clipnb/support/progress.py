"""How progress is shown."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from tqdm.auto import tqdm


T = TypeVar("T")


def progress(iterable: Iterable[T] | None, total: int, what: str, least: int = 2) -> tqdm:
    """A progress bar for work of ``least`` steps or more; none for short work or where
    CLIPNB_PROGRESS=0 (tests, saved notebooks)."""
    from tqdm.auto import tqdm

    hidden = total < least or os.environ.get("CLIPNB_PROGRESS") == "0"
    return tqdm(iterable, total=total, desc=what, disable=hidden, leave=False)

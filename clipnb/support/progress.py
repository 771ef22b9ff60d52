"""How progress is shown."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from tqdm.auto import tqdm


T = TypeVar("T")


def no_bars() -> bool:
    """Whether nobody can see a bar: CLIPNB_PROGRESS=0 (tests, saved notebooks), or there is no
    stderr (pythonw.exe, a service of Windows)."""
    return os.environ.get("CLIPNB_PROGRESS") == "0" or sys.stderr is None


def progress(iterable: Iterable[T] | None, total: int, what: str, least: int = 2) -> tqdm:
    """A progress bar for work of ``least`` steps or more; none for short work or where nobody can
    see it."""
    from tqdm.auto import tqdm

    return tqdm(iterable, total=total, desc=what, disable=total < least or no_bars(), leave=False)

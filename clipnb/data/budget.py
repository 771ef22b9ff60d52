"""How many pixels are decoded at the same time, in all threads and worker processes together."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from ..support.limits import PIXELS_IN_FLIGHT


class PixelBudget:
    """A semaphore weighted by pixels: whoever decodes waits until there is room. One image is
    always let in, however large."""

    def __init__(self, limit: int):
        self.limit, self._mine = limit, threading.local()
        self._change: Any = threading.Condition()
        self._used: Any = SimpleNamespace(value=0)

    @property
    def used(self) -> int:
        return self._used.value

    def share(self, change: Any, used: Any) -> None:
        """Use the condition and the counter of ``multiprocessing`` that other processes use."""
        self._change, self._used, self._mine = change, used, threading.local()

    @contextmanager
    def using(self, pixels: int = 0) -> Iterator[None]:
        """Room for so many pixels, until the block ends.

        Blocks of one thread nest, and all is given back at the end of the outermost: the outer one
        says how long an image is needed, the inner one, which opens it, how large it is.
        """
        outermost = not hasattr(self._mine, "taken")
        if outermost:
            self._mine.taken = 0
        try:
            self._take(pixels)
            yield
        finally:
            if outermost:
                with self._change:
                    self._used.value -= self._mine.taken
                    self._change.notify_all()
                del self._mine.taken

    def _take(self, pixels: int) -> None:
        with self._change:
            if not self._mine.taken:  # who holds some already never waits: two could for ever
                self._change.wait_for(lambda: not self.used or self.used + pixels <= self.limit)
            self._used.value += pixels
            self._mine.taken += pixels


in_flight = PixelBudget(PIXELS_IN_FLIGHT)

"""Images that are opened one by one, as they are needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import NoReturn, overload

from PIL import Image

from .files import FromFile


class LazyImages(Sequence[Image.Image]):
    """Images that are opened or drawn when somebody asks for them; an index gives a PIL image,
    a slice more of the same.

    Parameters
    ----------
    openers : sequence of callables
    in_memory : bool
        Their pixels are there already, so that worker processes would not open them faster.
    """

    def __init__(self, openers: Sequence[Callable[[], Image.Image]], in_memory: bool = False):
        self._openers, self.in_memory = openers, in_memory

    def __len__(self) -> int:
        return len(self._openers)

    @overload
    def __getitem__(self, index: int) -> Image.Image: ...

    @overload
    def __getitem__(self, index: slice) -> LazyImages: ...

    def __getitem__(self, index: int | slice) -> Image.Image | LazyImages:
        if isinstance(index, slice):
            return LazyImages(self._openers[index], self.in_memory)
        return self._openers[index]()

    def select(self, which: Iterable[int]) -> LazyImages:
        return LazyImages([self._openers[i] for i in which], self.in_memory)

    def changed(self) -> list[int]:
        """The indices of images whose files were written since the data set was made."""
        files = (opener if isinstance(opener, FromFile) else None for opener in self._openers)
        return [i for i, file in enumerate(files) if file is not None and file.changed()]


class NoImages(LazyImages):
    """Where only embeddings were kept: the number of images is known, their pixels are not here."""

    def __init__(self, sources: Iterable[str]):
        super().__init__([partial(_not_kept, source) for source in sources])


def _not_kept(source: str) -> NoReturn:
    raise ValueError(
        f"Only the embedding of '{source}' was kept, not the image; load the images with"
        " load_images."
    )

"""Image files: checked when a data set is made, and opened when somebody asks for them."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from PIL import Image

from ..support.limits import IMAGE_BYTES, MB
from ..support.text import printable
from . import summary as reasons
from .decode import decode
from .formats import CONVERT, NEEDS_AVIF, NEEDS_HEIF, OTHERS, NotAnImage, format_of

State = tuple[int, int] | None  # size and time of change of a file; None where there is none


def state_of(path: str | Path) -> State:
    """What tells that a file was changed, without reading it."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status.st_size, status.st_mtime_ns


@dataclass(frozen=True)
class FromFile:
    """Opens an image of a data set that lies in a file.

    Parameters
    ----------
    path : str or Path
    state : (size, time of change)
        When the data set was made.
    read : callable
        Returns the image; ValueError if it is another one now.
    """

    path: str | Path
    state: State
    read: Callable[[], Image.Image]

    def __call__(self) -> Image.Image:
        return self.read()

    def changed(self) -> bool:
        """Whether the file was written since, if only with the same content. One that is gone was
        not: nothing else is in its place."""
        return state_of(self.path) not in (self.state, None)


def open_file(path: str | Path, key: str | None = None) -> Image.Image:
    """An image file as upright RGB.

    Parameters
    ----------
    path : str or Path
    key : str, optional
        The digest that its content had.

    Raises
    ------
    ValueError
        If the content is another one now, so that an embedding is never kept under the key of
        another image; if the file is no image that can be read.
    OSError
        If there is no such file, or it may not be read.
    """
    path, name = Path(path), printable(path)
    try:
        with _opened(path) as file:
            if key is not None and _digest(file) != key:
                raise ValueError("it was changed after load_images; load the images again")
            return decode(file, path.suffix)
    except (ValueError, MemoryError) as error:
        raise ValueError(f"'{name}' cannot be read: {printable(error)}.") from error
    except OSError as error:
        said = error.strerror if error.filename is not None else str(error)
        raise OSError(f"'{name}' cannot be read: {printable(said)}.") from error
    except Exception as error:  # Pillow's decoders raise many types on damaged files
        said = f"{type(error).__name__}: {error}".split("\n")[0]
        raise ValueError(f"'{name}' cannot be read: {printable(said)}.") from error


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """A regular file of an acceptable size, that is the same when the block ends."""
    # not blocking: to open a pipe that nobody writes to waits for ever
    descriptor = os.open(
        path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    )
    with open(descriptor, "rb") as file:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            raise ValueError("it is not a regular file")
        if before.st_size > IMAGE_BYTES:
            raise ValueError(
                f"it has {before.st_size / MB:,.0f} MB, larger than the {IMAGE_BYTES // MB:,} MB"
                " that are read"
            )
        yield file
        after = os.fstat(descriptor)
        if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
            raise ValueError("it was changed while it was read; try again")


def _digest(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := file.read(MB):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _without_buffer(said: str) -> str:
    """Pillow's message without the name of the Python object that it read from."""
    return re.sub(r" <_io\.\w+( name=[^>]*| object at \w+)?>", "", said)


def check_file(path: Path) -> tuple[str | None, str, str]:
    """(key, "", "") of an image that can be read, or (None, reason, what is wrong). The same
    steps as in ``open_file``, on a smaller image where the format allows."""
    try:
        with _opened(path) as file:
            format_of(file.read(32), path.suffix)  # before the whole file is read
            file.seek(0)
            key = _digest(file)
            decode(file, path.suffix, small=True)
            return key, "", ""
    except NotAnImage as error:
        said = str(error)
        if said in (NEEDS_HEIF, NEEDS_AVIF):
            return None, said, ""
        if path.suffix.lower() in OTHERS:
            return None, CONVERT, ""
        return None, reasons.UNREADABLE, said
    except OSError as error:
        return None, reasons.UNREADABLE, error.strerror or _without_buffer(str(error))
    except ValueError as error:
        return None, reasons.UNREADABLE, str(error)
    except Exception as error:  # Pillow's decoders raise many types on damaged files
        return None, reasons.UNREADABLE, f"{type(error).__name__}: {error}".split("\n")[0]

"""Files that are written whole or not at all, locks, and images as ``data:`` addresses inside a
page."""

from __future__ import annotations

import base64
import io
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

SUFFIX = ".unfinished"
PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8)  # seconds between attempts to replace a file that is held
OLD = 24 * 3600  # seconds after which an unfinished file is nobody's any more


@contextmanager
def replacing(path: str | Path, newline: str | None = None) -> Iterator[IO[str]]:
    """A text file to write that takes the place of ``path`` when it is complete, and never before;
    it may be read by whom the umask allows."""
    with replacing_path(path) as temporary:
        # file names may hold bytes that are no text; they are shown as \udc.., not a reason to stop
        with open(
            temporary, "x", encoding="utf-8", errors="backslashreplace", newline=newline
        ) as file:
            yield file


@contextmanager
def replacing_path(path: str | Path) -> Iterator[Path]:
    """The name of a file that is still to be written, by whatever function; it takes the place of
    ``path`` when the block ends without an error.

    The content is on the disk before the name changes (``fsync``), so that a power cut leaves the
    old file or the new one. What killed runs left beside ``path`` is removed.
    """
    path = Path(path)
    if path.is_dir():
        raise IsADirectoryError(f"'{path}' is a folder; give the name of a file.")
    for left in path.parent.glob(f".{path.name}.*{SUFFIX}"):
        _remove_left(left)
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}{SUFFIX}")
    try:
        yield temporary
        _sync(temporary)
        replace(temporary, path)
        _sync(path.parent)
    finally:
        with suppress(OSError):  # a scanner may hold it; the next run removes it
            temporary.unlink(missing_ok=True)


def make_folder(path: Path) -> None:
    """A folder, if it is not there yet; OSError that names it where it cannot be."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = "a file has its name" if isinstance(error, FileExistsError) else error.strerror
        raise OSError(f"The folder '{path}' cannot be made ({why}); give another.") from error


def create(path: Path) -> IO[bytes]:
    """A new binary file, under the name that :func:`replacing_path` gives."""
    return open(path, "xb")


def replace(new: str | Path, path: str | Path) -> None:
    """Give a file or folder the name ``path``, in the place of what has that name.

    On Windows this fails while another program holds ``path``: a virus scanner or an indexer for a
    moment, a spreadsheet for hours. So it is tried for a second and a half.

    Raises
    ------
    PermissionError
        That names ``path``.
    """
    for pause in (*PAUSES, None):
        try:
            os.replace(new, path)
            return
        except PermissionError as error:
            if pause is None:
                refused = PermissionError(
                    f"'{path}' cannot be replaced ({error.strerror or 'access is denied'}); close"
                    " it in the program that holds it open, such as Excel, or use another name."
                )
                refused.errno = error.errno
                raise refused from error
            time.sleep(pause)


def write_text(path: str | Path, text: str, newline: str | None = None) -> None:
    """Text into a file, whole or not at all."""
    with replacing(path, newline) as file:
        file.write(text)


def write_bytes(path: str | Path, content: bytes) -> None:
    """Bytes into a file, whole or not at all."""
    with replacing_path(path) as temporary:
        temporary.write_bytes(content)


def _remove_left(left: Path) -> None:
    """An unfinished file goes if the process that wrote it is gone, or if it is a day old (it may
    be of another machine on a shared disk)."""
    with suppress(OSError, ValueError):
        owner = int(left.name.removesuffix(SUFFIX).rsplit(".", 1)[1].split("-")[0])
        if not _alive(owner) or time.time() - left.stat().st_mtime > OLD:
            left.unlink(missing_ok=True)


def _alive(process: int) -> bool:
    if os.name == "nt":
        return True  # os.kill would end it there
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True


def _sync(path: Path) -> None:
    """The content of a file, or the names in a folder, onto the disk."""
    with suppress(OSError):  # some file systems, and folders on Windows, cannot
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def only_one(path: str | Path, refusal: str) -> Iterator[None]:
    """A lock on a file beside the work; the system gives it back when the process ends, however it
    ends.

    Raises
    ------
    ValueError
        With ``refusal`` if another process holds it.
    """
    from filelock import FileLock, Timeout

    try:
        with FileLock(path, timeout=0):
            yield
    except Timeout as error:
        raise ValueError(refusal) from error


def data_address(content: bytes, kind: str) -> str:
    """The content of a file as an address, ``kind`` such as "image/png"."""
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def image_address(image: Image.Image, side: int = 224, quality: int = 85) -> str:
    """A PIL image as a small JPEG in a data address, its longer side at most ``side`` pixels."""
    small = image.convert("RGB")
    small.thumbnail((side, side))
    file = io.BytesIO()
    small.save(file, "JPEG", quality=quality)
    return data_address(file.getvalue(), "image/jpeg")

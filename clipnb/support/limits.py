"""How much of an input is read at most: bytes, pixels, depth, seconds. The one place for these
numbers; whatever is beyond one of them is refused with a message that names the input."""

from __future__ import annotations

import os
import stat
from pathlib import Path

MB = 1 << 20

IMAGE_BYTES = 512 * MB  # one image file; a RAW file of 100 megapixels has 200 MB
IMAGE_PIXELS = 400_000_000  # one image; the largest phones have 200 megapixels
PIXELS_WHOLE = 50_000_000  # larger images are read in half the resolution, or a third …
# decoded at the same time in all threads; one image is always let in
PIXELS_IN_FLIGHT = 120_000_000
PIXELS_AT_ONCE = 8_000_000  # converted in one step; larger images in bands of rows
MODEL_INPUT_SIDE = 4096  # pixels, of what an image processor hands a model
JSON_BYTES = 64 * MB  # descriptors, class names, settings; 1,000 classes of text have about 1 MB
TOKENIZER_BYTES = 256 * MB  # tokenizer.json; a vocabulary of 900,000 pieces has about 60 MB
JSON_DEPTH = 100  # brackets in brackets
LIST_BYTES = 256 * MB  # the lists of a data set; those of ImageNet have 50 MB
# embeddings of one file or folder, in memory; a million of 4,096 numbers have 16 GB
EMBEDDING_BYTES = 16_384 * MB
NAMES_BYTES = 2_048 * MB  # names in an archive of arrays, where each takes the space of the longest
NOTE_BYTES = 16 * MB  # what a Parquet file says of itself in its schema
ANSWER_SECONDS = 24 * 3600  # that one answer of a language model may take
ANSWER_CHARACTERS = 50_000  # one answer of a language model; a page of text has 3,000
LOCK_SECONDS = 10.0  # that a database may be held by another program
REPLY_BYTES = MB  # one reply of a server, its error pages as well
TEXT_CHARACTERS = 10_000  # one prompt or descriptor; CLIP reads about 300
# images × classes of which a prediction keeps all scores and probabilities: 2 × 200 MB; ImageNet's
# 50,000 test images in its 1,000 classes are just within it
SCORES_KEPT = 50_000_000


def bytes_of(path: str | Path, limit: int, what: str) -> bytes:
    """The content of a regular file.

    Raises
    ------
    ValueError
        If it is larger than ``limit`` bytes, or no file but a pipe, a device or a folder (which
        could be read for ever).
    OSError
        If it cannot be read.
    """
    # not blocking: to open a pipe that nobody writes to waits for ever
    descriptor = os.open(
        path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    )
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise ValueError(f"'{path}' is not a regular file, so it was not read as {what}.")
        if status.st_size > limit:
            raise ValueError(
                f"'{path}' has {status.st_size / MB:,.0f} MB; {what} may have {limit // MB:,} MB."
            )
        with open(descriptor, "rb", closefd=False) as file:
            return file.read(limit + 1)[:limit]
    finally:
        os.close(descriptor)

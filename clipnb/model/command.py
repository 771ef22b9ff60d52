"""The command ``clipnb embed``: images into a folder of Parquet files."""

from __future__ import annotations

import argparse

from ..data.load import load_images
from ..support.commands import Parser, exit_code
from ..support.console import say
from .embedding import ENGINES, embed
from .loading import load_clip


def main(arguments: list[str] | None = None) -> int:
    """Embed a folder or a data set; an error is one line on stderr and the exit code 2."""
    work = lambda: _embed(_parser().parse_args(arguments))
    return exit_code("clipnb embed", work, "interrupted; the same command continues.")


def _embed(given: argparse.Namespace) -> None:
    data = load_images(given.images)
    clip = load_clip(given.model, batch_size=given.batch_size)
    say(f"{clip}; {data}")
    written = embed(data, given.out, clip, given.engine, given.workers, given.part_size)
    say(f"Written: {written}; clipnb.load_embeddings reads it.")


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="clipnb embed",
        description="Embed any number of images into Parquet files, for clipnb.load_embeddings.",
        epilog=(
            "The same command again embeds only what is missing. Exit codes: 0 done; 2 wrong use,"
            " or images, model or folder do not fit; 130 interrupted."
        ),
    )
    add = parser.add_argument
    add("images", help="one folder per class, a flat folder, or a data set such as pets:FOLDER")
    add("out", help="the folder of Parquet files, made if it is not there")
    add(
        "--model",
        help="Hub name or folder of a CLIP or SigLIP (default: CLIPNB_MODEL, or the bundled CLIP)",
    )
    add(
        "--batch-size",
        type=int,
        metavar="N",
        help="images per forward pass (default: 64, and on a GPU as many as fit)",
    )
    add(
        "--part-size",
        type=int,
        default=4096,
        metavar="N",
        help="images per file (default: %(default)s)",
    )
    add(
        "--engine",
        choices=ENGINES,
        default="local",
        help="local: this process; ray: the cluster that Ray finds (default: %(default)s)",
    )
    add(
        "--workers",
        type=int,
        metavar="N",
        help="with ray: copies of the model (default: one a GPU)",
    )
    return parser

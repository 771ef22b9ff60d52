"""``embed``: any number of images → embeddings in Parquet files, on one machine or on many;
``load_embeddings`` reads them.

The files lie in one folder, each with a few thousand images. A file is written under another name
and then renamed, so it is there complete or not at all, and what it is called depends on its
images only: a part that is embedded twice, because a machine died, replaces itself.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import socket
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from ..data.images import NO_LABEL, ImageDataset, NoImages
from ..data.load import load_images
from ..support.progress import progress
from .clip import Clip
from .loading import load_clip

# the entry of the Parquet schema's metadata: model, class names, which of them were seen in
# training
NOTE = b"clipnb"
ENGINES = ("local", "ray")


def embed(
    source: ImageDataset | str | Path,
    out: str | Path,
    clip: Clip | None = None,
    engine: str = "local",
    workers: int | None = None,
    part_size: int = 4096,
) -> Path:
    """Embed any number of images into a folder of Parquet files, which :func:`load_embeddings`
    reads.

    A run that was stopped, by whatever, goes on where it was: call it again and only what is
    missing is embedded. New images in the source are added in the same way. Memory does not grow
    with the number of images.

    Parameters
    ----------
    source : ImageDataset or str or path
        Images, or what :func:`load_images` takes: a folder, "pets:folder", "hf:name".
    out : str or path
        A folder, made if it is not there; one run at a time.
    clip : Clip, optional
        By default the bundled one.
    engine : {"local", "ray"}
        ``local``: in this process, on the device of ``clip``. ``ray``: with Ray Data (``pip install
        'clipnb[ray]'``) on the cluster that ``ray.init`` or RAY_ADDRESS names, or else on the cores
        of this machine; a worker that dies is replaced and its part done again. Model, images and
        ``out`` must be found under the same names on every machine, so keep them on a shared disk.
    workers : int, optional
        Ray only: how many copies of the model. By default one per GPU, or where there is none one
        per core; each takes the memory of the model.
    part_size : int
        Images per file. What a run loses when it is stopped, and what a Ray worker does at a
        time.

    Returns
    -------
    Path
        The folder. Columns of the files: ``source`` (file name), ``key`` (digest of the content),
        ``class`` (null where unknown), ``number`` (position in the source at the time of its run),
        ``embedding`` (fixed-size list of float32, unit length).

    Raises
    ------
    ValueError
        If the folder holds embeddings of another model, of other classes, or of images that are not
        in the source.
    ImportError
        If pyarrow, or for the engine "ray" Ray, is not installed.
    """
    if engine not in ENGINES:
        raise ValueError(f"engine is '{engine}'; it can be {' or '.join(ENGINES)}.")
    if part_size < 1:
        raise ValueError(f"part_size is {part_size}; a part needs at least one image.")
    _pyarrow()
    ray = _ray() if engine == "ray" else None
    data = source if isinstance(source, ImageDataset) else load_images(source)
    if data.embeddings is not None:
        raise ValueError("The source holds embeddings already, and no images; give the images.")
    clip = clip or load_clip()
    out = Path(out).expanduser().resolve()
    out.mkdir(parents=True, exist_ok=True)
    for leftover in out.glob(".part-*"):
        leftover.unlink()
    missing = _missing(data, out, clip)
    parts = [missing[start : start + part_size] for start in range(0, len(missing), part_size)]
    if engine == "local":
        for part in progress(parts, len(parts), "embedding parts"):
            _embed_part(data, part, out, clip, progress_bar=len(parts) == 1)
    elif parts:
        _with_ray(ray, data, parts, out, clip, workers)
    return out


def load_embeddings(path: str | Path) -> ImageDataset:
    """The embeddings that :func:`embed` wrote, as an ImageDataset without pixels.

    :meth:`ZeroShotClassifier.predict`, :func:`compare`, :func:`evaluate` and the like take it as
    they take images, with the model that made the embeddings.

    Parameters
    ----------
    path : str or path
        The folder of :func:`embed`, or one of its files.

    Returns
    -------
    ImageDataset
        With ``embeddings`` (n, dim) float32 and ``model``. The order is that of the source where
        one run embedded all of it; an image that was added later stands at the place it had in the
        source of its run, so pair embeddings with images by ``sources`` and ``keys``, never by
        position. ``rename`` and ``select`` work as always.

    Raises
    ------
    FileNotFoundError
        If there are no Parquet files.
    ValueError
        If a file was not written by :func:`embed`, or the files are not of one model and the same
        classes.
    """
    pyarrow, parquet = _pyarrow()
    files = _files(Path(path).expanduser())
    if not files:
        raise FileNotFoundError(
            f"'{path}' is no Parquet file of clipnb.embed and no folder with any; embed images"
            " first."
        )
    note, tables = _note(files[0]), []
    for file in files:
        _check_alike(file, _note(file), files[0], note)
        tables.append(parquet.read_table(file))
    table = pyarrow.concat_tables(tables)
    number, sources = table["number"].to_numpy(), table["source"].to_pylist()
    order = np.lexsort((np.array(sources), number))
    rows = [
        table["embedding"].chunk(i).flatten().to_numpy()
        for i in range(table["embedding"].num_chunks)
    ]
    embeddings = np.concatenate(rows).reshape(len(table), -1)
    place = {name: i for i, name in enumerate(note["class_names"])}
    labels = np.array([place.get(name, NO_LABEL) for name in table["class"].to_pylist()], int)
    keys, sources = table["key"].to_pylist(), [sources[i] for i in order]
    return ImageDataset(
        NoImages(sources),
        labels[order],
        note["class_names"],
        [keys[i] for i in order],
        sources,
        np.array(note["seen"], bool),
        embeddings=embeddings if (order == np.arange(len(order))).all() else embeddings[order],
        model=note["model"],
    )


# --- parts ----------------------------------------------------------------------------------------


def _embed_part(
    data: ImageDataset, which: Sequence[int], out: Path, clip: Clip, progress_bar: bool = False
) -> str:
    """Embed these images and write them as one file; its name."""
    pyarrow, parquet = _pyarrow()
    part = data.select(which)
    embeddings = clip.encode_images(part, progress_bar=progress_bar).numpy()
    note = {
        "model": {"name": clip.name, "fingerprint": clip.fingerprint},
        "class_names": list(data.class_names),
        "seen": data.seen.tolist(),
    }
    columns = {
        "source": pyarrow.array(part.sources, pyarrow.string()),
        "key": pyarrow.array(part.keys, pyarrow.string()),
        "class": pyarrow.array([_class_of(part, i) for i in range(len(part))], pyarrow.string()),
        "number": pyarrow.array(np.asarray(which), pyarrow.int64()),
        "embedding": pyarrow.FixedSizeListArray.from_arrays(
            pyarrow.array(embeddings.ravel()), clip.dim
        ),
    }
    table = pyarrow.table(columns).replace_schema_metadata({NOTE: json.dumps(note).encode()})
    digest = hashlib.sha256(
        "\n".join(f"{source} {key}" for source, key in zip(part.sources, part.keys)).encode()
    ).hexdigest()[:24]
    name = f"part-{which[0]:010d}-{digest}.parquet"
    unfinished = out / f".{name}.{socket.gethostname()}-{os.getpid()}"
    parquet.write_table(table, unfinished, use_dictionary=["class"], compression="zstd")
    os.replace(unfinished, out / name)
    return name


def _class_of(data: ImageDataset, index: int) -> str | None:
    return data.class_names[data.labels[index]] if data.labels[index] >= 0 else None


def _missing(data: ImageDataset, out: Path, clip: Clip) -> list[int]:
    """The images that no file in ``out`` has yet; ValueError if what is there belongs to
    something else."""
    _, parquet = _pyarrow()
    wanted = {
        (source, key, _class_of(data, i)): i
        for i, (source, key) in enumerate(zip(data.sources, data.keys))
    }
    if len(wanted) < len(data):
        raise ValueError(
            f"{len(data) - len(wanted)} images are twice in the data, with the same name and"
            " content; leave them out."
        )
    ours = {
        "model": {"name": clip.name, "fingerprint": clip.fingerprint},
        "class_names": list(data.class_names),
    }
    for file in _files(out):
        _check_alike(file, _note(file), "what is to be embedded", ours)
        rows = parquet.read_table(file, columns=["source", "key", "class"]).to_pydict()
        for row in zip(rows["source"], rows["key"], rows["class"]):
            if wanted.pop(row, None) is None:
                raise ValueError(
                    f"'{out}' holds the embedding of '{row[0]}', which is not in the source, or was"
                    " changed, or is there twice; give another folder, or delete this one."
                )
    return sorted(wanted.values())


def _check_alike(file: Path, note: dict, other, wanted: dict) -> None:
    mine, theirs = note["model"], wanted["model"]
    if mine["fingerprint"] != theirs["fingerprint"]:
        raise ValueError(
            f"'{file}' holds embeddings of the model '{mine['name']}' ({mine['fingerprint']}), but"
            f" {other} is of '{theirs['name']}' ({theirs['fingerprint']}); give every model a"
            " folder of its own."
        )
    if different := set(note["class_names"]) ^ set(wanted["class_names"]):
        raise ValueError(
            f"'{file}' and {other} have not the same classes ('{min(different)}' is in one only);"
            " give every set of classes a folder of its own."
        )


def _files(path: Path) -> list[Path]:
    return (
        sorted(path.glob("part-*.parquet")) if path.is_dir() else [path] if path.is_file() else []
    )


def _note(file: Path) -> dict:
    pyarrow, parquet = _pyarrow()
    try:
        return json.loads((parquet.read_schema(file).metadata or {})[NOTE])
    except (KeyError, pyarrow.ArrowInvalid) as error:
        raise ValueError(
            f"'{file}' was not written by clipnb.embed; give the folder that embed returned."
        ) from error


def _pyarrow():
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise ImportError(
            "Embeddings are kept in Parquet files, which need the package pyarrow: pip install"
            " 'clipnb[embed]'."
        ) from error
    return pyarrow, pyarrow.parquet


# --- Ray ------------------------------------------------------------------------------------------


def _ray() -> Any:
    try:
        import_module("ray.data")
        return import_module("ray")
    except ImportError as error:
        raise ImportError(
            "The engine 'ray' needs the package ray: pip install 'clipnb[ray]'."
        ) from error


class _RayWorker:
    """One copy of the model in a process of Ray; it is called with the number of a part."""

    def __init__(self, work, out: str, origin: dict, fingerprint: str):
        ray = _ray()
        (self.data, self.parts), self.out = ray.get(work), Path(out)
        self.clip = load_clip(**origin, cache=False)  # the parts are kept, that is enough
        if self.clip.fingerprint != fingerprint:
            raise ValueError(
                f"The model '{origin['model']}' is another one on {socket.gethostname()}; copy the"
                " same files to every machine."
            )

    def __call__(self, batch: dict) -> dict:
        return {
            "file": np.array(
                [_embed_part(self.data, self.parts[i], self.out, self.clip) for i in batch["id"]]
            )
        }


def _with_ray(
    ray, data: ImageDataset, parts: list[list[int]], out: Path, clip: Clip, workers: int | None
) -> None:
    """Every part through a pool of actors. Ray Data starts a new actor for one that died and gives
    it the dead one's part."""
    mine = not ray.is_initialized()
    if mine:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is reported to anybody
        ray.init(log_to_driver=False, include_dashboard=False, logging_level="error")
    context, log = ray.data.DataContext.get_current(), logging.getLogger("ray.data")
    bars, level = context.enable_progress_bars, log.level
    context.enable_progress_bars = False
    log.setLevel("ERROR")
    try:
        there = ray.cluster_resources()
        gpus = int(there.get("GPU", 0))
        # needs no core, as reading would
        numbers = ray.data.from_items(
            [{"id": i} for i in range(len(parts))], override_num_blocks=len(parts)
        )
        done = numbers.map_batches(
            _RayWorker,
            fn_constructor_args=(ray.put((data, parts)), str(out), clip.origin, clip.fingerprint),
            batch_size=1,
            concurrency=min(len(parts), workers or gpus or int(there["CPU"])),
            num_cpus=1,
            num_gpus=1 if gpus else 0,
        )
        files = {row["file"] for row in progress(done.iter_rows(), len(parts), "embedding parts")}
    finally:
        context.enable_progress_bars = bars
        log.setLevel(level)
        if mine:
            ray.shutdown()
    if len(files) != len(parts):
        raise RuntimeError(
            f"Ray finished {len(files)} of {len(parts)} parts; run embed again, it does the missing"
            " ones."
        )

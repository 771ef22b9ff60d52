"""``embed``: any number of images → embeddings in Parquet files, on one machine or on many;
``load_embeddings`` reads them, and those of other programs.

The files lie in one folder, each with a few thousand images. A file is written under another name
and then renamed, so it is there complete or not at all, and what it is called depends on its
images only: a part that is embedded twice, because a machine died, replaces itself.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..data.images import NO_LABEL, ImageDataset
from ..data.lazy_images import NoImages
from ..data.load import load_images
from ..support.arguments import given_name
from ..support.files import make_folder, only_one
from ..support.progress import progress
from ..support.text import printable
from .checks import check_is_model
from .clip import Clip
from .clip_retrieval import is_clip_retrieval, read_clip_retrieval
from .cluster import ray_data, with_ray
from .foreign import Found, read_npy, read_npz
from .joining import check_model, joined
from .loading import load_clip
from .parts import (
    TEXTS,
    Damaged,
    arrow,
    check_alike,
    class_of,
    embeddings_of,
    files_of,
    is_ours,
    read_part,
    rows_in,
    write_part,
)
from .tables import is_dataset, read_dataset, read_parquet

if TYPE_CHECKING:
    import datasets

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
        in the source; if another run embeds into it; or if some images cannot be read, or were
        changed since they were loaded: the message names them, after all others were embedded.
    ImportError
        If pyarrow, or for the engine "ray" Ray, is not installed.
    """
    if engine not in ENGINES:
        raise ValueError(f"engine is '{engine}'; it can be {' or '.join(ENGINES)}.")
    if part_size < 1:
        raise ValueError(f"part_size is {part_size}; a part needs at least one image.")
    given_name("out", out)
    check_is_model(clip, optional=True)
    arrow()
    ray = ray_data() if engine == "ray" else None
    data = source if isinstance(source, ImageDataset) else load_images(source)
    if data.embeddings is not None:
        raise ValueError("The source holds embeddings already, and no images; give the images.")
    clip = clip or load_clip()
    out = Path(out).expanduser().resolve()
    make_folder(out)
    busy = f"Another run embeds into '{out}' now, one at a time; wait, or give another folder."
    with only_one(out / ".lock", busy):
        for leftover in out.glob(".part-*"):
            leftover.unlink()
        missing = _missing(data, out, clip)
        parts = [missing[start : start + part_size] for start in range(0, len(missing), part_size)]
        failed: list[str] = []
        if engine == "local":
            for part in progress(parts, len(parts), "embedding parts"):
                failed += write_part(data, part, out, clip, progress_bar=len(parts) == 1)[1]
        elif parts:
            failed = with_ray(ray, data, parts, out, clip, workers)
    if failed:
        first = "; ".join(reason.rstrip(".") for reason in failed[:20])
        more = f"; and {len(failed) - 20:,} more" if len(failed) > 20 else ""
        raise ValueError(
            f"{len(failed):,} of {len(data):,} images could not be embedded: {first}{more}. All"
            f" others are in '{out}'; repair or leave out what is named here, and run this again."
        )
    return out


def load_embeddings(
    source: str | Path | datasets.Dataset,
    clip: Clip | None = None,
    normalize: bool = False,
    column: str | None = None,
    class_names: Sequence[str] | None = None,
) -> ImageDataset:
    """Embeddings that were kept, as an ImageDataset without pixels: those of :func:`embed` and
    :func:`save_embeddings`, and those of other programs.

    :meth:`ZeroShotClassifier.predict`, :func:`compare`, :func:`evaluate` and the like take it as
    they take images, with the model that made the embeddings.

    Parameters
    ----------
    source : str, path or datasets.Dataset
        The folder of :func:`embed`, or one of its files. Of other programs:

        * ``.npz`` with the embeddings, and maybe ``labels``, ``class_names`` and ``sources``,
        * ``.npy``, with ``source`` and ``class`` in a ``.csv`` of the same name beside it,
        * a Parquet file, or a folder of them, with a column of lists of floats,
        * the folder of clip-retrieval (``img_emb/`` and ``metadata/``),
        * a ``datasets.Dataset`` with such a column.
    clip : Clip, optional
        The model that made the embeddings. Files of other programs do not say it, so it is needed
        for them; where a file says it, it is compared.
    normalize : bool
        Divide the embeddings of another program by their length, in place of refusing those whose
        length is not 1.
    column : str, optional
        The column or array that holds the embeddings, where several could.
    class_names : list of str, optional
        All classes, for files that hold labels only; labels that are numbers mean this order.

    Returns
    -------
    ImageDataset
        With ``embeddings`` (n, dim) float32 and ``model``. The order of :func:`embed`'s files is
        that of the source where one run embedded all of it; an image that was added later stands
        at the place it had in the source of its run, so pair embeddings with images by ``sources``
        and ``keys``, never by position. Other files keep their order; their keys are digests of
        the embeddings. ``rename`` and ``select`` work as always.

    Raises
    ------
    FileNotFoundError
        If there are no such files.
    ValueError
        If the model is not named or is another one, a dimension, a length or a number of rows does
        not fit, numbers are not finite, or a file is damaged or larger than what is read.
    """
    if not isinstance(source, (str, Path)):
        return joined(_of_dataset(source, column), clip, normalize, class_names)
    path = Path(source).expanduser()
    if (found := _foreign(path, column)) is not None:
        return joined(found, clip, normalize, class_names)
    if column is not None or class_names is not None:
        raise ValueError(
            f"'{path}' was written by clipnb, which noted column and classes; leave out column and"
            " class_names."
        )
    check_is_model(clip, optional=True)
    data = _of_embed(path)
    check_model(**(data.model or {}), clip=clip, where=f"'{path}'")
    return data


def _of_dataset(source: Any, column: str | None) -> Found:
    if not is_dataset(source):
        raise TypeError(
            f"Embeddings were expected, but got {type(source).__name__}; give a path or a"
            " datasets.Dataset."
        )
    arrow()
    return read_dataset(source, column)


def _foreign(path: Path, column: str | None) -> Found | None:
    """What another program wrote, by the names of its files; None for the files of embed."""
    if path.is_dir() and is_clip_retrieval(path):
        return read_clip_retrieval(path)
    if path.suffix.lower() == ".npz":
        return read_npz(path, column)
    if path.suffix.lower() == ".npy":
        return read_npy(path)
    arrow()
    files = sorted(path.glob("*.parquet")) if path.is_dir() else [path] if path.is_file() else []
    if not files or any(map(is_ours, files)):
        return None
    return read_parquet(files, f"'{printable(path)}'", column)


def _of_embed(path: Path) -> ImageDataset:
    """The files of :func:`embed`, unchanged since."""
    files = files_of(path) or sorted(path.glob("*.parquet"))
    if not files:
        raise FileNotFoundError(
            f"'{path}' is no file of embeddings (.npz, .npy or .parquet) and no folder with any;"
            " embed images first."
        )
    note, table, embeddings = _joined(files)
    number, sources = table["number"].to_numpy(), table["source"].to_pylist()
    if twice := [
        pair for pair, n in Counter(zip(sources, table["key"].to_pylist())).items() if n > 1
    ]:
        raise ValueError(
            f"'{path}' holds the embedding of '{twice[0][0]}' twice ({len(twice)} such); a file was"
            " copied into it (look for one with another name than the others), so delete the copy."
        )
    order = np.lexsort((np.array(sources), number))
    if (order != np.arange(len(order))).any():
        for column in range(0, embeddings.shape[1], 32):  # in place, but for some columns at a time
            some = embeddings[:, column : column + 32]
            some[:] = some[order]
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
        embeddings=embeddings,
        model=note["model"],
        name_frequency=np.array(note["name_frequency"]) if "name_frequency" in note else None,
        field_guide=note.get("field_guide"),
    )


def _joined(files: list[Path]) -> tuple[dict, Any, np.ndarray]:
    """The note of the files, the columns of texts and numbers, and the embeddings, which are in
    memory once: a part at a time goes into its place."""
    pyarrow, _ = arrow()
    note, table = read_part(files[0])
    embeddings, start = np.empty((rows_in(files), table["embedding"].type.list_size), "f4"), 0
    tables = []
    for file in files:
        other, table = read_part(file)
        check_alike(file, other, files[0], note)
        embeddings[start : start + len(table)] = embeddings_of(table)
        start += len(table)
        tables.append(table.drop_columns(["embedding"]))
    return note, pyarrow.concat_tables(tables), embeddings


def _missing(data: ImageDataset, out: Path, clip: Clip) -> list[int]:
    """The images that no file in ``out`` has yet; ValueError if what is there belongs to
    something else. A damaged file is named in a warning, and made again."""
    wanted = {
        (source, key, class_of(data, i)): i
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
    for file in files_of(out):
        try:
            note, table = read_part(file)
        except Damaged:
            warnings.warn(f"'{file}' was damaged; its images are embedded again.", stacklevel=3)
            file.unlink()
            continue
        check_alike(file, note, "what is to be embedded", ours)
        rows = table.select(TEXTS).to_pydict()
        for row in zip(*(rows[name] for name in TEXTS)):
            if wanted.pop(row, None) is None:
                raise ValueError(
                    f"'{out}' holds the embedding of '{row[0]}', which is not in the source, or was"
                    " changed, or is there twice; give another folder, or delete this one."
                )
    return sorted(wanted.values())

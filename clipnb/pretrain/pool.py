"""What a model is trained on: images of the endless training split, and several captions of each.

Both are drawn and written once, by as many processes as there are processors, and kept as arrays.
Drawing takes most of the time, so a stopped run goes on where it was, and new captions leave the
images as they are.
"""

from __future__ import annotations

import io
import json
import multiprocessing
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ..fieldguide.captions import write_caption
from ..fieldguide.facts import facts
from ..fieldguide.lookalikes import lookalike_scene
from ..fieldguide.name_frequency import is_named
from ..fieldguide.scene import Scene, draw, training_scene, turn_of
from ..fieldguide.species_names import names_in
from ..fieldguide.versions import caption_version, world_version
from ..fieldguide.world import all_species
from ..support import progress as bars
from ..support.console import say
from ..support.files import replace, write_bytes, write_text
from .losses import fact_coder

CHUNK = 500  # images of one task
# first and last image; side in pixels or captions of each; images before the look-alikes; seed
Task = tuple[int, int, int, int, int]


def build_pool(folder: Path, options: dict) -> None:
    """Draw the images and write their captions, as far as they are not there.

    Raises
    ------
    ValueError
        If the folder holds images or captions that were made with other options, or from another
        version of the field guide.
    """
    what = {name: options[name] for name in ("images", "lookalikes", "seed")}
    drawn = what | {"image_size": options["image_size"], "field guide": world_version()}
    written = what | {"captions": options["captions"], "words": caption_version()}
    if not _is_there(folder, "images", drawn):
        _draw_images(folder, drawn)
    if not _is_there(folder, "captions", written):
        _write_captions(folder, written)


def _is_there(folder: Path, what: str, made_with: dict) -> bool:
    """Whether a finished part of the pool is there, made as asked for."""
    note = folder / f"{what}.json"
    if not note.exists():
        return False
    there = json.loads(note.read_text("utf-8"))
    for name, value in made_with.items():
        if there.get(name, value) != value:
            raise ValueError(
                f"The {what} in '{folder}' were made with {name} = {there[name]}, not {value};"
                f" give another folder with --work, or delete '{note}' to make them again."
            )
    return True


def _in_processes(work: Callable[[Task], tuple], tasks: list[Task], doing: str) -> Iterator[tuple]:
    """The results in the order of the tasks, from as many processes as there are processors."""
    # Ctrl-C is for this process, which ends the others
    with multiprocessing.Pool(None, signal.signal, (signal.SIGINT, signal.SIG_IGN)) as pool:
        yield from bars.progress(pool.imap(work, tasks), len(tasks), doing)


def _scene(index: int, images: int, seed: int) -> Scene:
    """Image ``index`` of the pool: the look-alikes follow the others."""
    if index < images:
        return training_scene(index, seed)
    return lookalike_scene(index - images, seed)


# --- images ---------------------------------------------------------------------------------------


def _draw_some(task: Task) -> tuple[int, np.ndarray]:
    """The number of the first image, and images (n, 3, s, s) uint8."""
    first, last, size, others, seed = task
    images = np.empty((last - first, 3, size, size), np.uint8)
    for i in range(first, last):
        # bicubic, as the processor resizes
        image = draw(_scene(i, others, seed), 2 * size).resize((size, size), resample=3)
        images[i - first] = np.asarray(image).transpose(2, 0, 1)
    return first, images


def _draw_images(folder: Path, made_with: dict) -> None:
    """The array ``images``, filled chunk by chunk; a note beside it says how many are in it, so
    that a stopped run goes on there."""
    others, size, seed = made_with["images"], made_with["image_size"], made_with["seed"]
    n = others + made_with["lookalikes"]
    note, unfinished, done = folder / "drawing.json", folder / "images.unfinished.npy", 0
    if note.exists():
        before = json.loads(note.read_text("utf-8"))
        done = before.pop("done") if before.items() >= made_with.items() else 0
    mode: Any = "r+" if done else "w+"
    images = np.lib.format.open_memmap(unfinished, mode, np.uint8, (n, 3, size, size))
    tasks = [(i, min(i + CHUNK, n), size, others, seed) for i in range(done, n, CHUNK)]
    start, begun = time.monotonic(), done
    for first, pixels in _in_processes(_draw_some, tasks, "drawing"):
        done = first + len(pixels)
        images[first:done] = pixels
        if first // CHUNK % 10 == 9:
            images.flush()
            write_text(note, json.dumps(made_with | {"done": done}))
    images.flush()
    rate = (n - begun) / max(time.monotonic() - start, 1e-9)
    say(f"Drew {n - begun:,} images, {rate:,.0f} a second.")
    replace(unfinished, folder / "images.npy")
    write_text(folder / "images.json", json.dumps(made_with))
    note.unlink(missing_ok=True)


# --- captions -------------------------------------------------------------------------------------


def _write_some(task: Task) -> tuple[list[str], tuple[np.ndarray, ...], Counter]:
    """Captions of a range of images; the images' facts, and the captions' claims as slots and
    bits; in how many captions each species is named."""
    first, last, captions, others, seed = task
    texts, known, slots, bits, named = [], [], [], [], Counter()
    for i in range(first, last):
        scene = _scene(i, others, seed)
        rng, species = np.random.default_rng([seed, 99, i]), scene.individual.species
        known.append(fact_coder().facts(facts(scene)))
        for number in range(captions):
            name_it = species is not None and is_named(species, turn_of(i) * captions + number)
            caption = write_caption(scene, rng, name_it)
            named.update(set(names_in(caption.text)))  # what the model reads, not what was meant
            texts.append(caption.text)
            a, b = fact_coder().claims(caption.claims)
            slots.append(a.astype(np.int16))
            bits.append(b)
    return texts, (np.array(known), np.array(slots), np.array(bits)), named


def _write_captions(folder: Path, made_with: dict) -> None:
    """Captions as text, one a line; arrays ``facts`` of the images, ``slots`` and ``bits`` of the
    claims; in how many captions each name occurs in ``name_frequency.json``."""
    others, c, seed = made_with["images"], made_with["captions"], made_with["seed"]
    n = others + made_with["lookalikes"]
    (folder / "ids.npy").unlink(missing_ok=True)  # of other captions
    everyone = [*all_species(), *all_species(exam=True)]
    frequency, lines = Counter({one.name: 0 for one in everyone}), []
    arrays: dict[str, list[np.ndarray]] = {"facts": [], "slots": [], "bits": []}
    tasks = [(i, min(i + CHUNK, n), c, others, seed) for i in range(0, n, CHUNK)]
    for texts, some, named in _in_processes(_write_some, tasks, "writing"):
        lines += texts
        frequency.update(named)
        for parts, part in zip(arrays.values(), some, strict=True):
            parts.append(part)
    write_text(folder / "captions.txt", "".join(line + "\n" for line in lines))
    for name, parts in arrays.items():
        _save(folder / f"{name}.npy", np.concatenate(parts))
    write_text(folder / "name_frequency.json", json.dumps(dict(frequency), indent=1))
    write_text(folder / "captions.json", json.dumps(made_with))


def _save(path: Path, array: np.ndarray) -> None:
    content = io.BytesIO()
    np.save(content, array)
    write_bytes(path, content.getvalue())

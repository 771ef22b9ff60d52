"""How do time and memory grow with images, classes and prompts? And how far is a prediction of very
many scores from the bare matrix product?

    python tests/benchmarks/growth.py            # everything, some minutes on two cores
    python tests/benchmarks/growth.py --quick    # small sizes: does it run?
    python tests/benchmarks/growth.py --scale 1000000    # of so many images; by default 100,000
    python tests/benchmarks/growth.py --files 100000     # memory while files are read

Every step runs at 1 ×, 4 × and 16 × of one size, each time in a process of its own and with one
thread. Times are processor time, since a busy machine changes that the least. Images and texts are
random embeddings, so what a model would take is not in it. The growth exponent is that from 4 × to
16 ×: log(time ratio) / log 4, 1 for time in proportion to the size.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import multiprocessing
import os
import resource
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path

os.environ["CLIPNB_PROGRESS"] = "0"
os.environ["HF_HUB_OFFLINE"] = "1"

import numpy as np
import torch
from torch.nn.functional import normalize

import clipnb
from clipnb.data import ImageDataset
from clipnb.data.lazy_images import NoImages
from clipnb.report.table import write_table

GOAL, FACTORS = 1.05, (1, 4, 16)
MB = 2**20 if sys.platform == "darwin" else 2**10  # of ru_maxrss: bytes on macOS, else kilobytes
Job = Callable[[], object]


class Vectors:
    """Stands in for a Clip: texts and images have random embeddings."""

    logit_scale, logit_bias, sigmoid, name, fingerprint = 100.0, 0.0, False, "vectors", "0"
    dtype, device = torch.float32, torch.device("cpu")

    def __init__(self, dim: int = 128):
        self.dim = dim

    def encode_texts(self, texts, normalize=True):
        return noise(len(texts), self.dim)

    def encode_images(self, data, progress_bar=True):
        if data.embeddings is not None:
            return torch.from_numpy(data.embeddings)
        return unit(len(data), self.dim)


@cache  # so that it is no part of what is measured
def noise(n: int, dim: int) -> torch.Tensor:
    return torch.randn(n, dim, generator=torch.Generator().manual_seed(1))


def unit(n: int, dim: int) -> torch.Tensor:
    return normalize(torch.randn(n, dim, generator=torch.Generator().manual_seed(0)), dim=1)


def table_of(classes: int, prompts: int) -> dict[str, list[str]]:
    words = "red blue long short round dark tail wing beak crest spots eyes".split()
    chance = np.random.default_rng(0)
    texts = chance.choice(words, (classes, prompts, 4))
    return {
        f"kind {c} bird": [f"{' '.join(row)} {k}" for k, row in enumerate(texts[c])]
        for c in range(classes)
    }


def dataset(images: int, classes: int, dim: int = 128) -> ImageDataset:
    names = [f"{i}.jpg" for i in range(images)]
    labels = np.random.default_rng(0).integers(0, classes, images)
    embeddings = unit(images, dim).numpy()
    return ImageDataset(
        NoImages(names),
        labels,
        list(table_of(classes, 1)),
        names,
        names,
        embeddings=embeddings,
        model={"name": "vectors", "fingerprint": "0"},
    )


def classifier(classes: int, prompts: int) -> clipnb.ZeroShotClassifier:
    return clipnb.ZeroShotClassifier(Vectors(), table_of(classes, prompts))


# --- steps: (images, classes, prompts a class, folder) → what is measured -------------------------


def make_table(n: int, c: int, p: int, folder: Path) -> Job:
    rows = table_of(c, p)
    return lambda: clipnb.PromptTable(rows).groups


def check(n: int, c: int, p: int, folder: Path) -> Job:
    rows = table_of(c, p)
    return lambda: clipnb.check_descriptors(rows)


def make_classifier(n: int, c: int, p: int, folder: Path) -> Job:
    # eight times the classes: fewer of these fit into the processor's cache at 1 ×, and not at 16 ×
    table = clipnb.PromptTable(table_of(8 * c, p))
    return lambda: clipnb.ZeroShotClassifier(Vectors(), table).class_embeddings


def select(n: int, c: int, p: int, folder: Path) -> Job:
    rows, images = table_of(c, p), unit(n, 128)
    return lambda: clipnb.select_descriptors(Vectors(), rows, images)


def predict(n: int, c: int, p: int, folder: Path) -> Job:
    ready, images = classifier(c, p), unit(n, 128)
    return lambda: ready.predict(images, top_k=5).labels


def predict_max(n: int, c: int, p: int, folder: Path) -> Job:
    ready, images = clipnb.ZeroShotClassifier(Vectors(), table_of(c, p), "max"), unit(n, 128)
    return lambda: ready.predict(images, top_k=5).labels


def compare(n: int, c: int, p: int, folder: Path) -> Job:
    ready, data = classifier(c, p), dataset(n, c)
    return lambda: clipnb.compare({"one": ready, "other": ready}, data)


def evaluate(n: int, c: int, p: int, folder: Path) -> Job:
    table, data = clipnb.PromptTable(table_of(c, p)), dataset(n, c)
    return lambda: clipnb.evaluate(Vectors(), data, {"one": table, "other": table})


def per_class(n: int, c: int, p: int, folder: Path) -> Job:
    ready, data = classifier(c, p), dataset(n, c)
    return lambda: clipnb.per_class(ready, data)


def calibration(n: int, c: int, p: int, folder: Path) -> Job:
    data = dataset(n, c)
    prediction = classifier(c, p).predict(data, top_k=5)
    return lambda: clipnb.calibration_by_scale(prediction, data, [50, 100])


def report(n: int, c: int, p: int, folder: Path) -> Job:
    data, ready = dataset(n, c), classifier(c, p)
    return lambda: clipnb.write_report(folder / "report.html", data, ready, predictions=False)


def predictions_file(n: int, c: int, p: int, folder: Path) -> Job:
    data = dataset(n, c)
    prediction = classifier(c, p).predict(data, top_k=5)
    return lambda: write_table(folder / "predictions.csv", prediction, data)


def load(n: int, c: int, p: int, folder: Path) -> Job:
    from PIL import Image

    for i in range(n // 4):
        place = folder / f"class {i % c}"
        place.mkdir(exist_ok=True)
        Image.new("RGB", (16, 16), (i % 256, i // 256 % 256, 0)).save(place / f"{i}.png")
    return lambda: clipnb.load_images(folder)


def embed(n: int, c: int, p: int, folder: Path) -> Job:
    data = dataset(n, c)
    data.embeddings = None
    return lambda: clipnb.embed(data, tempfile.mkdtemp(dir=folder), Vectors(), part_size=512)


def load_embeddings(n: int, c: int, p: int, folder: Path) -> Job:
    embed(4 * n, c, p, folder)()
    (parts,) = folder.iterdir()
    return lambda: clipnb.load_embeddings(parts)


# what grows, one after the other: (i)mages, (c)lasses, (p)rompts
STEPS: dict[str, tuple[Callable[[int, int, int, Path], Job], str]] = {
    "PromptTable": (make_table, "cp"),
    "check_descriptors": (check, "cp"),
    "ZeroShotClassifier": (make_classifier, "cp"),
    "select_descriptors": (select, "icp"),
    "predict": (predict, "icp"),
    "predict, max": (predict_max, "icp"),
    "compare": (compare, "ic"),
    "evaluate": (evaluate, "ic"),
    "per_class": (per_class, "ic"),
    "calibration_by_scale": (calibration, "ic"),
    "write_report": (report, "icp"),
    "file of predictions": (predictions_file, "icp"),
    "load_images": (load, "ic"),
    "embed": (embed, "i"),
    "load_embeddings": (load_embeddings, "i"),
}
AXES = {"i": "images", "c": "classes", "p": "prompts"}


def measure(step: str, sizes: tuple[int, int, int], answer) -> None:
    """In a process of its own: seconds of processor time, the least of some runs, and peak memory
    in MB above what was there before."""
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        job = STEPS[step][0](*sizes, Path(folder))
        before, seconds = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, []
        while len(seconds) < 3 or (sum(seconds) < 0.3 and len(seconds) < 30):
            start = time.process_time()
            job()
            seconds.append(time.process_time() - start)
            if sum(seconds) > 20:
                break
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer.put((min(seconds), (peak - before) / MB))


def in_a_process(work: Callable, *arguments):
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, "pandas", "scipy.stats", "clipnb.report.page"])
    answer = context.SimpleQueue()
    process = context.Process(target=work, args=(*arguments, answer))
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(f"{work.__name__}{arguments} failed.")
    return answer.get()


def growth(step: str, axis: str, base: tuple[int, int, int]) -> str:
    found = []
    for factor in FACTORS:
        sizes = tuple(
            n * factor if name == axis else n for name, n in zip("icp", base, strict=True)
        )
        found.append(in_a_process(measure, step, sizes))
    seconds, peaks = zip(*found)
    exponent = math.log(seconds[2] / seconds[1]) / math.log(FACTORS[2] / FACTORS[1])
    cells = [
        step,
        AXES[axis],
        *(f"{1000 * s:,.0f}" for s in seconds),
        f"{exponent:.2f}",
        "yes" if exponent <= GOAL else "no",
        *(f"{peak:,.0f}" for peak in peaks),
    ]
    return "| " + " | ".join(cells) + " |"


# --- very many scores -----------------------------------------------------------------------------


def at_scale(images: int, answer) -> None:
    """Stored embeddings × 21,841 classes × 5 prompts, 512 dimensions, against the matrix product of
    the same blocks, which take turns; then the whole prediction, for its peak memory."""
    embeddings, step = torch.empty(images, 512), 2000
    for start in range(0, images, step):
        embeddings[start : start + step] = unit(min(step, images - start), 512)
    ready = clipnb.ZeroShotClassifier(Vectors(512), table_of(21_841, 5))
    columns = ready.class_embeddings.T
    times: dict[str, list[tuple[float, float]]] = {"bare": [], "ours": []}

    def bare(some: torch.Tensor) -> None:
        for block in some.split(192):
            block @ columns

    def timed(name: str, work: Callable[[torch.Tensor], object], some: torch.Tensor) -> None:
        wall, busy = time.perf_counter(), time.process_time()
        work(some)
        times[name].append((time.perf_counter() - wall, time.process_time() - busy))

    ours = lambda some: ready.predict(some, top_k=5)
    for some in embeddings[: min(images, 20_000)].split(step):
        timed("bare", bare, some)
        timed("ours", ours, some)
    start = time.perf_counter()
    prediction = ready.predict(embeddings, top_k=5)
    whole = time.perf_counter() - start
    labels = prediction.labels
    assert len(labels) == images and len(prediction.explain(0)) == 10
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MB
    wall, busy = (
        np.median([o[kind] / b[kind] for o, b in zip(times["ours"], times["bare"])])
        for kind in (0, 1)
    )
    answer.put((float(wall), float(busy), whole, peak))


# --- very many files ------------------------------------------------------------------------------


def from_files(images: int, answer) -> None:
    """Memory of this process and its workers while a small CLIP embeds so many files: MB more for
    another 100,000, by the line through what was seen after the first tenth."""
    import psutil
    from PIL import Image

    sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
    from small_models import save_clip

    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        clip = clipnb.load_clip(save_clip(Path(folder) / "model"), cache=False)
        few = [Path(folder) / f"{i}.jpg" for i in range(500)]
        for i, path in enumerate(few):
            Image.fromarray(np.random.default_rng(i).integers(0, 255, (48, 64, 3), np.uint8)).save(
                path
            )
        seen, done = [], threading.Event()

        def watch() -> None:
            while not done.wait(0.5):
                all_of_us = [psutil.Process(), *psutil.Process().children(recursive=True)]
                with contextlib.suppress(psutil.Error):
                    seen.append((clip.encoded, sum(one.memory_info().rss for one in all_of_us)))

        watcher, start = threading.Thread(target=watch), time.perf_counter()
        watcher.start()
        try:
            clip.encode_images((few * (images // len(few) + 1))[:images], progress_bar=False)
        finally:
            done.set()
            watcher.join()
    seconds = time.perf_counter() - start
    count, memory = np.array([row for row in seen if row[0] > images / 10]).T
    slope = np.polyfit(count, memory, 1)[0] * 100_000 / 2**20
    answer.put((float(slope), float(memory.max() / 2**20), seconds))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="small sizes")
    parser.add_argument("--scale", type=int, help="images in the last row; 0 leaves it out")
    parser.add_argument("--files", type=int, help="images read from files; 0 leaves it out")
    parser.add_argument("--only", nargs="+", choices=STEPS, metavar="STEP", help=", ".join(STEPS))
    options = parser.parse_args()
    base = (200, 50, 2) if options.quick else (2000, 500, 5)
    print(f"1 × is {base[0]:,} images, {base[1]} classes, {base[2]} prompts a class.\n")
    print("| step | grows with | 1 ×, ms | 4 × | 16 × | exponent | ≤ 1.05 | 1 ×, MB | 4 × | 16 × |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |", flush=True)
    for step in options.only or STEPS:
        for axis in STEPS[step][1]:
            print(growth(step, axis, base), flush=True)
    images = options.scale if options.scale is not None else 4000 if options.quick else 100_000
    if images and not options.only:
        wall, busy, seconds, peak = in_a_process(at_scale, images)
        print(
            f"\n{images:,} embeddings × 21,841 classes × 5 prompts: {wall:.2f} × the time of the"
            f" bare matrix product ({busy:.2f} × in processor time; goal ≤ 1.25), {seconds:,.0f} s,"
            f" at most {peak:,.0f} MB in memory (goal for 1,000,000: 4,096)."
        )
    files = options.files if options.files is not None else 5000 if options.quick else 100_000
    if files and not options.only:
        slope, peak, seconds = in_a_process(from_files, files)
        print(
            f"\n{files:,} files: {slope:+,.0f} MB for another 100,000, at most {peak:,.0f} MB with"
            f" all workers, {seconds:,.0f} s."
        )


if __name__ == "__main__":
    main()

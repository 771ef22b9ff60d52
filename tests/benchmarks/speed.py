"""How fast is clipnb, in ratios: both sides of every ratio are measured alternately in one run, on
the machine where it runs.

    python tests/benchmarks/speed.py            # everything, about ten minutes on two cores python
    tests/benchmarks/speed.py --quick    # small sizes, about a minute: does it run, and roughly
    where are we? python tests/benchmarks/speed.py --only scoring import

It prints a table in Markdown. Not part of the test suite: times on a busy machine prove nothing.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

os.environ["CLIPNB_PROGRESS"] = "0"
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"
ROOT = Path(__file__).parent.parent.parent
PAIR = "{:.3g} s against {:.3g} s"


def alternately(a, b, rounds: int) -> tuple[float, float]:
    """Median seconds of a() and of b(), which take turns; each is run once before, unmeasured."""
    a(), b()
    times = {a: [], b: []}
    for _ in range(rounds):
        for job in (a, b):
            start = time.perf_counter()
            job()
            times[job].append(time.perf_counter() - start)
    return statistics.median(times[a]), statistics.median(times[b])


def row(what: str, goal: str, value: float, good: bool, unit: str, detail: str) -> tuple:
    return what, goal, f"{value:.3g} {unit}".strip(), "yes" if good else "no", detail


# --- scoring --------------------------------------------------------------------------------------


def scoring(quick: bool) -> list[tuple]:
    """1,000 classes with 5 or 6 descriptors each (5,900 in all), 50,000 images, 512
    dimensions."""
    import torch
    from torch.nn.functional import normalize

    from clipnb import PromptTable, ZeroShotClassifier

    class Vectors:
        """Stands in for a Clip: scoring needs embeddings only, whatever they mean."""

        logit_scale, logit_bias, sigmoid = 100.0, 0.0, False

        def encode_texts(self, sentences, normalize=True):
            return torch.randn(len(sentences), 512, generator=torch.Generator().manual_seed(1))

    described = PromptTable(
        {str(c): [f"{c} {k}" for k in range(5 + (c % 10 < 9))] for c in range(1000)}
    )
    pictures = normalize(
        torch.randn(6_400 if quick else 50_000, 512, generator=torch.Generator().manual_seed(0)),
        dim=1,
    )
    ours, names = (
        ZeroShotClassifier(Vectors(), table)
        for table in (described, {name: [name] for name in described})
    )
    groups = torch.as_tensor(described.groups)
    per_class = [ours.text_embeddings[groups == c] for c in range(1000)]

    def loop():
        return torch.cat(
            [
                torch.stack([(batch @ mine.T).mean(1) for mine in per_class], dim=1)
                for batch in pictures.split(640)
            ]
        )

    def collapsed(classifier):
        classifier.__dict__.pop("class_embeddings", None)  # pooling the texts is part of the work
        return classifier.score(pictures)

    assert torch.allclose(loop()[:640], collapsed(ours)[:640], atol=1e-5)
    rounds = 3 if quick else 5
    slow, fast = alternately(loop, partial(collapsed, ours), rounds)
    many, one = alternately(partial(collapsed, ours), partial(collapsed, names), 2 * rounds + 1)
    size = f"{len(described.prompts):,} descriptors, {len(pictures):,} images"
    loops, names = (f"{size}; {PAIR.format(*pair)}" for pair in ((fast, slow), (many, one)))
    return [
        row(
            "scoring by description against a loop over classes",
            "≥ 20 ×",
            slow / fast,
            slow / fast >= 20,
            "× as fast",
            loops,
        ),
        row(
            "scoring by description against names alone",
            "≤ 1.05 ×",
            many / one,
            many / one <= 1.05,
            "× the time",
            names,
        ),
    ]


# --- from files to embeddings ------------------------------------------------------------------------


def photos(folder: Path, count: int, size=(500, 375)) -> Path:
    """JPEG files as large as those of common data sets (about 60 kB): smooth noise with some
    grain."""
    import numpy as np
    from PIL import Image

    chance = np.random.default_rng(0)
    folder.mkdir()
    for i in range(count):
        smooth = Image.fromarray(chance.integers(0, 255, (24, 32, 3), np.uint8)).resize(size)
        grain = chance.normal(0, 6, (size[1], size[0], 1))
        Image.fromarray(np.clip(np.asarray(smooth) + grain, 0, 255).astype(np.uint8)).save(
            folder / f"{i:05d}.jpg", quality=90
        )
    return folder


def vit_b_32(folder: Path) -> Path:
    """A CLIP of the shape of openai/clip-vit-base-patch32 with random weights: speed does not
    depend on what it has learnt."""
    import torch
    import transformers
    from transformers import CLIPConfig, CLIPImageProcessorPil, CLIPModel, CLIPTokenizer

    from clipnb.model.clip import BUNDLED

    transformers.utils.logging.disable_progress_bar()
    torch.manual_seed(0)
    text = {"vocab_size": 49408, "bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 1}
    CLIPModel(CLIPConfig(text_config=text, vision_config={"patch_size": 32})).save_pretrained(
        folder
    )
    CLIPTokenizer.from_pretrained(BUNDLED).save_pretrained(folder)
    CLIPImageProcessorPil().save_pretrained(folder)
    return folder


def encoding(quick: bool) -> Iterator[tuple]:
    """JPEG files → embeddings, against nothing but the forward pass on pixels that are ready in
    memory; each row as soon as it is measured. Without a GPU almost all of the time is the forward
    pass, about 15 times over all images."""
    import torch

    import clipnb
    from clipnb.model.reading import Reader, usable_cores

    cuda = torch.cuda.is_available()
    count = (512 if quick else 4096) if cuda else (64 if quick else 128)
    with tempfile.TemporaryDirectory() as work:
        clip = clipnb.load_clip(vit_b_32(Path(work) / "model"), cache=False)
        data = clipnb.load_images(photos(Path(work) / "photos", count))
        clip.encode_images(data)  # a GPU finds its batch size
        size = clip.batch_size
        pixels = torch.randn(min(size, count), 3, 224, 224).to(clip.device, clip.dtype)

        @torch.inference_mode()
        def bare():
            with torch.autocast(clip.device.type, clip.dtype, enabled=cuda):
                for start in range(0, count, size):
                    out = clip.model.get_image_features(
                        pixel_values=pixels[: min(size, count - start)]
                    ).pooler_output
            return out.sum().item()

        rounds = 5 if cuda and not quick else 3
        ours, forward = alternately(lambda: clip.encode_images(data), bare, rounds)

        share, goal = forward / ours, 0.9 if cuda else 0.95
        detail = f"ViT-B/32 shape, {count} JPEG files of 500 × 375, {clip.device.type}"
        detail += f", batches of {size}: {count / ours:.0f} images/s against {count / forward:.0f}"
        yield row(
            "files → embeddings against the bare forward pass",
            f"≥ {goal} ×",
            share,
            share >= goal,
            "× as fast",
            detail,
        )

        workers = usable_cores()

        def read():  # what the workers alone can do: open, resize, send
            prepare = clip.pixels.prepare
            for _ in Reader(data.images, range(count), prepare, workers).read():
                pass

        def through(n, free=False):
            some = clipnb.load_clip(Path(work) / "model", cache=False, workers=n)
            some._image_batches.now = size
            if free:  # a model of near-zero cost
                some._image_batch = lambda pixels, prepared: torch.ones(len(prepared), some.dim)
            return lambda: some.encode_images(data)

        with_workers, in_turns = alternately(through(workers), through(0), rounds)
        yield row(
            "files → embeddings with workers against without",
            "≥ 1 ×",
            in_turns / with_workers,
            in_turns / with_workers >= 1,
            "× as fast",
            PAIR.format(with_workers, in_turns),
        )
        _, alone = alternately(through(workers), read, rounds)
        yield row(
            "the same against the slower of forward pass and reading alone",
            f"≥ {goal} ×",
            max(forward, alone) / with_workers,
            max(forward, alone) / with_workers >= goal,
            "× as fast",
            f"{workers} workers: {count / with_workers:.0f} images/s; reading alone"
            f" {count / alone:.0f}; {'' if cuda else 'not run on a GPU'}",
        )
        light, again = alternately(through(workers, free=True), read, rounds)
        yield row(
            "the same with a model of near-zero cost against reading alone",
            "≥ 0.9 ×",
            again / light,
            again / light >= 0.9,
            "× as fast",
            f"{workers} workers: {count / light:.0f} images/s against {count / again:.0f}",
        )


def pipeline(quick: bool) -> list[tuple]:
    """80 classes × 6 texts, against the pipeline of transformers, which encodes all texts
    for every image."""
    import transformers

    import clipnb

    count = 2 if quick else 8
    table = {
        f"class {c}": [f"a photo of a class {c}, which has a mark of kind {k}" for k in range(6)]
        for c in range(80)
    }
    sentences = [sentence for row_ in table.values() for sentence in row_]
    with tempfile.TemporaryDirectory() as work:
        folder, files = vit_b_32(Path(work) / "model"), photos(Path(work) / "photos", count)
        clip = clipnb.load_clip(folder, cache=False)
        theirs = transformers.pipeline(
            "zero-shot-image-classification", model=str(folder), device=clip.device
        )
        paths = [str(path) for path in sorted(files.iterdir())]

        def ours():
            return clipnb.ZeroShotClassifier(clip, table).predict(clipnb.load_images(files))

        fast, slow = alternately(
            ours,
            lambda: theirs(paths, candidate_labels=sentences, hypothesis_template="{}"),
            1 if quick else 3,
        )
    detail = (
        f"ViT-B/32 shape, {count} images, texts encoded anew in every run;"
        f" {PAIR.format(fast, slow)}; more images, larger ratio"
    )
    return [
        row(
            "80 classes × 6 texts against transformers.pipeline",
            "≥ 2 ×",
            slow / fast,
            slow / fast >= 2,
            "× as fast",
            detail,
        )
    ]


# --- explanations ---------------------------------------------------------------------------------


def explaining(quick: bool) -> list[tuple]:
    """Heatmaps of one image for six texts at once, against one text after the other (a
    forward and a backward pass for each)."""
    import clipnb

    clip, data = (
        clipnb.load_clip(cache=True),
        clipnb.load_fieldguide("test", kinds="bird", per_species=1),
    )
    picture, sentences = (
        data.images[0],
        clipnb.load_descriptors("fieldguide")["northern cardinal"][:6],
    )
    clip.encode_texts(sentences)
    rows = []
    for method in ("gradient_attention", "grad_cam", "gradient", "integrated_gradients"):
        few = method == "integrated_gradients"  # 32 steps: goal and ratio are those of one pass
        together, apart = alternately(
            lambda method=method: clipnb.heatmap(clip, picture, sentences, method),
            lambda method=method: [
                clipnb.heatmap(clip, picture, sentence, method) for sentence in sentences
            ],
            (2 if few else 5) if quick else (5 if few else 25),
        )
        detail = (
            f"bundled model, six texts at once {together:.3g} s; together against apart"
            f" {apart / together:.3g} × as fast"
        )
        if few:
            rows.append(
                (
                    f"heatmaps of one image, {method}, 32 steps",
                    "",
                    f"{1000 * together:.3g} ms",
                    "",
                    detail,
                )
            )
        else:
            rows.append(
                row(
                    f"heatmaps of one image, {method}",
                    "≤ 100 ms",
                    1000 * together,
                    together <= 0.1,
                    "ms",
                    detail,
                )
            )
    return rows


# --- the second run, import, memory ---------------------------------------------------------------


def second_run(quick: bool) -> list[tuple]:
    """An evaluation with all its controls, and the same again with a new Clip: everything comes
    from the cache."""
    import clipnb

    seconds = []
    with tempfile.TemporaryDirectory() as work:
        os.environ["CLIPNB_CACHE"] = work
        data = clipnb.load_fieldguide("test", per_species=2 if quick else 20)
        descriptors = clipnb.load_descriptors("fieldguide").select(data.class_names)
        methods = {
            "name": clipnb.name_prompts(data.class_names),
            "name + description": clipnb.descriptor_prompts(descriptors),
            "description": clipnb.descriptor_prompts(descriptors, include_name=False),
        }
        for _ in range(2):
            clip = clipnb.load_clip()
            start = time.perf_counter()
            clipnb.evaluate(clip, data, methods)
            seconds.append(time.perf_counter() - start)
        assert clip.encoded == 0
    share = seconds[1] / seconds[0]
    detail = (
        f"bundled model, {len(data):,} images of the field guide, 3 methods;"
        f" {PAIR.format(seconds[1], seconds[0])}"
    )
    return [
        row(
            "second run of an evaluation against the first",
            "≤ 2 %",
            100 * share,
            share <= 0.02,
            "%",
            detail,
        )
    ]


def importing(quick: bool) -> list[tuple]:
    code = "import time; t = time.perf_counter(); import clipnb; print(time.perf_counter() - t)"
    runs = [
        float(
            subprocess.run(
                [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
            ).stdout
        )
        for _ in range(5)
    ]
    return [
        row(
            "import clipnb",
            "≤ 0.2 s",
            statistics.median(runs),
            statistics.median(runs) <= 0.2,
            "s",
            "median of 5 processes",
        )
    ]


MEMORY = """
import resource, sys, clipnb
from pathlib import Path
count, folder = int(sys.argv[1]), Path(sys.argv[2])
few = clipnb.load_images(folder)
clip = clipnb.load_clip(cache=False)
clip.encode_images(few.select([i % len(few) for i in range(count)]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def memory(quick: bool) -> list[tuple]:
    """Peak memory of a process that embeds n images, and of one that embeds four times as
    many."""
    few = 150 if quick else 500
    with tempfile.TemporaryDirectory() as work:
        folder, peaks = photos(Path(work) / "photos", 5, (1000, 750)), []
        for count in (few, 4 * few):
            run = subprocess.run(
                [sys.executable, "-c", MEMORY, str(count), str(folder)],
                capture_output=True,
                text=True,
                check=True,
                cwd=ROOT,
            )
            # macOS counts bytes, Linux kilobytes
            peaks.append(int(run.stdout) / (2**20 if sys.platform == "darwin" else 2**10))
    ratio = peaks[1] / peaks[0]
    detail = (
        f"{peaks[1]:,.0f} MB for {4 * few:,} images of 1000 × 750 against {peaks[0]:,.0f} MB for"
        f" {few:,}"
    )
    return [
        row(
            "peak memory, four times as many images",
            "≤ 1.05 ×",
            ratio,
            ratio <= 1.05,
            "×",
            detail,
        )
    ]


# --- widgets --------------------------------------------------------------------------------------


def widgets(quick: bool) -> list[tuple]:
    """The kernel's side of a change to an image that it has not met: encode, score 100 classes × 6
    descriptors, make what the page gets."""
    import clipnb

    count = 20 if quick else 100
    clip, data = clipnb.load_clip(cache=False), clipnb.load_fieldguide("test", per_species=2)
    bundled = clipnb.load_descriptors("fieldguide")
    texts = list(dict.fromkeys(text for row_ in bundled.values() for text in row_))
    described = {
        f"class {c}": [texts[(6 * c + k) % len(texts)] for k in range(6)] for c in range(100)
    }
    # drawing them is not part of a change of images
    drawn = [data.images[i] for i in range(count + 1)]
    widget = clipnb.widgets.explore_descriptors(clip, drawn, described, max_images=1)
    seconds = []
    for i in range(1, count + 1):
        start = time.perf_counter()
        widget._receive(widget, {"do": "choose", "picture": i, "view": "bench", "serial": i}, [])
        widget.state.ranking(), widget.state.probabilities()
        seconds.append(time.perf_counter() - start)
    assert widget.failures == 0 and widget.extra["index"] == count and widget.problem == ""
    p95 = 1000 * sorted(seconds)[int(0.95 * len(seconds))]
    detail = (
        f"bundled model, 100 classes, 600 descriptors, {count} new images, encoded, scored and"
        f" packed; median {1000 * statistics.median(seconds):.3g} ms"
    )
    return [
        row(
            "explore_descriptors, change to a new image, p95",
            "≤ 50 ms",
            p95,
            p95 <= 50,
            "ms",
            detail,
        )
    ]


BENCHMARKS = {
    "scoring": scoring,
    "encoding": encoding,
    "pipeline": pipeline,
    "explaining": explaining,
    "second-run": second_run,
    "import": importing,
    "memory": memory,
    "widgets": widgets,
}


def machine() -> str:
    import torch

    name = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        models = [
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ]
        name = models[0] if models else name
    gpu = f", {torch.cuda.get_device_name()}" if torch.cuda.is_available() else ""
    return (
        f"{name}, {os.cpu_count()} cores{gpu}; {platform.system()}, Python"
        f" {platform.python_version()}, torch {torch.__version__.split('+')[0]}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="small sizes")
    parser.add_argument(
        "--only",
        nargs="+",
        choices=BENCHMARKS,
        default=list(BENCHMARKS),
        metavar="NAME",
        help=", ".join(BENCHMARKS),
    )
    options = parser.parse_args()
    print(
        f"{machine()}{'; quick sizes' if options.quick else ''}\n\n| what | goal | measured |"
        " reached | how |\n| --- | --- | --- | --- | --- |",
        flush=True,
    )
    for name in options.only:
        for cells in BENCHMARKS[name](options.quick):
            print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()

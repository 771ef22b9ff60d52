"""Inputs nobody wrote on purpose: ``make fuzz`` tries 20,000, the test suite a few of each kind.

Every kind of input has an oracle of its own, written without the package's code: what the right
result is, or whether the input had to be refused. Two things are never accepted: an internal error
(an exception that no ``raise`` statement of clipnb made, or a message of several lines), and a wrong
result without a word. The seed and the number of an input make it again:

    make fuzz                                       all kinds, 20,000 inputs
    make fuzz FUZZ="--kind answers --inputs 500"    one kind
    make fuzz FUZZ="--kind images --only 7:123"     seed 7, input 123
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import linecache
import os
import random
import re
import shutil
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

import clipnb

PACKAGE = Path(clipnb.__file__).parent
SECONDS = 10  # for one input


class Refused(Exception):
    """clipnb said in a sentence that it does not take the input."""


def outcome(call: Callable[[], object]) -> tuple[object, list[str]]:
    """The result of a call and the warnings it gave; :class:`Refused` for a proper refusal, and an
    AssertionError for an internal error."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = call()
        except Exception as error:
            check_refusal(error)
            raise Refused(str(error)) from None
    return result, [str(one.message) for one in caught]


def check_refusal(error: Exception) -> None:
    """An error is one that clipnb raises itself, in one sentence."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(PACKAGE)]
    shown = "".join(traceback.format_exception(error))[-3000:]
    assert isinstance(error, (ValueError, OSError, TypeError, RuntimeError, ImportError)), shown
    assert ours and ours[-1] is frames[-1], f"an internal error:\n{shown}"
    line = linecache.getline(frames[-1].filename, frames[-1].lineno or 0).strip()
    assert line.startswith("raise"), f"an internal error:\n{shown}"
    assert len(str(error).splitlines()) == 1, f"not one sentence:\n{shown}"
    assert len(str(error)) < 2000, f"a message of {len(str(error))} characters:\n{shown}"


# --- text -----------------------------------------------------------------------------------------

WORDS = (
    "red blue small round short long spotted wing tail cap leaf beak throat stripe orange".split()
)
ODD = ["é", "鳥", "🐸", "\u202e", "\x1b[2J", "\x00", "\ud83d", "\ufeff", "$x_1$", "{}", "{0}", "%s"]
ODD += ['"', "\\", "\n", "\t", "<script>", "''", "  ", "--", "```", "[", "]", "{", "}", ":", ","]


def phrase(chance: random.Random, odd: float = 0.0) -> str:
    words = [chance.choice(WORDS) for _ in range(chance.randint(2, 5))]
    if chance.random() < odd:
        words.insert(chance.randrange(len(words) + 1), chance.choice(ODD))
    return "a " + " ".join(words)


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Some bytes changed, cut out, repeated or put in."""
    data = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data) + 1)
        kind = chance.choice(("flip", "cut", "repeat", "insert", "end"))
        if kind == "flip" and at < len(data):
            data[at] ^= 1 << chance.randrange(8)
        elif kind == "cut":
            del data[at : at + chance.randint(1, 20)]
        elif kind == "repeat":
            data[at:at] = data[at : at + chance.randint(1, 40)]
        elif kind == "insert":
            data[at:at] = chance.choice(ODD).encode("utf-8", "surrogatepass")
        elif kind == "end" and chance.random() < 0.3:
            del data[at:]
    return bytes(data)


# --- descriptor files -----------------------------------------------------------------------------


def descriptor_files(chance: random.Random, folder: Path) -> None:
    """Oracle: Python's json, with classes listed twice noticed. What is read is what the file
    says, class by class and text by text."""
    classes = {f"bird {i}": [phrase(chance) for _ in range(chance.randint(1, 4))] for i in range(3)}
    shapes = [
        classes,
        {"descriptors": classes, "provenance": {"model": "m"}},
        {name: texts[0] for name, texts in classes.items()},
        {name: {"shape": texts} for name, texts in classes.items()},
        {name: {"shape": texts[0], "size": "small"} for name, texts in classes.items()},
        [{"class": name, "descriptors": texts} for name, texts in classes.items()],
        {**classes, "none": []},
        {**classes, "odd": [phrase(chance, odd=1.0)]},
        {**classes, phrase(chance, odd=1.0): ["a red cap"]},
        {**classes, "BIRD 0": ["a blue cap"]},
        {**classes, "number": [3]},
    ]
    text = json.dumps(chance.choice(shapes), ensure_ascii=chance.random() < 0.5, indent=1)
    if chance.random() < 0.1:
        text = text.rstrip("}\n ") + ', "bird 0": ["another list"]}'
    content = text.encode("utf-8", "surrogatepass")
    if chance.random() < 0.6:
        content = mutated(content, chance)
    path = folder / "d.json"
    path.write_bytes(content)
    try:
        read, said = outcome(lambda: clipnb.load_descriptors(path))
    except Refused as error:
        assert "d.json" in str(error) or "class" in str(error) or "descriptors of" in str(error)
        return
    try:
        truth = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise AssertionError(f"read although it is wrong ({error}): {dict(read)}") from None
    truth = next(
        (
            truth[key]
            for key in ("texts", "descriptors", "prompts")
            if isinstance(truth.get(key), dict)
        ),
        truth,
    )
    assert dict(read) == truth or said, f"{dict(read)}\nis not\n{truth}"


def _once(pairs: list) -> dict:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a name is there twice")
    return dict(pairs)


# --- answers of language models -------------------------------------------------------------------


def answers(chance: random.Random, folder: Path) -> None:
    """Oracle: the list that was written down in one of the ways models have. Where the answer was
    changed afterwards, it must be read fast, and nothing be invented."""
    from clipnb.classify.quality import parse_list

    items = list(dict.fromkeys(phrase(chance) for _ in range(chance.randint(2, 8))))
    styles: list[Callable[[list[str]], str]] = [
        lambda x: "\n".join(f"- {one}" for one in x),
        lambda x: "\n".join(f"* {one}" for one in x),
        lambda x: "\n".join(f"{i}. {one}" for i, one in enumerate(x, 1)),
        lambda x: "\n".join(f"{i}) {one}" for i, one in enumerate(x, 1)),
        lambda x: "\n".join(f"• {one}" for one in x),
        json.dumps,
        lambda x: json.dumps({"descriptors": x}, indent=chance.choice((None, 1, 2))),
        lambda x: json.dumps([{"feature": one} for one in x]),
        lambda x: json.dumps({str(i): one for i, one in enumerate(x)}),
        str,
        lambda x: "\n".join(f'"{one}"' for one in x),
    ]
    frames = [
        lambda text: text,
        lambda text: f"Here are some features:\n\n{text}",
        lambda text: f"```json\n{text}\n```" if text[0] in "[{" else text,
        lambda text: f"Sure!\n\n```\n{text}\n```\n\nI hope this helps!",
        lambda text: f"<think>\n- maybe grey\n</think>\n\n{text}",
        lambda text: f"- maybe grey\n- red?\n</think>\n{text}",
        lambda text: f"\n\n{text}\n\n",
    ]
    text = chance.choice(frames)(chance.choice(styles)(items))
    whole = chance.random() < 0.5
    if not whole:
        text = mutated(text.encode(), chance).decode("utf-8", "replace")
    start = time.monotonic()
    found, _ = outcome(lambda: parse_list(text))
    assert time.monotonic() - start < 1, "slow"
    assert isinstance(found, list) and all(isinstance(one, str) for one in found)
    if whole:
        assert found == items, f"{found}\nis not\n{items}\nin {text!r}"
    there = set(re.findall(r"[a-z]{2,}", text))
    for one in found:
        invented = [word for word in re.findall(r"[a-z]{2,}", one) if word not in there]
        # what was cut apart by a control character may be joined
        assert not invented or not text.isprintable(), f"invented {invented} in {one!r}: {text!r}"


# --- images ---------------------------------------------------------------------------------------

FORMATS = {"png": "PNG", "bmp": "BMP", "tif": "TIFF", "ppm": "PPM"}
TURNS = [  # what numpy does to show an image with this EXIF orientation upright
    lambda a: a,
    lambda a: a[:, ::-1],
    lambda a: a[::-1, ::-1],
    lambda a: a[::-1],
    lambda a: a.transpose(1, 0, 2),
    lambda a: np.rot90(a, -1),
    lambda a: a.transpose(1, 0, 2)[::-1, ::-1],
    lambda a: np.rot90(a, 1),
]


def _drawn(chance: random.Random) -> tuple[Image.Image, np.ndarray]:
    """An image of some mode, and what it shows as (height, width, 3), computed with numpy."""
    rng = np.random.default_rng(chance.randrange(1 << 30))
    h, w = chance.randint(1, 40), chance.randint(1, 40)
    colour = rng.integers(0, 256, (h, w, 3), np.uint8)
    grey = colour[..., 0]
    mode = chance.choice(("RGB", "L", "1", "RGBA", "LA", "P"))
    if mode == "RGB":
        return Image.fromarray(colour), colour
    if mode == "L":
        return Image.fromarray(grey), np.repeat(grey[..., None], 3, 2)
    if mode == "1":
        bits = grey > 127
        return Image.fromarray(bits), np.repeat(bits[..., None], 3, 2).astype(np.uint8) * 255
    if mode == "P":
        image = Image.fromarray(grey % 16, "P")
        palette = rng.integers(0, 256, (16, 3), np.uint8)
        image.putpalette(palette.tobytes())
        return image, palette[grey % 16]
    opacity = rng.integers(0, 256, (h, w), np.uint8)
    rgb = colour if mode == "RGBA" else np.repeat(grey[..., None], 3, 2)
    share = opacity[..., None] / 255
    shown = np.rint(rgb * share + 255 * (1 - share)).astype(np.uint8)
    made = np.dstack([colour, opacity]) if mode == "RGBA" else np.dstack([grey, opacity])
    return Image.fromarray(made, mode), shown


def images(chance: random.Random, folder: Path) -> None:
    """Oracle: numpy's idea of the picture, turned as EXIF says. A file that was changed is read or
    named in a warning, and never stops what follows."""
    image, shown = _drawn(chance)
    suffix = chance.choice(list(FORMATS) if image.mode in ("RGB", "L") else ["png", "tif"])
    turn, options = 1, {}
    if suffix in ("png", "tif") and chance.random() < 0.5:
        turn = chance.randint(1, 8)
        exif = Image.Exif()
        exif[0x0112] = turn
        options["exif"] = exif
    photos = folder / "photos"
    photos.mkdir()
    path = photos / f"a.{suffix}"
    image.save(path, FORMATS[suffix], **options)
    whole = chance.random() < 0.4
    if not whole:
        path.write_bytes(mutated(path.read_bytes(), chance))
    Image.new("RGB", (9, 9), "red").save(photos / "good.png")
    data, said = outcome(lambda: clipnb.load_images(photos))
    names = [Path(source).name for source in data.sources]
    assert "good.png" in names
    if path.name not in names:
        assert not whole, f"a good {image.mode} {suffix} was not read: {said}"
        assert any(path.name in one for one in said), f"{path.name} is missing, nothing said"
        return
    try:
        found = np.asarray(outcome(lambda: data.images[names.index(path.name)])[0], int)
    except Refused as error:
        assert not whole and path.name in str(error), error
        return
    assert found.ndim == 3 and found.shape[2] == 3
    if whole:
        right = TURNS[turn - 1](shown).astype(int)
        assert found.shape == right.shape, f"{found.shape} is not {right.shape}, turn {turn}"
        worst = int(np.abs(found - right).max())
        assert worst <= 1, f"{image.mode} in {suffix}, turn {turn}: off by {worst}"


# --- folders --------------------------------------------------------------------------------------


def folders(chance: random.Random, folder: Path) -> None:
    """Oracle: the tree as it was built. Every image of a class folder is there once, under the name
    of its folder, or the warnings say that something was left out."""
    root, truth, left_out = folder / "photos", {}, False
    root.mkdir()
    names = ["robin", "Wren", "owl_eagle", "été", "a b", "$x$", "train", ".hidden", "@eaDir", "x.y"]
    for name in chance.sample(names, chance.randint(1, 4)):
        place = root / name
        place.mkdir()
        hidden = name.startswith((".", "@"))
        for i in range(chance.randint(0, 3)):
            target = place / chance.choice(("", "deep", ".thumbnails"))
            target.mkdir(exist_ok=True)
            kind = chance.choice(("png", "png", "broken", "text", "empty"))
            file = target / f"{i}.{'txt' if kind == 'text' else 'png'}"
            if kind == "png":
                colour = tuple(chance.randrange(256) for _ in range(3))
                Image.new("RGB", (8, 8), colour).save(file)
                if not hidden and target.name != ".thumbnails":
                    truth.setdefault(name.replace("_", " "), []).append(file)
            else:
                file.write_bytes(b"" if kind == "empty" else b"no image at all")
                left_out |= kind != "text"
    if chance.random() < 0.2:
        Image.new("RGB", (8, 8)).save(root / "beside.png")
    if chance.random() < 0.2:
        (root / "again").symlink_to(chance.choice([".", "robin", "nowhere"]))
    try:
        data, said = outcome(lambda: clipnb.load_images(root))
    except Refused as error:
        assert "photos" in str(error) or any(name in str(error) for name in names), error
        return
    read: dict[str, int] = {}
    for label in data.labels:
        if label >= 0:
            name = data.class_names[label]
            read[name] = read.get(name, 0) + 1
    expected = {name: len(files) for name, files in truth.items()}
    if read != expected and not (not truth and all(label < 0 for label in data.labels)):
        assert said, f"{read} is not {expected}, and nothing is said"
        assert sum(read.values()) <= sum(expected.values()), f"{read} of {expected}: {said}"


# --- command lines --------------------------------------------------------------------------------


def commands(chance: random.Random, folder: Path) -> None:
    """Oracle: a command ends with a code, and with at most a few lines of its own."""
    from clipnb.__main__ import main

    (folder / "d.json").write_text('{"robin": ["an orange breast"], "wren": ["a short tail"]}')
    (folder / "photos").mkdir()
    words = ["report", "ask", "embed", "pretrain", "--help", "--model", "--out", "--descriptors"]
    words += ["--max-images", "--seed", "--style", "--minutes", "--batch-size", "0", "-1", "1.5"]
    words += ["nan", "", "x", str(folder / "d.json"), str(folder / "photos"), "~nobody/x", "a\0b"]
    words += ["\ud83d", "\x1b[2J", "--part-size", "--base-url", "http://[::1", "--work", "--images"]
    arguments = [chance.choice(words) for _ in range(chance.randint(1, 6))]
    if arguments[0] == "pretrain" or not set(arguments) & {"report", "ask", "embed"}:
        arguments += ["--minutes", "nan"] if arguments[0] == "pretrain" else ["--help"]
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main(arguments)
        except SystemExit as end:  # argparse
            code = end.code
    assert isinstance(code, int) and 0 <= code <= 130, f"{arguments}: exit code {code!r}"
    said = err.getvalue()
    assert "Traceback" not in said and "\x1b" not in said, f"{arguments}: {said[-2000:]}"
    assert code == 0 or said.strip(), f"{arguments}: exit code {code} without a word"


# --- answers in notebooks -------------------------------------------------------------------------


class Hostile:
    """An answer that raises whatever is done with it."""

    def _no(self, *_: object) -> None:
        raise RuntimeError("no")

    __repr__ = __eq__ = __len__ = __iter__ = __getitem__ = __bool__ = __float__ = __call__ = _no
    __hash__ = object.__hash__


def notebook_answers(chance: random.Random, folder: Path) -> None:
    """Oracle: a check says something and never raises, and no rubbish passes it."""
    import inspect

    import torch

    from clipnb import checks

    pool: list = [
        None,
        "",
        "x" * 5000,
        "a\0b",
        "~nobody-here/report.html",
        float("nan"),
        -1,
        10**30,
    ]
    pool += [[], {}, (), Hostile(), [Hostile()], torch.full((2, 2), float("nan")), np.zeros((0, 3))]
    pool += [
        lambda *a, **k: None,
        lambda *a, **k: 1 / 0,
        type,
        {"a": None},
        b"bytes",
        True,
        object(),
    ]
    names = [one for one in checks.__all__ if one.startswith("check_")]
    name = chance.choice(names)
    function = getattr(checks, name)
    given = [chance.choice(pool) for _ in inspect.signature(function).parameters]
    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            passed = function(*given)
    except Exception:
        raise AssertionError(f"{name} raised:\n{traceback.format_exc()[-2000:]}") from None
    assert passed is not True, f"{name} accepts {[type(one).__name__ for one in given]}"


# --- the runs -------------------------------------------------------------------------------------

KINDS: dict[str, Callable[[random.Random, Path], None]] = {
    "descriptors": descriptor_files,
    "answers": answers,
    "images": images,
    "folders": folders,
    "commands": commands,
    "notebooks": notebook_answers,
}
SHARES = {"descriptors": 6, "answers": 6, "images": 4, "folders": 2, "commands": 1, "notebooks": 1}


def one(kind: str, seed: int, number: int) -> str | None:
    """Try one input; what is wrong with its outcome, or None."""
    folder = Path(tempfile.mkdtemp(prefix="clipnb-fuzz-"))
    start = time.monotonic()
    try:
        KINDS[kind](random.Random(f"{kind} {seed} {number}"), folder)
    except Refused:
        pass
    except AssertionError as error:
        return str(error) or traceback.format_exc()[-1500:]
    except Exception:
        return f"an internal error:\n{traceback.format_exc()[-3000:]}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    took = time.monotonic() - start
    return f"took {took:.0f} s" if took > SECONDS else None


def run(kind: str, seed: int, count: int) -> list[tuple[int, str]]:
    """Inputs 0 … count - 1 of a kind: the numbers and words of those that went wrong."""
    found = ((number, one(kind, seed, number)) for number in range(count))
    return [(number, what) for number, what in found if what]


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    options.add_argument("--kind", choices=KINDS)
    options.add_argument("--inputs", type=int, default=20_000, help="of all kinds together")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--only", metavar="SEED:NUMBER", help="one input, with --kind")
    given = options.parse_args()
    os.environ.setdefault("CLIPNB_CACHE", tempfile.mkdtemp(prefix="clipnb-fuzz-cache-"))
    os.environ |= {"CLIPNB_PROGRESS": "0", "HF_HUB_OFFLINE": "1"}
    if given.only:
        seed, number = map(int, given.only.split(":"))
        print(one(given.kind, seed, number) or "fine")
        return 0
    kinds = {given.kind: 1} if given.kind else SHARES
    total = 0
    for kind, share in kinds.items():
        count, start = max(1, given.inputs * share // sum(kinds.values())), time.monotonic()
        wrong = run(kind, given.seed, count)
        total += len(wrong)
        print(f"{kind:<12} {count:>6} inputs, {len(wrong)} wrong, {time.monotonic() - start:.0f} s")
        for number, what in wrong[:20]:
            print(f"  --kind {kind} --only {given.seed}:{number}: {what[:1500]}")
        sys.stdout.flush()
    import resource  # not on Windows

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(f"peak memory {peak:,} MB")
    return int(total > 0 or peak > 2000)


if __name__ == "__main__":
    sys.exit(main())

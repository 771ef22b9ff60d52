"""Reading by the worker processes of a DataLoader: the same images in the same order with any number
of them, under fork and under spawn; how many there are; and a worker that dies."""

import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import time
import weakref
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

import clipnb
from clipnb.data.budget import PixelBudget
from clipnb.data.images import LazyImages
from clipnb.model import reading
from clipnb.model.encoding import BatchSize, NotEncoded, in_batches
from clipnb.model.reading import Reader, number_of_workers

forks = pytest.mark.skipif(
    multiprocessing.get_context().get_start_method() != "fork", reason="no fork here"
)

HERE = os.getpid()


def painted(i):
    return Image.new("RGB", (20, 10), (i % 256, i // 256, 7))


def broken():
    raise OSError("image file is truncated: x.jpg")


def killed():
    """What a fault in a decoder does, or the system where memory runs out."""
    if os.getpid() != HERE:
        os.kill(os.getpid(), signal.SIGKILL)
    return painted(0)


def corner(image):
    return torch.from_numpy(np.array(image))


def images(n, **odd):
    openers = [partial(painted, i) for i in range(n)]
    for place, opener in odd.items():
        openers[int(place[1:])] = opener
    return LazyImages(openers)


def children():
    return multiprocessing.active_children()


@pytest.fixture
def files(tmp_path):
    for i in range(90):
        painted(i).resize((40, 30)).save(tmp_path / f"{i:02d}.jpg")
    return tmp_path


# --- what is read ---------------------------------------------------------------------------------


@forks
@pytest.mark.parametrize("workers", [0, 1, 3])
def test_order_pixels_and_failures_are_those_of_a_loop(workers):
    lazy, which = images(75, i4=broken, i70=broken), [*range(74, 20, -1), 4, 2]
    failed = {}
    got = list(Reader(lazy, which, corner, workers).read(failed))
    assert [i for i, _ in got] == [i for i in which if i not in (4, 70)]
    assert all(torch.equal(pixels, corner(painted(i))) for i, pixels in got)
    assert list(failed) == [70, 4] and isinstance(failed[4], OSError)
    assert str(failed[4]) == "image file is truncated: x.jpg" and not children()


@forks
def test_embeddings_are_bit_equal_with_and_without_workers(files):
    data = clipnb.load_images(files)
    paths = sorted(files.iterdir())
    without = clipnb.load_clip(cache=False, workers=0)
    with_two = clipnb.load_clip(cache=False, workers=2)
    expected = without.encode_images(data)
    assert torch.equal(with_two.encode_images(data), expected)
    assert torch.equal(with_two.encode_images(paths), without.encode_images(paths))


@forks
def test_what_an_unusual_processor_makes_comes_through(files):
    prepare = lambda image: {"a": torch.ones(1, 2), "n": torch.tensor([len(image.size)])}
    (_, one), *_ = Reader(images(3), [0, 1], prepare, 1).read()
    assert torch.equal(one["a"], torch.ones(1, 2)) and one["n"].dtype == torch.int64


@forks
@pytest.mark.parametrize("workers", [0, pytest.param(2, marks=pytest.mark.slow)])
def test_a_broken_image_stops_a_plain_run_and_its_workers(workers):
    lazy = images(500, i50=broken)
    with pytest.raises(OSError, match="x.jpg"):
        list(Reader(lazy, range(500), corner, workers).read())
    gc.collect()
    assert not children()


@forks
def test_a_broken_file_is_named_and_all_others_are_encoded(files):
    data = clipnb.load_images(files)
    (files / "03.jpg").write_bytes(b"no image")
    with pytest.raises(NotEncoded, match=r"1 of 90 images .*'03.jpg'.*was changed") as caught:
        clipnb.load_clip(cache=False, workers=2).encode_images(data)
    assert caught.value.embeddings.isnan().any(1).sum() == 1 and not children()


@forks
def test_images_are_read_while_the_model_runs():
    """The last chunk is read before the first batch has left the model: this would wait for ever,
    and is stopped, if reading waited for the model."""
    last = multiprocessing.Event()

    def prepare(image):
        if image.getpixel((0, 0))[0] == 40:
            last.set()
        return torch.zeros(1)

    def forward(chunk):
        assert last.wait(20), "nothing was read while the model ran"
        return torch.zeros(len(chunk), 1)

    ready = Reader(images(48), range(48), prepare, 1).read()
    assert sum(len(which) for which, _ in in_batches(ready, forward, BatchSize(4))) == 48


@forks
def test_no_more_than_a_few_chunks_wait():
    begun = multiprocessing.Value("i", 0)

    def prepare(image):
        with begun.get_lock():
            begun.value += 1
        return 0

    ready = Reader(images(2000), range(2000), prepare, 2).read()
    next(ready)
    time.sleep(0.5)
    assert begun.value <= reading.CHUNK * (2 * reading.AHEAD + 3)
    ready.close()
    assert not children()


def test_without_workers_one_decoded_image_is_held_at_a_time():
    alive, most = [], []

    def open_image():
        image = Image.new("RGB", (500, 400))
        weakref.finalize(image, alive.pop)
        alive.append(1)
        most.append(len(alive))
        return image

    clipnb.load_clip(cache=False, workers=0).encode_images(LazyImages([open_image] * 100))
    assert len(most) == 100 and max(most) <= 2 and not alive


@forks
def test_nothing_is_said_and_no_random_number_is_drawn(clip, capfd):
    clip.tokenize([f"a bird {i}" for i in range(300)])  # in threads of its own
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    before = os.environ.get("TOKENIZERS_PARALLELISM")
    list(Reader(images(40), range(40), corner, 2).read())
    assert torch.rand(1) == expected and os.environ.get("TOKENIZERS_PARALLELISM") == before
    assert capfd.readouterr() == ("", "")


# --- a worker that dies ---------------------------------------------------------------------------


@forks
def test_a_worker_that_dies_is_one_text_with_the_name_of_the_file(files):
    data = clipnb.load_images(files)
    data.images._openers[41] = killed
    with pytest.raises(RuntimeError) as caught:
        clipnb.load_clip(cache=False, workers=2).encode_images(data)
    said = str(caught.value)
    assert said.startswith("The process that read '41.jpg' died (Killed): the file is damaged")
    assert "\n" not in said and "load_clip(…, workers=0)" in said
    gc.collect()
    assert not children()
    # what is read here is not in danger
    assert len(clipnb.load_clip(cache=False, workers=0).encode_images(data)) == 90


def test_other_errors_are_no_deaths():
    reader = Reader(images(2), [0, 1], corner, 0)
    assert reader.died(RuntimeError("mat1 and mat2 shapes cannot be multiplied")) is None
    said = "DataLoader worker (pid(s) 12, 13) exited unexpectedly"
    assert reader.died(RuntimeError(said)) == (None, "it ended by itself")


# --- how many -------------------------------------------------------------------------------------


@pytest.fixture
def cores(monkeypatch):
    def set_cores(n, method="fork"):
        monkeypatch.setattr(reading, "usable_cores", lambda: n)
        context = SimpleNamespace(get_start_method=lambda: method)
        monkeypatch.setattr(reading.multiprocessing, "get_context", lambda: context)

    return set_cores


def test_workers_are_started_where_they_pay(cores, monkeypatch):
    cores(1)
    assert number_of_workers(10**6, 0.01) == 0
    cores(8)
    assert number_of_workers(10**6, 0.01) == 8 and number_of_workers(50, 0.005) == 0
    assert number_of_workers(100, 0.02) == 8 and number_of_workers(10**4, 1e-6) == 0
    cores(64)
    assert number_of_workers(10**6, 0.01) == reading.MOST_WORKERS
    cores(8, "spawn")
    # as `python -m pytest` has it, and the command pytest has not
    monkeypatch.setattr(sys.modules["__main__"], "__spec__", object())
    assert number_of_workers(10**6, 0.01) == 8 and number_of_workers(1000, 0.005) == 0
    monkeypatch.setattr(sys.modules["__main__"], "__spec__", None)
    monkeypatch.setattr(sys.modules["__main__"], "__file__", "script.py", raising=False)
    assert number_of_workers(10**6, 0.01) == 0
    cores(8)
    process = SimpleNamespace(daemon=True)
    monkeypatch.setattr(reading.multiprocessing, "current_process", lambda: process)
    assert number_of_workers(10**6, 0.01) == 0


def test_few_images_and_images_in_memory_are_read_here(monkeypatch, files, clip):
    monkeypatch.setattr(reading, "number_of_workers", lambda *_: pytest.fail("workers"))
    given = [painted(i) for i in range(60)]
    data = clipnb.ImageDataset(given, [0] * 60, ["a"])
    assert data.images.in_memory and data.select(range(50)).images[:40].in_memory
    for some in (given, data, sorted(files.iterdir())[:20]):
        assert len(clip.encode_images(some)) == len(some)
    assert not clipnb.load_images(files).images.in_memory


def test_inside_ray_the_cores_are_those_that_ray_gave(monkeypatch):
    given = SimpleNamespace(
        get_actor_id=lambda: "a",
        get_task_id=lambda: None,
        get_assigned_resources=lambda: {"CPU": 1},
    )
    ray = SimpleNamespace(is_initialized=lambda: True, get_runtime_context=lambda: given)
    monkeypatch.setitem(sys.modules, "ray", ray)
    assert reading.usable_cores() == 1
    given.get_actor_id = lambda: None
    monkeypatch.delitem(sys.modules, "ray")
    assert reading.usable_cores() == len(os.sched_getaffinity(0))


def test_large_images_are_counted_in_all_processes_together():
    context = multiprocessing.get_context()
    one, other = PixelBudget(100), PixelBudget(100)
    parts = context.Condition(), context.Value("q", 0, lock=False)
    one.share(*parts)
    other.share(*parts)
    with one.using(60):
        assert other.used == 60
        with other.using(40):
            assert one.used == 100
    assert one.used == other.used == 0


# --- processes that start anew --------------------------------------------------------------------

SCRIPT = """
import multiprocessing, sys
import clipnb
from clipnb.model import reading
print("once", flush=True)
reading.usable_cores = lambda: 2
reading.STARTED = (0, 0)
multiprocessing.set_start_method("spawn", force=True)
clip = clipnb.load_clip(cache=False, workers={workers})
if {guard}:
    print(tuple(clip.encode_images(clipnb.load_images(sys.argv[1])).shape))
"""


@pytest.mark.slow
@pytest.mark.parametrize("workers, guard", [(None, True), (2, '__name__ == "__main__"')])
def test_a_script_under_spawn_is_not_run_once_more(workers, guard, files, tmp_path_factory):
    script = tmp_path_factory.mktemp("script") / "script.py"
    script.write_text(SCRIPT.format(workers=workers, guard=guard))
    run = [sys.executable, str(script), str(files)]
    ended = subprocess.run(
        run, capture_output=True, text=True, env=os.environ | {"CLIPNB_PROGRESS": "0"}
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.count("(90, ") == 1
    assert ended.stdout.count("once") == (1 if workers is None else 3)


@pytest.mark.slow
def test_the_same_under_spawn(files, monkeypatch):
    context = multiprocessing.get_context("spawn")
    monkeypatch.setattr(reading.multiprocessing, "get_context", lambda: context)
    data = clipnb.load_images(files)
    expected = clipnb.load_clip(cache=False, workers=0).encode_images(data)
    assert torch.equal(clipnb.load_clip(cache=False, workers=1).encode_images(data), expected)
    # what cannot be handed over is read here
    local = lambda image: 1
    assert len(list(Reader(images(5), range(5), local, 1).read())) == 5

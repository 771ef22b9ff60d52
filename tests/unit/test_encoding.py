"""How images go through a model: agreement with its own processor, memory, order, half
precision."""

import functools
import logging
import warnings

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image

import clipnb
from clipnb.model.clip import BUNDLED
from clipnb.model.encoding import BatchSize, NotEncoded, Pixels, fitting, in_batches

needs_gpu = pytest.mark.skipif(
    not torch.cuda.is_available(), reason="this check needs a CUDA GPU, and there is none"
)
SIZES = [(80, 80), (300, 200), (200, 300), (1, 1), (31, 700), (223, 225), (1000, 37), (224, 224)]


@pytest.fixture(scope="module")
def model():
    return clipnb.load_clip(cache=False)


@pytest.fixture(scope="module")
def images():
    """Images of all shapes with fine detail, where another way of resizing would show."""
    noise = np.random.default_rng(0)
    return [
        Image.fromarray(noise.integers(0, 256, (height, width, 3), np.uint8))
        for width, height in SIZES
    ]


def processors():
    from transformers import CLIPImageProcessorPil, SiglipImageProcessorPil

    return {
        "CLIP": CLIPImageProcessorPil(),
        "bundled": CLIPImageProcessorPil.from_pretrained(BUNDLED),
        "a crop that needs a margin": CLIPImageProcessorPil(
            size={"shortest_edge": 20}, crop_size={"height": 33, "width": 28}
        ),
        "SigLIP": SiglipImageProcessorPil(size={"height": 48, "width": 32}),
    }


@pytest.mark.parametrize("name", processors())
def test_pixels_agree_with_the_models_own_processor(name, images):
    processor = processors()[name]
    pixels = Pixels(processor)
    theirs = processor(images=images, return_tensors="pt")["pixel_values"]
    ours = pixels.finish([pixels.prepare(p) for p in images], torch.device("cpu"), torch.float32)[
        "pixel_values"
    ]
    assert pixels.simple and ours.shape == theirs.shape and ours.is_contiguous()
    assert (ours - theirs).abs().max() < 1e-6


def test_embeddings_agree_with_transformers_alone(model, images):
    inputs = model.image_processor(images=images, return_tensors="pt")
    with torch.no_grad():
        theirs = model.model.get_image_features(**inputs).pooler_output
    assert torch.cosine_similarity(model.encode_images(images), theirs).min() > 1 - 1e-6


def test_the_last_layer_works_on_the_class_token_alone_and_only_while_images_are_encoded(
    clip, fieldguide
):
    mlp, rows = clip.model.vision_model.encoder.layers[-1].mlp, []
    watch = mlp.register_forward_hook(lambda mlp, inputs, output: rows.append(output.shape[1]))
    try:
        clip.encode_images([fieldguide.images[0]])
        with torch.inference_mode():
            clip.model.get_image_features(
                **clip.image_processor(images=[fieldguide.images[0]], return_tensors="pt")
            )
    finally:
        watch.remove()
    assert rows == [1, 65]


def test_a_processor_of_another_sort_is_called_itself(images):
    from transformers import Siglip2ImageProcessorPil

    processor = Siglip2ImageProcessorPil(max_num_patches=16)
    pixels = Pixels(processor)
    joined = pixels.finish(
        [pixels.prepare(p) for p in images[:3]], torch.device("cpu"), torch.bfloat16
    )
    theirs = processor(images=images[:3], return_tensors="pt")
    assert (
        not pixels.simple
        and set(joined) == set(theirs)
        and joined["pixel_values"].dtype == torch.bfloat16
    )
    assert torch.equal(joined["spatial_shapes"], theirs["spatial_shapes"])


# --- batches --------------------------------------------------------------------------------------


class Small:
    """A model that has room for a few items only."""

    def __init__(self, room, error=torch.OutOfMemoryError):
        self.room, self.error, self.sizes = room, error, []

    def __call__(self, chunk):
        self.sizes.append(len(chunk))
        if len(chunk) > self.room:
            raise self.error("CUDA out of memory. Tried to allocate 2.00 GiB")
        return torch.tensor(chunk, dtype=torch.float32)[:, None]


def run(model, count, size, prepare=float):
    got = list(in_batches(((i, prepare(i)) for i in range(count)), model, size))
    assert [i for which, _ in got for i in which] == list(range(count))
    assert np.concatenate([embeddings for _, embeddings in got])[:, 0].tolist() == list(
        range(count)
    )


def test_out_of_memory_halves_the_batch_and_remembers():
    model, size = Small(room=10), BatchSize(64)
    with pytest.warns(UserWarning, match="64 at once .* going on with 8"):
        run(model, 150, size)
    assert model.sizes[:4] == [64, 32, 16, 8] and max(model.sizes[4:]) == 8 == size.now
    again = Small(room=10)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run(again, 20, size)
    assert again.sizes == [8, 8, 4]


def test_one_item_too_many_is_an_error_and_other_errors_pass():
    with pytest.raises(torch.OutOfMemoryError, match="Not even one image"):
        run(Small(room=0), 5, BatchSize(4))
    with pytest.raises(RuntimeError, match="shape"):
        BatchSize(4).run(lambda chunk: torch.zeros(2) @ torch.zeros(3, 3), [1])
    with pytest.raises(ValueError, match="batch_size is 0"):
        clipnb.load_clip(batch_size=0)


def test_a_clip_on_a_small_device_gives_the_same_embeddings(model, fieldguide):
    some, small = fieldguide.select(range(0, 60, 3)), clipnb.load_clip(cache=False, batch_size=16)
    inner, sizes = small.model.get_image_features, []

    def limited(pixel_values):
        sizes.append(len(pixel_values))
        if len(pixel_values) > 5:
            raise torch.OutOfMemoryError("out of memory")
        return inner(pixel_values=pixel_values)

    small._image_features = limited
    with pytest.warns(UserWarning, match="batch_size=4"):
        embeddings = small.encode_images(some)
    assert (
        sizes == [16, 8, 4, 4, 4, 4, 4]
        and (embeddings - model.encode_images(some)).abs().max() < 1e-5
    )


def test_batches_fit_into_memory():
    gib = 2**30
    assert (
        fitting(80 * gib, 40e6) == 512
        and fitting(4 * gib, 40e6) == 64
        and fitting(gib, gib) == 1
        and fitting(0, 1) == 1
    )
    assert all(fitting(free, 3e6) * 3e6 <= free for free in range(10**7, 10**10, 10**8))


def broken():
    raise OSError("image file is truncated: x.jpg")


def test_a_broken_image_is_named_and_the_others_are_encoded_and_kept(
    model, fieldguide, tmp_path, monkeypatch
):
    monkeypatch.setenv("CLIPNB_CACHE", str(tmp_path))
    some = fieldguide.select(range(90))
    openers = list(some.images._openers)
    openers[7] = openers[80] = broken
    keys = [f"a broken one is among them {i}" for i in range(90)]
    data = clipnb.ImageDataset(
        clipnb.data.images.LazyImages(openers), some.labels, some.class_names, keys, some.sources
    )
    kept = clipnb.load_clip(batch_size=16)
    with pytest.raises(NotEncoded, match="2 of 90 images could not be encoded: 'test/") as caught:
        kept.encode_images(data)
    said = str(caught.value)
    assert said.count("truncated: x.jpg") == 2 and f"'{some.sources[80]}'" in said
    assert "The other 88 are in the cache." in said and list(caught.value.failed) == [7, 80]
    healthy = np.delete(np.arange(90), [7, 80])
    expected = model.encode_images(some)[healthy]
    assert (caught.value.embeddings[healthy] - expected).abs().max() < 1e-5
    assert caught.value.embeddings[[7, 80]].isnan().all()
    assert (kept.encode_images(data.select(healthy)) - expected).abs().max() < 1e-5
    assert kept.encoded == 88  # none a second time


def test_embed_writes_what_can_be_read_and_names_the_rest(fieldguide, tmp_path):
    pytest.importorskip("pyarrow")
    some = fieldguide.select(range(30))
    openers = list(some.images._openers)
    openers[3] = openers[25] = broken
    data = clipnb.ImageDataset(
        clipnb.data.images.LazyImages(openers),
        some.labels,
        some.class_names,
        [f"embed {i}" for i in range(30)],
        some.sources,
    )
    clip = clipnb.load_clip(cache=False)
    with pytest.raises(ValueError, match="2 of 30 images could not be embedded: 'test/.*x.jpg"):
        clipnb.embed(data, tmp_path, clip, part_size=8)
    assert len(clipnb.load_embeddings(tmp_path)) == 28 and clip.encoded == 28
    repaired = clipnb.ImageDataset(
        some.images, some.labels, some.class_names, data.keys, some.sources
    )
    clipnb.embed(repaired, tmp_path, clip, part_size=8)
    kept = clipnb.load_embeddings(tmp_path)
    assert kept.sources == some.sources and clip.encoded == 30
    assert (torch.from_numpy(kept.embeddings) - clip.encode_images(some)).abs().max() < 1e-5


def test_what_encode_images_takes(model, fieldguide, tmp_path):
    images = [fieldguide.images[i] for i in (0, 20, 40)]
    expected = model.encode_images(images)
    paths = [tmp_path / f"{i}.png" for i in range(3)]
    for image, path in zip(images, paths):
        image.save(path)
    for given in (
        paths,
        [str(path) for path in paths],
        (image for image in images),
        tuple(images),
        pd.Series(images, index=[2, 0, 1]),
        pd.Series(paths, index=[5, 6, 7]),
        np.stack([np.asarray(image) for image in images]),
        [images[0], np.asarray(images[1]), paths[2]],
    ):
        assert (model.encode_images(given) - expected).abs().max() < 1e-5
    for alone in (paths[0], str(paths[0]), images[0], np.asarray(images[0])):
        assert (model.encode_images(alone) - expected[:1]).abs().max() < 1e-5
    for given, error, said in (
        (None, TypeError, "Images were expected, but got NoneType"),
        (3, TypeError, "got int"),
        ({"a": images[0]}, TypeError, "got dict"),
        (pd.DataFrame({"image": images}), TypeError, "got DataFrame"),
        ([3, images[0]], ValueError, "1 of 2 images .*image 0: An image was expected, but got int"),
        ("https://example.org/a.jpg", ValueError, "download the image"),
        (tmp_path, ValueError, "is a folder; give load_images"),
        ([tmp_path / "no.png"], ValueError, "no.png' cannot be read: No such file"),
    ):
        with pytest.raises(error, match=said):
            model.encode_images(given)


def test_a_long_thin_image_is_cropped_before_it_is_enlarged(monkeypatch):
    """With the same result as the processor's, but for the rounding of where the crop begins."""
    noise = np.random.default_rng(0)
    for name, processor in processors().items():
        pixels = Pixels(processor)
        if not pixels.shortest:
            continue
        for width, height in ((3, 500), (500, 3), (40, 900)):
            # far from 0 and 255: what Pillow cuts off depends on which side it resizes first
            smooth = Image.fromarray(noise.integers(90, 160, (height, width, 3), np.uint8))
            monkeypatch.setattr("clipnb.model.encoding.MOST_ENLARGED", 1 << 40)
            whole = pixels.prepare(smooth).numpy().astype(int)
            monkeypatch.setattr("clipnb.model.encoding.MOST_ENLARGED", 1)
            part = pixels.prepare(smooth).numpy().astype(int)
            assert whole.shape == part.shape and np.abs(whole - part).max() <= 2, name
    monkeypatch.undo()
    pixels = Pixels(processors()["CLIP"])
    assert pixels.prepare(Image.new("RGB", (1, 60_000), "red")).unique().tolist() == [0, 255]


# --- precision, compilation, texts ------------------------------------------------------------


def test_half_precision_stays_close_and_full_precision_is_silent(model, fieldguide):
    some = fieldguide.select(range(0, len(fieldguide), 25))
    half = clipnb.load_clip(dtype=torch.bfloat16, cache=False)
    embeddings, texts = half.encode_images(some), half.encode_texts(["a red bird", "a frog"])
    assert embeddings.dtype == texts.dtype == torch.float32
    cosines = torch.cosine_similarity(embeddings, model.encode_images(some))
    # close, and really another arithmetic
    assert 0.995 < cosines.min() and cosines.min() < 0.9999999
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.encode_images(some)


def test_a_compiled_encoder_gives_the_same_embeddings(model, fieldguide, monkeypatch):
    asked = []

    def compiler(function):
        asked.append(function)
        return functools.partial(function)

    monkeypatch.setattr(torch, "compile", compiler)
    compiled = clipnb.load_clip(cache=False, compile=True)
    some = fieldguide.select(range(3))
    assert torch.allclose(compiled.encode_images(some), model.encode_images(some), atol=1e-5)
    assert len(asked) == 1 and compiled._image_features.func is asked[0]
    clipnb.load_clip(cache=False)
    assert len(asked) == 1


def test_long_texts_are_said_by_us_only():
    clip, said = clipnb.load_clip(cache=False), []
    handler = logging.Handler()
    handler.emit = lambda record: said.append(record.getMessage())
    logging.getLogger("transformers").addHandler(handler)
    try:
        with pytest.warns(UserWarning, match="the first cut one: 'toad toad"):
            clip.encode_texts(["a frog", "toad " * 100])
        with pytest.warns(UserWarning, match="the first cut one: 'newt newt"):
            clip.encode_texts("newt " * 100)
    finally:
        logging.getLogger("transformers").removeHandler(handler)
    assert said == []


def test_texts_of_any_length_come_back_in_their_order(model):
    texts = ["a bird " * (i * 7 % 5 + 1) + str(i) for i in range(70)]
    together = model.encode_texts(texts)
    for i in (0, 1, 33, 69):
        assert torch.allclose(together[i], model.encode_texts(texts[i])[0], atol=1e-5)


# --- on a GPU -------------------------------------------------------------------------------------


@needs_gpu
def test_a_gpu_gives_the_embeddings_of_the_cpu(model, fieldguide):
    some = fieldguide.select(range(0, len(fieldguide), 3))
    here = clipnb.load_clip(device="cpu", cache=False).encode_images(some)
    for dtype in (torch.float16, torch.bfloat16, torch.float32):
        there = clipnb.load_clip(device="cuda", dtype=dtype, cache=False).encode_images(some)
        assert torch.cosine_similarity(here, there).min() > (
            0.9999 if dtype == torch.float32 else 0.995
        )


@needs_gpu
def test_a_gpus_batches_grow_to_its_memory(fieldguide):
    clip = clipnb.load_clip(device="cuda", cache=False)
    clip.encode_images(fieldguide.select(range(70)))
    assert clip.batch_size == 512  # the bundled model is small


@needs_gpu
def test_a_real_shortage_of_gpu_memory_halves_the_batch(fieldguide):
    clip, some = (
        clipnb.load_clip(device="cuda", cache=False, batch_size=256),
        fieldguide.select(range(256)),
    )
    needed = clip.encode_images(some)
    torch.cuda.empty_cache()
    total = torch.cuda.get_device_properties(0).total_memory
    torch.cuda.set_per_process_memory_fraction((torch.cuda.memory_allocated() + 60e6) / total)
    try:
        with pytest.warns(UserWarning, match="too many for the memory"):
            embeddings = clip.encode_images(some)
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
    assert torch.cosine_similarity(embeddings, needed).min() > 0.999

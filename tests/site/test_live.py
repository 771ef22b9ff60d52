"""The model in the page gives Python's numbers: texts, images, tokens, and Pillow's resizing,
in a real browser.

What the page needs is made by live_browser.py: the networks (book/live/export.py) and the scripts
of others (book/vendor.py).
"""

import base64
import io
import json
import random

import numpy as np
import pytest
from lab_server import Sight
from PIL import Image

import clipnb

COUNT = 200
# texts with the tokens that begin and end one
MARKED = ["<|endoftext|>", "red <|endoftext|> cap", "<|startoftext|> a bird"]
ODD = [
    "",
    " ",
    "\t\n",
    "a",
    "?",
    "!!!",
    "'s",
    "the frog's skin, isn't it",
    "123 45 6.78",
    "snake_case and kebab-case",
    "a\u00a0red\u2003cap",
    "UPPER lower MiXeD",
    "größer, 🐸",
    "🐸🦋🪲",
    "👩‍👩‍👧‍👦 family",
    "🇨🇭 flag",
    "naïve café",
    "nai\u0308ve cafe\u0301",
    "e\u0301\u0301",
    "ΟΔΟΣ Σ ΑΣ. Σίσυφος",
    "İstanbul ISPARTA ı",
    "ǅ ǆ ẞ ß ﬁ",
    "красный гриб",
    "红色的蘑菇",
    "赤いキノコ",
    "빨간 버섯",
    "فطر أحمر",
    "पतला लाल फूल",
    "ดอกไม้สีแดง",
    "\u200bzero\u200bwidth\ufeff",
    "a\u0085b\u000bc\u2028d",
    "½ ² Ⅷ ① ٣",
    *MARKED,
    '<b>bold</b> & "quotes"',
    "\\u0041 \\n",
    "$&{}()[]^",
    "a\x00b",
    "��",
    "a" * 300,
    "word " * 100,
    "long, long tail. " * 30,
    "🐸" * 60,
    "Ⓡⓔⓓ ｆｕｌｌ",
    "‘curly’ “quotes” – — …",
]


def sentences() -> list[str]:
    """200: descriptors, whole texts, and what nobody would expect."""
    chance = random.Random(0)
    described, written = (
        clipnb.load_descriptors("fieldguide"),
        clipnb.load_descriptors("fieldguide-prompts"),
    )
    short = chance.sample(sorted({text for row in described.values() for text in row}), 90)
    long = chance.sample(
        sorted({text for row in written.values() for text in row}), COUNT - 90 - len(ODD)
    )
    return [*short, *long, *ODD]


def pictures() -> list[Image.Image]:
    """200: both splits of the field guide, and other sizes and shapes up to a photo's."""
    plain = [clipnb.load_fieldguide(split, per_species=1).images for split in ("test", "shifted")]
    found = [images[i] for images in plain for i in range(len(images))][:140]
    chance, sizes = (
        random.Random(1),
        [
            (80, 80),
            (81, 80),
            (79, 200),
            (300, 17),
            (160, 160),
            (224, 224),
            (1024, 768),
            (1, 1),
            (2, 500),
            (640, 641),
            (40, 40),
        ],
    )
    for i in range(COUNT - len(found)):
        width, height = (
            sizes[i] if i < len(sizes) else (chance.randrange(20, 500), chance.randrange(20, 500))
        )
        found.append(found[7 * i % 140].resize((width, height), Image.Resampling.LANCZOS))
    return found


@pytest.fixture(scope="module")
def folder(live_site):
    """What the site has under _static: live/ and vendor/."""
    root = live_site / "_static"
    (root / "index.html").write_text(
        "<!doctype html><meta charset=utf-8><link rel=icon href=data:,><title>live</title>", "utf-8"
    )
    return root


@pytest.fixture(scope="module")
def page(lab, folder, serve):
    """A page with the model loaded as ``clip``; whatever goes wrong on it, or is asked of another
    server, fails the module's last test."""
    address = serve(folder)
    context = lab.browser.new_context()
    context.set_default_timeout(120_000)
    sight = Sight(context.new_page())
    sight.watch(address.removeprefix("http://"))
    sight.page.goto(f"{address}/index.html")
    sight.page.evaluate("""async () => {
      window.shares = [];
      const [{ loadClip }, { prepare }, { pixelsOf }] = await Promise.all(["engine", "resize", "images"].map((name) => import(`/live/${name}.js`)));
      window.clip = await loadClip({ onProgress: (share) => shares.push(share) });
      Object.assign(window, { prepare, pixelsOf, blobOf: async (uri) => (await fetch(uri)).blob() });
    }""")
    yield sight.page
    sight.check()
    context.close()


def uri(image: Image.Image) -> str:
    file = io.BytesIO()
    image.save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


SEEN = (
    "uris => Promise.all(uris.map(async (uri) => pixelsOf(await blobOf(uri)))).then((all) =>"
    " clip.encodeImages(all)).then((rows) => rows.map((row) => [...row]))"
)


def test_the_model_says_how_far_it_is(page):
    shares = page.evaluate("shares")
    assert shares == sorted(shares) and shares[-1] == 1 and len(shares) > 5


def test_a_text_that_holds_its_own_end_is_refused_as_in_python(page, clip):
    for text in MARKED:
        with pytest.raises(ValueError, match="marks the beginning or the end"):
            clip.encode_texts([text])
        said = page.evaluate(
            "text => clip.encodeTexts([text]).then(() => '', (error) => error.message)", text
        )
        assert "marks the beginning or the end" in said and text in said


def test_sentences_and_pictures_have_pythons_numbers(page, clip):
    texts, images = [text for text in sentences() if text not in MARKED], pictures()
    assert len(set(texts)) == len(texts) == COUNT - len(MARKED) and len(images) == COUNT
    wanted = clip.encode_texts(texts).numpy(), clip.encode_images(images).numpy()
    said = np.array(
        page.evaluate(
            "texts => clip.encodeTexts(texts).then((rows) => rows.map((row) => [...row]))", texts
        )
    )
    seen = np.concatenate(
        [
            np.array(page.evaluate(SEEN, [uri(image) for image in images[start : start + 50]]))
            for start in range(0, COUNT, 50)
        ]
    )
    theirs, ours = wanted[1] @ wanted[0].T, seen @ said.T
    assert (
        np.abs(np.linalg.norm(said, axis=1) - 1).max() < 1e-5
        and np.abs(np.linalg.norm(seen, axis=1) - 1).max() < 1e-5
    )
    worst = np.unravel_index(np.abs(theirs - ours).argmax(), ours.shape)
    assert np.abs(theirs - ours).max() <= 1e-3, (texts[worst[1]], images[worst[0]].size)
    print(
        f"Cosines differ by {np.abs(theirs - ours).max():.1e} at most; the best is the same for"
        f" {(theirs.argmax(1) == ours.argmax(1)).mean():.1%}"
    )
    for axis in (0, 1):  # the best text of every image, the best image of every text
        assert (theirs.argmax(axis) == ours.argmax(axis)).mean() >= 0.995


def test_tokens_are_pythons(page, clip):
    texts = sentences()
    tokens = page.evaluate("texts => texts.map((text) => clip.tokens(text))", texts)
    wanted = [
        clip.tokenizer(text, truncation=True, max_length=clip.max_tokens)["input_ids"]
        for text in texts
    ]
    different = [
        text
        for text, row, ids in zip(texts, tokens, wanted, strict=True)
        if [token["id"] for token in row] != ids
    ]
    assert not different
    assert [token["text"] for token in tokens[0]] == clip.tokenizer.convert_ids_to_tokens(wanted[0])


@pytest.mark.parametrize(
    "size",
    [
        (1, 1),
        (2, 3),
        (40, 40),
        (79, 80),
        (80, 80),
        (80, 81),
        (81, 79),
        (123, 457),
        (224, 224),
        (500, 17),
        (1000, 1),
        (1501, 1000),
    ],
)
def test_pictures_are_resized_as_pillow_does_it(page, clip, size):
    noise = np.random.default_rng(size[0]).integers(0, 256, (size[1], size[0], 4), np.uint8)
    noise[..., 3] = np.where(noise[..., 3] > 100, 255, noise[..., 3])
    wanted = clip.pixels.prepare(clipnb.data.decode.to_rgb(Image.fromarray(noise))).numpy()
    text = base64.b64encode(noise.tobytes()).decode()
    got = page.evaluate(
        """([text, width, height, side]) => {
      const data = Uint8ClampedArray.from(atob(text), (one) => one.charCodeAt(0));
      return [...prepare({ width, height, data }, side)];
    }""",
        [text, *size, wanted.shape[0]],
    )
    assert np.array_equal(np.array(got, np.uint8).reshape(wanted.shape), wanted)


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_photo_is_turned_as_its_camera_was_held(page, turn):
    image = Image.fromarray(np.random.default_rng(0).integers(0, 256, (6, 9, 3), np.uint8))
    exif = Image.Exif()
    exif[0x0112] = turn
    file = io.BytesIO()
    image.save(file, "PNG", exif=exif)
    wanted = clipnb.data.decode.to_rgb(Image.open(io.BytesIO(file.getvalue()))).convert("RGBA")
    got = page.evaluate(
        """async (text) => {
      const { width, height, data } = await pixelsOf(await blobOf(text));
      return { size: [width, height], data: [...data] };
    }""",
        "data:image/png;base64," + base64.b64encode(file.getvalue()).decode(),
    )
    assert tuple(got["size"]) == wanted.size and bytes(got["data"]) == wanted.tobytes()


def test_what_cannot_be_loaded_is_said_in_a_sentence(page):
    said = page.evaluate("""async () => {
      const { loadClip } = await import("/live/engine.js");
      try { await loadClip({ folder: "data:text/plain,nothing/" }); } catch (error) { return error.message; }
    }""")
    assert said and len(said) < 200
    assert (
        page.evaluate(
            "clip.encodeImages([{ width: 2, height: 2, data: new Uint8ClampedArray(4)"
            " }]).catch((error) => error.message)"
        )
        == "An image of 2 × 2 pixels has 16 bytes, not 4."
    )


def test_the_settings_of_the_page_are_the_models(folder, clip):
    settings = json.loads((folder / "live" / "model" / "clip.json").read_text("utf-8"))
    assert (
        settings["dim"] == clip.dim
        and settings["logitScale"] == pytest.approx(clip.logit_scale)
        and settings["fingerprint"] == clip.fingerprint
    )

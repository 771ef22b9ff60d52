"""Just names: what a reader writes becomes classes, Python's numbers for them, and reasons; text is
data."""

import io
import json
import random
import sys

import pytest
from live_browser import LIVE, live_page, module_page, without_engine
from payloads import PAYLOADS
from PIL import Image

import clipnb
from clipnb.classify.prompts import describe
from clipnb.explain.reference import Reference
from clipnb.widgets.common.reasons import why

sys.path.insert(0, str(LIVE))
import names as stored

ROOT = LIVE.parent.parent
SCRIPTS = (
    "book/live/names.js",
    "book/live/phrasing.js",
    "book/live/states.js",
    "clipnb/widgets/common/document.js",
    "clipnb/widgets/common/scoring.js",
)
LIST = "Names, separated by commas or in lines"
READ = """() => {
  const cells = (line) => [...line.children].map((one) => one.textContent);
  return {
    lines: [...document.querySelectorAll(".clipnb-ranking li")].map(cells),
    told: document.querySelector(".clipnb-told").textContent,
    reasons: [...document.querySelectorAll(".clipnb-because:not([hidden]) li")].map(cells),
  };
}"""


@pytest.fixture(scope="module")
def modules(lab):
    with module_page(lab, {path: (ROOT / path).read_text("utf-8") for path in SCRIPTS}) as sight:
        yield sight.page


@pytest.fixture(scope="module")
def made(clip):
    """What is stored: the widget, and the traits of the page."""
    return stored.names_screen(clip)


@pytest.fixture(scope="module")
def reference(clip):
    return Reference.of(clip.encode_images(clipnb.load_fieldguide("test", per_species=1)))


# --- a list, a description ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, names, doubled",
    [
        ("cat, dog,house", ["cat", "dog", "house"], 0),
        ("cat\r\ndog\rhouse\n", ["cat", "dog", "house"], 0),
        (" , ,,\n\n", [], 0),
        ("", [], 0),
        ("one", ["one"], 0),
        ("Cat, cat, CAT\n dog , dog", ["Cat", "dog"], 3),
        ("a\u00a0 tabby \t cat", ["a tabby cat"], 0),
        ("caf\u00e9, cafe\u0301", ["caf\u00e9"], 1),
        ("\"a cat\", 'dog', O'Neill", ['"a cat"', "'dog'", "O'Neill"], 0),
        ("<b>cat</b>, &amp;, {}", ["<b>cat</b>", "&amp;", "{}"], 0),
        ("🐸, 👩‍🔬, \u200d, \ufeff", ["🐸", "👩‍🔬"], 0),
        ("קיפוד، قط، 猫、犬，鳥", ["קיפוד", "قط", "猫", "犬", "鳥"], 0),
        ("__proto__, constructor, toString", ["__proto__", "constructor", "toString"], 0),
        (",".join(f"n{i}" for i in range(200)), [f"n{i}" for i in range(200)], 0),
        ("x" * 100, ["x" * 100], 0),
    ],
)
def test_a_list_is_read_as_its_names(modules, text, names, doubled):
    got = modules.evaluate(
        "async (text) => (await import('/book/live/names.js')).namesIn(text)", text
    )
    assert got == {"names": names, "doubled": doubled, "problem": ""}


@pytest.mark.parametrize(
    "text, said",
    [
        (",".join(f"n{i}" for i in range(201)), "These are 201 names; at most 200 are compared."),
        ("a, " + "🐸" * 101, f"“{'🐸' * 40}…” has 101 characters; a name has at most 100."),
        ("a, <|endoftext|>", "“<|endoftext|>” marks the beginning or the end of a text"),
    ],
)
def test_what_cannot_be_compared_is_said_in_one_sentence(modules, text, said):
    document = {"list": text, "descriptors": [], "described": False, "named": False}
    got = modules.evaluate(
        "async (one) => (await import('/book/live/names.js')).classesOf(one)", document
    )
    assert got["classes"] == [] and got["problem"].startswith(said)


def test_a_name_and_a_descriptor_are_joined_as_in_python(modules):
    starts = (
        "it it’s it's they there this these which whose its the The A with is has are made".split()
    )
    starts += "that who Has small bird you some most antennae 3 große 猫 ſ İ".split()
    more = (
        "small bird is has are long tail, which with a the of 🐸 red-eyed often whose , ;".split()
    )
    chance = random.Random(5)
    texts = [
        text
        for source in ("fieldguide", "cub", "pets", "food101", "dtd", "eurosat")
        for row in clipnb.load_descriptors(source).values()
        for text in row
    ]
    texts += [
        " ".join([chance.choice(starts), *chance.choices(more, k=chance.randrange(7))])
        for _ in range(6000)
    ]
    texts += ["", " ", ",;", "it is", "whose", "The wing is", "it has", " a crest; "]
    got = modules.evaluate(
        "async (texts) => { const { describe } = await import('/book/live/phrasing.js');"
        " return texts.map((text) => describe('newt', text)); }",
        texts,
    )
    differ = [
        (text, one, describe("newt", text))
        for text, one in zip(texts, got, strict=True)
        if one != describe("newt", text)
    ]
    assert not differ, differ[:5]


# --- Python's numbers -----------------------------------------------------------------------------


def number(text: str) -> float:
    return float(text.replace("−", "-").removesuffix(" %"))


def read(page) -> dict:
    page.wait_for_selector('.clipnb-names[data-pending="0"]')
    return page.evaluate(READ)


def same(got: dict, clip, prompts: dict, embedding, reference) -> None:
    """What the page shows is what a classifier with these prompts says of an image."""
    classifier = clipnb.ZeroShotClassifier(clip, clipnb.PromptTable(prompts))
    prediction = classifier.predict(embedding[None])
    scores, order = prediction.scores[0].tolist(), list(prediction.ranking(0))
    names, first = classifier.class_names, order[0]
    assert [line[0] for line in got["lines"]] == [names[of] for of in order[:10]]
    for of, (_, _, share, cosine, difference) in zip(order, got["lines"]):
        assert number(share) == pytest.approx(100 * float(prediction.probabilities[0][of]), abs=0.8)
        assert number(cosine) == pytest.approx(scores[of], abs=1.5e-3)
        if of != first:
            assert number(difference) == pytest.approx(scores[of] - scores[first], abs=1.5e-3)
    if len(order) > 1:
        assert names[first] in got["told"] and names[order[1]] in got["told"]
        parts = why(classifier, embedding, *order[:2], 12, reference)["parts"]
        assert sorted(row[1] for row in got["reasons"]) == sorted(part["text"] for part in parts)
        values = sorted(number(row[-1]) for row in got["reasons"])
        assert values == pytest.approx(sorted(part["centred"] for part in parts), abs=1.6e-3)


def test_what_is_stored_is_what_python_says(lab, live, clip, made, reference):
    widget, traits = made
    image = clip.encode_images([widget.state.images[widget.state.document["picture"]]])[0]
    described = {name: text.split("\n") for name, text in traits["document"]["descriptors"]}
    by_name = dict(clipnb.name_prompts(stored.NAMES))
    joined = {name: [describe(name, one) for one in row] for name, row in described.items()}
    with live_page(lab, live, "names", without_engine, wait=False) as sight:
        page = sight.page
        page.get_by_role("button", name="Why?").click()
        same(read(page), clip, by_name, image, reference)
        page.get_by_role("button", name="Describe them").click()
        same(read(page), clip, described, image, reference)
        page.get_by_label("Keep the name").check()
        same(read(page), clip, joined, image, reference)


def photo() -> tuple[bytes, Image.Image]:
    image = clipnb.load_fieldguide("shifted", per_species=1).images[5].resize((400, 300))
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue(), clipnb.data.decode.to_rgb(Image.open(io.BytesIO(file.getvalue())))


def test_own_names_own_descriptors_and_an_own_image(lab, live, clip, reference):
    content, image = photo()
    embedding = clip.encode_images([image])[0]
    names = ["a blue bird", "größer", "🐸", "שלום", "<i>", "fish"]
    described = {"🐸": ["a tail", "red eyes"], "<i>": ["größer 🐸"], "fish": ["has fins", "a tail"]}
    with live_page(lab, live, "names") as sight:
        page = sight.page
        page.get_by_role("button", name="Why?").click()
        page.locator(".clipnb-live-drop [type=file]").set_input_files(
            {"name": "me.png", "mimeType": "image/png", "buffer": content}
        )
        page.wait_for_function(
            "document.querySelector('.clipnb-live-note').textContent.includes('nothing but"
            " drawings')"
        )
        field = page.get_by_label(LIST)
        field.fill(", ".join(names))
        page.wait_for_function("document.querySelectorAll('.clipnb-ranking li').length === 6")
        same(read(page), clip, dict(clipnb.name_prompts(names)), embedding, reference)
        page.get_by_role("button", name="Describe them").click()
        assert "no name has a descriptor yet" in read(page)["told"]
        for name, row in described.items():
            text = "\r\n".join(f"- {one}" for one in row) + "\n\n"
            page.get_by_role("textbox", name=name, exact=True).fill(text)
        page.locator("body").click(position={"x": 2, "y": 2})
        got = read(page)
        assert "3 names have no descriptor yet" in got["told"]
        same({**got, "lines": got["lines"][:3]}, clip, described, embedding, reference)
        page.get_by_label("Keep the name").check()
        joined = {name: [describe(name, one) for one in row] for name, row in described.items()}
        got = read(page)
        same({**got, "lines": got["lines"][:3]}, clip, joined, embedding, reference)
        for _ in range(8):  # the name, the descriptors, the description, the list
            page.get_by_role("button", name="Undo").click(force=True)
        assert page.get_by_role("button", name="Undo").is_disabled()
        assert field.input_value() == ", ".join(stored.NAMES)


def test_two_hundred_names_and_what_is_refused(lab, live, clip, made, reference):
    widget, _ = made
    image = clip.encode_images([widget.state.images[widget.state.document["picture"]]])[0]
    names = [f"animal number {i}" for i in range(200)]
    with live_page(lab, live, "names") as sight:
        page, field = sight.page, sight.page.get_by_label(LIST)
        page.get_by_role("button", name="Why?").click()
        field.fill("\r\n".join(names))
        page.wait_for_function(
            "document.querySelector('.clipnb-told').innerText.includes('animal')"
        )
        same(read(page), clip, dict(clipnb.name_prompts(names)), image, reference)
        page.get_by_role("button", name="Show all 200 names").click()
        assert page.locator(".clipnb-ranking li").count() == 200
        for text, said in (
            ("\n".join([*names, "one more"]), "These are 201 names; at most 200 are compared."),
            ("y" * 101 + ", cat", "a name has at most 100."),
            ("newt", "One name alone always gets 100 %"),
            ("", "Write the names of what could be in the image."),
            ("newt, Newt, cat", "One repeated name is counted once."),
        ):
            field.fill(text)
            page.wait_for_function(
                "said => document.querySelector('.clipnb-told').innerText.includes(said)", arg=said
            )
        field.fill("y" * 12_001)
        assert "would take 12,001 bytes" in page.locator(".clipnb-status").inner_text()


def test_what_is_written_is_never_markup_and_survives_reload(lab, live):
    with live_page(lab, live, "names", without_engine, wait=False) as sight:
        page, field = sight.page, sight.page.get_by_label(LIST)
        for payload in PAYLOADS[::6]:
            field.fill(payload[:300])
            page.get_by_role("button", name="Describe them").click()
            for box in page.locator(".clipnb-described textarea").all()[:3]:
                box.fill(payload[:300])
            page.get_by_role("button", name="Describe them").click()
        field.fill("cat\r\n<img src=x onerror=window.owned=1>, 🐸")
        page.wait_for_timeout(300)
        page.reload()
        page.wait_for_function(
            "document.querySelector('.clipnb-list textarea')?.value.includes('onerror')"
        )
        page.get_by_role("button", name="Describe them").click()
        assert page.locator(".clipnb-described bdi").all_inner_texts() == [
            "cat", "<img src=x onerror=window.owned=1>", "🐸",
        ]  # fmt: skip
        assert page.evaluate("window.owned") is None
        found = ".clipnb-stage :is(script, iframe, a, math, svg, b, i, [onerror], [onload])"
        assert page.locator(found).count() == 0


def test_cells_of_a_table_are_pasted_as_text(lab, live):
    """A spreadsheet gives its cells as text and as an image."""
    paste = """(name) => {
      const transfer = new DataTransfer();
      transfer.setData("text/plain", "cat\\tdog");
      transfer.items.add(new File(["x"], "image.png", { type: "image/png" }));
      document.querySelector(".clipnb-list textarea").dispatchEvent(
        new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true }));
    }"""
    with live_page(lab, live, "names", without_engine, wait=False) as sight:
        sight.page.evaluate(paste)
        sight.page.wait_for_timeout(300)
        assert sight.page.locator(".clipnb-live-note").first.inner_text() == ""


# --- a phone, a keyboard, no scripts --------------------------------------------------------------


@pytest.mark.parametrize("width, height", [(390, 844), (1366, 768)])
def test_the_answer_is_on_the_first_screen(lab, live, width, height):
    """The title and its sentence take up to 230 pixels above it on a phone."""
    with live_page(lab, live, "names", without_engine, wait=False, width=width) as sight:
        page = sight.page
        page.set_viewport_size({"width": width, "height": height})
        box = page.locator(".clipnb-ranking").bounding_box()
        assert box["y"] + box["height"] < height - 230
        page.get_by_role("button", name="Describe them").click()
        page.get_by_role("button", name="Why?").click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        fields = page.locator(".clipnb-names textarea, .clipnb-names button").all()
        assert all(one.bounding_box()["height"] >= 24 for one in fields if one.is_visible())
        lab.shoot(page, f"names-{width}")


def test_everything_can_be_done_by_keyboard_and_the_result_is_announced(lab, live):
    with live_page(lab, live, "names", without_engine, wait=False) as sight:
        page = sight.page
        assert page.locator(".clipnb-spoken").get_attribute("aria-live") == "polite"
        seen = []
        for _ in range(14):
            page.keyboard.press("Tab")
            seen.append(
                page.evaluate(
                    "document.activeElement.type + ' ' + (document.activeElement.labels?.[0] ??"
                    " document.activeElement).textContent"
                )
            )
            if "Describe them" in seen[-1]:
                page.keyboard.press("Enter")
        kinds = " | ".join(seen)
        for what in (
            "radio",
            "file",
            f"textarea {LIST}",
            "Describe them",
            "Why?",
            "Keep the name in each prompt",
        ):
            assert what in kinds, what
        assert any(one.startswith(f"textarea {stored.NAMES[0]}") for one in seen)


def test_without_scripts_the_page_looks_the_same(lab, live, made):
    heights = []
    for scripts in (True, False):
        context = lab.browser.new_context(java_script_enabled=scripts)
        page = context.new_page()
        page.goto(f"{live}/names.html")
        if scripts:
            page.wait_for_selector("[data-shown]")
        heights.append(page.locator(".clipnb-ranking").bounding_box()["y"])
        first = made[0].state.names[made[0].state.ranking()[0]]
        assert page.locator(".clipnb-ranking bdi").first.inner_text() == first
        context.close()
    assert abs(heights[0] - heights[1]) < 60  # the note about scripts is a line more


def test_the_stored_document_is_the_one_of_the_page(live_site, made):
    text = (live_site / "_static" / "live" / "pages" / "names.js").read_text("utf-8")
    page = json.loads(text.partition(" = ")[2].rstrip(";\n"))
    assert page["traits"]["document"] == made[1]["document"]
    assert page["traits"]["reference"]["images"] == 92

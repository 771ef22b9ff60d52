"""The live page *Design a creature*: the same drawing and the same opinion as in Python, by mouse,
by keyboard, without a model."""

import base64
import json

import numpy as np
import pytest
from live_browser import LIVE, UNLABELLED, live_page, without_engine, without_webassembly
from payloads import PAYLOADS
from test_live_art import as_json, random_scenes

import clipnb
from clipnb.fieldguide.scene import draw
from clipnb.fieldguide.world import KINDS
from clipnb.widgets.creature.state import Creature

MODEL = "document.querySelector('.clipnb-stage').model"
DONE = "() => document.querySelector('.clipnb-live .clipnb')?.dataset.pending === '0'"
LEADER = ".clipnb-verdict li:first-child button"


def go_to(page, kind):
    page.locator(".clipnb-live-kinds label", has_text=kind).locator("span").get_by_text(
        kind, exact=True
    ).click()
    page.wait_for_function(f"kind => {MODEL}.get('settings').kind === kind", arg=kind)
    page.wait_for_function(DONE)


@pytest.fixture(scope="module")
def visited(lab, live):
    """A page on which one kind is shown after the other, with the model loaded once."""
    with live_page(lab, live, "creature-bird") as sight:
        yield sight.page


@pytest.mark.parametrize("kind", KINDS)
def test_creatures_of_chance_are_named_as_in_python(visited, clip, kind):
    state, agree, apart, page = Creature(clip, kind), 0, [], visited
    go_to(page, kind)
    for number in range(12):
        if number < 4:
            page.get_by_label("Start from").select_option(index=1 + number)
            page.get_by_label("Habitat").select_option(index=number)
        else:
            page.get_by_role("button", name="Random").click()
        page.wait_for_function(DONE)
        document, got = page.evaluate(f"[{MODEL}.get('document'), {MODEL}.get('opinion')]")
        state.document = document
        wanted = state.opinion()
        scores = {one["name"]: one["score"] for one in wanted["leaders"]}
        apart += [
            abs(one["score"] - scores[one["name"]])
            for one in got["leaders"]
            if one["name"] in scores
        ]
        agree += got["leaders"][0]["name"] == wanted["leaders"][0]["name"]
        assert (got["nearest"], got["away"], got["words"]) == (
            wanted["nearest"],
            wanted["away"],
            wanted["words"],
        )
        assert page.locator(".clipnb-drawing img").get_attribute("alt") == wanted["words"]
        assert page.locator(LEADER).text_content() == got["leaders"][0]["name"]
    print(
        f"{kind}: scores at most {max(apart):.4f} apart, mean {np.mean(apart):.5f}, the same name"
        f" {agree} of 12 times"
    )
    assert max(apart) < 0.006 and agree >= 10


PIXELS = """async (scenes) => {
  const at = (name) => `${location.origin}/_static/live/${name}`;
  const [{ loadRasteriser }, { loadClip }] = await Promise.all(["rasterise.js", "engine.js"].map((name) => import(at(name))));
  const [draw, clip] = await Promise.all([loadRasteriser(), loadClip()]);
  const { toSvg } = await import(at("art.js")), { habitats } = clipnbLive;
  const ownWay = async (svg) => {
    const image = new Image();
    image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
    await image.decode();
    const context = new OffscreenCanvas(224, 224).getContext("2d");
    context.drawImage(image, 0, 0);
    return context.getImageData(0, 0, 224, 224);
  };
  const text = (data) => { let all = ""; for (let i = 0; i < data.length; i += 32768) all += String.fromCharCode(...data.subarray(i, i + 32768)); return btoa(all); };
  const result = [];
  for (const scene of scenes) {
    if (!clipnbLive.pages[`creature-${scene.kind}`]) await import(at(`pages/creature-${scene.kind}.js`));
    const svg = toSvg(scene, clipnbLive.pages[`creature-${scene.kind}`].traits.kind.art, habitats);
    const both = [draw(svg), await ownWay(svg)];
    const vectors = await clip.encodeImages(both);
    result.push(both.map(({ data }, i) => [text(data), [...vectors[i]]]));
  }
  return result;
}"""


def test_the_model_sees_nearly_the_pixels_that_it_sees_in_python(lab, live, clip):
    """resvg for the web is of another version than Python's: this says how much that matters, and
    how much more a browser's own renderer would."""
    scenes = random_scenes(96)
    pictures = [draw(scene) for scene in scenes]
    wanted = clip.encode_images(pictures).numpy()
    sentences = clip.encode_texts(
        sorted({text for row in clipnb.load_descriptors("fieldguide").values() for text in row})
    ).numpy()
    with live_page(lab, live, "creature-bird") as sight:
        sight.page.route("**/art.js", lambda route: route.fulfill(path=LIVE / "art.js"))
        got = sight.page.evaluate(PIXELS, [as_json(scene) for scene in scenes])
    seen = {}
    for way, name in enumerate(("resvg", "the browser")):
        rgb = [
            np.frombuffer(base64.b64decode(one[way][0]), np.uint8)
            .reshape(224, 224, 4)[..., :3]
            .astype(int)
            for one in got
        ]
        off = np.stack(
            [np.abs(mine - np.asarray(picture, int)) for mine, picture in zip(rgb, pictures)]
        )
        vectors = np.array([one[way][1] for one in got])
        cosines, scores = (vectors * wanted).sum(1), np.abs((vectors - wanted) @ sentences.T)
        best = (vectors @ sentences.T).argmax(1) == (wanted @ sentences.T).argmax(1)
        seen[name] = off.mean(), cosines.min(), scores.mean()
        print(
            f"{name}: {(off > 0).mean():.1%} of the numbers differ, {(off > 2).mean():.2%} by more"
            f" than 2, mean {off.mean():.3f} of 255, most {off.max()}; cosine at least"
            f" {cosines.min():.6f}; scores of {len(sentences)} texts {scores.mean():.5f} apart,"
            f" at most {scores.max():.4f}; the same best text for {best.sum()} of {len(best)}"
        )
    assert seen["resvg"][0] < 0.4 and seen["resvg"][1] > 0.9995 and seen["resvg"][2] < 5e-4
    assert seen["resvg"][0] < seen["the browser"][0]


@pytest.mark.parametrize("prepare", [without_engine, without_webassembly])
def test_without_a_model_creatures_are_drawn_and_species_are_named(lab, live, clip, prepare):
    state = Creature(clip, "bird")
    with live_page(lab, live, "creature-bird", prepare, wait=False) as sight:
        page = sight.page
        page.wait_for_selector(".clipnb-live-status[data-state=stored]")
        assert "Stored results." in page.inner_text(".clipnb-live-status") and (
            "WebAssembly" in page.inner_text(".clipnb-live-status") or prepare is without_engine
        )
        for number in (3, 0, 7):
            page.get_by_label("Start from").select_option(str(number))
            page.wait_for_function(DONE)
            state.act({"do": "start", "species": number})
            wanted = state.opinion()
            assert page.locator(LEADER).text_content() == wanted["leaders"][0]["name"]
            assert page.evaluate(f"{MODEL}.get('opinion').leaders[0].score") == pytest.approx(
                wanted["leaders"][0]["score"], abs=1e-4
            )
        before = page.locator(".clipnb-drawing img").get_attribute("src")
        page.get_by_role("button", name="Random").click()
        assert page.locator(".clipnb-drawing img").get_attribute("src") != before
        assert page.locator(".clipnb-first").text_content() == "CLIP has not seen this one."
        page.get_by_role("button", name="Undo").click()
        page.wait_for_function(DONE)
        assert page.locator(".clipnb-drawing img").get_attribute("src") == before


def test_what_is_designed_while_the_model_loads_is_named_when_it_is_there(lab, live):
    held = []
    with live_page(
        lab,
        live,
        "creature-bird",
        lambda sight: sight.page.route("**/engine.js", lambda route: held.append(route)),
        wait=False,
    ) as sight:
        page = sight.page
        assert page.locator(".clipnb-live-status progress").is_visible()
        page.get_by_role("button", name="Random").click()
        assert page.locator(".clipnb-live .clipnb").get_attribute("data-pending") == "1"
        held[0].continue_()
        page.wait_for_function(DONE)
        assert page.locator(".clipnb-first").text_content().startswith("CLIP takes it for")


def test_the_page_by_keyboard_and_on_a_phone(lab, live):
    with live_page(lab, live, "creature-bird", width=360) as sight:
        page = sight.page
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert (
            page.evaluate(
                UNLABELLED.replace(
                    "box =>", "(() => { const box = document.querySelector('.clipnb-live'); return "
                )
                + " })()"
            )
            == 0
        )
        page.get_by_role("radio", name="bird").focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_function(f"{MODEL}.get('settings').kind === 'butterfly'")
        assert page.evaluate("document.activeElement.value") == "butterfly"
        page.get_by_label("Start from").focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        page.wait_for_function(DONE)
        assert (
            page.locator(".clipnb-truth").text_content().startswith("By the table of field marks: ")
        )
        page.get_by_role("radio", name="butterfly").focus()
        page.keyboard.press("ArrowLeft")  # back to the bird, as it was left
        page.wait_for_function(f"{MODEL}.get('settings').kind === 'bird'")
        page.mouse.wheel(0, 500)
        page.wait_for_timeout(200)
        # it stays in sight
        assert (
            page.locator(".clipnb-drawing img").evaluate(
                "one => one.getBoundingClientRect().bottom"
            )
            > 0
        )


def test_no_script_in_the_names_of_a_kind_is_run(lab, live):
    """Nothing can be typed here; so whoever could change a kind's file is the attacker."""

    def poison(sight):
        def answer(route):
            start, _, text = route.fetch().text().partition(" = ")
            file = json.loads(text.strip().removesuffix(";"))
            for one, payload in zip(file["traits"]["kind"]["classes"], PAYLOADS):
                one.update(name=payload, prompts=[payload] * len(one["prompts"]))
            for one, payload in zip(file["traits"]["settings"]["species"], PAYLOADS[20:]):
                one["name"] = payload
            route.fulfill(body=f"{start} = {json.dumps(file)};", content_type="text/javascript")

        sight.page.route("**/creature-bird.js", answer)

    with live_page(lab, live, "creature-bird", poison) as sight:
        page = sight.page
        for _ in range(6):
            page.get_by_role("button", name="Random").click()
            page.wait_for_function(DONE)
            page.locator(".clipnb-verdict button").nth(4).click()
        page.wait_for_timeout(300)
        assert page.evaluate("window.owned") is None
        assert (
            page.locator(
                ".clipnb-live :is(script, iframe, a, style, math, details, svg, [onerror],"
                " [onload], [onfocus])"
            ).count()
            == 0
        )
        assert page.locator(LEADER).text_content() in PAYLOADS


def test_a_creature_is_drawn_and_named_in_a_moment(lab, live):
    with live_page(lab, live, "creature-bird") as sight:
        times = sight.page.evaluate("""async () => {
          const [box, select] = [document.querySelector(".clipnb-live .clipnb"), document.querySelector("[data-slot=back_colour]")];
          const times = [];
          for (const option of [...select.options].slice(1, 12)) {
            const start = performance.now();
            select.value = option.value;
            select.dispatchEvent(new Event("change", { bubbles: true }));
            const drawn = performance.now() - start;
            while (box.dataset.pending !== "0") await new Promise((next) => setTimeout(next, 1));
            times.push([drawn, performance.now() - start]);
          }
          return times;
        }""")
    (drawn, named), middle = np.min(times, axis=0), np.median(times, axis=0)
    print(
        f"a changed creature is drawn after {drawn:.0f} ms and named after {named:.0f} ms (medians"
        f" {middle[0]:.0f} and {middle[1]:.0f})"
    )
    # the best of several: what else runs on the machine is no fault of the page
    assert drawn <= 50 and named <= 1000

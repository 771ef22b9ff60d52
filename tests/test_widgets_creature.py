"""Design a creature, browse confusions, map embeddings: their states in plain Python, and their pages in JupyterLab in a real browser."""

import numpy as np
import pytest

import clipnb
from clipnb.fieldguide.world import KINDS, load_kind
from clipnb.widgets.render import creature as creature_page
from clipnb.widgets.state import reasons
from clipnb.widgets.state.creature import Creature, allowed, groups, needs
from clipnb.zeroshot import POOLINGS

PAYLOADS = (
    '<img src=x onerror="document.title=\'hacked\'">',
    "</td><script>document.title='hacked'</script>",
    "\"><svg onload=\"document.title='hacked'\">",
    "javascript:document.title='hacked'//${document.title='hacked'}",
)


# -- why one class rather than another ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("pooling", POOLINGS)
def test_contributions_add_up_to_the_margin_whatever_the_pooling(clip, fieldguide, pooling):
    frogs = clipnb.load_fieldguide("test", kinds="frog", per_species=1)
    table = clipnb.descriptor_prompts(clipnb.load_descriptors("fieldguide").select(frogs.class_names), include_name=False)
    prediction = clipnb.ZeroShotClassifier(clip, table, pooling).predict(frogs.select([0]))
    parts = reasons.contributions(prediction._classifier, prediction._images[0].numpy(), 2, 0)
    assert sum(part["contribution"] for part in parts) == pytest.approx(float(prediction.scores[0, 2] - prediction.scores[0, 0]), abs=1e-5)
    assert {part["of"] for part in parts} == {0, 2}
    assert reasons.contributions(prediction._classifier, prediction._images[0].numpy(), 1, 1) == []


def test_what_is_left_out_of_the_reasons_is_counted(clip):
    classifier = clipnb.ZeroShotClassifier(clip, {"a": [f"{n} red birds" for n in range(9)], "b": [f"{n} blue fish" for n in range(9)]})
    vector = clip.encode_texts(["a red bird"])[0].numpy()
    full, some = reasons.why(classifier, vector, 0, 1, 99), reasons.why(classifier, vector, 0, 1, 5)
    assert (full["others"], some["others"]) == (0, 13) and full["rest"] == pytest.approx(0)
    assert some["rest"] + sum(part["contribution"] for part in some["parts"]) == pytest.approx(full["margin"])
    least_kept = min(abs(part["contribution"]) for part in some["parts"])
    assert sorted((abs(part["contribution"]) for part in full["parts"]), reverse=True)[4] == pytest.approx(least_kept)


# -- the creature's state -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bird(clip):
    return Creature(clip, "bird", "blue jay")


def test_a_creature_begins_as_its_species(clip, bird):
    species = next(one for one in load_kind("bird").species if one.name == "blue jay")
    assert bird.document["marks"] == species.marks and bird.document["habitat"] == species.habitats[0]
    assert bird.nearest() == ("blue jay", 0)
    assert bird.picture().size == (224, 224) and bird.svg().startswith("<svg")


def test_a_mark_changes_the_drawing_the_vector_and_what_the_table_says(clip):
    one = Creature(clip, "bird", "blue jay")
    before, picture = one.vector(), np.asarray(one.picture())
    one.act({"do": "set", "of": "back_colour", "value": "red"})
    assert (np.asarray(one.picture()) != picture).any() and not np.allclose(one.vector(), before)
    assert one.nearest()[1] >= 1
    one.act({"do": "undo"})
    assert np.allclose(one.vector(), before) and one.steps == 0


def test_a_mark_of_a_part_that_is_not_there_changes_nothing(clip):
    one = Creature(clip, "bird", "European robin")
    assert one.document["marks"]["crest"] == "none"
    before = one.svg()
    one.act({"do": "set", "of": "crest_colour", "value": "magenta"})
    assert one.svg() == before and one.nearest() == ("European robin", 0)


def test_start_become_settle_reset(clip):
    one = Creature(clip, "frog")
    first = dict(one.document)
    one.act({"do": "start", "species": 3})
    assert one.document["marks"] == one.species[3].marks
    one.act({"do": "become", "marks": {"back_colour": one.values["back_colour"][0], "pattern": one.values["pattern"][-1]}})
    one.act({"do": "settle", "habitat": "desert"})
    assert one.steps == 3 and one.scene.habitat == "desert"
    one.act({"do": "reset"})
    assert one.document["marks"] == first["marks"] and one.document["habitat"] == first["habitat"]


@pytest.mark.parametrize(
    "action, words",
    [
        ({"do": "set", "of": "horns", "value": "long"}, "no mark 'horns'"),
        ({"do": "set", "of": "crest", "value": "</svg><script>"}, "cannot have crest"),
        ({"do": "set", "of": "back_colour", "value": "#123456"}, "cannot have back_colour"),
        ({"do": "set", "of": ["crest"], "value": "none"}, "no mark"),
        ({"do": "set", "of": "crest", "value": {"a": 1}}, "cannot have crest"),
        ({"do": "become", "marks": {"crest": "pointed", "bill": "trunk"}}, "cannot have bill"),
        ({"do": "become", "marks": "crest"}, "slot → value"),
        ({"do": "settle", "habitat": "../../etc/passwd"}, "no habitat"),
        ({"do": "start", "species": 99}, "no species 99"),
        ({"do": "against", "of": -1}, "no class -1"),
        ({"do": "draw"}, "no action"),
    ],
)
def test_what_the_tables_do_not_hold_is_refused_and_nothing_changes(bird, action, words):
    before = dict(bird.document, marks=dict(bird.document["marks"]))
    with pytest.raises(ValueError, match=words.replace("(", r"\(")):
        bird.act(action)
    assert bird.document == before


def test_what_design_creature_refuses(clip):
    with pytest.raises(ValueError, match="no kind 'dragon'; the kinds are bird"):
        clipnb.widgets.design_creature(clip, "dragon")
    with pytest.raises(ValueError, match="no bird 'tree frog'"):
        clipnb.widgets.design_creature(clip, "bird", "tree frog")
    with pytest.raises(ValueError, match="two candidates"):
        clipnb.widgets.design_creature(clip, descriptors={"crow": ["black feathers"]})


def test_the_opinion_is_the_classifiers(clip, bird):
    opinion, prediction = bird.opinion(), bird.classifier.predict([bird.picture()])
    assert opinion["leaders"][0]["name"] == prediction.labels[0]
    assert opinion["leaders"][0]["probability"] == pytest.approx(float(prediction.probabilities.max()), abs=1e-5)
    assert opinion["why"]["margin"] == pytest.approx(opinion["leaders"][0]["score"] - opinion["leaders"][1]["score"], abs=1e-5)
    last = int(prediction.scores[0].argmin())
    bird.act({"do": "against", "of": last})
    assert bird.opinion()["why"]["right"] == bird.opinion()["leaders"][-1]["name"] == prediction.class_names[last]


@pytest.mark.parametrize("kind", KINDS)
def test_every_slot_is_offered_once_and_every_choice_can_be_drawn(kind):
    kind = load_kind(kind)
    offered = [entry["slot"] for group in groups(kind) for entry in group["slots"]]
    assert sorted(offered) == sorted(allowed(kind)) == sorted(kind.species[0].marks)
    for species in kind.species:
        assert all(value in allowed(kind)[slot] for slot, value in species.marks.items())
        for slot in kind.visible(species.marks):  # what can be seen can be changed
            assert any(all(species.marks[other] in values for other, values in way.items()) for way in needs(kind).get(slot, [{}]))


def test_the_page_without_scripts_escapes(clip):
    names = {payload: ["red feathers", payload] for payload in PAYLOADS}
    page = creature_page.page(Creature(clip, "bird", descriptors=names))
    assert "<script" not in page and "onerror=\"" not in page and "<svg" not in page and "&lt;script&gt;" in page
    assert creature_page.page(Creature(clip, "bird", descriptors=names)) == page  # nbval compares it


# -- in a browser -------------------------------------------------------------------------------------------------------------


def look(lab, sight, name):
    """Screenshots to look at: light, dark."""
    widget = sight.page.locator(".clipnb").first
    widget.scroll_into_view_if_needed()
    sight.page.screenshot(path=lab.shots / f"{name}.png")
    lab.theme(sight.page, "JupyterLab Dark")
    sight.page.screenshot(path=lab.shots / f"{name}-dark.png")
    lab.theme(sight.page, "JupyterLab Light")


def settled(widget):
    from playwright.sync_api import expect

    expect(widget).to_have_attribute("data-pending", "0", timeout=60_000)
    expect(widget).to_have_attribute("data-failures", "0")


CREATURE = """import clipnb
clip = clipnb.load_clip()
widget = clipnb.widgets.design_creature(clip, "bird", "northern cardinal")
widget"""


def test_creature_in_the_browser(lab):
    from playwright.sync_api import expect

    with lab.opened(CREATURE) as sight:
        page, widget = sight.page, sight.page.locator(".clipnb")
        expect(widget).to_be_visible(timeout=120_000)
        settled(widget)
        drawing, leader = widget.locator(".clipnb-drawing img"), widget.locator(".clipnb-verdict li").first
        expect(widget.locator("figcaption")).to_have_text("By the table of field marks: northern cardinal.")
        look(lab, sight, "creature")
        first, probability = drawing.get_attribute("src"), leader.inner_text()

        # by mouse: the crest goes, with its colours; the drawing and the scores follow
        colour = widget.get_by_label("crest: colour", exact=True)
        expect(colour).to_be_visible()
        widget.get_by_label("crest: form").select_option("none")
        expect(colour).to_be_hidden()
        settled(widget)
        assert drawing.get_attribute("src") != first and leader.inner_text() != probability
        expect(widget.locator("figcaption")).to_contain_text("no species; nearest is northern cardinal")
        widget.get_by_role("button", name="Undo").click()
        settled(widget)
        assert drawing.get_attribute("src") == first and leader.inner_text() == probability
        second = widget.locator(".clipnb-verdict li").nth(2).get_by_role("button")
        second.click()
        settled(widget)
        expect(widget.locator(".clipnb-because h4")).to_contain_text(f"rather than {second.inner_text()}?")

        # by keyboard
        widget.get_by_label("Start from").focus()
        page.keyboard.type("mallard")
        settled(widget)
        expect(widget.locator("figcaption")).to_have_text("By the table of field marks: mallard.")
        widget.get_by_label("Habitat").focus()
        page.keyboard.type("snow")
        settled(widget)
        assert drawing.get_attribute("alt").startswith("bird, snow")
        widget.get_by_role("button", name="Random").focus()
        page.keyboard.press("Enter")
        settled(widget)
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")  # Reset
        settled(widget)
        assert drawing.get_attribute("src") == first

        # without a kernel: what is there stays, and the page says what is missing
        lab.end_kernel_of(page)
        widget.get_by_label("tail: form").select_option("short")
        expect(widget.locator(".clipnb-status")).to_contain_text("needs a running kernel", timeout=15_000)
        expect(drawing).to_be_visible()


def test_creature_at_700_pixels(lab):
    from playwright.sync_api import expect

    with lab.opened(CREATURE, width=700, height=1300) as sight:
        widget = sight.page.locator(".clipnb")
        expect(widget).to_be_visible(timeout=120_000)
        settled(widget)
        look(lab, sight, "creature-700")
        assert widget.evaluate("e => e.scrollWidth <= e.clientWidth + 1")

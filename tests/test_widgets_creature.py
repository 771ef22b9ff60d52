"""Design a creature, browse confusions, map embeddings: their states in plain Python, and their pages in JupyterLab in a real browser."""

import numpy as np
import pytest

import clipnb
from clipnb.fieldguide.world import KINDS, load_kind
from clipnb.widgets.render import confusions as confusions_page
from clipnb.widgets.render import creature as creature_page
from clipnb.widgets.state import reasons
from clipnb.widgets.state.confusions import Confusions, most_confused
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


# -- confusions ---------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def birds(clip):
    data = clipnb.load_fieldguide("test", kinds=["bird", "frog"], per_species=2)
    table = clipnb.descriptor_prompts(clipnb.load_descriptors("fieldguide").select(data.class_names), include_name=False)
    return data, clipnb.ZeroShotClassifier(clip, table).predict(data)


@pytest.fixture
def confusions(birds):
    data, prediction = birds
    return Confusions(prediction, data, most=5)


def test_every_matrix_holds_every_picture_of_its_classes_once(birds, confusions):
    data, prediction = birds
    right = np.array(prediction.labels) == np.array(data.class_names)[data.labels]
    assert [matrix["name"] for matrix in confusions.matrices] == ["all classes", "bird", "frog", "seen in training", "held out"]
    assert confusions.matrices[0]["right"] == right.sum() and confusions.matrices[0]["total"] == len(data)
    for g, matrix in enumerate(confusions.matrices):
        counts = np.array(matrix["counts"])
        assert counts.shape == (5, 6) and (counts.sum(1) == 2).all()
        confusions.act({"do": "choose", "group": g})
        everything = []
        for row in range(5):
            for column in range(6):
                confusions.act({"do": "open", "row": row, "column": column})
                behind = confusions.behind()
                assert len(behind) == counts[row, column]
                for i in behind:
                    assert data.class_names[data.labels[i]] == matrix["classes"][row]
                    taken = prediction.labels[i]
                    assert taken == matrix["classes"][column] if column < 5 else taken not in matrix["classes"]
                everything += behind
        assert sorted(everything) == sorted(i for i in range(len(data)) if data.class_names[data.labels[i]] in matrix["classes"])


def test_confused_classes_stand_side_by_side():
    counts = np.diag([9, 9, 9, 9, 9, 9])
    counts[0, 4], counts[4, 0], counts[2, 5], counts[1, 2] = 2, 2, 3, 1
    assert most_confused(counts, list(range(6)), 4) == [0, 4, 2, 5]
    assert most_confused(counts, list(range(6)), 5) == [0, 4, 2, 5, 1]
    assert most_confused(counts, [1, 3, 5], 2) == [1, 3]
    assert most_confused(np.diag([1, 1, 1]), [2, 0], 5) == [2, 0]


def test_it_opens_where_most_is_wrong_and_explains_the_mistake(birds, confusions):
    data, prediction = birds
    row, column = confusions.document["cell"]
    assert row != column and confusions.document["picture"] == confusions.behind()[0]
    picture = confusions.behind()[-1]
    confusions.act({"do": "pick", "picture": picture})
    reasons_, entry = confusions.reasons(), confusions.entry(picture)
    assert (reasons_["left"], reasons_["right"]) == (entry["taken"], entry["truth"]) and reasons_["margin"] > 0
    of = prediction.class_names.index
    assert reasons_["margin"] == pytest.approx(float(prediction.scores[picture, of(entry["taken"])] - prediction.scores[picture, of(entry["truth"])]), abs=1e-5)
    right = next(i for i, label in enumerate(prediction.labels) if label == data.class_names[data.labels[i]])
    confusions.document["picture"] = right
    assert confusions.reasons()["left"] == prediction.labels[right] and confusions.reasons()["margin"] >= 0


def test_the_order_of_the_classes_decides_nothing(clip, birds):
    data, prediction = birds
    table = prediction._classifier.table
    backwards = clipnb.ZeroShotClassifier(clip, {name: table[name] for name in reversed(table.class_names)}).predict(data)
    a, b = Confusions(prediction, data, most=4), Confusions(backwards, data, most=4)
    assert [m["right"] for m in a.matrices] == [m["right"] for m in b.matrices]
    assert all(set(m["classes"]) <= set(data.class_names) for m in b.matrices)


@pytest.mark.parametrize(
    "action, words",
    [
        ({"do": "open", "row": 5, "column": 0}, "no row 5"),
        ({"do": "open", "row": 0, "column": 6}, "no column 6"),
        ({"do": "open", "row": True, "column": 0}, "no row True"),
        ({"do": "choose", "group": 5}, "no group 5"),
        ({"do": "pick", "picture": 10_000}, "no picture 10000"),
        ({"do": "pick", "picture": [1]}, "no picture"),
    ],
)
def test_cells_and_pictures_that_are_not_there_are_refused(confusions, action, words):
    before = dict(confusions.document)
    with pytest.raises(ValueError, match=words):
        confusions.act(action)
    assert confusions.document == before


def test_what_browse_confusions_refuses(clip, birds):
    data, prediction = birds
    with pytest.raises(ValueError, match="the data set has 3"):
        Confusions(prediction, data.select([0, 1, 2]))
    with pytest.raises(ValueError, match="the classifier has no class|The classifier has no class"):
        Confusions(prediction, data.rename({data.class_names[0]: "dodo"}))
    with pytest.raises(ValueError, match="group 'x' names the class 'dodo'"):
        Confusions(prediction, data, {"x": ["dodo"]})
    unknown = data.select(range(len(data)))
    unknown.labels = unknown.labels - 99
    with pytest.raises(ValueError, match="have no label"):
        Confusions(prediction, unknown)


def test_where_nothing_is_wrong_nothing_is_open(clip):
    data = clipnb.load_fieldguide("test", kinds="bird", per_species=1).select([0])
    only = data.rename({})
    only.class_names, only.labels, only.seen = [data.class_names[0]], np.zeros(1, int), data.seen[:1]
    state = Confusions(clipnb.ZeroShotClassifier(clip, {data.class_names[0]: ["a bird"]}).predict(only), only)
    assert state.document["cell"] is None and state.reasons() is None
    assert "1 of 1 pictures right (100%)" in confusions_page.page(state)
    state.act({"do": "open", "row": 0, "column": 0})
    assert state.reasons()["parts"] == []  # one class has no rival


def test_confusions_without_scripts_escape(clip):
    page = confusions_page.page(hostile_confusions(clip))
    assert "<script" not in page and '<svg' not in page and page.count("<img") == 1 and "&lt;script&gt;" in page


def hostile_confusions(clip):
    """Scripts as class names, sentences and file names."""
    data = clipnb.load_fieldguide("test", kinds="frog", per_species=2)
    names = [PAYLOADS[i % len(PAYLOADS)] + str(i) for i in range(len(data.class_names))]
    data = data.rename(dict(zip(data.class_names, names)))
    data.sources = [f"{PAYLOADS[i % len(PAYLOADS)]}.png" for i in range(len(data))]
    prediction = clipnb.ZeroShotClassifier(clip, {name: [name, "a green frog"] for name in names}).predict(data)
    return Confusions(prediction, data, {PAYLOADS[0]: names})


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

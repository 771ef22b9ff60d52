"""Design a creature, browse confusions, map embeddings: their states in plain Python;
test_widgets_creature.py has their pages in a browser."""

import math
from dataclasses import replace

import numpy as np
import pytest
from test_widgets_browser import PAYLOADS

import clipnb
from clipnb.classify.pooling import POOLINGS
from clipnb.fieldguide.world import KINDS, load_kind
from clipnb.widgets.common import reasons
from clipnb.widgets.confusions import saved as confusions_page
from clipnb.widgets.confusions.state import Confusions, most_confused
from clipnb.widgets.creature import saved as creature_page
from clipnb.widgets.creature.state import Creature, allowed, groups, needs
from clipnb.widgets.embedding_map import saved as map_page
from clipnb.widgets.embedding_map.state import TALL, EmbeddingMap, axes, plane

# -- why one class rather than another
# ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("pooling", POOLINGS)
def test_contributions_add_up_to_the_margin_whatever_the_pooling(clip, fieldguide, pooling):
    frogs = clipnb.load_fieldguide("test", kinds="frog", per_species=1)
    table = clipnb.descriptor_prompts(
        clipnb.load_descriptors("fieldguide").select(frogs.class_names), include_name=False
    )
    prediction = clipnb.ZeroShotClassifier(clip, table, pooling).predict(frogs.select([0]))
    vector = prediction.image_embeddings[0].numpy()
    given = reasons.why(prediction.classifier, vector, 2, 0, most=99)
    margin = float(prediction.scores[0, 2] - prediction.scores[0, 0])
    for name in ("contribution", "centred"):
        assert sum(part[name] for part in given["parts"]) == pytest.approx(margin, abs=1e-5)
    assert {part["of"] for part in given["parts"]} == {0, 2}
    assert len(given["parts"]) == 2 if pooling == "max" else len(given["parts"]) > 8
    assert reasons.why(prediction.classifier, vector, 1, 1)["parts"] == []


def test_what_is_left_out_of_the_reasons_is_counted(clip):
    classifier = clipnb.ZeroShotClassifier(
        clip, {"a": [f"{n} red birds" for n in range(9)], "b": [f"{n} blue fish" for n in range(9)]}
    )
    vector = clip.encode_texts(["a red bird"])[0].numpy()
    full, some = reasons.why(classifier, vector, 0, 1, 99), reasons.why(classifier, vector, 0, 1, 5)
    assert (full["others"], some["others"]) == (0, 13) and full["rest"] == pytest.approx(0)
    assert some["rest"] + sum(part["centred"] for part in some["parts"]) == pytest.approx(
        full["margin"]
    )
    least_kept = min(abs(part["centred"]) for part in some["parts"])
    assert sorted((abs(part["centred"]) for part in full["parts"]), reverse=True)[
        4
    ] == pytest.approx(least_kept)


# -- the creature's state
# -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bird(clip):
    return Creature(clip, "bird", "blue jay")


def test_a_creature_begins_as_its_species(clip, bird):
    species = next(one for one in load_kind("bird").species if one.name == "blue jay")
    assert (
        bird.document["marks"] == species.marks and bird.document["habitat"] == species.habitats[0]
    )
    assert bird.nearest() == ("blue jay", 0)
    other = Creature(clip, "bird", "blue jay", marks={"crest": "none"}, habitat="snow")
    assert other.document["marks"] == species.marks | {"crest": "none"}
    assert other.document["habitat"] == "snow"
    other.act({"do": "set", "of": "crest", "value": "fan"})
    other.act({"do": "reset"})
    assert other.document["marks"]["crest"] == "none"
    assert bird.picture().size == (224, 224) and bird.svg().startswith("<svg")


def test_a_mark_changes_the_drawing_the_vector_and_what_the_table_says(clip):
    one = Creature(clip, "bird", "blue jay")
    before, picture = one.embedding(), np.asarray(one.picture())
    one.act({"do": "set", "of": "back_colour", "value": "red"})
    assert (np.asarray(one.picture()) != picture).any() and not np.allclose(one.embedding(), before)
    assert one.nearest()[1] >= 1
    one.act({"do": "undo"})
    assert np.allclose(one.embedding(), before) and one.steps == 0


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
    one.act(
        {
            "do": "become",
            "marks": {
                "back_colour": one.values["back_colour"][0],
                "pattern": one.values["pattern"][-1],
            },
        }
    )
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
    with pytest.raises(ValueError, match="no mark 'horn'"):
        clipnb.widgets.design_creature(clip, "bird", marks={"horn": "long"})
    with pytest.raises(ValueError, match="cannot have crest = 'high'"):
        clipnb.widgets.design_creature(clip, "bird", marks={"crest": "high"})
    with pytest.raises(ValueError, match="no habitat 'moon'"):
        clipnb.widgets.design_creature(clip, "bird", habitat="moon")
    with pytest.raises(ValueError, match="Marks are slot"):
        clipnb.widgets.design_creature(clip, "bird", marks=["crest"])
    with pytest.raises(ValueError, match="two candidates"):
        clipnb.widgets.design_creature(clip, descriptors={"crow": ["black feathers"]})


def test_the_opinion_is_the_classifiers(clip, bird):
    opinion, prediction = bird.opinion(), bird.classifier.predict([bird.picture()])
    assert opinion["leaders"][0]["name"] == prediction.labels[0]
    assert opinion["leaders"][0]["probability"] == pytest.approx(
        float(prediction.probabilities.max()), abs=1e-5
    )
    assert opinion["why"]["margin"] == pytest.approx(
        opinion["leaders"][0]["score"] - opinion["leaders"][1]["score"], abs=1e-5
    )
    last = int(prediction.scores[0].argmin())
    bird.act({"do": "against", "of": last})
    assert (
        bird.opinion()["why"]["right"]
        == bird.opinion()["leaders"][-1]["name"]
        == prediction.class_names[last]
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_slot_is_offered_once_and_every_choice_can_be_drawn(kind):
    kind = load_kind(kind)
    offered = [entry["slot"] for group in groups(kind) for entry in group["slots"]]
    assert sorted(offered) == sorted(allowed(kind)) == sorted(kind.species[0].marks)
    for species in kind.species:
        assert all(value in allowed(kind)[slot] for slot, value in species.marks.items())
        for slot in kind.visible(species.marks):  # what can be seen can be changed
            assert any(
                all(species.marks[other] in values for other, values in way.items())
                for way in needs(kind).get(slot, [{}])
            )


def test_the_page_without_scripts_escapes(clip):
    names = {payload: ["red feathers", payload] for payload in PAYLOADS[:6]}
    page = creature_page.page(Creature(clip, "bird", descriptors=names))
    assert "<script" not in page and "<svg" not in page and "&lt;script&gt;" in page
    # nbval compares it
    assert creature_page.page(Creature(clip, "bird", descriptors=names)) == page


# -- confusions
# ---------------------------------------------------------------------------------------------------------------


def by_nonsense(clip, data):
    """A prediction whose errors fall on many classes: each has the descriptors of the next."""
    described, names = clipnb.load_descriptors("fieldguide"), data.class_names
    texts = {name: described[following] for name, following in zip(names, names[1:] + names[:1])}
    return clipnb.ZeroShotClassifier(clip, texts).predict(data)


def described_pictures():
    """Birds and frogs, and the texts that describe their species."""
    data = clipnb.load_fieldguide("test", kinds=["bird", "frog"], per_species=2)
    return data, clipnb.descriptor_prompts(
        clipnb.load_descriptors("fieldguide").select(data.class_names), include_name=False
    )


@pytest.fixture(scope="module")
def described():
    return described_pictures()


@pytest.fixture(scope="module")
def birds(clip, described):
    data, table = described
    return data, clipnb.ZeroShotClassifier(clip, table).predict(data)


@pytest.fixture
def confusions(birds):
    data, prediction = birds
    return Confusions(prediction, data, max_classes=5)


def test_every_matrix_holds_every_picture_of_its_classes_once(birds, confusions):
    data, prediction = birds
    right = np.array(prediction.labels) == np.array(data.class_names)[data.labels]
    assert [matrix["name"] for matrix in confusions.matrices] == [
        "all classes",
        "bird",
        "frog",
        "seen in training",
        "held out",
    ]
    assert confusions.matrices[0]["right"] == right.sum() and confusions.matrices[0][
        "total"
    ] == len(data)
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
                    assert (
                        taken == matrix["classes"][column]
                        if column < 5
                        else taken not in matrix["classes"]
                    )
                everything += behind
        assert sorted(everything) == sorted(
            i for i in range(len(data)) if data.class_names[data.labels[i]] in matrix["classes"]
        )


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
    assert (reasons_["left"], reasons_["right"]) == (entry["taken"], entry["truth"]) and reasons_[
        "margin"
    ] > 0
    of = prediction.class_names.index
    assert reasons_["margin"] == pytest.approx(
        float(
            prediction.scores[picture, of(entry["taken"])]
            - prediction.scores[picture, of(entry["truth"])]
        ),
        abs=1e-5,
    )
    right = next(
        i for i, label in enumerate(prediction.labels) if label == data.class_names[data.labels[i]]
    )
    confusions.document["picture"] = right
    assert (
        confusions.reasons()["left"] == prediction.labels[right]
        and confusions.reasons()["margin"] >= 0
    )


def test_the_order_of_the_classes_decides_nothing(clip, birds):
    data, prediction = birds
    table = prediction.classifier.table
    backwards = clipnb.ZeroShotClassifier(
        clip, {name: table[name] for name in reversed(table.class_names)}
    ).predict(data)
    a, b = Confusions(prediction, data, max_classes=4), Confusions(backwards, data, max_classes=4)
    assert [m["right"] for m in a.matrices] == [m["right"] for m in b.matrices]
    assert all(set(m["classes"]) <= set(data.class_names) for m in b.matrices)


@pytest.mark.parametrize(
    "action, words",
    [
        ({"do": "open", "row": 5, "column": 0}, "no row 5"),
        ({"do": "open", "row": 0, "column": 6}, "no column 6"),
        ({"do": "open", "row": True, "column": 0}, "no row True"),
        ({"do": "choose", "group": 5}, "no group 5"),
        ({"do": "pick", "picture": 10_000}, "no image 10000"),
        ({"do": "pick", "picture": [1]}, "no image"),
    ],
)
def test_cells_and_pictures_that_are_not_there_are_refused(confusions, action, words):
    before = dict(confusions.document)
    with pytest.raises(ValueError, match=words):
        confusions.act(action)
    assert confusions.document == before


def test_what_browse_confusions_refuses(clip, birds):
    data, prediction = birds
    with pytest.raises(ValueError, match="46 images, but the data hold 3"):
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
    only.class_names, only.labels, only.seen = (
        [data.class_names[0]],
        np.zeros(1, int),
        data.seen[:1],
    )
    state = Confusions(
        clipnb.ZeroShotClassifier(clip, {data.class_names[0]: ["a bird"]}).predict(only), only
    )
    assert state.document["cell"] is None and state.reasons() is None
    assert "1 of 1 images correct (100%)" in confusions_page.page(state)
    state.act({"do": "open", "row": 0, "column": 0})
    assert state.reasons()["parts"] == []  # one class has no rival


def test_the_column_of_other_classes_is_there_where_something_is_in_it(clip, birds):
    data, prediction = birds[0], by_nonsense(clip, birds[0])
    few, all_ = (
        Confusions(prediction, data, max_classes=3),
        Confusions(prediction, data, max_classes=len(data.class_names)),
    )
    assert few.matrices[0]["others"] and not all_.matrices[0]["others"]
    for state in (few, all_):
        for g, matrix in enumerate(state.matrices):
            assert matrix["others"] == any(row[-1] for row in matrix["counts"])
            state.act({"do": "choose", "group": g})
            page = confusions_page.page(state)
            heads = page.split("</thead>")[0]
            assert ("other classes" in heads) == matrix["others"] and heads.count(
                "<th "
            ) == 1 + len(matrix["classes"]) + matrix["others"]
            assert page.split("</tr>")[1].count("<td ") == heads.count("<th ")
    all_.act({"do": "choose", "group": 0})
    # the index stays
    all_.act({"do": "open", "row": 0, "column": len(all_.matrices[0]["classes"])})
    assert all_.behind() == [] and all_.document["picture"] is None


def test_confusions_without_scripts_escape(clip):
    page = confusions_page.page(hostile_confusions(clip))
    assert (
        "<script" not in page
        and "<svg" not in page
        and page.count("<img") == 1
        and "&lt;script&gt;" in page
    )


def hostile_confusions(clip):
    """Scripts as class names, texts and file names."""
    data = clipnb.load_fieldguide("test", per_species=2).select(range(100))
    data.class_names, data.labels, data.seen = PAYLOADS, np.arange(100), np.ones(100, bool)
    data.sources = PAYLOADS[::-1]
    prediction = clipnb.ZeroShotClassifier(
        clip, {name: [name, name[::-1]] for name in PAYLOADS}
    ).predict(data)
    return Confusions(
        prediction,
        data,
        {name: PAYLOADS[i // 10 * 10 :][:10] for i, name in enumerate(PAYLOADS)},
        max_classes=10,
    )


# -- the map
# ------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def embeddings(clip, described):
    return EmbeddingMap(clip, *described, max_points=24)


def test_the_plane_is_that_of_the_largest_variance():
    chance = np.random.default_rng(0)
    cloud = chance.normal(size=(200, 6)) * [9, 1, 4, 0.1, 0.1, 0.1]
    assert np.abs(axes(cloud)).argmax(1).tolist() == [0, 2]
    places = plane(cloud)
    assert (
        np.abs(places[:, 0]).max() <= 1
        and np.abs(places[:, 1]).max() <= TALL
        and max(np.abs(places[:, 0]).max(), np.abs(places[:, 1]).max() / TALL) == pytest.approx(1)
    )
    distance = lambda x: np.linalg.norm(x[:, None] - x[None], axis=-1)[np.triu_indices(200, 1)]
    assert np.corrcoef(distance(places), distance(cloud))[0, 1] > 0.98
    # the order of the points does not turn the map over
    assert np.allclose(plane(cloud[::-1])[::-1], places)
    assert plane(np.ones((3, 5))).tolist() == [[0, 0]] * 3 and plane(cloud[:1]).tolist() == [[0, 0]]


def test_the_gap_is_there_and_goes_away(clip, embeddings):
    gap, split = embeddings.gap(), embeddings.split
    vectors = embeddings.embeddings
    assert gap["distance"] == pytest.approx(
        np.linalg.norm(vectors[:split].mean(0) - vectors[split:].mean(0))
    )
    cosines = vectors[:split] @ vectors[:split].T
    assert gap["images"] == pytest.approx(cosines[np.triu_indices(split, 1)].mean())
    assert gap["across"] == pytest.approx((vectors[:split] @ vectors[split:].T).mean())
    centres = [
        places[:split].mean(0) - places[split:].mean(0)
        for places in (embeddings.places["raw"], embeddings.places["centred"])
    ]
    directions = [
        cloud.mean(0) / np.linalg.norm(cloud.mean(0))
        for cloud in (vectors[:split], vectors[split:])
    ]
    chord = np.linalg.norm(directions[0] - directions[1])  # of the unit circle
    assert (
        gap["angle"] == round(math.degrees(2 * math.asin(chord / 2)))
        and isinstance(gap["angle"], int)
        and 0 < gap["angle"] < 180
    )
    words = map_page.gap_in_words(gap)
    assert words.startswith(
        f"The map's first axis runs along the gap (cosine {gap['axis']:.2f}). Distance of the two"
        f" means {gap['distance']:.2f}, "
    )
    assert (
        f"angle between them {gap['angle']}°. Mean cosine of an image and a text"
        f" {gap['across']:.2f}, of two images" in words
    )
    assert "runs only partly along" in map_page.gap_in_words({**gap, "axis": 0.4})
    assert np.linalg.norm(centres[0]) > 0.05 and np.linalg.norm(centres[1]) < 1e-9


def test_points_know_their_kind_and_their_nearest(clip, described, embeddings):
    data, table = described
    assert (
        embeddings.groups == ["bird", "frog"]
        and len(embeddings.points) == 48
        and embeddings.split == 24
    )
    near = embeddings.neighbours()
    for p in (0, 30):
        others = range(24, 48) if p < 24 else range(24)
        cosines = {q: float(embeddings.embeddings[p] @ embeddings.embeddings[q]) for q in others}
        assert [q for q, _ in near[p]] == sorted(cosines, key=lambda q: -cosines[q])[:5]
    birds = {data.class_names[c] for c in range(len(data)) if c < len(data.class_names)} & {
        s.name for s in load_kind("bird").species
    }
    for point in embeddings.points:
        name = (
            data.class_names[data.labels[point["picture"]]]
            if point["picture"] is not None
            else next(c for c in table if point["text"] in table[c])
        )
        assert (
            embeddings.groups[point["group"]] == ("bird" if name in birds else "frog")
            or point["picture"] is None
        )


def test_selecting_choosing_centring(embeddings):
    embeddings.act({"do": "select", "points": [7, 3, 3, 40]})
    embeddings.act({"do": "toggle", "point": 3})
    embeddings.act({"do": "toggle", "point": 8})
    embeddings.act({"do": "centre", "on": True})
    embeddings.act({"do": "choose", "point": 41})
    assert embeddings.document == {"centred": True, "chosen": 41, "selected": [7, 8, 40]}
    assert [point["what"] for point in embeddings.selection()] == ["picture", "picture", "sentence"]
    embeddings.act({"do": "undo"})
    assert embeddings.document["selected"] == [7, 40]
    for action in (
        {"do": "select", "points": [48]},
        {"do": "select", "points": "all"},
        {"do": "toggle", "point": -1},
        {"do": "choose", "point": None},
    ):
        with pytest.raises(ValueError, match="point"):
            embeddings.act(action)
    assert embeddings.document["selected"] == [7, 40]


def test_sentences_without_classes_and_many_classes(clip, described):
    data, table = described
    bare = EmbeddingMap(clip, data.images[0], ["a bird", "a fish"])
    assert bare.groups == [] and [point["group"] for point in bare.points] == [-1] * 3
    assert np.isnan(bare.gap()["images"]) and "nan" not in map_page.page(bare)
    renamed = {f"class {i}": table[name] for i, name in enumerate(table.class_names)}
    many = EmbeddingMap(clip, data.rename(dict(zip(data.class_names, renamed))), renamed)
    assert (
        len(many.groups) == 8
        and many.groups[-1] == "others"
        and {point["group"] for point in many.points} == set(range(8))
    )
    with pytest.raises(ValueError, match="9 groups; at most 8"):
        EmbeddingMap(clip, data, table, {str(i): [] for i in range(9)})
    with pytest.raises(ValueError, match="no text"):
        EmbeddingMap(clip, data, [])
    with pytest.raises(ValueError, match="one text"):
        clipnb.widgets.map_embeddings(clip, data, "a bird")


def hostile_map(clip):
    data = clipnb.load_fieldguide("test", per_species=2).select(range(100))
    parts = {"labels": np.arange(100), "sources": PAYLOADS[::-1], "seen": None}
    data = replace(data, class_names=PAYLOADS, name_frequency=None, **parts)
    state = EmbeddingMap(
        clip,
        data,
        {name: [name] for name in PAYLOADS},
        {name: PAYLOADS[i::8] for i, name in enumerate(PAYLOADS[:8])},
    )
    state.act({"do": "select", "points": list(range(200))})
    state.act({"do": "choose", "point": 0})
    return state


def test_the_map_without_scripts_escapes(clip):
    page = map_page.page(hostile_map(clip))
    assert (
        "<script" not in page
        and "<svg" not in page
        and page.count("<img") == 1
        and page.count("&lt;script&gt;") > 10
    )

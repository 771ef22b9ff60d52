"""What widgets know and do, without a page: every action, undo, reset, numbers, saving, and HTML in
which text stays text."""

import json
import logging
import math
import re

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

import clipnb
from clipnb.support.files import image_address
from clipnb.widgets.common import html
from clipnb.widgets.common.document import MOST_STEPS
from clipnb.widgets.common.embeddings import spread
from clipnb.widgets.common.scoring import ranked
from clipnb.widgets.explorer import saved as explorer_page
from clipnb.widgets.explorer.state import Explorer
from clipnb.widgets.playground import saved as playground_page
from clipnb.widgets.playground.state import Playground, fill

ROWS = {
    "tree frog": ["bright green skin", "round toe pads"],
    "tailed frog": ["a short tail", "olive skin", "olive skin"],
    "other": ["a beak"],
}
ODD = [-1, -0.0001, 10.1, math.nan, math.inf, -math.inf, "1", None, True, [1], 10**400]


@pytest.fixture(scope="module")
def frogs():
    return clipnb.load_fieldguide("test", kinds="frog", per_species=2)


@pytest.fixture
def explorer(clip, frogs):
    return Explorer(clip, frogs, ROWS)


@pytest.fixture
def playground(clip, frogs):
    return Playground(clip, frogs)


def do(state, name, **arguments):
    state.act({"do": name, **arguments})


# --- numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("include_name", [False, True])
def test_scores_are_the_classifiers(clip, frogs, include_name):
    state = Explorer(clip, frogs, ROWS, include_name)
    prediction = clipnb.ZeroShotClassifier(
        clip, clipnb.descriptor_prompts(ROWS, include_name)
    ).predict(frogs)
    for picture in (0, 5, len(frogs) - 1):
        do(state, "choose", picture=picture)
        assert state.scores() == pytest.approx(prediction.scores[picture].tolist(), abs=1e-6)
        assert state.probabilities() == pytest.approx(
            prediction.probabilities[picture].tolist(), abs=1e-5
        )
        assert state.names[state.ranking()[0]] == prediction.labels[picture]


def test_a_row_that_is_off_is_as_if_it_were_not_there(clip, frogs, explorer):
    do(explorer, "switch", of=0, row=1, on=False)
    assert explorer.scores() == pytest.approx(
        Explorer(clip, frogs, {**ROWS, "tree frog": ROWS["tree frog"][:1]}).scores()
    )
    same = explorer.scores()
    do(explorer, "switch", of=0, row=1, on=True)
    do(explorer, "weigh", of=0, row=1, weight=0)
    assert explorer.scores() == pytest.approx(same)


def test_a_weight_counts_like_repetition_and_duplicates_count_twice(clip, frogs, explorer):
    do(explorer, "weigh", of=0, row=0, weight=3)
    thrice = Explorer(
        clip, frogs, {**ROWS, "tree frog": ["bright green skin"] * 3 + ["round toe pads"]}
    )
    assert explorer.scores() == pytest.approx(thrice.scores(), abs=1e-12)
    assert len(explorer.counted(1)) == 3


@pytest.mark.parametrize("weight", ODD)
def test_a_weight_that_is_none_is_refused_in_a_sentence(explorer, weight):
    before = json.dumps(explorer.document)
    with pytest.raises(ValueError, match="A weight is a number from 0 to 10"):
        do(explorer, "weigh", of=0, row=0, weight=weight)
    assert json.dumps(explorer.document) == before and explorer.steps == 0


def test_a_class_without_a_descriptor_has_no_score_and_comes_last(explorer):
    do(explorer, "remove", of=2, row=0)
    assert (
        explorer.scores()[2] is None
        and explorer.probabilities()[2] == 0
        and explorer.ranking()[-1] == 2
    )
    assert sum(explorer.probabilities()) == pytest.approx(1)
    assert explorer.difference(0, 2) == [] and explorer.difference(1, 1) == []
    for of in (0, 1):
        for row in range(len(ROWS[explorer.names[of]])):
            do(explorer, "switch", of=of, row=row, on=False)
    assert (
        explorer.scores() == [None] * 3
        and explorer.probabilities() == [0] * 3
        and explorer.ranking() == [0, 1, 2]
    )


def test_the_difference_adds_up_to_the_margin(explorer):
    do(explorer, "weigh", of=1, row=0, weight=2.5)
    do(explorer, "switch", of=1, row=1, on=False)
    scores, parts = explorer.scores(), explorer.difference(0, 1)
    assert sum(part["contribution"] for part in parts) == pytest.approx(
        scores[0] - scores[1], abs=1e-12
    )
    assert [part["centred"] for part in parts] == sorted(
        (part["centred"] for part in parts), reverse=True
    )
    assert {(part["of"], part["row"]) for part in parts} == {(0, 0), (0, 1), (1, 0), (1, 2)}
    mirrored = explorer.difference(1, 0)
    for name in ("contribution", "centred"):
        assert [part[name] for part in mirrored] == pytest.approx(
            [-part[name] for part in reversed(parts)]
        )


def test_only_new_text_runs_the_model(clip, explorer):
    explorer.scores()
    before = clip.encoded
    do(explorer, "weigh", of=0, row=0, weight=2)
    do(explorer, "switch", of=0, row=1, on=False)
    do(explorer, "edit", of=0, row=0, text="a short tail")  # known from another class
    assert explorer.learn() == [] and explorer.scores() and clip.encoded == before
    do(explorer, "edit", of=0, row=0, text="text that nobody wrote before, 7f3a")
    do(explorer, "edit", of=1, row=0, text="text that nobody wrote before, 7f3a")
    assert (
        explorer.learn() == ["text that nobody wrote before, 7f3a"] and clip.encoded == before + 1
    )
    assert explorer.learn() == []


@pytest.mark.parametrize(
    "text",
    [
        "𝔟𝔯𝔦𝔤𝔥𝔱 🐸",
        "أخضر",
        "e\u0301",
        "\x00\x07",
        "  spaced  ",
        "line\nbreak",
        "x" * 2000,
        "{}",
        "%s",
        "\\",
        "</td>",
    ],
)
def test_any_text_is_scored_and_saved(explorer, tmp_path, text):
    do(explorer, "edit", of=0, row=0, text=text)
    explorer.learn()
    assert all(math.isfinite(score) for score in explorer.scores())
    explorer.descriptors().save(tmp_path / "d.json")
    assert clipnb.load_descriptors(tmp_path / "d.json")["tree frog"][0] == text.strip()


def test_text_that_is_none(explorer):
    for text, words in (
        (None, "must be text"),
        (7, "must be text"),
        ("x" * 2001, "2,001 characters"),
    ):
        with pytest.raises(ValueError, match=words):
            do(explorer, "edit", of=0, row=0, text=text)
    do(explorer, "edit", of=0, row=0, text=" \t ")
    assert len(explorer.counted(0)) == 1 and explorer.learn() == []


# --- actions, undo, reset -------------------------------------------------------------------------


def test_undo_takes_back_one_step_and_typing_in_one_field_is_one(explorer):
    first = json.dumps(explorer.document["classes"])
    for text in ("b", "br", "bri"):
        do(explorer, "edit", of=0, row=0, text=text)
    do(explorer, "edit", of=0, row=1, text="pads")
    assert explorer.steps == 2
    do(explorer, "undo")
    assert explorer.document["classes"][0]["rows"][0]["text"] == "bri"
    do(explorer, "edit", of=0, row=1, text="again")
    do(explorer, "undo")
    do(explorer, "undo")
    assert json.dumps(explorer.document["classes"]) == first and explorer.steps == 0
    do(explorer, "undo")
    assert json.dumps(explorer.document["classes"]) == first


def test_reset_goes_back_to_the_beginning_and_can_be_undone(explorer):
    first = json.dumps(explorer.document["classes"])
    do(explorer, "reset")
    assert explorer.steps == 0
    do(explorer, "add", of=2)
    do(explorer, "remove", of=1, row=0)
    edited = json.dumps(explorer.document["classes"])
    do(explorer, "reset")
    assert json.dumps(explorer.document["classes"]) == first
    do(explorer, "undo")
    assert json.dumps(explorer.document["classes"]) == edited


def test_all_rows_of_a_class_at_once_are_one_step(explorer):
    do(explorer, "switch", of=1, row=1, on=False)
    before, others = (
        json.dumps(explorer.document["classes"]),
        json.dumps(explorer.document["classes"][0]),
    )
    do(explorer, "switch_all", of=1, on=False)
    assert (
        explorer.scores()[1] is None
        and json.dumps(explorer.document["classes"][0]) == others
        and explorer.steps == 2
    )
    do(explorer, "switch_all", of=1, on=False)
    assert explorer.steps == 2  # nothing changed
    do(explorer, "switch", of=1, row=2, on=True)
    assert [one["row"] for one in explorer.counted(1)] == [2]
    do(explorer, "undo")
    do(explorer, "undo")
    assert json.dumps(explorer.document["classes"]) == before
    do(explorer, "switch_all", of=1, on=True)
    assert len(explorer.counted(1)) == 3
    do(explorer, "undo")
    assert json.dumps(explorer.document["classes"]) == before


def test_looking_is_not_an_edit(explorer):
    do(explorer, "choose", picture=3)
    do(explorer, "compare", side=1, of=2)
    assert explorer.steps == 0
    do(explorer, "add", of=0)
    do(explorer, "undo")
    assert explorer.document["picture"] == 3 and explorer.document["compare"][1] == 2


def test_the_two_best_classes_are_compared_until_the_reader_picks_one(clip, frogs):
    state = Explorer(clip, frogs, clipnb.load_descriptors("fieldguide").select(frogs.class_names))
    for picture in range(len(frogs)):
        do(state, "choose", picture=picture)
        assert state.compared() == state.ranking()[:2]
    first, second, third = state.ranking()[:3]
    do(state, "compare", side=1, of=third)
    assert state.compared() == [first, third]
    do(state, "compare", side=1, of=first)
    assert state.compared() == [second, first]
    do(state, "compare", side=0, of=third)
    assert state.compared() == [third, first]
    do(state, "follow")
    assert state.compared() == [first, second] and state.steps == 0
    alone = Explorer(clip, frogs, {"one": ["green skin"]})
    assert alone.compared() == [0, 0]


def test_no_more_steps_are_kept_than_the_most(explorer):
    for _ in range(MOST_STEPS + 20):
        do(explorer, "add", of=0)
    assert explorer.steps == MOST_STEPS


WRONG = [
    ({"do": "explode"}, "no action 'explode'"),
    ({"do": "_row", "of": 0, "row": 0}, "no action"),
    ({}, "no action"),
    ({"do": "scores"}, "no action"),
    ({"do": "edit", "of": 0}, "wrong arguments"),
    ({"do": "edit", "of": 0, "row": 0, "text": "x", "more": 1}, "wrong arguments"),
    ({"do": "choose", "picture": 22}, "no image 22"),
    ({"do": "choose", "picture": -1}, "no image"),
    ({"do": "choose", "picture": True}, "no image"),
    ({"do": "choose", "picture": 1.0}, "no image"),
    ({"do": "choose", "picture": None}, "no image"),
    ({"do": "compare", "side": 2, "of": 0}, "no side"),
    ({"do": "compare", "side": 0, "of": 3}, "no class 3"),
    ({"do": "remove", "of": 0, "row": 2}, "no row 2"),
    ({"do": "switch", "of": "0", "row": 0, "on": True}, "no class"),
    ({"do": "undo", "x": 1}, "wrong arguments"),
    ({"do": "switch_all", "of": 3, "on": True}, "no class 3"),
    ({"do": "switch_all", "of": 0}, "wrong arguments"),
]


@pytest.mark.parametrize("action, words", WRONG, ids=str)
def test_what_cannot_be_done_is_said_and_changes_nothing(explorer, action, words):
    before = json.dumps(explorer.document)
    with pytest.raises(ValueError, match=words):
        explorer.act(action)
    assert json.dumps(explorer.document) == before and explorer.steps == 0


TEXTS = st.sampled_from(["", "green", "a beak", "🐸", " "])
PLACE = {"of": st.integers(-1, 3), "row": st.integers(-1, 3)}
ACTIONS = st.one_of(
    st.fixed_dictionaries({"do": st.just("edit"), "text": TEXTS, **PLACE}),
    st.fixed_dictionaries(
        {"do": st.just("weigh"), "weight": st.one_of(st.floats(), st.integers(-2, 12)), **PLACE}
    ),
    st.fixed_dictionaries({"do": st.just("switch"), "on": st.booleans(), **PLACE}),
    st.fixed_dictionaries({"do": st.just("switch_all"), "on": st.booleans(), "of": PLACE["of"]}),
    st.fixed_dictionaries({"do": st.just("add"), "of": PLACE["of"]}),
    st.fixed_dictionaries({"do": st.just("remove"), **PLACE}),
    st.fixed_dictionaries({"do": st.just("choose"), "picture": st.integers(-1, 22)}),
    st.fixed_dictionaries({"do": st.sampled_from(["undo", "reset"])}),
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(actions=st.lists(ACTIONS, max_size=12))
def test_whatever_is_done_undo_leads_back_and_the_numbers_hold(clip, frogs, actions):
    state = Explorer(clip, frogs, ROWS)
    first = json.dumps(state.document["classes"])
    for action in actions:
        try:
            state.act(action)
        except ValueError:
            pass
        state.learn()
        scores, probabilities = state.scores(), state.probabilities()
        assert all(p >= 0 for p in probabilities) and (
            sum(probabilities) == pytest.approx(1) or scores == [None] * 3
        )
        assert json.loads(json.dumps(state.document, allow_nan=False)) == state.document
    while state.steps:
        do(state, "undo")
    assert json.dumps(state.document["classes"]) == first


# --- saving ---------------------------------------------------------------------------------------


def test_what_is_saved_is_the_papers_json(explorer, tmp_path):
    assert (
        dict(explorer.descriptors()) == ROWS and "edited" not in explorer.descriptors().provenance
    )
    do(explorer, "switch", of=1, row=2, on=False)
    do(explorer, "weigh", of=0, row=0, weight=2)
    do(explorer, "add", of=0)
    saved = explorer.descriptors()
    assert (
        saved["tailed frog"] == ["a short tail", "olive skin"]
        and saved["tree frog"] == ROWS["tree frog"]
    )
    assert saved.provenance == {"edited": True, "weights": {"tree frog": [2, 1]}}
    saved.save(tmp_path / "d.json")
    assert dict(clipnb.load_descriptors(tmp_path / "d.json")) == dict(saved)
    do(explorer, "remove", of=2, row=0)
    with pytest.raises(ValueError, match="'other' has no descriptor"):
        explorer.descriptors()


# --- images -------------------------------------------------------------------------------------


def test_pictures_of_any_kind(clip, frogs, tmp_path):
    picture = Image.new("RGBA", (30, 50), "green")
    for images in (
        picture,
        [picture, np.zeros((9, 9, 3), np.uint8)],
        np.zeros((9, 9, 3), np.uint8),
    ):
        state = Explorer(clip, images, ROWS)
        assert len(state.images) in (1, 2) and state.images.truth(0) is None and all(state.scores())
    (tmp_path / "frog").mkdir()
    picture.convert("RGB").save(tmp_path / "frog" / "a.png")
    for folder in (tmp_path, str(tmp_path)):
        assert Explorer(clip, folder, ROWS).images.truth(0) == "frog"
    with pytest.raises(ValueError, match="no image"):
        Explorer(clip, [], ROWS)
    with pytest.raises(ValueError, match="no class"):
        Explorer(clip, frogs, {})
    with pytest.raises(ValueError, match="no class names"):
        Playground(clip, picture)


def test_where_to_begin(clip, frogs):
    state = Explorer(clip, frogs, ROWS, start="tree frog")
    assert (
        state.images.truth(state.document["picture"]) == "tree frog"
        and Playground(clip, frogs, start=21).document["picture"] == 21
    )
    for start in ("robin", 22):
        with pytest.raises(ValueError, match="There is no image"):
            Explorer(clip, frogs, ROWS, start=start)


def test_a_strip_takes_from_every_class_in_turn():
    assert (
        spread([0, 0, 0, 1, 1, 2], 4) == [0, 1, 3, 5]
        and spread([0, 0], 9) == [0, 1]
        and spread([-1, -1, -1], 2) == [0, 1]
    )


# --- the playground -------------------------------------------------------------------------------


def test_the_playgrounds_numbers_are_the_classifiers(clip, frogs, playground):
    do(playground, "choose", picture=4)
    templates = [row["text"] for row in playground.document["templates"]]
    got = playground.columns()
    for i, template in enumerate(templates):
        prediction = clipnb.ZeroShotClassifier(
            clip, clipnb.name_prompts(frogs.class_names, template)
        ).predict(frogs)
        assert got["cosine"][i] == pytest.approx(prediction.scores[4].numpy(), abs=1e-6)
        assert got["probability"][i] == pytest.approx(prediction.probabilities[4].numpy(), abs=1e-5)
    ensemble = clipnb.ZeroShotClassifier(
        clip, clipnb.template_prompts(frogs.class_names, templates)
    ).predict(frogs)
    assert got["probability"][-1] == pytest.approx(ensemble.probabilities[4].numpy(), abs=1e-5)


def test_the_scale_changes_how_sure_and_never_which(playground):
    sure = []
    for scale in (1, 10, 300):
        do(playground, "rescale", scale=scale)
        values = playground.columns()
        assert (values["probability"].argmax(1) == values["cosine"].argmax(1)).all()
        sure.append(values["probability"].max(1))
    assert (sure[0] < sure[1]).all() and (sure[1] < sure[2]).all() and playground.steps == 1
    for scale in (0, 301, math.nan, "7", None):
        with pytest.raises(ValueError, match="logit scale is a number"):
            do(playground, "rescale", scale=scale)
    do(playground, "undo")
    assert playground.document["scale"] == pytest.approx(playground.clip.logit_scale)


def test_templates_and_names_can_be_edited_to_nothing(playground):
    do(playground, "edit", of="templates", row=0, text="no place for a name")
    do(playground, "add", of="names")
    do(playground, "edit", of="names", row=11, text="a {} of {0} $& names")
    playground.learn()
    assert np.ptp(playground.columns()["cosine"][0]) == pytest.approx(0) and playground.columns()[
        "cosine"
    ].shape == (4, 12)
    for of in ("templates", "names"):
        for row in range(len(playground.document[of])):
            do(playground, "switch", of=of, row=row, on=False)
        assert playground.columns()["cosine"].size == 0 and "<table" in playground_page.page(
            playground
        )
    with pytest.raises(ValueError, match="templates and names"):
        do(playground, "edit", of="classes", row=0, text="x")
    with pytest.raises(ValueError, match="probability or cosine"):
        do(playground, "display", what="all")
    assert fill("a {} {x} {}", "{}") == "a {} {x} {}"


# --- HTML and the widget --------------------------------------------------------------------------

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


def test_the_page_without_scripts_escapes_every_text(clip, frogs):
    data = frogs.rename({"tree frog": EVIL})
    data.sources = [EVIL] * len(data)
    pages = [
        explorer_page.page(Explorer(clip, data, {EVIL: [EVIL], "b": [EVIL]})),
        playground_page.page(Playground(clip, data, [EVIL + "{}"], [EVIL, "b"])),
    ]
    for page in pages:
        assert (
            page.count("&lt;script&gt;") > 3
            and "<script" not in page
            and page.count("<img") == 1
            and "\"'><" not in page
        )


def test_bars_and_pictures():
    assert [html.bar(x, 4) for x in (-1, 0, 0.5, 1, 7)] == [
        "",
        "",
        "██",
        "████",
        "████",
    ] and html.bar(0.3, 4) == "█▎"
    # as wide as it has places, so that the mark of the mean is at one place in all rows
    lines, told = html.bars([0.1, None, 0.2, 0.3, 0.25], 4)
    assert lines == ["▏\u2007\u2007┆", "", "▏██┆", "▏██┆██", "▏██┆█"] and "0.21" in told
    uri = image_address(Image.new("RGBA", (400, 100)), 50)
    assert uri.startswith("data:image/jpeg;base64,/9j/") and len(uri) < 2000


def test_texts_and_bars_of_a_table_begin_at_the_left_whatever_the_style_of_the_page():
    head, rows = (
        ["a", "b", "c", "d", ""],
        [["x", "1.5", "–", "1", "█▎"], ["y", "−2 %", "", "off", ""]],
    )
    page = html.table(head, rows)
    sides = re.findall(r'<t[dh] style="text-align: (left|right)', page)
    assert sides == 3 * ["left", "right", "right", "left", "left"]
    assert page.count("monospace") == 1 and page.count("<td ") == 10 and page.count("<th ") == 5
    assert 'left">a</th>' in html.table(["a"], [])


def test_a_widget_shows_itself_without_a_kernel(clip, frogs):
    for widget in (
        clipnb.widgets.explore_descriptors(clip, frogs, ROWS),
        clipnb.widgets.play_prompts(clip, frogs),
    ):
        data, _ = widget._repr_mimebundle_()
        assert set(data) == {"text/plain", "text/html", "application/vnd.jupyter.widget-view+json"}
        assert (
            data["text/plain"] == repr(widget)
            and "0x" not in repr(widget)
            and "█" in data["text/html"]
        )
        assert data == {**widget._repr_mimebundle_()[0]} and "http" not in widget._css
    with pytest.raises(AttributeError, match="no widget 'explode'; the widgets are"):
        clipnb.widgets.explode


def test_messages_from_the_page(clip, frogs, caplog, monkeypatch):
    widget = clipnb.widgets.explore_descriptors(clip, frogs, ROWS)
    send = lambda **message: widget._receive(widget, {"view": "v", **message}, [])
    send(do="hello", serial=1)
    send(do="edit", of=0, row=0, text="text of a page, 51c", serial=2)
    assert widget.document["classes"][0]["rows"][0][
        "text"
    ] == "text of a page, 51c" and widget.answered == {"v": 2}
    assert widget.new_texts == ["text of a page, 51c"] and len(widget.new_vectors) == 4 * clip.dim
    send(do="weigh", of=0, row=0, weight=-1, serial=3)
    assert (
        "A weight is a number" in widget.problem
        and widget.failures == 0
        and widget.answered == {"v": 3}
    )
    send(do="choose", picture=21, serial=4)
    assert (
        widget.problem == ""
        and widget.extra["index"] == 21
        and np.frombuffer(widget.extra_vector, "<f4") @ widget.state.images.embedding(21) > 0.999
    )
    monkeypatch.setattr(widget.state, "learn", lambda: 1 / 0)
    with caplog.at_level(logging.ERROR, "clipnb.widgets"):
        send(do="add", of=0, serial=5)
    assert (
        widget.failures == 1
        and "ZeroDivisionError" in widget.problem
        and "A callback of" in caplog.text
    )
    for i in range(20):
        widget._receive(widget, {"do": "hello", "view": f"w{i}", "serial": 1}, [])
    assert len(widget.answered) == 8 and "w19" in widget.answered


def test_python_may_act_too(clip, frogs, tmp_path):
    widget = clipnb.widgets.explore_descriptors(
        clip, frogs, clipnb.load_descriptors("fieldguide").select(["tree frog", "tailed frog"])
    )
    widget.act("edit", of=0, row=0, text="a green frog")
    assert (
        widget.descriptors["tree frog"][0]
        == "a green frog"
        == widget.document["classes"][0]["rows"][0]["text"]
    )
    widget.save(tmp_path / "d.json")
    assert clipnb.load_descriptors(tmp_path / "d.json").provenance["edited"] is True


def test_what_differs_in_the_last_bits_is_tied():
    scores = [0.3, None, 0.1 + 0.2, 0.3 + 2e-9, -0.5, 0.3 - 1e-13]
    assert ranked(scores) == [3, 0, 2, 5, 4, 1] and scores[0] != scores[2]
    assert ranked([]) == [] and ranked(np.array([0.5, 0.5, 0.75])) == [2, 0, 1]

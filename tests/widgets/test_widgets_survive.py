"""Nothing that can be typed or pasted stops a widget: what cannot be done is taken back and said,
and the next action works. Edits outlive the widget when its cell is run again."""

import json
import logging
import random
import time
from dataclasses import replace

import numpy as np
import pytest
from all_widgets import made

import clipnb
from clipnb import widgets as package
from clipnb.widgets.common import kept
from clipnb.widgets.common.base import Widget
from clipnb.widgets.common.document import check_sendable, sendable

HALF = "a \ud83d frog"
TEXTS = {
    "half an emoji": HALF,
    "the other half": "\udc38",
    "control characters": "a\0b\x1b[2J\x07\x85",
    "breaks": "a\nb\r\nc\td",
    "braces": "{0} {a!r:>{b}} {",
    "a template of templates": "{}" * 1000,
    "NaN": float("nan"),
    "infinite": float("-inf"),
    "a list": ["x"],
    "a dictionary": {"text": "x"},
    "None": None,
    "True": True,
    "a number": 10**400,
    "bytes": b"x",
    "2,000 letters": "a" * 2000,
    "2 million letters": "a" * 2_000_000,
    "2,000 emojis": "\U0001f438" * 2000,
    "right to left": "\u202e\u2066a",
    "a tower": "a" + "\u0301" * 1500,
    "spaces": " " * 300,
    "nothing": "",
    "a token": "<|endoftext|>" * 20,
    "mathematics": "$\\frac{" * 40,
    "a page": "</script><img src=x onerror=alert(1)>",
}
WRITES = {
    "explore_descriptors": {"do": "edit", "of": 0, "row": 0},
    "play_prompts": {"do": "edit", "of": "names", "row": 0},
    "inspect_tokens": {"do": "write"},
    "look_inside": {"do": "write"},
    "browse_heads": {"do": "write"},
    "rank_images": {"do": "write"},
}


@pytest.fixture(scope="module")
def frogs():
    return clipnb.load_fieldguide("test", kinds="frog", per_species=1).select(range(3))


@pytest.fixture(autouse=True)
def nothing_kept():
    kept._edits.clear()


def new(name, clip, frogs):
    rows = {"a": ["green skin"], "b": ["red skin"]}
    return {
        "explore_descriptors": lambda: package.explore_descriptors(clip, frogs, rows),
        "play_prompts": lambda: package.play_prompts(clip, frogs, names=["a", "b"]),
        "inspect_tokens": lambda: package.inspect_tokens(clip, frogs),
        "look_inside": lambda: package.look_inside(clip, frogs),
        "browse_heads": lambda: package.browse_heads(clip, frogs),
        "rank_images": lambda: package.rank_images(clip, frogs),
    }[name]()


def send(widget, serial, **message):
    widget._receive(widget, {**message, "view": "v", "serial": serial}, [])
    json.dumps(widget.get_state(["document", "problem"]), ensure_ascii=False).encode()


@pytest.mark.filterwarnings("ignore:Texts are cut")
@pytest.mark.parametrize("name", WRITES)
def test_after_any_text_the_next_action_works(name, clip, frogs):
    widget = new(name, clip, frogs)
    for serial, (what, text) in enumerate(TEXTS.items()):
        before, start = widget.state.copy(), time.perf_counter()
        send(widget, 2 * serial, **WRITES[name], text=text)
        said = widget.problem
        if said:  # refused: as if nothing had been done
            assert widget.state.copy() == before == widget.document, what
            assert len(said) <= 600 and said.isprintable(), what
        send(widget, 2 * serial + 1, do="choose", picture=serial % 3)
        assert widget.document["picture"] == serial % 3 and not widget.problem, what
        assert widget.answered == {"v": 2 * serial + 1} and widget.failures == 0, what
        assert time.perf_counter() - start < 5, what


@pytest.mark.filterwarnings("ignore:Texts are cut")
def test_a_long_name_in_a_long_template_is_refused_before_the_model_reads_it(clip, frogs):
    widget = new("play_prompts", clip, frogs)
    send(widget, 1, do="edit", of="names", row=0, text="a frog " * 285)
    start = time.perf_counter()
    send(widget, 2, do="edit", of="templates", row=0, text="{}" * 1000)
    assert "makes a text of" in widget.problem and time.perf_counter() - start < 1
    assert widget.document["templates"][0]["text"] != "{}" * 1000


@pytest.mark.filterwarnings("ignore:Texts are cut")
def test_any_message_to_any_widget_leaves_it_working(clip, monkeypatch):
    """Every action of every widget with arguments of every type."""
    random.seed(0)
    values = [*TEXTS.values(), 0, 1, -1, 10**9, 0.5, [0, 0], [], {}]
    for name, widget in made().items():
        assert isinstance(widget, Widget)
        serial = 0
        for action in (*widget.state.actions, "undo", "reset", "explode", None, ["x"]):
            for _ in range(12):
                wanted = random.choices(values, k=3)
                names = random.choice([("of", "row", "text"), ("picture",), ("to",), ("what",)])
                serial += 1
                send(widget, serial, do=action, **dict(zip(names, wanted)))
        for message in (None, [], "x", {}, {"do": "hello"}):
            widget._receive(widget, message, [])
        assert widget.failures == 0, name
        send(widget, serial + 1, do="hello")
        assert widget.answered["v"] == serial + 1, name


@pytest.mark.parametrize("name", WRITES)
def test_an_update_that_fails_is_taken_back_whole(name, clip, frogs, monkeypatch, caplog):
    widget = new(name, clip, frogs)
    send(widget, 1, **WRITES[name], text="a blue frog")
    before, steps = widget.state.copy(), widget.state.steps
    sent = []
    monkeypatch.setattr(widget, "send_state", lambda key=None: sent.append(key))
    for broken in ("show", "state"):
        with monkeypatch.context() as patch, caplog.at_level(logging.CRITICAL, "clipnb.widgets"):
            if broken == "show":
                patch.setattr(widget, "show", lambda: 1 / 0)
            else:
                patch.setattr(widget.state, WRITES[name]["do"], lambda **_: {}["x"])
            send(widget, 2, **WRITES[name], text="a red frog")
        assert "taken back" in widget.problem and "document" in sent
        assert widget.state.copy() == widget.document == before and widget.state.steps == steps
    assert widget.failures == 2
    send(widget, 3, **WRITES[name], text="a red frog")
    assert not widget.problem and widget.document != before
    with pytest.raises(ValueError):
        widget.act(**WRITES[name], text=HALF)
    assert not widget.problem and HALF not in str(widget.document)


# --- names from elsewhere -------------------------------------------------------------------------


def test_a_name_that_no_page_can_get_is_shown_with_its_escape(clip, frogs):
    """A file whose name is no UTF-8 has half characters in it on Linux."""
    data = replace(frogs, sources=["photo\udcff.png"] * 3)
    widget = package.rank_images(clip, data)
    assert widget.pictures[0]["name"] == "photo\\udcff.png"
    json.dumps(widget.get_state(["pictures", "document"]), ensure_ascii=False).encode()


def test_a_text_that_no_page_can_get_is_named(clip, frogs):
    for make in (
        lambda: package.explore_descriptors(clip, frogs, {"a": [HALF], "b": ["c"]}),
        lambda: package.rank_images(clip, frogs, [HALF]),
        lambda: package.play_prompts(clip, frogs, names=[HALF]),
        lambda: package.inspect_tokens(clip, frogs, HALF),
        lambda: package.look_inside(clip, frogs, HALF),
        lambda: package.browse_heads(clip, frogs, HALF),
    ):
        with pytest.raises(ValueError, match=r"half a character.*ud83d|ud83d.*half a character"):
            make()
    with pytest.raises(ValueError, match="half a character"):
        check_sendable({"a": [{"b": HALF}]})
    with pytest.raises(ValueError, match="nan is no number"):
        check_sendable([float("nan")])
    assert sendable({"a": [HALF, 1, None]}) == {"a": ["a \\ud83d frog", 1, None]}


def test_descriptors_may_be_any_mapping(clip, frogs):
    table = clipnb.PromptTable({"a": ["green skin", "wet"], "b": ["red skin"]})
    for given in (table, clipnb.DescriptorSet(dict(table)), dict(table)):
        state = package.slide_heatmaps(clip, frogs, given, methods=["random"]).state
        assert (state.names, state.groups) == (["a", "b"], [["green skin", "wet"], ["red skin"]])


@pytest.mark.parametrize(
    "call",
    [
        lambda clip, data: package.slide_heatmaps(clip, data, {"a": "green skin"}),
        lambda clip, data: package.play_prompts(clip, data, names="frog"),
        lambda clip, data: package.play_prompts(clip, data, "a photo of a {}", ["frog"]),
        lambda clip, data: package.rank_images(clip, data, "a red bird"),
        lambda clip, data: package.look_inside(clip, data, names="frog"),
        lambda clip, data: package.browse_heads(clip, data, texts="red"),
        lambda clip, data: package.compare_similarities(clip, data, "a red bird"),
        lambda clip, data: package.map_embeddings(clip, data, {"a": "green skin"}),
        lambda clip, data: package.explore_descriptors(clip, data, {"a": "green skin", "b": ["c"]}),
    ],
)
def test_one_string_is_no_list_of_letters(call, clip, frogs):
    with pytest.raises(ValueError, match="one string"):
        call(clip, frogs)


def test_a_class_without_an_image_is_no_row_of_the_matrix(clip, frogs):
    names = [*frogs.class_names, "unicorn"]
    table = clipnb.name_prompts(names)
    data = replace(frogs, class_names=names, seen=None, name_frequency=None, scenes=[])
    prediction = clipnb.ZeroShotClassifier(clip, table).predict(data)
    browser = package.browse_confusions(prediction, data)
    assert (
        "unicorn" not in browser.matrices[0]["classes"]
        or np.isfinite(np.array(browser.matrices[0]["counts"])).all()
    )
    assert browser.matrices[0]["total"] == 3


# --- the cell is run again ------------------------------------------------------------------------


@pytest.fixture
def cell(monkeypatch):
    """Sets the cell that runs now."""
    from clipnb.widgets.common import base

    now = {"cell": "one"}
    monkeypatch.setattr(base, "cell", lambda: now["cell"])
    return lambda name: now.update(cell=name)


@pytest.mark.parametrize("name", WRITES)
def test_edits_are_still_there_when_the_cell_is_run_again(name, clip, frogs, cell):
    first = new(name, clip, frogs)
    beginning = first.state.copy()
    first.act(**WRITES[name], text="a blue frog")
    first.act("choose", picture=1)
    again = new(name, clip, frogs)
    assert "blue frog" in str(again.document) and "still here" in again.problem
    assert again.first == json.loads(first.state.beginning)
    # a page that is shown does not wipe the sentence away
    send(again, 1, do="hello")
    assert "still here" in again.problem
    again.act("undo")
    assert "blue frog" not in str(again.document)
    again.act("undo")
    again.act("reset")
    assert again.state.copy() == beginning
    last = new(name, clip, frogs)  # nothing is edited any more
    assert not last.problem and not last.first


def test_edits_stay_through_a_change_of_image(clip, frogs):
    for name in WRITES:
        widget = new(name, clip, frogs)
        widget.act(**WRITES[name], text="a blue frog")
        for picture in (1, 2, 0):
            widget.act("choose", picture=picture)
            assert "a blue frog" in str(widget.document)


def test_another_cell_another_beginning_and_no_notebook_begin_afresh(clip, frogs, cell):
    new("rank_images", clip, frogs).act("write", text="a blue frog")
    assert package.rank_images(clip, frogs, ["a red bird"]).document["sentence"] == "a red bird"
    cell("two")
    assert not new("rank_images", clip, frogs).problem
    cell(None)  # a script
    new("rank_images", clip, frogs).act("write", text="a blue frog")
    assert not new("rank_images", clip, frogs).problem


def test_edits_that_cannot_be_shown_any_more_are_said(clip, frogs, cell, monkeypatch, caplog):
    new("rank_images", clip, frogs).act("write", text="a blue frog")
    monkeypatch.setattr("clipnb.widgets.wall.state.Wall.go_on", lambda self, edits: 1 / 0)
    with caplog.at_level(logging.CRITICAL, "clipnb.widgets"):
        again = new("rank_images", clip, frogs)
    assert "cannot be shown" in again.problem and "blue" not in again.document["sentence"]


def test_no_more_edits_are_kept_than_the_most():
    for number in range(50):
        kept.remember(("cell", "kind", str(number)), "{}")
    assert len(kept._edits) == kept.MOST_KEPT

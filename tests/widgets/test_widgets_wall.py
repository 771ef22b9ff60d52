"""The wall of images that sorts itself: its state, its page, and the JavaScript's twin."""

import re

import pytest
from lab_server import show_alone
from test_widgets_browser import PAYLOADS
from test_widgets_creature import check_twin

import clipnb
from clipnb.widgets.wall.state import MOST_IMAGES, Wall


@pytest.fixture(scope="module")
def state(clip):
    return Wall(
        clip,
        clipnb.load_fieldguide("test", kinds="frog", per_species=2),
        ["a red frog", "green", ""],
    )


def test_the_order_is_that_of_the_cosines(clip, state):
    for sentence in ("a red frog", "a frog that was never stored"):
        state.act({"do": "write", "text": sentence})
        wanted = (clip.encode_images(state.images.data) @ clip.encode_texts(sentence)[0]).tolist()
        assert state.cosines() == pytest.approx(wanted, abs=1e-6)
        assert state.ranking() == sorted(range(len(wanted)), key=lambda i: -wanted[i])
    state.act({"do": "write", "text": "  "})
    assert state.cosines() == [] and state.ranking() == list(range(len(wanted)))
    assert [token["id"] for token in state.tokens("a red frog")] == clip.tokenizer("a red frog")[
        "input_ids"
    ]
    state.act({"do": "reset"})
    assert state.document["sentence"] == "a red frog"


def test_what_cannot_be_done_is_said(clip, state):
    for action in (
        {"do": "write", "text": "x" * 301},
        {"do": "choose", "picture": 99},
        {"do": "choose", "picture": "1"},
        {"do": "paint"},
    ):
        with pytest.raises(ValueError):
            state.act(action)
    with pytest.raises(ValueError, match=f"room for {MOST_IMAGES}"):
        Wall(clip, clipnb.load_fieldguide("test", per_species=2))
    with pytest.raises(ValueError, match="no text"):
        Wall(clip, state.images.data, [])


def test_the_page_without_scripts_says_what_the_wall_shows_and_escapes_it(clip, state):
    widget = clipnb.widgets.rank_images(clip, state.images.data, [PAYLOADS[0]])
    html = widget._repr_mimebundle_()[0]["text/html"]
    assert "<script" not in html and "&lt;script" in html
    first = widget.state.ranking()[0]
    assert re.search(rf">1</td><td [^>]*>{widget.state.images.truth(first)}</td>", html)
    assert repr(widget) == f"ImageWall({len(state.images)} images)"


def test_the_walls_javascript_does_what_python_does(lab, clip, state):
    widget = clipnb.widgets.rank_images(clip, state.images.data, ["a red frog", "green"])
    actions = [
        {"do": "write", "text": text} for text in ("green", "", "x" * 300, "x" * 301, "größer 🐸")
    ]
    actions += [{"do": "choose", "picture": n} for n in (1, 0, 99, -1)] + [
        {"do": "undo"},
        {"do": "undo"},
        {"do": "reset"},
        {"do": "undo"},
    ]
    check_twin(
        lab,
        widget,
        'm.WALL(model.get("pictures").length, model.get("settings"))',
        actions,
        widget.state.document,
    )


def test_pieces_of_the_vocabulary_are_readable(lab, clip):
    widget = clipnb.widgets.rank_images(
        clip, clipnb.load_fieldguide("test", kinds="frog", per_species=1), ["größer, 🐸 frog"]
    )
    with lab.plain("") as sight:
        show_alone(sight.page, widget)
        pieces = [token["text"] for token in widget.state.tokens()]
        got = sight.page.evaluate(
            "pieces => pieces.map((piece) => window.module.readable(piece))", pieces
        )
    assert got[0] == {"text": "start", "ends": True, "special": True} and got[-1]["text"] == "end"
    assert {"text": "frog", "ends": True, "special": False} in got and {
        "text": "gr",
        "ends": False,
        "special": False,
    } in got
    # a byte of 🐸, for which the vocabulary has no piece
    assert "\\xf0" in [one["text"] for one in got]

"""The drawings of the live pages are those of the notebooks: the same strings, and nearly the same
pixels."""

import sys

import numpy as np
import pytest
from live_browser import LIVE, module_page

from clipnb.fieldguide.art import shade
from clipnb.fieldguide.scene import HABITATS, Pose, compose, to_svg, training_scene
from clipnb.fieldguide.world import KINDS, load_kind, unnamed_individual

sys.path.insert(0, str(LIVE))
from drawings import drawing, habitats


def as_json(scene) -> dict:
    """A scene as art.js takes it."""
    poses = [vars(pose) for pose in scene.poses]
    one = scene.individual
    return {
        "kind": one.kind,
        "marks": one.marks,
        "colours": one.colours,
        "habitat": scene.habitat,
        "poses": poses,
        "mood": scene.mood,
        "mirrored": scene.mirrored,
    }


def random_scenes(count: int) -> list:
    """Creatures of all kinds, turned, mirrored, in crowds, in any light."""
    rng = np.random.default_rng(8)
    scenes = [
        compose(unnamed_individual(load_kind(KINDS[i % 8]), rng), HABITATS[i % 14], rng, 1 + i % 3)
        for i in range(count // 2)
    ]
    return scenes + [training_scene(i) for i in range(count - len(scenes))]


@pytest.fixture(scope="module")
def files():
    return {
        "art.js": (LIVE / "art.js").read_text("utf-8"),
        "habitats.json": habitats(),
        "kinds.json": {name: drawing(load_kind(name).art) for name in KINDS},
    }


COMPOSE = """async (scenes) => {
  const { toSvg } = await import("/art.js");
  const [kinds, habitats] = await Promise.all(["/kinds.json", "/habitats.json"].map(async (address) => (await fetch(address)).json()));
  return scenes.map(([scene, parts]) => toSvg(scene, kinds[scene.kind], habitats, { size: 224, parts }));
}"""


def test_a_hundred_creatures_are_composed_letter_by_letter_as_in_python(lab, files):
    scenes = random_scenes(120)
    chance = np.random.default_rng(0)
    some = [load_kind(scene.individual.kind).art.parts for scene in scenes]
    some = [
        None if i % 4 else sorted(chance.choice(parts, 2, replace=False).tolist())
        for i, parts in enumerate(some)
    ]
    with module_page(lab, files) as sight:
        theirs = sight.page.evaluate(
            COMPOSE, [[as_json(scene), parts] for scene, parts in zip(scenes, some)]
        )
    for scene, parts, svg in zip(scenes, some, theirs, strict=True):
        assert svg == to_svg(scene, 224, parts)
    assert len(set(theirs)) == len(scenes) and min(map(len, theirs)) > 1000


def test_numbers_and_shades_are_written_as_python_writes_them(lab, files):
    chance = np.random.default_rng(1)
    numbers = [
        0.0,
        -0.0,
        0.5,
        1.5,
        0.125,
        0.375,
        -0.125,
        2.675,
        0.005,
        -0.004,
        99.995,
        1e-9,
        14.0,
        0.0625,
        0.00005,
        *chance.normal(0, 50, 300).tolist(),
    ]
    colours = [f"#{value:06x}" for value in chance.integers(0, 1 << 24, 400).tolist()] + [
        "#000000",
        "#ffffff",
    ]
    with module_page(lab, files) as sight:
        written, mixed = sight.page.evaluate(
            """async ([numbers, colours]) => {
              const { fixed, shade } = await import("/art.js");
              return [numbers.flatMap((x) => [fixed(x, 2), fixed(x, 3), fixed(x, 4)]), colours.flatMap((c) => [shade(c, -0.38), shade(c, 0.42)])];
            }""",
            [numbers, colours],
        )
        assert sight.page.evaluate(
            "import('/art.js').then(({ transform }) => transform({ x: 1, y: 2, scale: 1, turn:"
            " -0.0, mirrored: true }))"
        )
    assert mixed == [shade(colour, amount) for colour in colours for amount in (-0.38, 0.42)]
    wanted = [f"{x:.{digits}f}" for x in numbers for digits in (2, 3, 4)]
    minus_zero = numbers.index(0.0) + 1  # a browser's test harness may send minus zero as zero
    assert [w for i, w in enumerate(written) if i // 3 != minus_zero] == [
        w for i, w in enumerate(wanted) if i // 3 != minus_zero
    ]
    assert (
        Pose(1, 2, 1, -0.0, True).transform()
        == "translate(1.00 2.00) rotate(-0.00) scale(-1.0000 1.0000) translate(-100 -100)"
    )


def test_a_colour_that_is_missing_is_an_error_and_a_percent_sign_is_text(lab, files):
    art = {"conditions": [[]], "pieces": [["a", 0, '<g a="50%%" fill="%(red)s"/>']]}
    with module_page(lab, files) as sight:
        ask = (
            "([art, colours]) => import('/art.js').then(({ figure }) => figure(art, {},"
            " colours)).catch((error) => `refused: ${error.message}`)"
        )
        assert sight.page.evaluate(ask, [art, {"red": "#ff0000"}]) == '<g a="50%" fill="#ff0000"/>'
        assert sight.page.evaluate(ask, [art, {}]) == "refused: The drawing has no colour for red."

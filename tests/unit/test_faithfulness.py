"""Faithfulness: the arithmetic of the protocols on explanations whose score is known, and models
that learnt nothing at the floor."""

import numpy as np
import pytest
from PIL import Image
from rounding import SAME

import clipnb
from clipnb.explain import faithfulness, part_evidence
from clipnb.explain.faithfulness import (
    Case,
    distractibility,
    examine,
    mass_in_mask,
    part_importance,
    pointing_game,
    single_deletion,
    target_sensitivity,
)
from clipnb.fieldguide import edits
from clipnb.fieldguide.edits import NamedPart, named_parts, pair, stranger
from clipnb.fieldguide.scene import draw, figure_mask
from clipnb.fieldguide.world import load_kind

SIZE = 112
BLANK = Image.new("RGB", (8, 8))


def toy(drops, scores=None, joined=None):
    """A case of three parts, the columns 0–1, 2–3 and 4 of an image of 8 × 8; the last column
    shows a stranger."""
    parts = []
    for name, columns in (("crest", [0, 1]), ("bill", [2, 3]), ("tail", [4])):
        mask = np.zeros((8, 8), bool)
        mask[:, columns] = True
        parts.append(
            NamedPart(name, name, f"a red {name}", f"a blue {name}", frozenset([name]), mask, BLANK)
        )
    other = np.zeros((8, 8), bool)
    other[:, 7] = True
    figure = np.logical_or.reduce([part.mask for part in parts])
    scores = np.full(6, 0.4) if scores is None else np.asarray(scores, float)
    joined = scores if joined is None else np.asarray(joined, float)
    return Case(
        BLANK, BLANK, parts, figure, other, scores, scores, joined, np.asarray(drops, float)
    )


# every true phrase loses by its own part alone
OWN = np.vstack([np.diag([0.3, 0.2, 0.1]), np.zeros((3, 3))])


def test_importance_is_the_sum_over_the_part():
    case = toy(OWN)
    assert np.allclose(part_importance(np.ones((2, 8, 8)), case.parts), [[16, 16, 8], [16, 16, 8]])


@pytest.mark.parametrize(
    "importance, rho",
    [([3, 2, 1], 1), ([1, 2, 3], -1), ([9, -1, -5], 1), ([2, 3, 1], 0.5), ([1, 1, 1], np.nan)],
)
def test_single_deletion_compares_ranks_with_true_drops(importance, rho):
    # wrong phrases do not count
    rows = np.vstack([np.tile(importance, (3, 1)), np.full((3, 3), 77.0)])
    assert single_deletion(toy(OWN), rows) == pytest.approx(rho, nan_ok=True)


def test_single_deletion_needs_three_parts():
    case = toy(OWN)
    case.parts, case.drops = case.parts[:2], case.drops[[0, 1, 3, 4]][:, :2]
    assert np.isnan(single_deletion(case, np.ones((4, 2)) * [2, 1]))


def test_target_sensitivity():
    case = toy(OWN)
    named = np.vstack([np.eye(3), np.zeros((3, 3))])
    assert target_sensitivity(case, named) == 1
    assert target_sensitivity(case, -named) == 0
    assert target_sensitivity(case, np.ones((6, 3))) == 0.5  # the same whatever is asked
    assert target_sensitivity(case, np.tile([3.0, 2.0, 1.0], (6, 1))) == 0.5


def test_target_sensitivity_leaves_out_what_the_model_does_not_do():
    assert np.isnan(target_sensitivity(toy(np.zeros((6, 3))), np.ones((6, 3))))
    only_crest = np.zeros((6, 3))
    only_crest[:3, 0] = 0.3  # whatever is asked, this model looks at the crest
    assert np.isnan(target_sensitivity(toy(only_crest), np.ones((6, 3))))


def test_the_mask_itself_is_the_ceiling_and_a_constant_gets_its_share():
    case = toy(OWN)
    masks, constant = faithfulness._mask_map(case), np.ones((6, 8, 8))
    assert pointing_game(case, masks[:3]) == 1 and not masks[3:].any()
    assert pointing_game(case, constant[:3]) == pytest.approx((2 + 2 + 1) / 8 / 3)
    assert mass_in_mask(masks[0], case.parts[0].mask) == 1
    assert mass_in_mask(constant[0], case.parts[2].mask) == pytest.approx(1 / 8)
    assert target_sensitivity(case, part_importance(masks, case.parts)) == 1


def test_mass_counts_what_is_positive():
    half = np.zeros((8, 8), bool)
    half[:, :4] = True
    assert mass_in_mask(np.where(half, 1.0, -5.0), half) == 1
    assert np.isnan(mass_in_mask(-np.ones((8, 8)), half))


def test_pointing_takes_the_highest_pixel():
    case = toy(OWN)
    peaks = np.zeros((3, 8, 8))
    peaks[0, 3, 1] = peaks[1, 3, 7] = peaks[2, 0, 4] = 1
    assert pointing_game(case, peaks) == pytest.approx(2 / 3)


def test_distractibility_counts_only_strangers_that_the_model_ignores():
    scores = [0.4] * 6
    assert distractibility(toy(OWN, scores, [0.41] * 6), np.ones((3, 8, 8))) == pytest.approx(7 / 8)
    assert np.isnan(distractibility(toy(OWN, scores, [0.45] * 6), np.ones((3, 8, 8))))
    assert np.isnan(distractibility(toy(OWN, scores, [0.35] * 6), np.ones((3, 8, 8))))


# --- images with one thing changed --------------------------------------------------------------


@pytest.fixture(scope="module")
def few():
    data = clipnb.load_fieldguide("test", kinds=["bird", "beetle"], per_species=1, size=SIZE)
    return data.select(range(0, len(data), 3))


def test_a_part_that_goes_changes_nothing_else(few):
    for scene in few.scenes[:4]:
        parts, whole = named_parts(scene, SIZE), np.asarray(draw(scene, SIZE)).astype(int)
        assert parts and len({part.name for part in parts}) == len(parts) <= 5
        for part in parts:
            changed = np.abs(np.asarray(part.gone).astype(int) - whole).max(2) > 40
            grown = np.asarray(
                Image.fromarray(part.mask).resize((SIZE // 8, SIZE // 8)).resize((SIZE, SIZE))
            )
            assert (changed & ~part.mask & ~grown).sum() < 0.2 * part.mask.sum()
            assert not (part.mask & ~figure_mask(scene, SIZE)).any()


def test_phrases_say_what_is_true_and_what_is_not(few):
    scene = few.scenes[few.class_names.index("northern cardinal") // 3]
    assert scene.individual.species == "northern cardinal"
    phrases = {
        part.name: (part.phrase, part.wrong) for part in named_parts(scene, SIZE, max_parts=20)
    }
    assert phrases["crest"][0] == "a red crest" and phrases["bill"][0] == "an orange bill"
    assert phrases["crest"][1].endswith("crest") and "red" not in phrases["crest"][1]
    assert "belly" not in phrases  # red under red: the phrase would stay true


def test_a_stranger_hides_nothing_of_the_figure(few):
    scene = few.scenes[0]
    other, mask = stranger(scene, np.random.default_rng(0), SIZE)
    crowded, alone, figure = (
        np.asarray(draw(scene, SIZE, behind=other)),
        np.asarray(draw(scene, SIZE)),
        figure_mask(scene, SIZE),
    )
    inner = (
        figure
        & np.roll(figure, 2, 0)
        & np.roll(figure, -2, 0)
        & np.roll(figure, 2, 1)
        & np.roll(figure, -2, 1)
    )
    assert (crowded == alone)[inner].all() and mask.any() and not (mask & figure).any()
    assert (crowded != alone).any(2)[mask].mean() > 0.8


def test_a_pair_differs_in_one_mark():
    with_it, without = pair(load_kind("mushroom"), "cap_colour", "red", np.random.default_rng(1))
    ours, theirs = with_it.individual.marks, without.individual.marks
    assert ours["cap_colour"] == "red" and [
        slot for slot in ours if ours[slot] != theirs[slot]
    ] == ["cap_colour"]
    assert with_it.poses == without.poses and with_it.habitat == without.habitat
    changed = [
        slot
        for slot in with_it.individual.colours
        if with_it.individual.colours[slot] != without.individual.colours[slot]
    ]
    assert changed == ["cap"]


def test_every_piece_of_the_tables_exists():
    for kind, parts in edits.CARRIERS.items():
        assert parts <= set(load_kind(kind).art.parts)
    for (kind, part), carried in edits.CARRIED.items():
        assert {part, *carried} <= set(load_kind(kind).art.parts)


# --- with a model ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cases(clip, few):
    return examine(clip, few)


def constant(image, texts):
    return np.ones((len(texts), image.height, image.width))


def test_examine_measures_true_drops(clip, few, cases):
    case = cases[0]
    scores = clip.encode_texts(case.texts) @ clip.encode_images([case.image, case.parts[1].gone]).T
    assert np.allclose(case.scores, scores[:, 0], atol=1e-5)
    assert np.allclose(case.drops[:, 1], scores[:, 0] - scores[:, 1], atol=1e-5)
    again = examine(clip, few.select([0]))[0]
    assert again.texts == case.texts and np.allclose(again.drops, case.drops, atol=SAME)


def test_photos_cannot_be_redrawn(clip, few):
    photos = clipnb.ImageDataset(few.images, few.labels, few.class_names, few.keys, few.sources)
    with pytest.raises(ValueError, match="field guide"):
        examine(clip, photos)


@pytest.mark.slow
def test_the_table_has_its_ceilings_and_floor(clip, few, cases):
    table = clipnb.measure_faithfulness(clip, few, {"constant": constant}, cases=cases)
    values = table.pivot(index="method", columns="measure", values="value")
    assert values.loc["ceiling: deletion", "single deletion"] == pytest.approx(1)
    assert (
        values.loc[
            "ceiling: mask",
            [
                "pointing game",
                "mass in mask",
                "target sensitivity",
                "on the figure",
                "distractibility",
            ],
        ]
        > 0.95
    ).all()
    assert values.loc["constant", "target sensitivity"] == 0.5
    areas = np.mean([np.mean([part.mask.mean() for part in case.parts]) for case in cases])
    assert values.loc["constant", "mass in mask"] == pytest.approx(areas)
    assert values.loc["constant", "pointing game"] == pytest.approx(areas)
    assert values.loc["descriptors", ["pointing game", "mass in mask"]].isna().all()
    known = table.dropna()
    assert (
        (known["low"] <= known["value"] + 1e-9) & (known["value"] <= known["high"] + 1e-9)
    ).all() and (known["n"] <= len(cases)).all()
    again = clipnb.measure_faithfulness(clip, few, {"constant": constant}, cases=cases)
    assert again.equals(table)


def test_a_map_of_another_size_is_refused(clip, few, cases):
    with pytest.raises(ValueError, match="shape"):
        clipnb.measure_faithfulness(
            clip,
            few,
            {"small": lambda image, texts: np.ones((len(texts), 5, 5))},
            cases=cases[:1],
        )


def test_parts_matter_to_this_model(cases):
    found = part_evidence.part_evidence(cases)
    assert (found["drop"] > 0).mean() > 0.6 and found["drop"].mean() > 2 * found["false"].mean()
    assert part_evidence.background_independence(cases).dtype == bool


def test_attribute_auc(clip):
    table = part_evidence.attribute_auc(clip, ["mushroom"], per_kind=3, images=6, size=SIZE)
    assert (
        len(table) == 3
        and table["auc"].between(0, 1).all()
        and (table["low"] <= table["auc"]).all()
        and (table["auc"] <= table["high"]).all()
    )
    assert part_evidence._auc(np.array([[2.0, 1.0], [4.0, 3.0]]), 0)[0] == 0.75
    assert part_evidence._auc(np.array([[1.0, 1.0], [1.0, 1.0]]), 0)[0] == 0.5


# --- sanity: what has learnt nothing explains nothing ---------------------------------------------


@pytest.mark.slow
def test_random_weights_score_at_the_floor(clip, few, cases):
    untrained = faithfulness.random_weights(clip)
    methods = {"constant": "constant", "random": "random", "trained": "gradient_attention"}
    for method in ("gradient_attention", "integrated_gradients"):
        options = {"steps": 4} if method == "integrated_gradients" else {}
        methods[method] = faithfulness.heatmap_method(untrained, method, **options)
    table = clipnb.measure_faithfulness(clip, few, methods, cases=cases)
    above = faithfulness.above_floor(table)
    assert (
        not above.loc[
            ["gradient_attention", "integrated_gradients"],
            ["single deletion", "target sensitivity"],
        ]
        .any()
        .any()
    )
    rows = table.set_index(["method", "measure"])
    for method in ("random", "gradient_attention", "integrated_gradients"):
        chance = rows.loc[(method, "target sensitivity")]
        assert chance["low"] < 0.6 and chance["value"] < 0.7  # eight images only
        assert (
            rows.loc[(method, "mass in mask"), "value"]
            < 2.2 * rows.loc[("constant", "mass in mask"), "value"]
        )
    assert above.loc["trained", "mass in mask"]  # so the floor can be left


def test_random_weights_are_seeded_and_leave_the_model_alone(clip, few):
    before = clip.encode_texts(["a red crest"])
    one, same, other = (
        faithfulness.random_weights(clip, seed).encode_images([few.images[0]]) for seed in (1, 1, 2)
    )
    assert np.allclose(one, same) and not np.allclose(one, other, atol=1e-3)
    assert np.allclose(before, clip.encode_texts(["a red crest"]))


def test_the_plot_writes_values_and_intervals(clip, few, cases):
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    from clipnb import plots

    table = clipnb.measure_faithfulness(clip, few, {"constant": constant}, cases=cases[:3])
    figure, ax = plt.subplots()
    assert plots.plot_faithfulness(table, ax=ax) is ax
    figure.canvas.draw()
    texts = [text.get_text() for text in ax.texts]
    assert any(text.startswith("0.50\n0.50") for text in texts) and not any(
        "nan" in text for text in texts
    )
    plt.close("all")

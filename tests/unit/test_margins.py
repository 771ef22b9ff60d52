"""One module for margins: contributions add up exactly for every pooling rule, centring changes
what it should and nothing else, and everything that shows reasons shows the same numbers."""

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

import clipnb
from clipnb import plots
from clipnb.classify.pooling import POOLINGS, winner_weights
from clipnb.explain.class_scores import class_parts, class_reasons
from clipnb.explain.margins import margin_parts, split_margin
from clipnb.explain.reference import Reference, reference_of
from clipnb.report import findings
from clipnb.report import table as table_of_predictions
from clipnb.widgets.common.reasons import why
from clipnb.widgets.confusions.state import Confusions
from clipnb.widgets.explorer.state import Explorer


@pytest.fixture(scope="module")
def data():
    return clipnb.load_fieldguide("test", per_species=2)


@pytest.fixture(scope="module")
def descriptors(data):
    return clipnb.load_descriptors("fieldguide").select(data.class_names)


@pytest.fixture(scope="module")
def embeddings(clip, data):
    return clip.encode_images(data)


@pytest.fixture(scope="module")
def predictions(clip, descriptors, embeddings):
    """(pooling, with the name?) → the prediction of two images per species."""
    return {
        (pooling, named): clipnb.ZeroShotClassifier(
            clip, clipnb.descriptor_prompts(descriptors, include_name=named), pooling
        ).predict(embeddings)
        for pooling in POOLINGS
        for named in (False, True)
    }


@pytest.fixture(autouse=True)
def close():
    yield
    plt.close("all")


# --- exactness ------------------------------------------------------------------------------------


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("pooling", POOLINGS)
def test_contributions_add_up_to_scores_and_margins(predictions, pooling, named):
    """All 184 images at once, in float32; and eight of them through the public function."""
    prediction = predictions[pooling, named]
    classifier, groups = prediction.classifier, torch.as_tensor(prediction.classifier.table.groups)
    parts = class_parts(classifier, prediction.image_embeddings)
    sums = torch.zeros_like(prediction.scores).index_add_(1, groups, parts)
    assert (sums - prediction.scores).abs().max() < 1e-5
    ranked = torch.tensor([prediction.ranking(i)[:2] for i in range(len(prediction))])
    got, wanted = (one.gather(1, ranked) for one in (sums, prediction.scores))
    assert ((got[:, 0] - got[:, 1]) - (wanted[:, 0] - wanted[:, 1])).abs().max() < 1e-5
    for i in range(0, len(prediction), 23):
        table = clipnb.contributions(prediction, i)
        attrs = table.attrs
        assert table["contribution"].sum() == pytest.approx(attrs["margin"], abs=1e-6)
        assert table["centred"].sum() == pytest.approx(
            attrs["margin"] - attrs["mean_margin"], abs=1e-6
        )
        assert np.allclose(table["contribution"], table["weight"] * table["cosine"], atol=1e-9)
        assert np.allclose(
            table["centred"], table["weight"] * (table["cosine"] - table["mean_cosine"]), atol=1e-9
        )


@pytest.mark.parametrize("pooling", POOLINGS[:3])
def test_the_weights_do_not_depend_on_the_image(predictions, pooling):
    classifier = predictions[pooling, False].classifier
    weights, groups = classifier.prompt_weights(), classifier.table.groups
    assert weights.shape == (len(groups),) and (weights > 0).all()
    sums = np.bincount(groups, weights.numpy())
    assert np.allclose(sums, 1, atol=1e-6) if pooling == "mean" else (sums > 1).all()
    with pytest.raises(ValueError, match="the weights depend on the image"):
        predictions["max", False].classifier.prompt_weights()


def test_with_max_the_first_of_equal_prompts_carries_the_score():
    cosines = torch.tensor([[0.2, 0.5, 0.5, -0.1, -0.1], [0.3, 0.1, 0.2, -0.4, -0.2]])
    weights = winner_weights(cosines, [0, 0, 0, 1, 1])
    assert weights.tolist() == [[0, 1, 0, 1, 0], [1, 0, 0, 0, 1]]


@pytest.mark.parametrize("pooling", POOLINGS)
def test_a_prompt_of_both_classes_counts_for_both(clip, embeddings, pooling):
    table = {
        "cardinal": ["a red crest", "a bird", "a bird"],
        "robin": ["an orange breast", "a bird"],
    }
    prediction = clipnb.ZeroShotClassifier(clip, table, pooling).predict(embeddings)
    shown = clipnb.contributions(prediction, 3, ("cardinal", "robin"))
    assert sorted(shown["prompt"]) == ["a bird", "a red crest", "an orange breast"]
    assert shown["contribution"].sum() == pytest.approx(shown.attrs["margin"], abs=1e-6)
    shared = shown.set_index("prompt").loc["a bird"]
    assert shared["class"] == "cardinal / robin"
    if pooling == "mean":  # two of three prompts here, one of two there
        assert shared["weight"] == pytest.approx(2 / 3 - 1 / 2)


# --- centring -------------------------------------------------------------------------------------


def test_centring_changes_the_order_of_reasons_and_nothing_else(predictions):
    prediction = predictions["mean", False]
    scores = prediction.scores.clone()
    raw = clipnb.contributions(prediction, 0, reference="midpoint")
    centred = clipnb.contributions(prediction, 0)
    assert raw.attrs["classes"] == centred.attrs["classes"]
    assert raw.attrs["margin"] == centred.attrs["margin"] and torch.equal(prediction.scores, scores)
    by_prompt = [table.set_index("prompt")["contribution"].sort_index() for table in (raw, centred)]
    assert by_prompt[0].equals(by_prompt[1])
    assert list(raw["prompt"]) != list(centred["prompt"])
    # what it cannot change either: the difference between two images, prompt by prompt
    one, two = (
        clipnb.contributions(prediction, i, centred.attrs["classes"]).set_index("prompt")
        for i in (0, 100)
    )
    two = two.loc[one.index]
    assert np.allclose(one["contribution"] - two["contribution"], one["centred"] - two["centred"])


def test_a_prompt_with_a_large_offset_loses_its_place(predictions):
    """A prompt that fits every image better than others do is less often the first reason, and more
    often the last."""
    prediction = predictions["mean", False]
    means = reference_of(prediction).mean_cosines(prediction.classifier.text_embeddings)
    offset = dict(zip(prediction.classifier.table.prompts, means))
    ends = {"midpoint": [], None: []}
    for i in range(0, len(prediction), 4):
        for reference, found in ends.items():
            table = clipnb.contributions(prediction, i, reference=reference)
            own = table.loc[table["class"] == table.attrs["classes"][0], "prompt"]
            found.append([offset[own.iloc[0]], offset[own.iloc[-1]]])
    counted_from_midpoint, centred = np.mean(ends["midpoint"], 0), np.mean(ends[None], 0)
    assert centred[0] < counted_from_midpoint[0] - 0.005
    assert centred[1] > counted_from_midpoint[1] + 0.005


def test_centred_values_add_up_to_what_the_image_adds_to_the_mean_margin(predictions):
    for (pooling, _), prediction in predictions.items():
        if pooling == "max":
            continue
        table = clipnb.contributions(prediction, 5)
        a, b = (prediction.class_index(name) for name in table.attrs["classes"])
        usual = float((prediction.scores[:, a] - prediction.scores[:, b]).mean())
        assert table.attrs["mean_margin"] == pytest.approx(usual, abs=1e-6)
        assert table.attrs["n_reference"] == 184 and "184 images" in table.attrs["centred"]


def test_without_a_reference_cosines_are_counted_from_the_midpoint():
    weights, cosines = ([0.5, 0.5], [1.0]), ([0.4, 0.2], [0.1])
    contribution, centred = (np.concatenate(one) for one in split_margin(weights, cosines))
    assert np.allclose(contribution, [0.2, 0.1, -0.1]) and np.allclose(centred, [0.1, 0, 0.1])


def test_the_default_reference_is_the_prediction_if_it_is_varied(clip, predictions, data):
    prediction, every = predictions["mean", False], predictions["mean", False].image_embeddings
    classifier = prediction.classifier
    assert reference_of(prediction).n == 184
    assert reference_of(classifier.predict(every[:19])) is None
    assert reference_of(classifier.predict(every[:20])).n == 20
    assert reference_of(classifier.predict(every[:1].repeat(30, 1))) is None  # one class only
    two = clipnb.ZeroShotClassifier(clip, {"a": ["red"], "b": ["blue"]})
    blue = int((two.score(every)[:, 1] > two.score(every)[:, 0]).sum())
    assert (reference_of(two.predict(every)) is None) == (max(blue, 184 - blue) > 138)
    alone = classifier.predict(every[:1])
    table = clipnb.contributions(alone)
    assert table.attrs["n_reference"] == 0 and table.attrs["mean_margin"] == 0
    assert table["mean_cosine"].isna().all() and "midpoint" in table.attrs["centred"]
    given = [clipnb.contributions(alone, reference=one) for one in (every, Reference.of(every))]
    assert given[0].equals(given[1]) and given[0].attrs == given[1].attrs
    assert given[0].attrs["n_reference"] == 184
    assert clipnb.contributions(alone, reference=data.select([4, 5])).attrs["n_reference"] == 2


def test_a_reference_that_is_none_is_refused(predictions):
    prediction = predictions["mean", False]
    with pytest.raises(ValueError, match="reference is 'mean'; it can be"):
        clipnb.contributions(prediction, reference="mean")
    with pytest.raises(ValueError, match="at least one image"):
        clipnb.contributions(prediction, reference=torch.zeros(0, 160))
    with pytest.raises(ValueError, match="of 8 dimensions and the prediction of 160"):
        clipnb.contributions(prediction, reference=torch.eye(8))
    with pytest.raises(IndexError, match="no image 184"):
        clipnb.contributions(prediction, 184, ("rook", "jackdaw"))


def test_the_reading_has_the_mean_beside_the_cosine(predictions):
    prediction = predictions["mean", False]
    table, text = clipnb.contributions(prediction, 0), clipnb.because(prediction, 0)
    best = table.iloc[0]
    better = "better" if best["weight"] > 0 else "worse"
    assert f"“{best['prompt']}” fits {better} than on average" in text
    assert f"({best['cosine']:.3f}, mean {best['mean_cosine']:.3f})" in text
    assert "mean" not in clipnb.because(prediction, 0, reference="midpoint")
    # where the average image has most of the margin already, the text says so
    some = range(0, len(prediction), 3)
    said = [clipnb.because(prediction, i) for i in some]
    attrs = [clipnb.contributions(prediction, i).attrs for i in some]
    usual = [one["mean_margin"] > one["margin"] / 2 for one in attrs]
    assert ["on average over 184 images" in one for one in said] == usual
    assert 0 < sum(usual) < len(usual)


# --- everybody on the same prediction -------------------------------------------------------------


@pytest.mark.parametrize("pooling", POOLINGS)
def test_everything_that_shows_reasons_shows_the_same_numbers(predictions, data, pooling):
    prediction = predictions[pooling, False]
    reference = reference_of(prediction)
    browser = Confusions(prediction, data)
    index = browser.document["picture"]
    a, b = (int(one[index]) for one in (browser.taken, browser.truth))
    names = [prediction.class_names[c] for c in (a, b)]
    table = clipnb.contributions(prediction, index, names)
    numbers = table.set_index("prompt")[["contribution", "centred"]]

    def same(rows, *columns):
        """Rows (prompt, values) are those of the table; a prompt of both classes is one row
        there."""
        sums = {}
        for prompt, *values in rows:
            sums[prompt] = sums.get(prompt, 0) + np.array(values)
        wanted = numbers[list(columns)]
        wanted = wanted[(wanted.abs() > 1e-9).any(axis=1)]
        sums = {prompt: values for prompt, values in sums.items() if (abs(values) > 1e-9).any()}
        assert set(sums) == set(wanted.index)
        return all(np.allclose(sums[p], wanted.loc[p], atol=1e-6) for p in sums)

    both = ("contribution", "centred")
    # the core, and the widgets' shape
    parts = margin_parts(prediction.classifier, prediction.image_embeddings[index], a, b, reference)
    assert same([(part.text, part.contribution, part.centred) for part in parts], *both)
    given = why(prediction.classifier, prediction.image_embeddings[index], a, b, 99, reference)
    assert same([(part["text"], *(part[name] for name in both)) for part in given["parts"]], *both)
    shown = browser.reasons()
    assert shown["parts"] == given["parts"][: len(shown["parts"])] or shown["others"]
    for one in (given, shown):
        assert (one["margin"], one["usual"]) == pytest.approx(
            (table.attrs["margin"], table.attrs["mean_margin"]), abs=1e-6
        )
    # class by class: explain, its centred form, the report's bars
    signs = dict(zip(names, (1, -1)))
    explained = prediction.explain(index, names)
    assert same(
        [(r["prompt"], signs[r["class"]] * r["contribution"]) for _, r in explained.iterrows()],
        "contribution",
    )
    reasons = class_reasons(prediction, index, names)
    assert same(
        [(r["prompt"], signs[r["class"]] * r["centred"]) for _, r in reasons.iterrows()], "centred"
    )
    told = findings.reasons(prediction, index, names, 99, reference)
    assert same([(row["prompt"], row["bar"]) for row in told["rows"]], "centred")
    # the figure
    ax = plots.plot_contributions(prediction, index, names)
    widths = [bar.get_width() for box in ax.containers for bar in box]
    drawn = table[table["weight"] != 0] if pooling == "max" else table
    sums = [table.attrs["mean_margin"]] if reference else []
    assert np.allclose(widths, [*sums, *drawn["centred"], table.attrs["margin"]], atol=1e-6)
    # the prompt names the first of them
    text = clipnb.because(prediction, index, names)
    assert f"“{drawn['prompt'].iloc[0]}”" in text


def test_the_explorer_shows_the_numbers_of_mean_pooling(clip, data, descriptors):
    chosen = descriptors.select(["tree frog", "tailed frog"])
    frogs = data.select(np.isin(np.array(data.class_names)[data.labels], list(chosen)))
    explorer = Explorer(clip, frogs, chosen)
    classifier = clipnb.ZeroShotClassifier(clip, clipnb.descriptor_prompts(chosen, False))
    offered = clip.encode_images(frogs.select(explorer.images.strip))
    prediction = classifier.predict(clip.encode_images(frogs))
    table = clipnb.contributions(
        prediction, explorer.document["picture"], classifier.class_names, offered
    ).set_index("prompt")
    for part in explorer.difference(0, 1):
        row = table.loc[part["text"]]
        for mine, theirs in (
            ("mean", "mean_cosine"),
            *[(n, n) for n in ("contribution", "centred")],
        ):
            assert part[mine] == pytest.approx(row[theirs], abs=1e-6)


def test_the_reports_table_and_pairs_name_the_largest_centred_parts(predictions, data):
    for pooling in ("mean", "max"):
        prediction = predictions[pooling, False]
        rows = list(table_of_predictions.rows(prediction, data))
        for i in range(0, len(data), 31):
            own = class_reasons(prediction, i, 1)
            own = own[own["contribution"] != 0].sort_values("centred", ascending=False)
            assert rows[i]["reasons"].split(" (")[0] == own["prompt"].iloc[0]
            assert rows[i]["reasons"].count("|") == min(3, len(own)) - 1
        pair = findings.confusions(prediction, data, 1)[0]
        assert pair["because"] in prediction.classifier.table[pair["said"]]


def test_faithfulness_centres_with_the_same_means(clip, data):
    from clipnb.explain.faithfulness import _mean_cosines, examine

    cases = examine(clip, data.select(range(4)))
    means = _mean_cosines(clip, cases)
    prediction = clipnb.ZeroShotClassifier(clip, {"a": list(means), "b": ["x"]}).predict(
        [case.image for case in cases]
    )
    table = clipnb.contributions(prediction, 0, ("a", "b"), prediction.image_embeddings)
    got = table.set_index("prompt")["mean_cosine"].drop("x")
    assert np.allclose(got, [means[prompt] for prompt in got.index], atol=1e-6)

"""Predictions and reasons in the files of other programs: complete, equal to the prediction, and
text stays text."""

import csv
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import clipnb


@pytest.fixture(scope="module")
def some(fieldguide):
    data = fieldguide.select(range(0, len(fieldguide), 5))
    sources = [f"a b/{i}#é.jpg" for i in range(len(data))]
    sources[0], sources[1] = "=1+1.png", '"quoted"\\.x.png'
    labels = data.labels.copy()
    labels[2] = -1
    return replace(data, sources=sources, labels=labels)


@pytest.fixture(scope="module")
def prediction(clip, some):
    names = some.class_names
    table = {name: [f"a {name}", "=cmd|'/c calc'!A1", f'a {name}, a "creature"'] for name in names}
    return clipnb.ZeroShotClassifier(clip, table).predict(some)


def table_of(path):
    return pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_tidy_table(prediction, some, ending, tmp_path):
    if ending == "parquet":
        pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    table = table_of(clipnb.export_predictions(prediction, some, tmp_path / "new" / f"x.{ending}"))
    assert len(table) == 3 * len(some) and table["rank"].tolist() == [1, 2, 3] * len(some)
    each = table[table["rank"] == 1]
    assert each["prediction"].tolist() == prediction.labels
    np.testing.assert_allclose(each["probability"], prediction.confidence.numpy(), rtol=1e-6)
    assert each["class"].isna().tolist() == (some.labels < 0).tolist()
    # contributions of all prompts of a class add up to its score
    sums = table.groupby("image")["contribution"].sum().to_numpy()
    np.testing.assert_allclose(sums, prediction.top(1).scores[:, 0].numpy(), atol=1e-5)
    shown = prediction.explain(4, classes=1).set_index("prompt")["cosine"]
    mine = table[table["image"] == 4].set_index("prompt")["cosine"]
    mine.index = [text.lstrip("'") for text in mine.index]  # before a formula
    np.testing.assert_allclose(mine[shown.index], shown, atol=1e-5)
    assert mine.notna().all() and table["centred"].notna().all()
    first = "'=1+1.png" if ending == "csv" else "=1+1.png"
    assert table["source"][0] == first and not list((tmp_path / "new").glob(".*"))


def test_no_cell_of_a_csv_is_a_formula(prediction, some, tmp_path):
    path = clipnb.export_predictions(prediction, some, tmp_path / "x.csv")
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    texts = [row[name] for row in rows for name in ("source", "class", "prediction", "prompt")]
    assert not [text for text in texts if text.startswith(("=", "+", "-", "@"))]
    assert any("'=cmd" in text for text in texts)


def test_without_reasons_one_row_for_each_image(prediction, some, tmp_path):
    table = table_of(clipnb.export_predictions(prediction, some, tmp_path / "x.csv", reasons=0))
    assert len(table) == len(some) and list(table)[-1] == "runner_up"


def rejected(prediction):
    no = np.zeros(len(prediction), bool)
    no[3] = True
    return replace(prediction, rejected=no)


def test_fiftyone(prediction, some, tmp_path):
    path = clipnb.export_predictions(rejected(prediction), some, tmp_path / "l.json", "fiftyone")
    content = json.loads(path.read_text("ascii"))
    labels, classes = content["labels"], content["classes"]
    assert classes == [*prediction.class_names, "none of these"] and len(labels) == len(some)
    assert list(labels)[:3] == ["=1+1", '"quoted"\\.x', "a b/2#é"]
    found = [classes[one["label"]] for one in labels.values()]
    assert found == rejected(prediction).labels and found[3] == "none of these"
    one = labels["a b/4#é"]
    assert one["confidence"] == pytest.approx(float(prediction.confidence[4]))
    assert one["attributes"]["true_class"] == some.class_names[some.labels[4]]
    assert len(one["attributes"]["reasons"]) == len(one["attributes"]["cosines"]) == 3
    assert "true_class" not in labels["a b/2#é"]["attributes"]


def test_label_studio(prediction, some, tmp_path):
    path = clipnb.export_predictions(
        rejected(prediction), some, tmp_path / "t.json", "label-studio", image_prefix="http://h/"
    )
    tasks = json.loads(path.read_text("ascii"))
    assert len(tasks) == len(some)
    assert tasks[4]["data"]["image"] == "http://h/a%20b/4%23%C3%A9.jpg"
    assert tasks[0]["data"]["source"] == "=1+1.png" and tasks[4]["data"]["reasons"].count("\n") == 2
    (answer,) = tasks[4]["predictions"]
    (result,) = answer["result"]
    assert result["type"] == "choices" and result["to_name"] == "image"
    assert [t["predictions"][0]["result"][0]["value"]["choices"][0] for t in tasks] == rejected(
        prediction
    ).labels
    assert answer["score"] == pytest.approx(float(prediction.confidence[4]))
    assert len({t["predictions"][0]["result"][0]["id"] for t in tasks}) == len(tasks)


def test_what_does_not_fit_is_refused_and_nothing_written(prediction, some, tmp_path):
    for arguments, message in (
        ((some, "x.json"), "x.json' does not say the format; let it end with .csv"),
        ((some, "x.csv", "excel"), "format is 'excel'; it can be 'csv'"),
        ((some.select([0]), "x.csv"), f"of {len(some)} images, but the data hold 1"),
        ((some, "x.csv", None, -1), "reasons is -1"),
    ):
        data, name, *more = arguments
        with pytest.raises(ValueError, match=message):
            clipnb.export_predictions(prediction, data, tmp_path / name, *more)
    twice = replace(some, sources=["a/1.jpg", "a/1.png", *some.sources[2:]])
    with pytest.raises(ValueError, match="'a/1.jpg' and 'a/1.png' are both 'a/1' to FiftyOne"):
        clipnb.export_predictions(prediction, twice, tmp_path / "x.json", "fiftyone")
    assert not list(tmp_path.iterdir())


def test_a_failure_leaves_the_old_file(prediction, some, tmp_path, monkeypatch):
    path = clipnb.export_predictions(prediction, some, tmp_path / "x.csv")
    before = path.read_bytes()

    def breaks(*_):
        yield from list(clipnb.report.records.records(prediction, some))[:2]
        raise KeyboardInterrupt

    monkeypatch.setattr(clipnb.report.export, "records", breaks)
    for format in ("csv", "fiftyone", "label-studio"):
        with pytest.raises(KeyboardInterrupt):
            clipnb.export_predictions(prediction, some, path, format)
    assert path.read_bytes() == before and len(list(tmp_path.iterdir())) == 1

"""The report: what it says is right, what comes from files stays text, nothing of others is
overwritten, and it needs no network."""

import csv
import os
import re
import shutil
import subprocess
import sys
import weakref
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image

import clipnb
from clipnb.data import NO_LABEL, ImageDataset, LazyImages, NoImages
from clipnb.evaluation import statistics
from clipnb.evaluation.statistics import wilson
from clipnb.explain.class_scores import class_reasons
from clipnb.explain.reference import reference_of
from clipnb.report import audit, content, findings
from clipnb.report import page as report
from clipnb.report import table as csv_table
from clipnb.report.command import methods_for
from clipnb.report.verdicts import verdicts

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
EVIL = [
    "<script>document.documentElement.dataset.ran='1'</script>",
    '"><img src=x onerror="document.documentElement.dataset.ran=\'1\'">',
    "' onmouseover='document.documentElement.dataset.ran=1' x='",
    "</title></style><svg onload=\"document.documentElement.dataset.ran='1'\">",
    "{{ 7 * 7 }}{% raw %}",
]


@pytest.fixture(scope="module")
def frogs():
    return clipnb.load_fieldguide("test", kinds="frog", per_species=4)


@pytest.fixture(scope="module")
def described(frogs):
    return clipnb.load_descriptors("fieldguide").select(frogs.class_names)


@pytest.fixture(scope="module")
def methods(clip, described):
    return methods_for(clip, described)


@pytest.fixture(scope="module")
def page(tmp_path_factory, frogs, methods, described):
    path = tmp_path_factory.mktemp("report") / "report.html"
    assert (
        clipnb.write_report(
            path, frogs, methods, descriptors=described, max_images=20, notes=["a note of mine"]
        )
        == path
    )
    return path


class Elements(HTMLParser):
    """All start tags with their attributes, and the text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.text += data


def read(path) -> Elements:
    return Elements(Path(path).read_text("utf-8"))


def flat(text: str) -> str:
    return " ".join(text.split())


def rows_of(path) -> list[dict]:
    with open(
        path.with_name(f"{path.stem}-predictions.csv"), newline="", encoding="utf-8-sig"
    ) as file:
        return list(csv.DictReader(file))


# --- what it says ---------------------------------------------------------------------------------


def test_the_figures_are_those_of_compare(page, frogs, methods):
    ready = {name: methods[name] for name in ("description alone", "class name")}
    table = clipnb.compare(ready, frogs)
    hits = round(table["accuracy"]["description alone"] * len(frogs))
    text = flat(read(page).text)
    assert f"finds {hits} of {len(frogs)} images, {statistics.percent(hits / len(frogs))}" in text
    assert (
        f"interval {statistics.percent(table['low'].iloc[0])} to"
        f" {statistics.percent(table['high'].iloc[0])}" in text
    )
    # compare counts what the name fixes and breaks; the prompt is told from the side of the
    # description
    only_mine, only_name = table["broken"]["class name"], table["fixed"]["class name"]
    assert (
        f"{only_mine} images that only ‘description alone’ classifies correctly, {only_name} the other way"
        " round" in text
    )
    assert "control: random words" in text and "a note of mine" in text


def test_the_table_has_every_image_with_its_answer_and_reasons(page, frogs, methods):
    rows, prediction = rows_of(page), methods["description alone"].predict(frogs)
    assert tuple(rows[0]) == report.COLUMNS and len(rows) == len(frogs)
    assert [row["prediction"] for row in rows] == prediction.labels
    assert [row["truth"] for row in rows] == [frogs.class_names[i] for i in frogs.labels]
    for i in (0, 17):
        reasons = class_reasons(prediction, i, 1)
        best = reasons["centred"].idxmax()
        assert rows[i]["reasons"].startswith(
            f"{reasons['prompt'][best]} ({reasons['cosine'][best]:.3f})"
        )
        assert float(rows[i]["probability"]) == pytest.approx(
            reasons["class_probability"][0], abs=1e-4
        )


def test_mistakes_come_first_and_every_image_is_shown_or_listed(page, frogs, methods):
    prediction = methods["description alone"].predict(frogs)
    shown = findings.order_to_look_at(prediction, frogs, 20)
    wrong = [
        i for i in range(len(frogs)) if prediction.labels[i] != frogs.class_names[frogs.labels[i]]
    ]
    sure = prediction.probabilities.max(1).values
    assert shown["mistakes"] == sorted(shown["mistakes"], key=lambda i: -sure[i]) and set(
        shown["mistakes"]
    ) <= set(wrong)
    assert sum(map(len, shown.values())) == 20
    images = [attributes for tag, attributes in read(page).tags if tag == "img"]
    assert len(images) == 20 and all(
        image["src"].startswith("data:image/jpeg;base64,") and image["alt"] for image in images
    )
    text = page.read_text("utf-8")
    assert all(f"<bdi>{source}</bdi>" in text for source in frogs.sources)
    assert text.index("Mistakes, the most confident first") < text.index(
        "Correct, the least confident first"
    )


@pytest.mark.parametrize(
    "right, wrong, most, expected",
    [
        (80, 30, 20, (15, 5)),
        (80, 4, 20, (4, 16)),
        (2, 50, 20, (18, 2)),
        (0, 50, 20, (20, 0)),
        (5, 5, 0, (0, 0)),
    ],
)
def test_room_for_mistakes_and_right_ones(right, wrong, most, expected):
    n = right + wrong
    scores = torch.zeros(n, 2)
    scores[:, 0] = 1
    data = ImageDataset(
        NoImages([""] * n), np.array([0] * right + [1] * wrong), ["a", "b"], [""] * n, [""] * n
    )
    prediction = clipnb.Prediction(scores, scores.softmax(1), ["a", "b"], None, None)
    shown = findings.order_to_look_at(prediction, data, most)
    assert (len(shown["mistakes"]), len(shown["right"])) == expected


@pytest.mark.parametrize("centred", [True, False])
def test_bars_add_up_to_the_margin(frogs, methods, centred):
    prediction = methods["description alone"].predict(frogs)
    reference = reference_of(prediction) if centred else None
    assert (reference is not None) == centred
    for i in range(0, len(frogs), 7):
        classes = findings.rivals(prediction, frogs, i)
        for most in (99, 3):
            why = findings.reasons(prediction, i, classes, most, reference)
            first, second = (prediction.class_index(name) for name in classes)
            margin = float(prediction.scores[i, first] - prediction.scores[i, second])
            assert why["margin"] == pytest.approx(margin, abs=1e-6)
            bars = [row["bar"] for row in why["rows"]]
            assert why["usual"] + sum(bars) + why["rest"] == pytest.approx(margin, abs=1e-6)
            assert bars == sorted(bars, reverse=True)
        prompts = sum(len(prediction.classifier.table[name]) for name in classes)
        assert len(bars) == 3 and why["hidden"] == prompts - 3
        assert {row["owner"] for row in why["rows"]} <= set(classes)
    assert findings.reasons(prediction, 0, classes[:1], 3) is None


def test_confused_pairs_name_the_prompt_that_misled(frogs, methods):
    classifier = methods["description alone"]
    prediction = classifier.predict(frogs)
    rows = findings.confusions(prediction, frogs, most=100)
    truth = np.array(frogs.class_names)[frogs.labels]
    assert sum(row["count"] for row in rows) == (np.array(prediction.labels) != truth).sum() > 0
    row = rows[0]
    those = np.flatnonzero((truth == row["truth"]) & (np.array(prediction.labels) == row["said"]))
    sums = sum(
        class_reasons(prediction, int(i), [row["said"]]).set_index("prompt")["centred"]
        for i in those
    )
    assert row["because"] == sums.idxmax() and row["count"] == len(those)


def test_how_many_images_are_needed():
    for half in (0.05, 0.1, 0.2):
        n = statistics.images_needed(half)
        low, high = wilson(n // 2, n)
        assert (high - low) / 2 == pytest.approx(half, abs=0.004)  # an odd n has no half
        assert statistics.half_width(n) <= half < statistics.half_width(n - 1)


@pytest.mark.parametrize(
    "fixed, broken, p, says",
    [
        (2, 40, 0.0001, "the words of the prompts do matter"),
        (10, 12, 0.8, "it is not shown that the words"),
        (40, 2, 0.0001, "a significant loss"),
    ],
)
def test_the_verdict_on_the_control_follows_the_test(frogs, fixed, broken, p, says):
    common = {"low": 0.4, "high": 0.6, "recall": 0.5, "seeds": 1}
    rows = [
        {
            "name": "description",
            "top1": 0.5,
            "control": False,
            "explained": True,
            "fixed": np.nan,
            "broken": np.nan,
            "p_holm": np.nan,
            **common,
        },
        {
            "name": "control: swapped",
            "top1": 0.3,
            "control": True,
            "explained": False,
            "fixed": fixed,
            "broken": broken,
            "p_holm": p,
            **common,
        },
    ]
    assert says in " ".join(verdicts(rows, frogs))
    assert "No control was run" in " ".join(verdicts(rows[:1], frogs))


def test_remarks_on_copies_and_small_classes(frogs):
    twice = frogs.select([0, 0, 0, 5])
    said = " ".join(findings.remarks(twice))
    assert (
        "byte by byte: 2." in said
        and "fewer than 10 images: 2 (the fewest, 1, for" in said
        and "without images: 9" in said
    )
    assert not findings.remarks(clipnb.load_fieldguide("test", kinds="frog", per_species=10))


# --- what it takes --------------------------------------------------------------------------------


def without_labels(data, which=slice(None)):
    labels = data.labels.copy()
    labels[which] = NO_LABEL
    return ImageDataset(data.images, labels, data.class_names, data.keys, data.sources)


def test_a_flat_folder_without_labels(tmp_path, frogs, methods):
    (tmp_path / "inbox").mkdir()
    for i in (0, 9):
        frogs.images[i].save(tmp_path / "inbox" / f"{i}.png")
    data = clipnb.load_images(tmp_path / "inbox")
    path = clipnb.write_report(tmp_path / "new.html", data, methods["description alone"])
    text = flat(read(path).text)
    assert (
        "The images have no labels" in text
        and "Class by class" not in text
        and "Without a label, the least confident first (2 of 2)" in text
    )
    assert [row["truth"] for row in rows_of(path)] == ["", ""]


def test_some_labels_are_scored_and_the_others_shown(tmp_path, frogs, methods):
    path = clipnb.write_report(
        tmp_path / "r.html",
        without_labels(frogs, slice(0, 10)),
        methods["description alone"],
        max_images=30,
    )
    text = flat(read(path).text)
    assert (
        f"of {len(frogs) - 10} images" in text
        and "Without a label" in text
        and "Class by class" in text
    )


@pytest.mark.parametrize("pooling", ["mean", "centroid", "max"])
def test_the_page_says_what_its_bars_are(tmp_path, clip, frogs, described, pooling):
    classifier = clipnb.ZeroShotClassifier(clip, clipnb.descriptor_prompts(described), pooling)
    text = flat(
        read(clipnb.write_report(tmp_path / "r.html", frogs, classifier, max_images=2)).text
    )
    assert f"on average over the {len(frogs)} images" in text
    assert f"mean margin of {len(frogs)} images" in text and "midpoint" not in text
    assert ("Pooling is ‘max’, so only the best prompt" in text) == (pooling == "max")
    few = frogs.select(range(5))  # no reference
    text = flat(read(clipnb.write_report(tmp_path / "f.html", few, classifier, max_images=2)).text)
    assert "the midpoint of the two scores" in text and "mean margin of" not in text


@pytest.mark.parametrize(
    "change, error, says",
    [
        ({"path": "folder"}, ValueError, "is a folder"),
        ({"path": "nowhere/report.html"}, FileNotFoundError, "no folder"),
        ({"path": "report.txt"}, ValueError, "ends in .html"),
        ({"max_images": 5000}, ValueError, "0 to 1000"),
        ({"max_prompts": 0}, ValueError, "at least one"),
        ({"explain": "magic"}, ValueError, "'magic' cannot be explained"),
        ({"classifiers": {}}, ValueError, "at least one ZeroShotClassifier"),
    ],
)
def test_errors_say_what_to_do(tmp_path, frogs, methods, change, error, says):
    (tmp_path / "folder").mkdir()
    arguments = {"path": "report.html", "data": frogs, "classifiers": methods, **change}
    arguments["path"] = tmp_path / arguments["path"]
    with pytest.raises(error, match=re.escape(says)):
        clipnb.write_report(**arguments)
    assert [p.name for p in tmp_path.iterdir()] == ["folder"]


def test_classes_that_differ_are_refused_by_name(tmp_path, clip, frogs):
    with pytest.raises(ValueError, match="'newt'.*letter by letter"):
        clipnb.write_report(
            tmp_path / "r.html",
            frogs,
            clipnb.ZeroShotClassifier(clip, clipnb.name_prompts([*frogs.class_names, "newt"])),
        )
    with pytest.raises(ValueError, match="no images"):
        clipnb.write_report(
            tmp_path / "r.html",
            frogs.select([]),
            clipnb.ZeroShotClassifier(clip, clipnb.name_prompts(frogs.class_names)),
        )


# --- files ----------------------------------------------------------------------------------------


def test_a_stranger_is_not_overwritten_and_a_report_is(tmp_path, frogs, methods):
    one = frogs.select([0])
    classifier = methods["description alone"]
    for name in ("report.html", "report-predictions.csv"):
        target = tmp_path / name
        target.write_text("my thesis")
        with pytest.raises(FileExistsError, match="overwrite=True"):
            clipnb.write_report(tmp_path / "report.html", one, classifier)
        assert target.read_text() == "my thesis" and [p.name for p in tmp_path.iterdir()] == [name]
        target.unlink()
    path = clipnb.write_report(tmp_path / "report.html", one, classifier, title="first")
    clipnb.write_report(path, one, classifier, title="second")
    assert "second" in path.read_text("utf-8")
    path.write_text("my thesis")
    clipnb.write_report(path, one, classifier, overwrite=True, predictions=False)
    assert report.MARK in path.read_bytes()


def test_a_spreadsheet_sees_umlauts_in_the_table(tmp_path, frogs, methods):
    """Excel on Windows takes a CSV file for one of its code page if it has no byte order mark."""
    ours = dict(zip(frogs.class_names, ["Bärenfrosch", "Grünfrosch"]))
    data = frogs.select([0]).rename(ours)
    classifier = clipnb.ZeroShotClassifier(
        methods["description alone"].clip, clipnb.name_prompts(data.class_names)
    )
    path = clipnb.write_report(tmp_path / "r.html", data, classifier)
    table = path.with_name("r-predictions.csv")
    assert table.read_bytes().startswith(b"\xef\xbb\xbffile,")
    assert pd.read_csv(table)["truth"].tolist() == [data.class_names[data.labels[0]]]
    clipnb.write_report(path, data, classifier)  # known again as ours
    table.write_bytes(table.read_bytes()[3:])  # and so is one of before, without the mark
    clipnb.write_report(path, data, classifier)


def test_a_failure_leaves_the_old_report_and_no_debris(tmp_path, frogs, methods, monkeypatch):
    path = clipnb.write_report(
        tmp_path / "report.html",
        frogs.select([0]),
        methods["description alone"],
        title="the old one",
    )
    before = sorted(p.name for p in tmp_path.iterdir())
    monkeypatch.setattr(content, "thumbnail", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        clipnb.write_report(path, frogs.select([0]), methods["description alone"])
    assert (
        "the old one" in path.read_text("utf-8")
        and sorted(p.name for p in tmp_path.iterdir()) == before
    )


@pytest.mark.skipif(os.name == "nt", reason="Windows has no permission bits of this kind")
def test_a_report_can_be_read_by_those_who_may_read_other_new_files(tmp_path, frogs, methods):
    path = clipnb.write_report(
        tmp_path / "report.html", frogs.select([0]), methods["description alone"]
    )
    (tmp_path / "other").write_text("x")
    assert path.stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_image_that_is_gone_leaves_a_gap(tmp_path, frogs, methods):
    (tmp_path / "in").mkdir()
    for i in range(2):
        frogs.images[i].save(tmp_path / "in" / f"{i}.png")
    data = clipnb.load_images(tmp_path / "in")
    methods["description alone"].predict(data)  # from here on the embeddings are kept
    (tmp_path / "in" / "1.png").unlink()
    text = clipnb.write_report(tmp_path / "r.html", data, methods["description alone"]).read_text(
        "utf-8"
    )
    assert text.count("no image to show") == 1 and text.count("<img ") == 1


def test_large_images_become_small_thumbnails():
    noise = Image.fromarray(
        np.random.default_rng(0).integers(0, 255, (1500, 3000, 3), dtype=np.uint8)
    )
    assert len(content.thumbnail([noise], 0)) < 60_000


@pytest.mark.slow
def test_ten_thousand_images_one_at_a_time(tmp_path, clip, methods, frogs):
    n, opened, closed, alive = 12_000, [], [], []

    def opener():
        image = Image.new("RGB", (400, 400))
        opened.append(1)
        weakref.finalize(image, closed.append, 1)
        alive.append(len(opened) - len(closed))
        return image

    embeddings = torch.nn.functional.normalize(
        torch.randn(n, clip.dim, generator=torch.Generator().manual_seed(0)), dim=1
    ).numpy()
    names, numbers = frogs.class_names, [f"{i}.png" for i in range(n)]
    model = {"name": clip.name, "fingerprint": clip.fingerprint}
    data = ImageDataset(
        LazyImages([opener] * n),
        np.arange(n) % len(names),
        names,
        numbers,
        numbers,
        embeddings=embeddings,
        model=model,
    )
    path = clipnb.write_report(
        tmp_path / "r.html", data, methods["description alone"], max_images=100
    )
    # cards, and labels to check; 5.8 GB of pixels in all
    assert 100 <= len(opened) <= 100 + audit.LABELS and max(alive) <= 2
    text = path.read_text("utf-8")
    assert text.count("<img ") == len(
        opened
    ) and "1900 more are not listed here; they are in r-predictions.csv" in flat(text)
    assert len(rows_of(path)) == n and path.stat().st_size < 6e6


# --- safety ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def evil_page(tmp_path_factory, clip, frogs):
    """File names, class names, descriptors, provenance, notes, title, explain: all of them
    attack."""
    names = [f"{payload} {k}" for k, payload in enumerate(EVIL)]
    data = frogs.select(np.arange(len(EVIL) * 4)).rename({})
    data = ImageDataset(
        data.images,
        np.repeat(np.arange(len(EVIL)), 4),
        names,
        data.keys,
        [f"{EVIL[i % 5]}{i}" for i in range(20)],
    )
    rows = {name: [f"{payload} colour", "=1+1", "green"] for name, payload in zip(names, EVIL)}
    described = clipnb.check_descriptors(
        clipnb.DescriptorSet(rows, {EVIL[0]: EVIL[1], "list": [EVIL[0]]}), longest=400
    )
    prompts = clipnb.descriptor_prompts(described, include_name=False)
    classifiers = {
        EVIL[1]: clipnb.ZeroShotClassifier(clip, prompts),
        EVIL[0]: clipnb.ZeroShotClassifier(clip, prompts),
    }
    path = tmp_path_factory.mktemp("evil") / "report.html"
    return clipnb.write_report(
        path, data, classifiers, descriptors=described, title=EVIL[3], notes=EVIL, max_images=8
    )


def test_what_comes_from_files_stays_text(evil_page, page):
    evil, plain = read(evil_page), read(page)
    assert {tag for tag, _ in evil.tags} <= {tag for tag, _ in plain.tags} | {
        "small",
        "details",
        "summary",
    }
    assert not any(
        attribute.startswith("on") for _, attributes in evil.tags for attribute in attributes
    )
    # shown, letter by letter; also what looks like a template
    assert all(payload in evil.text for payload in EVIL)


def dom(path, folder) -> str:
    command = [
        CHROMIUM,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={folder}",
        "--virtual-time-budget=2000",
        "--dump-dom",
        path.as_uri(),
    ]
    return subprocess.run(command, capture_output=True, text=True, timeout=180).stdout


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the PATH to open the page in")
def test_no_script_runs_in_a_browser(evil_page, tmp_path):
    """With the page's own ban on scripts taken out, so that the escaping is what is tested; and a
    page without escaping, to see the trap work."""
    text = evil_page.read_text("utf-8")
    ban = re.search(r'<meta http-equiv="Content-Security-Policy"[^>]*>', text).group()
    (tmp_path / "open.html").write_text(text.replace(ban, ""), "utf-8")
    shown = dom(tmp_path / "open.html", tmp_path / "chrome")
    assert "How it was made" in shown and "data-ran=" not in shown
    (tmp_path / "raw.html").write_text(f"<!doctype html><html><body>{EVIL[0]}{EVIL[1]}", "utf-8")
    assert "data-ran=" in dom(tmp_path / "raw.html", tmp_path / "chrome")


def test_the_page_asks_for_nothing(page):
    tags = read(page).tags
    assert not {tag for tag, _ in tags} & {"script", "link", "iframe", "object", "form", "base"}
    addresses = [
        value
        for _, attributes in tags
        for name, value in attributes.items()
        if name in ("src", "href", "srcset", "data")
    ]
    assert all(
        value.startswith("data:image/jpeg") for value in addresses
    ) and "url(" not in page.read_text("utf-8")
    assert any(
        "default-src 'none'" in (attributes.get("content") or "")
        for tag, attributes in tags
        if tag == "meta"
    )


def test_formulas_are_text_in_a_spreadsheet(evil_page):
    for cell, safe in [
        ("=1+1", "'=1+1"),
        ("@x", "'@x"),
        ("plain", "plain"),
        ("a\r\nb", "a b"),
        (0.5, 0.5),
    ]:
        assert csv_table.cell(cell) == safe
    assert not any(
        value.startswith(("=", "+", "-", "@"))
        for row in rows_of(evil_page)
        for value in row.values()
    )


@pytest.mark.skipif(sys.platform != "linux", reason="only here file names may be any bytes")
def test_a_file_name_that_is_no_text(tmp_path, frogs, methods):
    (tmp_path / "in").mkdir()
    with open(os.fsencode(tmp_path / "in") + b"/\xff.png", "wb") as file:
        frogs.images[0].save(file, "PNG")
    path = clipnb.write_report(
        tmp_path / "r.html", clipnb.load_images(tmp_path / "in"), methods["description alone"]
    )
    assert ".png" in path.read_text("utf-8") and len(rows_of(path)) == 1

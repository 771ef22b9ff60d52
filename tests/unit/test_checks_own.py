"""The checks of notebook 13: each rejects the stub and plausible wrong answers with fitting words,
and accepts different right ones."""

import math

import numpy as np
import pytest
from PIL import Image

import clipnb
from clipnb.checks import check_halves, check_images_needed, check_report
from clipnb.evaluation.statistics import wilson
from clipnb.report.page import MARK


def search(half):
    n = 2
    while wilson(n // 2, n)[1] - wilson(n // 2, n)[0] > 2 * half:
        n += 2
    return n


@pytest.mark.parametrize(
    "function, accepted, says",
    [
        (..., False, "three dots"),
        (lambda h: (1.96 / (2 * h)) ** 2, False, "plain normal interval"),
        (lambda h: (1.96 / h) ** 2 - 1.96**2, False, "half of it"),
        (lambda h: (1.96 / (4 * h)) ** 2 - 1.96**2, False, "twice as wide"),
        (lambda h: 1.96 / (2 * h), False, "square"),
        (lambda h: 1 / (4 * h * h), False, "68 %"),
        (lambda h: 1 / h**2 - 4, False, "z = 2"),
        (lambda h: (1.96 / h) ** 2, False, "a quarter"),
        (lambda h: 400, False, "you say 400"),
        (lambda h: None, False, "returns nothing"),
        (lambda h: 1 / 0, False, "ZeroDivisionError"),
        (lambda h: math.ceil((1.96 / (2 * h)) ** 2 - 1.96**2), True, "halve"),
        (search, True, "halve"),
    ],
)
def test_images_needed(function, accepted, says, capsys):
    assert check_images_needed(function) is accepted
    assert says in " ".join(capsys.readouterr().out.split())  # however it is wrapped


def torn(labels, groups, seed):
    return np.random.default_rng(seed).random(len(labels)) < 0.5


def by_class_only(labels, groups, seed):
    first, rng = np.zeros(len(labels), bool), np.random.default_rng(seed)
    for c in np.unique(labels):
        mine = rng.permutation(np.flatnonzero(labels == c))
        first[mine[: len(mine) // 2]] = True
    return first


def whole_classes(labels, groups, seed):
    return np.arange(len(labels)) < len(labels) // 2


def a_coin_for_each_group(labels, groups, seed):
    return (np.random.default_rng(seed).random(groups.max() + 1) < 0.5)[groups]


def unseeded(labels, groups, seed):
    return group_by_group(labels, groups, np.random.default_rng().integers(1e9))


def always_the_same(labels, groups, seed):
    return group_by_group(labels, groups, 0)


def group_by_group(labels, groups, seed):
    first, rng = np.zeros(len(labels), bool), np.random.default_rng(seed)
    for c in np.unique(labels):
        chosen, wanted = [], (labels == c).sum() / 2
        for g in rng.permutation(np.unique(groups[labels == c])):
            if sum((groups == x).sum() for x in chosen) < wanted:
                chosen.append(g)
        first[np.isin(groups, chosen)] = True
    return first


def alternating(labels, groups, seed):
    side, place = {}, dict.fromkeys(labels.tolist(), 0)
    for i in np.random.default_rng(seed).permutation(len(labels)):
        if groups[i] not in side:
            side[groups[i]] = place[int(labels[i])] % 2 == 0
            place[int(labels[i])] += 1
    return np.array([side[g] for g in groups])


@pytest.mark.parametrize(
    "function, accepted, says",
    [
        (..., False, "three dots"),
        (torn, False, "torn apart"),
        (by_class_only, False, "torn apart"),
        (whole_classes, False, "every class by itself"),
        (a_coin_for_each_group, False, "about half and half"),
        (unseeded, False, "two answers"),
        (always_the_same, False, "same halves"),
        (lambda *a: group_by_group(*a).astype(int), False, "True or False"),
        (lambda *a: group_by_group(*a)[:5], False, "each of the 120"),
        (lambda labels: labels, False, "TypeError"),
        (group_by_group, True, "Yes"),
        (alternating, True, "Yes"),
    ],
)
def test_halves(function, accepted, says, capsys):
    assert check_halves(function) is accepted
    assert says in " ".join(capsys.readouterr().out.split())  # however it is wrapped


COLOURS = {"red": (200, 20, 20), "green": (20, 160, 40), "blue": (20, 40, 200)}


def own_report(clip, folder, classes, each, labelled=True):
    """A report of plain coloured images, in folders or flat."""
    for k, name in enumerate(classes):
        place = folder / "photos" / (name if labelled else "")
        place.mkdir(parents=True, exist_ok=True)
        for i in range(each):
            Image.new(
                "RGB", (40, 40), tuple(min(255, c + i) for c in list(COLOURS.values())[k])
            ).save(place / f"{k}{i}.png")
    classifier = clipnb.ZeroShotClassifier(clip, clipnb.name_prompts(classes))
    return clipnb.write_report(
        folder / "mine.html", clipnb.load_images(folder / "photos"), classifier, max_images=0
    )


@pytest.mark.parametrize(
    "classes, each, labelled, accepted, says",
    [
        (["red paper", "green paper"], 12, True, True, "24 images of your own"),
        (["red cloth", "green cloth", "blue cloth"], 7, True, True, "in 3 classes"),
        (["red paper", "green paper"], 3, True, False, "too few"),
        (["red paper", "green paper"], 12, False, False, "no labels"),
        (["hoopoe", "barn owl"], 12, True, False, "field guide's species"),
    ],
)
def test_own_report(clip, tmp_path, classes, each, labelled, accepted, says, capsys):
    assert check_report(own_report(clip, tmp_path, classes, each, labelled)) is accepted
    assert says in " ".join(capsys.readouterr().out.split())  # however it is wrapped


def test_own_report_with_and_without_a_byte_order_mark(clip, tmp_path, capsys):
    page = own_report(clip, tmp_path, ["red paper", "green paper"], 12, True)
    table = page.with_name(f"{page.stem}-predictions.csv")
    assert table.read_bytes()[:3] == b"\xef\xbb\xbf" and check_report(page) is True
    table.write_bytes(table.read_bytes()[3:])
    assert check_report(page) is True and "24 images" in capsys.readouterr().out


def test_what_is_no_report(tmp_path, capsys):
    (tmp_path / "page.html").write_text("<p>hello")
    (tmp_path / "page-predictions.csv").write_text("file\n")
    for path, says in [
        (..., "three dots"),
        (tmp_path / "none.html", "There is no report"),
        (tmp_path / "page.html", "was not written by"),
    ]:
        assert check_report(path) is False
        assert says in " ".join(capsys.readouterr().out.split())  # however it is wrapped
    (tmp_path / "page-predictions.csv").unlink()
    # however it is wrapped
    assert check_report(tmp_path / "page.html") is False and "no table of predictions" in " ".join(
        capsys.readouterr().out.split()
    )


@pytest.mark.parametrize(
    "saved", [b"file;truth\na;b\n", "file,truth\na,K\xe4fer\n".encode("cp1252")]
)
def test_a_table_that_a_spreadsheet_saved_anew(saved, tmp_path, capsys):
    (tmp_path / "page.html").write_bytes(MARK)
    (tmp_path / "page-predictions.csv").write_bytes(saved)
    assert (
        check_report(tmp_path / "page.html") is False and "spreadsheet" in capsys.readouterr().out
    )

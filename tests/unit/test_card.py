"""The model card: every figure in it is read from the files beside the weights."""

import json
from pathlib import Path

import pandas as pd
import pytest

from clipnb.fieldguide.name_frequency import BUNDLED, TRAINED_ON
from clipnb.fieldguide.world import KINDS
from clipnb.pretrain.card import TARGETS, card

METHODS = ("name", "description", "outsider's description")
SETS = ("common names", "rare names", "development species", "development, opaque name")


def figures(value):
    """A scorecard in which everything has one accuracy, but frogs by description 0.125."""
    rows = [
        {"split": split, "set": where, "method": method, "images": 40, "accuracy": value}
        for split in ("test", "hard")
        for where in [*SETS, *(f"development, {kind}" for kind in KINDS)]
        for method in METHODS
    ]
    table = pd.DataFrame(rows).assign(low=0.0, high=1.0)
    frogs = (table.set == "development, frog") & (table.method == "description")
    table.loc[frogs, "accuracy"] = 0.125
    return table


@pytest.fixture
def folder(tmp_path):
    """A model's folder with all that a card is written from."""
    (tmp_path / "card").mkdir()
    figures(0.875).to_csv(tmp_path / "card" / "scorecard.csv", index=False)
    figures(0.25).to_csv(tmp_path / "card" / "earlier.csv", index=False)
    stages = [{"stage": "look", "steps": 1500, "seconds": 600.0, "loss": 1.0}]
    (tmp_path / "card" / "training.json").write_text(json.dumps({"stages": stages}))
    (tmp_path / "card" / "text.md").write_text(
        "Reached {test|rare names|name}, earlier {earlier:test|rare names|name}.\n\n"
        "{{targets}}\n\n{{training}}\n\n{{frequencies}}\n\n{{exam}}\n\n{{protocol}}\n"
    )
    (tmp_path / "protocol.md").write_text("What may be looked at.\n")
    note = {"name_frequency": {"Robin": 4000, "Wren": 7, "Hoopoe": 0}}
    (tmp_path / TRAINED_ON).write_text(json.dumps(note))
    return tmp_path


def test_figures_and_tables_take_the_place_of_their_names(folder):
    written = card(folder)
    assert "Reached 0.875, earlier 0.250." in written
    assert "| 1 | look | 1,500 | 10 |" in written
    assert "| rare | 1 | Wren 7 |" in written and "| zero | 1 | 0 |" in written
    assert "The exam has not been evaluated." in written and "What may be looked at." in written


def test_a_target_is_reached_or_it_is_not(folder):
    rows = {line.split("|")[1].strip(): line for line in card(folder).splitlines() if "|" in line}
    assert "| ≥ 0.85 | 0.875 | yes | 0.250 |" in rows["… by the outsider's"]
    assert "| ≥ 0.95 | 0.875 | **no** | 0.250 |" in rows["names of common species"]
    assert "| 0.2 – 0.8 | 0.875 | **no** |" in rows["names of rare species"]
    assert "| ≤ 0.15 | 0.875 | **no** |" in rows["names of zero frequency that tell nothing"]
    assert "| 0.125 | **no** | 0.125 |" in rows["weakest kind by description"]
    assert len([row for row in rows.values() if "yes" in row or "**no**" in row]) == len(TARGETS)


@pytest.mark.parametrize(
    "text, message",
    [
        ("{{no table}}", "asks for 'no table', but there are only"),
        ("{test|rare names|guess}", "asks for 'test|rare names|guess', of which there are 0"),
    ],
)
def test_what_there_is_no_figure_of_is_named(folder, text, message):
    (folder / "card" / "text.md").write_text(text)
    with pytest.raises(ValueError) as error:
        card(folder)
    assert message in str(error.value)


@pytest.mark.skipif(not (BUNDLED / "card").exists(), reason="the weights have no card/ beside them")
def test_the_bundled_card_is_up_to_date():
    """After a change: python -m clipnb.pretrain.card"""
    assert card() == (Path(BUNDLED) / "README.md").read_text("utf-8")


def test_what_is_said_of_the_exam_is_what_its_log_has(clip):
    log = (BUNDLED / "exam.jsonl").read_text("utf-8").splitlines()
    exam = next(one for one in map(json.loads, log) if one["weights"] == clip.fingerprint)
    rows = {
        row["method"]: f"{row['accuracy']:.3f}"
        for row in exam["figures"]
        if row["set"] == "exam species"
    }
    read = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    for method in ("name", "description", "outsider's description"):
        assert rows[method] in read and rows[method] in card(BUNDLED)

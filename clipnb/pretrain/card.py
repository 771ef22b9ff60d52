"""The bundled model's card, ``README.md`` in its folder, from what was measured: ``python -m
clipnb.pretrain.card``.

The folder ``card/`` beside the weights holds the prose (``text.md``), the figures as
:func:`clipnb.pretrain.scorecard.scorecard` wrote them, of the bundled model and of those that it is
compared with, and the log of training (``training.json``). A line ``{{name}}`` of the prose is
replaced by a table; within a line, ``{split|set|method}`` stands for one accuracy.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path

import pandas as pd

from ..evaluation.statistics import wilson
from ..fieldguide.name_frequency import BUNDLED, band, trained_frequencies
from ..fieldguide.world import KINDS
from ..support.commands import exit_code
from ..support.console import say
from ..support.files import write_text
from ..support.json_file import read_json
from .scorecard import as_markdown

EACH_KIND = "development, *"
# what was aimed at: words, the figure (split|set|method; * stands for the weakest), least, greatest
TARGETS = (
    ("names of common species", "test|common names|name", 0.95, 1.0),
    ("names of rare species", "test|rare names|name", 0.2, 0.8),
    ("names of zero frequency that tell nothing", "test|development, opaque name|name", 0.0, 0.15),
    ("development species by description", "test|development species|description", 0.9, 1.0),
    ("… by the outsider's", "test|development species|outsider's description", 0.85, 1.0),
    ("weakest kind by description", "test|development, *|description", 0.75, 1.0),
    ("weakest kind by the outsider's", "test|development, *|outsider's description", 0.75, 1.0),
    ("names of common species, split `hard`", "hard|common names|name", 0.75, 0.95),
)


def card(folder: Path = BUNDLED) -> str:
    """The card of the model in a folder, as Markdown.

    Raises
    ------
    ValueError
        If the prose asks for a table or a figure that there is none of; the message names it.
    """
    figures = {path.stem: pd.read_csv(path) for path in sorted((folder / "card").glob("*.csv"))}
    blocks = {"protocol": (folder / "protocol.md").read_text("utf-8").strip()}
    for name, table in figures.items():
        for split in table["split"].unique():
            blocks[f"{name} {split}"] = as_markdown(table, split)
    blocks |= {"frequencies": _frequencies(folder), "exam": _exam(folder)}
    blocks |= {"targets": _targets(figures), "training": _training(folder)}
    text = (folder / "card" / "text.md").read_text("utf-8")
    text = re.sub(r"^\{\{(.+?)\}\}$", lambda found: _block(found[1], blocks), text, flags=re.M)
    return re.sub(
        r"\{([^{}]+\|[^{}]+)\}", lambda found: f"{_accuracy(found[1], figures):.3f}", text
    )


def _block(name: str, blocks: dict[str, str]) -> str:
    if name not in blocks:
        raise ValueError(f"The card asks for '{name}', but there are only {', '.join(blocks)}.")
    return blocks[name]


def _accuracy(key: str, figures: dict[str, pd.DataFrame]) -> float:
    """One accuracy, for ``[file:]split|set|method``; for the set ``development, *`` that of the
    weakest kind."""
    where, group, method = key.split("|")
    name, _, split = where.rpartition(":")
    table = figures[name or "scorecard"]
    sets = [f"development, {kind}" for kind in KINDS] if group == EACH_KIND else [group]
    rows = table[(table.split == split) & table.set.isin(sets) & (table.method == method)]
    if len(rows) != len(sets):
        raise ValueError(
            f"The card asks for '{key}', of which there are {len(rows)} figures, not {len(sets)}."
        )
    return float(rows.accuracy.min())


def _targets(figures: dict[str, pd.DataFrame]) -> str:
    """Each target with what was reached, and the same figure of the models compared with."""
    others = [name for name in figures if name != "scorecard"]
    lines = ["| figure | target | reached | | " + " | ".join(others) + " |"]
    lines.append("| --- | --- | ---: | --- |" + " ---: |" * len(others))
    for words, key, least, greatest in TARGETS:
        value = _accuracy(key, figures)
        target = f"≤ {greatest}" if not least else f"≥ {least}"
        target = f"{least} – {greatest}" if least and greatest < 1 else target
        verdict = "yes" if least <= value <= greatest else "**no**"
        beside = " | ".join(f"{_accuracy(f'{name}:{key}', figures):.3f}" for name in others)
        lines.append(f"| {words} | {target} | {value:.3f} | {verdict} | {beside} |")
    return "\n".join(lines)


def _training(folder: Path) -> str:
    """The stages of training, with steps and minutes."""
    log = read_json(folder / "card" / "training.json", "a log of training")
    lines = ["| turn | stage | steps | minutes |", "| ---: | --- | ---: | ---: |"]
    for number, row in enumerate(log["stages"], 1):
        lines.append(
            f"| {number} | {row['stage']} | {row['steps']:,} | {row['seconds'] / 60:.0f} |"
        )
    return "\n".join(lines)


def _frequencies(folder: Path) -> str:
    """Species by band, with how often their names occur in the training captions."""
    counts = trained_frequencies(folder)
    lines = ["| names | species | captions with the name |", "| --- | ---: | --- |"]
    for which in ("common", "uncommon", "rare", "zero"):
        some = {name: n for name, n in counts.items() if band(n) == which}
        said = ", ".join(f"{name} {n:,}" for name, n in sorted(some.items(), key=lambda x: -x[1]))
        lines.append(f"| {which} | {len(some)} | {said if which != 'zero' else '0'} |")
    return "\n".join(lines)


def _exam(folder: Path) -> str:
    """Every evaluation of the exam species, as the log has it."""
    log = folder / "exam.jsonl"
    if not log.exists():
        return "The exam has not been evaluated."
    parts = []
    for line in log.read_text("utf-8").splitlines():
        entry = json.loads(line)
        parts.append(f"**{entry['date']}**, weights `{entry['weights']}`: {entry['reason']}\n")
        parts.append(f"Species: {', '.join(entry['species'])}.\n")
        parts += ["| set | method | images | accuracy | 95 % interval |"]
        parts += ["| --- | --- | ---: | ---: | --- |"]
        for row in entry["figures"]:
            low, high = wilson(round(row["accuracy"] * row["images"]), row["images"])
            parts.append(
                f"| {row['set']} | {row['method']} | {row['images']} | {row['accuracy']:.3f} |"
                f" {low:.3f} – {high:.3f} |"
            )
        parts.append("")
    return "\n".join(parts).strip()


def main(arguments: list[str] | None = None) -> int:
    """Write the card."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=BUNDLED, help="folder of the model")
    options = parser.parse_args(arguments)
    write_text(options.model / "README.md", card(options.model))
    say(f"The card is in {options.model / 'README.md'}.")
    return 0


if __name__ == "__main__":
    sys.exit(exit_code("card", main))

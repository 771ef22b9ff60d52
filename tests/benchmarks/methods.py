"""Every method of the course on the same images: accuracy by name frequency, against its control.

    python tests/benchmarks/methods.py            # measures, about two minutes on a core
    python tests/benchmarks/methods.py --page     # writes the page again from the figures

It writes ``methods.csv`` beside this file and the site's page ``book/pages/methods.md``. Run it
when the weights or a method have changed; a test fails where the figures are of other weights.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

os.environ["CLIPNB_PROGRESS"] = "0"

import numpy as np
import pandas as pd
from method_rows import (
    Hits,
    Method,
    World,
    of_concepts,
    of_cues,
    of_examples,
    of_negation,
    of_words,
)

from clipnb.evaluation import bootstrap
from clipnb.support.files import write_text

HERE = Path(__file__).parent
FIGURES = HERE / "methods.csv"
PAGE = HERE.parents[1] / "book" / "pages" / "methods.md"
BANDS = ("zero", "rare", "common")
SPLITS = ("test", "hard")
EQUAL = 0.02  # two accuracies whose difference is surely less count as equal


def measured(world: World, method: Method) -> dict:
    """The figures of a row."""
    start = time.perf_counter()
    hits: Hits = world.hits(method.make)
    seconds = (time.perf_counter() - start) / len(method.make)
    against = world.hits(method.control_make)
    row: dict = {
        "group": method.group,
        "method": method.name,
        "control": method.control,
        "claim": method.claim,
        "source": method.source,
        "draws": len(method.make),
        "seconds": seconds,
    }
    for split in SPLITS:
        labels = world.images[split].labels
        among = np.isin(world.names[labels], sorted(method.species or world.names))
        for one in BANDS:
            which = among & (world.bands[split] == one)
            row[f"{split} {one}"] = hits[split][:, which].mean() if which.any() else np.nan
        ours, theirs = hits[split][:, among], against[split][:, among]
        row |= {f"{split} all": ours.mean(), f"{split} control": theirs.mean()}
        gain = ours.mean(0) - theirs.mean(0)
        low, high = bootstrap(gain, labels[among])
        row |= {f"{split} gain": gain.mean(), f"{split} low": low, f"{split} high": high}
    return row


def measure() -> pd.DataFrame:
    """All rows."""
    world = World()
    rows = []
    for methods in (of_words, of_examples, of_concepts, of_negation, of_cues):
        for method in methods(world):
            rows.append(measured(world, method))
            print(f"{method.group}: {method.name}, {rows[-1]['seconds']:.2f} s", flush=True)
    images = {f"{split} images": len(world.images[split]) for split in SPLITS}
    return pd.DataFrame(rows).assign(**images, weights=world.clip.fingerprint)


# --- the page -------------------------------------------------------------------------------------


def verdict(row: pd.Series) -> str:
    """Whether the claim holds on both splits, by the intervals of the difference."""
    lows, highs = ([row[f"{split} {end}"] for split in SPLITS] for end in ("low", "high"))
    ups = [split for split, low in zip(SPLITS, lows) if low > 0]
    downs = [split for split, high in zip(SPLITS, highs) if high < 0]
    if ups and downs:
        return f"better on {ups[0]}, worse on {downs[0]}"
    if row["claim"].startswith("random words"):  # the claim is that there is no difference
        if downs:
            return f"random words are better{_on(downs)}"
        if ups:
            return f"no{_on(ups)}"
        return "yes" if max(*highs, *(-low for low in lows)) <= EQUAL else "not distinguished"
    if ups:
        return f"yes{_on(ups)}"
    return f"the opposite{_on(downs)}" if downs else "not shown"


def _on(splits: list[str]) -> str:
    return "" if len(splits) == len(SPLITS) else f" on {splits[0]}"


def page_of(figures: pd.DataFrame) -> str:
    """The site's page, in Markdown."""
    first = figures.iloc[0]
    lines = [
        "---",
        "html_theme.sidebar_secondary.remove: true",
        "---",
        "# Every method beside its control",
        "",
        f"One row for each method of the course, on {first['test images']} images of the split"
        f" `test` and {first['hard images']} of `hard`, as many of each species. The difference is"
        " that of method and control on all images of the split, with the 95 % interval over"
        " species; the control is followed by its accuracies on `test` and `hard`. *Zero*, *rare* and"
        " *common* are accuracies of the method for species by the number of training captions with"
        " their name: none, 1 to 30, more than 300 (the others, 31 to 300, count in the differences"
        " only). Shots, which come from images of `hard` that are not tested, are drawn three times,"
        " random texts five times; the interval is that of the mean over draws, so it does not show"
        " how draws differ.",
        "",
        "*Here* applies one rule to each claim: it holds (*yes*) if the interval is above 0 on both"
        f" splits, or on the one that is named. *Not shown* means that it contains 0 on both. A"
        f" claim that random words do as well holds if both intervals lie within ± {EQUAL};"
        " *not distinguished* means that they contain 0 and are wider. These are drawings and a"
        " small model: a claim that does not hold here may hold for a real CLIP (notebook 06 has"
        " published figures). From 4 shots on, most methods are near 1 on `test`, so only `hard`"
        " can tell them apart.",
        "",
    ]
    for group, rows in figures.groupby("group", sort=False):
        lines += [
            f"## {group}",
            "",
            ":::{div} methods",
            "| method | claim | here | control | difference on test | on hard |"
            " test: zero, rare, common | hard: zero, rare, common | seconds |",
            "| --- | --- | --- | --- | --- | --- | --- | --- | ---: |",
            *(_row(row) for _, row in rows.iterrows()),
            ":::",
            "",
        ]
    lines += [
        "The repairs of negation are those of section 5 of notebook 09; the centred complement takes"
        " its means from images that are not tested. Section 9 measures the removal of the habitat on"
        " images that all show another one; here half of those of `hard` do, and none of `test`. A"
        " dash stands where no counted species has that frequency. Notebook 11 scores SpLiCE,"
        " attention heads, probes and the sparse autoencoder against true attributes.",
        "",
        "`python tests/benchmarks/methods.py` measures this table again, with fixed seeds. Seconds"
        " are those of fitting and predicting both splits on one core, with the texts' embeddings and"
        " without the images'.",
        "",
    ]
    return "\n".join(lines)


def _row(row: pd.Series) -> str:
    claim = f"{row['claim']} ({row['source']})"
    accuracies = ", ".join(f"{row[f'{split} control']:.2f}" for split in SPLITS)
    control = f"{row['control']} ({accuracies})"
    cells = [row["method"], claim, f"**{verdict(row)}**", control]
    for split in SPLITS:
        low, high = row[f"{split} low"], row[f"{split} high"]
        cells.append(f"{row[f'{split} gain']:+.3f} ({low:+.3f} to {high:+.3f})".replace("-", "−"))
    share = lambda value: "–" if np.isnan(value) else f"{value:.2f}"
    cells += [", ".join(share(row[f"{split} {one}"]) for one in BANDS) for split in SPLITS]
    cells.append(f"{row['seconds']:.1f}" if row["seconds"] >= 0.05 else "< 0.1")
    return f"| {' | '.join(cells)} |"


def main() -> int:
    """Measure, unless only the page is asked for, and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--page", action="store_true", help="write the page from the CSV file")
    if not parser.parse_args().page:
        write_text(FIGURES, measure().to_csv(index=False, float_format="%.5f"))
    write_text(PAGE, page_of(pd.read_csv(FIGURES)))
    print(f"Written: {PAGE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The diagrams: ``python notebooks/_tools/diagrams.py`` brings what they share up to date.

``notebooks/diagrams/*.svg`` are written by hand, each with one idea. Two things in them come from
here: the style sheet, which is the same in all of them, and the variants of the table of prompts,
in which one row is highlighted. ``--sheet PAGE.html`` writes a page with every diagram at the width
of a phone and of a column, on white and on black, to look at before a commit.

A diagram brings a ground of its own, a rounded card, so that it does not depend on what is around
it. No colour has a contrast of 4.5 both on white and on #121212 (it would need a luminance below
0.18 and above 0.20). An <img> is dark if the reader's system is, or the page says ``color-scheme:
dark`` as the site does; JupyterLab's dark theme does not say it, and shows a light card.
"""

import re
import sys
from pathlib import Path

from clipnb.support.files import write_text

FOLDER = Path(__file__).parent.parent / "diagrams"
WIDTHS, GROUNDS = (360, 800), ("#ffffff", "#121212")
TABLE = "classifier-is-a-table-of-prompts"
# the id of the row's group in the template → what the title and the description say of it
ROWS = {
    "name": "the class name",
    "templates": "the template ensemble",
    "customised": "customised prompts",
    "descriptors": "descriptors with the class name",
    "without-name": "descriptors without the class name",
    "swapped": "the control with the descriptors of another class",
    "random": "the control with random words",
}
# class → (light, dark): what text stands on, and what is written and drawn on it
GROUND = {
    "card": ("#fbfbf8", "#1e2023"),
    "paper": ("#fbfbf8", "#1e2023"),
    "box": ("#ecece7", "#2f3236"),
    "tint-blue": ("#d8e9f5", "#163a52"),
    "tint-green": ("#d3eee4", "#12413a"),
    "tint-grey": ("#dededa", "#43464a"),
    "tint-red": ("#f9dfcf", "#55290f"),
}
INK, MUTED = ("#1c1c1c", "#f0f0ee"), ("#505050", "#c8c8c4")
# Okabe and Ito, as in clipnb/plots/basic.py; the blue of the dark is their sky blue. Orange is for
# areas, whose edge is of ink: on light paper it has too little contrast for a line
COLOURS = {
    "blue": ("#0072B2", "#56B4E9"),
    "green": ("#009E73", "#00B98A"),
    "orange": ("#E69F00", "#E69F00"),
    "red": ("#D55E00", "#F07A1C"),
    "grey": ("#767676", "#999999"),
}


def _colours(side: int, indent: str) -> list[str]:
    ink, muted = INK[side], MUTED[side]
    rules = [
        f"text, .ink {{ fill: {ink} }}",
        f".muted {{ fill: {muted} }}",
        f".line {{ stroke: {ink} }}",
        f".thin {{ stroke: {muted} }}",
        f".gap {{ stroke: {GROUND['card'][side]} }}",
    ]
    rules += [f".{name} {{ fill: {pair[side]}; stroke: {ink} }}" for name, pair in GROUND.items()]
    rules[-len(GROUND)] = f".card {{ fill: {GROUND['card'][side]}; stroke: {muted} }}"
    for name, pair in COLOURS.items():
        rules.append(f".{name} {{ fill: {pair[side]}; stroke: {ink} }}")
        rules.append(f".line-{name} {{ stroke: {pair[side]} }}")
        rules.append(f".tip-{name} {{ fill: {pair[side]} }}")
    return [indent + rule for rule in rules]


STYLE = "\n".join(
    [
        "<style>",
        "text { font-family: system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; font-size: 26px }",
        ".m { text-anchor: middle } .e { text-anchor: end } .b { font-weight: 700 }",
        ".line, .thin, .gap, [class^=line-] { fill: none; stroke-width: 3 }",
        ".line, .thin, [class^=line-] { stroke-linecap: round; stroke-linejoin: round }",
        ".thin { stroke-width: 2 } .dash { stroke-dasharray: 3 8 } .wide { stroke-width: 7 }",
        ".to { marker-end: url(#tip) } .from { marker-start: url(#tip) } .hide { visibility: hidden }",
        *_colours(0, ""),
        "@media (prefers-color-scheme: dark) {",
        *_colours(1, "  "),
        "}",
        "</style>",
    ]
)


def with_style(text: str) -> str:
    """A diagram with today's style sheet."""
    return re.sub(r"<style>.*?</style>", lambda _: STYLE, text, count=1, flags=re.S)


def variant(template: str, row: str) -> str:
    """The table of prompts with one row highlighted: its ground coloured, only its line drawn, the
    texts of the others muted."""

    def turned(found: re.Match) -> str:
        group = found[0]
        if found["id"] == row:
            tint = "tint-grey" if "control" in group else "tint-blue"
            return group.replace('class="box"', f'class="{tint}"').replace(
                'stroke-width="2"', 'stroke-width="5"'
            )
        group = group.replace('class="thin"', 'class="hide"').replace('class="box"', 'class="card"')
        return group.replace('<text class="b"', '<text class="muted"').replace(
            "<text x", '<text class="muted" x'
        )

    text = re.sub(r'<g id="(?P<id>[\w-]+)">.*?</g>', turned, template, flags=re.S)
    start = re.search(rf'<g id="{row}">\s*<path class="thin" d="M36 (\d+)', template)[1]
    text = re.sub(r"M36 \d+V", f"M36 {start}V", text)
    text = text.replace("</title>", f": {ROWS[row]}</title>", 1)
    return text.replace("</desc>", f" Highlighted here: {ROWS[row]}.</desc>", 1)


def written(folder: Path = FOLDER) -> dict[str, str]:
    """Name → text of every diagram, as it should be."""
    names = {f"{TABLE}-{row}" for row in ROWS}
    made = {
        path.stem: with_style(path.read_text("utf-8"))
        for path in sorted(folder.glob("*.svg"))
        if path.stem not in names
    }
    return made | {f"{TABLE}-{row}": variant(made[TABLE], row) for row in ROWS}


def sheet(names: list[str]) -> str:
    """A page that shows the diagrams at every width on every ground."""
    cells = "".join(
        f"<h2>{name}</h2>"
        + "".join(
            f'<p style="background: {ground}">'
            + "".join(f'<img src="{(FOLDER / name).as_uri()}.svg" width="{width}">' for width in WIDTHS)
            + "</p>"
            for ground in GROUNDS
        )
        for name in names
    )
    style = "body, p { margin: 0 } p { padding: 20px } img { margin-right: 20px; vertical-align: top }"
    return f'<!doctype html><meta charset="utf-8"><title>Diagrams</title><style>{style}</style>{cells}\n'


def main(arguments: list[str]) -> None:
    diagrams = written()
    for name, text in diagrams.items():
        path = FOLDER / f"{name}.svg"
        if not path.exists() or path.read_text("utf-8") != text:
            write_text(path, text)
            print(f"written: {path.name}")
    if arguments[:1] == ["--sheet"] and len(arguments) == 2:
        write_text(Path(arguments[1]), sheet(sorted(diagrams)))
    elif arguments:
        raise SystemExit("Say  diagrams.py  or  diagrams.py --sheet PAGE.html")


if __name__ == "__main__":
    main(sys.argv[1:])

"""The embedding map as a page without scripts."""

from __future__ import annotations

from ...fieldguide.art import rasterise
from ..common import html
from .state import EmbeddingMap

WIDTH, HEIGHT, MARGIN = 640, 460, 16
GREY = "#999999"
ALONG = 0.9  # cosine from which a direction runs along another: within 26 degrees
# Okabe and Ito's, the yellow darkened for white paper and brown for their black, which dark themes
# swallow; and a shape each, so that nobody needs the colour. Shapes are paths around (0, 0).
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7", "#C9B800", "#7A5C3E")
SHAPES = (
    "M-5,0a5,5 0 1,0 10,0a5,5 0 1,0 -10,0Z",
    "M-4.5,-4.5H4.5V4.5H-4.5Z",
    "M0,-6L5.5,4H-5.5Z",
    "M0,-6L5,0L0,6L-5,0Z",
    "M0,6L5.5,-4H-5.5Z",
    "M-2,-6H2V-2H6V2H2V6H-2V2H-6V-2H-2Z",
    "M0,-6L1.7,-1.9L5.7,-1.9L2.6,0.9L3.6,5L0,2.7L-3.6,5L-2.6,0.9L-5.7,-1.9L-1.7,-1.9Z",
    "M-6,-2.5L0,-6L6,-2.5L4,5H-4Z",
)
SIGNS = "●■▲◆▼✚★⬟"
NO_GROUP = "M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0Z"


def gap_in_words(gap: dict) -> str:
    """The modality gap in texts with its numbers."""
    runs = "runs along" if gap["axis"] >= ALONG else "runs only partly along"
    within = [
        f"of two {what} {html.decimal(gap[what])}"
        for what in ("images", "texts")
        if gap[what] == gap[what]
    ]
    return (
        f"The map's first axis {runs} the gap (cosine {html.decimal(gap['axis'])}). "
        f"Distance of the two means {gap['distance']:.2f}, angle between them {gap['angle']}°. "
        + ", ".join([f"Mean cosine of an image and a text {html.decimal(gap['across'])}", *within])
        + "."
    )


def scatter(state: EmbeddingMap) -> str:
    """The map as an SVG document: images filled, texts hollow."""
    reach = WIDTH / 2 - MARGIN
    places = state.places["centred" if state.document["centred"] else "raw"]
    marks = []
    for point, (x, y) in zip(state.points, places):
        group = point["group"]
        colour, shape = (COLOURS[group], SHAPES[group]) if group >= 0 else (GREY, NO_GROUP)
        fill = colour if point["what"] == "picture" else "none"
        at = f"translate({round(WIDTH / 2 + x * reach)} {round(HEIGHT / 2 - y * reach)})"
        marks.append(
            f'<path d="{shape}" transform="{at}" fill="{fill}" stroke="{colour}"'
            ' stroke-width="1.5"/>'
        )
    body = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>' + "".join(marks)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}"'
        f' height="{HEIGHT}">{body}</svg>'
    )


def page(state: EmbeddingMap) -> str:
    """The map as an image, its legend, the gap, and what is selected or chosen."""
    words = (
        f"Map of {state.split} images (filled) and {len(state.points) - state.split} texts (hollow)"
    )
    legend = "; ".join(f"{sign} {name}" for sign, name in zip(SIGNS, state.groups))
    parts = [
        html.image(rasterise(scatter(state)), words, WIDTH),
        html.paragraph(f"{words}. {legend}"),
        html.paragraph(gap_in_words(state.gap())),
    ]
    if (chosen := state.document["chosen"]) is not None:
        rows = [
            [state.points[p]["text"], html.decimal(cosine)]
            for p, cosine in state.neighbours()[chosen]
        ]
        parts.append(html.table([f"nearest to {state.points[chosen]['text']}", "cosine"], rows))
    if selected := state.selection():
        parts.append(
            html.table(["selected", ""], [[point["text"], point["what"]] for point in selected])
        )
    parts.append(
        html.paragraph(
            "In Jupyter, run this cell: then points can be selected, explained, and both clouds put"
            " on their own mean."
        )
    )
    return "<div>" + "".join(parts) + "</div>"

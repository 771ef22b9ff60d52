"""What the live pages show at first: ``python book/live/stored.py``, in the environment of the
package, before the site is built.

Writes ``book/_build/live``: the model (export.py) and, in ``pages``, the state of every widget of a
live page as a script, its style as another, and its results as HTML for those without scripts.
All of it comes from the widgets that the notebooks show.
"""

from __future__ import annotations

import base64
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from creatures import kind_of, parts
from export import OUT as MODEL
from export import export
from first import first_screen
from names import names_screen
from PIL import Image

import clipnb
from clipnb.fieldguide.world import KINDS, load_kind
from clipnb.widgets.common.saved_maps import png_uri
from clipnb.widgets.inside.parts import look_at_image

OUT = MODEL.parent / "pages"
NOT_OURS = ("layout", "tabbable", "tooltip", "answered", "problem", "failures")


def explorers(clip) -> Iterator[tuple[str, object, dict]]:
    """The descriptor explorer for every kind of the field guide; frogs first, with the image of
    the course's own story."""
    descriptors = clipnb.load_descriptors("fieldguide")
    for kind in KINDS:
        data = clipnb.load_fieldguide("test", kinds=kind, per_species=2)
        start = "tailed frog" if "tailed frog" in data.class_names else None
        widget = clipnb.widgets.explore_descriptors(
            clip, data, descriptors.select(data.class_names), max_images=len(data), start=start
        )
        total = len(data) + 1  # one place for an image of the reader's own
        yield f"explorer-{kind}", widget, {"total": total, "own": True}


def walls(clip) -> Iterator[tuple[str, object, dict]]:
    """Images that sort themselves: eight species of every kind."""
    chosen = one_of_each({*species_of(KINDS, 8)})
    yield "wall", clipnb.widgets.rank_images(clip, chosen), {}


def creatures(clip) -> Iterator[tuple[str, object, dict]]:
    """The creature designer for every kind; the page composes its drawings itself."""
    for kind in KINDS:
        widget = clipnb.widgets.design_creature(clip, kind)
        opinion = {key: value for key, value in widget.opinion.items() if key != "uri"}
        yield f"creature-{kind}", widget, {"opinion": opinion, "kind": kind_of(widget)}


def insides(clip) -> Iterator[tuple[str, object, dict]]:
    """Inside CLIP: two species of every kind but leaves."""
    chosen = one_of_each({*species_of(KINDS[:-1], 2), "tree frog"})
    widget = clipnb.widgets.look_inside(
        clip, chosen, "a green frog", KINDS, max_images=len(chosen), start="tree frog"
    )
    yield "inside", widget, {"pictures": as_seen(clip, widget, chosen)}


def heads(clip) -> Iterator[tuple[str, object, dict]]:
    """The head browser: the images of *Inside CLIP* to choose from, and eight species of every kind
    to search. Of these the parts are stored, as whole numbers of a unit, so that the page finds
    averages and highest images for any text."""
    offered = one_of_each({*species_of(KINDS[:-1], 2), "tree frog"})
    names = [offered.class_names[label] for label in offered.labels]
    searched = one_of_each([*names, *(one for one in species_of(KINDS, 8) if one not in names)])
    parts = clipnb.decompose_embedding(clip, searched)
    widget = clipnb.widgets.browse_heads(
        clip, searched, "a photo of a tree frog", parts, max_images=len(offered), start="tree frog"
    )
    every = parts.listed().numpy()
    unit = float(np.abs(every).max()) / (2**15 - 1)
    yield (
        "heads",
        widget,
        {
            "pictures": as_seen(clip, widget, offered),
            "total": len(offered),
            "tops": widget.state.top,
            "small": [widget.entry_of(i) for i in range(len(searched))],
            "unit": unit,
            "searched": np.rint(every / unit).astype("<i2").tobytes(),
        },
    )


def species_of(kinds, count: int) -> list[str]:
    """So many species of every kind, evenly through its table, seen and held out as they come."""
    tables = [load_kind(kind).species for kind in kinds]
    return [one[i * len(one) // count].name for one in tables for i in range(count)]


def one_of_each(names) -> clipnb.ImageDataset:
    """A test image of each species; in the order of a list, and of the field guide for a set."""
    data = clipnb.load_fieldguide("test", per_species=1)
    numbers = [data.class_names.index(name) for name in names]
    return data.select(sorted(numbers) if isinstance(names, set) else numbers)


def as_seen(clip, widget, data) -> list[dict]:
    """The offered images as the model sees them, pixel for pixel, since the page's model looks at
    them again."""
    seen = [png_uri(Image.fromarray(look_at_image(clip, one).pixels)) for one in data.images]
    return [{**one, "uri": uri} for one, uri in zip(widget.pictures, seen, strict=True)]


def firsts(clip) -> Iterator[tuple[str, object, dict]]:
    """The first screen of the site."""
    widget = first_screen(clip)
    yield "first", widget, {"document": {**widget.document, "why": False}}


def names(clip) -> Iterator[tuple[str, object, dict]]:
    """Just names."""
    yield "names", *names_screen(clip)


# functions of the model: (name of the page, widget, traits that only the page has)
PAGES = [firsts, names, explorers, walls, creatures, insides, heads]


def write(name: str, widget, more: dict, out: Path) -> None:
    """A widget as the page kernel reads it: NAME.js, its style (once for each widget), and
    NAME.html."""
    front, state = name.split("-")[0], {**widget.get_state(), **more}
    bytes_ = {
        key: base64.b64encode(value).decode()
        for key, value in state.items()
        if isinstance(value, (bytes, memoryview))
    }
    traits = {
        key: value
        for key, value in state.items()
        if not key.startswith("_") and key not in (*bytes_, *NOT_OURS)
    }
    page = {"widget": front, "traits": traits, "bytes": bytes_}
    script(out / f"{name}.js", f"clipnbLive.pages[{json.dumps(name)}]", page)
    script(out / f"style-{front}.js", f"clipnbLive.styles[{json.dumps(front)}]", state["_css"])
    if name in ("first", "names"):  # their pages without scripts have the style, too
        (out / f"{name}.css").write_text(state["_css"], "utf-8")
    # advice for where there is a kernel
    html = re.sub(r"<p>In Jupyter, [^<]*</p>", "", widget.page())
    (out / f"{name}.html").write_text(html.replace("\n", " "), "utf-8")


def script(path: Path, target: str, value) -> None:
    path.write_text(
        f"{target} = {json.dumps(value, ensure_ascii=False, separators=(',', ':'))};\n", "utf-8"
    )


def store(out: Path = OUT) -> None:
    """Write the states of all live pages into a folder, in place of what it holds."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    clip = clipnb.load_clip(clipnb.model.clip.BUNDLED, device="cpu")
    for page in PAGES:
        for name, widget, more in page(clip):
            write(name, widget, more, out)
    (out / "parts-creature.js").write_text(parts(), "utf-8")


if __name__ == "__main__":
    export()
    store()
    files = [path for path in OUT.parent.rglob("*") if path.is_file()]
    print(
        f"The model and {len(list(OUT.glob('*.html')))} stored pages,"
        f" {sum(path.stat().st_size for path in files) / 1e6:.1f} MB:  {OUT.parent}"
    )

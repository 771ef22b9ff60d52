"""Writes what the live pages *How CLIP sees* and *Design a creature* need: ``python book/live/pages.py`` in the environment of the package.

Into ``book/_build/live``: the front ends of the notebooks' widgets, the drawings, sentences and stored vectors of every kind, the wall's pictures, and
what stands on each page before any script has run. Nothing is written if the files there were made from this model by this code.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
from pathlib import Path

import numpy as np
from creatures import kind_file, stored_page
from drawings import habitats

import clipnb
from clipnb.fieldguide.world import KINDS, load_kind
from clipnb.widgets.view.base import source
from clipnb.widgets.view.creature import CreatureDesigner
from clipnb.widgets.view.wall import PictureWall

HERE = Path(__file__).parent
OUT = HERE.parent / "_build" / "live"
EACH = 8  # species of every kind on the wall
# The longest sentence shows how a name that the vocabulary lacks falls to pieces
SENTENCES = (
    "a red bird with a tall crest",
    "a brown mushroom",
    "white spots",
    "a fish with stripes",
    "a yellow flower in a garden",
    "an animal in the snow",
    "something blue",
    "a photo of a resplendent quetzal",
)


def wall(clip) -> PictureWall:
    """Eight species of every kind, one picture each, seen and held out as they come."""
    data = clipnb.load_fieldguide("test", per_species=1)
    names = [kind.species[i * len(kind.species) // EACH].name for kind in map(load_kind, KINDS) for i in range(EACH)]
    return clipnb.widgets.rank_pictures(clip, data.select(np.isin(data.labels, [data.class_names.index(name) for name in names])), SENTENCES)


def wall_file(widget: PictureWall) -> dict:
    """The widget's traits, bytes in base64."""
    names = ("document", "pictures", "picture_vectors", "total", "texts", "vectors", "settings", "tokens")
    values = {name: getattr(widget, name) for name in names}
    return {name: base64.b64encode(value).decode() if isinstance(value, bytes) else value for name, value in values.items()}


def without_advice(page: str) -> str:
    """A widget's page without its last paragraph, which speaks of Jupyter."""
    return re.sub(r"<p>In Jupyter, [^<]*</p>", "", page)


def stamp(clip) -> str:
    """Changes with the model, the package's code, drawings and tables, and this folder."""
    digest = hashlib.sha256(clip.fingerprint.encode())
    package = Path(clipnb.__file__).parent
    for path in sorted(path for folder in (package, HERE) for path in folder.rglob("*") if path.suffix in (".py", ".js", ".css", ".svg", ".toml", ".csv", ".json")):
        if "pretrained" not in path.parts and path.name != "outsider.json":
            digest.update(path.read_bytes())
    return digest.hexdigest()


def write(out: Path, name: str, content) -> None:
    path = out / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, separators=(",", ":")), "utf-8")


def export(out: Path = OUT, kinds=KINDS) -> Path:
    """Write the folder, unless it is up to date; returns it."""
    clip = clipnb.load_clip(clipnb.clip.BUNDLED)
    made = out / "pages-made-from.txt"
    if made.exists() and made.read_text("utf-8") == stamp(clip):
        return out
    for name, widget in {"creature": CreatureDesigner, "wall": PictureWall}.items():
        write(out, f"widgets/{name}.js", widget._esm)
        write(out, f"widgets/{name}.css", widget._css)
    write(out, "opinion.js", source("scoring.js") + "\n" + (HERE / "opinion.js").read_text("utf-8"))
    write(out, "habitats.json", habitats())
    for kind in kinds:
        write(out, f"kinds/{kind}.json", kind_file(clip, kind))
    sorted_wall = wall(clip)
    write(out, "wall.json", wall_file(sorted_wall))
    write(out, "stored/wall.html", without_advice(sorted_wall.page()))
    write(out, "stored/creature.html", without_advice(stored_page(clip, kinds[0])))
    write(out, made.name, stamp(clip))
    return out


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=OUT)
    print(f"What the live pages need:  {export(parser.parse_args().out)}")

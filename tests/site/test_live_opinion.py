"""What a live page says of a creature is what Python says: of its marks, and, for the same image,
of CLIP's opinion."""

import json
import random
import sys

import pytest
from live_browser import LIVE, module_page

from clipnb.fieldguide.world import KINDS
from clipnb.widgets.common.saved_reasons import truth_of_marks
from clipnb.widgets.creature.state import Creature, index
from clipnb.widgets.creature.widget import CreatureDesigner

sys.path.insert(0, str(LIVE))
from creatures import kind_of, packed

ROOT = LIVE.parent.parent
SCRIPTS = ("book/live/opinion.js", "clipnb/widgets/common/scoring.js")
OPINIONS = """async ({ name, cases }) => {
  const { opinionOf } = await import("/book/live/opinion.js");
  const file = await (await fetch(`/${name}.json`)).json();
  const floats = (text) => new Float32Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
  const rows = (text) => { const all = floats(text); return Array.from({ length: all.length / file.dim }, (_, i) => all.subarray(i * file.dim, (i + 1) * file.dim)); };
  const classes = file.classes.map((one) => ({ ...one, embeddings: rows(one.embeddings) }));
  const about = { kind: file.name, parts: file.parts, species: file.table, images: rows(file.species), classes, scale: file.scale };
  return cases.map(([document, embedding]) => opinionOf(about, document, floats(embedding)));
}"""


def close(mine, theirs, tolerance=1e-3):
    """Equal words, and numbers within the tolerance, in the same structure."""
    if isinstance(mine, float):
        return theirs == pytest.approx(mine, abs=tolerance)
    if isinstance(mine, dict):
        return set(mine) == set(theirs) and all(
            close(mine[key], theirs[key], tolerance) for key in mine
        )
    if isinstance(mine, list):
        return len(mine) == len(theirs) and all(
            map(lambda a, b: close(a, b, tolerance), mine, theirs)
        )
    return mine == theirs


@pytest.mark.parametrize("name", KINDS)
def test_a_pages_opinion_is_pythons(lab, clip, name):
    widget, chance = CreatureDesigner(Creature(clip, name)), random.Random(name)
    state = widget.state
    files = {
        **{path: (ROOT / path).read_text("utf-8") for path in SCRIPTS},
        f"{name}.json": {**kind_of(widget), "table": widget.settings["species"]},
    }
    cases, wanted = [], []
    for number in range(14):
        state.act({"do": "start", "species": index(number % len(state.species), 99, "species")})
        if number > 3:
            state.act(
                {
                    "do": "become",
                    "marks": {slot: chance.choice(values) for slot, values in state.values.items()},
                }
            )
        state.document["rival"] = chance.choice([None, *range(len(state.classifier.class_names))])
        opinion = state.opinion()
        wanted.append({**opinion, "truth": truth_of_marks(opinion["nearest"], opinion["away"])})
        cases.append([state.copy(), packed(state.embedding().numpy())])
    with module_page(lab, files) as sight:
        theirs = sight.page.evaluate(OPINIONS, {"name": name, "cases": cases})
    for mine, got in zip(wanted, theirs, strict=True):
        assert close(json.loads(json.dumps(mine)), got, 2e-5), (mine, got)
    assert len({mine["leaders"][0]["name"] for mine in wanted}) > 2 and {
        mine["away"] for mine in wanted
    } > {0}

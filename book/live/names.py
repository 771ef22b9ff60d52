"""Just names: an image, a list of names, and how probable each of them is; then descriptors in the
place of names.

The page makes its own prompts of what the reader writes. What is stored are the embeddings of the
first list: of its names, and of its descriptors with and without the name.
"""

from __future__ import annotations

from html import escape

import numpy as np
from first import SPECIES

import clipnb
from clipnb.classify.prompts import describe
from clipnb.explain.reference import Reference
from clipnb.widgets.common import html
from clipnb.widgets.explorer.state import Explorer
from clipnb.widgets.explorer.widget import DescriptorExplorer

IMAGE = "tree frog"
NAMES = ("tree frog", "tailed frog", "American bullfrog", "cane toad", "tomato frog")


class Names(DescriptorExplorer):
    """The names as classes of one prompt each, and a page without scripts that looks like the page
    with scripts."""

    def page(self) -> str:
        state = self.state
        now = state.document["picture"]
        scores = [score or 0.0 for score in state.scores()]  # every name has a prompt
        probabilities, order = state.probabilities(), state.ranking()
        title = f"{state.images.truth(now)} ({state.images.name(now)})"
        strip = "".join(
            f"<label>{html.image(state.images[i], state.images.truth(i) or '', 56)}</label>"
            for i in state.images.strip
        )
        lines = "".join(
            f"<li><bdi>{escape(state.names[c])}</bdi>"
            f'<span class="clipnb-bar"><span class="clipnb-fill" style="width: {100 * share:.2f}%">'
            f'</span></span><span class="clipnb-value">{share:.0%}</span>'
            f'<span class="clipnb-value">{scores[c]:.3f}</span>'
            f'<span class="clipnb-value">{scores[c] - scores[order[0]]:+.3f}</span></li>'
            for c, share in ((c, probabilities[c]) for c in order)
        )
        first, second = order[:2]
        return (
            '<div class="clipnb clipnb-widget-explorer clipnb-names">'
            f'<fieldset class="clipnb-strip"><legend>Images</legend>{strip}</fieldset>'
            '<div class="clipnb-live-drop"><label><span>Your own image: choose one</span></label>'
            '<span class="clipnb-live-hint">or drop it here, or paste it. It never leaves this'
            ' page.</span></div><div class="clipnb-top"><figure>'
            f"{html.image(state.images[now], title).replace('<img', '<img class=clipnb-image')}"
            f"<figcaption>{escape(title)}</figcaption></figure>"
            '<label class="clipnb-list">Names, separated by commas or in lines <textarea rows="3"'
            f" disabled>{escape(', '.join(state.names))}</textarea></label>"
            '<div class="clipnb-result"><p class="clipnb-told">Best match:'
            f" <strong>{escape(state.names[first])}</strong>, probability"
            f" {probabilities[first]:.0%}. Its cosine similarity is"
            f" {scores[first] - scores[second]:.3f} above that of {escape(state.names[second])}."
            '</p><div class="clipnb-ranked"><div class="clipnb-heads"><span>name</span>'
            "<span></span><span>probability</span><span>cosine</span><span>difference</span>"
            f'</div><ol class="clipnb-ranking">{lines}</ol></div></div></div></div>'
        )


def names_screen(clip) -> tuple[Names, dict]:
    """The widget, and the traits that only the page has."""
    data = clipnb.load_fieldguide("test", per_species=1)
    chosen = data.select(np.isin(data.labels, [data.class_names.index(one) for one in SPECIES]))
    described = clipnb.load_descriptors("fieldguide").select(list(NAMES))
    state = Explorer(clip, chosen, dict(clipnb.name_prompts(NAMES)), strip=len(chosen), start=IMAGE)
    texts = [text for row in described.values() for text in row]
    texts += [describe(name, text) for name, row in described.items() for text in row]
    state.texts.learn({text: text for text in texts})
    # far more images than are offered: their mean is what reasons are counted from
    state.reference = Reference.of(clip.encode_images(data, progress_bar=False))
    document = {
        "picture": state.document["picture"],
        "list": ", ".join(NAMES),
        "descriptors": [[name, "\n".join(row)] for name, row in described.items()],
        "described": False,
        "named": False,
        "why": False,
    }
    return Names(state), {
        "document": document,
        "reference": {"images": state.reference.n, "mean": state.reference.mean.tolist()},
        "total": len(chosen) + 1,  # one place for an image of the reader's own
        "own": True,
    }

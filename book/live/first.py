"""The first screen of the site: a text, its tokens, and eight images that sort themselves by it.

The examples are chosen by what the bundled model makes of them: another model gets others. For each
of them the embeddings of the text without one of its words are stored as well, from which the page
tells what the best image's lead rests on.
"""

from __future__ import annotations

from html import escape

import numpy as np

import clipnb
from clipnb.widgets.common import html
from clipnb.widgets.wall.starters import RULES, failure, working
from clipnb.widgets.wall.state import Wall
from clipnb.widgets.wall.widget import ImageWall

SPECIES = (
    "northern cardinal",
    "blue jay",
    "monarch",
    "clownfish",
    "tree frog",
    "common sunflower",
    "fly agaric",
    "panther cap",
)
EXAMPLES = 5
# in this order; the first five that work are offered
CANDIDATES = (
    "a red bird with a tall crest",
    "an orange fish with white stripes",
    "a brown mushroom with white spots",
    "something blue",
    "a green frog",
    "an orange butterfly with black veins",
    "a yellow flower",
    "a blue bird",
    "a red cap with white spots",
    "a mushroom",
    "a bird",
)


def without_a_word(text: str) -> list[str]:
    """The text without its first word, without its second, and so on; ``withoutAWord`` in
    first_page.js is the same."""
    words = text.split()
    return [" ".join(words[:i] + words[i + 1 :]) for i in range(len(words))]


class FirstScreen(ImageWall):
    """A wall of images whose page without scripts looks like the page with scripts, so that nothing
    moves when they come."""

    def page(self) -> str:
        state = self.state
        text, cosines, ranking = state.document["sentence"], state.cosines(), state.ranking()
        name = lambda i: escape(state.images.truth(i) or state.images.name(i))
        tile = lambda i: (
            f'<li><button type="button" disabled>{html.image(state.images[i], name(i), self.side)}'
            '<span class="clipnb-bar"></span>'
            f'<span class="clipnb-value">{cosines[i]:.3f}</span></button></li>'
        )
        chip = lambda token: (
            f'<li><span class="clipnb-text">{escape(token["text"].removesuffix("</w>"))}</span>'
            f'<span class="clipnb-id">{token["id"]}</span></li>'
        )
        shown = [chip(token) for token in state.tokens() if not token["text"].startswith("<|")]
        starters = "".join(
            f'<button type="button" disabled>{escape(one)}</button>' for one in state.starters
        )
        best, second = ranking[:2]
        return (
            '<div class="clipnb clipnb-widget-wall clipnb-first-screen">'
            f'<label class="clipnb-entry">Text <input type="text" value="{escape(text)}" disabled>'
            f'</label><div class="clipnb-starters">{starters}</div>'
            f'<ol class="clipnb-chips">{"".join(shown)}</ol>'
            f'<ol class="clipnb-wall">{"".join(map(tile, ranking))}</ol>'
            '<div class="clipnb-answer">'
            f'<p class="clipnb-told">Best match: <strong>{name(best)}</strong>, cosine similarity'
            f" {cosines[best]:.3f}. Next: {name(second)}, {cosines[second]:.3f}.</p></div></div>"
        )


def first_screen(clip) -> FirstScreen:
    """The widget, with the first five candidates that work, and the variants of their texts."""
    data = clipnb.load_fieldguide("test", per_species=1)
    chosen = data.select(np.isin(data.labels, [data.class_names.index(one) for one in SPECIES]))
    images = clip.encode_images(chosen).numpy()
    names = [chosen.class_names[label] for label in chosen.labels]

    def fails(text: str) -> str:
        order = np.argsort(-(images @ clip.encode_texts(text)[0].numpy()), kind="stable")
        return failure(text, [names[i] for i in order])

    assert set(CANDIDATES) <= set(RULES)
    state = Wall(clip, chosen, working(CANDIDATES, EXAMPLES, fails))
    state.texts.learn({one: one for text in state.starters for one in without_a_word(text)})
    return FirstScreen(state)

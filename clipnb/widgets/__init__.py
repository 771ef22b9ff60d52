"""Widgets in which the reader changes something and sees the prediction move; each is one function.

- ``explore_descriptors``: an image, candidate classes, their descriptors as rows that can be
  edited, switched and weighted
- ``play_prompts``: templates, names and temperature; softmax against raw cosine, several prompts
  side by side
- ``browse_confusions``: a confusion matrix; the images behind a cell; why one was taken for what it
  was
- ``design_creature``: parts and colours of a field-guide kind; it is drawn, and CLIP says which
  species it takes it for, and why
- ``map_embeddings``: images and texts in two dimensions; the gap between them, and what lies next
  to what
- ``compare_similarities``: images × texts, point at a cell and see both; steps through checkpoints
  of a training
- ``inspect_tokens``: how a text becomes tokens and an image patches; what the cosine of the two
  rests on
- ``look_inside``: one image and one text through the model in eight steps: patches, the attention
  of every head, embeddings, their dot product, probabilities
- ``browse_heads``: the cosine of an image and a text as an exact sum over attention heads and MLPs;
  for a head its patches, the texts that describe it, and the images to which it adds most
- ``rank_images``: a wall of images that sorts itself by the text that the reader writes; the text
  in tokens
- ``slide_heatmaps``: where an image shows each of its descriptors, one after the other

How a widget is made
--------------------
A folder each, ``widgets/<name>/``, with parts that can be tested one by one:

``state.py``
    What is shown and what the reader may do, in plain Python: a class on
    :class:`.common.document.Document`. Its ``document`` is JSON; its methods in ``actions`` change
    it and raise ValueError with one text for the reader. Undo and reset are there.
``widget.py``
    A thin class on :class:`.common.base.Widget` (or on :class:`.common.scored.ScoredWidget`, if its
    page chooses among images and scores stored embeddings), and the public function. ``kind`` is
    the name of the folder; ``show`` puts into traits what the page needs beside the document
    (embeddings as bytes, images as data URIs).
``saved.py``, optional
    Pure functions from the state to a page without scripts, for GitHub and for a site without a
    kernel; ``Widget.page`` calls it. All text goes through ``html.escape`` (:mod:`.common.html`);
    images go in with :func:`clipnb.support.files.image_address`. Numbers rounded, nothing random:
    nbval compares it.
``page.js``
    A module that imports from ``common/`` and ends with ``export default { render }``. ``make
    widgets`` checks its types and writes ``bundle.js``, the one file that reaches the reader; it is
    committed, so that nobody else needs Node.
``style.css``, optional
    The widget's own style; ``styles`` of its class names those that it takes from ``common/``.

A line in ``__init__.pyi`` makes the function public, here and for editors.

A thing done on the page is an *action*, ``{"do": "weigh", "of": 0, "row": 2, "weight": 0.5}``. The
page performs it at once on its own copy of the document and patches the DOM in the same frame; then
it sends the action to the kernel, which performs the same on the state. So a widget also works
without a kernel, as far as its JavaScript can compute. ``connect`` in ``common.js`` does all of
this; a page brings a ``Machine`` (``document.js``), the twin of its state, and a ``redraw``.

An action that raises ValueError becomes a text under the widget. Any other exception is logged
to ``clipnb.widgets``, counted in the trait ``failures``, and shown as one text; the browser
tests fail on it.

In JavaScript text becomes DOM only through ``h`` (text nodes and properties); ``innerHTML`` is not
used. Colours are Jupyter's variables with fallbacks (``common.css``), sizes wrap at 700 px, and
every control is a native element with a label. A kind's own style is nested in that kind's class,
so that a class name may mean another thing in another kind.
"""

from ..support.lazy import lazy

__getattr__, __dir__, __all__ = lazy(__name__, __file__, "widget")

"""Widgets in which the reader changes something and sees the prediction move; each is one function.

``explore_descriptors``  a picture, candidate classes, their descriptors as rows that can be edited,
switched and weighed ``play_prompts``         templates, names and temperature; softmax against raw
cosine, several prompts side by side ``browse_confusions``    a confusion matrix; the pictures
behind a cell; why one was taken for what it was ``design_creature``      parts and colours of a
field-guide kind; it is drawn, and CLIP says which species it takes it for, and why
``map_embeddings``       pictures and sentences in two dimensions; the gap between them, and what
lies next to what ``compare_similarities`` pictures × sentences, point at a cell and see both; steps
through checkpoints of a training ``inspect_tokens``       how a sentence becomes tokens and a
picture patches; what the cosine of the two rests on ``rank_pictures``        a wall of pictures
that sorts itself by the sentence that the reader writes; the sentence in tokens ``slide_heatmaps``
where a picture shows each of its descriptors, one after the other

How a widget is made
--------------------
Three parts, each of which can be tested without the next:

``state/<name>.py``   What is shown and what the reader may do, in plain Python: a class on
:class:`.state.document.Document`. Its ``document`` is
                      JSON; its methods in ``actions`` change it and raise ValueError with one
                      sentence for the reader. Undo and reset are there.
``render/<name>.py``  Pure functions from the state to a page without scripts, for GitHub and for a
site without a kernel. All text goes through
                      ``html.escape`` (:mod:`.render.html`); pictures go in with
                      :func:`clipnb.support.files.picture_address`. Numbers rounded, nothing random:
                      nbval compares it.
``view/<name>.py``    A thin class on :class:`.view.base.Widget` (or on
:class:`.view.scored.ScoredWidget`, if its page chooses among pictures and
                      scores stored vectors), and the public function. ``files`` names the parts of
                      its page in ``static/`` (``common.js`` comes first; each widget has one
                      ``.js`` that ends with ``export default { render }`` and one ``.css``);
                      ``show`` puts into traits what the page needs beside the document (vectors as
                      bytes, pictures as data URIs).

A thing done on the page is an *action*, ``{"do": "weigh", "of": 0, "row": 2, "weight": 0.5}``. The
page performs it at once on its own copy of the document and patches the DOM in the same frame; then
it sends the action to the kernel, which performs the same on the state. So a widget also works
without a kernel, as far as its JavaScript can compute. ``connect`` in ``common.js`` does all of
this; a page brings a ``machine`` with ``document``, ``act`` and ``adopt``, and a ``redraw``.

An action that raises ValueError becomes a sentence under the widget. Any other exception is logged
to ``clipnb.widgets``, counted in the trait ``failures``, and shown as one sentence; the browser
tests fail on it.

In JavaScript text becomes DOM only through ``h`` (text nodes and properties); ``innerHTML`` is not
used. Colours are Jupyter's variables with fallbacks (``common.css``), sizes wrap at 700 px, and
every control is a native element with a label. A kind's own style is nested in that kind's class,
so that a class name may mean another thing in another kind.
"""

from ..support.lazy import lazy

__getattr__, __dir__, __all__ = lazy(__name__, __file__, "widget")

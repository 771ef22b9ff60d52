"""All widgets on a few frogs, as code for a cell (``PREPARE`` and ``calls()``) and as objects
(``made()``)."""

import re

PREPARE = """import clipnb
from clipnb import widgets
clip = clipnb.load_clip()
data = clipnb.load_fieldguide("test", kinds="frog", per_species=2)
descriptors = clipnb.load_descriptors("fieldguide").select(data.class_names)
table = clipnb.descriptor_prompts(descriptors)
prediction = clipnb.ZeroShotClassifier(clip, table).predict(data)
texts = [f"a photo of a {name}" for name in data.class_names]"""


def calls() -> dict[str, str]:
    """Name of a widget → the call that makes it, after ``PREPARE``: the example of its docstring,
    which therefore every widget has."""
    from clipnb import widgets

    examples = {
        name: re.search(rf">>> clipnb\.(widgets\.{name}\(.*\))", getattr(widgets, name).__doc__)
        for name in widgets.__all__
    }
    bare = [name for name, found in examples.items() if not found]
    assert not bare, f"no example in the docstring of {bare}"
    return {name: found[1] for name, found in examples.items()}


def made() -> dict[str, object]:
    """Name of a widget → the widget."""
    names = {}
    exec(PREPARE, names)
    return {name: eval(call, names) for name, call in calls().items()}

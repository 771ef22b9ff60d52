"""All widgets on a few frogs, as code for a cell (``PREPARE`` and ``calls()``) and as objects
(``made()``)."""

PREPARE = """import clipnb
from clipnb import widgets
clip = clipnb.load_clip()
data = clipnb.load_fieldguide("test", kinds="frog", per_species=2)
descriptors = clipnb.load_descriptors("fieldguide").select(data.class_names)
table = clipnb.descriptor_prompts(descriptors)
prediction = clipnb.ZeroShotClassifier(clip, table).predict(data)
sentences = [f"a photo of a {name}" for name in data.class_names]"""
ARGUMENTS = {
    "browse_confusions": "prediction, data",
    "compare_similarities": "clip, data.select(range(4)), sentences",
    "design_creature": "clip, 'bird', 'northern cardinal'",
    "explore_descriptors": "clip, data, descriptors",
    "inspect_tokens": "clip, data",
    "map_embeddings": "clip, data, table, most=60",
    "play_prompts": "clip, data",
    "rank_pictures": "clip, data",
    "slide_heatmaps": "clip, data, descriptors",
}


def calls() -> dict[str, str]:
    """Name of a widget → the call that makes it, after ``PREPARE``."""
    from clipnb import widgets

    assert sorted(ARGUMENTS) == widgets.__all__  # a new widget belongs here
    return {name: f"widgets.{name}({arguments})" for name, arguments in ARGUMENTS.items()}


def made() -> dict[str, object]:
    """Name of a widget → the widget."""
    names = {}
    exec(PREPARE, names)
    return {name: eval(call, names) for name, call in calls().items()}

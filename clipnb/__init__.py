"""clipnb: how CLIP classifies pictures, and why, in a sequence of notebooks.

The public names are below; each is imported from its module when it is first used, so that ``import clipnb`` is instant.
"""

from importlib import import_module

__version__ = "0.1.0"

_WHERE = {
    "load_clip": "clip",
    "Clip": "clip",
    "ImageDataset": "images",
    "load_images": "images",
    "load_fieldguide": "fieldguide.dataset",
    "PromptTable": "prompts",
    "name_prompts": "prompts",
    "template_prompts": "prompts",
    "descriptor_prompts": "prompts",
    "swapped_prompts": "prompts",
    "random_prompts": "prompts",
    "scrambled_prompts": "prompts",
    "renamed_prompts": "prompts",
    "controls": "prompts",
    "DescriptorSet": "descriptors",
    "load_descriptors": "descriptors",
    "check_descriptors": "quality",
    "generate_descriptors": "llm",
    "generate_prompts": "llm",
    "LanguageModelError": "asking",
    "ZeroShotClassifier": "zeroshot",
    "Prediction": "zeroshot",
    "pool": "zeroshot",
    "measure_faithfulness": "faithfulness",
    "compare": "evaluation",
    "evaluate": "evaluation",
    "summarize": "evaluation",
    "readable": "evaluation",
    "per_class": "evaluation",
    "reliability": "calibration",
    "calibration_error": "calibration",
    "calibration_by_scale": "calibration",
    "select_descriptors": "selection",
    "write_report": "report",
    "heatmap": "explain",
    "word_relevance": "explain",
    "contributions": "explain",
    "because": "explain",
    "embed": "embedding",
    "load_embeddings": "embedding",
    "check_environment": "environment",
    "describe_environment": "environment",
}
__all__ = sorted(_WHERE)
_MODULES = ("checks", "datasets", "evidence", "faithfulness", "plots", "widgets")


def __getattr__(name):
    if name in _WHERE:
        value = getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
        globals()[name] = value
        return value
    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"clipnb has no public name '{name}'; the names are {', '.join(__all__)}.")


def __dir__():
    return sorted(__all__ + ["__version__"])

"""clipnb: how CLIP classifies pictures, and why, in a sequence of notebooks.

The public names are below; each is imported from its module when it is first used, so that ``import
clipnb`` is instant.
"""

from importlib import import_module

__version__ = "0.1.0"

_WHERE = {
    "load_clip": "model.clip",
    "Clip": "model.clip",
    "ImageDataset": "data.images",
    "load_images": "data.load",
    "load_fieldguide": "fieldguide.dataset",
    "PromptTable": "classify.prompts",
    "name_prompts": "classify.prompts",
    "template_prompts": "classify.prompts",
    "descriptor_prompts": "classify.prompts",
    "swapped_prompts": "classify.prompts",
    "random_prompts": "classify.prompts",
    "scrambled_prompts": "classify.prompts",
    "renamed_prompts": "classify.prompts",
    "controls": "classify.prompts",
    "DescriptorSet": "classify.descriptors",
    "load_descriptors": "classify.descriptors",
    "check_descriptors": "classify.quality",
    "generate_descriptors": "llm.generate",
    "generate_prompts": "llm.generate",
    "LanguageModelError": "llm.client",
    "ZeroShotClassifier": "classify.zeroshot",
    "Prediction": "classify.zeroshot",
    "pool": "classify.zeroshot",
    "measure_faithfulness": "explain.faithfulness",
    "compare": "evaluation.comparison",
    "evaluate": "evaluation.comparison",
    "summarize": "evaluation.comparison",
    "readable": "evaluation.comparison",
    "per_class": "evaluation.comparison",
    "reliability": "evaluation.calibration",
    "calibration_error": "evaluation.calibration",
    "calibration_by_scale": "evaluation.calibration",
    "select_descriptors": "classify.selection",
    "write_report": "report.page",
    "heatmap": "explain.heatmaps",
    "word_relevance": "explain.words",
    "contributions": "explain.margins",
    "because": "explain.margins",
    "embed": "model.embedding",
    "load_embeddings": "model.embedding",
    "check_environment": "support.environment",
    "describe_environment": "support.environment",
}
__all__ = sorted(_WHERE)
_MODULES = (
    "checks",
    "classify",
    "data",
    "evaluation",
    "explain",
    "fieldguide",
    "llm",
    "model",
    "plots",
    "pretrain",
    "report",
    "support",
    "widgets",
)


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

"""Explanations: what each descriptor adds to a decision, where in the picture a sentence is seen,
which words count, and whether that is right."""

from ..support.lazy import lazy

__getattr__, __dir__, __all__ = lazy(
    __name__,
    {
        "attention": [],
        "class_scores": ["class_reasons"],
        "faithfulness": ["measure_faithfulness"],
        "gradients": [],
        "heatmaps": ["METHODS", "heatmap"],
        "margins": ["because", "contributions"],
        "part_evidence": [],
        "protocols": [],
        "reference": ["Reference", "reference_of"],
        "shapley": [],
        "words": ["word_relevance"],
    },
)

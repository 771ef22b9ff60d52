"""How good is a classifier, is it better than another, how sure is that, and are its probabilities
right."""

from ..support.lazy import lazy

__getattr__, __dir__, __all__ = lazy(
    __name__,
    {
        "calibration": ["calibration_by_scale", "calibration_error", "reliability"],
        "comparison": ["compare", "correct", "evaluate", "per_class", "readable", "summarize"],
        "statistics": [
            "bootstrap",
            "half_width",
            "holm",
            "mcnemar",
            "mean_recall",
            "p_text",
            "percent",
            "pictures_needed",
            "wilson",
        ],
    },
)

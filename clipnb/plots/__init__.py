"""Figures. Every function takes ``ax`` and returns it; colours are the colour-blind safe ones of
Okabe and Ito.

Importing it makes them matplotlib's colours for whatever is drawn without one, too.
"""

import matplotlib
from cycler import cycler

from .alt import alt_text, describe, register
from .basic import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    plot_probabilities,
    plot_similarity,
    show_image,
    show_images,
    show_mask,
)
from .evaluation import (
    plot_comparison,
    plot_counts,
    plot_evaluation,
    plot_name_frequency,
    plot_reliability,
    plot_risk_coverage,
)
from .explanations import (
    explain_image,
    plot_contributions,
    plot_words,
)
from .faithfulness import plot_faithfulness
from .heatmaps import grid, show_heatmap, show_heatmaps
from .labels import wrap
from .own import plot_interval_width
from .seeing import plot_distributions, plot_image_text_similarity, plot_patches, plot_tokens
from .training import plot_checkpoints, plot_losses, plot_retrieval

__all__ = [
    "BLUE",
    "GREEN",
    "GREY",
    "ORANGE",
    "PURPLE",
    "SKY",
    "VERMILION",
    "alt_text",
    "describe",
    "explain_image",
    "grid",
    "plot_checkpoints",
    "plot_comparison",
    "plot_contributions",
    "plot_counts",
    "plot_distributions",
    "plot_evaluation",
    "plot_name_frequency",
    "plot_faithfulness",
    "plot_image_text_similarity",
    "plot_interval_width",
    "plot_losses",
    "plot_patches",
    "plot_probabilities",
    "plot_reliability",
    "plot_retrieval",
    "plot_risk_coverage",
    "plot_similarity",
    "plot_tokens",
    "plot_words",
    "show_heatmap",
    "show_heatmaps",
    "show_image",
    "show_images",
    "show_mask",
    "wrap",
]

matplotlib.rcParams.update(
    {"axes.prop_cycle": cycler(color=[BLUE, ORANGE, GREEN, VERMILION, SKY, PURPLE, GREY])}
)
register()

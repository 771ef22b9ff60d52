"""Figures. Every function takes ``ax`` and returns it; colours are the colour-blind safe ones of Okabe and Ito."""

from .basic import BLUE, GREEN, GREY, ORANGE, SKY, VERMILION
from .basic import explain_picture, plot_explanation, plot_probabilities, plot_similarity, show_image, show_images, show_mask, wrap
from .evaluation import plot_comparison, plot_counts, plot_evaluation, plot_reliability
from .explanations import plot_contributions, plot_words, show_heatmap, show_heatmaps

__all__ = [
    "BLUE", "GREEN", "GREY", "ORANGE", "SKY", "VERMILION",
    "explain_picture", "plot_explanation", "plot_probabilities", "plot_similarity", "show_image", "show_images", "show_mask", "wrap",
    "plot_comparison", "plot_counts", "plot_evaluation", "plot_reliability",
    "plot_contributions", "plot_words", "show_heatmap", "show_heatmaps",
]  # fmt: skip

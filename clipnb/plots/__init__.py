"""Figures. Every function takes ``ax`` and returns it; colours are the colour-blind safe ones of Okabe and Ito."""

from .alt import alt_text, describe, register
from .basic import BLUE, GREEN, GREY, ORANGE, SKY, VERMILION
from .basic import explain_picture, plot_explanation, plot_probabilities, plot_similarity, show_image, show_images, show_mask, wrap
from .evaluation import plot_comparison, plot_counts, plot_evaluation, plot_reliability

__all__ = [
    "BLUE", "GREEN", "GREY", "ORANGE", "SKY", "VERMILION",
    "explain_picture", "plot_explanation", "plot_probabilities", "plot_similarity", "show_image", "show_images", "show_mask", "wrap",
    "plot_comparison", "plot_counts", "plot_evaluation", "plot_reliability",
    "alt_text", "describe",
]  # fmt: skip

register()

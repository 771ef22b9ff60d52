"""Checks for the exercises: each says what is right, or what is wrong and how to go on. They never raise on a wrong answer."""

from .attributions import check_integrated_gradients, check_margin_shares
from .basic import check_choice, check_description, check_pooling
from .claims import check_calibration_error, check_control, check_mcnemar, check_templates, check_zero_shot
from .editing import check_found, check_single_deletion, check_without_words
from .prompts import check_class_vector, check_filter, check_prompts
from .scale import check_collapse

__all__ = [
    "check_calibration_error", "check_choice", "check_class_vector", "check_collapse", "check_control", "check_description", "check_filter", "check_found",
    "check_integrated_gradients", "check_margin_shares", "check_mcnemar", "check_pooling", "check_prompts", "check_single_deletion", "check_templates",
    "check_without_words", "check_zero_shot",
]  # fmt: skip

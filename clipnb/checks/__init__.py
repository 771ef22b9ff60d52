"""Checks for the exercises: each says what is right, or what is wrong and how to go on. They never raise on a wrong answer."""

from .basic import check_description, check_pooling
from .choices import check_choice
from .claims import check_calibration_error, check_control, check_mcnemar, check_templates, check_zero_shot
from .prompts import check_class_vector, check_filter, check_prompts
from .scale import check_collapse

__all__ = [
    "check_calibration_error", "check_choice", "check_class_vector", "check_collapse", "check_control", "check_description", "check_filter", "check_mcnemar",
    "check_pooling", "check_prompts", "check_templates", "check_zero_shot",
]  # fmt: skip

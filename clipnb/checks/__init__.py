"""Checks for the exercises: each says what is correct, or what is incorrect and how to go on. They
never raise on an incorrect answer."""

from .add_a_few_examples import check_cache, check_prototypes
from .ask_a_language_model import check_class_embedding, check_filter, check_prompts
from .bring_your_own import check_halves, check_images_needed, check_report
from .check_the_explanations import check_pointing, check_single_deletion
from .choices import check_choice
from .classify_by_description import check_description, check_pooling
from .classify_zero_shot import check_calibration_error, check_templates, check_zero_shot
from .edit_the_criteria import check_found, check_without_words
from .explain_a_network import check_integrated_gradients, check_margin_shares
from .find_the_concepts import check_head_parts, check_precision
from .guesses import compare_guesses
from .run_on_a_gpu import check_collapse
from .see_what_clip_sees import check_attention, check_cosines, check_gap, check_patches
from .start_here import check_best_class
from .test_the_claim import check_control, check_mcnemar
from .train_a_clip import check_contrastive_loss, check_recall, check_sigmoid_loss, check_targets

__all__ = [
    "check_attention",
    "check_best_class",
    "check_cache",
    "check_calibration_error",
    "check_choice",
    "check_class_embedding",
    "check_collapse",
    "check_contrastive_loss",
    "check_control",
    "check_cosines",
    "check_description",
    "check_filter",
    "check_found",
    "check_gap",
    "check_halves",
    "check_head_parts",
    "check_integrated_gradients",
    "check_margin_shares",
    "check_mcnemar",
    "check_patches",
    "check_images_needed",
    "check_pointing",
    "check_pooling",
    "check_precision",
    "check_prompts",
    "check_prototypes",
    "check_recall",
    "check_report",
    "check_sigmoid_loss",
    "check_single_deletion",
    "check_targets",
    "check_templates",
    "check_without_words",
    "check_zero_shot",
    "compare_guesses",
]

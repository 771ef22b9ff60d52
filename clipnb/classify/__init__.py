"""A zero-shot classifier is a table of sentences: the ways to fill it, to check what is in it, and
to read a prediction off it."""

from ..support.lazy import lazy

__getattr__, __dir__, __all__ = lazy(
    __name__,
    {
        "descriptors": ["DescriptorSet", "load_descriptors"],
        "prompts": [
            "TEMPLATES",
            "PromptTable",
            "controls",
            "descriptor_prompts",
            "name_prompts",
            "random_prompts",
            "renamed_prompts",
            "scrambled_prompts",
            "swapped_prompts",
            "template_prompts",
        ],
        "quality": ["check_descriptors", "parse_list", "parse_sentences"],
        "selection": ["descriptor_margins", "select_descriptors"],
        "pooling": ["POOLINGS", "pool"],
        "zeroshot": ["Prediction", "ZeroShotClassifier"],
    },
)

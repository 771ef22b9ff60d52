"""Pictures with labels, from folders, public data sets and the Hugging Face Hub."""

from ..support.lazy import lazy

__getattr__, __dir__, __all__ = lazy(
    __name__,
    {
        "images": ["NO_LABEL", "ImageDataset", "LazyImages", "NoPictures", "to_rgb"],
        "load": ["load_images"],
        "named": ["LAYOUTS", "from_huggingface"],
    },
)

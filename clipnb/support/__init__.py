"""What the rest builds on: where vectors are kept, how files are written and progress is shown,
what works on this computer."""

from .lazy import lazy

__getattr__, __dir__, __all__ = lazy(
    __name__,
    {
        "cache": ["VectorCache", "cache_folder", "cache_place"],
        "environment": ["check_environment", "describe_environment"],
        "files": ["data_address", "picture_address", "replacing"],
        "progress": [],
    },
)

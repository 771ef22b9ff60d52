"""Images with labels, from folders, public data sets and the Hugging Face Hub."""

from ..support.lazy import lazy

__getattr__, __dir__, __all__ = lazy(__name__, __file__)

"""Train the bundled CLIP from scratch, and measure it."""

from ..support.lazy import lazy

__getattr__, __dir__, __all__ = lazy(__name__, __file__)

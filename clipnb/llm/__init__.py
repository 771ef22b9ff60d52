"""Ask a language model what classes look like, keep every answer, and check what it writes."""

from ..support.lazy import lazy

__getattr__, __dir__, __all__ = lazy(__name__, __file__)

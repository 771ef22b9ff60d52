"""What the rest builds on: where embeddings are kept, how files are written and progress is shown,
what works on this computer."""

from .lazy import lazy

__getattr__, __dir__, __all__ = lazy(__name__, __file__)

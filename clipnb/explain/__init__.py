"""Explanations: what each descriptor adds to a decision, where in the image a text is seen,
which words count, and whether that is faithful."""

from ..support.lazy import lazy

__getattr__, __dir__, __all__ = lazy(__name__, __file__)

"""Explanations: what each descriptor adds to a decision, where in the picture a sentence is seen,
which words count, and whether that is right."""

from ..support.lazy import lazy

__getattr__, __dir__, __all__ = lazy(__name__, __file__)

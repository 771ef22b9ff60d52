"""A zero-shot classifier is a table of prompts: the ways to fill it, to check what is in it, and
to read a prediction off it."""

from ..support.lazy import lazy

__getattr__, __dir__, __all__ = lazy(__name__, __file__)

"""Concepts inside a CLIP: the parts of an embedding and texts that describe them, sparse sums of
words, bottlenecks, probes and sparse autoencoders."""

from ..support.lazy import lazy

__getattr__, __dir__, __all__ = lazy(__name__, __file__)

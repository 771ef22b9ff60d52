"""A CLIP or SigLIP as two functions, images → unit embeddings and texts → unit embeddings, for one
image or millions."""

from ..support.lazy import lazy

__getattr__, __dir__, __all__ = lazy(__name__, __file__)

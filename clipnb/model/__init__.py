"""A CLIP or SigLIP as two functions, pictures → unit vectors and sentences → unit vectors, for one
picture or millions."""

from ..support.lazy import lazy

__getattr__, __dir__, __all__ = lazy(__name__, __file__)

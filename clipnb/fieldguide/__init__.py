"""The bundled world: drawings, species tables, captions, and the images made from them."""

from ..support.lazy import lazy

__getattr__, __dir__, __all__ = lazy(__name__, __file__)

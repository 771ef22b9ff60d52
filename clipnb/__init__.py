"""clipnb: how CLIP classifies images, and why, in a sequence of notebooks.

The public names are in ``__init__.pyi``, where editors and type checkers read them; each is
imported from its module when it is first used, so that ``import clipnb`` is instant.
"""

from .support.lazy import lazy

__version__ = "0.2.0"
__getattr__, __dir__, __all__ = lazy(__name__, __file__)

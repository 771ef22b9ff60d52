"""An explained report of a folder of images, as one HTML page."""

from ..support.lazy import lazy

__getattr__, __dir__, __all__ = lazy(__name__, __file__)

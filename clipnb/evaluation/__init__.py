"""How good is a classifier, is it better than another, how certain is that, and are its
probabilities calibrated."""

from ..support.lazy import lazy

__getattr__, __dir__, __all__ = lazy(__name__, __file__)

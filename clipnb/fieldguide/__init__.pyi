# The names that this package gives out; __init__.py imports them from here when they are used.
from . import dataset as dataset
from .dataset import load_fieldguide as load_fieldguide

# The names that this package gives out; __init__.py imports them from here when they are used.
from . import hub as hub
from . import imagenet as imagenet
from . import images as images
from . import layouts as layouts
from . import load as load
from . import named as named
from .hub import from_huggingface as from_huggingface
from .images import NO_LABEL as NO_LABEL
from .images import ImageDataset as ImageDataset
from .images import LazyImages as LazyImages
from .images import NoImages as NoImages
from .images import to_rgb as to_rgb
from .load import load_images as load_images
from .named import LAYOUTS as LAYOUTS

# The names that this package gives out; __init__.py imports them from here when they are used.
from . import cache as cache
from . import environment as environment
from . import files as files
from . import names as names
from . import progress as progress
from .cache import EmbeddingCache as EmbeddingCache
from .cache import cache_folder as cache_folder
from .cache import cache_place as cache_place
from .environment import check_environment as check_environment
from .environment import describe_environment as describe_environment
from .files import data_address as data_address
from .files import image_address as image_address
from .files import replacing as replacing
from .names import listed as listed

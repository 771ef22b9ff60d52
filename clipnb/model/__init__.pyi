# The names that this package gives out; __init__.py imports them from here when they are used.
from . import checks as checks
from . import clip as clip
from . import cluster as cluster
from . import download as download
from . import embedding as embedding
from . import encoding as encoding
from . import families as families
from . import fingerprint as fingerprint
from . import loading as loading
from . import parts as parts
from .clip import BUNDLED as BUNDLED
from .clip import Clip as Clip
from .embedding import embed as embed
from .embedding import load_embeddings as load_embeddings
from .loading import load_clip as load_clip

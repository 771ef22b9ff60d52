# The names that this package gives out; __init__.py imports them from here when they are used.
from . import autoencoder as autoencoder
from . import bottleneck as bottleneck
from . import head_texts as head_texts
from . import heads as heads
from . import layers as layers
from . import probes as probes
from . import solvers as solvers
from . import sparse as sparse
from .autoencoder import SparseAutoencoder as SparseAutoencoder
from .bottleneck import ConceptBottleneck as ConceptBottleneck
from .head_texts import describe_heads as describe_heads
from .head_texts import text_span as text_span
from .heads import EmbeddingParts as EmbeddingParts
from .heads import decompose_embedding as decompose_embedding
from .layers import class_tokens as class_tokens
from .probes import probe_layers as probe_layers
from .sparse import SparseConcepts as SparseConcepts

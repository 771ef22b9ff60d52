# The names that this package gives out; __init__.py imports them from here when they are used.
from . import faithfulness as faithfulness
from . import gradients as gradients
from . import heatmaps as heatmaps
from . import margins as margins
from . import part_evidence as part_evidence
from . import reference as reference
from . import shapley as shapley
from . import words as words
from .faithfulness import measure_faithfulness as measure_faithfulness
from .heatmaps import METHODS as METHODS
from .heatmaps import heatmap as heatmap
from .margins import because as because
from .margins import contributions as contributions
from .reference import Reference as Reference
from .reference import reference_of as reference_of
from .words import word_relevance as word_relevance

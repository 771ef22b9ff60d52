# The names that this package gives out; __init__.py imports them from here when they are used.
from .view.confusions import browse_confusions as browse_confusions
from .view.creature import design_creature as design_creature
from .view.embedding_map import map_embeddings as map_embeddings
from .view.explorer import explore_descriptors as explore_descriptors
from .view.heatmaps import slide_heatmaps as slide_heatmaps
from .view.inspector import inspect_tokens as inspect_tokens
from .view.playground import play_prompts as play_prompts
from .view.similarity import compare_similarities as compare_similarities
from .view.wall import rank_pictures as rank_pictures

# The widgets, one line each: editors read it, and __init__.py takes from it where each is defined.
from .confusions.widget import browse_confusions as browse_confusions
from .creature.widget import design_creature as design_creature
from .embedding_map.widget import map_embeddings as map_embeddings
from .explorer.widget import explore_descriptors as explore_descriptors
from .heads.widget import browse_heads as browse_heads
from .heatmaps.widget import slide_heatmaps as slide_heatmaps
from .inside.widget import look_inside as look_inside
from .inspector.widget import inspect_tokens as inspect_tokens
from .playground.widget import play_prompts as play_prompts
from .similarity.widget import compare_similarities as compare_similarities
from .wall.widget import rank_images as rank_images

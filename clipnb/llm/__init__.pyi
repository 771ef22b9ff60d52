# The names that this package gives out; __init__.py imports them from here when they are used.
from . import client as client
from . import command as command
from . import contrasts as contrasts
from . import generate as generate
from . import local as local
from . import questions as questions
from . import store as store
from .client import LanguageModelError as LanguageModelError
from .contrasts import generate_contrasts as generate_contrasts
from .generate import can_ask as can_ask
from .generate import generate_descriptors as generate_descriptors
from .generate import generate_prompts as generate_prompts
from .questions import PAPER_OPENING as PAPER_OPENING
from .questions import QUESTIONS as QUESTIONS
from .questions import STYLES as STYLES

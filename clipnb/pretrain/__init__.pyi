# The names that this package gives out; __init__.py imports them from here when they are used.
from . import losses as losses
from . import options as options
from . import run as run
from . import scorecard as scorecard
from . import stages as stages

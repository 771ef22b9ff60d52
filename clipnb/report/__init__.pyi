# The names that this package gives out; __init__.py imports them from here when they are used.
from . import command as command
from . import findings as findings
from . import page as page
from . import table as table
from .page import write_report as write_report

# The names that this package gives out; __init__.py imports them from here when they are used.
from . import audit as audit
from . import command as command
from . import content as content
from . import export as export
from . import findings as findings
from . import page as page
from . import published as published
from . import real as real
from . import records as records
from . import stored as stored
from . import table as table
from .export import export_predictions as export_predictions
from .page import write_report as write_report

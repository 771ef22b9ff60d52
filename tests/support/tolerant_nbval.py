"""nbval's cells, compared by :mod:`output_rule`: strict about everything but numbers.

Importing this module replaces nbval's comparison. A subclass would not do: nbval's own constructor
looks its class up by name.
"""

from functools import wraps

from nbval.plugin import IPyNbCell
from output_rule import difference

TEXTS = ("text/plain", "text/html")


def tolerant(compare):
    """nbval's comparison, in which a fresh text counts as the stored one if only its numbers
    differ, within the tolerance of their kinds."""

    @wraps(compare)
    def compare_outputs(self, test, ref, skip_compare=None):
        reasons = (
            [accept(self, fresh, stored) for fresh, stored in zip(test, ref)]
            if len(test) == len(ref)
            else []
        )
        same = compare(self, test, ref, skip_compare)
        if not same:
            self.comparison_traceback += [
                f"{self.colors.FAIL}{reason}{self.colors.ENDC}" for reason in reasons if reason
            ]
        return same

    return compare_outputs


def accept(cell, fresh, stored) -> str | None:
    """Put the stored text in place of a fresh one that says the same; otherwise say what
    differs."""
    if fresh.output_type != stored.output_type:
        return None
    if fresh.output_type == "stream":
        return replace(cell, fresh, stored, "text") if fresh.name == stored.name else None
    if "data" not in fresh or "data" not in stored:
        return None
    reasons = [
        replace(cell, fresh.data, stored.data, key)
        for key in TEXTS
        if key in fresh.data and key in stored.data
    ]
    return next(filter(None, reasons), None)


def replace(cell, fresh, stored, key) -> str | None:
    reason = difference(cell.sanitize(stored[key]), cell.sanitize(fresh[key]))
    if reason is None:
        fresh[key] = stored[key]
    return reason


IPyNbCell.compare_outputs = tolerant(IPyNbCell.compare_outputs)

"""Names that a package gives out without importing their modules before they are used."""

from __future__ import annotations

import sys
from importlib import import_module


def lazy(package: str, where: dict[str, list[str]]):
    """``__getattr__``, ``__dir__`` and ``__all__`` of a package: module below it → the names that
    it gives out."""
    module_of = {name: module for module, names in where.items() for name in names}

    def __getattr__(name):
        if name in module_of:
            value = getattr(import_module(f"{package}.{module_of[name]}"), name)
            setattr(sys.modules[package], name, value)
            return value
        if name in where:
            return import_module(f"{package}.{name}")
        raise AttributeError(
            f"{package} has no name '{name}'; the names are"
            f" {', '.join(sorted([*where, *module_of]))}."
        )

    return __getattr__, lambda: sorted([*where, *module_of]), sorted(module_of)

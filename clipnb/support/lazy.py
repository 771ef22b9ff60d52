"""The names that a package gives out, imported when they are used. They are in the type stub beside
its ``__init__.py``, which editors and type checkers read as well (scikit-image's way)."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from lazy_loader import attach_stub


def lazy(
    package: str, file: str, what: str = "public name"
) -> tuple[Callable, Callable[[], list[str]], list[str]]:
    """``__getattr__``, ``__dir__`` and ``__all__`` of a package, from its ``__name__`` and
    ``__file__``; ``what`` a name stands for is said where there is none.

    The modules in the stub are attributes and in ``dir()`` but not in ``__all__``, so that ``from
    clipnb import *`` imports neither figures nor widgets.
    """
    load, names, _ = attach_stub(package, file)
    listed, here = names(), vars(sys.modules[package])
    modules = {path.stem for path in Path(file).parent.iterdir()}

    def __getattr__(name: str):
        if name in listed:
            return load(name)
        raise AttributeError(
            f"{package} has no {what} '{name}'; the {what.split()[-1]}s are {', '.join(listed)}."
        )

    def __dir__() -> list[str]:
        return sorted({*listed, *(name for name in here if name.startswith("__"))})

    return __getattr__, __dir__, [name for name in listed if name not in modules]

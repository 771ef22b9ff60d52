"""The package in levels: a module imports from its own package and from lower levels only, and
nothing imports in a circle."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import clipnb

PACKAGE = Path(clipnb.__file__).parent
LEVELS = {
    "support": 1,
    "data": 2,
    "fieldguide": 3,
    "model": 3,
    "classify": 4,
    "evaluation": 5,
    "llm": 5,
    "explain": 6,
    "concepts": 7,
    "pretrain": 6,
    "report": 7,
    "checks": 8,
    "plots": 8,
    "widgets": 8,
    "": 9,  # ``import clipnb``, which gives out everything
    "__main__": 10,  # the command
}
# The check of notebook 00 tries whether the whole package works
ALLOWED = {("support.environment", "")}


def modules() -> dict[str, Path]:
    """Name below clipnb → file; a package goes by its own name, clipnb itself by the empty one."""
    paths = sorted(PACKAGE.rglob("*.py"))
    return {
        ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        .removesuffix("__init__")
        .rstrip("."): path
        for path in paths
    }


MODULES = modules()


def imported(name: str) -> set[str]:
    """The modules of clipnb that a module imports, anywhere in it."""
    path, found = MODULES[name], set()
    package = (
        ["clipnb", *name.split(".")]
        if path.name == "__init__.py"
        else ["clipnb", *name.split(".")[:-1]]
    )
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = (
                [*filter(None, package)][: len([*filter(None, package)]) + 1 - node.level]
                if node.level
                else []
            )
            source = ".".join([*base, *([node.module] if node.module else [])])
            names = [f"{source}.{alias.name}" for alias in node.names]
            found.update(
                name if name.removeprefix("clipnb.") in MODULES else source for name in names
            )
    ours = {
        full.removeprefix("clipnb").removeprefix(".")
        for full in found
        if full.split(".")[0] == "clipnb"
    }
    return {one for one in ours if one in MODULES} - {name}


def unit(name: str) -> str:
    return name.split(".")[0]


def test_every_package_has_a_level():
    assert {unit(name) for name in MODULES} == set(LEVELS)


@pytest.mark.parametrize("package", LEVELS, ids=lambda package: package or "clipnb")
def test_imports_go_downwards(package):
    upwards = [
        f"{name} imports {other or 'clipnb'}"
        for name in MODULES
        if unit(name) == package
        for other in sorted(imported(name))
        if unit(other) != package
        and LEVELS[unit(other)] >= LEVELS[package]
        and (name, other) not in ALLOWED
    ]
    assert not upwards


def test_no_module_imports_itself_in_a_circle():
    imports = {
        name: {other for other in imported(name) if (name, other) not in ALLOWED}
        for name in MODULES
    }
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        pytest.fail(f"a circle of imports: {' → '.join(error.args[1])}")

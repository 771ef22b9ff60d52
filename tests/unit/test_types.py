"""What editors and type checkers read: the type stubs say what is there, and a misspelt name is an
error."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import clipnb

ROOT = Path(clipnb.__file__).parent
STUBS = sorted(ROOT.rglob("__init__.pyi"))


def package_of(stub: Path) -> str:
    return ".".join(stub.parent.relative_to(ROOT.parent).parts)


def names_in(stub: Path) -> tuple[set[str], set[str]]:
    """(names, modules) that a stub gives out."""
    names, modules = set(), set()
    for node in ast.parse(stub.read_text("ascii")).body:  # lazy_loader reads it in any locale
        if isinstance(node, ast.ImportFrom):
            assert all(alias.name == alias.asname for alias in node.names)  # else it is private
            (names if node.module else modules).update(alias.name for alias in node.names)
    return names, modules


def test_every_package_that_imports_lazily_has_a_stub():
    lazy = [path for path in ROOT.rglob("__init__.py") if "= lazy(" in path.read_text("utf-8")]
    assert sorted(path.with_suffix(".pyi") for path in lazy) == STUBS and len(STUBS) > 10


@pytest.mark.parametrize("stub", STUBS, ids=package_of)
def test_a_stub_says_what_is_there(stub):
    package = importlib.import_module(package_of(stub))
    names, modules = names_in(stub)
    for name in names:
        assert getattr(package, name) is not None
    for name in modules:
        assert getattr(package, name).__name__ == f"{package.__name__}.{name}"
    assert set(package.__all__) == names and not names & modules
    assert {name for name in dir(package) if not name.startswith("__")} == names | modules
    with pytest.raises(AttributeError, match=f"{package.__name__} has no .* 'nothing'; the"):
        package.nothing


def test_every_package_is_in_the_stub_of_clipnb():
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert names_in(ROOT / "__init__.pyi")[1] == folders


def public_functions(body: list[ast.stmt]) -> list[ast.FunctionDef]:
    """Functions and methods that are called from elsewhere, and what makes an object."""
    found = []
    for node in body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            found += public_functions(node.body)
        elif isinstance(node, ast.FunctionDef):
            if node.name == "__init__" or not node.name.startswith("_"):
                found.append(node)
    return found


@pytest.mark.parametrize(
    "path",
    sorted(ROOT.rglob("*.py")),
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_public_functions_are_typed(path):
    for function in public_functions(ast.parse(path.read_text("utf-8")).body):
        given = function.args
        others = [one for one in (given.vararg, given.kwarg) if one]
        named = [*given.posonlyargs, *given.args, *given.kwonlyargs, *others]
        untyped = [one.arg for one in named if one.annotation is None]
        assert set(untyped) <= {"self", "cls"}, f"{function.name}: {untyped}"
        assert function.returns is not None or function.name == "__init__", function.name


def test_jupyterlab_completes_and_explains():
    jedi = pytest.importorskip("jedi")  # JupyterLab's kernel asks it
    project = jedi.Project(ROOT, added_sys_path=[str(ROOT.parent)])
    lines = "import clipnb\nclipnb.load_\nclip = clipnb.load_clip()\nclip.enc"
    script = jedi.Script(lines, path=ROOT / "cell.py", project=project)
    completed = [found.name for found in script.complete(2, len("clipnb.load_"))]
    assert {"load_clip", "load_images", "load_fieldguide"} <= set(completed)
    (definition,) = script.goto(3, len("clip = clipnb.load"), follow_imports=True)
    assert definition.full_name == "clipnb.model.loading.load_clip"
    assert definition.docstring() and definition.get_signatures()[0].params[0].name == "model"
    methods = [found.name for found in script.complete(4, len("clip.enc"))]
    assert {"encode_images", "encode_texts"} <= set(methods)


def test_a_misspelt_name_is_an_error(tmp_path):
    pytest.importorskip("pyright")
    cells = (
        "import clipnb\nclip = clipnb.load_clip()\nclip.encode_images([])\n"
        "clip.encode_image([])\nclipnb.load_klip()\nclipnb.plots.show_imags\n"
    )
    (tmp_path / "cells.py").write_text(cells)
    config = f'{{"extraPaths": ["{ROOT.parent.as_posix()}"], "typeCheckingMode": "standard"}}'
    (tmp_path / "pyrightconfig.json").write_text(config)
    command = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "cells.py"]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    errors = [line.split(" - error: ")[0] for line in said.stdout.splitlines() if "error:" in line]
    assert [error.split(":")[1] for error in errors] == ["4", "5", "6"], said.stdout

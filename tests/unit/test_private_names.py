"""No module reaches into another: what starts with an underscore is used where it is defined."""

import ast
from pathlib import Path

import pytest

import clipnb

ROOT = Path(clipnb.__file__).parent.parent
FILES = sorted(
    path
    for folder in ("clipnb", "book", "notebooks")
    for path in (ROOT / folder).rglob("*.py")
    if "_build" not in path.parts
)
# Other libraries offer no public name for these
ALLOWED = {
    "os._exit": "ends a process without clean-up",
    "tensor._version": "torch: how often a tensor was changed in place",
    "layer._forward_hooks": "torch: whether somebody's function runs with a layer",
    "layer._forward_pre_hooks": "torch: the same, before the layer",
    "._attn_implementation": "transformers: which attention a model has, to put it back",
    "dataset._fingerprint": "datasets: what identifies the content of a data set",
    "._esm": "anywidget: a widget's page, as anywidget asks for it",
    "._css": "anywidget: a widget's style",
}


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name != "_"


def reaches_into(path: Path) -> list[str]:
    """Private names of other objects and modules that a file uses, with their lines."""
    tree = ast.parse(path.read_text("utf-8"))
    # a class may ask another object of its own kind
    own = {
        method.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for method in node.body
        if isinstance(method, ast.FunctionDef)
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and is_private(node.attr) and node.attr not in own:
            owner = ast.unparse(node.value)
            allowed = {f".{node.attr}", f"{owner}.{node.attr}"} & ALLOWED.keys()
            if owner not in ("self", "cls", "super()") and not allowed:
                found.append(f"line {node.lineno}: {owner}.{node.attr}")
        elif isinstance(node, ast.ImportFrom):
            found += [
                f"line {node.lineno}: from {node.module or '.'} import {alias.name}"
                for alias in node.names
                if is_private(alias.name)
            ]
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_private_names_stay_at_home(path):
    assert not reaches_into(path)


@pytest.mark.parametrize(
    "code, found",
    [
        ("prediction._classifier", 1),
        ("from clipnb.model.clip import _fingerprint", 1),
        ("import clipnb\nclipnb.model.clip._fingerprint", 1),
        ("class A:\n    def f(self):\n        return self._x, self.__dict__", 0),
        (
            "class A:\n    def _f(self): ...\n\n    def g(self, other):\n        return other._f()",
            0,
        ),
        ("def _classifier(): ...\n\n\ndef f(prediction):\n    return prediction._classifier", 1),
        ("dataset._fingerprint", 0),
    ],
)
def test_what_counts(code, found, tmp_path):
    (tmp_path / "module.py").write_text(code)
    assert len(reaches_into(tmp_path / "module.py")) == found

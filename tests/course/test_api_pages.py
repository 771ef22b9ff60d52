"""The API pages of the site, without building it: their modules are those with public names, and
import where the site's builder puts stand-ins for the heavy libraries."""

import json
import subprocess
import sys
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import pytest

import clipnb

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "book"))
import api

PACKAGE = ROOT / "clipnb"
LISTED = [module for _, _, modules in api.PAGES.values() for module in modules]
# The site's environment lacks them. Like Sphinx's mock objects, a stand-in can be called, indexed,
# read and inherited from, and nothing else: ``torch.Tensor | None`` fails if it is evaluated
STAND_INS = """
import importlib, json, sys
from importlib.machinery import ModuleSpec
from types import FunctionType, ModuleType

class StandIn:
    def __init__(self, *args, **kwargs): pass
    def __getattr__(self, name): return StandIn()
    def __getitem__(self, key): return self
    def __mro_entries__(self, bases): return (StandIn,)
    def __iter__(self): return iter(())
    def __len__(self): return 0
    def __call__(self, *args, **kwargs):
        return args[0] if args and isinstance(args[0], (type, FunctionType)) else self

class Module(ModuleType):
    __path__ = []
    def __getattr__(self, name): return StandIn()

class Finder:
    def find_spec(self, name, path=None, target=None):
        return ModuleSpec(name, self) if name.split(".")[0] in libraries else None
    def create_module(self, spec): return Module(spec.name)
    def exec_module(self, module): pass

libraries, modules = json.loads(sys.argv[1])
sys.meta_path.insert(0, Finder())
for name in modules:
    try:
        importlib.import_module(name)
    except Exception as error:
        sys.exit(f"{name}: {type(error).__name__}: {error}")
"""


def stood_in_for() -> list[str]:
    """Top-level names of what the package imports and the site's environment lacks."""
    from site_extension import imported

    lock = (ROOT / "book" / "requirements.lock").read_text("utf-8").lower()
    there = {line.split("==")[0] for line in lock.splitlines() if "==" in line}
    return sorted(name for name in imported(PACKAGE) if name.replace("_", "-").lower() not in there)


def importing(modules: list[str], libraries: list[str]) -> str:
    """The error of importing modules among stand-ins; empty without one."""
    return subprocess.run(
        [sys.executable, "-c", STAND_INS, json.dumps([libraries, modules])],
        capture_output=True,
        text=True,
        cwd=ROOT,
    ).stderr


def test_every_module_with_public_names_is_on_one_page_and_no_other_is():
    assert {module: n for module, n in Counter(LISTED).items() if n > 1} == {}
    names = api.public_names(PACKAGE)
    assert {*names} - {*LISTED} == set(), "modules that no page of book/api.py has"
    assert {*LISTED} - {*names} == set(), "modules of book/api.py without a public name"
    for module in LISTED:
        assert find_spec(f"clipnb.{module}"), module
    written = {name for module in LISTED for name in names[module]}
    assert {f"clipnb.{name}" for name in clipnb.__all__ if name != "__version__"} <= written | {
        f"clipnb.{name}" for name in ("plots", "checks", "widgets")
    }


def test_modules_import_under_the_stand_ins_of_the_site(tmp_path):
    libraries = stood_in_for()
    assert {"torch", "transformers", "matplotlib"} <= {*libraries}
    assert importing([f"clipnb.{module}" for module in [*LISTED, "data.named"]], libraries) == ""


@pytest.mark.parametrize(
    "line, passes",
    [("def f(x: torch.Tensor | None): pass", True), ("Given = torch.Tensor | None", False)],
)
def test_stand_ins_refuse_an_alias_that_is_evaluated(tmp_path, monkeypatch, line, passes):
    (tmp_path / "alias_of_torch.py").write_text(
        f"from __future__ import annotations\nimport torch\n{line}\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert ("TypeError" in importing(["alias_of_torch"], ["torch"])) is not passes

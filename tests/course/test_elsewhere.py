"""Opening a notebook elsewhere: one address, cells for Colab that do nothing here, and a check that
says what to do."""

import json
import os
import re
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import IPython
import jupytext
import pytest

import clipnb
from clipnb.support import environment

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "notebooks" / "_tools"))
import elsewhere

SOURCES = sorted((ROOT / "notebooks").glob("[0-9]*.py"))
EACH = pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
REPOSITORY = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["urls"][
    "Repository"
]


def colab_cell(source):
    return json.loads(source.with_suffix(".ipynb").read_text("utf-8"))["cells"][1]


@EACH
def test_every_notebook_opens_at_the_one_address(source):
    text = source.read_text("utf-8")
    assert elsewhere.with_links(text, source.stem) == text
    name = REPOSITORY.removeprefix("https://github.com/")
    opening = jupytext.reads(text, "py:percent").cells[0].source
    assert (
        f"(https://colab.research.google.com/github/{name}/blob/main/notebooks/{source.stem}.ipynb)"
        in opening
    )
    assert (
        f"(https://mybinder.org/v2/gh/{name}/HEAD?urlpath=lab/tree/notebooks/{source.stem}.ipynb)"
        in opening
    )
    assert (
        len(elsewhere.ADDRESS.findall(text))
        == len(elsewhere.ADDRESS.findall(source.with_suffix(".ipynb").read_text("utf-8")))
        == 3
    )


@EACH
def test_the_cell_for_colab_installs_the_package_and_nothing_else_and_does_nothing_here(
    source, monkeypatch
):
    cell, commands = colab_cell(source), []
    code = "".join(cell["source"])
    # not shown on the site
    assert cell["metadata"]["tags"] == ["remove-cell"] and not cell["outputs"]
    monkeypatch.setattr(
        IPython,
        "get_ipython",
        lambda: SimpleNamespace(run_line_magic=lambda *line: commands.append(line)),
    )
    exec(code, {})
    assert not commands
    monkeypatch.setitem(sys.modules, "google.colab", SimpleNamespace())
    exec(code, {})
    assert commands == [("pip", f"install --quiet git+{REPOSITORY}")]


def test_another_address_is_written_everywhere_without_executing_anything(tmp_path, monkeypatch):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "pyproject.toml").write_text(
        '[project]\n[project.urls]\nRepository = "https://github.com/_OWNER_/clipnb"\n', "utf-8"
    )
    for path in (SOURCES[0], SOURCES[0].with_suffix(".ipynb")):
        (tmp_path / "notebooks" / path.name).write_text(path.read_text("utf-8"), "utf-8")
    monkeypatch.setattr(elsewhere, "HERE", tmp_path / "notebooks")
    elsewhere.readdress("ada/course")
    assert elsewhere.repository() == "https://github.com/ada/course"
    text = (tmp_path / "notebooks" / SOURCES[0].name).read_text("utf-8")
    assert elsewhere.with_links(text, SOURCES[0].stem) == text and text.count("ada/course/") == 2
    notebook = (tmp_path / "notebooks" / SOURCES[0].name).with_suffix(".ipynb").read_text("utf-8")
    assert notebook.count("ada/course") == 3 and len(json.loads(notebook)["cells"]) > 10
    with pytest.raises(SystemExit, match="'course'.*<owner>/<name>"):
        elsewhere.readdress("course")
    (tmp_path / "pyproject.toml").write_text(
        '[project]\n[project.urls]\nRepository = "https://example.org/course"\n', "utf-8"
    )
    with pytest.raises(SystemExit, match="example.org.*Colab and Binder"):
        elsewhere.repository()


# --- the check of notebook 00 ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "place, environ, modules, hint",
    [
        ("Google Colab", {}, {"google.colab": None}, "download it"),
        ("Google Colab", {"VSCODE_PID": "1"}, {"google.colab": None}, "Restart session"),
        (
            "Binder",
            {"BINDER_LAUNCH_HOST": "https://mybinder.org/"},
            {},
            "Download what you want to keep",
        ),
        ("VS Code", {"VSCODE_PID": "1"}, {}, "jupyter.widgetScriptSources"),
        # JupyterLab, started in a terminal of VS Code
        ("Jupyter", {"TERM_PROGRAM": "vscode"}, {}, "Nothing to do"),
    ],
)
def test_the_place_is_recognised_and_gets_its_sentence(
    place, environ, modules, hint, monkeypatch, capsys
):
    for name in [name for name in os.environ if name.startswith(("BINDER_", "VSCODE_"))]:
        monkeypatch.delenv(name)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    assert environment.where() == place
    clipnb.describe_environment()
    said = capsys.readouterr().out
    assert said.startswith(f"{place}. ") and hint in said and "\nGPU: " in said


def test_all_is_well_here(capsys):
    assert clipnb.check_environment()
    assert re.fullmatch(r"(✔ .*\n){5}", capsys.readouterr().out)


def test_what_is_missing_is_said_with_what_to_do(monkeypatch, capsys, tmp_path):
    def no_model(**_):
        raise FileNotFoundError("pretrained/model.safetensors is not there")

    monkeypatch.setattr(environment, "version", lambda name: "1.0")
    monkeypatch.setattr(clipnb, "load_clip", no_model)
    monkeypatch.setattr("clipnb.support.cache.cache_folder", lambda: tmp_path / "none")
    monkeypatch.setattr(environment.sys, "version_info", (3, 9))
    assert not clipnb.check_environment()
    python, libraries, model, guide, cache = capsys.readouterr().out.splitlines()
    assert python.startswith("✘") and "newer Python" in python
    assert (
        "%pip install 'torch>=2.6'" in libraries
        and "'openai>=" in libraries
        and "jupyterlab" not in libraries
    )
    assert (
        "model.safetensors is not there; install clipnb again" in model
        and guide.startswith("✔")
        and "CLIPNB_CACHE" in cache
    )


def test_a_cache_that_cannot_be_made_is_not_taken_for_a_broken_model(monkeypatch, capsys, tmp_path):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("CLIPNB_CACHE", str(tmp_path / "file" / "cache"))
    assert not clipnb.check_environment()
    *others, cache = capsys.readouterr().out.splitlines()
    assert all(line.startswith("✔") for line in others)
    assert (
        cache.startswith("✘")
        and str(tmp_path / "file" / "cache") in cache
        and "set CLIPNB_CACHE" in cache
    )


def test_a_folder_that_was_not_installed_says_so(monkeypatch):
    def not_there(name):
        raise environment.PackageNotFoundError(name)

    monkeypatch.setattr(environment, "requires", not_there)
    assert "pip install -e ." in environment._missing_libraries()

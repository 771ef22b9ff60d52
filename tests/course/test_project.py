"""What a user relies on: instant import, the public names, installable packages, agreeing files,
notebooks in order."""

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import jupytext
import nbformat
import pytest
from llm_server import BULLETS, serving
from packaging.specifiers import SpecifierSet
from packaging.version import Version

import clipnb

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "notebooks" / "_tools"))
import build

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
# not locked: nbgrader, which puts its own menu into every reader's JupyterLab
# (tests/course/test_handout.py skips with a reason without it), and
# ray: 240 MB and most of a minute for every `make`, for a cluster that few have
# (tests/unit/test_embed.py skips without it)
NOT_LOCKED = {"class", "ray"}
EXTRAS = {
    name: wanted
    for name, wanted in PROJECT["project"]["optional-dependencies"].items()
    if name not in NOT_LOCKED
}
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))


def test_public_names():
    for name in clipnb.__all__:
        assert getattr(clipnb, name).__doc__, name
    with pytest.raises(AttributeError, match="load_klip"):
        clipnb.load_klip


def test_import_is_instant_and_light():
    code = (
        "import sys, time; t = time.time(); import clipnb; print(time.time() - t, any(m in"
        " sys.modules for m in ('torch', 'transformers', 'matplotlib')))"
    )
    seconds, heavy = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert float(seconds) < 0.2 and heavy == "False"


@pytest.mark.slow
def test_nothing_below_plots_imports_matplotlib():
    code = (
        "import sys, clipnb; [getattr(clipnb, n) for n in clipnb.__all__]; print('matplotlib' in"
        " sys.modules, 'ipywidgets' in sys.modules)"
    )
    assert subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split() == ["False", "False"]


def test_environment_yml_installs_what_pyproject_lists():
    text = (ROOT / "environment.yml").read_text()
    extras = re.search(r"-e \.\[(.*)\]", text).group(1).split(",")
    assert set(extras) == set(EXTRAS)
    # exactly: Binder takes no range, and 3.10 in its place
    (python,) = re.findall(r"^  - python=(\d+\.\d+)$", text, re.M)
    assert Version(python) in SpecifierSet(PROJECT["project"]["requires-python"])


def test_lock_satisfies_pyproject():
    from packaging.requirements import Requirement

    lock = dict(
        re.findall(r"^([\w.-]+)==([\w.]+)$", (ROOT / "requirements.lock").read_text(), re.M)
    )
    lock = {name.lower().replace("_", "-"): version for name, version in lock.items()}
    wanted = PROJECT["project"]["dependencies"] + sum(EXTRAS.values(), [])
    for requirement in map(Requirement, wanted):
        assert requirement.specifier.contains(lock[requirement.name.lower()]), requirement


def test_every_dependency_has_a_reason():
    lines = [
        line
        for line in (ROOT / "pyproject.toml").read_text().splitlines()
        if re.match(r'\s+"[\w-]+>=', line)
    ]
    assert len(lines) > 15 and all("#" in line for line in lines)


@pytest.mark.slow
def test_wheel_holds_model_and_field_guide_and_works_installed(tmp_path):
    """The wheel, unpacked elsewhere, runs the main job's code without the checkout."""
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        str(tmp_path),
        str(ROOT),
    ]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
        held = {name for name in archive.namelist() if name.startswith("clipnb/widgets/")}
        for path in [ROOT / "clipnb" / "py.typed", *(ROOT / "clipnb").rglob("*.pyi")]:
            assert path.relative_to(ROOT).as_posix() in archive.namelist()
    assert not any(name.endswith("/page.js") for name in held)  # the bundles have all of it
    code = (
        "import clipnb, sys; sys.argv = ['clipnb', '--per-species', '1']; from clipnb.__main__"
        " import main; main(); print(clipnb.__file__)"
        "; print([getattr(clipnb.widgets, name).__name__ for name in clipnb.widgets.__all__])"
    )
    environment = {
        "PYTHONPATH": str(tmp_path / "site"),
        "CLIPNB_CACHE": str(tmp_path / "cache"),
        "PATH": "",
        "HOME": str(tmp_path),
    }
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    assert "Species of frequency zero" in result.stdout and str(tmp_path / "site") in result.stdout
    assert str(clipnb.widgets.__all__) in result.stdout


@pytest.mark.slow
def test_loading_the_bundled_model_is_quick():
    code = (
        "import torch, transformers, time; from transformers import CLIPModel; t = time.time();"
        " import clipnb; clipnb.load_clip(); print(time.time() - t)"
    )
    seconds = min(
        float(
            subprocess.run(
                [sys.executable, "-c", code], capture_output=True, text=True, check=True
            ).stdout
        )
        for _ in range(2)
    )
    assert seconds < 5  # about 1 s alone on two cores; tests run side by side


# --- notebooks ------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_and_its_pair_agree(path):
    notebook, paired = json.loads(path.read_text("utf-8")), jupytext.read(path.with_suffix(".py"))
    ours = [(cell["cell_type"], "".join(cell["source"]).strip()) for cell in notebook["cells"]]
    theirs = [(cell["cell_type"], cell["source"].strip()) for cell in paired.cells]
    assert ours == theirs
    # the build knows that nobody has edited it since; and no JupyterLab pairs the two
    made = notebook["metadata"].get("clipnb")
    assert made == build.record(build.cells_of(paired)), (
        f"{path.name}: say  python notebooks/_tools/build.py --widgets"
    )
    assert "jupytext" not in notebook["metadata"]
    assert "formats" not in paired.metadata.get("jupytext", {})


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_executed_in_order_and_says_what_it_is(path):
    notebook = json.loads(path.read_text("utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    assert not any(output["output_type"] == "error" for cell in code for output in cell["outputs"])
    lengths = sorted(len("".join(cell["source"]).splitlines()) for cell in code)
    assert lengths[len(lengths) // 2] <= 6 and lengths[-1] <= 40
    opening = "".join(notebook["cells"][0]["source"])
    assert opening.startswith("# ")
    for word in ("What you'll do", "What you'll learn", "What you'll need", "minutes"):
        assert word in opening, word
    prose = "\n".join(
        "".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown"
    )
    for heading in ("## Recap", r"##+ Exercises?\b", "## What's next"):
        assert re.search(rf"^{heading}", prose, re.M), heading


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_saved_widgets_hold_the_pages_of_today(path):
    """A notebook keeps a copy of each widget's JavaScript, which the site and a reader without a
    kernel run."""
    for traits, widget in build.pages_of_widgets(nbformat.read(path, 4)):
        stale = [name for name, value in build.page_of(widget).items() if traits[name] != value]
        assert not stale, (
            f"{widget.__name__} in {path.name}: say  python notebooks/_tools/build.py --widgets"
        )


LIVE = {path.stem: path for path in NOTEBOOKS if re.search(r"\bLIVE\b", path.read_text("utf-8"))}
NEEDS = (
    "import clipnb\nfrom clipnb import llm\nfrogs = ['tree frog', 'tailed frog']\n"
    + "descriptors = clipnb.load_descriptors('fieldguide')\nnames, mine = frogs,"
    " descriptors.select(frogs)\nrecorded = clipnb.load_descriptors('fieldguide-prompts')\n"
)


def code_cells(path):
    return [
        "".join(cell["source"])
        for cell in json.loads(path.read_text("utf-8"))["cells"]
        if cell["cell_type"] == "code"
    ]


def live_cell(path):
    (cell,) = [source for source in code_cells(path) if "LIVE" in source]
    return cell


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_notebook_asks_a_language_model_unless_its_reader_says_so(path):
    for source in code_cells(path):
        if "generate_" in source:
            guarded = (
                source.startswith("LIVE = False")
                and "\nif LIVE and llm.can_ask():\n" in source
                and source.count("generate_") <= 2
            )
            assert guarded or "max_calls=0)" in source  # a plan of no calls is always refused


@pytest.mark.parametrize("name", LIVE)
def test_a_key_alone_asks_nobody(name, monkeypatch, tmp_path, capsys):
    with serving(lambda *_: BULLETS.format("x")) as server:
        monkeypatch.setenv("OPENAI_API_KEY", "not-a-key")
        monkeypatch.setenv("CLIPNB_LLM_BASE_URL", server.url)
        monkeypatch.setenv("CLIPNB_CACHE", str(tmp_path))
        exec(NEEDS + live_cell(LIVE[name]), {})
        assert not server.requests and "No language model was asked" in capsys.readouterr().out


@pytest.mark.parametrize("name", LIVE)
def test_the_live_cell_asks_the_server_that_the_environment_names(
    name, monkeypatch, tmp_path, capsys
):
    reply = "A {0} has a red cap with spots." if "prompts" in name else BULLETS
    with serving(lambda subject, times, body: reply.format(subject)) as server:
        monkeypatch.setenv("CLIPNB_LLM_BASE_URL", server.url)
        monkeypatch.setenv("CLIPNB_LLM_MODEL", "a-model")
        monkeypatch.setenv("CLIPNB_CACHE", str(tmp_path))
        space = {}
        exec(NEEDS + live_cell(LIVE[name]).replace("LIVE = False", "LIVE = True", 1), space)
        assert "a-model at" in capsys.readouterr().out and {
            request["body"]["model"] for request in server.requests
        } == {"a-model"}
        assert set(space["asked"]) == {"tree frog", "tailed frog"} and "red cap" in str(
            dict(space["asked"])
        )
        calls = len(server.requests)
        exec(NEEDS + live_cell(LIVE[name]).replace("LIVE = False", "LIVE = True", 1), {})
        assert len(server.requests) == calls == {"05": 8, "13": 2}[name[:2]]


@pytest.mark.parametrize("name", LIVE)
def test_the_live_cell_without_a_key_says_that_it_uses_recorded_answers(name, capsys):
    exec(NEEDS + live_cell(LIVE[name]).replace("LIVE = False", "LIVE = True", 1), {})
    assert "No language model was asked" in capsys.readouterr().out


def test_recorded_prompts_are_complete():
    recorded = clipnb.load_descriptors("fieldguide-prompts")
    assert set(recorded) == set(clipnb.load_descriptors("fieldguide")) and len(recorded) == 92
    assert all(len(set(row)) == 9 for row in recorded.values())
    assert len(clipnb.PromptTable(recorded).prompts) == 828
    assert not any("{" in sentence for row in recorded.values() for sentence in row)
    assert {"questions", "instruction", "method", "independence", "recorded"} <= set(
        recorded.provenance
    )


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_trace_of_a_machine_or_a_network_in_a_notebook(path):
    # images in base64 may spell anything, once in a while /tmp/
    text = re.sub(r"[A-Za-z0-9+/]{200,}", "", path.read_text("utf-8"))
    assert not re.search(r"/(home|root|work|tmp)/|site-packages|sk-[A-Za-z0-9]{8}", text)


@pytest.mark.slow
def test_the_page_of_make_run_needs_nothing_from_elsewhere_and_shows_its_widget(tmp_path):
    makefile = (ROOT / "Makefile").read_text("utf-8")
    options = re.search(r"^ALONE = (.*?[^\\])$", makefile, re.M | re.S)[1].replace("\\\n", " ")
    notebook = ROOT / "notebooks" / "04_classify_by_description.ipynb"
    command = [
        sys.executable,
        "-m",
        "nbconvert",
        str(notebook),
        "--to",
        "html",
        "--output-dir",
        str(tmp_path),
        "--log-level=ERROR",
    ]
    tools = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT / "notebooks" / "_tools"), str(ROOT)]),
    }
    assert "PYTHONPATH=notebooks/_tools $(PY) -m nbconvert" in makefile
    subprocess.run([*command, *shlex.split(options)], check=True, env=tools)
    page = (tmp_path / "04_classify_by_description.html").read_text("utf-8")
    assert "then the descriptors can be edited" in page and not re.search(
        r"<script[^>]+src=[\"']https?:", page
    )
    assert '<math display="block">' in page and "\\frac" not in page  # no script draws a formula
    # with its images embedded, nbconvert would leave folded text open
    folded = [
        len(fold) for fold in re.findall(r"<details>.*?</summary>(.*?)</details>", page, re.S)
    ]
    assert min(folded) > 20 and " --embed-images " not in makefile

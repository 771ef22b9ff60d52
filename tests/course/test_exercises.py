"""Exercises: the reader's version is generated from the authored one, holds no solution, and the
solutions pass the checks."""

import os
import re
import subprocess
import sys
from pathlib import Path

import jupytext
import nbformat
import pytest
import solved_nbval
from solved_nbval import code

ROOT = Path(__file__).parent.parent.parent
SUPPORT = ROOT / "tests" / "support"
sys.path.insert(0, str(ROOT / "notebooks" / "_tools"))
import authoring

SOURCES = sorted((ROOT / "notebooks").glob("[0-9]*.py"))
EACH = pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)


def solution_lines(exercises: str) -> set[str]:
    """The lines of all solutions that say something, which no reader's file may hold."""
    blocks = [
        found[1] for found in authoring.SOLUTION.findall(exercises)
    ] + authoring.SOLUTION_CELL.findall(exercises)
    lines = {
        line.strip("# ").strip()
        for block in blocks
        for line in block.splitlines()
        if not line.startswith(("# %%", "import ", "from "))
    }
    return {line for line in lines if len(line) > 12}


def test_a_solution_becomes_a_stub():
    text = (
        '# %%\n### BEGIN SOLUTION {"bird": …}\nimport re\n\ndef f(x):\n    y = 1\n    return y\n###'
        ' END SOLUTION\ncheck(f)\n\n# %% tags=["solution"]\nf(2)\n'
    )
    assert authoring.student(text) == '# %%\nf = ...  # {"bird": …}\ncheck(f)\n\n'
    assert "return y" in authoring.solved(text) and "SOLUTION" not in authoring.solved(text)


@EACH
def test_the_readers_exercises_are_generated(source):
    text, exercises = source.read_text("utf-8"), authoring.authored(source)
    assert authoring.with_exercises(text, authoring.student(exercises)) == text
    # open ones may have one, too
    assert (
        3
        <= exercises.count("BEGIN SOLUTION")
        == exercises.count("END SOLUTION")
        <= exercises.count("<summary>Hint")
    )
    numbers = re.findall(r"^# \*\*(\d+) \(", exercises, re.M)
    assert numbers == [str(i + 1) for i in range(len(numbers))]


@EACH
def test_no_solution_leaks_into_the_readers_files(source):
    """Every line of a solution that says something is absent from the pair, its outputs and its
    metadata."""
    lines = solution_lines(authoring.authored(source))
    handed_out = source.read_text("utf-8") + source.with_suffix(".ipynb").read_text(
        "utf-8"
    ).replace('\\"', '"')
    assert lines and not [line for line in lines if line in handed_out]


@EACH
def test_no_check_accepts_a_stub(source):
    """What the pair stores, which nbval compares: every check says no, and none stops."""
    stubs = code(authoring.student(authoring.authored(source)))
    stored = {
        cell.source: "".join(one.get("text", "") for one in cell.outputs)
        for cell in nbformat.read(source.with_suffix(".ipynb"), 4).cells
        if cell.cell_type == "code"
    }
    for cell in stubs:
        said = stored[cell]
        assert (said.count("✔"), said.count("✘")) == (0, cell.count("checks.check_")), cell


@EACH
def test_every_exercise_is_solved_in_the_notebooks_kernel(source):
    """``solved_nbval`` runs these cells behind the notebook's own, in `make test`."""
    cells = solved_nbval.solved_cells(source.with_suffix(".ipynb"))
    assert sum(cell.count("checks.check_") for cell in cells) >= 3
    assert not any("SOLUTION" in cell for cell in cells)


CONFTEST = """\
import sys
from pathlib import Path

sys.path.insert(0, {support!r})
import solved_nbval

solved_nbval.authoring.HERE = Path(__file__).parent
"""
CHECKED = """\
# %%
### BEGIN SOLUTION
y = x + {}
### END SOLUTION
print("{}")  # checks.check_y
"""


@pytest.mark.slow
def test_a_solution_that_a_check_does_not_accept_fails(tmp_path):
    (tmp_path / "exercises").mkdir()
    task = "# %% [markdown]\n# ## Exercises\n#\n# **{} (write).** Add.\n\n"
    solutions = [CHECKED.format(1, "✔ yes"), CHECKED.format(1, "✘ no"), CHECKED.format("'a'", "✔")]
    text = "\n".join(task.format(i) + one for i, one in enumerate(solutions, 1))
    (tmp_path / "exercises" / "00.py").write_text(text, "utf-8")
    (tmp_path / "00_x.py").write_text("# %%\nx = 1\n", "utf-8")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x = 1")])
    nbformat.write(notebook, tmp_path / "00_x.ipynb")
    (tmp_path / "conftest.py").write_text(CONFTEST.format(support=str(SUPPORT)), "utf-8")
    options = ["--nbval", "--nbval-current-env", "-rfE", "-p", "no:cacheprovider", "--color=no"]
    command = [sys.executable, "-m", "pytest", *options, "-c", os.devnull, "--rootdir", "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    failed = re.findall(r"^FAILED \S+::(.+?)(?: - .*)?$", done.stdout, re.M)
    assert (failed, done.returncode) == (["Solution 2", "Solution 3"], 1), done.stdout
    assert "2 failed, 2 passed" in done.stdout and "does not accept the solution" in done.stdout


def test_exercises_stand_behind_the_section_that_they_belong_to():
    text = "# %% [markdown]\n# # A\n\n"
    section, cell = "# %% [markdown]\n# ## {}\n\n", "# %%\n{}\n\n"
    first = "# %% [markdown]\n# ### Exercise: one\n\n# %%\na = ...\n\n"
    second = "# %% [markdown]\n# ## Exercises\n\n# %%\nb = ...\n\n"
    text += section.format("1 · B") + first + section.format("2 · C") + cell.format("c = 1")
    text += second + section.format("What's next")
    assert authoring.with_exercises(text, first + second) == text
    other = first.replace("a =", "d =") + second
    assert authoring.with_exercises(text, other) == text.replace("a =", "d =")
    rest = code(authoring.without_exercises(text))
    assert rest == ["c = 1"]
    kinds = [(one["cell_type"], one["source"]) for one in jupytext.reads(text, "py:percent").cells]
    flags = authoring.in_exercises(kinds)
    assert [source for (_, source), inside in zip(kinds, flags) if inside] == [
        "### Exercise: one",
        "a = ...",
        "## Exercises",
        "b = ...",
    ]
    with pytest.raises(SystemExit, match="'A' has cells .* 'Exercise: one', 'Exercises'.*same"):
        authoring.with_exercises(text, first)
    with pytest.raises(SystemExit, match="What's next"):
        authoring.with_exercises(text.replace("What's next", "Next"), first + second)


SECTION = """\
# %% [markdown]
# ## Exercises
#
# **1 (write).** Write f.

# %%
### BEGIN SOLUTION
def f(x):
    return x


### END SOLUTION
_ = clipnb.checks.check_f(f)

# %% [markdown]
# **2 (open).** Think.
"""
SECOND = SECTION[SECTION.index("# %%\n") : SECTION.index("# %% [markdown]\n# **2")]


@pytest.mark.parametrize(
    "text, said",
    [
        (SECTION.replace("**2 (open)", "**1 (open)"), "two exercises have the number 1.*Think"),
        (SECTION.replace("**1 (write).**", "Task:"), "above the first exercise has a solution"),
        (SECTION.replace("### END SOLUTION\n", ""), "exercise 1 has 1 lines.*and 0 lines"),
        (SECTION.replace("### BEGIN SOLUTION\n", ""), "exercise 1 has 0 lines.*and 1 lines"),
        (SECTION.replace("### BEGIN", "## BEGIN"), "exercise 1 has 0 lines"),
        (SECTION.replace(SECOND, SECOND.rstrip() + "\n" + SECOND[5:]), "exercise 1 has 2 lines"),
        (SECTION.replace("def f(x):\n    return x", "print(1)"), "exercise 1 defines nothing"),
    ],
    ids=["number twice", "no number", "no end", "no begin", "a typo", "one cell", "no name"],
)
def test_exercises_that_cannot_be_graded_are_named(text, said, tmp_path, monkeypatch):
    (tmp_path / "exercises").mkdir()
    (tmp_path / "exercises" / "00.py").write_text(text, "utf-8")
    monkeypatch.setattr(authoring, "HERE", tmp_path)
    with pytest.raises(SystemExit, match=f"exercises/00.py: .*{said}"):
        authoring.authored(Path("00_x.py"))


def test_every_answer_to_one_exercise_has_a_grade_of_its_own(tmp_path, monkeypatch):
    import handout

    (tmp_path / "exercises").mkdir()
    open_answer = '\n# %% [markdown] tags=["solution"]\n# So.\n\n# %% [markdown]\n# And?\n'
    (tmp_path / "exercises" / "00.py").write_text(
        SECTION.replace(SECOND, 2 * SECOND) + 2 * open_answer, "utf-8"
    )
    monkeypatch.setattr(authoring, "HERE", tmp_path)
    text = "# %% [markdown]\n# # Title\n\n" + SECTION + "\n# %% [markdown]\n# ## What's next\n"
    cells = handout.nbgrader_source(Path("00_x.py"), text).cells
    grades = [c.metadata.nbgrader.grade_id for c in cells if "nbgrader" in c.metadata]
    assert grades == ["answer-1", "check-1", "answer-1-2", "check-1-2", "open-2", "open-2-2"]

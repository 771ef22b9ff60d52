"""Exercises: the reader's version is generated from the authored one, holds no solution, and the
solutions pass the checks."""

import re
import symtable
import sys
from pathlib import Path

import jupytext
import pytest

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "notebooks" / "_tools"))
import authoring

SOURCES = sorted((ROOT / "notebooks").glob("[0-9]*.py"))
EACH = pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)


def code(text: str) -> list[str]:
    return [
        cell["source"]
        for cell in jupytext.reads(text, "py:percent").cells
        if cell["cell_type"] == "code"
    ]


def names(source: str) -> tuple[set[str], set[str]]:
    """Names that a cell binds for other cells, and names that it reads from them; what a function
    or a comprehension keeps to itself is neither."""
    cell = symtable.symtable(source, "cell", "exec")
    scopes = [cell]
    for scope in scopes:
        scopes += scope.get_children()
    bound = {
        one.get_name()
        for one in cell.get_symbols()
        if one.is_assigned() or one.is_imported() or one.is_namespace()
    }
    read = {
        one.get_name()
        for scope in scopes
        for one in scope.get_symbols()
        if one.is_referenced() and (scope is cell or one.is_global())
    }
    return bound, read


def needed(cells: list[str], wanted: set[str]) -> list[str]:
    """The cells, in order, that bind the wanted names, and those that these need in turn."""
    kept, wanted = [], set(wanted)
    for cell in reversed(cells):
        bound, read = names(cell)
        if bound & wanted:
            kept.insert(0, cell)
            wanted |= read
    return kept


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


def test_needed_keeps_what_a_cell_depends_on():
    cells = [
        "import numpy as np",
        "x = np.ones(3)",
        "unused = 1",
        "def f(a):\n    return a + x",
        "print(x)",
    ]
    assert needed(cells, {"f"}) == [cells[0], cells[1], cells[3]]
    assert names("def f(a):\n    b = a + x\n    return [c for c in b]") == ({"f"}, {"x"})


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


@pytest.mark.slow
@EACH
def test_solutions_pass_their_checks(source, monkeypatch, capsys):
    """The cells that the exercises need, then the exercises, unsolved (no check says yes, none
    stops) and solved (every check says yes)."""
    import matplotlib
    import matplotlib.pyplot as plt
    from IPython.display import display

    matplotlib.use("agg")
    monkeypatch.chdir(source.parent)
    text, exercises = source.read_text("utf-8"), authoring.authored(source)
    solved = code(authoring.solved(exercises))
    reads = set.union(*(names(cell)[1] for cell in solved))
    space = {"__name__": "__main__", "display": display}
    for cell in needed(code(authoring.without_exercises(text)), reads):
        exec(compile(cell, source.name, "exec"), space)
    for cells, yes in ((code(authoring.student(exercises)), False), (solved, True)):
        for cell in cells:
            capsys.readouterr()
            exec(compile(cell, source.name, "exec"), space)
            checks, said = cell.count("checks.check_"), capsys.readouterr().out
            assert (said.count("✔"), said.count("✘")) == ((checks, 0) if yes else (0, checks)), (
                cell + "\n" + said
            )
    plt.close("all")


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

"""Exercises: one authored source with solutions, from which the reader's, the teacher's and the
site's are made."""

import re
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).parent.parent  # notebooks/
SOLUTION = re.compile(r"### BEGIN SOLUTION ?(.*)\n((?:.*\n)*?)### END SOLUTION\n")
SOLUTION_CELL = re.compile(r'# %%(?: \[markdown\])? tags=\["solution"\]\n(?:(?!# %%).*\n)*')
NAME = re.compile(r"^(?:def (?=\w+\()|(?=\w+ = ))(\w+)", re.M)  # what a solution defines
NUMBER = re.compile(r"^\*\*(\d+\w?) \(", re.M)  # of "**2 (write).**"
CELL = re.compile(r"^# %%(.*)\n((?:(?!# %%).*\n?)*)", re.M)
HEADING = re.compile(r"(#{2,3}) (.*)")
EXERCISE = re.compile(r"#{2,3} (Exercises?\b.*)")  # "## Exercises", "### Exercise: a white owl"
# from such a heading to the next cell that begins with a heading, as percent text
BLOCK = re.compile(
    r"^# %% \[markdown\]\n# #{2,3} (Exercises?\b.*)\n(?:(?!# %% \[markdown\]\n# ##).*\n?)*", re.M
)


def authored(source: Path) -> str:
    """The exercises of a notebook with their solutions, as percent text; SystemExit names one that
    cannot be graded, or whose solution would reach the readers."""
    path = HERE / "exercises" / f"{source.name[:2]}.py"
    text = path.read_text("utf-8")
    if flaw := _flaw(text):
        raise SystemExit(f"exercises/{path.name}: {flaw}")
    return text


def _flaw(exercises: str) -> str:
    """What is wrong with the numbers and the marks of solutions, or nothing."""
    seen: list[str] = []
    for header, text in CELL.findall(exercises):
        markdown, source = "[markdown]" in header, _source(header, text)
        if markdown and 'tags=["solution"]' not in header:
            for number in NUMBER.findall(source):
                if number in seen:
                    return (
                        f"two exercises have the number {number} (the second one:"
                        f" '{source[source.index(f'**{number} (') :].splitlines()[0][:60]}');"
                        " give every exercise a number of its own."
                    )
                seen.append(number)
        where = f"exercise {seen[-1]}" if seen else "a cell above the first exercise"
        marks = [text.count(f"### {mark} SOLUTION") for mark in ("BEGIN", "END")]
        solutions = SOLUTION.findall(text)
        if marks != [len(solutions)] * 2 or len(solutions) > 1:
            return (
                f"{where} has {marks[0]} lines '### BEGIN SOLUTION' and {marks[1]} lines '###"
                " END SOLUTION' in one cell; give each solution one of each, and a cell of its own."
            )
        if solutions and not NAME.search(solutions[0][1]):
            return f"the solution of {where} defines nothing; give it a function or 'answer = …'."
        if solutions and not seen:
            return f"{where} has a solution; write '**1 (write).** …' in the text before it."
    return ""


def student(exercises: str) -> str:
    """What the reader gets: ``name = ...`` instead of a solution, and no cells tagged as
    solutions."""

    def stub(found: re.Match) -> str:
        name = NAME.findall(found[2])[-1]
        return f"{name} = ..." + (f"  # {found[1]}" if found[1] else "") + "\n"

    return SOLUTION.sub(stub, SOLUTION_CELL.sub("", exercises)).rstrip() + "\n\n"


def solved(exercises: str) -> str:
    """The same with the solutions filled in."""
    return SOLUTION.sub(r"\2", exercises).rstrip() + "\n\n"


def with_exercises(text: str, section: str) -> str:
    """A notebook's percent text with other exercises: those under "## Exercises", or under a heading
    of their own behind the section that they belong to ("### Exercise: a white owl"). SystemExit if
    the notebook's headings are not those of the exercises."""
    if "# %% [markdown]\n# ## What's next" not in text:
        raise SystemExit(
            f"The notebook '{title_of(text)}' has no cell that begins with '## What's next'; the"
            " exercises stand before it."
        )
    made = {found[1]: found[0].rstrip() + "\n\n" for found in BLOCK.finditer(section)}
    places = [found[1] for found in BLOCK.finditer(text)]
    if places != list(made):
        there, here = (", ".join(f"'{one}'" for one in names) or "none" for names in (places, made))
        raise SystemExit(
            f"The notebook '{title_of(text)}' has cells that begin with the headings {there}; its"
            f" exercises have {here}. Give both the same headings, in one order."
        )
    return BLOCK.sub(lambda found: made[found[1]], text)


def without_exercises(text: str) -> str:
    """A notebook's percent text without its exercises."""
    return BLOCK.sub("", text)


def in_exercises(cells: Iterable[tuple[str, str]]) -> list[bool]:
    """Which cells, given as (kind, source), belong to exercises."""
    found, inside = [], False
    for kind, source in cells:
        if kind == "markdown" and HEADING.match(source):
            inside = bool(EXERCISE.match(source))
        found.append(inside)
    return found


def title_of(text: str) -> str:
    """The heading of a notebook's percent text."""
    found = re.search(r"^# # (.*)", text, re.M)
    return found[1] if found else "without a title"


def folded(exercises: str) -> list[tuple[str, str]]:
    """For the site: the source of each of the reader's cells, and what is folded away behind it as
    Markdown (or nothing)."""
    readers = [_source(*cell) for cell in CELL.findall(student(exercises))]
    solutions: list[list[str]] = []
    for header, text in CELL.findall(exercises):
        if 'tags=["solution"]' in header:
            source = _source(header, text)
            solutions[-1].append(source if "[markdown]" in header else f"```python\n{source}\n```")
        else:
            solutions.append([f"```python\n{found[1].strip()}\n```" for found in SOLUTION.findall(text)])
    return [(reader, "\n\n".join(solution)) for reader, solution in zip(readers, solutions, strict=True)]


def _source(header: str, text: str) -> str:
    """A cell's source as a notebook has it."""
    return (re.sub(r"^# ?", "", text, flags=re.M) if "[markdown]" in header else text).strip()

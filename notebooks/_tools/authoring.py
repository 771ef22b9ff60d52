"""Exercises: one authored source with solutions, from which the reader's, the teacher's and the
site's are made."""

import re
from pathlib import Path

HERE = Path(__file__).parent.parent  # notebooks/
SOLUTION = re.compile(r"### BEGIN SOLUTION ?(.*)\n((?:.*\n)*?)### END SOLUTION\n")
SOLUTION_CELL = re.compile(r'# %%(?: \[markdown\])? tags=\["solution"\]\n(?:(?!# %%).*\n)*')
CELL = re.compile(r"^# %%(.*)\n((?:(?!# %%).*\n?)*)", re.M)


def authored(source: Path) -> str:
    """The exercises of a notebook with their solutions, as percent text."""
    return (HERE / "exercises" / f"{source.name[:2]}.py").read_text("utf-8")


def student(exercises: str) -> str:
    """What the reader gets: ``name = ...`` instead of a solution, and no cells tagged as
    solutions."""

    def stub(found: re.Match) -> str:
        name = re.findall(r"^(?:def )?(\w+)(?:\(| = )", found[2], re.M)[-1]
        return f"{name} = ..." + (f"  # {found[1]}" if found[1] else "") + "\n"

    return SOLUTION.sub(stub, SOLUTION_CELL.sub("", exercises)).rstrip() + "\n\n"


def solved(exercises: str) -> str:
    """The same with the solutions filled in."""
    return SOLUTION.sub(r"\2", exercises).rstrip() + "\n\n"


def with_exercises(text: str, section: str) -> str:
    """A notebook's percent text with another section of exercises; SystemExit if it has none."""
    for heading in ("## Exercises", "## What's next"):
        if f"# %% [markdown]\n# {heading}" not in text:
            raise SystemExit(
                f"The notebook '{title_of(text)}' has no cell that begins with '{heading}'; the"
                " exercises stand between '## Exercises' and '## What's next'."
            )
    start, end = (
        text.index("# %% [markdown]\n# ## Exercises"),
        text.index("# %% [markdown]\n# ## What's next"),
    )
    return text[:start] + section + text[end:]


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

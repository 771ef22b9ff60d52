"""The API pages: one for each subject, from the docstrings of the public names."""

import ast
from pathlib import Path

# Page, title, modules in the order of reading. A module with public names that stands nowhere here gets a page of its own.
PAGES = {
    "models": ("Models", ["clip", "embedding"]),
    "pictures": ("Pictures", ["images", "fieldguide.dataset"]),
    "sentences": ("Sentences and descriptors", ["prompts", "descriptors", "quality", "llm", "asking"]),
    "classify": ("Classify and explain", ["zeroshot", "explain"]),
    "measure": ("Measure", ["evaluation", "calibration", "selection"]),
    "plots": ("Plots", ["plots"]),
    "widgets": ("Widgets", ["widgets"]),
    "checks": ("Exercise checks", ["checks"]),
}


DATASETS = ".. automodule:: clipnb.datasets\n\n"  # its docstring says which public data sets can be read


def public_names(package: Path) -> dict[str, list[str]]:
    """Module → full names, from the table in clipnb/__init__.py (read, not run), from that of the widgets, and from what plots and checks export."""
    names: dict[str, list[str]] = {}
    for node in ast.parse((package / "__init__.py").read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == "_WHERE":
            for name, module in ast.literal_eval(node.value).items():
                names.setdefault(module, []).append(f"clipnb.{name}")
    for node in ast.parse((package / "widgets" / "__init__.py").read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == "_WHERE":
            names["widgets"] = [f"clipnb.widgets.{name}" for name in ast.literal_eval(node.value)]
    for folder in ("plots", "checks"):
        exported = names.setdefault(folder, [])
        for node in ast.parse((package / folder / "__init__.py").read_text("utf-8")).body:
            if isinstance(node, ast.ImportFrom):
                exported += [f"clipnb.{folder}.{alias.name}" for alias in node.names if not alias.name.isupper() and not alias.name.startswith("_")]
    return names


def classes(package: Path) -> set[str]:
    return {node.name for path in package.rglob("*.py") for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.ClassDef)}


def directive(name: str, is_class: bool) -> str:
    return f".. autoclass:: {name}\n   :members:\n" if is_class else f".. autofunction:: {name}\n"


def api_pages(package: Path, source: Path) -> list[str]:
    """Write the pages into ``source/api`` and return their names for the table of contents."""
    (source / "api").mkdir()
    names, are_classes, written = public_names(package), classes(package), []
    known = {module for _, modules in PAGES.values() for module in modules}
    own = {module.replace(".", "_"): (module.capitalize(), [module]) for module in names if module not in known}
    for page, (title, modules) in {**PAGES, **own}.items():
        found = [name for module in modules for name in names.get(module, [])]
        if found:
            body = DATASETS if page == "pictures" else ""
            body += "\n".join(directive(name, name.split(".")[-1] in are_classes) for name in found)
            (source / "api" / f"{page}.rst").write_text(f"{title}\n{'=' * len(title)}\n\n{body}", "utf-8")
            written.append(f"api/{page}")
    return written

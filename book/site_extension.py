"""What the site needs from Sphinx beyond its settings: docstrings without the heavy libraries, and
a search that works from the file system."""

import ast
import json
import re
import sys
from importlib.util import find_spec
from pathlib import Path

from bs4 import BeautifulSoup
from course import together

PACKAGE = Path(__file__).parent.parent / "clipnb"


def imported(package: Path) -> set[str]:
    """Top-level names of the libraries that a package imports anywhere."""
    found = set()
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found.update(alias.name.split(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names) - {package.name}


def libraries(package: Path) -> list[str]:
    """What the package imports and this environment lacks (torch and the like); autodoc puts mock
    objects in their place."""
    return sorted(name for name in imported(package) if find_spec(name) is None)


def mock_libraries(app, config):
    sys.path.insert(0, str(PACKAGE.parent))
    config.autodoc_mock_imports = libraries(PACKAGE)


def escape_bars(app, what, name, obj, options, lines):
    """A norm such as |m| is no substitution of reStructuredText."""
    for number, line in enumerate(lines):
        parts = re.split(r"(``.+?``)", line)
        parts[::2] = [re.sub(r"\|(?=\S)([^|]+)(?<=\S)\|", r"\\|\1\\|", part) for part in parts[::2]]
        lines[number] = "".join(parts)


def keep_together(app, what, name, obj, options, lines):
    """Docstrings as prose: see :func:`course.together`."""
    lines[:] = [together(line) for line in lines]


def hide_constants(app, what, name, obj, options, signature, returns):
    """A default such as TEMPLATES tells a reader nothing; the docstring says in words what it
    holds."""
    return (
        (re.sub(r"= ?[A-Z_]{3,}(\[[^\]]*\])?(?=[,)])", "= ...", signature), returns)
        if signature
        else None
    )


def add_search_scripts(app, page, template, context, doctree):
    if page == "search":
        app.add_js_file("page-texts.js", priority=100)
        app.add_js_file("search-offline.js", priority=101)


def texts(page: Path) -> str:
    """The main part of a page as text in its sections: all that the search shows of it."""
    soup = BeautifulSoup(page.read_text("utf-8"), "html.parser")
    main = soup.find("article") or soup
    for tag in main.find_all(["script", "style", "svg", "nav"]):
        tag.decompose()
    for tag in main.find_all(True):
        if tag.name == "section" and tag.get("id"):
            tag.attrs = {"id": tag["id"]}
        else:
            tag.unwrap()
    return f'<div role="main">{main.decode_contents()}</div>'


def write_page_texts(app, exception):
    if exception is None and app.builder.format == "html":
        out = Path(app.outdir)
        pages = {
            f"{name}{app.builder.out_suffix}": texts(out / f"{name}{app.builder.out_suffix}")
            for name in sorted(app.env.found_docs)
        }
        (out / "_static" / "page-texts.js").write_text(
            f"window.PAGE_TEXTS = {json.dumps(pages)};\n", "utf-8"
        )


def setup(app):
    # Jupyter Book sets it for sphinx_comments, which is not among our extensions
    app.add_config_value("comments_config", {}, "html")
    app.connect("autodoc-process-docstring", escape_bars)
    app.connect("autodoc-process-docstring", keep_together)
    app.connect("autodoc-process-signature", hide_constants)
    app.connect("config-inited", mock_libraries)
    app.connect("html-page-context", add_search_scripts)
    app.connect("build-finished", write_page_texts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

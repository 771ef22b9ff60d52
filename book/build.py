"""Builds the site: ``make book``, or ``python book/build.py`` in an environment made from
book/requirements.lock.

The committed notebooks are shown with the outputs that they hold; nothing is executed. Everything
that can be derived is generated here, into ``_build/source``: the table of contents, the first page
with its gallery, the API pages, the places of the live widgets. Jupyter Book then writes
``_build/html``. What the live pages show was written before, by book/live/stored.py.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import yaml
from accessible import make_accessible
from api import api_pages
from course import (
    Notebook,
    copy_diagrams,
    drop_dead_links,
    first_page,
    fold_solutions,
    link_notebooks,
    mark_text_columns,
    read_notebooks,
    tidy,
    together,
)
from keep import write_service_worker
from lighten import lighten
from live_pages import copy_live, with_live_parts
from situations import situations
from vendor import vendor

HERE = Path(__file__).parent
BUILD = HERE / "_build"
LIVE_PAGES = [
    "live_names",
    "live_wall",
    "live_inside",
    "live_heads",
    "live_explorer",
    "live_creature",
]  # in the order of reading


def linked(text: str, notebooks: list[Notebook]) -> str:
    """``[words](nb:04)`` in a page becomes a link to notebook 04, or just the words while that
    notebook does not exist."""
    by_number = {notebook.number: notebook for notebook in notebooks}

    def link(match):
        words, number = match.groups()
        return f"[{words}](/{by_number[number].page}.ipynb)" if number in by_number else words

    return re.sub(r"\[([^\]]+)\]\(nb:(\d\d)\)", link, text)


def table_of_contents(notebooks: list[Notebook], api: list[str]) -> dict:
    parts = {
        "The course": [notebook.page for notebook in notebooks],
        "Live": LIVE_PAGES,
        "Use it": ["install", "own_photos", "real_clip", "language_model", "widgets"],
        "To look things up": ["methods", "glossary", "references", "teaching"],
        "The package": api,
    }
    chapters = [
        {"caption": caption, "chapters": [{"file": file} for file in files]}
        for caption, files in parts.items()
    ]
    return {"format": "jb-book", "root": "index", "parts": chapters}


def prepare(folder: Path, source: Path) -> None:
    """Write everything that Jupyter Book reads into ``source``."""
    shutil.rmtree(source, ignore_errors=True)
    (source / "notebooks").mkdir(parents=True)
    copy_diagrams(folder, source)
    notebooks = read_notebooks(folder)
    for notebook in notebooks:
        if folder == HERE.parent / "notebooks":  # others have no exercises of ours
            fold_solutions(notebook)
        drop_dead_links(notebook)
        mark_text_columns(notebook)
        link_notebooks(notebook, notebooks)
        tidy(notebook)
        notebook.write(source)
    vendor(source / "vendored" / "vendor")
    copy_live(source / "vendored" / "live")
    for page in HERE.glob("pages/*.md"):
        (source / page.name).write_text(
            with_live_parts(
                linked(together(page.read_text("utf-8")), notebooks).replace(
                    "{{situations}}", situations()
                ),
                source / "vendored",
            ),
            "utf-8",
        )
    (source / "index.md").write_text(
        with_live_parts(
            first_page(
                linked((HERE / "pages/index.md").read_text("utf-8"), notebooks), notebooks, source
            ),
            source / "vendored",
        ),
        "utf-8",
    )
    api = api_pages(HERE.parent / "clipnb", source)
    (source / "_toc.yml").write_text(
        yaml.safe_dump(table_of_contents(notebooks, api), sort_keys=False, allow_unicode=True),
        "utf-8",
    )
    shutil.copytree(HERE / "assets", source / "assets")
    shutil.copyfile(HERE / "_config.yml", source / "_config.yml")
    without = sum(
        alt.startswith("Figure of section") for notebook in notebooks for alt in notebook.alts
    )
    print(
        f"{len(notebooks)} notebooks, {sum(len(notebook.alts) for notebook in notebooks)} figures,"
        f" {without} of them without an alt text of their own"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--notebooks",
        type=Path,
        default=HERE.parent / "notebooks",
        help="folder of executed notebooks",
    )
    parser.add_argument("--out", type=Path, default=BUILD, help="the site goes to OUT/html")
    options = parser.parse_args()
    source = options.out / "source"
    prepare(options.notebooks, source)
    command = [
        str(Path(sys.executable).with_name("jupyter-book")),
        "build",
        str(source),
        "--path-output",
        str(options.out),
        "--all",
        "-W",
        "-n",
        "--keep-going",
        "-q",
    ]
    # site_extension.py, and clipnb for its docstrings
    paths = os.pathsep.join([str(HERE), str(HERE.parent)])
    result = subprocess.run(command, env={**os.environ, "PYTHONPATH": paths})
    if result.returncode:
        raise SystemExit(result.returncode)
    shutil.rmtree(options.out / "html", ignore_errors=True)
    shutil.move(options.out / "_build" / "html", options.out / "html")
    shutil.rmtree(options.out / "_build")
    lighten(options.out / "html")
    make_accessible(options.out / "html")
    # the download is the notebook itself, without what only the site can show
    for notebook in options.notebooks.glob("[0-9]*.ipynb"):
        shutil.copyfile(notebook, options.out / "html" / "_sources" / "notebooks" / notebook.name)
    write_service_worker(options.out / "html")
    print(f"The site:  {options.out / 'html' / 'index.html'}")


if __name__ == "__main__":
    main()

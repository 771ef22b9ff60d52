"""Makes the one file in which a page reaches its reader: ``python tests/javascript/bundle.py``.

A widget's ``page.js`` and what it imports become ``bundle.js`` beside it, a module as anywidget
loads it; a live page's script and what it imports become ``book/live/bundles/NAME.js``, an ordinary
script, which a browser also opens from the file system. esbuild joins them (``npm ci`` in this
folder fetches it, and ``npx tsc``, which checks the types of all of it). The bundles are committed,
so that nobody else needs Node. The first line of each has a digest of its sources, from which a
test without Node sees whether it is up to date; ``--check`` makes them again and compares.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WIDGETS = ROOT / "clipnb" / "widgets"
LIVE = ROOT / "book" / "live"
IMPORT = re.compile(r"""^(?:import|export)\b[^"';]*?\bfrom\s+["'](\.[^"']+)["']""", re.M)
OPTIONS = ["--bundle", "--charset=utf8", "--target=es2022", "--log-level=warning"]


def bundles() -> dict[Path, Path]:
    """Bundle → the script that it is made of."""
    widgets = {page.with_name("bundle.js"): page for page in sorted(WIDGETS.glob("*/page.js"))}
    live = {LIVE / "bundles" / page.name: page for page in sorted(LIVE.glob("*_page.js"))}
    return widgets | live


def sources(entry: Path) -> list[Path]:
    """A script and all that it imports, each once, what is imported first."""
    found: list[Path] = []

    def visit(path: Path, above: tuple[Path, ...]) -> None:
        if path in found or path in above:
            return
        for name in IMPORT.findall(path.read_text("utf-8")):
            visit((path.parent / name).resolve(), (*above, path))
        found.append(path)

    visit(entry.resolve(), ())
    return found


def header(entry: Path) -> str:
    """The first line of a bundle; the same whatever ends the lines of a checkout."""
    digest = hashlib.sha256()
    for path in sources(entry):
        digest.update(f"{path.relative_to(ROOT).as_posix()}\n{path.read_text('utf-8')}".encode())
    name = entry.resolve().relative_to(ROOT).as_posix()
    return f"// Made from {name} by tests/javascript/bundle.py; sources {digest.hexdigest()}\n"


def stale() -> Iterator[str]:
    """The bundles that are missing, or whose sources have changed since."""
    for bundle, entry in bundles().items():
        made = bundle.read_text("utf-8").partition("\n")[0] + "\n" if bundle.exists() else ""
        if made != header(entry):
            yield bundle.relative_to(ROOT).as_posix()


def esbuild() -> list[str] | None:
    """The command, or None where its package or Node is missing."""
    path = HERE / "node_modules" / ".bin" / ("esbuild.cmd" if os.name == "nt" else "esbuild")
    return [str(path)] if path.exists() and shutil.which("node") else None


def made(entry: Path, command: list[str]) -> str:
    """The bundle of a script."""
    name = entry.resolve().relative_to(ROOT).as_posix()
    form = "esm" if entry.is_relative_to(WIDGETS) else "iife"
    run = subprocess.run(
        [*command, name, *OPTIONS, f"--format={form}"], cwd=ROOT, capture_output=True, check=False
    )
    if run.returncode:
        raise SystemExit(run.stderr.decode())
    return header(entry) + run.stdout.decode("utf-8").replace("\r\n", "\n")


def main(arguments: list[str]) -> int:
    command = esbuild()
    if command is None:
        print(f"esbuild is not there: say  npm ci --prefix {HERE.relative_to(ROOT)}")
        return 1
    for bundle, entry in bundles().items():
        text, name = made(entry, command), bundle.relative_to(ROOT).as_posix()
        if bundle.exists() and bundle.read_text("utf-8") == text:
            continue
        if arguments == ["--check"]:
            print(f"{name} is not what its sources make today: say  make widgets")
            return 1
        bundle.parent.mkdir(exist_ok=True)
        bundle.write_text(text, "utf-8", newline="\n")
        print(name)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

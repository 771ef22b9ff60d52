"""Writes the site's service worker, ``sw.js`` at its root: live/keeper.js, and before it the digest
of every file of this build, by which the worker knows what belongs to it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

HERE = Path(__file__).parent
# nobody needs them without a network, or nobody asks for them
WITHOUT = ("_sources/", ".buildinfo", "objects.inv", "sw.js", "_static/page-texts.js")


def digests(site: Path) -> dict[str, str]:
    """Path of a file → the first twelve digits of its SHA-256."""
    return {
        path.relative_to(site).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        for path in sorted(site.rglob("*"))
        if path.is_file() and not path.relative_to(site).as_posix().startswith(WITHOUT)
    }


def write_service_worker(site: Path) -> None:
    files = digests(site)
    program = (HERE / "live" / "keeper.js").read_text("utf-8")
    # a change of the program alone is a new build, too
    version = hashlib.sha256((json.dumps(files) + program).encode()).hexdigest()[:12]
    known = json.dumps({"version": version, "files": files}, separators=(",", ":"))
    (site / "sw.js").write_text(f"self.clipnbSite = {known};\n{program}", "utf-8")

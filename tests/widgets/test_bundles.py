"""The committed bundles of the JavaScript are made of today's sources, whose types are right."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent.parent / "javascript"
sys.path.insert(0, str(HERE))
import bundle

BUNDLES = bundle.bundles()
NO_PACKAGES = "no esbuild and tsc: npm ci --prefix tests/javascript fetches them"


def test_every_bundle_names_the_sources_of_today():
    assert not list(bundle.stale()), "say  make widgets"


def test_a_changed_source_makes_its_bundles_stale(monkeypatch, tmp_path):
    for folder in ("clipnb/widgets", "book/live"):
        shutil.copytree(bundle.ROOT / folder, tmp_path / folder)
    tmp_path = tmp_path.resolve()
    monkeypatch.setattr(bundle, "ROOT", tmp_path)
    monkeypatch.setattr(bundle, "WIDGETS", tmp_path / "clipnb" / "widgets")
    monkeypatch.setattr(bundle, "LIVE", tmp_path / "book" / "live")
    assert not list(bundle.stale())
    with open(tmp_path / "clipnb/widgets/common/reasons.js", "a") as file:
        file.write("// one more line\n")
    stale = set(bundle.stale())
    assert {f"clipnb/widgets/{name}/bundle.js" for name in ("explorer", "creature")} <= stale
    assert "clipnb/widgets/wall/bundle.js" not in stale
    (tmp_path / "clipnb/widgets/wall/bundle.js").unlink()
    assert "clipnb/widgets/wall/bundle.js" in set(bundle.stale())


@pytest.mark.parametrize("path", BUNDLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_bundle_is_what_esbuild_makes(path):
    command = bundle.esbuild()
    if command is None:
        pytest.skip(NO_PACKAGES)
    assert path.read_text("utf-8") == bundle.made(BUNDLES[path], command), "say  make widgets"


def test_the_types_of_the_javascript_are_right():
    if bundle.esbuild() is None:
        pytest.skip(NO_PACKAGES)
    run = subprocess.run(
        [shutil.which("npx"), "tsc", "--project", "tsconfig.json"],
        cwd=HERE,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout


def test_every_script_is_checked():
    checked = {path for entry in BUNDLES.values() for path in bundle.sources(entry)}
    assert all(path.read_text("utf-8").startswith("// @ts-check\n") for path in checked)

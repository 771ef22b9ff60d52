"""Fetches the scripts that the pages need, so that no page asks another server for anything.

vendored.json names packages of the npm registry with version and integrity. A tarball is fetched
once, compared with its integrity, and kept in ``_build/npm``; after that the site builds without a
network. Neither node nor npm is needed. ``NPM_CONFIG_REGISTRY`` names another registry, as for npm.
"""

import base64
import hashlib
import json
import lzma
import os
import re
import shutil
import tarfile
import urllib.error
import urllib.request
from pathlib import Path

HERE = Path(__file__).parent
CACHE = HERE / "_build" / "npm"
REGISTRY = "https://registry.npmjs.org"


def file_name(package: dict) -> str:
    """What the package's tarball is called in the cache."""
    return f"{package['name'].replace('/', '-').lstrip('@')}-{package['version']}.tgz"


def tarball(package: dict) -> Path:
    """The package's tarball in the cache, fetched if it is not there; ValueError if it is not the
    one that vendored.json names."""
    name, version = package["name"], package["version"]
    path = CACHE / file_name(package)
    if not path.exists():
        registry = (
            os.environ.get("NPM_CONFIG_REGISTRY")
            or os.environ.get("npm_config_registry")
            or REGISTRY
        ).rstrip("/")
        url = f"{registry}/{name}/-/{name.split('/')[-1]}-{version}.tgz"
        try:
            with urllib.request.urlopen(url, timeout=120) as answer:
                content = answer.read()
        except urllib.error.URLError as error:
            raise SystemExit(
                f"{name} {version} could not be fetched from {registry} ({error}). The first build"
                " needs a network; NPM_CONFIG_REGISTRY names a mirror."
            ) from error
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(f".{os.getpid()}")
        partial.write_bytes(content)
        partial.replace(path)
    algorithm, wanted = package["integrity"].split("-", 1)
    found = base64.b64encode(hashlib.new(algorithm, path.read_bytes()).digest()).decode()
    if found != wanted:
        path.unlink()
        raise ValueError(
            f"{name} {version} is not the file that vendored.json names: its {algorithm} is"
            f" {found}. It was deleted; nothing was built."
        )
    return path


def with_fonts(script: bytes, archive: tarfile.TarFile, folder: str) -> bytes:
    """A webpack script with its fonts written in: it would look for them beside the page, and from
    the file system not find them anywhere.

    The woff2 is what every browser takes; the older formats become empty addresses.
    """

    def address(match):
        name = match[1].decode()
        font = (
            base64.b64encode(archive.extractfile(f"{folder}/{name}").read())
            if name.endswith(".woff2")
            else None
        )
        return b'"data:font/woff2;base64,' + font + b'"' if font else b'"data:,"'

    return re.sub(rb'\b\w+\.p\+"([0-9a-f]{20}\.(?:woff2?|ttf|eot|svg))"', address, script)


def packed(content: bytes) -> bytes:
    """A file as .xz, which a page unpacks (live/unpack.js): a plain static server packs nothing.
    Kept in the cache, since the larger runtime takes ten seconds."""
    path = CACHE / f"{hashlib.sha256(content).hexdigest()[:16]}.xz"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(f".{os.getpid()}")
        partial.write_bytes(lzma.compress(content, preset=9 | lzma.PRESET_EXTREME))
        partial.replace(path)
    return path.read_bytes()


def as_module(script: bytes, name: str) -> bytes:
    """A script of the form UMD as a module that exports what it calls ``name``; what it wants of
    Node is there in a browser, too."""
    before = "const module = { exports: {} }; ((module, exports, require) => {\n"
    after = f"\n}})(module, module.exports, () => globalThis);\nexport const {name}"
    after += f" = module.exports.{name};\n"
    return before.encode() + script + after.encode()


def vendor(target: Path) -> None:
    """Copy scripts and licences of all packages into the folder ``target``."""
    target.mkdir(parents=True, exist_ok=True)
    for package in json.loads((HERE / "vendored.json").read_text("utf-8")):
        short = package["name"].split("/")[-1]
        with tarfile.open(tarball(package)) as archive:
            for member, name in package["files"].items():
                content = archive.extractfile(member).read()
                (target / name).write_bytes(
                    with_fonts(content, archive, package["fonts"])
                    if "fonts" in package
                    else content
                )
            for member, name in package.get("packed", {}).items():
                (target / name).write_bytes(packed(archive.extractfile(member).read()))
            for member, (name, exported) in package.get("wrapped", {}).items():
                script = archive.extractfile(member).read()
                (target / name).write_bytes(as_module(script, exported))
            for number, licence in enumerate(package["licences"]):
                copy = target / f"{short}-LICENCE{'' if not number else f'-{number + 1}'}.txt"
                if licence.startswith("licences/"):
                    shutil.copyfile(HERE / licence, copy)
                else:
                    copy.write_bytes(archive.extractfile(licence).read())


if __name__ == "__main__":
    vendor(HERE / "_build" / "vendor")

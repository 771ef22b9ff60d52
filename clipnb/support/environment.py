"""What works here, and what to do about the rest: the check of notebook 00."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from .console import say

PLACES = {
    "Google Colab": (
        "The first code cell has installed clipnb; if an import fails, say Runtime → Restart"
        " session, and go on below that cell. Widgets are switched on by themselves; Colab fetches"
        " their frame from a server. What you save is gone with the session: download it."
    ),
    "Binder": (
        "A computer that is lent to you: it has no GPU and little memory, and is taken back soon"
        " after you stop. Download what you want to keep (File → Download)."
    ),
    "VS Code": (
        "Choose the environment that clipnb is installed in as the kernel. Widgets need the Jupyter"
        " extension; it looks for their frame in a local kernel's environment or, where the setting"
        " jupyter.widgetScriptSources allows it, on a server. If a widget stays empty without a"
        " network, use make lab."
    ),
    "Jupyter": "Nothing to do: notebooks, figures and widgets need no network.",
}


def problems() -> Iterator[tuple[str, str]]:
    """What clipnb needs, one after the other: (what, what to do about it, or nothing if it
    works)."""
    import clipnb  # the only look upwards: what is tried here is the whole package

    yield (
        "Python 3.11 or newer",
        (
            ""
            if sys.version_info >= (3, 11)
            else "install a newer Python, make an environment with it, and choose it as the kernel"
        ),
    )
    yield "the libraries that clipnb needs", _missing_libraries()
    # imported in there, where an error is caught
    yield "the bundled CLIP", _fails(lambda: clipnb.load_clip(cache=False))
    yield (
        "the field guide",
        _fails(lambda: clipnb.load_fieldguide("test", kinds="frog", per_species=1).images[0]),
    )
    yield "a folder to keep embeddings in", _cache_problem()


def check_environment() -> bool:
    """Print what works here, and what to do about the rest.

    Returns
    -------
    bool
        Whether everything works.
    """
    found = list(problems())
    say("\n".join(f"✘ {what}: {remedy}" if remedy else f"✔ {what}" for what, remedy in found))
    return not any(remedy for _, remedy in found)


def where(environ: Mapping[str, str] | None = None, modules: Mapping | None = None) -> str:
    """Where this notebook runs: a name of ``PLACES``, from the variables and modules that each of
    them sets."""
    environ, modules = (
        os.environ if environ is None else environ,
        sys.modules if modules is None else modules,
    )
    if "google.colab" in modules:
        return "Google Colab"
    if any(name.startswith("BINDER_") for name in environ):
        return "Binder"
    return "VS Code" if "VSCODE_PID" in environ else "Jupyter"


def describe_environment() -> None:
    """Print where this notebook runs, with what to know about it, and what it computes on."""
    import torch

    gpu = torch.cuda.is_available() or torch.backends.mps.is_available()
    name = (
        torch.cuda.get_device_name()
        if torch.cuda.is_available()
        else "Apple's"
        if gpu
        else "none; everything runs on the processor"
    )
    say(f"{where()}. {PLACES[where()]}\nGPU: {name}")


def own_folder(name: str) -> Path:
    """A folder to write into: here, or where this folder may only be read (a course folder on a
    server) in the home folder, or else among the temporary files. Says where, if it is not here.
    """
    here, last = Path(name), Path(tempfile.gettempdir()) / f"{name}-{os.getpid()}"
    for place in (here, Path("~") / name, last):
        try:
            folder = place.expanduser()
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
        except (OSError, RuntimeError):  # the latter: nobody knows this user's home
            continue
        if place != here:
            say(f"'{name}' cannot be written here, so results go to '{folder}'.")
        return folder
    raise OSError(f"No folder can be written: neither here, nor your home, nor {last.parent}.")


def _missing_libraries() -> str:
    from packaging.requirements import Requirement

    try:
        wanted = [Requirement(line) for line in requires("clipnb") or []]
    except PackageNotFoundError:
        return (
            "clipnb runs from its folder without having been installed; say  pip install -e . "
            " in it"
        )
    missing = []
    for requirement in wanted:
        if requirement.marker is None:  # the others belong to extras
            try:
                well = requirement.specifier.contains(version(requirement.name), prereleases=True)
            except PackageNotFoundError:
                well = False
            missing += [] if well else [f"'{requirement.name}{requirement.specifier}'"]
    return (
        f"say  %pip install {' '.join(missing)}  in a cell, and restart the kernel"
        if missing
        else ""
    )


def _fails(action) -> str:
    try:
        action()
    except Exception as error:  # whatever it is, the reader shall read it and go on
        return (
            f"{type(error).__name__}: {error}; install clipnb again as its README says, and restart"
            " the kernel"
        )
    return ""


def _cache_problem() -> str:
    from .cache import cache_folder, cache_place

    try:
        if os.access(cache_folder(), os.W_OK):
            return ""
    except OSError:
        pass
    lost = f"'{cache_place()}' cannot be written, and embeddings are computed again each time"
    return f"{lost}; set CLIPNB_CACHE to a folder of yours before you start Jupyter"

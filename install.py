"""Installs clipnb and the libraries of requirements.lock into .venv: ``python install.py``. `make`
calls it; on Windows you do.

On Linux, PyPI's torch is the CUDA build, on x86-64 as on ARM. Without an NVIDIA driver it only
costs disk, so the CPU build is taken from PyTorch's own index. On macOS and Windows torch is
installed as pip finds it. What .venv already holds in the locked version is kept, so an interrupted
installation continues; torch also keeps its build when another version is locked.

It runs before anything is installed, so it needs the standard library only.
"""

import argparse
import collections
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
CHOICES = ("auto", "cpu", "cuda")
LARGE = re.compile(
    r"Downloading (\S+?)-\d\S* \((\d{2,}\.?\d* MB|[\d.]+ GB)\)"
)  # a line of pip's about 10 MB or more
BUILD = """\
import importlib.metadata as installed
try:
    wants = installed.requires("torch") or []
    cuda = any(name.startswith(("nvidia-", "cuda-")) for name in wants)
    print(installed.version("torch"), "CUDA" if cuda else "CPU")
except installed.PackageNotFoundError:
    pass
"""


def say(text):
    print(text, flush=True)  # make buffers nothing, and the reader waits


def has_nvidia_driver():
    """A driver writes the first path; under WSL there is only the command."""
    return Path("/proc/driver/nvidia/version").exists() or shutil.which("nvidia-smi") is not None


def wanted_build(choice, platform, present, driver):
    """'CPU' or 'CUDA' on Linux, '' elsewhere: as pip finds it. present: the build in .venv or '';
    driver: a function that looks for one."""
    if platform != "linux":
        return ""
    return choice.upper() if choice != "auto" else present or ("CUDA" if driver() else "CPU")


def environment(root):
    """The Python of root/.venv, which is made if it is not there or not complete."""
    python = root / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    ask = [str(python), "-c", "import pip, sys; print(*sys.version_info[:2])"]
    answer = subprocess.run(ask, capture_output=True, text=True) if python.exists() else None
    if answer is None or answer.returncode:
        say("1/4  Creating .venv with Python {}.{}".format(*sys.version_info))
        if subprocess.run([sys.executable, "-m", "venv", str(root / ".venv")]).returncode:
            raise SystemExit("Python could not create .venv; its message is above.")
        return python
    version = tuple(map(int, answer.stdout.split()))
    if version < (3, 11):
        raise SystemExit(
            ".venv has Python {}.{}, and clipnb needs 3.11 or newer."
            " Delete .venv and repeat the command.".format(*version)
        )
    say("1/4  .venv is there, with Python {}.{}; it is kept".format(*version))
    return python


def installed_torch(python):
    """(version, 'CPU' or 'CUDA') of the torch that python would import, or ('', '')."""
    words = subprocess.run(
        [str(python), "-c", BUILD], capture_output=True, text=True, check=True
    ).stdout.split()
    return tuple(words) or ("", "")


def surroundings(**more):
    """The environment variables for pip, without those that send packages elsewhere than into
    .venv: JupyterHub and Gitpod set PIP_USER, a user's pip.conf may."""
    elsewhere = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_DRY_RUN", "PIP_PYTHON")
    kept = {name: value for name, value in os.environ.items() if name not in elsewhere}
    return {**kept, "PIP_USER": "0", **more}


def pip(python, *arguments):
    """Run pip install; say which large files it downloads. Returns '' or what pip said last, when
    it failed."""
    command = [
        str(python),
        "-m",
        "pip",
        "install",
        "--no-input",
        "--progress-bar=off",
        "--disable-pip-version-check",
        *arguments,
    ]
    said = collections.deque(maxlen=20)
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=surroundings(),
    ) as process:
        for line in process.stdout or ():
            said.append(line)
            large = LARGE.search(line)
            if large:
                say("     downloading {} ({})".format(*large.groups()))
            if line.startswith("Installing collected packages") and "," in line:
                say("     unpacking {} packages".format(line.count(",") + 1))
    return (
        "".join([*said, f"pip ended with status {process.returncode}\n"])
        if process.returncode
        else ""
    )


def offers(python, version, index, timeout=5, limit=15):
    """Whether this index has the CPU build for this Python, within limit seconds, however a proxy
    or the network behaves.

    pip is asked, so that the user's proxy and certificates apply; its other sources are set aside
    for this question.
    """
    command = [
        str(python),
        "-m",
        "pip",
        "index",
        "versions",
        "torch",
        "--index-url",
        index,
        "--no-input",
        "--disable-pip-version-check",
    ]
    with tempfile.TemporaryDirectory() as empty:
        sources = {"PIP_FIND_LINKS": empty, "PIP_EXTRA_INDEX_URL": index}
        try:
            answer = subprocess.run(
                [*command, "--retries=0", f"--timeout={timeout}"],
                env=surroundings(**sources),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=limit,
            )
        except subprocess.TimeoutExpired:
            return False
    return version in [word.partition("+")[0] for word in re.split(r"[\s,()]+", answer.stdout)]


def install_torch(python, version, wanted, index=CPU_INDEX, **patience):
    """The CPU build if it is wanted and the index has it. Otherwise nothing is installed here: the
    lock file brings the torch of pip's own index."""
    present, build = installed_torch(python)
    if present.partition("+")[0] == version:
        other = f"; for the {wanted} build delete .venv first" if wanted not in ("", build) else ""
        return say(f"2/4  torch {present} is installed ({build} build) and is kept{other}")
    if wanted != "CPU":
        return say(
            "2/4  torch {} comes from pip's index{}".format(
                version, ", as the CUDA build: 2.7 GB to download" if wanted else ""
            )
        )
    say(
        f"2/4  torch {version}: the CPU build, 190 MB to download, from {index}"
        " (TORCH=cuda selects the other)"
    )
    if not offers(python, version, index, **patience):
        problem = f"That index cannot be reached or has no torch {version} for this Python"
    elif pip(
        python, "--no-deps", "--index-url", index, "torch==" + version
    ):  # its versions of the dependencies are not the locked ones
        problem = "That index did not deliver it"
    else:
        return None
    return say(
        f"     {problem}, so torch comes from pip's index, usually as the CUDA build:"
        " about 4 GB more disk."
    )


def install_lock(python, lock):
    """Install what is missing or has another version; pip keeps the CPU build, whose local version
    suffix == ignores. Returns what pip() does."""
    return pip(python, "--requirement", str(lock))


def main(arguments=None):
    if sys.version_info < (3, 11):  # noqa: UP036  older ones can still read this file
        raise SystemExit("clipnb needs Python 3.11 or newer; say  make PYTHON=python3.11 run")
    options = argparse.ArgumentParser(description="Install clipnb and its libraries into .venv.")
    options.add_argument(
        "--torch",
        default="auto",
        metavar="|".join(CHOICES),
        help="the build of PyTorch on Linux; auto: CUDA if there is a driver",
    )
    options.add_argument(
        "--cpu-index",
        default=CPU_INDEX,
        metavar="URL",
        help="a mirror of PyTorch's index of CPU builds",
    )
    options = options.parse_args(arguments)
    choice = options.torch or "auto"
    if choice not in CHOICES:
        raise SystemExit("Unknown TORCH '{}'. Available: {}.".format(choice, ", ".join(CHOICES)))
    lock = ROOT / "requirements.lock"
    pins = dict(re.findall(r"^([\w.-]+)==(\S+)", lock.read_text("utf-8"), re.M))

    python = environment(ROOT)
    wanted = wanted_build(choice, sys.platform, installed_torch(python)[1], has_nvidia_driver)
    if choice != "auto" and not wanted:
        say(f"     TORCH={choice} selects a build on Linux only; here torch comes as pip finds it")
    install_torch(python, pins["torch"], wanted, options.cpu_index)
    say(
        f"3/4  {len(pins)} libraries of requirements.lock: besides torch 300 MB to download"
        " and 2 minutes, if .venv is new"
    )
    failed = install_lock(python, lock)
    if not failed:
        say("4/4  clipnb itself")
        # compat: a path in a .pth file, which editors and type checkers follow; not an import hook
        form = "--config-settings=editable_mode=compat"
        failed = pip(python, "--no-deps", "--no-build-isolation", form, "--editable", str(ROOT))
    if failed:
        raise SystemExit(
            failed
            + "What pip said last is above. The same command continues with what is installed."
        )
    version, build = installed_torch(python)
    say(
        "Installed into .venv, with torch {}{}".format(
            version, f" ({build} build)" if wanted else ""
        )
    )


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit(
            "\nInterrupted. The same command continues with what is installed."
        ) from None

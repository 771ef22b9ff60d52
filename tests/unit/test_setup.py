"""install.py: which build of torch is installed, from where, and what is kept. Two indexes on this
machine serve tiny wheels under the real names."""

import contextlib
import importlib.util
import os
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
import threading
import time
import venv
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = next(folder for folder in Path(__file__).parents if (folder / "install.py").exists())
specification = importlib.util.spec_from_file_location("install", ROOT / "install.py")
install = importlib.util.module_from_spec(specification)
specification.loader.exec_module(install)

CPU = "2.13.0+" + "cpu"  # not in one word: nothing in the repository may pin that build
LOCK = "torch==2.13.0\nrest==1.0\n"
BACKEND = """\
import zipfile
def build_editable(folder, settings=None, *_):
    assert settings == {{"editable_mode": "compat"}}  # editors follow a path, not an import hook
    name = "clipnb-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(folder + "/" + name, "w") as file:
        for path, text in {files}.items():
            file.writestr(path, text)
    return name
"""


def files(name, version, requires=()):
    """Path → text of a wheel with nothing in it."""
    about = f"{name.replace('-', '_')}-{version}.dist-info"
    found = {
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        + "".join(f"Requires-Dist: {one}\n" for one in requires),
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    return {
        **found,
        f"{about}/RECORD": "".join(f"{path},,\n" for path in [*found, f"{about}/RECORD"]),
    }


def wheel(index, name, version, requires=()):
    (index / name).mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(
        index / name / f"{name.replace('-', '_')}-{version}-py3-none-any.whl", "w"
    ) as file:
        for path, text in files(name, version, requires).items():
            file.writestr(path, text)


@contextlib.contextmanager
def serving(handler):
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


class Index(SimpleHTTPRequestHandler):
    """The listing of a folder is what pip calls a simple index."""

    asked = []

    def log_message(self, *_):
        self.asked.append(self.path)


class Dripping(SimpleHTTPRequestHandler):
    """A byte now and then, so that no timeout between two bytes ends it."""

    def do_GET(self):
        with contextlib.suppress(OSError):
            while True:
                self.wfile.write(b"H")
                time.sleep(0.2)


@pytest.fixture(scope="module")
def indexes(tmp_path_factory):
    """Addresses of PyTorch's index of CPU builds and of pip's own, where torch is the CUDA
    build."""
    folder = tmp_path_factory.mktemp("indexes")
    wheel(folder / "cpu", "torch", CPU)
    wheel(folder / "cpu", "torch", CPU.replace("13", "14"))
    wheel(folder / "pip", "torch", "2.13.0", ["nvidia-cublas==13.1"])
    wheel(folder / "pip", "nvidia-cublas", "13.1")
    wheel(folder / "pip", "rest", "1.0", ["torch>=2.6"])
    (folder / "broken" / "torch").mkdir(parents=True)
    (folder / "broken" / "torch" / "index.html").write_text(
        '<a href="gone/torch-2.13.0-py3-none-any.whl">torch</a>'
    )
    with serving(partial(Index, directory=folder)) as address:
        yield {name: f"{address}/{name}" for name in ("cpu", "pip", "broken")} | {"folder": folder}


@pytest.fixture
def python(indexes, tmp_path, monkeypatch):
    """The Python of an environment in which nothing is installed; its pip knows one index, as the
    configuration of a user might name it."""
    pip = importlib.util.find_spec("pip")
    if pip is None:
        pytest.skip("pip is not installed")
    for name in [
        name
        for name in os.environ
        if name.upper().startswith("PIP_") or name.upper().endswith("_PROXY")
    ]:
        monkeypatch.delenv(name)
    for name, value in {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": indexes["pip"],
        "PIP_NO_CACHE_DIR": "1",
        "NO_PROXY": "*",
    }.items():
        monkeypatch.setenv(name, value)
    venv.create(tmp_path / ".venv", symlinks=True)
    (tmp_path / "only_pip").mkdir()
    (tmp_path / "only_pip" / "pip").symlink_to(Path(pip.origin).parent)
    (packages(tmp_path) / "pip.pth").write_text(str(tmp_path / "only_pip"))
    (tmp_path / "requirements.lock").write_text(LOCK)
    Index.asked.clear()
    return tmp_path / ".venv" / "bin" / "python"


def packages(folder):
    return Path(
        sysconfig.get_path(
            "purelib", "venv", {"base": str(folder / ".venv"), "platbase": str(folder / ".venv")}
        )
    )


def put(folder, name, version, requires=()):
    for path, text in files(name, version, requires).items():
        (packages(folder) / path).parent.mkdir(exist_ok=True)
        (packages(folder) / path).write_text(text)


def installed(folder):
    return {path.name.removesuffix(".dist-info") for path in packages(folder).glob("*.dist-info")}


def closed_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


@pytest.mark.parametrize(
    ("choice", "platform", "present", "driver", "build"),
    [
        ("auto", "linux", "", False, "CPU"),
        ("auto", "linux", "", True, "CUDA"),
        (
            "auto",
            "linux",
            "CUDA",
            False,
            "CUDA",
        ),  # asked for earlier, perhaps with a driver on another node
        ("auto", "linux", "CPU", True, "CPU"),
        ("cuda", "linux", "CPU", False, "CUDA"),
        ("cpu", "linux", "CUDA", True, "CPU"),
        ("auto", "darwin", "", False, ""),
        ("cpu", "win32", "", True, ""),
    ],
)
def test_which_build(choice, platform, present, driver, build):
    assert install.wanted_build(choice, platform, present, lambda: driver) == build


def test_a_driver_is_a_file_or_a_command(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    before = install.has_nvidia_driver()
    (tmp_path / "nvidia-smi").write_text("#!/bin/sh\n")
    (tmp_path / "nvidia-smi").chmod(0o755)
    assert before == Path("/proc/driver/nvidia/version").exists() and install.has_nvidia_driver()


def test_an_unknown_build_is_refused_before_anything_is_done(monkeypatch):
    monkeypatch.setattr(install, "environment", None)
    with pytest.raises(
        SystemExit, match=r"^Unknown TORCH 'nonsense'\. Available: auto, cpu, cuda\.$"
    ):
        install.main(["--torch=nonsense"])


@pytest.mark.slow
def test_the_cpu_build_comes_from_its_index_and_the_lock_keeps_it(
    python, indexes, tmp_path, capsys
):
    install.install_torch(python, "2.13.0", "CPU", indexes["cpu"])
    assert install.install_lock(python, tmp_path / "requirements.lock") == ""
    assert installed(tmp_path) == {f"torch-{CPU}", "rest-1.0"} and install.installed_torch(
        python
    ) == (CPU, "CPU")
    assert f"the CPU build, 190 MB to download, from {indexes['cpu']}" in capsys.readouterr().out
    assert "/pip/torch/torch-2.13.0-py3-none-any.whl" not in Index.asked


@pytest.mark.slow
@pytest.mark.parametrize(
    "fault",
    [
        "nobody listens",
        "it never answers",
        "it answers a byte at a time",
        "it has no such version",
        "its file is gone",
    ],
)
def test_without_the_cpu_build_torch_comes_from_pips_index_soon(
    fault, python, indexes, tmp_path, capsys
):
    with contextlib.ExitStack() as stack:
        if fault == "it never answers":
            listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            index = f"http://127.0.0.1:{listening.getsockname()[1]}"
        elif fault == "it answers a byte at a time":
            index = stack.enter_context(serving(Dripping))
        else:
            index = {
                "its file is gone": indexes["broken"],
                "it has no such version": indexes["pip"] + "/nvidia-cublas",
            }.get(fault) or closed_port()
        started = time.monotonic()
        install.install_torch(python, "2.13.0", "CPU", index, timeout=1, limit=3)
        assert time.monotonic() - started < 15  # about 3 s; tests run side by side
    text = capsys.readouterr().out.splitlines()[-1]
    problem = (
        "did not deliver it"
        if fault == "its file is gone"
        else "cannot be reached or has no torch 2.13.0 for this Python"
    )
    assert (
        text.strip()
        == f"That index {problem}, so torch comes from pip's index, usually as the CUDA build: about 4 GB more disk."
    )
    if fault == "nobody listens":  # what follows is the same for all
        assert install.install_lock(python, tmp_path / "requirements.lock") == ""
        assert install.installed_torch(python) == ("2.13.0", "CUDA") and installed(tmp_path) == {
            "torch-2.13.0",
            "nvidia_cublas-13.1",
            "rest-1.0",
        }


@pytest.mark.slow
def test_a_cpu_build_among_the_users_own_files_is_found(
    python, indexes, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("PIP_FIND_LINKS", str(indexes["folder"] / "cpu" / "torch"))
    install.install_torch(python, "2.13.0", "CPU", closed_port(), timeout=1)
    assert "cannot be reached" in capsys.readouterr().out and not installed(tmp_path)
    assert install.install_lock(
        python, tmp_path / "requirements.lock"
    ) == "" and f"torch-{CPU}" in installed(tmp_path)


@pytest.mark.parametrize("wanted", ["CUDA", ""])
def test_with_a_driver_or_on_another_system_nothing_is_asked_of_the_cpu_index(
    wanted, python, indexes, monkeypatch, capsys
):
    monkeypatch.setattr(install, "pip", None)
    install.install_torch(python, "2.13.0", wanted, indexes["cpu"])
    assert not Index.asked and "comes from pip's index" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("version", "requires", "build"),
    [("2.13.0", ["nvidia-cublas==13.1"], "CUDA"), (CPU, [], "CPU")],
)
def test_the_locked_version_is_kept_in_any_build(
    version, requires, build, python, indexes, tmp_path, monkeypatch, capsys
):
    put(tmp_path, "torch", version, requires)
    monkeypatch.setattr(install, "pip", None)
    for wanted in ("CPU", "CUDA"):
        install.install_torch(python, "2.13.0", wanted, indexes["cpu"])
        said = capsys.readouterr().out
        assert f"torch {version} is installed ({build} build) and is kept" in said
        assert ("delete .venv first" in said) == (wanted != build)
    assert not Index.asked


def test_another_version_is_replaced(python, indexes, tmp_path):
    put(tmp_path, "torch", "2.12.0")
    install.install_torch(python, "2.13.0", "CPU", indexes["cpu"])
    assert installed(tmp_path) == {f"torch-{CPU}"}


def test_a_failure_of_pip_is_told_with_its_reason(python, tmp_path):
    (tmp_path / "requirements.lock").write_text("rest==9.9\n")
    assert "rest==9.9" in install.install_lock(python, tmp_path / "requirements.lock")


def test_an_environment_that_is_missing_or_was_never_finished_is_made(
    python, tmp_path, monkeypatch, capfd
):
    assert install.environment(tmp_path) == python and "it is kept" in capfd.readouterr().out
    (tmp_path / "only_pip" / "pip").unlink()
    fake = tmp_path / "python_of_the_system"
    fake.write_text('#!/bin/sh\necho "$@"\n')
    fake.chmod(0o755)
    monkeypatch.setattr(install.sys, "executable", str(fake))
    assert install.environment(tmp_path) == python
    shutil.rmtree(tmp_path / ".venv")
    assert install.environment(tmp_path) == python
    assert (
        capfd.readouterr().out.count(
            f"1/4  Creating .venv with Python 3.{sys.version_info.minor}\n-m venv {tmp_path / '.venv'}\n"
        )
        == 2
    )


@pytest.mark.slow
def test_the_whole_script_and_the_second_time_all_is_kept(python, indexes, tmp_path):
    """As `make` calls it, for a project of the same name that takes no time to build."""
    shutil.copy(ROOT / "install.py", tmp_path)
    (tmp_path / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    )
    (tmp_path / "backend.py").write_text(BACKEND.format(files=files("clipnb", "0.1.0")))
    command = [
        sys.executable,
        str(tmp_path / "install.py"),
        "--torch=cpu",
        f"--cpu-index={indexes['cpu']}",
    ]
    first, second = (
        subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
        for _ in range(2)
    )
    for lines in (first, second):
        assert re.findall(r"^\d/4", "\n".join(lines), re.M) == ["1/4", "2/4", "3/4", "4/4"]
    if sys.platform == "linux":
        assert installed(tmp_path) == {f"torch-{CPU}", "rest-1.0", "clipnb-0.1.0"}
        assert first[-1] == second[
            -1
        ] == f"Installed into .venv, with torch {CPU} (CPU build)" and second[1].endswith(
            "(CPU build) and is kept"
        )
        assert sum(path.startswith("/cpu/") and path.endswith(".whl") for path in Index.asked) == 1


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
@pytest.mark.parametrize(
    ("words", "build"),
    [(["run"], "auto"), (["TORCH=cuda", "run"], "cuda"), (["TORCH=cpu", "test"], "cpu")],
)
def test_make_passes_the_build_on(words, build, tmp_path):
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("TORCH", "MAKEFLAGS", "MAKEOVERRIDES", "MFLAGS")
    }
    dry = partial(
        subprocess.run,
        ["make", "-n", *words],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"install.py --torch='{build}'" in dry().stdout
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / ".ready").touch()
    assert ("install.py" in dry().stdout) == (
        build != "auto"
    )  # a build that was asked for is looked at again


def test_the_lock_names_no_build():
    assert re.search(r"^torch==[\d.]+$", (ROOT / "requirements.lock").read_text("utf-8"), re.M)


# --- what a computer sets for other projects ------------------------------------------------------


def test_packages_go_into_the_environment_whatever_pip_was_told(
    python, indexes, tmp_path, monkeypatch
):
    """JupyterHub images and Gitpod set PIP_USER, a pip.conf may say the same."""
    (tmp_path / "pip.conf").write_text("[global]\nuser = true\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    for name in ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT"):
        monkeypatch.setenv(name, str(tmp_path / "elsewhere"))
    monkeypatch.setenv("PIP_USER", "1")
    assert not install.pip(python, "--no-deps", "--index-url", indexes["cpu"], f"torch=={CPU}")
    assert install.installed_torch(python) == (CPU, "CPU")
    assert not (tmp_path / "elsewhere").exists()


def test_make_takes_jupyter_kernels_and_packages_from_the_environment_only():
    text = (ROOT / "Makefile").read_text("utf-8")
    assert ".venv/bin/jupyter" not in text and "-m jupyterlab" in text and "-m nbconvert" in text
    assert re.search(r"^export PIP_USER = 0$", text, re.M)
    assert re.search(r"^export JUPYTER_PREFER_ENV_PATH = 1$", text, re.M)
    assert re.search(r"^unexport .*PIP_TARGET.* JUPYTER_PATH\b", text, re.M)

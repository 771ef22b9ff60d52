"""Every test run has a cache of its own and no progress bars; nothing reaches for a network."""

import os
import shutil
import tempfile
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

# CLIPNB_TEST_CACHE names a folder that is kept, for runs with a warm cache; otherwise each run
# starts with an empty one
CACHE = os.environ["CLIPNB_CACHE"] = os.environ.get("CLIPNB_TEST_CACHE") or tempfile.mkdtemp(
    prefix="clipnb-test-"
)
os.environ["CLIPNB_PROGRESS"] = "0"
os.environ["HF_HUB_OFFLINE"] = "1"
for name in (
    "CLIPNB_MODEL",
    "CLIPNB_LLM_MODEL",
    "CLIPNB_LLM_BASE_URL",
    "OPENAI_BASE_URL",
    "OPENAI_API_KEY",
):
    os.environ.pop(name, None)  # whoever runs the tests is never charged

import pytest
import solved_nbval
import tolerant_nbval


def pytest_collection_modifyitems(items):
    """What `make check` runs, and `make test` not once more: unit/ and course/ without what is
    marked slow."""
    here = Path(__file__).parent
    for item in items:
        if item.path.parent in (here / "unit", here / "course"):
            if not item.get_closest_marker("slow"):
                item.add_marker("fast")


def pytest_unconfigure():
    if CACHE != os.environ.get("CLIPNB_TEST_CACHE"):
        shutil.rmtree(CACHE, ignore_errors=True)


@pytest.fixture(scope="session")
def clip():
    import clipnb

    return clipnb.load_clip()


@pytest.fixture(scope="session")
def fieldguide():
    import clipnb

    return clipnb.load_fieldguide("test", per_species=3)


@pytest.fixture
def builder(monkeypatch):
    """The modules of book/ can be imported."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent.parent / "book"))


@pytest.fixture(scope="session")
def lab():
    """JupyterLab and a browser, or a skip with the reason."""
    from lab_server import Lab, no_browser

    if reason := no_browser():
        pytest.skip(reason)
    server = Lab()
    yield server
    server.close()


@pytest.fixture(scope="session")
def widgets():
    """Name of a widget → one of its kind."""
    from all_widgets import made

    return made()


@pytest.fixture(scope="session")
def serve():
    """Serves a folder on a free loopback port; returns its address."""
    servers = []

    def start(folder):
        class Quiet(SimpleHTTPRequestHandler):
            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def live_site(tmp_path_factory):
    """A folder with the live pages and all that they fetch, made once for all processes of a run."""
    from filelock import FileLock
    from live_browser import make_site

    folder = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        folder = folder.parent  # which the processes share
    root, ready = folder / "live-site", folder / "live-site.ready"
    with FileLock(folder / "live-site.lock"):
        if not ready.exists():
            shutil.rmtree(root, ignore_errors=True)  # what a process that failed has left
            root.mkdir()
            make_site(root)
            ready.touch()
    return root


@pytest.fixture(scope="session")
def live(live_site, serve):
    """Address of the live pages."""
    return serve(live_site)

"""Every test run has a cache of its own and no progress bars; nothing reaches for a network."""

import os
import tempfile

os.environ["CLIPNB_CACHE"] = tempfile.mkdtemp(prefix="clipnb-test-")
os.environ["CLIPNB_PROGRESS"] = "0"
os.environ["HF_HUB_OFFLINE"] = "1"
for name in ("CLIPNB_MODEL", "CLIPNB_LLM_MODEL", "CLIPNB_LLM_BASE_URL", "OPENAI_BASE_URL", "OPENAI_API_KEY"):
    os.environ.pop(name, None)  # whoever runs the tests is never charged

import pytest  # noqa: E402


@pytest.fixture(scope="session")
def clip():
    import clipnb

    return clipnb.load_clip()


@pytest.fixture(scope="session")
def fieldguide():
    import clipnb

    return clipnb.load_fieldguide("test", per_species=3)


@pytest.fixture(scope="session")
def lab():
    """JupyterLab and a browser, or a skip with the reason."""
    from lab_server import Lab, no_browser

    if reason := no_browser():
        pytest.skip(reason)
    server = Lab()
    yield server
    server.close()

"""Why nothing came from the Hugging Face Hub: the token, the licence, the name, the disk or the
network, whichever it was."""

import errno
import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
from huggingface_hub import constants, errors

from clipnb.data import hub as datasets_hub
from clipnb.model.loading import load_clip
from clipnb.support.hub import NETWORK, why_not_fetched

ANSWERS = {  # name → status, code and message as the Hub sends them; what is said
    "expired/token": (401, "", "Invalid credentials in Authorization header", "access token (401)"),
    "gated/model": (403, "GatedRepo", "You are not on the list", "accept its licence"),
    "gated/no-token": (401, "GatedRepo", "Access is restricted", "accept its licence"),
    "no/name": (404, "RepoNotFound", "Repository not found", "check the name"),
    "forbidden/model": (403, "", "Forbidden", "forbids it to this access token (403)"),
}
PROGRAM = """
import json, sys, clipnb
said = {}
for name in json.loads(sys.argv[1]):
    try:
        clipnb.load_clip(name)
    except OSError as error:
        said[name] = str(error)
print(json.dumps(said))
"""


class Hub(BaseHTTPRequestHandler):
    def do_GET(self):
        name = next((one for one in ANSWERS if one in self.path), "no/name")
        status, code, message, _ = ANSWERS[name]
        self.send_response(status)
        if code:
            self.send_header("X-Error-Code", code)
        self.send_header("X-Error-Message", message)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_POST = do_GET

    def log_message(self, *_):
        pass


@pytest.mark.slow
def test_what_a_hub_answers_is_what_is_said(tmp_path):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings = {
        "HF_ENDPOINT": f"http://127.0.0.1:{server.server_port}",
        "HF_HUB_OFFLINE": "0",
        "HF_TOKEN": "hf_" + "x" * 30,
        "HF_HOME": str(tmp_path),
        "NO_PROXY": "127.0.0.1",
    }
    command = [sys.executable, "-c", PROGRAM, json.dumps(list(ANSWERS))]
    ended = subprocess.run(
        command, env={**os.environ, **settings}, capture_output=True, text=True, check=True
    )
    server.shutdown()
    server.server_close()
    said = json.loads(ended.stdout)
    for name, (*_, words) in ANSWERS.items():
        assert words in said[name] and name in said[name] and "\n" not in said[name]
        assert "network" not in said[name].replace("needs no network", "")


def raised(*chain):
    """The last error of a chain, each raised from the one before."""
    error = None
    for one in chain:
        one.__cause__ = error
        error = one
    return error


def of_hub(kind, status):
    response = SimpleNamespace(status_code=status, headers={}, request=None)
    return kind("no", response=response)


@pytest.mark.parametrize(
    "chain, words",
    [
        ([of_hub(errors.HfHubHTTPError, 401), errors.LocalEntryNotFoundError("no")], "token (401)"),
        ([of_hub(errors.HfHubHTTPError, 429)], "too many requests"),
        ([of_hub(errors.HfHubHTTPError, 503), OSError("x")], "has a fault (503)"),
        ([of_hub(errors.RepositoryNotFoundError, 401)], "check the name and, if it is private"),
        ([of_hub(errors.GatedRepoError, 403), FileNotFoundError("x")], "accept its licence"),
        ([OSError(errno.ENOSPC, "No space left"), OSError("x")], "No space left); free the disk"),
        ([PermissionError(errno.EACCES, "denied", "hub/.locks"), OSError("x")], "set HF_HOME"),
        ([errors.OfflineModeIsEnabled("x")], "HF_HUB_OFFLINE is set"),
        ([ConnectionError("x"), OSError("y")], NETWORK),
    ],
    ids=lambda value: None if isinstance(value, list) else value[:20],
)
def test_the_cause_is_found_behind_other_errors(chain, words, monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    said = why_not_fetched(raised(*chain))
    assert words in said and "\n" not in said and "hf_" not in said


def test_a_chain_that_bites_its_tail_ends():
    first, second = OSError("a"), OSError("b")
    first.__cause__, second.__cause__ = second, first
    assert why_not_fetched(first)


def test_without_a_network_wanted_that_is_said():
    with pytest.raises(OSError, match="'no/such-model' .* because HF_HUB_OFFLINE is set"):
        load_clip("no/such-model")


def test_data_sets_say_the_same(monkeypatch):
    datasets = pytest.importorskip("datasets")

    def refused(*_):
        raise raised(of_hub(errors.GatedRepoError, 403), FileNotFoundError("no"))

    monkeypatch.setattr(datasets, "get_dataset_split_names", refused)
    with pytest.raises(OSError, match="'gated/birds' .* accept its licence"):
        datasets_hub.load_huggingface("gated/birds", None)

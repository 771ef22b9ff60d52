"""A Hugging Face Hub on loopback: repositories with commits and pull requests, and answers of every
kind, as far as huggingface_hub asks for them to fetch a model."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from huggingface_hub import close_session, constants

MAIN = "main"


@dataclass
class Repository:
    """References by name, commits by number, from the newest back through ``parents``."""

    references: dict[str, str] = field(default_factory=dict)
    commits: dict[str, dict[str, bytes]] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    discussions: list[dict] = field(default_factory=list)

    def commit(self, files: dict[str, bytes], reference: str = MAIN) -> str:
        """A new commit of these files; a pull request starts from the main branch."""
        parent = self.references.get(reference) or self.references.get(MAIN, "")
        content = [(name, hashlib.sha256(files[name]).hexdigest()) for name in sorted(files)]
        number = hashlib.sha1(json.dumps([parent, content]).encode()).hexdigest()
        self.commits[number], self.parents[number] = dict(files), parent
        self.references[reference] = number
        return number

    def propose(self, files: dict[str, bytes], title: str, author: str) -> str:
        """A pull request with one commit; returns that."""
        number = len(self.discussions) + 1
        self.discussions.append(
            {
                "title": title,
                "num": number,
                "status": "open",
                "isPullRequest": True,
                "createdAt": "2026-01-01T00:00:00.000Z",
                "author": {"name": author},
                "repo": {"name": "", "type": "model"},
            }
        )
        return self.commit(files, f"refs/pr/{number}")

    def history(self, reference: str) -> list[str]:
        number, found = self.references.get(reference, reference), []
        while number:
            found.append(number)
            number = self.parents.get(number, "")
        return found


class FakeHub:
    """Listens until :meth:`close`.

    Attributes
    ----------
    repositories : dict
        "owner/name" → Repository.
    answers : dict
        "owner/name" → (status, error code, message), sent whatever is asked of it.
    stops_after : dict
        Name of a file → bytes after which its connection breaks, every time.
    asked : Counter
        Paths whose content was asked for.
    requests : int
        All that was asked.
    """

    def __init__(self):
        self.repositories: dict[str, Repository] = {}
        self.answers: dict[str, tuple[int, str, str]] = {}
        self.stops_after: dict[str, int] = {}
        self.asked: Counter = Counter()
        self.requests = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.hub = self
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def repository(self, name: str, files: dict[str, bytes]) -> Repository:
        made = self.repositories[name] = Repository()
        made.commit(files)
        return made

    def close(self):
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def fake_hub(monkeypatch, cache: Path) -> Iterator[FakeHub]:
    """A Hub with nothing in it, which huggingface_hub takes for the real one, and an empty cache."""
    server = FakeHub()
    template = server.address + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "ENDPOINT", server.address)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(cache))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    close_session()
    try:
        yield server
    finally:
        close_session()
        server.close()


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path(folder).iterdir() if path.is_file()}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        hub, path = self.server.hub, unquote(urlsplit(self.path).path)
        hub.requests += 1
        hub.asked[path] += self.command == "GET"
        name = next((name for name in hub.answers if f"/{name}/" in f"{path}/"), None)
        if name is not None:
            return self._error(*hub.answers[name])
        if found := re.fullmatch(r"/api/models/([^/]+/[^/]+)/?([a-z]*)/?(.*)", path):
            name, what, reference = found.groups()
            if name not in hub.repositories:
                return self._error(404, "RepoNotFound", "Repository not found")
            return self._api(name, hub.repositories[name], what, reference or MAIN)
        found = re.fullmatch(r"/([^/]+/[^/]+)/resolve/(.+)/([^/]+)", path)
        if not found or found[1] not in hub.repositories:
            return self._error(404, "RepoNotFound", "Repository not found")
        self._file(hub.repositories[found[1]], found[2], found[3])

    do_HEAD = do_GET

    def _api(self, name: str, repository: Repository, what: str, reference: str):
        if what == "discussions":
            listed = [
                one | {"repo": {"name": name, "type": "model"}} for one in repository.discussions
            ]
            return self._json({"discussions": listed, "count": len(listed), "start": 0})
        number = repository.references.get(reference, reference)
        if number not in repository.commits:
            return self._error(404, "RevisionNotFound", "Invalid rev id")
        files = repository.commits[number]
        if what == "commits":
            entry = {"authors": [], "date": "2026-01-01T00:00:00.000Z", "title": "", "message": ""}
            return self._json([{"id": one} | entry for one in repository.history(reference)])
        if what == "tree":
            return self._json(
                [
                    {"type": "file", "path": path, "size": len(content), "oid": _oid(content)}
                    for path, content in files.items()
                ]
            )
        siblings = [{"rfilename": path} for path in files]
        self._json({"id": name, "modelId": name, "sha": number, "siblings": siblings})

    def _file(self, repository: Repository, reference: str, path: str):
        number = repository.references.get(reference, reference)
        if number not in repository.commits:
            return self._error(404, "RevisionNotFound", "Invalid rev id")
        if path not in repository.commits[number]:
            return self._error(404, "EntryNotFound", "Entry not found")
        content = repository.commits[number][path]
        start = int(re.sub(r"\D", "", self.headers.get("Range", "0")))
        self.send_response(206 if start else 200)
        self.send_header("ETag", f'"{_oid(content)}"')
        self.send_header("X-Repo-Commit", number)
        self.send_header("Content-Length", str(len(content) - start))
        if start:
            last = len(content) - 1
            self.send_header("Content-Range", f"bytes {start}-{last}/{len(content)}")
        self.end_headers()
        if self.command == "HEAD":
            return
        stop = self.server.hub.stops_after.get(path)
        self.wfile.write(content[start:stop])
        self.close_connection = stop is not None

    def _json(self, content):
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _error(self, status: int, code: str, message: str):
        self.send_response(status)
        if code:
            self.send_header("X-Error-Code", code)
        self.send_header("X-Error-Message", message)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def _oid(content: bytes) -> str:
    return hashlib.sha1(content).hexdigest()

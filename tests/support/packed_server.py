"""Serves a folder as a public web server does: text packed with gzip, and, on request, over a line
as slow as a phone's.

The line is in the server and not in the browser, since chromium's own throttling leaves out what
workers and service workers fetch. All answers share the line, as they share one in a house.
"""

from __future__ import annotations

import gzip
import mimetypes
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

# what GitHub Pages and most others pack; images, fonts, networks and .xz go as they are
PACKED = {".css", ".html", ".js", ".json", ".mjs", ".svg", ".txt"}
TYPES = {".js": "text/javascript", ".mjs": "text/javascript"}
PIECE = 4096  # bytes that go over the line in one go


@cache
def packed(path: Path, changed: float) -> bytes:
    """A file as it goes over the line; ``changed`` is its time stamp."""
    content = path.read_bytes()
    return gzip.compress(content, mtime=0) if path.suffix in PACKED else content


@dataclass
class Line:
    """Bytes per second that all answers share, and the seconds that each waits before it begins."""

    rate: float | None = None
    delay: float = 0.0
    _free: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait_for(self, size: int) -> None:
        """Return when ``size`` more bytes have passed."""
        if self.rate is None:
            return
        with self._lock:
            self._free = max(self._free, time.monotonic()) + size / self.rate
            until = self._free
        time.sleep(max(0.0, until - time.monotonic()))


SLOW = {"rate": 1.6e6 / 8, "delay": 0.15}  # 1.6 Mbit/s and 150 ms: Lighthouse's "slow 4G"


class Server(ThreadingHTTPServer):
    """``sent`` has (path, bytes, when the last of them went) of every answer."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, folder: Path, line: Line):
        super().__init__(("127.0.0.1", 0), Handler)
        self.folder, self.line = Path(folder).resolve(), line
        self.sent: list[tuple[str, int, float]] = []
        self.busy = 0
        self.up = True  # False: every request is cut off, as without a network
        self.address = f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request, client_address):
        """A browser that goes away is no error."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, *_):
        pass

    def do_GET(self):
        if not self.server.up:
            self.close_connection = True
            return
        self.server.busy += 1
        try:
            self._answer()
        finally:
            self.server.busy -= 1

    def _answer(self):
        name = unquote(urlsplit(self.path).path)
        path = (self.server.folder / name.lstrip("/")).resolve()
        path = path / "index.html" if path.is_dir() else path
        time.sleep(self.server.line.delay)
        if not path.is_relative_to(self.server.folder) or not path.is_file():
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        stamp = self.date_time_string(int(path.stat().st_mtime))
        if self.headers.get("If-Modified-Since") == stamp:
            self.send_response(304)
            self.end_headers()
            self.server.sent.append((name, 0, time.monotonic()))
            return
        self._send(name, path, stamp)

    def _send(self, name: str, path: Path, stamp: str):
        body = packed(path, path.stat().st_mtime)
        kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0]
        self.send_response(200)
        self.send_header("Content-Type", kind or "application/octet-stream")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Last-Modified", stamp)
        if path.suffix in PACKED:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        for start in range(0, len(body), PIECE):
            piece = body[start : start + PIECE]
            self.server.line.wait_for(len(piece))
            self.wfile.write(piece)
        self.server.sent.append((name, len(body), time.monotonic()))


@contextmanager
def serving(folder: Path, **line):
    """A :class:`Server` of a folder, ``serving(folder, **SLOW)`` over a slow line."""
    server = Server(folder, Line(**line))
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()

"""A real HTTP server on loopback that speaks chat completions and can break in every way; for the
tests and for stress_llm.py."""

from __future__ import annotations

import json
import re
import socket
import struct
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FEATURES = ["a red cap with white spots", "a white stem with a ring", "pale gills"]
BULLETS = (
    "There are several useful visual features to tell there is a {0} in a photo:\n"
    + "\n".join(f"- {f} of sort {{0}}" for f in FEATURES)
)


def completion(text, finish: str | None = "stop", model: str = "test") -> dict:
    """The body of a reply."""
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": text},
        "finish_reason": finish,
    }
    usage = {"prompt_tokens": 50, "completion_tokens": 20, "total_tokens": 70}
    return {
        "id": "1",
        "object": "chat.completion",
        "created": 1,
        "model": model,
        "choices": [choice],
        "usage": usage,
    }


def subject(body: dict) -> str:
    """The class that a request asks about."""
    question = body["messages"][-1]["content"]
    found = re.search(
        r"distinguishing an? (.*) in a photo|features that tell an? (.*) from similar|what an? (.*)"
        r" looks like|(?:Describe|of) an? (.*)[.?]",
        question,
    )
    return next(filter(None, found.groups())) if found else question


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        server = self.server
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        if len(sent) < int(self.headers["Content-Length"]):  # killed while it asked
            self.close_connection = True
            return
        body = json.loads(sent)
        name = subject(body)
        with server.lock:
            server.asked[name] += 1
            times = server.asked[name]
            server.requests.append(
                {
                    "name": name,
                    "body": body,
                    "path": self.path,
                    "key": self.headers["Authorization"],
                    "headers": dict(self.headers),
                    "time": time.monotonic(),
                }
            )
        reply = server.behave(name, times, body)
        reply = {"text": reply} if isinstance(reply, str) else reply
        server.stop.wait(reply.get("delay", 0))
        status, headers = reply.get("status", 200), reply.get("headers", {})
        data = reply.get(
            "raw",
            json.dumps(
                reply.get("json")
                or completion(reply.get("text"), reply.get("finish", "stop"), body["model"])
            ).encode(),
        )
        try:
            self.send_response(status)
            for header, value in {
                "Content-Type": "application/json",
                "Content-Length": str(len(data)),
                **headers,
            }.items():
                self.send_header(header, value)
            self.end_headers()
            if reply.get("reset"):
                self._reset(data)
                return
            self.wfile.write(data)
            self.wfile.flush()
        except OSError:
            self.close_connection = True
            return
        if status == 200 and "text" in reply:
            with server.lock:
                server.delivered[name] += 1

    def _reset(self, data: bytes):
        """Break off in the middle, not politely: the client sees a reset connection."""
        self.wfile.write(data[: len(data) // 2])
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    def log_message(self, *_):
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads, block_on_close = True, False

    def handle_error(self, request, client_address):
        # a client that was killed is what the tests are about
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


@contextmanager
def serving(behave=lambda name, times, body: BULLETS.format(name)):
    """A server; ``behave(name, times, body)`` gives a text, or a dict with text, json, raw, status,
    headers, delay (s), reset, finish.

    Its ``asked`` counts the requests for each class, ``delivered`` the whole answers sent,
    ``requests`` holds all; ``url`` is its address.
    """
    server = _Server(("127.0.0.1", 0), _Handler)
    server.behave, server.lock, server.stop = behave, threading.Lock(), threading.Event()
    server.asked, server.delivered, server.requests = Counter(), Counter(), []
    server.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server
    finally:
        server.stop.set()
        server.shutdown()
        server.server_close()


@contextmanager
def raw_serving(behave):
    """A server that lets ``behave(connection)`` write what it likes, whatever was asked; gives its
    address."""
    server = socket.create_server(("127.0.0.1", 0))

    def one(connection):
        with connection, suppress(OSError):
            connection.recv(65536)
            behave(connection)

    def accept():
        with suppress(OSError):
            while True:
                threading.Thread(target=one, args=server.accept()[:1], daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/v1"
    finally:
        server.close()

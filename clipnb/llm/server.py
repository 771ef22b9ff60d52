"""Who is asked, and with which API key: addresses of servers, and a key that no traceback shows."""

from __future__ import annotations

import base64
import html
import ipaddress
import os
import re
from urllib.parse import quote, urlsplit, urlunsplit

OPENAI = "https://api.openai.com/v1"


def server_in_environment() -> str | None:
    return os.getenv("CLIPNB_LLM_BASE_URL") or os.getenv("OPENAI_BASE_URL")


def server_address(base_url: str | None) -> str:
    """The server's address without what does not belong in a cache or a file: user names,
    passwords, query."""
    url = base_url or server_in_environment() or OPENAI
    parts = urlsplit(url) if isinstance(url, str) else urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("base_url must be an address such as 'http://localhost:11434/v1'.")
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, place, parts.path.rstrip("/"), "", ""))


def is_local(server: str) -> bool:
    """Whether a server is on this computer: no proxy is used for it."""
    host = (urlsplit(server).hostname or "").rstrip(".")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return address.is_loopback or address.is_unspecified


class Key:
    """An API key. Only a closure holds the text, so that no traceback with local variables or
    attributes shows it (IPython's Verbose mode evaluates attributes, and calls nothing)."""

    def __init__(self, text: object = None) -> None:
        self.kind = type(text).__name__ if not isinstance(text, str | None) else ""
        text = text.strip() if isinstance(text, str) else ""
        self.plain = lambda: text

    def __repr__(self) -> str:
        return "Key(hidden)"

    def __bool__(self) -> bool:
        return bool(self.plain() or self.kind)  # whether one was given, sound or not

    def for_server(self, server: str) -> Key:
        """This key, or else that of the environment, which is not sent unencrypted to another
        computer."""
        private = server.startswith("https:") or is_local(server)
        return self if self or not private else Key(os.getenv("OPENAI_API_KEY"))

    def is_sound(self) -> bool:
        return self.plain().isascii() and self.plain().isprintable()

    def hide(self, text: str) -> str:
        """The text without the key, should a server repeat it: as it is, spaced or encoded."""
        plain = self.plain()
        if len(plain) < 8:
            return text
        raw = plain.encode()
        encoded = (base64.b64encode(raw).decode().rstrip("="), raw.hex())
        for form in {plain, quote(plain, safe=""), html.escape(plain), *encoded}:
            letters = [c for c in form if c.isalnum()] if form.isascii() else []
            pattern = r"[\W_]{0,6}".join(letters) if len(letters) >= 8 else re.escape(form)
            text = re.sub(pattern, "[API key]", text, flags=re.I)
        return text

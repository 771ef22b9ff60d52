"""Who is asked, and with which API key: addresses of servers, and a key that no traceback shows."""

from __future__ import annotations

import base64
import ipaddress
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from urllib.parse import urlsplit, urlunsplit

OPENAI = "https://api.openai.com/v1"
# what servers add to the name that was asked for: "gpt-4o" answers as "gpt-4o-2024-08-06"
_VERSION = r"(?:[-@:_](?:latest|free|\d{4}-\d\d(?:-\d\d)?|\d{2}-\d{4}|\d{3,4}|\d{6}|\d{8})|\.gguf)*"


def server_in_environment() -> str | None:
    return os.getenv("CLIPNB_LLM_BASE_URL") or os.getenv("OPENAI_BASE_URL")


def server_address(base_url: str | None) -> str:
    """The server's address without what does not belong in a cache or a file: user names,
    passwords, query."""
    url = base_url or server_in_environment() or OPENAI
    if isinstance(url, str) and url.isprintable() and not set(url.strip()) & set(' \\<>"'):
        with suppress(ValueError):  # of a bracket, a port, a host that is no name
            parts = urlsplit(url.strip())
            place = parts.netloc.rpartition("@")[2]
            sound = (parts.hostname or "").encode("idna") and parts.port != 0
            if sound and parts.scheme in ("http", "https"):
                return urlunsplit((parts.scheme, place, parts.path.rstrip("/"), "", ""))
    where = "" if base_url else " (from CLIPNB_LLM_BASE_URL or OPENAI_BASE_URL)"
    raise ValueError(f"base_url{where} must be an address such as 'http://localhost:11434/v1'.")


def is_local(server: str) -> bool:
    """Whether a server is on this computer: no proxy is used for it."""
    host = (urlsplit(server).hostname or "").rstrip(".")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return address.is_loopback or address.is_unspecified


def same_model(asked: str, answered: str) -> bool:
    """Whether two names are of one model: but for capitals, an owner or a folder that only one of
    them has, a file's ending, and a version that only one of them has."""
    names = [asked.lower().replace("\\", "/"), answered.lower().replace("\\", "/")]
    names = [name.removesuffix(":latest").removesuffix("-latest") for name in names]
    if sum("/" in name for name in names) == 1:
        names = [name.rpartition("/")[2] for name in names]
    short, long = sorted(names, key=len)
    return re.fullmatch(re.escape(short) + _VERSION, long) is not None


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
        """The text without the key, should a server repeat it: as it is, spaced, in base64, in hex,
        or with letters escaped as in addresses, JSON and HTML."""
        if len(self.plain()) < 8:
            return text
        for pattern in _patterns(self.plain):
            text = pattern.sub("[API key]", text)
        return text


def _patterns(plain: Callable[[], str]) -> Iterator[re.Pattern[str]]:
    """What finds a key in a text. Letters and digits are compared; between them may stand anything
    else, also escaped. The key itself is in no variable."""
    letters = [_escaped(c) for c in plain() if c.isalnum()]
    yield _spaced(letters) if len(letters) >= 8 else re.compile(re.escape(plain()))
    yield _spaced(plain().encode().hex())
    for shift in range(3):  # base64 of a text in which the key begins at any place
        coded = base64.b64encode(b" " * shift + plain().encode()).decode().rstrip("=")
        # the letters at both ends depend on what stands beside the key
        yield _spaced(c for c in coded[(0, 2, 3)[shift] : -1] if c.isalnum())


def _escaped(c: str) -> str:
    """A letter or digit, also as in an address, in JSON or Python, in HTML."""
    code = f"{ord(c):02x}"
    html = rf"&#(?:0{{0,4}}{ord(c)}|x0{{0,4}}{code});"
    return rf"(?:{c}|%(?:25){{0,3}}{code}|\\{{1,4}}(?:u00|x){code}|{html})"


def _spaced(letters: Iterable[str]) -> re.Pattern[str]:
    between = r"(?:%(?:25){0,3}[\da-f]{2}|\\{1,4}(?:u00|x)[\da-f]{2}|&#?\w{2,6};|[\W_]){0,6}"
    return re.compile(between.join(letters), re.I)

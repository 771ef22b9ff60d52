"""Language models on this computer: where the usual programs listen, and which model they serve."""

from __future__ import annotations

import json
from typing import Any
from urllib.request import ProxyHandler, build_opener

from ..support.limits import REPLY_BYTES
from ..support.text import brief
from .client import LanguageModelError

# program → the address it has unless it is told otherwise
PROGRAMS = {
    "llama.cpp": "http://localhost:8080/v1",
    "ollama": "http://localhost:11434/v1",
    "lm-studio": "http://localhost:1234/v1",
    "vllm": "http://localhost:8000/v1",
}
SECONDS = 5.0


def served_model(program: str) -> str:
    """The name of the one model that a program serves.

    Raises
    ------
    LanguageModelError
        If the program does not answer, or serves no model or several.
    """
    address = PROGRAMS[program]
    try:
        # no proxy: the program is on this computer
        with build_opener(ProxyHandler({})).open(f"{address}/models", timeout=SECONDS) as reply:
            listed: Any = json.loads(reply.read(REPLY_BYTES))["data"] or []
        names = [str(one["id"]) for one in listed]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise LanguageModelError(
            f"{program} does not list its models at {address} ({brief(error)}); start its server,"
            " or give --base-url and --model."
        ) from None
    if len(names) != 1:
        said = f"serves {', '.join(map(brief, names[:10]))}" if names else "serves no model"
        raise LanguageModelError(f"{program} {said}; choose one with --model.")
    return names[0]

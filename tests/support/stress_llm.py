"""A thousand classes, faults at random, kill -9 at random moments; prints what was lost and what
was paid for twice.

    python tests/support/stress_llm.py [--classes 1000] [--kills 200] [--seed 0]

After each kill the file of answers is read: what is stored there must never be asked for again, and
of the answers that the server has sent in that run, all but those on the wire (the number of calls
at the same time) must be there. The server counts an answer as sent when it has written all of it;
faults (429, 500, resets, cut-off replies, time-outs) are requests without a whole answer.

Importing takes seconds and a run may take less, so the runs are forks of one process that has
imported everything (Linux and macOS).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from llm_server import BULLETS, completion, serving, subject

KEY = "sk-test-THIS-IS-SECRET-0123456789"
CONCURRENCY = 8
# for a line of its input: forks a run; for the next, "kill" or "leave": does so, prints how it ended
RUNS = """
import os, signal, sys, openai, openai.resources.chat, clipnb
from clipnb.llm import client
client.BACKOFF = 0.02
url, classes, concurrency = sys.argv[1], [f"class {i}" for i in range(int(sys.argv[2]))], int(sys.argv[3])
clipnb.generate_descriptors
print("ready", flush=True)
while sys.stdin.readline():
    number = os.fork()
    if number == 0:
        try:
            found = clipnb.generate_descriptors(classes, "test", url, concurrency=concurrency, timeout=3, retries=8)
            print(f"found {len(found)}", flush=True)
        except clipnb.LanguageModelError as error:
            print(f"error {error}", flush=True)
        os._exit(0)
    if sys.stdin.readline() == "kill\\n":
        os.kill(number, signal.SIGKILL)  # it may have ended, but is not waited for: the number is its own
    # on a line of its own: the run may have been killed while it wrote one
    print(f"\\nend {os.waitpid(number, 0)[1]}", flush=True)
"""


def faulty(chance: random.Random, faults: Counter):
    """A server's behaviour: seven answers in ten come, after 5 to 60 ms."""

    def behave(name, times, body):
        luck, delay = chance.random(), chance.uniform(0.005, 0.06)
        text = BULLETS.format(name)
        kinds = {
            "429": {"status": 429, "json": {"error": {"message": f"slow down, {KEY}"}}},
            "429 with Retry-After": {"status": 429, "headers": {"Retry-After": "0.05"}, "json": {}},
            "500": {"status": 500, "raw": KEY.encode()},
            "reset in the middle": {"text": text, "reset": True},
            "reply cut off": {"raw": json.dumps(completion(text)).encode()[:80]},
            "time-out": {"raw": b"{}", "delay": 4},
        }
        limits = dict(zip(kinds, (0.08, 0.14, 0.20, 0.25, 0.295, 0.30), strict=True))
        for kind, limit in limits.items():
            if luck < limit:
                faults[kind] += 1
                return {"delay": delay, **kinds[kind]}
        return {"text": text, "delay": delay}

    return behave


def kept(cache: str) -> set[str]:
    """The classes whose answers are in the file; AssertionError if it is damaged."""
    path = Path(cache) / "answers.sqlite"
    if not path.exists():
        return set()
    with closing(sqlite3.connect(path, timeout=60)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        if not connection.execute("SELECT 1 FROM sqlite_master").fetchone():
            return set()  # killed before there was a table
        rows = connection.execute("SELECT request FROM answers")
        return {subject(json.loads(row[0])) for row in rows}


@dataclass
class Outcome:
    """What a stress test has found."""

    kills: int = 0
    runs: int = 0
    printed: str = ""
    found: int = 0
    most_lost: int = 0  # answers sent and not stored, by one kill
    asked_when_kept: dict[str, int] = field(default_factory=dict)


def stress(server, classes: int, kills: int, cache: str, chance: random.Random) -> Outcome:
    """Run and kill until all is answered."""
    source = str(Path(__file__).parent.parent.parent)
    settings = {"PYTHONPATH": source, "CLIPNB_CACHE": cache, "CLIPNB_PROGRESS": "0"}
    mother = subprocess.Popen(
        [sys.executable, "-c", RUNS, server.url, str(classes), str(CONCURRENCY)],
        env={**os.environ, **settings, "OPENAI_API_KEY": KEY},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    outcome = Outcome()

    def line(start: str) -> str:
        while text := mother.stdout.readline():
            outcome.printed += text
            if text.startswith("found"):
                outcome.found = int(text.split()[1])
            if text.startswith("error"):
                print("a run ended with:", text.strip())
            if text.startswith(start):
                return text
        raise RuntimeError(f"the process that runs them ended:\n{outcome.printed[-2000:]}")

    def tell(text: str) -> None:
        mother.stdin.write(f"{text}\n")
        mother.stdin.flush()

    line("ready")
    while not outcome.found:
        sent, had = sum(server.delivered.values()), len(kept(cache))
        tell("go")
        if outcome.kills < kills:
            begun, before = time.monotonic(), len(server.requests)
            if (
                chance.random() < 0.8
            ):  # the moment counts from the first request, else from the start
                while len(server.requests) == before and time.monotonic() < begun + 5:
                    time.sleep(0.002)
            time.sleep(chance.uniform(0, 0.2))
        tell("kill" if outcome.kills < kills else "leave")
        outcome.runs += 1
        if not int(line("end").split()[1]):
            continue
        outcome.kills += 1
        time.sleep(0.1)  # the server writes to nobody what it was about to say
        now = kept(cache)
        lost = sum(server.delivered.values()) - sent - (len(now) - had)
        outcome.most_lost = max(outcome.most_lost, lost)
        for name in now:
            outcome.asked_when_kept.setdefault(name, server.asked[name])
    mother.communicate()
    return outcome


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--classes", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    chance, faults, start = random.Random(given.seed), Counter(), time.time()
    cache = tempfile.mkdtemp(prefix="clipnb-stress-")
    with serving(faulty(chance, faults)) as server:
        outcome = stress(server, given.classes, given.kills, cache, chance)
        again = sum(server.asked[name] - n for name, n in outcome.asked_when_kept.items())
        twice = sum(server.delivered.values()) - len(server.delivered)
        files = b"".join(path.read_bytes() for path in Path(cache).iterdir())
        sent = sum(request["key"] == f"Bearer {KEY}" for request in server.requests)
        print(
            f"{given.classes} classes, {outcome.kills} times kill -9, {outcome.runs} runs,"
            f" {len(server.requests)} requests in {time.time() - start:.0f} s; faults: {dict(faults)}"
        )
        print(f"classes without an answer at the end: {given.classes - outcome.found}")
        print(
            f"answers stored at a kill: {len(outcome.asked_when_kept)}; of these asked for again:"
            f" {again}"
        )
        print(
            f"answers sent and not stored, at most by one kill: {outcome.most_lost} (calls at the"
            f" same time: {CONCURRENCY}); paid for twice in all: {twice}"
        )
        leaked = KEY.encode() in files or KEY in outcome.printed
        print(f"the key: sent with {sent} requests; in the cache or in what was printed: {leaked}")
    bad = again or leaked or outcome.most_lost > CONCURRENCY or twice > CONCURRENCY * outcome.kills
    return int(outcome.found != given.classes or bool(bad))


if __name__ == "__main__":
    sys.exit(main())

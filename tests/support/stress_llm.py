"""A thousand classes, faults at random, kill -9 at random moments; prints what was lost and what
was paid for twice.

    python tests/support/stress_llm.py [--classes 1000] [--kills 20] [--everything] [--seed 0]

By default whoever asks is killed, as a restarted notebook kernel is: the process beside it, which
makes the calls, keeps what is on the wire. With --everything both are killed, as by a power cut:
then answers on the wire are lost, and counted. The server counts an answer as paid when it has
written all of it; faults (429, 500, resets, cut-off replies, time-outs) are requests without a
whole answer. After each kill the file of answers is read: what is kept there must never be asked
for again, whatever was killed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path

from llm_server import BULLETS, completion, serving, subject

KEY = "sk-test-THIS-IS-SECRET-0123456789"
RUN = """
import sys, clipnb
from clipnb.llm import generate
generate.BACKOFF = 0.02
classes = [f"class {i}" for i in range(int(sys.argv[2]))]
found = clipnb.generate_descriptors(classes, "test", sys.argv[1], concurrency=8, timeout=3, retries=8)
print(len(found))
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


def children(process: subprocess.Popen) -> list[int]:
    """The processes that a process of ours has started (Linux)."""
    return [
        int(n) for n in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    ]


def kill(process: subprocess.Popen, everything: bool) -> None:
    victims = (children(process) if everything else []) + [process.pid]
    for number in victims:
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
    process.communicate()


def kept(cache: str) -> list[str]:
    """The classes whose answers are in the file."""
    path = Path(cache) / "answers.sqlite"
    if not path.exists():
        return []
    with closing(sqlite3.connect(path, timeout=60)) as connection:
        try:
            return [
                subject(json.loads(row[0]))
                for row in connection.execute("SELECT request FROM answers")
            ]
        except sqlite3.OperationalError:
            return []  # killed before there was a table


def run(url: str, classes: int, environment: dict) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", RUN, url, str(classes)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--classes", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--everything", action="store_true", help="kill the calling process too")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    chance, faults, cache, printed, start = (
        random.Random(given.seed),
        Counter(),
        tempfile.mkdtemp(prefix="clipnb-stress-"),
        "",
        time.time(),
    )
    source = str(Path(__file__).parent.parent.parent)
    environment = {
        **os.environ,
        "PYTHONPATH": source,
        "CLIPNB_CACHE": cache,
        "CLIPNB_PROGRESS": "0",
        "OPENAI_API_KEY": KEY,
    }
    kills, runs, asked_when_kept = 0, 0, {}
    with serving(faulty(chance, faults)) as server:
        while True:
            process, runs = run(server.url, given.classes, environment), runs + 1
            if kills < given.kills:
                moment = len(server.requests) + chance.randint(
                    1, max(2, 2 * given.classes // given.kills)
                )
                while len(server.requests) < moment and process.poll() is None:
                    time.sleep(0.002)
                time.sleep(chance.uniform(0, 0.05))
                if process.poll() is None:
                    kill(process, given.everything)
                    kills += 1
                    for name in kept(cache):
                        asked_when_kept.setdefault(name, server.asked[name])
                    continue
            out, error = process.communicate()
            printed += out + error
            if process.returncode == 0:
                break
            print("a run ended with:", error.strip().splitlines()[-1])
        time.sleep(1)  # the last of the processes that were left alone
        found = int(out.split()[-1])
        lost = sum(server.delivered[f"class {i}"] == 0 for i in range(given.classes))
        twice = {name: n for name, n in server.delivered.items() if n > 1}
        files = b"".join(path.read_bytes() for path in Path(cache).iterdir())
        sent = sum(request["key"] == f"Bearer {KEY}" for request in server.requests)
        print(
            f"{given.classes} classes, {kills} times kill -9 ({'both processes' if given.everything else 'whoever asked'}), {runs} runs, "
            f"{len(server.requests)} requests in {time.time() - start:.0f} s"
        )
        print(f"faults: {dict(faults)}")
        print(f"classes lost: {given.classes - found + lost}")
        print(
            f"whole answers sent by the server: {sum(server.delivered.values())}; of these paid for"
            f" twice: {sum(twice.values()) - len(twice)}"
        )
        again = sum(server.asked[name] - n for name, n in asked_when_kept.items())
        print(
            f"answers that were kept at a kill: {len(asked_when_kept)}; of these asked for again:"
            f" {again}"
        )
        print(
            f"the key: sent with {sent} requests; found in the cache: {KEY.encode() in files}; in"
            f" what was printed: {KEY in printed}"
        )
    return int(
        found != given.classes
        or bool(lost or again)
        or (bool(twice) and not given.everything)
        or KEY.encode() in files
        or KEY in printed
    )


if __name__ == "__main__":
    sys.exit(main())

"""The calls to a language model, in a process of their own: ``clipnb.llm.generate`` starts it, and
what it asked for is kept whatever befalls the asker.

A notebook that is killed or restarted loses what it was about to receive, and has paid for it. So
the calls are made by a small process beside it, which reads one job from its standard input and
writes one line of JSON per event to its standard output. When its input ends, because the asker is
done or dead, it starts no further call, waits for those on the wire, keeps their answers, and goes.

The openai client makes the request. Its own retries are switched off: they would repeat a 429 that
says that the quota is used up, they cannot be interrupted, and they give up on a reply that is cut
off.
"""

from __future__ import annotations

import email.utils
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import deque
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

from . import store
from .questions import OPENAI

LONGEST_PAUSE = 30.0  # seconds, where the server does not say how long to wait
LONGEST_WAIT = 120.0  # seconds that a server may ask to wait; beyond, the run ends and says so
LARGEST_REPLY = 1_000_000  # bytes of one reply, which is some hundred times a long answer
# calls that fail for good, none succeeding between: then the others would fail too
FAILURES_IN_A_ROW = 3


class LanguageModelError(RuntimeError):
    """A language model could not be asked, or gave nothing to use; one sentence says what and what
    to do. Answers that came are kept."""


class _Trouble(Exception):
    """Why a call gave no answer. kind: "again" (repeat it), "connect" (nobody there), "skip" (this
    call cannot be made), "end" (no call can), "format" (no JSON schema here), "stopped" (the run
    was ended)."""

    def __init__(self, kind: str, sentence: str, wait: float = 0.0):
        super().__init__(sentence)
        self.kind, self.sentence, self.wait = kind, sentence, wait


# --- one call -------------------------------------------------------------------------------------


def _call(client, job: dict, body: dict) -> dict:
    """Make one request; the answer as a dict (text, finish, question_tokens, answer_tokens), or
    _Trouble."""
    import openai

    trouble = None
    try:
        return _answer(_reply(client, body, job["timeout"]), job)
    except openai.APIStatusError as error:
        trouble = _from_status(error, job, body)
    except openai.APITimeoutError:
        trouble = _Trouble(
            "again",
            f"{job['server']} did not answer within {job['timeout']:g} seconds; give it longer with"
            " timeout=.",
        )
    except openai.APIConnectionError as error:
        if type(error.__cause__).__name__ == "ConnectError":
            trouble = _Trouble(
                "connect",
                f"Nothing answers at {job['server']}; check base_url=, the network, and that the"
                " server runs.",
            )
        else:
            trouble = _Trouble("again", f"The connection to {job['server']} broke off.")
    except openai.OpenAIError as error:
        trouble = _Trouble("again", f"The call to {job['server']} failed ({type(error).__name__}).")
    except _Trouble:
        raise
    except Exception as error:
        # the transport's own errors while a reply is read, and JSON that is cut off
        trouble = _Trouble(
            "again", f"The reply of {job['server']} broke off ({type(error).__name__})."
        )
    # outside of the except blocks: no exception of the client, with its request and headers, hangs
    # on it
    raise trouble


def _reply(client, body: dict, timeout: float) -> dict:
    """The server's reply as JSON, within a time and a size: a server may drip, or never stop."""
    deadline, data = time.monotonic() + timeout, bytearray()
    with client.chat.completions.with_streaming_response.create(**body) as response:
        for part in response.iter_bytes():
            data += part
            if len(data) > LARGEST_REPLY:
                raise _Trouble("skip", f"The reply is longer than {LARGEST_REPLY:,} bytes.")
            if time.monotonic() > deadline:
                raise _Trouble(
                    "again",
                    f"The reply was not complete within {timeout:g} seconds; give it longer with"
                    " timeout=.",
                )
    return json.loads(bytes(data))


def _answer(reply, job: dict) -> dict:
    """What the cache keeps of a reply; _Trouble if it is not that of a chat completion."""
    try:
        choice = reply["choices"][0]
        text = choice["message"].get("content") or choice["message"].get("refusal") or ""
        usage = reply.get("usage") or {}
        tokens = [usage.get(name) for name in ("prompt_tokens", "completion_tokens")]
    except (KeyError, IndexError, TypeError, AttributeError):
        raise _Trouble(
            "again",
            f"The reply of {job['server']} is not a chat completion; check base_url=, which often"
            " ends in /v1.",
        ) from None
    if not isinstance(text, str):
        raise _Trouble(
            "again", f"The reply of {job['server']} holds {type(text).__name__} where text belongs."
        )
    question, answer = (
        count if isinstance(count, int) and 0 <= count < 2**53 else None for count in tokens
    )
    return {
        "text": _hide(text, job),
        "finish": str(choice.get("finish_reason")),
        "question_tokens": question,
        "answer_tokens": answer,
    }


def _from_status(error, job: dict, body: dict) -> _Trouble:
    """What a status says. 401, 402, 403, 404 and a used-up quota end the run; 429 and 5xx pass; the
    rest concerns this call alone."""
    status, server, model = error.status_code, job["server"], body["model"]
    code = f"{error.code or ''} {error.type or ''}"
    if status == 401:
        return _Trouble(
            "end", f"{server} does not accept the API key (401); check OPENAI_API_KEY or api_key=."
        )
    if status == 403:
        return _Trouble(
            "end",
            f"{server} forbids this to this API key (403); check that the key may use the model"
            f" '{model}'.",
        )
    if status == 402 or "insufficient_quota" in code:
        return _Trouble(
            "end",
            f"The quota of this API key at {server} is used up ({status}); add credit or use"
            " another key, then run again.",
        )
    if status == 404 or "model_not_found" in code:
        return _Trouble(
            "end", f"{server} has no model '{model}' ({status}); check model= and base_url=."
        )
    if status in (408, 409, 425, 429) or status >= 500:
        wait = retry_after(error.response.headers)
        if wait > LONGEST_WAIT:
            return _Trouble(
                "end",
                f"{server} asks to wait {wait:,.0f} seconds ({status}); run again after that.",
            )
        said = "has too many requests" if status == 429 else "has a fault"
        return _Trouble("again", f"{server} {said} ({status}).", wait)
    said = " ".join(_hide(str(error.message), job).split())[:300]
    kind = "format" if status in (400, 415, 422) and "response_format" in body else "skip"
    return _Trouble(kind, f"{server} refuses the request ({status}): {said}")


def retry_after(headers) -> float:
    """Seconds that a reply asks to wait, from Retry-After as seconds or as a date (RFC 9110,
    10.2.3); 0 where it does not say."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) * unit
        except ValueError:
            continue
        return max(0.0, min(seconds, 1e9))  # 0 for "nan" too: every comparison with it is false
    try:
        return min(
            max(
                email.utils.parsedate_to_datetime(headers.get("retry-after", "")).timestamp()
                - time.time(),
                0.0,
            ),
            1e9,
        )
    except (ValueError, TypeError, OverflowError, OSError):
        return 0.0


def _hide(text: str, job: dict) -> str:
    """No API key, should a server repeat it."""
    key = job.get("api_key") or ""
    return text.replace(key, "[API key]") if len(key) >= 8 else text


# --- many calls -----------------------------------------------------------------------------------


def ask_all(job: dict, report, stop: threading.Event) -> None:
    """Make the calls of a job and keep every answer.

    Parameters
    ----------
    job : dict
        path (of the file of answers), server, api_key, timeout (seconds), retries, backoff (seconds
        before the first repetition), lease (seconds, see ``answers``), concurrency, and calls: a
        list of dicts with key, body, sample, and plain: the call to make instead if the server
        takes no JSON schema, or None.
    report : callable
        Is given {"done": key}, {"failed": key, "why": sentence} for each call, and {"end":
        sentence} if the run ends before its time.
    stop : threading.Event
        When set, no further call is begun.
    """
    import openai

    client = openai.OpenAI(
        api_key=job["api_key"] or "none",
        base_url=job["server"],
        max_retries=0,
        timeout=job["timeout"],
    )  # a local server wants some key, and does not look at it
    run = SimpleNamespace(
        job=job,
        report=report,
        stop=stop,
        client=client,
        owner=uuid.uuid4().hex,
        pending=deque(job["calls"]),
        plain=False,
        failures=0,
        successes=0,
        not_before=0.0,
        end=None,
    )
    finished = threading.Event()
    beat = threading.Thread(target=_renew_claims, args=(run, finished), daemon=True)
    workers = [
        threading.Thread(target=_work, args=(run,))
        for _ in range(min(job["concurrency"], len(job["calls"])))
    ]
    for thread in (beat, *workers):
        thread.start()
    for thread in workers:
        thread.join()
    finished.set()
    beat.join()
    store.release(job["path"], run.owner)
    client.close()
    if run.end:
        report({"end": run.end})


def _renew_claims(run, finished: threading.Event) -> None:
    while not finished.wait(run.job["lease"] / 5):
        # the file is busy; the next beat comes before the claims lapse
        with suppress(sqlite3.Error):
            store.renew(run.job["path"], run.owner, run.job["lease"])


def _work(run) -> None:
    """Take calls until there are none."""
    try:
        while not run.stop.is_set():
            call = run.pending.popleft()
            call = call["plain"] if run.plain and call.get("plain") else call
            claimed = store.claim(run.job["path"], call["key"], run.owner, run.job["lease"])
            # another process waits for this answer; do something else meanwhile
            if claimed == "busy":
                run.pending.append(call)
                run.stop.wait(0.1)
            elif claimed == "answered":
                run.report({"done": call["key"]})
            else:
                _make(run, call)
    except IndexError:
        return
    except Exception as error:
        # the disk is full, the file is damaged: pay for nothing that cannot be kept
        why = (
            f"The answers cannot be kept in {run.job['path']} ({type(error).__name__}: {error});"
            " free the disk or move the file away."
        )
        run.end = _hide(why, run.job)
        run.stop.set()


def _make(run, call: dict) -> None:
    """Make one claimed call, and keep or report what comes of it."""
    try:
        answer = _call_patiently(run, call["body"])
        store.keep(
            run.job["path"], call["key"], run.job["server"], call["body"], call["sample"], answer
        )
        run.failures, run.successes = 0, run.successes + 1
        run.report({"done": call["key"]})
    except _Trouble as trouble:
        store.release(run.job["path"], run.owner, call["key"])
        if trouble.kind == "format" and call.get("plain"):
            run.plain = True
            run.pending.appendleft(call["plain"])
            return
        if trouble.kind == "stopped":
            return
        run.failures += 1
        run.report({"failed": call["key"], "why": trouble.sentence})
        if trouble.kind in ("end", "connect") or run.failures >= FAILURES_IN_A_ROW:
            run.end = run.end or trouble.sentence
            run.stop.set()


def _call_patiently(run, body: dict) -> dict:
    """Make a call, again and again if need be: a pause that doubles, with chance in it so that many
    callers do not come back at once."""
    for attempt in range(run.job["retries"] + 1):
        # somebody was told to wait: so do we all
        if run.stop.wait(max(0.0, run.not_before - time.monotonic())):
            raise _Trouble("stopped", "The run was ended.")
        try:
            return _call(run.client, run.job, body)
        except _Trouble as trouble:
            last = attempt == run.job["retries"]
            if (
                trouble.kind not in ("again", "connect")
                or last
                or (trouble.kind == "connect" and not run.successes)
            ):
                # where nothing has ever answered, somebody mistyped the address or forgot to start
                # the server
                raise
            pause = min(run.job["backoff"] * 2**attempt, LONGEST_PAUSE) * random.uniform(0.5, 1.0)
            if trouble.wait:
                run.not_before = max(run.not_before, time.monotonic() + trouble.wait)
            if run.stop.wait(max(pause, trouble.wait)):
                raise _Trouble("stopped", "The run was ended.") from None
    raise AssertionError("unreachable")


# --- the process, seen from the asker -------------------------------------------------------------


def events(job: dict, api_key: str | None):
    """Have the calls of a job made (see ``ask_all``), by a process that outlives this one by the
    answers on the wire; yields the events."""
    with tempfile.TemporaryFile() as log:
        process = _start(job, api_key, log)
        del api_key
        try:
            for line in process.stdout:
                if line.startswith(b"{"):
                    yield json.loads(line)
        finally:
            with suppress(OSError):
                process.stdin.close()  # begin nothing more
            process.wait()  # the answers that are on their way are paid for
            process.stdout.close()
        if process.returncode:
            log.seek(0)
            last = log.read().decode("utf-8", "replace").strip().splitlines()[-1:]
            yield {
                "end": (
                    "The process that asks ended unexpectedly"
                    f" ({process.returncode}{': ' + last[0][:200] if last else ''})."
                )
            }


def _start(job: dict, api_key: str | None, log) -> subprocess.Popen:
    """The process that asks. The key goes through its standard input, where no list of processes
    shows it."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("OPENAI_")
    }
    if job["server"] == OPENAI:
        environment.update(
            {n: os.environ[n] for n in ("OPENAI_ORG_ID", "OPENAI_PROJECT_ID") if n in os.environ}
        )
    paths = [str(Path(__file__).parent.parent.parent), os.environ.get("PYTHONPATH")]
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    process = subprocess.Popen(
        # -P: a file openai.py in the reader's folder is not taken for the client
        [sys.executable, "-P", "-m", "clipnb.llm.client"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        env=environment,
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )
    with suppress(OSError):  # if it ended at once, its return code says so
        process.stdin.write((json.dumps({**job, "api_key": api_key}) + "\n").encode())
        process.stdin.flush()
    return process


# --- the process, seen from inside ----------------------------------------------------------------


def main() -> None:
    """Read a job from standard input, write events to standard output; the end of the input means:
    begin nothing more."""
    job = json.loads(sys.stdin.buffer.readline())
    stop, lock = threading.Event(), threading.Lock()

    def watch():
        while os.read(0, 1):
            pass
        stop.set()

    def report(event):
        with lock:
            try:
                sys.stdout.write(json.dumps(event) + "\n")
                sys.stdout.flush()
            except OSError:
                stop.set()  # nobody listens any more

    threading.Thread(target=watch, daemon=True).start()
    try:
        ask_all(job, report, stop)
    except Exception as error:
        report(
            {"end": _hide(f"The calls could not be made ({type(error).__name__}: {error}).", job)}
        )
    # not by the front door: a reader that is gone would make the interpreter complain while it
    # flushes
    os._exit(0)


if __name__ == "__main__":
    main()

"""The calls to a language model, some at the same time, each answer stored when it arrives.

The openai client makes the requests, in an event loop in a thread of its own (Jupyter's loop is
running). Not a thread for each call: ``asyncio.timeout`` ends a whole call in time, whatever part
of it a server sends slowly. Tenacity repeats calls: openai's own retries would repeat a 429
that says that the quota is used up, and cannot be interrupted.
"""

from __future__ import annotations

import asyncio
import json
import queue
import threading
import time
from collections import deque
from collections.abc import Generator, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from ..classify.answers import clean
from ..support.limits import REPLY_BYTES
from . import store
from .questions import Call
from .server import OPENAI, Key, is_local

if TYPE_CHECKING:
    import openai

BACKOFF = 0.5  # seconds, the mean pause before the first repetition; doubled for each further one
LONGEST_PAUSE = 30.0  # seconds, where the server does not say how long to wait
LONGEST_WAIT = 120.0  # seconds that a server may ask to wait; beyond, the run ends and says so
ERROR_SECONDS = 5.0  # for the body of an error, whose status is known by then
FAILURES_IN_A_ROW = 3  # calls that fail for good, none succeeding between: so would the others
# what any server is told; the openai client would add the system, Python, the organisation
HEADERS = ("host", "connection", "accept", "user-agent", "content-type", "content-length")
ENDS = {
    401: "{server} does not accept the API key ({status}); check OPENAI_API_KEY or api_key=.",
    402: "The quota of this API key at {server} is used up ({status}); add credit or use another"
    " key, then run again.",
    403: "{server} forbids this to this API key ({status}); check that the key may use the model"
    " '{model}'.",
    404: "{server} has no model '{model}' ({status}); check model= and base_url=.",
}


class LanguageModelError(RuntimeError):
    """A language model could not be asked, or gave nothing to use; one sentence says what and what
    to do. Answers that came are stored."""


class Trouble(Exception):
    """Why a call gave no answer. kind: "again" (repeat it), "connect" (nobody there), "skip" (this
    call cannot be made), "end" (no call can), "format" (no JSON schema here), "stopped" (the run
    was ended)."""

    def __init__(self, kind: str, sentence: str, wait: float = 0.0) -> None:
        super().__init__(sentence)
        self.kind, self.sentence, self.wait = kind, sentence, wait


class Run:
    """The calls of one plan: iterating makes them, and yields whenever an answer is stored.

    When the iteration ends early (Ctrl-C), no further call begins; answers on the wire are waited
    for and stored.

    Attributes
    ----------
    done : int
        Answers that were stored.
    failed : dict class name → message
        Calls that failed for good.
    end : str or None
        Why the run ended before its time.
    """

    def __init__(self, calls: Iterable[Call], server: str, key: Key, path: str, limits: Any):
        self.server, self.key, self.path, self.limits = server, key, path, limits
        self.done, self.failed, self.end = 0, dict[str, str](), ""
        self._pending, self._plain = deque(calls), False
        self._stored, self._stop = queue.SimpleQueue[str](), threading.Event()
        self._failures, self._not_before = 0, 0.0

    def __iter__(self) -> Generator[str]:
        thread = threading.Thread(target=self._thread, daemon=True)
        thread.start()
        try:
            while thread.is_alive() or not self._stored.empty():
                # not thread.join(0.05): after Ctrl-C there, answers on the wire were lost
                with suppress(queue.Empty):
                    yield self._stored.get(timeout=0.05)
        finally:
            self._stop.set()
            while thread.is_alive():
                thread.join(0.1)  # in steps: Windows cannot interrupt one long wait

    def _thread(self) -> None:
        try:
            asyncio.run(self._all())
        except Exception as error:
            self._finish(f"The calls could not be made ({type(error).__name__}: {error}).")

    def _finish(self, why: str) -> None:
        self.end = self.end or self.key.hide(why)
        self._stop.set()

    async def _all(self) -> None:
        import openai

        async with http_client(self.server, self.key) as http:
            options = {"api_key": "hidden", "base_url": self.server, "max_retries": 0}
            client = openai.AsyncOpenAI(**options, http_client=http)
            # named here, because its modules are imported now: not within a call's time
            self._create = client.chat.completions.with_raw_response.create
            at_once = min(self.limits.concurrency, len(self._pending))
            await asyncio.gather(*(self._work() for _ in range(at_once)))

    async def _work(self) -> None:
        """Make calls until there are none."""
        while self._pending and not self._stop.is_set():
            call = self._pending.popleft()
            call = call.plain if self._plain and call.plain else call
            try:
                # another process may have stored the answer by now
                if not await asyncio.to_thread(store.is_stored, self.path, call.key):
                    answer = await self._patiently(call)
                    await asyncio.to_thread(store.keep, self.path, call, answer)
                    self._failures = 0
                self.done += 1
                self._stored.put(call.key)
            except Trouble as trouble:
                self._note(call, trouble)
            except Exception as error:  # pay for nothing that cannot be stored
                self._finish(store.why_not(self.path, error, paid=True))

    def _note(self, call: Call, trouble: Trouble) -> None:
        """Draw the conclusion of a call that failed for good."""
        if trouble.kind == "format" and call.plain:
            self._plain = True
            self._pending.appendleft(call.plain)
        elif trouble.kind != "stopped":
            self._failures += 1
            self.failed[call.name] = trouble.sentence
            if trouble.kind in ("end", "connect") or self._failures >= FAILURES_IN_A_ROW:
                self._finish(trouble.sentence)

    async def _patiently(self, call: Call) -> store.Answer:
        """Make a call, again and again if need be."""
        retrying = AsyncRetrying(
            retry=retry_if_exception(self._passes),
            stop=stop_after_attempt(self.limits.retries + 1),
            wait=self._pause,
            sleep=self._sleep,
            reraise=True,
        )
        return await retrying(self._call, call.body)

    def _passes(self, error: BaseException) -> bool:
        # where nothing has ever answered, the address is wrong or no server runs
        kind = error.kind if isinstance(error, Trouble) else ""
        return kind == "again" or (kind == "connect" and self.done > 0)

    def _pause(self, state: Any) -> float:
        """Seconds before a repetition: random, so that many callers do not come back at once, and
        as long as the server asks, which then holds for all calls of the run."""
        wait = state.outcome.exception().wait
        if wait:
            self._not_before = max(self._not_before, time.monotonic() + wait)
        return max(wait, wait_random_exponential(2 * BACKOFF, LONGEST_PAUSE)(state))

    async def _sleep(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self._stop.is_set() and (left := end - time.monotonic()) > 0:
            await asyncio.sleep(min(left, 0.1))

    async def _call(self, body: dict[str, Any]) -> store.Answer:
        """Make one request; its answer, or Trouble."""
        import openai

        await self._sleep(self._not_before - time.monotonic())
        if self._stop.is_set():
            raise Trouble("stopped", "The run was ended.")
        server, seconds = self.server, self.limits.timeout
        try:
            async with asyncio.timeout(seconds):
                reply = await self._create(**body)
            return read_answer(reply.content, server, self.key)
        except openai.APIStatusError as error:
            trouble = from_status(error, server, body, self.key)
        except (TimeoutError, openai.APITimeoutError):
            said = f"did not answer within {seconds:g} seconds; give it longer with timeout=."
            trouble = Trouble("again", f"{server} {said}")
        except openai.APIConnectionError as error:
            trouble = Trouble("again", f"The connection to {server} broke off.")
            if type(error.__cause__).__name__ == "ConnectError":
                said = "check base_url=, the network, and that the server runs."
                trouble = Trouble("connect", f"Nothing answers at {server}; {said}")
        except Trouble as error:
            trouble = error
        except Exception as error:  # a reply that is cut off, or none of the protocol
            name = type(error).__name__
            trouble = Trouble("again", f"The reply of {server} broke off ({name}).")
        # outside of the except blocks: no error of the client, with its request, hangs on it
        raise trouble


def http_client(server: str, key: Key) -> openai.DefaultAsyncHttpxClient:
    """The transport of the openai client. It alone adds the key, follows no redirect, uses no proxy
    for a server on this computer, and reads at most REPLY_BYTES, of errors too."""
    import openai

    class Client(openai.DefaultAsyncHttpxClient):
        async def send(self, request, **options):
            kept, data, response = request.headers, bytearray(), None
            told = kept if server == OPENAI else {n: kept[n] for n in HEADERS if n in kept}
            request.headers = type(kept)({**told, "Accept-Encoding": "identity"})
            # never in a variable, which a traceback may show
            request.headers["Authorization"] = f"Bearer {key.plain() or 'none'}"
            try:
                response = await super().send(request, **{**options, "stream": True})
                with suppress(TimeoutError):
                    async with asyncio.timeout(None if response.is_success else ERROR_SECONDS):
                        async for part in response.aiter_bytes():
                            data += part
                            if len(data) > REPLY_BYTES:
                                break
            finally:
                request.headers = kept  # errors of the client hold the request, and no key
                if response:
                    await response.aclose()
            names = ("content-type", "retry-after", "retry-after-ms")
            headers = {name: response.headers[name] for name in names if name in response.headers}
            status, content = response.status_code, bytes(data)
            return type(response)(status, headers=headers, content=content, request=request)

    return Client(follow_redirects=False, trust_env=not is_local(server), timeout=None)


def read_answer(content: bytes, server: str, key: Key) -> store.Answer:
    """What is stored of a reply; Trouble if it is not that of a chat completion."""
    if len(content) > REPLY_BYTES:
        raise Trouble("skip", f"The reply is longer than {REPLY_BYTES:,} bytes.")
    reply = json.loads(content)
    try:
        choice = reply["choices"][0]
        text = choice["message"].get("content") or choice["message"].get("refusal") or ""
        if isinstance(text, list):  # in parts, as some servers write
            text = "".join(part["text"] for part in text if part.get("type", "text") == "text")
        usage = reply.get("usage") or {}
        tokens = [usage.get(name) for name in ("prompt_tokens", "completion_tokens")]
    except (KeyError, IndexError, TypeError, AttributeError):
        said = "is not a chat completion; check base_url=, which often ends in /v1."
        raise Trouble("again", f"The reply of {server} {said}") from None
    if not isinstance(text, str):
        said = f"holds {type(text).__name__} where text belongs."
        raise Trouble("again", f"The reply of {server} {said}")
    text = key.hide(text.encode("utf-8", "replace").decode())
    finish = clean(key.hide(str(choice.get("finish_reason"))))[:50]
    question, answer = (n if isinstance(n, int) and 0 <= n < 2**53 else None for n in tokens)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    model = reply.get("model")
    model = clean(key.hide(model))[:200] if isinstance(model, str) else ""
    read = store.Answer(text, finish, question, answer, now, model or None)
    if read.broken or choice.get("error"):
        raise Trouble("again", f"{server} broke off its answer (finish_reason '{finish}').")
    return read


def from_status(error: Any, server: str, body: dict[str, Any], key: Key) -> Trouble:
    """What a status says. Redirects, 401, 402, 403, 404 and a used-up quota end the run; 429 and
    5xx pass; the rest concerns this call alone."""
    status, code = error.status_code, f"{error.code or ''} {error.type or ''}"
    known = 402 if "insufficient_quota" in code else 404 if "model_not_found" in code else status
    if known in ENDS:
        return Trouble("end", ENDS[known].format(server=server, status=status, model=body["model"]))
    if status < 400:
        said = "points to another address, which is not followed; check base_url="
        return Trouble("end", f"{server} {said} ({status}).")
    if status in (408, 409, 425, 429) or status >= 500:
        wait = retry_after(error.response.headers)
        if wait > LONGEST_WAIT:
            said = f"asks to wait {wait:,.0f} seconds ({status}); run again after that."
            return Trouble("end", f"{server} {said}")
        said = "has too many requests" if status == 429 else "has a fault"
        return Trouble("again", f"{server} {said} ({status}).", wait)
    schema = status in (400, 415, 422) and "response_format" in body
    said = clean(key.hide(str(error.message)))[:300]
    kind = "format" if schema else "skip"
    return Trouble(kind, f"{server} refuses the request ({status}): {said}")


def retry_after(headers: Any) -> float:
    """Seconds that a reply asks to wait, from Retry-After as seconds or as a date (RFC 9110,
    10.2.3); 0 where it does not say."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        with suppress(ValueError):  # "nan" gives 0: every comparison with it is false
            return max(0.0, min(float(headers.get(name, "")) * unit, 1e9))
    with suppress(ValueError, TypeError, OverflowError, OSError):
        date = parsedate_to_datetime(headers.get("retry-after", ""))
        return max(0.0, min(date.timestamp() - time.time(), 1e9))
    return 0.0

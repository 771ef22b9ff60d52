"""JupyterLab in a real browser: one server and one chromium for a test session, one small notebook
for every test.

    with lab.opened("import clipnb\\n…\\nwidget") as sight:
        sight.page.get_by_role("button", name="Undo").click()

When the block ends, anything that went wrong unseen fails the test: an exception in a callback or a
cell, an error on the page, a dialog, a request to another host.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import nbformat.sign

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = (
    os.environ.get("CLIPNB_CHROMIUM")
    or os.environ.get("CHROMIUM")
    or next(filter(None, map(shutil.which, NAMES)), None)
)
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run"
    " --disable-background-networking --disable-component-update --disable-sync"
).split()
SECONDS = 120  # for a kernel that imports torch on a busy machine
# In Jupyter, what a callback raises is shown nowhere that a test could see; so whatever would be
# shown is written to a file.
RECORD = """import logging, traceback
def _record(*args, **options):
    with open({path!r}, "a") as file:
        traceback.print_exc(file=file)
get_ipython().showtraceback = _record
logging.getLogger("clipnb").addHandler(logging.FileHandler({path!r}))"""


def side_by_side(widget, actions, theirs):
    """Perform on a widget's state what its page performed: (action, the page's answer, whether it
    was refused), for every one; both must refuse the same."""
    for action, got in zip(actions, theirs, strict=True):
        try:
            widget.state.act(action)
            refused = False
        except ValueError:
            refused = True
        assert got["refused"] == refused, action
        yield action, got, refused


def no_browser() -> str | None:
    """Why there is no browser to test in, or None."""
    if CHROMIUM is None:
        return (
            "no chromium found: install Debian's package chromium, or name one in CLIPNB_CHROMIUM"
        )
    try:
        import playwright.sync_api
    except ImportError:
        return "no playwright: pip install clipnb[test]"
    return None


@dataclass
class Sight:
    """A page, and what went wrong on it."""

    page: object
    record: Path | None = None
    problems: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def watch(self, host: str) -> None:
        self.page.on("pageerror", lambda error: self.problems.append(f"error on the page: {error}"))
        self.page.on("console", self._heard)
        self.page.on(
            "dialog",
            lambda dialog: (self.problems.append(f"dialog: {dialog.message}"), dialog.dismiss()),
        )
        self.page.on("request", lambda request: self._asked(request.url, host))

    def _heard(self, message) -> None:
        if message.type == "error":
            self.problems.append(
                f"error on the console: {message.text} ({message.location.get('url')})"
            )

    def _asked(self, url: str, host: str) -> None:
        if not url.startswith(
            (f"http://{host}/", f"ws://{host}/", "data:", "blob:", "about:", "file:")
        ):
            self.problems.append(f"request to another host: {url[:120]}")

    def check(self) -> None:
        """AssertionError if anything went wrong unseen."""
        logged = [self.record.read_text()] if self.record and self.record.exists() else []
        found = [
            problem
            for problem in self.problems + logged
            if problem and not any(words in problem for words in self.expected)
        ]
        assert not found, "\n".join(found)


class Lab:
    """The server; ``opened`` runs a notebook in it."""

    def __init__(self):
        from playwright.sync_api import sync_playwright

        self.root, self._server, self._count = Path(tempfile.mkdtemp(prefix="clipnb-lab-")), None, 0
        # pages: /static/… of the server
        self.work, self.pages = self.root / "work", self.root / "pages"
        self.work.mkdir(), self.pages.mkdir()
        self._playwright = sync_playwright().start()
        self.browser = self._playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)

    def start_server(self) -> None:
        """Start it if it is not running; ``host`` and ``token`` say how to reach it."""
        if self._server is not None:
            return
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.host = f"127.0.0.1:{free.getsockname()[1]}"
        # in the environment, so that no log shows it
        self.token, config = secrets.token_hex(16), self.root / "config"
        (config / "labconfig").mkdir(parents=True)
        announcements = {
            "disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}
        }
        (config / "labconfig" / "page_config.json").write_text(json.dumps(announcements))
        places = {
            "JUPYTER_CONFIG_DIR": config,
            "JUPYTER_DATA_DIR": self.root / "data",
            "JUPYTER_RUNTIME_DIR": self.root / "runtime",
            "IPYTHONDIR": self.root / "ipython",
        }
        places |= {
            "JUPYTERLAB_SETTINGS_DIR": self.root / "settings",
            "JUPYTERLAB_WORKSPACES_DIR": self.root / "workspaces",
        }
        command = [
            sys.executable,
            "-m",
            "jupyterlab",
            "--no-browser",
            "--allow-root",
            "--expose-app-in-browser",
            "--ip=127.0.0.1",
        ]
        command += [
            f"--port={self.host.partition(':')[2]}",
            "--ServerApp.port_retries=0",
            f"--ServerApp.root_dir={self.work}",
        ]
        command += [f"--ServerApp.extra_static_paths={self.pages}"]
        environment = {
            **os.environ,
            **{name: str(path) for name, path in places.items()},
            "JUPYTER_TOKEN": self.token,
        }
        self._server = subprocess.Popen(
            command, env=environment, stdout=open(self.root / "log", "w"), stderr=subprocess.STDOUT
        )
        self._wait_for_server()

    def _wait_for_server(self) -> None:
        end = time.monotonic() + SECONDS
        while time.monotonic() < end and self._server.poll() is None:
            try:
                urllib.request.urlopen(f"http://{self.host}/api?token={self.token}", timeout=5)
                return
            except OSError:
                time.sleep(0.2)
        raise RuntimeError(f"JupyterLab did not start: {(self.root / 'log').read_text()[-2000:]}")

    @contextmanager
    def opened(
        self,
        *cells: str,
        width: int = 1280,
        height: int = 1100,
        run: bool = True,
        notebook=None,
        trusted: bool = True,
    ):
        """A notebook of these cells in JupyterLab, run to the end; yields a :class:`Sight`."""
        self.start_server()
        self._count += 1
        name, record = f"test{self._count}.ipynb", self.root / f"callbacks{self._count}.log"
        if notebook is None:
            notebook = nbformat.v4.new_notebook(
                cells=[
                    nbformat.v4.new_code_cell(code)
                    for code in (RECORD.format(path=str(record)), *cells)
                ]
            )
            notebook.metadata["kernelspec"] = {
                "name": "python3",
                "display_name": "Python 3",
                "language": "python",
            }
        nbformat.write(notebook, self.work / name)
        # as if it had been run here; otherwise Lab shows no widget, but the HTML beside it
        if trusted:
            with nbformat.sign.NotebookNotary(data_dir=str(self.root / "data")) as notary:
                notary.sign(nbformat.read(self.work / name, 4))
        context = self.browser.new_context(
            viewport={"width": width, "height": height}, accept_downloads=True
        )
        context.set_default_timeout(SECONDS * 1000)
        sight = Sight(context.new_page(), record)
        sight.watch(self.host)
        try:
            # a workspace of its own: otherwise Lab opens the notebooks of earlier tests again
            sight.page.goto(
                f"http://{self.host}/lab/workspaces/w{self._count}/tree/{name}?token={self.token}"
            )
            sight.page.wait_for_function(
                "window.jupyterapp?.shell?.currentWidget?.content?.widgets?.length",
                timeout=SECONDS * 1000,
            )
            if run:
                self._run_all(sight.page)
            yield sight
            sight.check()
        finally:
            self.end_kernels()
            context.close()

    @contextmanager
    def plain(self, html: str, width: int = 1100, height: int = 900):
        """A page of its own, without Jupyter and without a server."""
        context = self.browser.new_context(viewport={"width": width, "height": height})
        sight = Sight(context.new_page())
        sight.watch("nowhere.invalid")
        try:
            sight.page.set_content(html)
            yield sight
            sight.check()
        finally:
            context.close()

    def _run_all(self, page) -> None:
        kernel = "window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel"
        page.wait_for_function(f"{kernel}?.status === 'idle'", timeout=SECONDS * 1000)
        # its promise waits for the cells
        page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
        page.wait_for_function(f"{kernel}?.status === 'idle'", timeout=SECONDS * 1000)

    def theme(self, page, name: str) -> None:
        """ "JupyterLab Light" or "JupyterLab Dark"."""
        page.evaluate(
            "name => window.jupyterapp.commands.execute('apputils:change-theme', { theme: name })",
            name,
        )
        page.wait_for_function(f"document.body.dataset.jpThemeName === '{name}'")

    def shoot(self, page, name: str, theme: str | None = None, **options) -> None:
        """A screenshot for whoever names a folder in CLIPNB_SCREENSHOTS; otherwise nothing."""
        if (folder := os.environ.get("CLIPNB_SCREENSHOTS")) is None:
            return
        if theme:
            self.theme(page, theme)
            page.wait_for_timeout(1000)  # Lab covers the page while it changes
        page.screenshot(path=Path(folder) / f"{name}.png", **options)

    def end_kernel_of(self, page) -> None:
        """Stop the kernel under an open notebook."""
        page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")

    def end_kernels(self) -> None:
        headers = {"Authorization": f"token {self.token}"}
        with urllib.request.urlopen(
            urllib.request.Request(f"http://{self.host}/api/sessions", headers=headers)
        ) as answer:
            sessions = json.load(answer)
        for session in sessions:
            urllib.request.urlopen(
                urllib.request.Request(
                    f"http://{self.host}/api/sessions/{session['id']}",
                    headers=headers,
                    method="DELETE",
                )
            )

    def close(self) -> None:
        self.browser.close()
        self._playwright.stop()
        if self._server is not None:
            self._server.terminate()
            try:
                self._server.wait(timeout=10)
            except subprocess.TimeoutExpired:
                # it waits for its kernels sometimes; nothing of it is needed any more
                self._server.kill()
                self._server.wait()
        shutil.rmtree(self.root, ignore_errors=True)


# A page without Jupyter: the widget's own files and traits, and a model that no kernel listens to.
ALONE = """async ({ esm, css, traits, bytes, view }) => {
  for (const [name, text] of Object.entries(bytes)) traits[name] = new globalThis[view](Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
  const listeners = {};
  const model = {
    sent: [],
    get: (name) => traits[name],
    set: (name, value) => { traits[name] = value; (listeners[`change:${name}`] ?? []).forEach((tell) => tell()); },
    on: (name, tell) => (listeners[name] ??= []).push(tell),
    off: () => {},
    send: (message) => model.sent.push(message),
    save_changes: () => {},
  };
  const address = URL.createObjectURL(new Blob([esm], { type: "text/javascript" }));
  const module = await import(address);
  const style = document.createElement("style");
  style.textContent = css;
  document.head.append(style);
  const el = document.createElement("div");
  document.body.append(el);
  if (module.default.render) module.default.render({ model, el });
  window.module = module;
  window.model = model;
  window.el = el;
}"""


def show_alone(page, widget, view: str = "DataView") -> None:
    """Render a widget by its ESM and its saved traits alone; leaves ``module``, ``model`` and
    ``el`` in the page's window.

    ``view``: what its bytes are handed over as, a DataView in JupyterLab.
    """
    state = widget.get_state()
    bytes_ = {
        name: base64.b64encode(value).decode()
        for name, value in state.items()
        if isinstance(value, (bytes, memoryview))
    }
    traits = {
        name: value
        for name, value in state.items()
        if not name.startswith("_")
        and name not in bytes_
        and name not in ("layout", "tabbable", "tooltip")
    }
    page.evaluate(
        ALONE,
        {
            "esm": state["_esm"],
            "css": state["_css"],
            "traits": json.loads(json.dumps(traits)),
            "bytes": bytes_,
            "view": view,
        },
    )

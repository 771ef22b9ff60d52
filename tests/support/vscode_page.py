"""VS Code's widget manager in a browser, on a kernel: as much of VS Code's widgets as runs without
VS Code.

VS Code's Jupyter extension draws widgets with the npm package @vscode/jupyter-ipywidgets8.
vscode.json names it, and what it needs beside it; ``python tests/support/vscode_page.py`` fetches
them as the site's scripts are fetched (book/vendor.py).

As in the extension, the manager gets a kernel connection of @jupyterlab/services and asks for the
script of a module that it does not have; it is given the environment's own, found as the extension
finds it. Other than there, messages go to the kernel over a socket, where VS Code passes them on
from process to process, and the page is a page, where VS Code has a webview.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
import sys
import tarfile
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from lab_server import RECORD, SECONDS, Sight

HERE = Path(__file__).parent
JUPYTER = Path(sys.prefix) / "share" / "jupyter"
PACKAGES = json.loads((HERE / "vscode.json").read_text("utf-8"))
sys.path.append(str(HERE.parent.parent / "book"))  # last: notebooks/ has a build.py, too
import vendor

# The colours of VS Code's dark theme, handed to widgets under JupyterLab's names as the extension
# does
DARK = """<style>.vscode-dark { background: #1e1e1e; color: #d4d4d4 } .vscode-dark .cell-output-ipywidget-background { color: #d4d4d4;
--jp-content-font-color1: #d4d4d4; --jp-ui-font-color1: #d4d4d4; --jp-layout-color1: #3c3c3c; --jp-layout-color2: #3c3c3c;
--jp-border-color1: #80808059; --jp-brand-color1: #3794ff }</style>"""
PAGE = """<!doctype html><html><head><meta charset="utf-8"><title>Widgets as in VS Code</title><link rel="icon" href="data:,">DARK</head>
<body class="vscode-light"><div id="container"></div>
<script src="services.js"></script><script src="require.js"></script>
<script type="module">
import { activate } from "./ipywidgets.js";
const { KernelConnection, ServerConnection } = window["@jupyterlab/services"];
const VIEW = "application/vnd.jupyter.widget-view+json";
activate();
window.vscIPyWidgets8.load();
window.log = [];

// What the extension hands to the manager: where the script of a module is that the manager does not have.
const loader = (scripts) => ({
  widgetsRegisteredInRequireJs: new Set(),
  errorHandler: (...what) => console.error("not loaded:", ...what),
  successHandler: () => {},
  async loadWidgetScript(name) {
    log.push(`asked for ${name}`);
    requirejs.config({ paths: { [name]: scripts[name] } });
    this.widgetsRegisteredInRequireJs.add(name);
  },
});

async function show(manager, data, live) {
  const box = document.createElement("div");
  box.className = "cell-output-ipywidget-background";
  container.append(box);
  const model = await manager.get_model(data.model_id);
  if (!live) model.comm_live = false;
  const view = await manager.create_view(model, { el: box });
  await manager.display_view(data, view, { node: box });
}

/** A kernel to run cells on; their widgets are shown. */
window.connect = ({ model, token, scripts }) => {
  const [baseUrl, wsUrl] = [location.origin, location.origin.replace("http", "ws")];
  const serverSettings = ServerConnection.makeSettings({ baseUrl, wsUrl, token, appendToken: true });
  const kernel = new KernelConnection({ model, serverSettings, handleComms: true });
  const manager = new window.vscIPyWidgets.WidgetManager(kernel, container, loader(scripts), () => {});
  window.run = async (code) => {
    const shown = [];
    const future = kernel.requestExecute({ code });
    future.onIOPub = ({ content }) => {
      if (content.data?.[VIEW]) shown.push(content.data[VIEW]);
      if (content.traceback) console.error(content.ename, content.evalue);
    };
    const late = new Promise((_, fail) => setTimeout(() => fail(new Error("the kernel did not answer")), PATIENCE));
    await Promise.race([future.done, late]);
    for (const data of shown) await show(manager, data, true);
  };
};

/** A saved notebook without a kernel: the manager gets the state that lies in it, and a connection that leads nowhere. */
window.restore = async ({ state, models, scripts }) => {
  class Nowhere { close() {} send() {} }
  const serverSettings = ServerConnection.makeSettings({ WebSocket: Nowhere, wsUrl: "nowhere" });
  const kernel = new KernelConnection({ model: { id: "", name: "" }, clientId: "", username: "", serverSettings, handleComms: true });
  const manager = new window.vscIPyWidgets.WidgetManager(kernel, container, loader(scripts), () => {}, state);
  await manager.restoreWidgets({ metadata: { get: () => state } }, { loadKernel: false, loadNotebook: true });
  for (const model_id of models) await show(manager, { model_id, version_major: 2 }, false);
};
</script></body></html>""".replace("DARK", DARK).replace("PATIENCE", str(SECONDS * 1000))


def missing() -> str | None:
    """Why there is no widget manager of VS Code, or None."""
    there = all((vendor.CACHE / vendor.file_name(package)).exists() for package in PACKAGES)
    return None if there else "VS Code's widget manager is not here: make test-vscode fetches it"


def local_scripts() -> dict[str, str]:
    """Module → its script below ``JUPYTER``, as VS Code's extension finds them: in the
    require.config of every ``nbextensions/*/extension.js``."""
    found = {}
    for entry in JUPYTER.glob("nbextensions/*/extension.js"):
        for config in re.findall(
            r"require(?:js)?(?:\?\.|\.)config\(\{(.*?)\)", entry.read_text("utf-8"), re.S
        ):
            innermost = config.split("{")[-1].split("}")[0]
            found |= dict(
                re.findall(r"""["']?([\w@/.-]+)["']?\s*:\s*["']([^"']+)["']""", innermost)
            )
    return found


def write(folder: Path) -> None:
    """The page, and all that it fetches."""
    for package in PACKAGES:
        with tarfile.open(vendor.tarball(package)) as archive:
            for member, name in package["files"].items():
                (folder / name).write_bytes(archive.extractfile(member).read())
    # the extension copies them, too
    shutil.copytree(JUPYTER / "nbextensions", folder / "nbextensions", dirs_exist_ok=True)
    (folder / "index.html").write_text(PAGE, "utf-8")


@contextmanager
def opened(lab, dark: bool = False, width: int = 1280, height: int = 1100):
    """The page with VS Code's widget manager, at the address of Jupyter's server but none of its
    own pages; yields a Sight."""
    lab.start_server()
    (lab.pages / "vscode").mkdir(exist_ok=True)
    write(lab.pages / "vscode")
    context = lab.browser.new_context(
        viewport={"width": width, "height": height}, accept_downloads=True
    )
    context.set_default_timeout(SECONDS * 1000)
    sight = Sight(context.new_page(), lab.root / f"callbacks-{secrets.token_hex(4)}.log")
    sight.watch(lab.host)
    try:
        sight.page.goto(f"http://{lab.host}/static/vscode/index.html")
        sight.page.wait_for_function("!!window.restore")
        sight.page.evaluate(
            "dark => document.body.className = dark ? 'vscode-dark' : 'vscode-light'", dark
        )
        yield sight
        sight.check()
    finally:
        lab.end_kernels()
        context.close()


def start(lab, sight, *cells: str) -> None:
    """Start a kernel for the page and run cells on it."""
    wanted = {
        "kernel": {"name": "python3"},
        "name": "vscode",
        "path": "vscode.ipynb",
        "type": "notebook",
    }
    headers = {"Authorization": f"token {lab.token}", "Content-Type": "application/json"}
    request = urllib.request.Request(
        f"http://{lab.host}/api/sessions", json.dumps(wanted).encode(), headers
    )
    with urllib.request.urlopen(request) as answer:
        kernel = json.load(answer)["kernel"]
    sight.page.evaluate(
        "options => connect(options)",
        {"model": kernel, "token": lab.token, "scripts": local_scripts()},
    )
    for code in (RECORD.format(path=str(sight.record)), *cells):
        cell(sight, code)


def cell(sight, code: str) -> None:
    """Run one more cell on the page's kernel."""
    sight.page.evaluate("code => run(code)", code)


if __name__ == "__main__":
    for package in PACKAGES:
        vendor.tarball(package)

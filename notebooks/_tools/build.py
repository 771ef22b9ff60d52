"""Write, execute and keep every notebook beside its .py: ``python notebooks/_tools/build.py [04
…]``.

The .py is the source. One direction only: ``jupytext --sync`` trusts time stamps and can delete the
newer edit. Its section of exercises is generated from ``exercises/04.py``, which holds the
solutions (``authoring.py``); what opens it elsewhere, by ``elsewhere.py``. With ``--address
OWNER/NAME`` only the address of the repository on GitHub is written into pyproject.toml and all
notebooks, with ``--widgets`` only what their saved widgets hold of the files in
clipnb/widgets; none is executed.
"""

import os
import re
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from authoring import HERE, authored, student, with_exercises
from clipnb.support.files import write_text
from elsewhere import readdress, with_links


def build(source: Path) -> None:
    """Generate a notebook's exercises, execute it, and write the .ipynb without anything that
    differs from machine to machine."""
    import jupytext
    import nbformat
    from nbclient import NotebookClient

    text = source.read_text("utf-8")
    if (generated := with_links(with_exercises(text, student(authored(source))), source.stem)) != text:
        write_text(source, generated)
    notebook = jupytext.read(source)
    NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(HERE)}}
    ).execute()
    # their last state: with it a page shows them without a kernel
    widgets = notebook.metadata.get("widgets", {})
    notebook.metadata = {
        "jupytext": {"formats": "ipynb,py:percent"},
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    } | ({"widgets": widgets} if widgets else {})
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number:02d}"
        cell.metadata.pop("execution", None)
    # written again, now in the order of the numbers
    numbered = nbformat.reads(same_names(nbformat.writes(notebook), widgets), 4)
    write_text(source.with_suffix(".ipynb"), nbformat.writes(numbered) + "\n")


def widget_classes() -> dict[str, type]:
    """Name → class, of all widgets of the package: wherever a notebook was saved, it keeps the
    name."""
    from clipnb.widgets.common.base import WIDGETS, Widget

    modules = [
        import_module(f"clipnb.widgets.{path.parent.name}.widget")
        for path in sorted(WIDGETS.glob("*/widget.py"))
    ]
    return {
        name: value
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, Widget) and value.__module__ == module.__name__
    }


def pages_of_widgets(notebook):
    """(saved traits of a widget, its class) for each widget of an executed notebook that brings a
    page of its own."""
    for state in notebook.metadata.get("widgets", {}).values():
        for model in state["state"].values():
            if "_anywidget_id" in model["state"]:
                name = model["state"]["_anywidget_id"].rpartition(".")[2]
                yield model["state"], widget_classes()[name]


def page_of(widget: type) -> dict[str, str]:
    """What a notebook keeps of a widget's class: its page, and where the class is."""
    return {
        "_anywidget_id": f"{widget.__module__}.{widget.__name__}",
        "_css": str(widget._css),
        "_esm": str(widget._esm),
    }


def renew_widgets() -> None:
    """Put today's page (JavaScript and style) into the saved widgets of all notebooks; their state
    stays."""
    import nbformat

    for path in sorted(HERE.glob("[0-9]*.ipynb")):
        notebook = nbformat.read(path, 4)
        for traits, widget in pages_of_widgets(notebook):
            traits.update(page_of(widget))
        write_text(path, nbformat.writes(notebook) + "\n")


def same_names(text: str, widgets: dict) -> str:
    """Number the widgets' models, which are named at random, so that the same notebook is the same
    file."""
    models = [name for state in widgets.values() for name in state["state"]]
    names = {name: f"widget-{number:02d}" for number, name in enumerate(models)}
    return (
        re.sub("|".join(map(re.escape, names)), lambda found: names[found.group()], text)
        if names
        else text
    )


if __name__ == "__main__":
    wanted = sys.argv[1:]
    if wanted[:1] == ["--address"] and len(wanted) == 2:
        raise SystemExit(readdress(wanted[1]))
    if wanted == ["--widgets"]:
        raise SystemExit(renew_widgets())
    if unknown := [number for number in wanted if not any(HERE.glob(f"{number[:2]}_*.py"))]:
        raise SystemExit(
            f"'{unknown[0]}' is no notebook; write numbers such as 04, --address OWNER/NAME, or"
            " --widgets."
        )
    # no output may show what the author's own cache holds
    with tempfile.TemporaryDirectory(prefix="clipnb-build-") as os.environ["CLIPNB_CACHE"]:
        for path in sorted(HERE.glob("[0-9]*.py")):
            if not wanted or path.name.startswith(tuple(wanted)):
                print(path.name, flush=True)
                build(path)

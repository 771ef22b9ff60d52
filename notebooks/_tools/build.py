"""Write, execute and keep every notebook beside its .py: ``python notebooks/_tools/build.py [04
…]``.

The .py is the source. Its exercises are generated from ``exercises/04.py``, which holds the
solutions (``authoring.py``); what opens it elsewhere, by ``elsewhere.py``. Neither file is
overwritten if it holds what no build has made (``pairs.py``): then nothing is done, and the cells
are shown. ``--from-ipynb 04`` takes the side of the .ipynb: it writes the .py, and executes
nothing. ``--from-py 04`` takes the side of the .py, and builds.

With ``--address OWNER/NAME`` only the address of the repository on GitHub is written into
pyproject.toml and all notebooks, with ``--widgets`` only what their saved widgets hold of the files
in clipnb/widgets, and what the build notes of their cells; none is executed.
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
from pairs import RECORD, Pair, cells_of, read, record


def generated(source: Path, text: str) -> str:
    """The text of a .py with its exercises and its links."""
    return with_links(with_exercises(text, student(authored(source))), source.stem)


def build(source: Path, take_py: bool = False) -> None:
    """Generate a notebook's exercises, execute it, and write the .ipynb without anything that
    differs from machine to machine.

    Parameters
    ----------
    source : Path
        The .py.
    take_py : bool
        The author has chosen this side: what was edited in the .ipynb is kept as ``.ipynb.orig``.
    """
    import jupytext
    import nbformat
    from nbclient import NotebookClient

    path = source.with_suffix(".ipynb")
    before = path.read_bytes() if path.exists() else None
    text = prepared(source, take_py)
    notebook = jupytext.reads(text, "py:percent")
    NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": str(HERE)}},
        coalesce_streams=True,  # how often a slow cell's output is sent is no part of it
    ).execute()
    # their last state: with it a page shows them without a kernel
    widgets = notebook.metadata.get("widgets", {})
    notebook.metadata = metadata_of(notebook, widgets)
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number:02d}"
        cell.metadata.pop("execution", None)
    # written again, now in the order of the numbers
    numbered = nbformat.reads(same_names(nbformat.writes(notebook), widgets), 4)
    if (path.read_bytes() if path.exists() else None) != before:
        raise SystemExit(f"{path.name} was changed while its notebook was executed; it is kept.")
    write_text(path, nbformat.writes(numbered) + "\n")


def prepared(source: Path, take_py: bool = False) -> str:
    """Write the generated parts of a .py and return its text; SystemExit if something would be
    lost."""
    if take_py and source.with_suffix(".ipynb").exists():
        return taken(source)
    pair = Pair(source)
    text = generated(source, pair.text)
    if refusal := pair.refusal(text):
        raise SystemExit(refusal)
    if text != pair.text:
        write_text(source, text)
    return text


def taken(source: Path) -> str:
    """The same where the author has chosen the .py; what the .ipynb held is kept."""
    old = source.read_text("utf-8")
    text = generated(source, old)
    try:
        pair = Pair(source)
    except SystemExit:  # no notebook any more, such as after a merge
        pair = None
    if pair is None or pair.refusal(text):
        Pair.keep(source.with_suffix(".ipynb"))
    if text != old:
        if pair is not None and pair.loses_exercises(text):
            Pair.keep(source)
        write_text(source, text)
    return text


def metadata_of(notebook, widgets: dict) -> dict:
    """What an .ipynb says of itself. No ``jupytext`` in it: a reader's JupyterLab would pair by
    time stamps, and could delete the newer answer."""
    return {
        RECORD: record(cells_of(notebook)),
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    } | ({"widgets": widgets} if widgets else {})


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


def mend_widgets(notebook) -> None:
    """Colab saves the models of widgets without the "state" around them."""
    for kind, state in notebook.metadata.get("widgets", {}).items():
        if "state" not in state:
            whole = {"state": state, "version_major": 2, "version_minor": 0}
            notebook.metadata.widgets[kind] = whole


def page_of(widget: type) -> dict[str, str]:
    """What a notebook keeps of a widget's class: its page, and where the class is."""
    return {
        "_anywidget_id": f"{widget.__module__}.{widget.__name__}",
        "_css": str(widget._css),
        "_esm": str(widget._esm),
    }


def renew_widgets() -> None:
    """Put today's page (JavaScript and style) into the saved widgets of all notebooks, and into
    those that are in step with their .py the note that they are; their state stays."""
    import nbformat

    failed = []
    for path in sorted(HERE.glob("[0-9]*.ipynb")):
        notebook = read(path)
        try:
            mend_widgets(notebook)
            for traits, widget in pages_of_widgets(notebook):
                traits.update(page_of(widget))
        except (KeyError, AttributeError, TypeError) as error:
            failed.append(
                f"{path.name} holds a widget that is not saved as Jupyter does it ({error!r});"
                f" execute it: build.py {path.name[:2]}"
            )
            continue
        write_text(path, nbformat.writes(notebook) + "\n")
        note(path)
    if failed:
        raise SystemExit("\n".join(failed))


def note(path: Path) -> None:
    """Note in an .ipynb that it is in step with its .py, if it is."""
    import nbformat

    pair = Pair(path.with_suffix(".py"))
    if pair.notebook is not None and pair.here == pair.there:
        widgets = pair.notebook.metadata.get("widgets", {})
        pair.notebook.metadata = metadata_of(pair.notebook, widgets)
        write_text(path, nbformat.writes(pair.notebook) + "\n")


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


def main(wanted: list[str]) -> None:
    """Do what the command line says."""
    if wanted[:1] == ["--address"] and len(wanted) == 2:
        readdress(wanted[1])
        for path in sorted(HERE.glob("[0-9]*.ipynb")):
            note(path)
        return None
    if wanted == ["--widgets"]:
        return renew_widgets()
    side = wanted[0] if wanted[:1] in (["--from-py"], ["--from-ipynb"]) else ""
    numbers = wanted[1:] if side else wanted
    if unknown := [number for number in numbers if not any(HERE.glob(f"{number[:2]}_*.*py*"))]:
        raise SystemExit(
            f"'{unknown[0]}' is no notebook; write numbers such as 04, --from-ipynb 04, --from-py"
            " 04, --address OWNER/NAME, or --widgets."
        )
    if side and not numbers:
        raise SystemExit(f"Say which notebooks: build.py {side} 04")
    if side == "--from-ipynb":
        paths = sorted(HERE.glob("[0-9]*.ipynb"))
        for path in (path for path in paths if path.name.startswith(tuple(numbers))):
            Pair(path.with_suffix(".py")).take_ipynb()
        return None
    paths = [
        path
        for path in sorted(HERE.glob("[0-9]*.py"))
        if not numbers or path.name.startswith(tuple(numbers))
    ]
    if not side and (refused := list(filter(None, map(refusal, paths)))):
        raise SystemExit("\n".join(refused))  # before the first minute of executing
    # no output may show what the author's own cache holds
    with tempfile.TemporaryDirectory(prefix="clipnb-build-") as os.environ["CLIPNB_CACHE"]:
        for path in paths:
            print(path.name, flush=True)
            build(path, side == "--from-py")
    return None


def refusal(source: Path) -> str:
    """Why a notebook cannot be built, or nothing."""
    pair = Pair(source)
    return pair.refusal(generated(source, pair.text))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

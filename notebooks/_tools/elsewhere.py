"""What opens a notebook elsewhere: the links of its first cell, and the cell that installs clipnb
on Colab.

Both are generated from one address, ``Repository`` in pyproject.toml. To change it everywhere:
``python notebooks/_tools/build.py --address OWNER/NAME``
"""

import re
import tomllib
from pathlib import Path

from clipnb.support.files import write_text

HERE = Path(__file__).parent.parent  # notebooks/
OPENS = re.compile(r"# \*\*Not installed\?\*\*.*\n")
COLAB_CELL = """\
# %% tags=["remove-cell"]
import sys

if "google.colab" in sys.modules:  # on Colab this installs clipnb; anywhere else it does nothing
    from IPython import get_ipython

    get_ipython().run_line_magic("pip", "install --quiet git+{address}")

"""
OLD_COLAB_CELL = re.compile(
    r'# %% tags=\["remove-cell"\]\nimport sys\n\nif "google\.colab".*?\n\n(?=# %%)', re.S
)
ADDRESS = re.compile(
    r"(?P<host>colab\.research\.google\.com/github/|mybinder\.org/v2/gh/|git\+https://github\.com/)[^/\s]+/[^/\s\"\\]+"
)


def repository() -> str:
    """The address of the repository; SystemExit if it is none of GitHub, since Colab opens no
    others."""
    project = tomllib.loads((HERE.parent / "pyproject.toml").read_text("utf-8"))["project"]
    address = project["urls"]["Repository"].removesuffix(".git").rstrip("/")
    if not re.fullmatch(r"https://github\.com/[\w.-]+/[\w.-]+", address):
        raise SystemExit(
            f"pyproject.toml names the repository '{address}'; write"
            " https://github.com/<owner>/<name>, which Colab and Binder can open."
        )
    return address


def links(stem: str, address: str) -> str:
    """The line of the first cell, as percent text."""
    name = address.removeprefix("https://github.com/")
    colab = f"https://colab.research.google.com/github/{name}/blob/main/notebooks/{stem}.ipynb"
    binder = f"https://mybinder.org/v2/gh/{name}/HEAD?urlpath=lab/tree/notebooks/{stem}.ipynb"
    return f"# **Not installed?** [Open in Colab]({colab}) · [Open in Binder]({binder})\n"


def with_links(text: str, stem: str) -> str:
    """A notebook's percent text with the links at the end of its first cell and the cell for Colab
    behind it, whatever stood there before."""
    text = OLD_COLAB_CELL.sub("", OPENS.sub("", text, count=1), count=1)
    opening = re.search(r"# \*\*Time\.\*\*.*\n(#\n)?", text)
    address = repository()
    text = (
        text[: opening.end()].removesuffix("#\n")
        + "#\n"
        + links(stem, address)
        + "\n"
        + text[opening.end() :].lstrip("\n")
    )
    first_code = text.index("\n# %%", opening.end()) + 1
    return text[:first_code] + COLAB_CELL.format(address=address) + text[first_code:]


def without_links(text: str) -> str:
    """A notebook's percent text for a class that has its own copy: the cell for Colab stays, the
    links go."""
    return OPENS.sub("", text, count=1).replace("#\n\n# %%", "\n# %%", 1)


def readdress(name: str) -> None:
    """Write the address "owner/name" into pyproject.toml, every notebook and its pair; nothing is
    executed, since the cell for Colab does nothing here."""
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", name):
        raise SystemExit(
            f"'{name}' is no repository on GitHub; write <owner>/<name>, such as ada/clipnb."
        )
    settings = HERE.parent / "pyproject.toml"
    write_text(
        settings,
        re.sub(
            r'(?m)^Repository = ".*"$',
            f'Repository = "https://github.com/{name}"',
            settings.read_text("utf-8"),
        ),
    )
    for path in [*HERE.glob("[0-9]*.py"), *HERE.glob("[0-9]*.ipynb")]:
        write_text(path, ADDRESS.sub(lambda found: found["host"] + name, path.read_text("utf-8")))

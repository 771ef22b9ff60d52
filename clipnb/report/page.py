"""An explained report of a folder of images: ``write_report``, and ``python -m clipnb.report
photos/ --descriptors d.json``. What is on the page is computed in ``content``.

One HTML file that needs no network and runs no script, and a table of all predictions beside it.
Everything that comes from file names, class names or descriptors is data: the page is made by a
template that escapes all of it, and forbids itself scripts and requests besides.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..data.images import ImageDataset
from ..evaluation.statistics import p_text, percent
from ..support.commands import noted
from ..support.files import replacing
from . import findings
from .content import audit_of, content_of
from .rejected import none_of_these
from .table import COLUMNS, plain, write_table

if TYPE_CHECKING:
    import jinja2

    from ..classify.descriptors import DescriptorSet
    from ..classify.zeroshot import ZeroShotClassifier
    from ..evaluation.abstain import Rejection
    from ..evaluation.comparison import Method


TEMPLATE = Path(__file__).with_name("page.html")
MARK = b'<meta name="generator" content="clipnb report">'  # how a report of ours is known again
MOST_IMAGES = 1000


def write_report(
    path: str | Path,
    data: ImageDataset,
    classifiers: ZeroShotClassifier | Mapping[str, Method],
    *,
    explain: str | None = None,
    reject: Rejection | None = None,
    descriptors: DescriptorSet | None = None,
    suggestions: Mapping[str, Sequence[str]] | None = None,
    title: str = "What the classifier saw, and why",
    notes: Iterable[str] = (),
    max_images: int = 60,
    max_prompts: int = 12,
    seeds: int | Sequence[int] = 5,
    predictions: bool = True,
    overwrite: bool = False,
) -> Path:
    """Write what classifiers make of some images, and why, as one HTML page that can be mailed,
    printed and kept.

    On it: how good each method is, with 95 % Wilson intervals and exact paired tests (Holm's
    correction); every class; the most confused pairs, and what separates them; labels that may be
    incorrect; images that are nearly the same; images with their reasons, mistakes first;
    the prompts used; how to read it; model and versions. Without labels it shows the answers, the
    least confident first. Memory does not grow with the number of images but for their embeddings.

    Parameters
    ----------
    path : str or path
        "report.html". Replaced in one step, if it is a report already.
    data : ImageDataset
        Labels may be missing, for some or for all images.
    classifiers : ZeroShotClassifier or mapping
        One, or what to call it → :class:`ZeroShotClassifier`, fitted :class:`FewShotClassifier`, or
        function of a seed. Functions of a
        seed are controls, as in :func:`clipnb.evaluate`; names that begin with "control" are taken
        for controls.
    explain : str, optional
        Whose predictions and reasons are shown; by default the last classifier that is not a
        control.
    reject : Rejection, optional
        When an image resembles no class; by default, where ‘a photo’ fits it better.
    descriptors : DescriptorSet, optional
        Its provenance, and what a check dropped, go into the report.
    suggestions : mapping class → list of str, optional
        Descriptors that may be added where classes are confused, such as those of
        :func:`clipnb.generate_contrasts`; by default those of the other classes.
    title : str
    notes : iterable of str
        More remarks on the images, such as files that could not be read. What is warned of while
        the report is made is added.
    max_images : int
        At most so many images are shown, as thumbnails of 224 pixels (0 … 1000); the others are
        listed.
    max_prompts : int
        At most so many prompts beside an image have a bar of their own; the others share one.
    seeds : int or sequence of int
        For the controls.
    predictions : bool
        Also write ``<name>-predictions.csv``: file, truth, prediction, probability, runner_up,
        reasons, a row per image.
    overwrite : bool
        Replace the files even if they are something else.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    FileExistsError
        If there is a file that is no such report, or no such table.
    ValueError
        If there are no images, nothing to explain, or the classes of a classifier and of the
        images differ.
    """
    path = Path(path).expanduser()
    table = _table_beside(path)
    check_target(path, predictions, overwrite)
    _check_request(data, max_images, max_prompts)
    if not isinstance(classifiers, Mapping):
        classifiers = {"the classifier": classifiers}
    explain = findings.choose(classifiers, explain)
    findings.check_classes(classifiers, data)
    with noted() as warned:
        data = findings.embedded(data, findings.explained(classifiers, explain).clip)
        content = content_of(
            data, classifiers, explain, descriptors, max_images, max_prompts, seeds
        )
        content |= audit_of(
            content["prediction"], data, classifiers, descriptors, suggestions, max_images > 0
        )
        none = none_of_these(content["prediction"], data, reject)
    content |= {
        "title": title,
        "notes": list(
            dict.fromkeys([*none, *notes, *_skipped(data), *warned, *findings.remarks(data)])
        ),
        "table": table.name if predictions else None,
    }
    with replacing(path) as file:
        for piece in _template().generate(content):
            file.write(piece)
    if predictions:
        write_table(table, content["prediction"], data)
    return path


def check_target(path: Path, predictions: bool = True, overwrite: bool = False) -> None:
    """Whether a report can be written there, before the work that goes into it.

    Raises
    ------
    OSError, ValueError
        As for :func:`write_report`.
    """
    if path.is_dir():
        raise ValueError(
            f"'{path}' is a folder; give the name of the file to write, such as"
            f" '{path / 'report.html'}'."
        )
    if not path.parent.is_dir():
        raise FileNotFoundError(f"There is no folder '{path.parent}' to write the report into.")
    if path.suffix.lower() not in (".html", ".htm"):
        raise ValueError(
            f"The report is a page; give it a name that ends in .html, not '{path.name}'."
        )
    if not os.access(path.parent, os.W_OK):
        raise PermissionError(f"Nothing can be written into the folder '{path.parent.absolute()}'.")
    _refuse_strangers(path, MARK, overwrite)
    if predictions:
        _refuse_strangers(_table_beside(path), ",".join(COLUMNS).encode(), overwrite)


def _table_beside(path: Path) -> Path:
    return path.with_name(f"{path.stem}-predictions.csv")


def _check_request(data: ImageDataset, max_images: int, max_prompts: int) -> None:
    if not len(data):
        raise ValueError("There are no images to report on.")
    if not 0 <= max_images <= MOST_IMAGES:
        raise ValueError(
            f"max_images is {max_images}; a report shows 0 to {MOST_IMAGES}"
            " (the others are listed)."
        )
    if max_prompts < 1:
        raise ValueError(f"max_prompts is {max_prompts}; an explanation needs at least one.")


def _skipped(data: ImageDataset) -> list[str]:
    """What load_images says it left out, and why."""
    return [str(data.summary)] if data.summary else []


def _refuse_strangers(path: Path, known: bytes, overwrite: bool) -> None:
    """FileExistsError if a file is there that we did not write."""
    if path.is_dir():
        raise IsADirectoryError(f"'{path}' is a folder, and a file of this name is to be written.")
    if path.exists() and not overwrite:
        with open(path, "rb") as file:
            if known not in file.read(2000):
                raise FileExistsError(
                    f"'{path}' exists and was not written by clipnb; give another name, or"
                    " overwrite=True."
                )


def _shown(value: Any) -> Any:
    """A text without control characters, in which no line ends between a number and its "%"."""
    value = plain(value)
    markup = hasattr(value, "__html__") or not isinstance(value, str)
    return value if markup else re.sub(r"(?<=\d) %", "\N{NO-BREAK SPACE}%", value)


def _template() -> jinja2.Template:
    """The page's template. Autoescape is on, an unknown name is an error, and every text loses
    control characters first."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATE.parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"percent": percent, "p": p_text}
    return environment.get_template(TEMPLATE.name)

"""A zero-shot classifier is a table of prompts: :class:`PromptTable`, and the ways to fill it."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..support.names import class_list, listed
from ..support.text import brief
from .descriptors import DescriptorSet
from .phrasing import describe
from .texts import ClassTexts

if TYPE_CHECKING:
    import pandas as pd

Template = str | Callable[[str], str]
TEMPLATES = (
    "a photo of a {}",
    "a picture of a {}",
    "an image of a {}",
    "a drawing of a {}",
    "an illustration of a {}",
    "a close-up of a {}",
    "a good photo of a {}",
    "a painting of a {}",
    "a bright photo of a {}",
    "a photo of the {}",
    "a small {}",
    "this is a {}",
)


class PromptTable(ClassTexts):
    """Class name → prompts, in the order given.

    Attributes
    ----------
    class_names : list of str
    prompts : list of str
        All prompts, class by class.
    groups : (prompts,) int array
        The class of each prompt, as an index into ``class_names``.
    provenance : dict
        Where the prompts come from, where a language model wrote them.
    report : pandas.DataFrame
        What was dropped of its prompts, and why.

    Raises
    ------
    ValueError
        If the table is empty or a class has no prompt, or an empty one.

    Examples
    --------
    >>> table = clipnb.PromptTable({"robin": ["a robin", "a red breast"], "wren": ["a wren"]})
    >>> table.prompts
    ['a robin', 'a red breast', 'a wren']
    >>> table.groups
    array([0, 0, 1])
    """

    kind, key = "prompt", "prompts"

    def __init__(
        self,
        prompts: Mapping[str, Iterable[str]],
        provenance: Mapping[str, Any] | None = None,
        report: pd.DataFrame | None = None,
    ):
        super().__init__(prompts, provenance, report)
        if not len(self):
            raise ValueError("The table is empty; give at least one class with a prompt.")

    @property
    def prompts(self) -> list[str]:
        return [prompt for row in self._rows.values() for prompt in row]

    @property
    def groups(self) -> np.ndarray:
        return np.repeat(np.arange(len(self)), [len(row) for row in self._rows.values()])

    def __repr__(self) -> str:
        first = next(iter(self._rows))
        return (
            f"PromptTable({len(self)} classes, {len(self.prompts)} prompts; '{brief(first)}':"
            f" {self._rows[first][:2]} …)"
        )

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{html.escape(name)}</td><td"
            f" style='text-align:left'>{'<br>'.join(map(html.escape, row))}</td></tr>"
            for name, row in list(self._rows.items())[:12]
        )
        more = f"<p>… {len(self) - 12} more classes</p>" if len(self) > 12 else ""
        head = "<thead><tr><th>class</th><th>prompts</th></tr></thead>"
        return f"<table>{head}<tbody>{rows}</tbody></table>{more}"


# --- ways to fill the table -----------------------------------------------------------------------


def fill(template: Template, name: str, what: str = "template") -> str:
    """The template with the name in it.

    Parameters
    ----------
    template : str or function
        A text with {} wherever the name goes; no other brace means anything in it, so that others
        are refused. Or a function from name to text, as in the lists of open_clip and CuPL.
    name : str
        It may hold braces.
    what : str
        What the caller calls the template, for the message.

    Raises
    ------
    ValueError
        If there is no {} in it (all classes would get the same prompt), if it has other braces, or
        if it is a function that gives no text.
    """
    if callable(template):
        return _called(template, name, what)
    if not isinstance(template, str):
        raise ValueError(f"The {what} is {type(template).__name__}; give a text with {{}} in it.")
    shown = f"The {what} '{brief(template, 40)}'"
    if "{}" not in template:
        raise ValueError(f"{shown} has no {{}}; put {{}} where the class name goes.")
    # "{{}}" and "{size}" mean something to str.format; taken literally they would be a prompt, too
    if set("{}") & set(template.replace("{}", " ")) or "{{}" in template or "{}}" in template:
        raise ValueError(
            f"{shown} has braces other than {{}}; put {{}} where the class name goes, or give a"
            " function, such as lambda name: ..., for a text with braces."
        )
    return template.replace("{}", name)


def _called(template: Callable[[str], str], name: str, what: str) -> str:
    try:
        text = template(name)
    except Exception as error:
        raise ValueError(
            f"The {what}, a function, fails with the class name '{brief(name)}'"
            f" ({type(error).__name__}: {brief(error, 200)})."
        ) from error
    if not isinstance(text, str):
        raise ValueError(
            f"The {what}, a function, gives {type(text).__name__} for the class name"
            f" '{brief(name)}'; it must give text."
        )
    return text


def _filled(names: list[str], template: Template) -> list[str]:
    """The template with each of the names; ValueError if two of the prompts are the same."""
    prompts, first = [fill(template, name) for name in names], dict[str, str]()
    for name, prompt in zip(names, prompts, strict=True):
        if first.setdefault(prompt, name) != name:
            raise ValueError(
                f"The template gives '{brief(first[prompt])}' and '{brief(name)}' the same"
                " prompt; put the class name into it."
            )
    return prompts


def name_prompts(classes: Iterable[str], template: Template = "a photo of a {}") -> PromptTable:
    """One prompt a class: the name in a template (Radford et al. 2021, section 3.1.4).

    Parameters
    ----------
    classes : iterable of str
        Each name once.
    template : str or function
        A text with {} for the name, or a function from name to text.

    Raises
    ------
    ValueError
        If a name occurs twice, or the template has no place for it or other braces than {}.

    Examples
    --------
    >>> clipnb.name_prompts(["robin", "wren"]).prompts
    ['a photo of a robin', 'a photo of a wren']
    """
    return template_prompts(classes, [template])


def template_prompts(
    classes: Iterable[str], templates: Iterable[Template] = TEMPLATES
) -> PromptTable:
    """A prompt ensemble: the name in many templates (Radford et al. 2021, section 3.1.4).

    Parameters
    ----------
    classes : iterable of str
        Each name once.
    templates : iterable of str or function
        Each a text with {} for the name, or a function from name to text; by default twelve, such
        as "a photo of a {}" and "a drawing of a {}".

    Raises
    ------
    ValueError
        As for :func:`name_prompts`, and if there is no template.

    Examples
    --------
    >>> clipnb.template_prompts(["robin"], ["a photo of a {}", "a drawing of a {}"])["robin"]
    ['a photo of a robin', 'a drawing of a robin']
    """
    given, names = listed(templates, "templates"), class_list(classes, "classes")
    if not given:
        raise ValueError("There are no templates; give at least one, such as 'a photo of a {}'.")
    filled = [_filled(names, template) for template in given]
    return PromptTable(dict(zip(names, map(list, zip(*filled, strict=True)), strict=True)))


def descriptor_prompts(
    descriptors: Mapping[str, Iterable[str]], include_name: bool = True, template: Template = "{}"
) -> PromptTable:
    """Classification by description: one prompt per descriptor (Menon & Vondrick 2023, section
    3).

    Parameters
    ----------
    descriptors : DescriptorSet or mapping
        Class → descriptors.
    include_name : bool
        "robin, which has a red breast", or only "a red breast".
    template : str or function
        What the name is put into: with "a photo of a {}" the prompt is "a photo of a robin, which
        has a red breast", as in WaffleCLIP's experiments (Roth et al. 2023). Methods are comparable
        only with the same template.

    Examples
    --------
    >>> descriptors = {"robin": ["a red breast"], "wren": ["a short tail"]}
    >>> clipnb.descriptor_prompts(descriptors)["robin"]
    ['robin, which has a red breast']
    >>> clipnb.descriptor_prompts(descriptors, include_name=False)["robin"]
    ['a red breast']
    """
    rows = rows_of(descriptors)
    names = _filled(list(rows), template)
    return PromptTable(
        {
            name: describe_all(filled, row, include_name)
            for filled, (name, row) in zip(names, rows.items(), strict=True)
        }
    )


def rows_of(descriptors: Mapping[str, Iterable[str]]) -> Mapping[str, list[str]]:
    """The descriptors as lists of text, each read once (it may be a generator); ValueError names
    the class of what is something else."""
    return descriptors if isinstance(descriptors, ClassTexts) else DescriptorSet(descriptors)


def describe_all(name: str, row: Iterable[str], include_name: bool) -> list[str]:
    """The descriptors of a class after its name, or alone."""
    return [describe(name, descriptor) for descriptor in row] if include_name else list(row)

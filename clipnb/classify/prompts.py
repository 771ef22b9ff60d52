"""A zero-shot classifier is a table of prompts: :class:`PromptTable`, and the ways to fill it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..support.names import listed
from .texts import ClassTexts

if TYPE_CHECKING:
    import pandas as pd

TEMPLATES = (
    "a photo of a {}",
    "an image of a {}",
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
            f"PromptTable({len(self)} classes, {len(self.prompts)} prompts; '{first}':"
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


def fill(template: str, name: str) -> str:
    """The template with the name in it; without {} all classes would get the same prompt."""
    if "{}" not in template:
        raise ValueError(
            f"The template '{template[:40]}' has no {{}}; put {{}} where the class name goes."
        )
    return template.format(name)


def name_prompts(classes: Iterable[str], template: str = "a photo of a {}") -> PromptTable:
    """One prompt a class: the name in a template (Radford et al. 2021, section 3.1.4)."""
    return PromptTable({name: [fill(template, name)] for name in listed(classes, "classes")})


def template_prompts(classes: Iterable[str], templates: Iterable[str] = TEMPLATES) -> PromptTable:
    """A prompt ensemble: the name in many templates (Radford et al. 2021, section 3.1.4).

    Parameters
    ----------
    classes : iterable of str
    templates : iterable of str
        Each with {} for the name; by default twelve, such as "a photo of a {}" and "a drawing of a
        {}".
    """
    templates = listed(templates, "templates")
    return PromptTable(
        {
            name: [fill(template, name) for template in templates]
            for name in listed(classes, "classes")
        }
    )


def describe(name: str, descriptor: str) -> str:
    """Join a class name and a descriptor: "robin, which has a red breast".

    The linking word is chosen by the descriptor's first whole word, so that "antennae with knobs"
    is not taken for "an …" (the rule of the paper's code looks at the first letters; Menon &
    Vondrick 2023, code).
    """
    first = re.match(r"\w+", descriptor.lower())
    first = first.group() if first else ""
    if first in {
        "is",
        "are",
        "has",
        "have",
        "can",
        "may",
        "often",
        "usually",
        "typically",
        "sometimes",
    }:
        return f"{name}, which {descriptor}"
    if first in {
        "made",
        "used",
        "covered",
        "shaped",
        "found",
        "known",
        "marked",
        "coloured",
        "colored",
        "similar",
    }:
        return f"{name}, which is {descriptor}"
    if first == "with":
        return f"{name} {descriptor}"
    return f"{name}, which has {descriptor}"


def descriptor_prompts(
    descriptors: Mapping[str, Iterable[str]], include_name: bool = True, template: str = "{}"
) -> PromptTable:
    """Classification by description: one prompt per descriptor (Menon & Vondrick 2023, section
    3).

    Parameters
    ----------
    descriptors : DescriptorSet or mapping
        Class → descriptors.
    include_name : bool
        "robin, which has a red breast", or only "a red breast".
    template : str
        What the name is put into: with "a photo of a {}" the prompt is "a photo of a robin, which
        has a red breast", as in WaffleCLIP's experiments (Roth et al. 2023). Methods are comparable
        only with the same template.
    """
    return PromptTable(
        {
            name: describe_all(fill(template, name), row, include_name)
            for name, row in descriptors.items()
        }
    )


def describe_all(name: str, row: Iterable[str], include_name: bool) -> list[str]:
    """The descriptors of a class after its name, or alone."""
    return [describe(name, descriptor) for descriptor in row] if include_name else list(row)

"""Are the explanations faithful? Explanations measured against images of which everything is known.

The protocols are those of FunnyBirds (Hesse, Schaub-Meyer and Roth, ICCV 2023), carried over to
texts: what is explained is not the logit of a class, but how well a text, or the mean of
several, fits an image. The texts are short texts made from the species tables, "a red
crest": they name one part each, because the ground truth is about parts. They are not descriptors
of the course.

An explanation is a function of an image and n texts that returns n heatmaps; or the
descriptors themselves, whose share of the score is taken as the importance of the part that each of
them names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..data.images import ImageDataset
from ..evaluation.hits import check_data
from ..evaluation.statistics import bootstrap
from ..evaluation.tables import check_columns
from ..fieldguide.edits import named_parts, other_habitat, stranger
from ..fieldguide.scene import draw, figure_mask
from ..model.checks import check_is_model
from ..support.arguments import one_of, whole
from ..support.progress import progress
from .heatmaps import METHOD_TITLES
from .protocols import (
    Case,
    distractibility,
    maps_of,
    mass_in_mask,
    part_importance,
    pointing_game,
    single_deletion,
    target_sensitivity,
)
from .reference import Reference

if TYPE_CHECKING:
    import pandas as pd

    from ..model.clip import Clip

MEASURES = {
    "single deletion": "rank correlation of the parts' importance with what their removal costs",
    "target sensitivity": "share of explanations that move to the parts which the texts name",
    "pointing game": "share of heatmaps whose peak lies on the named part",
    "mass in mask": "share of the heatmap that lies on the named part",
    "on the figure": "share of the heatmap that does not lie on the habitat",
    "distractibility": (
        "share of the heatmap that does not lie on a stranger which the model ignores"
    ),
}
QUICK = {
    METHOD_TITLES[method]: method
    for method in ("constant", "random", "gradient", "grad_cam", "gradient_attention")
}
DESCRIPTORS, CENTRED = "descriptors", "descriptors, against their average"
DELETION, MASK = "ceiling: deletion", "ceiling: mask"


# --- what is known of an image -------------------------------------------------------------------


def examine(clip: Clip, data: ImageDataset, max_parts: int = 5, seed: int = 0) -> list[Case]:
    """Draw every image again with each of its parts gone, in another habitat and with a stranger,
    and ask the model for all scores.

    Parameters
    ----------
    clip : Clip
    data : ImageDataset
        Images of the field guide; those with fewer than two parts that can be named and taken
        away are left out.
    max_parts : int
        At most so many parts of each image, two or more.
    seed : int
        Decides habitats, strangers and the colours of the false texts.

    Returns
    -------
    list
        One case per image, for the argument ``cases`` of :func:`clipnb.measure_faithfulness`.

    Raises
    ------
    ValueError
        If these are not images of the field guide, or none has two such parts.
    """
    check_is_model(clip)
    check_data(data, "examine")
    whole("max_parts", max_parts, 2)
    whole("seed", seed, 0)
    if not data.scenes or data.size is None:
        raise ValueError(
            "Only images of the field guide can be drawn again without a part; load them with"
            " load_fieldguide."
        )
    cases = []
    for number, scene in enumerate(progress(data.scenes, len(data.scenes), "redrawing images")):
        rng = np.random.default_rng([seed, number])
        parts = named_parts(scene, data.size, max_parts, seed=int(rng.integers(2**31)))
        if len(parts) >= 2:
            cases.append(_case(clip, scene, parts, data.size, rng))
    if not cases:
        raise ValueError("None of these images has two parts that can be named and taken away.")
    return cases


def _case(clip, scene, parts, size, rng) -> Case:
    other, visible = stranger(scene, rng, size)
    image, crowded = draw(scene, size), draw(scene, size, behind=other)
    images = [
        image,
        draw(other_habitat(scene, rng), size),
        crowded,
        *(part.gone for part in parts),
    ]
    texts = [part.phrase for part in parts] + [part.wrong for part in parts]
    scores = (
        clip.encode_texts(texts, progress_bar=False)
        @ clip.encode_images(images, progress_bar=False).T
    ).numpy()
    return Case(
        image,
        crowded,
        parts,
        figure_mask(scene, size),
        visible,
        scores=scores[:, 0],
        moved=scores[:, 1],
        joined=scores[:, 2],
        drops=scores[:, :1] - scores[:, 3:],
    )


# --- explanations ---------------------------------------------------------------------------------


def heatmap_method(clip: Clip, method: str, **options: Any) -> Callable:
    """A method of :func:`clipnb.heatmap` as a function of an image and texts; ``clip`` may be
    another model than the one that is judged."""
    from .heatmaps import heatmap

    return lambda image, texts: heatmap(clip, image, texts, method=method, **options)


def random_weights(clip: Clip, seed: int = 0) -> Clip:
    """A CLIP of the same build that has learnt nothing: explanations that look alike for both do
    not explain what was learnt.

    Adebayo et al., Sanity checks for saliency maps (NeurIPS 2018), model parameter randomisation,
    all layers at once.
    """
    import torch
    from transformers import AutoModel

    from ..model.clip import Clip

    check_is_model(clip)
    whole("seed", seed, 0)

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = AutoModel.from_config(clip.model.config)
    name = f"{clip.name}, random weights"
    model = model.to(clip.device, clip.model.dtype).eval()
    return Clip(
        model,
        clip.tokenizer,
        clip.image_processor,
        name,
        f"{clip.fingerprint} random {seed}",
        clip.origin,
    )


def _deletion_map(case: Case) -> np.ndarray:
    """What each part's removal costs each text, spread over its pixels."""
    spread = [part.mask / part.mask.sum() for part in case.parts]
    return np.einsum("sp,phw->shw", case.drops, np.stack(spread))


def _mask_map(case: Case) -> np.ndarray:
    """The mask of the part that a true text names; nothing for a false one, since there is
    nothing of the kind to be seen."""
    masks = np.stack([part.mask for part in case.parts]).astype(float)
    return np.concatenate([masks, np.zeros_like(masks)])


# --- tables ---------------------------------------------------------------------------------------


def measure_faithfulness(
    clip: Clip,
    data: ImageDataset,
    methods: Mapping | None = None,
    max_parts: int = 5,
    seed: int = 0,
    cases: list[Case] | None = None,
) -> pd.DataFrame:
    """How faithful are explanations? Methods × measures, with intervals over images.

    Parameters
    ----------
    clip : Clip
        The model whose behaviour is the truth.
    data : ImageDataset
        Images of the field guide.
    methods : mapping, optional
        What to call it → a method of :func:`clipnb.heatmap`, or a function (image, n texts) →
        (n, H, W) of the image's size. By default the quick methods: constant, random, gradient,
        Grad-CAM, gradient × attention. The descriptors themselves and the two ceilings always take
        part.
    max_parts : int
        See :func:`clipnb.explain.faithfulness.examine`.
    seed : int
        Likewise, and of the bootstrap.
    cases : list, optional
        What :func:`clipnb.explain.faithfulness.examine` returns, where it is at hand already.

    Returns
    -------
    pandas.DataFrame
        Columns ``method``, ``measure``, ``value``, ``low``, ``high`` (95 % bootstrap interval over
        images), ``n`` (images where the measure applies). The measures: *single deletion*, rank
        correlation of the parts' importance with what their removal costs; *target sensitivity*,
        share of explanations that move to the parts which the texts name; *pointing game*,
        share of heatmaps whose peak lies on the named part; *mass in mask* and *on the figure*,
        share of the heatmap that lies there; *distractibility*, share that does not lie on a
        stranger which the model ignores. Descriptors have no place in the image, so measures of
        heatmaps are missing for them. The ceilings: ``deletion`` has every part's true cost (what a
        faithful explanation would say of *this* model), ``mask`` the exact place of what a text
        names (what a model that looks at the right place would show). They differ where the model
        looks elsewhere.
    """
    import pandas as pd

    given = _checked(QUICK if methods is None else methods)
    cases = examine(clip, data, max_parts, seed) if cases is None else list(cases)
    if not cases:
        raise ValueError("cases is empty; give what examine returns, or leave it out.")
    functions = {
        name: heatmap_method(clip, method) if isinstance(method, str) else method
        for name, method in given.items()
    }
    usual = _mean_cosines(clip, cases)
    results: dict[str, list[dict]] = {}
    for case in progress(cases, len(cases), "explaining"):
        for name, function in functions.items():
            maps = maps_of(function, case.image, case.texts)
            crowded = maps_of(function, case.crowded, case.texts[: len(case.parts)])
            results.setdefault(name, []).append(_measure(case, maps, crowded))
        for name, values in _descriptor_rows(case, usual).items():
            results.setdefault(name, []).append(values)
        deletion, mask, n = _deletion_map(case), _mask_map(case), len(case.parts)
        results.setdefault(DELETION, []).append(_measure(case, deletion, deletion[:n], case.drops))
        results.setdefault(MASK, []).append(_measure(case, mask, mask[:n]))
    rows = []
    for name, values in results.items():
        for measure in MEASURES:
            defined = np.array([v.get(measure, np.nan) for v in values])
            defined = defined[~np.isnan(defined)]
            low, high = bootstrap(defined, seed=seed) if len(defined) > 1 else (np.nan, np.nan)
            rows.append(
                (name, measure, defined.mean() if len(defined) else np.nan, low, high, len(defined))
            )
    return pd.DataFrame(rows, columns=["method", "measure", "value", "low", "high", "n"])


def above_floor(table: pd.DataFrame, floor: str = "constant") -> pd.DataFrame:
    """Where a method's interval lies wholly above that of the floor: methods × measures, bool.

    Stricter than a test of the difference, since both intervals are about the same images.
    """
    check_columns(
        table, ("method", "measure", "low", "high"), "above_floor", "measure_faithfulness"
    )
    one_of("floor", floor, table["method"].unique())
    low, high = (
        table.pivot(index="method", columns="measure", values=name)[list(MEASURES)]
        for name in ("low", "high")
    )
    return (low > high.loc[floor]).loc[list(table["method"].unique())]


def _checked(methods: Mapping) -> Mapping:
    """Methods that can be called, none of them called as a row of the table is anyway."""
    if not isinstance(methods, Mapping):
        kind = type(methods).__name__
        raise ValueError(f"methods is {kind}; give a mapping, what to call it → method.")
    for name, method in methods.items():
        if name in (DESCRIPTORS, CENTRED, DELETION, MASK):
            raise ValueError(f"'{name}' is in the table anyway; call this method something else.")
        if not isinstance(method, str) and not callable(method):
            raise ValueError(
                f"The method '{name}' is {type(method).__name__}; give the name of a method of"
                " heatmap, or a function (image, texts) → maps."
            )
    return methods


def _measure(
    case: Case, maps: np.ndarray, crowded: np.ndarray, importance: np.ndarray | None = None
) -> dict:
    n = len(case.parts)
    importance = part_importance(maps, case.parts) if importance is None else importance
    masses = np.array([mass_in_mask(h, part.mask) for h, part in zip(maps, case.parts)])
    defined = masses[~np.isnan(masses)]
    return {
        "single deletion": single_deletion(case, importance),
        "target sensitivity": target_sensitivity(case, importance),
        "pointing game": pointing_game(case, maps[:n]),
        "mass in mask": defined.mean() if len(defined) else np.nan,
        "on the figure": mass_in_mask(maps[:n].mean(0), case.figure),
        "distractibility": distractibility(case, crowded),
    }


def _mean_cosines(clip, cases) -> dict[str, float]:
    """The mean cosine of each text over the images of all cases."""
    texts = sorted({text for case in cases for text in case.texts})
    images = [case.image for case in cases]
    reference = Reference.of(clip.encode_images(images, progress_bar=False))
    means = reference.mean_cosines(clip.encode_texts(texts, progress_bar=False))
    return dict(zip(texts, means.tolist()))


def _descriptor_rows(case: Case, usual: Mapping) -> dict[str, dict]:
    """A text gives its own score to the part that it names; once as it is, once less what it
    scores on the average image."""
    n, rows = len(case.parts), {}
    centred = case.scores - np.array([usual[text] for text in case.texts])
    for name, scores in ((DESCRIPTORS, case.scores), (CENTRED, centred)):
        importance = np.concatenate([np.diag(scores[:n]), np.diag(scores[n:])])
        rows[name] = {
            "single deletion": single_deletion(case, importance),
            "target sensitivity": target_sensitivity(case, importance),
        }
    return rows

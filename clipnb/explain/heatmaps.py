"""Where in the image a text is seen."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..model.checks import check_is_model
from ..model.clip import Clip
from ..model.tokens import listed_texts
from . import gradients, shapley
from .attention import with_gradients

if TYPE_CHECKING:
    from PIL import Image

METHODS = {
    "gradient_attention": gradients.gradient_attention,
    "grad_cam": gradients.grad_cam,
    "gradient": gradients.gradient,
    "integrated_gradients": gradients.integrated_gradients,
    "shapley_sampling": shapley.shapley_sampling,
    "kernel_shap": shapley.kernel_shap,
    "random": shapley.random,
    "constant": shapley.constant,
}
METHOD_TITLES = {  # in tables and figures
    "gradient_attention": "gradient × attention",
    "grad_cam": "Grad-CAM",
    "gradient": "gradient",
    "integrated_gradients": "integrated gradients",
    "shapley_sampling": "Shapley values, sampled",
    "kernel_shap": "KernelSHAP",
    "random": "random",
    "constant": "constant",
}


def heatmap(
    clip: Clip,
    image: Image.Image | np.ndarray,
    text: str | Sequence[str],
    method: str = "gradient_attention",
    **options: Any,
) -> np.ndarray:
    """Where in an image a text is seen: what every pixel has to do with the cosine of image
    and text.

    Parameters
    ----------
    clip : Clip
        Any but a SigLIP 2 with images of any shape (NaFlex), which is refused.
    image : PIL image or (height, width, 3) uint8 array
    text : str or sequence of str
        All texts of one image go through the model together where the method allows.
    method : str
        ``gradient_attention``: transformer relevance (Chefer et al. 2021), never negative; option
        ``layers``.
        ``grad_cam``: layer Grad-CAM (Selvaraju et al. 2017); options ``layer``, ``relu``.
        ``gradient``: size of the gradient (Simonyan et al. 2014). ``integrated_gradients``
        (Sundararajan et al. 2017): options ``baseline``, ``steps``. ``shapley_sampling`` (Castro et
        al. 2009) and ``kernel_shap`` (Lundberg & Lee 2017), over regions of the image: options
        ``regions``, ``samples``, ``baseline``, ``seed``. ``random`` (option ``seed``) and
        ``constant``: no explanations, but what any explanation must beat.
    **options
        Those of the method. ``baseline`` is what an image without information looks like: "mean"
        (the image's own mean colour), "black", "white", "blur" or a colour (red, green, blue).

    Returns
    -------
    (height, width) float array, or (n, height, width) for a sequence of n texts
        At the size of the upright image: a photo that its EXIF turns is shown turned, as by
        ``load_images(…).images[i]``, ``show_heatmap`` or ``PIL.ImageOps.exif_transpose``, not as
        by ``plt.imshow(Image.open(…))``. 0 outside of what the model sees, for a CLIP looks at the
        middle square only. The maps of ``integrated_gradients``, ``shapley_sampling`` and
        ``kernel_shap`` add up to the cosine of the image minus that of the baseline.

    Raises
    ------
    ValueError
        For an unknown method; the message names the known ones.
    TypeError
        For an option that the method does not have.
    """
    check_is_model(clip)
    if not isinstance(method, str) or method not in METHODS:
        raise ValueError(f"There is no method '{method}'; the methods are {', '.join(METHODS)}.")
    function = METHODS[method]
    known = [
        name
        for name, p in inspect.signature(function).parameters.items()
        if p.kind is p.KEYWORD_ONLY
    ]
    if strangers := [name for name in options if name not in known]:
        raise TypeError(
            f"The method '{method}' has no option '{strangers[0]}';"
            f" {'its options are ' + ', '.join(known) if known else 'it has none'}."
        )
    texts = [text] if isinstance(text, str) else listed_texts(text)
    with with_gradients(clip):
        view = gradients.look(clip, image, texts)
        if not texts:
            return np.zeros((0, *view.size))
        # a clone, for embeddings made in inference mode have no gradients
        embeddings = clip.encode_texts(texts).clone().to(clip.device)
        maps, smooth = function(view, embeddings, **options)
    maps = gradients.to_image(view, maps, smooth)
    return maps[0] if isinstance(text, str) else maps

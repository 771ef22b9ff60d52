"""Explanations: where in the picture a sentence is seen, which words count, and what each descriptor adds to a decision."""

from __future__ import annotations

import inspect
import re

import numpy as np
from torch.nn.functional import normalize

from . import attribution, regions
from .clip import Clip
from .zeroshot import Prediction

METHODS = {
    "gradient_attention": attribution.gradient_attention,
    "grad_cam": attribution.grad_cam,
    "gradient": attribution.gradient,
    "integrated_gradients": attribution.integrated_gradients,
    "shapley_sampling": regions.shapley_sampling,
    "kernel_shap": regions.kernel_shap,
    "random": regions.random,
    "constant": regions.constant,
}


def heatmap(clip: Clip, image, sentence, method: str = "gradient_attention", **options) -> np.ndarray:
    """Where in a picture a sentence is seen: what every pixel has to do with the cosine of picture and sentence.

    Parameters
    ----------
    clip : Clip
        Any CLIP, or a SigLIP with pictures of a fixed size.
    image : PIL picture or (height, width, 3) uint8 array
    sentence : str or sequence of str
        All sentences of one picture go through the model together where the method allows.
    method : str
        ``gradient_attention``: transformer relevance (Chefer et al. 2021), never negative; option ``layers``.
        ``grad_cam``: layer Grad-CAM (Selvaraju et al. 2017); options ``layer``, ``relu``.
        ``gradient``: size of the gradient (Simonyan et al. 2014).
        ``integrated_gradients`` (Sundararajan et al. 2017): options ``baseline``, ``steps``.
        ``shapley_sampling`` (Castro et al. 2009) and ``kernel_shap`` (Lundberg & Lee 2017), over regions of the picture: options ``regions``,
        ``samples``, ``baseline``, ``seed``.
        ``random`` (option ``seed``) and ``constant``: no explanations, but what any explanation must beat.
    **options
        Those of the method. ``baseline`` is what a picture without information looks like: "mean" (the picture's own mean colour), "black",
        "white", "blur" or a colour (red, green, blue).

    Returns
    -------
    (height, width) float array, or (n, height, width) for a sequence of n sentences
        At the picture's size; 0 outside of what the model sees, for a CLIP looks at the middle square only. The maps of
        ``integrated_gradients``, ``shapley_sampling`` and ``kernel_shap`` add up to the cosine of the picture minus that of the baseline.

    Raises
    ------
    ValueError
        For an unknown method; the message names the known ones.
    TypeError
        For an option that the method does not have.
    """
    if method not in METHODS:
        raise ValueError(f"There is no method '{method}'; the methods are {', '.join(METHODS)}.")
    function = METHODS[method]
    known = [name for name, p in inspect.signature(function).parameters.items() if p.kind is p.KEYWORD_ONLY]
    if strangers := [name for name in options if name not in known]:
        raise TypeError(f"The method '{method}' has no option '{strangers[0]}'; {'its options are ' + ', '.join(known) if known else 'it has none'}.")
    sentences = [sentence] if isinstance(sentence, str) else list(sentence)
    view = attribution.look(clip, image, sentences)
    if not sentences:
        return np.zeros((0, *view.size))
    texts = clip.encode_texts(sentences).clone().to(clip.device)  # a clone, for vectors made in inference mode have no gradients
    maps, smooth = function(view, texts, **options)
    maps = attribution.to_picture(view, maps, smooth)
    return maps[0] if isinstance(sentence, str) else maps


def word_relevance(clip: Clip, image, sentence: str):
    """Which words of a sentence its cosine with a picture rests on: gradient × attention in the text encoder (Chefer et al. 2021).

    Parameters
    ----------
    clip : Clip
    image : PIL picture or (height, width, 3) uint8 array
    sentence : str

    Returns
    -------
    pandas.DataFrame
        One row per token, in order: ``number`` (of the word, from 0), ``word``, ``token`` (the piece of text), ``relevance`` (never negative;
        only its size beside the others means something). Tokens beyond the model's length are not there.
    """
    import pandas as pd

    if not isinstance(sentence, str):
        raise TypeError(f"word_relevance explains one sentence (str), but got {type(sentence).__name__}.")
    tokens = clip._tokens([sentence], return_offsets_mapping=True)
    spans = tokens["offset_mapping"][0].tolist()
    picture = clip.encode_images(image).clone().to(clip.device)
    if len(picture) != 1:
        raise TypeError(f"word_relevance explains one picture, but got {len(picture)}; try images[0].")
    scale = attribution.gradient_scale(clip)
    with attribution.eager_attention(clip.model), attribution.attention_maps(clip.model.text_model.encoder.layers) as maps:
        with attribution.autocast(clip):
            vector = clip._text_features(tokens)
        score = scale * (normalize(vector.float(), dim=-1) * picture).sum(-1)
        relevance = attribution.relevance_rows(score, maps, scale)[0, _read_at(clip, tokens["input_ids"][0])].tolist()
    words = [(match.start(), match.group()) for match in re.finditer(r"\S+", sentence)]
    rows = []
    for (start, end), value in zip(spans, relevance):
        if end > start:  # tokens for beginning, end and padding stand for no text
            number = max(sum(at <= start for at, _ in words) - 1, 0)
            rows.append((number, words[number][1], sentence[start:end].strip(), value))
    return pd.DataFrame(rows, columns=["number", "word", "token", "relevance"])


def _read_at(clip: Clip, ids) -> int:
    """The position whose vector stands for the sentence: CLIP's first end token, SigLIP's last position."""
    if clip.sigmoid:
        return len(ids) - 1
    end = clip.model.text_model.eos_token_id
    return int(ids.argmax()) if end == 2 else int((ids == end).int().argmax())  # 2: as transformers reads OpenAI's old configurations


# --- descriptors ------------------------------------------------------------------------------------------------------------------


def contributions(prediction: Prediction, index: int = 0, classes=None):
    """What every descriptor adds to the margin between two classes.

    With ``mean`` pooling (Menon & Vondrick 2023, equation 1) the score of a class is the mean cosine of its K sentences, so the margin is a sum
    over sentences: + cosine / K for those of the first class, - cosine / K for those of the second. Each cosine is counted from the midpoint of
    the two class scores, which changes no sum (what the first class loses, the second gains) and makes the signs readable: a sentence of the first
    class that fits better than the midpoint speaks for it, and so does a sentence of the second that fits worse.

    Parameters
    ----------
    prediction : Prediction
    index : int
        The picture.
    classes : (str, str), optional
        This class rather than that one; by default the two best.

    Returns
    -------
    pandas.DataFrame
        One row per sentence: ``class`` (both names with a slash for a sentence that both have), ``sentence``, ``score`` (cosine),
        ``contribution``. The contributions add up to the margin, score of the first class minus score of the second. Largest first;
        ``attrs`` has ``classes``, ``scores`` and ``margin``.

    Raises
    ------
    ValueError
        If the classifier pools by another rule than ``mean``: there, what a sentence adds depends on the other sentences of its class.
    """
    import pandas as pd

    classifier = prediction._classifier
    if classifier.pooling != "mean":
        raise ValueError(
            f"With the pooling '{classifier.pooling}' a sentence adds no share of its own to the margin; build the classifier with pooling='mean'."
        )
    first, second = classes = _two_classes(prediction, index, classes)
    reasons = prediction.explain(index, list(classes))
    mine, theirs = (reasons["class"] == name for name in classes)
    scores = [float(reasons.loc[rows, "class_score"].iloc[0]) for rows in (mine, theirs)]
    weight = mine / mine.sum() - theirs / theirs.sum()
    table = reasons.assign(contribution=weight * (reasons["score"] - sum(scores) / 2))
    table = table.groupby("sentence", sort=False).agg(
        {"class": lambda names: " / ".join(dict.fromkeys(names)), "score": "first", "contribution": "sum"}
    )
    table = table.reset_index()[["class", "sentence", "score", "contribution"]].sort_values("contribution", ascending=False, kind="stable")
    result = pd.DataFrame(table).reset_index(drop=True)
    result.attrs.update(classes=(first, second), scores=tuple(scores), margin=scores[0] - scores[1])
    return result


def because(prediction: Prediction, index: int = 0, classes=None, most: int = 2) -> str:
    """The reading of :func:`contributions`: "this class rather than that one, because …".

    Parameters
    ----------
    prediction : Prediction
    index : int
        The picture.
    classes : (str, str), optional
        As for :func:`contributions`.
    most : int
        How many reasons on either side.

    Returns
    -------
    str
        Starts with the class of the higher score, whichever was named first. It says what the *score* was made of.
    """
    table = contributions(prediction, index, classes)
    if table.attrs["margin"] < 0:
        table = contributions(prediction, index, table.attrs["classes"][::-1])
    first, second = table.attrs["classes"]
    middle = sum(table.attrs["scores"]) / 2

    def reasons(rows):
        owners = [f"the {second}'s " if name == second else "" for name in rows["class"]]
        return " and ".join(
            f"{owner}“{sentence}” {'fits' if score > middle else 'fits less'} ({round(score, 2) + 0.0:.2f})"
            for owner, sentence, score in zip(owners, rows["sentence"], rows["score"])
        )

    if abs(table.attrs["margin"]) < 1e-6:  # rounding is no reason
        return f"{first} and {second} are alike to this classifier."
    for_it, against = table[table["contribution"] > 0].head(most), table[table["contribution"] < 0].iloc[::-1].head(most)
    return f"{first} rather than {second}, because {reasons(for_it)}" + (f"; against it, {reasons(against)}." if len(against) else ".")


def _two_classes(prediction: Prediction, index: int, classes) -> tuple[str, str]:
    if classes is None:
        if len(prediction.class_names) < 2:
            raise ValueError("A margin needs two classes; this classifier has one.")
        if not -len(prediction) <= index < len(prediction):
            raise IndexError(f"There is no picture {index}; the prediction holds {len(prediction)}.")
        best, rival = prediction.scores[index].topk(2).indices.tolist()
        return prediction.class_names[best], prediction.class_names[rival]
    if isinstance(classes, str) or len(classes) != 2 or classes[0] == classes[1]:
        raise ValueError(f"classes is {classes!r}; give two different classes, (this, that).")
    return tuple(classes)

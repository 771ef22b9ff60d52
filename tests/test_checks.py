"""The exercise checks: each rejects the stub and plausible wrong answers, and accepts different right ones."""

import pytest
import torch

import clipnb
from clipnb.checks import check_choice, check_description, check_pooling

HINTS = {"other": "think of ten equal cosines", "depends": "write the mean as a sum"}


@pytest.mark.parametrize("answer, accepted, says", [
    (..., False, "three dots"), ("other", False, "ten equal"), ("Depends", False, "sum"), ("both", False, "not one of"), (7, False, "not one of"),
    ("same", True, "Yes"), (" Same ", True, "Yes"),
])  # fmt: skip
def test_choice(answer, accepted, says, capsys):
    assert check_choice(answer, "same", HINTS) is accepted
    assert says in capsys.readouterr().out


def right_1(image, sentences):
    return (torch.nn.functional.normalize(sentences, dim=1) @ image).mean()


def right_2(image, sentences):
    return sum(torch.cosine_similarity(image, s, dim=0).item() for s in sentences) / len(sentences)


@pytest.mark.parametrize("function, accepted, says", [
    (..., False, "three dots"),
    (lambda i, s: (s @ i).mean(), False, "without dividing"),
    (lambda i, s: torch.cosine_similarity(i, s.mean(0), dim=0), False, "raw_mean"),
    (lambda i, s: torch.cosine_similarity(i, torch.nn.functional.normalize(s, dim=1).mean(0), dim=0), False, "centroid"),
    (lambda i, s: torch.cosine_similarity(i[None], s).max(), False, "max"),
    (lambda i, s: torch.cosine_similarity(i[None], s).sum(), False, "divide"),
    (lambda i, s: torch.cosine_similarity(i[None], s), False, "one number"),
    (lambda i, s: s @ s, False, "RuntimeError"),
    (lambda i, s: 0.5, False, "should be"),
    (right_1, True, "Yes"), (right_2, True, "Yes"),
])  # fmt: skip
def test_pooling(function, accepted, says, capsys):
    assert check_pooling(function) is accepted
    assert says in capsys.readouterr().out


PANTHER_1 = ["brown cap with white warts", "a brown cap dotted with small white flakes", "white gills", "white stem with a ring", "ridged rings at the base of the stem"]
PANTHER_2 = ["dark brown dome", "white spots on a brown cap", "a hanging white skirt on the stem", "lined edge of the cap"]


@pytest.mark.parametrize("descriptors, accepted, says", [
    (..., False, "three dots"), ([], False, "panther cap"), ("brown", False, "not a list"), (["panther cap with warts"], False, "Leave the name"),
    (["a red cap", "white warts"], False, "mistake is"), (["blue feathers"], False, "mistake is"), (["a yellow funnel"], False, "mistake is"),
    (PANTHER_1, True, "recognises"), (PANTHER_2, True, "recognises"),
])  # fmt: skip
def test_description(clip, descriptors, accepted, says, capsys):
    mushrooms = clipnb.load_fieldguide("test", kinds="mushroom", per_species=10)
    assert check_description(clip, mushrooms, "panther cap", descriptors, baseline=0.8) is accepted
    assert says in capsys.readouterr().out

"""The examples in the docstrings of public names run, and show what they say."""

import doctest

import pytest

import clipnb

NAMES = [
    *"load_clip Clip load_fieldguide load_images PromptTable name_prompts template_prompts".split(),
    *"descriptor_prompts swapped_prompts load_descriptors generate_descriptors".split(),
    *"ZeroShotClassifier FewShotClassifier pool compare evaluate".split(),
]


@pytest.mark.parametrize("name", NAMES)
def test_examples_run(name):
    tests = doctest.DocTestFinder().find(getattr(clipnb, name), name, globs={"clipnb": clipnb})
    tests = [test for test in tests if test.examples]
    assert tests, f"{name} has no example"
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    for test in tests:
        said = []
        runner.run(test, out=said.append)
        assert not said, "".join(said)

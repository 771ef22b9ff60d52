"""Relative noise on every embedding, to find results that depend on the last bits.

Only for tests: this folder must be on PYTHONPATH, and CLIPNB_TEST_NOISE must hold the seed. Then
every Python process, kernels of notebooks included, multiplies each component of what
``Clip.encode_images`` and ``Clip.encode_texts`` return by 1 + 1e-6 · a normal random number, anew
in every call, as another processor, batch or number of threads would. CLIPNB_TEST_NOISE_SIZE
replaces the 1e-6.
"""

import functools
import importlib.abc
import importlib.machinery
import os
import sys

MODULE = "clipnb.model.clip"


def add_noise(module):
    import torch

    seed, size = (
        int(os.environ["CLIPNB_TEST_NOISE"]),
        float(os.environ.get("CLIPNB_TEST_NOISE_SIZE", 1e-6)),
    )
    generator = torch.Generator().manual_seed(seed)

    def noisy(method):
        @functools.wraps(method)
        def wrapped(*args, **kwargs):
            vectors = method(*args, **kwargs)
            # one text is encoded once a call, however often it occurs
            rows, which = vectors.unique(dim=0, return_inverse=True)
            return (rows * (1 + size * torch.randn(rows.shape, generator=generator)))[which]

        return wrapped

    for name in ("encode_images", "encode_texts"):
        setattr(module.Clip, name, noisy(getattr(module.Clip, name)))


class Finder(importlib.abc.MetaPathFinder):
    """Wraps the methods as soon as the module is imported."""

    def find_spec(self, name, path=None, target=None):
        if name != MODULE:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is not None:
            run = spec.loader.exec_module
            spec.loader.exec_module = lambda module: (run(module), add_noise(module))
        return spec


if "CLIPNB_TEST_NOISE" in os.environ:
    sys.meta_path.insert(0, Finder())

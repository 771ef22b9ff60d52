"""Writes the bundled CLIP as the live pages read it: ``python book/live/export.py`` in the
environment of the package.

Into ``book/_build/live/model``: ``text.onnx`` and ``image.onnx``, whose outputs are unit
embeddings and the attention of every head; ``heads.onnx``, which makes what heads and MLPs add to
an embedding from further outputs of ``image.onnx``; and ``clip.json`` with the tokenizer and the
numbers that a page needs. Nothing is written if the files there were made from this model by this
code.

Weights are stored as float16, as they are in the bundled model, and widened to float32 by the
page's runtime when it loads them; all arithmetic is float32. Measured on the 1,840 test images of
the field guide, 92 classes by description alone: float16 5.1 MB, cosines within 8e-7 of Python's,
every top-1 the same; 8-bit weights (onnxruntime's dynamic quantisation, per channel) 3.3 MB,
cosines up to 0.011 off, one top-1 in 200 another. So 8 bits would save a fifth of what a reader
fetches and break the promise of the same numbers: not taken.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import os
import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch

import clipnb
from clipnb.concepts.heads import EmbeddingParts, project_parts, terms_to_project
from clipnb.concepts.layers import recorded_terms

OUT = Path(__file__).parent.parent / "_build" / "live" / "model"


@contextmanager
def attention_of(encoder: torch.nn.Module) -> Iterator[list[torch.Tensor]]:
    """Collects the attention maps (n, heads, to, from) of the next forward pass, layer by layer.
    They are computed anyway, so the network neither grows nor gets slower."""
    maps: list[torch.Tensor] = []
    hooks = [
        layer.self_attn.register_forward_hook(lambda module, inputs, output: maps.append(output[1]))
        for layer in encoder.encoder.layers
    ]
    try:
        yield maps
    finally:
        for hook in hooks:
            hook.remove()


class TextTower(torch.nn.Module):
    """(n, length) int64 token ids → (n, dim) float32 unit embeddings, and (n, layers, heads,
    length, length) attention. What follows the end-of-text token changes nothing, so there is no
    mask."""

    def __init__(self, clip):
        super().__init__()
        self.model = clip.model

    def forward(self, ids):
        with attention_of(self.model.text_model) as maps:
            embeddings = self.model.get_text_features(input_ids=ids).pooler_output
        return torch.nn.functional.normalize(embeddings, dim=-1), torch.stack(maps, 1)


class ImageTower(torch.nn.Module):
    """(n, side, side, 3) uint8 images, resized and cropped, → (n, dim) float32 unit embeddings,
    (n, layers, heads, places, places) attention, and what :class:`Heads` takes."""

    def __init__(self, clip):
        super().__init__()
        processor = clip.image_processor
        self.model, self.factor = clip.model, processor.rescale_factor
        self.register_buffer("mean", torch.tensor(processor.image_mean).view(3, 1, 1))
        self.register_buffer("std", torch.tensor(processor.image_std).view(3, 1, 1))

    def forward(self, pixels):
        values = (pixels.permute(0, 3, 1, 2).float() * self.factor - self.mean) / self.std
        with recorded_terms(self.model) as terms:
            terms.embeddings = self.model.get_image_features(pixel_values=values).pooler_output
        unit = torch.nn.functional.normalize(terms.embeddings, dim=-1)
        _, *rest = terms_to_project(self.model, terms)  # the first is a part of all attention
        return unit, torch.stack(terms.maps, 1), *rest


class Heads(torch.nn.Module):
    """Outputs of :class:`ImageTower` for one image → what is added to its unit embedding:
    (layers · (heads + 1) + 1, dim) by heads and MLP of each layer and by the rest, and (layers,
    heads, places, dim) by each head for each place that it reads."""

    def __init__(self, clip):
        super().__init__()
        self.model = clip.model

    def forward(self, attention, values, added, sigma, length):
        projected = attention[:, :, :, 0], values, added, sigma, length
        parts = EmbeddingParts(*project_parts(self.model, *projected, patches=True))
        return parts.listed()[0], parts.patches[0]


def settings(clip) -> dict:
    """What a page needs beside the two networks. SystemExit for a model whose images or texts it
    would prepare otherwise than Python does."""
    processor, tokenizer = clip.image_processor, clip.tokenizer
    side, crop = (
        processor.size["shortest_edge"],
        (processor.crop_size["height"], processor.crop_size["width"]),
    )
    wanted = (
        processor.do_resize
        and processor.do_center_crop
        and processor.do_rescale
        and processor.do_normalize
        and int(processor.resample) == 3
    )
    if clip.sigmoid or not wanted or crop != (side, side):
        raise SystemExit(
            "The live pages resize with Pillow's bicubic filter, cut out the middle and read CLIP's"
            " texts; this model does otherwise."
        )
    folder = Path(clip.origin["model"])
    return {
        "dim": clip.dim,
        "logitScale": clip.logit_scale,
        "maxTokens": clip.max_tokens,
        "endToken": tokenizer.eos_token_id,
        "padToken": tokenizer.pad_token_id,
        "side": side,
        "fingerprint": clip.fingerprint,
        "tokenizer": json.loads((folder / "tokenizer.json").read_text("utf-8")),
        "tokenizerConfig": json.loads((folder / "tokenizer_config.json").read_text("utf-8")),
    }


def towers(clip) -> dict:
    """Name → (network, examples, their open axes, names of its outputs)."""
    ids = clip.tokenize(["a red cap", "a long thin grey tail with a white tip"])["input_ids"]
    side = clip.image_processor.size["shortest_edge"]
    pixels = torch.randint(0, 255, (2, side, side, 3), dtype=torch.uint8)
    many, length = (
        torch.export.Dim("many", min=1, max=4096),
        torch.export.Dim("length", min=2, max=clip.max_tokens),
    )
    image, passed = ImageTower(clip), ["values", "added", "sigma", "length"]
    _, *found = image(pixels[:1])
    both = ["embeddings", "attention"]
    return {
        "text": (TextTower(clip), (ids,), ({0: many, 1: length},), both),
        "image": (image, (pixels,), ({0: many},), [*both, *passed]),
        "heads": (Heads(clip), tuple(found), None, ["parts", "patches"]),
    }


def write_network(network, examples: tuple, axes: tuple | None, names: list[str], path: Path):
    """The network as ONNX, its weights as float32 in the file."""
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")
        options = {
            "dynamic_shapes": axes,
            "output_names": names,
            "external_data": False,
            "verbose": False,
        }
        torch.onnx.export(network.eval(), examples, path, dynamo=True, **options)


def halve_weights(path: Path) -> None:
    """Store large float32 weights as float16, with a cast behind each that the page's runtime
    performs once, when it loads them."""
    import onnx

    model, casts = onnx.load(path), []
    for weight in model.graph.initializer:
        values = onnx.numpy_helper.to_array(weight)
        if values.dtype == np.float32 and values.size >= 1024:
            name = weight.name
            weight.CopyFrom(onnx.numpy_helper.from_array(values.astype(np.float16), f"{name}.half"))
            casts.append(
                onnx.helper.make_node("Cast", [f"{name}.half"], [name], to=onnx.TensorProto.FLOAT)
            )
    nodes = [*casts, *model.graph.node]
    for node in nodes:
        node.doc_string = ""
        # where in the sources each node comes from: an eighth of the file
        del node.metadata_props[:]
    del model.graph.node[:], model.graph.value_info[:]
    model.graph.node.extend(nodes)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def stamp(clip) -> str:
    return (
        f"{clip.fingerprint} {hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:16]} torch"
        f" {torch.__version__}"
    )


def export(out: Path = OUT) -> Path:
    """Write the folder, unless it is there already; returns it."""
    clip = clipnb.load_clip(
        clipnb.model.clip.BUNDLED, device="cpu", dtype=torch.float32, cache=False
    )
    made = out / "made-from.txt"
    if made.exists() and made.read_text("utf-8") == stamp(clip):
        return out
    # whoever reads meanwhile sees the old folder or the new one
    new = out.with_name(f"{out.name}.{os.getpid()}")
    new.mkdir(parents=True)
    clip.model.set_attn_implementation("eager")  # the one that has attention maps
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with torch.inference_mode():
        networks = towers(clip)
    for name, network in networks.items():
        write_network(*network, new / f"{name}.onnx")
        halve_weights(new / f"{name}.onnx")
    (new / "clip.json").write_text(
        json.dumps(settings(clip), ensure_ascii=False, separators=(",", ":")), "utf-8"
    )
    (new / made.name).write_text(stamp(clip), "utf-8")
    # somebody else was quicker, and may be reading
    if made.exists() and made.read_text("utf-8") == stamp(clip):
        shutil.rmtree(new)
    else:
        shutil.rmtree(out, ignore_errors=True)
        new.replace(out)
    return out


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    print(f"The model for the live pages:  {export(options.out)}")

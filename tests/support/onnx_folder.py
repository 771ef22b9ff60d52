"""A small CLIP with random weights as transformers.js finds one on the Hub: three JSON files, and
two networks as ONNX, in floats or in 8 bits."""

from __future__ import annotations

import json
import logging
import shutil
import warnings
from pathlib import Path

import numpy as np
import torch
from small_models import save_clip

LARGEST = 255


class Towers(torch.nn.Module):
    """The projected embeddings, before they are normalised, as the networks of the Hub give them."""

    def __init__(self, model, kind: str):
        super().__init__()
        self.model, self.kind = model, kind

    def forward(self, given):
        if self.kind == "text":
            return self.model.get_text_features(input_ids=given).pooler_output
        return self.model.get_image_features(pixel_values=given).pooler_output


def save_folder(folder: Path, logit_scale: bool = True, eight_bits: bool = False) -> tuple:
    """(the folder as transformers reads it, the folder as a page reads it)."""
    from transformers import CLIPModel

    source, target = folder / "torch", folder / "web"
    save_clip(source)
    (target / "onnx").mkdir(parents=True)
    model = CLIPModel.from_pretrained(source, attn_implementation="eager").eval()
    with torch.no_grad():
        for weight in model.parameters():  # embeddings that differ from one another
            if weight.ndim > 1:
                weight.mul_(3)
    model.save_pretrained(source)
    config = json.loads((source / "config.json").read_text("utf-8"))
    if logit_scale:
        config["logit_scale"] = float(model.logit_scale.detach())
    (target / "config.json").write_text(json.dumps(config), "utf-8")
    processor = next(source.glob("p*processor_config.json"))
    settings = json.loads(processor.read_text("utf-8"))
    settings = settings.get("image_processor", settings)
    (target / "preprocessor_config.json").write_text(json.dumps(settings), "utf-8")
    shutil.copy(source / "tokenizer.json", target)
    side = config["vision_config"]["image_size"]
    many, length = (
        torch.export.Dim("many", min=1, max=64),
        torch.export.Dim("length", min=2, max=32),
    )
    for kind, name, given, example, axes in (
        ("text", "text", "input_ids", torch.ones(2, 7, dtype=torch.int64), {0: many, 1: length}),
        ("image", "vision", "pixel_values", torch.randn(2, 3, side, side), {0: many}),
    ):
        path = target / "onnx" / f"{name}_model.onnx"
        logging.getLogger("torch.onnx").setLevel(logging.ERROR)
        with warnings.catch_warnings(), torch.inference_mode():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                Towers(model, kind),
                (example,),
                path,
                dynamo=True,
                dynamic_shapes=((axes),),
                input_names=[given],
                output_names=[f"{kind}_embeds"],
                external_data=False,
                verbose=False,
            )
        if eight_bits:
            quantize(path, path.with_name(f"{name}_model_quantized.onnx"))
            path.unlink()
    return source, target


def quantize(path: Path, out: Path) -> None:
    """Dynamic quantisation as on the Hub: matrix products with a constant, and the convolution, in
    8 bits; what goes in is quantised as a whole when it comes."""
    import onnx
    from onnx import helper, numpy_helper

    model = onnx.load(path)
    graph = model.graph
    constants = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    nodes, added = [], {}
    for node in graph.node:
        weight = constants.get(node.input[1]) if node.op_type in ("MatMul", "Conv") else None
        if weight is None:
            nodes.append(node)
            continue
        least, most = min(0.0, float(weight.min())), max(0.0, float(weight.max()))
        scale = np.float32((most - least) / LARGEST)
        zero = np.uint8(round(-least / scale))
        values = np.clip(np.round(weight / scale) + zero, 0, LARGEST).astype(np.uint8)
        name = node.output[0]
        added |= {f"{name}.w": values, f"{name}.z": zero, f"{name}.s": scale}
        whole = helper.make_node(
            "MatMulInteger" if node.op_type == "MatMul" else "ConvInteger",
            [f"{name}.x", f"{name}.w", f"{name}.xz", f"{name}.z"],
            [f"{name}.whole"],
        )
        if node.op_type == "Conv":
            whole.attribute.extend(node.attribute)
        bias = list(node.input[2:])
        if bias:
            added[f"{name}.b"] = constants[bias[0]].reshape(1, -1, 1, 1)
        nodes += [
            helper.make_node(
                "DynamicQuantizeLinear",
                [node.input[0]],
                [f"{name}.x", f"{name}.xs", f"{name}.xz"],
            ),
            whole,
            helper.make_node("Cast", [f"{name}.whole"], [f"{name}.float"], to=1),
            helper.make_node("Mul", [f"{name}.xs", f"{name}.s"], [f"{name}.both"]),
            helper.make_node(
                "Mul",
                [f"{name}.float", f"{name}.both"],
                [f"{name}.scaled" if bias else name],
            ),
        ]
        if bias:
            nodes.append(helper.make_node("Add", [f"{name}.scaled", f"{name}.b"], [name]))
    del graph.node[:], graph.value_info[:]
    graph.node.extend(nodes)
    used = {name for node in nodes for name in node.input}
    for one in [one for one in graph.initializer if one.name not in used]:
        graph.initializer.remove(one)
    graph.initializer.extend(numpy_helper.from_array(value, key) for key, value in added.items())
    onnx.checker.check_model(model)
    onnx.save(model, out)

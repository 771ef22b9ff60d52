"""Small models of the usual builds, with random weights, and images for them."""

import numpy as np
import torch
from PIL import Image

from clipnb.model.clip import BUNDLED


def save_clip(folder, image=40, patch=10, layers=3):
    """A small CLIP of the same build as ViT-B/32, with random weights, and the usual processor:
    shortest side, then the middle."""
    from transformers import CLIPConfig, CLIPImageProcessorPil, CLIPModel, CLIPTokenizer

    small = {
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": layers,
        "num_attention_heads": 4,
    }
    text = small | {
        "vocab_size": 5000,
        "bos_token_id": 0,
        "eos_token_id": 1,
        "pad_token_id": 1,
        "max_position_embeddings": 32,
    }
    torch.manual_seed(0)
    CLIPModel(
        CLIPConfig(
            text_config=text,
            vision_config=small | {"image_size": image, "patch_size": patch},
            projection_dim=24,
        )
    ).save_pretrained(folder)
    CLIPTokenizer.from_pretrained(BUNDLED).save_pretrained(folder)
    CLIPImageProcessorPil(
        size={"shortest_edge": image}, crop_size={"height": image, "width": image}
    ).save_pretrained(folder)
    return folder


def save_siglip(folder):
    from transformers import CLIPTokenizer, SiglipConfig, SiglipImageProcessorPil, SiglipModel

    small = {
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
    }
    text = small | {
        "vocab_size": 5000,
        "max_position_embeddings": 16,
        "projection_size": 32,
        "bos_token_id": 0,
        "eos_token_id": 1,
        "pad_token_id": 1,
    }
    torch.manual_seed(0)
    SiglipModel(
        SiglipConfig(text_config=text, vision_config=small | {"image_size": 32, "patch_size": 8})
    ).save_pretrained(folder)
    CLIPTokenizer.from_pretrained(BUNDLED, model_max_length=16).save_pretrained(folder)
    SiglipImageProcessorPil(size={"height": 32, "width": 32}).save_pretrained(folder)
    return folder


def noisy_images():
    """A wide, a high and a square one of soft noise."""
    rng = np.random.default_rng(0)
    sizes = [(60, 40), (40, 60), (90, 90)]
    noise = [rng.integers(0, 255, (5, 5, 3), np.uint8) for _ in sizes]
    return [Image.fromarray(one).resize(size) for one, size in zip(noise, sizes)]

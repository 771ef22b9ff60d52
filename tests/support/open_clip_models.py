"""A small random CLIP in open_clip's format, and its forward pass in plain torch: the weights have
open_clip's names because the modules have, and texts are padded with 0, as open_clip pads them."""

import json
from collections import OrderedDict

import torch
from small_families import LETTERS
from torch import nn

TEXT = {"context_length": 40, "width": 32, "heads": 4, "layers": 2}
VISION = {"image_size": 40, "patch_size": 10, "width": 48, "head_width": 12, "layers": 3}
BEGIN, END = "<|startoftext|>", "<|endoftext|>"


class QuickGELU(nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(1.702 * x)


class Block(nn.Module):
    def __init__(self, width, heads, ratio, activation):
        super().__init__()
        self.ln_1, self.ln_2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attn = nn.MultiheadAttention(width, heads, batch_first=True)
        inner = int(width * ratio)
        layers = {"c_fc": nn.Linear(width, inner), "gelu": activation()}
        self.mlp = nn.Sequential(OrderedDict(layers | {"c_proj": nn.Linear(inner, width)}))

    def forward(self, x, mask):
        y = self.ln_1(x)
        x = x + self.attn(y, y, y, need_weights=False, attn_mask=mask)[0]
        return x + self.mlp(self.ln_2(x))


class Blocks(nn.Module):
    def __init__(self, config, heads, activation):
        super().__init__()
        width, ratio = config["width"], config.get("mlp_ratio", 4.0)
        self.resblocks = nn.ModuleList(
            Block(width, heads, ratio, activation) for _ in range(config["layers"])
        )

    def forward(self, x, mask=None):
        for block in self.resblocks:
            x = block(x, mask)
        return x


class Images(nn.Module):
    def __init__(self, config, out, activation):
        super().__init__()
        width, patch = config["width"], config["patch_size"]
        self.conv1 = nn.Conv2d(3, width, patch, patch, bias=False)
        self.class_embedding = nn.Parameter(torch.empty(width))
        patches = (config["image_size"] // patch) ** 2
        self.positional_embedding = nn.Parameter(torch.empty(patches + 1, width))
        self.ln_pre, self.ln_post = nn.LayerNorm(width), nn.LayerNorm(width)
        self.transformer = Blocks(config, width // config["head_width"], activation)
        self.proj = nn.Parameter(torch.empty(width, out))

    def forward(self, pixels):
        x = self.conv1(pixels).flatten(2).mT
        first = self.class_embedding.expand(len(x), 1, -1).to(x.dtype)
        x = torch.cat([first, x], 1) + self.positional_embedding
        return self.ln_post(self.transformer(self.ln_pre(x))[:, 0]) @ self.proj


class Reference(nn.Module):
    """Its text encoder is part of the whole, as in open_clip's CLIP without ``custom_text``."""

    def __init__(self, model_cfg):
        super().__init__()
        text, out = model_cfg["text_cfg"], model_cfg["embed_dim"]
        activation = QuickGELU if model_cfg.get("quick_gelu") else nn.GELU
        self.visual = Images(model_cfg["vision_cfg"], out, activation)
        self.transformer = Blocks(text, text["heads"], activation)
        self.token_embedding = nn.Embedding(text["vocab_size"], text["width"])
        self.positional_embedding = nn.Parameter(torch.empty(text["context_length"], text["width"]))
        self.ln_final = nn.LayerNorm(text["width"])
        self.text_projection = nn.Parameter(torch.empty(text["width"], out))
        self.logit_scale = nn.Parameter(torch.tensor(3.0))

    def texts(self, ids):
        x = self.token_embedding(ids) + self.positional_embedding
        future = torch.full((ids.shape[1],) * 2, float("-inf"), dtype=x.dtype).triu(1)
        x = self.ln_final(self.transformer(x, future))
        return x[torch.arange(len(x)), ids.argmax(1)] @ self.text_projection

    def forward(self, pixels, ids):
        images, texts = self.visual(pixels).float(), self.texts(ids).float()
        images, texts = (rows / rows.norm(dim=1, keepdim=True) for rows in (images, texts))
        return self.logit_scale.float().exp() * images @ texts.T


def padded(tokenizer, texts, length):
    """Token ids as open_clip's own tokenizer returns them."""
    ids = torch.zeros(len(texts), length, dtype=torch.long)
    for row, text in zip(ids, texts):
        found = tokenizer(text)["input_ids"]
        row[: len(found)] = torch.tensor(found)
    return ids


def save_tokenizer(folder, vocab=None, merges=()):
    """CLIP's, of single letters if nothing is given; its end of text is its highest token."""
    from transformers import CLIPTokenizer

    pieces = [*LETTERS, *(f"{letter}</w>" for letter in LETTERS)]
    vocab = vocab or {token: i for i, token in enumerate([*pieces, BEGIN, END])}
    CLIPTokenizer(vocab=vocab, merges=list(merges)).save_pretrained(folder)
    return len(vocab)


def save_open_clip(folder, vision=(), text=(), preprocess=(), tokenizer=save_tokenizer, **model):
    """Settings, weights and tokenizer; returns the model."""
    from safetensors.torch import save_file

    size = tokenizer(folder)
    model_cfg = {
        "embed_dim": 24,
        "vision_cfg": VISION | dict(vision),
        "text_cfg": TEXT | {"vocab_size": size} | dict(text),
    } | model
    torch.manual_seed(0)
    made = Reference(model_cfg)
    for name, weight in made.named_parameters():
        if weight.ndim > 1:
            nn.init.normal_(weight, std=0.3)
        elif "ln_" in name or "class_embedding" in name or "bias" in name:
            nn.init.normal_(weight, mean=float("ln_" in name and "weight" in name), std=0.3)
    preprocess_cfg = {"mean": [0.4, 0.5, 0.6], "std": [0.2, 0.25, 0.3]} | dict(preprocess)
    settings = {"model_cfg": model_cfg, "preprocess_cfg": preprocess_cfg}
    (folder / "open_clip_config.json").write_text(json.dumps(settings))
    save_file(made.state_dict(), folder / "open_clip_model.safetensors")
    return made.eval()

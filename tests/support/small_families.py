"""A tiny random model of every family that load_clip takes, of its real classes: model, tokenizer,
image processor. The tokenizers read the letters of TEXTS one by one."""

import json

import torch
from small_models import save_clip, save_siglip

TEXTS = ["a red frog", "A Photo of a Blue Bird", "a green leaf on a long stem", "frog"]
LETTERS = sorted(set("".join(TEXTS).replace(" ", "")) | set("abcdefghijklmnopqrstuvwxyz"))
SMALL = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2}
IMAGES = {"num_attention_heads": 4, "image_size": 40, "patch_size": 10}


def _save(folder, kind, config):
    """With larger weights than a new model has, so that texts and images differ."""
    torch.manual_seed(0)
    model = kind(config)
    for weight in model.parameters():
        if weight.ndim > 1:
            torch.nn.init.normal_(weight, std=0.3)
    model.save_pretrained(folder)
    return folder


def _clip_processor(folder):
    from transformers import CLIPImageProcessorPil

    sides = {"height": 40, "width": 40}
    CLIPImageProcessorPil(size={"shortest_edge": 40}, crop_size=sides).save_pretrained(folder)


def _xlm_roberta(folder):
    """As of MetaCLIP 2 and AltCLIP; returns the size of the vocabulary."""
    from transformers import XLMRobertaTokenizer

    special = [(token, 0.0) for token in ("<s>", "<pad>", "</s>", "<unk>")]
    pieces = [(letter, -2.0) for letter in ["▁", *LETTERS]]
    tokenizer = XLMRobertaTokenizer(vocab=[*special, *pieces, ("<mask>", 0.0)])
    tokenizer.save_pretrained(folder)
    return len(tokenizer)


def _gemma(folder):
    """As SigLIP 2 has it on the Hub: capitals stay, an end of text and no beginning."""
    from tokenizers import Tokenizer, models, normalizers, processors

    special = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>"]
    vocab = {token: i for i, token in enumerate([*special, "▁", *LETTERS])}
    made = Tokenizer(models.BPE(vocab, [], unk_token="<unk>"))
    made.normalizer = normalizers.Replace(" ", "▁")
    made.post_processor = processors.TemplateProcessing("$A <eos>", special_tokens=[("<eos>", 1)])
    made.save(str(folder / "tokenizer.json"))
    settings = {f"{name}_token": f"<{name}>" for name in ("pad", "eos", "bos", "unk")}
    settings |= {"tokenizer_class": "GemmaTokenizer", "padding_side": "right"}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    return len(vocab)


def save_metaclip2(folder):
    from transformers import MetaClip2Config, MetaClip2Model

    size = _xlm_roberta(folder)
    _clip_processor(folder)
    text = {"vocab_size": size, "bos_token_id": 0, "eos_token_id": 2, "pad_token_id": 1}
    text |= {"max_position_embeddings": 32, "num_attention_heads": 4}
    config = MetaClip2Config(
        text_config=SMALL | text, vision_config=SMALL | IMAGES, projection_dim=24
    )
    return _save(folder, MetaClip2Model, config)


def save_altclip(folder):
    from transformers import AltCLIPConfig, AltCLIPModel

    size = _xlm_roberta(folder)
    _clip_processor(folder)
    text = {"vocab_size": size, "max_position_embeddings": 34, "num_attention_heads": 4}
    config = AltCLIPConfig(
        text_config=SMALL | text | {"project_dim": 28},
        vision_config=SMALL | IMAGES,
        projection_dim=24,
    )
    return _save(folder, AltCLIPModel, config)


def save_chinese_clip(folder):
    from transformers import (
        BertTokenizer,
        ChineseCLIPConfig,
        ChineseCLIPImageProcessorPil,
        ChineseCLIPModel,
    )

    pieces = [*LETTERS, *(f"##{letter}" for letter in LETTERS), *"红蛙蓝鸟"]
    vocab = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *pieces]
    BertTokenizer(vocab={token: i for i, token in enumerate(vocab)}).save_pretrained(folder)
    sides = {"height": 40, "width": 40}
    ChineseCLIPImageProcessorPil(size=sides, do_center_crop=False).save_pretrained(folder)
    text = {"vocab_size": len(vocab), "max_position_embeddings": 32, "num_attention_heads": 4}
    config = ChineseCLIPConfig(
        text_config=SMALL | text, vision_config=SMALL | IMAGES, projection_dim=24
    )
    return _save(folder, ChineseCLIPModel, config)


def save_siglip2(folder):
    """SigLIP 2 with images of one size: SigLIP's classes and Gemma's tokenizer."""
    from transformers import SiglipConfig, SiglipImageProcessorPil, SiglipModel

    text = {"vocab_size": _gemma(folder), "max_position_embeddings": 64, "num_attention_heads": 4}
    SiglipImageProcessorPil(size={"height": 40, "width": 40}).save_pretrained(folder)
    config = SiglipConfig(text_config=SMALL | text, vision_config=SMALL | IMAGES)
    return _save(folder, SiglipModel, config)


def save_naflex(folder):
    """SigLIP 2 with images of any shape."""
    from transformers import Siglip2Config, Siglip2ImageProcessorPil, Siglip2Model

    text = {"vocab_size": _gemma(folder), "max_position_embeddings": 64, "num_attention_heads": 4}
    Siglip2ImageProcessorPil(patch_size=8, max_num_patches=16).save_pretrained(folder)
    images = {"num_attention_heads": 4, "patch_size": 8, "num_patches": 16}
    config = Siglip2Config(text_config=SMALL | text, vision_config=SMALL | images)
    return _save(folder, Siglip2Model, config)


SAVE = {
    "CLIP": save_clip,
    "MetaCLIP 2": save_metaclip2,
    "SigLIP": save_siglip,
    "SigLIP 2": save_siglip2,
    "SigLIP 2 (NaFlex)": save_naflex,
    "AltCLIP": save_altclip,
    "ChineseCLIP": save_chinese_clip,
}

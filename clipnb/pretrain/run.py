"""Train the bundled CLIP from scratch: ``clipnb pretrain --out folder`` (CPU or GPU).

Three steps, each in files that are kept, so that a stopped run goes on where it was:

1. ``pool``: draw images of the endless training split, write several captions for each;
2. ``tokenizer``: byte-level BPE over those captions;
3. ``train``, by one of three schedules (:data:`clipnb.pretrain.stages.SCHEDULES`).

The schedule *contrastive* is CLIP's loss (Radford et al. 2021, section 2.3) from the first step to
the last. Every caption of a batch that is *true* of an image counts as its positive, not only its
own (compare UniCL, Yang et al. 2022), the more the fewer images it fits.

The schedule *supervised-first* has three stages, which take turns twice. *Look*: one linear layer
must read the marks off an image's embedding (:func:`clipnb.pretrain.losses.marks_loss`). *Read*:
the same layer, now fixed, must read a caption's claims off its embedding. *Join*: the contrastive
loss, with the linear layer beside it as a helper that is thrown away afterwards. Look and read are
a shortcut that a CLIP of the open world does not have: seeing is what takes long, and without
captions it is cheap.

The schedule *continued* begins with the image encoder of an earlier model
(:mod:`clipnb.pretrain.continued`), so it has fewer steps of *look*. The text encoder starts from
nothing, so that a name is known only from the captions of this run. It ends with two more stages.
*Refine* is *join* with batches of one kind, and with more of the captions that leave the kind
unsaid. *Look-alikes* is *refine* with individuals that share marks with a named species
(:mod:`clipnb.fieldguide.lookalikes`) for half of the images, and with words that mean nothing in
some captions.

What remains of each is an ordinary CLIP.
"""

from __future__ import annotations

import io
import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from tqdm.auto import tqdm

from ..fieldguide.name_frequency import TRAINED_ON
from ..fieldguide.versions import FIELD_GUIDE
from ..support import progress as bars
from ..support.commands import Parser, exit_code
from ..support.console import say
from ..support.files import make_folder, only_one, replace, write_bytes, write_text
from .batches import Batches
from .continued import take_image_encoder
from .losses import MarksHead, fact_coder
from .options import DEFAULTS, check_options, keep_options
from .pool import build_pool
from .stages import Trained, half_is_faster, load_weights, run_stage, steps_of

if TYPE_CHECKING:
    from transformers import CLIPModel, CLIPTokenizer


# --- step 2: tokenizer ----------------------------------------------------------------------------


def build_tokenizer(folder: Path, options: dict) -> CLIPTokenizer:
    """Train CLIP's byte-level BPE on a part of the captions.

    The vocabulary starts with all 256 bytes, inside and at the end of a word, so that any text in
    any language has tokens. End of text is id 1 (an id of 2 takes a legacy path in transformers).
    """
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    from transformers import CLIPTokenizer

    if not (folder / "tokenizer" / "tokenizer_config.json").exists():
        clip = CLIPTokenizer().backend_tokenizer  # CLIP's own normaliser and word splitter
        bpe = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
        bpe.normalizer, bpe.pre_tokenizer = clip.normalizer, clip.pre_tokenizer
        letters = sorted(pre_tokenizers.ByteLevel.alphabet())
        trainer = trainers.BpeTrainer(
            vocab_size=options["vocabulary"],
            end_of_word_suffix="</w>",
            show_progress=False,
            initial_alphabet=letters,
        )
        with open(folder / "captions.txt", encoding="utf-8") as file:
            bpe.train_from_iterator(
                (line.rstrip("\n") for i, line in enumerate(file) if i % 5 == 0), trainer
            )
        merges: Any = [tuple(merge) for merge in json.loads(bpe.to_str())["model"]["merges"]]
        tokens = [
            "<|startoftext|>",
            "<|endoftext|>",
            *letters,
            *(letter + "</w>" for letter in letters),
            *map("".join, merges),
        ]
        vocab = {token: i for i, token in enumerate(dict.fromkeys(tokens))}
        tokenizer = CLIPTokenizer(
            vocab=vocab,
            merges=merges,
            pad_token="<|endoftext|>",
            model_max_length=options["length"],
        )
        unfinished = folder / "tokenizer.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        tokenizer.save_pretrained(unfinished)
        # a folder that was left half written by an older version
        shutil.rmtree(folder / "tokenizer", ignore_errors=True)
        replace(unfinished, folder / "tokenizer")
    return CLIPTokenizer.from_pretrained(folder / "tokenizer")


def word_ends(tokenizer: CLIPTokenizer) -> np.ndarray:
    """(tokens,) int: 1 for a token that ends a word, 0 for a piece of letters that does not, -1 for
    start and end of text, signs and bytes of other scripts."""
    ends = np.full(len(tokenizer), -1)
    for token, i in tokenizer.get_vocab().items():
        letters = token.removesuffix("</w>")
        if letters.isascii() and letters.isalpha():
            ends[i] = token != letters
    return ends


def encode_captions(folder: Path, tokenizer: CLIPTokenizer, options: dict) -> np.ndarray:
    """Token ids of all captions, (captions, length) int16, padded with the end-of-text id."""
    path = folder / "ids.npy"
    if not path.exists():
        lines = (folder / "captions.txt").read_text("utf-8").splitlines()
        parts = []
        starts = range(0, len(lines), 20_000)
        for i in bars.progress(starts, len(starts), "tokenizing"):
            ids = tokenizer(
                lines[i : i + 20_000],
                padding="max_length",
                truncation=True,
                max_length=options["length"],
            ).input_ids
            parts.append(np.asarray(ids, np.int16))
        ids = io.BytesIO()
        np.save(ids, np.concatenate(parts))
        write_bytes(path, ids.getvalue())
    return np.load(path, mmap_mode="r")


# --- step 3: the model and its training -----------------------------------------------------------


def build_model(tokenizer: CLIPTokenizer, options: dict) -> CLIPModel:
    """An ordinary ``transformers.CLIPModel``, small."""
    from transformers import CLIPConfig, CLIPModel

    text = dict(
        vocab_size=len(tokenizer),
        hidden_size=options["text_width"],
        intermediate_size=4 * options["text_width"],
        num_hidden_layers=options["text_layers"],
        num_attention_heads=options["text_width"] // 32,
        max_position_embeddings=options["length"],
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=1,
        projection_dim=options["embedding"],
    )
    vision = dict(
        image_size=options["image_size"],
        patch_size=options["patch_size"],
        hidden_size=options["vision_width"],
        intermediate_size=4 * options["vision_width"],
        num_hidden_layers=options["vision_layers"],
        num_attention_heads=options["vision_width"] // 32,
        projection_dim=options["embedding"],
    )
    torch.manual_seed(options["seed"])
    config = CLIPConfig(text_config=text, vision_config=vision, projection_dim=options["embedding"])
    return CLIPModel(config)


def train(folder: Path, options: dict, progress: bool = True) -> tuple[CLIPModel, CLIPTokenizer]:
    """Train for ``options["steps"]`` steps, by the chosen schedule; returns model and tokenizer."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    tokenizer = build_tokenizer(folder, options)
    ids = encode_captions(folder, tokenizer, options)
    batches = Batches(folder, ids, options, device, word_ends(tokenizer))
    model: Any = build_model(tokenizer, options)
    model.to(device).train()
    trained = Trained(model, MarksHead(options["embedding"], fact_coder()).to(device))
    checkpoint, log = folder / "checkpoint.safetensors", folder / "training.json"
    place, half = load_weights(checkpoint, trained), half_is_faster(device)
    if options["image_encoder"] and not place:
        take_image_encoder(model, Path(options["image_encoder"]))
    done: dict[str, Any] = (
        (json.loads(log.read_text()) if log.exists() else {"stages": []})
        | options
        | {"bfloat16": half}
    )
    steps, first = steps_of(options), int(place.get("turn", 0))
    before = sum(steps[:first]) + int(place.get("step", 0))
    hidden = not progress or bars.no_bars()
    with tqdm(total=sum(steps), initial=before, disable=hidden, unit="step") as bar:
        for turn in range(first, len(steps)):
            if ended := run_stage(turn, trained, batches, checkpoint, place, options, half, bar):
                done["stages"] = done["stages"][:turn] + [ended]
            write_text(log, json.dumps(done, indent=2))
    return model.eval(), tokenizer


def trained_on(work: Path, options: dict) -> dict:
    """What a model's folder says of its training: version of the field guide, schedule, images,
    captions, and in how many captions each species is named."""
    read = lambda name: json.loads((work / name).read_text("utf-8"))
    images = options["images"] + options["lookalikes"]
    return {
        "field guide": FIELD_GUIDE,
        "drawings": read("images.json")["field guide"],
        "words": read("captions.json")["words"],
        "schedule": options["schedule"],
        "images": images,
        "captions": images * options["captions"],
        "name_frequency": read("name_frequency.json"),
    }


def export(model: Any, tokenizer: CLIPTokenizer, out: Path, note: dict) -> None:
    """Write a Hugging Face folder: weights stored in half precision (they load as float32),
    tokenizer, image processor; and what it was trained on."""
    from safetensors.torch import load_file, save_file
    from transformers import CLIPImageProcessorPil, CLIPProcessor

    size = model.config.vision_config.image_size
    processor = CLIPImageProcessorPil(
        size={"shortest_edge": size},
        crop_size={"height": size, "width": size},
        image_mean=[0.5] * 3,
        image_std=[0.5] * 3,
    )
    make_folder(out)
    # in a folder of its own first, so that a model is never half of one run and half of another
    with tempfile.TemporaryDirectory(prefix=".unfinished-", dir=out.parent) as name:
        new = Path(name)
        model.to("cpu", torch.float32).save_pretrained(new)
        weights = load_file(new / "model.safetensors")
        save_file(
            {k: v.half() if v.is_floating_point() else v for k, v in weights.items()},
            new / "model.safetensors",
            {"format": "pt"},
        )
        tokenizer.save_pretrained(new)
        CLIPProcessor(image_processor=processor, tokenizer=tokenizer).save_pretrained(new)
        processor.save_pretrained(new)  # preprocessor_config.json, for runtimes that want it
        write_text(new / TRAINED_ON, json.dumps(note, indent=1) + "\n")
        for path in sorted(new.iterdir()):
            replace(path, out / path.name)


def main(arguments: list[str] | None = None) -> int:
    """The command ``clipnb pretrain``."""
    parser = Parser(
        prog="clipnb pretrain",
        description="Train the bundled CLIP from scratch. The same command continues a run.",
    )
    parser.add_argument(
        "--work",
        type=Path,
        default=Path("pretraining"),
        help="folder for the pool and the checkpoints",
    )
    parser.add_argument(
        "--out", type=Path, default=Path("pretraining/model"), help="folder for the finished model"
    )
    for name, value in DEFAULTS.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    return exit_code(
        "clipnb pretrain",
        lambda: _pretrain(vars(parser.parse_args(arguments))),
        "interrupted; the same command continues.",
    )


def _pretrain(options: dict) -> None:
    work, out = options.pop("work"), options.pop("out")
    check_options(options)
    make_folder(work)
    make_folder(out)  # before the hours that the training takes
    busy = f"Another run trains in '{work}' now; wait, or give another folder with --work."
    with only_one(work / ".lock", busy):
        keep_options(work, options)
        build_pool(work, options)
        model, tokenizer = train(work, options)
        export(model, tokenizer, out, trained_on(work, options))
    say(f"The model is in {out}.")

"""Train the bundled CLIP from scratch: ``python -m clipnb.pretrain --out folder`` (resumable; CPU or GPU).

Three steps, each in a file that is kept, so that a stopped run goes on where it was:

1. ``pool``: draw pictures of the endless training split, write several captions for each;
2. ``tokenizer``: byte-level BPE over those captions;
3. ``train``: the contrastive loss of CLIP (Radford et al. 2021, section 2.3), where every caption of the batch that is *true*
   of a picture counts as its positive, not only its own (compare UniCL, Yang et al. 2022), the more the fewer pictures it fits;
   and beside it a helper that is thrown away afterwards: one linear layer that must read the marks off a picture's embedding, and
   the claims off a caption's (:func:`marks_loss`). What remains is an ordinary CLIP.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import time
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from tqdm.auto import tqdm

from .fieldguide.captions import FactCoder, facts, true_pairs, write_caption
from .fieldguide.scene import draw, training_scene

DEFAULTS = dict(
    pictures=80_000, captions=16, image_size=80, patch_size=16, vision_width=128, vision_layers=4, text_width=128, text_layers=3,
    embedding=128, vocabulary=4000, length=40, batch=256, captions_per_picture=2, minutes=53.0, marks_weight=1.0, learning_rate=1e-3, warmup=200,
    weight_decay=0.05, seed=0,
)  # fmt: skip


# --- step 1: pictures and captions --------------------------------------------------------------------------------------------


def _draw_some(task):
    """Pictures (n, 3, s, s) uint8, their facts, and captions with their claims, for a range of indices."""
    first, last, captions, size, seed = task
    coder = _coder()
    pictures = np.empty((last - first, 3, size, size), np.uint8)
    known = np.empty((last - first, len(coder.slots)), np.int64)
    texts, slots, bits = [], [], []
    for i in range(first, last):
        scene = training_scene(i, seed)
        rng = np.random.default_rng([seed, 99, i])
        picture = draw(scene, 2 * size).resize((size, size), resample=3)  # bicubic, as the processor resizes
        pictures[i - first] = np.asarray(picture).transpose(2, 0, 1)
        known[i - first] = coder.facts(facts(scene))
        for _ in range(captions):
            caption = write_caption(scene, rng)
            texts.append(caption.text)
            a, b = coder.claims(caption.claims)
            slots.append(a.astype(np.int16))
            bits.append(b)
    return first, pictures, known, texts, np.array(slots), np.array(bits)


@lru_cache(maxsize=1)
def _coder() -> FactCoder:
    return FactCoder()


def build_pool(folder: Path, options: dict, chunk: int = 500) -> None:
    """Draw the pool and write its captions; arrays as ``.npy``, captions as text, one a line."""
    if (folder / "pool.json").exists():
        return
    n, c, size = options["pictures"], options["captions"], options["image_size"]
    coder = _coder()
    memory = np.lib.format.open_memmap
    pictures = memory(folder / "pictures.npy", "w+", np.uint8, (n, 3, size, size))
    known = memory(folder / "facts.npy", "w+", np.int64, (n, len(coder.slots)))
    slots = memory(folder / "slots.npy", "w+", np.int16, (n * c, coder.width))
    bits = memory(folder / "bits.npy", "w+", np.int64, (n * c, coder.width))
    tasks = [(i, min(i + chunk, n), c, size, options["seed"]) for i in range(0, n, chunk)]
    with multiprocessing.Pool() as pool, open(folder / "captions.txt", "w", encoding="utf-8") as file:
        for first, p, k, t, s, b in tqdm(pool.imap(_draw_some, tasks), total=len(tasks), desc="drawing"):
            pictures[first : first + len(p)], known[first : first + len(p)] = p, k
            slots[first * c : first * c + len(s)], bits[first * c : first * c + len(b)] = s, b
            file.writelines(line + "\n" for line in t)
    (folder / "pool.json").write_text(json.dumps({"pictures": n, "captions": n * c}))


# --- step 2: tokenizer ------------------------------------------------------------------------------------------------------


def build_tokenizer(folder: Path, options: dict):
    """Train CLIP's byte-level BPE on a part of the captions.

    The vocabulary starts with all 256 bytes, inside and at the end of a word, so that any text in any language has tokens.
    End of text is id 1 (an id of 2 takes a legacy path in transformers).
    """
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    from transformers import CLIPTokenizer

    if not (folder / "tokenizer" / "tokenizer_config.json").exists():
        clip = CLIPTokenizer().backend_tokenizer  # CLIP's own normaliser and word splitter
        bpe = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
        bpe.normalizer, bpe.pre_tokenizer = clip.normalizer, clip.pre_tokenizer
        letters = sorted(pre_tokenizers.ByteLevel.alphabet())
        trainer = trainers.BpeTrainer(
            vocab_size=options["vocabulary"], end_of_word_suffix="</w>", show_progress=False, initial_alphabet=letters
        )
        with open(folder / "captions.txt", encoding="utf-8") as file:
            bpe.train_from_iterator((line.rstrip("\n") for i, line in enumerate(file) if i % 5 == 0), trainer)
        merges = [tuple(merge) for merge in json.loads(bpe.to_str())["model"]["merges"]]
        tokens = ["<|startoftext|>", "<|endoftext|>", *letters, *(letter + "</w>" for letter in letters), *map("".join, merges)]
        vocab = {token: i for i, token in enumerate(dict.fromkeys(tokens))}
        tokenizer = CLIPTokenizer(vocab=vocab, merges=merges, pad_token="<|endoftext|>", model_max_length=options["length"])
        tokenizer.save_pretrained(folder / "tokenizer")
    return CLIPTokenizer.from_pretrained(folder / "tokenizer")


def encode_captions(folder: Path, tokenizer, options: dict) -> np.ndarray:
    """Token ids of all captions, (captions, length) int16, padded with the end-of-text id."""
    path = folder / "ids.npy"
    if not path.exists():
        lines = (folder / "captions.txt").read_text("utf-8").splitlines()
        parts = []
        for i in tqdm(range(0, len(lines), 20_000), desc="tokenizing"):
            ids = tokenizer(lines[i : i + 20_000], padding="max_length", truncation=True, max_length=options["length"]).input_ids
            parts.append(np.asarray(ids, np.int16))
        np.save(path, np.concatenate(parts))
    return np.load(path, mmap_mode="r")


# --- step 3: the model and its training -------------------------------------------------------------------------------------


def build_model(tokenizer, options: dict):
    """An ordinary ``transformers.CLIPModel``, small."""
    from transformers import CLIPConfig, CLIPModel

    text = dict(
        vocab_size=len(tokenizer), hidden_size=options["text_width"], intermediate_size=4 * options["text_width"],
        num_hidden_layers=options["text_layers"], num_attention_heads=options["text_width"] // 32,
        max_position_embeddings=options["length"], bos_token_id=0, eos_token_id=1, pad_token_id=1, projection_dim=options["embedding"],
    )  # fmt: skip
    vision = dict(
        image_size=options["image_size"], patch_size=options["patch_size"], hidden_size=options["vision_width"],
        intermediate_size=4 * options["vision_width"], num_hidden_layers=options["vision_layers"],
        num_attention_heads=options["vision_width"] // 32, projection_dim=options["embedding"],
    )  # fmt: skip
    torch.manual_seed(options["seed"])
    config = CLIPConfig(text_config=text, vision_config=vision, projection_dim=options["embedding"])
    return CLIPModel(config)


def contrastive_loss(images, texts, scale, true) -> torch.Tensor:
    """CLIP's symmetric cross-entropy where a row may have several positives.

    A caption is spread evenly over the pictures that it is true of. The same joint distribution read by rows says which captions a
    picture calls for: a caption that is true of few pictures counts more than one that is true of many. So a picture scores higher
    with "a northern cardinal" than with "a bird", as in plain CLIP, whose best logit is the pointwise mutual information.

    Parameters
    ----------
    images : (n, d), texts : (m, d)
        Unit rows.
    scale : scalar, the logit scale
    true : (n, m) bool, at least one per row and column
    """
    logits = scale * images @ texts.T
    joint = true / true.sum(0, keepdim=True)
    to_text = (logits.log_softmax(1) * joint / joint.sum(1, keepdim=True)).sum(1).mean()
    to_image = (logits.log_softmax(0) * joint).sum(0).mean()
    return -(to_text + to_image) / 2


class MarksHead(torch.nn.Module):
    """One linear layer from an embedding to the values of every slot; for pictures and captions alike, so that both must put the
    same mark in the same place."""

    def __init__(self, dim: int, coder: FactCoder):
        super().__init__()
        sizes = [len(bits) for bits in coder.values.values()]
        self.linear = torch.nn.Linear(dim, sum(sizes))
        first = torch.tensor([0, *sizes[:-1]]).cumsum(0)
        place = torch.arange(max(sizes))
        self.register_buffer("index", (first[:, None] + place).clamp(max=sum(sizes) - 1), persistent=False)  # (slots, values)
        self.register_buffer("exists", place < torch.tensor(sizes)[:, None], persistent=False)
        self.skip = [coder.slots[slot] for slot in ("any", "nothing", "shows", "shows2")]


def marks_loss(head: MarksHead, embeddings: torch.Tensor, slots: np.ndarray, bits: np.ndarray) -> torch.Tensor:
    """Cross-entropy of the values that hold, over all slots that are shown in a picture or claimed by a caption.

    Parameters
    ----------
    head : MarksHead
    embeddings : (n, d), unit rows
    slots, bits : (n, k) int64
        Slot indices and the bit set of the values that hold; slots in ``head.skip`` and empty sets do not count.
    """
    keep = (bits != 0) & ~np.isin(slots, head.skip)
    row = torch.from_numpy(np.nonzero(keep)[0])
    slot, held = torch.from_numpy(slots[keep]), torch.from_numpy(bits[keep])
    row, slot, held = (x.to(embeddings.device) for x in (row, slot, held))
    scores = head.linear(16 * embeddings)[row[:, None], head.index[slot]]
    accepted = (held[:, None] >> torch.arange(scores.shape[1], device=scores.device)) & 1 == 1
    all_values = scores.masked_fill(~head.exists[slot], -torch.inf).logsumexp(1)
    return (all_values - scores.masked_fill(~accepted, -torch.inf).logsumexp(1)).mean()


def encode_by_length(model, ids: torch.Tensor, chunks: int = 4) -> torch.Tensor:
    """Text vectors, short captions apart from long ones so that little padding is computed; it halves the cost of the texts."""
    lengths = (ids != 1).sum(1) + 1  # words, start and one end of text
    order = lengths.argsort()
    parts = [model.get_text_features(input_ids=ids[part, : int(lengths[part].max())]).pooler_output for part in order.chunk(chunks)]
    return torch.cat(parts)[order.argsort()]


class _Batches:
    """Step → batch; the same step is the same batch, so a resumed run sees what an unbroken one would have seen."""

    def __init__(self, folder: Path, tokenizer, options: dict, device):
        self.pictures = np.load(folder / "pictures.npy", mmap_mode="r")
        self.facts, self.slots, self.bits = (np.load(folder / f"{name}.npy") for name in ("facts", "slots", "bits"))
        self.ids = encode_captions(folder, tokenizer, options)
        self.options, self.device = options, device
        coder = _coder()
        self.kind = self.facts[:, coder.slots["kind"]]
        self.kinds = np.unique(self.kind)
        self.named = (self.facts[:, [i for slot, i in coder.slots.items() if slot.startswith("species:")]] != 0).any(1)

    def _choose(self, rng, step: int) -> np.ndarray:
        """Indices of pictures: three batches of four hold two kinds only, and four pictures of five have no species name.

        Names are learnt soon; what is slow is telling two unnamed frogs apart by their marks.
        """
        n = self.options["batch"]
        allowed = np.isin(self.kind, rng.choice(self.kinds, min(2, len(self.kinds)), replace=False)) if step % 4 else np.ones(len(self.kind), bool)
        named, unnamed = (np.flatnonzero(allowed & flag) for flag in (self.named, ~self.named))
        few = min(n // 5, len(named))
        parts = [rng.choice(named, few, replace=False), rng.choice(unnamed, min(n - few, len(unnamed)), replace=False)]
        return np.sort(np.concatenate(parts))

    def __call__(self, step: int):
        o = self.options
        rng = np.random.default_rng([o["seed"], 7, step])
        which = self._choose(rng, step)
        k = o["captions_per_picture"]
        chosen = (which[:, None] * o["captions"] + np.argsort(rng.random((len(which), o["captions"])))[:, :k]).ravel()
        ids = torch.from_numpy(self.ids[chosen].astype(np.int64))
        ids = ids[:, : int((ids != 1).sum(1).max()) + 1]  # drop the columns that are padding in every row
        true = true_pairs(self.facts[which], self.slots[chosen].astype(np.int64), self.bits[chosen])
        true[np.repeat(np.arange(len(which)), k), np.arange(len(chosen))] = True
        pixels = torch.from_numpy(self.pictures[which]).to(self.device).float() / 127.5 - 1
        every = np.broadcast_to(np.arange(self.facts.shape[1]), (len(which), self.facts.shape[1]))
        marks = (every, self.facts[which]), (self.slots[chosen].astype(np.int64), self.bits[chosen])
        return pixels, ids.to(self.device), torch.from_numpy(true).to(self.device), marks


def _save_checkpoint(path: Path, trained, optimiser, step: int, seconds: float) -> None:
    """Weights and optimiser state as one safetensors file, replaced atomically."""
    from safetensors.torch import save_file

    tensors = {name: value.detach().contiguous() for name, value in trained.state_dict().items()}
    for name, parameter in trained.named_parameters():
        for key in ("exp_avg", "exp_avg_sq"):
            tensors[f"{key}.{name}"] = optimiser.state[parameter][key].contiguous()
    save_file(tensors, str(path) + ".new", {"step": str(step), "seconds": str(seconds)})
    Path(str(path) + ".new").replace(path)


def _load_checkpoint(path: Path, trained, optimiser) -> tuple[int, float]:
    from safetensors import safe_open

    with safe_open(path, "pt") as file:
        trained.load_state_dict({name: file.get_tensor(name) for name in trained.state_dict()})
        step, seconds = int(file.metadata()["step"]), float(file.metadata()["seconds"])
        for name, parameter in trained.named_parameters():
            state = {key: file.get_tensor(f"{key}.{name}").to(parameter.device) for key in ("exp_avg", "exp_avg_sq")}
            optimiser.state[parameter] = state | {"step": torch.tensor(float(step))}
    return step, seconds


def train(folder: Path, options: dict, progress: bool = True):
    """Train for ``options["minutes"]`` of wall time with a cosine schedule over that time; returns model and tokenizer."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    tokenizer = build_tokenizer(folder, options)
    batches = _Batches(folder, tokenizer, options, device)
    model = build_model(tokenizer, options).to(device).train()
    model.set_attn_implementation("eager")
    head = MarksHead(options["embedding"], _coder()).to(device)
    trained = torch.nn.ModuleDict({"model": model, "head": head})
    decay = [p for p in trained.parameters() if p.ndim > 1]
    rest = [p for p in trained.parameters() if p.ndim <= 1]
    groups = [{"params": decay, "weight_decay": options["weight_decay"]}, {"params": rest, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, lr=options["learning_rate"], betas=(0.9, 0.98), fused=True)
    step, spent, loss = 0, 0.0, None
    checkpoint = folder / "checkpoint.safetensors"
    if checkpoint.exists():
        step, spent = _load_checkpoint(checkpoint, trained, optimiser)
    start, saved, total = time.time() - spent, time.time(), options["minutes"] * 60
    bar = tqdm(total=round(total), initial=round(spent), unit="s", desc="training", disable=not progress)
    while (spent := time.time() - start) < total:
        rate = options["learning_rate"] * min(1, (step + 1) / options["warmup"]) * (0.5 + 0.5 * np.cos(np.pi * spent / total))
        for group in optimiser.param_groups:
            group["lr"] = max(rate, 1e-6)
        pixels, ids, true, (shown, claimed) = batches(step)
        images = torch.nn.functional.normalize(model.get_image_features(pixel_values=pixels).pooler_output, dim=-1)
        texts = torch.nn.functional.normalize(encode_by_length(model, ids), dim=-1)
        loss = contrastive_loss(images, texts, model.logit_scale.exp(), true)
        helper = marks_loss(head, images, *shown) + 0.5 * marks_loss(head, texts, *claimed)
        optimiser.zero_grad(set_to_none=True)
        (loss + options["marks_weight"] * helper).backward()
        torch.nn.utils.clip_grad_norm_(trained.parameters(), 1.0)
        optimiser.step()
        with torch.no_grad():
            model.logit_scale.clamp_(0, np.log(100))
        step += 1
        bar.update(round(time.time() - start) - bar.n)
        if step % 20 == 0:
            bar.set_postfix(step=step, pairs=step * options["batch"], loss=f"{loss.item():.3f}", marks=f"{helper.item():.3f}", scale=f"{model.logit_scale.exp().item():.1f}")
        if time.time() - saved > 120:
            _save_checkpoint(checkpoint, trained, optimiser, step, time.time() - start)
            saved = time.time()
    if loss is not None:  # else the checkpoint had used up its time already
        _save_checkpoint(checkpoint, trained, optimiser, step, spent)
        log = {"steps": step, "pictures_seen": step * options["batch"], "minutes": round(spent / 60, 1), "loss": round(loss.item(), 4)}
        (folder / "training.json").write_text(json.dumps(options | log, indent=2))
    return model.eval(), tokenizer


def export(model, tokenizer, out: Path) -> None:
    """Write a Hugging Face folder: weights stored in half precision (they load as float32), tokenizer, image processor."""
    from safetensors.torch import load_file, save_file
    from transformers import CLIPImageProcessorPil, CLIPProcessor

    size = model.config.vision_config.image_size
    processor = CLIPImageProcessorPil(
        size={"shortest_edge": size}, crop_size={"height": size, "width": size}, image_mean=[0.5] * 3, image_std=[0.5] * 3
    )
    model.to("cpu", torch.float32).save_pretrained(out)
    weights = load_file(out / "model.safetensors")
    save_file({k: v.half() if v.is_floating_point() else v for k, v in weights.items()}, out / "model.safetensors", {"format": "pt"})
    tokenizer.save_pretrained(out)
    CLIPProcessor(image_processor=processor, tokenizer=tokenizer).save_pretrained(out)
    processor.save_pretrained(out)  # preprocessor_config.json, for runtimes that want it


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, default=Path("pretraining"), help="folder for the pool and the checkpoints")
    parser.add_argument("--out", type=Path, default=Path("pretraining/model"), help="folder for the finished model")
    for name, value in DEFAULTS.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    options = vars(parser.parse_args(arguments))
    work, out = options.pop("work"), options.pop("out")
    work.mkdir(parents=True, exist_ok=True)
    build_pool(work, options)
    model, tokenizer = train(work, options)
    export(model, tokenizer, out)
    print(f"The model is in {out}.")


if __name__ == "__main__":
    main()

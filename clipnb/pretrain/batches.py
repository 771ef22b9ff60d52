"""What the bundled CLIP is trained on, step by step: images, captions, which are true of which."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from ..fieldguide.facts import true_pairs
from ..fieldguide.world import KINDS
from .losses import fact_coder

OFTEN = 4.0  # how much more often a caption without its kind is chosen
STRANGE = 0.4  # the share of captions that hold words without a meaning, in the last stage
END = 1  # end of text, and padding
Facts = tuple[np.ndarray, np.ndarray]  # slots and bits
# pixels, what is known of the images, token ids, what the captions claim, which are true of which
Pairs = tuple[torch.Tensor, Facts, torch.Tensor, Facts, torch.Tensor]


def with_strange_words(
    ids: np.ndarray, ends: np.ndarray, rng: np.random.Generator, share: float = STRANGE
) -> np.ndarray:
    """Token ids of captions, some with one or two words that no caption has.

    A model that has read only words with a meaning takes a word that it never read for one of them.
    A strange word is two to four tokens, of which only the last ends a word; it stands between two
    words, at random. A caption that has no room for it stays as it is.

    Parameters
    ----------
    ids : (n, length) int, padded with the end of text
    ends : (tokens,) int
        1 for a token that ends a word, 0 for one that begins or continues it, -1 for neither.
    rng : numpy Generator
    share : float
        The share of the captions that get strange words.
    """
    inside, last = np.flatnonzero(ends == 0), np.flatnonzero(ends == 1)
    changed = ids.copy()
    for row in np.flatnonzero(rng.random(len(ids)) < share):
        tokens = ids[row][ids[row] != END].tolist()
        for _ in range(rng.integers(1, 3)):
            word = [*rng.choice(inside, rng.integers(1, 4)), rng.choice(last)]
            # after the start of the text or after a word
            places = [i + 1 for i, token in enumerate(tokens) if ends[token] == 1 or i == 0]
            at = int(rng.choice(places))
            tokens[at:at] = map(int, word)
        if len(tokens) < ids.shape[1]:
            changed[row] = END
            changed[row, : len(tokens)] = tokens
    return changed


class Batches:
    """(turn in the schedule, step) → batch; the same step is the same batch, so a resumed run sees
    what an unbroken one would have seen."""

    def __init__(self, folder: Path, ids: np.ndarray, options: dict, device: str, ends: np.ndarray):
        self.images = np.load(folder / "images.npy", mmap_mode="r")
        self.known, self.slots, self.bits = (
            np.load(folder / f"{name}.npy") for name in ("facts", "slots", "bits")
        )
        self.ids, self.options, self.device, self.ends = ids, options, device, ends
        self.others = options["images"]  # the look-alikes follow them
        slot = fact_coder().slots
        self.kind = self.known[:, slot["kind"]]
        tells = [slot[name] for name in slot if name == "kind" or name.startswith("species:")]
        self.kind_unsaid = np.logical_not(np.isin(self.slots, tells).any(axis=1))

    def pixels(self, which: np.ndarray, rng: np.random.Generator) -> torch.Tensor:
        """Images (n, 3, s, s) in -1..1, half of them mirrored, all moved by the same few
        pixels."""
        images = self.images[which]
        mirrored = rng.random(len(which)) < 0.5
        images[mirrored] = images[mirrored, :, :, ::-1]
        size, most = images.shape[-1], self.options["move"]
        y, x = rng.integers(0, 2 * most + 1, 2)
        images = np.pad(images, ((0, 0), (0, 0), (most, most), (most, most)), "edge")[
            :, :, y : y + size, x : x + size
        ]
        return torch.from_numpy(images).to(self.device).float() / 127.5 - 1

    def facts(self, which: np.ndarray) -> Facts:
        """Slots and bits, both (n, slots), of all that is known of some images."""
        return (
            np.broadcast_to(np.arange(self.known.shape[1]), (len(which), self.known.shape[1])),
            self.known[which],
        )

    def captions(
        self, chosen: np.ndarray, strange: np.random.Generator | None = None
    ) -> tuple[torch.Tensor, Facts]:
        """Token ids without columns that are padding in every row; slots and bits of the claims.
        With ``strange`` some captions hold words that mean nothing."""
        rows = self.ids[chosen].astype(np.int64)
        if strange is not None:
            rows = with_strange_words(rows, self.ends, strange)
        ids = torch.from_numpy(rows)
        ids = ids[:, : int((ids != END).sum(1).max()) + 1].to(self.device)
        return ids, (self.slots[chosen].astype(np.int64), self.bits[chosen])

    def of(self, stage: str) -> Callable[[np.random.Generator], tuple]:
        """What makes the batches of a stage."""
        return {
            "look": self.look,
            "read": self.read,
            "refine": self.refine,
            "look-alikes": self.lookalikes,
        }.get(stage, self.join)

    def look(self, rng: np.random.Generator) -> tuple[torch.Tensor, Facts]:
        """Images of all kinds and their facts."""
        n = min(self.options["look_batch"], self.others)
        which = np.sort(rng.choice(self.others, n, replace=False))
        return self.pixels(which, rng), self.facts(which)

    def read(self, rng: np.random.Generator) -> tuple[torch.Tensor, Facts]:
        """Captions and their claims."""
        there = self.others * self.options["captions"]
        return self.captions(
            rng.choice(there, min(self.options["read_batch"], there), replace=False)
        )

    def join(self, rng: np.random.Generator) -> Pairs:
        """Three batches of four hold two kinds only: what is slow to learn is telling two frogs
        apart, not a frog from a leaf."""
        return self.pairs(rng, 2 if rng.random() < 0.75 else len(KINDS))

    def refine(self, rng: np.random.Generator) -> Pairs:
        """Every second batch holds one kind, and captions that leave the kind unsaid, as a
        descriptor does, are chosen more often."""
        kinds = rng.choice([1, 2, len(KINDS)], p=[0.5, 0.35, 0.15])
        return self.pairs(rng, kinds, OFTEN)

    def lookalikes(self, rng: np.random.Generator) -> Pairs:
        """*Refine* with look-alikes for half of the images."""
        kinds = rng.choice([1, 2, len(KINDS)], p=[0.5, 0.35, 0.15])
        return self.pairs(rng, kinds, OFTEN, alike=0.5)

    def pairs(
        self, rng: np.random.Generator, kinds: int, often: float = 1.0, alike: float = 0.0
    ) -> Pairs:
        """Images of some kinds, captions of each, and which are true of which. A caption that
        leaves the kind unsaid is ``often`` times as likely to be chosen as another; ``alike`` is
        the share of look-alikes."""
        o, there = self.options, np.unique(self.kind)
        chosen_kinds = rng.choice(there, min(kinds, len(there)), replace=False)
        allowed = np.flatnonzero(np.isin(self.kind, chosen_kinds))
        others, lookalikes = allowed[allowed < self.others], allowed[allowed >= self.others]
        few = min(round(alike * o["batch"]), len(lookalikes))
        which = rng.choice(others, min(o["batch"] - few, len(others)), replace=False)
        if few:
            which = np.append(which, rng.choice(lookalikes, few, replace=False))
        which = np.sort(which)
        k = o["captions_per_image"]
        captions = which[:, None] * o["captions"] + np.arange(o["captions"])
        waiting = rng.exponential(size=captions.shape)
        waiting[self.kind_unsaid[captions]] /= often
        chosen = np.take_along_axis(captions, waiting.argsort(1)[:, :k], 1).ravel()
        ids, claims = self.captions(chosen, rng if alike else None)
        true = true_pairs(self.known[which], *claims)
        true[np.repeat(np.arange(len(which)), k), np.arange(len(chosen))] = True
        return (
            self.pixels(which, rng),
            self.facts(which),
            ids,
            claims,
            torch.from_numpy(true).to(self.device),
        )

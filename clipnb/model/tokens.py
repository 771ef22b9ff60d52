"""What a text encoder reads of a text."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..support.text import printable
from .families import is_sigmoid, most_tokens, needs_lower_case
from .fingerprint import of_tokenizer

if TYPE_CHECKING:
    from transformers import BatchEncoding, PreTrainedTokenizerBase


def listed_texts(texts: Any) -> list[Any]:
    """Several texts as a list, each read once; TypeError for what has none, or has them in no
    order: a set, a mapping (of which Python would read the keys), a table of several columns."""
    table = hasattr(texts, "columns")
    if (
        isinstance(texts, (bytes, set, frozenset, Mapping))
        or table
        or not isinstance(texts, Iterable)
    ):
        hint = "table.prompts" if hasattr(texts, "prompts") else "such as ['a frog', 'a bird']"
        raise TypeError(
            f"encode_texts takes a text or a list of texts, but got {type(texts).__name__}; give a"
            f" list, {hint}."
        )
    return list(texts)


class Tokens:
    """Model input of texts, as :class:`clipnb.model.encoding.Pixels` makes it of images.

    Parameters
    ----------
    tokenizer : transformers.PreTrainedTokenizerBase
    config : transformers.PretrainedConfig
        Of the whole model.

    Attributes
    ----------
    most : int
        Tokens that the model reads; the rest of a text is cut off.
    lower_case : bool
        Texts are put into lower case first (SigLIP 2).
    capitals_said : bool
        The reader knows of it.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, config: Any):
        self.tokenizer, self.most = tokenizer, most_tokens(config)
        self.lower_case, self.capitals_said = needs_lower_case(config, tokenizer), False
        # SigLIP was trained on padded texts; CLIP does not look behind the end of a text
        self._padding = "max_length" if is_sigmoid(config) else True
        self._seen: tuple[Any, str] = None, ""
        # transformers sets padding and truncation on the tokenizer itself, before it is used
        self._one_at_a_time = threading.RLock()

    def check(self, text: Any) -> None:
        """TypeError or ValueError for what has no tokens of its own."""
        if not isinstance(text, str):
            raise TypeError(
                f"encode_texts takes texts (str), but got {text!r} of type {type(text).__name__}."
            )
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise ValueError(
                f"The text '{printable(text[:60])}' holds half a character (a lone surrogate),"
                " which no tokenizer can read; write it again."
            )
        if "<" in text or "[" in text:
            for token in self.tokenizer.all_special_tokens:
                if token in text:
                    raise ValueError(
                        f"The text '{printable(text[:60])}' holds '{token}', which marks the"
                        " beginning or the end of a text for this model; remove it."
                    )

    def remarks(self, texts: Sequence[str], model: str) -> Iterator[str]:
        """What the reader must know of how these texts are read: that capitals are not (once), and
        which texts are cut off (always)."""
        if self.lower_case and not self.capitals_said:
            capitals = next((text for text in texts if text != text.lower()), None)
            if capitals is not None:
                self.capitals_said = True
                yield (
                    f"'{model}' (SigLIP 2) was trained on lower case, so texts are read in"
                    f" lower case, such as '{printable(capitals[:60])}'; this is said once."
                )
        if cut := self.cut(texts):
            yield (
                f"Texts are cut after {self.most} tokens: {len(cut)} of {len(texts)}; the first cut"
                f" one: '{printable(cut[0][:60])}…'"
            )

    def cut(self, texts: Iterable[str]) -> list[str]:
        """Those of the texts that have more tokens than the model reads."""
        # a token is at least a byte, and beginning and end are marked by one each
        long = [text for text in texts if len(text.encode()) > self.most - 2]
        if not long:
            return []
        with self._one_at_a_time:
            # not verbose: it would say on stderr what is said in encode_texts
            ids = self.tokenizer(self._lowered(long), verbose=False)["input_ids"]
        return [text for text, row in zip(long, ids) if len(row) > self.most]

    def of(self, texts: Iterable[str], **more: Any) -> BatchEncoding:
        """Tokens of texts, cut to the model's length, padded behind their end."""
        with self._one_at_a_time:
            return self.tokenizer(
                self._lowered(texts),
                padding=self._padding,
                padding_side="right",
                truncation=True,
                max_length=self.most,
                return_tensors="pt",
                # a BERT looks behind the end of a text; SigLIP is not told where that is
                return_attention_mask=True,
                **more,
            )

    def _lowered(self, texts: Iterable[str]) -> list[str]:
        return [text.lower() if self.lower_case else text for text in texts]

    @property
    def digest(self) -> str:
        """Of all that decides which tokens a text has."""
        # a vocabulary has megabytes; it is read again only if it seems to have changed
        sign = id(self.tokenizer), len(self.tokenizer)
        if self._seen[0] != sign:
            self._seen = sign, of_tokenizer(self.tokenizer)
        return f"{self._seen[1]} {self.most} {self.lower_case}"

"""What a language model is asked: the paper's question, direct ones, and the article's, as requests
of the chat-completions protocol."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..support.arguments import line, real, text, whole
from .server import OPENAI

# The paper's question (Menon & Vondrick 2023, section 3): two worked examples, a lemur and a
# television, then the class. The examples' features are in our words, and the question is put as
# turns of a conversation, for models that are made for that.
PAPER_QUESTION = "What are useful features for distinguishing a {} in a photo?"
PAPER_OPENING = "There are several useful visual features to tell there is a {} in a photo:"
PAPER_EXAMPLES = {
    "lemur": """
- slender body with four limbs
- grey, brown, black or reddish fur
- pointed snout with a wet nose
- big round staring eyes
- long bushy tail, often with rings
- hands and feet that grip branches""",
    "television": """
- flat wide rectangular screen
- thin black or grey frame
- a stand below or a mount on a wall
- cables and sockets at the back
- loudspeakers beside or under the screen
- a remote control nearby""",
}
JSON_QUESTION = (
    "List up to {number} short visual features that tell a {name} from similar things in a photo."
    " Name parts, colours, shapes, patterns and sizes that can be seen, without its name."
)
DIRECT_QUESTION = JSON_QUESTION[:-1] + (
    ", as a list with one feature a line, each beginning with '-', and nothing else."
)
# what separates confused classes; "say what is there": CLIP models do not read negation
CONTRAST_QUESTION = (
    "List up to {number} short visual features by which a {name} differs from {others} in a photo."
    " Name parts, colours, shapes, patterns and sizes that can be seen in the {name}, without its"
    " name. Say what is there, not what is missing. Give a list with one feature a line, each"
    " beginning with '-', and nothing else."
)
STYLES = {"paper": PAPER_QUESTION, "direct": DIRECT_QUESTION, "json": JSON_QUESTION}
_ITEMS = {"descriptors": {"type": "array", "items": {"type": "string"}}}
_OBJECT = {"type": "object", "properties": _ITEMS, "required": ["descriptors"]}
_NAMED = {
    "name": "descriptors",
    "strict": True,
    "schema": _OBJECT | {"additionalProperties": False},
}
SCHEMA = {"type": "json_schema", "json_schema": _NAMED}
# Customised prompts: the three questions of Kravets, part 1, after CuPL (Pratt et al. 2022), who
# ask each 10 times at temperature 0.99.
QUESTIONS = (
    "Describe what a {} looks like.",
    "Describe a {}.",
    "What are the identifying characteristics of a {}?",
)


@dataclass(frozen=True)
class Call:
    """One request about a class, and the call in its place where no JSON schema is supported."""

    name: str
    server: str
    body: dict[str, Any]
    style: str
    sample: int = 0
    plain: Call | None = None

    @cached_property
    def key(self) -> str:
        """What an answer is stored under: everything that shaped it, and never the API key."""
        shape = json.dumps([self.server, self.body, self.style, self.sample], sort_keys=True)
        return hashlib.sha256(shape.encode()).hexdigest()


@dataclass(frozen=True)
class Chat:
    """How a model is asked; what is None is left to the server."""

    server: str
    model: str
    temperature: float | None
    seed: int | None
    answer_tokens: int
    language: str | None
    hint: str | Mapping[str, str] | None

    def __post_init__(self) -> None:
        line("model", self.model)
        whole("answer_tokens", self.answer_tokens, 1)
        if self.seed is not None:
            whole("seed", self.seed)
        if self.temperature is not None:
            real("temperature", self.temperature, 0, 100)
        if self.language is not None:
            line("language", self.language)
        hints = self.hint.values() if isinstance(self.hint, Mapping) else [self.hint]
        for hint in hints:
            if hint is not None:
                text("hint", hint)

    def subject(self, name: str) -> str:
        """The class as the question names it; ImageNet writes tree_frog."""
        hint = self.hint.get(name) if isinstance(self.hint, Mapping) else self.hint
        return name.replace("_", " ") + (f" ({hint})" if hint else "")

    def call(
        self,
        name: str,
        question: str,
        style: str,
        *,
        before: Iterable[tuple[str, str]] = (),
        instruction: str | None = None,
        sample: int = 0,
        schema: dict[str, Any] | None = None,
        plain: Call | None = None,
    ) -> Call:
        """A call that asks one question, after worked examples (role, text) if there are any."""
        language = f"Answer in {self.language}." if self.language else None
        system = " ".join(filter(None, [instruction, language]))
        turns = [*([("system", system)] if system else []), *before, ("user", question)]
        body = {
            "model": self.model,
            "messages": [{"role": role, "content": said} for role, said in turns],
            "temperature": None if self.temperature is None else float(self.temperature),
            "seed": None if self.seed is None else int(self.seed) + sample,
            "response_format": schema,
            # OpenAI's newer models refuse the old name, others do not know the new
            "max_completion_tokens" if self.server == OPENAI else "max_tokens": int(
                self.answer_tokens
            ),
        }
        body = {field: value for field, value in body.items() if value is not None}
        return Call(name, self.server, body, style, sample, plain)

    def descriptor_call(self, name: str, style: str, number: int) -> Call:
        """A call that asks for at most ``number`` descriptors of a class, in one of STYLES."""
        subject = self.subject(name)
        if style == "paper":
            examples = []
            for example, features in PAPER_EXAMPLES.items():
                examples.append(("user", PAPER_QUESTION.format(example)))
                examples.append(("assistant", PAPER_OPENING.format(example) + features))
            return self.call(name, PAPER_QUESTION.replace("{}", subject), style, before=examples)
        direct = DIRECT_QUESTION.format(name=subject, number=number)
        plain = self.call(name, direct, style)
        if style == "direct":
            return plain
        question = JSON_QUESTION.format(name=subject, number=number)
        return self.call(name, question, style, schema=SCHEMA, plain=plain)

    def prompt_calls(
        self, name: str, questions: Iterable[str], samples: int, instruction: str | None
    ) -> list[Call]:
        """Calls that ask each question about a class so many times."""
        return [
            self.call(name, one, "prompts", instruction=instruction, sample=sample)
            for one in (question.replace("{}", self.subject(name)) for question in questions)
            for sample in range(samples)
        ]

    def contrast_call(self, name: str, group: Iterable[str], number: int) -> Call:
        """A call that asks what separates a class from the others of its group."""
        others = [f"a {self.subject(other)}" for other in group if other != name]
        listed = " or ".join(filter(None, [", ".join(others[:-1]), others[-1]]))
        question = CONTRAST_QUESTION.format(name=self.subject(name), number=number, others=listed)
        return self.call(name, question, "contrast")

"""What a language model is asked: the paper's question, direct ones, and the article's, as requests
of the chat-completions protocol."""

from __future__ import annotations

from collections.abc import Mapping

from . import store

OPENAI = "https://api.openai.com/v1"
STYLES = ("paper", "direct", "json")

# The paper's question (Menon & Vondrick 2023, section 3): two worked examples, a lemur and a
# television, then the class. The examples' features are in our words, and the question is put as
# turns of a conversation, for models that are made for that.
PAPER_QUESTION = "What are useful features for distinguishing a {} in a photo?"
PAPER_OPENING = "There are several useful visual features to tell there is a {} in a photo:"
PAPER_EXAMPLES = {
    "lemur": [
        "slender body with four limbs",
        "grey, brown, black or reddish fur",
        "pointed snout with a wet nose",
        "big round staring eyes",
        "long bushy tail, often with rings",
        "hands and feet that grip branches",
    ],
    "television": [
        "flat wide rectangular screen",
        "thin black or grey frame",
        "a stand below or a mount on a wall",
        "cables and sockets at the back",
        "loudspeakers beside or under the screen",
        "a remote control nearby",
    ],
}
DIRECT_QUESTION = (
    "List up to {number} short visual features that tell a {name} from similar things in a photo."
    " Name parts, colours, shapes, patterns and sizes that can be seen, without its name, as a list"
    " with one feature a line, each beginning with '-', and nothing else."
)
JSON_QUESTION = (
    "List up to {number} short visual features that tell a {name} from similar things in a photo."
    " Name parts, colours, shapes, patterns and sizes that can be seen, without its name."
)
SCHEMA = {
    "type": "json_schema",
    "json_schema": {
        "name": "descriptors",
        "strict": True,
        "schema": {
            "type": "object",
            "properties": {"descriptors": {"type": "array", "items": {"type": "string"}}},
            "required": ["descriptors"],
            "additionalProperties": False,
        },
    },
}
# Customised prompts: the three questions of Kravets, part 1, after CuPL (Pratt et al. 2022), who
# ask each 10 times at temperature 0.99.
QUESTIONS = (
    "Describe what a {} looks like.",
    "Describe a {}.",
    "What are the identifying characteristics of a {}?",
)


def subject_of(name: str, hint) -> str:
    """The class as the question names it; ImageNet writes tree_frog."""
    hint = hint.get(name) if isinstance(hint, Mapping) else hint
    return name.replace("_", " ") + (f" ({hint})" if hint else "")


def messages_of(question: str, language: str | None, instruction: str | None = None) -> list[dict]:
    system = " ".join(filter(None, [instruction, f"Answer in {language}." if language else None]))
    return ([{"role": "system", "content": system}] if system else []) + [
        {"role": "user", "content": question}
    ]


def descriptor_call(
    name: str, style: str, number: int, language, hint, server: str, shape: dict
) -> dict:
    subject = subject_of(name, hint)
    if style == "paper":
        examples = []
        for example, features in PAPER_EXAMPLES.items():
            bullets = "\n".join(
                [PAPER_OPENING.format(example), *(f"- {feature}" for feature in features)]
            )
            examples += [
                {"role": "user", "content": PAPER_QUESTION.format(example)},
                {"role": "assistant", "content": bullets},
            ]
        question = messages_of(PAPER_QUESTION.replace("{}", subject), language)
        return one_call(question[:-1] + examples + question[-1:], server, shape)
    plain = one_call(
        messages_of(DIRECT_QUESTION.format(name=subject, number=number), language), server, shape
    )
    if style == "direct":
        return plain
    return {
        **one_call(
            messages_of(JSON_QUESTION.format(name=subject, number=number), language),
            server,
            shape,
            schema=SCHEMA,
        ),
        "plain": plain,
    }


def one_call(
    messages: list[dict], server: str, shape: dict, sample: int = 0, schema: dict | None = None
) -> dict:
    """A call as ``client`` takes it; what is None is left to the server."""
    # OpenAI's newer models refuse the old name, others do not know the new
    limit = "max_completion_tokens" if server == OPENAI else "max_tokens"
    seed = None if shape["seed"] is None else shape["seed"] + sample
    body = {
        "model": shape["model"],
        "messages": messages,
        "temperature": shape["temperature"],
        limit: shape["answer_tokens"],
        "seed": seed,
    }
    body = {
        name: value
        for name, value in {**body, "response_format": schema}.items()
        if value is not None
    }
    return {
        "key": store.key_of(server, body, sample),
        "body": body,
        "sample": sample,
        "plain": None,
    }

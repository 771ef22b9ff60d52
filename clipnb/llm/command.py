"""The command ``python -m clipnb.llm``: descriptors or prompts from a language model into a
file."""

from __future__ import annotations

import argparse
import sys
import warnings
from pathlib import Path

from ..classify.descriptors import DescriptorSet
from .client import LanguageModelError
from .generate import MODEL, generate_descriptors, generate_prompts
from .questions import STYLES


def main(arguments: list[str] | None = None) -> int:
    """Write a file of descriptors (or prompts) for classes; the exit code says how it went."""
    parser = _parser()
    given = parser.parse_intermixed_args(arguments)  # classes before, between and after the options
    classes = given.classes + (_lines_of(given.classes_file, parser) if given.classes_file else [])
    if not classes:
        parser.error("name at least one class, or a file of them with --classes-file")
    if given.out.exists() and not given.force:
        parser.error(
            f"{given.out} is there already; choose another name, or overwrite it with --force"
        )
    if not given.out.parent.is_dir():
        parser.error(f"the folder {given.out.parent} of --out does not exist")
    names = [
        "language",
        "hint",
        "seed",
        "max_calls",
        "max_total_tokens",
        "concurrency",
        "timeout",
        "retries",
        "base_url",
    ]
    options = {name: getattr(given, name) for name in names}
    options.update(
        {
            name: value
            for name in ("temperature", "answer_tokens")
            if (value := getattr(given, name)) is not None
        }
    )
    if given.temperature is not None and given.temperature < 0:
        options["temperature"] = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # the exit code and the list below say it
            if given.prompts:
                result = generate_prompts(classes, given.model, samples=given.samples, **options)
            else:
                own = {
                    "style": given.style,
                    "number": given.number,
                    "own_name": "drop" if given.drop_own_name else "flag",
                }
                result = generate_descriptors(classes, given.model, **own, **options)
    except LanguageModelError as error:
        print(f"clipnb: {error}", file=sys.stderr)
        return 1
    except ValueError as error:
        parser.error(str(error))
    except KeyboardInterrupt:
        print(
            "clipnb: interrupted; the answers that came are kept, the same command continues.",
            file=sys.stderr,
        )
        return 130
    try:
        DescriptorSet(result, result.provenance).save(given.out)
    except OSError as error:
        print(
            f"clipnb: {given.out} cannot be written ({error}); the answers are kept, name another"
            " file with --out.",
            file=sys.stderr,
        )
        return 1
    missing = [name for name in dict.fromkeys(classes) if name not in result]
    _tell(result.report, sum(map(len, result.values())), len(result), given.out, missing)
    return 3 if missing else 0


def _tell(report, lines: int, classes: int, out: Path, missing: list[str]) -> None:
    """Print what was dropped and flagged, and where the rest is."""
    noted = report[report["action"] != "kept"]
    for row in noted.itertuples():
        print(f"  {row.action:8}{row[1]}: {row.descriptor!r}: {row.reason}")
    counts = report["action"].value_counts()
    dropped, flagged = counts.get("dropped", 0), counts.get("flagged", 0)
    print(
        f"{lines} lines for {classes} classes in {out} ({dropped} dropped, {flagged} flagged); read"
        " it before you use it."
    )
    if missing:
        print(
            f"Nothing was left for {', '.join(missing)}; ask again about these with another --seed,"
            " into another file.",
            file=sys.stderr,
        )


def _lines_of(path: Path, parser: argparse.ArgumentParser) -> list[str]:
    try:
        return [line.strip() for line in path.read_text("utf-8-sig").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        parser.error(f"the file of classes {path} cannot be read ({error})")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="clipnb ask",
        description=(
            "Ask a language model what classes look like, check its lines, and write them as JSON"
            " for clipnb.load_descriptors."
        ),
        epilog=(
            "The key is read from OPENAI_API_KEY; a server of your own needs none. Answers are kept"
            " (CLIPNB_CACHE says where): the same command again asks nothing, and continues a run"
            " that was interrupted. Example with Ollama: clipnb ask 'fly agaric' 'ink cap'"
            " --base-url http://localhost:11434/v1 --model llama3.2 --out mushrooms.json. Exit"
            " codes: 0 done; 1 the model could not be asked; 2 wrong use, or the file exists; 3"
            " written, but some classes have no line; 130 interrupted."
        ),
    )
    add = parser.add_argument
    add("classes", nargs="*", metavar="CLASS", help="a class name, quoted if it has several words")
    add("--classes-file", type=Path, metavar="FILE", help="class names, one a line, UTF-8")
    add(
        "--out",
        type=Path,
        required=True,
        metavar="FILE",
        help="the JSON file to write; an existing file is never overwritten without --force",
    )
    add("--force", action="store_true", help="overwrite the file of --out")
    add("--model", help=f"as the server calls it (default: CLIPNB_LLM_MODEL, or {MODEL})")
    add(
        "--base-url",
        metavar="URL",
        help=(
            "a server that speaks OpenAI's protocol (default: CLIPNB_LLM_BASE_URL, OPENAI_BASE_URL,"
            " or OpenAI)"
        ),
    )
    add(
        "--style",
        choices=STYLES,
        default="paper",
        help=(
            "the paper's question with two worked examples, a direct question, or JSON by a schema"
        ),
    )
    add(
        "--number",
        type=int,
        default=10,
        metavar="N",
        help="at most so many descriptors a class (default: %(default)s)",
    )
    add(
        "--drop-own-name",
        action="store_true",
        help="drop descriptors that contain the class's own name",
    )
    add(
        "--prompts",
        action="store_true",
        help="ask for sentences about each class (customised prompts) in place of descriptors",
    )
    add(
        "--samples",
        type=int,
        default=10,
        metavar="N",
        help="with --prompts: calls for each of the three questions (default: %(default)s)",
    )
    add("--hint", help="what the classes are, such as 'a kind of bird'")
    add(
        "--language",
        help="language of the answers, such as German (the checks of words know English only)",
    )
    add(
        "--temperature",
        type=float,
        metavar="T",
        help="default: 0 for descriptors, 0.99 for prompts; -1 leaves it to the server",
    )
    add(
        "--answer-tokens",
        type=int,
        metavar="N",
        help="longest answer (default: 400 for descriptors, 100 for prompts)",
    )
    add(
        "--seed",
        type=int,
        metavar="N",
        help="another seed asks again, also about classes whose answers are kept",
    )
    add(
        "--max-calls",
        type=int,
        metavar="N",
        help="refuse a plan of more calls, before the first; 0 shows the plan and asks nothing",
    )
    add(
        "--max-total-tokens",
        type=int,
        metavar="N",
        help="refuse a plan of more tokens, counted at most, before the first call",
    )
    add(
        "--concurrency",
        type=int,
        default=4,
        metavar="N",
        help="calls at the same time (default: %(default)s)",
    )
    add(
        "--timeout",
        type=float,
        default=60.0,
        metavar="S",
        help="seconds for one answer (default: %(default)g)",
    )
    add(
        "--retries",
        type=int,
        default=5,
        metavar="N",
        help="repetitions after a fault of the server or the network (default: %(default)s)",
    )
    return parser

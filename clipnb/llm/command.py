"""The command ``clipnb ask``: descriptors or prompts from a language model into a file.

Options that set a parameter of ``generate_descriptors`` or ``generate_prompts`` are read off these
functions, with their descriptions.
"""

from __future__ import annotations

import argparse
import inspect
import os
import re
import warnings
from pathlib import Path
from typing import Any

from ..classify.descriptors import DescriptorSet
from ..support.commands import Parser, exit_code, say_error
from ..support.console import say
from ..support.limits import JSON_BYTES, bytes_of
from ..support.text import printable
from .client import LanguageModelError
from .generate import generate_descriptors, generate_prompts
from .local import PROGRAMS, served_model
from .questions import STYLES

COMMAND = "clipnb ask"
SHARED = "language hint temperature seed answer_tokens max_calls max_total_tokens"
SHARED += " concurrency timeout retries"
DESCRIPTION = """Ask a language model what classes look like, check its lines, and write them as
JSON for clipnb.load_descriptors."""
EPILOG = """The key is read from OPENAI_API_KEY; a server of your own needs none. Answers are stored
(CLIPNB_CACHE says where): the same command again asks nothing, and continues a run that was
interrupted. --max-calls 0 shows the plan. Example with Ollama: clipnb ask 'fly agaric' 'ink cap'
--local ollama --model llama3.2 --out mushrooms.json. Exit codes: 0 done;
1 the model could not be asked; 2 wrong use, or the file exists; 3 written, but some classes have no
line; 130 interrupted."""


def main(arguments: list[str] | None = None) -> int:
    """Write a file of descriptors (or prompts) for classes; the exit code says how it went."""
    said = "interrupted; the answers that came are kept, the same command continues."
    return exit_code(COMMAND, lambda: _main(arguments), said)


def _main(arguments: list[str] | None) -> int:
    parser = _parser()
    given = parser.parse_intermixed_args(arguments)  # classes before, between and after the options
    classes = given.classes + (_lines_of(given.classes_file, parser) if given.classes_file else [])
    if not classes:
        parser.error("name at least one class, or a file of them with --classes-file")
    out = given.out.expanduser()
    if out.exists() and not given.force:
        said = "choose another name, or overwrite it with --force"
        parser.error(printable(f"{out} is there already; {said}"))
    if not out.parent.is_dir():
        parser.error(printable(f"the folder {out.parent} of --out does not exist"))
    own = ["samples"] if given.prompts else ["style", "number"]
    names = [*SHARED.split(), "model", "base_url", *own]
    options = {name: getattr(given, name) for name in names if getattr(given, name) is not None}
    if options.get("temperature", 0) < 0:
        options["temperature"] = None
    if given.drop_own_name and not given.prompts:
        options["own_name"] = "drop"
    generate = generate_prompts if given.prompts else generate_descriptors
    if given.local and given.base_url:
        parser.error("--local and --base-url both name a server; give one of them")
    try:
        if given.local:
            options["base_url"] = PROGRAMS[given.local]
            if not given.model and not os.getenv("CLIPNB_LLM_MODEL"):
                options["model"] = served_model(given.local)
        with warnings.catch_warnings():
            # the exit code and the list below say it
            warnings.filterwarnings("ignore", "Nothing was left of the answers", UserWarning)
            result = generate(classes, **options)
    except LanguageModelError as error:
        return _fail(str(error), 1)
    except ValueError as error:
        parser.error(printable(error))
    try:
        DescriptorSet(result, result.provenance).save(out)
    except OSError as error:
        said = "the answers are kept, name another file with --out."
        return _fail(f"{out} cannot be written ({error}); {said}", 1)
    missing = [name for name in dict.fromkeys(classes) if name not in result]
    _tell(result, out, missing)
    return 3 if missing else 0


def _fail(sentence: str, code: int) -> int:
    say_error(COMMAND, sentence)
    return code


def _tell(result, out: Path, missing: list[str]) -> None:
    """Print what was dropped and flagged, and where the rest is."""
    noted = result.report[result.report["action"] != "kept"]
    for row in noted.itertuples():
        say(printable(f"  {row.action:8}{row[1]}: {row.descriptor!r}: {row.reason}"))
    counts = {action: int((noted["action"] == action).sum()) for action in ("dropped", "flagged")}
    say(
        f"{sum(map(len, result.values()))} lines for {len(result)} classes in {printable(out)}"
        f" ({counts['dropped']} dropped, {counts['flagged']} flagged); read it before you use it."
    )
    if missing:
        # at temperature 0 most models give the same answer with every seed
        other = "a --temperature above 0" if result.provenance["temperature"] == 0 else "a --seed"
        said = f"ask again about these with {other}, into another file."
        say_error(COMMAND, f"nothing was left for {', '.join(missing)}; {said}")


def _lines_of(path: Path, parser: argparse.ArgumentParser) -> list[str]:
    try:
        content = bytes_of(path.expanduser(), JSON_BYTES, "a file of class names")
        lines = content.decode("utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        parser.error(printable(f"the file of classes {path} cannot be read ({error})"))
    return [line.strip() for line in lines if line.strip()]


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog=COMMAND,
        description=DESCRIPTION,
        epilog=EPILOG,
    )
    add = parser.add_argument
    add("classes", nargs="*", metavar="CLASS", help="a class name, quoted if it has several words")
    add("--classes-file", type=Path, metavar="FILE", help="class names, one a line, UTF-8")
    add("--out", type=Path, required=True, metavar="FILE", help="the JSON file to write")
    add("--force", action="store_true", help="overwrite the file of --out if it exists")
    add("--drop-own-name", action="store_true", help="drop lines with the class's own name")
    add("--prompts", action="store_true", help="ask for sentences (customised prompts) instead")
    ports = ", ".join(f"{name} at {address}" for name, address in PROGRAMS.items())
    said = f"a program on this computer, without a key: {ports}; its one model, or --model"
    add("--local", choices=PROGRAMS, help=said)
    names = f"model base_url style number samples {SHARED}"
    for name in names.split():
        text, kind = _described(name)
        form: dict[str, Any] = (
            {"choices": STYLES} if name == "style" else {"metavar": "N" if kind is int else "X"}
        )
        add(f"--{name.replace('_', '-')}", type=kind, help=text, **form)
    return parser


def _described(name: str) -> tuple[str, type]:
    """What the functions say about a parameter, with its defaults; and its type."""
    text, kind, defaults = "", str, []
    for function in (generate_descriptors, generate_prompts):
        parameter = inspect.signature(function).parameters.get(name)
        found = re.search(rf"^{name} : (.+)\n((?: .+\n)+)", f"{inspect.getdoc(function)}\n", re.M)
        if found:
            text = " ".join(found[2].split())
        if parameter:
            kind = next((k for k in (int, float) if k.__name__ in str(parameter.annotation)), str)
            defaults += [parameter.default]
    if defaults[0] is not None:
        text += f" Default: {defaults[0]:g}" if kind is float else f" Default: {defaults[0]}"
        text += f"; with --prompts {defaults[-1]}." if defaults[-1] != defaults[0] else "."
    if name == "temperature":
        text = text.replace("None", "-1")
    return text.replace("`", "").replace("%", "%%"), kind

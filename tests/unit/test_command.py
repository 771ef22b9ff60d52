"""The command ``clipnb``: what it lists, what it hands on, and what it says when something is
wrong."""

import runpy
import subprocess
import sys

import pytest

import clipnb
from clipnb import __main__ as command
from clipnb.model import command as embedding

COMMANDS = list(command.COMMANDS)


def test_help_lists_the_commands_and_loads_nothing_heavy():
    code = (
        "import sys, time, clipnb.__main__ as command\n"
        "try: command.main(['--help'])\n"
        "except SystemExit: print('\\nloaded:', {'torch', 'transformers', 'numpy'} & {*sys.modules})\n"
        "print('seconds:', time.process_time())"
    )
    text = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    for name in COMMANDS:
        assert f"\n  {name} " in text
    # of the processor, the start of Python among them
    assert "loaded: set()" in text and float(text.split()[-1]) < 0.3


def test_an_unknown_command_is_answered_with_those_that_exist():
    ended = subprocess.run(
        [sys.executable, "-m", "clipnb", "rport"], capture_output=True, text=True
    )
    assert ended.returncode == 2 and ended.stdout == ""
    assert ended.stderr == (
        "clipnb: unknown command 'rport'. Available: report, ask, embed, real, pretrain.\n"
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_gets_its_arguments_and_gives_its_exit_code(name, monkeypatch):
    given = []
    module = command.import_module(f"clipnb.{command.COMMANDS[name][0]}")
    monkeypatch.setattr(module, "main", lambda arguments: given.append(arguments) or 7)
    assert command.main([name, "a", "--help"]) == 7 and given == [["a", "--help"]]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_calls_itself_what_the_user_called_it(name, capsys):
    with pytest.raises(SystemExit) as ended:
        command.main([name, "--help"])
    assert ended.value.code == 0 and capsys.readouterr().out.startswith(f"usage: clipnb {name} ")


@pytest.mark.parametrize("name, module", [("report", "report"), ("ask", "llm"), ("pretrain",) * 2])
def test_its_module_does_the_same(name, module, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", [module, "--help"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module(f"clipnb.{module}", run_name="__main__")
    assert ended.value.code == 0 and capsys.readouterr().out.startswith(f"usage: clipnb {name} ")


def test_without_a_name_it_does_the_main_job(monkeypatch):
    """What that prints: tests/course/test_project.py, from a wheel."""
    given = []
    monkeypatch.setattr(command, "classify_fieldguide", lambda *options: given.append(options))
    assert command.main([]) == command.main(["--model", "m", "--per-species", "1"]) == 0
    assert given == [(None, 20), ("m", 1)]


def test_a_model_that_is_not_there_is_one_text(tmp_path, capsys):
    assert command.main(["--model", str(tmp_path / "none")]) == 2
    said = capsys.readouterr().err
    assert said.startswith("clipnb: ") and str(tmp_path / "none") in said


# --- clipnb embed ---------------------------------------------------------------------------------


@pytest.fixture
def photos(tmp_path, fieldguide):
    for i in range(3):
        place = tmp_path / "photos" / ("a", "b")[i % 2]
        place.mkdir(parents=True, exist_ok=True)
        fieldguide.images[i].save(place / f"{i}.png")
    return tmp_path / "photos"


def test_embed_writes_what_load_embeddings_reads(photos, tmp_path, capsys):
    pytest.importorskip("pyarrow")
    arguments = ["embed", str(photos), str(tmp_path / "out")]
    assert command.main([*arguments, "--batch-size", "2", "--part-size", "2"]) == 0
    assert "Written: " in capsys.readouterr().out
    data = clipnb.load_embeddings(tmp_path / "out")
    assert len(data) == 3 and data.class_names == ["a", "b"]
    assert len(list((tmp_path / "out").glob("*.parquet"))) == 2


@pytest.mark.parametrize(
    "changed, words",
    [
        ({"photos": "none"}, "none"),
        ({"--model": "no/such-model"}, "no/such-model"),
        ({"--batch-size": "0"}, "batch_size is 0"),
        ({"--part-size": "0"}, "part_size is 0"),
    ],
    ids=str,
)
def test_embed_says_in_one_line_what_does_not_fit(changed, words, photos, tmp_path, capsys):
    pytest.importorskip("pyarrow")
    images = str(tmp_path / changed.get("photos", "photos"))
    options = [word for pair in changed.items() if pair[0] != "photos" for word in pair]
    assert embedding.main([images, str(tmp_path / "out"), *options]) == 2
    said = capsys.readouterr().err
    assert said.startswith("clipnb embed: ") and words in said and said.count("\n") == 1

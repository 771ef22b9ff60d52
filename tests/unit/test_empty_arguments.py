"""What a shell leaves of a variable that is not set: an empty name or path. Python would take it
for the folder one is in, or for nothing given."""

import pytest

import clipnb
from clipnb.llm import command as ask
from clipnb.model import command as embed
from clipnb.report import command as report


@pytest.mark.parametrize(
    "use",
    [
        lambda data: clipnb.load_clip(""),
        lambda data: clipnb.load_clip("  "),
        lambda data: clipnb.load_images(""),
        lambda data: clipnb.load_images("hf:"),
        lambda data: clipnb.load_images("pets:"),
        lambda data: clipnb.embed(data, ""),
        lambda data: clipnb.save_embeddings(data, ""),
    ],
)
def test_an_empty_name_is_refused(use, fieldguide, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=r"is empty; give a name or a path"):
        use(fieldguide.select([0]))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("command", "arguments", "says"),
    [
        (embed, ["photos", ""], "an argument is empty"),
        (embed, ["", "out"], "an argument is empty"),
        (embed, ["photos", "out", "--model", ""], "--model is empty"),
        (embed, ["photos", "out", "--model="], "--model is empty"),
        (report, ["photos", "--descriptors", "d.json", "--shots", ""], "--shots is empty"),
        (report, ["photos", "--descriptors", "d.json", "--suggest", " "], "--suggest is empty"),
        (ask, ["robin", "--out", "x.json", "--base-url", ""], "--base-url is empty"),
    ],
)
def test_a_command_names_the_empty_argument(command, arguments, says, capsys):
    with pytest.raises(SystemExit) as ended:
        command.main(arguments)
    assert ended.value.code == 2
    assert f"{says}; a variable of the shell may not be set" in capsys.readouterr().err

"""``python -m clipnb.report``: what it writes, and what it says when something is wrong."""

import json
import subprocess
import sys

import pytest
from test_report import described, flat, frogs, read, rows_of

import clipnb
from clipnb.report import command, real
from clipnb.report import command as report

# --- the command ----------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path, frogs):
    for i in range(12):
        place = tmp_path / "photos" / frogs.class_names[frogs.labels[i]].replace(" ", "_")
        place.mkdir(parents=True, exist_ok=True)
        frogs.images[i].save(place / f"{i}.png")
    (place / "broken.png").write_bytes(b"\x89PNG no")
    clipnb.load_descriptors("fieldguide").select(frogs.class_names).save(tmp_path / "d.json")
    return tmp_path


def test_the_command_writes_the_report(folder, capsys):
    assert (
        report.main(
            [
                str(folder / "photos"),
                "--descriptors",
                str(folder / "d.json"),
                "--out",
                str(folder / "r.html"),
                "--title",
                "Mine",
            ]
        )
        == 0
    )
    text = flat(read(folder / "r.html").text)
    assert (
        "Mine" in text
        and "of 12 images" in text
        and "broken.png" in text
        and "without a folder here, left out: 8." in text
    )
    assert "Written" in capsys.readouterr().out and len(rows_of(folder / "r.html")) == 12


def test_the_command_on_a_flat_folder(folder, frogs):
    (folder / "flat").mkdir()
    frogs.images[0].save(folder / "flat" / "a.png")
    arguments = [
        str(folder / "flat"),
        "--descriptors",
        str(folder / "d.json"),
        "--out",
        str(folder / "r.html"),
        "--no-csv",
    ]
    assert report.main(arguments) == 0
    assert (
        "no labels" in flat(read(folder / "r.html").text)
        and not (folder / "r-predictions.csv").exists()
    )


@pytest.mark.parametrize(
    "change, says",
    [
        ({"photos": "nowhere"}, "There is no folder"),
        ({"--descriptors": "nothing.json"}, "There is no descriptor file"),
        ({"--descriptors": "few.json"}, "There are no descriptors for"),
        ({"--descriptors": "unseen.json"}, "can be seen in an image"),
        ({"--descriptors": "text.json"}, "is not JSON"),
        ({"--out": "r.pdf"}, "ends in .html"),
        ({"--model": "no/such-model"}, "could not be fetched"),
        ({"--explain": "magic"}, "cannot be explained"),
        ({"--suggest": "few.json"}, "has no class of these, such as"),
        ({"--suggest": "empty.json"}, "has no class of these, such as"),
        ({"--suggest": "text.json"}, "is not JSON"),
        ({"photos": "flat", "--shots": "photos"}, "no labels to score it on"),
    ],
)
def test_the_command_says_in_one_line_what_is_wrong(folder, frogs, capsys, change, says):
    clipnb.DescriptorSet({"newt": ["a crest"]}).save(folder / "few.json")
    clipnb.DescriptorSet({name: ["a loud song"] for name in frogs.class_names}).save(
        folder / "unseen.json"
    )
    (folder / "text.json").write_text("red legs")
    (folder / "empty.json").write_text("{}")
    (folder / "flat").mkdir()
    frogs.images[0].save(folder / "flat" / "a.png")
    wanted = {"photos": "photos", "--descriptors": "d.json", "--out": "r.html", **change}
    arguments = [str(folder / wanted.pop("photos"))]
    for name, value in wanted.items():
        arguments += [name, value if name in ("--model", "--explain") else str(folder / value)]
    assert report.main(arguments) == 2
    *warned, error = capsys.readouterr().err.strip().splitlines()
    assert says in error and error.startswith("clipnb report: ")
    # what was skipped may have been said before
    assert len(warned) <= 1 and all("broken.png" in line for line in warned)
    assert not (folder / "r.html").exists()


@pytest.mark.slow
def test_what_cannot_be_written_is_said_before_the_work(folder, capsys, monkeypatch):
    monkeypatch.setattr(command, "load_images", lambda _: pytest.fail("this was slow"))
    monkeypatch.setattr(command, "generate_descriptors", lambda _: pytest.fail("this cost money"))
    (folder / "mine.html").write_text("mine")
    (folder / "b-predictions.csv").mkdir()
    for name, says in (
        ("mine.html", "not written by clipnb"),
        ("b.html", "b-predictions.csv' is a folder"),
        ("no/r.html", "There is no folder"),
    ):
        arguments = [str(folder / "photos"), "--ask", "--out", str(folder / name)]
        assert command.main(arguments) == 2
        assert says in capsys.readouterr().err
    monkeypatch.setattr(real, "chosen", lambda *_: pytest.fail("this took hours"))
    for more, says in (
        (["--out", str(folder / "mine.html")], "not written by clipnb"),
        (["--out", str(folder / "d.json" / "r.html")], "cannot be made"),
        (["--out", str(folder / "r.html"), "--seeds", "0"], "--seeds is 0"),
    ):
        assert real.main(more) == 2
        assert says in capsys.readouterr().err
    monkeypatch.setattr("os.access", lambda *_: False)
    assert command.main([str(folder), "--ask", "--out", str(folder / "r.html")]) == 2
    assert "Nothing can be written into" in capsys.readouterr().err


def test_the_command_runs_as_a_module():
    result = subprocess.run(
        [sys.executable, "-m", "clipnb.report", "--help"], capture_output=True, text=True
    )
    assert result.returncode == 0 and "--descriptors" in result.stdout and not result.stderr


def test_what_is_warned_of_is_on_the_page_and_on_stderr(tmp_path, capsys):
    """In one line each, and once."""
    data = clipnb.load_fieldguide("test", kinds="frog", per_species=1)
    for i in range(2):
        (tmp_path / "photos" / f"frog {i}").mkdir(parents=True)
        data.images[i].save(tmp_path / "photos" / f"frog {i}" / "a.png")
    (tmp_path / "photos" / "frog 0" / "broken\x1b[2J.png").write_bytes(b"no image")
    long = "qzv xjk wqp " * 12
    descriptors = {"frog 0": ["green skin", long], "frog 1": ["brown skin"]}
    (tmp_path / "d.json").write_text(json.dumps(descriptors))
    out = tmp_path / "report.html"
    arguments = [str(tmp_path / "photos"), "--descriptors", str(tmp_path / "d.json")]
    assert report.main([*arguments, "--out", str(out)]) == 0
    said = capsys.readouterr().err
    assert "\x1b" not in said and "UserWarning" not in said
    for words in ("2 images read, 1 skipped: 1 unreadable", "Texts are cut after"):
        assert said.count(words) >= 1 and words in out.read_text("utf-8")
        assert all(line.startswith("clipnb report: ") for line in said.splitlines())

"""``python -m clipnb.report``: what it writes, and what it says when something is wrong."""

import subprocess
import sys

import pytest
from test_report import described, flat, frogs, read, rows_of

import clipnb
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
    ],
)
def test_the_command_says_in_one_line_what_is_wrong(folder, frogs, capsys, change, says):
    clipnb.DescriptorSet({"newt": ["a crest"]}).save(folder / "few.json")
    clipnb.DescriptorSet({name: ["a loud song"] for name in frogs.class_names}).save(
        folder / "unseen.json"
    )
    (folder / "text.json").write_text("red legs")
    wanted = {"photos": "photos", "--descriptors": "d.json", "--out": "r.html", **change}
    arguments = [str(folder / wanted.pop("photos"))]
    for name, value in wanted.items():
        arguments += [name, value if name in ("--model", "--explain") else str(folder / value)]
    assert report.main(arguments) == 2
    error = capsys.readouterr().err
    assert (
        says in error
        and error.startswith("clipnb report: ")
        and len(error.strip().splitlines()) == 1
    )
    assert not (folder / "r.html").exists()


@pytest.mark.slow
def test_the_command_runs_as_a_module():
    result = subprocess.run(
        [sys.executable, "-m", "clipnb.report", "--help"], capture_output=True, text=True
    )
    assert result.returncode == 0 and "--descriptors" in result.stdout and not result.stderr

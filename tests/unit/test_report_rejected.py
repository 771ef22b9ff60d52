"""The report says how many images resemble no class, and where the threshold comes from."""

import pytest
from PIL import Image

import clipnb
from clipnb import evaluation
from clipnb.report.command import main
from clipnb.report.rejected import none_of_these


@pytest.fixture(scope="module")
def frogs():
    return clipnb.load_fieldguide("test", kinds="frog", per_species=2)


@pytest.fixture(scope="module")
def classifier(clip, frogs):
    return clipnb.ZeroShotClassifier(clip, clipnb.name_prompts(frogs.class_names))


def test_without_calibration_it_says_so(classifier, frogs):
    prediction = classifier.predict(frogs)
    count = evaluation.uncalibrated(classifier).rejects(prediction).sum()
    said = none_of_these(prediction, frogs, None)[0]
    assert said.startswith(f"Images that resemble no class: {count} of {len(frogs)}")
    assert "the threshold was not calibrated" in said and "--calibrate FOLDER" in said


def test_with_a_threshold_it_names_origin_and_images(classifier, frogs):
    half = frogs.select(range(0, len(frogs), 2))
    rest = frogs.select(range(1, len(frogs), 2))
    rejection = clipnb.calibrate_rejection(classifier, half, coverage=0.5, name="half of them")
    prediction = classifier.predict(rest, reject=rejection)
    count, said = prediction.rejected.sum(), none_of_these(prediction, rest, rejection)
    assert f"{count} of {len(rest)}" in said[0] and "(half of them)" in said[0]
    named = [source for source in rest.sources if f"‘{source}’" in said[0]]
    assert len(named) == min(3, count)
    assert all(prediction.rejected[rest.sources.index(one)] for one in named)
    kept = ~prediction.rejected
    hits = (evaluation.correct(classifier, rest) & kept).sum()
    assert f"{hits} of {kept.sum()} labelled images" in said[1]
    assert "10 of these" not in said[0]
    again = none_of_these(classifier.predict(half), half, rejection)[0]
    assert f"{len(half)} of these images set it themselves" in again


@pytest.mark.slow
def test_the_command_calibrates_on_another_folder(tmp_path, frogs, capsys):
    for folder, which in (("photos", 0), ("others", 1)):
        for i in range(which, len(frogs), 2):
            name = frogs.class_names[frogs.labels[i]]
            (tmp_path / folder / name).mkdir(parents=True, exist_ok=True)
            frogs.images[i].save(tmp_path / folder / name / f"{i}.png")
    Image.new("RGB", (224, 224), "white").save(tmp_path / "photos" / name / "blank.png")
    words = clipnb.load_descriptors("fieldguide").select(frogs.class_names)
    words.save(tmp_path / "words.json")
    arguments = [str(tmp_path / "photos"), "--descriptors", str(tmp_path / "words.json")]
    out = ["--out", str(tmp_path / "r.html"), "--calibrate", str(tmp_path / "others")]
    assert main([*arguments, *out, "--coverage", "0.9", "--max-images", "2"]) == 0
    page = (tmp_path / "r.html").read_text("utf-8")
    assert "Images that resemble no class:" in page and "90\xa0% of them are kept" in page
    assert main([*arguments, *out, "--coverage", "2"]) == 2
    assert "coverage is 2.0" in capsys.readouterr().err
    assert main([*arguments, "--coverage", "0.9"]) == 2
    assert "--coverage is a share of the images of --calibrate" in capsys.readouterr().err

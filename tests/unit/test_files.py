"""Files are written whole or not at all, by whatever writes them."""

import os
import stat

import pytest

import clipnb
from clipnb.support.files import replacing


def test_descriptors_can_be_read_by_those_who_may_read_other_new_files(tmp_path):
    (tmp_path / "plain").write_text("x")
    clipnb.DescriptorSet({"robin": ["an orange breast"]}).save(tmp_path / "birds.json")
    modes = {stat.S_IMODE(os.stat(tmp_path / name).st_mode) for name in ("plain", "birds.json")}
    assert len(modes) == 1
    assert dict(clipnb.load_descriptors(tmp_path / "birds.json")) == {"robin": ["an orange breast"]}


def test_a_failure_leaves_what_was_there_and_no_debris(tmp_path):
    path = tmp_path / "page.html"
    path.write_text("old")
    with pytest.raises(KeyError), replacing(path) as file:
        file.write("half of the new")
        raise KeyError
    assert path.read_text() == "old" and os.listdir(tmp_path) == ["page.html"]

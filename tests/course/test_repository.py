"""The files about the project: workflows and CITATION.cff follow their schemas, versions and
modules are those that exist, commands are targets of the Makefile."""

import re
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml
from packaging.specifiers import SpecifierSet

import clipnb

ROOT = Path(__file__).parent.parent.parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
CHANGES = (ROOT / "CHANGELOG.md").read_text("utf-8")


def violations(schema, *paths):
    """What check-jsonschema says, with a schema that it brings."""
    tool = pytest.importorskip("check_jsonschema")
    from click.testing import CliRunner

    result = CliRunner().invoke(tool.main, ["--builtin-schema", schema, *map(str, paths)])
    return result.output if result.exit_code else ""


@pytest.mark.parametrize(
    "schema", ["vendor.github-workflows", "custom.github-workflows-require-timeout"]
)
def test_workflows_follow_their_schema_and_end(schema):
    assert len(WORKFLOWS) >= 3 and not violations(schema, *WORKFLOWS)


def test_a_wrong_workflow_would_be_found(tmp_path):
    wrong = WORKFLOWS[0].read_text("utf-8").replace("runs-on:", "run-on:", 1)
    (tmp_path / "w.yml").write_text(wrong, "utf-8")
    assert "w.yml" in violations("vendor.github-workflows", tmp_path / "w.yml")


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_may_only_read_and_names_major_versions(path):
    content = yaml.safe_load(path.read_text("utf-8"))
    assert content["permissions"] == {"contents": "read"} and content["concurrency"]
    steps = [step for job in content["jobs"].values() for step in job["steps"]]
    actions = [step["uses"] for step in steps if "uses" in step]
    assert actions and all(re.fullmatch(r"actions/[\w-]+@v\d+", action) for action in actions)


def test_workflows_use_the_pythons_and_extras_of_pyproject():
    tests, newest = (
        yaml.safe_load((ROOT / ".github" / "workflows" / f"{name}.yml").read_text("utf-8"))
        for name in ("tests", "newest")
    )
    pythons = tests["jobs"]["linux"]["strategy"]["matrix"]["python"]
    assert pythons == ["3.11", "3.12", "3.13", "3.14"]
    assert all(version in SpecifierSet(PROJECT["requires-python"]) for version in pythons)
    extras = re.search(r"-e \.\[(.*)\]", (ROOT / "environment.yml").read_text("utf-8"))[1]
    runs = [step.get("run", "") for step in newest["jobs"]["test"]["steps"]]
    assert any(f"--editable '.[{extras}]'" in run for run in runs)


def test_the_citation_follows_its_schema_and_names_this_version():
    assert not violations("vendor.citation-file-format", ROOT / "CITATION.cff")
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert citation["version"] == PROJECT["version"] == clipnb.__version__
    assert citation["license"] == PROJECT["license"]


def test_the_changelog_has_this_version_and_says_where_modules_went():
    versions = re.findall(r"^## \[([\d.]+)\]", CHANGES, re.M)
    assert PROJECT["version"] in versions
    assert versions == sorted(versions, key=lambda v: [*map(int, v.split("."))], reverse=True)
    moved = re.findall(r"^  \| (`.*) \| (`.*) \|$", CHANGES, re.M)
    assert len(moved) > 10
    for _, new in moved:
        for module in re.findall(r"`([\w.]+)`(?! ?\()", re.sub(r" \(`\w+`\)", "", new)):
            assert find_spec(f"clipnb.{module}"), module


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_commands_that_are_named_exist(name):
    text = (ROOT / name).read_text("utf-8")
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M)
    named = re.findall(r"(?:`|^)make (?:\w+=\S+ )?([a-z][\w-]*)", text, re.M)
    assert named and not {*named} - {*targets}

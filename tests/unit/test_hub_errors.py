"""What comes from the Hugging Face Hub, from a fake one on loopback; and why nothing came: the token,
the licence, the name, the disk or the network, whichever it was."""

import errno
import json
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
import torch
from fake_hub import FakeHub, fake_hub, files_of
from huggingface_hub import close_session, constants, errors
from small_models import save_clip

from clipnb.data import hub as datasets_hub
from clipnb.model import download
from clipnb.model.loading import load_clip
from clipnb.support.hub import NETWORK, why_not_fetched

ANSWERS = {  # name → status, code and message as the Hub sends them; what is said
    "expired/token": (401, "", "Invalid credentials in Authorization header", "access token (401)"),
    "gated/model": (403, "GatedRepo", "You are not on the list", "accept its licence"),
    "gated/no-token": (401, "GatedRepo", "Access is restricted", "accept its licence"),
    "no/name": (404, "RepoNotFound", "Repository not found", "check the name"),
    "forbidden/model": (403, "", "Forbidden", "forbids it to this access token (403)"),
    "busy/hub": (429, "", "Too many requests", "too many requests from here (429)"),
}
PROGRAM = """
import json, sys, clipnb
said = {}
for name in json.loads(sys.argv[1]):
    try:
        said[name] = clipnb.load_clip(name).fingerprint
    except OSError as error:
        said[name] = str(error)
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Those of a small CLIP."""
    return files_of(save_clip(tmp_path_factory.mktemp("model")))


@pytest.fixture
def hub(monkeypatch, tmp_path):
    """A Hub with nothing in it, and an empty cache of it."""
    with fake_hub(monkeypatch, tmp_path / "hub") as server:
        yield server


@pytest.fixture
def offline(monkeypatch):
    return lambda: monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)


NAME, WEIGHTS = "tiny/clip", "model.safetensors"


def changed(files):
    """The same model with other weights."""
    from safetensors.torch import load, save

    weights = {name: tensor * 1.5 for name, tensor in load(files[WEIGHTS]).items()}
    scale = {"logit_scale": load(files[WEIGHTS])["logit_scale"]}
    return files | {WEIGHTS: save(weights | scale, {"format": "pt"})}


def pickled(files):
    """The same files with weights that can run code, as OpenAI's repositories have them."""
    return {name: files[name] for name in files if name != WEIGHTS} | {"pytorch_model.bin": b"x"}


def fetched(hub, name):
    """How often a file of NAME was sent."""
    return sum(count for path, count in hub.asked.items() if path.endswith(f"/{name}"))


# --- what comes -----------------------------------------------------------------------------------


def test_a_model_is_fetched_once_and_needs_no_network_afterwards(hub, files, offline):
    extra = {"onnx/model.safetensors": b"x", "pytorch_model.bin": b"x", "README.md": b"x"}
    commit = hub.repository(NAME, files | extra).references["main"]
    first = load_clip(NAME, cache=False)
    assert first.fingerprint == f"{NAME}@{commit}" and first.name == NAME
    assert fetched(hub, WEIGHTS) == 1 and not any(fetched(hub, name) for name in extra)
    again = load_clip(NAME, cache=False)
    assert fetched(hub, WEIGHTS) == 1
    offline()
    asked = hub.requests
    third = load_clip(NAME, cache=False)
    assert hub.requests == asked
    assert first.fingerprint == again.fingerprint == third.fingerprint
    assert torch.equal(first.encode_texts("a frog"), third.encode_texts("a frog"))


def test_a_second_revision_is_another_model_and_the_first_can_be_had(hub, files, offline):
    repository = hub.repository(NAME, files)
    first = load_clip(NAME)
    old = first.encode_texts(["a frog"])
    commit = repository.commit(changed(files))
    second = load_clip(NAME)
    assert second.fingerprint == f"{NAME}@{commit}" != first.fingerprint
    # not what the cache holds of the first
    assert not torch.allclose(second.encode_texts(["a frog"]), old, atol=1e-3)
    offline()
    assert load_clip(NAME).fingerprint == second.fingerprint
    # as a worker on another machine loads it
    same = load_clip(**first.origin)
    assert same.fingerprint == first.fingerprint
    torch.testing.assert_close(same.encode_texts(["a frog"]), old)


def test_settings_and_weights_are_of_one_commit_while_the_repository_changes(hub, files):
    repository = hub.repository(NAME, files)
    before = repository.references["main"]
    folder, commit = download.fetch(NAME, check=lambda folder: repository.commit(changed(files)))
    assert commit == before != repository.references["main"]
    assert (folder / WEIGHTS).read_bytes() == files[WEIGHTS]


def test_a_revision_that_is_not_there_is_named(hub, files):
    hub.repository(NAME, files)
    with pytest.raises(OSError, match=f"'{NAME}' .* no such revision of it .404.: check revision="):
        load_clip(NAME, revision="v9")


@pytest.mark.slow
def test_an_interrupted_download_is_said_and_the_next_call_fetches_the_rest(
    hub, files, offline, monkeypatch
):
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    hub.repository(NAME, files)
    hub.stops_after[WEIGHTS] = 1000
    with pytest.raises(OSError, match=f"'{NAME}' .* the connection broke off; the same call"):
        load_clip(NAME)
    with monkeypatch.context() as patch:
        patch.setattr(constants, "HF_HUB_OFFLINE", True)
        with pytest.raises(OSError, match="only a part of it was fetched before"):
            load_clip(NAME)
    hub.stops_after.clear()
    fingerprint = load_clip(NAME).fingerprint
    offline()
    assert load_clip(NAME).fingerprint == fingerprint


def test_weights_in_several_files_are_fetched_and_kept(hub, files, tmp_path, offline):
    from transformers import CLIPModel

    save_clip(tmp_path / "one")
    CLIPModel.from_pretrained(tmp_path / "one").save_pretrained(tmp_path, max_shard_size="300KB")
    shards = {name: content for name, content in files_of(tmp_path).items() if "model" in name}
    assert len(shards) > 2
    hub.repository(NAME, pickled(files) | shards)
    right = load_clip(NAME, cache=False).encode_texts("a frog")
    offline()
    clip = load_clip(NAME, cache=False)
    assert torch.equal(clip.encode_texts("a frog"), right)


@pytest.mark.parametrize("status", [401, 429, 503])
def test_what_was_fetched_is_used_while_the_hub_has_a_fault(hub, files, status):
    hub.repository(NAME, files)
    fingerprint = load_clip(NAME).fingerprint
    hub.answers[NAME] = (status, "", "no")
    assert load_clip(NAME).fingerprint == fingerprint


def test_a_conversion_of_pickled_weights_is_taken_and_kept(hub, files, offline):
    """As for OpenAI's ViT-B/32, whose main branch has pickled weights only."""
    repository = hub.repository(NAME, pickled(files))
    commit = repository.propose(files, download.CONVERSION, download.CONVERTER)
    clip = load_clip(NAME)
    assert clip.fingerprint == f"{NAME}@{commit}" and not fetched(hub, "pytorch_model.bin")
    hub.answers[NAME] = (503, "", "no")
    assert load_clip(NAME).fingerprint == clip.fingerprint
    offline()
    assert load_clip(NAME).fingerprint == clip.fingerprint
    assert load_clip(**clip.origin).fingerprint == clip.fingerprint


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize("author, title", [("a-stranger", None), (None, "Better weights")])
def test_pickled_weights_only_are_refused_and_so_is_a_stranger_s_conversion(
    hub, files, author, title
):
    repository = hub.repository(NAME, pickled(files))
    with pytest.raises(ValueError, match=f"'{NAME}' has no weights as safetensors.*pickled"):
        load_clip(NAME)
    repository.propose(files, title or download.CONVERSION, author or download.CONVERTER)
    with pytest.raises(ValueError, match=f"'{NAME}' has no weights as safetensors"):
        load_clip(NAME)
    assert not fetched(hub, WEIGHTS) and not fetched(hub, "pytorch_model.bin")


def test_a_conversion_of_other_weights_is_not_taken(hub, files):
    repository = hub.repository(NAME, pickled(files))
    repository.propose(files, download.CONVERSION, download.CONVERTER)
    repository.commit(pickled(files) | {"pytorch_model.bin": b"trained once more"})
    with pytest.raises(ValueError, match=f"'{NAME}' has no weights as safetensors"):
        load_clip(NAME)


def with_settings(files, **settings):
    config = json.loads(files["config.json"]) | settings
    return files | {"config.json": json.dumps(config).encode()}


@pytest.mark.parametrize(
    "change, message",
    [
        (lambda f: with_settings(f, auto_map={"AutoModel": "m.Clip"}), "brings code of its own"),
        (
            lambda f: with_settings(f, model_type="jina_clip"),
            "is a jina_clip model; load_clip takes",
        ),
        (lambda f: {"open_clip_config.json": b"{}"}, "has no model_cfg"),
        (lambda f: {"adapter_config.json": b"{}", "config.json": b"{}"}, "LoRA adapter"),
        (lambda f: {"README.md": b"x"}, "no config.json"),
    ],
)
def test_what_is_no_model_for_us_is_refused_before_its_weights_are_fetched(
    hub, files, change, message
):
    hub.repository(NAME, {WEIGHTS: files[WEIGHTS], "modeling.py": b"x"} | change(files))
    with pytest.raises((OSError, ValueError), match=f"'{NAME}' .*{message}") as refused:
        load_clip(NAME)
    assert "\n" not in str(refused.value)
    assert not fetched(hub, WEIGHTS) and not fetched(hub, "modeling.py")


@pytest.mark.slow
def test_what_a_hub_answers_is_what_is_said(tmp_path, files):
    server = FakeHub()
    server.answers = {name: answer[:3] for name, answer in ANSWERS.items()}
    commit = server.repository(NAME, files).references["main"]
    settings = {
        "HF_ENDPOINT": server.address,
        "HF_HUB_OFFLINE": "0",
        "HF_TOKEN": "hf_" + "x" * 30,
        "HF_HOME": str(tmp_path),
        "NO_PROXY": "127.0.0.1",
    }
    command = [sys.executable, "-c", PROGRAM, json.dumps([*ANSWERS, NAME])]
    ended = subprocess.run(
        command, env={**os.environ, **settings}, capture_output=True, text=True, check=True
    )
    server.close()
    said = json.loads(ended.stdout)
    assert said.pop(NAME) == f"{NAME}@{commit}" and not ended.stderr
    for name, (*_, words) in ANSWERS.items():
        assert words in said[name] and name in said[name] and "\n" not in said[name]
        assert "network" not in said[name].replace("needs no network", "")


# --- the words ------------------------------------------------------------------------------------


def raised(*chain):
    """The last error of a chain, each raised from the one before."""
    error = None
    for one in chain:
        one.__cause__ = error
        error = one
    return error


def of_hub(kind, status):
    response = SimpleNamespace(status_code=status, headers={}, request=None)
    return kind("no", response=response)


@pytest.mark.parametrize(
    "chain, words",
    [
        ([of_hub(errors.HfHubHTTPError, 401), errors.LocalEntryNotFoundError("no")], "token (401)"),
        ([of_hub(errors.HfHubHTTPError, 429)], "too many requests"),
        ([of_hub(errors.HfHubHTTPError, 503), OSError("x")], "has a fault (503)"),
        ([of_hub(errors.RepositoryNotFoundError, 401)], "check the name and, if it is private"),
        ([of_hub(errors.GatedRepoError, 403), FileNotFoundError("x")], "accept its licence"),
        ([OSError(errno.ENOSPC, "No space left"), OSError("x")], "No space left); free the disk"),
        ([PermissionError(errno.EACCES, "denied", "hub/.locks"), OSError("x")], "set HF_HOME"),
        ([errors.OfflineModeIsEnabled("x")], "HF_HUB_OFFLINE is set"),
        ([ConnectionError("x"), OSError("y")], NETWORK),
    ],
    ids=lambda value: None if isinstance(value, list) else value[:20],
)
def test_the_cause_is_found_behind_other_errors(chain, words, monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    said = why_not_fetched(raised(*chain))
    assert words in said and "\n" not in said and "hf_" not in said


def test_a_chain_that_bites_its_tail_ends():
    first, second = OSError("a"), OSError("b")
    first.__cause__, second.__cause__ = second, first
    assert why_not_fetched(first)


def test_without_a_network_wanted_that_is_said():
    with pytest.raises(OSError, match="'no/such-model' .* because HF_HUB_OFFLINE is set"):
        load_clip("no/such-model")


def test_data_sets_say_the_same(monkeypatch):
    datasets = pytest.importorskip("datasets")

    def refused(*_):
        raise raised(of_hub(errors.GatedRepoError, 403), FileNotFoundError("no"))

    monkeypatch.setattr(datasets, "get_dataset_split_names", refused)
    with pytest.raises(OSError, match="'gated/birds' .* accept its licence"):
        datasets_hub.load_huggingface("gated/birds", None)


def test_without_a_network_the_sentence_stands_alone(monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    for error, hidden in ((ConnectionError("no name service"), True), (KeyError("x"), False)):
        with (
            pytest.raises(OSError, match="could not be fetched") as caught,
            download._helpful("a/b"),
        ):
            raise error
        assert (caught.value.__cause__ is None and caught.value.__suppress_context__) is hidden

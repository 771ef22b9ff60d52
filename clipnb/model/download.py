"""A model of the Hugging Face Hub as a folder: from the network, or as it was fetched before.

Everything comes from one commit, which is found once. What is fetched is settings first, so that a
model of another kind costs no gigabytes, then weights, as safetensors only. Pickled weights are not
read; where a repository has nothing else, the conversion is taken that the Hub's own service has
proposed for it (OpenAI's ViT-B/32 is one of these).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..support.hub import NETWORK, OFFLINE, PARTLY, why_not_fetched
from ..support.progress import no_bars
from . import open_clip

SETTINGS = ("*.json", "*.txt", "*.model")
WHOLE, INDEX, SHARDS = "model.safetensors", "model.safetensors.index.json", "model-*.safetensors"
# the account and the title of the Hub's conversions, by which transformers knows them, too
CONVERTER, CONVERSION = "SFconvertbot", "Adding `safetensors` variant of this model"


def fetch(
    name: str, revision: str | None = None, check: Callable[[Path], None] = lambda folder: None
) -> tuple[Path, str]:
    """The folder of a model of the Hub and its commit; both stay the same without a network.

    Parameters
    ----------
    name : str
        "owner/name"; "hf-hub:owner/name" takes open_clip's files, where a repository has both.
    revision : str, optional
        A branch, tag or commit; by default the main branch, or the conversion of its weights.
    check : function of the folder
        Called when the settings are there and the weights are not; may raise.

    Raises
    ------
    OSError
        If it cannot be fetched and was not fetched before; the message says why.
    ValueError
        If the repository has no weights as safetensors.
    """
    folder = _files(name, revision, SETTINGS)
    check(folder)
    commit = folder.name
    theirs = open_clip.is_one(name, folder)
    weights = SHARDS if (folder / INDEX).is_file() else WHOLE
    folder = _files(name, commit, (open_clip.WEIGHTS if theirs else weights,), begun=True)
    if any(folder.glob(open_clip.WEIGHTS if theirs else "model*.safetensors")):
        return folder, commit
    if not theirs and revision is None and (converted := _conversion(name, folder)):
        return fetch(name, converted, check)
    pickled, wanted = "pytorch_model.bin", WHOLE
    if theirs:
        pickled, wanted = open_clip.PICKLED, open_clip.WEIGHTS
    raise ValueError(
        f"'{name}' has no weights as safetensors (at the commit {commit[:12]}); pickled weights"
        f" ({pickled}) can run code and are not read, so take a model with a {wanted}, or convert"
        " this one: https://huggingface.co/spaces/safetensors/convert."
    )


def _files(name: str, revision: str | None, patterns: tuple[str, ...], begun: bool = False) -> Path:
    """The folder of one commit with the files of these names, none of them in folders."""
    from huggingface_hub import snapshot_download

    with _helpful(name, begun), _quiet():
        found = snapshot_download(
            name.removeprefix(open_clip.HUB),
            revision=revision,
            allow_patterns=list(patterns),
            ignore_patterns=["*/*"],
            tqdm_class=_bar(),
        )
    return Path(found)


def _conversion(name: str, folder: Path) -> str | None:
    """The pull request that adds safetensors to the commit of ``folder``; without a network, the
    one that was fetched before."""
    from huggingface_hub import HfApi

    with _helpful(name):
        try:
            api = HfApi()
            for one in api.get_repo_discussions(name, discussion_type="pull_request"):
                if (one.author, one.title, one.status) == (CONVERTER, CONVERSION, "open"):
                    commits = api.list_repo_commits(name, revision=one.git_reference)
                    # built on these files, not on weights of another time
                    if [commit.commit_id for commit in commits[1:2]] == [folder.name]:
                        return one.git_reference
            return None
        except Exception:
            if kept := _kept_conversion(folder):
                return kept
            raise


def _kept_conversion(folder: Path) -> str | None:
    """The pull request with weights that is in the cache beside a commit without."""
    cache = folder.parents[1]
    for reference in sorted((cache / "refs" / "refs" / "pr").glob("*")):
        commit = cache / "snapshots" / reference.read_text().strip()
        if (commit / "config.json").is_file() and any(commit.glob("model*.safetensors")):
            return f"refs/pr/{reference.name}"
    return None


@contextmanager
def _helpful(name: str, begun: bool = False) -> Iterator[None]:
    """One sentence for the many ways in which a model cannot be fetched; ``begun``: a part of it
    is there."""
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        yield
    except Exception as error:  # of huggingface_hub, of its HTTP client, of the disk
        reason = why_not_fetched(error)
        # without a network, a hundred lines of the HTTP client's would stand above the message
        cause = None if isinstance(error, (LocalEntryNotFoundError, ConnectionError)) else error
        if begun and reason in (NETWORK, OFFLINE):
            broken = " because the connection broke off; the same call fetches the rest"
            reason = PARTLY if isinstance(error, LocalEntryNotFoundError) else broken
        raise OSError(
            f"The model '{name}' is not a local folder and could not be fetched from the Hugging"
            f" Face Hub{reason}; or call load_clip() for the bundled CLIP, which"
            " needs no network."
        ) from cause


@contextmanager
def _quiet() -> Iterator[None]:
    """No warnings of huggingface_hub, which what is said here makes superfluous."""
    from huggingface_hub.utils import logging

    level = logging.get_verbosity()
    logging.set_verbosity_error()
    try:
        yield
    finally:
        logging.set_verbosity(level)


def _bar() -> Any:
    """A progress bar for what takes longer than a second, and where somebody can see it."""
    from tqdm.auto import tqdm

    class Bar(tqdm):
        def __init__(self, *arguments: Any, **settings: Any):
            settings.pop("name", None)  # of huggingface_hub's own bars
            settings |= {"delay": 1, "leave": False, "disable": no_bars()}
            super().__init__(*arguments, **settings)

    return Bar

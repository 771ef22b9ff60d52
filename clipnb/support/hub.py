"""Why something could not be fetched from the Hugging Face Hub, in words that say what to do."""

from __future__ import annotations

import errno
from collections.abc import Iterator

from .text import printable

NETWORK = "; check the name and the network"
OFFLINE = (
    " because HF_HUB_OFFLINE is set, and it was not fetched before; unset that, or check the name"
)
PARTLY = (
    " because only a part of it was fetched before, and the Hub cannot be reached now; the same"
    " call with a network fetches the rest"
)


def why_not_fetched(error: BaseException) -> str:
    """What the Hub, the settings or the disk have against a download, and what to do; to follow
    "… could not be fetched from the Hugging Face Hub". NETWORK where nothing is known; PARTLY and
    OFFLINE where it is known that there is no network.

    Parameters
    ----------
    error : BaseException
        Of transformers, datasets or huggingface_hub. The first ones wrap what the last one says,
        so the errors that caused it are looked at, too.
    """
    from huggingface_hub import constants, errors

    chain = list(_chain(error))
    # since huggingface_hub 2.3
    partly = getattr(errors, "IncompleteSnapshotError", ())
    for one in chain:
        status = getattr(getattr(one, "response", None), "status_code", None)
        if isinstance(one, errors.GatedRepoError):
            return (
                f" because it is gated ({status}): accept its licence at {constants.ENDPOINT}, and"
                " give an access token of that account (hf auth login, or HF_TOKEN)"
            )
        if isinstance(one, partly):
            return PARTLY
        if isinstance(one, errors.RevisionNotFoundError):
            return f", which has no such revision of it ({status}): check revision="
        if isinstance(one, errors.RepositoryNotFoundError):
            return (
                f", which shows nothing of that name ({status}): check the name and, if it is"
                " private or gated, give an access token of an account that may read it (hf auth"
                " login, or HF_TOKEN)"
            )
        if status is not None and status not in (404, 416):
            return _by_status(status)
        if isinstance(one, OSError) and one.errno in _DISK:
            return f" because it cannot be kept here ({printable(one)}); {_DISK[one.errno]}"
    if constants.HF_HUB_OFFLINE or any(
        isinstance(one, errors.OfflineModeIsEnabled) for one in chain
    ):
        return OFFLINE
    return NETWORK


# also those of a cache folder of somebody else
_DISK = {
    errno.ENOSPC: "free the disk, or set HF_HOME to a folder on another",
    errno.EDQUOT: "free the disk, or set HF_HOME to a folder on another",
    errno.EACCES: "set HF_HOME to a folder of yours",
    errno.EROFS: "set HF_HOME to a folder of yours",
}


def _by_status(status: int) -> str:
    if status == 401:
        return (
            ", which does not accept the access token (401): it is mistyped or has expired; renew"
            " it (hf auth login, or HF_TOKEN) or remove it, since public repositories need none"
        )
    if status == 403:
        return (
            ", which forbids it to this access token (403): accept the licence with your account,"
            " and give a token that may read gated repositories (hf auth login, or HF_TOKEN)"
        )
    if status == 429:
        return ", which has had too many requests from here (429); try again in some minutes"
    if status >= 500:
        return f", which has a fault ({status}); try again later"
    return f", which answers with the status {status}{NETWORK}"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and those that it was raised from."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__

"""Pure: sync tokens, and what of the calendar is another than before."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping

_TOKEN = re.compile(r"c(\d{1,18})")


def write_token(sequence: int) -> str:
    """The token for everything up to the change `sequence`."""
    return f"c{sequence}"


def read_token(text: str) -> int | None:
    """The change that a token stands for; None for any other text."""
    found = _TOKEN.fullmatch(text)
    return int(found[1]) if found else None


def is_usable(since: int | None, oldest: int, sequence: int) -> bool:
    """Whether changes since a token can be told: what left before `oldest` was forgotten, and nothing is to come."""
    return since is not None and oldest <= since <= sequence


def digest_of(*parts: object) -> str:
    """A digest of values that say the same in the same way."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def compare(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Which identities are new or other in `after`, and which are no longer in it."""
    changed = [uid for uid, digest in after.items() if before.get(uid) != digest]
    return changed, [uid for uid in before if uid not in after]


def whole_digest(digests: Mapping[str, str]) -> str:
    """One digest for a whole calendar."""
    return digest_of(sorted(digests.items()))


def among(uids: Iterable[str], here: Iterable[str]) -> tuple[list[str], list[str]]:
    """The `uids` that are among `here`, and the others; each in order."""
    known, listed = set(here), sorted(set(uids))
    return [uid for uid in listed if uid in known], [uid for uid in listed if uid not in known]

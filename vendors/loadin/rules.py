"""Which booths a load-in window means, and when its letter is due; pure."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable

WEEK = dt.timedelta(days=7)
_RANGE = re.compile(r"([A-Z]+)(\d+)(?:-([A-Z]+)(\d+))?")


def in_group(code: str, group: str) -> bool:
    """Whether the booth `code` (`C07`) is in a load-in group such as `C01-C20,S01-S06`."""
    booth = _RANGE.fullmatch(code)
    if not booth:
        return False
    for part in group.split(","):
        span = _RANGE.fullmatch(part.strip())
        if not span or span[1] != booth[1] or (span[3] or span[1]) != span[1]:
            continue
        if int(span[2]) <= int(booth[2]) <= int(span[4] or span[2]):
            return True
    return False


def is_for_everybody(group: str) -> bool:
    """Whether a load-in window names no booths: the inspection, vehicles off the lawn, load-out."""
    return not any(_RANGE.fullmatch(part.strip()) for part in group.split(","))


def is_due(opens_at: dt.datetime, at: dt.datetime) -> bool:
    """Whether the letter of the week before is to be out: from seven days before the festival until it begins."""
    return opens_at - WEEK <= at < opens_at


def signature(parts: Iterable[object]) -> str:
    """A short name of what a letter says: another one where anything of it changed."""
    return hashlib.sha256(repr([str(part) for part in parts]).encode()).hexdigest()[:16]

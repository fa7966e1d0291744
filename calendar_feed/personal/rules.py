"""Pure: which booths a load-in window means, and what a pasted ticket link names."""

from __future__ import annotations

import re

# What a feed may carry of each kind: it is read by machines every few minutes.
MOST_STARRED, MOST_TICKETS = 300, 50
_RANGE = re.compile(r"([A-Z]+)(\d+)(?:-([A-Z]+)(\d+))?")
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,64}")


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


def ticket_secret(pasted: str) -> str:
    """The secret in a ticket's link, or in what somebody pasted of it; "" where there is none."""
    last = pasted.strip().split("?")[0].split("#")[0].rstrip("/").rpartition("/")[2]
    return last if _SECRET.fullmatch(last) else ""

"""Pure: what a feed may carry, and what a pasted ticket link names."""

from __future__ import annotations

import re

# What a feed may carry of each kind: it is read by machines every few minutes.
MOST_STARRED, MOST_TICKETS = 300, 50
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,64}")


def ticket_secret(pasted: str) -> str:
    """The secret in a ticket's link, or in what somebody pasted of it; "" where there is none."""
    last = pasted.strip().split("?")[0].split("#")[0].rstrip("/").rpartition("/")[2]
    return last if _SECRET.fullmatch(last) else ""

"""How claims are kept for people: by address block, and by a proof of work that a page's script finds unseen.

Nobody solves a puzzle. A form that comes with a proof may come more often from one network than one without, such
as a program's or that of a browser without script; both are far above what a family or a library needs.
"""

from __future__ import annotations

import hashlib

from starlette.requests import Request

from festival.kit.web.limits import limit
from ticketing.claim.rules import PER_MINUTE

UNPROVED_PER_MINUTE = 120
PROOF_BITS = 14


def is_proved(key: str, nonce: str) -> bool:
    """Whether SHA-256 of `key:nonce` begins with the zero bits that cost some thousand tries."""
    if not nonce:
        return False
    found = int.from_bytes(hashlib.sha256(f"{key}:{nonce}".encode()).digest()[:4])
    return found >> (32 - PROOF_BITS) == 0


def require_fair(request: Request, key: str, nonce: str) -> None:
    """Count one claim of this address block, apart from those with a proof where it has none; raises TooMany."""
    if is_proved(key, nonce):
        limit(request, "claim", PER_MINUTE)
    else:
        limit(request, "claim-unproved", UNPROVED_PER_MINUTE)

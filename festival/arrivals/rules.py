"""Pure facts of an arrival: the pass's text, and which group of spaces a space belongs to."""

from __future__ import annotations

import re

from festival.kit.secrets import derive, same

PREFIX = "GFA:"
_MAC_LENGTH = 16
_SPACE = re.compile(r"([A-Z]+)(\d+)")


def pass_text(secret_key: str, receipt: str) -> str:
    """What the QR of an arrival pass holds: the receipt, and a proof that we made it."""
    return f"{PREFIX}{receipt}:{_proof(secret_key, receipt)}"


def read_pass(secret_key: str, text: str) -> str | None:
    """The receipt of a pass that we made; None for any other text."""
    receipt, _, proof = text.removeprefix(PREFIX).rpartition(":")
    if not text.startswith(PREFIX) or not receipt or len(text) > 80:
        return None
    return receipt if same(proof, _proof(secret_key, receipt)) else None


def _proof(secret_key: str, receipt: str) -> str:
    return derive(secret_key, "arrival", receipt)[:_MAC_LENGTH]

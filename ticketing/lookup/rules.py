"""Pure facts of a search at a gate: what is looked for, and how much of a name is shown."""

from __future__ import annotations

import re

LEAST_LETTERS = 2
MOST_FOUND = 10
_REFERENCE = re.compile(r"[a-z0-9]{12}")


def mask_name(name: str) -> str:
    """The first letter of each word and how it ends: enough to tell a party apart, too little to copy a list."""
    return " ".join(f"{word[0]}{'•' * min(4, len(word) - 2)}{word[-1]}" if len(word) > 2 else word[0] + "•"
                    for word in name.split())  # fmt: skip


def plain_reference(typed: str) -> str | None:
    """A typed reference of a claim as it is kept: lower case, without the spaces and dashes that people put in; None
    where it cannot be one."""
    text = re.sub(r"[\s-]", "", typed).lower() if len(typed) <= 40 else ""
    return text if _REFERENCE.fullmatch(text) else None

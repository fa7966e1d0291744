"""Pure: when two names of different acts are the same person."""

from __future__ import annotations

import unicodedata


def person_key(name: str) -> str:
    """What is compared: the letters of a name, without case, accents or spaces."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(character for character in plain if character.isalnum())[:120] or name[:120]

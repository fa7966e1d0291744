"""Pure facts about devices: their codes, how long those last, what a device may do."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from typing import ClassVar

from festival.kit.errors import Gone, NotFound, NotSignedIn
from festival.kit.words import N_

DEVICE_PREFIX = "gfd_"
CODE_LASTS = dt.timedelta(minutes=15)
DEVICE_LASTS = dt.timedelta(hours=18)
# Crockford's base 32: no I, L, O or U, so that a code survives being read out.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_LENGTH = 12  # 60 bits
_MISREAD = str.maketrans("OIL", "011")


class DeviceRevoked(NotSignedIn):
    """The phone carries a token that no longer opens anything."""

    code: ClassVar[str] = "device_revoked"
    message: ClassVar[str] = N_("This phone was taken off the gate. Ask the organizer for a new code.")


class CodeUnknown(NotFound):
    """No such enrolment code."""

    code: ClassVar[str] = "code_unknown"
    message: ClassVar[str] = N_("This code is not one of ours. Check it, or ask the organizer for a new one.")


class CodeSpent(Gone):
    """The code was used before, or its minutes are over."""

    code: ClassVar[str] = "code_spent"
    message: ClassVar[str] = N_("This code was used already or is too old. Ask the organizer for a new one.")


def new_code() -> str:
    """A code that is typed: twelve characters in groups of four, 60 random bits."""
    text = "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH))
    return "-".join(re.findall("....", text))


def plain_code(typed: str) -> str:
    """A code as its digest is made: without dashes and spaces, misread letters put right."""
    return re.sub(r"[^0-9A-Z]", "", typed.upper().translate(_MISREAD))

"""Pure decisions about sessions, passwords and codes."""

from __future__ import annotations

import datetime as dt
import re
from enum import StrEnum
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from pyotp.totp import TOTP

from festival.kit.errors import Conflict, Forbidden, Gone, Invalid
from festival.kit.words import N_, Message, say

SESSION_IDLE = dt.timedelta(days=14)
SESSION_LONGEST = dt.timedelta(days=60)
STAFF_IDLE = dt.timedelta(hours=12)
SEEN_EVERY = dt.timedelta(minutes=1)
SIGN_IN_LETTER = "sign_in"
LINK_LASTS = dt.timedelta(minutes=30)
STEP_LASTS = dt.timedelta(minutes=10)
LINKS_PER_HOUR = 5
CONFIRMATION_LASTS = dt.timedelta(minutes=15)
PASSWORD_LEAST = 12
PASSWORD_MOST = 256
_DISTINCT_LEAST = 5
_DISGUISES = str.maketrans("@40315$7", "aaoeisst")
_ROWS = ("abcdefghijklmnopqrstuvwxyz" * 2, "0123456789" * 4, "qwertyuiopasdfghjklzxcvbnm")


class Purpose(StrEnum):
    """What a sign-in secret is good for; none can be used as another."""

    SIGN_IN = "sign_in"
    SECOND_FACTOR = "second_factor"
    ENROL = "enrol"


class LinkSpent(Gone):
    """The sign-in link was used, replaced or is too old."""

    code = "link_spent"
    message = N_("This link was used already or is too old. Ask for a new one.")


class WrongPassword(Invalid):
    """Address and password do not belong together; which of them is wrong is not told."""

    def __init__(self) -> None:
        super().__init__({"password": say(N_("E-mail address and password do not match."))})


class WrongCode(Invalid):
    """The code of the second factor is wrong, old or was used."""

    def __init__(self) -> None:
        super().__init__({"code": say(N_("This code is wrong or was used. Wait for the next one."))})


class ConfirmFirst(Forbidden):
    """Something that cannot be taken back, asked for in a session that proved itself too long ago."""

    code = "confirm_first"
    message = N_("Please show once more that it is you, then do this again.")

    def __init__(self, back: str) -> None:
        super().__init__()
        self.way_on = f"/account/confirm?{urlencode({'next': back})}"


class LastOwner(Conflict):
    """Without an owner nobody could give roles any more."""

    code = "last_owner"
    message = N_("This is the only owner. Make somebody else an owner first.")


def is_session_live(seen_at: dt.datetime, expires_at: dt.datetime, at: dt.datetime, *, is_staff: bool) -> bool:
    """Whether a session seen last at `seen_at` still signs its person in."""
    idle = STAFF_IDLE if is_staff else SESSION_IDLE
    return at < expires_at and at - seen_at < idle


def is_confirmed(confirmed_at: dt.datetime | None, at: dt.datetime) -> bool:
    """Whether a session proved lately enough who sits there, for what cannot be taken back."""
    return confirmed_at is not None and at - confirmed_at < CONFIRMATION_LASTS


@cache
def _common_words() -> frozenset[str]:
    return frozenset((Path(__file__).parent / "common_words.txt").read_text("utf-8").split())


def _letters(text: str) -> str:
    return re.sub(r"[\W\d_]+", "", text)


def find_password_fault(password: str, email: str = "") -> Message | None:
    """Why `password` is too easy to guess, or None (NIST SP 800-63B, section 5.1.1.2: length, not composition)."""
    if len(password) < PASSWORD_LEAST:
        return say(N_("Use at least %(least)s characters; a few words are good."), least=PASSWORD_LEAST)
    if len(password) > PASSWORD_MOST:
        return say(N_("Use at most %(most)s characters."), most=PASSWORD_MOST)
    folded = password.casefold()
    letters = _letters(folded)
    disguised = _letters(folded.rstrip("0123456789!?.*#$_-").translate(_DISGUISES))
    if {letters, disguised} & _common_words() or any(folded in row or folded in row[::-1] for row in _ROWS):
        return say(N_("Many people use this password. Choose another."))
    if len(set(folded)) < _DISTINCT_LEAST:
        return say(N_("This repeats the same few characters. Choose another."))
    local = email.casefold().partition("@")[0]
    if email and (email.casefold() in folded or (len(local) >= 4 and letters == _letters(local))):
        return say(N_("This is made of your e-mail address. Choose another."))
    return None


def require_good_password(password: str, email: str = "") -> None:
    """Raise Invalid where `password` is too easy to guess."""
    if fault := find_password_fault(password, email):
        raise Invalid({"password": fault})


def find_totp_step(secret: str, code: str, at: dt.datetime) -> int | None:
    """The 30-second step to which `code` belongs, one step of clock error allowed (RFC 6238, section 5.2)."""
    digits = re.sub(r"\s", "", code)
    if not re.fullmatch(r"[0-9]{6}", digits):
        return None
    codes = TOTP(secret)
    present = int(at.timestamp()) // 30
    return next((step for step in range(present - 1, present + 2) if codes.verify(digits, for_time=step * 30)), None)


def otpauth_address(secret: str, email: str, issuer: str) -> str:
    """What an authenticator app opens (Key Uri Format)."""
    return TOTP(secret).provisioning_uri(name=email, issuer_name=issuer)

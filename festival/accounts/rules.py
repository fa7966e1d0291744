"""Pure decisions about sessions, passwords and codes."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from pathlib import Path

from festival.kit.errors import Invalid
from festival.kit.words import N_, Message, say

SESSION_IDLE = dt.timedelta(days=14)
SESSION_LONGEST = dt.timedelta(days=60)
STAFF_IDLE = dt.timedelta(hours=12)
SEEN_EVERY = dt.timedelta(minutes=1)
LINK_LASTS = dt.timedelta(minutes=30)
CONFIRMATION_LASTS = dt.timedelta(minutes=15)
PASSWORD_LEAST = 12
PASSWORD_MOST = 256
_DISTINCT_LEAST = 5
_DISGUISES = str.maketrans("@40315$7", "aaoeisst")
_ROWS = ("abcdefghijklmnopqrstuvwxyz" * 2, "0123456789" * 4, "qwertyuiopasdfghjklzxcvbnm")


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

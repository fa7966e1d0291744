"""Pure decisions about sessions and sign-in."""

from __future__ import annotations

import datetime as dt

SESSION_IDLE = dt.timedelta(days=14)
SESSION_LONGEST = dt.timedelta(days=60)
STAFF_IDLE = dt.timedelta(hours=12)
LINK_LASTS = dt.timedelta(minutes=30)
CONFIRMATION_LASTS = dt.timedelta(minutes=15)
PASSWORD_LEAST = 12


def is_session_live(seen_at: dt.datetime, expires_at: dt.datetime, at: dt.datetime, *, is_staff: bool) -> bool:
    """Whether a session seen last at `seen_at` still signs its person in."""
    idle = STAFF_IDLE if is_staff else SESSION_IDLE
    return at < expires_at and at - seen_at < idle

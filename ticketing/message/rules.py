"""What can be done with a message, decided over plain values."""

from __future__ import annotations

import datetime as dt

from festival.kit.errors import Conflict
from festival.kit.words import N_

# A message waits this long after "send", so that it can still be stopped.
GRACE = dt.timedelta(seconds=60)


class SentAlready(Conflict):
    """It is on its way."""

    code = "sent_already"
    message = N_("This message is on its way and cannot be changed any more.")


class NobodyToReach(Conflict):
    """No holder has an address."""

    code = "nobody_to_reach"
    message = N_("Nobody with a ticket here has left an e-mail address.")


def can_stop(state: str, sent_at: dt.datetime | None, at: dt.datetime) -> bool:
    """Whether nothing of it was written yet."""
    return state == "sent" and sent_at is not None and at < sent_at + GRACE

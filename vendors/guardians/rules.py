"""What holds for the consent of parents and guardians; pure."""

from __future__ import annotations

import datetime as dt

from festival.kit.errors import Conflict
from festival.kit.words import N_

MOST = 80
_AGAIN_AFTER = dt.timedelta(hours=20)
ANSWERS = {"given": N_("Agreed"), "refused": N_("Did not agree"), "asked": N_("No answer yet"), "ended": N_("Removed")}
TONES = {"given": "good", "refused": "bad", "asked": "warn"}
WORDS = N_(
    "I am the parent or guardian of %(minor)s. I agree that %(minor)s takes part with %(group)s in %(festival)s on "
    "%(day)s, and that the responsible adult of the group looks after %(minor)s there."
)


class TooManyMinors(Conflict):
    """More people under 18 than a group can name."""

    code = "too_many_minors"
    message = N_("These are too many people for one application.")


class AskedToday(Conflict):
    """The letter was sent a moment ago."""

    code = "asked_today"
    message = N_("The letter was sent today. Send it again tomorrow, if there is no answer by then.")


def can_ask_again(asked_at: dt.datetime, at: dt.datetime) -> bool:
    """Whether the letter may be sent once more."""
    return at - asked_at >= _AGAIN_AFTER

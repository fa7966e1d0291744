"""How consent can be given, and what it is that is consented to; pure."""

from __future__ import annotations

from festival.kit.errors import Conflict
from festival.kit.words import N_

MEANS = {
    "in_person": N_("In person, face to face"),
    "phone": N_("On the telephone"),
    "writing": N_("In writing: a letter, a mail, a message"),
}
STATEMENT = N_("%(helper)s may fill in this application for me, hand in my papers and send it. I can see everything "
               "myself and can take this permission back at any time.")  # fmt: skip


class ConsentEnded(Conflict):
    """The applicant took the permission back."""

    code = "consent_ended"
    message = N_("This permission was already taken back.")

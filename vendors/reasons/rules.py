"""Which reasons are offered for what; pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from festival.kit.errors import Conflict
from festival.kit.words import N_

MOST_REASONS = 40


class Use(StrEnum):
    """What a reason explains."""

    ANY = "any"
    DECLINE = "decline"
    WAITLIST = "waitlist"
    CHANGES = "changes"


USES: Mapping[Use, str] = {
    Use.ANY: N_("Any decision"),
    Use.DECLINE: N_("Declining"),
    Use.WAITLIST: N_("The waiting list"),
    Use.CHANGES: N_("Asking for changes, sending papers back"),
}


class TooManyReasons(Conflict):
    """A list that nobody reads to its end."""

    code = "too_many_reasons"
    message = N_("A list of more than %(most)s reasons is hard to choose from. Remove one first.")


class ReasonThere(Conflict):
    """The same words are offered already."""

    code = "reason_there"
    message = N_("This reason is already on the list.")


def code_of(reason_id: int) -> str:
    """What a form calls a reason of one's own; those of every call have plain words as their codes."""
    return f"own-{reason_id}"

"""Whether a deposit goes back; pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from festival.kit.errors import Conflict
from festival.kit.words import N_
from vendors.lifecycle.rules import State


class Verdict(StrEnum):
    """What happens to a deposit."""

    BACK = "back"
    GIVEN = "given"
    KEPT = "kept"
    NO_SHOW = "no_show"
    UNSETTLED = "unsettled"
    UNPAID = "unpaid"
    FROZEN = "frozen"


# Why not, in words; BACK needs none.
WHY: dict[Verdict, str] = {
    Verdict.GIVEN: N_("Given back already"),
    Verdict.KEPT: N_("Kept by the team"),
    Verdict.NO_SHOW: N_("Did not come: the call keeps the deposit"),
    Verdict.UNSETTLED: N_("Neither arrived nor marked as not having come"),
    Verdict.UNPAID: N_("Not paid, or not in full"),
    Verdict.FROZEN: N_("The bank holds the payment while it is disputed"),
}


@dataclass(frozen=True)
class Facts:
    """What decides: the line's kind and what of it went back, the bill's sums in cents, the vendor's state."""

    kind: str
    refunded_cents: int
    due_cents: int
    paid_cents: int
    disputed_cents: int
    state: str
    keeps_no_shows: bool


def judge(facts: Facts) -> Verdict:
    """What happens to one deposit, the gravest reason first."""
    if facts.refunded_cents:
        return Verdict.GIVEN
    if facts.kind == "kept":
        return Verdict.KEPT
    if facts.state == State.NO_SHOW and facts.keeps_no_shows:
        return Verdict.NO_SHOW
    if facts.state in {State.CONFIRMED, State.DOCS_READY}:
        return Verdict.UNSETTLED
    if facts.paid_cents < facts.due_cents or not facts.paid_cents:
        return Verdict.UNPAID
    return Verdict.FROZEN if facts.disputed_cents else Verdict.BACK


class NotOverYet(Conflict):
    """Deposits stay while something can still be broken."""

    code = "not_over_yet"
    message = N_("Deposits go back once the festival is over.")


class NothingToGiveBack(Conflict):
    """Every deposit is settled."""

    code = "nothing_to_give_back"
    message = N_("There is no deposit to give back.")


def require_over(ends_at: dt.datetime, at: dt.datetime) -> None:
    """Let the time after the festival pass; raises NotOverYet."""
    if at < ends_at:
        raise NotOverYet

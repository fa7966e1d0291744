"""The state machine of applications as plain data, and its words for applicants and staff.

draft -> submitted -> under_review <-> changes_requested
under_review -> hold_accept | hold_waitlist | hold_decline     private, released together
             -> offered | waitlisted | declined
offered -> accepted -> confirmed -> docs_ready -> checked_in -> completed | no_show
offered -> expired, accepted -> lapsed                          the place goes to the next in line
lapsed -> confirmed                                             paid late, and a place was still free
no_show -> docs_ready | confirmed                              they came after all
any before check-in -> withdrawn | cancelled_by_city
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from festival.kit.errors import Conflict, Forbidden
from festival.kit.words import N_, Message, say


class State(StrEnum):
    """Where an application stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    UNDER_REVIEW = "under_review"
    CHANGES_REQUESTED = "changes_requested"
    HOLD_ACCEPT = "hold_accept"
    HOLD_WAITLIST = "hold_waitlist"
    HOLD_DECLINE = "hold_decline"
    OFFERED = "offered"
    WAITLISTED = "waitlisted"
    DECLINED = "declined"
    ACCEPTED = "accepted"
    CONFIRMED = "confirmed"
    DOCS_READY = "docs_ready"
    CHECKED_IN = "checked_in"
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    EXPIRED = "expired"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    CANCELLED_BY_CITY = "cancelled_by_city"


class Actor(StrEnum):
    """Who moves an application."""

    APPLICANT = "applicant"
    STAFF = "staff"
    CLOCK = "clock"
    PAYMENT = "payment"


class WrongStep(Conflict):
    """The application is not where this step begins."""

    code = "wrong_step"
    message = N_("This application has moved on in the meantime. Look at it again, then decide.")


class NotYourStep(Forbidden):
    """The step exists, for somebody else."""

    code = "not_your_step"
    message = N_("This step is not yours to take.")


class NoPlaceLeft(Conflict):
    """The category's cap is reached."""

    code = "no_place_left"
    message = N_("All places of this category are taken. Put the application on the waiting list instead.")


_A, _S, _C, _P = Actor.APPLICANT, Actor.STAFF, Actor.CLOCK, Actor.PAYMENT
_HOLDS = (State.HOLD_ACCEPT, State.HOLD_WAITLIST, State.HOLD_DECLINE)
_BEFORE_CHECK_IN = (
    State.SUBMITTED, State.UNDER_REVIEW, State.CHANGES_REQUESTED, *_HOLDS, State.OFFERED, State.WAITLISTED,
    State.ACCEPTED, State.CONFIRMED, State.DOCS_READY,
)  # fmt: skip

TRANSITIONS: dict[tuple[State, State], frozenset[Actor]] = {
    (State.DRAFT, State.SUBMITTED): frozenset({_A}),
    (State.DRAFT, State.WITHDRAWN): frozenset({_A}),
    (State.SUBMITTED, State.UNDER_REVIEW): frozenset({_S}),
    (State.UNDER_REVIEW, State.CHANGES_REQUESTED): frozenset({_S}),
    (State.CHANGES_REQUESTED, State.UNDER_REVIEW): frozenset({_A, _S}),
    **{(State.UNDER_REVIEW, hold): frozenset({_S}) for hold in _HOLDS},
    **{(hold, State.UNDER_REVIEW): frozenset({_S}) for hold in _HOLDS},
    (State.HOLD_ACCEPT, State.OFFERED): frozenset({_S}),
    (State.HOLD_WAITLIST, State.WAITLISTED): frozenset({_S}),
    (State.HOLD_DECLINE, State.DECLINED): frozenset({_S}),
    (State.UNDER_REVIEW, State.OFFERED): frozenset({_S}),
    (State.UNDER_REVIEW, State.WAITLISTED): frozenset({_S}),
    (State.UNDER_REVIEW, State.DECLINED): frozenset({_S}),
    (State.WAITLISTED, State.OFFERED): frozenset({_S, _C}),
    (State.WAITLISTED, State.DECLINED): frozenset({_S}),
    (State.OFFERED, State.ACCEPTED): frozenset({_A, _P}),
    (State.OFFERED, State.EXPIRED): frozenset({_C}),
    (State.ACCEPTED, State.CONFIRMED): frozenset({_P}),
    (State.ACCEPTED, State.LAPSED): frozenset({_C}),
    (State.LAPSED, State.CONFIRMED): frozenset({_P}),
    (State.CONFIRMED, State.DOCS_READY): frozenset({_S, _C}),
    (State.DOCS_READY, State.CONFIRMED): frozenset({_S, _C}),
    (State.DOCS_READY, State.CHECKED_IN): frozenset({_S}),
    (State.CHECKED_IN, State.COMPLETED): frozenset({_S, _C}),
    # Never the clock: the team proposes to itself, and a mark can be taken back.
    (State.DOCS_READY, State.NO_SHOW): frozenset({_S}),
    (State.CONFIRMED, State.NO_SHOW): frozenset({_S}),
    (State.NO_SHOW, State.DOCS_READY): frozenset({_S}),
    (State.NO_SHOW, State.CONFIRMED): frozenset({_S}),
    **{(state, State.WITHDRAWN): frozenset({_A}) for state in _BEFORE_CHECK_IN},
    **{(state, State.CANCELLED_BY_CITY): frozenset({_S}) for state in _BEFORE_CHECK_IN},
}

# A place of the category's cap is promised; a held acceptance counts, so that no release bursts the cap.
HOLDS_PLACE = frozenset(
    {
        State.HOLD_ACCEPT, State.OFFERED, State.ACCEPTED, State.CONFIRMED, State.DOCS_READY, State.CHECKED_IN,
        State.COMPLETED, State.NO_SHOW,
    }
)  # fmt: skip
EDITABLE = frozenset({State.DRAFT, State.CHANGES_REQUESTED})
# Papers may still come in, or be replaced.
TAKES_DOCUMENTS = frozenset({State.DRAFT, *_BEFORE_CHECK_IN})
IN_REVIEW = frozenset({State.SUBMITTED, State.UNDER_REVIEW, *_HOLDS})
HELD: dict[State, State] = dict(zip(_HOLDS, (State.OFFERED, State.WAITLISTED, State.DECLINED), strict=True))
VERDICTS: dict[str, State] = dict(zip(("accept", "waitlist", "decline"), _HOLDS, strict=True))
HAS_SPACE = frozenset({State.ACCEPTED, State.CONFIRMED, State.DOCS_READY, State.CHECKED_IN})
# The applicant is written to; what stays private or is their own doing at the page is not in here.
TOLD = frozenset(
    {
        State.SUBMITTED, State.CHANGES_REQUESTED, State.OFFERED, State.WAITLISTED, State.DECLINED, State.ACCEPTED,
        State.CONFIRMED, State.EXPIRED, State.LAPSED, State.WITHDRAWN, State.CANCELLED_BY_CITY,
    }
)  # fmt: skip


def can_move(before: str, after: str, by: Actor) -> bool:
    """Whether `by` may take an application from `before` to `after`."""
    return by in TRANSITIONS.get((State(before), State(after)), frozenset())


def require_transition(before: str, after: str, by: Actor) -> None:
    """Let the step pass; raises WrongStep where there is none, NotYourStep where it is somebody else's."""
    allowed = TRANSITIONS.get((State(before), State(after)))
    if allowed is None:
        raise WrongStep
    if by not in allowed:
        raise NotYourStep


def place_change(before: str, after: str) -> int:
    """How the number of promised places changes: 1, 0 or -1."""
    return (State(after) in HOLDS_PLACE) - (State(before) in HOLDS_PLACE)


def is_to_tell(before: str, after: str) -> bool:
    """Whether the applicant gets a letter about the step; their own draft thrown away is no news."""
    return State(after) in TOLD and (before, after) != (State.DRAFT, State.WITHDRAWN)


@dataclass(frozen=True)
class Shown:
    """How a state is put to its applicant: a name, a tone (good warn bad info quiet), what happens next."""

    name: str
    tone: str
    next: str


_SHOWN: dict[State, Shown] = {
    State.DRAFT: Shown(
        N_("Draft"), "quiet", N_("Nothing was sent yet. Finish the steps and send it before the deadline.")
    ),
    State.SUBMITTED: Shown(
        N_("Received"), "info", N_("We have it, and somebody of the team reads it. You need not do anything.")
    ),
    State.UNDER_REVIEW: Shown(
        N_("Under review"), "info", N_("The team is deciding. You hear from us by e-mail, whatever the answer is.")
    ),
    State.CHANGES_REQUESTED: Shown(
        N_("Please change something"), "warn", N_("Make the change we asked for, then send the application again.")
    ),
    State.OFFERED: Shown(
        N_("A place is offered to you"), "good", N_("Accept or decline the offer. Nothing is paid before you accept.")
    ),
    State.WAITLISTED: Shown(
        N_("On the waiting list"), "info", N_("When a place comes free we offer it in the order of the list. "
        "You are never charged without being asked.")
    ),
    State.DECLINED: Shown(
        N_("Not this time"), "quiet", N_("We could not offer you a place this year. You are welcome to apply again.")
    ),
    State.ACCEPTED: Shown(
        N_("Accepted, payment open"), "warn", N_("Your place is held for you. Pay the fee to confirm it.")
    ),
    State.CONFIRMED: Shown(
        N_("Confirmed"), "good", N_("Your place is yours. Hand in the papers that are still missing.")
    ),
    State.DOCS_READY: Shown(
        N_("All set"), "good", N_("Everything is in order. Your space and your arrival time stand here.")
    ),
    State.CHECKED_IN: Shown(N_("Arrived"), "good", N_("Welcome! Enjoy the festival.")),
    State.COMPLETED: Shown(N_("Taken part"), "quiet", N_("Thank you for taking part.")),
    State.NO_SHOW: Shown(N_("Did not come"), "quiet", N_("We missed you. Write to us if this is wrong.")),
    State.EXPIRED: Shown(
        N_("Offer ended"), "quiet", N_("The offer was not accepted in time, so the place went to the next in line. "
        "You were not charged.")
    ),
    State.LAPSED: Shown(
        N_("Place given back"), "bad", N_("The fee was not paid in time, so the place went to the next in line. "
        "Write to us if you still want to come.")
    ),
    State.WITHDRAWN: Shown(N_("Withdrawn"), "quiet", N_("You withdrew this application.")),
    State.CANCELLED_BY_CITY: Shown(
        N_("Cancelled by the city"), "bad", N_("The city had to cancel your place. You get back all that you paid.")
    ),
}  # fmt: skip

_FOR_STAFF: dict[State, str] = {
    State.SUBMITTED: N_("New"),
    State.HOLD_ACCEPT: N_("Held: accept"),
    State.HOLD_WAITLIST: N_("Held: waiting list"),
    State.HOLD_DECLINE: N_("Held: decline"),
    State.CHANGES_REQUESTED: N_("Changes asked for"),
    State.OFFERED: N_("Offered"),
    State.DECLINED: N_("Declined"),
}


def shown_to_applicant(state: str) -> Shown:
    """What the applicant sees: every hold is "under review"."""
    known = State(state)
    return _SHOWN[State.UNDER_REVIEW if known in HELD else known]


def name_for_staff(state: str) -> Message:
    """What staff call the state."""
    known = State(state)
    return say(_FOR_STAFF.get(known) or _SHOWN[known].name)

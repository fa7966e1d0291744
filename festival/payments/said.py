"""What Stripe says, as plain data of our own, and how it fails."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from festival.kit.errors import Conflict, Overloaded
from festival.kit.words import N_


class BadSignature(Exception):
    """The webhook was not signed by Stripe with our secret, or too long ago."""


class CardsAway(Overloaded):
    """Stripe cannot be reached, or is busy; nothing is known to have happened, the same call may be made again."""

    code = "cards_away"
    message = N_("The card payment page cannot be reached right now. Nothing was charged. Try again in a minute.")

    def __init__(self, retry_after: int = 30) -> None:
        super().__init__(retry_after)


class CardsRefused(Conflict):
    """Stripe does not take this call; making it again will not help."""

    code = "cards_refused"
    message = N_("This cannot be paid by card. Nothing was charged. Please pay at the festival office.")


@dataclass(frozen=True)
class CardRefund:
    """A refund as Stripe has it. `state` is one of ours: in_transit, done, failed."""

    id: str
    amount_cents: int
    state: str
    refund_id: int = 0
    intent_id: str = ""


@dataclass(frozen=True)
class CardDispute:
    """A dispute as Stripe has it. `outcome` is open, won or lost."""

    id: str
    amount_cents: int
    outcome: str
    reason: str = ""
    answer_by: dt.datetime | None = None
    intent_id: str = ""


@dataclass(frozen=True)
class CardAttempt:
    """All that Stripe knows of one attempt to pay. `state` is one of a Payment's; `payment_id` 0: not ours."""

    payment_id: int
    state: str
    amount_cents: int
    currency: str
    livemode: bool
    checkout_id: str = ""
    checkout_url: str = ""
    intent_id: str = ""
    problem: str = ""
    paid_with: str = ""
    refunds: Sequence[CardRefund] = ()
    disputes: Sequence[CardDispute] = ()


@dataclass(frozen=True)
class SavedMethod:
    """A card kept at Stripe for a person."""

    person_id: int
    customer: str
    method: str
    label: str
    consent_id: int = 0


@dataclass(frozen=True)
class Order:
    """What a Checkout page asks for; lines are (label, quantity, cents each) and add up to the amount."""

    payment_id: int
    obligation_id: int
    currency: str
    lines: Sequence[tuple[str, int, int]]
    email: str
    key: str
    back_url: str
    done_url: str
    language: str = "en"


@dataclass(frozen=True)
class SetupWish:
    """A page on which a person lets us keep a card; the same key gives the same page."""

    person_id: int
    consent_id: int
    email: str
    currency: str
    language: str
    key: str
    done_url: str
    back_url: str


@dataclass(frozen=True)
class Movement:
    """One movement on the balance at Stripe, what left below zero. `kind` is Stripe's type, or dispute.

    `source_id` is the charge, refund or dispute behind it, `intent_id` that of a charge.
    """

    id: str
    kind: str
    cents: int
    fee_cents: int
    net_cents: int
    currency: str
    source_id: str = ""
    intent_id: str = ""


@dataclass(frozen=True)
class PaidOut:
    """What Stripe sends to the bank at once, and the movements of which it is made."""

    id: str
    cents: int
    currency: str
    state: str
    arrives_on: dt.date
    automatic: bool
    movements: Sequence[Movement] = ()


@dataclass(frozen=True)
class Listing:
    """All that Stripe made in a span of time: attempts without their refunds and disputes, then those."""

    attempts: Sequence[CardAttempt]
    refunds: Sequence[CardRefund]
    disputes: Sequence[CardDispute]
    movements: Sequence[Movement] = ()
    payouts: Sequence[PaidOut] = ()
    # Whether the key may read what moved and was paid out.
    with_balance: bool = True


@dataclass(frozen=True)
class SignedEvent:
    """A webhook whose signature was good; only references are taken from it, never amounts or states."""

    id: str
    type: str
    account: str
    livemode: bool
    checkout: str = ""
    intent: str = ""
    is_setup: bool = False

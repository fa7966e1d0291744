"""Pure decisions about money: the ledger's sums, the state they amount to, what may still be refunded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from festival.kit.errors import Conflict
from festival.kit.words import N_


class State(StrEnum):
    """Where an obligation stands."""

    UNPAID = "unpaid"
    CHARGING = "charging"
    PROCESSING = "processing"
    ACTION_REQUIRED = "action_required"
    DECLINED = "declined"
    PART_PAID = "part_paid"
    PAID = "paid"
    PART_REFUNDED = "part_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    DISPUTE_LOST = "dispute_lost"
    WAIVED = "waived"
    LAPSED = "lapsed"
    NOT_DUE = "not_due"


class BillLine(NamedTuple):
    """A line of a bill: cents each, below zero for a discount. A `deposit` comes back after the day."""

    label: str
    quantity: int
    unit_cents: int
    kind: str = "other"


class Entry(StrEnum):
    """The kinds of movement in the ledger; amounts are never negative."""

    BILLED = "billed"
    WAIVED = "waived"
    PAID = "paid"
    REFUNDED = "refunded"
    NOT_REFUNDED = "not_refunded"  # a refund that failed on its way: the money is ours again
    DISPUTED = "disputed"
    DISPUTE_WON = "dispute_won"
    DISPUTE_LOST = "dispute_lost"


@dataclass(frozen=True)
class Sums:
    """What the ledger adds up to, in cents. `disputed` stays after a lost dispute: the bank kept it."""

    due: int = 0
    paid: int = 0
    refunded: int = 0
    disputed: int = 0


# Which sum a movement changes, and in which direction.
_EFFECTS: Mapping[Entry, Sums] = {
    Entry.BILLED: Sums(due=1),
    Entry.WAIVED: Sums(due=-1),
    Entry.PAID: Sums(paid=1),
    Entry.REFUNDED: Sums(refunded=1),
    Entry.NOT_REFUNDED: Sums(refunded=-1),
    Entry.DISPUTED: Sums(disputed=1),
    Entry.DISPUTE_WON: Sums(disputed=-1),
    Entry.DISPUTE_LOST: Sums(),
}


def add_entry(sums: Sums, kind: Entry, cents: int) -> Sums:
    """`sums` after one movement of `cents`."""
    effect = _EFFECTS[kind]
    return Sums(
        sums.due + effect.due * cents,
        sums.paid + effect.paid * cents,
        sums.refunded + effect.refunded * cents,
        sums.disputed + effect.disputed * cents,
    )


def sum_entries(entries: Iterable[tuple[str, int]]) -> Sums:
    """What the movements (kind, cents) add up to."""
    sums = Sums()
    for kind, cents in entries:
        sums = add_entry(sums, Entry(kind), cents)
    return sums


def as_lines(lines: Sequence[BillLine | tuple[str, int, int]]) -> list[BillLine]:
    """Lines that may have been given without their kind."""
    return [line if isinstance(line, BillLine) else BillLine(*line) for line in lines]


def total_cents(lines: Sequence[BillLine | tuple[str, int, int]]) -> int:
    """The total of lines; a discount is a line below zero. Never below zero itself."""
    return max(0, sum(line[1] * line[2] for line in lines))


def outstanding_cents(sums: Sums) -> int:
    """What is still to be paid; a refund does not make anything owed again."""
    return max(0, sums.due - sums.paid)


def next_part_cents(parts: Sequence[int], sums: Sums) -> int:
    """What is to be paid next: the rest of the first instalment not covered yet, or, without any, all that is owed.

    A waiver takes from the last instalments.
    """
    outstanding, covered = outstanding_cents(sums), 0
    for part in parts:
        covered += part
        if covered > sums.paid:
            return min(covered - sums.paid, outstanding)
    return outstanding


def is_secured(parts: Sequence[int], sums: Sums) -> bool:
    """Whether enough is paid for the place: the first instalment or, without any, the whole."""
    needed = min(parts[0], sums.due) if parts else sums.due
    return not sums.disputed and sums.paid - sums.refunded >= needed


def split_cents(total: int, percent: int, further: int) -> list[int]:
    """`total` as a first part of `percent` and `further` parts of nearly the same size; no part is nothing."""
    if not further or percent >= 100:
        return [total] if total else []
    first = -(-total * percent // 100)
    each, left = divmod(total - first, further)
    parts = [first, *(each + (number < left) for number in range(further))]
    return [part for part in parts if part]


def surplus_cents(sums: Sums, payment_cents: int) -> int:
    """What goes back at once of a payment of `payment_cents` that `sums` already hold: all that was not owed."""
    return max(0, min(payment_cents, sums.paid - sums.due))


def refundable_cents(sums: Sums) -> int:
    """The most that can go back now; nothing while a bank has the money frozen."""
    return 0 if sums.disputed else max(0, sums.paid - sums.refunded)


def obligation_state(
    sums: Sums, *, before: str, attempt: str = "", lost_cents: int = 0, waived_cents: int = 0
) -> State:
    """What `sums` amount to. `attempt` is the newest attempt's state; `before` matters only for what lapsed.

    Money outranks attempts: nothing that an attempt says takes a paid obligation back.
    """
    kept = sums.paid - sums.refunded
    if sums.disputed:
        return State.DISPUTED if sums.disputed > lost_cents else State.DISPUTE_LOST
    if sums.paid and kept <= 0:
        return State.REFUNDED
    if sums.due == 0 and not sums.paid:
        return State.WAIVED if waived_cents else State.NOT_DUE
    if sums.paid >= sums.due:
        return State.PAID if kept >= sums.due else State.PART_REFUNDED
    if before == State.LAPSED:
        return State.LAPSED
    at_work = {
        "open": State.CHARGING, "processing": State.PROCESSING, "action_required": State.ACTION_REQUIRED,
        "declined": State.DECLINED,
    }  # fmt: skip
    return at_work.get(attempt) or (State.PART_PAID if sums.paid else State.UNPAID)


# No way leads back: a late "expired" or "declined" cannot undo "paid", but money that came late is still money.
_NEXT: Mapping[str, frozenset[str]] = {
    "open": frozenset({"processing", "action_required", "declined", "expired", "paid", "quarantined"}),
    "processing": frozenset({"action_required", "declined", "expired", "paid", "quarantined"}),
    "action_required": frozenset({"processing", "declined", "expired", "paid", "quarantined"}),
    "declined": frozenset({"processing", "action_required", "expired", "paid", "quarantined"}),
    "expired": frozenset({"processing", "paid", "quarantined"}),
    "paid": frozenset(),
    "quarantined": frozenset(),
}
_REFUND_RANK = {"created": 0, "in_transit": 1, "done": 2, "failed": 3}


def can_move_payment(before: str, after: str) -> bool:
    """Whether an attempt may go from `before` to `after`."""
    return after in _NEXT[before]


def can_move_refund(before: str, after: str) -> bool:
    """Whether a refund may go from `before` to `after`; banks send back even what was done."""
    return _REFUND_RANK[after] > _REFUND_RANK[before]


class NothingToPay(Conflict):
    """The obligation takes no payment now."""

    code = "nothing_to_pay"
    message = N_("There is nothing left to pay here.")


class TooMuch(Conflict):
    """More than there is."""

    code = "more_than_paid"
    message = N_("This is more than can be refunded.")


def refund_percent(
    tiers: Sequence[Mapping[str, Any]], days_before: int, *, resold: bool = False, city_cancels: bool = False
) -> int:
    """How much of what was paid goes back, in percent, `days_before` the event (negative after it began).

    `tiers` are those of a call: {until_days, refund_pct, or_full_if_resold} with the longest notice first,
    and {city_cancels, refund_pct}. No tier met: nothing.
    """
    if city_cancels:
        return next((int(tier["refund_pct"]) for tier in tiers if tier.get("city_cancels")), 100)
    timed = sorted((tier for tier in tiers if "until_days" in tier), key=lambda tier: -int(tier["until_days"]))
    for tier in timed:
        if days_before >= int(tier["until_days"]):
            return 100 if resold and tier.get("or_full_if_resold") else int(tier["refund_pct"])
    return 0


def refund_due_cents(kept_cents: int, percent: int) -> int:
    """`percent` of what is still kept, whole cents rounded for the payer."""
    return -(-kept_cents * percent // 100)

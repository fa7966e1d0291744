"""Charging a kept card for what an application owes: on approval, on the days of its parts, three times at most."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from festival.jobs.actions import enqueue
from festival.kit.clock import now
from festival.payments.checkout import charge_saved_card
from festival.payments.gateway import CardsRefused, find_gateway
from festival.payments.ledger import parts_of, sums_of
from festival.payments.models import Instalment, Obligation, Payment
from festival.payments.queries import find_live_attempt, get_obligation
from festival.payments.rules import NothingToPay, next_part_cents
from vendors.fees.actions import CHARGE, DUE_PART
from vendors.fees.queries import find_card_for, is_taken_at_once
from vendors.lifecycle.rules import State
from vendors.models import Application, Call, Transition

TRIES = 3
_WAITING = {State.ACCEPTED, State.CONFIRMED, State.DOCS_READY, State.CHECKED_IN}


@dataclass(frozen=True)
class Charged:
    """What came of a try: paid, processing, action_required or declined; when the next one is, if there is one."""

    application: Application
    bill: Obligation
    state: str
    cents: int
    again_at: dt.datetime | None = None


async def charge_fee(obligation_id: int, part: int, nth: int, turn: int) -> Charged | None:
    """Charge the kept card for a part of a bill, the `nth` time for this bill; None where there is nothing to do.

    Done twice it charges once: the attempts are counted, and an attempt whose answer was lost is asked for again
    with its own key. A declined card is tried again over the days of grace, `TRIES` times in all. Raises CardsAway.
    """
    bill = await get_obligation(obligation_id)
    application = await Application.get_or_none(obligation_id=bill.id)
    if application is None or application.state not in _WAITING or await _is_covered(bill, part):
        return None
    cents = next_part_cents(await parts_of(bill), sums_of(bill))
    state = await _try(bill, nth)
    if state is None:
        return None
    again_at = await _plan_next(application, bill, part, nth, turn) if state in {"declined", "open"} else None
    return Charged(application, bill, "declined" if state == "expired" else state, cents, again_at)


async def _try(bill: Obligation, nth: int) -> str | None:
    tried = await Payment.filter(obligation_id=bill.id, method="saved_card").order_by("attempt")
    if len(tried) >= nth and tried[nth - 1].intent_id:
        return str(tried[nth - 1].state)
    try:
        return await charge_saved_card(bill.id)
    except NothingToPay:
        return None
    except CardsRefused:  # the card is gone, or Stripe does not take it at all
        return "declined"


async def _is_covered(bill: Obligation, part: int) -> bool:
    parts = await parts_of(bill)
    needed = min(sum(parts[: part + 1]), bill.due_cents) if parts else bill.due_cents
    return bill.paid_cents >= needed


async def _plan_next(application: Application, bill: Obligation, part: int, nth: int, turn: int) -> dt.datetime | None:
    """The job of the next try, thirds of the days of grace apart; None after the last."""
    if turn >= TRIES:
        return None
    call = await Call.get(categories__id=application.category_id)
    wait = call.grace_days * 86_400 / TRIES
    payload = {"obligation_id": bill.id, "part": part, "nth": nth + 1, "turn": turn + 1}
    await enqueue(CHARGE, f"{CHARGE}:{bill.id}:{part}:{turn + 1}", payload, delay_s=wait)
    return now() + dt.timedelta(seconds=wait)


@dataclass(frozen=True)
class PartDue:
    """A part of a bill that is to be paid."""

    application: Application
    bill: Obligation
    due_at: dt.datetime
    cents: int
    card_label: str


async def find_part_due(obligation_id: int, part: int) -> PartDue | None:
    """The part of a bill if it still has to be paid; None where it was, or the applicant does not come."""
    bill = await get_obligation(obligation_id)
    application = await Application.get_or_none(obligation_id=bill.id)
    row = await Instalment.get_or_none(obligation_id=bill.id, position=part)
    if application is None or row is None or application.state not in _WAITING or await _is_covered(bill, part):
        return None
    card = await find_card_for(application, bill.due_cents)
    parts = await parts_of(bill)
    cents = min(sum(parts[: part + 1]), bill.due_cents) - bill.paid_cents
    return PartDue(application, bill, row.due_at, cents, card.label if card else "")


async def charge_part(obligation_id: int, part: int) -> bool:
    """Begin to charge a part on its day; False without a card, when only a letter can ask for it."""
    due = await find_part_due(obligation_id, part)
    if due is None or not due.card_label or find_gateway() is None:
        return False
    if await find_live_attempt(obligation_id) or not await _is_covered(due.bill, part - 1):
        # Something else is under way, or an earlier part: this one waits for its end.
        key = f"{DUE_PART}:{obligation_id}:{part}:{now().date().isoformat()}"
        await enqueue(DUE_PART, key, {"obligation_id": obligation_id, "part": part}, delay_s=86_400)
        return True
    nth = await Payment.filter(obligation_id=obligation_id, method="saved_card").count() + 1
    payload = {"obligation_id": obligation_id, "part": part, "nth": nth, "turn": 1}
    await enqueue(CHARGE, f"{CHARGE}:{obligation_id}:{part}:1", payload)
    return True


async def is_told_by_charge(step: Transition) -> bool:
    """Whether the letter of a step is left out, because the charge of a kept card follows at once and is told."""
    if step.after == State.OFFERED:
        return await is_taken_at_once(step.application, str(step.before))
    if step.after != State.ACCEPTED or step.application.obligation_id is None or find_gateway() is None:
        return False
    bill = await get_obligation(step.application.obligation_id)
    return await find_card_for(step.application, bill.due_cents) is not None

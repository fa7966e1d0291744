"""Job handlers that follow payments, charge kept cards and remind of parts."""

from __future__ import annotations

from typing import Any

from festival.accounts.models import Person
from festival.jobs.regular import Regular
from festival.jobs.worker import Handler, Handlers
from festival.kit.i18n import use_language
from festival.mail.actions import queue_mail
from vendors.fees.actions import CHARGE, DUE_PART, REMIND_PART, follow_obligation, give_deposits_back, take_offer
from vendors.fees.charging import charge_fee, charge_part, find_part_due
from vendors.fees.emails import charge_letter, part_letter
from vendors.fees.queries import SUBJECT
from vendors.lifecycle.actions import TAKE_OFFER

_DEPOSITS = "vendors.deposits"


async def follow(payload: dict[str, Any]) -> None:
    """What an application owes was paid, or not."""
    await follow_obligation(payload["obligation_id"])


async def take(payload: dict[str, Any]) -> None:
    """An offer was made to one who may have let us charge a card for it."""
    await take_offer(payload["application_id"], payload["before"])


async def charge(payload: dict[str, Any]) -> None:
    """Charge a kept card, and write to its owner where that did not settle it."""
    turn = payload["turn"]
    charged = await charge_fee(payload["obligation_id"], payload["part"], payload["nth"], turn)
    if charged is None or charged.state == "paid":
        return
    person = await Person.get(id=charged.application.applicant_id)
    use_language(charged.application.language)
    cause = f"vendors.charge:{charged.bill.id}:{payload['part']}:{turn}"
    await queue_mail(
        "vendors.charge", cause, charge_letter(charged, person), about=("application", charged.application.id)
    )


async def remind(payload: dict[str, Any]) -> None:
    """A part comes due soon."""
    await _write(payload, "vendors.part_soon")


async def fall_due(payload: dict[str, Any]) -> None:
    """The day of a part: its card is charged, or its payer written to."""
    if not await charge_part(payload["obligation_id"], payload["part"]):
        await _write(payload, "vendors.part_due")


async def _write(payload: dict[str, Any], kind: str) -> None:
    due = await find_part_due(payload["obligation_id"], payload["part"])
    if due:
        person = await Person.get(id=due.application.applicant_id)
        use_language(due.application.language)
        cause = f"{kind}:{due.bill.id}:{payload['part']}"
        await queue_mail(kind, cause, part_letter(due, person), about=("application", due.application.id))


async def give_back(_: dict[str, Any]) -> None:
    """Deposits go back after the day."""
    await give_deposits_back()


# What is told to this room of obligations, by the kind of their subject.
OBLIGATION_OWNERS: dict[str, Handler] = {SUBJECT: follow}
HANDLERS: Handlers = {
    CHARGE: charge, DUE_PART: fall_due, REMIND_PART: remind, TAKE_OFFER: take, _DEPOSITS: give_back
}  # fmt: skip
REGULAR: Regular = {_DEPOSITS: 86_400}

"""Job handlers that write to applicants and keep the clock's promises."""

from __future__ import annotations

from typing import Any

from festival.accounts.models import Person
from festival.jobs.worker import Handlers
from festival.kit.i18n import use_language
from festival.mail.actions import queue_mail
from vendors.applying.emails import step_letter
from vendors.applying.queries import get_file
from vendors.fees.actions import end_grace
from vendors.fees.charging import is_told_by_charge
from vendors.lifecycle.actions import END_GRACE, END_OFFER, OFFER_NEXT, SEND_LETTER, expire_offer, offer_next
from vendors.models import Transition


async def send_letter(payload: dict[str, Any]) -> None:
    """Put the letter of one step in the outbox, once."""
    step = await Transition.get(id=payload["transition_id"]).select_related("application")
    if await is_told_by_charge(step):
        return
    person = await Person.get(id=step.application.applicant_id)
    use_language(step.application.language)
    letter = step_letter(await get_file(step.application), person, step)
    await queue_mail("vendors.step", f"vendors.step:{step.id}", letter)


async def end_offer(payload: dict[str, Any]) -> None:
    """The time of an offer is over."""
    await expire_offer(payload["application_id"])


async def end_grace_days(payload: dict[str, Any]) -> None:
    """The time to pay is over."""
    await end_grace(payload["application_id"])


async def offer_place(payload: dict[str, Any]) -> None:
    """A place came free."""
    await offer_next(payload["category_id"])


HANDLERS: Handlers = {
    SEND_LETTER: send_letter, END_OFFER: end_offer, END_GRACE: end_grace_days, OFFER_NEXT: offer_place
}  # fmt: skip

"""Writes: the bill of an accepted offer, and what follows when it is paid."""

from __future__ import annotations

from festival.database import transaction
from festival.kit.web.access import Principal
from festival.payments.actions import create_obligation, lapse_obligation
from festival.payments.queries import get_obligation
from festival.payments.rules import State as Paid
from vendors.fees.queries import list_cost
from vendors.fees.rules import total_of
from vendors.lifecycle.actions import A_PAYMENT, NoPlaceLeft, as_applicant, lapse_unpaid, move_application
from vendors.lifecycle.rules import State
from vendors.models import Application

SUBJECT = "application"
_SETTLED = {Paid.PAID, Paid.NOT_DUE, Paid.WAIVED}


async def accept_offer(application: Application, by: Principal) -> Application:
    """Take the offer: confirmed at once where nothing is owed, billed and accepted otherwise."""
    async with transaction():
        accepted = await move_application(application, State.ACCEPTED, as_applicant(by))
        lines = await list_cost(accepted)
        if not total_of(lines):
            return await move_application(accepted, State.CONFIRMED, A_PAYMENT)
        bill, _ = await create_obligation(
            (SUBJECT, accepted.id), accepted.applicant_id, accepted.name, lines,
            language=accepted.language, due_at=accepted.pay_by,
        )  # fmt: skip
        await Application.filter(id=accepted.id).update(obligation_id=bill.id)
    return await Application.get(id=accepted.id)


async def follow_obligation(obligation_id: int) -> None:
    """Confirm what was paid, also what was paid late while a place is still free. Changes nothing otherwise."""
    obligation = await get_obligation(obligation_id)
    application = await Application.get_or_none(obligation_id=obligation.id, state__in=[State.ACCEPTED, State.LAPSED])
    if application is None or obligation.state not in _SETTLED:
        return
    try:
        await move_application(application, State.CONFIRMED, A_PAYMENT)
    except NoPlaceLeft:
        return  # the office sees money without a place and refunds it


async def end_grace(application_id: int) -> None:
    """Close an unpaid bill and give the place back; a bill that was paid in the meantime wins."""
    application = await Application.get(id=application_id)
    obligation_id = application.obligation_id
    if obligation_id and (await get_obligation(obligation_id)).state not in _SETTLED:
        async with transaction():
            await lapse_unpaid(application_id)
            if (await Application.get(id=application_id)).state == State.LAPSED:
                await lapse_obligation(obligation_id)

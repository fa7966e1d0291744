"""Writes: the bill of an accepted offer, and what follows when it is paid."""

from __future__ import annotations

from festival.database import transaction
from festival.kit.clock import now
from festival.kit.i18n import gettext
from festival.kit.web.access import Principal
from festival.kit.words import N_
from festival.payments.actions import create_obligation, lapse_obligation, request_refund
from festival.payments.ledger import sums_of
from festival.payments.models import Obligation
from festival.payments.queries import get_obligation
from festival.payments.rules import State as Paid
from festival.payments.rules import refundable_cents
from vendors.documents.actions import settle_papers
from vendors.fees.queries import find_promise, list_cost
from vendors.fees.rules import count_resold, total_of
from vendors.lifecycle.actions import A_PAYMENT, Mover, NoPlaceLeft, as_applicant, lapse_unpaid, move_application
from vendors.lifecycle.rules import State
from vendors.models import Application, Category, Transition

SUBJECT = "application"
_CONFIRMED = [State.CONFIRMED, State.DOCS_READY, State.CHECKED_IN, State.COMPLETED, State.NO_SHOW]
_SETTLED = {Paid.PAID, Paid.NOT_DUE, Paid.WAIVED}


async def accept_offer(application: Application, by: Principal) -> Application:
    """Take the offer: confirmed at once where nothing is owed, billed and accepted otherwise."""
    async with transaction():
        accepted = await move_application(application, State.ACCEPTED, as_applicant(by))
        lines = await list_cost(accepted)
        if not total_of(lines):
            confirmed = await move_application(accepted, State.CONFIRMED, A_PAYMENT)
            await _welcome(confirmed)
            return await Application.get(id=confirmed.id)
        bill, _ = await create_obligation(
            (SUBJECT, accepted.id), accepted.applicant_id, accepted.name, lines,
            language=accepted.language, due_at=accepted.pay_by,
        )  # fmt: skip
        await Application.filter(id=accepted.id).update(obligation_id=bill.id)
    return await Application.get(id=accepted.id)


async def leave(application: Application, after: State, mover: Mover, reason: str) -> Application:
    """Withdraw, or cancel for the city: the place goes back, and of the money what the policy promises.

    An open bill is closed. Raises what `move_application` raises, and changes nothing then.
    """
    async with transaction():
        gone = await move_application(application, after, mover, reason)
        if gone.obligation_id is not None:
            promise = await find_promise(gone, now(), by_city=after is State.CANCELLED_BY_CITY)
            if promise.now_cents:
                await request_refund(gone.obligation_id, promise.now_cents, reason, mover.principal, key="left")
            await lapse_obligation(gone.obligation_id)
    return gone


async def follow_obligation(obligation_id: int) -> None:
    """Confirm what was paid, also what was paid late while a place is still free; without one the money goes back."""
    obligation = await get_obligation(obligation_id)
    application = await Application.get_or_none(obligation_id=obligation.id)
    if application is None or obligation.state not in _SETTLED:
        return
    if application.state in {State.ACCEPTED, State.LAPSED}:
        try:
            confirmed = await move_application(application, State.CONFIRMED, A_PAYMENT)
        except NoPlaceLeft:
            await _give_back(obligation, "late")
        else:
            await _welcome(confirmed)
    elif application.state == State.WITHDRAWN and not await _left_after_paying(application):
        await _give_back(obligation, "late")


async def _welcome(confirmed: Application) -> None:
    """What follows when a place is confirmed: papers may be complete already, and somebody's space was taken."""
    await settle_papers(confirmed.id)
    await refund_resold(confirmed.category_id)


async def _left_after_paying(application: Application) -> bool:
    """Whether it had been confirmed before it was withdrawn, so that the policy decided about its money."""
    steps = Transition.filter(application_id=application.id, before__in=[State.CONFIRMED, State.DOCS_READY])
    return await steps.filter(after=State.WITHDRAWN).exists()


async def _give_back(obligation: Obligation, key: str) -> None:
    back = refundable_cents(sums_of(obligation))
    if back:
        await request_refund(obligation.id, back, gettext(N_("Paid when the place was gone.")), key=key)


async def refund_resold(category_id: int) -> None:
    """Give the rest back to those who left early and whose places somebody else has now, the first who left first."""
    category = await Category.get(id=category_id)
    left = await Transition.filter(
        application__category_id=category_id, after=State.WITHDRAWN, application__obligation_id__not_isnull=True,
        before__in=[State.CONFIRMED, State.DOCS_READY],
    ).order_by("id").select_related("application")  # fmt: skip
    confirmed = await Application.filter(category_id=category_id, state__in=_CONFIRMED).count()
    for step in left[: count_resold(len(left), category.cap, confirmed)]:
        # What the policy promised on the day on which they left.
        promise = await find_promise(step.application, step.at)
        if promise.if_resold_cents and step.application.obligation_id is not None:
            obligation = await get_obligation(step.application.obligation_id)
            rest = refundable_cents(sums_of(obligation))
            if rest:
                await request_refund(
                    obligation.id, rest, gettext(N_("Your space went to somebody else.")), key="resold"
                )


async def end_grace(application_id: int) -> None:
    """Close an unpaid bill and give the place back; a bill that was paid in the meantime wins."""
    application = await Application.get(id=application_id)
    obligation_id = application.obligation_id
    if obligation_id and (await get_obligation(obligation_id)).state not in _SETTLED:
        async with transaction():
            await lapse_unpaid(application_id)
            if (await Application.get(id=application_id)).state == State.LAPSED:
                await lapse_obligation(obligation_id)

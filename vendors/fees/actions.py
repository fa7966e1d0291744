"""Writes: the bill of an accepted offer, and what follows when it is paid."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress

from tortoise.expressions import Q

from festival.accounts.models import Person
from festival.database import transaction
from festival.jobs.actions import enqueue
from festival.kit.clock import now
from festival.kit.errors import Conflict, NotFound
from festival.kit.i18n import gettext
from festival.kit.web.access import Principal
from festival.kit.words import N_
from festival.organisation.actions import record_audit
from festival.payments.actions import create_obligation, lapse_obligation, request_refund
from festival.payments.ledger import parts_of, sums_of
from festival.payments.models import Instalment, Obligation, ObligationLine
from festival.payments.queries import find_live_attempt, get_obligation
from festival.payments.rules import State as Paid
from festival.payments.rules import TooMuch, is_secured, refundable_cents
from vendors.documents.actions import settle_papers
from vendors.fees.queries import SUBJECT, find_card_for, find_promise, is_taken_at_once, list_bill, list_parts
from vendors.fees.rules import count_resold, total_of
from vendors.lifecycle.actions import A_PAYMENT, END_GRACE, Mover, lapse_unpaid, move_application
from vendors.lifecycle.rules import NoPlaceLeft, State, WrongStep
from vendors.models import Application, ApplicationDate, Category, Discount, Transition

CHARGE = "vendors.charge"
REMIND_PART = "vendors.remind_part"
DUE_PART = "vendors.due_part"
_DAY = 86_400
_REMIND_DAYS = 7
# Staff have this long to say that a deposit is kept.
_DEPOSIT_DAYS = 3
_CONFIRMED = [State.CONFIRMED, State.DOCS_READY, State.CHECKED_IN, State.COMPLETED, State.NO_SHOW]
_SETTLED = {Paid.PAID, Paid.NOT_DUE, Paid.WAIVED}


class AlreadyBilled(Conflict):
    """The bill was written: what it says is changed by a waiver or a refund, in the ledger."""

    code = "already_billed"
    message = N_("The bill was sent already. Waive or refund on the page of the payment instead.")


async def accept_offer(application: Application, by: Mover) -> Application:
    """Take the offer: confirmed at once where nothing is owed, billed and accepted otherwise.

    A card that was kept for just this is charged by a job.
    """
    async with transaction():
        accepted = await move_application(application, State.ACCEPTED, by)
        lines = await list_bill(accepted)
        if not total_of(lines):
            confirmed = await move_application(accepted, State.CONFIRMED, A_PAYMENT)
            await _welcome(confirmed)
            return await Application.get(id=confirmed.id)
        bill, _ = await create_obligation(
            (SUBJECT, accepted.id), accepted.applicant_id, accepted.name, lines, language=accepted.language,
            payer_email=(await Person.get(id=accepted.applicant_id)).email, due_at=accepted.pay_by,
            parts=await list_parts(accepted, lines),
        )  # fmt: skip
        await Application.filter(id=accepted.id).update(obligation_id=bill.id)
        await _name_lines(accepted.id, bill.id)
        await plan_charges(accepted.id, bill)
    return await Application.get(id=accepted.id)


async def _name_lines(application_id: int, bill_id: int) -> None:
    """Keep which line of the bill is for which day; both stand in the order of the days."""
    lines = await ObligationLine.filter(obligation_id=bill_id, kind="date").order_by("id")
    days = ApplicationDate.filter(application_id=application_id, state="granted").order_by("date__held_on")
    for row, line in zip(await days, lines, strict=True):
        await ApplicationDate.filter(id=row.id).update(line_id=line.id)


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
    if application is None or not await is_settled(obligation):
        return
    if application.state in {State.ACCEPTED, State.LAPSED}:
        try:
            confirmed = await move_application(application, State.CONFIRMED, A_PAYMENT)
        except NoPlaceLeft:
            await _give_back(obligation, "late")
        except WrongStep:
            return  # another word of the same payment was quicker
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


async def is_settled(obligation: Obligation) -> bool:
    """Whether enough was paid, or nothing is owed: the place is the payer's."""
    return obligation.state in _SETTLED or is_secured(await parts_of(obligation), sums_of(obligation))


async def end_grace(application_id: int) -> None:
    """Close an unpaid bill and give the place back; a bill that was paid in the meantime wins.

    While a bank has a payment under way nothing lapses: it is looked at again the next day.
    """
    application = await Application.get(id=application_id)
    obligation_id = application.obligation_id
    over = application.state == State.ACCEPTED and application.pay_by is not None and application.pay_by <= now()
    if not obligation_id or not over or await is_settled(await get_obligation(obligation_id)):
        return
    async with transaction():
        if await lapse_obligation(obligation_id, wait_for_bank=True):
            await lapse_unpaid(application_id)
        elif await find_live_attempt(obligation_id):
            key = f"{END_GRACE}:{application_id}:{now().date().isoformat()}"
            await enqueue(END_GRACE, key, {"application_id": application_id}, delay_s=_DAY)
    obligation = await get_obligation(obligation_id)
    if obligation.state == Paid.LAPSED:  # a part that was paid at the counter
        await _give_back(obligation, "lapsed")


async def take_offer(application_id: int, before: str) -> None:
    """Accept an offer in the name of one who let us charge a card for it; anybody else answers it."""
    application = await Application.get_or_none(id=application_id, state=State.OFFERED)
    if application and await is_taken_at_once(application, before):
        with suppress(WrongStep):  # answered in the same moment
            await accept_offer(application, A_PAYMENT)


async def plan_charges(application_id: int, bill: Obligation) -> None:
    """The jobs that charge a kept card, or remind, for each part of a bill; inside the caller's transaction."""
    if await find_card_for(await Application.get(id=application_id), bill.due_cents):
        await enqueue(CHARGE, f"{CHARGE}:{bill.id}:0:1", {"obligation_id": bill.id, "part": 0, "nth": 1, "turn": 1})
    for part in await Instalment.filter(obligation_id=bill.id, position__gt=0):
        payload = {"obligation_id": bill.id, "part": part.position}
        wait = (part.due_at - now()).total_seconds()
        remind = max(0.0, wait - _REMIND_DAYS * _DAY)
        await enqueue(REMIND_PART, f"{REMIND_PART}:{bill.id}:{part.position}", payload, delay_s=remind)
        await enqueue(DUE_PART, f"{DUE_PART}:{bill.id}:{part.position}", payload, delay_s=max(0.0, wait))


async def give_discount(application: Application, label: str, cents: int, reason: str, by: Principal) -> Discount:
    """Take `cents` off what an application will cost; raises AlreadyBilled once it is billed."""
    async with transaction():
        current = await Application.filter(id=application.id).select_for_update().first()
        if current is None or current.obligation_id is not None:
            raise AlreadyBilled
        given = await Discount.create(
            application_id=application.id, label=label, amount_cents=cents, reason=reason, given_by=by.id,
            given_at=now(),
        )  # fmt: skip
        after = {"label": label, "amount_cents": cents, "reason": reason}
        await record_audit(by, "discount.given", ("application", application.id), after=after)
    return given


async def end_discount(application: Application, discount_id: int, by: Principal) -> None:
    """Take a discount back; raises NotFound, or AlreadyBilled once it is billed."""
    async with transaction():
        current = await Application.filter(id=application.id).select_for_update().first()
        if current is None or current.obligation_id is not None:
            raise AlreadyBilled
        live = Discount.filter(id=discount_id, application_id=application.id, ended_at=None)
        if not await live.update(ended_at=now()):
            raise NotFound
        await record_audit(by, "discount.ended", ("application", application.id), before={"discount": discount_id})


async def keep_deposit(application: Application, reason: str, by: Principal) -> None:
    """Do not give the deposit back, and say why; raises NotFound where there is none to keep."""
    lines = ObligationLine.filter(obligation_id=application.obligation_id or 0, kind="deposit", refunded_cents=0)
    async with transaction():
        if not await lines.update(kind="kept"):
            raise NotFound
        await record_audit(by, "deposit.kept", ("application", application.id), after={"reason": reason})


async def give_deposits_back() -> None:
    """After the day, send back the deposits that nobody keeps: of all who came, and of others as their call says."""
    after = now() - dt.timedelta(days=_DEPOSIT_DAYS)
    came = Application.filter(
        Q(state__in=[State.CHECKED_IN, State.COMPLETED])
        | Q(state=State.NO_SHOW, category__call__keep_no_show_deposit=False),
        category__call__festival__ends_at__lt=after, obligation_id__not_isnull=True,
    )  # fmt: skip
    by_bill = {row.obligation_id: row for row in await came}
    lines = ObligationLine.filter(obligation_id__in=[0, *by_bill], kind="deposit", refunded_cents=0)
    for line in await lines.order_by("id"):
        with suppress(TooMuch):  # frozen by a bank: it is tried again tomorrow
            await request_refund(
                line.obligation_id, line.unit_cents, gettext(N_("The deposit, after the festival.")),
                key=f"deposit-{line.id}", line_id=line.id,
            )  # fmt: skip

"""Writes: the days of a category, those of an application, and giving single ones back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from tortoise.expressions import F

from festival.database import transaction
from festival.jobs.actions import enqueue
from festival.kit.clock import now
from festival.kit.errors import Conflict
from festival.kit.i18n import gettext
from festival.kit.web.access import Principal
from festival.kit.words import N_
from festival.organisation.actions import record_audit
from festival.payments.actions import request_refund, waive_obligation
from festival.payments.ledger import sums_of
from festival.payments.queries import get_obligation
from festival.payments.rules import outstanding_cents, refundable_cents
from vendors.dates.queries import day_in, get_asked, today
from vendors.dates.rules import MOST_DATES, DateOver, LastDate, NoSuchDate
from vendors.fees.queries import find_date_promise
from vendors.lifecycle.actions import OFFER_NEXT
from vendors.lifecycle.rules import EDITABLE, IN_REVIEW, State, WrongStep
from vendors.models import Application, ApplicationDate, Category, CategoryDate

DATE_ENDED = "vendors.date_ended"
# A granted day can be given back until the festival's people are there.
GIVES_BACK = frozenset({State.OFFERED, State.ACCEPTED, State.CONFIRMED, State.DOCS_READY})


class DayInUse(Conflict):
    """Applications ask for the day."""

    code = "day_in_use"
    message = N_("Applications ask for this day, so it cannot be removed. Set its places to those promised instead.")


class CapBelowGranted(Conflict):
    """More places of the day are promised than the new number."""

    code = "cap_below_granted"
    message = N_("%(taken)s places of this day are promised, so their number cannot be less.")


class TooManyDates(Conflict):
    """A category cannot have that many days."""

    code = "too_many_dates"
    message = N_("A category can be held on %(most)s days at most.")


async def add_dates(category: Category, days: Sequence[dt.date], cap: int, by: Principal) -> int:
    """Add days with `cap` places each; those that are there stay as they are. Returns how many were new."""
    async with transaction():
        await Category.filter(id=category.id).select_for_update().only("id")
        there = {row.held_on for row in await CategoryDate.filter(category_id=category.id)}
        fresh = [on for on in days if on not in there]
        if len(there) + len(fresh) > MOST_DATES:
            raise TooManyDates(most=MOST_DATES)
        await CategoryDate.bulk_create(
            CategoryDate(category_id=category.id, held_on=on, cap=cap, taken=0) for on in fresh
        )
        after = {"days": [on.isoformat() for on in fresh], "cap": cap}
        await record_audit(by, "category.dates_added", ("category", category.id), after=after)
    return len(fresh)


async def change_date(date: CategoryDate, cap: int, by: Principal) -> None:
    """Another number of places; raises CapBelowGranted and changes nothing."""
    async with transaction():
        if not await CategoryDate.filter(id=date.id, taken__lte=cap).update(cap=cap):
            raise CapBelowGranted(taken=(await CategoryDate.get(id=date.id)).taken)
        after = {"day": date.held_on.isoformat(), "cap": cap}
        await record_audit(by, "category.date_changed", ("category", date.category_id), after=after)


async def remove_date(date: CategoryDate, by: Principal) -> None:
    """Remove a day that nobody asked for; raises DayInUse."""
    async with transaction():
        if await ApplicationDate.exists(date_id=date.id):
            raise DayInUse
        await CategoryDate.filter(id=date.id).delete()
        before = {"day": date.held_on.isoformat()}
        await record_audit(by, "category.date_removed", ("category", date.category_id), before=before)


async def choose_dates(application: Application, chosen: Collection[int]) -> None:
    """Ask for exactly these days of the category; unknown ones are left out. Raises WrongStep."""
    async with transaction():
        current = await Application.filter(id=application.id).select_for_update().first()
        if current is None or current.state not in EDITABLE:
            raise WrongStep
        offered = CategoryDate.filter(category_id=application.category_id, id__in=[0, *chosen])
        wanted = {row.id for row in await offered}
        there = {row.date_id for row in await ApplicationDate.filter(application_id=application.id)}
        await ApplicationDate.filter(application_id=application.id, date_id__in=[0, *(there - wanted)]).delete()
        await ApplicationDate.bulk_create(
            ApplicationDate(application_id=application.id, date_id=date_id, state="asked", changed_at=now())
            for date_id in sorted(wanted - there)
        )
        await Application.filter(id=application.id).update(changed_at=now())


async def decide_dates(application: Application, kept: Collection[int], by: Principal) -> None:
    """Before the decision: of the days that were asked for, which ones are meant. Raises WrongStep, NoSuchDate."""
    async with transaction():
        current = await Application.filter(id=application.id).select_for_update().first()
        if current is None or current.state not in IN_REVIEW or current.state == State.HOLD_ACCEPT:
            raise WrongStep
        rows = await ApplicationDate.filter(application_id=application.id)
        meant = [row.id for row in rows if row.date_id in kept]
        if not meant:
            raise NoSuchDate
        await ApplicationDate.filter(id__in=meant).update(state="asked", changed_at=now())
        others = [row.id for row in rows if row.date_id not in kept]
        await ApplicationDate.filter(id__in=[0, *others]).update(state="refused", changed_at=now())
        after = {"dates": sorted(row.date_id for row in rows if row.date_id in kept)}
        await record_audit(by, "application.dates_decided", ("application", application.id), after=after)


async def give_up_date(application: Application, date_id: int, by: Principal, *, by_city: bool = False) -> int:
    """Give one granted day back; of its price comes back what the policy says for that day, all where the city does it.

    What is still owed of it is let go first. Returns the cents let go or sent back. Raises NotFound, DateOver,
    LastDate, NoSuchDate, WrongStep.
    """
    async with transaction():
        current = await Application.filter(id=application.id).select_for_update().first()
        if current is None or current.state not in GIVES_BACK:
            raise WrongStep
        row = await get_asked(application, date_id)
        if row.date.held_on <= today():
            raise DateOver
        # What is promised is counted with the day still in it.
        credit = await find_date_promise(current, row, now(), by_city=by_city)
        mine = ApplicationDate.filter(application_id=application.id, state="granted")
        after = "cancelled" if by_city else "given_up"
        if not await mine.filter(id=row.id).update(state=after, changed_at=now()):
            raise NoSuchDate
        if not await mine.exists():
            raise LastDate
        await CategoryDate.filter(id=date_id).update(taken=F("taken") - 1)
        if current.obligation_id is not None and credit:
            await _settle(current, row, credit, by)
        facts = {"day": row.date.held_on.isoformat(), "cents": credit}
        await record_audit(by, f"application.date_{after}", ("application", application.id), after=facts)
        payload = {"application_id": application.id, "date_id": date_id, "cents": credit, "by_city": by_city}
        await enqueue(DATE_ENDED, f"{DATE_ENDED}:{row.id}", payload)
        next_in_line = {"category_id": application.category_id}
        await enqueue(OFFER_NEXT, f"{OFFER_NEXT}:date:{row.id}", next_in_line)
    return credit


async def _settle(application: Application, row: ApplicationDate, credit: int, by: Principal) -> None:
    bill = await get_obligation(application.obligation_id or 0)
    reason = gettext(N_("A day was given back: %(day)s.")) % {"day": day_in(application.language, row.date.held_on)}
    waived = min(credit, outstanding_cents(sums_of(bill)))
    if waived:
        await waive_obligation(bill.id, reason, by, waived)
    back = min(credit - waived, refundable_cents(sums_of(await get_obligation(bill.id))))
    if back:
        await request_refund(bill.id, back, reason, by, key=f"date-{row.id}", line_id=row.line_id or 0)

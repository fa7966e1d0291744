"""Writes: somebody did not come, or came after all."""

from __future__ import annotations

from collections.abc import Sequence

from events.models import Festival
from festival.database import transaction
from festival.kit.clock import now
from festival.kit.errors import Conflict, NotFound
from festival.kit.web.access import Principal
from festival.payments.models import ObligationLine
from festival.settings import settings
from vendors.lifecycle.actions import as_staff, move_application
from vendors.lifecycle.reasons import DEPOSIT_STAYS
from vendors.lifecycle.rules import State, WrongStep
from vendors.models import Application, Call
from vendors.noshows.queries import find_step_before
from vendors.noshows.rules import NobodyTicked, require_day


async def mark_no_shows(festival: Festival, receipts: Sequence[str], by: Principal) -> list[Application]:
    """Say of several that they did not come; returns those who arrived in this moment and are left as they are.

    Raises NotTheDayYet, NobodyTicked, and NotFound where one of them is not of this festival; nothing changes then.
    """
    zone = settings().zone
    require_day(festival.starts_at.astimezone(zone).date(), now().astimezone(zone).date())
    wanted = set(receipts)
    if not wanted:
        raise NobodyTicked
    found = await Application.filter(category__call__festival_id=festival.id, receipt__in=list(wanted)).order_by("id")
    if len(found) != len(wanted):
        raise NotFound
    call = await Call.get(festival_id=festival.id)
    others: list[Application] = []
    for application in found:
        try:
            reason = DEPOSIT_STAYS if call.keep_no_show_deposit and await _has_deposit(application) else ""
            await move_application(application, State.NO_SHOW, as_staff(by), reason, quietly=True)
        except Conflict:
            others.append(application)
    return others


async def undo_no_show(application: Application, by: Principal) -> Application:
    """They came after all: back to where they stood, so that their pass works again. Raises WrongStep."""
    async with transaction():
        if application.state != State.NO_SHOW:
            raise WrongStep
        return await move_application(application, await find_step_before(application), as_staff(by), quietly=True)


async def _has_deposit(application: Application) -> bool:
    bill = application.obligation_id
    return bool(bill) and await ObligationLine.exists(obligation_id=bill, kind="deposit", refunded_cents=0)

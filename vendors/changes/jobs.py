"""Job handlers that write about changes, and the regular look at rounds whose end is near."""

from __future__ import annotations

from typing import Any

from festival.accounts.models import Person
from festival.database import transaction
from festival.jobs.regular import Regular
from festival.jobs.worker import Handlers
from festival.kit.clock import now
from festival.kit.i18n import use_language
from festival.mail.actions import queue_mail
from vendors.applying.queries import get_file
from vendors.changes.actions import SEND_ASKED, SEND_RETURNED
from vendors.changes.emails import asked_letter, returned_letter
from vendors.changes.queries import find_round
from vendors.changes.rules import reminder_now
from vendors.lifecycle.rules import State
from vendors.models import ChangeRequest

REMIND = "vendors.remind_of_changes"


async def send_asked(payload: dict[str, Any]) -> None:
    """Put the letter of one round in the outbox, once; a round that is over already needs none."""
    await _write(await ChangeRequest.get(id=payload["request_id"]).select_related("application"), None)


async def _write(request: ChangeRequest, days_left: int | None) -> None:
    application = request.application
    use_language(application.language)
    file = await get_file(application)
    round_ = await find_round(file)
    if round_ and round_.request.id == request.id:
        letter = asked_letter(file, round_, await Person.get(id=application.applicant_id), days_left=days_left)
        about = "" if days_left is None else f":{request.due_at.isoformat()}:{days_left}"
        await queue_mail("vendors.changes", f"vendors.changes:{request.id}{about}", letter)


async def send_returned(payload: dict[str, Any]) -> None:
    """Tell whoever asked that the changes are there."""
    request = await ChangeRequest.get(id=payload["request_id"]).select_related("application")
    reviewer = await Person.get_or_none(id=request.asked_by)
    if reviewer and reviewer.email:
        use_language(reviewer.language)
        letter = returned_letter(request.application, reviewer)
        await queue_mail("vendors.changes_back", f"vendors.changes_back:{request.id}", letter)


async def remind(_: dict[str, Any]) -> None:
    """Remind everybody whose changes are due soon, or were due; each reminder once, however often this runs."""
    open_now = ChangeRequest.filter(
        returned_at=None, ended_at=None, application__state=State.CHANGES_REQUESTED
    ).select_related("application")  # fmt: skip
    for request in await open_now.order_by("id"):
        days = reminder_now(request.asked_at, request.due_at, request.reminded, now())
        if days is not None:
            async with transaction():
                await _write(request, days)
                await ChangeRequest.filter(id=request.id).update(reminded=days)


HANDLERS: Handlers = {SEND_ASKED: send_asked, SEND_RETURNED: send_returned, REMIND: remind}
REGULAR: Regular = {REMIND: 3600}

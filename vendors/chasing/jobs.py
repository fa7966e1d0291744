"""The regular look at papers that are due, and the reminders that follow from it."""

from __future__ import annotations

from typing import Any

from events.models import Festival
from festival.accounts.models import Person
from festival.database import transaction
from festival.jobs.regular import Regular
from festival.jobs.worker import Handlers
from festival.kit.clock import now
from festival.kit.i18n import use_language
from festival.mail.actions import queue_mail
from festival.settings import settings
from vendors.chasing.emails import deadline_letter, reminder_letter
from vendors.chasing.queries import (
    DEADLINES,
    REMINDER,
    list_blocked,
    list_deadlines,
    list_mentioned,
    list_organizers,
    list_reminded,
)
from vendors.chasing.rules import is_to_mention, to_remind
from vendors.wording.queries import use_words_of

REMIND = "vendors.remind_of_papers"
MENTION = "vendors.remind_of_deadlines"


async def remind(_: dict[str, Any]) -> None:
    """Remind everybody whose papers are due soon; once a day and applicant, however often this runs."""
    today = now().astimezone(settings().zone).date()
    for festival in await Festival.filter(state="published", ends_at__gt=now()):
        blocked = [one for one in await list_blocked(festival) if one.papers]
        reminded = await list_reminded([one.application for one in blocked])
        for one in blocked:
            papers = to_remind(one.papers, reminded.get(one.application.id, []), today)
            if papers:
                person = await Person.get(id=one.application.applicant_id)
                use_language(one.application.language)
                await use_words_of((await one.application.category).call_id)
                letter = reminder_letter(one.application, person, papers)
                async with transaction():
                    await queue_mail(REMINDER, f"{REMINDER}:{one.application.id}:{today.isoformat()}", letter)


async def mention(_: dict[str, Any]) -> None:
    """Remind the team of what the city owes others soon, or owes late; one letter a day, however often this runs."""
    today = now().astimezone(settings().zone).date()
    for festival in await Festival.filter(ends_at__gt=now()).exclude(state="cancelled"):
        reminded = await list_mentioned(festival)
        due = [
            one for one in await list_deadlines(festival)
            if one.done_on is None and is_to_mention(one.due_on, reminded, today)
        ]  # fmt: skip
        for person in await list_organizers() if due else []:
            use_language(person.language)
            letter = deadline_letter(festival, person, due, today)
            async with transaction():
                await queue_mail(DEADLINES, f"{DEADLINES}:{festival.id}:{person.id}:{today.isoformat()}", letter)


HANDLERS: Handlers = {REMIND: remind, MENTION: mention}
REGULAR: Regular = {REMIND: 3600, MENTION: 3600}

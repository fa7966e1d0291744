"""The regular look at who drives in soon, and the letters that follow from it."""

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
from vendors.loadin.emails import load_in_letter
from vendors.loadin.queries import LETTER, list_expected, list_ways, was_told
from vendors.loadin.rules import is_due

TELL = "vendors.tell_load_in"


async def tell(_: dict[str, Any]) -> None:
    """Tell everybody with a space how they drive in, once the week before, and again whenever that changed."""
    at = now()
    for festival in await Festival.filter(state="published", ends_at__gt=at):
        if not is_due(festival.starts_at, at):
            continue
        expected = await list_expected(festival)
        ways = await list_ways(expected)
        for application in expected:
            way = ways.get(application.id)
            if way is None or not way.windows:
                continue
            person = await Person.get(id=application.applicant_id)
            use_language(application.language)
            letter = load_in_letter(application, person, way, changed=await was_told(application))
            async with transaction():
                cause = f"{LETTER}:{application.id}:{way.signature}"
                await queue_mail(LETTER, cause, letter, about=("application", application.id))


HANDLERS: Handlers = {TELL: tell}
REGULAR: Regular = {TELL: 3600}

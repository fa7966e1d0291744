"""Job handlers that write about single days."""

from __future__ import annotations

from typing import Any

from festival.accounts.models import Person
from festival.jobs.worker import Handlers
from festival.kit.i18n import use_language
from festival.mail.actions import queue_mail
from vendors.dates.actions import DATE_ENDED
from vendors.dates.emails import date_letter
from vendors.models import Application, CategoryDate


async def tell(payload: dict[str, Any]) -> None:
    """A day was given back: its applicant is told, once."""
    application = await Application.get(id=payload["application_id"])
    date, person = await CategoryDate.get(id=payload["date_id"]), await Person.get(id=application.applicant_id)
    use_language(application.language)
    letter = date_letter(application, date, person, payload["cents"], payload["by_city"])
    cause = f"vendors.date:{application.id}:{date.id}"
    await queue_mail("vendors.date", cause, letter, about=("application", application.id))


HANDLERS: Handlers = {DATE_ENDED: tell}

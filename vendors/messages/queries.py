"""Reads: the thread of an application."""

from __future__ import annotations

import datetime as dt

from vendors.models import Application, ApplicationMessage, ThreadMail


async def list_messages(application: Application) -> list[ApplicationMessage]:
    """The whole thread, the oldest first."""
    return await ApplicationMessage.filter(application_id=application.id).order_by("id")


async def count_unread_by_office() -> dict[int, int]:
    """How many messages of applicants nobody of the office has seen, by application; those with none are left out."""
    rows = await ApplicationMessage.filter(from_office=False, read_at=None).values_list("application_id", flat=True)
    found: dict[int, int] = {}
    for application_id in rows:
        found[int(str(application_id))] = found.get(int(str(application_id)), 0) + 1
    return found


async def list_by_mail(messages: list[ApplicationMessage]) -> dict[int, int]:
    """Those of `messages` that came by mail, with how many files each left behind, by the message's number."""
    rows = ThreadMail.filter(message_id__in=[message.id for message in messages])
    return {int(str(number)): int(str(count)) for number, count in await rows.values_list("message_id", "left_out")}


async def count_mails_since(application: Application, since: dt.datetime, *, from_office: bool) -> int:
    """How many messages of one side came by mail since then."""
    return await ThreadMail.filter(
        message__application_id=application.id, message__from_office=from_office, message__at__gte=since
    ).count()

"""Reads: the thread of an application."""

from __future__ import annotations

from vendors.models import Application, ApplicationMessage


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

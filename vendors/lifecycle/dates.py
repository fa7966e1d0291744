"""Writes: the places of single days, taken and given back with the place of the category."""

from __future__ import annotations

import datetime as dt

from tortoise.expressions import F

from festival.kit.i18n import day
from festival.kit.words import N_
from festival.settings import settings
from vendors.lifecycle.rules import NoPlaceLeft
from vendors.models import Application, ApplicationDate, CategoryDate


class DateFull(NoPlaceLeft):
    """One of the days has no place left."""

    code = "date_full"
    message = N_("%(day)s is full. Leave that day out, then decide again.")


class NoDateLeft(NoPlaceLeft):
    """None of the days that were asked for is left."""

    code = "no_date_left"
    message = N_("No day of this application is left to be given.")


async def take_dates(application_id: int, at: dt.datetime) -> None:
    """Take a place of every day that is asked for; raises DateFull, and NoDateLeft where there is none at all."""
    rows = await ApplicationDate.filter(application_id=application_id).order_by("date_id").select_related("date")
    wanted = [row for row in rows if row.state == "asked"]
    if rows and not wanted:
        raise NoDateLeft
    for row in wanted:
        if not await CategoryDate.filter(id=row.date_id, taken__lt=F("cap")).update(taken=F("taken") + 1):
            raise DateFull(day=day(row.date.held_on, settings().zone, "medium"))
    await ApplicationDate.filter(id__in=[0, *(row.id for row in wanted)]).update(state="granted", changed_at=at)


async def free_dates(application_id: int, at: dt.datetime) -> None:
    """Give back every day that an application has."""
    rows = await ApplicationDate.filter(application_id=application_id, state="granted").order_by("date_id")
    for row in rows:
        await CategoryDate.filter(id=row.date_id).update(taken=F("taken") - 1)
    await ApplicationDate.filter(id__in=[0, *(row.id for row in rows)]).update(state="asked", changed_at=at)


async def leave_out_full_dates(application: Application, at: dt.datetime) -> bool:
    """Refuse the asked days that are full; False, and nothing changed, where no day would be left."""
    rows = await ApplicationDate.filter(application_id=application.id, state="asked").select_related("date")
    full = [row.id for row in rows if row.date.taken >= row.date.cap]
    if rows and len(full) == len(rows):
        return False
    await ApplicationDate.filter(id__in=[0, *full]).update(state="refused", changed_at=at)
    return True

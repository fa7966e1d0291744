"""Reads: the days of a category, those that an application asks for, and what one of them brings back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextvars import copy_context
from dataclasses import dataclass

from festival.kit.clock import now
from festival.kit.errors import NotFound
from festival.kit.i18n import day, use_language
from festival.settings import settings
from vendors.models import Application, ApplicationDate, Category, CategoryDate

BILLED_STATES = ("asked", "granted")


@dataclass(frozen=True)
class DayOf:
    """A day of a category, what the application has of it, and who comes."""

    date: CategoryDate
    mine: ApplicationDate | None = None
    names: Sequence[str] = ()

    @property
    def left(self) -> int:
        """How many places of the day are free."""
        return self.date.cap - self.date.taken


async def list_dates(category_id: int) -> list[CategoryDate]:
    """The days of a category in their order; none for one that is held once."""
    return await CategoryDate.filter(category_id=category_id).order_by("held_on")


async def list_asked(application_id: int) -> list[ApplicationDate]:
    """The days of an application in their order, whatever became of them."""
    rows = ApplicationDate.filter(application_id=application_id).select_related("date")
    return await rows.order_by("date__held_on")


async def list_days(application: Application) -> list[DayOf]:
    """Every day of the category, with what the application has of it."""
    mine = {row.date_id: row for row in await list_asked(application.id)}
    return [DayOf(date, mine.get(date.id)) for date in await list_dates(application.category_id)]


async def list_rosters(category_id: int) -> list[DayOf]:
    """Every day of a category with the names of those who come."""
    names: dict[int, list[str]] = {}
    granted = ApplicationDate.filter(date__category_id=category_id, state="granted").select_related("application")
    for row in await granted.order_by("application__name"):
        names.setdefault(row.date_id, []).append(row.application.name)
    return [DayOf(date, None, names.get(date.id, [])) for date in await list_dates(category_id)]


async def get_dated_category(slug: str, name: str) -> Category:
    """A category by its festival and its own short name; raises NotFound."""
    category = await Category.get_or_none(call__festival__slug=slug, slug=name).select_related("call__festival")
    if category is None:
        raise NotFound
    return category


async def get_asked(application: Application, date_id: int) -> ApplicationDate:
    """What an application has of one day; raises NotFound."""
    row = await ApplicationDate.get_or_none(application_id=application.id, date_id=date_id).select_related("date")
    if row is None:
        raise NotFound
    return row


def day_in(language: str, on: dt.date) -> str:
    """A day in words of `language`, whoever reads just now."""
    context = copy_context()
    context.run(use_language, language)
    return context.run(day, on, settings().zone, "medium")


def today() -> dt.date:
    """The city's day."""
    return now().astimezone(settings().zone).date()

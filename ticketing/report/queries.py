"""Reads: a year's attendance in a number of statements that does not grow with the data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from tortoise.functions import Sum

from events.models import Occurrence, PlanGoal
from events.whats_on.queries import list_area_names
from festival.kit.secrets import derive
from festival.settings import settings
from ticketing.models import Claim, OfferQuestion, WalkUp
from ticketing.report.rules import LEAST_TOLD, Count, Group, count_returning, group_by, in_order

# The part of those who came whose address has to be known.
_LEAST_KNOWN = 0.2
_POSTCODE = ("postcode", "postal code", "zip", "código postal")


@dataclass(frozen=True)
class Goal:
    """A goal of the city's plan for the year; `target` people, None where none was set."""

    title: str
    target: int | None
    arrived: int


@dataclass(frozen=True)
class Report:
    """The year's figures. `tables` by name: program, area, venue, month, language, party, postcode."""

    year: int
    total: Count
    before: Count
    walk_ups: int
    tables: Mapping[str, Sequence[Group]]
    goals: Sequence[Goal]
    # People of households that left an address: on their first visit, and on a later one; None where too few.
    new: int | None
    returning: int | None
    areas: Mapping[str, str]


@dataclass(frozen=True)
class _Row:
    occurrence_id: int
    month: str
    program: str
    area: str
    venue: str
    goal_id: int | None
    count: Count


def year_window(year: int) -> tuple[dt.datetime, dt.datetime]:
    """The first moments of a year and of the next, in the city."""
    zone = settings().zone
    return dt.datetime(year, 1, 1, tzinfo=zone), dt.datetime(year + 1, 1, 1, tzinfo=zone)


async def list_years() -> list[int]:
    """The years that have dates with tickets, the latest first."""
    days = await Occurrence.filter(offers__id__not_isnull=True).distinct().values_list("starts_on", flat=True)
    return sorted({day.year for day in cast(list[dt.date], days)}, reverse=True)


async def get_report(year: int) -> Report:
    """Everything about `year`, small groups hidden."""
    rows, before = await _rows(year), await _rows(year - 1)
    tables = {
        name: group_by(((key(row), row.count) for row in rows), ((key(row), row.count) for row in before))
        for name, key in _KEYS.items()
    }
    tables["month"] = in_order(tables["month"], [f"{month:02}" for month in range(1, 13)])
    tables |= await _tables_of_claims(year)
    new, returning = await _households(year)
    total = _sum(rows)
    # Addresses are erased in time: a figure of the few that are left would mislead, one of very few would tell.
    told = new + returning >= max(LEAST_TOLD, total.arrived * _LEAST_KNOWN) and not (
        0 < new < LEAST_TOLD or 0 < returning < LEAST_TOLD
    )
    return Report(
        year, total, _sum(before), await _walk_ups(year), tables, await _goals(year, rows),
        new if told else None, returning if told else None, await list_area_names(),
    )  # fmt: skip


_KEYS: Mapping[str, Callable[[_Row], str]] = {
    "program": lambda row: row.program,
    "area": lambda row: row.area,
    "venue": lambda row: row.venue,
    "month": lambda row: row.month,
}


def _sum(rows: Sequence[_Row]) -> Count:
    total = Count()
    for row in rows:
        total += row.count
    return total


def _in_year(year: int) -> dict[str, Any]:
    first, end = year_window(year)
    return {"offer__occurrence__starts_at__gte": first, "offer__occurrence__starts_at__lt": end, "state": "live"}


async def _rows(year: int) -> list[_Row]:
    sums: dict[int, Count] = {
        row["offer__occurrence_id"]: Count(row["claimed"] or 0, row["arrived"] or 0)
        for row in await Claim.filter(**_in_year(year))
        .annotate(claimed=Sum("party"), arrived=Sum("people_seen"))
        .group_by("offer__occurrence_id").values("offer__occurrence_id", "claimed", "arrived")
    }  # fmt: skip
    occurrences = await Occurrence.filter(id__in=list(sums)).select_related("program__venue", "venue")
    return [
        _Row(
            one.id, f"{one.starts_on.month:02}", str(one.program.title), str(one.program.area),
            str((one.venue or one.program.venue).name), one.program.goal_id, sums[one.id],
        )
        for one in occurrences
    ]  # fmt: skip


async def _tables_of_claims(year: int) -> dict[str, list[Group]]:
    found: dict[str, list[Group]] = {}
    for name, column in (("language", "language"), ("party", "party")):
        sums = await (
            Claim.filter(**_in_year(year)).annotate(claimed=Sum("party"), arrived=Sum("people_seen"))
            .group_by(column).values(column, "claimed", "arrived")
        )  # fmt: skip
        found[name] = group_by((str(row[column]), Count(row["claimed"] or 0, row["arrived"] or 0)) for row in sums)
    found["party"].sort(key=lambda group: int(group.key))
    found["postcode"] = group_by(await _postcodes(year))
    return found


async def _postcodes(year: int) -> list[tuple[str, Count]]:
    """By the first three letters or digits, where an offer asked for it."""
    asked = [q for q in await OfferQuestion.all() if any(word in q.label.lower() for word in _POSTCODE)]
    if not asked:
        return []
    names = {name for question in asked for name in (str(question.id), str(question.label))}
    claims = await Claim.filter(
        offer_id__in={q.offer_id for q in asked}, facts__not_isnull=True, **_in_year(year)
    ).values("party", "people_seen", "facts")
    found: list[tuple[str, Count]] = []
    for claim in claims:
        answers = cast(dict[str, list[str]], (claim["facts"] or {}).get("answers") or {})
        told = next((texts[0] for name, texts in answers.items() if name in names and texts), "")
        area = "".join(letter for letter in told.upper() if letter.isalnum())[:3]
        if area:
            found.append((area, Count(claim["party"], claim["people_seen"])))
    return found


async def _households(year: int) -> tuple[int, int]:
    """New and returning people, by fingerprints of addresses that live only as long as this question."""
    first, end = year_window(year)
    rows = await (
        Claim.filter(people_seen__gt=0, first_in_at__lt=end, state="live").exclude(email="")
        .order_by("first_in_at").values("email", "people_seen", "first_in_at")
    )  # fmt: skip
    key = settings().secret_key
    visits = [(derive(key, "visitor", row["email"].strip().lower()), row) for row in rows]
    earlier = frozenset(print_ for print_, row in visits if row["first_in_at"] < first)
    return count_returning(
        ((print_, row["people_seen"]) for print_, row in visits if row["first_in_at"] >= first), earlier
    )


async def _walk_ups(year: int) -> int:
    first, end = year_window(year)
    return await WalkUp.filter(at__gte=first, at__lt=end, delta=1).count()


async def _goals(year: int, rows: Sequence[_Row]) -> list[Goal]:
    goals = await PlanGoal.filter(year=year).order_by("position", "id")
    return [
        Goal(
            str(goal.title), goal.target_attendance, sum(row.count.arrived for row in rows if row.goal_id == goal.id)
        )
        for goal in goals
    ]  # fmt: skip

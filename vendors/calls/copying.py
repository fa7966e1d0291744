"""Copying last year's call: every row of it anew, with its translations, its dates moved as the festival moved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any, cast

from events.models import Festival, FestivalDeadline
from festival.kit.errors import NotFound
from festival.organisation.models import Translation
from festival.settings import settings
from vendors.calls.rules import next_year
from vendors.models import (
    AddOn,
    Call,
    Category,
    CategoryDate,
    CategoryDocument,
    Criterion,
    DocumentKind,
    FeeRule,
    Office,
    OfficePaper,
    OwnReason,
    Question,
)

# The tables whose rows have translations of their own, and the kind under which these are kept; all other texts of a
# call are translated by their words, under the call itself.
_TRANSLATED = {"category": "category"}


async def copy_call(source_id: int, festival: Festival) -> Call:
    """The call `source_id` once more for `festival`, its dates moved, nothing taken. In the caller's transaction.

    Raises NotFound.
    """
    source = await Call.get_or_none(id=source_id).select_related("festival")
    if source is None:
        raise NotFound
    moved = _mover(source.festival, festival)
    call = await Call.create(
        festival_id=festival.id, opens_at=moved(source.opens_at),
        decisions_on=source.decisions_on and source.decisions_on + _days_between(source.festival, festival),
        changes_until=source.changes_until and moved(source.changes_until),
        map_public_at=source.map_public_at and moved(source.map_public_at),
        offer_hours=source.offer_hours, grace_days=source.grace_days, refund_policy=source.refund_policy,
        keep_no_show_deposit=source.keep_no_show_deposit, blind=source.blind,
    )  # fmt: skip
    if not await FestivalDeadline.exists(festival_id=festival.id):
        days = _days_between(source.festival, festival)
        for due in await FestivalDeadline.filter(festival_id=source.festival_id).order_by("id"):
            await FestivalDeadline.create(festival_id=festival.id, title=due.title, due_on=due.due_on + days)
    kinds = await _copy_rows(await DocumentKind.filter(call_id=source.id).order_by("id"), call_id=call.id)
    offices = await _copy_rows(await Office.filter(call_id=source.id).order_by("id"), call_id=call.id)
    for paper in await OfficePaper.filter(office_id__in=list(offices)).order_by("id"):
        await _copy_rows([paper], office_id=offices[paper.office_id], kind_id=kinds[paper.kind_id])
    categories: dict[int, int] = {}
    for row in await Category.filter(call_id=source.id).order_by("id"):
        copied = await _copy_rows(
            [row],
            call_id=call.id,
            closes_at=moved(row.closes_at),
            taken=0,
            waitlist_sequence=0,
            invite_version=0,
            act_id=None,
        )
        categories |= copied
        fresh = copied[row.id]
        await _copy_rows(await Question.filter(category_id=row.id).order_by("id"), category_id=fresh)
        for rule in await FeeRule.filter(category_id=row.id).order_by("id"):
            await _copy_rows([rule], category_id=fresh, sent_until=rule.sent_until and moved(rule.sent_until))
        days = _days_between(source.festival, festival)
        for date in await CategoryDate.filter(category_id=row.id).order_by("held_on"):
            await _copy_rows([date], category_id=fresh, held_on=date.held_on + days, taken=0)
        for need in await CategoryDocument.filter(category_id=row.id).order_by("id"):
            await _copy_rows([need], category_id=fresh, kind_id=kinds[need.kind_id])
    for criterion in await Criterion.filter(call_id=source.id, ended_at=None).order_by("id"):
        only = categories[criterion.category_id] if criterion.category_id else None
        await _copy_rows([criterion], call_id=call.id, category_id=only)
    for add_on in await AddOn.filter(call_id=source.id).order_by("id"):
        mine = categories[add_on.category_id] if add_on.category_id else None
        await _copy_rows([add_on], call_id=call.id, category_id=mine, taken=0)
    await _copy_rows(
        await OwnReason.filter(call_id=source.id, ended_at=None).order_by("position", "id"), call_id=call.id
    )
    await _copy_texts("call", source.id, call.id)
    return call


def _days_between(before: Festival, after: Festival) -> dt.timedelta:
    zone = settings().zone
    return after.starts_at.astimezone(zone).date() - before.starts_at.astimezone(zone).date()


def _mover(before: Festival, after: Festival) -> Any:
    """Moves a moment as far as the festival moved, keeping the city's wall time."""
    zone = settings().zone

    def wall(moment: dt.datetime) -> dt.datetime:
        return moment.astimezone(zone).replace(tzinfo=None)

    def moved(moment: dt.datetime) -> dt.datetime:
        there = next_year(wall(moment), wall(before.starts_at), wall(after.starts_at))
        return there.replace(tzinfo=zone).astimezone(dt.UTC)

    return moved


async def _copy_rows(rows: Collection[Any], **changes: Any) -> dict[int, int]:
    """Copy rows of one table with `changes`, their translations too; returns the new id of each old one."""
    found: dict[int, int] = {}
    for row in rows:
        facts: dict[str, Any] = {name: getattr(row, name) for name in row._meta.fields_db_projection if name != "id"}
        copied: Any = await cast(type[Any], type(row)).create(**(facts | changes))
        found[row.id] = copied.id
        kind = _TRANSLATED.get(row._meta.db_table)
        if kind:
            await _copy_texts(kind, row.id, copied.id)
    return found


async def _copy_texts(kind: str, before: int, after: int) -> None:
    """The translations of one object for another one of its kind."""
    for text in await Translation.filter(kind=kind, object_id=before):
        await Translation.create(
            kind=kind, object_id=after, field=text.field, language=text.language, text=text.text,
            state=text.state, source_digest=text.source_digest,
        )  # fmt: skip

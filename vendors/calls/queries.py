"""Reads: calls as the team sets them up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from events.models import Festival
from festival.kit.errors import NotFound
from vendors.models import AddOn, Call, Category, CategoryDocument, DocumentKind, Question


@dataclass(frozen=True)
class CallSheet:
    """A call with all that belongs to it."""

    call: Call
    festival: Festival
    categories: Sequence[Category]
    add_ons: Sequence[AddOn]
    papers: Sequence[DocumentKind]


@dataclass(frozen=True)
class CategorySheet:
    """A category with its fees, its papers by kind, and its questions in order."""

    call: Call
    festival: Festival
    category: Category
    needs: dict[int, CategoryDocument]
    papers: Sequence[DocumentKind]
    questions: Sequence[Question]


async def list_festivals_and_calls() -> list[tuple[Festival, Call | None]]:
    """Every festival, the latest first, with its call if it has one."""
    calls = {call.festival_id: call for call in await Call.all()}
    festivals = await Festival.all().order_by("-starts_at")
    return [(festival, calls.get(festival.id)) for festival in festivals]


async def get_call_of(slug: str) -> Call:
    """The call of a festival, public or not; raises NotFound."""
    call = await Call.get_or_none(festival__slug=slug).select_related("festival")
    if call is None:
        raise NotFound
    return call


async def get_sheet(slug: str) -> CallSheet:
    """Everything about the call of a festival; raises NotFound."""
    call = await get_call_of(slug)
    return CallSheet(
        call, call.festival,
        await Category.filter(call_id=call.id).order_by("position", "id"),
        await AddOn.filter(call_id=call.id).order_by("id").prefetch_related("category"),
        await DocumentKind.filter(call_id=call.id).order_by("id"),
    )  # fmt: skip


async def get_category_sheet(slug: str, category: str) -> CategorySheet:
    """Everything about one category of the call of a festival; raises NotFound."""
    call = await get_call_of(slug)
    found = await Category.get_or_none(call_id=call.id, slug=category).prefetch_related("fee_rules")
    if found is None:
        raise NotFound
    needs = {row.kind_id: row for row in await CategoryDocument.filter(category_id=found.id)}
    return CategorySheet(
        call, call.festival, found, needs,
        await DocumentKind.filter(call_id=call.id).order_by("id"),
        await Question.filter(category_id=found.id).order_by("position", "id"),
    )  # fmt: skip


async def get_question(category: Category, slug: str) -> Question:
    """One question of a category; raises NotFound."""
    found = await Question.get_or_none(category_id=category.id, slug=slug)
    if found is None:
        raise NotFound
    return found

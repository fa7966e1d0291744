"""The part of a programme file that makes offers: free tickets for programs and for acts with few places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from pydantic import BaseModel, Field

from events.models import Act, Performance, Program
from events.programme.actions import Loaded
from festival.kit.clock import now
from festival.kit.documents import Document, DocumentWrong, LineError
from festival.kit.words import N_, say
from ticketing.models import Offer
from ticketing.offers.actions import plan_offer

_ADMISSION = ("festival", "admission")


class Admission(BaseModel):
    """How a festival lets people in."""

    max_per_order: int = Field(default=10, ge=1, le=255)


def check_offers(document: Document) -> list[LineError]:
    """Whatever has free tickets must say how many."""
    errors = [
        document.error((*place, "capacity"), say(N_("Free tickets need a capacity: how many people fit?")))
        for place, part in [*_parts(document, ("programs",)), *_parts(document, ("festival", "performances"))]
        if (part.get("register") == "qr" or part.get("qr_ticket") is True) and part.get("capacity") is None
    ]
    try:
        _admission(document)
    except DocumentWrong as wrong:
        errors += wrong.errors
    return errors


def _admission(document: Document) -> Admission:
    return document.read(Admission, _ADMISSION) if _ADMISSION in document.lines else Admission()


def _parts(document: Document, place: tuple[str, ...]) -> Iterator[tuple[tuple[str | int, ...], Mapping[str, Any]]]:
    value = document.value
    for step in place:
        value = cast(Mapping[str, Any], value).get(step) if isinstance(value, dict) else None
    for index, part in enumerate(cast(list[Any], value) if isinstance(value, list) else []):
        if isinstance(part, dict):
            yield (*place, index), cast(Mapping[str, Any], part)


async def load_offers(document: Document, loaded: Loaded) -> int:
    """An offer for each coming date of each program, and for each act, that has free tickets; returns how many."""
    offers = [*await _program_offers(document, loaded), *await _act_offers(document, loaded)]
    await Offer.bulk_create(offers, batch_size=500)
    return len(offers)


async def _program_offers(document: Document, loaded: Loaded) -> list[Offer]:
    programs = await Program.filter(id__in=list(loaded.programs.values()), register_by="qr")
    party_most = _admission(document).max_per_order
    return [
        plan_offer(
            occurrence.starts_at, occurrence.ends_at,
            {"occurrence_id": occurrence.id, "capacity": program.capacity, "party_most": party_most},
        )
        for program in programs
        for occurrence in loaded.occurrences.get(program.id, ())
        if occurrence.ends_at > now()
    ]  # fmt: skip


async def _act_offers(document: Document, loaded: Loaded) -> list[Offer]:
    """Acts with places of their own, which belong to the date of the festival's own program."""
    ticketed = [str(part["id"]) for _, part in _parts(document, ("festival", "performances")) if part.get("qr_ticket")]
    acts = {act.id: act for act in await Act.filter(id__in=[loaded.acts[name] for name in ticketed])}
    program = await Program.filter(festival_id=loaded.festival_id, id__in=list(loaded.programs.values())).first()
    dates = loaded.occurrences.get(program.id, ()) if program else ()
    performances = await Performance.filter(act_id__in=list(acts), plan__state="published").order_by("starts_at")
    return [
        plan_offer(
            performance.starts_at, performance.ends_at,
            {"occurrence_id": occurrence.id, "act_id": act.id, "name": act.title[:120], "capacity": act.capacity},
        )
        for performance in performances
        for act in (acts[performance.act_id],)
        for occurrence in dates
        if occurrence.starts_at <= performance.starts_at < occurrence.ends_at and performance.ends_at > now()
    ]  # fmt: skip

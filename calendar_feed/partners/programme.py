"""The part of a programme file that names partners' calendars, each with its events written out."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field, TypeAdapter

from calendar_feed.models import PartnerItem, PartnerSource
from calendar_feed.partners.actions import keep_reading, read_for_us
from events.programme.actions import Loaded
from festival.kit.clock import now
from festival.kit.documents import Document, DocumentWrong, LineError
from festival.kit.text import Line

_PLACE = ("partner_calendars",)


class PartnerPart(BaseModel):
    """A partner; its calendar is read like a file by hand."""

    name: Line
    website: Annotated[str, Field(max_length=500, pattern="^https?://")]
    trust: Literal["review", "trusted"] = "review"
    area: Literal["cultural", "arts", "sports"] = "cultural"
    calendar: Annotated[str, Field(max_length=100_000)]


def check_partners(document: Document) -> list[LineError]:
    """Whether each partner can be read."""
    try:
        _parts(document)
    except DocumentWrong as wrong:
        return wrong.errors
    return []


def _parts(document: Document) -> list[PartnerPart]:
    if _PLACE not in document.lines:
        return []
    given = TypeAdapter(list[object]).validate_python(document.value["partner_calendars"])
    return [document.read(PartnerPart, (*_PLACE, index)) for index in range(len(given))]


async def load_partners(document: Document, _: Loaded) -> int:
    """The sources with their items; returns how many items."""
    for part in _parts(document):
        source = await PartnerSource.create(
            name=part.name, home_url=part.website, trust=part.trust, area=part.area, created_at=now(),
            changed_at=now(), succeeded_at=now(), checked_at=now(),
        )  # fmt: skip
        await keep_reading(source, await read_for_us(part.calendar.encode()))
    return await PartnerItem.all().count()

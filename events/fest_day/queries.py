"""Reads: a festival with its published schedule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from events.models import Festival, Occurrence, Performance, Stage, StageWindow
from events.whats_on.queries import PUBLIC_STATES, Words, choose_words, festival_words, put_words, venue_words
from festival.kit.errors import NotFound
from festival.kit.i18n import reading_order
from festival.organisation.queries import list_texts_of


@dataclass(frozen=True)
class FestivalDay:
    """A festival with its published schedule."""

    festival: Festival
    name: Words
    tagline: Words
    description: Words
    place: Words
    transit: Words
    stages: Sequence[Stage]
    windows: Sequence[StageWindow]
    slots: Sequence[Performance]
    admission: Occurrence | None
    # What each act is called, by its id.
    titles: Mapping[int, Words]

    @property
    def opens_at(self) -> dt.datetime:
        """When the first stage opens."""
        opening = [window.starts_at for window in self.windows if window.kind == "open"]
        return min([*opening, *(slot.starts_at for slot in self.slots)], default=self.festival.starts_at)

    @property
    def closes_at(self) -> dt.datetime:
        """When the last set ends."""
        return max((slot.ends_at for slot in self.slots), default=self.festival.ends_at)

    def now_and_next(self, at: dt.datetime) -> NowAndNext:
        """For each stage what is on at `at` and what follows."""
        found: list[tuple[Stage, Performance | None, Performance | None]] = []
        for stage in self.stages:
            mine = [slot for slot in self.slots if slot.stage_id == stage.id and slot.state == "scheduled"]
            current = next((slot for slot in mine if slot.starts_at <= at < slot.ends_at), None)
            following = next((slot for slot in mine if slot.starts_at > at), None)
            found.append((stage, current, following))
        return NowAndNext(self.opens_at - dt.timedelta(hours=2) <= at < self.festival.ends_at, found)


@dataclass(frozen=True)
class NowAndNext:
    """What each stage has; `on` while it is worth showing: from two hours before the doors until the end."""

    on: bool
    stages: Sequence[tuple[Stage, Performance | None, Performance | None]]


PUBLIC_EDITIONS = ("published", "postponed", "cancelled", "archived")


async def get_festival_day(
    slug: str, states: Sequence[str] = PUBLIC_EDITIONS, plan_id: int | None = None
) -> FestivalDay:
    """The festival at `slug` in one of `states`, with its public schedule or the one of `plan_id`; raises NotFound.
    Six queries."""
    festival = await Festival.get_or_none(slug=slug, state__in=list(states)).select_related("venue")
    if festival is None:
        raise NotFound
    stages = await Stage.filter(festival_id=festival.id).select_related("venue").order_by("position", "id")
    windows = await StageWindow.filter(stage__festival_id=festival.id).order_by("starts_at")
    slots = await (
        (
            Performance.filter(plan__festival_id=festival.id, plan__state="published")
            if plan_id is None
            else Performance.filter(plan_id=plan_id)
        )
        .select_related("act", "stage")
        .order_by("starts_at", "stage__position")
    )
    admission = await (
        Occurrence.filter(program__festival_id=festival.id, program__state__in=PUBLIC_STATES)
        .select_related("program__venue", "venue", "series")
        .order_by("starts_at")
        .first()
    )
    texts = await list_texts_of(
        {"festival": {festival.id}, "act": {slot.act_id for slot in slots}, "venue": {festival.venue_id}},
        *reading_order(),
    )
    name, tagline, description = festival_words(texts["festival"], festival)
    titles = {
        slot.act_id: choose_words(texts["act"].get((slot.act_id, "title")), slot.act.title, slot.act.language)
        for slot in slots
    }
    place, transit = venue_words(texts["venue"], festival.venue), put_words(texts["festival"], festival, "transit")
    return FestivalDay(
        festival, name, tagline, description, place, transit, stages, windows, slots, admission, titles
    )  # fmt: skip

"""Reads: the order of a parade or a show, a group's own place in it, and who walks in which act."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from events.models import Act, Performance
from festival.kit.errors import NotFound
from vendors.applying.rules import read_names
from vendors.models import Answer, Application, Category, WalkPlace
from vendors.walking.rules import gathers_at, walks_at

TAKES_PART = ("accepted", "confirmed", "docs_ready", "checked_in")
# The people of a group, by the short name of the question.
_PEOPLE = ("walkers", "members")
# What the team has to know of a group while it forms the parade.
SHOWN = ("nation", "people", "models", "wheelchairs", "own_flag", "anthem_or_chant", "music_link", "arrival_vehicles",
         "access_needs", "lead_contact")  # fmt: skip


@dataclass(frozen=True)
class Walk:
    """A group's place, the category that says how it walks, and the act's time that everybody sees, if there is one."""

    application: Application
    category: Category
    place: WalkPlace | None
    performance: Performance | None
    facts: Mapping[str, str]

    @property
    def is_timed(self) -> bool:
        """Whether the group can be told a time."""
        return self.place is not None and self.performance is not None

    @property
    def gathers_at(self) -> dt.datetime | None:
        """When the group has to be there."""
        shown = self.performance
        return gathers_at(shown.starts_at, self.category.walk_call_minutes) if shown else None

    @property
    def walks_at(self) -> dt.datetime | None:
        """When the group sets out."""
        if self.performance is None or self.place is None:
            return None
        return walks_at(self.performance.starts_at, self.place.position, self.category.walk_seconds)

    @property
    def token(self) -> str:
        """What the page shows, so that nobody confirms a time that changed meanwhile."""
        shown = self.performance
        return f"{shown.stage_id}@{shown.starts_at.isoformat()}" if shown else ""

    @property
    def confirmed(self) -> bool:
        """Whether the group said yes to this day's beginning and place; a step in the order is no other time."""
        place, shown = self.place, self.performance
        if place is None or shown is None or place.confirmed_at is None or shown.state != "scheduled":
            return False
        return (place.confirmed_stage_id, place.confirmed_starts_at) == (shown.stage_id, shown.starts_at)


async def get_walking_category(slug: str, name: str) -> Category:
    """A category by its festival and its own short name; raises NotFound."""
    category = await Category.get_or_none(call__festival__slug=slug, slug=name).select_related("call__festival")
    if category is None:
        raise NotFound
    return category


async def list_walks(category: Category) -> list[Walk]:
    """Everybody who was accepted, those with a place first in its order, then the others by name. Four queries."""
    taking = Application.filter(category_id=category.id, state__in=TAKES_PART).order_by("name", "id")
    return await _walks_of(category, await taking.limit(500))


async def _walks_of(category: Category, applications: Sequence[Application]) -> list[Walk]:
    ids = [0, *(one.id for one in applications)]
    places = {row.application_id: row for row in await WalkPlace.filter(application_id__in=ids)}
    facts: dict[int, dict[str, str]] = {}
    for row in await Answer.filter(application_id__in=ids, question__slug__in=SHOWN).select_related("question"):
        facts.setdefault(row.application_id, {})[row.question.label] = row.value
    shown = await _find_performance(category)
    walks = [Walk(one, category, places.get(one.id), shown, facts.get(one.id, {})) for one in applications]
    return sorted(walks, key=lambda walk: walk.place.position if walk.place else 1_000_000)


async def _find_performance(category: Category) -> Performance | None:
    if category.act_id is None:
        return None
    published = Performance.filter(act_id=category.act_id, plan__state="published")
    return await published.select_related("stage").first()


async def find_walk(application: Application) -> Walk | None:
    """The place of one group; None for one that walks nowhere."""
    category = await Category.get(id=application.category_id)
    if category.part != "walk" or application.state not in TAKES_PART:
        return None
    return (await _walks_of(category, [application]))[0]


async def list_acts_to_walk_in(festival_id: int) -> list[Act]:
    """The acts of a festival, of which one is the parade or the show."""
    return await Act.filter(festival_id=festival_id).order_by("title").limit(500)


async def list_walkers(festival_id: int) -> dict[int, list[str]]:
    """By act, the people of all groups that walk in it, so that nobody has to be on a stage meanwhile."""
    walking = Category.filter(call__festival_id=festival_id, part="walk", act_id__not_isnull=True)
    acts = {category.id: category.act_id for category in await walking}
    rows = await Answer.filter(
        application__category_id__in=[0, *acts], application__state__in=TAKES_PART, question__slug__in=_PEOPLE
    ).select_related("application")
    found: dict[int, list[str]] = {}
    for row in rows:
        act_id = acts[row.application.category_id]
        if act_id is not None:
            found.setdefault(act_id, []).extend(read_names(row.value))
    return found


async def list_walks_of_person(person_id: int) -> list[Walk]:
    """The timed places of all groups of one applicant, for the calendar."""
    mine = Application.filter(applicant_id=person_id, category__part="walk", state__in=TAKES_PART)
    walks: list[Walk] = []
    for application in await mine.limit(50):
        walk = await find_walk(application)
        if walk and walk.is_timed:
            walks.append(walk)
    return walks

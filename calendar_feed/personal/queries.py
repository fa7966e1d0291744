"""Reads: a personal feed by its secret, and everything that it carries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import cast

from calendar_feed.models import CarriedTicket, PersonalFeed, StarredItem
from events.acts.performers import CALL_BEFORE
from events.models import Act, Occurrence, Performance
from festival.accounts.models import Person
from festival.kit.errors import Gone, NotFound
from festival.kit.secrets import derive, digest
from festival.settings import settings
from ticketing.models import Claim
from vendors.loadin.queries import Way, list_ways
from vendors.loadin.rules import in_group, is_for_everybody
from vendors.models import Application, BoothAssignment, LoadInWindow
from vendors.walking.queries import list_walks_of_person

# An application with a place, in every state up to the day itself.
_TAKING_PART = ("accepted", "confirmed", "docs_ready", "checked_in", "completed")


@dataclass(frozen=True)
class Appointment:
    """A vendor's load-in or a performer's call: `kind` is load_in or call, `name` whose, `detail` where to."""

    kind: str
    key: str
    name: str
    detail: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    cancelled: bool
    sequence: int
    changed_at: dt.datetime


@dataclass(frozen=True)
class Carried:
    """What a personal feed carries: claims, occurrences and acts by their ids, and appointments."""

    claims: list[Claim] = field(default_factory=list[Claim])
    occurrences: list[int] = field(default_factory=list[int])
    acts: list[int] = field(default_factory=list[int])
    appointments: list[Appointment] = field(default_factory=list[Appointment])


def feed_secret(feed_id: int) -> str:
    """The secret of a feed's address, which its owner may be shown again; only its digest is kept."""
    return derive(settings().secret_key, "personal feed", feed_id)


async def get_feed(secret: str) -> PersonalFeed:
    """The feed under `secret`; raises NotFound, or Gone once it was withdrawn."""
    feed = await PersonalFeed.get_or_none(digest=digest(secret))
    if feed is None:
        raise NotFound
    if feed.revoked_at:
        raise Gone
    return feed


async def find_feed_of(person_id: int) -> PersonalFeed | None:
    """The live feed of somebody with an account."""
    return await PersonalFeed.filter(person_id=person_id, revoked_at=None).order_by("-id").first()


async def list_carried(feed: PersonalFeed) -> Carried:
    """Everything in a feed; a number of queries that does not grow."""
    stars = await StarredItem.filter(feed_id=feed.id).order_by("id").values_list("occurrence_id", "act_id")
    pairs = cast(list[tuple[int | None, int | None]], stars)
    carried = Carried(
        await _list_claims(feed), [one for one, _ in pairs if one], [act for _, act in pairs if act], []
    )  # fmt: skip
    if feed.person_id:
        person = await Person.get(id=feed.person_id)
        carried.appointments.extend([*await _list_load_ins(person.id), *await _list_calls(person)])
    return carried


async def find_claim_by_link(secret: str) -> Claim | None:
    """The claim whose present link carries `secret`."""
    return await Claim.get_or_none(manage_digest=digest(secret)).select_related("offer")


async def _list_claims(feed: PersonalFeed) -> list[Claim]:
    """Tickets put in by their link, and those of the owner's confirmed e-mail address."""
    rows = await CarriedTicket.filter(feed_id=feed.id).select_related("claim__offer")
    found = {row.claim_id: row.claim for row in rows if row.claim.manage_digest == row.manage_digest}
    if feed.person_id:
        person = await Person.get(id=feed.person_id)
        if person.confirmed_at:
            claims = await Claim.filter(email=person.email, erased_at=None).select_related("offer").limit(200)
            found |= {claim.id: claim for claim in claims}
    return [found[key] for key in sorted(found)]


async def _list_load_ins(person_id: int) -> list[Appointment]:
    assignments = await BoothAssignment.filter(
        application__applicant_id=person_id, application__state__in=_TAKING_PART, ended_at=None
    ).select_related("booth__festival", "application")
    if not assignments:
        return []
    ways = await list_ways(list({row.application_id: row.application for row in assignments}.values()))
    return [
        _load_in(row, window, ways[row.application_id])
        for row in assignments
        for window in _dated(ways[row.application_id], str(row.booth.code))
    ]


def _dated(way: Way, code: str) -> list[LoadInWindow]:
    """The windows of one space that begin at a time; what is still to be chosen is no appointment yet."""
    open_ones = {window.id for window in way.options} if way.to_choose else set[int]()
    mine = [one for one in way.windows if in_group(code, str(one.group)) and one.id not in open_ones]
    return [window for window in (*mine, *way.general) if window.arrives_at]


def _load_in(row: BoothAssignment, window: LoadInWindow, way: Way) -> Appointment:
    general = str(window.group) if is_for_everybody(str(window.group)) else ""
    detail = ", ".join(str(part) for part in (row.booth.code, window.entrance, general, window.note) if part)
    starts_at = window.arrives_at or window.clears_at
    chosen = way.choice is not None and way.choice.window_id == window.id
    changed_at = way.choice.chosen_at if way.choice and chosen else row.assigned_at
    return Appointment(
        "load_in", f"load-in-{row.id}-{'chosen' if chosen else window.id}", str(row.application.name), detail,
        starts_at, max(window.clears_at, starts_at), False, 0, changed_at,
    )  # fmt: skip


async def _list_calls(person: Person) -> list[Appointment]:
    mine = await Application.filter(applicant_id=person.id).values_list("id", flat=True)
    acts = list(await Act.filter(application_id__in=list(cast(Iterable[int], mine))))
    if person.confirmed_at:
        acts += await Act.filter(contact_email=person.email)
    performances = await Performance.filter(
        act_id__in={act.id for act in acts}, plan__state="published"
    ).select_related("act", "stage")
    return [
        Appointment(
            "call", f"call-{row.act_id}", str(row.act.title), str(row.stage.name),
            row.starts_at - CALL_BEFORE, row.starts_at, row.state == "cancelled", int(row.sequence), row.changed_at,
        )
        for row in performances
    ] + [
        Appointment(
            "call", f"walk-{walk.application.id}", str(walk.application.name), str(walk.performance.stage.name),
            walk.gathers_at, walk.walks_at, walk.performance.state == "cancelled", int(walk.performance.sequence),
            walk.performance.changed_at,
        )
        for walk in await list_walks_of_person(person.id)
        if walk.performance and walk.gathers_at and walk.walks_at
    ]  # fmt: skip


async def get_starrable(occurrence_id: int, act_id: int) -> Occurrence | Act:
    """The public occurrence or act that somebody wants in their calendar; raises NotFound."""
    found: Occurrence | Act | None = None
    if occurrence_id:
        public = ("published", "postponed", "cancelled")
        found = await Occurrence.get_or_none(id=occurrence_id, program__state__in=public).select_related("program")
    elif act_id:
        found = await Act.get_or_none(id=act_id, state="accepted", festival__state="published")
    if found is None:
        raise NotFound
    return found

"""What a personal feed carries, as events for calendars and as lines for its page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from calendar_feed.feed.items import Item, only
from calendar_feed.feed.rules import Time
from calendar_feed.feed.shelf import Shelf
from calendar_feed.ical import About, Event, Instance, Words, write_calendar, write_event
from calendar_feed.personal.queries import Appointment, Carried
from festival.kit.i18n import catalogue
from festival.kit.words import N_
from festival.settings import settings
from ticketing.models import Claim

_TITLES = {"load_in": N_("Load-in: %(name)s"), "call": N_("Call time: %(name)s")}
_CANCELLED = N_("Cancelled: %(title)s")
_PARTY = N_("Free ticket for %(party)s. Show its code at the gate.")


@dataclass(frozen=True)
class Line:
    """One thing in a personal feed: the event itself, and by what it is taken out again."""

    event: Event
    kind: str
    id: int
    when: dt.datetime
    all_day: bool = False


def _domain() -> str:
    return settings().base_url.partition("://")[2].partition("/")[0].partition(":")[0]


async def list_lines(shelf: Shelf, carried: Carried, language: str) -> list[Line]:
    """Everything of `carried` that lies in the window of all feeds, by time."""
    items = await shelf.items(language)
    times = {time.id: (item, time) for item in items if item.entry.kind == "series" for time in item.entry.times}
    acts = {item.entry.subject[1]: item for item in items if item.entry.kind == "performance"}
    lines = [
        _ticket_line(claim, *times[claim.offer.occurrence_id], acts.get(claim.offer.act_id or 0), language)
        for claim in carried.claims
        if claim.offer.occurrence_id in times
    ]
    ticketed = {c.offer.occurrence_id for c in carried.claims if c.state == "live" and not c.offer.act_id}
    for occurrence_id in carried.occurrences:
        if occurrence_id in times and occurrence_id not in ticketed:
            item, time = times[occurrence_id]
            event = only(item, time, f"date-{occurrence_id}@{_domain()}")
            lines.append(Line(event, "occurrence", occurrence_id, time.starts_at, item.entry.all_day))
    for act_id in carried.acts:
        if act_id in acts:
            item = acts[act_id]
            event = only(item, item.entry.times[0], item.entry.uid)
            lines.append(Line(event, "act", act_id, item.entry.times[0].starts_at))
    zone = settings().zone
    lines += [_appointment_line(one, language, zone) for one in carried.appointments]
    return sorted(lines, key=lambda line: (line.when, line.event.uid))


def _ticket_line(claim: Claim, item: Item, time: Time, act: Item | None, language: str) -> Line:
    """A ticket shows when and where what it is for takes place, cancelled when the places were given back."""
    if act:
        item, time = act, act.entry.times[0]
    event = only(item, time, f"ticket-{claim.reference}@{_domain()}")
    gettext = catalogue(language).gettext
    party = Words(gettext(_PARTY) % {"party": claim.party}, language)
    first = event.first
    changed = max(first.changed_at, claim.created_at, claim.cancelled_at or claim.created_at)
    first = replace(first, sequence=first.sequence + int(claim.revision) - 1, changed_at=changed)
    if claim.state != "live" and first.status != "CANCELLED":
        title = replace_words(first.title, gettext(_CANCELLED) % {"title": first.title.text})
        first = replace(first, status="CANCELLED", title=title)
    event = replace(event, first=first, description=party)
    return Line(event, "ticket", claim.id, time.starts_at, item.entry.all_day)


def replace_words(words: Words, text: str) -> Words:
    """`text` in the language of `words`."""
    return Words(text, words.language)


def _appointment_line(one: Appointment, language: str, zone: ZoneInfo) -> Line:
    gettext = catalogue(language).gettext
    title = gettext(_TITLES[one.kind]) % {"name": one.name}
    first = Instance(
        one.starts_at.astimezone(zone), one.ends_at.astimezone(zone), Words(title, language), one.detail,
        status="CANCELLED" if one.cancelled else "CONFIRMED", sequence=one.sequence, changed_at=one.changed_at,
    )  # fmt: skip
    return Line(Event(f"{one.key}@{_domain()}", first), one.kind, 0, one.starts_at)


def write_lines(lines: Sequence[Line], about: About) -> bytes:
    """The personal feed's iCalendar."""
    zones = {line.event.zone for line in lines if line.event.zone}
    return write_calendar(about, [write_event(line.event) for line in lines], zones)


def last_change(lines: Sequence[Line], made_at: dt.datetime) -> dt.datetime:
    """When the newest of `lines` changed, or the feed was made."""
    return max([made_at, *(line.event.first.changed_at for line in lines)])

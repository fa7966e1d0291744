"""An entry of the calendar in a language: its words, and the event that calendars get."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from calendar_feed.feed.queries import Text, Texts
from calendar_feed.feed.rules import Entry, Place, Time, fold
from calendar_feed.ical import Event, Instance, When, Words
from events.whats_on.queries import AREAS
from festival.kit.i18n import catalogue
from festival.kit.languages import DEFAULT
from festival.kit.words import N_

_DAY = dt.timedelta(days=1)
_STATUS = {"scheduled": "CONFIRMED", "published": "CONFIRMED", "postponed": "TENTATIVE", "cancelled": "CANCELLED"}
_CREDIT = N_("From the calendar of %(source)s.")
_PREFIXES = {"CANCELLED": N_("Cancelled: %(title)s"), "TENTATIVE": N_("Postponed: %(title)s")}


@dataclass(frozen=True)
class Item:
    """An entry with its words in `language`, or in its own where there is no translation."""

    entry: Entry
    language: str
    title: Words
    summary: Words
    description: Words
    area: str
    address: str
    changed_at: dt.datetime
    # The whole address of its picture; "" without one.
    image: str = ""

    def title_of(self, time: Time) -> Words:
        """What one time is called: it may have a title of its own; the state comes first, in the feed's language."""
        words = Words(time.title, self.entry.language) if time.title else self.title
        prefix = _PREFIXES.get(self.status_of(time))
        if not prefix:
            return words
        return Words(catalogue(self.language).gettext(prefix) % {"title": words.text}, words.language)

    def status_of(self, time: Time) -> str:
        """STATUS (RFC 5545, section 3.8.1.11): a program's state stands above that of its times."""
        return _STATUS[self.entry.state if self.entry.state != "published" else time.state]

    def has(self, words: str) -> bool:
        """Whether every one of the folded `words` is in its texts or its places."""
        entry = self.entry
        texts = [self.title.text, self.summary.text, self.description.text, entry.title, entry.stage_name, self.area]
        texts += [time.title for time in entry.times if time.title]
        texts += [
            f"{p.name} {p.written} {p.neighborhood}" for p in {entry.place, *(time.place for time in entry.times)}
        ]
        text = fold(" ".join(texts))
        return all(word in text for word in words.split())


def put_into(entry: Entry, texts: Texts, language: str, base_url: str) -> Item:
    """`entry` in `language`, out of that language's `texts`."""
    used: list[Text] = []
    entry = _put_places(entry, texts, used)

    def find(field: str, otherwise: str) -> Words:
        found = texts.get((*entry.subject, field))
        if not found or not otherwise:
            return Words(otherwise, entry.language)
        used.append(found)
        return Words(found.text, language)

    title, summary, body = (find(field, getattr(entry, field)) for field in ("title", "summary", "description"))
    bring, access = (find(field, getattr(entry, field)) for field in ("bring", "access_note"))
    parts = [words for words in (summary, body, bring, access) if words.text]
    if entry.credit:
        credit = catalogue(language).gettext(_CREDIT) % {"source": entry.credit}
        parts.append(Words(f"{credit}\n{entry.credit_url}".strip(), language))
    description = Words("\n\n".join(words.text for words in parts), parts[0].language if parts else "")
    prefix = "" if language == DEFAULT else f"/{language}"
    return Item(
        entry, language, title, summary, description, area_name(entry.area, texts, language),
        entry.path if entry.credit else f"{base_url}{prefix}{entry.path}",
        max([entry.changed_at, *(text.updated_at for text in used)]),
        f"{base_url}{entry.image}" if entry.image else "",
    )  # fmt: skip


def _put_places(entry: Entry, texts: Texts, used: list[Text]) -> Entry:
    """The same with its places called as in `texts`; a place is one value however many times are there."""
    places = {place.id: place for place in (entry.place, *(time.place for time in entry.times))}
    named: dict[int, Place] = {}
    for number, place in places.items():
        if found := texts.get(("venue", number, "name")):
            used.append(found)
            named[number] = place._replace(name=found.text, written=place.name)
    if not named:
        return entry
    times = tuple(time._replace(place=named.get(time.place.id, time.place)) for time in entry.times)
    return replace(entry, place=named.get(entry.place.id, entry.place), times=times)


def area_name(area: str, texts: Texts, language: str) -> str:
    """What an area is called: as the office wrote it, else as we do."""
    written = texts.get(("area", 0, area))
    return written.text if written else catalogue(language).gettext(AREAS[area])


def to_event(item: Item) -> Event:
    """What calendars get of `item`: the rule in the series' wall time, what is left out, and what differs.

    An irregular date is an override, never an RDATE: half of the calendars lose those.
    """
    entry, zone = item.entry, ZoneInfo(item.entry.zone)
    event = Event(
        uid=entry.uid, first=_instance(item, entry.times[0]), description=item.description, url=item.address,
        categories=(item.area,), image=item.image, conference=item.entry.conference,
    )  # fmt: skip
    if not entry.rule:
        return event
    first = entry.times[0]._replace(
        title="", state="scheduled", place=entry.place, sequence=0, changed_at=entry.changed_at
    )
    overrides = tuple(
        replace(_instance(item, time), replaces=_when(time.original_local, zone))
        for time in sorted(entry.times, key=lambda time: time.original_local)
        if _differs(entry, time)
    )
    usual = _instance(item, first)
    # GNOME's calendars look at the master's LAST-MODIFIED alone to see whether one of its dates changed.
    changed_at = max([usual.changed_at, *(one.changed_at for one in overrides)])
    start, end = _when(entry.starts_local, zone), _usual_end(entry, zone)
    return replace(
        event,
        first=replace(usual, start=start, end=end, changed_at=changed_at),
        rule=entry.rule,
        skipped=tuple(_when(wall, zone) for wall in entry.skipped),
        overrides=overrides,
    )


def only(item: Item, time: Time, uid: str) -> Event:
    """One time of `item` as an event of its own."""
    return Event(
        uid=uid, first=_instance(item, time), description=item.description, url=item.address,
        categories=(item.area,), image=item.image, conference=item.entry.conference,
    )  # fmt: skip


def _differs(entry: Entry, time: Time) -> bool:
    """Whether `time` is not what the rule alone says; one that ever changed stays told, with its higher SEQUENCE."""
    changed = time.moved or time.sequence or time.state != "scheduled"
    return bool(changed or time.title or time.place != entry.place)


def _instance(item: Item, time: Time) -> Instance:
    entry, place = item.entry, time.place
    zone = ZoneInfo(entry.zone)
    start: When = time.starts_on if entry.all_day else time.starts_at.astimezone(zone)
    end: When = time.ends_on + _DAY if entry.all_day else time.ends_at.astimezone(zone)
    both = place.latitude is not None and place.longitude is not None
    return Instance(
        start, end, item.title_of(time), where(entry, place),
        (place.latitude or 0.0, place.longitude or 0.0) if both else None,
        item.status_of(time), entry.sequence + time.sequence, max(item.changed_at, time.changed_at, place.changed_at),
    )  # fmt: skip


def where(entry: Entry, place: Place) -> str:
    """Stage, place and address, on one line, as maps look it up."""
    return ", ".join(part for part in (entry.stage_name, place.name, place.address) if part)


def _when(wall: str, zone: ZoneInfo) -> When:
    return dt.datetime.fromisoformat(wall).replace(tzinfo=zone) if "T" in wall else dt.date.fromisoformat(wall)


def _usual_end(entry: Entry, zone: ZoneInfo) -> When:
    start = _when(entry.starts_local, zone)
    if isinstance(start, dt.datetime):
        return (start.astimezone(dt.UTC) + dt.timedelta(minutes=entry.minutes or 0)).astimezone(zone)
    return (entry.last_on or start) + _DAY

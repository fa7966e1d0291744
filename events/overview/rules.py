"""Pure: what clashes in the city's calendar, and which days a page of it shows."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

from festival.kit.words import N_, Message, say, say_n


class Clash(StrEnum):
    """The name under which a clash is shown."""

    SAME_PLACE = "same_place"
    CLOSED = "closed"
    VOLUNTEERS = "volunteers"


CLASH_NAMES: dict[str, str] = {
    "same_place": N_("Two at once in a place"),
    "closed": N_("Outside opening hours"),
    "volunteers": N_("Volunteers missing"),
}


@dataclass(frozen=True)
class Item:
    """Something that is on. `id` is an occurrence's, or 0 for an act on a stage."""

    id: int
    title: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    all_day: bool
    place_id: int
    place: str
    area: str
    state: str
    path: str
    revision: int = 0
    online: bool = False
    volunteers_needed: int = 0
    volunteers: int = 0
    shared_place: bool = False

    @property
    def takes_a_place(self) -> bool:
        """Whether it needs its place open at its hours."""
        return bool(self.id) and self.state == "scheduled" and not self.all_day and not self.online

    def days(self, zone: ZoneInfo) -> tuple[dt.date, dt.date]:
        """Its first and last day in the city."""
        last = max(self.starts_at, self.ends_at - dt.timedelta(microseconds=1))
        return self.starts_at.astimezone(zone).date(), last.astimezone(zone).date()


@dataclass(frozen=True)
class Found:
    """A clash of one item, with the other where there is one."""

    kind: Clash
    item: Item
    message: Message
    other: Item | None = None


# By place: (weekday with Monday as 0, first and last minute of the day). A place without any is always open.
Hours = Mapping[int, Sequence[tuple[int, int, int]]]


def find_clashes(items: Iterable[Item], hours: Hours, zone: ZoneInfo) -> list[Found]:
    """Everything that clashes, by time; what was cancelled or postponed clashes with nothing."""
    ordered = sorted(items, key=lambda item: (item.starts_at, item.id))
    found: list[Found] = []
    on: dict[int, list[Item]] = {}
    for item in ordered:
        if item.takes_a_place:
            running = [other for other in on.get(item.place_id, []) if other.ends_at > item.starts_at]
            found += [_same_place(item, other) for other in running if not item.shared_place]
            on[item.place_id] = [*running, item]
            if not is_open(item, hours.get(item.place_id, ()), zone):
                sentence = N_("%(title)s is outside the opening hours of %(place)s.")
                found.append(Found(Clash.CLOSED, item, say(sentence, title=item.title, place=item.place)))
        missing = item.volunteers_needed - item.volunteers
        if item.id and item.state == "scheduled" and missing > 0:
            message = say_n(
                "%(title)s lacks %(count)s volunteer.", "%(title)s lacks %(count)s volunteers.",
                missing, title=item.title,
            )  # fmt: skip
            found.append(Found(Clash.VOLUNTEERS, item, message))
    return found


def _same_place(item: Item, other: Item) -> Found:
    sentence = N_("%(title)s and %(other)s are at %(place)s at the same time.")
    return Found(Clash.SAME_PLACE, item, say(sentence, title=item.title, other=other.title, place=item.place), other)


def is_open(item: Item, hours: Sequence[tuple[int, int, int]], zone: ZoneInfo) -> bool:
    """Whether the place is open from the item's beginning to its end."""
    if not hours:
        return True
    start, end = item.starts_at.astimezone(zone), item.ends_at.astimezone(zone)
    first = start.hour * 60 + start.minute
    # Midnight at the end of the same day is minute 1440.
    last = end.hour * 60 + end.minute + 1440 * (end.date() - start.date()).days
    return any(day == start.weekday() and opens <= first and last <= closes for day, opens, closes in hours)


def concerning(item: Item, found: Iterable[Found]) -> list[Found]:
    """The clashes in which one occurrence takes part."""
    return [one for one in found if one.item.id == item.id or (one.other and one.other.id == item.id)]


def month_weeks(day: dt.date, first_weekday: int) -> list[list[dt.date]]:
    """The whole weeks that hold the month of `day`."""
    return calendar.Calendar(first_weekday).monthdatescalendar(day.year, day.month)


def week_of(day: dt.date, first_weekday: int) -> list[dt.date]:
    """The seven days of a week."""
    first = day - dt.timedelta(days=(day.weekday() - first_weekday) % 7)
    return [first + dt.timedelta(days=number) for number in range(7)]


def neighbours(view: str, day: dt.date) -> tuple[dt.date, dt.date]:
    """A day on the page before and on the page after."""
    if view == "month":
        first = day.replace(day=1)
        return first - dt.timedelta(days=1), (first + dt.timedelta(days=32)).replace(day=1)
    length = dt.timedelta(days=7 if view == "week" else 14)
    return day - length, day + length

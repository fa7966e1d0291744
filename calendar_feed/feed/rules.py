"""What a feed carries: the entries of the calendar, the selection that an address makes among them, the window."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlencode

from festival.kit.errors import BadRequest
from festival.kit.languages import LANGUAGES, find_language
from festival.kit.text import slugify
from festival.kit.words import N_, say

DAYS_BACK, DAYS_AHEAD = 30, 400
_MOST_TEXT, _MOST_VALUES = 200, 40
# After how many minutes before its start something may ring: feeds are kept, so their kinds are few.
REMINDERS = (15, 30, 60, 120, 1440)
_YES, _NO = {"1", "yes", "true"}, {"0", "no", "false"}
# What a filter is called in an address, where Python keeps the word for itself.
_ADDRESS_NAMES = {"since": "from", "until": "to"}


class UnknownFilter(BadRequest):
    """The address asks for something that is not to be had; `allowed` in `extra` lists what is."""

    code = "unknown_filter"


class Place(NamedTuple):
    """Where something is."""

    id: int
    slug: str
    name: str
    address: str
    neighborhood: str
    latitude: float | None
    longitude: float | None
    changed_at: dt.datetime
    # What it is called in its first language, where `name` is a translation.
    written: str = ""


class Time(NamedTuple):
    """One time of an entry. `original_local` is the wall time of its rule; days are the city's, both included."""

    id: int
    original_local: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    starts_on: dt.date
    ends_on: dt.date
    title: str
    place: Place
    state: str
    moved: bool
    sequence: int
    changed_at: dt.datetime


@dataclass(frozen=True)
class Entry:
    """One thing in the calendar: a series of a program, or an act's performance at a festival.

    `subject` names it among the translations; `rule`, `starts_local`, `skipped` are the series' own, in wall time.
    """

    kind: str
    id: int
    uid: str
    slug: str
    path: str
    subject: tuple[str, int]
    title: str
    summary: str
    description: str
    bring: str
    access_note: str
    language: str
    area: str
    spoken: tuple[str, ...]
    festival: str
    stage: str
    stage_name: str
    performer: str
    place: Place
    fee_cents: int
    accessible: bool
    state: str
    zone: str
    all_day: bool
    starts_local: str
    minutes: int | None
    last_on: dt.date | None
    rule: str
    skipped: tuple[str, ...]
    sequence: int
    changed_at: dt.datetime
    times: tuple[Time, ...]
    # The partner whose item it is, and the partner's page; "" for our own.
    credit: str = ""
    credit_url: str = ""
    # The path of its picture, a JPEG; "" without one.
    image: str = ""
    conference: str = ""


@dataclass(frozen=True)
class Selection:
    """The filters of an address; within one filter any value fits, and all filters must.

    Equal selections are the same feed, however their addresses were written.
    """

    area: frozenset[str] = frozenset()
    language: frozenset[str] = frozenset()
    place: frozenset[str] = frozenset()
    neighborhood: frozenset[str] = frozenset()
    festival: frozenset[str] = frozenset()
    stage: frozenset[str] = frozenset()
    performer: frozenset[str] = frozenset()
    accessible: bool = False
    free: bool = False
    since: dt.date | None = None
    until: dt.date | None = None
    partners: str = ""
    structured: bool = False
    remind: int = 0
    q: str = ""
    lang: str = "en"

    def query(self) -> str:
        """The selection as the query of an address, in one fixed order; "" for everything in English."""
        pairs: list[tuple[str, str]] = []
        for field in fields(self):
            value: object = getattr(self, field.name)
            name = _ADDRESS_NAMES.get(field.name, field.name)
            if isinstance(value, frozenset):
                pairs += [(name, str(one)) for one in sorted(value)]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
            elif value and value != field.default:
                pairs.append((name, "1" if value is True else str(value)))
        return urlencode(pairs)

    @property
    def with_acts(self) -> bool:
        """Whether single performances are in it: in the whole city's year they would bury everything else."""
        return bool(self.festival or self.stage or self.performer or self.q)


class Known(NamedTuple):
    """The values that filters can take at present."""

    area: frozenset[str]
    language: frozenset[str]
    place: frozenset[str]
    neighborhood: frozenset[str]
    festival: frozenset[str]
    stage: frozenset[str]
    performer: frozenset[str]


def known_values(
    areas: Iterable[str], entries: Iterable[Entry], festivals: Iterable[str], stages: Iterable[str]
) -> Known:
    """What can be asked for: every area, whatever some entry has, and every public festival and stage."""
    listed = list(entries)
    return Known(
        frozenset(areas),
        frozenset(code for entry in listed for code in entry.spoken),
        frozenset(slug for entry in listed for slug in _places(entry)),
        frozenset(slug for entry in listed for slug in _neighborhoods(entry)),
        frozenset(festivals),
        frozenset(stages),
        frozenset(entry.performer for entry in listed if entry.performer),
    )


def parse_selection(pairs: Sequence[tuple[str, str]], known: Known, language: str) -> Selection:
    """The selection that `pairs` of an address's query make; `language` where it names none.

    Blank values count as not given, as forms send them. Raises UnknownFilter.
    """
    if len(pairs) > _MOST_VALUES:
        raise UnknownFilter(say(N_("This address has more than %(most)s filters."), most=_MOST_VALUES))
    many: dict[str, set[str]] = {}
    one: dict[str, str] = {}
    allowed: dict[str, frozenset[str]] = known._asdict()
    names = [_ADDRESS_NAMES.get(field.name, field.name) for field in fields(Selection)]
    for name, raw in pairs:
        value = raw.strip()
        if name not in names:
            raise _unknown(N_("“%(value)s” is not a filter. There are: %(allowed)s."), name, names)
        if not value:
            continue
        if name in allowed:
            if value not in allowed[name]:
                sentence = N_("There is no “%(value)s” under %(name)s. There are: %(allowed)s.")
                raise _unknown(sentence, value, allowed[name], name)
            many.setdefault(name, set()).add(value)
        else:
            one[name] = value
    return Selection(
        **{name: frozenset(values) for name, values in many.items()},
        accessible=_flag("accessible", one),
        free=_flag("free", one),
        partners=_partners(one.get("partners", "")),
        structured=_flag("structured", one),
        remind=_minutes(one.get("remind", "")),
        since=_day("from", one),
        until=_day("to", one),
        q=fold(one.get("q", "")[:_MOST_TEXT]),
        lang=_language(one.get("lang", language)),
    )


def _flag(name: str, given: Mapping[str, str]) -> bool:
    value = given.get(name, "0").lower()
    if value not in _YES | _NO:
        sentence = N_("There is no “%(value)s” under %(name)s. There are: %(allowed)s.")
        raise _unknown(sentence, value, ["1", "0"], name)
    return value in _YES


def _partners(value: str) -> str:
    """ "" for our own items alone, "1" for partners' besides, "only" for theirs alone."""
    if value.lower() in {"", *_NO}:
        return ""
    if value.lower() in _YES:
        return "1"
    if value != "only":
        sentence = N_("There is no “%(value)s” under %(name)s. There are: %(allowed)s.")
        raise _unknown(sentence, value, ["0", "1", "only"], "partners")
    return value


def _minutes(value: str) -> int:
    """How long before its start something is to ring; 0 for not at all, as long as nobody asks."""
    allowed = ["0", *map(str, REMINDERS)]
    if value and value not in allowed:
        sentence = N_("There is no “%(value)s” under %(name)s. There are: %(allowed)s.")
        raise _unknown(sentence, value, allowed, "remind")
    return int(value or "0")


def _day(name: str, given: Mapping[str, str]) -> dt.date | None:
    try:
        return dt.date.fromisoformat(given[name]) if name in given else None
    except ValueError:
        sentence = N_("There is no “%(value)s” under %(name)s. There are: %(allowed)s.")
        raise _unknown(sentence, given[name], ["2027-06-12"], name) from None


def _language(value: str) -> str:
    found = find_language(value)
    if not found:
        sentence = N_("There is no “%(value)s” under %(name)s. There are: %(allowed)s.")
        raise _unknown(sentence, value, LANGUAGES, "lang")
    return found


def _unknown(sentence: str, value: str, allowed: Iterable[str], name: str = "") -> UnknownFilter:
    listed = sorted(allowed)
    words = say(sentence, value=value[:_MOST_TEXT], allowed=", ".join(listed), name=name)
    return UnknownFilter(words, extra={"allowed": listed})


def fold(text: str) -> str:
    """`text` as it is searched: without case, and without the accents of letters that have them."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in plain if not "\u0300" <= c <= "\u036f").split())


def fits(entry: Entry, selection: Selection) -> bool:
    """Whether `selection` takes `entry`, its words and its times aside."""
    if entry.kind == "performance" and not selection.with_acts:
        return False
    if bool(entry.credit) not in {"": {False}, "1": {False, True}, "only": {True}}[selection.partners]:
        return False
    return (
        (not selection.area or entry.area in selection.area)
        and (not selection.language or not selection.language.isdisjoint(entry.spoken))
        and (not selection.place or not selection.place.isdisjoint(_places(entry)))
        and (not selection.neighborhood or not selection.neighborhood.isdisjoint(_neighborhoods(entry)))
        and (not selection.festival or entry.festival in selection.festival)
        and (not selection.stage or entry.stage in selection.stage)
        and (not selection.performer or entry.performer in selection.performer)
        and (not selection.accessible or entry.accessible)
        and (not selection.free or entry.fee_cents == 0)
        and (not (selection.since or selection.until) or any(within_days(t, selection) for t in entry.times))
    )


def within_days(time: Time, selection: Selection) -> bool:
    """Whether `time` touches the days that `selection` names."""
    return (not selection.since or time.ends_on >= selection.since) and (
        not selection.until or time.starts_on <= selection.until
    )


def _places(entry: Entry) -> set[str]:
    return {place.slug for place in (entry.place, *(time.place for time in entry.times)) if place.slug}


def _neighborhoods(entry: Entry) -> set[str]:
    places = (entry.place, *(time.place for time in entry.times))
    return {_slug(place.neighborhood) for place in {place.id: place for place in places}.values() if place.neighborhood}


_slug = lru_cache(1000)(slugify)


def window(today: dt.date) -> tuple[dt.date, dt.date]:
    """The first and the last day that feeds carry, both included."""
    return today - dt.timedelta(days=DAYS_BACK), today + dt.timedelta(days=DAYS_AHEAD)


def within(time: Time, first: dt.date, last: dt.date) -> bool:
    """Whether `time` touches the days from `first` to `last`."""
    return time.ends_on >= first and time.starts_on <= last


def last_shift(entries: Iterable[Entry], today: dt.date) -> dt.date:
    """The latest day, up to `today`, on which the passing of time alone changed what the window holds."""
    days = [
        day
        for entry in entries
        for time in entry.times
        for day in (
            time.starts_on - dt.timedelta(days=DAYS_AHEAD),
            time.ends_on + dt.timedelta(days=DAYS_BACK + 1),
        )
        if day <= today
    ]
    return max(days, default=dt.date(2000, 1, 1))

"""The calendar as this process keeps it: read again when it changed, items written once, feeds joined from bytes."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from calendar_feed.feed.formats import Listed, write_atom, write_csv, write_json, write_json_ld, write_rss
from calendar_feed.feed.items import Item, area_name, put_into, to_event
from calendar_feed.feed.queries import Catalogue, Stamp, Texts, list_texts, read_catalogue, read_stamp
from calendar_feed.feed.rules import Known, Selection, fits, last_shift, window, within, within_days
from calendar_feed.ical import About, Event, add_reminders, to_jcal, write_calendar, write_event
from festival.kit import i18n
from festival.kit.clock import now
from festival.kit.i18n import language_name
from festival.kit.languages import DEFAULT
from festival.kit.web.kept import Kept
from festival.kit.words import N_
from festival.settings import settings

# The database is asked for its stamp once in so many seconds, and not at all by requests in between.
CHECK_EVERY = 0.5
_MOST_FEEDS, _MOST_BYTES = 512, 16 * 1024 * 1024
PUBLIC_HEADERS = (
    ("cache-control", "public, max-age=60, stale-while-revalidate=3600, stale-if-error=86400"),
    ("access-control-allow-origin", "*"),
    ("cross-origin-resource-policy", "cross-origin"),
)
DESCRIPTION = N_("Free and low-cost programs of the city: the last 30 and the next 400 days.")


class Form(NamedTuple):
    """A format of the public feeds: written from a list of times, or made out of the iCalendar's bytes."""

    media_type: str
    write: Callable[[About, Listed], bytes] | None = None
    translate: Callable[[bytes], bytes] | None = None


FORMS: Mapping[str, Form] = {
    "ics": Form("text/calendar; charset=utf-8"),
    "jcal": Form("application/calendar+json", translate=to_jcal),
    "json": Form("application/json", write_json),
    "jsonld": Form("application/ld+json", write_json_ld),
    "rss": Form("application/rss+xml; charset=utf-8", write_rss),
    "atom": Form("application/atom+xml; charset=utf-8", write_atom),
    "csv": Form("text/csv; charset=utf-8; header=present", write_csv),
}


@dataclass
class _Kept:
    """The feeds of one state of the calendar, bounded in number and in bytes."""

    feeds: OrderedDict[tuple[str, Selection], Kept] = field(default_factory=OrderedDict[tuple[str, Selection], Kept])
    names: dict[tuple[str, bytes], Kept] = field(default_factory=dict[tuple[str, bytes], Kept])
    size: int = 0

    def add(self, key: tuple[str, Selection], feed: Kept) -> None:
        """Keep `feed`; the longest unused go when there are too many."""
        self.feeds[key] = feed
        # Three encodings of a quarter each come on top of the text itself.
        self.size += 2 * feed.size
        while len(self.feeds) > 1 and (len(self.feeds) > _MOST_FEEDS or self.size > _MOST_BYTES):
            _, gone = self.feeds.popitem(last=False)
            self.size = sum(2 * one.size for one in self.feeds.values())
            self.names = {name: one for name, one in self.names.items() if one is not gone}


class Shelf:
    """One per process. `current` first, then the rest, which needs no database except for a language's texts."""

    def __init__(self) -> None:
        self.checks = 0
        self.reads = 0
        self.written = 0
        self._lock = asyncio.Lock()
        self._checked_at = float("-inf")
        self._stamp: Stamp | None = None
        self._day: dt.date | None = None
        self._catalogue: Catalogue | None = None
        self._modified_at = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
        self._texts: dict[str, Texts] = {}
        self._items: dict[str, tuple[Item, ...]] = {}
        self._events: dict[tuple[str, str, int, bool], tuple[Event, bytes]] = {}
        self._kept = _Kept()

    # ------------------------------------------------------------ the present state

    def is_fresh(self) -> bool:
        """Whether the database was asked lately enough."""
        return time.monotonic() - self._checked_at < CHECK_EVERY

    async def current(self) -> Catalogue:
        """What is public now, at most CHECK_EVERY seconds old."""
        if not self.is_fresh() or self._catalogue is None:
            async with self._lock:
                if not self.is_fresh() or self._catalogue is None:
                    await self._check()
        if self._catalogue is None:
            raise RuntimeError("the calendar was not read")
        return self._catalogue

    async def _check(self) -> None:
        at, began = now(), time.monotonic()
        stamp, day = await read_stamp(), at.astimezone(settings().zone).date()
        self.checks += 1
        due = self._catalogue and self._catalogue.good_until
        if self._catalogue is None or stamp != self._stamp or day != self._day or (due and at >= due):
            self.reads += 1
            catalogue = await read_catalogue(at)
            self._modified_at = self._moment_of(stamp, catalogue, day, at)
            self._catalogue, self._stamp, self._day = catalogue, stamp, day
            self._texts, self._items, self._kept = {}, {}, _Kept()
        self._checked_at = began

    def _moment_of(self, stamp: Stamp, catalogue: Catalogue, day: dt.date, at: dt.datetime) -> dt.datetime:
        """Last-Modified: of the last change, or of the midnight at which the window let something in or out.

        Never later than now, and later than before whenever the calendar is another: a change that was
        committed late may carry an early moment.
        """
        shift = dt.datetime.combine(last_shift(catalogue.entries, day), dt.time(), settings().zone)
        moment = min(max(stamp.latest, shift), at)
        first = self._stamp is None
        return moment if first or int(moment.timestamp()) > int(self._modified_at.timestamp()) else at

    # ------------------------------------------------------------ items and their bytes

    async def items(self, language: str) -> tuple[Item, ...]:
        """Every entry in `language`."""
        catalogue = await self.current()
        if language not in self._items:
            texts = await list_texts(language)
            made = tuple(put_into(entry, texts, language, settings().base_url) for entry in catalogue.entries)
            self._texts[language], self._items[language] = texts, made
        return self._items[language]

    async def texts(self, language: str) -> Texts:
        """The translations into `language` that feeds show."""
        await self.items(language)
        return self._texts[language]

    async def select(self, selection: Selection) -> list[Item]:
        """The items that `selection` takes."""
        items = await self.items(selection.lang)
        return [item for item in items if fits(item.entry, selection) and (not selection.q or item.has(selection.q))]

    async def list_times(self, selection: Selection) -> Listed:
        """The times of the selected items within the window, in order."""
        first, last = window(self._day or now().date())
        return sorted(
            (
                (item, time)
                for item in await self.select(selection)
                for time in item.entry.times
                if within(time, first, last) and within_days(time, selection)
            ),
            key=lambda pair: (pair[1].starts_at, pair[0].entry.uid),
        )

    def bytes_of(self, item: Item, *, structured: bool = False) -> bytes:
        """The item's VEVENTs, written again only when something of it changed; `structured` with VLOCATIONs."""
        key = (item.language, item.entry.kind, item.entry.id, structured)
        event = to_event(item)
        kept = self._events.get(key)
        if kept and kept[0] == event:
            return kept[1]
        self.written += 1
        written = write_event(event, structured=structured)
        self._events[key] = (event, written)
        return written

    # ------------------------------------------------------------ feeds

    def find(self, path: str, query: bytes) -> Kept | None:
        """The feed that was given for exactly this address, if it is certain to be the present one still."""
        return self._kept.names.get((path, query)) if self.is_fresh() else None

    def remember(self, path: str, query: bytes, feed: Kept) -> None:
        """Let `find` give `feed` for this address."""
        if len(self._kept.names) < 4 * _MOST_FEEDS:
            self._kept.names[path, query] = feed

    async def feed(self, form: str, selection: Selection) -> Kept:
        """The feed of `selection` in a format of FORMS."""
        catalogue = await self.current()
        kept, key = self._kept, (form, selection)
        found = kept.feeds.get(key)
        if found:
            kept.feeds.move_to_end(key)
            return found
        about = await self.about(form, selection, catalogue)
        kind = FORMS[form]
        if kind.write:
            body = kind.write(about, await self.list_times(selection))
        else:
            items = await self.select(selection)
            written = [self.bytes_of(item, structured=selection.structured) for item in items]
            if selection.remind:
                written = [add_reminders(one, selection.remind) for one in written]
            body = write_calendar(about, written, {item.entry.zone for item in items})
            body = kind.translate(body) if kind.translate else body
        made = Kept(
            body, kind.media_type, self._modified_at,
            [*PUBLIC_HEADERS, ("content-disposition", f'inline; filename="calendar.{form}"')],
        )  # fmt: skip
        kept.add(key, made)
        return made

    async def about(self, form: str, selection: Selection, catalogue: Catalogue) -> About:
        """The calendar's name, which tells its filters, and its addresses."""
        await self.items(selection.lang)
        base, query = settings().base_url, selection.query()
        prefix = "" if selection.lang == DEFAULT else f"/{selection.lang}"
        return About(
            name=" · ".join([catalogue.office, *self.labels(selection, catalogue)]),
            description=i18n.catalogue(selection.lang).gettext(DESCRIPTION),
            language=selection.lang,
            source=f"{base}/calendar.{form}{'?' if query else ''}{query}",
            url=f"{base}{prefix}/calendar{'?' if query else ''}{query}",
        )

    def labels(self, selection: Selection, catalogue: Catalogue) -> list[str]:
        """What each filter is called, in the selection's language."""
        gettext = i18n.catalogue(selection.lang).gettext
        texts = self._texts.get(selection.lang, {})
        return [
            *(area_name(area, texts, selection.lang) for area in sorted(selection.area)),
            *(language_name(code, selection.lang) for code in sorted(selection.language)),
            *(catalogue.places[slug] for slug in sorted(selection.place)),
            *(catalogue.neighborhoods[slug] for slug in sorted(selection.neighborhood)),
            *(catalogue.festivals[slug] for slug in sorted(selection.festival)),
            *(catalogue.stages[slug] for slug in sorted(selection.stage)),
            *(catalogue.performers[slug] for slug in sorted(selection.performer)),
            *([gettext(N_("Free"))] if selection.free else []),
            *([gettext(N_("Step-free"))] if selection.accessible else []),
            *([gettext(N_("with partners"))] if selection.partners == "1" else []),
            *([gettext(N_("Partners"))] if selection.partners == "only" else []),
            *([f"“{selection.q}”"] if selection.q else []),
            *([f"{selection.since or ''}–{selection.until or ''}"] if selection.since or selection.until else []),
        ]

    async def known(self) -> Known:
        """The values that filters can take at present."""
        return (await self.current()).known

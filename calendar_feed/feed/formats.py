"""The selection as JSON, RSS and CSV: one row per time, in order, within the window."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterable, Sequence
from email.utils import format_datetime
from typing import Any
from xml.etree import ElementTree as Xml
from zoneinfo import ZoneInfo

from calendar_feed.feed.items import Item, where
from calendar_feed.feed.rules import Time
from calendar_feed.ical import About, clean
from festival.kit.text import spreadsheet_cell

Listed = Sequence[tuple[Item, Time]]
_COLUMNS = (
    "uid", "title", "area", "state", "starts_at", "ends_at", "starts_on", "ends_on", "place", "address",
    "neighborhood", "stage", "languages", "free", "fee_cents", "accessible", "summary", "url",
)  # fmt: skip
_ATOM = "http://www.w3.org/2005/Atom"


def _moment(value: dt.datetime, zone: str) -> str:
    return value.astimezone(ZoneInfo(zone)).isoformat()


def describe_time(item: Item, time: Time) -> dict[str, Any]:
    """One time as the documented JSON has it: moments in RFC 3339 with the city's offset, days both included."""
    entry, place = item.entry, time.place
    return {
        "id": f"{entry.kind}-{time.id}",
        "uid": entry.uid,
        "title": item.title_of(time).text,
        "language": item.title_of(time).language,
        "summary": item.summary.text,
        "description": item.description.text,
        "area": entry.area,
        "area_name": item.area,
        "languages": list(entry.spoken),
        "state": item.status_of(time).lower(),
        "starts_at": _moment(time.starts_at, entry.zone),
        "ends_at": _moment(time.ends_at, entry.zone),
        "all_day": entry.all_day,
        "starts_on": time.starts_on.isoformat(),
        "ends_on": time.ends_on.isoformat(),
        "place": {
            "slug": place.slug, "name": place.name, "address": place.address, "neighborhood": place.neighborhood,
            "latitude": place.latitude, "longitude": place.longitude,
        },
        "festival": entry.festival or None,
        "stage": entry.stage or None,
        "free": entry.fee_cents == 0,
        "fee_cents": entry.fee_cents,
        "accessible": entry.accessible,
        "url": item.address,
        "changed_at": max(item.changed_at, time.changed_at).astimezone(dt.UTC).isoformat(),
    }  # fmt: skip


def write_json(about: About, listed: Listed) -> bytes:
    """`{name, description, language, source, url, items}`."""
    document = {
        "name": about.name, "description": about.description, "language": about.language, "source": about.source,
        "url": about.url, "items": [describe_time(item, time) for item, time in listed],
    }  # fmt: skip
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def write_csv(_: About, listed: Listed) -> bytes:
    """UTF-8 with its mark, as spreadsheets know it; no cell is taken for a formula."""
    written = io.StringIO(newline="")
    rows = csv.writer(written)
    rows.writerow(_COLUMNS)
    for item, time in listed:
        facts = describe_time(item, time)
        facts.update(
            place=time.place.name, address=time.place.address, neighborhood=time.place.neighborhood,
            stage=item.entry.stage_name, languages=" ".join(item.entry.spoken), area=item.area,
        )  # fmt: skip
        rows.writerow([spreadsheet_cell(_cell(facts[column])) for column in _COLUMNS])
    return b"\xef\xbb\xbf" + written.getvalue().encode()


def _cell(value: object) -> object:
    return ("yes" if value else "no") if isinstance(value, bool) else value


def write_rss(about: About, listed: Listed) -> bytes:
    """RSS 2.0; an item's date is when it was changed, as readers sort by news."""
    rss = Xml.Element("rss", {"version": "2.0"})
    channel = Xml.SubElement(rss, "channel")
    facts = {"title": about.name, "link": about.url, "description": about.description, "language": about.language}
    _put(channel, facts.items())
    Xml.SubElement(channel, f"{{{_ATOM}}}link", {"rel": "self", "type": "application/rss+xml", "href": about.source})
    for item, time in listed:
        entry = Xml.SubElement(channel, "item")
        starts = _moment(time.starts_at, item.entry.zone)
        when = time.starts_on.isoformat() if item.entry.all_day else starts[:16].replace("T", " ")
        lines = [f"{when} · {where(item.entry, time.place)}", item.description.text]
        changed = format_datetime(max(item.changed_at, time.changed_at).astimezone(dt.UTC), usegmt=True)
        title = item.title_of(time).text
        words = "\n\n".join(line for line in lines if line)
        _put(entry, [("title", title), ("link", item.address), ("description", words), ("category", item.area)])
        guid = Xml.SubElement(entry, "guid", {"isPermaLink": "false"})
        guid.text = f"{item.entry.uid}/{time.original_local}"
        _put(entry, [("pubDate", changed)])
    Xml.register_namespace("atom", _ATOM)
    return Xml.tostring(rss, encoding="utf-8", xml_declaration=True)


def _put(parent: Xml.Element, texts: Iterable[tuple[str, str]]) -> None:
    for name, text in texts:
        Xml.SubElement(parent, name).text = clean(text)

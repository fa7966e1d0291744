"""The selection as JSON, schema.org, RSS, Atom and CSV: one row per time, in order, within the window."""

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
        "image": item.image or None,
        "credit": {"name": entry.credit, "url": entry.credit_url} if entry.credit else None,
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
        changed = format_datetime(max(item.changed_at, time.changed_at).astimezone(dt.UTC), usegmt=True)
        title = item.title_of(time).text
        words = summary_of(item, time)
        _put(entry, [("title", title), ("link", item.address), ("description", words), ("category", item.area)])
        guid = Xml.SubElement(entry, "guid", {"isPermaLink": "false"})
        guid.text = f"{item.entry.uid}/{time.original_local}"
        _put(entry, [("pubDate", changed)])
    Xml.register_namespace("atom", _ATOM)
    return Xml.tostring(rss, encoding="utf-8", xml_declaration=True)


def write_atom(about: About, listed: Listed) -> bytes:
    """Atom (RFC 4287); an entry's `updated` is when it was changed, its id never changes."""
    Xml.register_namespace("", _ATOM)
    feed = Xml.Element(f"{{{_ATOM}}}feed", {"xml:lang": about.language})
    _put(feed, [(f"{{{_ATOM}}}{name}", text) for name, text in (("id", about.source), ("title", about.name))])
    Xml.SubElement(feed, f"{{{_ATOM}}}link", {"rel": "self", "href": about.source})
    Xml.SubElement(feed, f"{{{_ATOM}}}link", {"rel": "alternate", "href": about.url})
    changes = [max(item.changed_at, time.changed_at).astimezone(dt.UTC) for item, time in listed]
    latest = max(changes, default=dt.datetime(2000, 1, 1, tzinfo=dt.UTC))
    _put(feed, [(f"{{{_ATOM}}}updated", latest.isoformat())])
    author = Xml.SubElement(feed, f"{{{_ATOM}}}author")
    _put(author, [(f"{{{_ATOM}}}name", about.name)])
    for (item, time), changed in zip(listed, changes, strict=True):
        entry = Xml.SubElement(feed, f"{{{_ATOM}}}entry")
        texts = {
            "id": f"{about.url.partition('?')[0]}#{item.entry.uid}/{time.original_local}",
            "title": item.title_of(time).text, "updated": changed.isoformat(), "summary": summary_of(item, time),
        }  # fmt: skip
        _put(entry, [(f"{{{_ATOM}}}{name}", text) for name, text in texts.items()])
        Xml.SubElement(entry, f"{{{_ATOM}}}link", {"rel": "alternate", "href": clean(item.address)})
        Xml.SubElement(entry, f"{{{_ATOM}}}category", {"term": item.entry.area, "label": clean(item.area)})
    return Xml.tostring(feed, encoding="utf-8", xml_declaration=True)


_STATUS = {
    "CONFIRMED": "EventScheduled", "TENTATIVE": "EventPostponed", "CANCELLED": "EventCancelled",
}  # fmt: skip


def describe_for_search(item: Item, time: Time) -> dict[str, Any]:
    """One time as schema.org's Event."""
    entry, place = item.entry, time.place
    days = entry.all_day
    found: dict[str, Any] = {
        "@type": "Event",
        "@id": f"{item.address}#{entry.kind}-{time.id}",
        "name": item.title_of(time).text,
        "description": item.description.text,
        "startDate": time.starts_on.isoformat() if days else _moment(time.starts_at, entry.zone),
        "endDate": time.ends_on.isoformat() if days else _moment(time.ends_at, entry.zone),
        "eventStatus": f"https://schema.org/{_STATUS[item.status_of(time)]}",
        "inLanguage": list(entry.spoken),
        "isAccessibleForFree": entry.fee_cents == 0,
        "url": item.address,
        "location": {"@type": "Place", "name": place.name, "address": place.address},
    }
    if item.image:
        found["image"] = [item.image]
    if place.latitude is not None and place.longitude is not None:
        found["location"]["geo"] = {
            "@type": "GeoCoordinates", "latitude": place.latitude, "longitude": place.longitude,
        }  # fmt: skip
    return found


def write_json_ld(about: About, listed: Listed) -> bytes:
    """schema.org in JSON-LD: an ItemList of Events."""
    document = {
        "@context": "https://schema.org", "@type": "ItemList", "name": about.name, "url": about.url,
        "itemListElement": [
            {"@type": "ListItem", "position": position, "item": describe_for_search(item, time)}
            for position, (item, time) in enumerate(listed, 1)
        ],
    }  # fmt: skip
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def summary_of(item: Item, time: Time) -> str:
    """When and where in a line, then what it is."""
    starts = _moment(time.starts_at, item.entry.zone)
    when = time.starts_on.isoformat() if item.entry.all_day else starts[:16].replace("T", " ")
    lines = [f"{when} · {where(item.entry, time.place)}", item.description.text]
    return "\n\n".join(line for line in lines if line)


def _put(parent: Xml.Element, texts: Iterable[tuple[str, str]]) -> None:
    for name, text in texts:
        Xml.SubElement(parent, name).text = clean(text)

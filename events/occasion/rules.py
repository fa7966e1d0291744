"""Pure: places as data, and the addresses of other people's calendars, maps and messengers as plain links."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import quote, urlencode


class Way(NamedTuple):
    """A link under a name that is not translated."""

    name: str
    href: str


@dataclass(frozen=True)
class Appointment:
    """One date as a calendar takes it; `ends_on` is the last day, for what lasts all day."""

    title: str
    place: str
    page: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    starts_on: dt.date
    ends_on: dt.date
    all_day: bool


def calendar_ways(date: Appointment, zone: str) -> list[Way]:
    """The one-tap ways into Google's and Microsoft's calendars."""
    last = date.ends_on + dt.timedelta(days=1)  # both take the day after the last
    if date.all_day:
        google = f"{date.starts_on:%Y%m%d}/{last:%Y%m%d}"
        first, end = date.starts_on.isoformat(), last.isoformat()
    else:
        moments = [moment.astimezone(dt.UTC) for moment in (date.starts_at, date.ends_at)]
        google = "/".join(f"{moment:%Y%m%dT%H%M%SZ}" for moment in moments)
        first, end = (f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in moments)
    by_google = {
        "action": "TEMPLATE", "text": date.title, "dates": google, "details": date.page, "location": date.place,
        "ctz": zone,
    }  # fmt: skip
    by_outlook = {
        "path": "/calendar/action/compose", "rru": "addevent", "subject": date.title, "startdt": first, "enddt": end,
        "body": date.page, "location": date.place, **({"allday": "true"} if date.all_day else {}),
    }  # fmt: skip
    return [
        Way("Google", f"https://calendar.google.com/calendar/render?{urlencode(by_google)}"),
        Way("Outlook", f"https://outlook.live.com/calendar/0/deeplink/compose?{urlencode(by_outlook)}"),
    ]


def map_ways(address: str) -> list[Way]:
    """The address in map apps."""
    asked = quote(address, safe="")
    return [
        Way("OpenStreetMap", f"https://www.openstreetmap.org/search?query={asked}"),
        Way("Google Maps", f"https://www.google.com/maps/search/?api=1&query={asked}"),
        Way("Apple Maps", f"https://maps.apple.com/?q={asked}"),
    ]


def share_ways(title: str, page: str) -> list[Way]:
    """Telling somebody without a script."""
    return [
        Way("WhatsApp", f"https://wa.me/?{urlencode({'text': f'{title} {page}'})}"),
        Way("E-mail", f"mailto:?subject={quote(title)}&body={quote(page)}"),
    ]


# Street, city, state and perhaps a ZIP code, as addresses are written in this country.
_ADDRESS = re.compile(r"(?P<street>.+?),\s*(?P<city>[^,]+),\s*(?P<state>[A-Z]{2})(?:\s+(?P<zip>\d{5}(?:-\d{4})?))?")


def postal_address(address: str) -> dict[str, str]:
    """An address as schema.org's PostalAddress; one of another shape stands whole in its first line."""
    parts = _ADDRESS.fullmatch(address.strip())
    if parts is None:
        known = {"streetAddress": address.strip()}
    else:
        known = {
            "streetAddress": parts["street"], "addressLocality": parts["city"], "addressRegion": parts["state"],
            "postalCode": parts["zip"] or "", "addressCountry": "US",
        }  # fmt: skip
    return {"@type": "PostalAddress", **{name: text for name, text in known.items() if text}}

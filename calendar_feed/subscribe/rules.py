"""Pure: the addresses under which calendars take a feed, and what each calendar is known to do with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from festival.kit.words import N_

# What a choice of REMINDERS is called.
REMINDER_WORDS = {
    0: N_("No reminder"),
    15: N_("15 minutes before"),
    30: N_("30 minutes before"),
    60: N_("1 hour before"),
    120: N_("2 hours before"),
    1440: N_("1 day before"),
}


@dataclass(frozen=True)
class Way:
    """One way to subscribe: a calendar's name (a name, not translated), its address, and what to expect of it."""

    name: str
    href: str
    does: str
    late: str


def webcal(address: str) -> str:
    """`address` as a link that opens the calendar of the phone or computer itself."""
    return f"webcal://{urlsplit(address)._replace(scheme='').geturl().removeprefix('//')}"


def list_ways(address: str, name: str) -> list[Way]:
    """The one-tap buttons for the feed at `address`, which is called `name`."""
    taken, called = quote(address, safe=""), quote(name, safe="")
    by_google = f"https://calendar.google.com/calendar/r?cid={quote(webcal(address), safe='')}"
    by_outlook = f"https://outlook.live.com/calendar/0/addfromweb?url={taken}&name={called}"
    by_office = f"https://outlook.office.com/calendar/0/addfromweb?url={taken}&name={called}"
    return [
        Way(
            "Apple", webcal(address),
            N_("Opens Calendar on an iPhone, iPad or Mac and asks once."),
            N_("Looks for changes every hour to every week, as you set it under the calendar's settings."),
        ),
        Way(
            "Google", by_google,
            N_("Opens Google Calendar in the browser and asks once; phones then show it too."),
            N_("Looks for changes every 12 to 24 hours, so a date moved today may show tomorrow."),
        ),
        Way(
            "Outlook.com", by_outlook,
            N_("For a private Microsoft account: opens Outlook in the browser and asks once."),
            N_("Looks for changes about every 3 hours, sometimes only once a day."),
        ),
        Way(
            "Microsoft 365", by_office,
            N_("For an account of your work or school."),
            N_("Looks for changes about every 3 hours, sometimes only once a day."),
        ),
        Way(
            "Thunderbird", webcal(address),
            N_("For Thunderbird, GNOME, KDE and most other calendars: copy the link above and add a network calendar."),
            N_("Looks for changes every 30 minutes, or as you set it."),
        ),
    ]  # fmt: skip


def count_by_month(days: Iterable[dt.date], first: dt.date, months: int = 13) -> list[tuple[dt.date, int]]:
    """How many of `days` fall into each of the months from that of `first` on."""
    starts = [_month(first, number) for number in range(months)]
    found = dict.fromkeys(starts, 0)
    for day in days:
        month = day.replace(day=1)
        if month in found:
            found[month] += 1
    return list(found.items())


def _month(first: dt.date, later: int) -> dt.date:
    years, month = divmod(first.month - 1 + later, 12)
    return dt.date(first.year + years, month + 1, 1)

"""A ticket's date as a calendar, for the holder's own use: its link is in it."""

from __future__ import annotations

from urllib.parse import urlsplit

from calendar_feed.ical import About, Event, Instance, Words, write_calendar, write_event
from events.models import Occurrence
from festival.kit.i18n import current_language, gettext, ngettext, number
from festival.organisation.queries import get_organisation
from festival.settings import settings
from ticketing.holder.queries import HeldTicket


async def write_ticket(held: HeldTicket, secret: str) -> bytes:
    """The calendar of one event, in the current language.

    The identity is the ticket's own and stays when it is resized or the date moves; `SEQUENCE` rises with each
    change of either (RFC 5545, section 3.8.7.4).
    """
    chosen, language, claim = settings(), current_language(), held.claim
    link = f"{chosen.base_url}/{language}/tickets/{secret}"
    occurrence = await Occurrence.get(id=held.offer.occurrence_id)
    off = claim.state != "live" or "cancelled" in {held.offer.occurrence_state, held.offer.program_state}
    party = ngettext("For %(party)s person", "Party of %(party)s", claim.party) % {"party": number(claim.party)}
    where = ", ".join(filter(None, (held.occasion.place, held.occasion.address)))
    instance = Instance(
        start=held.occasion.starts_at.astimezone(chosen.zone),
        end=held.occasion.ends_at.astimezone(chosen.zone),
        title=Words(held.occasion.title, language),
        location=where,
        status="CANCELLED" if off else "CONFIRMED",
        sequence=occurrence.revision + claim.revision - 2,
        changed_at=max(occurrence.changed_at, claim.cancelled_at or claim.created_at),
    )
    uid = f"ticket-{claim.reference}@{urlsplit(chosen.base_url).hostname}"
    about_ticket = gettext("Your ticket: %(link)s") % {"link": link}
    event = Event(uid, instance, description=Words(f"{party}\n{about_ticket}", language), url=link)
    office = (await get_organisation()).name
    about = About(held.occasion.title, office, language, f"{link}/event.ics", link)
    return write_calendar(about, [write_event(event)], [event.zone])

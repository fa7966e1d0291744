"""Reads: what letters about a ticket say besides the ticket itself, and who gets them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urlencode

from events.models import Occurrence
from festival.kit.i18n import current_language, use_language
from festival.kit.secrets import digest
from festival.mail.stopping import get_stop_link
from festival.organisation.models import Organisation
from festival.organisation.queries import get_organisation, list_texts_of
from festival.settings import settings
from ticketing.claim.actions import manage_secret
from ticketing.holder.queries import HeldTicket, get_ticket_of
from ticketing.models import Claim, Ticket
from ticketing.offers.queries import Occasion, get_occasion, get_offer

_MAP = "https://www.openstreetmap.org"
MOST_PRINTED = 200


@dataclass(frozen=True)
class Packet:
    """A ticket with all that a letter about it needs, in the current language.

    `secret` opens the ticket, `link` is its page; texts are empty where nothing is known, and `stop_link` where the
    letter belongs to what its reader asked for.
    """

    held: HeldTicket
    secret: str
    link: str
    map_link: str
    latitude: float | None
    longitude: float | None
    bring: str
    transit: str
    reason: str
    office: Organisation
    stop_link: str


async def get_packet(claim: Claim, topic: str = "", *, for_holder: bool = True) -> Packet:
    """All that a letter to the holder of `claim` needs; with a `topic`, also how to stop such letters.

    For anybody else, such as staff who look at a letter before it is sent, the secret is left out.
    """
    held = await get_ticket_of(claim)
    occurrence = await Occurrence.get(id=held.offer.occurrence_id).prefetch_related("program__venue", "venue")
    program, language = occurrence.program, current_language()
    venue = occurrence.venue or program.venue
    texts = await list_texts_of({"program": [program.id], "venue": [venue.id]}, language)
    secret = await get_link_secret(claim) if for_holder else "…"
    return Packet(
        held=held, secret=secret, link=f"{settings().base_url}/{language}/tickets/{secret}",
        map_link=map_link(venue.latitude, venue.longitude, venue.address),
        latitude=venue.latitude, longitude=venue.longitude,
        bring=texts["program"].get((program.id, "bring"), program.bring),
        transit=texts["venue"].get((venue.id, "transit"), venue.transit), reason=occurrence.reason,
        office=await get_organisation(), stop_link=await get_stop_link(claim.email, topic) if topic else "",
    )  # fmt: skip


async def get_link_secret(claim: Claim) -> str:
    """The secret of a claim's link, made again from the service's own.

    Where the service's secret was changed, somebody may know the old one and with it every link; so the first
    letter written afterwards brings a new link, and the old one ends.
    """
    secret = manage_secret(claim.reference, claim.link_number)
    if digest(secret) != claim.manage_digest:
        await Claim.filter(id=claim.id, manage_digest=claim.manage_digest).update(manage_digest=digest(secret))
    return secret


def map_link(latitude: float | None, longitude: float | None, address: str) -> str:
    """Where a place is on a public map; empty where nothing says where."""
    if latitude is not None and longitude is not None:
        spot = urlencode({"mlat": f"{latitude:.6f}", "mlon": f"{longitude:.6f}"})
        return f"{_MAP}/?{spot}#map=17/{latitude:.6f}/{longitude:.6f}"
    return f"{_MAP}/search?{urlencode({'query': address})}" if address else ""


async def find_addressee(reference: str) -> Claim | None:
    """The claim, if it still holds places and can be written to."""
    return await Claim.filter(reference=reference, state="live").exclude(email="").first()


async def list_addressees(occurrence_id: int, *, came: bool, size: int) -> AsyncIterator[list[str]]:
    """The references of live claims with an address, in pages; with `came` only of parties of whom somebody came."""
    last = 0
    while True:
        claims = Claim.filter(offer__occurrence_id=occurrence_id, state="live", id__gt=last).exclude(email="")
        if came:
            claims = claims.filter(people_seen__gt=0)
        rows = await claims.order_by("id").limit(size).only("id", "reference")
        if rows:
            yield [row.reference for row in rows]
        if len(rows) < size:
            return
        last = rows[-1].id


async def list_printable(offer_id: int, *, with_address: bool) -> list[HeldTicket]:
    """An offer's live tickets, the newest first, at most MOST_PRINTED; raises NotFound. Words as each holder reads."""
    offer = await get_offer(offer_id)
    claims = Claim.filter(offer_id=offer_id, state="live")
    if not with_address:
        claims = claims.filter(email="")
    chosen = await claims.order_by("-id").limit(MOST_PRINTED)
    tickets = {row.claim_id: row for row in await Ticket.filter(claim_id__in=[c.id for c in chosen], ended_at=None)}
    mine, occasions = current_language(), dict[str, Occasion]()
    for language in {claim.language for claim in chosen}:
        use_language(language)
        occasions[language] = await get_occasion(offer)
    use_language(mine)
    return [
        HeldTicket(claim, tickets[claim.id], offer, occasions[claim.language])
        for claim in chosen
        if claim.id in tickets
    ]

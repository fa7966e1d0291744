"""Reads: what letters about a ticket say besides the ticket itself."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from events.models import Occurrence
from festival.kit.i18n import current_language, use_language
from festival.organisation.models import Organisation
from festival.organisation.queries import get_organisation, list_texts
from festival.settings import settings
from ticketing.claim.actions import manage_secret
from ticketing.holder.queries import HeldTicket, count_transfers, get_ticket_of
from ticketing.models import Claim, Ticket
from ticketing.offers.queries import Occasion, get_occasion, get_offer

_MAP = "https://www.openstreetmap.org"


@dataclass(frozen=True)
class Packet:
    """A ticket with all that a letter about it needs, in the current language.

    `secret` opens the ticket, `link` is its page; `map_link` and `bring` are empty where nothing is known.
    """

    held: HeldTicket
    secret: str
    link: str
    map_link: str
    bring: str
    transit: str
    reason: str
    office: Organisation


async def get_packet(claim: Claim) -> Packet:
    """All that a letter to the holder of `claim` needs."""
    held = await get_ticket_of(claim)
    occurrence = await Occurrence.get(id=held.offer.occurrence_id).prefetch_related("program__venue", "venue")
    program, language = occurrence.program, current_language()
    venue = occurrence.venue or program.venue
    texts = await list_texts("program", [program.id], language)
    secret = manage_secret(claim.reference, await count_transfers(claim.id))
    return Packet(
        held=held, secret=secret, link=f"{settings().base_url}/{language}/tickets/{secret}",
        map_link=map_link(venue.latitude, venue.longitude, venue.address),
        bring=texts.get((program.id, "bring"), program.bring), transit=venue.transit, reason=occurrence.reason,
        office=await get_organisation(),
    )  # fmt: skip


def map_link(latitude: float | None, longitude: float | None, address: str) -> str:
    """Where a place is on a public map; empty where nothing says where."""
    if latitude is not None and longitude is not None:
        spot = urlencode({"mlat": f"{latitude:.6f}", "mlon": f"{longitude:.6f}"})
        return f"{_MAP}/?{spot}#map=17/{latitude:.6f}/{longitude:.6f}"
    return f"{_MAP}/search?{urlencode({'query': address})}" if address else ""


MOST_PRINTED = 200


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

"""What the page of an event shows of its tickets."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup
from starlette.requests import Request

from events.models import Occurrence
from festival.kit.clock import now
from festival.kit.web.pages import url_for_reader
from festival.kit.web.templates import templates
from festival.kit.words import Message
from ticketing.offers.queries import list_offers_of
from ticketing.offers.rules import Availability, OfferFacts, availability, closed_words, is_public


@dataclass(frozen=True)
class OfferShown:
    """An offer as visitors see it; `closed` says why there are no tickets now."""

    offer: OfferFacts
    closed: Message | None
    opens_later: bool


async def offer_panel(request: Request, occurrence: Occurrence) -> Markup:
    """Places left, and the way to a ticket or to the waitlist; nothing where there are no offers."""
    at = now()
    offers = [offer for offer in await list_offers_of(occurrence.id) if is_public(offer, at)]
    if not offers:
        return Markup("")
    shown = [show_offer(offer) for offer in offers if not offer.code_digest]
    by_code = occurrence.id if len(shown) < len(offers) else 0
    # No form key in here: the page may be kept and given to many.
    text = templates().render(
        "ticketing/offer_panel.html", {"shown": shown, "by_code": by_code, "url": url_for_reader(request)}
    )
    return Markup(text)  # noqa: S704 - rendered with escaping


def show_offer(offer: OfferFacts) -> OfferShown:
    """`offer` as visitors see it now."""
    found = availability(offer, now())
    closed = None if found is Availability.OPEN else closed_words(found)
    return OfferShown(offer, closed, found is Availability.NOT_YET)

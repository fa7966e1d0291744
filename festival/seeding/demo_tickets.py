"""Tickets of the demo: parties, a full date with its line, questions, a private offer, an overbooked one."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
from collections.abc import Iterator, Sequence

from festival.kit.clock import now
from festival.kit.web.access import NOBODY
from festival.organisation.actions import record_audit
from ticketing.claim.actions import claim_places, code_mark
from ticketing.claim.forms import PartyForm
from ticketing.models import Claim, Offer, OfferQuestion
from ticketing.offers.queries import get_offer
from ticketing.waitlist.actions import Ask, join_waitlist

# Invented people; the addresses lead nowhere.
_NAMES = (
    ("Almaz Tesfaye", "am"), ("Rosa Jiménez", "es"), ("Nguyễn Thu Hà", "vi"), ("Omar Haddad", "ar"),
    ("Sita Gurung", "ne"), ("Kim Ji-woo", "ko"), ("Wei Zhang", "zh-Hans"), ("Irina Volkova", "ru"),
    ("Amina Warsame", "so"), ("Aye Chan", "my"), ("Claire Dubois", "fr"), ("Sam O'Brien", "en"),
)  # fmt: skip
_PARTIES = (2, 4, 1, 3, 5, 2, 2, 6, 1, 4, 3, 2)


def _people(offer_id: int) -> Iterator[PartyForm]:
    for number, ((name, language), party) in enumerate(zip(itertools.cycle(_NAMES), itertools.cycle(_PARTIES))):
        word = name.split()[0].encode("ascii", "ignore").decode().lower()
        email = f"{word or 'guest'}{offer_id}.{number}@demo.example"
        yield PartyForm(party=party, name=name, email=email, language=language)


async def add_demo_tickets() -> int:
    """Fill the next dates believably; returns how many tickets. Does nothing where there are any already."""
    if await Claim.filter(offer__valid_from__gt=now()).exists():
        return 0
    offers = await Offer.filter(valid_from__gt=now() + dt.timedelta(days=1)).order_by("valid_from", "id").limit(8)
    if len(offers) < 8:
        return 0
    full, asking, private, large, *plain = offers
    await Offer.filter(id=full.id).update(capacity=14, release_minutes=15)
    await Offer.filter(id=asking.id).update(
        asks={"age_bands": ["Adults", "Children up to 12"], "languages": True, "access": True, "questions": True},
        person_most=8,
    )
    await OfferQuestion.create(
        offer_id=asking.id, label="Do you bring an instrument?", kind="choice",
        options=["No", "A drum", "A string instrument", "Something else"],
    )  # fmt: skip
    await Offer.filter(id=private.id).update(code_digest=code_mark("MAPLE SCHOOL"), name="Maple Elementary, grade 4")
    await Offer.filter(id=large.id).update(
        capacity=max(large.capacity, 160), fire_limit=100, no_show_percent=45, release_minutes=15
    )
    await record_audit(NOBODY, "demo.tickets_added")
    made = [await _fill(offer.id, most) for offer, most in ((full, 14), (large, 110), *((one, 30) for one in plain))]
    for number, form in enumerate(itertools.islice(_people(full.id), 20, 24)):
        await join_waitlist(
            Ask(full.id, form.party, form.name or "", "", "", form.language, f"demo-{number}", "demo", now())
        )
    return sum(made)


async def _fill(offer_id: int, most: int) -> int:
    left = min(most, (await get_offer(offer_id)).places_left)
    chosen: list[PartyForm] = []
    for form in _people(offer_id):
        if left <= 0:
            break
        chosen.append(form.model_copy(update={"party": min(form.party, left)}))
        left -= chosen[-1].party
    await asyncio.gather(*_claims(offer_id, chosen))
    return len(chosen)


def _claims(offer_id: int, forms: Sequence[PartyForm]) -> list[asyncio.Task[object]]:
    return [
        asyncio.create_task(claim_places(offer_id, form, f"demo-{offer_id}-{number}"))
        for number, form in enumerate(forms)
    ]

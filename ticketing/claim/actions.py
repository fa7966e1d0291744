"""HOT. Writes: taking places, many wishes in one transaction, answered after its commit."""

from __future__ import annotations

import base64
import datetime as dt
import re
import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from festival.database import transaction
from festival.jobs.actions import enqueue_all
from festival.kit.clock import now
from festival.kit.errors import Conflict, NotFound
from festival.kit.grouping import Grouping
from festival.kit.secrets import derive, derive_bytes, digest
from festival.kit.text import slugify
from festival.settings import settings
from ticketing.asking.queries import get_asks
from ticketing.claim.rules import AsksMore, Same, Taken, Wish, decide, has_limits
from ticketing.claim.sql import NewClaim, count_by_fingerprint, find_kept, insert_claims
from ticketing.delivery.keys import get_signing_key
from ticketing.delivery.token import TicketBody, issue_token
from ticketing.offers.rules import MOST_OFFER_ID, OfferFacts
from ticketing.offers.sql import list_offer_facts, move_places, move_quotas

if TYPE_CHECKING:
    from ticketing.claim.forms import PartyForm

CLAIM_CONFIRMED = "ticketing.claim_confirmed"
SigningPair = tuple[int, Ed25519PrivateKey]


async def claim_places(
    offer_id: int, form: PartyForm, key: str, *, source: str = "page", confirmed: bool = False, by_staff: bool = False
) -> Taken:
    """Take `form.party` places for one ticket, once for one `key`; raises NotFound, Closed, CodeNeeded, Invalid,
    LimitReached, SoldOut, AddressUnconfirmed, IdempotencyMismatch or Overloaded. What is returned is committed.
    """
    if offer_id > MOST_OFFER_ID:
        raise NotFound
    wish = replace(make_wish(offer_id, form, key, source=source, by_staff=by_staff), confirmed=confirmed)
    try:
        taken = await _groups.submit(wish)
    except AsksMore:
        asks = await get_asks(offer_id)
        answers = form.require(asks, form.party)
        taken = await _groups.submit(replace(wish, facts=answers.as_facts() or None, checked=True))
    return Taken(taken.reference, form.party, taken.token, taken.digest)


def make_wish(offer_id: int, form: PartyForm, key: str, *, source: str, by_staff: bool = False) -> Wish:
    """What a form wishes for, now."""
    return Wish(
        offer_id, form.party, form.name or "", form.email or "", form.language, source, key, form.digest(), now(),
        phone=form.phone or "", person=person_mark(form.email, form.phone), household=household_mark(form.household),
        code_digest=code_mark(form.code) if form.code else "", by_staff=by_staff, checked=by_staff and form.is_empty,
    )  # fmt: skip


def person_mark(email: str | None, phone: str | None) -> str:
    """The fingerprint of whoever can be reached there; empty where nobody can. It cannot be turned back."""
    who = email.lower() if email else re.sub(r"\D", "", phone or "")
    return derive_bytes(settings().secret_key, "person", who).hex() if who else ""


def household_mark(address: str | None) -> str:
    """The fingerprint of a home address, written one way or another; empty without one."""
    plain = slugify(address or "") or "".join((address or "").lower().split())
    return derive_bytes(settings().secret_key, "household", plain).hex() if plain else ""


def code_mark(code: str) -> str:
    """What is kept of a private offer's code; capitals, small letters and spaces are the same."""
    return derive_bytes(settings().secret_key, "offer-code", "".join(code.upper().split())).hex()


def manage_secret(reference: str, transfers: int = 0) -> str:
    """The secret of a claim's link, after it was passed on `transfers` times; only its digest is kept."""
    return derive(settings().secret_key, "manage", reference, transfers)


def new_reference() -> str:
    """What people and programs call a claim: 12 characters, 60 random bits."""
    return base64.b32encode(secrets.token_bytes(8))[:12].decode().lower()


def sign_ticket(offer: OfferFacts, party: int, signing: SigningPair) -> tuple[int, str]:
    """The id and the token of a new ticket for `party` people."""
    key_id, key = signing
    ticket_id = secrets.randbits(63)
    valid_on = offer.valid_from.astimezone(settings().zone).date()
    return ticket_id, issue_token(TicketBody(key_id, ticket_id, offer.id, party, valid_on), key)


def make_claim(wish: Wish, offer: OfferFacts, signing: SigningPair) -> NewClaim:
    """The claim that `wish` becomes, with its first ticket."""
    reference = new_reference()
    ticket_id, token = sign_ticket(offer, wish.party, signing)
    return NewClaim(
        wish.offer_id, reference, digest(manage_secret(reference)), wish.party, wish.name, wish.email, wish.language,
        wish.source, wish.key, wish.digest, wish.at.astimezone(dt.UTC), wish.phone, wish.facts,
        wish.person if has_limits(offer) else "", wish.household if has_limits(offer) else "",
        ticket_id, signing[0], token,
    )  # fmt: skip


async def keep_claims(claims: Sequence[NewClaim]) -> None:
    """Keep claims whose places were taken, and let their confirmations be written; in the caller's transaction."""
    await insert_claims(claims)
    letters = [
        (CLAIM_CONFIRMED, f"{CLAIM_CONFIRMED}:{claim.reference}", {"claim_id": claim.reference})
        for claim in claims
        if claim.email
    ]
    if letters:
        await enqueue_all(letters)


async def claim_together(wishes: Sequence[Wish]) -> Sequence[Taken]:
    """Places for all of `wishes` or for none, in the caller's transaction; raises the first refusal."""
    outcomes = await _claim_group(list(wishes))
    refusal = next((outcome for outcome in outcomes if isinstance(outcome, Exception)), None)
    if refusal:
        raise refusal
    return [outcome for outcome in outcomes if isinstance(outcome, Taken)]


async def _claim_group(wishes: list[Wish]) -> Sequence[Taken | Exception]:
    signing = await get_signing_key()
    async with transaction():
        offers = {offer.id: offer for offer in await list_offer_facts({w.offer_id for w in wishes}, lock=True)}
        # Read under the lock: the same key in another process is then either committed or behind us.
        kept = await find_kept((wish.offer_id, wish.key) for wish in wishes)
        decisions = decide(wishes, offers, kept, settings().base_url, await _tally(wishes, offers))
        made = {
            index: make_claim(decision, offers[decision.offer_id], signing)
            for index, decision in enumerate(decisions)
            if isinstance(decision, Wish)
        }
        if made:
            await _count(list(made.values()), offers)
            await keep_claims(list(made.values()))
    answers = {
        index: Taken(claim.reference, claim.party, claim.token, claim.request_digest) for index, claim in made.items()
    }
    found: list[Taken | Exception] = []
    for index, decision in enumerate(decisions):
        if isinstance(decision, Taken | Exception):
            found.append(decision)
        else:
            found.append(answers[decision.index if isinstance(decision, Same) else index])
    return found


async def _tally(wishes: Sequence[Wish], offers: dict[int, OfferFacts]) -> dict[tuple[int, str], int]:
    marks = [
        (wish.offer_id, mark)
        for wish in wishes
        if (offer := offers.get(wish.offer_id)) and has_limits(offer)
        for mark in (wish.person, wish.household)
        if mark
    ]
    return await count_by_fingerprint(marks) if marks else {}


async def _count(claims: Sequence[NewClaim], offers: dict[int, OfferFacts]) -> None:
    """Count the places by guarded statements, which alone make an oversell impossible."""
    taken, shared = Counter[int](), Counter[int]()
    for claim in claims:
        taken[claim.offer_id] += claim.party
        quota_id = offers[claim.offer_id].quota_id
        if quota_id is not None:
            shared[quota_id] += claim.party
    moved = await move_places({offer_id: (number, 0) for offer_id, number in taken.items()})
    moved_quotas = await move_quotas(shared) if shared else set[int]()
    if moved != set(taken) or moved_quotas != set(shared):
        raise Conflict


_groups: Grouping[Wish, Taken] = Grouping(_claim_group)

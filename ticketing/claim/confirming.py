"""Writes: a wish that waits until the link sent to its address was opened, where an offer wants it so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from festival.database import transaction
from festival.jobs.actions import enqueue
from festival.kit.clock import now
from festival.kit.errors import Gone, Invalid
from festival.kit.secrets import derive, digest
from festival.kit.words import N_, say
from festival.settings import settings
from ticketing.claim.actions import claim_places
from ticketing.claim.rules import CONFIRM_WITHIN, Taken
from ticketing.models import ClaimWish

if TYPE_CHECKING:
    from ticketing.claim.forms import PartyForm

CONFIRM_ADDRESS = "ticketing.confirm_address"


def wish_secret(offer_id: int, key: str) -> str:
    """The secret of the link that confirms a wish; one for one key."""
    return derive(settings().secret_key, "wish", offer_id, key)


async def ask_to_confirm(offer_id: int, form: PartyForm, key: str) -> None:
    """Send the link that takes the places; nothing is held until it is opened. Raises Invalid without an address."""
    if not form.email:
        raise Invalid({"email": say(N_("Here an e-mail address is needed: we send a link to it."))})
    at = now()
    async with transaction():
        wish, created = await ClaimWish.get_or_create(
            digest=digest(wish_secret(offer_id, key)),
            defaults={
                "offer_id": offer_id, "email": form.email, "language": form.language, "created_at": at,
                "form": {**form.model_dump(mode="json"), "key": key}, "expires_at": at + CONFIRM_WITHIN,
            },
        )  # fmt: skip
        if created:
            await enqueue(CONFIRM_ADDRESS, f"{CONFIRM_ADDRESS}:{wish.id}", {"wish_id": wish.id})


async def find_wish(secret: str) -> ClaimWish:
    """The wish whose link carries `secret`; raises Gone."""
    wish = await ClaimWish.get_or_none(digest=digest(secret))
    if wish is None or wish.expires_at <= now():
        raise Gone(N_("This link is too old. Take the places again, then open the new link within half an hour."))
    return wish


async def confirm_wish(secret: str) -> Taken:
    """Take the places of a wish, now that its address is known to be its own; twice is the same."""
    from ticketing.claim.forms import PartyForm

    wish = await find_wish(secret)
    form = PartyForm.model_validate(wish.form)
    return await claim_places(wish.offer_id, form, f"confirmed:{wish.digest[:60]}", confirmed=True)

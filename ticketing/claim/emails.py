"""The letter that confirms an address."""

from __future__ import annotations

from festival.kit.i18n import gettext
from festival.kit.web.templates import templates
from festival.kit.words import N_
from festival.mail.actions import Letter
from festival.organisation.queries import get_organisation
from festival.settings import settings
from ticketing.claim.confirming import wish_secret
from ticketing.claim.rules import CONFIRM_WITHIN
from ticketing.models import ClaimWish
from ticketing.offers.queries import get_occasion, get_offer

_SUBJECT = N_("One step to your ticket: %(title)s")


async def confirmation_letter(wish: ClaimWish) -> Letter:
    """The letter whose link takes the places, in the current language."""
    occasion = await get_occasion(await get_offer(wish.offer_id))
    secret = wish_secret(wish.offer_id, str(wish.form["key"]))
    facts = {
        "occasion": occasion, "party": int(wish.form["party"]), "office": await get_organisation(),
        "link": f"{settings().base_url}/{wish.language}/claim/confirm/{secret}",
        "minutes": round(CONFIRM_WITHIN.total_seconds() / 60),
    }  # fmt: skip
    return Letter(
        recipient=wish.email, language=wish.language, subject=gettext(_SUBJECT) % {"title": occasion.title},
        text=templates().render("ticketing/confirm_letter.txt", facts),
        html=templates().render("ticketing/confirm_letter.html", facts),
    )  # fmt: skip

"""Cards kept at Stripe, and the words with which their owners let us charge them."""

from __future__ import annotations

from festival.database import transaction
from festival.jobs.actions import enqueue
from festival.kit.clock import now
from festival.kit.errors import NotFound
from festival.kit.secrets import derive
from festival.kit.web.access import Principal
from festival.organisation.actions import record_audit
from festival.organisation.queries import get_organisation
from festival.payments.gateway import SavedMethod, SetupWish, get_gateway
from festival.payments.models import SavedCard
from festival.payments.records import Consent
from festival.settings import settings

FORGET_CARD = "payments.forget_card"
Subject = tuple[str, int]


async def give_consent(
    subject: Subject, person_id: int, wording: tuple[str, str], most_cents: int, by: Principal
) -> Consent:
    """Keep the words (language, text) by which `person_id` lets us charge up to `most_cents` for `subject`.

    Earlier words for it end.
    """
    async with transaction():
        await _end_consents(subject)
        consent = await Consent.create(
            person_id=person_id, subject_kind=subject[0], subject_id=subject[1], wording=wording[1],
            language=wording[0], most_cents=most_cents, given_by=by.id, given_at=now(),
        )  # fmt: skip
        await record_audit(by, "card.consented", subject, after={"consent": consent.id, "for": person_id})
    return consent


async def withdraw_consent(subject: Subject, by: Principal) -> None:
    """No card is charged for `subject` any more without its owner; a card that serves nothing else is let go."""
    async with transaction():
        consent = await find_consent(subject)
        if consent is None:
            return
        await _end_consents(subject)
        await record_audit(by, "card.consent_withdrawn", subject, before={"consent": consent.id})
        if not await Consent.exists(person_id=consent.person_id, withdrawn_at=None):
            await _let_cards_go(consent.person_id)


async def _end_consents(subject: Subject) -> None:
    live = Consent.filter(subject_kind=subject[0], subject_id=subject[1], withdrawn_at=None)
    await live.update(withdrawn_at=now())


async def _let_cards_go(person_id: int, but: str = "") -> None:
    for card in await SavedCard.filter(person_id=person_id, removed_at=None).exclude(method_ref=but):
        await SavedCard.filter(id=card.id).update(removed_at=now())
        if card.method_ref:
            await enqueue(FORGET_CARD, f"{FORGET_CARD}:{card.id}", {"card_id": card.id})


async def find_consent(subject: Subject) -> Consent | None:
    """The words that hold for `subject`, if any do."""
    return await Consent.get_or_none(subject_kind=subject[0], subject_id=subject[1], withdrawn_at=None)


async def find_card(person_id: int) -> SavedCard | None:
    """The card that a person keeps with us."""
    if not person_id:
        return None
    return await SavedCard.filter(person_id=person_id, removed_at=None).exclude(method_ref="").first()


async def find_chargeable(subject: Subject, person_id: int, cents: int) -> SavedCard | None:
    """The card that may be charged for a bill of `cents` for `subject` without its owner; None without consent."""
    consent = await find_consent(subject)
    if consent is None or consent.person_id != person_id or consent.most_cents < cents:
        return None
    return await find_card(person_id)


async def start_card_setup(consent: Consent, email: str, done_path: str, back_path: str) -> str:
    """The address where a person, having consented, lets us keep a card; raises CardsAway, CardsRefused.

    Stripe comes back to `done_path` with the page's id after it.
    """
    base = settings().base_url
    wish = SetupWish(
        consent.person_id, consent.id, email, (await get_organisation()).currency.lower(), consent.language,
        derive(settings().secret_key, "setup", consent.id, consent.given_at.isoformat()),
        f"{base}{done_path}?page={{CHECKOUT_SESSION_ID}}", base + back_path,
    )  # fmt: skip
    return await get_gateway().start_setup(wish)


async def look_at_setup(checkout_id: str, person_id: int) -> bool:
    """Keep the card that `person_id` saved on a page just left, without waiting for the webhook.

    False where nothing was saved; raises NotFound where the page is somebody else's.
    """
    saved = await get_gateway().find_saved_method(checkout_id)
    if saved and saved.person_id != person_id:
        raise NotFound
    return await keep_card(saved)


async def keep_card(saved: SavedMethod | None) -> bool:
    """Keep a card, once; the one before it is let go. False where there is none."""
    if saved is None:
        return False
    async with transaction():
        if not await SavedCard.exists(method_ref=saved.method):
            await _let_cards_go(saved.person_id, saved.method)
            await SavedCard.create(
                person_id=saved.person_id, customer_ref=saved.customer, method_ref=saved.method, label=saved.label[:60],
                consented_at=now(), consent_id=saved.consent_id or None,
            )  # fmt: skip
    return True


async def forget_card(card_id: int) -> None:
    """Let a card go at Stripe as well."""
    card = await SavedCard.get(id=card_id)
    await get_gateway().forget_method(card.method_ref)

"""Webhooks: stored once by event id before anything is answered, applied later from what Stripe then says."""

from __future__ import annotations

from typing import cast

from festival.database import transaction
from festival.jobs.actions import enqueue
from festival.kit.clock import now
from festival.kit.errors import NotFound
from festival.kit.web.access import Principal
from festival.organisation.actions import record_audit
from festival.payments.attempts import Verdict, apply_attempt
from festival.payments.cards import keep_card
from festival.payments.gateway import CardsRefused, Gateway, SignedEvent, get_gateway
from festival.payments.models import StripeEvent

APPLY_EVENT = "payments.apply_event"
_KNOWN = ("checkout.session.", "payment_intent.", "charge.", "refund.")


async def store_event(event: SignedEvent) -> None:
    """Keep `event` and the job that applies it; one that is known already, or is not for us, changes nothing."""
    known = event.type.startswith(_KNOWN) and bool(event.checkout or event.intent)
    references = {
        "account": event.account, "livemode": event.livemode, "checkout": event.checkout, "intent": event.intent,
        "is_setup": event.is_setup,
    }  # fmt: skip
    async with transaction():
        await StripeEvent.bulk_create(
            [
                StripeEvent(
                    event_id=event.id, type=event.type[:80], object_ref=event.checkout or event.intent,
                    payload=references, state="stored" if known else "ignored", note="", received_at=now(),
                    applied_at=None,
                )
            ],
            ignore_conflicts=True,
        )  # fmt: skip
        if known:
            await enqueue(APPLY_EVENT, f"{APPLY_EVENT}:{event.id}", {"event_id": event.id})


async def apply_event(event_id: str) -> None:
    """Apply a stored event, once; what does not fit is quarantined for staff."""
    event = await StripeEvent.get(event_id=event_id)
    if event.state not in {"stored", "quarantined"}:
        return
    verdict = await _judge(event, get_gateway())
    await StripeEvent.filter(id=event.id).update(state=verdict.state, note=verdict.note[:300], applied_at=now())


async def _judge(event: StripeEvent, gateway: Gateway) -> Verdict:
    references = event.payload
    if references["account"]:
        return Verdict("quarantined", f"of another account: {references['account']}")
    if references["livemode"] != gateway.livemode:
        return Verdict("quarantined", "test and live mode mixed up")
    checkout, intent = cast(str, references["checkout"]), cast(str, references["intent"])
    try:
        if references["is_setup"]:
            kept = await keep_card(await gateway.find_saved_method(checkout))
            return Verdict("applied") if kept else Verdict("ignored", "no card was saved")
        seen = await (gateway.find_by_checkout(checkout) if checkout else gateway.find_by_intent(intent))
    except CardsRefused as refused:
        return Verdict("quarantined", f"Stripe does not show it to us: {refused.extra.get('reason')}")
    return await apply_attempt(seen, livemode=gateway.livemode)


async def look_at_event_again(row_id: int) -> None:
    """Judge a quarantined event anew, from what Stripe says now; raises NotFound."""
    event = await StripeEvent.get_or_none(id=row_id, state="quarantined")
    if event is None:
        raise NotFound
    await apply_event(event.event_id)


async def set_event_aside(row_id: int, by: Principal) -> None:
    """Somebody looked at a quarantined event and dealt with it; raises NotFound."""
    async with transaction():
        if not await StripeEvent.filter(id=row_id, state="quarantined").update(state="set_aside", applied_at=now()):
            raise NotFound
        await record_audit(by, "money.event_set_aside", ("stripe_event", row_id))

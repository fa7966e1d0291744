"""Writes: a message is drafted, sent, taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from festival.database import transaction
from festival.jobs.actions import enqueue, enqueue_all
from festival.kit.clock import now
from festival.kit.errors import Conflict, NotFound
from festival.kit.web.access import Principal
from festival.organisation.actions import record_audit
from ticketing.delivery.actions import WRITE
from ticketing.message.queries import get_message, holders_of, is_stoppable
from ticketing.message.rules import GRACE, NobodyToReach, SentAlready
from ticketing.models import BulkMessage, Offer

if TYPE_CHECKING:
    from ticketing.message.forms import MessageForm

SEND = "ticketing.send_message"
_BATCH = 500


def _columns(form: MessageForm) -> dict[str, Any]:
    return {
        "texts": form.texts, "language": form.language, "important": form.important,
        "whole_occurrence": form.whole_occurrence,
    }  # fmt: skip


async def draft_message(offer_id: int, form: MessageForm, by: Principal) -> BulkMessage:
    """Keep a new message, not yet sent; raises NotFound."""
    async with transaction():
        if not await Offer.filter(id=offer_id).exists():
            raise NotFound
        message = await BulkMessage.create(
            offer_id=offer_id, written_by=by.id, written_by_label=by.label, created_at=now(), **_columns(form)
        )
        await record_audit(by, "message.drafted", ("message", message.id))
    return message


async def change_message(message_id: int, form: MessageForm, by: Principal) -> None:
    """Write a draft anew; raises NotFound or SentAlready."""
    await get_message(message_id)
    async with transaction():
        if not await BulkMessage.filter(id=message_id, state="draft").update(**_columns(form)):
            raise SentAlready
        await record_audit(by, "message.changed", ("message", message_id))


async def send_message(message_id: int, by: Principal) -> None:
    """Send a draft, after the minute in which it can be taken back; raises NotFound, SentAlready, NobodyToReach."""
    message = await get_message(message_id)
    if not await holders_of(message, message.offer).exclude(email="").exists():
        raise NobodyToReach
    at = now()
    async with transaction():
        if not await BulkMessage.filter(id=message_id, state="draft").update(state="sent", sent_at=at, total=0):
            raise SentAlready
        payload = {"message_id": message_id, "sent_at": at.isoformat()}
        await enqueue(SEND, f"{SEND}:{message_id}:{at.isoformat()}", payload, delay_s=GRACE.total_seconds())
        await record_audit(by, "message.sent", ("message", message_id))


async def take_back_message(message_id: int, by: Principal) -> None:
    """Make it a draft again, as long as nothing was written; raises NotFound or Conflict."""
    message = await get_message(message_id)
    if not is_stoppable(message):
        raise Conflict
    async with transaction():
        changed = await BulkMessage.filter(id=message_id, state="sent", total=0).update(state="draft", sent_at=None)
        if not changed:
            raise Conflict
        await record_audit(by, "message.taken_back", ("message", message_id))


async def discard_message(message_id: int, by: Principal) -> int:
    """Throw a draft away; returns the offer's id. Raises NotFound or SentAlready."""
    message = await get_message(message_id)
    async with transaction():
        if not await BulkMessage.filter(id=message_id, state="draft").delete():
            raise SentAlready
        await record_audit(by, "message.discarded", ("message", message_id), before={"texts": message.texts})
    return message.offer_id


async def spread_message(message_id: int, sent_at: str) -> None:
    """Ask for one letter to each holder, unless it was taken back in the meantime. Doing it twice is the same."""
    message = await get_message(message_id)
    if message.state != "sent" or message.sent_at is None or message.sent_at.isoformat() != sent_at:
        return
    async with transaction():
        rows = (
            await holders_of(message, message.offer)
            .exclude(email="")
            .order_by("id")
            .values_list("reference", flat=True)
        )
        jobs = [
            (WRITE, f"{WRITE}:{message_id}:{reference}", {"message_id": message_id, "claim_id": str(reference)})
            for reference in rows
        ]
        for start in range(0, len(jobs), _BATCH):
            await enqueue_all(jobs[start : start + _BATCH])
        await BulkMessage.filter(id=message_id).update(total=len(jobs))

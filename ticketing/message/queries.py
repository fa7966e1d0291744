"""Reads: who gets a message, how it will look, how far it got."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tortoise.queryset import QuerySet

from festival.jobs.models import Job
from festival.kit.clock import now
from festival.kit.errors import NotFound
from festival.kit.i18n import current_language, use_language
from festival.mail.actions import Letter
from festival.mail.models import MailMessage
from festival.mail.rules import Topic
from festival.mail.stopping import list_stopped
from ticketing.delivery.emails import bulk_letter
from ticketing.delivery.queries import get_packet
from ticketing.message.rules import can_stop
from ticketing.models import BulkMessage, Claim, Offer

_LATEST = 50


@dataclass(frozen=True)
class Audience:
    """Who a message reaches: claims with an address, by language; of them, who stopped news; and who has no address."""

    by_language: Counter[str]
    stopped: int
    unreachable: int

    @property
    def total(self) -> int:
        """All with an address."""
        return self.by_language.total()


@dataclass(frozen=True)
class Progress:
    """How far a sent message got; `left` letters are still to be written."""

    total: int
    left: int
    by_state: Counter[str]

    @property
    def written(self) -> int:
        """Letters in the outbox."""
        return self.by_state.total()

    @property
    def left_out(self) -> int:
        """Asked for, and rightly not written: its reader stopped news, or gave the ticket back."""
        return max(0, self.total - self.left - self.written)

    @property
    def under_way(self) -> bool:
        """Whether looking again will show something new."""
        return self.left > 0 or self.by_state["queued"] > 0


def holders_of(message: BulkMessage, offer: Offer) -> QuerySet[Claim]:
    """The live claims that a message is for."""
    if message.whole_occurrence:
        return Claim.filter(offer__occurrence_id=offer.occurrence_id, state="live")
    return Claim.filter(offer_id=offer.id, state="live")


async def get_message(message_id: int) -> BulkMessage:
    """The message with its offer; raises NotFound."""
    found = await BulkMessage.get_or_none(id=message_id).select_related("offer")
    if found is None:
        raise NotFound
    return found


async def list_messages(offer_id: int) -> Sequence[BulkMessage]:
    """What was written to the holders of an offer, the latest first."""
    return await BulkMessage.filter(offer_id=offer_id).order_by("-id").limit(_LATEST)


async def count_audience(message: BulkMessage) -> Audience:
    """Who would get it now."""
    rows = await holders_of(message, message.offer).values_list("email", "language")
    reached = [(str(email), str(language)) for email, language in rows if email]
    stopped = await list_stopped({email for email, _ in reached}, Topic.NEWS)
    return Audience(
        Counter(language for _, language in reached),
        sum(email.lower() in stopped for email, _ in reached),
        len(rows) - len(reached),
    )


async def preview_letter(message: BulkMessage, language: str) -> Letter | None:
    """The message as a holder who reads `language` will get it, with a real ticket's facts; None without any holder.

    The ticket's own link is left out: staff need not hold it.
    """
    holders = holders_of(message, message.offer)
    claim = await holders.filter(language=language).first() or await holders.first()
    if claim is None:
        return None
    mine = current_language()
    use_language(language)
    try:
        packet = await get_packet(claim, for_holder=False)
        words = message.texts.get(language) or message.texts[message.language]
        return bulk_letter(packet, words["subject"], words["text"], important=message.important)
    finally:
        use_language(mine)


async def get_progress(message: BulkMessage) -> Progress:
    """How far it got."""
    states = await MailMessage.filter(cause__startswith=f"ticket.message:{message.id}:").values_list("state", flat=True)
    left = await Job.filter(key__startswith=f"ticketing.write_to_holder:{message.id}:", state="todo").count()
    return Progress(message.total, left, Counter(map(str, states)))


def is_stoppable(message: BulkMessage) -> bool:
    """Whether it can still be taken back."""
    return message.total == 0 and can_stop(message.state, message.sent_at, now())

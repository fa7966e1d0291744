"""Writes: reasons of one's own, and their end."""

from __future__ import annotations

from festival.database import transaction
from festival.kit.clock import now
from festival.kit.errors import NotFound
from festival.kit.web.access import Principal
from festival.organisation.actions import record_audit
from vendors.lifecycle.reasons import LISTED
from vendors.models import Call, OwnReason
from vendors.reasons.rules import MOST_REASONS, ReasonThere, TooManyReasons, Use


async def add_reason(call: Call, text: str, use: Use, by: Principal) -> OwnReason:
    """One more reason at the end of the list; raises ReasonThere, TooManyReasons."""
    async with transaction():
        offered = OwnReason.filter(call_id=call.id, ended_at=None)
        if text in LISTED.values() or await offered.filter(text=text).exists():
            raise ReasonThere
        count = await offered.count()
        if count >= MOST_REASONS:
            raise TooManyReasons(most=MOST_REASONS)
        reason = await OwnReason.create(call_id=call.id, text=text, use=use, position=count)
        await record_audit(by, "reason.added", ("call", call.id), after={"text": text, "use": use})
    return reason


async def end_reason(call: Call, reason_id: int, by: Principal) -> None:
    """Offer it no longer; what was decided with it is still read in every language. Raises NotFound."""
    await _set_end(call, reason_id, by, over=True)


async def offer_again(call: Call, reason_id: int, by: Principal) -> None:
    """Take its end back; raises NotFound."""
    await _set_end(call, reason_id, by, over=False)


async def _set_end(call: Call, reason_id: int, by: Principal, *, over: bool) -> None:
    async with transaction():
        reason = await OwnReason.get_or_none(id=reason_id, call_id=call.id)
        if reason is None:
            raise NotFound
        await OwnReason.filter(id=reason.id).update(ended_at=now() if over else None)
        what = "reason.ended" if over else "reason.offered_again"
        await record_audit(by, what, ("call", call.id), before={"text": reason.text})

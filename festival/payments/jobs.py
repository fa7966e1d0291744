"""Job handlers that speak to Stripe, and the one that tells rooms of their obligations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from festival.jobs.worker import Handler, Handlers
from festival.payments.actions import CLOSE_CHECKOUT, OBLIGATION_CHANGED, SEND_REFUND
from festival.payments.checkout import LOOK_AGAIN, close_attempt, look_again, send_refund
from festival.payments.inbox import APPLY_EVENT, apply_event


def tell_owners(owners: Mapping[str, Handler]) -> Handlers:
    """The handler of `OBLIGATION_CHANGED`: passes each on by the kind of its subject; nobody's are left alone."""

    async def tell(payload: dict[str, Any]) -> None:
        if owner := owners.get(payload["subject_kind"]):
            await owner(payload)

    return {OBLIGATION_CHANGED: tell}


async def _apply(payload: dict[str, Any]) -> None:
    await apply_event(payload["event_id"])


async def _close(payload: dict[str, Any]) -> None:
    await close_attempt(payload["payment_id"])


async def _look(payload: dict[str, Any]) -> None:
    await look_again(payload["payment_id"])


async def _refund(payload: dict[str, Any]) -> None:
    await send_refund(payload["refund_id"])


HANDLERS: Handlers = {APPLY_EVENT: _apply, CLOSE_CHECKOUT: _close, LOOK_AGAIN: _look, SEND_REFUND: _refund}

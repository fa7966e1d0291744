"""Job handlers that speak to Stripe, and the one that tells rooms of their obligations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from festival.jobs.worker import Handler, Handlers
from festival.payments.actions import OBLIGATION_CHANGED


def tell_owners(owners: Mapping[str, Handler]) -> Handlers:
    """The handler of `OBLIGATION_CHANGED`: passes each on by the kind of its subject; nobody's are left alone."""

    async def tell(payload: dict[str, Any]) -> None:
        if owner := owners.get(payload["subject_kind"]):
            await owner(payload)

    return {OBLIGATION_CHANGED: tell}


HANDLERS: Handlers = {}

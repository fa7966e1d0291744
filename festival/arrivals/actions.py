"""Writes: who was let in is checked in; a supervisor lets somebody in without all papers."""

from __future__ import annotations

from festival.arrivals.queries import get_arrival
from festival.arrivals.rules import read_pass
from festival.database import transaction
from festival.kit.web.access import Principal
from festival.organisation.actions import record_audit
from festival.settings import settings
from vendors.lifecycle.actions import as_staff, move_application
from vendors.lifecycle.rules import State


async def check_in(text: str, device: Principal) -> None:
    """Whoever was let in for the first time is checked in; later scans change nothing."""
    arrival = await get_arrival(read_pass(settings().secret_key, text) or "")
    if arrival.application.state == State.DOCS_READY:
        await move_application(arrival.application, State.CHECKED_IN, as_staff(device), quietly=True)


async def override_arrival(receipt: str, reason: str, by: Principal) -> None:
    """Let somebody in although papers are missing: the next scan is green. Raises WrongStep where nothing is to be
    overridden; the word and its reason stand in the audit log."""
    async with transaction():
        arrival = await get_arrival(receipt)
        missing = list(arrival.missing)
        await move_application(arrival.application, State.DOCS_READY, as_staff(by), reason, quietly=True)
        await record_audit(
            by, "arrival.overridden", ("application", arrival.application.id),
            before={"missing": missing}, after={"reason": reason},
        )  # fmt: skip

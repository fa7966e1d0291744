"""Reads: everything that is held about the holder of one ticket."""

from __future__ import annotations

import datetime as dt
from typing import Any

from festival.mail.queries import list_mails_of
from ticketing.holder.queries import get_claim_by_secret
from ticketing.models import Scan, Ticket, WaitlistEntry
from ticketing.offers.queries import get_occasion, get_offer


def _plain(row: object, *names: str) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in names}
    return {name: value.isoformat() if isinstance(value, dt.datetime) else value for name, value in values.items()}


async def get_held_data(secret: str) -> dict[str, Any]:
    """All that is kept about the ticket whose link carries `secret`, its holder and its letters; raises NotFound."""
    claim = await get_claim_by_secret(secret)
    occasion = await get_occasion(await get_offer(claim.offer_id))
    entries = await WaitlistEntry.filter(claim_id=claim.id)
    about = {"claim": [claim.id], "waitlist_entry": [entry.id for entry in entries]}
    return {
        "ticket": _plain(
            claim, "reference", "party", "name", "email", "phone", "language", "state", "source", "facts", "people_in",
            "people_seen", "first_in_at", "first_in_gate", "created_at", "cancelled_at", "erased_at",
        ),
        "for": _plain(occasion, "title", "starts_at", "ends_at", "place", "address"),
        "fingerprints": {"person": bool(claim.person_digest), "household": bool(claim.household_digest)},
        "codes": [_plain(one, "issued_at", "ended_at", "ended_by") for one in await Ticket.filter(claim_id=claim.id)],
        "scans": [
            _plain(scan, "scanned_at", "direction", "people", "outcome", "code")
            for scan in await Scan.filter(claim_id=claim.id).order_by("trusted_at")
        ],
        "waitlist": [_plain(entry, "reference", "state", "party", "created_at") for entry in entries],
        "letters": [
            _plain(mail, "kind", "recipient", "subject", "state", "queued_at", "sent_at")
            for mail in await list_mails_of(about, [claim.reference])
        ],
    }  # fmt: skip

"""Reads: obligations by secret, by id, by state, and what belongs to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tortoise.functions import Count, Sum

from festival.kit.errors import NotFound
from festival.kit.secrets import derive, digest
from festival.payments.models import Instalment, LedgerEntry, Obligation, ObligationLine, Payment, Refund, StripeEvent
from festival.settings import settings

LIVE_ATTEMPTS = ("open", "action_required", "declined")
# A bank has it under way: nothing of ours can stop it.
UNDER_WAY = (*LIVE_ATTEMPTS, "processing")


@dataclass(frozen=True)
class Account:
    """An obligation with all that belongs to it."""

    obligation: Obligation
    lines: Sequence[ObligationLine]
    payments: Sequence[Payment]
    refunds: Sequence[Refund]
    entries: Sequence[LedgerEntry]
    parts: Sequence[Instalment] = ()


@dataclass(frozen=True)
class Totals:
    """What the office's books add up to, in cents."""

    due: int
    paid: int
    refunded: int
    disputed: int


def pay_secret(obligation_id: int) -> str:
    """The secret in the obligation's pay link; made again whenever a letter needs it."""
    return derive(settings().secret_key, "pay", obligation_id)


def pay_path(obligation_id: int) -> str:
    """The path of the obligation's pay page."""
    return f"/pay/{pay_secret(obligation_id)}"


async def get_obligation_by_secret(secret: str) -> Obligation:
    """The obligation whose pay link this is; raises NotFound."""
    obligation = await Obligation.get_or_none(secret_digest=digest(secret))
    if obligation is None:
        raise NotFound
    return obligation


async def get_obligation(obligation_id: int) -> Obligation:
    """The obligation with this id, for the office; raises NotFound."""
    obligation = await Obligation.get_or_none(id=obligation_id)
    if obligation is None:
        raise NotFound
    return obligation


async def get_account(obligation: Obligation) -> Account:
    """`obligation` with its lines, attempts, refunds and ledger, oldest first."""
    return Account(
        obligation,
        await ObligationLine.filter(obligation_id=obligation.id).order_by("id"),
        await Payment.filter(obligation_id=obligation.id).order_by("attempt"),
        await Refund.filter(payment__obligation_id=obligation.id).order_by("id"),
        await LedgerEntry.filter(obligation_id=obligation.id).order_by("id"),
        await Instalment.filter(obligation_id=obligation.id).order_by("position"),
    )


async def find_live_attempt(obligation_id: int) -> Payment | None:
    """The attempt that is still under way or may be taken up again."""
    return await Payment.filter(obligation_id=obligation_id, state__in=UNDER_WAY).order_by("-attempt").first()


async def list_obligations(state: str, before_id: int, most: int) -> list[Obligation]:
    """The newest obligations in `state` ("" for all), older than `before_id` if that is not 0."""
    found = Obligation.all()
    if state:
        found = found.filter(state=state)
    if before_id:
        found = found.filter(id__lt=before_id)
    return await found.order_by("-id").limit(most)


async def count_by_state() -> dict[str, int]:
    """How many obligations stand in each state."""
    rows = await Obligation.annotate(count=Count("id")).group_by("state").values_list("state", "count")
    return {str(state): int(str(count)) for state, count in rows}


async def sum_all() -> Totals:
    """The sums over all obligations."""
    names = ("due", "paid", "refunded", "disputed")
    sums = {f"{name}_sum": Sum(f"{name}_cents") for name in names}
    row = await Obligation.annotate(**sums).first().values(*sums)
    return Totals(**{name: int((row or {}).get(f"{name}_sum") or 0) for name in names})


async def list_quarantined(most: int = 50) -> list[StripeEvent]:
    """Events that were not applied and wait for somebody to look at them, newest first."""
    return await StripeEvent.filter(state="quarantined").order_by("-id").limit(most)

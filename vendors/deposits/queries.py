"""Reads: every deposit of a call with what happens to it, and the runs that gave back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from festival.kit.errors import NotFound
from festival.payments.models import Obligation, ObligationLine
from vendors.deposits.rules import Facts, Verdict, judge
from vendors.lifecycle.rules import State
from vendors.models import Application, Call, DepositRun

_TOOK_PART = [State.CONFIRMED, State.DOCS_READY, State.CHECKED_IN, State.COMPLETED, State.NO_SHOW]


@dataclass(frozen=True)
class Deposit:
    """One deposit: whose, how much in cents, and what happens to it."""

    application: Application
    line: ObligationLine
    cents: int
    verdict: Verdict


async def get_call(slug: str) -> Call:
    """A festival's call with the festival; raises NotFound."""
    call = await Call.get_or_none(festival__slug=slug).select_related("festival")
    if call is None:
        raise NotFound
    return call


async def list_deposits(call: Call, line_ids: Sequence[int] | None = None) -> list[Deposit]:
    """Every deposit of a call by name, or those of `line_ids`; in three statements."""
    applications = await (
        Application.filter(category__call_id=call.id, state__in=_TOOK_PART, obligation_id__not_isnull=True)
        .select_related("category").order_by("name", "id")
    )  # fmt: skip
    by_bill = {int(str(one.obligation_id)): one for one in applications}
    bills = {bill.id: bill for bill in await Obligation.filter(id__in=list(by_bill))}
    lines = ObligationLine.filter(obligation_id__in=list(by_bill), kind__in=["deposit", "kept"])
    if line_ids is not None:
        lines = lines.filter(id__in=list(line_ids))
    found = [
        _judged(call, by_bill[line.obligation_id], line, bills[line.obligation_id])
        for line in await lines.order_by("id")
    ]
    return sorted(found, key=lambda one: (one.verdict is not Verdict.BACK, one.application.name, one.line.id))


def _judged(call: Call, application: Application, line: ObligationLine, bill: Obligation) -> Deposit:
    facts = Facts(
        line.kind, line.refunded_cents, bill.due_cents, bill.paid_cents, bill.disputed_cents, application.state,
        call.keep_no_show_deposit,
    )  # fmt: skip
    return Deposit(application, line, line.quantity * line.unit_cents, judge(facts))


async def list_runs(call: Call) -> list[DepositRun]:
    """The latest runs, the newest first."""
    return await DepositRun.filter(call_id=call.id).order_by("-id").limit(5)

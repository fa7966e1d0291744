"""Invoices, receipts and credit notes: numbered in the order of the ledger, without gaps, and never changed."""

from __future__ import annotations

from typing import Any

from tortoise.expressions import F

from festival.database import transaction
from festival.jobs.actions import enqueue
from festival.kit.clock import now
from festival.kit.errors import NotFound
from festival.organisation.queries import get_organisation
from festival.payments.models import Instalment, LedgerEntry, Obligation, ObligationLine, Payment, Refund
from festival.payments.records import Paper, PaperSeries
from festival.payments.rules import Entry, sum_entries
from festival.settings import settings

MAIL_PAPER = "payments.mail_paper"
INVOICE, RECEIPT, CREDIT = "INV", "REC", "CRE"
_SERIES = {Entry.BILLED: INVOICE, Entry.PAID: RECEIPT, Entry.REFUNDED: CREDIT}


def paper_number(paper: Paper) -> str:
    """What people call it: REC-2027-00012."""
    return f"{paper.series}-{paper.year}-{paper.number:05}"


async def issue_paper(entry_id: int) -> None:
    """Number the paper of a movement, once, and of those before it that have none yet.

    A number is taken and used in one transaction, so none is lost.
    """
    entry = await LedgerEntry.get(id=entry_id)
    series, year = _SERIES[Entry(entry.kind)], entry.at.astimezone(settings().zone).year
    async with transaction():
        row = PaperSeries(series=series, year=year, given=0)
        await PaperSeries.bulk_create([row], ignore_conflicts=True)
        # Whoever holds the row of the series gives its next numbers.
        await PaperSeries.filter(series=series, year=year).select_for_update().only("id").first()
        newest = await Paper.filter(series=series).order_by("-entry_id").first()
        waiting = LedgerEntry.filter(kind=entry.kind, amount_cents__gt=0, id__lte=entry.id)
        for one in await waiting.filter(id__gt=newest.entry_id if newest else 0).order_by("id"):
            if one.id != entry.id:
                await _number(one, series, year)
        if not await Paper.exists(entry_id=entry.id):
            await _number(entry, series, year)


async def _number(entry: LedgerEntry, series: str, year: int) -> None:
    await PaperSeries.filter(series=series, year=year).update(given=F("given") + 1)
    number = (await PaperSeries.get(series=series, year=year)).given
    facts = await _facts_of(entry)
    paper = await Paper.create(
        series=series, year=year, number=number, entry_id=entry.id, obligation_id=entry.obligation_id,
        facts=facts, issued_at=now(),
    )  # fmt: skip
    if series != INVOICE and facts["payer_email"]:
        await enqueue(MAIL_PAPER, f"{MAIL_PAPER}:{paper.id}", {"paper_id": paper.id})


async def _facts_of(entry: LedgerEntry) -> dict[str, Any]:
    """All that the paper says, as it is at this moment."""
    obligation = await Obligation.get(id=entry.obligation_id)
    earlier = await LedgerEntry.filter(obligation_id=obligation.id, id__lte=entry.id).values_list(
        "kind", "amount_cents"
    )
    sums = sum_entries([(str(kind), int(cents)) for kind, cents in earlier])
    payment = await Payment.get_or_none(id=entry.payment_id) if entry.payment_id else None
    refund = await Refund.get_or_none(id=entry.refund_id) if entry.refund_id else None
    line = await ObligationLine.get_or_none(id=refund.line_id) if refund and refund.line_id else None
    office = await get_organisation()
    return {
        "office": office.name,
        "office_address": office.address,
        "description": obligation.description,
        "payer_email": obligation.payer_email,
        "language": obligation.language,
        "currency": obligation.currency,
        "amount": entry.amount_cents,
        "at": entry.at.isoformat(),
        "due_at": obligation.due_at.isoformat() if obligation.due_at else "",
        "lines": [
            [line.label, line.quantity, line.unit_cents]
            for line in await ObligationLine.filter(obligation_id=obligation.id).order_by("id")
        ],
        "parts": [
            [part.amount_cents, part.due_at.isoformat()]
            for part in await Instalment.filter(obligation_id=obligation.id).order_by("position")
        ],
        "sums": [sums.due, sums.paid, sums.refunded],
        "method": payment.method if payment else "",
        "paid_with": payment.paid_with if payment else "",
        "note": payment.note if payment and payment.method in {"cash", "check"} else "",
        "reason": refund.reason if refund else "",
        "line": line.label if line else "",
    }


async def list_papers(obligation_id: int) -> list[Paper]:
    """The papers of an obligation, the oldest first."""
    return await Paper.filter(obligation_id=obligation_id).order_by("entry_id")


async def get_paper(obligation_id: int, paper_id: int) -> Paper:
    """One paper of an obligation; raises NotFound."""
    paper = await Paper.get_or_none(id=paper_id, obligation_id=obligation_id)
    if paper is None:
        raise NotFound
    return paper

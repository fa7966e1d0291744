"""Invoices, receipts and credit notes as PDF, in the payer's language."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from festival.kit import i18n
from festival.kit.i18n import current_language, gettext, put, use_language
from festival.kit.paper import Sheet, draw, own_direction, script_facts
from festival.kit.words import N_
from festival.payments.papers import CREDIT, INVOICE, RECEIPT, paper_number
from festival.payments.records import Paper
from festival.payments.words import METHODS
from festival.settings import settings

_TEMPLATE = Path(__file__).with_name("bill.typ")
TITLES = {INVOICE: N_("Invoice"), RECEIPT: N_("Receipt"), CREDIT: N_("Credit note")}


async def draw_papers(papers: list[Paper]) -> bytes:
    """The PDF of papers, each from a page of its own in its payer's language; raises Overloaded."""
    mine, sheets = current_language(), list[Sheet]()
    for paper in papers:
        use_language(str(paper.facts["language"]))
        sheets.append(lay_out(paper))
    use_language(mine)
    return await draw(_TEMPLATE, {"papers": json.dumps(sheets)})


def lay_out(paper: Paper) -> Sheet:
    """What is printed of a paper, in the current language."""
    facts = paper.facts
    due, paid, refunded = facts["sums"]
    sums = {
        INVOICE: [(gettext("Total"), due)],
        RECEIPT: [
            (gettext("Billed"), due),
            (gettext("Paid in all"), paid),
            (gettext("Still to pay"), max(0, due - paid)),
        ],
        CREDIT: [(gettext("Paid in all"), paid), (gettext("Given back in all"), refunded)],
    }[paper.series]
    return {
        **script_facts(),
        "title": gettext(TITLES[paper.series]),
        "number": own_direction(paper_number(paper)),
        "office": own_direction(str(facts["office"])),
        "office_address": own_direction(str(facts["office_address"] or "")),
        "head": _head(paper),
        "amount": _money(facts["amount"], facts) if paper.series != INVOICE else "",
        "lines": [
            [own_direction(put(str(label))), f"{i18n.number(quantity)} ×", _money(quantity * unit, facts)]
            for label, quantity, unit in facts["lines"]
        ],
        "sums": [[label, _money(cents, facts)] for label, cents in sums],
        "parts": [[_day(due_at), _money(cents, facts)] for cents, due_at in facts["parts"] if paper.series == INVOICE],
        "parts_title": gettext("To be paid in parts"),
        "footer": gettext("Keep this paper. Its number is all that we need to find your payment."),
    }


def _head(paper: Paper) -> list[list[str]]:
    """Rows of (what, value)."""
    facts = paper.facts
    rows = [
        [gettext("For"), own_direction(str(facts["description"]))],
        [gettext("Date"), _day(str(facts["at"]))],
    ]
    if facts["payer_email"]:
        rows.append([gettext("E-mail"), own_direction(str(facts["payer_email"]))])
    if paper.series == INVOICE and facts["due_at"]:
        rows.append([gettext("Please pay by"), _day(str(facts["due_at"]))])
    if facts["method"]:
        parts = [gettext(METHODS[str(facts["method"])]), str(facts["paid_with"]), str(facts["note"])]
        label = gettext("Paid with") if paper.series == RECEIPT else gettext("Given back to")
        rows.append([label, own_direction(" · ".join(part for part in parts if part))])
    if facts["line"]:
        rows.append([gettext("Of the line"), own_direction(put(str(facts["line"])))])
    if facts["reason"]:
        rows.append([gettext("Why"), own_direction(put(str(facts["reason"])))])
    return rows


def _money(cents: int, facts: dict[str, Any]) -> str:
    return own_direction(i18n.money(cents, str(facts["currency"]).upper()))


def _day(iso: str) -> str:
    return own_direction(i18n.day(dt.datetime.fromisoformat(iso), settings().zone))

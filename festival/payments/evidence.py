"""What answers a dispute: everything we have of one obligation, in a file that staff send to the bank."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from anyio.to_thread import run_sync

from festival.kit.clock import now
from festival.kit.i18n import current_language, gettext, moment, money, use_language
from festival.kit.paper import draw, own_direction, script_facts
from festival.payments.cards import find_consent
from festival.payments.models import Obligation
from festival.payments.papers import list_papers
from festival.payments.printing import draw_papers
from festival.payments.queries import Account, get_account
from festival.payments.records import Dispute
from festival.payments.words import ENTRIES, METHODS
from festival.settings import settings

_TEMPLATE = Path(__file__).with_name("evidence.typ")
Rows = list[tuple[str, str]]


@dataclass(frozen=True)
class Section:
    """One part of the evidence: rows of (what, value), in words."""

    title: str
    rows: Rows = field(default_factory=Rows)


Provider = Callable[[int], Awaitable[Sequence[Section]]]
_providers: dict[str, Provider] = {}


def register_evidence(kind: str, provider: Provider) -> None:
    """Let the room whose subject `kind` is say what it knows of one; the roof does this."""
    _providers[kind] = provider


async def list_disputes(obligation_id: int) -> list[Dispute]:
    """The disputes of an obligation, the newest first."""
    return await Dispute.filter(obligation_id=obligation_id).order_by("-id")


async def build_pack(obligation: Obligation) -> bytes:
    """A ZIP with a summary, the papers and the ledger of `obligation`, in the office's own language."""
    mine = current_language()
    use_language("en")  # banks read it
    try:
        account = await get_account(obligation)
        sections = [*await _own_sections(account), *await _foreign_sections(obligation)]
        summary = await draw(_TEMPLATE, {"pack": json.dumps(_lay_out(obligation, sections))})
        papers = await list_papers(obligation.id)
        files = {"1-summary.pdf": summary, "3-ledger.csv": _ledger(account)}
        if papers:
            files["2-papers.pdf"] = await draw_papers(papers)
        consent = await find_consent((obligation.subject_kind, obligation.subject_id))
        if consent:
            files["4-consent.txt"] = f"{consent.given_at.isoformat()}\n\n{consent.wording}\n".encode()
        return await run_sync(_zip, files)
    finally:
        use_language(mine)


def _zip(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, content in sorted(files.items()):
            pack.writestr(name, content)
    return target.getvalue()


def _ledger(account: Account) -> bytes:
    target = io.StringIO()
    rows = csv.writer(target)
    rows.writerow(["at", "movement", "amount_cents", "cause", "note"])
    for entry in account.entries:
        note = f"'{entry.note}" if entry.note[:1] in "=+-@" and entry.note else entry.note
        rows.writerow([entry.at.isoformat(), entry.kind, entry.amount_cents, entry.cause, note])
    return target.getvalue().encode()


async def _own_sections(account: Account) -> list[Section]:
    obligation, zone = account.obligation, settings().zone
    currency = obligation.currency.upper()
    bill = Section(
        gettext("What was bought"),
        [(line.label, f"{line.quantity} × {money(line.unit_cents, currency)}") for line in account.lines],
    )
    moved = Section(
        gettext("What was paid and when"),
        [
            (moment(entry.at, zone), f"{gettext(ENTRIES[entry.kind])} {money(entry.amount_cents, currency)}")
            for entry in account.entries
        ],
    )
    paid = Section(gettext("How it was paid"), [])
    for payment in account.payments:
        if payment.paid_cents:
            with_what = " ".join(part for part in (gettext(METHODS[payment.method]), payment.paid_with) if part)
            paid.rows.append((payment.intent_id or str(payment.id), with_what))
    raised = Section(
        gettext("The dispute"),
        [
            (dispute.stripe_id, f"{dispute.reason}, {money(dispute.amount_cents, currency)}, {dispute.state}")
            for dispute in await list_disputes(obligation.id)
        ],
    )
    sections = [raised, bill, moved, paid]
    consent = await find_consent((obligation.subject_kind, obligation.subject_id))
    if consent:
        when = moment(consent.given_at, zone)
        sections.append(Section(gettext("Consent to charge the card"), [(when, consent.wording)]))
    return sections


async def _foreign_sections(obligation: Obligation) -> Sequence[Section]:
    provider = _providers.get(obligation.subject_kind)
    return await provider(obligation.subject_id) if provider else ()


def _lay_out(obligation: Obligation, sections: Sequence[Section]) -> dict[str, object]:
    return {
        **script_facts(),
        "title": gettext("Evidence for a dispute"),
        "subject": own_direction(obligation.description),
        "made": moment(now(), settings().zone),
        "sections": [
            {"title": one.title, "rows": [[own_direction(what), own_direction(value)] for what, value in one.rows]}
            for one in sections
            if one.rows
        ],
    }

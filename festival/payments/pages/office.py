"""The office's books: what is owed and paid, one obligation's ledger, events that did not fit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from festival.kit.errors import Invalid, NotFound
from festival.kit.web.access import Role, principal_of, staff
from festival.kit.web.downloads import download
from festival.kit.web.forms import FormState, read_form, refused_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from festival.kit.words import say
from festival.organisation.actions import record_audit
from festival.payments import actions, inbox, words
from festival.payments.cards import find_consent
from festival.payments.evidence import build_pack, list_disputes
from festival.payments.forms import CounterForm, RefundForm, WaiverForm
from festival.payments.ledger import sums_of
from festival.payments.models import Obligation
from festival.payments.papers import get_paper, list_papers, paper_number
from festival.payments.printing import TITLES, draw_papers
from festival.payments.queries import (
    count_by_state,
    get_account,
    get_obligation,
    list_obligations,
    list_quarantined,
    pay_path,
    sum_all,
)
from festival.payments.reconciling import count_open_differences
from festival.payments.rules import TooMuch, outstanding_cents, refundable_cents

_BOOKS = staff(Role.TREASURER, Role.ORGANIZER)
_ROWS = 50
Form = TypeVar("Form", bound=BaseModel)

Confirmation = Callable[[Request, str], Awaitable[None]]
_confirmations: list[Confirmation] = []


def confirm_with(confirmation: Confirmation) -> None:
    """Ask `confirmation` before money goes back or is let go; the roof names it."""
    _confirmations[:] = [confirmation]


async def _require_confirmed(request: Request, back: str) -> None:
    for confirmation in _confirmations:
        await confirmation(request, back)


async def get_books(request: Request) -> Response:
    """All obligations, by state, with the totals of the books."""
    state, before = request.query_params.get("state", ""), request.query_params.get("before", "")
    found = await list_obligations(state, int(before) if before.isdecimal() else 0, _ROWS)
    return render(
        request, "payments/books.html", obligations=found, state=state, counts=await count_by_state(),
        totals=await sum_all(), differing=await count_open_differences(), quarantined=await list_quarantined(),
        words=words, older=found[-1].id if len(found) == _ROWS else 0,
    )  # fmt: skip


def _path(obligation: Obligation) -> str:
    return f"/organize/money/{obligation.id}"


async def _find(request: Request) -> Obligation:
    return await get_obligation(request.path_params["id"])


async def _show(request: Request, obligation: Obligation, forms: dict[str, FormState], status: int = 200) -> Response:
    sums = sums_of(obligation)
    return render(
        request, "payments/obligation.html", status, account=await get_account(obligation), words=words,
        papers=await list_papers(obligation.id), paper_number=paper_number, paper_titles=TITLES,
        disputes=await list_disputes(obligation.id), consent=await find_consent(_subject(obligation)),
        outstanding=outstanding_cents(sums), refundable=refundable_cents(sums), pay_path=pay_path(obligation.id),
        forms={"counter": FormState(), "refund": FormState(), "waiver": FormState(), **forms},
    )  # fmt: skip


def _subject(obligation: Obligation) -> tuple[str, int]:
    return obligation.subject_kind, obligation.subject_id


async def get_paper_file(request: Request) -> Response:
    """An invoice, receipt or credit note as PDF."""
    paper = await get_paper((await _find(request)).id, request.path_params["paper"])
    return download(await draw_papers([paper]), f"{paper_number(paper)}.pdf", "application/pdf")


async def get_evidence(request: Request) -> Response:
    """Everything that answers a dispute, as a ZIP; kept in the audit log, since it holds what people wrote."""
    obligation = await _find(request)
    pack = await build_pack(obligation)
    await record_audit(principal_of(request), "money.evidence_taken", ("obligation", obligation.id))
    return download(pack, f"evidence-{obligation.id}.zip", "application/zip")


async def get_one(request: Request) -> Response:
    """One obligation: lines, attempts, refunds, ledger."""
    return await _show(request, await _find(request), {})


async def _post(
    request: Request, name: str, form: type[Form], act: Callable[[Obligation, Form], Awaitable[object]]
) -> Response:
    obligation = await _find(request)
    if name != "counter":
        await _require_confirmed(request, _path(obligation))
    try:
        await act(obligation, await read_form(request, form))
    except Invalid as refusal:
        return await _show(request, obligation, {name: refused_form(request, refusal)}, 422)
    except TooMuch as refusal:
        wrong = Invalid({"amount": say(refusal.message)})
        return await _show(request, obligation, {name: refused_form(request, wrong)}, 422)
    return go_to(request, _path(obligation))


async def post_counter(request: Request) -> Response:
    """Record money handed over."""

    async def act(obligation: Obligation, form: CounterForm) -> object:
        who = principal_of(request)
        return await actions.record_counter_payment(obligation.id, form.amount, form.method, who, form.whole_note)

    return await _post(request, "counter", CounterForm, act)


async def post_refund(request: Request) -> Response:
    """Send money back."""

    async def act(obligation: Obligation, form: RefundForm) -> object:
        key = f"revision-{form.revision}"
        who = principal_of(request)
        return await actions.request_refund(obligation.id, form.amount, form.reason, who, key=key, line_id=form.line)

    return await _post(request, "refund", RefundForm, act)


async def post_waiver(request: Request) -> Response:
    """Let go of what is owed."""

    async def act(obligation: Obligation, form: WaiverForm) -> object:
        return await actions.waive_obligation(obligation.id, form.reason, principal_of(request), form.amount)

    return await _post(request, "waiver", WaiverForm, act)


async def post_event(request: Request) -> Response:
    """Judge a quarantined event anew, or set it aside."""
    wish = str((await request.form()).get("wish", ""))
    row_id = request.path_params["id"]
    if wish == "look":
        await inbox.look_at_event_again(row_id)
    elif wish == "set_aside":
        await inbox.set_event_aside(row_id, principal_of(request))
    else:
        raise NotFound
    return go_to(request, "/organize/money")


routes: Routes = [
    Door("/organize/money", _BOOKS, get=get_books),
    Door("/organize/money/events/{id:int}", _BOOKS, post=post_event),
    Door("/organize/money/{id:int}", _BOOKS, get=get_one),
    Door("/organize/money/{id:int}/papers/{paper:int}", _BOOKS, get=get_paper_file),
    Door("/organize/money/{id:int}/evidence", _BOOKS, get=get_evidence),
    Door("/organize/money/{id:int}/counter", _BOOKS, post=post_counter),
    Door("/organize/money/{id:int}/refund", _BOOKS, post=post_refund),
    Door("/organize/money/{id:int}/waiver", _BOOKS, post=post_waiver),
]

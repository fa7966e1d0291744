"""The pay page behind a secret link, and Stripe's webhook."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from festival.kit.errors import BadRequest, NotFound
from festival.kit.i18n import use_language
from festival.kit.web.access import ANYONE, holder
from festival.kit.web.downloads import download
from festival.kit.web.limits import limit
from festival.kit.web.pages import render
from festival.kit.web.routes import Door, Routes
from festival.payments import words
from festival.payments.checkout import start_checkout
from festival.payments.gateway import BadSignature, find_gateway, verify_event
from festival.payments.inbox import store_event
from festival.payments.ledger import parts_of, sums_of
from festival.payments.models import Obligation
from festival.payments.papers import get_paper, list_papers, paper_number
from festival.payments.printing import TITLES, draw_papers
from festival.payments.queries import get_account, get_obligation_by_secret
from festival.payments.rules import State, next_part_cents, outstanding_cents
from festival.settings import settings

_PAYABLE = {State.UNPAID, State.CHARGING, State.ACTION_REQUIRED, State.DECLINED, State.PART_PAID}
_LARGEST_EVENT = 512 * 1024


async def _find(request: Request) -> Obligation:
    limit(request, "pay", 60)
    obligation = await get_obligation_by_secret(request.path_params["secret"])
    if not request.state.prefix:
        use_language(obligation.language)
    return obligation


async def get_pay(request: Request) -> Response:
    """What is owed, line by line; how to pay it; what was paid."""
    obligation = await _find(request)
    sums = sums_of(obligation)
    waiting = request.query_params.get("done") == "yes" and obligation.state in _PAYABLE
    return render(
        request, "payments/pay.html", account=await get_account(obligation), words=words, waiting=waiting,
        outstanding=outstanding_cents(sums), due_now=next_part_cents(await parts_of(obligation), sums),
        papers=await list_papers(obligation.id), paper_number=paper_number, paper_titles=TITLES,
        payable=obligation.state in _PAYABLE, by_card=find_gateway() is not None,
    )  # fmt: skip


async def get_paper_file(request: Request) -> Response:
    """An invoice, receipt or credit note as PDF."""
    paper = await get_paper((await _find(request)).id, request.path_params["paper"])
    return download(await draw_papers([paper]), f"{paper_number(paper)}.pdf", "application/pdf")


async def post_pay(request: Request) -> Response:
    """On to the card page. The amount comes from our ledger; the form says nothing."""
    obligation = await _find(request)
    return RedirectResponse(await start_checkout(obligation.id), 303)


async def post_webhook(request: Request) -> Response:
    """Stripe's events: 400 unless signed by Stripe just now, 204 once stored."""
    secret = settings().stripe_webhook_secret
    if not secret:
        raise NotFound
    try:
        event = verify_event(await request.body(), request.headers.get("stripe-signature", ""), secret)
    except BadSignature:
        raise BadRequest from None
    await store_event(event)
    return Response(status_code=204)


routes: Routes = [
    Door("/pay/{secret}", holder("an obligation"), get=get_pay, post=post_pay),
    Door("/pay/{secret}/papers/{paper:int}", holder("an obligation"), get=get_paper_file),
    Door("/webhooks/stripe", ANYONE, post=post_webhook, max_body=_LARGEST_EVENT),
]

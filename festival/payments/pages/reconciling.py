"""The daily comparison with Stripe: what differs, what to do, and what was found before."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from festival.kit.errors import Invalid
from festival.kit.web.access import Role, principal_of, staff
from festival.kit.web.forms import FormState, read_form, refused_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from festival.kit.words import N_
from festival.payments.differences import KINDS
from festival.payments.forms import ExplainForm
from festival.payments.gateway import find_gateway
from festival.payments.moving import MOVING_KINDS
from festival.payments.reconciling import (
    explain_difference,
    list_differences,
    list_payouts,
    list_reconciliations,
    reconcile,
)

PAYOUTS = {
    "paid": N_("Arrived"), "pending": N_("On its way"), "in_transit": N_("On its way"), "failed": N_("Failed"),
    "canceled": N_("Cancelled"),
}  # fmt: skip
_BOOKS = staff(Role.TREASURER, Role.ORGANIZER)
_PATH = "/organize/money/reconciliation"


async def get_reconciliation(request: Request) -> Response:
    """What differs now, what was mended or explained, and the latest comparisons."""
    return await _show(request, FormState())


async def _show(request: Request, form: FormState, status: int = 200) -> Response:
    return render(
        request, "payments/reconciliation.html", status, open=await list_differences(open_now=True), form=form,
        past=await list_differences(open_now=False, most=50), runs=await list_reconciliations(),
        kinds=KINDS | MOVING_KINDS,
        payouts=await list_payouts(), payout_states=PAYOUTS,
        by_card=find_gateway() is not None,
    )  # fmt: skip


async def post_reconciliation(request: Request) -> Response:
    """Compare now."""
    await reconcile()
    return go_to(request, _PATH)


async def post_difference(request: Request) -> Response:
    """Say what a difference is."""
    try:
        given = await read_form(request, ExplainForm)
    except Invalid as refusal:
        return await _show(request, refused_form(request, refusal), 422)
    await explain_difference(request.path_params["id"], given.explanation, principal_of(request))
    return go_to(request, _PATH)


routes: Routes = [
    Door(_PATH, _BOOKS, get=get_reconciliation, post=post_reconciliation),
    Door("/organize/money/differences/{id:int}", _BOOKS, post=post_difference),
]

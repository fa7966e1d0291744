"""The page of one gate: what it admits, and its zone's limit."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from festival.kit.errors import Invalid
from festival.kit.web.access import principal_of, staff
from festival.kit.web.forms import FormState, read_form, refused_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from ticketing.admission.actions import add_rule, remove_rule, set_fire_limit
from ticketing.admission.forms import LimitForm, RuleForm
from ticketing.admission.queries import list_offers, list_rules
from ticketing.gate.queries import get_gate

_TEAM = staff("organizer")
_PAGE = "/organize/gates/{gate_id:int}"


async def get_gate_page(request: Request) -> Response:
    """The gate as it is set."""
    return await _show(request, FormState())


async def _show(request: Request, form: FormState, status: int = 200) -> Response:
    gate = await get_gate(str(request.path_params["gate_id"]))
    return render(
        request, "ticketing/gate/rules.html", status, gate=gate, rules=await list_rules(gate.id),
        offers=await list_offers(), form=form,
    )  # fmt: skip


async def post_rule(request: Request) -> Response:
    """Admit one more offer."""
    gate = await get_gate(str(request.path_params["gate_id"]))
    try:
        form = await read_form(request, RuleForm)
        starts_at, ends_at = form.hours()
    except Invalid as refusal:
        return await _show(request, refused_form(request, refusal), 422)
    await add_rule(gate, form.offer_id, starts_at, ends_at, principal_of(request))
    return go_to(request, f"/organize/gates/{gate.id}")


async def post_remove(request: Request) -> Response:
    """Take a rule away."""
    gate = await get_gate(str(request.path_params["gate_id"]))
    await remove_rule(gate, int(request.path_params["rule_id"]), principal_of(request))
    return go_to(request, f"/organize/gates/{gate.id}")


async def post_limit(request: Request) -> Response:
    """Set the zone's fire limit."""
    gate = await get_gate(str(request.path_params["gate_id"]))
    try:
        form = await read_form(request, LimitForm)
    except Invalid as refusal:
        return await _show(request, refused_form(request, refusal), 422)
    await set_fire_limit(gate.zone, form.fire_limit, principal_of(request))
    return go_to(request, f"/organize/gates/{gate.id}")


routes: Routes = [
    Door(_PAGE, _TEAM, get=get_gate_page),
    Door(_PAGE + "/rules", _TEAM, post=post_rule),
    Door(_PAGE + "/rules/{rule_id:int}/remove", _TEAM, post=post_remove),
    Door(_PAGE + "/limit", _TEAM, post=post_limit),
]

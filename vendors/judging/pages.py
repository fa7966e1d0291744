"""The page where organizers say what jurors score by."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from festival.kit.errors import Invalid
from festival.kit.web.access import Role, principal_of, staff
from festival.kit.web.forms import FormState, read_form, refused_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from vendors.calls.queries import get_call_of, get_sheet
from vendors.judging.actions import add_criterion, end_criterion, set_blind
from vendors.judging.forms import BlindForm, CriterionForm
from vendors.judging.queries import list_criteria
from vendors.judging.rules import TELLING_KINDS
from vendors.models import DocumentKind, Question

_ORGANIZER = staff(Role.ORGANIZER)
_HERE = "/organize/calls/{slug}/criteria"


async def get_criteria(request: Request) -> Response:
    """What is scored in a call."""
    return await _show(request, FormState())


async def _show(request: Request, form: FormState, status: int = 200) -> Response:
    sheet = await get_sheet(request.path_params["slug"])
    criteria = await list_criteria(sheet.call.id)
    questions = Question.filter(category__call_id=sheet.call.id).exclude(kind__in=list(TELLING_KINDS))
    return render(
        request, "vendors/judging/criteria.html", status, sheet=sheet, criteria=criteria, form=form,
        questions=await questions.order_by("category__position", "position", "id").select_related("category"),
        papers=await DocumentKind.filter(call_id=sheet.call.id).order_by("id"),
    )  # fmt: skip


async def post_blind(request: Request) -> Response:
    """Whether jurors see names."""
    call = await get_call_of(request.path_params["slug"])
    given = await read_form(request, BlindForm)
    await set_blind(call, blind=given.blind, hide=set(given.hide), show=set(given.show), by=principal_of(request))
    return go_to(request, f"/organize/calls/{call.festival.slug}/criteria")


async def post_criterion(request: Request) -> Response:
    """One more thing to score."""
    call = await get_call_of(request.path_params["slug"])
    try:
        given = await read_form(request, CriterionForm)
    except Invalid as refusal:
        return await _show(request, refused_form(request, refusal), 422)
    facts = given.model_dump(exclude={"category"}) | {"category_id": given.category}
    await add_criterion(call, facts, principal_of(request))
    return go_to(request, f"/organize/calls/{call.festival.slug}/criteria")


async def post_end(request: Request) -> Response:
    """Score it no longer."""
    call = await get_call_of(request.path_params["slug"])
    await end_criterion(call, request.path_params["criterion"], principal_of(request))
    return go_to(request, f"/organize/calls/{call.festival.slug}/criteria")


routes: Routes = [
    Door(_HERE, _ORGANIZER, get=get_criteria, post=post_criterion),
    Door(_HERE + "/names", _ORGANIZER, post=post_blind),
    Door(_HERE + "/{criterion:int}/end", _ORGANIZER, post=post_end),
]

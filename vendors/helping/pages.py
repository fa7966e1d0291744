"""A navigator's pages, and the applicant's answer to the letter."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from festival.accounts.models import Person
from festival.kit.clock import now
from festival.kit.errors import Invalid
from festival.kit.web.access import SIGNED_IN, Role, holder, principal_of, staff
from festival.kit.web.forms import FormState, read_form, refused_form
from festival.kit.web.limits import limit
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from vendors.applying.queries import (
    get_application,
    get_call,
    get_category,
    is_open,
    list_categories,
    list_open_calls,
)
from vendors.helping.actions import confirm_help, end_help, end_own_help, start_for
from vendors.helping.forms import HelpForm
from vendors.helping.queries import get_consent, list_helped, list_statements
from vendors.helping.rules import MEANS
from vendors.lifecycle.rules import shown_to_applicant
from vendors.models import Call

NAVIGATOR = staff(Role.NAVIGATOR)


async def get_helped(request: Request) -> Response:
    """The people for whom this navigator fills in, and where to begin for one more."""
    rows = [(row, shown_to_applicant(row.state)) for row in await list_helped(principal_of(request))]
    return _private(render(request, "vendors/helping/list.html", rows=rows, calls=await list_open_calls()))


async def get_help(request: Request) -> Response:
    """For whom, which part, and how they agreed."""
    return await _show_help(request, await get_call(request.path_params["festival"]))


async def _show_help(request: Request, call: Call, status: int = 200, form: FormState | None = None) -> Response:
    parts = [(row.slug, name) for row, name in await list_categories(call) if is_open(call, row, now())]
    helper = await Person.get(id=principal_of(request).id)
    return _private(render(
        request, "vendors/helping/start.html", status, call=call, parts=parts, means=MEANS,
        statements=list_statements(helper.name or helper.email), form=form or FormState(),
    ))  # fmt: skip


async def post_help(request: Request) -> Response:
    """Record the permission and begin."""
    limit(request, "help", 30)
    call = await get_call(request.path_params["festival"])
    try:
        given = await read_form(request, HelpForm)
        category, _ = await get_category(call, given.part)
        application = await start_for(call, category, given, principal_of(request))
    except Invalid as refusal:
        return await _show_help(request, call, 422, refused_form(request, refusal))
    return go_to(request, f"/applications/{application.receipt}/about")


async def get_permission(request: Request) -> Response:
    """Who fills in what, in which words, for the applicant who has the letter."""
    consent = await get_consent(request.path_params["consent"], request.path_params["secret"])
    return _private(render(request, "vendors/helping/consent.html", consent=consent, means=MEANS))


async def post_permission(request: Request) -> Response:
    """The applicant says that it is so, or takes the permission back."""
    limit(request, "help-consent", 30)
    number, secret = request.path_params["consent"], request.path_params["secret"]
    consent = await get_consent(number, secret)
    if str((await request.form()).get("answer", "")) == "end":
        await end_help(consent, principal_of(request))
    else:
        await confirm_help(consent)
    return go_to(request, f"/help/consent/{number}/{secret}")


async def post_end(request: Request) -> Response:
    """The signed-in applicant takes the permission back, from the application's page."""
    application = await get_application(principal_of(request), request.path_params["receipt"], to_change=True)
    await end_own_help(application, principal_of(request))
    return go_to(request, f"/applications/{application.receipt}")


def _private(response: Response) -> Response:
    response.headers["cache-control"] = "private, no-store"
    return response


_HOLDER = holder("the letter about a permission")

routes: Routes = [
    Door("/help", NAVIGATOR, get=get_helped),
    Door("/help/consent/{consent:int}/{secret}", _HOLDER, get=get_permission, post=post_permission),
    Door("/help/{festival}", NAVIGATOR, get=get_help, post=post_help),
    Door("/applications/{receipt}/helper/end", SIGNED_IN, post=post_end),
]

"""The pass of whoever is expected, and the desk's list of them."""

from __future__ import annotations

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from events.whats_on.queries import find_current_festival
from festival.arrivals.actions import override_arrival
from festival.arrivals.forms import OverrideForm
from festival.arrivals.queries import get_arrival, list_arrivals
from festival.arrivals.rules import pass_text
from festival.kit.errors import Invalid, NotFound
from festival.kit.web.access import SIGNED_IN, principal_of, staff
from festival.kit.web.forms import FormState, read_form, refused_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from festival.settings import settings
from ticketing.delivery.qr import matrix_svg, text_matrix
from vendors.lifecycle.rules import name_for_staff

_LIST = "/organize/arrivals"


async def get_pass(request: Request) -> Response:
    """The pass of one's own application, to show at the gate or to print."""
    arrival, asker = await get_arrival(str(request.path_params["receipt"])), principal_of(request)
    if asker.id != arrival.application.applicant_id and not asker.has_role("organizer", "gate"):
        raise NotFound
    text = pass_text(settings().secret_key, str(arrival.application.receipt))
    # The picture is of our own making: no text of anybody's is in it.
    picture = Markup(matrix_svg(text_matrix(text), str(arrival.application.receipt)))  # noqa: S704
    return render(request, "arrivals/pass.html", arrival=arrival, picture=picture)


async def get_arrivals(request: Request) -> Response:
    """Who is expected, who has come, whose papers are missing."""
    return await _show(request, "", FormState())


async def _show(request: Request, wrong: str, form: FormState, status: int = 200) -> Response:
    festival = await find_current_festival()
    arrivals = await list_arrivals(festival) if festival else []
    return render(
        request, "arrivals/list.html", status, festival=festival, arrivals=arrivals, name_of=name_for_staff,
        forms={wrong: form}, plain=FormState(),
    )  # fmt: skip


async def post_override(request: Request) -> Response:
    """Let somebody in without all papers."""
    receipt = str(request.path_params["receipt"])
    try:
        form = await read_form(request, OverrideForm)
    except Invalid as refusal:
        return await _show(request, receipt, refused_form(request, refusal), 422)
    await override_arrival(receipt, form.reason, principal_of(request))
    return go_to(request, _LIST)


routes: Routes = [
    Door("/arrivals/{receipt}", SIGNED_IN, get=get_pass),
    Door(_LIST, staff("organizer", "gate"), get=get_arrivals),
    Door(_LIST + "/{receipt}/override", staff("organizer"), post=post_override),
]

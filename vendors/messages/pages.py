"""Writing into a thread, from either side, by page or by mail."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from festival.kit.errors import Invalid, NotFound, UnsupportedType
from festival.kit.web.access import ANYONE, SIGNED_IN, Role, principal_of, staff
from festival.kit.web.forms import FormState, read_form, refused_form
from festival.kit.web.limits import limit
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from festival.mail.bounces import require_signed
from festival.settings import settings
from vendors.applying.queries import get_application
from vendors.messages.actions import mark_read, write_message
from vendors.messages.forms import MessageForm
from vendors.messages.queries import list_by_mail, list_messages
from vendors.messages.replies import LARGEST, take_reply
from vendors.models import Application
from vendors.review.queries import get_sent_application

_PER_MINUTE = 20


async def _show(
    request: Request, application: Application, here: str, form: FormState, *, by_office: bool, status: int = 200
) -> Response:
    messages = await list_messages(application)
    await mark_read(application, by_office=by_office)
    return render(
        request, "vendors/messages/thread.html", status, application=application, here=here, form=form,
        messages=messages, by_office=by_office, by_mail=await list_by_mail(messages),
    )  # fmt: skip


async def get_own_thread(request: Request) -> Response:
    """The applicant's side."""
    application = await get_application(principal_of(request), request.path_params["receipt"], to_change=True)
    return await _show(request, application, f"/applications/{application.receipt}", FormState(), by_office=False)


async def post_own_message(request: Request) -> Response:
    """The applicant asks or answers."""
    limit(request, "message", _PER_MINUTE)
    application = await get_application(principal_of(request), request.path_params["receipt"], to_change=True)
    return await _take(request, application, f"/applications/{application.receipt}", by_office=False)


async def get_office_thread(request: Request) -> Response:
    """The office's side."""
    application = await get_sent_application(request.path_params["receipt"], principal_of(request))
    here = f"/organize/applications/{application.receipt}"
    return await _show(request, application, here, FormState(), by_office=True)


async def post_office_message(request: Request) -> Response:
    """The office asks or answers."""
    application = await get_sent_application(request.path_params["receipt"], principal_of(request))
    return await _take(request, application, f"/organize/applications/{application.receipt}", by_office=True)


async def _take(request: Request, application: Application, here: str, *, by_office: bool) -> Response:
    try:
        text = (await read_form(request, MessageForm)).text
    except Invalid as refusal:
        form = refused_form(request, refusal)
        return await _show(request, application, here, form, by_office=by_office, status=422)
    await write_message(application, text, principal_of(request), from_office=by_office)
    return go_to(request, f"{here}/messages#messages")


async def post_mail(request: Request) -> Response:
    """Take an answer by mail as it arrived (message/rfc822), handed on by the city's mail provider."""
    secret = settings().mail_webhook_secret
    if not (secret and settings().reply_address):
        raise NotFound
    body = await request.body()
    require_signed(body, request.headers.get("festival-signature", ""), secret)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "message/rfc822":
        raise UnsupportedType
    return JSONResponse({"became": await take_reply(body, request.query_params.get("to", ""))})


_ORGANIZER = staff(Role.ORGANIZER)

routes: Routes = [
    Door("/applications/{receipt}/messages", SIGNED_IN, get=get_own_thread, post=post_own_message),
    Door("/organize/applications/{receipt}/messages", _ORGANIZER, get=get_office_thread, post=post_office_message),
    Door("/webhooks/replies", ANYONE, post=post_mail, max_body=LARGEST),
]

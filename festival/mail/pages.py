"""Stopping letters by their link, and the ear for what mail servers tell."""

from __future__ import annotations

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from festival.kit.errors import BadRequest, NotFound
from festival.kit.web.access import ANYONE, holder
from festival.kit.web.limits import limit
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from festival.mail.bounces import Report, note_reports, read_delivery_report, require_signed
from festival.mail.rules import TOPIC_WORDS
from festival.mail.stopping import get_wish, resume_topic, stop_topic
from festival.settings import settings

_PER_MINUTE = 60
_reports: TypeAdapter[list[Report]] = TypeAdapter(list[Report])


async def get_stop(request: Request) -> Response:
    """Whether such letters come, and a button. Opening changes nothing, for mail scanners open links too."""
    limit(request, "mail-stop", _PER_MINUTE)
    wish = await get_wish(request.path_params["secret"])
    here = f"/mail/stop/{request.path_params['secret']}"
    response = render(request, "mail/stop.html", wish=wish, here=here, topic=TOPIC_WORDS.get(wish.topic, wish.topic))
    response.headers["Cache-Control"] = "private, no-store"
    return response


async def post_stop(request: Request) -> Response:
    """Stop, from the page or by a mail program's one click (RFC 8058, section 3.2: POST, no cookies, no redirect)."""
    limit(request, "mail-stop", _PER_MINUTE)
    secret = request.path_params["secret"]
    form = await request.form()
    if form.get("again") == "yes":
        await resume_topic(secret)
    else:
        await stop_topic(secret)
    if form.get("List-Unsubscribe") == "One-Click":
        return Response(status_code=200)
    return go_to(request, f"/mail/stop/{secret}")


async def post_report(request: Request) -> Response:
    """Take reports: a JSON list, or a delivery status notification as it arrived."""
    if not settings().mail_webhook_secret:
        raise NotFound
    body = await request.body()
    require_signed(body, request.headers.get("festival-signature", ""), settings().mail_webhook_secret)
    if request.headers.get("content-type", "").partition(";")[0].strip() == "message/rfc822":
        reports = read_delivery_report(body)
    else:
        try:
            reports = _reports.validate_json(body)
        except ValidationError:
            raise BadRequest from None
    noted = await note_reports(reports)
    return JSONResponse({"told": len(reports), "known": noted.known})


routes: Routes = [
    Door("/mail/stop/{secret}", holder("a letter's link"), get=get_stop, post=post_stop),
    Door("/webhooks/mail", ANYONE, post=post_report, max_body=1024 * 1024),
]

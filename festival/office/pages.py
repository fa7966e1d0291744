"""The organizers' home, the audit log, the outbox, the dead letters."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from festival.accounts.rules import SIGN_IN_LETTER
from festival.kit.errors import Forbidden, NotFound
from festival.kit.web.access import Role, principal_of, staff
from festival.kit.web.forms import read_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from festival.kit.words import N_
from festival.mail.models import MailMessage
from festival.office import actions, queries
from festival.office.forms import Filter, NumberForm, read_filter
from festival.office.rules import lay_out_bars
from festival.office.words import APPLICATION_STATES, MAIL_KINDS, MAIL_STATES
from festival.settings import settings

_WIDTH, _HEIGHT = 720, 140


async def get_home(request: Request) -> Response:
    """The desk."""
    desk = await queries.get_overview()
    bars = lay_out_bars(desk.claims_by_day, desk.days, _WIDTH, _HEIGHT)
    return render(
        request, "office/home.html", desk=desk, bars=bars, width=_WIDTH, height=_HEIGHT,
        application_states=APPLICATION_STATES,
    )  # fmt: skip


def _next_page(chosen: Filter, rows: list[int]) -> str:
    """The query of the next page; empty on the last."""
    if len(rows) <= queries.PAGE:
        return ""
    wanted = {name: value for name, value in chosen.model_dump().items() if value and name != "before"}
    return urlencode({**wanted, "before": rows[queries.PAGE - 1]})


async def get_audit(request: Request) -> Response:
    """Who did what."""
    chosen = read_filter(request)
    entries = await queries.list_audit(
        action=chosen.action, actor=chosen.actor, kind=chosen.kind, before=chosen.before
    )  # fmt: skip
    following = _next_page(chosen, [entry.id for entry in entries])
    return render(request, "office/audit.html", entries=entries[: queries.PAGE], chosen=chosen, following=following)


async def get_outbox(request: Request) -> Response:
    """Every letter and its fate."""
    chosen = read_filter(request)
    wanted = queries.MailSearch(chosen.state, chosen.kind, chosen.recipient, chosen.claim, chosen.before)
    mails = await queries.list_mail(wanted)
    return render(
        request, "office/outbox.html", mails=mails[: queries.PAGE], chosen=chosen, states=MAIL_STATES,
        following=_next_page(chosen, [mail.id for mail in mails]), smtp=bool(settings().smtp_url),
        kinds={kind: MAIL_KINDS.get(kind, kind) for kind in await queries.list_mail_kinds()},
    )  # fmt: skip


async def get_mail(request: Request) -> Response:
    """One letter as it was written."""
    mail = await MailMessage.get_or_none(id=request.path_params["number"])
    if mail is None:
        raise NotFound
    if mail.kind == SIGN_IN_LETTER and not principal_of(request).has_role(Role.OWNER):
        # Whoever reads such a letter can sign in as its reader.
        raise Forbidden(N_("Sign-in letters are shown to owners only."))
    return render(
        request, "office/mail.html", mail=mail, states=MAIL_STATES, claim=await queries.find_claim_of(mail),
        kind=MAIL_KINDS.get(mail.kind, mail.kind),
    )  # fmt: skip


async def post_outbox(request: Request) -> Response:
    """Send a letter again."""
    wish = await read_form(request, NumberForm)
    if (await request.form()).get("ticket") == "yes":
        await actions.write_ticket_again(wish.number, principal_of(request))
    else:
        await actions.send_again(wish.number, principal_of(request))
    return go_to(request, "/organize/outbox")


async def get_jobs(request: Request) -> Response:
    """What was given up."""
    return render(request, "office/jobs.html", jobs=await queries.list_dead_jobs())


async def post_jobs(request: Request) -> Response:
    """Try a job again."""
    wish = await read_form(request, NumberForm)
    await actions.retry_job(wish.number, principal_of(request))
    return go_to(request, "/organize/jobs")


_TEAM = staff(Role.ORGANIZER, Role.REVIEWER, Role.TREASURER, Role.GATE)
_ORGANIZERS = staff(Role.ORGANIZER)

routes: Routes = [
    Door("/organize", _TEAM, get=get_home),
    Door("/organize/audit", _ORGANIZERS, get=get_audit),
    Door("/organize/outbox", _ORGANIZERS, get=get_outbox, post=post_outbox),
    Door("/organize/outbox/{number:int}", _ORGANIZERS, get=get_mail),
    Door("/organize/jobs", _ORGANIZERS, get=get_jobs, post=post_jobs),
]

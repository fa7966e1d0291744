"""A lost ticket, sent again: a stranger is told the same, in the same time, whether the address is known or not."""

from __future__ import annotations

import hashlib
import time
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from tortoise.expressions import Q

from festival.jobs.actions import enqueue
from festival.jobs.worker import Handlers
from festival.kit.clock import now
from festival.kit.errors import Invalid
from festival.kit.i18n import current_language, gettext, use_language
from festival.kit.text import Email
from festival.kit.web.access import ANYONE
from festival.kit.web.api import Body
from festival.kit.web.forms import FormState, read_form, refused_form
from festival.kit.web.limits import limit
from festival.kit.web.pages import render
from festival.kit.web.routes import Door, Routes
from festival.kit.web.templates import templates
from festival.kit.words import N_
from festival.mail.actions import Letter, queue_mail
from festival.organisation.queries import get_organisation
from festival.settings import settings
from ticketing.claim.actions import manage_secret
from ticketing.holder.queries import HeldTicket, get_ticket_of
from ticketing.models import Claim

LOST_TICKET = "ticketing.lost_ticket"
_PER_MINUTE = 10
_ONE_LETTER_IN_S = 600
# As many references as a cause has room for: erasure finds the letter by them.
_MOST_TICKETS = 12
_SUBJECT = N_("Your tickets")


class LostForm(Body):
    """Where the tickets once went."""

    email: Email


async def get_lost(request: Request) -> Response:
    """Where to write the address."""
    return render(request, "ticketing/lost.html", form=FormState(), sent=False)


async def post_lost(request: Request) -> Response:
    """Say the same to everybody; the worker looks whether there is something to send."""
    limit(request, "lost-ticket", _PER_MINUTE)
    try:
        form = await read_form(request, LostForm)
    except Invalid as refusal:
        return render(request, "ticketing/lost.html", 422, form=refused_form(request, refusal), sent=False)
    window = int(time.time()) // _ONE_LETTER_IN_S
    mark = hashlib.sha256(f"{form.email.lower()}:{window}".encode()).hexdigest()
    await enqueue(LOST_TICKET, f"{LOST_TICKET}:{mark}", {"email": form.email, "language": current_language()})
    return render(request, "ticketing/lost.html", form=FormState(), sent=True)


async def send_lost(payload: dict[str, Any]) -> None:
    """Send the links of all coming tickets of one address; nothing where there are none."""
    email = str(payload["email"])
    found = await Claim.filter(
        Q(email=email) | Q(email__iexact=email), state="live", offer__valid_until__gt=now()
    ).order_by("offer__valid_from", "id").limit(_MOST_TICKETS)  # fmt: skip
    if not found:
        return
    use_language(str(payload["language"]))
    held = [(await get_ticket_of(claim), _link(claim)) for claim in found]
    references = "+".join(claim.reference for claim in found)
    cause = f"{LOST_TICKET}:{references}:{int(time.time()) // _ONE_LETTER_IN_S}"
    await queue_mail("ticket.lost", cause, await _letter(found[0].email, held))


def _link(claim: Claim) -> str:
    secret = manage_secret(claim.reference, claim.link_number)
    return f"{settings().base_url}/{current_language()}/tickets/{secret}"


async def _letter(email: str, held: list[tuple[HeldTicket, str]]) -> Letter:
    facts = {"held": held, "office": await get_organisation()}
    return Letter(
        recipient=email, language=current_language(), subject=gettext(_SUBJECT),
        text=templates().render("ticketing/lost_letter.txt", facts),
        html=templates().render("ticketing/lost_letter.html", facts),
    )  # fmt: skip


HANDLERS: Handlers = {LOST_TICKET: send_lost}
routes: Routes = [Door("/lost-ticket", ANYONE, get=get_lost, post=post_lost)]

"""What cannot be taken back is asked for again: refunds, roles, exports, erasure."""

from __future__ import annotations

from starlette.requests import Request

from festival.accounts.models import Session
from festival.accounts.rules import ConfirmFirst, is_confirmed
from festival.kit.clock import now
from festival.kit.web.access import Kind, principal_of


async def require_recent_confirmation(request: Request, back: str = "") -> None:
    """Raise ConfirmFirst unless the person proved lately who they are; `back` is the page to come back to."""
    who = principal_of(request)
    if who.kind is not Kind.PERSON:
        return  # a token proves itself with every call
    session = await Session.get(id=who.session_id)
    if not is_confirmed(session.confirmed_at, now()):
        raise ConfirmFirst(back or request.url.path)

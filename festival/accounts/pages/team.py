"""For owners: who is on the team and may do what, and the keys of programs."""

from __future__ import annotations

import datetime as dt

from starlette.requests import Request
from starlette.responses import Response

from festival.accounts import actions
from festival.accounts.confirmation import require_recent_confirmation
from festival.accounts.forms import PersonForm, RevokeForm, RoleForm, TokenEndForm, TokenForm
from festival.accounts.queries import get_person, list_api_tokens, list_team
from festival.accounts.words import ROLE_NAMES, SCOPE_NAMES
from festival.kit.clock import now
from festival.kit.errors import Invalid
from festival.kit.web.access import Role, principal_of, staff
from festival.kit.web.forms import FormState, read_form, refused_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes

_PEOPLE, _TOKENS = "/organize/people", "/organize/tokens"


async def _show_people(request: Request, form: FormState, status: int = 200) -> Response:
    return render(
        request, "accounts/people.html", status, team=await list_team(), role_names=ROLE_NAMES, form=form
    )  # fmt: skip


async def get_people(request: Request) -> Response:
    """The team."""
    return await _show_people(request, FormState())


async def post_people(request: Request) -> Response:
    """Give somebody a role; an account is made for a new address."""
    await require_recent_confirmation(request)
    try:
        wish = await read_form(request, RoleForm)
    except Invalid as refusal:
        return await _show_people(request, refused_form(request, refusal), 422)
    person = await actions.ensure_person(wish.email, name=wish.name or "")
    await actions.grant_role(person.id, wish.role.value, principal_of(request))
    return go_to(request, _PEOPLE)


async def post_revoke(request: Request) -> Response:
    """Take a role away; it bites at the person's next request."""
    await require_recent_confirmation(request, _PEOPLE)
    wish = await read_form(request, RevokeForm)
    await actions.revoke_role(wish.person, wish.role.value, principal_of(request))
    return go_to(request, _PEOPLE)


async def post_reset(request: Request) -> Response:
    """Let somebody in again who lost password or phone."""
    await require_recent_confirmation(request, _PEOPLE)
    person = await get_person((await read_form(request, PersonForm)).person)
    await actions.reset_access(person.id, principal_of(request))
    return go_to(request, _PEOPLE)


async def _show_tokens(request: Request, form: FormState, status: int = 200, secret: str = "") -> Response:
    response = render(
        request, "accounts/tokens.html", status,
        tokens=await list_api_tokens(), scope_names=SCOPE_NAMES, form=form, secret=secret, now=now(),
    )  # fmt: skip
    response.headers["Cache-Control"] = "no-store"
    return response


async def get_tokens(request: Request) -> Response:
    """The keys of programs, never the keys themselves."""
    return await _show_tokens(request, FormState())


async def post_tokens(request: Request) -> Response:
    """Make a key; this answer alone shows it."""
    await require_recent_confirmation(request)
    try:
        wish = await read_form(request, TokenForm)
    except Invalid as refusal:
        return await _show_tokens(request, refused_form(request, refusal), 422)
    secret = await actions.issue_api_token(
        wish.name, [scope.value for scope in wish.scopes], principal_of(request),
        expires_at=now() + dt.timedelta(days=wish.days),
    )  # fmt: skip
    return await _show_tokens(request, FormState(), secret=secret)


async def post_revoke_token(request: Request) -> Response:
    """End a key."""
    wish = await read_form(request, TokenEndForm)
    await actions.revoke_api_token(wish.token, principal_of(request))
    return go_to(request, _TOKENS)


_OWNER = staff(Role.OWNER)

routes: Routes = [
    Door(_PEOPLE, _OWNER, get=get_people, post=post_people),
    Door(f"{_PEOPLE}/revoke", _OWNER, post=post_revoke),
    Door(f"{_PEOPLE}/reset", _OWNER, post=post_reset),
    Door(_TOKENS, _OWNER, get=get_tokens, post=post_tokens),
    Door(f"{_TOKENS}/revoke", _OWNER, post=post_revoke_token),
]

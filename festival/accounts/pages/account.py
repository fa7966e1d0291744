"""Everybody's own page: name, language, sessions, password, second factor."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from festival.accounts import actions
from festival.accounts.confirmation import require_recent_confirmation
from festival.accounts.forms import CodeForm, NewPasswordForm, ProfileForm, SessionForm
from festival.accounts.models import Person
from festival.accounts.passwords import check_password
from festival.accounts.queries import get_person, list_sessions
from festival.accounts.rules import WrongPassword, otpauth_address
from festival.kit.errors import Invalid
from festival.kit.web.access import SIGNED_IN, principal_of
from festival.kit.web.forms import FormState, read_form, refused_form
from festival.kit.web.limits import limit_for
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes


async def _show(request: Request, status: int = 200, **forms: FormState) -> Response:
    who = principal_of(request)
    context = {
        "person": await get_person(who.id),
        "sessions": await list_sessions(who.id),
        "profile": FormState(),
        "secrets": FormState(),
        "saved": request.query_params.get("saved", ""),
        **forms,
    }
    return render(request, "accounts/account.html", status, **context)


async def get_account(request: Request) -> Response:
    """The account."""
    return await _show(request)


async def post_profile(request: Request) -> Response:
    """Change name and language."""
    try:
        wish = await read_form(request, ProfileForm)
    except Invalid as refusal:
        return await _show(request, 422, profile=refused_form(request, refusal))
    await actions.save_profile(principal_of(request).id, {"name": wish.name or "", "language": wish.language})
    return go_to(request, "/account?saved=profile")


async def post_password(request: Request) -> Response:
    """Change the password; every other session ends."""
    who = principal_of(request)
    person = await get_person(who.id)
    limit_for("password", 8, person.email)
    try:
        wish = await read_form(request, NewPasswordForm)
        if person.password_hash:
            if not await check_password(wish.present, person.password_hash):
                raise Invalid({"present": WrongPassword().errors["password"]})
        else:
            await require_recent_confirmation(request, "/account")
        await actions.set_password(who.id, wish.password, who)
    except Invalid as refusal:
        return await _show(request, 422, secrets=refused_form(request, refusal))
    return go_to(request, "/account?saved=password")


async def post_end_session(request: Request) -> Response:
    """Sign out one of one's own sessions."""
    wish = await read_form(request, SessionForm)
    await actions.end_session_of(principal_of(request).id, wish.session)
    return go_to(request, "/account?saved=session")


async def post_end_others(request: Request) -> Response:
    """Sign out everywhere else."""
    who = principal_of(request)
    await actions.end_other_sessions(who.id, who.session_id)
    return go_to(request, "/account?saved=session")


def _show_enrolment(request: Request, person: Person, form: FormState, status: int = 200) -> Response:
    secret = actions.proposed_totp_secret(person, str(principal_of(request).session_id))
    otpauth = otpauth_address(secret, person.email, request.state.organisation.name)
    return render(request, "accounts/second_factor.html", status, secret=secret, otpauth=otpauth, form=form)


async def get_second_factor(request: Request) -> Response:
    """Offer a second factor."""
    await require_recent_confirmation(request)
    person = await get_person(principal_of(request).id)
    if person.totp_secret:
        return go_to(request, "/account")
    return _show_enrolment(request, person, FormState())


async def post_second_factor(request: Request) -> Response:
    """Keep the second factor once its first code is right."""
    await require_recent_confirmation(request)
    who = principal_of(request)
    person = await get_person(who.id)
    if person.totp_secret:
        return go_to(request, "/account")
    try:
        wish = await read_form(request, CodeForm)
        await actions.enrol_second_factor(person, str(who.session_id), wish.code)
    except Invalid as refusal:
        return _show_enrolment(request, person, refused_form(request, refusal), 422)
    return go_to(request, "/account?saved=second-factor")


async def post_remove_second_factor(request: Request) -> Response:
    """Forget the second factor, so that another phone can be enrolled."""
    await require_recent_confirmation(request, "/account")
    who = principal_of(request)
    await actions.remove_second_factor(who.id, who)
    return go_to(request, "/account?saved=second-factor")


routes: Routes = [
    Door("/account", SIGNED_IN, get=get_account),
    Door("/account/profile", SIGNED_IN, post=post_profile),
    Door("/account/password", SIGNED_IN, post=post_password),
    Door("/account/sessions/end", SIGNED_IN, post=post_end_session),
    Door("/account/sessions/end-others", SIGNED_IN, post=post_end_others),
    Door("/account/second-factor", SIGNED_IN, get=get_second_factor, post=post_second_factor),
    Door("/account/second-factor/remove", SIGNED_IN, post=post_remove_second_factor),
]

"""Signing in: by a mailed link or a password, then by a code where there is a second factor."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from festival.accounts import actions
from festival.accounts.authentication import cookie_name
from festival.accounts.forms import CodeForm, ConfirmForm, LinkForm, PasswordForm
from festival.accounts.models import Person
from festival.accounts.queries import find_live_link, find_person_by_email, get_person, list_roles
from festival.accounts.rules import SESSION_LONGEST, LinkSpent, Purpose, otpauth_address
from festival.kit.errors import Invalid
from festival.kit.web.access import ANYONE, SIGNED_IN, holder, is_staff_role, principal_of
from festival.kit.web.forms import FormState, read_form, refused_form
from festival.kit.web.limits import limit, limit_for
from festival.kit.web.pages import go_to, own_path, render
from festival.kit.web.routes import Door, Routes
from festival.settings import settings

_PER_ADDRESS = 20
_PER_ACCOUNT = 8


def _home(person_is_staff: bool, next_path: str) -> str:
    return own_path(next_path, "/organize" if person_is_staff else "/account")


async def get_sign_in(request: Request) -> Response:
    """The ways in."""
    form = FormState({"next": own_path(request.query_params.get("next", ""), "")})
    return render(request, "accounts/sign_in.html", form=form)


async def post_sign_in(request: Request) -> Response:
    """Mail a link; the answer is the same whoever asks."""
    limit(request, "sign-in", _PER_ADDRESS)
    try:
        wish = await read_form(request, LinkForm)
    except Invalid as refusal:
        return render(request, "accounts/sign_in.html", 422, form=refused_form(request, refusal))
    limit_for("sign-in", _PER_ACCOUNT, wish.email)
    await actions.request_link(wish.email, own_path(wish.next, ""))
    return go_to(request, "/sign-in/sent")


async def get_sent(request: Request) -> Response:
    """What to do now."""
    return render(request, "accounts/link_sent.html")


async def post_password(request: Request) -> Response:
    """Sign in with a password."""
    limit(request, "sign-in", _PER_ADDRESS)
    try:
        wish = await read_form(request, PasswordForm)
        limit_for("sign-in", _PER_ACCOUNT, wish.email)
        person = await actions.check_sign_in(wish.email, wish.password)
    except Invalid as refusal:
        return render(request, "accounts/sign_in.html", 422, form=refused_form(request, refusal), by_password=True)
    return await _after_first_factor(request, person, own_path(wish.next, ""))


async def get_link(request: Request) -> Response:
    """The page that a mailed link opens. It changes nothing: mail scanners open links as well."""
    link = await find_live_link(request.path_params["secret"], Purpose.SIGN_IN)
    if link is None:
        raise LinkSpent
    return render(request, "accounts/link.html", email=link.email)


async def post_link(request: Request) -> Response:
    """Use the link."""
    limit(request, "sign-in", _PER_ADDRESS)
    person, next_path = await actions.redeem_link(request.path_params["secret"])
    return await _after_first_factor(request, person, next_path)


async def _after_first_factor(request: Request, person: Person, next_path: str) -> Response:
    """Sign in, or ask for the second factor; staff that anybody can reach must have one."""
    if person.totp_secret:
        step = await actions.make_step(person.email, Purpose.SECOND_FACTOR, next_path)
        return render(request, "accounts/code.html", step=step)
    staff = any(is_staff_role(role) for role in await list_roles(person.id))
    if staff and not settings().on_loopback:
        step = await actions.make_step(person.email, Purpose.ENROL, next_path)
        return _enrolment(request, person, step, FormState())
    return await _signed_in(request, person, next_path)


def _enrolment(request: Request, person: Person, step: str, form: FormState, status: int = 200) -> Response:
    secret = actions.proposed_totp_secret(person, step)
    otpauth = otpauth_address(secret, person.email, request.state.organisation.name)
    return render(request, "accounts/enrol.html", status, step=step, secret=secret, otpauth=otpauth, form=form)


async def _signed_in(request: Request, person: Person, next_path: str) -> Response:
    secret = await actions.sign_in(
        person, agent=request.headers.get("user-agent", ""), renewed=principal_of(request).session_id
    )
    staff = any(is_staff_role(role) for role in await list_roles(person.id))
    response = go_to(request, _home(staff, next_path))
    response.set_cookie(
        cookie_name(https=settings().https), secret, max_age=round(SESSION_LONGEST.total_seconds()),
        secure=settings().https, httponly=True, samesite="lax",
    )  # fmt: skip
    return response


async def post_code(request: Request) -> Response:
    """Finish a sign-in with a code."""
    limit(request, "sign-in", _PER_ADDRESS)
    wish = CodeForm(code="")
    try:
        wish = await read_form(request, CodeForm)
        link = await find_live_link(wish.step, Purpose.SECOND_FACTOR)
        limit_for("sign-in-code", _PER_ACCOUNT, link.email if link else "")
        person, next_path = await actions.pass_second_factor(wish.step, wish.code)
    except Invalid as refusal:
        return render(request, "accounts/code.html", 422, form=refused_form(request, refusal), step=wish.step)
    return await _signed_in(request, person, next_path)


async def post_enrol(request: Request) -> Response:
    """Finish a first sign-in of staff with the first code of their new second factor."""
    limit(request, "sign-in", _PER_ADDRESS)
    wish = await read_form(request, CodeForm)
    try:
        person, next_path = await actions.enrol_at_sign_in(wish.step, wish.code)
    except Invalid as refusal:
        link = await find_live_link(wish.step, Purpose.ENROL)
        owner = await find_person_by_email(link.email) if link else None
        if owner is None:
            raise LinkSpent from None
        return _enrolment(request, owner, wish.step, refused_form(request, refusal), 422)
    return await _signed_in(request, person, next_path)


async def post_sign_out(request: Request) -> Response:
    """End the session."""
    await actions.end_session(principal_of(request).session_id)
    response = go_to(request, "/")
    response.delete_cookie(cookie_name(https=settings().https), secure=settings().https, httponly=True, samesite="lax")
    return response


async def get_confirm(request: Request) -> Response:
    """Ask once more who sits there."""
    person = await get_person(principal_of(request).id)
    back = own_path(request.query_params.get("next", ""), "/account")
    return render(request, "accounts/confirm.html", person=person, form=FormState({"next": back}))


async def post_confirm(request: Request) -> Response:
    """Take password or code once more; without either, a link is mailed that signs in afresh."""
    limit(request, "sign-in", _PER_ADDRESS)
    who = principal_of(request)
    person = await get_person(who.id)
    limit_for("sign-in", _PER_ACCOUNT, person.email)
    try:
        wish = await read_form(request, ConfirmForm)
        if not person.password_hash and not person.totp_secret:
            await actions.request_link(person.email, own_path(wish.next, ""))
            return go_to(request, "/sign-in/sent")
        await actions.confirm_again(who, wish.password, wish.code)
    except Invalid as refusal:
        return render(request, "accounts/confirm.html", 422, person=person, form=refused_form(request, refusal))
    return go_to(request, own_path(wish.next, "/account"))


_LINK = holder("a sign-in link")

routes: Routes = [
    Door("/sign-in", ANYONE, get=get_sign_in, post=post_sign_in),
    Door("/sign-in/sent", ANYONE, get=get_sent),
    Door("/sign-in/password", ANYONE, get=get_sign_in, post=post_password),
    Door("/sign-in/code", ANYONE, get=get_sign_in, post=post_code),
    Door("/sign-in/enrol", ANYONE, get=get_sign_in, post=post_enrol),
    Door("/sign-in/{secret}", _LINK, get=get_link, post=post_link),
    Door("/sign-out", SIGNED_IN, post=post_sign_out),
    Door("/account/confirm", SIGNED_IN, get=get_confirm, post=post_confirm),
]

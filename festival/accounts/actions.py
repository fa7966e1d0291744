"""Writes: people, roles, passwords, second factors, sessions, API tokens."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Iterable, Mapping

from festival.accounts.models import ApiToken, Person, RoleGrant, Session, SignInLink
from festival.accounts.passwords import check_password, hash_password
from festival.accounts.queries import count_owners, find_live_link, find_live_session, find_person_by_email, get_person
from festival.accounts.rules import (
    LINK_LASTS,
    LINKS_PER_HOUR,
    SEEN_EVERY,
    SESSION_LONGEST,
    STEP_LASTS,
    LastOwner,
    LinkSpent,
    Purpose,
    WrongCode,
    WrongPassword,
    find_totp_step,
    require_good_password,
)
from festival.database import transaction
from festival.jobs.actions import enqueue
from festival.kit.clock import now
from festival.kit.i18n import current_language
from festival.kit.secrets import derive, derive_bytes, digest, new_secret
from festival.kit.web.access import NOBODY, Kind, Principal, Role, asker_address
from festival.organisation.actions import record_audit
from festival.settings import settings

SEND_LINK = "accounts.send_link"
API_TOKEN_PREFIX = "gfa_"  # noqa: S105 - what every token begins with, not a secret


# ---------------------------------------------------------------- people and roles


async def ensure_person(email: str, *, name: str = "", language: str = "en") -> Person:
    """The person with this cleaned address, made if new."""
    person, _ = await Person.get_or_create(
        email=email, defaults={"name": name, "language": language, "created_at": now()}
    )
    return person


async def save_profile(person_id: int, facts: Mapping[str, str]) -> None:
    """Write a person's own name, phone and language."""
    await Person.filter(id=person_id).update(**facts)


async def grant_role(person_id: int, role: str, by: Principal, scope: str = "") -> None:
    """Give a role; having it already changes nothing."""
    async with transaction():
        _, created = await RoleGrant.get_or_create(
            person_id=person_id, role=role, scope=scope, defaults={"granted_at": now(), "granted_by": by.id}
        )
        if created:
            await record_audit(by, "role.granted", ("person", person_id), after={"role": role, "scope": scope})


async def revoke_role(person_id: int, role: str, by: Principal) -> None:
    """Take a role away wherever it was given; raises LastOwner where nobody could give roles afterwards."""
    async with transaction():
        # Two owners who revoke each other wait here for one another.
        await RoleGrant.filter(role=Role.OWNER.value).select_for_update()
        removed = await RoleGrant.filter(person_id=person_id, role=role).delete()
        if role == Role.OWNER and not await count_owners():
            raise LastOwner
        if removed:
            await record_audit(by, "role.revoked", ("person", person_id), before={"role": role})


async def reset_access(person_id: int, by: Principal) -> None:
    """For somebody who lost password or phone: both are forgotten, every session ends; a link signs them in."""
    async with transaction():
        await Person.filter(id=person_id).update(password_hash="", totp_secret="", totp_last_step=0)
        await end_other_sessions(person_id, 0)
        await record_audit(by, "person.access_reset", ("person", person_id))


# ---------------------------------------------------------------- sessions


async def start_session(person_id: int, *, agent: str = "", address: str = "") -> str:
    """Sign a person in; returns the cookie's value, which is kept only as a digest."""
    secret = new_secret(24)
    at = now()
    await Session.create(
        digest=digest(secret), person_id=person_id, created_at=at, seen_at=at, confirmed_at=at,
        expires_at=at + SESSION_LONGEST, agent=agent[:200], address=address[:64],
    )  # fmt: skip
    return secret


async def recognise_session(cookie: str) -> Principal | None:
    """Who a session cookie signs in, if it is live; that it was seen is noted at most once a minute."""
    found = await find_live_session(cookie)
    if found is None:
        return None
    session, principal = found
    if now() - session.seen_at >= SEEN_EVERY:
        await Session.filter(id=session.id).update(seen_at=now())
    return principal


async def end_session(session_id: int) -> None:
    """Sign a session out."""
    await Session.filter(id=session_id, ended_at=None).update(ended_at=now())


async def end_session_of(person_id: int, session_id: int) -> None:
    """Sign out one of a person's own sessions; somebody else's is not touched."""
    await Session.filter(id=session_id, person_id=person_id, ended_at=None).update(ended_at=now())


async def end_other_sessions(person_id: int, but: int) -> None:
    """Sign a person out everywhere but in the session `but`."""
    await Session.filter(person_id=person_id, ended_at=None).exclude(id=but).update(ended_at=now())


async def sign_in(person: Person, *, agent: str, renewed: int = 0) -> str:
    """Start a session for somebody who proved who they are; the browser's old one, `renewed`, ends."""
    async with transaction():
        await end_session(renewed)
        secret = await start_session(person.id, agent=agent, address=asker_address())
        await record_audit(_as_principal(person), "sign_in.done", ("person", person.id))
    return secret


def _as_principal(person: Person) -> Principal:
    return Principal(Kind.PERSON, person.id, person.name or person.email)


# ---------------------------------------------------------------- links and steps


async def request_link(email: str, next_path: str) -> None:
    """Mail a link that signs this address in. For known and unknown addresses the same is done."""
    at, nonce = now(), new_secret()
    async with transaction():
        await SignInLink.filter(expires_at__lt=at - dt.timedelta(days=1)).delete()
        recent = await SignInLink.filter(
            email=email, purpose=Purpose.SIGN_IN.value, created_at__gt=at - dt.timedelta(hours=1)
        ).count()
        if recent >= LINKS_PER_HOUR:
            return
        link = await _make_link(link_secret(nonce), email, Purpose.SIGN_IN, LINK_LASTS, next_path)
        await enqueue(SEND_LINK, f"{SEND_LINK}:{link.id}", {"link_id": link.id, "nonce": nonce})


def link_secret(nonce: str) -> str:
    """The secret of a mailed link: made again by the job that writes the letter, so that no table holds it."""
    return derive(settings().secret_key, "sign-in link", nonce, size=24)


async def make_step(email: str, purpose: Purpose, next_path: str) -> str:
    """A secret for the browser that has passed the first factor and is asked for the second."""
    secret = new_secret(24)
    await _make_link(secret, email, purpose, STEP_LASTS, next_path)
    return secret


async def _make_link(secret: str, email: str, purpose: Purpose, lasts: dt.timedelta, next_path: str) -> SignInLink:
    return await SignInLink.create(
        digest=digest(secret), email=email, purpose=purpose.value, language=current_language(),
        next_path=next_path if len(next_path) <= 300 else "", created_at=now(), expires_at=now() + lasts,
    )  # fmt: skip


async def _spend(link: SignInLink) -> None:
    """Use up a link; of several at once, one succeeds."""
    if not await SignInLink.filter(id=link.id, used_at=None, expires_at__gt=now()).update(used_at=now()):
        raise LinkSpent


async def redeem_link(secret: str) -> tuple[Person, str]:
    """Use a mailed link: whose it is, an account made if new, and where they go; raises LinkSpent."""
    link = await find_live_link(secret, Purpose.SIGN_IN)
    if link is None:
        raise LinkSpent
    async with transaction():
        await _spend(link)
        person = await ensure_person(link.email, language=link.language)
        if person.confirmed_at is None:
            await Person.filter(id=person.id).update(confirmed_at=now())
    return person, link.next_path


async def check_sign_in(email: str, password: str) -> Person:
    """Whose address and password these are; raises WrongPassword after the same work for anybody."""
    person = await find_person_by_email(email)
    right = await check_password(password, person.password_hash if person else "")
    if person is None or not right:
        who = Principal(label=email)
        await record_audit(who, "sign_in.refused", ("person", person.id if person else 0))
        raise WrongPassword
    return person


async def pass_second_factor(secret: str, code: str) -> tuple[Person, str]:
    """Finish a sign-in with a code of the second factor; raises LinkSpent or WrongCode."""
    link = await find_live_link(secret, Purpose.SECOND_FACTOR)
    person = await find_person_by_email(link.email) if link else None
    if link is None or person is None:
        raise LinkSpent
    await use_code(person, code)
    await _spend(link)
    return person, link.next_path


async def use_code(person: Person, code: str) -> None:
    """Take a code of the second factor, each once; raises WrongCode."""
    step = find_totp_step(person.totp_secret, code, now()) if person.totp_secret else None
    used = step and await Person.filter(id=person.id, totp_last_step__lt=step).update(totp_last_step=step)
    if not used:
        await record_audit(_as_principal(person), "second_factor.refused", ("person", person.id))
        raise WrongCode


# ---------------------------------------------------------------- passwords and second factors


async def set_password(person_id: int, password: str, by: Principal = NOBODY) -> None:
    """Give a person this password; raises Invalid where it is easy to guess. Every session but the asker's ends."""
    person = await Person.get(id=person_id)
    require_good_password(password, person.email)
    kept = await hash_password(password)
    async with transaction():
        await Person.filter(id=person_id).update(password_hash=kept)
        await end_other_sessions(person_id, by.session_id)
        await record_audit(by, "person.password_set", ("person", person_id))


def proposed_totp_secret(person: Person, nonce: str) -> str:
    """The second factor offered to a person for as long as `nonce` lasts; nothing is kept until a code proves it."""
    raw = derive_bytes(settings().secret_key, "totp", person.id, person.totp_last_step, nonce)
    return base64.b32encode(raw[:20]).decode()


async def enrol_second_factor(person: Person, nonce: str, code: str) -> None:
    """Keep the proposed second factor once a code of it came back; raises WrongCode."""
    secret = proposed_totp_secret(person, nonce)
    step = find_totp_step(secret, code, now())
    if step is None:
        raise WrongCode
    async with transaction():
        await Person.filter(id=person.id).update(totp_secret=secret, totp_last_step=step)
        await record_audit(_as_principal(person), "second_factor.enrolled", ("person", person.id))


async def enrol_at_sign_in(secret: str, code: str) -> tuple[Person, str]:
    """Finish a first sign-in of staff by enrolling their second factor; raises LinkSpent or WrongCode."""
    link = await find_live_link(secret, Purpose.ENROL)
    person = await find_person_by_email(link.email) if link else None
    if link is None or person is None or person.totp_secret:
        raise LinkSpent
    await enrol_second_factor(person, secret, code)
    await _spend(link)
    return person, link.next_path


async def remove_second_factor(person_id: int, by: Principal) -> None:
    """Forget a person's second factor."""
    async with transaction():
        await Person.filter(id=person_id).update(totp_secret="")
        await record_audit(by, "second_factor.removed", ("person", person_id))


async def confirm_again(principal: Principal, password: str, code: str) -> None:
    """Note that it is still the same person who sits there, by password or code; raises Invalid."""
    person = await get_person(principal.id)
    if person.password_hash:
        if not await check_password(password, person.password_hash):
            await record_audit(principal, "sign_in.refused", ("person", person.id))
            raise WrongPassword
    else:
        await use_code(person, code)
    await Session.filter(id=principal.session_id).update(confirmed_at=now())


# ---------------------------------------------------------------- API tokens


async def issue_api_token(
    name: str, scopes: Iterable[str], by: Principal, *, expires_at: dt.datetime | None = None
) -> str:
    """Make an API token; the text is returned once and kept only as a digest."""
    secret = API_TOKEN_PREFIX + new_secret(24)
    async with transaction():
        token = await ApiToken.create(
            digest=digest(secret), name=name, scopes=" ".join(scopes), created_by=by.id, created_at=now(),
            expires_at=expires_at,
        )  # fmt: skip
        await record_audit(by, "token.issued", ("api_token", token.id), after={"name": name, "scopes": token.scopes})
    return secret


async def revoke_api_token(token_id: int, by: Principal) -> None:
    """End an API token; its next call is refused."""
    async with transaction():
        if await ApiToken.filter(id=token_id, revoked_at=None).update(revoked_at=now()):
            await record_audit(by, "token.revoked", ("api_token", token_id))

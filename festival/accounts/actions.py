"""Writes: people, roles, sessions, API tokens."""

from __future__ import annotations

from collections.abc import Iterable

from festival.accounts.models import ApiToken, Person, RoleGrant, Session
from festival.accounts.passwords import hash_password
from festival.accounts.rules import SESSION_LONGEST, require_good_password
from festival.database import transaction
from festival.kit.clock import now
from festival.kit.secrets import digest, new_secret
from festival.kit.web.access import NOBODY, Principal
from festival.organisation.actions import record_audit

API_TOKEN_PREFIX = "gfa_"  # noqa: S105 - what every token begins with, not a secret


async def ensure_person(email: str, *, name: str = "", language: str = "en") -> Person:
    """The person with this cleaned address, made if new."""
    person, _ = await Person.get_or_create(
        email=email, defaults={"name": name, "language": language, "created_at": now()}
    )
    return person


async def grant_role(person_id: int, role: str, by: Principal, scope: str = "") -> None:
    """Give a role; having it already changes nothing."""
    async with transaction():
        _, created = await RoleGrant.get_or_create(
            person_id=person_id, role=role, scope=scope, defaults={"granted_at": now(), "granted_by": by.id}
        )
        if created:
            await record_audit(by, "role.granted", ("person", person_id), after={"role": role, "scope": scope})


async def start_session(person_id: int, *, agent: str = "", address: str = "") -> str:
    """Sign a person in; returns the cookie's value, which is kept only as a digest."""
    secret = new_secret(24)
    at = now()
    await Session.create(
        digest=digest(secret), person_id=person_id, created_at=at, seen_at=at, confirmed_at=at,
        expires_at=at + SESSION_LONGEST, agent=agent[:200], address=address[:64],
    )  # fmt: skip
    return secret


async def end_session(session_id: int) -> None:
    """Sign a session out."""
    await Session.filter(id=session_id, ended_at=None).update(ended_at=now())


async def set_password(person_id: int, password: str, by: Principal = NOBODY) -> None:
    """Give a person this password; raises Invalid where it is easy to guess. Every session but the asker's ends."""
    person = await Person.get(id=person_id)
    require_good_password(password, person.email)
    kept = await hash_password(password)
    async with transaction():
        await Person.filter(id=person_id).update(password_hash=kept)
        await end_other_sessions(person_id, by.session_id)
        await record_audit(by, "person.password_set", ("person", person_id))


async def end_other_sessions(person_id: int, but: int) -> None:
    """Sign a person out everywhere but in the session `but`."""
    await Session.filter(person_id=person_id, ended_at=None).exclude(id=but).update(ended_at=now())


async def issue_api_token(name: str, scopes: Iterable[str], by: Principal) -> str:
    """Make an API token; the text is returned once and kept only as a digest."""
    secret = API_TOKEN_PREFIX + new_secret(24)
    async with transaction():
        token = await ApiToken.create(
            digest=digest(secret), name=name, scopes=" ".join(scopes), created_by=by.id, created_at=now()
        )
        await record_audit(by, "token.issued", ("api_token", token.id), after={"scopes": token.scopes})
    return secret

"""Reads: people, sessions and tokens by what the asker carries."""

from __future__ import annotations

from festival.accounts.models import ApiToken, Person, RoleGrant, Session
from festival.accounts.rules import is_session_live
from festival.kit.clock import now
from festival.kit.secrets import derive, digest
from festival.kit.web.access import Kind, Principal, Role
from festival.settings import settings


async def find_person_by_email(email: str) -> Person | None:
    """The person with this address (already cleaned), unless erased."""
    return await Person.get_or_none(email=email, erased_at=None)


async def list_roles(person_id: int) -> frozenset[str]:
    """The roles a person has anywhere."""
    return frozenset(str(role) for role in await RoleGrant.filter(person_id=person_id).values_list("role", flat=True))


async def find_session_principal(cookie: str) -> Principal | None:
    """Who a session cookie signs in, if it is live."""
    session = await Session.get_or_none(digest=digest(cookie), ended_at=None).select_related("person")
    if session is None or session.person.erased_at is not None:
        return None
    roles = await list_roles(session.person_id)
    is_staff = bool(roles - {Role.NAVIGATOR})
    if not is_session_live(session.seen_at, session.expires_at, now(), is_staff=is_staff):
        return None
    return Principal(
        Kind.PERSON, session.person_id, session.person.name or session.person.email, roles,
        session_id=session.id, csrf=derive(settings().secret_key, "csrf", session.digest),
    )  # fmt: skip


async def find_token_principal(bearer: str) -> Principal | None:
    """Which API token this is, if it is live."""
    token = await ApiToken.get_or_none(digest=digest(bearer), revoked_at=None)
    if token is None or (token.expires_at is not None and token.expires_at <= now()):
        return None
    return Principal(Kind.TOKEN, token.id, token.name, scopes=frozenset(token.scopes.split()))

"""Reads: people, sessions and tokens by what the asker carries."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from festival.accounts.models import ApiToken, Person, RoleGrant, Session, SignInLink
from festival.accounts.rules import Purpose, is_session_live
from festival.kit.clock import now
from festival.kit.errors import NotFound
from festival.kit.secrets import derive, digest
from festival.kit.web.access import Kind, Principal, Role
from festival.settings import settings


async def find_person_by_email(email: str) -> Person | None:
    """The person with this address (already cleaned), unless erased."""
    return await Person.get_or_none(email=email, erased_at=None)


async def get_person(person_id: int) -> Person:
    """The person of this number; raises NotFound, also where erased."""
    person = await Person.get_or_none(id=person_id, erased_at=None)
    if person is None:
        raise NotFound
    return person


async def list_roles(person_id: int) -> frozenset[str]:
    """The roles a person has anywhere."""
    return frozenset(str(role) for role in await RoleGrant.filter(person_id=person_id).values_list("role", flat=True))


async def find_live_session(cookie: str) -> tuple[Session, Principal] | None:
    """The session of a cookie and whom it signs in, if it is live."""
    session = await Session.get_or_none(digest=digest(cookie), ended_at=None).select_related("person")
    if session is None or session.person.erased_at is not None:
        return None
    principal = Principal(
        Kind.PERSON, session.person_id, session.person.name or session.person.email,
        await list_roles(session.person_id),
        session_id=session.id, csrf=derive(settings().secret_key, "csrf", session.digest),
    )  # fmt: skip
    if not is_session_live(session.seen_at, session.expires_at, now(), is_staff=principal.is_staff):
        return None
    return session, principal


async def find_session_principal(cookie: str) -> Principal | None:
    """Who a session cookie signs in, if it is live."""
    found = await find_live_session(cookie)
    return found[1] if found else None


async def find_token_principal(bearer: str) -> Principal | None:
    """Which API token this is, if it is live."""
    token = await ApiToken.get_or_none(digest=digest(bearer), revoked_at=None)
    if token is None or (token.expires_at is not None and token.expires_at <= now()):
        return None
    return Principal(Kind.TOKEN, token.id, token.name, scopes=frozenset(token.scopes.split()))


async def find_live_link(secret: str, purpose: Purpose) -> SignInLink | None:
    """The link of this secret, if it can still be used."""
    return await SignInLink.get_or_none(
        digest=digest(secret), purpose=purpose.value, used_at=None, expires_at__gt=now()
    )


async def list_sessions(person_id: int) -> list[Session]:
    """Where a person is signed in, the latest first."""
    return await Session.filter(person_id=person_id, ended_at=None, expires_at__gt=now()).order_by("-seen_at")


@dataclass(frozen=True)
class Member:
    """A person of the team and what they may do."""

    person: Person
    roles: list[str]


async def list_team() -> list[Member]:
    """Everybody who has a role, by name."""
    roles: dict[int, list[str]] = defaultdict(list)
    people: dict[int, Person] = {}
    for grant in await RoleGrant.all().select_related("person").order_by("role", "id"):
        if grant.role not in roles[grant.person_id]:
            roles[grant.person_id].append(grant.role)
        people[grant.person_id] = grant.person
    team = [Member(person, roles[number]) for number, person in people.items() if person.erased_at is None]
    return sorted(team, key=lambda member: (member.person.name or member.person.email).casefold())


async def count_owners() -> int:
    """How many people are owners."""
    return await RoleGrant.filter(role=Role.OWNER.value).count()


async def list_api_tokens() -> list[ApiToken]:
    """Every API token that was not revoked, the newest first."""
    return await ApiToken.filter(revoked_at=None).order_by("-id")

"""Who is asking, and who may: every route names an `Access`, every request has a `Principal`."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum

from starlette.requests import HTTPConnection

from festival.kit.errors import Forbidden, NotSignedIn


class Role(StrEnum):
    """What a person of the team does; an owner may do all of it."""

    OWNER = "owner"
    ORGANIZER = "organizer"
    REVIEWER = "reviewer"
    TREASURER = "treasurer"
    GATE = "gate"
    NAVIGATOR = "navigator"


def is_staff_role(role: str) -> bool:
    """Whether a role belongs to the city's team; a navigator helps from outside it."""
    return role != Role.NAVIGATOR


class Scope(StrEnum):
    """What an API token may do."""

    PROGRAMS = "programs"
    CLAIMS = "claims"
    GATE = "gate"
    MONEY = "money"


class Kind(StrEnum):
    """What sort of asker it is."""

    NOBODY = "nobody"
    PERSON = "person"
    TOKEN = "token"  # noqa: S105 - a word, not a secret
    DEVICE = "device"


@dataclass(frozen=True)
class Principal:
    """The asker: nobody, a signed-in person, an API token or a gate device.

    `id` is the row's key; `label` is what the audit log shows; `session_id` only for a person.
    """

    kind: Kind = Kind.NOBODY
    id: int = 0
    label: str = ""
    roles: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    session_id: int = 0
    csrf: str = ""

    @property
    def is_staff(self) -> bool:
        """Whether this is a person of the city's team."""
        return self.kind is Kind.PERSON and any(map(is_staff_role, self.roles))

    def has_role(self, *roles: str) -> bool:
        """Whether this person has one of `roles`, or is an owner."""
        return self.kind is Kind.PERSON and not self.roles.isdisjoint({*roles, Role.OWNER})


NOBODY = Principal()

_address: ContextVar[str] = ContextVar("address", default="")


def asker_address() -> str:
    """The address from which the present request came; empty for commands and jobs."""
    return _address.get()


def use_asker_address(address: str) -> None:
    """Say where the present request came from, for the audit log."""
    _address.set(address)


@dataclass(frozen=True)
class Access:
    """Who may call a route. Joined with `|`, each side opens the door."""

    anyone: bool = False
    any_person: bool = False
    device: bool = False
    roles: frozenset[str] = field(default_factory=frozenset[str])
    scopes: frozenset[str] = field(default_factory=frozenset[str])
    own_secret: str = ""

    def __or__(self, other: Access) -> Access:
        return Access(
            self.anyone or other.anyone,
            self.any_person or other.any_person,
            self.device or other.device,
            self.roles | other.roles,
            self.scopes | other.scopes,
            self.own_secret or other.own_secret,
        )

    def require(self, principal: Principal) -> None:
        """Let `principal` pass, or raise NotSignedIn or Forbidden."""
        if self.anyone or self.own_secret:
            return
        if principal.kind is Kind.NOBODY:
            raise NotSignedIn
        by_role = bool(self.roles) and principal.has_role(*self.roles)  # no roles named: not even an owner
        if principal.kind is Kind.PERSON and (self.any_person or by_role):
            return
        if principal.kind is Kind.DEVICE and self.device:
            return
        if principal.kind is Kind.TOKEN and not self.scopes.isdisjoint(principal.scopes):
            return
        raise Forbidden

    def describe(self) -> str:
        """One line for `festival routes`."""
        parts = [
            "anyone" if self.anyone else "",
            f"holder of {self.own_secret}" if self.own_secret else "",
            "any signed-in person" if self.any_person else "",
            "device" if self.device else "",
            " ".join(f"role:{role}" for role in sorted(self.roles | {Role.OWNER})) if self.roles else "",
            " ".join(f"scope:{scope}" for scope in sorted(self.scopes)),
        ]
        return ", ".join(part for part in parts if part)


ANYONE = Access(anyone=True)
SIGNED_IN = Access(any_person=True)
DEVICE = Access(device=True)


def staff(*roles: str) -> Access:
    """People with one of `roles`; owners always."""
    return Access(roles=frozenset(roles))


def scope(*scopes: str) -> Access:
    """API tokens with one of `scopes`."""
    return Access(scopes=frozenset(scopes))


def holder(of: str) -> Access:
    """Whoever carries the secret of `of`, such as a ticket's link; the handler looks it up by its digest."""
    return Access(own_secret=of)


def principal_of(connection: HTTPConnection) -> Principal:
    """Who is asking, as the authentication middleware found."""
    return getattr(connection.state, "principal", NOBODY)

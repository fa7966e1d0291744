"""Reads: the jurors of categories, and what somebody judges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from festival.accounts.models import Person, RoleGrant
from festival.kit.errors import NotFound
from festival.kit.web.access import Principal, Role
from vendors.jury.rules import category_of, judged_by, scope_of
from vendors.models import Application, Category


@dataclass(frozen=True)
class Seat:
    """A reviewer, and whether they are named for the category."""

    person: Person
    named: bool


async def list_judged(who: Principal) -> set[int] | None:
    """The ids of the categories whose applications somebody of the team may open; None for all of them."""
    if who.has_role(Role.ORGANIZER):
        return None
    seats: dict[int, set[int]] = {}
    grants = RoleGrant.filter(role=Role.REVIEWER.value).exclude(scope="")
    for person, scope in await grants.values_list("person_id", "scope"):
        category = category_of(str(scope))
        if category is not None:
            seats.setdefault(category, set()).add(int(str(person)))
    calls = {int(str(id)): int(str(call)) for id, call in await Category.all().values_list("id", "call_id")}
    return judged_by(who.id, calls, seats)


async def require_judged(application: Application, who: Principal) -> None:
    """Raises NotFound where somebody else judges the category of an application."""
    judged = await list_judged(who)
    if judged is not None and application.category_id not in judged:
        raise NotFound


async def list_seats(category: Category) -> Sequence[Seat]:
    """Everybody who is a reviewer, by name."""
    grants = await RoleGrant.filter(role=Role.REVIEWER.value, person__erased_at=None).select_related("person")
    people = {grant.person_id: grant.person for grant in grants}
    named = {grant.person_id for grant in grants if grant.scope == scope_of(category.id)}
    ordered = sorted(people.values(), key=lambda person: (person.name or person.email).casefold())
    return [Seat(person, person.id in named) for person in ordered]

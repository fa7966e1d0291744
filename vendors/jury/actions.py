"""Writes: who is named for a category."""

from __future__ import annotations

from collections.abc import Collection

from festival.accounts.actions import grant_role
from festival.accounts.models import RoleGrant
from festival.database import transaction
from festival.kit.web.access import Principal, Role
from festival.organisation.actions import record_audit
from vendors.jury.queries import list_seats
from vendors.jury.rules import scope_of
from vendors.models import Category


async def name_jury(category: Category, people: Collection[int], by: Principal) -> None:
    """Let just these reviewers judge a category; nobody means every reviewer. Others than reviewers are left out."""
    scope = scope_of(category.id)
    async with transaction():
        seats = await list_seats(category)
        before = [seat.person.id for seat in seats if seat.named]
        after = [seat.person.id for seat in seats if seat.person.id in people]
        if before == after:
            return
        gone = [person for person in before if person not in after]
        await RoleGrant.filter(role=Role.REVIEWER.value, scope=scope, person_id__in=gone).delete()
        for person in after:
            await grant_role(person, Role.REVIEWER, by, scope)
        subject = ("category", category.id)
        await record_audit(by, "jury.named", subject, before={"people": before}, after={"people": after})

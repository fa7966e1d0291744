"""Reads: what the same applicant or business applied for before, how it ended, what was said of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from festival.kit.web.access import Principal, Role
from festival.payments.models import Obligation, ObligationLine
from vendors.earlier.rules import LEFT, same_name
from vendors.judging.queries import list_hidden, list_notes
from vendors.lifecycle.rules import State
from vendors.models import Application, Review


@dataclass(frozen=True)
class Earlier:
    """Another application of the same account, or of a business of the same name.

    `kept_cents` is what stayed with the city although they did not take part, or of their deposit; None where the
    asker may not know. `notes` are the jurors' that the asker may read.
    """

    application: Application
    same_account: bool
    kept_cents: int | None
    notes: Sequence[Review]

    @property
    def missed(self) -> bool:
        """Whether they did not come."""
        return self.application.state == State.NO_SHOW


async def list_earlier(application: Application, who: Principal) -> list[Earlier]:
    """The other applications of whoever applies, the newest first; none where `who` is not to know whose it is."""
    if await list_hidden([application.id], who):
        return []
    sent = Application.exclude(state=State.DRAFT).exclude(id=application.id)
    ids = [
        int(str(id_))
        for id_, owner, name in await sent.values_list("id", "applicant_id", "name")
        if owner == application.applicant_id or same_name(str(name), application.name)
    ]
    hidden = await list_hidden(ids, who)
    found = await (
        Application.filter(id__in=[0, *(id_ for id_ in ids if id_ not in hidden)])
        .order_by("-submitted_at", "-id").select_related("category__call__festival")
    )  # fmt: skip
    may_count = who.has_role(Role.ORGANIZER, Role.TREASURER)
    kept = await _list_kept(found) if may_count else {}
    notes = await list_notes(ids, who)
    return [
        Earlier(
            one, one.applicant_id == application.applicant_id, kept.get(one.id, 0) if may_count else None,
            notes.get(one.id, []),
        )
        for one in found
    ]  # fmt: skip


async def _list_kept(applications: Sequence[Application]) -> dict[int, int]:
    """What stayed with the city, in cents: all that was not given back to those who left, else kept deposits."""
    by_bill = {one.obligation_id: one for one in applications if one.obligation_id}
    kept: dict[int, int] = {}
    for bill in await Obligation.filter(id__in=[0, *by_bill]):
        if by_bill[bill.id].state in LEFT:
            kept[by_bill[bill.id].id] = bill.paid_cents - bill.refunded_cents
    for line in await ObligationLine.filter(obligation_id__in=[0, *by_bill], kind="kept", refunded_cents=0):
        one = by_bill[line.obligation_id]
        if one.state not in LEFT:
            kept[one.id] = kept.get(one.id, 0) + line.quantity * line.unit_cents
    return kept

"""Reads: the reasons that can be chosen from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tortoise.expressions import Q

from festival.kit.clock import now
from vendors.lifecycle.reasons import LISTED
from vendors.models import Call, OwnReason
from vendors.reasons.rules import Use, code_of


async def list_reasons(call_id: int | None, *uses: Use) -> Mapping[str, str]:
    """The English text of every reason that can be chosen for one of `uses`, by its code; those of all calls that
    are not over where no call is given. None for any use."""
    of_call = Q(call__festival__ends_at__gt=now()) if call_id is None else Q(call_id=call_id)
    own = OwnReason.filter(of_call, ended_at=None)
    if uses:
        own = own.filter(Q(use=Use.ANY) | Q(use__in=list(uses)))
    rows = await own.order_by("call_id", "position", "id")
    return {**LISTED, **{code_of(row.id): row.text for row in rows}}


async def list_own_reasons(call: Call) -> Sequence[OwnReason]:
    """Those of a call that are still offered, in their order."""
    return await OwnReason.filter(call_id=call.id, ended_at=None).order_by("position", "id")

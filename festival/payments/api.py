"""Obligations as JSON."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import AwareDatetime, Field, model_validator
from starlette.requests import Request

from festival.kit.errors import NotFound
from festival.kit.text import Line, OptionalEmail, ShortLine, wrong_text
from festival.kit.web.access import Scope, principal_of, scope
from festival.kit.web.api import Answer, Api, Body
from festival.kit.words import N_
from festival.organisation.actions import record_audit
from festival.payments.actions import create_obligation
from festival.payments.models import Obligation
from festival.payments.queries import get_account, get_obligation, pay_path
from festival.settings import settings

api = Api("money")
_MONEY = scope(Scope.MONEY)
Cents = Annotated[int, Field(ge=-1_000_000_000, le=1_000_000_000)]


class SubjectIn(Body):
    """What the fee is for, such as {"kind": "application", "id": "17"}."""

    kind: Annotated[str, Field(pattern="^[a-z_]{1,32}$")]
    id: Annotated[int, Field(ge=0, lt=2**63)]


class LineIn(Body):
    """One line; a discount is below zero."""

    label: Line
    quantity: Annotated[int, Field(ge=1, le=10_000)] = 1
    unit_cents: Cents


class ObligationIn(Body):
    """A fee, by lines or as one amount."""

    description: Line
    amount_cents: Annotated[int, Field(gt=0, le=1_000_000_000)] | None = None
    lines: Annotated[list[LineIn], Field(max_length=50)] = []
    subject: SubjectIn | None = None
    payer_email: OptionalEmail = None
    language: ShortLine = "en"
    due_at: AwareDatetime | None = None

    @model_validator(mode="after")
    def _require_one_way(self) -> ObligationIn:
        if (self.amount_cents is None) == (not self.lines):
            raise wrong_text(N_("Give either amount_cents or lines."))
        return self


class EntryOut(Answer):
    """One movement in the ledger; `kind` says which sum it changes."""

    kind: str
    amount_cents: int
    at: dt.datetime
    note: str


class ObligationOut(Answer):
    """What is owed, what was paid, and every movement of it."""

    id: str
    subject: dict[str, str] | None
    description: str
    currency: str
    due: int
    paid: int
    refunded: int
    disputed: int
    state: str
    due_at: dt.datetime | None
    pay_url: str
    entries: list[EntryOut]


async def _shown(obligation: Obligation) -> ObligationOut:
    account = await get_account(obligation)
    kind = obligation.subject_kind
    return ObligationOut(
        id=str(obligation.id), subject={"kind": kind, "id": str(obligation.subject_id)} if kind else None,
        description=obligation.description, currency=obligation.currency, due=obligation.due_cents,
        paid=obligation.paid_cents, refunded=obligation.refunded_cents,
        disputed=obligation.disputed_cents, state=obligation.state, due_at=obligation.due_at,
        pay_url=settings().base_url + pay_path(obligation.id),
        entries=[EntryOut.model_validate(entry) for entry in account.entries],
    )  # fmt: skip


@api.operation("POST", "/api/v1/obligations", _MONEY, body=ObligationIn, out={201: ObligationOut})
async def make_obligation(request: Request, body: ObligationIn) -> tuple[int, ObligationOut]:
    """Bill somebody, for an application or by hand."""
    lines = [(line.label, line.quantity, line.unit_cents) for line in body.lines]
    subject = (body.subject.kind, body.subject.id) if body.subject else ("", 0)
    obligation, _ = await create_obligation(
        subject, 0, body.description, lines or [(body.description, 1, body.amount_cents or 0)],
        language=body.language, payer_email=body.payer_email or "", due_at=body.due_at,
    )  # fmt: skip
    after = {"due_cents": obligation.due_cents, "description": obligation.description}
    await record_audit(principal_of(request), "money.billed", ("obligation", obligation.id), after=after)
    return 201, await _shown(obligation)


@api.operation("GET", "/api/v1/obligations/{id}", _MONEY, out={200: ObligationOut}, problems=(404,))
async def show_obligation(request: Request) -> ObligationOut:
    """One obligation with its ledger."""
    number = request.path_params["id"]
    if not number.isdecimal() or len(number) > 18:
        raise NotFound
    return await _shown(await get_obligation(int(number)))

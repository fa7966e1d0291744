"""What staff type about money."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, Field

from festival.kit.text import Line, OptionalLine, wrong_text
from festival.kit.words import N_


def _cents(value: object) -> object:
    text = str(value).strip().replace(" ", "").replace("$", "")
    if text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    try:
        amount = Decimal(text.replace(",", ""))
    except ArithmeticError:
        raise wrong_text(N_("Write an amount, like 150 or 37.50.")) from None
    if not amount.is_finite() or amount * 100 != int(amount * 100):
        raise wrong_text(N_("Write an amount, like 150 or 37.50."))
    return int(amount * 100)


Cents = Annotated[int, BeforeValidator(_cents), Field(gt=0, le=10_000_000_00)]


class CounterForm(BaseModel):
    """Money handed over."""

    amount: Cents
    method: Literal["cash", "check"]
    note: OptionalLine = None


class RefundForm(BaseModel):
    """Money going back. `revision` is that of the page, so that pressing twice refunds once."""

    amount: Cents
    reason: Line
    revision: int


class WaiverForm(BaseModel):
    """Money let go."""

    amount: Cents
    reason: Line

"""Amounts as people type them, kept as whole cents."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field

from festival.kit.text import wrong_text
from festival.kit.words import N_


def read_cents(value: object) -> int:
    """Cents of `150`, `$1,250.50` or `37,50`; raises PydanticCustomError."""
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


Amount = Annotated[int, BeforeValidator(read_cents), Field(gt=0, le=10_000_000_00)]
AmountOrNone = Annotated[int, BeforeValidator(read_cents), Field(ge=0, le=10_000_000_00)]

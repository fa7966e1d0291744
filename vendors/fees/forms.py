"""What people type about what an application costs."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field, model_validator

from festival.kit.money import Amount, AmountOrNone
from festival.kit.text import Line, ShortLine, wrong_text
from festival.kit.words import N_


def _none_if_blank(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


MaybeDay = Annotated[dt.date | None, BeforeValidator(_none_if_blank)]


class CardForm(BaseModel):
    """The box under the words that let us charge a card."""

    agreed: bool = False

    @model_validator(mode="after")
    def _require_agreement(self) -> CardForm:
        if not self.agreed:
            raise wrong_text(N_("Tick the box if you agree; without it no card is kept."))
        return self


class DiscountForm(BaseModel):
    """Something taken off, and why."""

    label: ShortLine
    amount: Amount
    reason: Line


class KeepForm(BaseModel):
    """Why a deposit is kept."""

    reason: Line


class PaymentForm(BaseModel):
    """How the fee of a category is paid."""

    deposit_percent: int = Field(ge=1, le=100)
    due_0: MaybeDay = None
    due_1: MaybeDay = None
    security: AmountOrNone

    @model_validator(mode="after")
    def _rest_has_a_day(self) -> PaymentForm:
        if (self.deposit_percent < 100) is not bool(self.days):
            raise wrong_text(N_("Give a day for the rest, or let all be paid at once."))
        return self

    @property
    def days(self) -> list[dt.date]:
        """The days of the rest, the earliest first."""
        return sorted({day for day in (self.due_0, self.due_1) if day})

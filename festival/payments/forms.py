"""What staff type about money."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, model_validator

from festival.kit.money import Amount
from festival.kit.text import Line, OptionalLine, wrong_text
from festival.kit.words import N_


class CounterForm(BaseModel):
    """Money handed over."""

    amount: Amount
    method: Literal["cash", "check"]
    number: OptionalLine = None
    payer: OptionalLine = None
    note: OptionalLine = None

    @model_validator(mode="after")
    def _check_has_number(self) -> CounterForm:
        if self.method == "check" and not self.number:
            raise wrong_text(N_("Write the number of the check."))
        return self

    @property
    def whole_note(self) -> str:
        """What is kept of it: the check's number, who brought it, and what else was written."""
        number = f"no. {self.number}" if self.number else ""
        return " · ".join(part for part in (number, self.payer, self.note) if part)


class RefundForm(BaseModel):
    """Money going back. `revision` is that of the page, so that pressing twice refunds once."""

    amount: Amount
    reason: Line
    revision: int
    line: int = 0


class WaiverForm(BaseModel):
    """Money let go."""

    amount: Amount
    reason: Line


class ExplainForm(BaseModel):
    """What a difference is."""

    explanation: Line

"""What staff type about money."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from festival.kit.money import Amount
from festival.kit.text import Line, OptionalLine


class CounterForm(BaseModel):
    """Money handed over."""

    amount: Amount
    method: Literal["cash", "check"]
    note: OptionalLine = None


class RefundForm(BaseModel):
    """Money going back. `revision` is that of the page, so that pressing twice refunds once."""

    amount: Amount
    reason: Line
    revision: int


class WaiverForm(BaseModel):
    """Money let go."""

    amount: Amount
    reason: Line

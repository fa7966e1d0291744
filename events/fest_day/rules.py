"""Pure: how a festival's day is laid out in a grid."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

SLOT_MINUTES = 5


@dataclass(frozen=True)
class Place:
    """Where something is drawn in a grid of five-minute rows: both count from 1."""

    row: int
    span: int


def lay_out(starts_at: dt.datetime, ends_at: dt.datetime, opens_at: dt.datetime) -> Place:
    """The rows of a slot in a grid that opens at `opens_at`."""
    row = round((starts_at - opens_at).total_seconds() / 60 / SLOT_MINUTES)
    rows = round((ends_at - starts_at).total_seconds() / 60 / SLOT_MINUTES)
    return Place(max(row, 0) + 1, max(rows, 1))

"""For how long names are kept, and what stays, decided over plain values."""

from __future__ import annotations

import datetime as dt
from typing import Any


def is_over(ended_at: dt.datetime, keep_days: int, at: dt.datetime) -> bool:
    """Whether names kept for `keep_days` after `ended_at` are to go at the moment `at`."""
    return at >= ended_at + dt.timedelta(days=keep_days)


def bare_facts(facts: dict[str, Any]) -> dict[str, Any] | None:
    """Only the counts of what a party answered."""
    return {"bands": facts["bands"]} if facts.get("bands") else None

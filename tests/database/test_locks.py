"""A row is locked only by a query for rows: Tortoise drops FOR UPDATE where values are asked for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from events.models import SchedulePlan
from festival.settings import Settings

ROOT = Path(__file__).parent.parent.parent
ROOMS = ("events", "vendors", "ticketing", "calendar_feed", "festival")


@pytest.mark.parametrize("engine", ["postgres"])
async def test_rows_are_locked_and_values_are_not(database: Settings) -> None:
    rows = SchedulePlan.filter(id=1).select_for_update()
    assert rows.only("id").sql().endswith("FOR UPDATE")
    assert "FOR UPDATE" not in rows.values_list("id").sql()


def test_nobody_locks_by_asking_for_values() -> None:
    wrong = re.compile(r"select_for_update\([^)]*\)\s*\.(?:[a-z_]+\([^)]*\)\s*\.)*values")
    files = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    assert files
    assert [str(path) for path in files if wrong.search(path.read_text(encoding="utf-8"))] == []

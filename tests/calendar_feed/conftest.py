"""The demo year, and the moment at which these tests read it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cache

import pytest

from events.programme.actions import Loaded, load_programme
from events.programme.reading import Programme, read_programme
from festival.database import transaction
from festival.kit.clock import frozen_at
from festival.kit.documents import read_document
from festival.seeding.actions import DEMO_PROGRAMME

# The whole year lies between 30 days before and 400 days after this morning.
NEW_YEAR = dt.datetime(2027, 1, 1, 16, tzinfo=dt.UTC)


@cache
def _programme() -> Programme:
    return read_programme(read_document(DEMO_PROGRAMME.read_text(encoding="utf-8")))


@pytest.fixture
async def year(database: object) -> Loaded:
    """The events of the demo year."""
    async with transaction():
        return await load_programme(_programme())


@pytest.fixture
def at_new_year() -> Iterator[None]:
    """Hold the clock at NEW_YEAR."""
    with frozen_at(NEW_YEAR):
        yield

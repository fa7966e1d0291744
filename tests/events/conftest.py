"""The demo year, loaded, for the tests of the events room."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from events.programme.actions import Loaded, load_programme
from events.programme.reading import read_programme
from events.scheduling.programme import load_schedule
from festival.database import transaction
from festival.kit.documents import read_document
from festival.seeding.actions import DEMO_PROGRAMME

DOCUMENT = read_document(DEMO_PROGRAMME.read_text(encoding="utf-8"))


@pytest.fixture
async def year(database: object) -> Loaded:
    """The events of the demo year."""
    async with transaction():
        return await load_programme(read_programme(DOCUMENT))


@pytest.fixture
async def wishes(year: Loaded) -> Loaded:
    """The demo year with the acts that wait, and version 2, a draft that breaks each of the seven rules once."""
    async with transaction():
        await load_schedule(DOCUMENT, year)
    return year


CountQueries = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def count_queries(caplog: pytest.LogCaptureFixture) -> CountQueries:
    """`with count_queries() as queries:` collects the statements sent in the block.

    The office's own row is left out: it is read by the clock, once in five seconds.
    """

    @contextmanager
    def counting() -> Iterator[list[str]]:
        queries: list[str] = []
        with caplog.at_level(logging.DEBUG, logger="tortoise.db_client"):
            caplog.clear()
            yield queries
            sent = [r.getMessage() for r in caplog.records if r.name == "tortoise.db_client"]
            queries += [query for query in sent if 'FROM "organisation"' not in query]

    return counting

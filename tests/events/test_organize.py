"""Staff pages: the list of programs, and one date moved or cancelled with its trace."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from events.models import Occurrence
from events.programme.actions import Loaded
from festival.organisation.models import AuditEntry
from tests.events.conftest import CountQueries

FORM = {"starts": "2027-02-02T19:00", "ends": "2027-02-02T20:00", "state": "scheduled", "reason": "", "revision": "1"}


@pytest.fixture
def salsa(year: Loaded) -> Occurrence:
    return year.occurrences[year.programs["p33"]][0]


async def test_only_organizers_come_in(
    year: Loaded, client: httpx2.AsyncClient, sign_in: Any, salsa: Occurrence
) -> None:
    paths = ("/organize/programs", "/organize/programs/salsa-for-beginners", f"/organize/occurrences/{salsa.id}")
    for path in paths:
        assert (await client.get(path)).status_code == 303
    await sign_in("reviewer")
    for path in paths:
        assert (await client.get(path)).status_code == 403
    assert (await client.post(paths[2], data=FORM)).status_code == 403


async def test_the_list_filters_and_keeps_its_queries(
    year: Loaded, client: httpx2.AsyncClient, sign_in: Any, count_queries: CountQueries
) -> None:
    await sign_in("organizer")
    page = (await client.get("/organize/programs")).text
    assert "62 programs" in page
    assert "Tue, Feb 2, 2027" in page
    some = (await client.get("/organize/programs?q=salsa&state=published&page=x")).text
    assert "1 program<" in some
    assert "Pickleball" not in some
    assert "No program matches." in (await client.get("/organize/programs?state=draft")).text
    counts: list[int] = []
    for query in ("?q=salsa", ""):
        with count_queries() as queries:
            await client.get(f"/organize/programs{query}")
        counts.append(len(queries))
    assert counts[0] == counts[1]


async def test_a_date_is_moved_and_cancelled(
    client: httpx2.AsyncClient, sign_in: Any, salsa: Occurrence
) -> None:  # fmt: skip
    person = await sign_in("organizer")
    path = f"/organize/occurrences/{salsa.id}"
    assert 'value="2027-02-02T19:00"' in (await client.get(path)).text
    moved = {**FORM, "starts": "2027-02-03T18:30", "ends": "2027-02-03T19:30", "reason": "The hall is being painted"}
    answer = await client.post(path, data=moved)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/organize/programs/salsa-for-beginners?undo=")
    assert "The hall is being painted" in (await client.get(answer.headers["location"])).text
    row = await Occurrence.get(id=salsa.id)
    assert (row.moved, row.sequence, row.original_local) == (True, 1, "2027-02-02T19:00")
    cancelled = {**moved, "state": "cancelled", "revision": "2"}
    assert (await client.post(path, data=cancelled)).status_code == 303
    assert (await Occurrence.get(id=salsa.id)).state == "cancelled"
    trail = await AuditEntry.filter(action="occurrence.changed", object_id=salsa.id)
    assert [entry.actor_id for entry in trail] == [person.id, person.id]


@pytest.mark.parametrize(
    ("change", "status", "told"),
    [
        ({"ends": "2027-02-02T18:00"}, 422, "The end comes before the beginning."),
        ({"starts": "soon"}, 422, "Write a wall time like"),
        ({"starts": "2027-03-14T02:30", "ends": "2027-03-14T04:00"}, 422, "change of the clocks"),
        ({"state": "gone"}, 422, "Choose one of the answers offered."),
        ({"revision": "7"}, 409, "Something changed in the meantime."),
    ],
)
async def test_what_cannot_be_is_told_and_changes_nothing(
    client: httpx2.AsyncClient, sign_in: Any, salsa: Occurrence, change: dict[str, str], status: int, told: str
) -> None:
    await sign_in("organizer")
    answer = await client.post(f"/organize/occurrences/{salsa.id}", data={**FORM, "reason": "kept", **change})
    assert answer.status_code == status
    assert told in answer.text
    assert (await Occurrence.get(id=salsa.id)).revision == 1


async def test_unknown_ones_are_not_found(year: Loaded, client: httpx2.AsyncClient, sign_in: Any) -> None:
    await sign_in("organizer")
    for path in ("/organize/programs/none", "/organize/occurrences/0", "/organize/occurrences/x"):
        assert (await client.get(path)).status_code == 404

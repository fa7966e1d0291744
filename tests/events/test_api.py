"""`/api/v1/occurrences`: read by anyone, made and changed by a token with the scope `programs`."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx2
import pytest

from events.models import Occurrence, Program
from events.programme.actions import Loaded
from festival.accounts.actions import issue_api_token
from festival.kit.clock import frozen_at
from festival.kit.web.access import NOBODY
from festival.organisation.models import AuditEntry

JANUARY = dt.datetime(2027, 1, 2, 18, tzinfo=dt.UTC)
PATH = "/api/v1/occurrences"
NEW: dict[str, Any] = {
    "title": "Kora evening: music of Mali",
    "area": "arts",
    "venue": "fox",
    "starts_at": "2027-02-05T19:00-07:00",
    "ends_at": "2027-02-05T20:30-07:00",
    "languages": ["en", "fr"],
    "capacity": 120,
    "register": "qr",
}


@pytest.fixture
def staff(staff_token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {staff_token}"}


async def test_pages_of_json_are_the_whole_selection_once(year: Loaded, client: httpx2.AsyncClient) -> None:
    ids: list[str] = []
    cursor = ""
    with frozen_at(JANUARY):
        while True:
            answer = (await client.get(PATH, params={"area": "arts", "cursor": cursor})).json()
            ids += [row["id"] for row in answer["occurrences"]]
            cursor = answer["next_cursor"]
            if cursor is None:
                break
    assert len(ids) == len(set(ids)) == await Occurrence.filter(program__area="arts").count()


async def test_one_row_says_all(year: Loaded, client: httpx2.AsyncClient) -> None:
    query = {"from": "2027-02-02T00:00:00-07:00", "to": "2027-02-02", "place": "moorhead", "language": "es"}
    (row,) = (await client.get(PATH, params=query)).json()["occurrences"]
    assert row["title"] == "Salsa for beginners"
    assert row["starts_at"] == "2027-02-02T19:00:00-07:00"
    assert row["place"]["slug"] == "moorhead"
    assert row["languages"] == ["en", "es"]
    assert (row["free"], row["fee_cents"]) == (False, 6400)
    page = await client.get(row["url"].removeprefix("http://localhost:8000"))
    assert "Salsa for beginners" in page.text


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"area": "cooking"}, "area"),
        ({"from": "soon"}, "from"),
        ({"to": "2027-02-31"}, "to"),
        ({"from": "2027-02-02T00:00:00"}, "from"),
        ({"cursor": "abc"}, "cursor"),
    ],
)
async def test_wrong_filters_are_named(client: httpx2.AsyncClient, query: dict[str, str], field: str) -> None:
    answer = await client.get(PATH, params=query)
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {field}


async def test_making_one(year: Loaded, client: httpx2.AsyncClient, staff: dict[str, str]) -> None:
    answer = await client.post(PATH, json=NEW, headers=staff)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["slug"] == "kora-evening-music-of-mali"
    assert made["starts_at"] == "2027-02-05T19:00:00-07:00"
    assert "Kora evening" in (await client.get(f"/events/{made['slug']}")).text
    again = (await client.post(PATH, json=NEW, headers=staff)).json()
    assert again["slug"] == "kora-evening-music-of-mali-2027"
    more = {"program": made["program_id"], "starts_at": "2027-02-06T19:00-07:00", "ends_at": "2027-02-06T20:00-07:00"}
    assert (await client.post(PATH, json=more, headers=staff)).json()["slug"] == made["slug"]
    entry = await AuditEntry.filter(action="occurrence.created").order_by("id").first()
    assert entry is not None
    assert (entry.object_id, entry.actor_kind) == (int(made["id"]), "token")


async def test_a_draft_is_not_public(year: Loaded, client: httpx2.AsyncClient, staff: dict[str, str]) -> None:
    made = (await client.post(PATH, json={**NEW, "state": "draft"}, headers=staff)).json()
    assert (await client.get(f"/events/{made['slug']}")).status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"ends_at": "2027-02-05T18:00-07:00"}, "body"),
        ({"ends_at": "2028-02-05T18:00-07:00"}, "body"),
        ({"starts_at": "2027-02-05T19:00"}, "starts_at"),
        ({"venue": "moon"}, "venue"),
        ({"venue": "9" * 30}, "venue"),
        ({"program": "moon"}, "program"),
        ({"area": "cooking"}, "area"),
        ({"title": ""}, "title"),
        ({"title": None}, "body"),
        ({"languages": ["english"]}, "languages.0"),
        ({"capacity": 0}, "capacity"),
        ({"fee_cents": -1}, "fee_cents"),
    ],
)
async def test_what_cannot_be_made(
    year: Loaded, client: httpx2.AsyncClient, staff: dict[str, str], change: dict[str, Any], field: str
) -> None:
    before = await Program.all().count()
    answer = await client.post(PATH, json={**NEW, **change}, headers=staff)
    assert answer.status_code == 422, answer.text
    assert list(answer.json()["errors"]) == [field]
    assert await Program.all().count() == before


async def test_moving_keeps_the_identity_and_raises_the_sequence(
    year: Loaded, client: httpx2.AsyncClient, staff: dict[str, str]
) -> None:
    first = year.occurrences[year.programs["p33"]][0]
    change = {"starts_at": "2027-02-03T18:00-07:00", "reason": "The hall is being painted"}
    answer = await client.patch(f"{PATH}/{first.id}", json=change, headers=staff)
    assert answer.status_code == 200, answer.text
    moved = answer.json()
    assert moved["ends_at"] == "2027-02-03T19:00:00-07:00"  # as long as before
    assert (moved["moved"], moved["sequence"], moved["revision"]) == (True, 1, 2)
    row = await Occurrence.get(id=first.id)
    assert (row.original_local, row.starts_on) == ("2027-02-02T19:00", dt.date(2027, 2, 3))
    with frozen_at(JANUARY):
        page = (await client.get(f"/events/salsa-for-beginners?on={first.id}")).text
    assert "It was planned for Tuesday, February 2, 2027" in page
    assert "The hall is being painted" in page
    entry = await AuditEntry.get(action="occurrence.changed")
    assert entry.before is not None
    assert entry.after is not None
    assert entry.before["starts_at"] != entry.after["starts_at"]


async def test_a_new_place_is_said(year: Loaded, client: httpx2.AsyncClient, staff: dict[str, str]) -> None:
    first = year.occurrences[year.programs["p33"]][0]
    assert (await client.patch(f"{PATH}/{first.id}", json={"venue": "museum"}, headers=staff)).json()["sequence"] == 1
    page = (await client.get(f"/events/salsa-for-beginners?on={first.id}")).text
    assert "New place." in page
    assert "Aurora History Museum" in page


async def test_only_what_people_must_act_on_raises_the_sequence(
    year: Loaded, client: httpx2.AsyncClient, staff: dict[str, str]
) -> None:
    path = f"{PATH}/{year.occurrences[year.programs['p33']][0].id}"
    renamed = (await client.patch(path, json={"title": "Salsa, first steps"}, headers=staff)).json()
    assert (renamed["title"], renamed["sequence"], renamed["revision"]) == ("Salsa, first steps", 0, 2)
    same = (await client.patch(path, json={"title": "Salsa, first steps", "moved": True}, headers=staff)).json()
    assert (same["revision"], same["moved"]) == (2, False)
    cancelled = (await client.patch(path, json={"state": "cancelled"}, headers=staff)).json()
    assert (cancelled["state"], cancelled["sequence"]) == ("cancelled", 1)
    stale = await client.patch(path, json={"state": "scheduled", "revision": 2}, headers=staff)
    assert stale.status_code == 409
    assert stale.json()["revision"] == 3
    assert await AuditEntry.filter(action="occurrence.changed").count() == 2


async def test_who_may_not(year: Loaded, client: httpx2.AsyncClient, staff: dict[str, str]) -> None:
    path = f"{PATH}/{year.occurrences[year.programs['p33']][0].id}"
    assert (await client.post(PATH, json=NEW)).status_code == 401
    assert (await client.patch(path, json={"state": "cancelled"})).status_code == 401
    other = await issue_api_token("other", ["gate", "claims", "money"], NOBODY)
    assert (await client.post(PATH, json=NEW, headers={"Authorization": f"Bearer {other}"})).status_code == 403
    for unknown in ("0", "x", "9" * 30):
        assert (await client.patch(f"{PATH}/{unknown}", json={}, headers=staff)).status_code == 404
    wrong = await client.patch(path, json={"ends_at": "2020-01-01T00:00Z"}, headers=staff)
    assert set(wrong.json()["errors"]) == {"ends_at"}
    assert await Occurrence.filter(state="cancelled").count() == 1  # the one of the file

"""The schedule over the API: the public version breaks nothing, each fixture is named, nothing is written."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from events.models import Performance
from events.programme.actions import Loaded
from tests.events.conftest import DOCUMENT, CountQueries

PATH = "/api/v1/festivals/global-fest-2027/schedule"
FIXTURES = {fixture["id"]: fixture for fixture in DOCUMENT.value["festival"]["conflict_fixtures"]}
GIVEN: dict[str, list[dict[str, Any]]] = {
    "c1": [{"act": "s05", "starts_at": "2027-06-12T12:50:00-06:00"}],
    "c2": [{"act": "s08", "starts_at": "2027-06-12T15:20:00-06:00"}],
    "c3": [{"act": "s06", "people": ["One dancer"], "starts_at": "2027-06-12T13:50:00-06:00"},
           {"act": "s15", "people": ["one  Dancer"]}],
    "c4": [{"act": "s16", "people": ["A group"]},
           {"act": "s07", "people": ["A group"]}],
    "c5": [{"act": "s18", "available": [
        {"starts_at": "2027-06-12T12:00:00-06:00", "ends_at": "2027-06-12T15:00:00-06:00"}]}],
    "c6": [{"act": "w02", "stage": "community", "starts_at": "2027-06-12T14:40:00-06:00"}],
    "c7": [{"act": "s11", "minutes": 50}],
}  # fmt: skip


@pytest.fixture
def staff(client: httpx2.AsyncClient, staff_token: str) -> httpx2.AsyncClient:
    client.headers["authorization"] = f"Bearer {staff_token}"
    return client


async def test_the_public_version_has_25_acts_and_no_conflict(wishes: Loaded, staff: httpx2.AsyncClient) -> None:
    found = (await staff.get(PATH)).json()
    assert (found["plan"], found["state"], found["conflicts"]) == (1, "published", [])
    assert len(found["performances"]) == 25
    assert {one["act"] for one in found["unplaced"]} == {f"w0{number}" for number in range(1, 8)}
    reasons = {one["act"]: one["reasons"] for one in found["unplaced"]}
    assert {reason["rule"] for reason in reasons["w07"]} == {"changeover"}


async def test_the_draft_breaks_each_of_the_seven_rules_once(wishes: Loaded, staff: httpx2.AsyncClient) -> None:
    found = (await staff.get(f"{PATH}?plan=2")).json()
    assert sorted(one["rule"] for one in found["conflicts"]) == sorted(f["rule"] for f in FIXTURES.values())
    fixes = {one["rule"]: one["fixes"] for one in found["conflicts"]}
    assert fixes["changeover"][0] == {
        "act": "s08", "kind": "time", "stage": "main", "starts_at": "2027-06-12T15:30:00-06:00", "minutes": 25,
    }  # fmt: skip


@pytest.mark.parametrize("fixture", sorted(FIXTURES))
async def test_each_fixture_is_named_by_its_rule(wishes: Loaded, staff: httpx2.AsyncClient, fixture: str) -> None:
    answer = await staff.post(f"{PATH}/check", json={"changes": GIVEN[fixture]})
    assert answer.status_code == 200, answer.text
    assert [one["rule"] for one in answer.json()["conflicts"]] == [FIXTURES[fixture]["rule"]]
    assert answer.json()["conflicts"][0]["message"]
    assert (await staff.get(PATH)).json()["conflicts"] == []


async def test_what_is_unknown_is_told_and_strangers_see_nothing(wishes: Loaded, client: httpx2.AsyncClient,
                                                                 staff_token: str) -> None:  # fmt: skip
    assert (await client.get(PATH)).status_code == 401
    client.headers["authorization"] = f"Bearer {staff_token}"
    assert (await client.get("/api/v1/festivals/none/schedule")).status_code == 404
    assert (await client.get(f"{PATH}?plan=77")).status_code == 404
    for change, field in (
        ({"act": "none"}, "changes.0.act"),
        ({"act": "s05", "stage": "none"}, "changes.0.stage"),
        ({"act": "w01", "stage": "main"}, "changes.0.starts_at"),
        ({"act": "s05", "starts_at": "2027-06-12T12:00:00"}, "changes.0.starts_at"),
    ):
        answer = await client.post(f"{PATH}/check", json={"changes": [change]})
        assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])


async def test_the_answer_keeps_its_queries(
    wishes: Loaded, staff: httpx2.AsyncClient, count_queries: CountQueries
) -> None:
    await staff.get(PATH)
    counts: list[int] = []
    for number in (1, 2):
        with count_queries() as queries:
            await staff.get(f"{PATH}?plan=2")
        counts.append(len(queries))
        await Performance.filter(plan__number=3 - number).exclude(act__slug="s01").delete()
    assert counts[0] == counts[1]

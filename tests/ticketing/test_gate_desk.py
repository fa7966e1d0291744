"""Search by masked name, typed references, how full a zone is, conflicts settled, the forecast, the wall."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.models import Zone
from festival.kit.clock import now
from festival.organisation.models import AuditEntry
from ticketing.attendance.rules import forecast_arrivals
from ticketing.gate.actions import Enrolled
from ticketing.lookup.rules import mask_name, plain_reference
from ticketing.models import Claim, Offer, Scan
from ticketing.scan.rules import zone_level

from .gatehouse import Site, add_offer, build_site, enrol, issue_ticket, post, scan, scan_of


async def _search(client: httpx2.AsyncClient, phone: Enrolled, words: str) -> list[dict[str, Any]]:
    answer = await client.get(
        "/api/v1/gate/search", params={"q": words}, headers={"Authorization": f"Bearer {phone.token}"}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["parties"]


async def _named(site: Site, *names: str) -> list[int]:
    found: list[int] = []
    for name in names:
        ticket = await issue_ticket(site.offer, party=3)
        await Claim.filter(id=ticket.claim_id).update(name=name)
        found.append(ticket.claim_id)
    return found


async def test_a_party_is_found_masked_and_let_in_by_its_reference(client: httpx2.AsyncClient) -> None:
    site = await build_site()
    phone = await enrol(site.north)
    await _named(site, "Nguyễn Thị Hoa", "Amina Yusuf", "Amina Noor")
    [hoa] = await _search(client, phone, "thị hoa")
    assert hoa == {"reference": hoa["reference"], "name": "N••••n T•ị H•a", "party": 3, "people_in": 0}
    assert len(await _search(client, phone, "Amina")) == 2
    assert await _search(client, phone, "nobody") == []
    typed = f" {hoa['reference'][:6].upper()}-{hoa['reference'][6:]} "
    assert (await scan(client, phone, typed, people=2))["people_in"] == 2
    assert (await _search(client, phone, hoa["reference"]))[0]["people_in"] == 2
    assert (await scan(client, phone, hoa["reference"], people=2))["code"] == "party_full"
    assert (await scan(client, phone, "abcdefghijkl"))["code"] == "unknown"


async def test_at_most_ten_are_told_and_none_of_another_venue(client: httpx2.AsyncClient) -> None:
    site, other = await build_site(), await build_site()
    phone = await enrol(site.north)
    await _named(site, *(["Kim Lee"] * 12))
    await _named(other, "Kim Elsewhere")
    found = await _search(client, phone, "Kim")
    assert [party["name"] for party in found] == ["K•m L•e"] * 10
    assert (await client.get("/api/v1/gate/search", params={"q": "Kim"})).status_code == 401
    bearer = {"Authorization": f"Bearer {phone.token}"}
    assert (await client.get("/api/v1/gate/search", params={"q": "K"}, headers=bearer)).status_code == 422


async def test_a_cancelled_ticket_is_not_let_in_by_its_reference(client: httpx2.AsyncClient) -> None:
    site = await build_site()
    phone = await enrol(site.north)
    [claim_id] = await _named(site, "Amina Yusuf")
    await Claim.filter(id=claim_id).update(state="cancelled", cancelled_at=now())
    reference = (await Claim.get(id=claim_id)).reference
    assert (await scan(client, phone, reference))["code"] == "cancelled"
    assert await _search(client, phone, "Amina") == []


@pytest.mark.parametrize(
    ("name", "masked"),
    [("Al", "A•"), ("Bo Li", "B• L•"), ("Amina Yusuf", "A•••a Y•••f"), ("夏祭り", "夏•り"), ("", "")],
)
def test_a_masked_name_shows_how_it_begins_and_ends(name: str, masked: str) -> None:
    assert mask_name(name) == masked


def test_only_what_can_be_a_reference_is_taken_for_one() -> None:
    assert plain_reference("ABCD-efgh 2345") == "abcdefgh2345"
    assert plain_reference("too short") is None
    assert plain_reference("x" * 122) is None


async def test_phones_and_the_desk_hear_how_full_a_zone_is(client: httpx2.AsyncClient, sign_in: Any) -> None:
    site = await build_site(fire_limit=10)
    phone = await enrol(site.north)
    bearer = {"Authorization": f"Bearer {phone.token}"}
    levels: list[int] = []
    for _ in range(10):
        walkup = {"walkup_id": str(uuid.uuid4()), "delta": 1, "at": now().isoformat()}
        await post(client, phone, "/api/v1/walkups", walkup)
        levels.append((await client.get("/api/v1/gate/snapshot", headers=bearer)).json()["zone_level"])
    assert levels == [0] * 7 + [80, 90, 100]
    await sign_in("gate")
    assert "Lawn is full" in (await client.get(f"/organize/attendance/{site.occurrence.id}")).text


def test_a_zone_without_a_limit_is_never_full() -> None:
    assert zone_level(1_000_000, None) == 0


async def test_a_conflict_is_settled_with_a_note_and_opened_again(client: httpx2.AsyncClient, sign_in: Any) -> None:
    site = await build_site()
    north, south = await enrol(site.north), await enrol(site.south, "Blue phone")
    ticket = await issue_ticket(site.offer)
    for minutes, phone in ((20, north), (10, south)):
        row = scan_of(ticket.token, scanned_at=(now() - dt.timedelta(minutes=minutes)).isoformat())
        await post(client, phone, "/api/v1/scans/batch", {"scans": [row]})
    await sign_in("gate")
    path = f"/organize/attendance/{site.occurrence.id}/conflicts"
    assert "1 conflict to look into" in (await client.get(f"/organize/attendance/{site.occurrence.id}")).text
    page = (await client.get(path)).text
    assert "Let in twice" in page
    assert "Blue phone" in page
    assert "North gate" in page
    kept = await Scan.exclude(conflict="").get()
    assert (await client.post(f"{path}/{kept.id}/settle", data={"note": "A twin sister"})).status_code == 303
    assert "A twin sister" in (await client.get(path)).text
    assert "Nothing to look into" in (await client.get(path)).text
    assert (await client.post(f"{path}/{kept.id}/reopen")).status_code == 303
    assert "Nothing to look into" not in (await client.get(path)).text
    assert {"scan.settled", "scan.reopened"} <= set(
        await AuditEntry.filter(action__startswith="scan.").values_list("action", flat=True)
    )


async def test_a_conflict_of_another_occurrence_is_not_found(client: httpx2.AsyncClient, sign_in: Any) -> None:
    site, other = await build_site(), await build_site()
    phone, ticket = await enrol(site.north), await issue_ticket(site.offer)
    rows = [scan_of(ticket.token), scan_of(ticket.token)]
    await post(client, phone, "/api/v1/scans/batch", {"scans": rows})
    kept = await Scan.exclude(conflict="").get()
    await sign_in("organizer")
    answer = await client.post(f"/organize/attendance/{other.occurrence.id}/conflicts/{kept.id}/settle")
    assert answer.status_code == 404
    await sign_in("", "somebody@example.org")
    assert (await client.get(f"/organize/attendance/{site.occurrence.id}/conflicts")).status_code == 403


@given(st.integers(0, 5000), st.floats(0, 1), st.floats(-0.5, 1.5), st.none() | st.integers(0, 99))
def test_a_forecast_lies_between_who_came_and_who_has_a_ticket(
    claimed: int, come: float, part: float, no_show: int | None
) -> None:
    arrived = int(claimed * come)
    assert arrived <= forecast_arrivals(claimed, arrived, part, no_show) <= claimed


def test_a_forecast_trusts_what_is_known_first_and_the_gates_last() -> None:
    assert forecast_arrivals(1000, 0, 0, None) == 500
    assert forecast_arrivals(1000, 0, 0, 30) == 700
    assert forecast_arrivals(1000, 640, 1, 30) == 640


async def test_the_desk_tells_which_places_go_to_the_door(client: httpx2.AsyncClient, sign_in: Any) -> None:
    site = await build_site()
    releasing = await add_offer(site.occurrence)
    await Offer.filter(id=releasing.id).update(release_minutes=90, name="Workshop")
    phone = await enrol(site.north)
    await issue_ticket(releasing, party=4)
    await scan(client, phone, (await issue_ticket(releasing, party=2)).token, people=2)
    await sign_in("organizer")
    page = (await client.get(f"/organize/attendance/{site.occurrence.id}")).text
    assert "4 places go to the door at" in page
    assert "Workshop" in page


async def test_the_wall_shows_the_same_figures(client: httpx2.AsyncClient, sign_in: Any) -> None:
    site = await build_site(fire_limit=100)
    phone, ticket = await enrol(site.north), await issue_ticket(site.offer, party=4)
    await scan(client, phone, ticket.token, people=4)
    await sign_in("gate")
    page = await client.get(f"/organize/attendance/{site.occurrence.id}/wall")
    assert page.status_code == 200
    assert "wall.css" in page.text
    assert "<desc" in page.text
    assert (await Zone.get(id=site.zone.id)).fire_limit == 100

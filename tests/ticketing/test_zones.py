"""Zones of one venue check each other out, and their counts follow, by whatever order scans come in."""

from __future__ import annotations

import datetime as dt
import itertools

import httpx2
from hypothesis import given
from hypothesis import strategies as st

from events.models import Gate, Zone
from festival.kit.clock import now
from ticketing.attendance.queries import get_attendance
from ticketing.models import Claim, Scan
from ticketing.scan.rules import Move, settle
from ticketing.scan.sql import count_inside_today

from .gatehouse import Site, build_site, enrol, issue_ticket, post, scan, scan_of


async def _add_museum(site: Site, fire_limit: int | None = None) -> tuple[Zone, Gate]:
    zone = await Zone.create(venue_id=site.zone.venue_id, slug="museum", name="Museum", fire_limit=fire_limit)
    return zone, await Gate.create(zone_id=zone.id, slug=f"museum-{zone.id}", name="Museum door")


async def test_a_family_goes_over_to_the_museum_and_back(client: httpx2.AsyncClient) -> None:
    site = await build_site(fire_limit=100)
    museum, door = await _add_museum(site)
    lawn_phone, museum_phone = await enrol(site.north), await enrol(door)
    ticket = await issue_ticket(site.offer, party=4)
    zones = [site.zone.id, museum.id]
    assert (await scan(client, lawn_phone, ticket.token, people=4))["outcome"] == "admitted"
    assert (await scan(client, lawn_phone, ticket.token, people=1))["code"] == "already_in"
    over = await scan(client, museum_phone, ticket.token, people=3)
    assert (over["outcome"], over["people_in"]) == ("admitted", 4)
    assert await count_inside_today(zones) == {site.zone.id: 1, museum.id: 3}
    assert (await scan(client, museum_phone, ticket.token, people=2))["code"] == "already_in"
    assert (await scan(client, lawn_phone, ticket.token, people=2))["outcome"] == "admitted"
    assert await count_inside_today(zones) == {site.zone.id: 3, museum.id: 1}
    assert (await scan(client, lawn_phone, ticket.token, people=4, direction="out"))["people_in"] == 0
    claim = await Claim.get(id=ticket.claim_id)
    assert (claim.people_in, claim.people_seen, claim.first_in_gate) == (0, 4, "North gate")
    arrivals = (await get_attendance(site.occurrence.id)).arrivals
    assert sum(one.people for one in arrivals) == 4
    assert not await Scan.exclude(conflict="").exists()


async def test_a_full_museum_takes_nobody_over(client: httpx2.AsyncClient) -> None:
    site = await build_site()
    museum, door = await _add_museum(site, fire_limit=2)
    ticket = await issue_ticket(site.offer, party=4)
    await scan(client, await enrol(site.north), ticket.token, people=4)
    phone = await enrol(door)
    assert (await scan(client, phone, ticket.token, people=3))["code"] == "zone_full"
    assert (await scan(client, phone, ticket.token, people=2))["outcome"] == "admitted"
    assert await count_inside_today([site.zone.id, museum.id]) == {site.zone.id: 2, museum.id: 2}


async def test_offline_phones_of_two_zones_end_alike_in_every_order(client: httpx2.AsyncClient) -> None:
    ends: set[tuple[object, ...]] = set()
    for order in itertools.permutations(range(3)):
        site = await build_site()
        museum, door = await _add_museum(site)
        phones = [await enrol(site.north), await enrol(door), await enrol(site.south)]
        ticket = await issue_ticket(site.offer, party=3)
        rows = [
            scan_of(ticket.token, people=people, scanned_at=(now() - dt.timedelta(minutes=50 - 10 * n)).isoformat())
            for n, people in enumerate((3, 2, 3))
        ]
        for place in order:
            await post(client, phones[place], "/api/v1/scans/batch", {"scans": [rows[place]]})
        inside = await count_inside_today([site.zone.id, museum.id])
        kept = {scan.scan_id: scan for scan in await Scan.filter(claim_id=ticket.claim_id)}
        counted = [(kept[row["scan_id"]].counted, kept[row["scan_id"]].conflict) for row in rows]
        claim = await Claim.get(id=ticket.claim_id)
        ends.add((inside[site.zone.id], inside[museum.id], claim.people_in, claim.people_seen, *counted))
    # Three onto the lawn, two of them over to the museum; the third scan is of more than are elsewhere.
    assert ends == {(1, 2, 3, 3, (3, ""), (2, ""), (0, "double_entry"))}


moves = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from(["in", "out"]), st.integers(1, 4), st.integers(1, 3)), max_size=14
)


@given(st.integers(1, 6), moves)
def test_whatever_happens_zones_hold_whom_the_party_has_inside(
    party: int, made: list[tuple[int, str, int, int]]
) -> None:
    start = dt.datetime(2027, 6, 12, 17, tzinfo=dt.UTC)
    story = [
        Move(f"{n:03}", start + dt.timedelta(minutes=minute), direction, people, "Gate", zone)
        for n, (minute, direction, people, zone) in enumerate(made)
    ]
    standing, verdicts = settle(party, story)
    left = [(one, verdicts[one.scan_id].left) for one in story]
    assert all(found.zone_id != one.zone_id and 0 < found.people <= one.people for one, found in left if found)
    assert sum(standing.zones.values()) == standing.people_in <= party

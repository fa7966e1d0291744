"""An offline hour of several phones, uploaded in any order and cut anywhere, ends in one state."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import httpx2

from festival.kit.clock import now
from ticketing.models import Claim, Scan

from .gatehouse import build_site, enrol, issue_ticket, post, scan_of

State = list[tuple[Any, ...]]


async def _upload(client: httpx2.AsyncClient, dice: random.Random) -> State:
    """The same story with fresh tickets, uploaded as `dice` has it; its end, by place in the story."""
    site = await build_site()
    phones = [await enrol(site.north), await enrol(site.south)]
    tickets = [await issue_ticket(site.offer, party=party) for party in (1, 3)]
    story = random.Random(7)
    scans: list[tuple[int, dict[str, Any]]] = []
    for minute in range(16):
        ticket = tickets[story.randrange(2)]
        scans.append((story.randrange(2), scan_of(
            ticket.token, direction=story.choice(["in", "in", "out"]), people=story.randint(1, 2),
            scanned_at=(now() - dt.timedelta(minutes=60 - minute)).isoformat(),
        )))  # fmt: skip
    places = {scan["scan_id"]: place for place, (_, scan) in enumerate(scans)}
    sent = scans + dice.sample(scans, 4)  # some twice
    dice.shuffle(sent)
    answers: dict[str, dict[str, Any]] = {}
    while sent:
        cut = dice.randint(1, 6)
        part, sent = sent[:cut], sent[cut:]
        for phone in (0, 1):
            rows = [scan for which, scan in part if which == phone]
            answer = await post(client, phones[phone], "/api/v1/scans/batch", {"scans": rows})
            assert answer.status_code == 200
            for told in answer.json()["results"]:
                assert answers.setdefault(told["scan_id"], told) == told  # the first answer for ever
    kept = await Scan.filter(gate_id__in=[site.north.id, site.south.id])
    assert len(kept) == len(scans)
    claims = [await Claim.get(id=ticket.claim_id) for ticket in tickets]
    assert any(scan.conflict for scan in kept)
    assert any(scan.counted for scan in kept)
    return [
        *sorted((places[scan.scan_id], scan.counted, scan.conflict) for scan in kept),
        *((claim.people_in, claim.people_seen, claim.first_in_gate) for claim in claims),
    ]


async def test_every_order_ends_alike(client: httpx2.AsyncClient) -> None:
    first = await _upload(client, random.Random(0))
    for seed in range(1, 5):
        assert await _upload(client, random.Random(seed)) == first

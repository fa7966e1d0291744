"""Forty phones, one ticket: one admission, on both databases; and without the guard, more than one."""

from __future__ import annotations

import asyncio
from collections import Counter

import httpx2
import pytest
from tortoise.expressions import F

from festival.database import on_postgres, transaction
from festival.kit.clock import now
from tests.ticketing.gatehouse import build_site, enrol, issue_ticket, post, scan_of
from ticketing.gate.queries import find_device_principal
from ticketing.models import Claim, Scan
from ticketing.scan.actions import _admit_in_transaction  # pyright: ignore[reportPrivateUsage]
from ticketing.scan.forms import ScanBody, to_reading

MANY = 40


async def test_forty_scans_of_one_ticket_admit_one_and_tell_the_others_when_and_where(
    client: httpx2.AsyncClient,
) -> None:
    site = await build_site()
    phones = [await enrol(site.north), await enrol(site.south)]
    ticket = await issue_ticket(site.offer)
    answers = await asyncio.gather(
        *(post(client, phones[n % 2], "/api/v1/scans", scan_of(ticket.token)) for n in range(MANY))
    )
    told = [answer.json() for answer in answers]
    assert Counter(each["outcome"] for each in told) == {"admitted": 1, "refused": MANY - 1}
    [admitted] = [each for each in told if each["outcome"] == "admitted"]
    refused = [each for each in told if each["outcome"] == "refused"]
    assert {each["code"] for each in refused} == {"already_in"}
    assert all(each["first_in"] == admitted["first_in"] for each in refused)
    assert (await Claim.get(id=ticket.claim_id)).people_in == 1
    assert await Scan.filter(counted__gt=0).count() == 1


async def test_one_transaction_for_each_scan_as_if_every_one_were_in_its_own_process(
    client: httpx2.AsyncClient,
) -> None:
    site = await build_site()
    phone = await enrol(site.north)
    device = await find_device_principal(phone.token)
    assert device
    ticket = await issue_ticket(site.offer, party=3)
    bodies = [ScanBody.model_validate(scan_of(ticket.token)) for _ in range(MANY)]
    readings = [to_reading(body, device, device.clock_skew, now(), in_batch=False) for body in bodies]
    answers = await asyncio.gather(*(_admit_in_transaction([reading]) for reading in readings))
    assert sum(answer.outcome == "admitted" for [answer] in answers) == 3


async def test_a_retry_meets_its_first_answer_even_at_the_same_moment(client: httpx2.AsyncClient) -> None:
    site = await build_site()
    phone, ticket = await enrol(site.north), await issue_ticket(site.offer)
    sent = scan_of(ticket.token)
    answers = await asyncio.gather(*(post(client, phone, "/api/v1/scans", sent) for _ in range(MANY)))
    assert {answer.text for answer in answers} == {answers[0].text}
    assert answers[0].json()["outcome"] == "admitted"
    assert await Scan.all().count() == 1


async def test_without_the_lock_a_ticket_is_admitted_more_than_once(client: httpx2.AsyncClient) -> None:
    """The naive twin: reads, decides, writes. It proves that the tests above can fail."""
    if not on_postgres():
        pytest.skip("SQLite has one writer; the race needs a server")
    ticket = await issue_ticket((await build_site()).offer, party=255)
    admitted = 0
    everybody_read = asyncio.Barrier(4)

    async def naive() -> None:
        nonlocal admitted
        async with transaction():
            claim = await Claim.get(id=ticket.claim_id)
            await everybody_read.wait()
            if claim.people_in == 0:
                await Claim.filter(id=claim.id).update(people_in=F("people_in") + 1, people_seen=F("people_seen") + 1)
                admitted += 1

    await asyncio.gather(*(naive() for _ in range(4)))
    assert admitted == 4
    assert (await Claim.get(id=ticket.claim_id)).people_in == 4

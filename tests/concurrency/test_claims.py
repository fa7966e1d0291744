"""Sixty visitors and ten places: on both databases ten get one. The naive way, shown beside it, oversells."""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest

from festival.database import connected
from festival.settings import Settings
from tests.concurrency.test_kill import make_offer
from tests.live import serving
from ticketing.models import Claim, Offer, Ticket

VISITORS, PLACES = 60, 10


async def claim(client: httpx2.AsyncClient, offer_id: int, party: int = 1, key: str = "") -> httpx2.Response:
    """One visitor's claim."""
    return await client.post(
        f"/api/v1/offers/{offer_id}/claims",
        json={"party": party, "name": "O'Brien", "email": None, "language": "en"},
        headers={"Idempotency-Key": key or str(uuid.uuid4())},
    )


async def test_sixty_visitors_share_ten_places(client: httpx2.AsyncClient) -> None:
    offer_id = await make_offer(PLACES)
    answers = await asyncio.gather(*(claim(client, offer_id) for _ in range(VISITORS)))
    assert [answer.status_code for answer in answers].count(201) == PLACES
    losers = [answer.json() for answer in answers if answer.status_code != 201]
    assert {(loser["code"], loser["places_left"]) for loser in losers} == {("sold_out", 0)}
    assert all(loser["waitlist_url"] for loser in losers)
    assert await Claim.filter(offer_id=offer_id).count() == PLACES
    assert (await Offer.get(id=offer_id)).claimed == PLACES


async def test_two_processes_over_one_postgresql_agree(settings: Settings, tmp_path: Path) -> None:
    """Visitors spread over two app processes still share ten places, and each process knows the other's tickets."""
    if settings.on_sqlite:
        pytest.skip("SQLite serves one process")
    async with connected(settings):
        offer_id = await make_offer(PLACES)
    log = tmp_path / "server.log"
    with serving(settings, log, "--no-worker") as first, serving(settings, log, "--no-worker") as second:
        async with (
            httpx2.AsyncClient(base_url=first.url, timeout=20) as one,
            httpx2.AsyncClient(base_url=second.url, timeout=20) as two,
        ):
            answers = await asyncio.gather(*(claim((one, two)[n % 2], offer_id) for n in range(VISITORS)))
            statuses = [answer.status_code for answer in answers]
            assert statuses.count(201) == PLACES
            assert statuses.count(409) == VISITORS - PLACES
            key = str(uuid.uuid4())
            other = await make_other_offer(settings)
            same = await asyncio.gather(*(claim((one, two)[n % 2], other, key=key) for n in range(20)))
            assert {answer.status_code for answer in same} == {201}
            assert len({(answer.json()["claim_id"], answer.json()["token"]) for answer in same}) == 1
            left = [(await browser.get(f"/api/v1/offers/{other}")).json()["places_left"] for browser in (one, two)]
            assert left == [PLACES - 1, PLACES - 1]


async def make_other_offer(settings: Settings) -> int:
    """A second offer of the same occurrence."""
    async with connected(settings):
        first = await Offer.all().first()
        assert first
        made = await Offer.create(
            occurrence_id=first.occurrence_id, capacity=PLACES, valid_from=first.valid_from,
            valid_until=first.valid_until, created_at=first.created_at,
        )  # fmt: skip
        return made.id


async def test_the_naive_twin_oversells(database: Settings) -> None:
    """Reading the places left and then writing them is what the guarded statement replaces."""
    if database.on_sqlite:
        pytest.skip("SQLite lets one writer in at a time; the race needs PostgreSQL")
    offer_id = await make_offer(PLACES)
    pool: Any = await asyncpg.create_pool(database.database_url, min_size=12, max_size=12)
    await pool.execute("ALTER TABLE offer DROP CONSTRAINT ck_offer_bounds")

    async def claim_naively() -> bool:
        async with pool.acquire() as connection, connection.transaction():
            claimed = await connection.fetchval("SELECT claimed FROM offer WHERE id = $1", offer_id)
            if claimed >= PLACES:
                return False
            await connection.execute("UPDATE offer SET claimed = $1 WHERE id = $2", claimed + 1, offer_id)
            return True

    outcomes = await asyncio.gather(*(claim_naively() for _ in range(VISITORS)))
    await pool.close()
    assert outcomes.count(True) > PLACES, "the race did not happen: this test proves nothing"


async def test_one_key_makes_one_claim_however_often_it_comes(client: httpx2.AsyncClient) -> None:
    offer_id = await make_offer(PLACES)
    key = str(uuid.uuid4())
    answers = await asyncio.gather(*(claim(client, offer_id, party=3, key=key) for _ in range(40)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert await Claim.filter(offer_id=offer_id).count() == 1
    assert await Ticket.all().count() == 1
    assert (await Offer.get(id=offer_id)).claimed == 3
    other_body = await claim(client, offer_id, party=4, key=key)
    assert other_body.status_code == 422


async def test_a_party_is_never_split(client: httpx2.AsyncClient) -> None:
    offer_id = await make_offer(PLACES)
    answers = await asyncio.gather(*(claim(client, offer_id, party=4) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 409, 409, 409]
    refused = next(answer.json() for answer in answers if answer.status_code == 409)
    assert refused["places_left"] == 2
    assert (await Offer.get(id=offer_id)).claimed == 8

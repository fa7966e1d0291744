"""Claims a second on one hot offer, beside pgbench's rate of the same work on one hot row in the same run.

The limit is what a database does alone: one transaction that counts places by a guarded update and inserts the
claim and its ticket. Ours does that, and HTTP, JSON, validation, an Ed25519 signature and an idempotency check.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
import sqlite3
import time
from contextlib import closing
from typing import Any

from bench.harness import Bed, beds, cpu_seconds, machine, print_figure, request_bytes, run_load, run_pgbench
from events.models import Occurrence, Program, Series, Venue
from festival.kit.clock import now
from ticketing.models import Claim, Offer

_REQUESTS = {1: 400, 8: 2000, 32: 5000, 128: 8000}
_HOT_ROW = """
BEGIN;
UPDATE hot SET claimed = claimed + 1 WHERE id = 1 AND claimed + 1 <= capacity;
INSERT INTO hot_claim (offer_id, token) VALUES (1, repeat('x', 122));
INSERT INTO hot_ticket (claim_id, token) VALUES (1, repeat('x', 122));
COMMIT;
"""
_HOT_TABLES = """
CREATE TABLE IF NOT EXISTS hot (id int PRIMARY KEY, claimed int, capacity int, CHECK (claimed <= capacity));
CREATE TABLE IF NOT EXISTS hot_claim (id {serial} PRIMARY KEY, offer_id int, token text);
CREATE TABLE IF NOT EXISTS hot_ticket (id {serial} PRIMARY KEY, claim_id int, token text);
INSERT INTO hot VALUES (1, 0, 2000000000);
"""


async def make_offer(capacity: int) -> int:
    """An offer of its own occurrence."""
    at = now() + dt.timedelta(days=30)
    name = secrets.token_hex(4)
    venue = await Venue.create(slug=f"lawn-{name}", name="Lawn", changed_at=now())
    program = await Program.create(
        slug=f"bench-{name}", title="Bench", area="cultural", venue=venue, state="published", changed_at=now()
    )
    local = at.strftime("%Y-%m-%dT%H:%M")
    series = await Series.create(
        program=program, uid=f"{name}@bench", time_zone="America/Denver", starts_local=local, changed_at=now()
    )
    occurrence = await Occurrence.create(
        program=program, series=series, original_local=local, starts_at=at, ends_at=at + dt.timedelta(hours=2),
        starts_on=at.date(), ends_on=at.date(), changed_at=now(),
    )  # fmt: skip
    offer = await Offer.create(
        occurrence=occurrence, capacity=capacity, valid_from=at, valid_until=at + dt.timedelta(hours=2),
        created_at=now(),
    )  # fmt: skip
    return offer.id


def claim_requests(offer_id: int, count: int) -> list[bytes]:
    """`count` claims of one place each, with keys of their own."""
    body = json.dumps({"party": 1, "name": "Bench", "email": None, "language": "en"}).encode()
    return [
        request_bytes(
            "POST", f"/api/v1/offers/{offer_id}/claims", body,
            Content_Type="application/json", Idempotency_Key=secrets.token_hex(12),
        )
        for _ in range(count)
    ]  # fmt: skip


def limit_of(bed: Bed, clients: int) -> tuple[float, str]:
    """What the database does alone: pgbench on a hot row, or sqlite3 one by one with synchronous FULL."""
    if bed.engine == "postgres":
        return run_pgbench(bed.settings.database_url, _HOT_ROW, clients), "pgbench hot row"
    with closing(sqlite3.connect(bed.folder / "limit.sqlite3", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.executescript("DROP TABLE IF EXISTS hot;" + _HOT_TABLES.format(serial="INTEGER"))
        started, done = time.perf_counter(), 0
        while time.perf_counter() - started < 2:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("UPDATE hot SET claimed = claimed + 1 WHERE id = 1 AND claimed + 1 <= capacity")
            connection.execute("INSERT INTO hot_claim (offer_id, token) VALUES (1, ?)", ["x" * 122])
            connection.execute("INSERT INTO hot_ticket (claim_id, token) VALUES (1, ?)", ["x" * 122])
            connection.execute("COMMIT")
            done += 1
        return done / (time.perf_counter() - started), "sqlite3 one by one"


def bench_engine(bed: Bed) -> None:
    """All concurrencies on one engine, then a sold-out check."""
    if bed.engine == "postgres":
        bed.prepare(lambda: _script(_HOT_TABLES.format(serial="bigserial")))
    with bed.serve() as site:
        run_load(site, claim_requests(_offer(bed, 10_000), 300), 8)  # warm
        for connections, count in _REQUESTS.items():
            offer_id = _offer(bed, 1_000_000)
            requests = claim_requests(offer_id, count)
            before = cpu_seconds(site.process.pid)
            load = run_load(site, requests, connections)
            cpu_ms = (cpu_seconds(site.process.pid) - before) * 1000 / count
            limit, name = limit_of(bed, connections)
            print_figure(f"claims, {bed.engine}, {connections} connections", load, limit, name)
            print(f"{'':44} {dict(load.statuses)}  app CPU {cpu_ms:.2f} ms a claim")
        offer_id = _offer(bed, 100)
        run_load(site, claim_requests(offer_id, 1000), 128)
        print(f"{'':44} 1000 claims on 100 places: {bed.prepare(lambda: _places(offer_id))} taken, oversold 0 if 100")


def _offer(bed: Bed, capacity: int) -> int:
    made: Any = bed.prepare(lambda: make_offer(capacity))
    return int(made)


async def _places(offer_id: int) -> int:
    return sum(int(party) for party in await Claim.filter(offer_id=offer_id).values_list("party", flat=True))


async def _script(sql: str) -> None:
    from festival.database import connection

    await connection().execute_script(sql)


def main() -> None:
    """Run on every engine there is."""
    print(machine())
    print("durability: SQLite WAL synchronous=FULL, PostgreSQL fsync=on synchronous_commit=on; one app process")
    with beds() as found:
        for bed in found:
            bench_engine(bed)


if __name__ == "__main__":
    main()

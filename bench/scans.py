"""Scans a second, beside pgbench's rate of the same statements on the same tables in the same run.

The limit is what a database does alone: one transaction that counts people in by a guarded update and inserts the
scan. Ours does that, and HTTP, the device's token, JSON, validation, the gate's rules, and the first answer kept.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
import sqlite3
import time
import uuid
from contextlib import closing
from dataclasses import dataclass
from typing import cast

from bench.claims import make_offer
from bench.harness import (
    Bed,
    beds,
    cpu_seconds,
    database_cpu_seconds,
    machine,
    print_figure,
    request_bytes,
    run_load,
    run_pgbench,
)
from events.models import Gate, Occurrence, Zone
from festival.database import connection
from festival.kit.clock import now
from festival.kit.web.access import NOBODY
from tests.live import Site
from ticketing.delivery.keys import get_signing_key
from ticketing.delivery.token import TicketBody, issue_token
from ticketing.gate.actions import add_device
from ticketing.models import Claim, Offer, Ticket

_REQUESTS = {1: 500, 8: 2500, 32: 6000}
_STEADY, _STEADY_RATE = 2400, 800
_WARM = 400
_LIMIT_CLAIMS = 5000
_COLUMNS = (
    "scan_id, device_id, gate_id, zone_id, ticket_id, claim_id, occurrence_id, fingerprint, direction, people, "
    "scanned_at, trusted_at, received_at, outcome, code, answer, let_pass, counted, conflict"
)
_ADMIT = (
    "UPDATE {claims} SET people_in = people_in + 1, people_seen = people_seen + 1 WHERE id = {id} AND people_in < party"
)
_KEEP = (
    "INSERT INTO {scans} ({columns}) VALUES ({scan_id}, {device}, {gate}, {zone}, 1, {id}, 1, '0123456789abcdef', "
    "'in', 1, {now}, {now}, {now}, 'admitted', '', '{{\"people_in\": 1}}', true, 1, '')"
)


@dataclass(frozen=True)
class Lawn:
    """What a run scans: a device's token, the tickets, and claims of the widest party for the limit."""

    bearer: str
    device_id: int
    gate_id: int
    zone_id: int
    tokens: list[str]
    first_limit_claim: int


async def prepare_lawn(tickets: int) -> Lawn:
    """A zone with a fire limit, a gate with a phone, `tickets` tickets of one place each."""
    offer = await Offer.get(id=await make_offer(1_000_000))
    opened = now() - dt.timedelta(hours=1)
    await Offer.filter(id=offer.id).update(valid_from=opened)
    occurrence = await Occurrence.get(id=offer.occurrence_id).select_related("program")
    name = secrets.token_hex(4)
    zone = await Zone.create(venue_id=occurrence.program.venue_id, slug=name, name="Lawn", fire_limit=100_000)
    gate = await Gate.create(zone_id=zone.id, slug=name, name="North gate")
    phone = await add_device(gate, "Bench", "both", now() + dt.timedelta(hours=5), NOBODY)
    claims = await add_claims(offer.id, tickets, party=1)
    tokens = await add_tickets(offer.id, claims)
    widest = await add_claims(offer.id, _LIMIT_CLAIMS, party=255)
    return Lawn(phone.token, phone.device.id, gate.id, zone.id, tokens, widest[0])


async def add_claims(offer_id: int, count: int, party: int) -> list[int]:
    """The ids of `count` new claims, which follow one another."""
    references = [secrets.token_hex(8) for _ in range(count)]
    at = now()
    await Claim.bulk_create(
        [
            Claim(
                offer_id=offer_id, reference=each, manage_digest=each, party=party, idempotency_key=each,
                request_digest="", created_at=at,
            )
            for each in references
        ],
        batch_size=500,
    )  # fmt: skip
    found = await Claim.filter(offer_id=offer_id, party=party).order_by("-id").limit(count).values_list("id", flat=True)
    return sorted(cast(list[int], found))


async def add_tickets(offer_id: int, claims: list[int]) -> list[str]:
    """A signed ticket for each claim; their tokens."""
    key_id, key = await get_signing_key()
    at, tickets = now(), list[Ticket]()
    for claim_id in claims:
        ticket_id = secrets.randbits(63)
        token = issue_token(TicketBody(key_id, ticket_id, offer_id, 1, at.date()), key)
        tickets.append(Ticket(id=ticket_id, claim_id=claim_id, key_id=key_id, token=token, issued_at=at))
    await Ticket.bulk_create(tickets, batch_size=500)
    return [ticket.token for ticket in tickets]


def scan_requests(lawn: Lawn, count: int) -> list[bytes]:
    """A scan of each of the next `count` tickets, as a phone sends it."""
    tokens, lawn.tokens[:] = lawn.tokens[:count], lawn.tokens[count:]
    at = now().isoformat()
    return [
        request_bytes(
            "POST", "/api/v1/scans",
            json.dumps(
                {"scan_id": str(uuid.uuid4()), "token": token, "direction": "in", "people": 1, "scanned_at": at}
            ).encode(),
            Content_Type="application/json", Authorization=f"Bearer {lawn.bearer}",
        )
        for token in tokens
    ]  # fmt: skip


def limit_of(bed: Bed, lawn: Lawn, clients: int) -> tuple[float, str]:
    """What the database does alone with the two statements: pgbench, or sqlite3 one by one with synchronous FULL."""
    facts = {"columns": _COLUMNS, "device": lawn.device_id, "gate": lawn.gate_id, "zone": lawn.zone_id}
    first, last = lawn.first_limit_claim, lawn.first_limit_claim + _LIMIT_CLAIMS - 1
    if bed.engine == "postgres":
        keep = _KEEP.format(scans="limit_scan", scan_id="gen_random_uuid()::text", id=":claim", now="now()", **facts)
        admit = _ADMIT.format(claims="limit_claim", id=":claim")
        script = f"\\set claim random({first}, {last})\nBEGIN;\n{admit};\n{keep};\nCOMMIT;\n"
        return run_pgbench(bed.settings.database_url, script, clients), "pgbench two statements"
    keep = _KEEP.format(scans="scan", scan_id="?1", id="?2", now="?3", **facts)
    copy = bed.folder / "limit.sqlite3"
    copy.unlink(missing_ok=True)
    with closing(sqlite3.connect(copy, isolation_level=None)) as alone:
        with closing(sqlite3.connect(bed.settings.sqlite_path)) as original:
            original.backup(alone)
        alone.execute("PRAGMA journal_mode = WAL")
        alone.execute("PRAGMA synchronous = FULL")
        started, done = time.perf_counter(), 0
        while time.perf_counter() - started < 2:
            claim_id = first + done % _LIMIT_CLAIMS
            alone.execute("BEGIN IMMEDIATE")
            alone.execute(_ADMIT.format(claims="claim", id="?"), [claim_id])
            alone.execute(keep, [str(uuid.uuid4()), claim_id, str(now())])
            alone.execute("COMMIT")
            done += 1
        return done / (time.perf_counter() - started), "sqlite3 one by one"


async def settle_down(*, postgres: bool) -> None:
    """What autovacuum does within a minute of such a morning, and tables of the same shape for the limit.

    The limit has its own, so that neither measures what the other left behind.
    """
    if postgres:
        await connection().execute_script(
            "CREATE TABLE limit_claim (LIKE claim INCLUDING ALL); CREATE TABLE limit_scan (LIKE scan INCLUDING ALL); "
            "INSERT INTO limit_claim SELECT * FROM claim WHERE party = 255; ANALYZE; CHECKPOINT"
        )
    else:
        await connection().execute_script("ANALYZE")


def bench_engine(bed: Bed) -> None:
    """All concurrencies on one engine, a steady 800 a second, and whether everybody was counted once."""
    sent = _WARM + sum(_REQUESTS.values()) + _STEADY
    lawn = cast(Lawn, bed.prepare(lambda: prepare_lawn(sent)))
    with bed.serve() as site:
        run_load(site, scan_requests(lawn, _WARM), 8)
        bed.prepare(lambda: settle_down(postgres=bed.engine == "postgres"))
        for connections, count in _REQUESTS.items():
            _bench_once(bed, site, lawn, connections, count)
        _bench_steady(bed, site, lawn)
        again = bed.prepare(lambda: Claim.filter(people_in=1, party=1).count())
        print(f"{'':44} {again} of {sent} tickets admitted once, lost {sent - int(cast(int, again))}")


def _bench_once(bed: Bed, site: Site, lawn: Lawn, connections: int, count: int) -> None:
    requests = scan_requests(lawn, count)
    before, before_database = cpu_seconds(site.process.pid), database_cpu_seconds(bed)
    load = run_load(site, requests, connections)
    app = (cpu_seconds(site.process.pid) - before) * 1000 / count
    database = (database_cpu_seconds(bed) - before_database) * 1000 / count
    limit, name = limit_of(bed, lawn, connections)
    print_figure(f"scans, {bed.engine}, {connections} connections", load, limit, name)
    print(f"{'':44} {dict(load.statuses)}  CPU a scan: app {app:.2f} ms, database {database:.2f} ms")


def _bench_steady(bed: Bed, site: Site, lawn: Lawn) -> None:
    """At 800 a second, how much later than a bare answer's an answer comes."""
    bare = run_load(site, [request_bytes("GET", "/healthz")] * _STEADY, 32, _STEADY_RATE)
    load = run_load(site, scan_requests(lawn, _STEADY), 32, _STEADY_RATE)
    print_figure(f"scans, {bed.engine}, steady {_STEADY_RATE}/s", load)
    later = load.percentile(99) - bare.percentile(99)
    print(f"{'':44} a bare answer's p99 {bare.percentile(99):.1f} ms; ours {later:+.1f} ms (goal: within 10)")


def main() -> None:
    """Run on every engine there is."""
    print(machine())
    print("durability: SQLite WAL synchronous=FULL, PostgreSQL fsync=on synchronous_commit=on; one app process")
    with beds() as found:
        for bed in found:
            bench_engine(bed)


if __name__ == "__main__":
    main()

"""The festival's morning once more, in a minute: 10,000 tickets come by twelve phones, a third of them offline for a
while, with clocks that are off; at the end every scan is there once and nobody is inside twice.

`python -m bench.morning` replays all of it on both databases; the test of the same name a small one.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import random
import sys
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, cast

import httpx2

from bench.harness import Bed, beds, machine
from bench.scans import add_tickets
from events.models import Gate, Occurrence, Zone
from festival.kit.clock import now
from festival.kit.web.access import NOBODY
from ticketing.gate.actions import add_device
from ticketing.models import Claim, Offer, Scan

PHONES, OFFLINE = 12, 4
TICKETS = 10_000
_BATCH = 50

# A phone's bearer, the path, the JSON body, its clock: the status and JSON of the answer.
Send = Callable[[str, str, object, dt.timedelta], Awaitable[tuple[int, Any]]]


@dataclass
class Phone:
    """A phone at a gate: its clock's error, when of the morning it is offline, what it keeps meanwhile."""

    bearer: str
    clock_error: dt.timedelta
    offline: tuple[float, float] = (2.0, 2.0)
    kept: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    # What it knows by itself: people in, by ticket.
    known: dict[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True)
class Visit:
    """Somebody before a phone: at this part of the morning (0 to 1), with this ticket, so many people."""

    at: float
    phone: int
    ticket: int
    people: int
    direction: str = "in"


@dataclass
class Morning:
    """What is replayed: tickets with their parties, phones, visits in order of time."""

    tokens: list[str]
    parties: list[int]
    phones: list[Phone]
    visits: list[Visit]


@dataclass
class Told:
    """What was sent and how long the people before an online phone waited."""

    sent: dict[str, Visit] = field(default_factory=dict[str, Visit])
    let_in: int = 0
    waits_ms: list[float] = field(default_factory=list[float])


def plan_visits(parties: list[int], dice: random.Random) -> list[Visit]:
    """Arrivals as gates see them: a slow start, a rush before the parade, a long tail. Three in ten stay away, one in
    eight families comes in pieces, one in forty tickets is shown again by somebody else, one in twenty goes out."""
    visits: list[Visit] = []
    for ticket, party in enumerate(parties):
        if dice.random() < 0.3:
            continue
        at = min(0.97, dice.betavariate(2.2, 4.5))
        here = dice.randrange(PHONES)
        first = dice.randint(1, party - 1) if party > 1 and dice.random() < 0.125 else party
        visits.append(Visit(at, here, ticket, first))
        if first < party:
            visits.append(Visit(min(0.98, at + 0.05), dice.randrange(PHONES), ticket, party - first))
        if dice.random() < 0.025:
            visits.append(Visit(min(0.99, at + dice.uniform(0, 0.2)), dice.randrange(PHONES), ticket, party))
        if dice.random() < 0.05:
            visits.append(Visit(min(0.995, at + 0.1), here, ticket, 1, "out"))
    return sorted(visits, key=lambda visit: visit.at)


async def plan_morning(tickets: int, seed: int = 1) -> Morning:
    """A lawn with twelve gates and phones, and the day's tickets, in the open database."""
    dice = random.Random(seed)
    offer, zone = await _open_lawn(tickets)
    parties = [dice.choice((1, 2, 2, 3, 4, 4, 5, 6)) for _ in range(tickets)]
    tokens = await add_tickets(offer.id, await _add_parties(offer.id, parties))
    phones: list[Phone] = []
    for number in range(PHONES):
        gate = await Gate.create(zone_id=zone.id, slug=f"{zone.slug}-{number}", name=f"Gate {number + 1}")
        made = await add_device(gate, "", "both", now() + dt.timedelta(hours=2), NOBODY)
        away = dice.uniform(0.1, 0.5)
        phones.append(
            Phone(
                made.token,
                dt.timedelta(seconds=dice.uniform(-600, 600)),
                (away, away + 0.25) if number < OFFLINE else (2.0, 2.0),
            )
        )
    return Morning(tokens, parties, phones, plan_visits(parties, dice))


async def _open_lawn(tickets: int) -> tuple[Offer, Zone]:
    from bench.claims import make_offer

    offer = await Offer.get(id=await make_offer(tickets * 10))
    await Offer.filter(id=offer.id).update(valid_from=now() - dt.timedelta(hours=1))
    occurrence = await Occurrence.get(id=offer.occurrence_id).select_related("program")
    name = f"lawn-{offer.id}"
    return offer, await Zone.create(
        venue_id=occurrence.program.venue_id, slug=name, name="Lawn", fire_limit=tickets * 10
    )


async def _add_parties(offer_id: int, parties: list[int]) -> list[int]:
    at, names = now(), [uuid.uuid4().hex[:16] for _ in parties]
    await Claim.bulk_create(
        [
            Claim(
                offer_id=offer_id, reference=name, manage_digest=name, party=party, idempotency_key=name,
                request_digest="", created_at=at,
            )
            for name, party in zip(names, parties, strict=True)
        ],
        batch_size=500,
    )  # fmt: skip
    ids = dict(cast(Any, await Claim.filter(offer_id=offer_id).values_list("reference", "id")))
    return [ids[name] for name in names]


async def replay(morning: Morning, send: Send, seconds: float) -> Told:
    """Play the morning within `seconds`: phones scan side by side, each one visit after the other."""
    told = Told()
    started = time.perf_counter()

    async def stand(number: int) -> None:
        phone = morning.phones[number]
        for visit in (each for each in morning.visits if each.phone == number):
            await asyncio.sleep(started + visit.at * seconds - time.perf_counter())
            if phone.kept and visit.at >= phone.offline[1]:
                await _upload(phone, send)
            await _scan(morning, phone, visit, send, told)
        await _upload(phone, send)

    await asyncio.gather(*(stand(number) for number in range(len(morning.phones))))
    return told


async def _scan(morning: Morning, phone: Phone, visit: Visit, send: Send, told: Told) -> None:
    token = morning.tokens[visit.ticket]
    scan: dict[str, Any] = {
        "scan_id": str(uuid.uuid4()), "token": token, "direction": visit.direction, "people": visit.people,
        "scanned_at": (now() + phone.clock_error).isoformat(),
    }  # fmt: skip
    told.sent[scan["scan_id"]] = visit
    if phone.offline[0] <= visit.at < phone.offline[1]:
        inside = phone.known.get(token, 0)
        after = inside + visit.people if visit.direction == "in" else inside - visit.people
        good = 0 <= after <= morning.parties[visit.ticket]
        phone.known[token] = after if good else inside
        told.let_in += good
        phone.kept.append({**scan, "shown": "admitted" if good else "refused"})
        return
    started = time.perf_counter()
    status, answer = await send(phone.bearer, "/api/v1/scans", scan, phone.clock_error)
    told.waits_ms.append((time.perf_counter() - started) * 1000)
    assert status == 200, answer
    told.let_in += answer["outcome"] == "admitted"
    phone.known[token] = answer["people_in"]


async def _upload(phone: Phone, send: Send) -> None:
    """What was kept, in pieces; the network breaks once, and a piece is sent again."""
    kept, phone.kept = phone.kept, []
    pieces = [kept[start : start + _BATCH] for start in range(0, len(kept), _BATCH)]
    for piece in [*pieces, *pieces[:1]]:
        status, answer = await send(phone.bearer, "/api/v1/scans/batch", {"scans": piece}, phone.clock_error)
        assert status == 200, answer
        assert [each["scan_id"] for each in answer["results"]] == [each["scan_id"] for each in piece]


@dataclass(frozen=True)
class Outcome:
    """How the morning ended, by the database alone."""

    lost: int
    twice: int
    over: int
    wrong: int
    conflicts: int
    inside: int

    @property
    def clean(self) -> bool:
        """Nothing lost, nothing kept twice, no party beyond its size, every sum right."""
        return not (self.lost or self.twice or self.over or self.wrong)


async def judge(morning: Morning, told: Told) -> Outcome:
    """Compare what was sent with what is kept: `over` parties have more people inside than places, `wrong` ones
    another number than their counted scans come to."""
    kept = await Scan.filter(scan_id__not="").values("scan_id", "claim_id", "direction", "counted", "conflict")
    ours = [row for row in kept if row["scan_id"] in told.sent]
    sums: dict[int, int] = {}
    for row in ours:
        sums[row["claim_id"]] = sums.get(row["claim_id"], 0) + (
            row["counted"] if row["direction"] == "in" else -row["counted"]
        )
    claims = {claim.id: claim for claim in await Claim.filter(id__in=list(sums))}
    return Outcome(
        lost=len(told.sent) - len({row["scan_id"] for row in ours}),
        twice=len(ours) - len({row["scan_id"] for row in ours}),
        over=sum(claims[claim_id].party < inside for claim_id, inside in sums.items()),
        wrong=sum(claims[claim_id].people_in != inside for claim_id, inside in sums.items()),
        conflicts=sum(bool(row["conflict"]) for row in ours),
        inside=sum(sums.values()),
    )


def bench_engine(bed: Bed, tickets: int, seconds: float) -> bool:
    """The morning over real HTTP on one engine."""
    morning = cast(Morning, bed.prepare(lambda: plan_morning(tickets)))
    with bed.serve() as site:
        told = asyncio.run(_over_http(site.url, morning, seconds))
    outcome = cast(Outcome, bed.prepare(lambda: judge(morning, told)))
    waits = sorted(told.waits_ms)
    print(
        f"morning, {bed.engine}: {tickets} tickets, {len(told.sent)} scans by {PHONES} phones, {OFFLINE} of them "
        f"offline for a quarter of it, in {seconds:.0f} s\n"
        f"    lost {outcome.lost}, kept twice {outcome.twice}, parties over their size {outcome.over}, wrong sums "
        f"{outcome.wrong}; {outcome.inside} people inside, {outcome.conflicts} conflicts named for staff\n"
        f"    online answers p50 {waits[len(waits) // 2]:.0f} ms, p99 {waits[len(waits) * 99 // 100]:.0f} ms"
    )
    return outcome.clean


async def _over_http(url: str, morning: Morning, seconds: float) -> Told:
    async with httpx2.AsyncClient(base_url=url, timeout=30) as client:

        async def send(bearer: str, path: str, body: object, clock_error: dt.timedelta) -> tuple[int, Any]:
            headers = {"Authorization": f"Bearer {bearer}", "X-Device-Time": (now() + clock_error).isoformat()}
            answer = await client.post(path, json=body, headers=headers)
            return answer.status_code, answer.json()

        return await replay(morning, send, seconds)


def main() -> None:
    """Replay on every engine there is; exit 1 if anything was lost or doubled."""
    tickets = int(sys.argv[1]) if len(sys.argv) > 1 else TICKETS
    print(machine())
    with beds() as found:
        clean = [bench_engine(bed, tickets, max(5.0, tickets / 200)) for bed in found]
    sys.exit(0 if all(clean) else 1)


if __name__ == "__main__":
    main()

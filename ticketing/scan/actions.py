"""Writes: many scans in one transaction, each answered once and for ever; walk-ups."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tortoise.exceptions import IntegrityError

from festival.database import transaction
from festival.kit.clock import now
from festival.kit.grouping import Grouping
from festival.kit.secrets import same
from festival.settings import settings
from ticketing.attendance.live import announce_arrivals
from ticketing.delivery.keys import list_public_keys
from ticketing.delivery.token import ReadToken, TokenUnreadable, fingerprint, read_token
from ticketing.gate.queries import DevicePrincipal, as_moment, as_moment_or_none
from ticketing.lookup.rules import plain_reference
from ticketing.models import WalkUp
from ticketing.scan import sql
from ticketing.scan.passes import PREFIX, pass_desk
from ticketing.scan.rules import (
    CONFLICTS,
    Answer,
    Code,
    Move,
    Standing,
    TicketFacts,
    Verdict,
    answer_with,
    decide,
    refuse_ticket,
    settle,
    window_edge,
)

# A zone's count is read again at most once a second while it has this much room left.
_AMPLE_ROOM = 500


@dataclass(frozen=True)
class Reading:
    """A scan as it reached us: what was read, when by our clock, and whether the phone decided alone.

    `let_pass` only of a late one: whether the phone let people through.
    """

    device: DevicePrincipal
    scan_id: str
    token: str
    direction: str
    people: int
    scanned_at: dt.datetime
    trusted_at: dt.datetime
    received_at: dt.datetime
    late: bool = False
    let_pass: bool = False


@dataclass(frozen=True)
class Counted:
    """What a scan counts for: people, why not although they passed, and whom it took out of another zone."""

    people: int = 0
    conflict: str = ""
    left_zone_id: int | None = None
    left_people: int = 0

    @classmethod
    def of(cls, verdict: Verdict, people: int) -> Counted:
        """As a verdict has it."""
        left = verdict.left
        return cls(
            0 if verdict.code else people, CONFLICTS[verdict.code] if verdict.code else "",
            left.zone_id if left else None, left.people if left else 0,
        )  # fmt: skip


@dataclass
class _Party:
    """A claim inside a group: its standing, and its moves once they had to be read."""

    claim_id: int
    standing: Standing
    moves: dict[str, Move] = field(default_factory=dict[str, Move])
    # What earlier scans counted for before this group.
    kept: dict[str, Counted] = field(default_factory=dict[str, "Counted"])
    must_settle: bool = False
    changed: bool = False


@dataclass
class _Row:
    """A scan as it will be kept."""

    reading: Reading
    answer: Answer
    at: dt.datetime
    ticket: TicketFacts | None = None
    passed: bool = False
    counted: Counted = Counted()


async def admit_scans(readings: Sequence[Reading]) -> list[Answer]:
    """The answer to each reading, after its commit. A known scan_id gets its first answer again.

    Readings that phones decided alone are taken in the order of their moments, however they were sent.
    """
    order = sorted(range(len(readings)), key=lambda n: (readings[n].trusted_at, readings[n].scan_id))
    answers = await asyncio.gather(
        *(
            admit_pass(readings[n]) if readings[n].token.startswith(PREFIX) else _group.submit(readings[n])
            for n in order
        )
    )
    by_place = dict(zip(order, answers, strict=True))
    return [by_place[place] for place in range(len(readings))]


async def admit_pass(reading: Reading) -> Answer:
    """The answer to a pass that is no ticket; kept and repeated as every scan's is. Leaving is always admitted."""
    desk = pass_desk()
    try:
        async with transaction():
            for row in await sql.list_answers({reading.scan_id}):
                return Answer.unpack(row["code"], row["direction"], row["people"], _loaded(row["answer"]))
            facts = await desk.read(reading.token, reading.trusted_at) if desk else None
            code = Code.UNKNOWN if facts is None else facts.code if reading.direction == "in" else None
            if reading.late and not reading.let_pass:
                code = code or Code.NOT_LET_IN
            answer = Answer(
                code, reading.people, reading.direction, name=facts.name if facts else "",
                lines=tuple(facts.lines) if facts else (),
            )  # fmt: skip
            row = _Row(
                reading, answer, reading.trusted_at, passed=code is None, counted=Counted(0 if code else reading.people)
            )
            await sql.write_group([_columns(row)], [])
            if desk and code is None and reading.direction == "in":
                await desk.admitted(reading.token, reading.device)
    except IntegrityError:
        # The same scan came twice at one moment: now it is found.
        return await admit_pass(reading)
    announce_arrivals()
    return answer


async def record_walkup(device: DevicePrincipal, walkup_id: str, delta: int, at: dt.datetime) -> bool:
    """Count one person more or less without a ticket; False where this id was counted before."""
    _, created = await WalkUp.get_or_create(
        walkup_id=walkup_id,
        defaults={
            "device_id": device.id, "gate_id": device.gate.id, "zone_id": device.gate.zone_id, "delta": delta,
            "at": at, "received_at": now(),
        },
    )  # fmt: skip
    if created:
        _inside.pop(device.gate.zone_id, None)
        announce_arrivals()
    return created


async def _admit_group(readings: list[Reading]) -> Sequence[Answer]:
    try:
        return await _admit_in_transaction(readings)
    except IntegrityError:
        # Another process kept one of these scans a moment ago: now it is found.
        return await _admit_in_transaction(readings)


_group: Grouping[Reading, Answer] = Grouping(_admit_group)


async def _admit_in_transaction(readings: list[Reading]) -> list[Answer]:
    read = [_read(reading.token) for reading in readings]
    keys = await _public_keys({r.body.key_id for r in read if r})
    async with transaction():
        room = await _room_left(readings)
        typed = await _typed_tickets(reading.token for reading, r in zip(readings, read, strict=True) if r is None)
        rows = await sql.lock_tickets({r.body.ticket_id for r in read if r} | set(typed.values()))
        known = {
            row["scan_id"]: Answer.unpack(row["code"], row["direction"], row["people"], _loaded(row["answer"]))
            for row in await sql.list_answers({reading.scan_id for reading in readings})
        }
        tickets, parties = _facts(rows)
        fresh = [
            (reading, _genuine(token, reading.token, tickets, keys) if token else _typed(reading.token, typed, tickets))
            for reading, token in zip(readings, read, strict=True)
            if reading.scan_id not in known
        ]
        # Late scans may stand before any other; and who is in which zone stands in the moves alone.
        await _read_moves(parties, (f for reading, f in fresh if reading.late or reading.device.gate.has_neighbours))
        kept = _Group(parties, room).take(fresh)
        if kept:
            await _write(kept, parties)
    if kept:
        announce_arrivals()
    known |= {row.reading.scan_id: row.answer for row in kept}
    return [known[reading.scan_id] for reading in readings]


_keys: dict[str, dict[int, bytes]] = {}


async def _public_keys(wanted: set[int]) -> dict[int, bytes]:
    """The public keys, read again when a key is wanted that this process does not know yet."""
    known = _keys.setdefault(settings().database_url, {})
    if not wanted <= known.keys():
        known.update(await list_public_keys())
    return known


def _read(text: str) -> ReadToken | None:
    try:
        return read_token(text)
    except TokenUnreadable:
        return None


def _loaded(value: Any) -> dict[str, Any]:
    return json.loads(value) if isinstance(value, str) else value


def _facts(rows: Sequence[dict[str, Any]]) -> tuple[dict[int, tuple[str, TicketFacts]], dict[int, _Party]]:
    tickets: dict[int, tuple[str, TicketFacts]] = {}
    parties: dict[int, _Party] = {}
    for row in rows:
        cancelled = row["state"] == "cancelled"
        ended_at = as_moment_or_none(row["cancelled_at"] if cancelled else row["ended_at"])
        tickets[row["id"]] = row["token"], TicketFacts(
            row["id"], row["claim_id"], row["offer_id"], row["occurrence_id"], row["venue_id"],
            as_moment(row["valid_from"]), as_moment(row["valid_until"]), ended_at,
            cancelled or row["blocked_at"] is not None,
        )  # fmt: skip
        standing = Standing(
            row["party"], row["people_in"], row["people_seen"], as_moment_or_none(row["first_in_at"]),
            row["first_in_gate"],
        )  # fmt: skip
        parties.setdefault(row["claim_id"], _Party(row["claim_id"], standing))
    return tickets, parties


async def _typed_tickets(texts: Iterable[str]) -> dict[str, int]:
    """The live tickets whose claims were named by their references, as a volunteer types them or finds them by name."""
    wanted = {reference for text in texts if (reference := plain_reference(text))}
    return await sql.list_typed(wanted)


def _typed(text: str, typed: dict[str, int], tickets: dict[int, tuple[str, TicketFacts]]) -> TicketFacts | Code:
    _, ticket = tickets.get(typed.get(plain_reference(text) or "", 0), ("", None))
    return ticket or Code.UNKNOWN


def _genuine(
    read: ReadToken, text: str, tickets: dict[int, tuple[str, TicketFacts]], keys: dict[int, bytes]
) -> TicketFacts | Code:
    """The ticket whose token this is, compared in constant time, or why it is none of ours."""
    kept, ticket = tickets.get(read.body.ticket_id, ("", None))
    if ticket is not None and same(kept, text):
        return ticket
    key = keys.get(read.body.key_id)
    return Code.UNKNOWN if key and read.is_signed_by(key) else Code.BAD_SIGNATURE


async def _read_moves(parties: dict[int, _Party], late: Iterable[TicketFacts | Code]) -> None:
    """For parties that have to be counted again: every move so far, and where they are by them."""
    wanted = {found.claim_id for found in late if isinstance(found, TicketFacts)}
    for claim_id in wanted:
        parties[claim_id].must_settle = True
    for row in await sql.list_moves(wanted):
        party, at = parties[row["claim_id"]], as_moment(row["trusted_at"])
        party.moves[row["scan_id"]] = Move(
            row["scan_id"], at, row["direction"], row["people"], row["gate"], row["zone_id"]
        )
        party.kept[row["scan_id"]] = Counted(row["counted"], row["conflict"], row["left_zone_id"], row["left_people"])
    for claim_id in wanted:
        parties[claim_id].standing = settle(parties[claim_id].standing.party, parties[claim_id].moves.values())[0]


class _Group:
    """Decides the fresh readings of a group, one after the other, in memory."""

    def __init__(self, parties: dict[int, _Party], room: dict[int, int]) -> None:
        self.parties = parties
        self.room = room
        self.rows: dict[str, _Row] = {}

    def take(self, fresh: Iterable[tuple[Reading, TicketFacts | Code]]) -> list[_Row]:
        """The rows to keep, with their answers; settles the parties on the way."""
        for reading, found in fresh:
            if reading.scan_id in self.rows:
                continue
            if isinstance(found, Code):
                self.rows[reading.scan_id] = _Row(
                    reading, Answer(found, reading.people, reading.direction), reading.trusted_at
                )
            else:
                take = self._take_late if reading.late else self._take_awaited
                self.rows[reading.scan_id] = take(reading, found, self.parties[found.claim_id])
        for party in self.parties.values():
            if party.must_settle:
                self._settle(party)
        return list(self.rows.values())

    def _take_awaited(self, reading: Reading, ticket: TicketFacts, party: _Party) -> _Row:
        """People wait for this answer: it stands on what is known now, at the end of the order."""
        at, zone_id = now(), reading.device.gate.zone_id
        one = _as_move(reading, at)
        answer, verdict = decide(ticket, reading.device.gate, one, party.standing, self.room.get(zone_id))
        if answer.code:
            return _Row(reading, answer, at, ticket)
        party.standing, party.changed = verdict.standing, True
        if zone_id in self.room:
            self.room[zone_id] += -reading.people if reading.direction == "in" else reading.people
        party.moves[reading.scan_id] = one
        return _Row(reading, answer, at, ticket, True, Counted.of(verdict, reading.people))

    def _take_late(self, reading: Reading, ticket: TicketFacts, party: _Party) -> _Row:
        """The phone decided this alone: it is put in its place, and the party counted again."""
        at = reading.trusted_at
        code = refuse_ticket(ticket, reading.device.gate, at, reading.direction)
        if code or not reading.let_pass:
            code = code or Code.NOT_LET_IN
            answer = answer_with(code, reading.direction, reading.people, party.standing, window_edge(code, ticket))
            conflict = CONFLICTS.get(code, "") if reading.let_pass else ""
            return _Row(reading, answer, at, ticket, counted=Counted(conflict=conflict))
        party.moves[reading.scan_id] = _as_move(reading, at)
        party.standing, verdicts = settle(party.standing.party, party.moves.values())
        verdict = verdicts[reading.scan_id]
        answer = answer_with(verdict.code, reading.direction, reading.people, verdict.standing, None)
        return _Row(reading, answer, at, ticket, True)

    def _settle(self, party: _Party) -> None:
        """Give every move of the party what it counts for."""
        party.standing, verdicts = settle(party.standing.party, party.moves.values())
        party.changed = True
        for scan_id, verdict in verdicts.items():
            counted = Counted.of(verdict, party.moves[scan_id].people)
            if scan_id in self.rows:
                self.rows[scan_id].counted = counted
            elif party.kept[scan_id] == counted:
                del party.kept[scan_id]
            else:
                party.kept[scan_id] = counted


def _as_move(reading: Reading, at: dt.datetime) -> Move:
    """The move of a reading; zone 0 where there is no other zone to come from."""
    gate = reading.device.gate
    zone_id = gate.zone_id if gate.has_neighbours else 0
    return Move(reading.scan_id, at, reading.direction, reading.people, gate.name, zone_id)


async def _write(rows: Sequence[_Row], parties: dict[int, _Party]) -> None:
    standings = [
        (p.claim_id, p.standing.people_in, p.standing.people_seen, p.standing.first_in_at, p.standing.first_in_gate)
        for _, p in sorted(parties.items()) if p.changed
    ]  # fmt: skip
    verdicts = [
        (scan_id, kept.people, kept.conflict, kept.left_zone_id, kept.left_people)
        for p in parties.values() if p.must_settle for scan_id, kept in p.kept.items()
    ]  # fmt: skip
    if verdicts:
        await sql.write_verdicts(verdicts)
    await sql.write_group([_columns(row) for row in rows], standings)


def _columns(row: _Row) -> list[Any]:
    reading, ticket, gate = row.reading, row.ticket, row.reading.device.gate
    return [
        reading.scan_id, reading.device.id, gate.id, gate.zone_id,
        ticket.ticket_id if ticket else None, ticket.claim_id if ticket else None,
        ticket.occurrence_id if ticket else None, fingerprint(reading.token), reading.direction, reading.people,
        reading.scanned_at, row.at, reading.received_at, row.answer.outcome, row.answer.code or "",
        sql.pack_json(row.answer.pack()), row.passed, row.counted.people, row.counted.conflict,
        row.counted.left_zone_id, row.counted.left_people,
    ]  # fmt: skip


# ---------------------------------------------------------------- room in a zone

_inside: dict[int, tuple[float, int]] = {}


async def _room_left(readings: Sequence[Reading]) -> dict[int, int]:
    """How many more people each limited zone of these readings takes.

    Counted under the zone's lock, except while a count of the last second left ample room: then locking
    would only make the gates of a big lawn wait for one another.
    """
    limits = {r.device.gate.zone_id: r.device.fire_limit for r in readings if r.device.fire_limit and not r.late}
    exact: dict[int, int] = {}
    room: dict[int, int] = {}
    for zone_id, limit in limits.items():
        read_at, inside = _inside.get(zone_id, (0.0, 0))
        if time.monotonic() - read_at < 1 and limit - inside > _AMPLE_ROOM:
            room[zone_id] = limit - inside
        else:
            exact[zone_id] = limit
    if exact:
        await sql.lock_zones(exact)
        for zone_id, inside in (await sql.count_inside_today(exact)).items():
            _inside[zone_id] = time.monotonic(), inside
            room[zone_id] = exact[zone_id] - inside
    return room
